-- SPDX-License-Identifier: GPL-3.0-or-later
-- --only of `ninetails results`: which runs of a table to take.
--
--     detector=kitnet    dataset=westermo*,qut*    profile=!py100    seed=1,2,3    auc>=0.9    status=failed
--
-- After = stands a list of patterns (* and ? as in a shell) of which one must match; ! before the first: none may.
-- Numbers are compared as numbers. A run that does not have the column does not match. Several filters must all hold.
local text = require "ninetails.text"

local filter = {}

local function refuse(...) error({status = "argument", message = string.format(...)}, 0) end

local compare = {
  ["<"] = function(a, b) return a < b end,
  ["<="] = function(a, b) return a <= b end,
  [">"] = function(a, b) return a > b end,
  [">="] = function(a, b) return a >= b end,
}

-- A shell's pattern -> Lua's.
local function lua_pattern(pattern)
  return "^" .. pattern:gsub("[%^%$%(%)%%%.%[%]%+%-]", "%%%0"):gsub("%*", ".*"):gsub("%?", ".") .. "$"
end

local function parse_patterns(f, list)
  f.none = list:sub(1, 1) == "!"
  f.patterns = {}
  for pattern in list:gsub("^!", ""):gmatch("[^,]+") do
    f.patterns[#f.patterns + 1] = {number = tonumber(pattern), word = lua_pattern(pattern)}
  end
end

local function parse(word, t)
  local column, operator, rest = word:match("^([^=<>]+)([<>]?=?)(.+)$")
  if not column or operator == "" then
    refuse("--only '%s': expected COLUMN=VALUE or COLUMN>=NUMBER", word)
  end
  if not t.column[column] then
    local names = {}
    for i, c in ipairs(t.columns) do names[i] = c.name end
    local near = text.nearest(column, names)
    refuse("--only '%s': %s has no column %s: %s", word, t.path, column,
      near and ("did you mean %s?"):format(near) or "see its columns with ninetails results show")
  end
  local f = {column = column}
  if operator == "=" then
    parse_patterns(f, rest)
    return f
  end
  f.compare, f.number = compare[operator], tonumber(rest)
  if not f.number or t.column[column].type == "text" then
    refuse("--only '%s': %s takes a column of numbers and a number", word, operator)
  end
  return f
end

-- words: the filters' texts; t: the table whose columns they name.
function filter.parse(words, t)
  local filters = {}
  for i, word in ipairs(words) do filters[i] = parse(word, t) end
  return filters
end

local function matches(pattern, value)
  if type(value) == "number" and pattern.number then return value == pattern.number end
  return (type(value) == "number" and text.plain(value) or value):find(pattern.word) ~= nil
end

local function holds(f, value)
  if value == nil then return false end
  if f.compare then return f.compare(value, f.number) end
  for _, pattern in ipairs(f.patterns) do
    if matches(pattern, value) then return not f.none end
  end
  return f.none
end

function filter.keeps(filters, run)
  for _, f in ipairs(filters) do
    if not holds(f, run[f.column]) then return false end
  end
  return true
end

return filter
