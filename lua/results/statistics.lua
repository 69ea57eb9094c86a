-- SPDX-License-Identifier: GPL-3.0-or-later
-- Mean and standard deviation of what repeats, or configurations, came to.
local statistics = {}

-- Mean and standard deviation (of a sample; nil of one value) of what are numbers among `list`, and how many they are.
function statistics.of(list)
  local n, mean, squares = 0, 0, 0
  for _, x in ipairs(list) do
    if x == x and math.abs(x) < math.huge then
      n = n + 1
      local d = x - mean
      mean = mean + d / n
      squares = squares + d * (x - mean)
    end
  end
  if n == 0 then return nil, nil, 0 end
  return mean, n > 1 and math.sqrt(squares / (n - 1)) or nil, n
end

return statistics
