-- SPDX-License-Identifier: GPL-3.0-or-later
-- The order of rows in a table for people, best first on each data set, and what a long table shows of them.
local order = {}

-- Rows above which a table is cut, and what is left of each data set then: as many of the best and of the last.
order.MOST, order.BEST, order.LAST = 30, 10, 3

-- Of columns {name =, role =, better =}: the metric to sort by: auc, or where no row has one the first of which it is known
-- what is better. has(name): whether some row has a value.
function order.main_metric(columns, has)
  local first
  for _, column in ipairs(columns) do
    if column.role == "metric" and column.better and has(column.name) then
      if column.name == "auc" then return column end
      first = first or column
    end
  end
  return first
end

-- Sorts rows by data set, in the order in which they come, and then by value, the best first; rows without one are last,
-- equal ones stay. dataset_of(row), value_of(row); better: "higher", "lower".
function order.best_first(rows, dataset_of, value_of, better)
  local place, first, count = {}, {}, 0
  for i, row in ipairs(rows) do
    place[row] = i
    local dataset = dataset_of(row) or ""
    if not first[dataset] then
      count = count + 1
      first[dataset] = count
    end
  end
  table.sort(rows, function(a, b)
    local x, y = first[dataset_of(a) or ""], first[dataset_of(b) or ""]
    if x ~= y then return x < y end
    local v, w = value_of(a), value_of(b)
    if v == w then return place[a] < place[b] end
    if v == nil or w == nil then return w == nil end
    if better == "lower" then return v < w end
    return v > w
  end)
end

-- Rows of a long table, as lists {first, last} of those that are shown, with how many are not between: `rows` in order ->
-- {{first =, last =, hidden = after it}, ...}, and how many are hidden in all.
function order.shorten(rows, dataset_of)
  if #rows <= order.MOST then return {{first = 1, last = #rows, hidden = 0}}, 0 end
  local parts, hidden, from = {}, 0, 1
  for i = 1, #rows do
    if i == #rows or dataset_of(rows[i + 1]) ~= dataset_of(rows[i]) then
      local more = i - from + 1 - order.BEST - order.LAST
      if more > 1 then
        parts[#parts + 1] = {first = from, last = from + order.BEST - 1, hidden = more}
        parts[#parts + 1] = {first = i - order.LAST + 1, last = i, hidden = 0}
        hidden = hidden + more
      else
        parts[#parts + 1] = {first = from, last = i, hidden = 0}
      end
      from = i + 1
    end
  end
  return parts, hidden
end

-- The rows of a text.table, shortened: cells_of(row) -> its cells. -> those to append, and how many rows are hidden.
function order.cells(rows, dataset_of, cells_of, all)
  local parts, hidden = {{first = 1, last = #rows, hidden = 0}}, 0
  if not all then parts, hidden = order.shorten(rows, dataset_of) end
  local shown = {}
  for _, part in ipairs(parts) do
    for i = part.first, part.last do shown[#shown + 1] = cells_of(rows[i]) end
    if part.hidden > 0 then shown[#shown + 1] = {line = ("... %d more"):format(part.hidden)} end
  end
  return shown, hidden
end

return order
