-- SPDX-License-Identifier: GPL-3.0-or-later
-- Arrays that Lua owns; script_mistakes_test.c tests views of C's memory and their end.
local check = dofile(DIRECTORY .. "/lua/shared/check.lua")
local array = require "ninetails.array"
local is, raises = check.is, check.raises

local function get(a, i) return a[i] end
local function set(a, i, x) a[i] = x end

-- Vectors.
local a = array.from {3, 1, 2.5}
is(#a, 3)
is(a[1], 3)
is(math.type(a[1]), "float")
is(a[3.0], 2.5)
is(a[4], nil)
is(a:sum(), 6.5)
is(a:mean(), 6.5 / 3)
is(a:min(), 1)
is(a:max(), 3)
is(tostring(a), "array {3.0, 1.0, 2.5}")
is(tostring(array.new(10)), "array {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, ... 10 in all}")
is(tostring(array.new(0)), "array {}")
a[2] = 7
is(a[2], 7)
is(a.width, nil)
is(table.concat(a, " "), "3.0 7.0 2.5")
is(select("#", table.unpack(a)), 3)
table.sort(a)
is(a[1], 2.5)
local copy = a:copy()
is(type(copy), "table")
copy[1] = 0
is(a[1], 2.5)
for _, loop in ipairs {ipairs, pairs} do
  local seen = {}
  for i, x in loop(a) do seen[i] = x end
  is(table.concat(seen, " "), "2.5 3.0 7.0")
end

-- Matrices: rows and columns are views.
local m = array.from {{1, 2, 3}, {4, 5, 6}}
is(#m, 2)
is(m.width, 3)
is(m[2][3], 6)
is(m:at(2, 3), 6)
is(m:sum(), 21)
is(m:mean(), 3.5)
is(m:min(), 1)
is(m:max(), 6)
is(m:column(2):mean(), 3.5)
is(tostring(m), "array of 2 x 3")
is(tostring(m:column(3)), "array {3.0, 6.0}")
is(m[3], nil)
m[1][2] = 20
is(m:at(1, 2), 20)
m:column(2)[2] = 50
is(m[2][2], 50)
is(m:copy()[2][2], 50)
is(#array.from(m), 2)
is(array.from(m:column(1))[2], 4)
local total = 0
for _, row in ipairs(m) do
  for _, x in ipairs(row) do total = total + x end
end
is(total, m:sum())
local kept = array.from(m)
m[1][1] = -1
is(kept[1][1], 1)
is(array.new(2, 3)[2][3], 0)

-- NaN and infinity.
local nan = array.from {1, 0 / 0, 2}
is(nan:min() ~= nan:min(), true)
is(nan:max() ~= nan:max(), true)
is(array.from {1, -math.huge, math.huge}:min(), -math.huge)

-- Errors say what was expected.
raises("index 0 is out of range: expected 1 to 3", get, a, 0)
raises("index 5 is out of range: expected 1 to 3", get, a, 5)
raises("index %-1 is out of range", get, a, -1)
raises("out of range", get, a, math.maxinteger)
raises("out of range", get, a, math.mininteger)
raises("index 1.5: expected a whole number from 1 to 3", get, a, 1.5)
raises("index inf: expected a whole number", get, a, 1 / 0)
raises("index %-?nan: expected a whole number", get, a, 0 / 0)
raises("index nil: expected a whole number", get, a, nil)
raises("index true: expected", get, a, true)
raises("index table: .*: expected", get, a, {})
raises("no field '1': expected an index", get, a, "1")
raises("no field 'summ'", get, a, "summ")
raises("index 4 is out of range", set, a, 4, 1)
raises("index x: expected", set, a, "x", 1)
raises("element 1: expected a number, got string", set, a, 1, "1")
raises("element 1: expected a number, got nil", set, a, 1, nil)
raises("a row cannot be replaced", set, m, 1, {1, 2, 3})
raises("index 3 is out of range: expected 1 to 2", function() return m:at(3, 1) end)
raises("index 4 is out of range: expected 1 to 3", function() return m:at(1, 4) end)
raises("index nil", function() return m:at(1) end)
raises("expected a matrix", function() return a:at(1, 1) end)
raises("index 4 is out of range", function() return m:column(4) end)
raises("expected a matrix", function() return a:column(1) end)
raises("mean of an empty array", function() return array.new(0):mean() end)
raises("min of an empty array", function() return array.new(0):min() end)
raises("too large", array.new, math.maxinteger)
raises("too large", array.new, 1 << 38)
raises("too large", array.new, 1 << 40, 1 << 40)
raises("at least 0", array.new, -1)
raises("at least 1", array.new, 1, 0)
raises("number expected", array.new)
raises("table expected", array.from, 1)
raises("element 2: expected a number, got string", array.from, {1, "x"})
raises("element 2: expected a number, got table", array.from, {1, {2}})
raises("row 2: expected a list of 2 numbers", array.from, {{1, 2}, {3}})
raises("row 2: expected a list of 2 numbers", array.from, {{1, 2}, 3})
raises("row 1: expected at least one number", array.from, {{}})

-- Methods and metamethods called on other values; userdata with an array's metatable.
local meta = debug.getmetatable(a)
is(getmetatable(a), "ninetails.array")
raises("table expected", setmetatable, a, {})
for _, f in ipairs {a.sum, a.copy, a.at, a.column, meta.__index, meta.__newindex, meta.__len, meta.__tostring,
                    meta.__pairs} do
  for _, x in ipairs {1, "x", {}, print, io.stdout, coroutine.create(print)} do raises("array expected", f, x, 1, 1) end
  raises("array expected", f)
end
local stranger = assert(io.tmpfile())
local files = debug.getmetatable(stranger)
debug.setmetatable(stranger, meta)
raises("array expected", function() return stranger[1] end)
raises("array expected", function() return #stranger end)
debug.setmetatable(stranger, files)
stranger:close()

-- Rows and columns keep their matrix alive; so do iterators and coroutines.
local rows = {}
for i = 1, 200 do
  local big = array.new(50, 20)
  big[50][20] = i
  rows[i] = i % 2 == 0 and big[50] or big:column(20)
  if i % 3 == 0 then
    rows[i] = coroutine.wrap(function()
      for _, x in ipairs(big:column(20)) do coroutine.yield(x) end
    end)
  end
  collectgarbage "step"
end
collectgarbage()
collectgarbage()
for i, row in ipairs(rows) do
  if type(row) == "function" then
    for _ = 1, 49 do row() end
    is(row(), i)
  else
    is(row[#row], i)
  end
end

-- Random operations, compared with plain tables.
math.randomseed(20260)
local odd = {0, -1, 1.5, "x", false, math.maxinteger, math.mininteger, 1 / 0, 0 / 0, {}, print}
local function fuzz(height, width)
  local data, model = array.new(height, width), {}
  for i = 1, height do
    model[i] = {}
    for j = 1, width do model[i][j] = 0 end
  end
  local row, at, column = data[1], 1, data:column(width)
  for _ = 1, 3000 do
    local i, j, x = math.random(height), math.random(width), math.random() * 100 // 1
    local act = math.random(8)
    if act == 1 then data[i][j], model[i][j] = x, x
    elseif act == 2 then is(data:at(i, j), model[i][j])
    elseif act == 3 then row, at = data[i], i
    elseif act == 4 then row[j], model[at][j] = x, x
    elseif act == 5 then is(column[i], model[i][width])
    elseif act == 6 then raises("", get, math.random(2) == 1 and row or data, odd[math.random(#odd)])
    elseif act == 7 then raises("", set, math.random(2) == 1 and row or column, odd[math.random(#odd)], x)
    else
      local sum = 0
      for _, y in ipairs(model[i]) do sum = sum + y end
      is(data[i]:sum(), sum)
    end
  end
end
for _ = 1, 20 do fuzz(math.random(30), math.random(30)) end
