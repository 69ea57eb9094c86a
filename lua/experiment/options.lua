-- SPDX-License-Identifier: GPL-3.0-or-later
-- Options that a script declares, and what --set gives them:
--
--     local opt = nt.options {packets = {default = 50000, min = 1, help = "packets of the synthetic set"}}
--     opt.packets
--
-- A key of --set is an option of the script, else one of the experiment's fields of `options.fields`.
local context = require "ninetails.experiment.context"
local text = require "ninetails.cli.text"
local values = require "ninetails.experiment.values"

local options = {}

-- Fields of nt.experiment that --set may replace, and how their text is read.
options.fields = {datasets = "text list", profile = "text list", repeats = "integer", seed = "integer",
  seeds = "integer list"}

local declaration = {default = true, help = true, min = true, max = true, choices = true}

-- ------------------------------------------------------------------ text -> value

local flags = {["true"] = true, yes = true, on = true, ["false"] = false, no = false, off = false}

local function wrong(key, word, what)
  error({status = "argument", message = ("--set %s=%s: expected %s"):format(key, word, what)}, 0)
end

local readers = {
  integer = function(key, word)
    local n = text.to_number(word)
    if math.type(n) ~= "integer" then wrong(key, word, "a whole number") end
    return n
  end,
  number = function(key, word) return text.to_number(word) or wrong(key, word, "a number") end,
  boolean = function(key, word)
    if flags[word] == nil then wrong(key, word, "true or false") end
    return flags[word]
  end,
  text = function(_, word) return word end,
  choice = function(_, word) return word end,
}

function options.read(kind, key, word)
  local of = kind:match("^(%a+) list$")
  if not of then return readers[kind](key, word) end
  local list = {}
  for item in (word .. ","):gmatch("%s*(.-)%s*,") do
    if item == "" then wrong(key, word, "a list with commas") end
    list[#list + 1] = readers[of](key, item)
  end
  return list
end

-- ------------------------------------------------------------------ declarations

local function kind_of(where, path, default)
  if type(default) == "number" then return math.type(default) == "integer" and "integer" or "number" end
  if type(default) == "boolean" then return "boolean" end
  if type(default) == "string" then return "text" end
  if type(default) == "table" and #default > 0 then
    local kind = "integer"
    for i, item in ipairs(default) do
      local one = kind_of(where, ("%s[%d]"):format(path, i), item)
      if one == "number" and kind == "integer" then kind = "number"
      elseif one ~= "integer" or kind == "text" then kind = one end
    end
    return kind .. " list"
  end
  context.expected(where, path, default, "a number, a text, true or false, or a list of them")
end

local function as_parameter(o)
  return {type = o.kind:match("^%a+"), least = o.min, most = o.max, choices = o.choices}
end

-- Raises unless the value keeps what the option declares.
local function check(where, path, o, value)
  local p = as_parameter(o)
  local function one(at, item)
    if p.type == "boolean" then return item end
    return values.check(where, at, p, item)
  end
  if type(value) ~= "table" then return one(path, value) end
  local list = {}
  for i, item in ipairs(value) do list[i] = one(("%s[%d]"):format(path, i), item) end
  return list
end

local function declare(where, name, raw)
  local path = "options." .. tostring(name)
  if type(name) ~= "string" or not name:find("^[%a_][%w_]*$") then
    context.fail(where, "%s: expected a name of letters, digits and _", path)
  end
  if type(raw) ~= "table" or raw.default == nil and raw[1] ~= nil then raw = {default = raw} end
  context.check_keys(where, path, raw, declaration, "key of an option")
  if raw.default == nil then context.fail(where, "%s.default is missing", path) end
  local o = {name = name, default = raw.default, help = raw.help or "", min = raw.min, max = raw.max,
    choices = raw.choices}
  if type(o.help) ~= "string" then context.expected(where, path .. ".help", o.help, "a text") end
  for _, key in ipairs {"min", "max"} do
    if o[key] ~= nil and type(o[key]) ~= "number" then
      context.expected(where, path .. "." .. key, o[key], "a number")
    end
  end
  if o.choices ~= nil then context.check_list(where, path .. ".choices", o.choices, "a list of texts") end
  o.kind = o.choices and "choice" or kind_of(where, path .. ".default", o.default)
  o.default = check(where, path .. ".default", o, o.default)
  return o
end

-- nt.options {...} -> a table of their values, which knows no other names.
function options.declare(where, t)
  if type(t) ~= "table" then context.expected(where, "options", t, "a table by name") end
  local script, found = context.current(), {}
  for _, name in ipairs(context.sorted(t)) do
    local o = declare(where, name, t[name])
    for _, other in ipairs(script.declared) do
      if other.name == name then context.fail(where, "options.%s is declared twice", name) end
    end
    o.value = o.default
    local word = script.set[name]
    if word then
      script.used[name] = true
      local good, problem = pcall(check, "--set", name, o, options.read(o.kind, name, word))
      if not good then error({status = "argument", message = problem.message:gsub("^%-%-set: ", "--set ", 1)}, 0) end
      o.value = problem
    end
    script.declared[#script.declared + 1] = o
    found[name] = o.value
  end
  return setmetatable({}, {
    __index = function(_, key)
      if found[key] == nil then
        error(("option '%s' is not declared: %s"):format(tostring(key),
          context.instead(key, context.sorted(found))), 2)
      end
      return found[key]
    end,
    __newindex = function(_, key)
      error(("option '%s' is assigned: options are read only"):format(tostring(key)), 2)
    end,
    __pairs = function() return next, found end,
  })
end

-- ------------------------------------------------------------------ what is left of --set

-- The experiment's fields that --set replaces, {name = value}; a key that is neither is an error.
function options.overrides(script)
  local found, known = {}, {}
  for name in pairs(options.fields) do known[#known + 1] = name end
  for _, o in ipairs(script.declared) do known[#known + 1] = o.name end
  table.sort(known)
  for _, key in ipairs(context.sorted(script.set)) do
    if not script.used[key] then
      local kind = options.fields[key]
      if not kind then
        error({status = "argument", message = ("--set %s: no such option of the script: %s"):format(key,
          context.instead(key, known))}, 0)
      end
      found[key] = options.read(kind, key, script.set[key])
    end
  end
  return found
end

-- {"a=1", "b=2"} -> {a = "1", b = "2"}
function options.parse(words)
  local set = {}
  for _, word in ipairs(words) do
    local key, value = word:match("^([%a_][%w_]*)=(.*)$")
    if not key then error({status = "argument", message = ("--set '%s': expected KEY=VALUE"):format(word)}, 0) end
    if value:find("\n") then error({status = "argument", message = ("--set %s: has a line break"):format(key)}, 0) end
    if set[key] then error({status = "argument", message = ("--set %s is given twice"):format(key)}, 0) end
    set[key] = value
  end
  return set
end

-- The same as a text, one a line, and back: what result files keep and worker threads are given.
function options.text(set)
  local lines = {}
  for _, key in ipairs(context.sorted(set)) do lines[#lines + 1] = key .. "=" .. set[key] .. "\n" end
  return table.concat(lines)
end

function options.from_text(lines)
  local words = {}
  for line in lines:gmatch("[^\n]+") do words[#words + 1] = line end
  return options.parse(words)
end

return options
