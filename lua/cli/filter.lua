-- SPDX-License-Identifier: GPL-3.0-or-later
-- --only: which runs to take, by the columns of their table.
--
--     detector=kitnet    dataset=westermo*,qut*    profile!=py100    seed=1,2,3    ad_grace=1e4    auc>=0.9    m=10,none
--
-- After = stands a list of patterns (* and ? as in a shell) of which one must match; after != none may (! before the
-- first pattern says the same). Numbers are compared as numbers. The pattern `none` is for runs that do not have the
-- column; any other does not match these. Several filters must all hold.
local results = require "ninetails.results"
local text = require "ninetails.cli.text"

local filter = {}

filter.syntax = "take runs with COLUMN=PATTERN[,PATTERN...] (* and ? as in a shell; `none`: without a value), "
  .. "COLUMN!=PATTERN[,PATTERN...] (none of these), "
  .. "or COLUMN<, <=, >, >= NUMBER; may be given several times: all must hold"

local function refuse(...) error({status = "argument", message = string.format(...)}, 0) end

local compare = {
  ["<"] = function(a, b) return a < b end,
  ["<="] = function(a, b) return a <= b end,
  [">"] = function(a, b) return a > b end,
  [">="] = function(a, b) return a >= b end,
}

-- A shell's pattern -> Lua's.
local function lua_pattern(pattern)
  return "^" .. pattern:gsub("[^%w*?]", "%%%0"):gsub("%*", ".*"):gsub("%?", ".") .. "$"
end

-- Whether the whole word matches the pattern; letters count.
function filter.matches(pattern, word) return word:find(lua_pattern(pattern)) ~= nil end

local function parse_patterns(f, list)
  f.none = list:sub(1, 1) == "!"
  f.patterns = {}
  for pattern in list:gsub("^!", ""):gmatch("[^,]+") do
    f.patterns[#f.patterns + 1] = {absent = pattern == "none", number = tonumber(pattern), word = lua_pattern(pattern)}
  end
end

local function find_column(word, name, columns)
  local names, today = {}, results.measure_name(name)
  for i, column in ipairs(columns) do
    if column.name == name or column.name == today then return column end
    names[i] = column.name
  end
  local near = text.nearest(name, names)
  refuse("--only '%s': no such column: %s", word,
    near and ("did you mean %s?"):format(near) or "expected " .. table.concat(names, ", "))
end

local function parse(word, columns)
  local name, operator, rest = word:match("^([^=<>!]+)([<>!]?=?)(.+)$")
  if not name or operator == "" or operator == "!" then
    refuse("--only '%s': expected COLUMN=VALUE, COLUMN!=VALUE or COLUMN>=NUMBER", word)
  end
  local column = find_column(word, name, columns)
  local f = {column = column.name}
  if operator == "=" then
    parse_patterns(f, rest)
    return f
  end
  if operator == "!=" then
    parse_patterns(f, "!" .. rest)
    f.unequal = true
    return f
  end
  f.compare, f.number = compare[operator], tonumber(rest)
  if not f.number or column.type == "text" or column.type == "choice" then
    refuse("--only '%s': %s takes a column of numbers and a number", word, operator)
  end
  return f
end

-- words: the filters' texts; columns: {{name =, type = "text", "choice", "integer" or "number"}, ...}.
function filter.parse(words, columns)
  local filters = {}
  for i, word in ipairs(words) do filters[i] = parse(word, columns) end
  return filters
end

local function one(pattern, value)
  if type(value) ~= "number" then return value:find(pattern.word) ~= nil end
  if pattern.number then return value == pattern.number end
  return text.plain_or_odd(value):find(pattern.word) ~= nil
end

-- Of a run without the column: `none` matches, and != takes it unless it names `none`. (=! takes none of these.)
local function holds_absent(f)
  for _, pattern in ipairs(f.patterns) do
    if pattern.absent then return not f.none end
  end
  return f.none and f.unequal or false
end

local function holds(f, value)
  if value == nil then return f.patterns ~= nil and holds_absent(f) end
  if f.compare then return type(value) == "number" and f.compare(value, f.number) end
  for _, pattern in ipairs(f.patterns) do
    if one(pattern, value) then return not f.none end
  end
  return f.none
end

-- Whether all filters take a run; row: {column = value}. Columns that `row` does not have yet (`partial`) do not count
-- against it.
function filter.keeps(filters, row, partial)
  for _, f in ipairs(filters) do
    if not (partial and row[f.column] == nil) and not holds(f, row[f.column]) then return false end
  end
  return true
end

local MOST_LISTED = 8

-- What the filters' columns have, for a message that nothing matches: "m has 10, 20, none".
function filter.there(filters, rows)
  local listed = {}
  for i, f in ipairs(filters) do
    local seen, values = {}, {}
    for _, row in ipairs(rows) do
      local value = row[f.column]
      value = value == nil and "none" or tostring(text.plain_or_word(value))
      if not seen[value] then
        seen[value] = true
        values[#values + 1] = #value > 40 and value:sub(1, 40) .. "..." or value
      end
    end
    local more = #values - MOST_LISTED
    listed[i] = ("%s has %s%s"):format(f.column, table.concat(values, ", ", 1, math.min(#values, MOST_LISTED)),
      more > 0 and (", and %d more"):format(more) or "")
  end
  return table.concat(listed, "; ")
end

return filter
