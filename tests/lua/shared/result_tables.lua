-- SPDX-License-Identifier: GPL-3.0-or-later
-- `ninetails results` over tables instead of files: make(path, runs) makes one, run(subcommand, ...) runs the command.
local cli, command

local NAN = 0 / 0
local described = {
  {"run", "", "identity", "text"}, {"dataset", "", "identity", "text"}, {"profile", "", "identity", "text"},
  {"detector", "", "identity", "text"}, {"status", "", "identity", "text"}, {"reason", "", "identity", "text"},
  {"replicate", "1", "parameter", "integer"}, {"seed", "1", "parameter", "integer"},
  {"m", "1", "parameter", "integer"}, {"trees", "1", "parameter", "integer"}, {"rate", "1", "parameter", "number"},
  {"auc", "1", "metric", "number", "higher"}, {"auc_block_low", "1", "metric", "number"},
  {"auc_block_high", "1", "metric", "number"}, {"eer", "1", "metric", "number", "lower"},
  {"alarms_per_hour", "1/h", "metric", "number", "lower"}, {"scored", "1", "metric", "integer"},
  {"own", "", "metric", "number"}, {"seconds_score", "s", "cost", "number"},
  {"packets", "packets", "identity", "integer"}, {"first", "packets", "identity", "integer"},
  {"ad_grace", "packets", "parameter", "integer"}, {"seconds_learn", "s", "cost", "number"},
  {"attacks", "1", "metric", "integer"}, {"blocks", "1", "metric", "integer"},
  {"attack_blocks", "1", "metric", "integer"},
  {"feature", "1", "parameter", "text"}, {"side", "1", "parameter", "text"},
}
local none = {text = "", integer = -1, number = NAN}

local function file_of(runs)
  local f = {rows = #runs, columns = {}, notes = {name = "test", script = "a\nb\nc\n"}}
  for i, d in ipairs(described) do
    local column = {name = d[1], unit = d[2], long_name = "the " .. d[1], role = d[3], type = d[4], better = d[5],
      values = {}}
    for k, run in ipairs(runs) do
      local value = run[d[1]]
      if value == nil then value = none[d[4]] end
      column.values[k] = value
      if run[d[1]] == nil and d[4] == "integer" then column.missing = none.integer end
    end
    f.columns[i] = column
  end
  return f
end

-- 600 packets in 60 blocks of 10 s, every third with attacks; `skill` is what an attack adds to its score.
local function arrays_of(skill, salt, first)
  local a = {first = first or 0, scores = {}, times = {}, labels = {}}
  math.randomseed(salt)
  local noise = {} -- salt: seeds the noise; its thousands are a time
  for i = 1, 600 do noise[i] = math.random() end
  for i = a.first + 1, 600 do
    local attack = (i - 1) // 10 % 3 == 1
    a.scores[#a.scores + 1] = noise[i] + (attack and skill or 0)
    a.times[#a.times + 1] = i - 1.0 + salt // 1000
    a.labels[#a.labels + 1] = string.char(attack and 1 or 0)
  end
  a.labels, a.count = table.concat(a.labels), #a.scores
  a.roc = {fpr = {0, 1}, tpr = {0, 1}, threshold = {1, 0}}
  return a
end

local files, arrays = {}, {}
local tables = {files = files, arrays = arrays, arrays_of = arrays_of}
local former = {["tpr_at_fpr_1e-3"] = "tpr_at_fpr_1em3"}
local builtin = {auc = true, auc_block_low = true, auc_block_high = true, eer = true, alarms_per_hour = true, scored = true,
  attacks = true, blocks = true, attack_blocks = true}
package.preload["ninetails.results"] = function()
  return {
    is_output = function() return false end,
    read = function(path)
      return files[path] or error({status = "io", message = path .. ": no such file"}, 0)
    end,
    run = function(path, key) return arrays[path][key] or {count = 0} end,
    write = function(path, sources, options)
      tables.written = {path = path, sources = sources, options = options}
      return 7
    end,
    map = function() return nil end,
    is_measure = function(name) return builtin[name] or false end,
    measure_name = function(name) return former[name] or name end,
    sizes = function() return {file = 12345, scores = 4000, stored = 1000, runs = 7} end,
  }
end
-- comparison.pair reads runs from files by itself; here they are tables
local comparison = require "ninetails.comparison"
local pair = comparison.pair
local function resolved(run)
  if not run.path then return run end
  local a = arrays[run.path][run.key]
  if not a or not a.scores then error({status = "argument", message = "scores were not kept"}, 0) end
  return a
end
function comparison.pair(a, b, options) return pair(resolved(a), resolved(b), options) end

local function auc_of(a)
  local figures = comparison.pair(a, a, {replicates = 2}).figures
  return figures[1].a, figures[2].a
end

-- A file of runs {dataset, detector, skill, more...} with their scores.
function tables.make(path, list)
  local runs = {}
  arrays[path] = {}
  for i, r in ipairs(list) do
    local run = {run = ("%08x%024x"):format(0xabc00000 + i, i), dataset = r[1], detector = r[2], status = "done",
      profile = "stream", replicate = 1, seed = 7, rate = 0.1, scored = 600, seconds_score = 0.5}
    for k, v in pairs(r) do
      if type(k) == "string" then run[k] = v end
    end
    if run.status == "done" then
      local a = arrays_of(r[3], #r[1] + 31 * run.replicate + (run.seed or 0), r.first)
      arrays[path][run.run] = r.no_scores and {count = 0} or a
      run.auc, run.eer = auc_of(a)
      run.auc_block_low, run.auc_block_high = run.auc - 0.03, math.min(1, run.auc + 0.03)
      run.alarms_per_hour = r.alarms or 2.5
    end
    runs[i] = run
  end
  files[path] = file_of(runs)
end

-- -> exit code, output. Errors of `refuse` become the code's message.
function tables.run(...)
  local words, out, write = {"results", ...}, {}, io.stdout
  local function keep(...)
    for i = 1, select("#", ...) do out[#out + 1] = tostring((select(i, ...))) end
    return true
  end
  io.stdout = {write = function(_, ...) return keep(...) end, flush = function() return true end} -- luacheck: ignore
  local good, code = pcall(function()
    local sub
    for _, s in ipairs(command.subcommands) do sub = s.name == words[2] and s or sub end
    local args = cli.parse(sub, words, 3)
    args.command_line = table.concat(words, " ")
    return sub.run(args)
  end)
  io.stdout = write -- luacheck: ignore
  if not good and type(code) == "table" then return code.status, code.message end
  if not good then error(code, 0) end
  return code, table.concat(out)
end

-- Required last, so that they load the modules above.
cli, command = require "ninetails.cli", require "ninetails.cli.commands.results"

-- run() with few replicates and short blocks.
function tables.quickly(...)
  local words = {...}
  table.move({"--replicates", "200", "--block-seconds", "10", "--gap-seconds", "3"}, 1, 6, #words + 1, words)
  return tables.run(table.unpack(words))
end

return tables
