-- SPDX-License-Identifier: GPL-3.0-or-later
-- What `ninetails results compare --output` writes: its findings as CSV files, and a critical difference diagram.
local diagram = require "ninetails.results.diagram"
local export = require "ninetails.results.export"
local files = require "ninetails.files"
local outputs = require "ninetails.cli.outputs"
local scoreboard = require "ninetails.results.scoreboard"

local compare_files = {}

local function named(names)
  local columns = {}
  for i, name in ipairs(names) do columns[i] = {name = name} end
  return columns
end

local function csv(rows, columns) return export.text("csv", nil, rows, named(columns)) end

-- Each file that may be written, and how one of ours begins.
local heads = {
  {"detectors.csv", "dataset,detector,kind,"}, {"configurations.csv", "dataset,detector,configuration,"},
  {"tests.csv", "dataset,detector,against,"}, {"ranks.csv", "place,detector,mean_rank,"},
  {"groups.csv", "group,place,detector"}, {"pairs.csv", "a,b,z,p,holm"}, {"ranks.svg", "<svg "},
}

-- Refuses a folder that has files of these names which are no results of compare.
function compare_files.check(folder, force)
  for _, head in ipairs(heads) do
    outputs.check(folder .. "/" .. head[1], outputs.begins(head[2], "what results compare writes"), force)
  end
end

local function of_data_sets(found, put)
  local rows, choices, tests = {}, {}, {}
  local function add(list, dataset, row, more)
    more.dataset = dataset
    list[#list + 1] = setmetatable(more, {__index = row})
  end
  for i, entry in ipairs(found.board) do
    for _, row in ipairs(entry.rows) do add(rows, entry.dataset, row, {}) end
    for _, choice in ipairs(found.choices and found.choices[entry.dataset] or {}) do
      add(choices, entry.dataset, choice, {chosen = choice.rule})
    end
    for _, test in ipairs(found.each[i].tests) do
      add(tests, entry.dataset, test, {against = found.reference, at_floor = test.at_floor and "true" or "false",
        note = test.why or test.at_floor and "the least p of " .. test.at_floor})
    end
  end
  put("detectors.csv", csv(rows, {"dataset", table.unpack(scoreboard.columns(found.board))}))
  if found.choices then
    put("configurations.csv", csv(choices, {"dataset", "detector", "configuration", "of", "chosen", "mean", "deviation"}))
  end
  put("tests.csv", csv(tests, {"dataset", "detector", "against", "value", "reference", "difference", "low", "high", "p",
    "holm", "floor", "at_floor", "replicates", "delong_p", "blocks", "attack_blocks", "method", "note"}))
end

local function ranks(all)
  local rows, of = {}, {}
  for _, test in ipairs(all.against) do of[test.detector] = test end
  for i, at in ipairs(all.order) do
    local test, wins = of[all.methods[at]] or {}, all.wins[all.methods[at]] or {}
    rows[i] = {place = i, detector = all.methods[at], mean_rank = all.mean_rank[at], better = wins.better,
      worse = wins.worse, equal = wins.equal, z = test.z, p = test.p, holm = test.holm,
      critical_difference = all.critical_difference}
  end
  return csv(rows, {"place", "detector", "mean_rank", "better", "worse", "equal", "z", "p", "holm",
    "critical_difference"})
end

local function of_all(found, put)
  local all, groups, pairs_ = found.all, {}, {}
  put("ranks.csv", ranks(all))
  if all.why_not then return end
  for i, bar in ipairs(all.bars) do
    for place = bar.first, bar.last do
      groups[#groups + 1] = {group = i, place = place, detector = all.methods[all.order[place]]}
    end
  end
  for i, pair in ipairs(all.pairs) do
    pairs_[i] = {a = all.methods[pair.a], b = all.methods[pair.b], z = pair.z, p = pair.p, holm = pair.holm}
  end
  put("groups.csv", csv(groups, {"group", "place", "detector"}))
  put("pairs.csv", csv(pairs_, {"a", "b", "z", "p", "holm"}))
  put("ranks.svg", diagram.svg(all, all.methods, found.metric))
end

-- folder/detectors.csv, tests.csv, configurations.csv where one of several was chosen; over several data sets ranks.csv, and
-- where there are tests over them groups.csv, pairs.csv and ranks.svg. What an earlier call left of these and this one
-- does not write is removed. -> the names of the files.
function compare_files.write(found, folder)
  local written, is = {}, {}
  files.make_folders(folder)
  local function put(name, body)
    files.write(folder .. "/" .. name, body)
    written[#written + 1], is[name] = name, true
  end
  of_data_sets(found, put)
  if found.all then of_all(found, put) end
  for _, head in ipairs(heads) do
    local path = folder .. "/" .. head[1]
    if not is[head[1]] and files.stat(path) then
      local good, why = os.remove(path)
      if not good then error({status = "io", message = why}, 0) end
    end
  end
  return written
end

return compare_files
