-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a parameter may be given, and what comes of it: lists of assignments {name = value}.
--
--     5, {5, 10, 20}, nt.range(5, 20, 5)          one axis of the sweep
--     nt.uniform(0, 1, 5), nt.log_uniform(0.01, 1, 5)     5 values, evenly spread, both ends included
--     nt.grid {a = ..., b = ...}                  each with each (as axes of one table are anyway)
--     nt.zip {a = {1, 2}, b = {3, 4}}             together: (1, 3), (2, 4)
--     nt.random(20, {a = nt.uniform(0, 1), b = {1, 2, 3}})   20 draws
local text = require "ninetails.cli.text"
local context = require "ninetails.experiment.context"

local values = {}

local Group = {__name = "group"}               -- {kind =, axes = {name = raw}, n =, where =}
local Distribution = {__name = "distribution"} -- {kind =, low =, high =} or {kind = "choice", items =}
local Spread = {__name = "spread"}             -- a list whose values may be rounded for whole numbers

function values.is_group(value) return getmetatable(value) == Group end

local random, randomseed = math.random, math.randomseed -- whatever scripts do to `math`

local MOST = 1000000 -- values of a list, draws, assignments

-- ------------------------------------------------------------------ constructors: the first argument is their line

local function number(where, name, what, value)
  if type(value) ~= "number" or value ~= value or math.abs(value) == math.huge then
    context.fail(where, "%s: %s = %s: expected a number", name, what, context.show(value))
  end
  return math.tointeger(value) or value
end

local function count(where, name, value)
  local n = type(value) == "number" and math.tointeger(value)
  if not n or n < 1 or n > MOST then
    context.fail(where, "%s: %s values: expected a whole number from 1 to %d", name, context.show(value), MOST)
  end
  return n
end

function values.range(where, from, to, step)
  from, to = number(where, "range", "from", from), number(where, "range", "to", to)
  step = step == nil and 1 or number(where, "range", "step", step)
  if step == 0 then context.fail(where, "range: step = 0: expected a number that is not 0") end
  local steps = math.floor((to - from) / step + 1e-9)
  if steps < 0 then
    context.fail(where, "range: %s to %s by %s is empty", context.show(from), context.show(to), context.show(step))
  end
  local list = {}
  for i = 0, count(where, "range", steps + 1) - 1 do list[i + 1] = from + i * step end
  return list
end

-- The value at that share of the way, to 6 digits: tables are read by people.
local function along(kind, low, high, share)
  local x = low + share * (high - low)
  if kind == "log_uniform" then x = math.exp(math.log(low) + share * (math.log(high) - math.log(low))) end
  return math.max(low, math.min(high, tonumber(("%.6g"):format(x))))
end

local function distribution(kind)
  return function(where, low, high, n)
    low, high = number(where, kind, "low", low), number(where, kind, "high", high)
    if low >= high then
      context.fail(where, "%s: %s to %s: expected the lower end first", kind, context.show(low), context.show(high))
    end
    if kind == "log_uniform" and low <= 0 then
      context.fail(where, "%s: low = %s: expected more than 0", kind, context.show(low))
    end
    if n == nil then return setmetatable({kind = kind, low = low, high = high}, Distribution) end
    n = count(where, kind, n)
    if n == 1 then context.fail(where, "%s: 1 value: expected at least 2, for both ends", kind) end
    local list = setmetatable({low}, Spread)
    for i = 2, n - 1 do list[i] = along(kind, low, high, (i - 1) / (n - 1)) end
    list[n] = high
    return list
  end
end
values.uniform = distribution("uniform")
values.log_uniform = distribution("log_uniform")

function values.choice(where, ...)
  local items = select("#", ...) == 1 and type(...) == "table" and ... or {...}
  context.check_list(where, "choice", items, "values to choose from")
  return setmetatable({kind = "choice", items = items}, Distribution)
end

local function group(where, kind, axes, n)
  if type(axes) ~= "table" or next(axes) == nil then
    context.fail(where, "%s: expected a table of parameters by name, got %s", kind,
      type(axes) == "table" and "an empty one" or context.show(axes))
  end
  for key in pairs(axes) do
    if type(key) ~= "string" then
      context.fail(where, "%s: %s: expected parameters by name", kind, context.join("", key))
    end
  end
  return setmetatable({kind = kind, axes = axes, n = n, where = where}, Group)
end

function values.grid(where, axes) return group(where, "grid", axes) end
function values.zip(where, axes) return group(where, "zip", axes) end
function values.random(where, n, axes) return group(where, "random", axes, count(where, "random", n)) end

-- ------------------------------------------------------------------ one value

local kinds = {integer = "a whole number", number = "a number", text = "a text"}

local function range_text(p)
  local range = text.range(p, true)
  return range ~= "" and ", " .. range or ""
end

local function in_range(p, x)
  if p.least and (x < p.least or p.above and x == p.least) then return false end
  return not (p.most and (x > p.most or p.below and x == p.most))
end

-- The value as the parameter `p` (a row of sweep.detectors()) has it.
function values.check(where, path, p, value)
  if p.type == "choice" then
    for _, choice in ipairs(p.choices) do
      if choice == value then return value end
    end
    context.fail(where, "%s = %s: %s", path, context.show(value), context.instead(value, p.choices))
  end
  if p.type == "text" then
    if type(value) ~= "string" or value:find("%z") then context.expected(where, path, value, "a text") end
    return value
  end
  local good = type(value) == "number" and value == value and math.abs(value) < math.huge
  local exact = good and p.type == "integer" and math.tointeger(value)
  if p.type == "integer" then good = exact and math.abs(exact) <= 1 << 53 end
  if not good or not in_range(p, value) then context.expected(where, path, value, kinds[p.type] .. range_text(p)) end
  return exact or value
end

-- ------------------------------------------------------------------ axes

-- Every plain value in `raw`, lists in lists included, checked.
local function axis(where, path, p, raw, into, rounded)
  local kind = getmetatable(raw)
  if kind == Distribution then
    context.fail(where, "%s: nt.%s without a number of values belongs into nt.random(n, {...})", path, raw.kind)
  elseif kind == Group then
    context.fail(where, "%s: nt.%s names its parameters itself: put it into the table without a name", path, raw.kind)
  elseif type(raw) == "table" then
    context.check_list(where, path, raw, "a value or a list of values")
    for i, item in ipairs(raw) do
      axis(where, ("%s[%d]"):format(path, i), p, item, into, rounded or kind == Spread)
    end
  else
    if rounded and p.type == "integer" and type(raw) == "number" then raw = math.floor(raw + 0.5) end
    local value = values.check(where, path, p, raw)
    if rounded and into[#into] == value then return into end -- two that round to the same are one
    into[#into + 1] = value
  end
  return into
end

-- FNV-1a: a number from a text, the same on every machine.
local function hash(word)
  local h = -3750763034362895579
  for i = 1, #word do h = (h ~ word:byte(i)) * 1099511628211 end
  return h
end
values.hash = hash

local function draw(where, path, p, raw, share)
  local kind = getmetatable(raw) == Distribution and raw.kind
  if kind == "uniform" and p.type == "integer" then
    return values.check(where, path, p, math.ceil(raw.low) + math.floor(share * (raw.high - math.ceil(raw.low) + 1)))
  elseif kind == "uniform" or kind == "log_uniform" then
    local x = along(kind, raw.low, raw.high, share)
    return values.check(where, path, p, p.type == "integer" and math.floor(x + 0.5) or x)
  end
  local items = axis(where, path, p, kind == "choice" and raw.items or raw, {})
  return items[math.floor(share * #items) + 1]
end

-- What a search may choose of what a parameter is given: {p =, kind = "uniform", "log_uniform" or "choice", low =, high =
-- (both can be had), items =, draw = function(share of [0, 1)) -> value, fit = function(number) -> the nearest value}. Of
-- one value alone it is nil, and the value.
function values.dimension(where, path, p, raw)
  local kind = getmetatable(raw) == Distribution and raw.kind
  local d = {p = p, kind = kind or "choice", draw = function(share) return draw(where, path, p, raw, share) end}
  if not kind or kind == "choice" then
    d.items = axis(where, path, p, kind and raw.items or raw, {})
    if #d.items == 1 then return nil, d.items[1] end
    return d
  end
  if p.type ~= "number" and p.type ~= "integer" then
    context.fail(where, "%s: nt.%s: expected nt.choice(...) or a list: it is no number", path, kind)
  end
  d.low, d.high = raw.low, raw.high
  if p.type == "integer" then d.low, d.high = math.ceil(raw.low), math.floor(raw.high) end
  if d.low >= d.high then
    context.fail(where, "%s: %s to %s: expected at least two whole numbers", path, context.show(raw.low),
      context.show(raw.high))
  end
  values.check(where, path, p, d.low)
  values.check(where, path, p, d.high)
  function d.fit(x)
    x = p.type == "integer" and math.floor(x + 0.5) or tonumber(("%.6g"):format(x))
    return values.check(where, path, p, math.max(d.low, math.min(d.high, x)))
  end
  return d
end

-- The random numbers of [0, 1) that belong to a text; the next call of it begins others.
function values.shares(seed, word)
  randomseed(seed, hash(word))
  return random
end

-- n draws of one parameter: a stream of its own, so that another parameter, or more draws, leave it as it is.
local function draws(where, path, p, raw, n, stream)
  local random = values.shares(stream.seed, ("%s/%s"):format(stream.name, path))
  local shares, list = {}, {}
  for i = 1, n do shares[i] = random() end
  for i = 1, n do list[i] = draw(where, path, p, raw, shares[i]) end
  return list
end

-- Each of `left` with each of `right`.
local function product(where, left, right)
  if #left * #right > MOST then context.fail(where, "more than %d configurations", MOST) end
  local list = {}
  for _, a in ipairs(left) do
    for _, b in ipairs(right) do
      local both = {}
      for k, v in pairs(a) do both[k] = v end
      for k, v in pairs(b) do both[k] = v end
      list[#list + 1] = both
    end
  end
  return list
end

local function assignments(name, list)
  local made = {}
  for i, value in ipairs(list) do made[i] = {[name] = value} end
  return made
end

local function zipped(g, path, columns, names)
  local first = names[1]
  for _, name in ipairs(names) do
    if #columns[name] ~= #columns[first] then
      context.fail(g.where, "%s: zip of unequal lengths: %s has %d, %s has %d", path, first, #columns[first], name,
        #columns[name])
    end
  end
  local list = {}
  for i = 1, #columns[first] do
    list[i] = {}
    for _, name in ipairs(names) do list[i][name] = columns[name][i] end
  end
  return list
end

-- owner: {of = "parameter of kitnet", list = {rows of parameters}}. Returns the names of `t` in the owner's order.
local function ordered(owner, t)
  local names = {}
  for _, p in ipairs(owner.list) do
    if t[p.name] ~= nil then names[#names + 1] = p.name end
  end
  return names
end

local function by_name(owner)
  local map = {}
  for _, p in ipairs(owner.list) do map[p.name] = p end
  return map
end

local function expand_group(g, path, owner, stream)
  local known = by_name(owner)
  context.check_keys(g.where, path, g.axes, known, owner.of)
  local names, columns = ordered(owner, g.axes), {}
  for _, name in ipairs(names) do
    local at = context.join(path, name)
    columns[name] = g.kind == "random" and draws(g.where, at, known[name], g.axes[name], g.n, stream)
      or axis(g.where, at, known[name], g.axes[name], {})
  end
  if g.kind ~= "grid" then return zipped(g, path, columns, names) end
  local list = {{}}
  for _, name in ipairs(names) do list = product(g.where, list, assignments(name, columns[name])) end
  return list
end

-- The table `t` of a script (parameters by name, groups without) -> a list of assignments: each axis with each.
-- stream: {seed =, name =} of the experiment, for nt.random.
function values.expand(where, path, t, owner, stream)
  local known = by_name(owner)
  context.check_keys(where, path, t, known, owner.of, true)
  local list, taken = {{}}, {}
  for _, name in ipairs(ordered(owner, t)) do
    list = product(where, list, assignments(name, axis(where, context.join(path, name), known[name], t[name], {})))
    taken[name] = true
  end
  for i, g in ipairs(t) do
    local at = context.join(path, i)
    if not values.is_group(g) then
      context.expected(where, at, g, "parameters by name, or nt.grid, nt.zip, nt.random")
    end
    for name in pairs(g.axes) do
      if taken[name] then context.fail(g.where, "%s.%s: %s is given twice", at, name, name) end
      taken[name] = true
    end
    list = product(where, list, expand_group(g, at, owner, stream))
  end
  return list
end

return values
