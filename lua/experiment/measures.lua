-- SPDX-License-Identifier: GPL-3.0-or-later
-- `metrics` of an experiment: the protocol's switches, the measures' settings, and metrics written in Lua.
local context = require "ninetails.experiment.context"
local detectors = require "ninetails.experiment.detectors"
local values = require "ninetails.experiment.values"

local measures = {}

local function boolean(where, path, value)
  if type(value) ~= "boolean" then context.expected(where, path, value, "true or false") end
  return value
end

-- -> the plan's `measures`, its `extra`, and the Lua metrics by name.
function measures.resolve(where, raw)
  local tables = require("ninetails.sweep").tables()
  local settings, chosen, extra, lua = tables.measures, {}, {}, {}
  for _, setting in ipairs(settings) do chosen[setting.name] = setting.default end
  if raw == nil then return chosen, extra, lua end
  if detectors.is_metric(raw) then raw = {raw} end
  local known = {paper_protocol = true}
  for _, setting in ipairs(settings) do known[setting.name] = true end
  context.check_keys(where, "metrics", raw, known, "setting of metrics", true)
  if raw.paper_protocol ~= nil and boolean(where, "metrics.paper_protocol", raw.paper_protocol) then
    for key, value in pairs(tables.paper) do chosen[key] = value end
  end
  for _, setting in ipairs(settings) do
    local value, path = raw[setting.name], "metrics." .. setting.name
    if value ~= nil then
      chosen[setting.name] = setting.type == "boolean" and boolean(where, path, value)
        or setting.type ~= "boolean" and values.check(where, path, setting, value)
    end
  end
  for i, metric in ipairs(raw) do
    local path = ("metrics[%d]"):format(i)
    if not detectors.is_metric(metric) then context.expected(where, path, metric, "nt.metric {...}") end
    if lua[metric.name] then context.fail(metric.where, "%s: metric '%s' is there twice", path, metric.name) end
    lua[metric.name] = metric
    extra[i] = {name = metric.name, unit = metric.unit, long_name = metric.title, better = metric.better}
  end
  return chosen, extra, lua
end

return measures
