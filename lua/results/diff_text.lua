-- SPDX-License-Identifier: GPL-3.0-or-later
-- What `ninetails results diff` prints: its findings as text and as JSON.
local format = require "ninetails.results.format"
local json = require "ninetails.json"
local out = require "ninetails.cli.out"
local result_table = require "ninetails.results.table"
local text = require "ninetails.cli.text"

local diff_text = {}

local MOST_LISTED = 10

local number, signed, range = format.number, format.signed, format.range
local blocks_text, has_one_block, ONE_BLOCK = format.blocks, format.has_one_block, format.ONE_BLOCK

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
  out.text(("%s: %d\n"):format(what, #runs))
  local columns = {t.column.dataset, t.column.detector}
  for _, column in ipairs(result_table.varying(t, t.runs)) do columns[#columns + 1] = column end
  for i = 1, math.min(#runs, MOST_LISTED) do out.text("  ", result_table.label(runs[i], columns), "\n") end
  if #runs > MOST_LISTED then out.text(("  ... and %d more\n"):format(#runs - MOST_LISTED)) end
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
      out.text(("%s: %s%s\n"):format(pair.label, pair.status, why))
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

function diff_text.text(found)
  out.text(text.rows {{"a", found.name_a}, {"b", found.name_b}})
  if #found.changed > 0 then out.text("parameters that differ:\n", changes_text(found.changed)) end
  if found.other_seeds then out.text("no seed in common: matched by configuration and replicate\n") end
  if found.only_a then
    listed("only in a", found.only_a, found.table_a)
    listed("only in b", found.only_b, found.table_b)
  end
  status_lines(found)
  local c = found.counts
  if c.changes > 0 then
    local right = {}
    for i = 3, 5 do right[i] = true end
    out.text("\n", text.table(metric_rows(found), right, {keys = 2}), "\n")
  end
  for _, pair in ipairs(found.pairs) do
    if has_one_block(pair.changes) then
      out.text(ONE_BLOCK)
      break
    end
  end
  for _, why in ipairs(notes_of(found)) do out.text("not paired: ", why, "\n") end
  out.text(("%d run%s in both, %d with the same metrics"):format(c.pairs, c.pairs == 1 and "" or "s", c.same))
  if c.judged > 0 then
    out.text(("; of %d differences judged %d worse and %d better beyond the interval (%s %%)"):format(c.judged, c.worse,
      c.better, text.plain(100 * found.level)))
    if c.worse + c.better > 0 then
      out.text(("; chance alone gives about %s"):format(number((1 - found.level) * c.judged, 2)))
    end
  end
  out.text("\n")
end

local function json_changes(list)
  local members = json.array {}
  for i, change in ipairs(list) do
    members[i] = json.object {{"name", change.name}, {"a", change.a or json.null}, {"b", change.b or json.null}}
  end
  return members
end

local function json_metrics(changes)
  local members = json.array {}
  for i, c in ipairs(changes) do
    members[i] = json.object {{"name", c.name}, {"a", c.a or json.null}, {"b", c.b or json.null},
      {"difference", c.a and c.b and c.b - c.a or json.null}, {"low", c.low or json.null},
      {"high", c.high or json.null},
      {"p", c.p or json.null}, {"method", c.method or json.null}, {"blocks", c.blocks or json.null},
      {"attack_blocks", c.attack_blocks or json.null}, {"better", c.better or json.null}, {"verdict", c.verdict}}
  end
  return members
end

local function keys_of(runs)
  local keys = json.array {}
  for i, run in ipairs(runs or {}) do keys[i] = run.run or json.null end
  return keys
end

function diff_text.json(found)
  local pairs_ = json.array {}
  for i, pair in ipairs(found.pairs) do
    pairs_[i] = json.object {{"a", pair.a.run}, {"b", pair.b.run}, {"dataset", pair.a.dataset},
      {"detector", pair.a.detector}, {"status", pair.status or "both ran"}, {"not_paired", pair.why},
      {"metrics", json_metrics(pair.changes)}}
  end
  local c = found.counts
  out.data(json.encode(json.object {{"a", found.name_a}, {"b", found.name_b}, {"level", found.level},
    {"other_seeds", found.other_seeds or false},
    {"parameters", json_changes(found.changed)}, {"only_in_a", keys_of(found.only_a)},
    {"only_in_b", keys_of(found.only_b)}, {"runs", pairs_},
    {"counts", json.object {{"runs", c.pairs}, {"same", c.same}, {"differences", c.changes}, {"judged", c.judged},
      {"worse", c.worse}, {"better", c.better}, {"failed_now", c.failed}}},
    {"regression", found.regression}}, true), "\n")
end

return diff_text
