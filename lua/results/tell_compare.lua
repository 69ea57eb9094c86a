-- SPDX-License-Identifier: GPL-3.0-or-later
-- What `ninetails results compare` prints and writes: its findings as text, as JSON, and as CSV files with a diagram.
local diagram = require "ninetails.results.diagram"
local export = require "ninetails.results.export"
local figures = require "ninetails.results.figures"
local files = require "ninetails.files"
local json = require "ninetails.json"
local out = require "ninetails.cli.out"
local scoreboard = require "ninetails.results.scoreboard"
local text = require "ninetails.cli.text"

local tell = {}

local number, signed, p_text = figures.number, figures.signed, figures.p

-- ------------------------------------------------------------------ text

local function board_text(found, entry)
  local cells, right = scoreboard.cells(found.table, found.board, entry)
  out.text(("\n%s"):format(entry.dataset))
  if entry.scored and entry.attacks then
    out.text((": %s of %s packets scored, %s of them attacks"):format(text.count(entry.scored),
      entry.packets and text.count(entry.packets) or "?", text.count(entry.attacks)))
  end
  if entry.blocks then
    out.text(("; %s blocks, %s with attacks"):format(text.count(entry.blocks),
      entry.attack_blocks and text.count(entry.attack_blocks) or "?"))
  end
  out.text("\n", (text.table(cells, right):gsub("([^\n]+)", "  %1")))
  for _, row in ipairs(entry.rows) do
    if row.kind == "bound" and row.remark then out.text(("  %s: %s\n"):format(row.detector, row.remark)) end
  end
end

local function legend(found)
  local kinds, level = {}, found.board[1] and found.board[1].level
  for _, entry in ipairs(found.board) do
    for _, row in ipairs(entry.rows) do kinds[row.kind] = true end
  end
  out.text("\n")
  if level then out.text(("[ ]: %s %% intervals.\n"):format(text.plain(100 * level))) end
  if kinds.bound then out.text("bound: was shown the labels, so no detector.\n") end
  if kinds.trivial then out.text("trivial: looks at no features, or at one.\n") end
  out.text("learn, score: packets a second of the fastest repeat; repeats that share one pass share its time.\n")
end

local function tests_text(found, entry)
  out.text(("%s: %s %s %s\n"):format(entry.dataset, found.reference, found.metric,
    entry.value and number(entry.value, 4) or "none: no test here"))
  if #entry.tests == 0 then return end
  local rows = {{"  detector", found.metric, "difference", "interval", "p", "Holm", "blocks", ""}}
  for _, test in ipairs(entry.tests) do
    rows[#rows + 1] = {"  " .. test.detector, number(test.value, 4), signed(test.difference),
      figures.range(test.low, test.high), p_text(test.p), p_text(test.holm),
      figures.blocks(test.blocks, test.attack_blocks), test.why or ""}
  end
  out.text(text.table(rows, {[2] = true, [3] = true}))
  if figures.has_one_block(entry.tests) then out.text("  ", figures.ONE_BLOCK) end
end

local function bars_text(all)
  local lines = {}
  for _, bar in ipairs(all.bars) do
    local names = {}
    for i = bar.first, bar.last do names[#names + 1] = all.methods[all.order[i]] end
    lines[#lines + 1] = "  not told apart: " .. table.concat(names, ", ") .. "\n"
  end
  return table.concat(lines)
end

local function all_data_sets(found)
  local all = found.all
  out.text(("\nOver %d data sets"):format(#all.datasets))
  if #all.left_out > 0 then
    out.text((" (left out, not every detector has a value: %s)"):format(table.concat(all.left_out, ", ")))
  end
  out.text((":\n  Friedman chi-square %s, p %s; Iman-Davenport F %s, p %s\n"):format(number(all.chi_square, 4),
    p_text(all.p), all.f == math.huge and "infinite" or number(all.f, 4), p_text(all.f_p)))
  if #all.lacking > 0 then
    out.text(("  without rank, as it has no value on some data set: %s\n"):format(table.concat(all.lacking, ", ")))
  end
  if #all.bounds > 0 then
    out.text(("  without rank, as it was shown the labels: %s\n"):format(table.concat(all.bounds, ", ")))
  end
  local of = {}
  for _, test in ipairs(all.against) do of[test.detector] = test end
  local rows = {{"  detector", "mean rank", "z", "p", "Holm"}}
  for _, i in ipairs(all.order) do
    local test = of[all.methods[i]] or {}
    rows[#rows + 1] = {"  " .. all.methods[i], ("%.3f"):format(all.mean_rank[i]), test.z and ("%+.3f"):format(test.z)
      or "", test.p and p_text(test.p) or "", test.holm and p_text(test.holm) or ""}
  end
  out.text(text.table(rows, {[2] = true, [3] = true}))
  if #all.against > 0 then out.text(("  z, p, Holm: against %s\n"):format(found.reference)) end
  out.text(("  Nemenyi critical difference %.3f at %s\n"):format(all.critical_difference, text.plain(found.alpha)))
  out.text(bars_text(all))
  local apart = 0
  for _, pair in ipairs(all.pairs) do apart = apart + (pair.holm < found.alpha and 1 or 0) end
  out.text(("  %d of all %d pairs differ at %s after Holm's correction\n"):format(apart, #all.pairs,
    text.plain(found.alpha)))
end

function tell.text(found)
  out.text(("%s (%s is better) of %s on %s, against %s%s\n"):format(found.metric, found.better,
    text.plural(#found.methods, "detector"), text.plural(#found.each, "data set"), found.reference,
    found.repeats > 1 and ("; the median of up to %d repeats"):format(found.repeats) or ""))
  if found.missing > 0 then
    out.text(("%s without a value of %s: left out\n"):format(text.plural(found.missing, "run"), found.metric))
  end
  for _, entry in ipairs(found.board) do board_text(found, entry) end
  legend(found)
  out.text(("\nDifference from %s, on the packets that both scored:\n"):format(found.reference))
  for _, entry in ipairs(found.each) do tests_text(found, entry) end
  if found.all then all_data_sets(found) else out.text("\nOver data sets: ", found.why_not, "\n") end
end

-- ------------------------------------------------------------------ JSON

local function json_tests(tests)
  local list = json.array {}
  for i, t in ipairs(tests) do
    list[i] = json.object {{"detector", t.detector}, {"value", t.value}, {"reference_value", t.reference},
      {"difference", t.difference}, {"low", t.low or json.null}, {"high", t.high or json.null}, {"p", t.p or json.null},
      {"holm", t.holm or json.null}, {"delong_p", t.delong_p}, {"blocks", t.blocks or json.null},
      {"attack_blocks", t.attack_blocks or json.null}, {"method", t.method or json.null}, {"note", t.why}}
  end
  return list
end

local function json_board(board, entry)
  local rows, columns = json.array {}, scoreboard.columns(board)
  for i, row in ipairs(entry.rows) do
    local members = {}
    for k, name in ipairs(columns) do members[k] = {name, row[name] == nil and json.null or row[name]} end
    rows[i] = json.object(members)
  end
  return rows
end

local function json_all(found)
  local all = found.all
  if not all then return json.object {{"why_not", found.why_not}} end
  local ranks, bars, pairs_, values, tests = json.array {}, json.array {}, json.array {}, json.array {}, json.array {}
  for i, at in ipairs(all.order) do
    ranks[i] = json.object {{"detector", all.methods[at]}, {"mean_rank", all.mean_rank[at]}}
  end
  for i, bar in ipairs(all.bars) do bars[i] = json.array {bar.first, bar.last} end
  for i, pair in ipairs(all.pairs) do
    pairs_[i] = json.object {{"a", all.methods[pair.a]}, {"b", all.methods[pair.b]}, {"z", pair.z}, {"p", pair.p},
      {"holm", pair.holm}}
  end
  for i, t in ipairs(all.against) do
    tests[i] = json.object {{"detector", t.detector}, {"z", t.z}, {"p", t.p}, {"holm", t.holm}}
  end
  for i, row in ipairs(all.values) do values[i] = json.array(row) end
  return json.object {{"datasets", json.array(all.datasets)}, {"left_out", json.array(all.left_out)},
    {"detectors", json.array(all.methods)}, {"bounds", json.array(all.bounds)}, {"lacking", json.array(all.lacking)}, {"values", values},
    {"chi_square", all.chi_square}, {"p", all.p}, {"f", all.f}, {"f_p", all.f_p},
    {"tie_correction", all.tie_correction}, {"ranks", ranks}, {"alpha", found.alpha},
    {"critical_difference", all.critical_difference}, {"bars", bars}, {"against", tests}, {"pairs", pairs_}}
end

function tell.json(found)
  local each = json.array {}
  for i, entry in ipairs(found.each) do
    local about = found.board[i]
    each[i] = json.object {{"dataset", entry.dataset}, {"packets", about.packets}, {"scored", about.scored},
      {"attacks", about.attacks}, {"blocks", about.blocks}, {"attack_blocks", about.attack_blocks},
      {"detectors", json_board(found.board, about)}, {"reference_value", entry.value or json.null},
      {"tests", json_tests(entry.tests)}}
  end
  out.data(json.encode(json.object {{"metric", found.metric}, {"better", found.better}, {"reference", found.reference},
    {"repeats", found.repeats}, {"runs_without_value", found.missing}, {"data_sets", each},
    {"over_all", json_all(found)}}, true), "\n")
end

-- ------------------------------------------------------------------ files

local function named(names)
  local columns = {}
  for i, name in ipairs(names) do columns[i] = {name = name} end
  return columns
end

-- folder/detectors.csv, tests.csv, and over several data sets ranks.csv, groups.csv, pairs.csv and ranks.svg.
function tell.write(found, folder)
  files.make_folders(folder)
  local written = {}
  local function put(name, body)
    files.write(folder .. "/" .. name, body)
    written[#written + 1] = name
  end
  local function csv(name, rows, columns) put(name, export.text("csv", nil, rows, named(columns))) end

  local rows, tests = {}, {}
  for i, entry in ipairs(found.board) do
    for _, row in ipairs(entry.rows) do rows[#rows + 1] = setmetatable({dataset = entry.dataset}, {__index = row}) end
    for _, test in ipairs(found.each[i].tests) do
      tests[#tests + 1] = setmetatable({dataset = entry.dataset, against = found.reference, note = test.why},
        {__index = test})
    end
  end
  csv("detectors.csv", rows, {"dataset", table.unpack(scoreboard.columns(found.board))})
  csv("tests.csv", tests, {"dataset", "detector", "against", "value", "reference", "difference", "low", "high", "p",
    "holm", "delong_p", "blocks", "attack_blocks", "method", "note"})
  local all = found.all
  if not all then return written end

  local ranks, groups, pairs_, of = {}, {}, {}, {}
  for _, test in ipairs(all.against) do of[test.detector] = test end
  for i, at in ipairs(all.order) do
    local test = of[all.methods[at]] or {}
    ranks[i] = {place = i, detector = all.methods[at], mean_rank = all.mean_rank[at], z = test.z, p = test.p,
      holm = test.holm, critical_difference = all.critical_difference}
  end
  for i, bar in ipairs(all.bars) do
    for place = bar.first, bar.last do
      groups[#groups + 1] = {group = i, place = place, detector = all.methods[all.order[place]]}
    end
  end
  for i, pair in ipairs(all.pairs) do
    pairs_[i] = {a = all.methods[pair.a], b = all.methods[pair.b], z = pair.z, p = pair.p, holm = pair.holm}
  end
  csv("ranks.csv", ranks, {"place", "detector", "mean_rank", "z", "p", "holm", "critical_difference"})
  csv("groups.csv", groups, {"group", "place", "detector"})
  csv("pairs.csv", pairs_, {"a", "b", "z", "p", "holm"})
  put("ranks.svg", diagram.svg(all, all.methods, found.metric))
  return written
end

return tell
