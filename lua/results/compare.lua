-- SPDX-License-Identifier: GPL-3.0-or-later
-- `ninetails results compare`: which detectors are better, on each data set and over all of them (Demsar 2006).
--
-- On one data set each detector is tested against a reference by the paired block bootstrap, the p-values corrected for
-- their number by Holm. Over data sets: Friedman's test, mean ranks, Nemenyi's critical difference, the reference against
-- each of the others and all pairs, both with Holm's correction; on too few data sets for these the ranks alone. Of
-- repeats (seeds) the one with the median value stands for all; of a detector's configurations the one that
-- ninetails.results.choose takes, or each is a method of its own. Bounds, which were shown labels, are tested, but have
-- no rank.
local comparison = require "ninetails.comparison"
local paired = require "ninetails.results.paired"
local repeats = require "ninetails.results.repeats"
local result_table = require "ninetails.results.table"
local scoreboard = require "ninetails.results.scoreboard"
local text = require "ninetails.cli.text"

local compare = {}
local refuse = result_table.refuse

-- ------------------------------------------------------------------ what is compared

local function where(run, by_profile)
  return by_profile and run.dataset .. " " .. (run.profile or "?") or run.dataset
end

-- Parameters that tell configurations of one detector apart: those that vary on one data set, repeats aside.
local function configuration(t, runs, by_profile)
  local groups = repeats.group_by(runs, function(run) return where(run, by_profile) .. "\0" .. run.detector end)
  local columns = {}
  for _, column in ipairs(repeats.columns(t, groups)) do
    if column.name ~= "profile" then columns[#columns + 1] = column end
  end
  return columns
end

-- A method a configuration: {methods = {label, ...}, sets = {label, ...}, dataset[set] = its data set, run[set][method]
-- = run, same[set][method] = {its repeats}, repeats = most of one, missing = runs without a value, detector[method],
-- kind[method] = "bound", "trivial" or "", columns = those that tell configurations apart}
function compare.arrange(t, runs, metric)
  local with, missing = {}, 0
  for _, run in ipairs(runs) do
    if run[metric] ~= nil and run.dataset and run.detector then with[#with + 1] = run else missing = missing + 1 end
  end
  local profiles = {}
  for _, run in ipairs(with) do profiles[run.profile or ""] = true end
  local by_profile = next(profiles, next(profiles)) ~= nil
  local columns = configuration(t, with, by_profile)
  local telling = {t.column.detector, table.unpack(columns)}
  local a = {methods = {}, sets = {}, dataset = {}, run = {}, same = {}, repeats = 1, missing = missing, detector = {},
    kind = {}, columns = columns}
  local cells
  cells, a.sets = repeats.group_by(with, function(run) return where(run, by_profile) end)
  local seen = {}
  for _, set in ipairs(a.sets) do
    local of_method = repeats.group_by(cells[set], function(run) return result_table.label(run, telling) end)
    a.run[set], a.same[set], a.dataset[set] = {}, of_method, cells[set][1].dataset
    for label, same in pairs(of_method) do
      a.run[set][label] = (repeats.median(same, metric))
      a.repeats = math.max(a.repeats, #same)
    end
  end
  for _, run in ipairs(with) do -- in the order of the file
    local label = result_table.label(run, telling)
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
    #found > 1 and "it has several configurations" or a.several and "no such detector, and --by configuration is not given"
      or "no such detector",
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

-- Corrects the p of those tests that have one for their number; returns how many they are.
local function correct(tests)
  local p, of = {}, {}
  for _, test in ipairs(tests) do
    if test.p then p[#p + 1], of[#of + 1] = test.p, test end
  end
  for i, adjusted in ipairs(comparison.holm(p)) do of[i].holm = adjusted end
  return #p
end

-- Blocks that can be drawn otherwise; those of which there is one of a kind cannot.
local function free_blocks(test)
  local attack, benign = test.attack_blocks or 0, (test.blocks or 0) - (test.attack_blocks or 0)
  return (attack > 1 and attack or 0) + (benign > 1 and benign or 0)
end

-- "3 blocks", "1,000 replicates": what keeps p from being less than its floor.
local function floor_of(test)
  return test.floor <= test.block_floor and text.plural(free_blocks(test), "block")
    or text.plural(test.replicates, "replicate")
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
    if figure.floor then
      test.floor, test.replicates, test.block_floor = figure.floor, result.replicates, result.block_floor
    end
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

local function against_reference(a, set, reference)
  local others = {}
  for _, label in ipairs(a.methods) do
    if a.run[set][reference] and a.run[set][label] and label ~= reference then others[#others + 1] = label end
  end
  return others
end

-- Settings of the tests on one data set: where the user names no number of replicates, as many as show whether the
-- least p of so many tests is below alpha after correction.
local function settings(options, metric, count)
  local own = setmetatable({metric_of_test = paired.has(metric) and metric or nil}, {__index = options})
  if not options.given.replicates and count > 0 then own.decides = options.alpha / count end
  return own
end

-- -> {{dataset =, value =, tests = {{detector =, value =, difference =, low =, high =, p =, holm =, floor =, replicates =,
-- at_floor = text or nil, ...}}, least = the least floor, floor_of = of what, floored = whether floors alone keep every p
-- from being significant}, ...}
function compare.on_each(t, a, reference, metric, options)
  local list = {}
  for _, set in ipairs(a.sets) do
    local base, tests = a.run[set][reference], {}
    local others = against_reference(a, set, reference)
    local own = settings(options, metric, #others)
    for i, label in ipairs(others) do
      tests[i] = test_one(t, a.run[set][label], base, metric, own)
      tests[i].detector = label
    end
    local entry = {dataset = set, value = base and base[metric], tests = tests}
    local count = correct(tests)
    for _, test in ipairs(tests) do
      if test.floor and test.p <= test.floor then test.at_floor = floor_of(test) end
      local least = test.p and (test.floor or 0)
      if least and least < (entry.least or 2) then entry.least, entry.floor_of = least, test.floor and floor_of(test) end
    end
    entry.floored = entry.least ~= nil and entry.least * count > options.alpha
    list[#list + 1] = entry
  end
  return list
end

-- ------------------------------------------------------------------ over all

-- Values of these methods where every one of them has one -> rows, their data sets, those left out.
local function matrix(a, methods, metric)
  local values, used, left = {}, {}, {}
  for _, set in ipairs(a.sets) do
    local row = {}
    for i, label in ipairs(methods) do
      local run = a.run[set][label]
      row[i] = run and run[metric]
      if row[i] == nil then break end
    end
    if #row == #methods then
      values[#values + 1], used[#used + 1] = row, set
    else
      left[#left + 1] = set
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
    for _, set in ipairs(a.sets) do
      local run = a.run[set][label]
      everywhere = everywhere and run ~= nil and run[metric] ~= nil
    end
    table.insert(everywhere and whole or lacking, label)
  end
  return whole, lacking
end

-- On how many data sets each method is better and worse than the reference, and equal.
local function count_wins(values, methods, reference, better)
  local wins, at = {}, nil
  for i, label in ipairs(methods) do
    if label == reference then at = i end
  end
  for i, label in ipairs(at and methods or {}) do
    local w = {better = 0, worse = 0, equal = 0}
    for _, row in ipairs(values) do
      local d = (row[i] - row[at]) * (better == "lower" and -1 or 1)
      local word = d > 0 and "better" or d < 0 and "worse" or "equal"
      w[word] = w[word] + 1
    end
    wins[label] = w
  end
  return wins
end

-- Why there are no tests over so few data sets, or nil.
local function too_few(count, methods, alpha)
  local least = comparison.least_data_sets(#methods, alpha)
  if count >= least then return nil, least end
  return ("Friedman's and Nemenyi's tests of %d detectors need at least %d data sets with a value of every detector, and "
    .. "%s: on fewer not even the best and the worst can differ at %s"):format(#methods, least,
    count == 0 and "there is none" or count == 1 and "there is 1" or ("there are %d"):format(count), text.plain(alpha)),
    least
end

-- leave_out: "detectors" or "datasets", where not every detector has a value on every data set.
-- -> {methods =, datasets =, left_out =, values =, bounds = (without rank), lacking =, mean_rank =, order =, wins[method] =
-- {better =, worse =, equal =} against the reference}, with comparison.friedman's result and `against`; on too few data
-- sets without tests, why_not and least_data_sets instead. nil and why not, where nothing can be ranked.
function compare.over_all(a, metric, better, options, reference)
  local methods, bounds, lacking = {}, {}, {}
  for _, label in ipairs(a.methods) do table.insert(a.kind[label] == "bound" and bounds or methods, label) end
  if options.leave_out == "detectors" then methods, lacking = complete(a, methods, metric) end
  if #methods < 2 then return nil, "there is one detector only" .. (a.several and "; --by configuration compares its own" or "") end
  local values, used, left = matrix(a, methods, metric)
  local why_not, least = too_few(#used, methods, options.alpha)
  if #used < 2 then return nil, why_not end
  local ranked = comparison.friedman(values, {better = better, alpha = options.alpha})
  local result = why_not and {mean_rank = ranked.mean_rank, order = ranked.order, why_not = why_not} or ranked
  result.datasets, result.left_out, result.values, result.methods = used, left, values, methods
  result.bounds, result.lacking, result.least_data_sets = bounds, lacking, least
  result.wins = count_wins(values, methods, reference, better)
  result.against = why_not and {} or against(result, reference)
  return result
end

return compare
