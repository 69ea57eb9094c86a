-- SPDX-License-Identifier: GPL-3.0-or-later
-- What `ninetails results compare` prints: its findings as text and as JSON.
local format = require "ninetails.results.format"
local json = require "ninetails.json"
local out = require "ninetails.cli.out"
local scoreboard = require "ninetails.results.scoreboard"
local text = require "ninetails.cli.text"

local compare_text = {}

local number, signed, p_text = format.number, format.signed, format.p

-- ------------------------------------------------------------------ text

local NONE_CHOSEN = "none: the defaults are not known, or several are as near to them"

-- Which of its configurations stands for each detector, and what all of them came to.
local function choices_text(found, choices)
  local rows = {{"detector", "configuration", "of", "chosen", ("%s of all"):format(found.metric)}}
  for _, choice in ipairs(choices) do
    if choice.of > 1 then
      rows[#rows + 1] = {choice.detector, choice.configuration or "-", ("%d"):format(choice.of),
        choice.configuration and choice.rule or NONE_CHOSEN,
        number(choice.mean, 4) .. (choice.deviation and (" ± %s"):format(number(choice.deviation, 2)) or "")}
    end
  end
  if #rows > 1 then out.text("\n", text.table(rows, {[3] = true}, {indent = "  "})) end
end

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
  out.text("\n", text.table(cells, right, {indent = "  ", keys = 2}))
  for _, row in ipairs(entry.rows) do
    if row.kind == "bound" and row.remark then out.text(("  %s: %s\n"):format(row.detector, row.remark)) end
  end
  if found.choices then choices_text(found, found.choices[entry.dataset]) end
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
  if found.choices then
    out.text("chosen: without the labels of this data set: by the mean rank on the others; where there is no other, the "
      .. "defaults\nor what is nearest to them. --by configuration compares each of them.\n")
  end
end

-- What the last column of a test says.
local function remark_of(test)
  return test.why or test.at_floor and ("the least p of %s"):format(test.at_floor) or ""
end

-- Where a floor and not the difference decides, in so many words.
local function floor_text(found, entry)
  if not entry.floored then return end
  out.text(("  floor: %s allow no p below %s, and Holm's correction of %s makes that more than %s: whatever the\n"
    .. "  difference, these tests could not tell\n"):format(entry.floor_of, p_text(entry.least),
    text.plural(#entry.tests, "test"), text.plain(found.alpha)))
end

local function tests_text(found, entry)
  out.text(("%s: %s %s %s\n"):format(entry.dataset, found.reference, found.metric,
    entry.value and number(entry.value, 4) or "none: no test here"))
  if #entry.tests == 0 then return end
  local rows = {{"  detector", found.metric, "difference", "interval", "p", "Holm", "blocks", ""}}
  for _, test in ipairs(entry.tests) do
    rows[#rows + 1] = {"  " .. test.detector, number(test.value, 4), signed(test.difference),
      format.range(test.low, test.high), p_text(test.p), p_text(test.holm),
      format.blocks(test.blocks, test.attack_blocks), remark_of(test)}
  end
  out.text(text.table(rows, {[2] = true, [3] = true}))
  if format.has_one_block(entry.tests) then out.text("  ", format.ONE_BLOCK) end
  floor_text(found, entry)
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

-- A long sentence, in lines.
local function wrapped(words) return table.concat(text.wrap(words .. ".", text.within(84)), "\n") end

local function without_rank(all)
  if #all.lacking > 0 then
    out.text(("  without rank, as it has no value on some data set: %s\n"):format(table.concat(all.lacking, ", ")))
  end
  if #all.bounds > 0 then
    out.text(("  without rank, as it was shown the labels: %s\n"):format(table.concat(all.bounds, ", ")))
  end
end

-- Mean ranks from best to worst, and on how many data sets each is better and worse than the reference.
local function ranks_text(found)
  local all, of = found.all, {}
  for _, test in ipairs(all.against) do of[test.detector] = test end
  local rows, tested = {{"  detector", "mean rank", "better, worse, equal"}}, #all.against > 0
  if tested then table.move({"z", "p", "Holm"}, 1, 3, 4, rows[1]) end
  for _, i in ipairs(all.order) do
    local name = all.methods[i]
    local test, wins = of[name], name ~= found.reference and all.wins[name]
    rows[#rows + 1] = {"  " .. name, ("%.3f"):format(all.mean_rank[i]),
      wins and ("%d, %d, %d"):format(wins.better, wins.worse, wins.equal) or ""}
    if tested then
      local cells = test and {("%+.3f"):format(test.z), p_text(test.p), p_text(test.holm)} or {"", "", ""}
      table.move(cells, 1, 3, 4, rows[#rows])
    end
  end
  out.text(text.table(rows, {[2] = true, [4] = true}))
  if next(all.wins) then out.text(("  better, worse, equal%s: than %s, %sby data sets\n"):format(tested and "; z, p, Holm" or "",
    found.reference, tested and "p by counting all orders of the ranks; the first three " or "")) end
end

local function pairs_text(found)
  local all, apart = found.all, 0
  out.text(("  Nemenyi critical difference %.3f at %s\n"):format(all.critical_difference, text.plain(found.alpha)))
  out.text(bars_text(all))
  for _, pair in ipairs(all.pairs) do apart = apart + (pair.holm < found.alpha and 1 or 0) end
  out.text(("  %d of all %d pairs differ at %s after Holm's correction\n"):format(apart, #all.pairs,
    text.plain(found.alpha)))
end

local methods = {exact = "of all orders of the ranks", permutations = "of drawn orders of the ranks",
  ["chi-square"] = "by chi-square"}

local function all_data_sets(found)
  local all = found.all
  out.text(("\nOver %s"):format(text.plural(#all.datasets, "data set")))
  if #all.left_out > 0 then
    out.text((" (left out, not every detector has a value: %s)"):format(table.concat(all.left_out, ", ")))
  end
  if all.why_not then
    out.text(": no test. ", wrapped(all.why_not), "\n")
  else
    out.text((":\n  Friedman chi-square %s, p %s %s%s\n"):format(number(all.chi_square, 4), p_text(all.p),
      methods[all.method], all.p <= all.least_p and ", the least that so few data sets can give" or ""))
  end
  without_rank(all)
  ranks_text(found)
  if not all.why_not then pairs_text(found) end
end

function compare_text.text(found)
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
  if found.all then all_data_sets(found) else out.text("\nOver data sets: ", wrapped(found.why_not), "\n") end
end

-- ------------------------------------------------------------------ JSON

local function json_tests(tests)
  local list = json.array {}
  for i, t in ipairs(tests) do
    list[i] = json.object {{"detector", t.detector}, {"value", t.value}, {"reference_value", t.reference},
      {"difference", t.difference}, {"low", t.low or json.null}, {"high", t.high or json.null}, {"p", t.p or json.null},
      {"holm", t.holm or json.null}, {"floor", t.floor or json.null}, {"at_floor", t.at_floor ~= nil},
      {"replicates", t.replicates or json.null}, {"delong_p", t.delong_p}, {"blocks", t.blocks or json.null},
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

local function json_choices(choices)
  local list = json.array {}
  for i, c in ipairs(choices or {}) do
    list[i] = json.object {{"detector", c.detector}, {"configuration", c.configuration or json.null},
      {"chosen", c.rule}, {"of", c.of}, {"mean", c.mean or json.null}, {"deviation", c.deviation or json.null}}
  end
  return list
end

local function json_ranks(found)
  local all, ranks = found.all, json.array {}
  for i, at in ipairs(all.order) do
    local wins = all.wins[all.methods[at]]
    ranks[i] = json.object {{"detector", all.methods[at]}, {"mean_rank", all.mean_rank[at]},
      {"better", wins and wins.better or json.null}, {"worse", wins and wins.worse or json.null},
      {"equal", wins and wins.equal or json.null}}
  end
  return ranks
end

-- The members that only tests have.
local function json_over(found, members)
  local all = found.all
  local bars, pairs_, tests = json.array {}, json.array {}, json.array {}
  for i, bar in ipairs(all.bars) do bars[i] = json.array {bar.first, bar.last} end
  for i, pair in ipairs(all.pairs) do
    pairs_[i] = json.object {{"a", all.methods[pair.a]}, {"b", all.methods[pair.b]}, {"z", pair.z}, {"p", pair.p},
      {"holm", pair.holm}}
  end
  for i, t in ipairs(all.against) do
    tests[i] = json.object {{"detector", t.detector}, {"z", t.z}, {"p", t.p}, {"holm", t.holm}}
  end
  for _, member in ipairs {{"chi_square", all.chi_square}, {"p", all.p}, {"method", all.method},
    {"least_p", all.least_p}, {"chi_square_p", all.chi_square_p}, {"f", all.f}, {"f_p", all.f_p},
    {"tie_correction", all.tie_correction}, {"alpha", found.alpha}, {"critical_difference", all.critical_difference},
    {"bars", bars}, {"against", tests}, {"pairs", pairs_}} do members[#members + 1] = member end
end

local function json_all(found)
  local all = found.all
  if not all then return json.object {{"why_not", found.why_not}} end
  local values = json.array {}
  for i, row in ipairs(all.values) do values[i] = json.array(row) end
  local members = {{"datasets", json.array(all.datasets)}, {"left_out", json.array(all.left_out)},
    {"detectors", json.array(all.methods)}, {"bounds", json.array(all.bounds)}, {"lacking", json.array(all.lacking)},
    {"values", values}, {"least_data_sets", all.least_data_sets}, {"why_not", all.why_not}, {"ranks", json_ranks(found)}}
  if not all.why_not then json_over(found, members) end
  return json.object(members)
end

function compare_text.object(found)
  local each = json.array {}
  for i, entry in ipairs(found.each) do
    local about = found.board[i]
    each[i] = json.object {{"dataset", entry.dataset}, {"packets", about.packets}, {"scored", about.scored},
      {"attacks", about.attacks}, {"blocks", about.blocks}, {"attack_blocks", about.attack_blocks},
      {"detectors", json_board(found.board, about)},
      {"configurations", found.choices and json_choices(found.choices[entry.dataset]) or nil},
      {"reference_value", entry.value or json.null}, {"tests", json_tests(entry.tests)}}
  end
  return json.object {{"metric", found.metric}, {"better", found.better}, {"reference", found.reference},
    {"by", found.by}, {"alpha", found.alpha}, {"repeats", found.repeats}, {"runs_without_value", found.missing}, {"data_sets", each},
    {"over_all", json_all(found)}}
end

function compare_text.json(found) out.data(json.encode(compare_text.object(found), true), "\n") end

return compare_text
