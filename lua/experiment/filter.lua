-- SPDX-License-Identifier: GPL-3.0-or-later
-- --only: which runs of an experiment to take, by the columns of its table.
--
--     detector=kitnet    dataset=westermo*,qut*    max_autoencoder=10    ad_grace=1e4    profile=!py100
--
-- A value is a list of patterns (* and ? as in a shell), of which one must match; ! before the first: none may. Numbers
-- are compared as numbers. A run that does not have the column does not match. Several filters must all hold.
local context = require "ninetails.experiment.context"
local datasets = require "ninetails.experiment.datasets"
local text = require "ninetails.text"

local filter = {}

local columns = {"dataset", "profile", "detector", "replicate", "seed", "fm_grace", "ad_grace"}

local function refuse(...) error({status = "argument", message = string.format(...)}, 0) end

local function parse(word, known)
  local column, patterns = word:match("^([^=]+)=(.+)$")
  if not column then refuse("--only '%s': expected COLUMN=VALUE", word) end
  local found = false
  for _, name in ipairs(known) do found = found or name == column end
  if not found then refuse("--only '%s': no such column: %s", word, context.instead(column, known)) end
  local f = {word = word, column = column, none = patterns:sub(1, 1) == "!", patterns = {}}
  for pattern in patterns:gsub("^!", ""):gmatch("[^,]+") do f.patterns[#f.patterns + 1] = pattern end
  return f
end

-- The filters of `words` for the detectors of an experiment.
function filter.parse(words, detectors)
  local known, seen = table.move(columns, 1, #columns, 1, {}), {}
  for _, detector in ipairs(detectors) do
    for _, p in ipairs(detector.class.parameters) do
      if not seen[p.name] then known[#known + 1] = p.name end
      seen[p.name] = true
    end
  end
  local filters = {}
  for i, word in ipairs(words) do filters[i] = parse(word, known) end
  return filters
end

local function one(pattern, value)
  local number = type(value) == "number" and tonumber(pattern)
  if number then return number == value end
  return datasets.matches(pattern, type(value) == "number" and text.plain_or_odd(value) or value)
end

local function holds(f, value)
  if value == nil then return false end
  for _, pattern in ipairs(f.patterns) do
    if one(pattern, value) then return not f.none end
  end
  return f.none
end

-- Whether a run may be one of those that are wanted; row: {column = value}. Columns that `row` does not tell yet
-- (`partial`) do not count against it.
function filter.keeps(filters, row, partial)
  for _, f in ipairs(filters) do
    if not (partial and row[f.column] == nil) and not holds(f, row[f.column]) then return false end
  end
  return true
end

return filter
