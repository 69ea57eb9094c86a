-- SPDX-License-Identifier: GPL-3.0-or-later
-- `ninetails results` ls, show, diff, merge, export and summary, over tables instead of files.
local check = dofile(DIRECTORY .. "/lua/shared/check.lua")
local tables = dofile(DIRECTORY .. "/lua/shared/result_tables.lua")
local json = require "ninetails.json"
local is, has, lacks = check.is, check.has, check.lacks
local files, arrays, make, run = tables.files, tables.arrays, tables.make, tables.run

make("a.h5", {
  {"one", "kitnet", 0.5, m = 10}, {"one", "kitnet", 0.5, m = 20, seed = 8}, {"one", "forest", 0.2, trees = 100},
  {"two", "kitnet", 0.5, m = 10}, {"two", "kitnet", 0.4, m = 20, seed = 8}, {"two", "forest", 0.2, trees = 100},
  {"two", "forest", 0, status = "failed", reason = "matrix, \"singular\"", trees = 200},
})

-- ------------------------------------------------------------------ ls

local code, out = run("ls", "a.h5")
is(code, 0)
has(out, "#  run       dataset")
has(out, "abc00001")
has(out, 'matrix, "singular"')
has(out, "m ") -- varied
lacks(out, "rate") -- the same everywhere
has(out, "In brackets: intervals by block bootstrap.")
code, out = run("ls", "a.h5", "--only", "detector=kit*", "--only", "m>10", "--columns", "m,auc", "--sort", "-auc")
is(select(2, out:gsub("\n", "\n")), 4) -- head, two runs, the brackets
lacks(out, "forest")
code, out = run("ls", "a.h5", "--only", "detector=!kitnet", "--columns", "dataset")
is(select(2, out:gsub("\n", "\n")), 4)
code, out = run("ls", "a.h5", "--json", "--only", "status=failed")
local decoded = json.decode(out)[1].runs
is(#decoded, 1)
is(decoded[1].auc, json.null)
is(decoded[1].trees, 200)
is(decoded[1].m, json.null)
code, out = run("ls", "a.h5", "--sort", "auc", "--json")
decoded = json.decode(out)[1].runs
is(decoded[7].status, "failed") -- missing values last
assert(decoded[1].auc <= decoded[2].auc and decoded[5].auc <= decoded[6].auc)
code, out = run("ls", "a.h5", "--sort", "acu")
is(code, "argument")
has(out, "did you mean auc?")
for word, why in pairs {["x=1"] = "no such column", m = "expected COLUMN=VALUE", ["dataset>2"] = "a column of numbers",
  ["m>=x"] = "a number"} do
  code, out = run("ls", "a.h5", "--only", word)
  is(code, "argument")
  has(out, why)
end
is((run("ls", "none.h5")), "io")

-- ------------------------------------------------------------------ show

code, out = run("show", "a.h5")
has(out, "7: done (6), failed (1)")
has(out, "3 lines, 6 bytes")
has(out, "12.3 kB, scores of 4 kB in 1 kB of it")
code, out = run("show", "a.h5", "2")
for _, piece in ipairs {"Parameters:", "m ", "20", "Metrics:", "the auc", "Costs:", "0.5", "600, of packets 0 to 599",
  "ROC curve  "} do has(out, piece) end
lacks(out, "trees")
is((select(2, run("show", "a.h5", "abc00002"))), out)
is(select(2, run("show", "a.h5", "99")), "run 99 of a.h5: there are 7")
has(select(2, run("show", "a.h5", "abc0")), "several begin so")
has(select(2, run("show", "a.h5", "ffff")), "there is none")
has(select(2, run("show", "a.h5", "7")), "failed")
is(json.decode(select(2, run("show", "a.h5", "1", "--json"))).roc_points, 2)
is(json.decode(select(2, run("show", "a.h5", "--json"))).notes.script, "a\nb\nc\n")

-- ------------------------------------------------------------------ diff

local function diff(...) return tables.quickly("diff", ...) end

code, out = diff("a.h5", "a.h5")
is(code, 0)
has(out, "7 runs in both, 6 with the same metrics\n")
has(out, "failed in both")

-- all runs with another rate: one much worse, one slightly, one missing, one new
make("b.h5", {
  {"one", "kitnet", 0.1, m = 10}, {"one", "kitnet", 0.5, m = 20, seed = 8}, {"one", "forest", 0.21, trees = 100},
  {"two", "kitnet", 0.5, m = 10}, {"two", "kitnet", 0.4, m = 20, seed = 8, alarms = 3},
  {"two", "forest", 0.2, trees = 300},
})
for _, column in ipairs(files["b.h5"].columns) do
  if column.name == "rate" then for i = 1, 6 do column.values[i] = 0.2 end end
end
code, out = diff("a.h5", "b.h5")
is(code, 3)
has(out, "rate  0.1 -> 0.2")
has(out, "only in a: 2")
has(out, "only in b: 1")
has(out, "paired blocks")
has(out, "5 runs in both, 2 with the same metrics")
decoded = json.decode(select(2, diff("a.h5", "b.h5", "--json")))
local by_name = {}
for _, metric in ipairs(decoded.runs[1].metrics) do by_name[metric.name] = metric end
is(by_name.auc.verdict, "worse")
is(by_name.eer.verdict, "worse")
assert(by_name.auc.high < 0 and by_name.auc.low < by_name.auc.difference)
is(by_name.auc.attack_blocks, 20)
is(decoded.runs[5].metrics[1].name, "alarms_per_hour")
is(decoded.runs[5].metrics[1].verdict, "not judged")
is(decoded.regression, true)
is(decoded.parameters[1].name, "rate")
-- reversed, the same difference is an improvement, though a run of b is worse
decoded = json.decode(select(2, diff("b.h5", "a.h5", "--json")))
for _, metric in ipairs(decoded.runs[1].metrics) do is(metric.verdict, "better") end
-- only the metric that was asked for
code, out = diff("a.h5", "b.h5", "--metric", "alarms_per_hour")
is(code, 0)
lacks(out, "eer")

-- runs of one file, of two
code, out = diff("a.h5", "1", "3")
is(code, 3)
has(out, "kitnet -> forest")
has(out, "m         10 -> -")
is((diff("a.h5", "3", "1")), 0)
is((diff("a.h5", "1", "b.h5", "1")), 3)
has(select(2, diff("a.h5")), "expected A B")
-- different packets cannot be paired, so intervals decide
make("c.h5", {{"later", "kitnet", 0.1, m = 10, seed = 1007}, {"later", "kitnet", 0.1, m = 10, no_scores = true}})
code, out = diff("a.h5", "1", "c.h5", "1")
is(code, 3)
has(out, "block intervals")
has(out, "not paired: not the same packets: the time of packet 0 is 0.000000 in a, 1.000000 in b")
has(select(2, diff("a.h5", "1", "c.h5", "2")), "not paired: scores were not kept")
code, out = diff("a.h5", "c.h5")
is(code, "unmeasured")
has(out, "no run in common")
-- without times DeLong decides on the AUC
for _, key in ipairs {files["c.h5"].columns[1].values[1], files["c.h5"].columns[1].values[2]} do
  arrays["c.h5"][key] = tables.arrays_of(key:sub(-1) == "1" and 0.5 or 0.1, 3)
  arrays["c.h5"][key].times = nil
end
files["c.h5"].columns[12].values[1] = 0.9
files["c.h5"].columns[15].values[1] = 0.1
decoded = json.decode(select(2, diff("c.h5", "1", "2", "--json")))
is(decoded.runs[1].metrics[1].method, "paired DeLong")
is(decoded.runs[1].metrics[1].verdict, "worse")
is(decoded.runs[1].metrics[2].verdict, "not judged")
-- a run that fails in one file only
make("d.h5", {{"one", "kitnet", 0.5, m = 10}})
make("e.h5", {{"one", "kitnet", 0.5, m = 10, status = "failed", reason = "no\27[31m\nline two"}})
code, out = diff("d.h5", "e.h5")
is(code, 3)
has(out, "failed now: no?[31m ...\n")
has(select(2, run("show", "e.h5", "1")), "Reason:\n  no?[31m\n  line two\n")
lacks(select(2, run("ls", "e.h5")), "\27")
is((diff("e.h5", "d.h5")), 0)

-- ------------------------------------------------------------------ merge, export

code, out = run("merge", "a.h5", "b.h5", "-o", DIRECTORY .. "/none/new.h5")
is(out, DIRECTORY .. "/none/new.h5: 7 runs\n")
is(table.concat(tables.written.sources, " "), "a.h5 b.h5")
is(tables.written.options.notes[1][2], "a.h5\nb.h5")
has(tables.written.options.command_line, "results merge")
has(select(2, run("merge", "a.h5", "-o", DIRECTORY .. "/lua/results_command.lua")), "is there already")

code, out = run("export", "a.h5", "--columns", "dataset,reason,trees,own,rate", "--only", "detector=forest")
is(out, "dataset,reason,trees,own,rate\none,,100,,0.1\ntwo,,100,,0.1\n"
  .. 'two,"matrix, ""singular""",200,,0.1\n')
code, out = run("export", "a.h5", "--format", "jsonl")
local lines = 0
for line in out:gmatch("[^\n]+") do
  lines = lines + 1
  is(json.decode(line).own, json.null)
end
is(lines, 7)
files["a.h5"].columns[16].values[1] = math.huge
decoded = json.decode(select(2, run("export", "a.h5", "--format", "json")))
is(decoded.runs[1].alarms_per_hour, json.null)
is(decoded.columns[12].unit, "1")
is(decoded.notes.name, "test")
has(select(2, run("export", "a.h5", "--columns", "alarms_per_hour")), "\ninf\n2.5\n")
has(select(2, run("export", "a.h5", "--columns", "nix")), "no such column")

-- ------------------------------------------------------------------ long lists, and configurations

-- 40 configurations of two repeats on one data set, few on the other; one without an AUC.
local draws = {}
for m = 1, 40 do
  for replicate = 1, 2 do
    draws[#draws + 1] = {"one", "kitnet", (m * 7 % 40) / 100, m = m, replicate = replicate, seed = 6 + replicate}
  end
end
draws[#draws + 1] = {"two", "forest", 0.3, trees = 10, status = "failed", reason = "no"}
draws[#draws + 1] = {"two", "forest", 0.3, trees = 10, seed = 8, replicate = 2}
make("j.h5", draws)
local function lines_of(body)
  local list = {}
  for line in body:gmatch("[^\n]+") do list[#list + 1] = line end
  return list
end
code, out = run("ls", "j.h5", "--columns", "dataset,auc")
local listed = lines_of(out)
is(#listed, 1 + 10 + 1 + 3 + 2 + 2) -- head, best, how many more, last, those of the other set, how many, brackets
is(listed[12], "... 67 more")
has(listed[18], "67 of 82 runs are not shown: --all lists them")
has(listed[17], "  two ")
for i = 3, 11 do
  assert(tonumber(listed[i - 1]:match("one +(%S+)")) >= tonumber(listed[i]:match("one +(%S+)")), listed[i])
end
is(#lines_of(select(2, run("ls", "j.h5", "--columns", "auc", "--all"))), 84)
is(#lines_of(select(2, run("ls", "j.h5", "--columns", "auc", "--sort", "seed"))), 1 + 10 + 1 + 3 + 2)
has(lines_of(select(2, run("ls", "j.h5", "--sort", "file", "--all")))[2], "1  abc00001")
is(json.decode(select(2, run("ls", "j.h5", "--json")))[1].runs[1].m, 1)

code, out = run("summary", "j.h5")
is(code, 0)
listed = lines_of(out)
is(#listed, 42)
is(listed[1]:gsub(" +", " "), "dataset detector m runs auc eer")
has(listed[42], "1 of 2")
local decoded_summary = json.decode(select(2, run("summary", "j.h5", "--json"))).configurations
is(decoded_summary[41].auc.runs, 1)
is(decoded_summary[41].auc.deviation, json.null)
local pair_of = {}
for i, value in ipairs(files["j.h5"].columns[9].values) do
  if value == decoded_summary[1].m then pair_of[#pair_of + 1] = files["j.h5"].columns[12].values[i] end
end
assert(math.abs(decoded_summary[1].auc.mean - (pair_of[1] + pair_of[2]) / 2) < 1e-15)
assert(math.abs(decoded_summary[1].auc.deviation - math.abs(pair_of[1] - pair_of[2]) / math.sqrt(2)) < 1e-15)
listed = lines_of(select(2, run("summary", "j.h5", "--sort", "m", "--metric", "auc,alarms_per_hour")))
has(listed[2], "kitnet     1 ")
has(listed[2], "2.5 ± 0")
is((run("summary", "j.h5", "--json", "--format", "csv")), "argument")
-- repeats without a finite value are reported; characters special to LaTeX are escaped
files["j.h5"].columns[16].values[1] = math.huge
files["j.h5"].columns[2].values[1], files["j.h5"].columns[2].values[2] = "o_n&e", "o_n&e"
out = select(2, run("summary", "j.h5", "--metric", "alarms_per_hour", "--only", "m=1"))
has(out, "2.5 (1 of 2)")
out = select(2, run("summary", "j.h5", "--metric", "alarms_per_hour", "--format", "latex"))
has(out, "o\\_n\\&e & kitnet & 1 & 2 & $2.5$ (1 of 2) \\\\")
has(out, "\n\\midrule\ntwo & forest & - ")
