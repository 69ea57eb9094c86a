-- SPDX-License-Identifier: GPL-3.0-or-later
-- The script that is being read, and errors that name its line:
--
--     experiments/x.lua:12: detectors[2].max_autoencodr: no such parameter of kitnet: did you mean max_autoencoder?
local text = require "ninetails.cli.text"

local context = {}

-- What the functions of `require "ninetails"` look at while a script runs: {source = chunk name, set = {key = text},
-- declared = {options}, used = {key = true}}. Outside of a script (the interactive Lua) nothing is set.
local function outside() return {set = {}, declared = {}, used = {}} end
local current = outside()

function context.current() return current end

-- Calls f(...) with `c` as the current script; errors leave it as it was.
function context.within(c, f, ...)
  local before = current
  current = c
  local results = table.pack(pcall(f, ...))
  current = before
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

-- "experiments/x.lua:12": the innermost line of the script that is being run, from the caller's `level` on.
function context.place(level)
  level = (level or 1) + 1
  local fallback
  while true do
    local info = debug.getinfo(level, "Sl")
    if not info then return fallback or "script" end
    if info.currentline > 0 then
      local place = ("%s:%d"):format(info.source:gsub("^[@=]", "", 1), info.currentline)
      if info.source == current.source then return place end
      if not info.source:find("^@lua/") then fallback = fallback or place end
    end
    level = level + 1
  end
end

function context.show(value)
  if type(value) == "string" then
    local cut = value:sub(1, 60):gsub("[%c\127]", "?")
    return ("'%s'%s"):format(cut, #value > 60 and "..." or "")
  end
  if type(value) == "number" then return text.plain_or_odd(value) end
  if type(value) == "table" or type(value) == "function" then return "a " .. type(value) end
  return tostring(value)
end

-- A mistake in the script at `where`.
function context.fail(where, ...)
  error({status = "script", message = ("%s: %s"):format(where, string.format(...))}, 0)
end

-- "a.b = 'x': expected a number"
function context.expected(where, path, value, what)
  if value == nil then context.fail(where, "%s is missing: expected %s", path, what) end
  context.fail(where, "%s = %s: expected %s", path, context.show(value), what)
end

-- "did you mean X?", or what there is.
function context.instead(word, known)
  local near = type(word) == "string" and text.nearest(word, known)
  if near then return ("did you mean %s?"):format(near) end
  if #known == 0 then return "there are none" end
  return "expected " .. table.concat(known, ", ")
end

function context.sorted(map)
  local names = {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  return names
end

function context.join(path, key)
  if math.type(key) == "integer" then return ("%s[%d]"):format(path, key) end
  return path == "" and tostring(key) or path .. "." .. tostring(key)
end

-- `keys`: a set of names. Others in t are mistakes; entries 1 to #t are let pass where `list` says so.
function context.check_keys(where, path, t, keys, of, list)
  if type(t) ~= "table" then context.expected(where, path, t, "a table") end
  for _, key in ipairs(context.sorted(t)) do
    local item = list and math.type(key) == "integer" and key >= 1 and key <= #t
    if not item and not keys[key] then
      context.fail(where, "%s: no such %s: %s", context.join(path, key), of, context.instead(key, context.sorted(keys)))
    end
  end
end

-- A list without holes and without names, not empty.
function context.check_list(where, path, t, what)
  if type(t) ~= "table" or #t == 0 then context.expected(where, path, t, what) end
  for key in pairs(t) do
    if math.type(key) ~= "integer" or key < 1 or key > #t then
      context.fail(where, "%s: expected %s, without names", context.join(path, key), what)
    end
  end
end

-- ------------------------------------------------------------------ globals

-- Not for scripts, which are run inside of other runs; nor for anything that they load.
function os.exit()
  error("os.exit: a script cannot end the program: return instead (and Ctrl-D ends the interactive Lua)", 2)
end

-- The globals of a script: Lua's own. A name that is not there is a mistake, to read and to write.
function context.globals()
  local globals = {}
  return setmetatable(globals, {
    __index = function(_, name)
      if name == "_G" then return globals end
      local value = _G[name]
      if value ~= nil then return value end
      local near = type(name) == "string" and text.nearest(name, context.sorted(_G))
      error(("global '%s' is not defined%s"):format(tostring(name), near and ": did you mean " .. near .. "?" or ""), 2)
    end,
    __newindex = function(_, name)
      error(("global '%s' is assigned: write `local %s = ...`"):format(tostring(name), tostring(name)), 2)
    end,
  })
end

return context
