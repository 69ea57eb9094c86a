-- SPDX-License-Identifier: GPL-3.0-or-later
-- What `ninetails bench` measures, as data: suites of problems (bench/problem.h), each a text that says all of it.
--
--   {problem, input = name of an input, series = name, x = parameter}
--   series: problems that differ in one parameter, to whose figures an exponent is fitted
--
-- A problem that is not in the table is measured as well: its text is enough.
local kernels = require "ninetails.bench.kernels"
local text = require "ninetails.cli.text"

local problems = {}

-- Captures are synthesised (datasets/SCENARIOS.md), the same bytes everywhere.
problems.inputs = {
  camera = {scenario = "camera_benign", packets = 50000, seed = 1},
  attack = {scenario = "os_scan", packets = 20000, seed = 1},
  quality = {scenario = "fuzzing", packets = 20000, seed = 1}, -- one that KitNET tells well, for `simulate`
  small = {scenario = "fuzzing", packets = 2000, seed = 1},
}

-- One problem for each value of a parameter.
local function series(name, base, x, values, input)
  local list = {}
  for i, value in ipairs(values) do
    list[i] = {base .. (base:find(":", 1, true) and "," or ":") .. x .. "=" .. value, series = name, x = x, input = input}
  end
  return list
end

local function all(...)
  local list = {}
  for _, part in ipairs {...} do
    if type(part[1]) == "string" then list[#list + 1] = part
    else table.move(part, 1, #part, #list + 1, list) end
  end
  return list
end

problems.suites = {
  {name = "machine", help = "what the machine can do at most", problems = {{"fma"}, {"triad"}, {"read"}}},
  {name = "micro", help = "kernels by the size of what they work on", problems = all(
    series("autoencoder, execution", "autoencoder", "size", {2, 5, 10, 20, 50, 100}),
    series("autoencoder, training", "autoencoder:phase=train", "size", {2, 5, 10, 20, 50, 100}),
    series("decays, distinct intervals", "decay", "distinct", {10, 20000}),
    series("look-ups, keys", "hash", "keys", {100, 10000, 1000000}),
    series("linkage, columns", "linkage", "width", {25, 50, 100, 200}),
    series("ranking, scores", "ranking", "scores", {10000, 100000, 1000000}),
    series("HDF5, level", "hdf5", "compression", {0, 1, 4}))},
  {name = "stages", help = "each stage alone, on data in memory", problems = all(
    {"decode"}, {"extract"}, {"extract:profile=csv115"}, {"extract:profile=py100"},
    {"map"}, {"kitnet:phase=train"}, {"kitnet:phase=train,m=35"}, {"kitnet:phase=train,m=35,kitnets=8"},
    {"kitnet"}, {"kitnet:m=35"},
    series("peers, stream", "contacts", "peers", {10, 1000, 10000, 100000}),
    series("peers, py100", "contacts:profile=py100,packets=200", "peers", {10, 100, 1000, 5000}))},
  {name = "end", help = "from a capture's file to scores", problems = all(
    {"score"}, {"score:profile=csv115"}, {"score:profile=py100"}, {"score:m=1"}, {"score:m=35"},
    {"score:threads=2"}, {"score:profile=py100,threads=2"}, {"score:output=h5"}, {"score:output=csv"})},
  {name = "sweeps", help = "experiments: many runs, from a capture's file to a result file", problems = all(
    series("sweep, configurations", "sweep", "configurations", {1, 10, 50, 200}, "attack"),
    {"sweep:jobs=2", input = "attack"},
    series("small runs", "sweep", "configurations", {100, 1000, 5000}, "small"),
    {"sweep:configurations=1000,start=again", input = "small"})},
  {name = "quick", help = "a few of each, in a minute: what nightly runs first", problems = {
    {"autoencoder:size=10"}, {"hash:keys=10000"}, {"linkage:width=100"}, {"ranking:scores=100000"}, {"decode"},
    {"extract"}, {"extract:profile=csv115"}, {"extract:profile=py100"}, {"map"}, {"kitnet:phase=train"}, {"kitnet"}, {"score"}}},
}

local function names()
  local list = {}
  for i, suite in ipairs(problems.suites) do list[i] = suite.name end
  return list
end
problems.suite_names = names

-- {text =, key =, input = name or nil, series =, x =, parsed =}. key: what tells it apart in the history.
local function entry(row)
  local parsed = kernels.parse(row[1])
  local input = parsed.wants_capture and (row.input or "camera") or nil
  local key = parsed.text .. (input and "@" .. input or "")
  return {text = parsed.text, key = key, input = input, series = row.series, x = row.x, parsed = parsed}
end

local function suite_of(name)
  for _, suite in ipairs(problems.suites) do
    if suite.name == name then return suite end
  end
end

-- "score:m=5@attack" -> a row.
local function row_of(word)
  local problem, input = word:match("^([^@]+)@([%w_]+)$")
  if input and not problems.inputs[input] then
    local known = text.sorted_keys(problems.inputs)
    error({status = "argument", message = ("problem '%s': input '%s': expected %s"):format(word, input,
      table.concat(known, ", "))}, 0)
  end
  return {problem or word, input = input}
end

-- Words of the command line, suites or problems -> entries, each once. Without a word: the suite "quick".
function problems.find(words)
  local list, seen = {}, {}
  local function add(row)
    local e = entry(row)
    if not seen[e.key] then list[#list + 1], seen[e.key] = e, true end
  end
  for _, word in ipairs(#words > 0 and words or {"quick"}) do
    local suite = suite_of(word)
    if suite then
      for _, row in ipairs(suite.problems) do add(row) end
    else
      local near = not word:find(":", 1, true) and text.nearest(word, names())
      local good, why = pcall(add, row_of(word))
      if not good and near and type(why) == "table" then
        why.message = ("'%s': neither a problem nor a suite: did you mean %s?"):format(word, near)
      end
      if not good then error(why, 0) end
    end
  end
  return list
end

-- Key -> {series =, x =} of all that the table knows.
function problems.series()
  local known = {}
  for _, suite in ipairs(problems.suites) do
    for _, row in ipairs(suite.problems) do
      if row.series then
        local e = entry(row)
        known[e.key] = known[e.key] or {}
        table.insert(known[e.key], {series = e.series, x = e.x, value = e.parsed.values[e.x]})
      end
    end
  end
  return known
end

return problems
