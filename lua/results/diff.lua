-- SPDX-License-Identifier: GPL-3.0-or-later
-- `ninetails results diff`: the same runs in two files, or two runs of one: what differs, and is it more than chance?
--
-- Runs of two files belong together when data set, detector, profile and parameters are the same, but for what has one
-- value all over each file: that is what was changed between them. (Not so the data set.)
--
-- A difference lies beyond chance where the interval of the paired block bootstrap leaves out 0
-- (core/metrics/paired.h), for the figures that it has and runs whose scores are both there; for others, where their
-- intervals do not overlap, which takes a larger difference. What has no interval is listed but not judged.
local result_table = require "ninetails.results.table"
local paired = require "ninetails.results.paired"

local diff = {}

-- ------------------------------------------------------------------ matching

local function common(a, b, role)
  local columns = {}
  for _, column in ipairs(a.columns) do
    if column.role == role and b.column[column.name] then columns[#columns + 1] = column end
  end
  return columns
end

-- What tells runs of one data set apart.
local function tells_apart(column)
  return column.role == "parameter" or column.name == "detector" or column.name == "profile"
end

-- The only value of a column; nil: none, or several (then true is the second result).
local function only_value(runs, name)
  local value
  for _, run in ipairs(runs) do
    if value == nil then value = run[name] end
    if run[name] ~= nil and run[name] ~= value then return nil, true end
  end
  return value
end

-- The runs of a whose detectors b has too; all of them where it has none.
local function with_detectors_of(a, b)
  local there, runs = {}, {}
  for _, run in ipairs(b.runs) do there[run.detector or ""] = true end
  for _, run in ipairs(a.runs) do
    if there[run.detector or ""] then runs[#runs + 1] = run end
  end
  return #runs > 0 and runs or a.runs
end

-- Parameters that were changed between the files: {{name =, a =, b =}}, and the others. Those of a detector that only
-- one of them has were not.
local function changed_parameters(a, b)
  local changed, kept, seen = {}, {}, {}
  local runs_a, runs_b = with_detectors_of(a, b), with_detectors_of(b, a)
  for _, t in ipairs {a, b} do
    for _, column in ipairs(t.columns) do
      local name = column.name
      if tells_apart(column) and not seen[name] then
        seen[name] = true
        local x, several_a = only_value(runs_a, name)
        local y, several_b = only_value(runs_b, name)
        if several_a or several_b or x == y then
          if a.column[name] and b.column[name] then kept[#kept + 1] = column end
        else
          changed[#changed + 1] = {name = name, column = column, a = x, b = y}
        end
      end
    end
  end
  return changed, kept
end

local function signature(run, parameters)
  local words = {run.dataset or ""}
  for _, column in ipairs(parameters) do
    local value = run[column.name]
    -- 10 and 10.0 are one value: a column is a number in one file and whole in another
    words[#words + 1] = value == nil and "" or type(value) == "number" and ("%.17g"):format(value) or value
  end
  return table.concat(words, "\0")
end

-- Of runs with the same signature the n-th of a belongs to the n-th of b.
local function match_by(a, b, parameters)
  local waiting, pairs_, only_a, only_b = {}, {}, {}, {}
  for _, run in ipairs(b.runs) do
    local s = signature(run, parameters)
    waiting[s] = waiting[s] or {}
    table.insert(waiting[s], run)
  end
  local taken = {}
  for _, run in ipairs(a.runs) do
    local there = waiting[signature(run, parameters)]
    local other = there and table.remove(there, 1)
    if other then
      pairs_[#pairs_ + 1], taken[other] = {run, other}, true
    else
      only_a[#only_a + 1] = run
    end
  end
  for _, run in ipairs(b.runs) do
    if not taken[run] then only_b[#only_b + 1] = run end
  end
  return pairs_, only_a, only_b
end

local function without_seed(parameters)
  local others = {}
  for _, column in ipairs(parameters) do
    if column.name ~= "seed" then others[#others + 1] = column end
  end
  return others
end

-- -> {{run of a, run of b}}, only in a, only in b, changed parameters, whether seeds were left out: where no run of a
-- has a seed of b, configuration and replicate tell which belong together.
function diff.match(a, b)
  local changed, parameters = changed_parameters(a, b)
  local pairs_, only_a, only_b = match_by(a, b, parameters)
  if #pairs_ > 0 then return pairs_, only_a, only_b, changed, false end
  local others = without_seed(parameters)
  if #others == #parameters then return pairs_, only_a, only_b, changed, false end
  pairs_, only_a, only_b = match_by(a, b, others)
  return pairs_, only_a, only_b, changed, #pairs_ > 0
end

-- Parameters that differ between two runs.
function diff.parameters(a, b, x, y)
  local list, seen = {}, {}
  for _, t in ipairs {a, b} do
    for _, column in ipairs(t.columns) do
      local name = column.name
      if (tells_apart(column) or name == "dataset") and not seen[name] then
        seen[name] = true
        if x[name] ~= y[name] then list[#list + 1] = {name = name, column = column, a = x[name], b = y[name]} end
      end
    end
  end
  return list
end

-- ------------------------------------------------------------------ judging

local function sign(x) return x > 0 and 1 or x < 0 and -1 or 0 end

-- low, high: of b - a; what they say about the change.
local function verdict(change, better)
  if not change.low then return "not judged" end
  if change.low <= 0 and change.high >= 0 then return "within" end
  return sign(change.low) == (better == "higher" and 1 or -1) and "better" or "worse"
end

local function by_intervals(change, a, b, x, y)
  local low, high, kind = result_table.interval(a, change.name)
  if not low or not b.column[low] or not (x[low] and x[high] and y[low] and y[high]) then return end
  -- ends of all differences that values inside the two intervals have
  change.low, change.high = y[low] - x[high], y[high] - x[low]
  change.method = kind == "DeLong" and "DeLong's intervals" or "block intervals"
end

-- Fills in low, high, p, method of the change, if there is a way.
local function judge(change, a, b, x, y, tested)
  local figure = tested and paired.figure(tested, x, y, change.name)
  if figure then
    change.low, change.high, change.p = 0 - figure.high, 0 - figure.low, figure.p -- 0 - x: no -0
    change.method, change.blocks, change.attack_blocks = figure.method, tested.blocks, tested.attack_blocks
  else
    by_intervals(change, a, b, x, y)
    change.blocks, change.attack_blocks = x.blocks, x.attack_blocks
  end
  change.verdict = verdict(change, change.better)
end

-- Metrics that differ between run x of table a and run y of b: {name =, a =, b =, better =, verdict =, ...}.
-- wanted: set of names, or nil: every metric of which it is known what is better. options: of comparison.pair.
function diff.metrics(a, b, x, y, wanted, options)
  local changes, pairable = {}, false
  for _, column in ipairs(common(a, b, "metric")) do
    local name = column.name
    local better = column.better or b.column[name].better
    if wanted and wanted[name] or not wanted and better then
      local v, w = x[name], y[name]
      if v ~= w then
        changes[#changes + 1] = {name = name, column = column, a = v, b = w, better = better}
        pairable = pairable or v and w and paired.has(name)
      end
    end
  end
  local tested, why
  if pairable then tested, why = paired.test(a, x, b, y, options) end
  for _, change in ipairs(changes) do
    if change.a == nil or change.b == nil then
      change.verdict = change.a and "gone" or "new"
    elseif not change.better then
      change.verdict = "not judged"
    else
      judge(change, a, b, x, y, tested)
    end
  end
  return changes, why
end

-- What becomes of a run as a whole: nil: it ran in both files; else "failed now", "runs now", "failed in both".
function diff.status(x, y)
  local fine_a, fine_b = x.status ~= "failed", y.status ~= "failed"
  if fine_a and fine_b then return nil end
  return fine_a and "failed now" or fine_b and "runs now" or "failed in both"
end

return diff
