-- SPDX-License-Identifier: GPL-3.0-or-later
-- Small curves of one line for a terminal: eight heights of Unicode's blocks, or letters where the locale has none.
local text = require "ninetails.cli.text"

local sparklines = {}

local WIDTH = 48

-- Whether the locale's character set is UTF-8, as POSIX says where to look.
local function is_utf8()
  for _, name in ipairs {"LC_ALL", "LC_CTYPE", "LANG"} do
    local value = os.getenv(name)
    if value and value ~= "" then return value:lower():find("utf%-?8") ~= nil end
  end
  return false
end

local blocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}
local letters = {"_", ".", ":", "-", "=", "+", "*", "#"}

-- values: numbers, nil at places without one, of which there are n; low, high: the ends of their scale.
local function line(values, n, low, high)
  local heights, words = is_utf8() and blocks or letters, {}
  for i = 1, n do
    local x = values[i]
    local level = x and (high > low and math.floor((x - low) / (high - low) * 8) + 1 or 4)
    words[i] = x and heights[math.max(1, math.min(8, level))] or " "
  end
  return table.concat(words)
end

local function ends(values, n)
  local low, high = math.huge, -math.huge
  for i = 1, n do
    if values[i] then low, high = math.min(low, values[i]), math.max(high, values[i]) end
  end
  if low <= high then return low, high end
end

local function drawable(x) return x and x > 0 and x < math.huge end

-- The highest score of each stretch of packets on a logarithmic scale, below it where attacks are.
local function scores_rows(arrays)
  local scores, n = arrays.scores, #arrays.scores
  local count, high, attack, any = math.min(n, WIDTH), {}, {}, false
  for stretch = 1, count do
    for i = (stretch - 1) * n // count + 1, stretch * n // count do
      if drawable(scores[i]) then high[stretch] = math.max(high[stretch] or -math.huge, math.log(scores[i], 10)) end
      if arrays.labels and arrays.labels:byte(i) == 1 then attack[stretch], any = true, true end
    end
  end
  local low, top = ends(high, count)
  if not low then return {} end
  local rows = {{"highest", line(high, count, low, top), ("%s to %s, over the packets"):format(text.number(10 ^ low), text.number(10 ^ top))}}
  if any then
    local marks = {}
    for i = 1, count do marks[i] = attack[i] and "^" or " " end
    rows[2] = {"attacks", table.concat(marks), "stretches with attack packets"}
  end
  return rows
end

-- How often scores occur, a line a class, on a common logarithmic scale.
local function histogram_rows(arrays)
  local scores, low, high = arrays.scores, math.huge, -math.huge
  for i = 1, #scores do
    if drawable(scores[i]) then low, high = math.min(low, scores[i]), math.max(high, scores[i]) end
  end
  if not (low < high) then return {} end
  local names, counts, most = {[0] = arrays.labels and "benign" or "scores", "attack"}, {[0] = {}, {}}, {[0] = 0, 0}
  local from, width = math.log(low, 10), (math.log(high, 10) - math.log(low, 10)) / WIDTH
  for i = 1, #scores do
    local class = arrays.labels and arrays.labels:byte(i) or 0
    if drawable(scores[i]) and counts[class] then
      local bin = math.min(WIDTH, math.floor((math.log(scores[i], 10) - from) / width) + 1)
      counts[class][bin] = (counts[class][bin] or 0) + 1
      most[class] = math.max(most[class], counts[class][bin])
    end
  end
  local rows = {}
  for class = 0, 1 do
    if most[class] > 0 then
      rows[#rows + 1] = {names[class], line(counts[class], WIDTH, 0, most[class]),
        ("how often, scores from %s to %s"):format(text.number(low), text.number(high))}
    end
  end
  return rows
end

-- The true positive rate at false positive rates from that of one packet, or 1e-6, to 1.
local function roc_rows(arrays)
  local roc = arrays.roc
  if not roc then return {} end
  local least = 1
  for _, x in ipairs(roc.fpr) do
    if x > 0 then least = math.min(least, x) end
  end
  least = math.max(least, 1e-6)
  local values, at, reached = {}, 1, 0.0
  for i = 1, WIDTH do
    local fpr = least ^ (1 - (i - 1) / (WIDTH - 1))
    while at <= #roc.fpr and roc.fpr[at] <= fpr * (1 + 1e-9) do
      reached = math.max(reached, roc.tpr[at])
      at = at + 1
    end
    values[i] = reached
  end
  return {{"TPR", line(values, WIDTH, 0, 1), ("0 to 1, at FPR from %s to 1"):format(text.number(least))}}
end

-- arrays: of results.run -> rows {name, curve, what its ends are}.
function sparklines.of_run(arrays)
  local rows = {}
  for _, list in ipairs {arrays.scores and scores_rows(arrays) or {}, arrays.scores and histogram_rows(arrays) or {}, roc_rows(arrays)} do
    table.move(list, 1, #list, #rows + 1, rows)
  end
  return rows
end

-- A column's values in the order of the runs, at most as many as fit; nil: fewer than two.
function sparklines.of_column(runs, column)
  local values, count = {}, math.min(#runs, WIDTH)
  for i = 1, count do
    for k = (i - 1) * #runs // count + 1, i * #runs // count do
      local x = runs[k][column.name]
      if x and x == x and math.abs(x) < math.huge then
        local better = values[i] == nil or (x > values[i]) == (column.better ~= "lower")
        if better then values[i] = x end
      end
    end
  end
  local low, high = ends(values, count)
  if not low or count < 2 then return nil end
  return line(values, count, low, high), low, high
end

return sparklines
