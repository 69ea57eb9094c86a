-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a detector or a metric written in Lua is made of, as a text: its functions' code with everything that they reach
-- (upvalues, tables, their functions in turn), so that the same text means the same scores. The name of a cached result
-- hangs on it: it changes when a helper in a file of its own changes, and not when another metric is added. Files that
-- the functions themselves read, or load, while they run are not seen.
require "ninetails.experiment.context" -- which changes os.exit, once and for all

local digest = {}

local libraries = {"coroutine", "debug", "io", "math", "os", "package", "string", "table", "utf8"}

-- Names of what is not the script's: Lua's libraries as they were before any script, and our own modules.
local known, original = {}, {}
for _, name in ipairs(libraries) do
  original[name] = {}
  known[_G[name]] = name
  for key, value in pairs(_G[name]) do
    original[name][key] = value
    if type(value) == "function" then known[value] = name .. "." .. key end
  end
end
for key, value in pairs(_G) do
  if type(value) == "function" then known[value] = key end
end
known[_G] = "_G"

local function add_modules()
  for name, module in pairs(package.loaded) do
    if type(name) == "string" and name:find("^ninetails") and type(module) == "table" then
      known[module] = name
      for key, value in next, module do
        if type(value) == "function" and type(key) == "string" then known[value] = name .. "." .. key end
      end
    end
  end
end

-- Raised where a text cannot represent a value: a coroutine, a file, a key that is a table.
local unknown = {}

local function sorted_keys(t)
  local keys = {}
  for key in next, t do
    if type(key) ~= "string" and type(key) ~= "number" and type(key) ~= "boolean" then error(unknown, 0) end
    keys[#keys + 1] = key
  end
  table.sort(keys, function(a, b)
    if type(a) ~= type(b) then return type(a) < type(b) end
    if type(a) == "boolean" then return not a and b end
    return a < b
  end)
  return keys
end

local put

local function put_function(w, f)
  if not pcall(string.dump, f, true) then error(unknown, 0) end -- in C, and not of a library
  w[#w + 1] = "function " .. string.dump(f, true)
  for i = 1, math.huge do
    local name, value = debug.getupvalue(f, i)
    if not name then break end
    put(w, value)
  end
end

local function put_table(w, t)
  w[#w + 1] = "{"
  for _, key in ipairs(sorted_keys(t)) do
    put(w, key)
    put(w, rawget(t, key))
  end
  put(w, debug.getmetatable(t))
  w[#w + 1] = "}"
end

function put(w, value)
  local kind = type(value)
  if kind == "string" or kind == "number" or kind == "boolean" or kind == "nil" then
    w[#w + 1] = kind .. (" %q"):format(value)
  elseif known[value] or w.seen[value] then
    w[#w + 1] = "= " .. (known[value] or w.seen[value])
  elseif kind == "function" or kind == "table" then
    w.count = w.count + 1
    w.seen[value] = w.count
    if kind == "function" then put_function(w, value) else put_table(w, value) end
  else
    error(unknown, 0)
  end
end

-- What a script has changed in Lua's libraries.
local function put_changes(w)
  for _, name in ipairs(libraries) do
    for _, key in ipairs(sorted_keys(_G[name])) do
      local value = rawget(_G[name], key)
      if value ~= original[name][key] then
        w[#w + 1] = name
        put(w, key)
        put(w, value)
      end
    end
  end
end

local not_code = {where = true, title = true, source = true, cost = true, swept = true}

-- The words of the text; nil: it has none. globals: the script's.
local function words_of(definition, globals)
  local list = {}
  for key, value in next, definition do
    if not not_code[key] then list[key] = value end
  end
  add_modules()
  local w = {seen = {[globals] = "globals"}, count = 0}
  local good, problem = pcall(function()
    for _, key in ipairs(sorted_keys(globals)) do
      put(w, key)
      put(w, rawget(globals, key))
    end
    put_changes(w)
    put(w, list)
  end)
  if not good and (problem == unknown or tostring(problem):find("stack overflow")) then return nil end
  if not good then error(problem, 0) end
  return w
end

-- The text of a detector or a metric (as nt.detector and nt.metric return it) without zero bytes; nil: it has none.
function digest.of(definition, globals)
  local w = words_of(definition, globals)
  return w and (table.concat(w, "\n"):gsub("[\\\0]", {["\\"] = "\\\\", ["\0"] = "\\0"}))
end

-- Constants of a function that may draw random numbers, look at the seed, or bring code that cannot be seen from here.
local drawing = {}
for i, word in ipairs {"random", "randomseed", "seed", "load", "loadfile", "dofile", "require", "debug"} do
  drawing[i] = "\4" .. string.char(0x80 | #word + 1) .. word -- as string.dump writes a short text
end

-- Whether the seed may matter to a detector. What is overlooked here is an error when it draws (script_state.c).
function digest.draws(definition, globals)
  local w = words_of(definition, globals)
  if not w then return true end
  for _, word in ipairs(w) do
    if word == "= math.random" or word == "= math.randomseed" then return true end
    for _, constant in ipairs(word:find("^function ") and drawing or {}) do
      if word:find(constant, 1, true) then return true end
    end
  end
  return false
end

return digest
