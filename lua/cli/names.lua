-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a word of Lua may become: names of globals and keywords, fields and methods of what it names so far.
--
--   names.complete("nt.kit", globals)  --> {"nt.kitnet"}
local names = {}

local MOST = 10000 -- fields of one table that are looked at

local keywords = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat return then true
  until while]]):gmatch("%a+") do
  keywords[#keywords + 1] = word
end

local function index(value, key)
  local good, field = pcall(function() return value[key] end)
  if good then return field end
end

-- f(key) of all fields that can be named: its own, or what its __pairs shows, and those of tables behind it.
local function each_field(value, f)
  for _ = 1, 10 do -- tables may stand behind each other in a circle
    local meta = debug.getmetatable(value)
    if type(value) == "table" then
      local looked = 0
      pcall(function()
        for key in pairs(value) do
          looked = looked + 1
          if looked > MOST then break end
          f(key)
        end
      end)
    end
    value = type(meta) == "table" and rawget(meta, "__index")
    if type(value) ~= "table" then return end
  end
end

-- A sorted list. globals: the table that names without a dot are looked up in.
function names.complete(word, globals)
  local before, last, value = "", word, globals
  local found, list = {}, {}
  local path, separator, rest = word:match("^(.*)([.:])([%w_]*)$")
  if path then
    for part in (path .. "."):gmatch("([^.:]*)[.:]") do value = part:find("^[%a_][%w_]*$") and index(value, part) or nil end
    before, last = path .. separator, rest
  end
  local function add(key)
    if type(key) ~= "string" or found[key] or key:sub(1, #last) ~= last or not key:find("^[%a_][%w_]*$") then return end
    if separator == ":" and type(index(value, key)) ~= "function" then return end
    found[key] = true
    list[#list + 1] = before .. key
  end
  if value ~= nil then each_field(value, add) end
  for _, keyword in ipairs(path and {} or keywords) do add(keyword) end
  table.sort(list)
  return list
end

return names
