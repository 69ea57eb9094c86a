-- SPDX-License-Identifier: GPL-3.0-or-later
-- The columns that every table of runs has (core/sweep/cells.c), beside parameters and metrics: their names are taken.
local context = require "ninetails.experiment.context"

local columns = {}

-- Those that --only may name, with their types.
columns.chosen = {{name = "dataset", type = "text"}, {name = "profile", type = "text"},
  {name = "detector", type = "text"}, {name = "replicate", type = "integer"}, {name = "seed", type = "integer"},
  {name = "fm_grace", type = "integer"}, {name = "ad_grace", type = "integer"}}

columns.taken = {}
for _, column in ipairs(columns.chosen) do columns.taken[column.name] = true end
for name in ([[run status reason smoothing fold_auc fpr_reference tail_probability level max_fpr bootstrap_replicates
  bootstrap_seed block_seconds gap_seconds curve_points packets first absence seconds_extract seconds_map
  seconds_learn seconds_score seconds_measure shared_by memory_detector memory_peak remark]]):gmatch("%S+") do
  columns.taken[name] = true
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
