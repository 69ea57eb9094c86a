-- SPDX-License-Identifier: GPL-3.0-or-later
-- Successive halving (Jamieson and Talwalkar, Non-stochastic Best Arm Identification and Hyperparameter Optimization,
-- AISTATS 2016): many configurations with few of a resource, of which the best 1/eta go on with eta times as much, until
-- the last ones have all of it.
local halving = {}

-- {{trials =, share = of the resource}, ...}, the last with all of it.
function halving.rungs(trials, eta, rungs)
  local list = {}
  for k = 1, rungs do
    list[k] = {trials = math.max(1, math.floor(trials / eta ^ (k - 1))), share = 1 / eta ^ (rungs - k)}
  end
  return list
end

-- The best n of {{score =, number =}, ...}, in the order of their numbers; among equals the earlier ones. A score is the
-- higher the better; -inf, of a failed trial, is the worst.
function halving.promote(trials, n)
  local order = table.move(trials, 1, #trials, 1, {})
  table.sort(order, function(a, b)
    if a.score ~= b.score then return a.score > b.score end
    return a.number < b.number
  end)
  local list = table.move(order, 1, math.min(n, #order), 1, {})
  table.sort(list, function(a, b) return a.number < b.number end)
  return list
end

return halving
