-- SPDX-License-Identifier: GPL-3.0-or-later
-- The log-normal distribution of scores: fitted, its density, and the logarithm of its upper tail.
local tails = {}

-- Scores that are a positive number, of class `class` (nil: of all), from the first to the `last`-th.
-- -> {mean =, deviation =, count =} of their logarithms; nil: fewer than two distinct ones.
function tails.fit(scores, labels, class, last)
  local n, mean, squares = 0, 0, 0
  for i = 1, math.min(#scores, last or #scores) do
    local x = scores[i]
    if x > 0 and x < math.huge and (not labels or labels:byte(i) == class) then
      n = n + 1
      local d = math.log(x) - mean
      mean = mean + d / n
      squares = squares + d * (math.log(x) - mean)
    end
  end
  if n < 2 or squares <= 0 then return nil end
  return {mean = mean, deviation = math.sqrt(squares / (n - 1)), count = n}
end

-- log10 of the probability that a standard normal variable is more than z. By the series of its density's integral near the
-- middle, by Laplace's continued fraction above: 12 digits or more.
local function log10_upper(z)
  local log_density = -z * z / 2 - 0.5 * math.log(2 * math.pi)
  if z < 2 then
    if z < -12 then return 0.0 end
    local term, sum, k = z, z, 1
    while math.abs(term) > 1e-17 * math.abs(sum) do
      k = k + 2
      term = term * z * z / k
      sum = sum + term
    end
    return math.log(0.5 - math.exp(log_density) * sum) / math.log(10)
  end
  local fraction = z
  for k = 200, 1, -1 do fraction = z + k / fraction end
  return (log_density - math.log(fraction)) / math.log(10)
end
tails.log10_upper = log10_upper

-- log10 of the probability of a score of at least x under the fit.
function tails.log10_p(fit, x)
  if x ~= x then return x end
  if x <= 0 then return 0.0 end
  if x == math.huge then return -math.huge end
  return log10_upper((math.log(x) - fit.mean) / fit.deviation)
end

-- The density of log10(x).
function tails.density(fit, log10_x)
  local z = (log10_x * math.log(10) - fit.mean) / fit.deviation
  return math.exp(-z * z / 2) / (fit.deviation * math.sqrt(2 * math.pi)) * math.log(10)
end

return tails
