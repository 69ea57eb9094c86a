-- SPDX-License-Identifier: GPL-3.0-or-later
-- The columns that every table of runs has (core/sweep/columns.c), beside parameters and metrics: their names are taken.
local context = require "ninetails.experiment.context"

local columns = {}

local tables = require("ninetails.sweep").tables()

-- Those that --only may name, with their types.
columns.chosen = {{name = "dataset", type = "text"}, {name = "profile", type = "text"}, {name = "detector", type = "text"}}
table.move(tables.run, 1, #tables.run, #columns.chosen + 1, columns.chosen)

columns.taken = {}
for _, name in ipairs(tables.columns) do columns.taken[name] = true end
for _, list in ipairs {tables.run, tables.measures} do
  for _, row in ipairs(list) do columns.taken[row.column] = true end
end

-- Raises where a parameter or a metric of a script would be a second column of a name.
function columns.check(spec)
  local parameters, metrics = {}, {}
  for _, measure in ipairs(require("ninetails.sweep").measures()) do metrics[measure.name] = true end
  for _, detector in ipairs(spec.detectors) do
    for _, p in ipairs(detector.class.parameters) do
      parameters[p.name] = detector.name
      if columns.taken[p.name] or metrics[p.name] then
        context.fail(detector.class.where or detector.where, "detector '%s': parameter '%s': every table of runs has a "
          .. "column of that name already", detector.name, p.name)
      end
    end
  end
  for name, metric in pairs(spec.lua_metrics) do
    local whose = parameters[name] and ("%s has a parameter of that name"):format(parameters[name])
      or columns.taken[name] and "every table of runs has a column of that name already"
    if whose then context.fail(metric.where, "metric '%s': %s", name, whose) end
  end
end

return columns
