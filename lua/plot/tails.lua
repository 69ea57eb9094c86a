-- SPDX-License-Identifier: GPL-3.0-or-later
-- The log-normal distribution of scores: fitted, its density, and the logarithm of its upper tail.
local comparison = require "ninetails.comparison"

local tails = {}

-- To benign scores (metrics/benign_fit.h). -> which they are, {mean =, deviation =, count =} of the logarithms of those that
-- are positive; nil: fewer than two distinct ones.
function tails.fit(scores, labels)
  local of, mean, deviation, count = comparison.benign_fit(scores, labels)
  return of, mean and {mean = mean, deviation = deviation, count = count} or nil
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
