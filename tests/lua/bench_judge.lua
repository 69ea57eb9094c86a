-- SPDX-License-Identifier: GPL-3.0-or-later
-- What counts as a regression: between two sets, along a history, in counts, in results; and simulated nights.
local check = dofile(DIRECTORY .. "/lua/shared/check.lua")
local changes = require "ninetails.changes"
local compare = require "ninetails.bench.compare"
local judge = require "ninetails.bench.judge"
local measure = require "ninetails.bench.measure"
local simulate = require "ninetails.bench.simulate"
local trend = require "ninetails.bench.trend"
local is, near = check.is, check.near

local draw = measure.generator(7)
local function noise(size) -- about normal, of deviation `size`
  local sum = 0
  for _ = 1, 12 do sum = sum + draw(1 << 30) / (1 << 30) end
  return (sum - 6) * size
end
local function night_values(n, from, slower, size)
  local list = {}
  for i = 1, n do list[i] = noise(size) + (i >= from and math.log(1 + slower) or 0) end
  return list
end

-- The C module.
local points = changes.points({1, 1.1, 0.9, 1, 1.05, 0.95, 2, 2.1, 1.9, 2, 2.05, 1.95}, {permutations = 199})
is(#points, 1)
is(points[1].at, 7)
near(points[1].before, 1, 1e-9)
near(points[1].after, 2, 1e-9)
near(changes.pairs({1, 2, 3, 4, 5, 6}).p, 2 / 64, 1e-12)
near(changes.samples({1, 2, 3}, {4, 5, 6}).p, 2 / 20, 1e-12)
local adjusted = changes.false_discovery {0.01, 0.04, 0.03, 0.5}
near(adjusted[1], 0.04, 1e-12)
near(adjusted[2], 0.16 / 3, 1e-12)

-- A slowdown of 10 % in noise of 1 % is found, with its night and size; without one nothing is found.
local series = {{problem = "slow", values = night_values(40, 31, 0.1, 0.01)}, {problem = "same", values = night_values(40, 99, 0, 0.01)},
  {problem = "fast", values = night_values(40, 31, -0.1, 0.01)}, {problem = "old", values = night_values(40, 10, 0.1, 0.01)},
  {problem = "tiny", values = night_values(40, 31, 0.02, 0.001)}, {problem = "new", values = {1, 2}}}
local found = judge.night(series)
is(#found, 1) -- not a speed-up, not a change known for 30 nights, not one below the limit
is(found[1].series.problem, "slow")
near(found[1].cut.at, 31, 1)
near(found[1].cut.change, 0.1, 0.02)
is(found[1].confirmed, true)
is(judge.night(series, nil, function(s) return s.values[1] end)[1].confirmed, false) -- a second measurement does not confirm it
is(judge.night(series, nil, function(s) return s.values[40] end)[1].confirmed, true)
is(judge.night(series, nil, function() return nil end)[1].confirmed, nil)
is(#judge.night(series, {least = 0.2}), 0)
is(#judge.all(series[1].values), 1)
is(#judge.all(series[2].values), 0)

-- Two sets of rounds.
local function rounds(n, slower)
  local list = {}
  for i = 1, n do list[i] = {(1 + slower) * math.exp(noise(0.01)), 1, 1} end
  return list
end
local function record(problem, slower, more)
  local r = {version = 1, kind = "time", run = "r", time = "2026-01-01T00:00:00Z", machine = "m", configuration = "c", commit = ("a"):rep(40),
    problem = problem, text = problem, clock = "cpu", rounds = rounds(9, slower), item = "row", items = 10, flops = 0, moved = 0, file = 0,
    digest = "d", exact = true}
  for name, value in pairs(more or {}) do r[name] = value end
  return r
end
local a = {name = "a", records = {record("slow", 0), record("same", 0), record("small", 0), record("counted", 0, {instructions = 1000, instructions_by = "perf"}),
  record("result", 0), record("input", 0), record("only_a", 0)}}
local b = {name = "b", records = {record("slow", 0.2), record("same", 0), record("small", 0.02), record("counted", 0, {instructions = 1020, instructions_by = "perf"}),
  record("result", 0, {digest = "e"}), record("input", 0, {input = "other"}), record("only_b", 0)}}
local f = compare.sets(a, b, {})
local verdicts, worse = {}, {}
for _, row in ipairs(f.rows) do verdicts[row.problem] = row.verdict end
for _, row in ipairs(f.worse) do worse[row.problem] = compare.line(row) end
is(verdicts.slow, "slower")
is(verdicts.same, "within")
is(verdicts.small ~= "slower", true)
assert(worse.slow:find("regression slow, aaaaaaaaaa to aaaaaaaaaa: %+%d+%.%d %% time, interval %+"), worse.slow)
assert(worse.counted:find("+2.0 % instructions (perf)", 1, true), worse.counted)
assert(worse.result:find("the result changed: e, was d", 1, true), worse.result)
is(worse.same, nil)
is(#f.missing, 3)
is(f.few, nil)
for _, r in ipairs(a.records) do r.rounds = rounds(2, 0) end
for _, r in ipairs(b.records) do r.rounds = rounds(2, 9) end
is(compare.sets(a, b, {}).few, 2) -- two rounds prove nothing

-- A history: changes that cannot be chance.
local history = {record("k", 0), record("k", 0, {instructions = 100, instructions_by = "perf"}), record("k", 0),
  record("k", 0, {instructions = 102, instructions_by = "perf", digest = "e", commit = ("b"):rep(40)})}
local exact = trend.exact(trend.series(history), {})
is(#exact, 2)
is(exact[1].kind, "instructions")
near(exact[1].change, 0.02, 1e-12)
assert(trend.line(exact[2]):find("the result changed: e, was d", 1, true))
history[#history + 1] = record("k", 0, {instructions = 102.5, instructions_by = "callgrind, avx2", digest = "e"})
is(#trend.exact(trend.series(history), {}), 0) -- counts of different counters are not compared

-- Quality: beyond its interval, large enough, and not by chance; with few blocks the interval decides.
local q = {{p = 0.002, floor = 0.002, beyond = true, loss = 0.05}, {p = 0.25, floor = 0.25, beyond = true, loss = 0.05},
  {p = 0.25, floor = 0.002, beyond = true, loss = 0.05}, {p = 0.002, floor = 0.002, beyond = true, loss = 1e-9},
  {p = 0.002, floor = 0.002, beyond = false, loss = 0.05}}
judge.quality(q)
is(q[1].alarm, true)
is(q[2].alarm, true)
is(q[3].alarm, false)
is(q[4].alarm, false)
is(q[5].alarm, false)
is(judge.floor(4, 1), 0.25)
is(judge.floor(10, 4), 2.0 ^ -9)

-- Simulated nights: planted changes are found in quiet noise but not in loud noise; false alarms are rare.
local quiet, loud = {problems = {"x", "y"}, nights = {}, deviation = {}}, {problems = {"x", "y"}, nights = {}, deviation = {}}
for n = 1, 30 do
  quiet.nights[n] = {noise(0.005), noise(0.005)}
  loud.nights[n] = {noise(0.3), noise(0.3)}
end
local options = {methods = {"step"}, slower = {0, 0.1}, histories = 4, nights = 40, plant = 25, within = 10, near = 3, first = 15,
  permutations = 199, alpha = 0.05, least = 0.03, seed = 1}
local rows = simulate.table(quiet, options, function() end)
is(rows[1].false_alarms, 0)
is(rows[1].nights, 4 * 26)
is(rows[2].detected, 4)
assert(rows[2].delay >= 2 and rows[2].delay <= 6)
is(simulate.table(loud, options, function() end)[2].detected < 4, true)
is(pcall(simulate.noise, {}), false)
