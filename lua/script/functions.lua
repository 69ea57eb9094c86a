-- SPDX-License-Identifier: GPL-3.0-or-later
-- What C asks of a script's detectors and metrics (lua/script/script_detector.c, script_metric.c), in the state of a worker.
local M = {}

local function fail(format, ...) error(format:format(...), 0) end

local function names(t)
  local list = {}
  for name in pairs(t or {}) do list[#list + 1] = tostring(name) end
  table.sort(list)
  return #list > 0 and table.concat(list, ", ") or "none"
end

-- The detector (metric) `name` of what experiment.load returned.
function M.find(spec, kind, name)
  local all = type(spec) == "table" and spec["lua_" .. kind .. "s"] or nil
  local found = type(all) == "table" and all[name] or nil
  if type(found) ~= "table" then fail("the script has no %s of this name: it has %s", kind, names(all)) end
  return found
end

local types = {integer = true, number = true, choice = true, text = true}

local function index_of(list, value)
  for i, x in ipairs(list) do
    if x == value then return i end
  end
end

-- One parameter as include/ninetails/parameter.h has it. `given` is a table, or the default alone.
local function parameter(name, given)
  if type(given) ~= "table" then given = {default = given} end
  if type(name) ~= "string" then fail("a parameter has no name") end
  local default = given.default
  local kind = given.type or given.choices and "choice" or type(default) == "string" and "text" or "number"
  if not types[kind] then
    fail("parameter %s: type '%s': expected integer, number, choice or text", name, tostring(kind))
  end
  local p = {name = name, type = kind, unit = given.unit, help = given.help or ""}
  p.above, p.below = given.above, given.below
  if kind == "choice" then
    p.choices = given.choices
    if type(p.choices) ~= "table" or #p.choices == 0 then fail("parameter %s: expected a list of choices", name) end
    p.default = default == nil and 1 or index_of(p.choices, default)
    if not p.default then fail("parameter %s: default '%s' is none of its choices", name, tostring(default)) end
    p.default = p.default - 1
  elseif kind == "text" then
    p.default = default
  else
    if type(default) ~= "number" then
      fail("parameter %s: expected a number as its default, got a %s", name, type(default))
    end
    p.default, p.least, p.most = default, given.least or -math.huge, given.most or math.huge
    if type(p.least) ~= "number" or type(p.most) ~= "number" then
      fail("parameter %s: least and most are numbers", name)
    end
    p.unit = p.unit or "1"
  end
  return p
end

-- {{name = "threshold", default = 3, ...}, ...} or {threshold = 3, ...}, the latter by name -> list.
local function parameters(given)
  local list, keys = {}, {}
  for i, p in ipairs(given) do
    if type(p) ~= "table" then fail("parameter %d: expected a table, got a %s", i, type(p)) end
    list[i] = parameter(p.name, p)
  end
  for key in pairs(given) do
    if type(key) == "string" then keys[#keys + 1] = key end
  end
  table.sort(keys)
  for _, key in ipairs(keys) do list[#list + 1] = parameter(key, given[key]) end
  return list
end

-- What a detector is, checked: what nt_detector_class wants to know.
function M.describe(detector, name)
  for _, key in ipairs {"new", "fit", "learn", "ready", "score", "score_rows", "remark"} do
    local f = detector[key]
    if f ~= nil and type(f) ~= "function" then fail("%s: expected a function, got a %s", key, type(f)) end
  end
  if (detector.score == nil) == (detector.score_rows == nil) then
    fail("expected one function of score and score_rows, got %s", detector.score and "both" or "none")
  end
  if detector.fit and detector.learn then fail("expected at most one function of fit and learn, got both") end
  local function text(key, preset)
    local value = detector[key]
    if value ~= nil and type(value) ~= "string" then fail("%s: expected a text, got a %s", key, type(value)) end
    return value or preset
  end
  return {
    title = text("title", name), source = text("source", "the experiment's script"),
    cost = text("cost", "that of its Lua functions"),
    frozen = detector.frozen == true, seeded = detector.seeded ~= false, times = detector.times == true,
    sizes = detector.sizes == true, blind = detector.blind == true, parameters = parameters(detector.parameters or {}),
  }
end

-- self:helper() finds the detector's fields, unless its metatable says where else to look: a class of its own.
local function with_fields(self, detector)
  local meta = debug.getmetatable(self) or {}
  if meta.__index == nil then meta.__index = detector end
  return debug.setmetatable(self, meta)
end

-- The instance: what new() returns, or a table with the setting; missing fields are those of the detector.
function M.instance(detector, setting, values)
  if not detector.new then
    return with_fields({values = values, width = setting.width, columns = setting.columns}, detector)
  end
  local self = detector.new(setting, values)
  if self == nil then fail("new returned nothing: expected what the other functions get as self") end
  return type(self) == "table" and with_fields(self, detector) or self
end

return M
