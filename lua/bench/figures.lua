-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a record of the history says, in units: ns and instructions an item, items/s, bytes an item, the share of what the
-- machine can do at most; and exponents of series.
local problems = require "ninetails.bench.problems"

local figures = {}

function figures.median(list)
  local sorted = table.move(list, 1, #list, 1, {})
  table.sort(sorted)
  local n = #sorted
  if n == 0 then return 0 / 0 end
  return n % 2 == 1 and sorted[n // 2 + 1] or (sorted[n // 2] + sorted[n // 2 + 1]) / 2
end

-- Of each round: seconds by the record's clock, and that over the calibration's.
function figures.seconds(record)
  local list = {}
  for i, round in ipairs(record.rounds) do list[i] = round[record.clock == "wall" and 3 or 1] end
  return list
end
function figures.ratios(record)
  local list = {}
  for i, round in ipairs(record.rounds) do list[i] = round[record.clock == "wall" and 3 or 1] / round[2] end
  return list
end

-- What a night is in a history: the least time of all rounds over the calibration's. On a machine that others use this varies
-- less than medians of the rounds' ratios do, since a neighbour slows the two down by different shares.
local function least_ratio(record)
  local least = math.huge
  for _, round in ipairs(record.rounds) do least = math.min(least, round[2]) end
  return math.min(table.unpack(figures.seconds(record))) / least
end

-- {seconds = median, ns =, rate =, spread = half the interquartile range over the median (nil of one round), ratio = of the least times,
-- instructions =, bytes =}
function figures.of(record)
  local seconds = figures.seconds(record)
  local middle = figures.median(seconds)
  table.sort(seconds)
  local quarter = #seconds // 4
  local items = record.items
  return {seconds = middle, ns = 1e9 * middle / items, rate = items / middle, ratio = least_ratio(record),
    spread = #seconds > 1 and (seconds[#seconds - quarter] - seconds[1 + quarter]) / 2 / middle or nil,
    instructions = record.instructions and record.instructions / items,
    bytes = (record.moved + record.file) / items}
end

-- ------------------------------------------------------------------ limits

-- Of records of one machine: {fma = flops/s, triad = bytes/s, read = bytes/s}, the best of those that there are. What is
-- asked for is the most that the machine does, so the least disturbed round.
function figures.limits(records)
  local limits = {}
  local of = {fma = "flops", triad = "moved", read = "file"}
  for _, record in ipairs(records) do
    local what = of[record.text:match("^[%w_]+")]
    if what and not record.peer then
      local name = record.text:match("^[%w_]+")
      local least = math.min(table.unpack(figures.seconds(record)))
      limits[name] = math.max(limits[name] or 0, record[what] / least)
    end
  end
  return limits
end

-- The share of its time that a record would take at the machine's limits, and which limit that is; nil where none is known.
function figures.fraction(record, limits)
  local best, which = 0, nil
  local middle = figures.median(figures.seconds(record))
  for _, pair in ipairs {{"fma", record.flops}, {"triad", record.moved}, {"read", record.file}} do
    local limit = limits[pair[1]]
    if limit and pair[2] > 0 and pair[2] / limit / middle > best then best, which = pair[2] / limit / middle, pair[1] end
  end
  return which and best, which
end

-- ------------------------------------------------------------------ exponents

-- Least squares of ln y on ln x: exponent, its standard error (nil of two points).
function figures.exponent(points)
  local n, sx, sy = #points, 0, 0
  if n < 2 then return nil end
  for _, p in ipairs(points) do sx, sy = sx + math.log(p[1]), sy + math.log(p[2]) end
  local mx, my, xx, xy, yy = sx / n, sy / n, 0, 0, 0
  for _, p in ipairs(points) do
    local dx, dy = math.log(p[1]) - mx, math.log(p[2]) - my
    xx, xy, yy = xx + dx * dx, xy + dx * dy, yy + dy * dy
  end
  if xx == 0 then return nil end
  local slope = xy / xx
  return slope, n > 2 and math.sqrt(math.max(0, yy - slope * xy) / (n - 2) / xx) or nil
end

-- Series among records: {{name =, x =, points = {{x, ns an item}, ...}, exponent =, error =, item =}, ...}
function figures.series(records)
  local known, order, of = problems.series(), {}, {}
  for _, record in ipairs(records) do
    for _, where in ipairs(not record.peer and known[record.problem] or {}) do
      if where.value > 0 then
        local s = of[where.series]
        if not s then
          s = {name = where.series, x = where.x, points = {}, item = record.item}
          order[#order + 1], of[where.series] = s, s
        end
        s.points[#s.points + 1] = {where.value, figures.of(record).ns}
      end
    end
  end
  local list = {}
  for _, s in ipairs(order) do
    table.sort(s.points, function(a, b) return a[1] < b[1] end)
    s.exponent, s.error = figures.exponent(s.points)
    if s.exponent then list[#list + 1] = s end
  end
  return list
end

return figures
