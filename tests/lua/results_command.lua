-- SPDX-License-Identifier: GPL-3.0-or-later
-- `ninetails results` over tables that are made here instead of files.
local json = require "ninetails.json"
local cli, command

local function is(got, expected)
  if got ~= expected then error(("got %s, expected %s"):format(got, expected), 2) end
end
local function has(body, piece)
  if not body:find(piece, 1, true) then error(("no '%s' in\n%s"):format(piece, body), 2) end
end
local function lacks(body, piece)
  if body:find(piece, 1, true) then error(("'%s' in\n%s"):format(piece, body), 2) end
end

-- ------------------------------------------------------------------ files made here

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

local files, arrays, written = {}, {}, {}
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
      written = {path = path, sources = sources, options = options}
      return 7
    end,
    is_output = function() return false end,
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
local function make(path, list)
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
local function run(...)
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

cli, command = require "ninetails.cli", require "ninetails.cli.commands.results"

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

local quick = {"--replicates", "200", "--block-seconds", "10", "--gap-seconds", "3"}
local function diff(...)
  local words = {...}
  table.move(quick, 1, #quick, #words + 1, words)
  return run("diff", table.unpack(words))
end

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
  arrays["c.h5"][key] = arrays_of(key:sub(-1) == "1" and 0.5 or 0.1, 3)
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

-- ------------------------------------------------------------------ compare

make("f.h5", {
  {"one", "kitnet", 0.5, seed = 1}, {"one", "kitnet", 0.4, seed = 2, replicate = 2},
  {"one", "kitnet", 0.3, seed = 3, replicate = 3}, {"one", "forest", 0.1, trees = 10},
  {"one", "forest", 0.2, trees = 20},
  {"two", "kitnet", 0.4, seed = 1}, {"two", "forest", 0.1, trees = 10}, {"two", "forest", 0.2, trees = 20},
  {"three", "kitnet", 0.4, seed = 1}, {"three", "forest", 0.2, trees = 10}, {"three", "forest", 0.1, trees = 20},
  {"four", "kitnet", 0.4, seed = 1}, {"four", "forest", 0, status = "failed", reason = "no", trees = 10},
})
local function compare_by(by, ...)
  local words = {...}
  table.move(quick, 1, #quick, #words + 1, words)
  return run("compare", "--by", by, table.unpack(words))
end
local function compare(...) return compare_by("configuration", ...) end
code, out = compare("f.h5")
is(code, 0)
has(out, "auc (higher is better) of 3 detectors on 4 data sets, against kitnet; the median of up to 3 repeats")
has(out, "1 run without a value of auc")
has(out, "Over 3 data sets (left out, not every detector has a value: four)")
has(out, "Nemenyi critical difference 1.914 at 0.05") -- 2.3437 sqrt(3 4 / (6 3))
has(out, "not told apart: ")
has(out, "of all orders of the ranks")
decoded = json.decode(select(2, compare("f.h5", "--json")))
is(decoded.reference, "kitnet")
is(#decoded.data_sets, 4)
local tests = decoded.data_sets[1].tests
is(#tests, 2)
is(tests[1].detector, "forest trees=10")
assert(tests[1].difference < 0 and tests[1].high < 0 and tests[1].p < 0.02 and tests[1].holm >= tests[1].p)
assert(tests[1].delong_p < 0.01)
is(tests[1].attack_blocks, 20)
local ranks = decoded.over_all.ranks
is(ranks[1].detector, "kitnet")
is(ranks[1].mean_rank, 1.0)
is(#decoded.over_all.pairs, 3)
is(#decoded.data_sets[4].tests, 0)
-- the median of the repeats represents kitnet on data set one
local aucs = {}
for i = 1, 3 do aucs[i] = files["f.h5"].columns[12].values[i] end
table.sort(aucs)
is(decoded.data_sets[1].reference_value, aucs[2])

decoded = json.decode(select(2, compare("f.h5", "--metric", "eer", "--reference", "forest trees=20", "--json")))
is(decoded.better, "lower")
is(decoded.reference, "forest trees=20")
is(decoded.over_all.ranks[1].detector, "kitnet")
decoded = json.decode(select(2, compare("f.h5", "--metric", "alarms_per_hour", "--json")))
is(decoded.data_sets[1].tests[1].note, "there is no paired test of alarms_per_hour")
is(decoded.over_all.chi_square, json.null) -- all equal
decoded = json.decode(select(2, compare("f.h5", "--only", "dataset=one", "--json")))
is(decoded.over_all.why_not, "Friedman's and Nemenyi's tests of 3 detectors need at least 3 data sets with a value of every "
  .. "detector, and there is 1: on fewer not even the best and the worst can differ at 0.05")
-- two data sets give ranks but no test
code, out = compare("f.h5", "--only", "dataset=one,two")
is(code, 0)
has(out, "Over 2 data sets: no test. Friedman's and Nemenyi's tests of 3 detectors need at least 3 data sets")
has(out, "  kitnet               1.000\n")
has(out, "  forest trees=10      3.000  0, 2, 0\n")
lacks(out, "chi-square")
decoded = json.decode(select(2, compare("f.h5", "--only", "dataset=one,two", "--json"))).over_all
is(decoded.least_data_sets, 3)
is(decoded.chi_square, nil)
is(decoded.pairs, nil)
is(decoded.ranks[3].worse, 2)
has(select(2, compare("f.h5", "--only", "dataset=one,two", "--only", "trees=10,none")),
  "tests of 2 detectors need at least 6 data sets")
has(select(2, compare("f.h5", "--reference", "forest")), "several configurations: expected forest trees=10, forest")
has(select(2, compare("f.h5", "--reference", "loda")), "no such detector")
has(select(2, compare("f.h5", "--metric", "scored")), "--better says it")
has(select(2, compare("f.h5", "--metric", "own", "--better", "lower")), "no run has a value of own")
has(select(2, compare("f.h5", "--metric", "m")), "expected a metric, and the role of this column is parameter")

-- detectors that see labels have no rank, and those that ignore features are marked; costs; files
local cost = {packets = 700, first = 100, ad_grace = 50, seconds_learn = 0.5, attacks = 200, blocks = 60,
  attack_blocks = 20}
local made = {}
for _, dataset in ipairs {"one", "two", "three"} do
  for i, detector in ipairs {"kitnet", "one_feature", "packet_index", "pca"} do
    local r = {dataset, detector, 0.5 - i / 10}
    for name, value in pairs(cost) do r[name] = value end
    made[#made + 1] = r
  end
end
made[4].seconds_learn, made[4].blocks, made[4].attack_blocks = nil, 2, 1
make("g.h5", made)
local folder = os.tmpname()
os.remove(folder)
code, out = compare("g.h5", "--output", folder)
is(code, 0)
has(out, "\n  bound    one_feature ")
has(out, "\n  trivial  packet_index ")
has(out, "one: 600 of 700 packets scored, 200 of them attacks; 60 blocks, 20 with attacks")
has(out, "as it was shown the labels: one_feature\n")
has(out, "against kitnet")
has(out, "of all 3 pairs differ")
decoded = json.decode(select(2, compare("g.h5", "--json")))
is(#decoded.over_all.ranks, 3)
is(decoded.over_all.bounds[1], "one_feature")
is(#decoded.over_all.against, 2)
for _, test in ipairs(decoded.over_all.against) do
  assert(test.z > 0 and test.holm >= test.p) -- kitnet's rank is the best
end
local board = decoded.data_sets[1].detectors
is(board[1].learn, 100.0) -- 50 rows after those of the map
is(board[3].learn, 200.0) -- all earlier rows
is(board[1].score, 1200.0)
is(board[4].learn, json.null)
assert(board[1].auc_block_low < board[1].auc)
is(board[4].auc_block_low, json.null) -- one block of each kind gives no interval
local function body_of(name)
  local input = assert(io.open(folder .. "/" .. name))
  local body = input:read("a")
  input:close()
  os.remove(folder .. "/" .. name)
  return body
end
has(body_of "detectors.csv", "\none,one_feature,bound,1,")
has(body_of "ranks.csv", "place,detector,mean_rank,better,worse,equal,z,p,holm,critical_difference\n1,kitnet,1,0,0,3,,,,")
-- ranks 1, 2, 3 on three data sets: the ends differ by 2, the critical difference is 1.914
is(body_of "groups.csv", "group,place,detector\n1,1,kitnet\n1,2,packet_index\n2,2,packet_index\n2,3,pca\n")
lacks(body_of "pairs.csv", "one_feature")
has(body_of "tests.csv", "\none,one_feature,kitnet,")
has(body_of "ranks.svg", "packet_index 2.00</text>")
-- files of other origin are not replaced, no other file is written, and an earlier call's files are removed
local function write(name, body)
  local output = assert(io.open(folder .. "/" .. name, "w"))
  output:write(body)
  output:close()
end
write("pairs.csv", "socks,shoes\n")
is((compare("g.h5", "--output", folder)), "argument")
has(select(2, compare("g.h5", "--output", folder)), "pairs.csv: is there, and is not what results compare writes")
is(body_of "pairs.csv", "socks,shoes\n")
is(io.open(folder .. "/detectors.csv"), nil)
write("pairs.csv", "socks,shoes\n")
is((compare("g.h5", "--output", folder, "--force")), 0)
is((compare("g.h5", "--output", folder)), 0)
is((compare("g.h5", "--output", folder, "--only", "dataset=one,two")), 0)
for _, name in ipairs {"pairs.csv", "groups.csv", "ranks.svg"} do is(io.open(folder .. "/" .. name), nil) end
for _, name in ipairs {"detectors.csv", "tests.csv", "ranks.csv"} do body_of(name) end
assert(os.remove(folder))
-- a missing value leaves out the data set or the detector
made[8].status = "failed"
make("g.h5", made)
has(json.decode(select(2, compare("g.h5", "--json"))).over_all.why_not, "at least 3 data sets")
decoded = json.decode(select(2, compare("g.h5", "--leave-out", "detectors", "--json")))
is(#decoded.over_all.ranks, 2)
is(decoded.over_all.lacking[1], "pca")
made[8].status = nil
-- with feature and side given it chooses nothing
for _, r in ipairs(made) do
  if r[2] == "one_feature" then r.feature, r.side = "3", "high" end
end
make("g.h5", made)
decoded = json.decode(select(2, compare("g.h5", "--json")))
is(#decoded.over_all.ranks, 4)
is(decoded.data_sets[1].detectors[2].kind, "trivial")

-- ------------------------------------------------------------------ merge, export

code, out = run("merge", "a.h5", "b.h5", "-o", DIRECTORY .. "/none/new.h5")
is(out, DIRECTORY .. "/none/new.h5: 7 runs\n")
is(table.concat(written.sources, " "), "a.h5 b.h5")
is(written.options.notes[1][2], "a.h5\nb.h5")
has(written.options.command_line, "results merge")
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

-- ------------------------------------------------------------------ compare by detector

-- For each data set the configuration that is best on the others, whichever is best on it.
make("h.h5", {
  {"one", "isolation_forest", 0.2, trees = 10}, {"one", "isolation_forest", 0.6, trees = 50}, {"one", "kitnet", 0.4},
  {"two", "isolation_forest", 0.6, trees = 10}, {"two", "isolation_forest", 0.1, trees = 50}, {"two", "kitnet", 0.4},
  {"three", "isolation_forest", 0.6, trees = 10}, {"three", "isolation_forest", 0.1, trees = 50}, {"three", "kitnet", 0.4},
  {"four", "isolation_forest", 0.6, trees = 10}, {"four", "isolation_forest", 0.1, trees = 50}, {"four", "kitnet", 0.4},
})
decoded = json.decode(select(2, compare_by("detector", "h.h5", "--json")))
is(decoded.by, "detector")
is(decoded.reference, "kitnet")
local first = decoded.data_sets[1].configurations[1]
is(first.detector, "isolation_forest")
is(first.configuration, "trees=10") -- trees=50 has the greater value on it
is(first.chosen, "on 3 other data sets")
is(first.of, 2)
local both = {}
for i, wanted in ipairs {10, 50} do
  for k, run_of in ipairs(files["h.h5"].columns[10].values) do
    if run_of == wanted and k <= 3 then both[i] = files["h.h5"].columns[12].values[k] end
  end
end
assert(math.abs(first.mean - (both[1] + both[2]) / 2) < 1e-12)
assert(math.abs(first.deviation - math.abs(both[1] - both[2]) / math.sqrt(2)) < 1e-12)
is(decoded.data_sets[1].detectors[1].auc, both[1])
is(decoded.data_sets[1].configurations[2].chosen, "only one")
is(#decoded.data_sets[1].tests, 1)
is(decoded.data_sets[1].tests[1].detector, "isolation_forest")
is(#decoded.over_all.detectors, 2)
is(decoded.over_all.least_data_sets, 6)
-- where lower values are better, the other one
decoded = json.decode(select(2, compare_by("detector", "h.h5", "--json", "--better", "lower")))
is(decoded.data_sets[2].configurations[1].configuration, "trees=50")
-- one data set, or its other profiles, decide nothing: the nearest to the defaults (100) is taken, then the defaults
decoded = json.decode(select(2, compare_by("detector", "h.h5", "--json", "--only", "dataset=one")))
is(decoded.data_sets[1].configurations[1].configuration, "trees=50")
is(decoded.data_sets[1].configurations[1].chosen, "nearest to the defaults")
for i, run_of in ipairs(files["h.h5"].columns[10].values) do
  if run_of == 10 then files["h.h5"].columns[10].values[i] = 100 end
end
decoded = json.decode(select(2, compare_by("detector", "h.h5", "--json", "--only", "dataset=one")))
is(decoded.data_sets[1].configurations[1].configuration, "trees=100")
is(decoded.data_sets[1].configurations[1].chosen, "defaults")
-- without known defaults none is chosen, and the mean remains
code, out = compare_by("detector", "f.h5", "--only", "dataset=one")
is(code, 0)
has(out, "  forest    -               2  none: the defaults are not known, or several are as near to them  0.")

-- ------------------------------------------------------------------ where a floor decides

-- 1,000 replicates allow no p below 0.002; of 26 tests that would be 0.052.
local many = {{"one", "kitnet", 0.9}}
for i = 1, 26 do many[i + 1] = {"one", "detector" .. i, 0.05} end
make("i.h5", many)
local slow = {"--block-seconds", "10", "--gap-seconds", "3", "--by", "configuration"}
local function tests_of(...)
  local words = {"compare", "i.h5", "--json", ...}
  table.move(slow, 1, #slow, #words + 1, words)
  return json.decode(select(2, run(table.unpack(words)))).data_sets[1].tests
end
local few, enough = tests_of("--replicates", "1000"), tests_of()
is(few[1].replicates, 1000)
is(few[1].at_floor, true)
assert(math.abs(few[1].p - 2 / 1001) < 1e-15 and few[1].holm > 0.05)
is(enough[1].replicates, 5200) -- 10 / (0.05 / 26)
assert(math.abs(enough[1].p - 2 / 5201) < 1e-15 and enough[1].holm < 0.05)
has(select(2, run("compare", "i.h5", "--replicates", "1000", table.unpack(slow))), "the least p of 1,000 replicates\n"
  .. "  floor: 1,000 replicates allow no p below 0.002, and Holm's correction of 26 tests makes that more than 0.05: whatever")

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
