-- SPDX-License-Identifier: GPL-3.0-or-later
-- The text of a Lua detector changes with everything that its scores may depend on.
local check = dofile(DIRECTORY .. "/lua/shared/check.lua")
local context = require "ninetails.experiment.context"
local digest = require "ninetails.experiment.digest"
local is = check.is

-- The text of the definition that a script returns.
local function of(body)
  local globals = context.globals()
  return digest.of(assert(load(body, "=script", "t", globals))(), globals)
end
local function same(a, b) if of(a) ~= of(b) then error("another text: " .. b, 2) end end
local function differ(a, b) if of(a) == of(b) then error("the same text: " .. b, 2) end end

local plain = "local k = 1 return {name = 'a', score = function(self, row) return k * row[1] end}"
is(of(plain):find("\0"), nil)
same(plain, plain)
same(plain, plain:gsub("{name", "{title = 'A', where = 'line 3', name") .. "")
differ(plain, plain:gsub("row%[1%]", "row[2]") .. "") -- the code
differ(plain, plain:gsub("k = 1", "k = 1.0") .. "") -- what the code refers to
differ(plain, plain:gsub("k = 1", "k = '1'") .. "")
differ(plain, plain:gsub("name =", "frozen = true, name =") .. "")

local deep = [[
local helper = {weights = {1, 2, {3}}, twice = function(x) return 2 * x end}
helper.self = helper
local function outer(x) return helper.twice(x) + math.floor(helper.weights[3][1]) end
return setmetatable({name = "a", score = function(self, row) return outer(row[1]) end}, {__index = {c = 1}})]]
same(deep, deep .. " -- a remark")
same(deep, deep:gsub("{weights = {1, 2, {3}}, twice = (.-end)}", "{twice = %1, weights = {1, 2, {3}}}") .. "")
differ(deep, deep:gsub("{3}", "{4}") .. "")
differ(deep, deep:gsub("2 %* x", "3 * x") .. "")
differ(deep, deep:gsub("math.floor", "math.ceil") .. "")

-- Strings with zero bytes, and the escapes that they are written as.
differ("return {a = 'x\\0y'}", "return {a = 'x\\\\0y'}")
-- Sharing differs from equality: a change of one shared table changes the other.
differ("local t = {1} return {a = t, b = t}", "return {a = {1}, b = {1}}")

-- A changed standard library changes the text until it is restored.
local floor = math.floor
local before = of(plain)
math.floor = function(x) return x end
local changed = of(plain)
math.floor = floor
if changed == before then error "a changed library was not seen" end
is(of(plain), before)
differ(plain, "rawset(_G, 'k', 2) " .. plain)

-- Values without a text.
for _, value in ipairs {"coroutine.create(print)", "io.stdout", "{[{}] = 1}", "('x'):gmatch('.')"} do
  is(of("local v = " .. value .. " return {score = function() return v end}"), nil)
end
local long = "local list for i = 1, 1e6 do list = {next = list} end return {list = list}"
of(long) -- too deep or not: no error
