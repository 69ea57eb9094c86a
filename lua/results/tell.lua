-- SPDX-License-Identifier: GPL-3.0-or-later
-- What `ninetails results diff` and `compare` print: their findings as text and as JSON.
local json = require "ninetails.json"
local result_table = require "ninetails.results.table"
local text = require "ninetails.text"

local tell = {}

local MOST_LISTED = 10

local function number(x, digits) return x and x == x and text.number(x, digits or 3) or "-" end
local function p_text(p) return p and p == p and (p < 0.001 and ("%.1e"):format(p) or ("%.3f"):format(p)) or "-" end
local function signed(x) return x and x == x and ("%+.4g"):format(x) or "-" end
local function range(low, high) return low and low == low and ("[%s, %s]"):format(signed(low), signed(high)) or "-" end

local function blocks_text(blocks, attack_blocks)
  return blocks and ("%d (%s)"):format(blocks, attack_blocks and ("%d"):format(attack_blocks) or "?") or "-"
end

-- With one attack block every resample has the same attacks.
local ONE_BLOCK = "where one block only has attacks, intervals tell about the benign traffic alone\n"
local function has_one_block(list)
  for _, entry in ipairs(list) do
    if entry.low and entry.attack_blocks == 1 then return true end
  end
  return false
end

-- ------------------------------------------------------------------ diff

local function changes_text(list)
  local rows = {}
  for i, change in ipairs(list) do
    rows[i] = {"  " .. change.name, result_table.shown(change.column, change.a) .. " -> "
      .. result_table.shown(change.column, change.b)}
  end
  return text.rows(rows)
end

local function listed(what, runs, t)
  if #runs == 0 then return end
  io.write(("%s: %d\n"):format(what, #runs))
  local columns = {t.column.dataset, t.column.detector}
  for _, column in ipairs(result_table.varying(t, t.runs)) do columns[#columns + 1] = column end
  for i = 1, math.min(#runs, MOST_LISTED) do io.write("  ", result_table.label(runs[i], columns), "\n") end
  if #runs > MOST_LISTED then io.write(("  ... and %d more\n"):format(#runs - MOST_LISTED)) end
end

local function metric_rows(found)
  local rows = {{"run", "metric", "a", "b", "b - a", "interval", "by", "blocks", "verdict"}}
  for _, pair in ipairs(found.pairs) do
    for _, change in ipairs(pair.changes) do
      rows[#rows + 1] = {pair.label, change.name, result_table.shown(change.column, change.a),
        result_table.shown(change.column, change.b), signed(change.a and change.b and change.b - change.a),
        range(change.low, change.high), change.method or "-", blocks_text(change.blocks, change.attack_blocks),
        change.verdict}
    end
  end
  return rows
end

local function status_lines(found)
  for _, pair in ipairs(found.pairs) do
    if pair.status then
      local why = pair.reason and ": " .. result_table.one_line(pair.reason) or ""
      io.write(("%s: %s%s\n"):format(pair.label, pair.status, why))
    end
  end
end

local function notes_of(found)
  local seen, list = {}, {}
  for _, pair in ipairs(found.pairs) do
    if pair.why and not seen[pair.why] then
      seen[pair.why] = true
      list[#list + 1] = pair.why
    end
  end
  return list
end

function tell.diff_text(found)
  io.write(text.rows {{"a", found.name_a}, {"b", found.name_b}})
  if #found.changed > 0 then io.write("parameters that differ:\n", changes_text(found.changed)) end
  if found.only_a then
    listed("only in a", found.only_a, found.table_a)
    listed("only in b", found.only_b, found.table_b)
  end
  status_lines(found)
  local c = found.counts
  if c.changes > 0 then
    local right = {}
    for i = 3, 5 do right[i] = true end
    io.write("\n", text.table(metric_rows(found), right), "\n")
  end
  for _, pair in ipairs(found.pairs) do
    if has_one_block(pair.changes) then
      io.write(ONE_BLOCK)
      break
    end
  end
  for _, why in ipairs(notes_of(found)) do io.write("not paired: ", why, "\n") end
  io.write(("%d run%s in both, %d with the same metrics"):format(c.pairs, c.pairs == 1 and "" or "s", c.same))
  if c.judged > 0 then
    io.write(("; of %d differences judged %d worse and %d better beyond the interval (%s %%)"):format(c.judged, c.worse,
      c.better, text.plain(100 * found.level)))
    if c.worse + c.better > 0 then
      io.write(("; chance alone gives about %s"):format(number((1 - found.level) * c.judged, 2)))
    end
  end
  io.write("\n")
end

local function json_changes(list)
  local out = json.array {}
  for i, change in ipairs(list) do
    out[i] = json.object {{"name", change.name}, {"a", change.a or json.null}, {"b", change.b or json.null}}
  end
  return out
end

local function json_metrics(changes)
  local out = json.array {}
  for i, c in ipairs(changes) do
    out[i] = json.object {{"name", c.name}, {"a", c.a or json.null}, {"b", c.b or json.null},
      {"difference", c.a and c.b and c.b - c.a or json.null}, {"low", c.low or json.null},
      {"high", c.high or json.null},
      {"p", c.p or json.null}, {"method", c.method or json.null}, {"blocks", c.blocks or json.null},
      {"attack_blocks", c.attack_blocks or json.null}, {"better", c.better or json.null}, {"verdict", c.verdict}}
  end
  return out
end

local function keys_of(runs)
  local keys = json.array {}
  for i, run in ipairs(runs or {}) do keys[i] = run.run or json.null end
  return keys
end

function tell.diff_json(found)
  local pairs_ = json.array {}
  for i, pair in ipairs(found.pairs) do
    pairs_[i] = json.object {{"a", pair.a.run}, {"b", pair.b.run}, {"dataset", pair.a.dataset},
      {"detector", pair.a.detector}, {"status", pair.status or "both ran"}, {"not_paired", pair.why},
      {"metrics", json_metrics(pair.changes)}}
  end
  local c = found.counts
  io.write(json.encode(json.object {{"a", found.name_a}, {"b", found.name_b}, {"level", found.level},
    {"parameters", json_changes(found.changed)}, {"only_in_a", keys_of(found.only_a)},
    {"only_in_b", keys_of(found.only_b)}, {"runs", pairs_},
    {"counts", json.object {{"runs", c.pairs}, {"same", c.same}, {"differences", c.changes}, {"judged", c.judged},
      {"worse", c.worse}, {"better", c.better}, {"failed_now", c.failed}}},
    {"regression", found.regression}}, true), "\n")
end

-- ------------------------------------------------------------------ compare

local function one_data_set(found, entry)
  io.write(("\n%s: %s %s %s\n"):format(entry.dataset, found.reference, found.metric,
    entry.value and number(entry.value, 4) or "none: no test here"))
  if #entry.tests == 0 then return end
  local rows = {{"  detector", found.metric, "difference", "interval", "p", "Holm", "blocks", ""}}
  for _, test in ipairs(entry.tests) do
    rows[#rows + 1] = {"  " .. test.detector, number(test.value, 4), signed(test.difference),
      range(test.low, test.high), p_text(test.p), p_text(test.holm), blocks_text(test.blocks, test.attack_blocks),
      test.why or ""}
  end
  io.write(text.table(rows, {[2] = true, [3] = true}))
  if has_one_block(entry.tests) then io.write("  ", ONE_BLOCK) end
end

local function bars_text(all, methods)
  local lines = {}
  for _, bar in ipairs(all.bars) do
    local names = {}
    for i = bar.first, bar.last do names[#names + 1] = methods[all.order[i]] end
    lines[#lines + 1] = "  not told apart: " .. table.concat(names, ", ") .. "\n"
  end
  return table.concat(lines)
end

local function all_data_sets(found)
  local all, methods = found.all, found.methods
  io.write(("\nOver %d data sets"):format(#all.datasets))
  if #all.left_out > 0 then
    io.write((" (left out, not every detector has a value: %s)"):format(table.concat(all.left_out, ", ")))
  end
  io.write((":\n  Friedman chi-square %s, p %s; Iman-Davenport F %s, p %s\n"):format(number(all.chi_square, 4),
    p_text(all.p), all.f == math.huge and "infinite" or number(all.f, 4), p_text(all.f_p)))
  local rows = {{"  detector", "mean rank"}}
  for _, i in ipairs(all.order) do rows[#rows + 1] = {"  " .. methods[i], ("%.3f"):format(all.mean_rank[i])} end
  io.write(text.table(rows, {[2] = true}))
  io.write(("  Nemenyi critical difference %.3f at %s\n"):format(all.critical_difference, text.plain(found.alpha)))
  io.write(bars_text(all, methods))
  rows = {{"  pair", "z", "p", "Holm"}}
  for _, pair in ipairs(all.pairs) do
    rows[#rows + 1] = {("  %s - %s"):format(methods[pair.a], methods[pair.b]), ("%+.3f"):format(pair.z),
      p_text(pair.p), p_text(pair.holm)}
  end
  io.write(text.table(rows, {[2] = true}))
end

function tell.compare_text(found)
  io.write(("%s (%s is better) of %s on %s, against %s%s\n"):format(found.metric, found.better,
    text.plural(#found.methods, "detector"), text.plural(#found.each, "data set"), found.reference,
    found.repeats > 1 and ("; the median of up to %d repeats"):format(found.repeats) or ""))
  if found.missing > 0 then
    io.write(("%s without a value of %s: left out\n"):format(text.plural(found.missing, "run"), found.metric))
  end
  for _, entry in ipairs(found.each) do one_data_set(found, entry) end
  if found.all then all_data_sets(found) else io.write("\nOver data sets: ", found.why_not, "\n") end
end

local function json_tests(tests)
  local out = json.array {}
  for i, t in ipairs(tests) do
    out[i] = json.object {{"detector", t.detector}, {"value", t.value}, {"reference_value", t.reference},
      {"difference", t.difference}, {"low", t.low or json.null}, {"high", t.high or json.null}, {"p", t.p or json.null},
      {"holm", t.holm or json.null}, {"delong_p", t.delong_p}, {"blocks", t.blocks or json.null},
      {"attack_blocks", t.attack_blocks or json.null}, {"method", t.method or json.null}, {"note", t.why}}
  end
  return out
end

local function json_all(found)
  local all = found.all
  if not all then return json.object {{"why_not", found.why_not}} end
  local ranks, bars, pairs_, values = json.array {}, json.array {}, json.array {}, json.array {}
  for i, at in ipairs(all.order) do
    ranks[i] = json.object {{"detector", found.methods[at]}, {"mean_rank", all.mean_rank[at]}}
  end
  for i, bar in ipairs(all.bars) do bars[i] = json.array {bar.first, bar.last} end
  for i, pair in ipairs(all.pairs) do
    pairs_[i] = json.object {{"a", found.methods[pair.a]}, {"b", found.methods[pair.b]}, {"z", pair.z}, {"p", pair.p},
      {"holm", pair.holm}}
  end
  for i, row in ipairs(all.values) do values[i] = json.array(row) end
  return json.object {{"datasets", json.array(all.datasets)}, {"left_out", json.array(all.left_out)},
    {"detectors", json.array(found.methods)}, {"values", values}, {"chi_square", all.chi_square}, {"p", all.p},
    {"f", all.f}, {"f_p", all.f_p}, {"tie_correction", all.tie_correction}, {"ranks", ranks}, {"alpha", found.alpha},
    {"critical_difference", all.critical_difference}, {"bars", bars}, {"pairs", pairs_}}
end

function tell.compare_json(found)
  local each = json.array {}
  for i, entry in ipairs(found.each) do
    each[i] = json.object {{"dataset", entry.dataset}, {"reference_value", entry.value or json.null},
      {"tests", json_tests(entry.tests)}}
  end
  io.write(json.encode(json.object {{"metric", found.metric}, {"better", found.better}, {"reference", found.reference},
    {"repeats", found.repeats}, {"runs_without_value", found.missing}, {"data_sets", each},
    {"over_all", json_all(found)}}, true), "\n")
end

return tell
