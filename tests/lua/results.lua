-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails.results on files that result_file_tool wrote.
local results = require "ninetails.results"

local tool = assert(os.getenv "RESULT_FILE_TOOL", "RESULT_FILE_TOOL is not set")
local directory = os.tmpname()
os.remove(directory)
assert(os.execute("mkdir " .. directory .. " && '" .. tool .. "' " .. directory))
local path = directory .. "/quickstart.h5"

local function column(all, name)
  for _, c in ipairs(all.columns) do
    if c.name == name then return c end
  end
  error("no column " .. name)
end

local function fails(status, pattern, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok, "no error")
  local message = tostring(err)
  assert(type(err) == "string" and status == "lua" or err.status == status, message)
  assert(message:find(pattern), message)
end

-- The table.
local all = results.read(path)
assert(all.rows == 6 and #all.columns == 10)
assert(all.notes.name == "quickstart" and all.notes.script == "return {}\n")
assert(all.columns[1].name == "run" and #all.columns[1].values[1] == 32)
local seed, auc = column(all, "seed"), column(all, "auc")
local trees, seconds = column(all, "trees"), column(all, "seconds_score")
assert(seed.type == "integer" and seed.role == "parameter" and math.type(seed.values[6]) == "integer")
assert(seed.values[6] == 1239 and seed.missing == nil)
assert(auc.type == "number" and auc.role == "metric" and auc.unit == "1")
assert(auc.long_name == "area under the ROC curve")
assert(auc.values[1] > 0.4 and auc.values[4] ~= auc.values[4], "a failed run's metric is NaN")
assert(trees.missing == -1 and trees.values[1] == -1 and trees.values[2] == 100)
assert(seconds.role == "cost" and seconds.unit == "s")
assert(column(all, "reason").values[4] == "did not converge" and column(all, "reason").type == "text")

-- The arrays of one run.
local keys = all.columns[1].values
local run = results.run(path, keys[1])
assert(run.first == 5000 and run.count == 15000 and #run.scores == 15000 and #run.times == 15000)
assert(#run.labels == 15000 and run.labels:byte(1) == 0 and run.labels:byte(12005 - 5000 + 1) == 1)
assert(run.times[1] == 1.7e9 + 50)
assert(run.roc.fpr[1] == 0 and run.roc.tpr[#run.roc.tpr] == 1 and run.roc.threshold[1] == math.huge)
assert(#run.precision_recall.recall == #run.precision_recall.precision)
local failed = results.run(path, keys[4])
assert(failed.count == 0 and failed.scores == nil and failed.labels == nil and failed.roc == nil)

-- Sizes.
local sizes = results.sizes(path)
assert(sizes.runs == 6 and sizes.scores == 5 * 15000 * 8)
assert(sizes.stored > 1000 and sizes.stored < sizes.scores and sizes.file > sizes.stored)

-- Writing: chosen keys in their order, notes; from a result file and a run's own file.
local out = directory .. "/out.h5"
local options = {keys = {keys[3], "none", keys[1]}, notes = {{"name", "two"}, {"empty", ""}}}
local rows = results.write(out, {path, directory .. "/run.h5"}, options)
assert(rows == 2)
local two = results.read(out)
assert(two.rows == 2 and two.columns[1].values[1] == keys[3] and two.columns[1].values[2] == keys[1])
assert(two.notes.name == "two" and two.notes.empty == "")
assert(results.write(out, {path}) == 6 and results.write(out, {}) == 0)
assert(results.read(directory .. "/run.h5").rows == 1)

-- Mistakes are errors that say what was wrong.
fails("argument", "has no run none", results.run, path, "none")
fails("io", "none.h5", results.read, directory .. "/none.h5")
fails("input", "data.h5", results.read, directory .. "/data.h5")
fails("lua", "a source's path: got a table", results.write, out, {{}})
fails("lua", "a key: got a boolean", results.write, out, {path}, {keys = {true}})
fails("lua", "keys: got a string", results.write, out, {path}, {keys = "x"})
fails("lua", "note 1: got a string", results.write, out, {path}, {notes = {"x"}})
fails("lua", "name: got a nil", results.write, out, {path}, {notes = {{}}})
fails("lua", "zero byte", results.write, out, {"a\0b"})
fails("lua", "table expected", results.write, out)

assert(os.execute("rm -r " .. directory))
