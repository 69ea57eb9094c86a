-- SPDX-License-Identifier: GPL-3.0-or-later
-- What `ninetails score -o` wrote as a table of one run, "scoring", so that it is listed, plotted and reported as those of
-- `ninetails run` are: attributes of the file that a table of runs has as columns are such, the others are notes.
local pipeline = require "ninetails.pipeline"
local results = require "ninetails.results"
local sweep = require "ninetails.sweep"

local scoring = {}

local function find_role(name)
  for _, measure in ipairs(sweep.measures()) do
    if measure.name == name then return "metric", measure end
  end
  for _, row in ipairs(pipeline.parameters()) do
    if (row.column or row.name) == name then return "parameter", {unit = row.unit, long_name = row.help} end
  end
  if name:find("^seconds") then return "cost", {unit = "s", long_name = "wall time of " .. name} end
end

local function add_column(t, name, role, about, value)
  local kind = math.type(value)
  local column = {name = name, unit = about.unit or "", long_name = about.long_name or name, role = role,
    better = about.better, type = kind == "integer" and "integer" or kind and "number" or "text"}
  t.columns[#t.columns + 1], t.column[name], t.runs[1][name] = column, column, value
end

local function last_part(path) return path:match("([^/]+)/*$") or path end

local function number(word) return math.tointeger(tonumber(word)) or tonumber(word) end

function scoring.read(path)
  local own = results.scoring(path)
  local t = {path = path, kind = "scores", notes = {}, columns = {}, column = {}, runs = {{row = 1}}, attacks = own.attacks}
  local names = {}
  for name in pairs(own.notes) do names[#names + 1] = name end
  table.sort(names)
  local identity = {{"run", "scoring"}, {"dataset", last_part(own.notes.input or path)}, {"detector", "kitnet"},
    {"profile", own.notes.profile}, {"status", "done"}}
  for _, pair in ipairs(identity) do
    if pair[2] then add_column(t, pair[1], "identity", {}, pair[2]) end
  end
  for _, name in ipairs(names) do
    local role, about = find_role(name)
    local text = own.notes[name]
    if role and not t.column[name] then
      add_column(t, name, role, about, number(text) or text)
    else
      t.notes[name] = text
    end
  end
  for _, row in ipairs(t.attacks) do row.run = "scoring" end
  return t
end

return scoring
