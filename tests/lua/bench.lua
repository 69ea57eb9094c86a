-- SPDX-License-Identifier: GPL-3.0-or-later
-- Problems as text, lines of the history, figures and exponents.
local check = dofile(DIRECTORY .. "/lua/shared/check.lua")
local figures = require "ninetails.bench.figures"
local history = require "ninetails.bench.history"
local kernels = require "ninetails.bench.kernels"
local measure = require "ninetails.bench.measure"
local problems = require "ninetails.bench.problems"
local is, raises = check.is, check.raises

local function near(got, expected)
  if not (math.abs(got - expected) <= 1e-9 * math.abs(expected)) then error(("got %s, expected %s"):format(got, expected), 2) end
end

-- A problem's text: presets are left out, the order is the table's.
is(kernels.parse("kitnet").text, "kitnet")
is(kernels.parse("kitnet:m=10,phase=execute").text, "kitnet")
is(kernels.parse("kitnet:m=35,phase=train").text, "kitnet:phase=train,m=35")
is(kernels.parse("score:threads=2").threads, 2)
raises("no such problem", kernels.parse, "extrakt")
raises("has no parameter 'x'", kernels.parse, "kitnet:x=1")
raises("no choice 'y'", kernels.parse, "kitnet:phase=y")
raises("expected a number", kernels.parse, "kitnet:m=ten")
raises("expected NAME:KEY=VALUE", kernels.parse, "kitnet:m")
raises("m = 0", kernels.parse, "kitnet:m=0")
raises("400 letters", kernels.parse, ("x"):rep(400))

-- Every entry of the table is a valid problem and occurs once in its suite; each kind of problem is in a suite.
local kinds = {calibration = true}
for _, suite in ipairs(problems.suites) do
  local keys = {}
  for _, e in ipairs(problems.find {suite.name}) do
    is(keys[e.key], nil)
    keys[e.key], kinds[e.text:match("^[%w_]+")] = true, true
  end
end
for _, p in ipairs(kernels.problems()) do is(kinds[p.name], true) end
is(problems.find({"kitnet@attack"})[1].key, "kitnet@attack")
raises("input 'x'", problems.find, {"kitnet@x"})
raises("did you mean stages", problems.find, {"stage"})

-- The history reads back what was written; torn and edited lines are left out and reported.
local path = os.tmpname()
os.remove(path)
local function record(n) return {version = 1, kind = "time", run = "r" .. n, problem = "hash", rounds = {{n / 3, 0.1, 2}}} end
for n = 1, 3 do history.append(path, record(n)) end
local records, faults = history.read(path)
is(#records, 3)
is(#faults, 0)
is(records[2].rounds[1][1], 2 / 3)
local file = assert(io.open(path, "rb"))
local body = file:read("a")
file:close()
local function write(bytes)
  local f = assert(io.open(path, "wb"))
  f:write(bytes)
  f:close()
end
local line = body:match("^[^\n]*\n")
write(body .. line:sub(1, -2)) -- without its newline; the checksum proves it whole
is(#history.read(path), 4)
for cut = 1, #line - 2 do -- torn anywhere else
  write(body .. line:sub(1, cut))
  records, faults = history.read(path)
  is(#records, 3)
  is(#faults, 1)
  assert(faults[1]:find("line 4 is torn", 1, true), faults[1])
end
history.append(path, record(4)) -- after a torn line
records, faults = history.read(path)
is(#records, 4)
is(records[4].run, "r4")
is(#faults, 1)
write((body:gsub('"hash"', '"hush"', 1)))
records, faults = history.read(path)
is(#records, 2)
assert(faults[1]:find("line 1 has another checksum", 1, true), faults[1])
for at = 1, #line - 1 do -- any bit of a line flipped
  write(line:sub(1, at - 1) .. string.char(line:byte(at) ~ 1) .. line:sub(at + 1))
  records, faults = history.read(path)
  if #records ~= 0 or #faults == 0 then error("bit of byte " .. at .. " went unseen") end
end
os.remove(path)
is(#history.read(path), 0)

-- Figures: medians of rounds, by the clock; exponents of exact powers.
local r = {clock = "cpu", rounds = {{3, 1, 9}, {1, 2, 9}, {2, 1, 9}}, items = 2, flops = 8, moved = 4, file = 0, instructions = 10,
  text = "kitnet", problem = "kitnet@camera"}
local f = figures.of(r)
is(f.seconds, 2)
is(f.ns, 1e9)
is(f.rate, 1)
is(f.ratio, 1)
is(f.instructions, 5)
is(f.bytes, 2)
r.clock = "wall"
is(figures.of(r).seconds, 9)
r.clock = "cpu"
local share, which = figures.fraction(r, {fma = 8, triad = 1e9})
near(share, 0.5)
is(which, "fma")
is((figures.fraction(r, {})), nil)
local slope, err = figures.exponent {{1, 3}, {2, 12}, {4, 48}, {8, 192}}
near(slope, 2)
assert(err < 1e-6) -- the root of the rounding error
is((figures.exponent {{2, 1}}), nil)
is((figures.exponent {{2, 1}, {2, 3}}), nil)

-- Orders depend on the seed alone and are permutations.
local function order(seed)
  return table.concat(measure.shuffled({"a", "b", "c", "d", "e", "f", "g", "h"}, measure.generator(seed)))
end
is(order(1), order(1))
local seen = {}
for seed = 1, 20 do
  local o = order(seed)
  is(#o, 8)
  for letter in ("abcdefgh"):gmatch(".") do assert(o:find(letter, 1, true)) end
  seen[o] = true
end
local different = 0
for _ in pairs(seen) do different = different + 1 end
assert(different > 15, different)

-- A pass with a wrong result is an error; here the problem cannot take its input.
raises("wants a capture", kernels.measure, {problem = "decode", folder = "."})
