-- SPDX-License-Identifier: GPL-3.0-or-later
-- `ninetails results compare`: which detectors are better, on each data set and over all of them (Demsar 2006).
--
-- On one data set each detector is tested against a reference by the paired block bootstrap, the p-values corrected for
-- their number by Holm. Over data sets: Friedman's test with Iman and Davenport's F, mean ranks, Nemenyi's critical
-- difference, the reference against each of the others and all pairs, both with Holm's correction. Of repeats (seeds)
-- the one with the median value stands for all. Bounds, which were shown labels, are tested, but have no rank.
local comparison = require "ninetails.comparison"
local paired = require "ninetails.results.paired"
local result_table = require "ninetails.results.table"
local scoreboard = require "ninetails.results.scoreboard"

local compare = {}
local refuse = result_table.refuse

-- ------------------------------------------------------------------ what is compared

local repeats = {replicate = true, seed = true}

local function where(run, by_profile)
  return by_profile and run.dataset .. " " .. (run.profile or "?") or run.dataset
end

local function group_by(runs, key)
  local groups, order = {}, {}
  for _, run in ipairs(runs) do
    local k = key(run)
    if not groups[k] then
      groups[k] = {}
      order[#order + 1] = k
    end
    table.insert(groups[k], run)
  end
  return groups, order
end

-- Parameters that tell configurations of one detector apart: those that vary on one data set, repeats aside.
local function configuration(t, runs, by_profile)
  local groups = group_by(runs, function(run) return where(run, by_profile) .. "\0" .. run.detector end)
  local is = {}
  for _, group in pairs(groups) do
    for _, column in ipairs(result_table.varying(t, group)) do
      if not repeats[column.name] and column.name ~= "profile" then is[column.name] = true end
    end
  end
  local columns = {}
  for _, column in ipairs(t.columns) do
    if is[column.name] then columns[#columns + 1] = column end
  end
  return columns
end

-- The run with the (lower) median value.
local function median_run(runs, metric)
  local sorted = table.move(runs, 1, #runs, 1, {})
  table.sort(sorted, function(a, b)
    if a[metric] ~= b[metric] then return a[metric] < b[metric] end
    return a.row < b.row
  end)
  return sorted[(#sorted + 1) // 2]
end

-- {methods = {label, ...}, places = {label, ...}, run[place][method] = run, same[place][method] = {its repeats},
-- repeats = most of one, detector[method], kind[method] = "bound", "trivial" or ""}
function compare.arrange(t, runs, metric)
  local with, missing = {}, 0
  for _, run in ipairs(runs) do
    if run[metric] ~= nil and run.dataset and run.detector then with[#with + 1] = run else missing = missing + 1 end
  end
  local profiles = {}
  for _, run in ipairs(with) do profiles[run.profile or ""] = true end
  local by_profile = next(profiles, next(profiles)) ~= nil
  local columns = configuration(t, with, by_profile)
  table.insert(columns, 1, t.column.detector)
  local a = {methods = {}, places = {}, run = {}, same = {}, repeats = 1, missing = missing, detector = {}, kind = {}}
  local cells
  cells, a.places = group_by(with, function(run) return where(run, by_profile) end)
  local seen = {}
  for _, place in ipairs(a.places) do
    local of_method = group_by(cells[place], function(run) return result_table.label(run, columns) end)
    a.run[place], a.same[place] = {}, of_method
    for label, same in pairs(of_method) do
      a.run[place][label] = median_run(same, metric)
      a.repeats = math.max(a.repeats, #same)
    end
  end
  for _, run in ipairs(with) do -- in the order of the file
    local label = result_table.label(run, columns)
    if not seen[label] then a.methods[#a.methods + 1] = label end
    seen[label], a.detector[label] = true, run.detector
    a.kind[label] = a.kind[label] == "bound" and "bound" or scoreboard.kind(run)
  end
  return a
end

-- The method that `name` means: a label, or a detector with one configuration.
local function find_reference(a, name)
  local found = {}
  for _, label in ipairs(a.methods) do
    if label == name then return label end
    if a.detector[label] == name then found[#found + 1] = label end
  end
  if #found == 1 then return found[1] end
  refuse("argument", "--reference '%s': %s: expected %s", name,
    #found > 1 and "it has several configurations" or "no such detector",
    table.concat(#found > 1 and found or a.methods, ", "))
end

function compare.reference(a, name)
  if name then return find_reference(a, name) end
  for _, label in ipairs(a.methods) do
    if a.detector[label] == "kitnet" then return label end
  end
  return a.methods[1]
end

-- ------------------------------------------------------------------ on one data set

local function numeric(x) return x and x == x and x or nil end

local function correct(tests)
  local p, of = {}, {}
  for _, test in ipairs(tests) do
    if test.p then p[#p + 1], of[#of + 1] = test.p, test end
  end
  for i, adjusted in ipairs(comparison.holm(p)) do of[i].holm = adjusted end
end

local function test_one(t, x, reference, metric, options)
  local test = {value = x[metric], reference = reference[metric], difference = x[metric] - reference[metric]}
  if not paired.has(metric) then
    test.why = "there is no paired test of " .. metric
    return test
  end
  local result, why = paired.test(t, x, t, reference, options)
  if result and scoreboard.nothing_to_draw(result.blocks, result.attack_blocks) then
    test.blocks, test.attack_blocks = result.blocks, result.attack_blocks
    test.why = "with one block of each kind there is nothing to resample"
    return test
  end
  local figure = result and paired.figure(result, x, reference, metric)
  if figure then
    test.low, test.high, test.p = figure.low, figure.high, numeric(figure.p)
    test.blocks, test.attack_blocks = result.blocks, result.attack_blocks
    test.difference = figure.difference -- on the packets that both scored
    test.method = figure.method
    if result.blocks == 0 then test.why = "packets have no times: DeLong's test, which takes them as independent" end
  else
    test.why = why or result and result.blocks == 0 and "packets have no times"
      or "the protocol's switches change " .. metric
  end
  if result and metric == "auc" then test.delong_p = numeric(result.delong.p) end
  return test
end

-- -> {{dataset =, reference =, tests = {{detector =, value =, difference =, low =, high =, p =, holm =, ...}}}, ...}
function compare.on_each(t, a, reference, metric, options)
  local list = {}
  for _, place in ipairs(a.places) do
    local base = a.run[place][reference]
    local tests = {}
    for _, label in ipairs(a.methods) do
      local run = a.run[place][label]
      if base and run and label ~= reference then
        tests[#tests + 1] = test_one(t, run, base, metric, options)
        tests[#tests].detector = label
      end
    end
    correct(tests)
    list[#list + 1] = {dataset = place, value = base and base[metric], tests = tests}
  end
  return list
end

-- ------------------------------------------------------------------ over all

-- Values of these methods where every one of them has one -> rows, their data sets, those left out.
local function matrix(a, methods, metric)
  local values, used, left = {}, {}, {}
  for _, place in ipairs(a.places) do
    local row = {}
    for i, label in ipairs(methods) do
      local run = a.run[place][label]
      row[i] = run and run[metric]
      if row[i] == nil then break end
    end
    if #row == #methods then
      values[#values + 1], used[#used + 1] = row, place
    else
      left[#left + 1] = place
    end
  end
  return values, used, left
end

-- The pairs with the reference, corrected for their own number: {{detector =, z =, p =, holm =}}; z above 0: its mean
-- rank is greater, worse, than the reference's.
local function against(result, reference)
  local list = {}
  for _, pair in ipairs(result.pairs) do
    local a, b = result.methods[pair.a], result.methods[pair.b]
    if a == reference then list[#list + 1] = {detector = b, z = -pair.z, p = pair.p} end
    if b == reference then list[#list + 1] = {detector = a, z = pair.z, p = pair.p} end
  end
  correct(list)
  return list
end

-- Those that have a value on every data set, and the others.
local function complete(a, methods, metric)
  local whole, lacking = {}, {}
  for _, label in ipairs(methods) do
    local everywhere = true
    for _, place in ipairs(a.places) do
      local run = a.run[place][label]
      everywhere = everywhere and run ~= nil and run[metric] ~= nil
    end
    table.insert(everywhere and whole or lacking, label)
  end
  return whole, lacking
end

-- leave_out: "detectors" or "datasets", where not every detector has a value on every data set.
-- -> comparison.friedman's result with methods, data sets, `against` and `bounds` (without rank), or nil and why not.
function compare.over_all(a, metric, better, options, reference)
  local methods, bounds, lacking = {}, {}, {}
  for _, label in ipairs(a.methods) do table.insert(a.kind[label] == "bound" and bounds or methods, label) end
  if options.leave_out == "detectors" then methods, lacking = complete(a, methods, metric) end
  if #methods < 2 then return nil, "there is one detector only" end
  local values, used, left = matrix(a, methods, metric)
  if #used < 2 then
    return nil, ("%d data set%s with a value of every detector: at least 2 expected"):format(#used,
      #used == 1 and "" or "s")
  end
  local result = comparison.friedman(values, {better = better, alpha = options.alpha})
  result.datasets, result.left_out, result.values, result.methods = used, left, values, methods
  result.bounds, result.lacking = bounds, lacking
  result.against = against(result, reference)
  return result
end

return compare
