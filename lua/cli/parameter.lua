-- SPDX-License-Identifier: GPL-3.0-or-later
-- Parameters of the core (include/ninetails/parameter.h) as options of the command line: their names, ranges, presets and
-- texts are the core's.
local pipeline = require "ninetails.pipeline"

local parameter = {}

local types = {boolean = "flag", text = "path"}
local WHOLE = 2^53 -- where every whole number ends, which need not be said

local rows = {}
for _, row in ipairs(pipeline.parameters()) do rows[row.name] = row end

-- The row of pipeline.run's field `name` as an option; `more` is added to it.
function parameter.option(name, more)
  local row = rows[name]
  local option = {name = name:gsub("_", "-"), field = name, type = types[row.type] or row.type, help = row.help,
    choices = row.choices, default = row.default, unit = row.unit ~= "1" and row.unit or nil}
  if option.type == "flag" or option.type == "path" then option.default = nil end
  if row.least then option[row.above and "above" or "min"] = math.tointeger(row.least) or row.least end
  if row.most and row.most < WHOLE then option[row.below and "below" or "max"] = math.tointeger(row.most) or row.most end
  for key, value in pairs(more or {}) do option[key] = value end
  return option
end

-- The same of several names.
function parameter.options(names)
  local list = {}
  for i, name in ipairs(names) do list[i] = parameter.option(name) end
  return list
end

return parameter
