-- SPDX-License-Identifier: GPL-3.0-or-later
-- Searches: the sampler, the rungs, and what a script may not say of them.
local experiment = require "ninetails.experiment"
local halving = require "ninetails.search.halving"
local split = require "ninetails.search.split"
local normal = require "ninetails.normal"
local tpe = require "ninetails.search.tpe"
local values = require "ninetails.experiment.values"

local function is(got, expected)
  if got ~= expected then error(("got %s, expected %s"):format(got, expected), 2) end
end
local function near(got, expected, tolerance)
  if not (math.abs(got - expected) <= (tolerance or 1e-12)) then
    error(("got %.17g, expected %.17g"):format(got, expected), 2)
  end
end

local rows = {rate = {name = "rate", type = "number", least = 0, most = 1000},
  size = {name = "size", type = "integer", least = 1, most = 1000}, kind = {name = "kind", type = "choice",
  choices = {"a", "b", "c"}}}
local function dimension(name, raw) return (values.dimension("x.lua:1", name, rows[name], raw)) end
local rate = dimension("rate", values.uniform("x", 0, 10))
local size = dimension("size", values.uniform("x", 1, 8))
local log_rate = dimension("rate", values.log_uniform("x", 0.001, 1))
local log_size = dimension("size", values.log_uniform("x", 1, 64))
local kind = dimension("kind", {"a", "b", "c"})

-- ------------------------------------------------------------------ the normal distribution, to the digits of tables

near(normal.mass(-1, 1), 0.68268949213708585)
near(normal.mass(0, 3), 0.49865010196836990)
near(normal.mass(3, math.huge) / 1.3498980316300933e-3, 1)
near(normal.mass(-9, -8) / (6.2209605742717841e-16 - 1.1285884059538324e-19), 1, 1e-10)
near(normal.mass(-math.huge, math.huge), 1)

-- ------------------------------------------------------------------ weights, widths, the best: worked by hand

is(table.concat(tpe.weights(3), " "), "1 1 1")
local ramp = tpe.weights(29) -- four on a line from 1/29 to 1, then 25
for i, expected in ipairs {1 / 29, 1 / 29 + 28 / 29 / 3, 1 / 29 + 2 * 28 / 29 / 3, 1, 1} do near(ramp[i], expected) end
near(tpe.weights(26)[1], 1 / 26)
is(tpe.weights(26)[2], 1)

-- 2 and 9 of 0 to 10, and the prior at 5: in order 2, 5, 9. The outer ones have one neighbour. The least is 10 / 4.
is(table.concat(tpe.widths({9, 2}, 0, 10), " "), "4.0 3.0")
is(table.concat(tpe.widths({4.9, 5.1}, 0, 10), " "), "2.5 2.5")
is(table.concat(tpe.widths({5}, 0, 10), " "), tostring(10 / 3)) -- lies on the prior: the least, 10 / min(100, 1 + 2)

local function trials_of(scores)
  local list = {}
  for i, score in ipairs(scores) do list[i] = {value = i, score = score} end
  return list
end
local function both(trials, share)
  local best, others = tpe.split(trials, share)
  return table.concat(best, " ") .. "|" .. table.concat(others, " ")
end
is(both(trials_of {3, 1, 2, 3}, 0.1), "1|2 3 4") -- ceil(0.4) = 1, and of equals the first
is(both(trials_of {3, 1, 2, 3}, 0.5), "1 4|2 3")
is(both(trials_of {-math.huge, 1, -math.huge}, 0.5), "1 2|3") -- failed ones are the worst
local many = {}
for i = 1, 300 do many[i] = i end
is(#tpe.split(trials_of(many), 0.1), 25) -- and never more

-- Choices: seen a, a, b with prior weight 1; four kernels with 1/4 each. A seen value's kernel: (1 + 1/4) / (7/4) = 5/7
-- for itself and 1/7 for others; the prior 1/3. a: (2 * 5/7 + 1/7 + 1/3) / 4.
local density = tpe.density(kind, {"a", "a", "b"}, 1)
near(math.exp(density.log_density "a"), (11 / 7 + 1 / 3) / 4)
near(math.exp(density.log_density "b"), (7 / 7 + 1 / 3) / 4)
near(math.exp(density.log_density "c"), (3 / 7 + 1 / 3) / 4)
near(math.exp(tpe.density(kind, {}, 1).log_density "c"), 1 / 3)

-- ------------------------------------------------------------------ densities are such, and draws follow them

local function mass_of_whole(d, seen)
  local l, sum = tpe.density(d, seen, 1), 0
  for x = d.low, d.high do sum = sum + math.exp(l.log_density(x)) end
  return sum
end
near(mass_of_whole(size, {1, 3, 3, 8}), 1)
near(mass_of_whole(log_size, {1, 64, 7}), 1)
local function integral(d, seen, from, to, of)
  local l, sum, n = tpe.density(d, seen, 1), 0, 4000
  for i = 1, n do sum = sum + math.exp(l.log_density(of(from + (i - 0.5) / n * (to - from)))) * (to - from) / n end
  return sum
end
near(integral(rate, {0, 2, 2.5, 10}, 0, 10, function(x) return x end), 1, 1e-5)
near(integral(log_rate, {0.001, 0.5}, math.log(0.001), 0, math.exp), 1, 1e-5)

for _, case in ipairs {{rate, {7, 7.5}}, {log_rate, {0.01, 0.012}}, {log_size, {3, 40}}, {kind, {"b"}}} do
  local d, l = case[1], tpe.density(case[1], case[2], 1)
  local random, sum, expected, n = values.shares(5, "draws"), 0, 0, 4000
  for _ = 1, n do
    local x = l.draw(random)
    if d.low then assert(x >= d.low and x <= d.high, x) end
    sum = sum + (d.items and (x == "b" and 1 or 0) or math.log(x))
  end
  if d.items then expected = math.exp(l.log_density "b")
  elseif d.p.type == "integer" then
    for x = d.low, d.high do expected = expected + math.exp(l.log_density(x)) * math.log(x) end
  else
    for i = 1, n do
      local from, to = math.log(math.max(d.low, 1e-9)), math.log(d.high)
      local x = d == rate and d.high * (i - 0.5) / n or math.exp(from + (to - from) * (i - 0.5) / n)
      expected = expected + math.exp(l.log_density(x)) * math.log(x) * (d == rate and d.high or to - from) / n
    end
  end
  near(sum / n, expected, 0.06)
end

-- ------------------------------------------------------------------ it finds an optimum, and random draws do not as well

local optuna = {startup = 10, candidates = 24, best_share = 0.1, prior_weight = 1}
local space = {log_rate, rate, log_size, kind}
local penalty = {a = 1, b = 0, c = 2}

-- 0 at rate 0.03, 7, 16 and "b", else less.
local function objective(v)
  return -math.log(v[1] / 0.03) ^ 2 / 4 - (v[2] - 7) ^ 2 / 4 - math.log(v[3] / 16) ^ 2 - penalty[v[4]]
end

local function best_of(seed, trials, settings)
  local history, best = {}, -math.huge
  for number = 1, trials do
    local v = {}
    for k, d in ipairs(space) do
      local seen = {}
      for i, trial in ipairs(history) do seen[i] = {value = trial.v[k], score = trial.score} end
      v[k] = tpe.propose(d, seen, settings, values.shares(seed, ("trial %d/%d"):format(number, k)))
    end
    history[number] = {v = v, score = objective(v)}
    best = math.max(best, history[number].score)
  end
  return best
end

local wins, model, random = 0, 0, 0
for seed = 1, 20 do
  local a, b = best_of(seed, 60, optuna), best_of(seed, 60, {startup = 60})
  wins, model, random = wins + (a > b and 1 or 0), model + a / 20, random + b / 20
end
assert(wins >= 15, ("better than random draws with %d of 20 seeds"):format(wins))
assert(model > random / 2, ("on average %.3f, random draws %.3f"):format(model, random))
is(best_of(3, 30, optuna), best_of(3, 30, optuna))

-- ------------------------------------------------------------------ rungs, worked by hand

local function shown(rungs)
  local words = {}
  for i, rung in ipairs(rungs) do words[i] = ("%d:%.4f"):format(rung.trials, rung.share) end
  return table.concat(words, " ")
end
is(shown(halving.rungs(27, 3, 4)), "27:0.0370 9:0.1111 3:0.3333 1:1.0000")
is(shown(halving.rungs(10, 3, 3)), "10:0.1111 3:0.3333 1:1.0000")
is(shown(halving.rungs(2, 2, 3)), "2:0.2500 1:0.5000 1:1.0000") -- never none

-- Of 9 the best 3: 0.9 (trial 4), 0.8 (trial 2), and of the two 0.7 the earlier, trial 5; a failed one is no better than any.
local tried = {}
for i, score in ipairs {0.5, 0.8, -math.huge, 0.9, 0.7, 0.7, 0.1, 0.2, -math.huge} do
  tried[i] = {number = i, score = score}
end
local function numbers(list)
  local words = {}
  for i, trial in ipairs(list) do words[i] = trial.number end
  return table.concat(words, " ")
end
is(numbers(halving.promote(tried, 3)), "2 4 5")
is(numbers(halving.promote(halving.promote(tried, 3), 1)), "4")
is(numbers(halving.promote(tried, 8)), "1 2 3 4 5 6 7 8")
is(tried[1].number, 1)

-- ------------------------------------------------------------------ splits that share packets

local function overlap(a, b) return table.concat(split.overlaps({a}, {b}), "\n") end
local function part(first, last) return {name = "x", capture = "x.pcap", first = first, last = last, packets = last} end
is(overlap(part(1, 50), part(51, 100)), "")
is(overlap(part(1, 50), {name = "y", capture = "y.pcap"}), "")
assert(overlap(part(1, 60), part(51, 100)):find("share packets 51 to 60 of x", 1, true))
assert(overlap({name = "x", capture = "x.pcap"}, {name = "x", capture = "x.pcap"}):find("share all packets of x", 1, true))

-- ------------------------------------------------------------------ errors

local base = [[local nt = require "ninetails"
return nt.experiment {name = "s", grace = {fm = 10, ad = 20}, datasets = {"westermo_right"},
  detectors = {nt.kitnet {max_autoencoder = nt.uniform(1, 20)}}, search = {trials = 5}}]]
local function fails(from, to, expected)
  local at, ends = base:find(from, 1, true)
  local good, why = pcall(experiment.load, base:sub(1, at - 1) .. to .. base:sub(ends + 1), "s.lua")
  if good then error("accepted, expected " .. expected, 2) end
  local message = type(why) == "table" and why.message or tostring(why)
  if not message:find(expected, 1, true) then error(("'%s' lacks '%s'"):format(message, expected), 2) end
end
local spec = experiment.load(base, "s.lua").search
is(spec.method, "tpe")
for name, value in pairs {startup = 10, candidates = 24, best_share = 0.1, prior_weight = 1, batch = 4, seed = 1234,
  better = "higher"} do is(spec[name], value) end
fails("{trials = 5}", "{}", "s.lua:2: search.trials is missing: expected how many configurations to try")
fails("{trials = 5}", "{trails = 5}", "search.trails: no such setting of a search: did you mean trials?")
fails("trials = 5", "trials = 0", "search.trials = 0: expected a whole number")
fails("trials = 5", "trials = 5, method = 'tpee'", "search.method = 'tpee': did you mean tpe?")
fails("trials = 5", "trials = 5, eta = 2", "search.eta: no setting of method 'tpe', but of 'halving'")
fails("trials = 5", "trials = 5, metric = 'auk'", "search.metric = 'auk': no such metric: did you mean auc?")
fails("trials = 5", "trials = 5, seconds = 0", "search.seconds = 0: expected a number")
fails("trials = 5", "trials = 5, method = 'halving', resource = 'seeds'",
  "search.resource = 'seeds': 1 of them for 3 rungs: expected at least 9 (`repeats`)")
fails("nt.uniform(1, 20)", "5", "search: nothing to choose: expected a parameter of kitnet")
fails("nt.uniform(1, 20)", "nt.uniform(0, 20)", "detectors[1].max_autoencoder = 0: expected a whole number")
fails("nt.uniform(1, 20)", "nt.uniform(1.2, 1.4)", "1.2 to 1.4: expected at least two whole numbers")
fails("max_autoencoder = nt.uniform(1, 20)", "nt.random(5, {max_autoencoder = {1, 2}})", "groups (nt.grid, nt.zip, nt.random)")
fails("nt.kitnet {", "nt.kitnet {}, nt.kitnet {", "it chooses the parameters of one detector, and there are 2")
fails("ad = 20", "ad = {20, 30}", "search: expected one grace, got 2 to sweep over")
fails("search = {", "select = {too = 5}, search = {", "select.too: no such key of a split: did you mean to?")
fails("search = {", "select = {to = -5}, search = {", "select.to = -5: expected the number of a packet")
fails("search = {", "select = {to = 5, to_seconds = 5}, search = {", "select: expected to or to_seconds, not both")
fails("search = {trials = 5}", "report = {from = 5}", "report: it is for a search: expected `search = {...}`, too")
fails([[datasets = {"westermo_right"}]], [[select = {datasets = {"westermo_right"}}, report = {}]],
  "report.datasets is missing: expected a list of data sets, as the experiment has no `datasets`")
