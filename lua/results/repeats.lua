-- SPDX-License-Identifier: GPL-3.0-or-later
-- Runs of one configuration that differ in replicate and seed alone, and what tells configurations apart.
local result_table = require "ninetails.results.table"

local repeats = {}

local names = {replicate = true, seed = true}

-- Whether a column differs between repeats and nothing else.
function repeats.names_repeat(column) return names[column.name] or false end

-- The run with the median value; of an even number the lower of the two in the middle. Then the lowest and highest value.
function repeats.median(runs, metric)
  local sorted = table.move(runs, 1, #runs, 1, {})
  table.sort(sorted, function(a, b)
    if a[metric] ~= b[metric] then return a[metric] < b[metric] end
    return a.row < b.row
  end)
  return sorted[(#sorted + 1) // 2], sorted[1][metric], sorted[#sorted][metric]
end

-- The lists of those items whose key(item) is the same, by it, and the keys in order of first appearance.
function repeats.group_by(items, key)
  local groups, order = {}, {}
  for _, item in ipairs(items) do
    local k = key(item)
    if not groups[k] then groups[k], order[#order + 1] = {}, k end
    table.insert(groups[k], item)
  end
  return groups, order
end

-- Parameters (and the profile) that vary within a group of runs, repeats aside: columns in the order of the file.
function repeats.columns(t, groups)
  local is, columns = {}, {}
  for _, group in pairs(groups) do
    for _, column in ipairs(result_table.varying(t, group)) do is[column.name] = not names[column.name] or nil end
  end
  for _, column in ipairs(t.columns) do
    if is[column.name] then columns[#columns + 1] = column end
  end
  return columns
end

return repeats
