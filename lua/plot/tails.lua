-- SPDX-License-Identifier: GPL-3.0-or-later
-- The log-normal distribution of scores: fitted, its density, and the logarithm of its upper tail.
local comparison = require "ninetails.comparison"
local statistics = require "ninetails.results.statistics"

local tails = {}

-- Scores that are a positive number, of class `class` (nil: of all), from the first to the `last`-th.
-- -> {mean =, deviation =, count =} of their logarithms; nil: fewer than two distinct ones.
function tails.fit(scores, labels, class, last)
  local logarithms = {}
  for i = 1, math.min(#scores, last or #scores) do
    local x = scores[i]
    if x > 0 and x < math.huge and (not labels or labels:byte(i) == class) then
      logarithms[#logarithms + 1] = math.log(x)
    end
  end
  local mean, deviation, count = statistics.of(logarithms)
  if not deviation or deviation == 0 then return nil end
  return {mean = mean, deviation = deviation, count = count}
end

-- log10 of the probability of a score of at least x under the fit.
function tails.log10_p(fit, x)
  if x ~= x then return x end
  if x <= 0 then return 0.0 end
  if x == math.huge then return -math.huge end
  return comparison.log10_tail((math.log(x) - fit.mean) / fit.deviation)
end

-- The density of log10(x).
function tails.density(fit, log10_x)
  local z = (log10_x * math.log(10) - fit.mean) / fit.deviation
  return math.exp(-z * z / 2) / (fit.deviation * math.sqrt(2 * math.pi)) * math.log(10)
end

return tails
