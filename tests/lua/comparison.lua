-- SPDX-License-Identifier: GPL-3.0-or-later
local check = dofile(DIRECTORY .. "/lua/shared/check.lua")
local comparison = require "ninetails.comparison"
local is, near, refuses = check.is, check.near, check.raises

-- 300 packets in 30 blocks of 10 s; every third block has attacks. a finds them, b less well.
local a, b = {scores = {}, labels = {}, times = {}}, {scores = {}, labels = {}, times = {}}
math.randomseed(5)
for i = 1, 300 do
  local attack = (i - 1) // 10 % 3 == 1 and i % 2 == 0
  a.labels[i] = i % 50 == 0 and 2 or attack and 1 or 0
  b.labels[i], a.times[i], b.times[i] = a.labels[i], i - 1.0, i - 1.0
  a.scores[i] = math.random() + (attack and 2 or 0)
  b.scores[i] = math.random() + (attack and 0.3 or 0)
end
local options = {block_seconds = 10, gap_seconds = 3, replicates = 200}
local got = comparison.pair(a, b, options)
is(got.packets, 294)
is(got.attacks + got.benign, 294)
is(got.excluded, 6)
is(got.attack_blocks, 10)
is(got.absence, nil)
is(#got.figures, 8)
is(got.figures[1].name, "auc")
is(got.figures[1].a, 1.0)
is(got.figures[2].better, "lower")
near(got.delong.difference, got.figures[1].difference)
assert(got.figures[1].low > 0 and got.figures[1].high < 1 and got.figures[1].p < 0.02)
assert(got.delong.low > 0 and got.delong.p < 0.01)

-- strings give the same as lists; runs that begin at different packets are compared where both have scores
local function packed(run, from, to)
  local scores, times, labels = {}, {}, {}
  for i = from, to do
    scores[#scores + 1], times[#times + 1] = string.pack("=d", run.scores[i]), string.pack("=d", run.times[i])
    labels[#labels + 1] = string.char(run.labels[i])
  end
  return {first = from - 1, scores = table.concat(scores), times = table.concat(times), labels = table.concat(labels)}
end
local again = comparison.pair(packed(a, 1, 300), packed(b, 1, 300), options)
is(again.figures[4].low, got.figures[4].low)
is(again.delong.p, got.delong.p)
local part = comparison.pair(packed(a, 101, 300), packed(b, 1, 280), options)
is(part.first, 100)
is(part.packets + part.excluded, 180)
local same = comparison.pair(packed(a, 101, 280), packed(b, 101, 280), options)
is(part.figures[1].low, same.figures[1].low)

-- without times DeLong replaces the bootstrap
local timeless = comparison.pair({scores = a.scores, labels = a.labels}, {scores = b.scores, labels = b.labels})
is(timeless.blocks, 0)
assert(timeless.figures[1].p ~= timeless.figures[1].p)
is(timeless.delong.p, got.delong.p)
is(comparison.pair({scores = {1, 2}, labels = {0, 0}}, {scores = {1, 2}, labels = {0, 0}}).absence,
  "no attack packet is scored")

refuses("a has no labels", comparison.pair, {scores = {1}}, {scores = {1}, labels = {0}})
refuses("no packet is scored by both", comparison.pair, packed(a, 1, 10), packed(b, 11, 20))
refuses("2 labels for 1 scores", comparison.pair, {scores = {1}, labels = {0, 1}}, {scores = {1}, labels = {0}})
refuses("label of packet 1 is 1 in a, 0 in b", comparison.pair, {scores = {1, 2}, labels = {0, 1}},
  {scores = {1, 2}, labels = {0, 0}})
refuses("the time of packet 0", comparison.pair, {scores = {1}, labels = {0}, times = {1}},
  {scores = {1}, labels = {0}, times = {2}})
refuses("multiple of 8", comparison.pair, {scores = "abc", labels = {0}}, b)
refuses("a.scores%[2%]: a number expected", comparison.pair, {scores = {1, "x"}, labels = {0, 1}}, b)
refuses("a.scores: a list or a string expected", comparison.pair, {labels = {0, 1}}, b)
refuses("labels%[1%] is 7", comparison.pair, {scores = {1}, labels = {7}}, b)
refuses("level 2", comparison.pair, a, b, {level = 2})
refuses("replicates %-1", comparison.pair, a, b, {replicates = -1})

-- Demsar (2006), table 6; figures as he prints them, without the correction for ties.
local demsar = {
  {0.763, 0.768, 0.771, 0.798}, {0.599, 0.591, 0.590, 0.569}, {0.954, 0.971, 0.968, 0.967},
  {0.628, 0.661, 0.654, 0.657}, {0.882, 0.888, 0.886, 0.898}, {0.936, 0.931, 0.916, 0.931},
  {0.661, 0.668, 0.609, 0.685}, {0.583, 0.583, 0.563, 0.625}, {0.775, 0.838, 0.866, 0.875},
  {1.000, 1.000, 1.000, 1.000}, {0.940, 0.962, 0.965, 0.962}, {0.619, 0.666, 0.614, 0.669},
  {0.972, 0.981, 0.9751, 0.975}, {0.957, 0.978, 0.946, 0.970},
}
local f = comparison.friedman(demsar)
near(f.chi_square * f.tie_correction, 9.28, 5e-3)
near(f.mean_rank[1], 3.143, 5e-4)
near(f.critical_difference, 1.25, 5e-3)
is(table.concat(f.order, " "), "4 2 3 1")
is(#f.bars, 1) -- 3.143 - 1.964 < 1.25: one bar over all four
is(f.bars[1].last, 4)
is(#f.pairs, 6)
is(f.pairs[1].a, 1)
is(f.pairs[1].b, 2)
near(f.pairs[1].z, (f.mean_rank[1] - f.mean_rank[2]) / math.sqrt(4 * 5 / (6 * 14)))
is(f.method, "exact") -- of four detectors on 14 data sets, one of them a tie of all
near(f.p, f.chi_square_p, 5e-3)
is(f.least_p < 1e-10, true)
local three = comparison.friedman {{3, 2, 1}, {3, 2, 1}, {3, 2, 1}}
near(three.p, 1 / 36, 1e-15)
near(three.least_p, 1 / 36, 1e-15)
near(three.chi_square_p, math.exp(-3), 1e-12) -- 6 with 2 degrees of freedom
near(three.pairs[2].p, 2 / 216, 1e-15)
is(comparison.least_data_sets(2, 0.05), 6)
is(comparison.least_data_sets(3, 0.05), 3)
refuses("1 detectors at alpha", comparison.least_data_sets, 1, 0.05)
local narrow = comparison.friedman(demsar, {alpha = 0.1}) -- 1.12: C4.5 differs from both with m
near(narrow.critical_difference, 1.12, 5e-3)
is(#narrow.bars, 2)
local lower = comparison.friedman({{1, 2}, {1, 2}, {1, 3}}, {better = "lower"})
is(lower.mean_rank[1], 1.0)
refuses("values%[2%]: 1 values, 2 expected", comparison.friedman, {{1, 2}, {1}})
refuses("expected", comparison.friedman, {})
refuses("no value for detector", comparison.friedman, {{1, 2}, {1, 0 / 0}})
refuses("alpha 1", comparison.friedman, demsar, {alpha = 1})
refuses("bad argument", comparison.friedman, demsar, {better = "bigger"})

local adjusted = comparison.holm {0.01, 0.04, 0.03, 0.005}
near(adjusted[1], 0.03)
near(adjusted[2], 0.06)
near(adjusted[3], 0.06)
near(adjusted[4], 0.02)
is(#comparison.holm {}, 0)
refuses("p%-value 2", comparison.holm, {2})

