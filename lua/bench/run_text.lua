-- SPDX-License-Identifier: GPL-3.0-or-later
-- Tables of what was measured, for people and for programs.
local figures = require "ninetails.bench.figures"
local json = require "ninetails.json"
local out = require "ninetails.cli.out"
local text = require "ninetails.cli.text"

local run_text = {}

function run_text.json(value) out.data(json.encode(value, true), "\n") end

local function three(x) return x and x == x and ("%.3g"):format(x) or "" end

-- 1234.5 -> "1234", 12.345 -> "12.3"
function run_text.amount(x)
  if not x or x ~= x then return "" end
  return x >= 1000 and ("%.0f"):format(x) or ("%.3g"):format(x)
end

local function percent(x) return x and ("%.0f %%"):format(100 * x) or "" end

local function name_of(record) return record.problem .. (record.peer and " " .. record.peer or "") end

-- Rows of cells, a head first: what `run` prints and docs/performance.md has.
function run_text.rows(records, limits)
  local rows = {{"problem", "ns", "of a", "+-", "a second", "instructions", "bytes", "of the limit", "checked by"}}
  for _, record in ipairs(records) do
    local f = figures.of(record)
    local share, which = figures.fraction(record, limits)
    rows[#rows + 1] = {name_of(record), run_text.amount(f.ns), record.item, percent(f.spread), text.scaled(f.rate),
      run_text.amount(f.instructions), f.bytes > 0 and run_text.amount(f.bytes) or "", share and percent(share) .. " " .. which or "",
      record.how or ""}
  end
  return rows
end

local right = {[2] = true, [4] = true, [5] = true, [6] = true, [7] = true}

function run_text.table(records, limits) out.text(text.table(run_text.rows(records, limits), right)) end

function run_text.limit_words(limits)
  local words = {}
  if limits.fma then words[#words + 1] = ("%s of one core"):format(text.scaled(limits.fma, "flop/s")) end
  if limits.triad then words[#words + 1] = ("triad %s"):format(text.scaled(limits.triad, "B/s")) end
  if limits.read then words[#words + 1] = ("reading %s"):format(text.scaled(limits.read, "B/s")) end
  return table.concat(words, ", ")
end

function run_text.exponent_rows(list)
  local rows = {{"series", "points", "time of an item grows as", "from", "to"}}
  for _, s in ipairs(list) do
    local first, last = s.points[1], s.points[#s.points]
    rows[#rows + 1] = {s.name, ("%d"):format(#s.points),
      ("%s^%.2f%s"):format(s.x, s.exponent, s.error and (" +- %.2f"):format(s.error) or ""),
      ("%s ns at %s"):format(run_text.amount(first[2]), text.count(math.floor(first[1]))),
      ("%s ns at %s"):format(run_text.amount(last[2]), text.count(math.floor(last[1])))}
  end
  return rows
end

local function record_json(record, limits)
  local f = figures.of(record)
  local share, which = figures.fraction(record, limits)
  return json.object {{"problem", record.problem}, {"peer", record.peer}, {"item", record.item}, {"rounds", #record.rounds},
    {"clock", record.clock}, {"ns_per_item", f.ns}, {"items_per_second", f.rate}, {"ratio_to_calibration", f.ratio},
    {"spread", f.spread}, {"instructions_per_item", f.instructions}, {"instructions_by", record.instructions_by},
    {"bytes_per_item", f.bytes > 0 and f.bytes or nil}, {"limit", which}, {"share_of_limit", share}, {"digest", record.digest},
    {"exact", record.exact}, {"deviation", record.deviation}, {"checked_by", record.how}, {"commit", record.commit},
    {"machine", record.machine}, {"configuration", record.configuration}}
end

function run_text.run_json(run, records, limits, failures)
  local list, series, failed = json.array {}, json.array {}, json.array {}
  for i, record in ipairs(records) do list[i] = record_json(record, limits) end
  for i, s in ipairs(figures.series(records)) do
    series[i] = json.object {{"series", s.name}, {"parameter", s.x}, {"exponent", s.exponent}, {"standard_error", s.error}}
  end
  for i, f in ipairs(failures) do failed[i] = json.object {{"problem", f.job.entry.key}, {"reason", f.why}} end
  return json.object {{"run", run}, {"limits", json.object {{"flops_per_second", limits.fma},
    {"triad_bytes_per_second", limits.triad}, {"read_bytes_per_second", limits.read}}}, {"problems", list},
    {"series", series}, {"failed", failed}}
end

run_text.three, run_text.percent, run_text.name_of = three, percent, name_of

return run_text
