-- SPDX-License-Identifier: GPL-3.0-or-later
-- From a script and the available data sets to the runs, and from their outcomes to the output of `ninetails run`.
local check = dofile(DIRECTORY .. "/lua/shared/check.lua")
package.loaded["ninetails.sweep"] = dofile(DIRECTORY .. "/lua/fake/ninetails/sweep.lua")
local experiment = require "ninetails.experiment"
local files = require "ninetails.files"
local json = require "ninetails.json"
local progress = require "ninetails.cli.progress"
local run = require "ninetails.cli.commands.run"
local summary = require "ninetails.experiment.summary"
local cli = require "ninetails.cli"
local is, has = check.is, check.has

local base = check.home()
files.make_folders(base .. "/config/ninetails/cards")
files.make_folders(base .. "/data")

-- Two data sets with files, one of them without an attack; rows of features; one that is absent.
local function put_card(name, body)
  files.write(("%s/config/ninetails/cards/%s.lua"):format(base, name),
    ("return {name = %q, title = %q, %s}"):format(name, name, body))
end
local function put_set(name, packets, attacks_from, kind)
  files.write(("%s/data/%s.bin"):format(base, name), "x")
  files.write(("%s/data/%s.csv"):format(base, name), ("0\n"):rep(attacks_from - 1)
    .. ("1\n"):rep(packets - attacks_from + 1))
  put_card(name, ([[%s = 'c', packets = %d, files = {c = {path = '%s.bin'}, l = {path = '%s.csv'}},
    grace = {fm = 10, ad = 20, why = 'x'}, labels = {meaning = '%s', explain = 'x', file = 'l', attacks = %d}]]):format(
    kind or "capture", packets, name, name, attacks_from > packets and "none" or "behaviour",
    packets - attacks_from + 1))
end
put_set("toy_a", 100, 51)
put_set("toy_b", 60, 41)
put_set("toy_clean", 50, 51)
put_set("toy_rows", 80, 41, "features")
put_card("toy_gone", "capture = 'c', files = {c = {path = 'gone.bin'}}")

local function plan_of(body, more)
  more = more or {}
  more.from = more.from or base .. "/data"
  local script = 'local nt = require "ninetails"\nreturn nt.experiment {' .. body .. "}"
  local spec = experiment.load(script, "x.lua", more.set)
  return experiment.plan(spec, more)
end
local function fails(expected, status, body, more)
  local good, why = pcall(plan_of, body, more)
  if good then error("accepted, expected " .. expected, 2) end
  if type(why) ~= "table" then error(why, 2) end
  has(why.message, expected)
  is(why.status, status)
  return why
end
local function skipped(plan)
  local words = {}
  for i, entry in ipairs(plan.skipped) do words[i] = entry.name .. ": " .. entry.why end
  return table.concat(words, "\n")
end

-- ------------------------------------------------------------------ runs

local plan = plan_of [[datasets = {"toy_a", "toy_gone"}, profile = {"stream", "py100"},
  detectors = {nt.kitnet {max_autoencoder = {5, 10}}, nt.mahalanobis {}, nt.packet_length {}}, repeats = 2]]
is(#plan.inputs, 2)
is(plan.inputs[2].profile, "py100")
is(plan.inputs[1].capture, base .. "/data/toy_a.bin")
is(#plan.runs, 2 * 2 * 2 + 2 + 1) -- the second detector ignores seeds, the third ignores features
local first = plan.runs[1]
is(first.detector, "kitnet")
is(first.fm_grace, 10)
is(first.seed, 1234)
is(first.replicate, 1)
is(first.values.max_autoencoder, 5)
is(next(plan.runs[3].values), nil) -- 10 is the default
is(plan.runs[3].full.max_autoencoder, 10)
is(plan.runs[2].seed, 1235)
is(plan.runs[2].configuration, 1)
is(plan.runs[3].configuration, 2)
is(plan.configurations, 7)
is(plan.notes[1], "one run instead of 2 where no seed matters: mahalanobis, packet_length")
is(plan.notes[2], "where features do not matter, profile stream only: packet_length")
has(skipped(plan), "toy_gone: files.c: 'gone.bin' is not in")
is(plan.script.path, "x.lua")
is(plan.warnings[1], nil)

-- A repeated configuration counts once.
plan = plan_of "datasets = 'toy_a', detectors = {nt.kitnet {max_autoencoder = {5, 10}}, nt.kitnet {}}"
is(#plan.runs, 2)
has(plan.notes[1], "1 configuration listed more than once, and run once")

-- Rows of features have their own profile; detectors that need packet sizes are skipped on them.
plan = plan_of [[datasets = {'toy_rows', 'toy_a'}, profile = {'py100', 'stream'},
  detectors = {'kitnet', 'packet_length'}]]
is(#plan.inputs, 3)
is(plan.inputs[1].profile, nil)
is(#plan.runs, 1 + 2 + 1)
is(skipped(plan), "toy_rows: packet_length needs sizes of packets, and these are rows of features")

-- ------------------------------------------------------------------ available data

plan = plan_of "datasets = 'available', detectors = 'kitnet'"
local names = {}
for i, input in ipairs(plan.inputs) do names[i] = input.name end
is(table.concat(names, " "), "toy_a toy_b toy_clean toy_rows")
has(skipped(plan), "toy_gone: ")
has(skipped(plan), "kitsune_mirai: ")
plan = plan_of "datasets = nt.available {attacks = true, capture = true, least = 70}, detectors = 'kitnet'"
is(#plan.inputs, 1)
has(skipped(plan), "toy_b: fewer than 70 packets")
has(skipped(plan), "toy_clean: no labelled attacks")
has(skipped(plan), "toy_rows: rows of features, not packets")
is(#plan_of("datasets = {'toy_*', 'toy_a'}, detectors = 'kitnet'").inputs, 4)
is(#plan_of("datasets = nt.available {names = 'toy_*', except = {'*a', '*rows'}}, detectors = 'kitnet'").inputs, 2)
plan = plan_of((([[datasets = {nt.dataset {name = "mine", capture = "BASE/data/toy_a.bin",
  labels = "BASE/data/toy_a.csv", grace = {fm = 3, ad = 4}}}, detectors = "kitnet"]]):gsub("BASE", base)))
is(plan.runs[1].fm_grace, 3)
is(plan.inputs[1].packets, 100)
plan = plan_of [[datasets = {nt.synthetic {scenario = 'os_scan', packets = 2000, grace = {fm = 10, ad = 20}}},
  detectors = 'kitnet']]
is(plan.inputs[1].name, "os_scan_2000_1")
is(files.stat(plan.inputs[1].capture).kind, "file")
fails("x.lua:2: datasets[1]: unknown data set 'toy_aa': did you mean toy_a?", "script",
  "datasets = 'toy_aa', detectors = 'kitnet'")
fails("dataset 'mine': capture = 'nowhere': there is no such file", "script",
  "datasets = nt.dataset {name = 'mine', capture = 'nowhere'}, detectors = 'kitnet'")
fails("data set 'toy_a' is there twice", "script", "datasets = {'toy_a', 'toy_a'}, detectors = 'kitnet'")
local why = fails("no data set to run on", "missing", "datasets = 'toy_gone', detectors = 'kitnet'")
is(why.skipped[1].name, "toy_gone")

-- ------------------------------------------------------------------ grace periods

fails("x.lua:2: grace: fm=10 ad=89: fm + 1 + ad leaves nothing to score: toy_a has 100 packets", "script",
  "datasets = 'toy_a', grace = {fm = 10, ad = {20, 89}}, detectors = 'kitnet'")
plan = plan_of "datasets = {'toy_a', 'toy_b'}, grace = {fm = 10, ad = {20, 88}}, detectors = 'kitnet'"
is(#plan.runs, 3)
is(skipped(plan), "toy_b: fm=10 ad=88: leaves nothing to score of its 60 packets")
is(plan.warnings[1], "toy_a: fm=10 ad=88: trains on attacks too: its clean packets are 1 to 50")
plan = plan_of "datasets = 'toy_*', grace = {fm = 10, ad = {20, 1000}}, detectors = 'kitnet'" -- only what is here
is(#plan.runs, 4)
fails("recommends none", "script",
  ("datasets = nt.dataset {name = 'm', capture = '%s/data/toy_a.bin'}, detectors = 'kitnet'"):format(
    base))

-- ------------------------------------------------------------------ --only

local sweep = [[datasets = {'toy_a', 'toy_b'}, repeats = 3,
  detectors = {nt.kitnet {max_autoencoder = {5, 10}}, nt.isolation_forest {}}]]
local function count(...) return #plan_of(sweep, {only = {...}}).runs end
is(count(), 18)
is(count("detector=kitnet"), 12)
is(count("detector=kit*", "dataset=toy_a"), 6)
is(count("max_autoencoder=10"), 6)
is(count("max_autoencoder=1e1,5"), 12)
is(count("max_autoencoder=!5"), 6) -- the forest has none
is(count("dataset=!toy_a"), 9)
is(count("replicate=2", "trees=100"), 2)
is(count("seed=1234"), 6)
is(count("fm_grace=10"), 18)
is(#plan_of(sweep, {only = {"dataset=toy_a"}}).inputs, 1)
fails("--only 'detectr=x': no such column: did you mean detector?", "argument", sweep, {only = {"detectr=x"}})
fails("--only 'x': expected COLUMN=VALUE", "argument", sweep, {only = {"x"}})
fails("--only detector=x: no run is left: detector has kitnet, isolation_forest", "argument", sweep,
  {only = {"detector=x"}})
fails("--only dataset=x: no run is left: dataset has toy_a, toy_b", "argument", sweep, {only = {"dataset=x"}})
fails("--only dataset=toy_a --only max_autoencoder=11: no run is left: dataset has toy_a; max_autoencoder has 5, 10, none",
  "argument", sweep, {only = {"dataset=toy_a", "max_autoencoder=11"}})
fails("--only seed>9e9: no run is left: seed has 1234, 1235, 1236", "argument", sweep, {only = {"seed>9e9"}})

-- ------------------------------------------------------------------ the command

local function command(body, words)
  files.write(base .. "/s.lua", 'local nt = require "ninetails"\n' .. body)
  local all = {base .. "/s.lua", "--from", base .. "/data", "-o", base .. "/out/s.h5"}
  table.move(words or {}, 1, #(words or {}), #all + 1, all)
  local out, real = {}, {io.stdout, io.stderr}
  local function keep(...) table.move({...}, 1, select("#", ...), #out + 1, out) end
  local function whole(_, ...)
    keep(...)
    return true
  end
  io.stdout = {write = whole, flush = whole} -- luacheck: ignore
  io.stderr = {write = function(_, ...) keep(...) end, flush = function() end} -- luacheck: ignore
  local good, code = pcall(function() return run.run(cli.parse(run, all, 1)) end)
  io.stdout, io.stderr = real[1], real[2] -- luacheck: ignore
  return good and code or code.message, table.concat(out)
end
local script = [[return nt.experiment {datasets = 'toy_*', seeds = {1, 2},
  detectors = nt.kitnet {max_autoencoder = {5, %d}}}]]
local code, out = command(script:format(10))
is(code, 0)
has(out, "dataset    detector  max_autoencoder  runs  auc              eer\n")
has(out, "toy_a      kitnet                  5     2  0.9015 ± 0.0007  0.1000 ± 0.0000\n")
has(out, "skipped toy_gone: ")
has(out, "speed    2.5 M packets/s, all configurations together\n")
is(files.stat(base .. "/out").kind, "directory")
code, out = command(script:format(13))
is(code, 2)
has(out, "failed 8 times, first toy_a kitnet max_autoencoder=13 seed=1: thirteen\n")
has(out, "0 of 2")
code, out = command(script:format(13), {"--quiet"})
is(code, 2)
has(out, "failed 8 times, first toy_a kitnet max_autoencoder=13 seed=1: thirteen\n")
is(out:find("auc", 1, true), nil)
code, out = command(script:format(13), {"--json"})
is(code, 2)
local told = json.decode(out)
is(told.failed, 8)
is(told.configurations[1].auc.mean, 0.9015)
is(told.configurations[1].parameters.max_autoencoder, 5)
is(told.failures[1].reason, "thirteen")
is(told.skipped[1].name, "toy_gone")
code, out = command(script:format(10), {"--dry-run", "--only", "dataset=toy_a"})
is(code, 0)
is(out, [[
toy_a (100 packets)
  features stream: cached
    fm 10, ad 20: map missing
      kitnet max_autoencoder=5: 2 runs: 1 kept, 1 missing, about 0.5 s
      kitnet max_autoencoder=10: 2 runs: 2 missing, about 1.0 s

4 runs of 2 configurations: 1 there already, 3 to run, about 1.5 s with ]]
  .. out:match("with (.*)$"))
code, out = command("return nt.experiment {datasets = 'toy_gone', detectors = 'kitnet'}")
is(code, 4)
has(out, "no data set to run on\nskipped toy_gone: ")
has(command("return nt.experiment {}"), "s.lua:2: datasets is missing")
has(command(script:format(10), {"--only", "x=1"}), "no such column")
has(command("return nt.experiment {datasets = 'toy_*', detectors = 'kitnet'}", {"--memory", "2Q"}),
  "--memory '2Q': expected a size")
is(cli.parse(run, {"x", "--memory", "1.5G"}, 1).memory, 1500000000)

local described = run.describe(cli.parse(run, {"quickstart"}, 1))
has(described.sections[1].title, "experiments/quickstart.lua")
has(described.sections[1].rows[1][1], "--set packets=INTEGER")

-- ------------------------------------------------------------------ figures and progress

local mean, deviation, n = summary.statistics {1, 2, 3, 4, 0 / 0, 1 / 0}
is(mean, 2.5)
is(("%.6f"):format(deviation), "1.290994")
is(n, 4)
is(summary.statistics {}, nil)
local state = {done = 5, kept = 2, failed = 1, total = 16, rate = 1.5e6, remaining = 61, running = {"toy_a kitnet"}}
is(progress.line(state), "8 of 16 runs, 2 kept, 1 failed, 1.5 M packets/s, 1 min 01 s left, toy_a kitnet")
is(progress.line(state, true):sub(1, 22), "[##########..........]")

os.execute(("rm -r '%s'"):format(base))
