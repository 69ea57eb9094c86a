-- SPDX-License-Identifier: GPL-3.0-or-later
-- `ninetails results compare`: configurations, detectors, and tests whose p cannot be small enough.
local check = dofile(DIRECTORY .. "/lua/shared/check.lua")
local tables = dofile(DIRECTORY .. "/lua/shared/result_tables.lua")
local json = require "ninetails.json"
local is, has, lacks = check.is, check.has, check.lacks
local files, make, run = tables.files, tables.make, tables.run

-- ------------------------------------------------------------------ by configuration

make("f.h5", {
  {"one", "kitnet", 0.5, seed = 1}, {"one", "kitnet", 0.4, seed = 2, replicate = 2},
  {"one", "kitnet", 0.3, seed = 3, replicate = 3}, {"one", "forest", 0.1, trees = 10},
  {"one", "forest", 0.2, trees = 20},
  {"two", "kitnet", 0.4, seed = 1}, {"two", "forest", 0.1, trees = 10}, {"two", "forest", 0.2, trees = 20},
  {"three", "kitnet", 0.4, seed = 1}, {"three", "forest", 0.2, trees = 10}, {"three", "forest", 0.1, trees = 20},
  {"four", "kitnet", 0.4, seed = 1}, {"four", "forest", 0, status = "failed", reason = "no", trees = 10},
})
local function compare_by(by, ...) return tables.quickly("compare", "--by", by, ...) end
local function compare(...) return compare_by("configuration", ...) end
local code, out = compare("f.h5")
is(code, 0)
has(out, "auc (higher is better) of 3 detectors on 4 data sets, against kitnet; the median of up to 3 repeats")
has(out, "1 run without a value of auc")
has(out, "Over 3 data sets (left out, not every detector has a value: four)")
has(out, "Nemenyi critical difference 1.914 at 0.05") -- 2.3437 sqrt(3 4 / (6 3))
has(out, "not told apart: ")
has(out, "of all orders of the ranks")
local decoded = json.decode(select(2, compare("f.h5", "--json")))
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

-- ------------------------------------------------------------------ by detector

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
