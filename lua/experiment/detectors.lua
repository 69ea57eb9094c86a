-- SPDX-License-Identifier: GPL-3.0-or-later
-- Detectors of a script: those in C by their names, those written in Lua, and the configurations that come of them.
local context = require "ninetails.experiment.context"
local text = require "ninetails.cli.text"
local values = require "ninetails.experiment.values"

local detectors = {}

local Node = {__name = "detector"} -- {name =, definition = of a Lua detector or nil, parameters =, where =}
local Lua = {__name = "Lua detector"}

-- The detectors in C, by name.
local known
function detectors.classes()
  if not known then
    known = {}
    for _, class in ipairs(require("ninetails.sweep").detectors()) do known[class.name] = class end
  end
  return known
end

-- nt.kitnet {...}
function detectors.node(where, name, parameters)
  if parameters ~= nil and (type(parameters) ~= "table" or values.is_group(parameters)) then
    context.expected(where, name, parameters, ("a table of parameters: nt.%s {...}"):format(name))
  end
  return setmetatable({name = name, parameters = parameters or {}, where = where}, Node)
end

-- ------------------------------------------------------------------ written in Lua

-- Fields of nt.detector {...}; lua/script/script_detector.h says what each is for.
local functions = {"fit", "learn", "new", "ready", "remark", "score", "score_rows"}
local texts = {"cost", "source", "title"}
local flags = {"blind", "frozen", "seeded", "sizes", "times"}
local fields = {name = "name", parameters = "parameters"}
for kind, list in pairs {["function"] = functions, string = texts, boolean = flags} do
  for _, name in ipairs(list) do fields[name] = kind end
end
local parameter_keys = {default = true, type = true, min = true, max = true, above = true, below = true,
  choices = true, unit = true, help = true}
local types = {"choice", "integer", "number", "text"}

local function infer(where, path, value)
  if type(value) == "number" then return "number" end
  if type(value) == "string" then return "text" end
  context.expected(where, path, value, "a number or a text")
end

-- One parameter as sweep.detectors() would have it, and its default values.
local function parameter(where, path, name, raw)
  if type(name) ~= "string" or not name:find("^[%a_][%w_]*$") then
    context.fail(where, "%s: expected a name of letters, digits and _", path)
  end
  if type(raw) ~= "table" then return {name = name, type = infer(where, path, raw), default = raw} end
  if raw[1] ~= nil then
    return {name = name, type = infer(where, path .. "[1]", raw[1]), default = raw[1]}, raw
  end
  context.check_keys(where, path, raw, parameter_keys, "key of a parameter")
  local p = {name = name, unit = raw.unit, help = raw.help, choices = raw.choices, least = raw.min, most = raw.max}
  if raw.above ~= nil then p.least, p.above = raw.above, true end
  if raw.below ~= nil then p.most, p.below = raw.below, true end
  for key, value in pairs {least = p.least or 0, most = p.most or 0} do
    if type(value) ~= "number" then context.expected(where, path, value, "numbers for its range, got " .. key) end
  end
  if p.choices then context.check_list(where, path .. ".choices", p.choices, "a list of texts") end
  if raw.default == nil then context.fail(where, "%s.default is missing", path) end
  p.type = raw.type or p.choices and "choice" or infer(where, path .. ".default", raw.default)
  for _, name_of in ipairs(types) do
    if p.type == name_of then
      p.default = values.check(where, path .. ".default", p, raw.default)
      return p
    end
  end
  context.fail(where, "%s.type = %s: %s", path, context.show(p.type), context.instead(p.type, types))
end

local function check_name(where, path, name)
  if type(name) ~= "string" or not name:find("^[%a_][%w_]*$") or #name > 60 then
    context.expected(where, path, name, "a name of letters, digits and _")
  end
end

-- Other functions are helpers that the detector calls itself, unless they look like a slip.
local function check_field(where, path, key, value)
  local kind, names = fields[key], context.sorted(fields)
  if not kind then
    if type(value) == "function" and type(key) == "string" and not text.nearest(key, functions) then return end
    context.fail(where, "%s.%s: no such field of a detector: %s", path, tostring(key), context.instead(key, names))
  end
  local what = ({["function"] = "a function", string = "a text", boolean = "true or false"})[kind]
  if what and type(value) ~= kind then context.expected(where, path .. "." .. key, value, what) end
end

local function check_functions(where, path, t)
  if (t.score == nil) == (t.score_rows == nil) then
    context.fail(where, "%s: expected %s of the functions score and score_rows", path,
      t.score and "one, not both," or "one")
  end
  if t.fit and t.learn then context.fail(where, "%s: expected one of the functions fit and learn, not both", path) end
end

-- nt.detector {...}: callable with parameters, and usable as it is.
function detectors.define(where, t)
  if type(t) ~= "table" then context.expected(where, "detector", t, "a table: nt.detector {...}") end
  check_name(where, "detector.name", t.name)
  local path = ("detector '%s'"):format(t.name)
  if detectors.classes()[t.name] then context.fail(where, "%s: there is one in C of that name", path) end
  local made = {}
  for _, key in ipairs(context.sorted(t)) do
    check_field(where, path, key, t[key])
    made[key] = t[key]
  end
  check_functions(where, path, t)
  made.title, made.where, made.parameters, made.swept, made.flags = t.title or t.name, where, {}, {}, {}
  for _, flag in ipairs(flags) do made.flags[flag] = t[flag] end
  made.flags.seeded = t.seeded ~= false
  if t.parameters ~= nil and type(t.parameters) ~= "table" then
    context.expected(where, path .. ".parameters", t.parameters, "a table by name")
  end
  for _, name in ipairs(context.sorted(t.parameters or {})) do
    local p, swept = parameter(where, path .. ".parameters." .. tostring(name), name, t.parameters[name])
    made.parameters[#made.parameters + 1] = p
    made.swept[name] = swept
  end
  return setmetatable(made, Lua)
end

function Lua:__call(parameters)
  local node = detectors.node(context.place(2), self.name, parameters)
  node.definition = self
  return node
end

-- ------------------------------------------------------------------ metrics written in Lua

local Metric = {__name = "metric"}
local metric_keys = {name = true, unit = true, title = true, better = true, run = true}

function detectors.metric(where, t)
  context.check_keys(where, "metric", t, metric_keys, "key of a metric")
  local name = t.name
  if type(name) ~= "string" or not name:find("^[a-z][a-z0-9_]*$") or #name > 60 then
    context.expected(where, "metric.name", name, "a name of lower-case letters, digits and _")
  end
  local path = ("metric '%s'"):format(name)
  if require("ninetails.results").is_measure(name) then
    context.fail(where, "%s: there is one of that name already", path)
  end
  if type(t.run) ~= "function" then context.expected(where, path .. ".run", t.run, "a function") end
  if t.better ~= nil and t.better ~= "higher" and t.better ~= "lower" then
    context.expected(where, path .. ".better", t.better, "'higher' or 'lower'")
  end
  for _, key in ipairs {"unit", "title"} do
    if t[key] ~= nil and type(t[key]) ~= "string" then context.expected(where, path .. "." .. key, t[key], "a text") end
  end
  return setmetatable({name = name, unit = t.unit or "1", title = t.title or name, better = t.better, run = t.run,
    where = where}, Metric)
end

function detectors.is_metric(value) return getmetatable(value) == Metric end

-- ------------------------------------------------------------------ configurations

local function node_of(where, path, item)
  local kind = getmetatable(item)
  if kind == Node then return item end
  if kind == Lua then return item {} end
  if type(item) == "string" then
    if detectors.classes()[item] then return detectors.node(where, item, {}) end
    context.fail(where, "%s = '%s': no such detector: %s", path, item,
      context.instead(item, context.sorted(detectors.classes())))
  end
  context.expected(where, path, item,
    type(item) == "function" and "a detector: call the function, as in nt.kitnet {}" or "a detector, as nt.kitnet {}")
end

-- Of parameters that a search may choose the dimensions, in the order of tables; `given` keeps the others.
local function take_space(where, path, class, given)
  local space = {}
  if #given > 0 then
    context.fail(where, "%s: groups (nt.grid, nt.zip, nt.random) are for sweeps: a search takes values by name", path)
  end
  for _, p in ipairs(class.parameters) do
    if given[p.name] ~= nil then
      local dimension, value = values.dimension(where, context.join(path, p.name), p, given[p.name])
      space[#space + 1], given[p.name] = dimension, value
    end
  end
  return space
end

-- The list of a script -> {{name =, lua =, class = {name =, parameters =, flags =}, configurations = {{name = value}},
-- where =}, ...} and the Lua detectors by name. Every parameter of a configuration is there, with its default. Of a
-- search: space = {dimensions (values.lua)}, and one configuration, in which these parameters have their defaults.
function detectors.resolve(where, list, stream, searching)
  if getmetatable(list) or type(list) == "string" or type(list) == "function" then list = {list} end
  context.check_list(where, "detectors", list, "a list of detectors")
  local found, lua = {}, {}
  for i, item in ipairs(list) do
    local path = ("detectors[%d]"):format(i)
    local node = node_of(where, path, item)
    local definition = node.definition
    local class = definition or detectors.classes()[node.name]
    if definition then
      if lua[node.name] and lua[node.name] ~= definition then
        context.fail(definition.where, "%s: another detector is called '%s' too (%s)", path, node.name,
          lua[node.name].where)
      end
      lua[node.name] = definition
    end
    local given = {}
    for name, swept in pairs(definition and definition.swept or {}) do given[name] = swept end
    for _, group in ipairs(node.parameters) do
      for name in pairs(values.is_group(group) and group.axes or {}) do given[name] = nil end
    end
    for name, value in pairs(node.parameters) do given[name] = value end
    local owner = {of = "parameter of " .. node.name, list = class.parameters}
    local space = searching and take_space(node.where, path, class, given)
    local configurations = values.expand(node.where, path, given, owner, stream)
    for _, configuration in ipairs(configurations) do
      for _, p in ipairs(class.parameters) do
        if configuration[p.name] == nil then configuration[p.name] = p.default end
      end
    end
    found[i] = {name = node.name, lua = definition ~= nil, class = class, configurations = configurations,
      where = node.where, path = path, space = space or nil}
  end
  return found, lua
end

-- Of a configuration what goes to the sweep: of a class in C what differs from its default, else all of it.
function detectors.values(detector, configuration)
  if detector.lua then return configuration end
  local list = {}
  for _, p in ipairs(detector.class.parameters) do
    if configuration[p.name] ~= p.default then list[p.name] = configuration[p.name] end
  end
  return list
end

return detectors
