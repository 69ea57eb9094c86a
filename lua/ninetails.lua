-- SPDX-License-Identifier: GPL-3.0-or-later
-- What `local nt = require "ninetails"` gives a script: functions that say what an experiment is made of. Described in
-- docs/experiments.md; every detector of `nt.detectors()` is a function of this table too.
local context = require "ninetails.experiment.context"
local datasets = require "ninetails.experiment.datasets"
local detectors = require "ninetails.experiment.detectors"
local interactive = require "ninetails.experiment.interactive"
local options = require "ninetails.experiment.options"
local specification = require "ninetails.experiment.specification"
local values = require "ninetails.experiment.values"

-- name -> function(where, ...), where: the script's line.
local constructors = {
  experiment = specification.new, options = options.declare,
  detector = detectors.define, metric = detectors.metric,
  dataset = datasets.dataset, synthetic = datasets.synthetic, available = datasets.available,
  range = values.range, uniform = values.uniform, log_uniform = values.log_uniform, choice = values.choice,
  grid = values.grid, zip = values.zip, random = values.random,
  load = interactive.load, plan = interactive.plan, run = interactive.run,
}

local made, asked = {}, {}

-- `return nt.experiment {...}` is a tail call: the line that made it is gone by then. It is the one that asked for
-- nt.experiment.
local function bind(name, constructor)
  return function(...)
    local where = debug.getinfo(1, "t").istailcall and asked[name] or context.place(2)
    return (constructor(where, ...)) -- no tail call: the traceback keeps its line
  end
end

local function names()
  local list = {"detectors"}
  for name in pairs(constructors) do list[#list + 1] = name end
  for name in pairs(detectors.classes()) do list[#list + 1] = name end
  table.sort(list)
  return list
end

-- The detectors in C, in the order of tables: {name =, title =, source =, cost =, flags =, parameters =}.
made.detectors = function() return require("ninetails.sweep").detectors() end

return setmetatable({}, {
  __index = function(_, name)
    local class = type(name) == "string" and not constructors[name] and not made[name] and detectors.classes()[name]
    if not made[name] then
      if constructors[name] then made[name] = bind(name, constructors[name])
      elseif class then
        made[name] = bind(name, function(where, parameters) return detectors.node(where, name, parameters) end)
      else
        error(("nt.%s: no such function or detector: %s"):format(tostring(name), context.instead(name, names())), 2)
      end
    end
    asked[name] = context.place(2)
    return made[name]
  end,
  __newindex = function(_, name) error(("nt.%s is assigned: the table is read only"):format(tostring(name)), 2) end,
  __pairs = function(self)
    local all = {}
    for _, name in ipairs(names()) do all[name] = self[name] end
    return next, all
  end,
})
