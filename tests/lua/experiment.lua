-- SPDX-License-Identifier: GPL-3.0-or-later
-- Scripts: what they may contain, and the error for each mistake.
local check = dofile(DIRECTORY .. "/lua/shared/check.lua")
package.loaded["ninetails.sweep"] = dofile(DIRECTORY .. "/lua/fake/ninetails/sweep.lua")
local experiment = require "ninetails.experiment"
local session = require "ninetails.experiment.session"
local is = check.is

local HEAD = 'local nt = require "ninetails"\n'
local function load_script(body, set) return experiment.load(HEAD .. body, "some/x.lua", set) end
-- Every part of `expected`, separated by |, is in the message.
local function fails(expected, body, set)
  local good, why = pcall(load_script, body, set)
  if good then error("accepted, expected " .. expected, 2) end
  if type(why) ~= "table" then error(why, 2) end
  for part in expected:gmatch("[^|]+") do
    if not why.message:find(part, 1, true) then error(("'%s' lacks '%s'"):format(why.message, part), 2) end
  end
  is(why.status, expected:find("--set", 1, true) and "argument" or "script")
end
local function experiment_of(fields, set)
  return load_script(("return nt.experiment {datasets = 'westermo_right', %s}"):format(fields), set)
end
local function experiment_fails(expected, fields, set)
  fails(expected, ("return nt.experiment {datasets = 'westermo_right', %s}"):format(fields), set)
end

-- ------------------------------------------------------------------ a whole one

local spec = load_script [[
local opt = nt.options {sizes = {default = {5, 10}, help = "sizes"}, packets = 5e4, flag = true}
return nt.experiment {
  name = "all", title = "All there is",
  datasets = {"available", "qut*", nt.dataset {name = "mine", capture = "x.pcap", grace = {fm = 1, ad = 2}},
    nt.synthetic {scenario = "os_scan", packets = opt.packets}},
  profile = {"stream", "py100"},
  grace = {"recommended", {fm = {100, 200}, ad = 1e3}, nt.zip {fm = {1, 2}, ad = {3, 4}}},
  detectors = {
    nt.kitnet {max_autoencoder = opt.sizes, learning_rate = nt.log_uniform(0.01, 1, 3)},
    nt.mahalanobis {}, "packet_length",
  },
  repeats = 3, seed = 5,
  metrics = {paper_protocol = true, level = 0.9, nt.metric {name = "top", run = function() return 1 end}},
  keep_scores = false, compression = 3,
}]]
is(tostring(spec),
  "experiment all: kitnet x 6, mahalanobis x 1, packet_length x 1; 5 grace periods, 2 profiles, 3 seeds")
is(table.concat(spec.seeds, " "), "5 6 7")
is(spec.graces[1], "recommended")
is(spec.graces[3].fm, 200)
is(spec.graces[5].ad, 4)
is(spec.measures.smoothing, 30)
is(spec.measures.fold_auc, true)
is(spec.measures.level, 0.9)
is(spec.measures.replicates, 200)
is(spec.extra[1].name, "top")
is(type(spec.lua_metrics.top.run), "function")
is(spec.keep_scores, false)
is(spec.compression, 3)
is(spec.detectors[1].configurations[4].bias_update, "element")
is(#spec.options, 3)
is(spec.chunk, "some/x.lua")

spec = experiment_of "detectors = nt.kitnet {}"
is(spec.name, "x") -- the file's
is(table.concat(spec.seeds, " "), "1234")
is(spec.profiles[1], "stream")
is(table.concat(experiment_of("detectors = 'kitnet', repeats = 2").seeds, " "), "1234 1235")
is(table.concat(experiment_of("detectors = 'kitnet', seeds = {9, 3}").seeds, " "), "9 3")
is(#experiment_of("detectors = 'kitnet', grace = nt.random(7, {fm = nt.uniform(1, 9), ad = 5})").graces, 7)

-- ------------------------------------------------------------------ fields

experiment_fails("some/x.lua:2: detector: no such field of an experiment: did you mean detectors?", "detector = {}")
experiment_fails("detectors is missing", "")
fails("datasets is missing", "return nt.experiment {detectors = nt.kitnet {}}")
experiment_fails("detectors[1] = 'kitnit': no such detector: did you mean kitnet?", "detectors = {'kitnit'}")
experiment_fails("detectors[2] = a function: expected a detector: call the function",
  "detectors = {nt.kitnet {}, nt.kitnet}")
experiment_fails("some/x.lua:4: detectors[2].max_autoencodr: no such parameter of kitnet: "
  .. "did you mean max_autoencoder?",
  "\ndetectors = {nt.kitnet {},\n nt.kitnet {max_autoencodr = 5}}")
experiment_fails("kitnet = 5: expected a table of parameters", "detectors = nt.kitnet(5)")
experiment_fails("profile[1] = 'py10': did you mean py100?", "profile = 'py10', detectors = nt.kitnet {}")
experiment_fails("profile[2] = 'stream' is there twice", "profile = {'stream', 'stream'}, detectors = nt.kitnet {}")
experiment_fails("grace.ad is missing", "grace = {fm = 5}, detectors = nt.kitnet {}")
experiment_fails("grace[2].fn: no such grace period", "grace = {'recommended', {fn = 5}}, detectors = nt.kitnet {}")
experiment_fails("grace.fm = -1: expected a whole number, at least 0",
  "grace = {fm = -1, ad = 5}, detectors = nt.kitnet {}")
experiment_fails("grace = 'best': expected 'recommended'", "grace = 'best', detectors = nt.kitnet {}")
experiment_fails("expected either seeds, or seed and repeats", "seeds = {1}, repeats = 2, detectors = nt.kitnet {}")
experiment_fails("seeds[2] = 1 is there twice", "seeds = {1, 1}, detectors = nt.kitnet {}")
experiment_fails("seeds[1] = 0: expected a whole number from 1 to 4294967295", "seeds = {0}, detectors = nt.kitnet {}")
experiment_fails("repeats = 0: expected", "repeats = 0, detectors = nt.kitnet {}")
experiment_fails("name = 'a/b': expected letters", "name = 'a/b', detectors = nt.kitnet {}")
experiment_fails("metrics.levl: no such setting of metrics: did you mean level?",
  "metrics = {levl = 1}, detectors = nt.kitnet {}")
experiment_fails("metrics.level = 1: expected a number, more than 0 and less than 1",
  "metrics = {level = 1}, detectors = nt.kitnet {}")
experiment_fails("metrics.fold_auc = 1: expected true or false", "metrics = {fold_auc = 1}, detectors = nt.kitnet {}")
experiment_fails("compression = 10", "compression = 10, detectors = nt.kitnet {}")
experiment_fails("options: declare them before", "options = {}, detectors = nt.kitnet {}")
fails("datasets[1] = 5: expected a name", "return nt.experiment {datasets = {5}, detectors = nt.kitnet {}}")
fails("some/x.lua:2: synthetic.scenario = 'os_scam': no such scenario: did you mean os_scan?",
  "nt.synthetic {scenario = 'os_scam', packets = 5}")
fails("synthetic.packets is missing: expected a whole number", "nt.synthetic {scenario = 'os_scan'}")
fails("dataset.capture is missing", "nt.dataset {name = 'a'}")
fails("dataset.captur: no such key of a data set: did you mean capture?", "nt.dataset {name = 'a', captur = 'b'}")
fails("available.atacks: no such filter: did you mean attacks?", "nt.available {atacks = true}")

-- ------------------------------------------------------------------ the language

fails("some/x.lua:3: global 'packets' is assigned: write `local packets = ...`|in main chunk", "\npackets = 5")
fails("some/x.lua:2: global 'prinnt' is not defined: did you mean print?", "prinnt(5)")
fails("some/x.lua:2: nt.kitnat: no such function or detector: did you mean kitnet?", "local x = nt.kitnat")
fails("nt.kitnet is assigned", "nt.kitnet = 5")
fails("os.exit: a script cannot end the program", "os.exit(0)")
fails("os.exit: a script cannot end the program", "require('os').exit(0)")
fails("os.exit: a script cannot end the program", "load('os.exit(0)')()")
fails("some/x.lua:2: oh|stack traceback:|some/x.lua:2: in upvalue 'f'|some/x.lua:3: in local 'g'",
  "local function f() error 'oh' end\nlocal function g() f() end\ng()")
fails("some/x.lua:2: unexpected symbol near <eof>", "return {")
fails("returns nothing: expected nt.experiment", "")
fails("is `return` missing before nt.experiment?", "nt.experiment {datasets = 'x', detectors = nt.kitnet {}}")
fails("returns a table", "return {}")
fails("some/x.lua: longer than", "--" .. ("x"):rep(1 << 20))
is(experiment_of("detectors = nt.kitnet {}, name = _G.os.getenv and 'a' or 'b'").name, "a")
-- A script's own random numbers are the same each time.
local drawing = [[local x = math.random(1000)
return nt.experiment {name = 'n' .. x, datasets = 'a', detectors = 'kitnet'}]]
local drawn = load_script(drawing).name
math.random()
is(load_script(drawing).name, drawn)
-- A function keeps the locked globals after the script has been read.
spec = experiment_of "detectors = nt.detector {name = 'd', score = function() return undefined + 1 end}"
local good, why = pcall(spec.lua_detectors.d.score)
is(good, false)
is(why:find("global 'undefined' is not defined", 1, true) ~= nil, true)

-- ------------------------------------------------------------------ options

local with_options = [[
local opt = nt.options {n = {default = 5, min = 1, max = 9, help = "x"}, rate = 0.5, on = false, word = "a",
  kind = {default = "one", choices = {"one", "two"}}, list = {default = {1, 2}}}
return nt.experiment {name = table.concat({"n", opt.n, opt.rate, tostring(opt.on), opt.word, opt.kind, #opt.list}, "_"),
  datasets = "a", detectors = nt.kitnet {max_autoencoder = opt.list}}]]
is(load_script(with_options).name, "n_5_0.5_false_a_one_2")
is(load_script(with_options, {n = "9", rate = "1e-3", on = "yes", word = "x-y", kind = "two", list = "4, 5,6"}).name,
  "n_9_0.001_true_x-y_two_3")
is(load_script(with_options, {n = "1e0"}).name, "n_1_0.5_false_a_one_2")
local set = {n = "3", seed = "17", repeats = "2", profile = "py100,csv115", datasets = "b,c"}
spec = load_script(with_options, experiment.options_text(set)) -- as a text, as worker threads receive it
is(spec.name, "n_3_0.5_false_a_one_2")
is(table.concat(spec.seeds, " "), "17 18")
is(table.concat(spec.profiles, " "), "py100 csv115")
is(spec.datasets[2].name, "c")
is(table.concat(load_script(with_options, {seeds = "4,5"}).seeds, " "), "4 5")
fails("--set n = 10: expected a whole number, at least 1 and at most 9", with_options, {n = "10"})
fails("--set n=x: expected a whole number", with_options, {n = "x"})
fails("--set n=0x5: expected a whole number", with_options, {n = "0x5"})
fails("--set on=perhaps: expected true or false", with_options, {on = "perhaps"})
fails("--set kind = 'thre': expected one, two", with_options, {kind = "thre"})
fails("--set list=1,,2: expected a list", with_options, {list = "1,,2"})
fails("--set wrod: no such option of the script: did you mean word?", with_options, {wrod = "x"})
fails("--set repeat: no such option of the script: did you mean repeats?", with_options, {["repeat"] = "x"})
fails("some/x.lua:3: option 'm' is not declared", "local opt = nt.options {n = 5}\nprint(opt.m)")
fails("option 'n' is assigned", "local opt = nt.options {n = 5}\nopt.n = 6")
fails("options.n.defualt: no such key of an option: did you mean default?", "nt.options {n = {defualt = 5}}")
fails("options.n.default = 0: expected a whole number, at least 1", "nt.options {n = {default = 0, min = 1}}")
fails("options.n is declared twice", "nt.options {n = 1}\nnt.options {n = 2}")
is(select(2, pcall(experiment.parse_options, {"a"})).message, "--set 'a': expected KEY=VALUE")
is(select(2, pcall(experiment.parse_options, {"a=1", "a=2"})).message, "--set a is given twice")
is(experiment.parse_options({"a=1=2"}).a, "1=2")

-- ------------------------------------------------------------------ detectors and metrics in Lua

spec = load_script [[
local far = nt.detector {name = "far", title = "Far away", seeded = false,
  parameters = {k = {1, 2}, p = {default = 0.5, above = 0, max = 1}, kind = {default = "a", choices = {"a", "b"}},
    w = "x"},
  fit = function() end, score = function() return 0 end, distance = function() end}
return nt.experiment {datasets = "a", detectors = {far, far {k = 7, p = {0.1, 0.2}}}}]]
is(#spec.detectors[1].configurations, 2)
is(spec.detectors[1].configurations[2].k, 2)
is(spec.detectors[1].configurations[1].p, 0.5)
is(#spec.detectors[2].configurations, 2)
is(spec.detectors[2].configurations[1].k, 7)
local far = spec.lua_detectors.far
is(type(far.score), "function")
is(type(far.distance), "function")
is(far.parameters[2].name, "kind")
is(far.parameters[3].above, true)
is(far.parameters[3].least, 0)
local function detector_fails(expected, fields)
  fails(expected, ("return nt.experiment {datasets = 'a', detectors = nt.detector {%s}}"):format(fields))
end
detector_fails("detector 'd': expected one of the functions score and score_rows", "name = 'd'")
detector_fails("detector.name is missing", "score = print")
detector_fails("detector 'kitnet': there is one in C of that name", "name = 'kitnet', score = print")
detector_fails("detector 'd'.scoer: no such field of a detector: did you mean score?", "name = 'd', scoer = print")
detector_fails("detector 'd'.score = 5: expected a function", "name = 'd', score = 5")
detector_fails("detector 'd'.size: no such field", "name = 'd', score = print, size = 5")
detector_fails("expected one of the functions fit and learn", "name = 'd', score = print, fit = print, learn = print")
detector_fails("detector 'd'.parameters.k.defualt: no such key of a parameter: did you mean default?",
  "name = 'd', score = print, parameters = {k = {defualt = 5}}")
detector_fails("detector 'd'.parameters.k.default = 5: expected a number, at most 4",
  "name = 'd', score = print, parameters = {k = {default = 5, max = 4}}")
detector_fails("detector 'd'.parameters.k = true: expected a number or a text",
  "name = 'd', score = print, parameters = {k = true}")
fails("some/x.lua:3: detectors[2]: another detector is called 'd' too (some/x.lua:2)", [[
local a = nt.detector {name = "d", score = print}
local b = nt.detector {name = "d", score = print}
return nt.experiment {datasets = "a", detectors = {a, b}}]])
fails("some/x.lua:3: detectors[1].q: no such parameter of d: expected k", [[
local a = nt.detector {name = "d", parameters = {k = 1}, score = print}
return nt.experiment {datasets = "a", detectors = {a {q = 1}}}]])
experiment_fails("metric 'auc': there is one of that name already",
  "detectors = 'kitnet', metrics = {nt.metric {name = 'auc', run = print}}")
experiment_fails("metric 'tpr_at_fpr_1em3': there is one of that name already",
  "detectors = 'kitnet', metrics = {nt.metric {name = 'tpr_at_fpr_1em3', run = print}}")
experiment_fails("metric.name = 'lift.1': expected a name of lower-case letters, digits and _",
  "detectors = 'kitnet', metrics = {nt.metric {name = 'lift.1', run = print}}")
experiment_fails("metric 'm'.run is missing: expected a function",
  "detectors = 'kitnet', metrics = nt.metric {name = 'm'}")
experiment_fails("metric 'm'.better = 'more': expected 'higher' or 'lower'",
  "detectors = 'kitnet', metrics = nt.metric {name = 'm', run = print, better = 'more'}")

-- ------------------------------------------------------------------ the experiments that come with the program

local names = session.shipped()
is(#names >= 6, true)
for _, name in ipairs(names) do
  local body, chunk = session.read(name)
  is(experiment.load(body, chunk, {}).name, name)
end
spec = experiment.load(session.read("quickstart"))
is(#spec.detectors[1].configurations * #spec.graces * #spec.seeds, 27)
