-- SPDX-License-Identifier: GPL-3.0-or-later
-- Values of parameters, and the configurations that they expand to.
local check = dofile(DIRECTORY .. "/lua/shared/check.lua")
local values = require "ninetails.experiment.values"
local is, fails = check.is, check.fails

local owner = {of = "parameter of net", list = {
  {name = "size", type = "integer", least = 1, most = 1000},
  {name = "rate", type = "number", least = 0, above = true, most = math.huge},
  {name = "share", type = "number", least = 0, most = 1, below = true},
  {name = "kind", type = "choice", choices = {"element", "mean"}},
  {name = "path", type = "text"},
}}
local stream = {seed = 7, name = "test"}
local function expand(t, other) return values.expand("x.lua:3", "detectors[1]", t, owner, other or stream) end
local function shown(list)
  local rows = {}
  for i, a in ipairs(list) do
    local words = {}
    for _, p in ipairs(owner.list) do words[#words + 1] = a[p.name] and tostring(a[p.name]) end
    rows[i] = table.concat(words, " ")
  end
  return table.concat(rows, "|")
end
local function list(t) return table.concat(t, " ") end

-- ------------------------------------------------------------------ ranges

is(list(values.range("x", 1, 5)), "1 2 3 4 5")
is(list(values.range("x", 1e4, 5e4, 1e4)), "10000 20000 30000 40000 50000")
is(math.type(values.range("x", 1e4, 5e4, 1e4)[2]), "integer")
is(#values.range("x", 0, 1, 0.1), 11) -- the end is included, although 10 * 0.1 is not 1
is(list(values.range("x", 5, 1, -2)), "5 3 1")
is(list(values.range("x", 3, 3)), "3")
fails("x: range: 5 to 1 by 1 is empty", values.range, "x", 5, 1)
fails("step = 0", values.range, "x", 5, 1, 0)
fails("from = 'a': expected a number", values.range, "x", "a", 1)
fails("expected a whole number from 1 to 1000000", values.range, "x", 0, 1e9)
is(list(values.uniform("x", 0, 1, 5)), "0 0.25 0.5 0.75 1")
is(list(values.log_uniform("x", 0.01, 1, 3)), "0.01 0.1 1")
fails("low = 0: expected more than 0", values.log_uniform, "x", 0, 1, 3)
fails("expected the lower end first", values.uniform, "x", 2, 1, 3)
fails("expected at least 2", values.uniform, "x", 1, 2, 1)

-- ------------------------------------------------------------------ axes and groups

is(#expand {}, 1)
is(shown(expand {size = 5}), "5")
is(shown(expand {rate = {0.1, 0.2}, size = {1, 2}}), "1 0.1|1 0.2|2 0.1|2 0.2") -- in the order of the parameters
is(shown(expand {size = {1, values.range("x", 5, 7)}}), "1|5|6|7")
is(math.type(expand {size = 1e2}[1].size), "integer")
is(shown(expand {size = values.log_uniform("x", 1, 100, 5)}), "1|3|10|32|100")
is(shown(expand {size = values.uniform("x", 1, 3, 5)}), "1|2|3") -- 1.5 rounds up to 2, which is dropped as a duplicate
is(shown(expand {kind = "mean", path = "/x"}), "mean /x")
is(shown(expand {values.zip("x", {size = {1, 2}, rate = {0.1, 0.2}}), kind = {"mean", "element"}}),
  "1 0.1 mean|2 0.2 mean|1 0.1 element|2 0.2 element")
is(shown(expand {values.grid("x", {size = {1, 2}, share = {0, 0.5}})}), "1 0|1 0.5|2 0|2 0.5")
fails("x.lua:9: detectors[1][1]: zip of unequal lengths: size has 2, rate has 1", expand,
  {values.zip("x.lua:9", {size = {1, 2}, rate = {0.1}})})
fails("size is given twice", expand, {size = 1, values.zip("x", {size = {1, 2}})})
fails("x.lua:3: detectors[1].sise: no such parameter of net: did you mean size?", expand, {sise = 1})
fails("detectors[1][1].sise: no such parameter of net", expand, {values.grid("x", {sise = 1})})
fails("detectors[1].size[2] = 0: expected a whole number, at least 1 and at most 1000", expand, {size = {1, 0}})
fails("size = 1.5: expected a whole number", expand, {size = 1.5})
fails("size = '5': expected a whole number", expand, {size = "5"})
fails("rate = 0: expected a number, more than 0", expand, {rate = 0})
fails("rate = nan: expected a number", expand, {rate = 0 / 0})
fails("rate = infinity: expected a number", expand, {rate = 1 / 0})
fails("share = 1: expected a number, at least 0 and less than 1", expand, {share = 1})
fails("kind = 'meen': did you mean mean?", expand, {kind = "meen"})
fails("kind = 3: expected element, mean", expand, {kind = 3})
fails("path = 3: expected a text", expand, {path = 3})
fails("size = a table: expected a value or a list", expand, {size = {}})
fails("size.from: expected a value or a list of values, without names", expand, {size = {1, from = 1}})
fails("nt.uniform without a number of values belongs into nt.random", expand, {size = values.uniform("x", 1, 2)})
fails("nt.zip names its parameters itself", expand, {size = values.zip("x", {size = 1})})
fails("detectors[1][1] = 5: expected parameters by name", expand, {5})
fails("more than 1000000 configurations", expand,
  {size = values.range("x", 1, 1000), rate = values.range("x", 1, 1001)})

-- ------------------------------------------------------------------ random

local function random(n, axes) return {values.random("x.lua:5", n, axes)} end
local axes = {rate = values.log_uniform("x", 0.01, 1), size = values.uniform("x", 1, 3), kind = {"element", "mean"}}
local first = expand(random(200, axes))
is(#first, 200)
is(shown(first), shown(expand(random(200, axes))))
local sizes, low = {0, 0, 0}, 0
for _, a in ipairs(first) do
  sizes[a.size] = sizes[a.size] + 1
  low = low + (a.rate < 0.1 and 1 or 0)
  if a.rate < 0.01 or a.rate > 1 then error(a.rate) end
end
for i = 1, 3 do is(sizes[i] > 40 and sizes[i] < 95, true) end -- 67 +- 4 standard deviations of 6.7
is(low > 70 and low < 130, true) -- half of it on a log scale
-- Another seed or name gives other draws; more draws begin with the same ones; another parameter changes none.
is(shown(expand(random(200, axes), {seed = 8, name = "test"})) == shown(first), false)
is(shown(expand(random(200, axes), {seed = 7, name = "test2"})) == shown(first), false)
is(shown(expand(random(300, axes))):sub(1, #shown(first)), shown(first))
is(expand(random(5, {rate = axes.rate}))[5].rate, first[5].rate)
is(shown(expand(random(3, {size = 5, kind = values.choice("x", "mean")}))), "5 mean|5 mean|5 mean")
fails("detectors[1][1].size = 2000: expected a whole number", expand, random(3, {size = 2000}))
fails("expected a whole number from 1 to 1000000", random, 0, {size = 5})
fails("random: expected a table of parameters by name, got an empty one", random, 5, {})
