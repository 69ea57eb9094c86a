-- SPDX-License-Identifier: GPL-3.0-or-later
-- The tree-structured Parzen estimator (Bergstra et al., Algorithms for Hyper-Parameter Optimization, NIPS 2011, section 4)
-- with the choices that Optuna's TPESampler makes by default: each parameter by itself, after `startup` random trials.
--
-- Of n trials the best min(ceil(best_share n), 25) make a density l of a parameter's values, the others a density g. Of
-- `candidates` draws from l the one with the greatest l / g is proposed, which is that of the greatest expected improvement.
--
-- A density is a mixture: a normal distribution around each value seen, cut to the range, and one as wide as the range
-- around its middle, the prior. A value's width is the distance to the farther of its neighbours, of the outermost to
-- their one neighbour, but at least 1 / min(100, values + 2) of the range. Logarithmic parameters are taken by their
-- logarithm; whole numbers have the mass of their unit. A choice's kernel gives the value seen 1 and every value
-- prior_weight / (values + 1), normalised.
--
--     tpe.propose(dimension, trials, settings, random) -> value
--         dimension: of values.dimension; trials: {{value =, score =}, ...} in their order, higher is better, -inf the
--         worst; settings: {startup =, candidates =, best_share =, prior_weight =}; random(): of [0, 1)
local normal = require "ninetails.normal"

local tpe = {}

local MOST_BEST, FULL_WEIGHTS = 25, 25

-- Standard normal, by Box and Muller: one of the pair is enough.
local function draw_normal(random)
  return math.sqrt(-2 * math.log(1 - random())) * math.cos(2 * math.pi * random())
end

-- ------------------------------------------------------------------ weights of trials

-- All alike up to 25; of more the oldest count less, on a line from 1/n to 1.
function tpe.weights(n)
  local list, ramp = {}, n - FULL_WEIGHTS
  for i = 1, n do
    list[i] = 1
    if i == 1 and ramp > 0 then list[i] = 1 / n
    elseif i <= ramp then list[i] = 1 / n + (1 - 1 / n) * (i - 1) / (ramp - 1) end
  end
  return list
end

-- The weights of n values and of the prior, which sum to 1.
local function mixture_weights(n, prior_weight)
  local list, sum = tpe.weights(n), 0
  list[n + 1] = n == 0 and 1 or prior_weight
  for _, w in ipairs(list) do sum = sum + w end
  for i, w in ipairs(list) do list[i] = w / sum end
  return list
end

local function pick(weights, random)
  local share, sum = random(), 0
  for i, w in ipairs(weights) do
    sum = sum + w
    if share < sum then return i end
  end
  return #weights
end

-- ------------------------------------------------------------------ densities

-- Each has draw(random) -> value and log_density(value).

local function choice_density(d, list, prior_weight)
  local weights, share, place = mixture_weights(#list, prior_weight), {}, {}
  for k, item in ipairs(d.items) do place[item], share[k] = k, 0 end
  local floor = prior_weight / (#list + 1)
  for i = 1, #list + 1 do
    local whole = #d.items * floor + (i <= #list and 1 or 0)
    for k in ipairs(d.items) do
      local mass = floor + (i <= #list and place[list[i]] == k and 1 or 0)
      share[k] = share[k] + weights[i] * mass / whole
    end
  end
  return {
    draw = function(random) return d.items[pick(share, random)] end,
    log_density = function(value) return math.log(share[place[value]]) end,
  }
end

-- Widths of the kernels at `centres`, in a range; the prior's centre is among the neighbours.
function tpe.widths(centres, low, high)
  local order, list = {}, {}
  for i, mu in ipairs(centres) do order[i] = {mu = mu, i = i} end
  order[#order + 1] = {mu = 0.5 * (low + high), i = #order + 1}
  table.sort(order, function(a, b)
    if a.mu ~= b.mu then return a.mu < b.mu end
    return a.i < b.i
  end)
  local least = (high - low) / math.min(100, #centres + 2)
  for k, entry in ipairs(order) do
    local before, after = order[k - 1], order[k + 1]
    local width = math.max(before and entry.mu - before.mu or 0, after and after.mu - entry.mu or 0)
    if entry.i <= #centres then list[entry.i] = math.max(least, math.min(high - low, width)) end
  end
  return list
end

local function number_density(d, list, prior_weight)
  local whole, logarithmic = d.p.type == "integer", d.kind == "log_uniform"
  local function inner(x) return logarithmic and math.log(x) or x end
  local unit = whole and 0.5 or 0
  local low, high = inner(d.low - unit), inner(d.high + unit)
  local centres = {}
  for i, value in ipairs(list) do centres[i] = inner(value) end
  local widths, weights = tpe.widths(centres, low, high), mixture_weights(#list, prior_weight)
  centres[#centres + 1], widths[#widths + 1] = 0.5 * (low + high), high - low
  local logs = {} -- of each kernel's factor
  for k, w in ipairs(weights) do
    local mu, sigma = centres[k], widths[k]
    local all = normal.mass((low - mu) / sigma, (high - mu) / sigma)
    logs[k] = math.log(w / all) - (whole and 0 or math.log(sigma * math.sqrt(2 * math.pi)))
  end
  -- At x, or of the unit from `from` to `to`.
  local function log_kernel(k, x, from, to)
    local mu, sigma = centres[k], widths[k]
    if whole then return logs[k] + math.log(normal.mass((from - mu) / sigma, (to - mu) / sigma)) end
    local z = (x - mu) / sigma
    return logs[k] - 0.5 * z * z
  end
  return {
    draw = function(random)
      local k = pick(weights, random)
      local x
      repeat x = centres[k] + widths[k] * draw_normal(random) until x >= low and x <= high
      return d.fit(logarithmic and math.exp(x) or x)
    end,
    log_density = function(value)
      local terms, most, sum = {}, -math.huge, 0
      local x, from, to = inner(value), inner(value - unit), inner(value + unit)
      for k in ipairs(weights) do
        terms[k] = log_kernel(k, x, from, to)
        most = math.max(most, terms[k])
      end
      for _, term in ipairs(terms) do sum = sum + math.exp(term - most) end
      return most + math.log(sum)
    end,
  }
end

function tpe.density(d, list, prior_weight)
  return (d.items and choice_density or number_density)(d, list, prior_weight)
end

-- ------------------------------------------------------------------ the proposal

-- The values of the best trials, and those of the others, each in the order of the trials.
function tpe.split(trials, best_share)
  local order, good = {}, {}
  for i = 1, #trials do order[i] = i end
  table.sort(order, function(a, b)
    if trials[a].score ~= trials[b].score then return trials[a].score > trials[b].score end
    return a < b
  end)
  for k = 1, math.min(math.ceil(best_share * #trials), MOST_BEST) do good[order[k]] = true end
  local best, others = {}, {}
  for i, trial in ipairs(trials) do
    local list = good[i] and best or others
    list[#list + 1] = trial.value
  end
  return best, others
end

function tpe.propose(d, trials, settings, random)
  if #trials < settings.startup then return d.draw(random()) end
  local best, others = tpe.split(trials, settings.best_share)
  local l, g = tpe.density(d, best, settings.prior_weight), tpe.density(d, others, settings.prior_weight)
  local proposal, most
  for _ = 1, settings.candidates do
    local value = l.draw(random)
    local gain = l.log_density(value) - g.log_density(value)
    if not most or gain > most then proposal, most = value, gain end
  end
  return proposal
end

return tpe
