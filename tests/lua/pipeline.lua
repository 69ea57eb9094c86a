-- SPDX-License-Identifier: GPL-3.0-or-later
-- Mistakes in Lua are errors with a status, never a crash, and a run's memory is released in any case.
local check = dofile(DIRECTORY .. "/lua/shared/check.lua")
local pipeline = require "ninetails.pipeline"
local is = check.is

local trace = DIRECTORY .. "/golden/trace.tsv.gz"

local function raises(status, pattern, options)
  local good, why = pcall(pipeline.run, options)
  if good then error("no error, expected " .. pattern, 2) end
  if not tostring(why):find(pattern) then error(("'%s', expected '%s'"):format(tostring(why), pattern), 2) end
  is(type(why) == "table" and why.status or "lua", status)
end

raises("argument", "no field 'fm_garce'", {input = trace, fm_garce = 1})
raises("argument", "no field '%?'", {trace})
raises("argument", "no input", {})
raises("argument", "input: expected a text, got a number", {input = 1})
raises("argument", "fm_grace = 1.5: expected a whole number", {input = trace, fm_grace = 1.5})
raises("argument", "fm_grace: expected a whole number, got a string", {input = trace, fm_grace = "5"})
raises("argument", "fm_grace = %-1: expected a whole number at least 0", {input = trace, fm_grace = -1})
raises("argument", "seed = 4294967296: expected a whole number at least 1 and at most 4294967295", {input = trace, seed = 1 << 32})
raises("argument", "learning_rate: expected a number", {input = trace, learning_rate = "x"})
raises("argument", "profile: no choice 'py'", {input = trace, profile = "py"})
raises("argument", "profile: expected a text, got a table", {input = trace, profile = setmetatable({}, {__tostring = function() return "nil" end})})
raises("argument", "hidden", {input = trace, hidden_ratio = 2.0})
raises("lua", "expected a function", {input = trace, progress = 1})
raises("io", "none.pcap", {input = "none.pcap"})
raises("lua", "table expected", nil)

local rows = {}
for _, row in ipairs(pipeline.parameters()) do rows[row.name] = row end
is(rows.fm_grace.default, 5000)
is(rows.input.default, nil)
is(table.concat(rows.profile.choices, " "), "py100 csv115 stream")
is(rows.seed.choices, nil)

local options = {input = trace, fm_grace = 200, ad_grace = 600}
local result = pipeline.run(options)
is(result.mapping, 201)
is(result.training, 600)
is(result.mapping + result.training + result.execution, result.packets)
is(#result.map.sizes, result.map.autoencoders)
is(#result.summary.quantiles, 8)
is(result.summary.auc, nil)
is(result.sha256, nil) -- no output to store it in

-- An error of the callback ends the run and is passed on unchanged, string or not.
options.progress = function() error {my = "error"} end
local good, why = pcall(pipeline.run, options)
is(good, false)
is(why.my, "error")
local told = 0
options.progress = function(packets, seconds, phase)
  is(math.type(packets), "integer")
  is(math.type(seconds), "float")
  is(phase == "mapping" or phase == "training" or phase == "execution", true)
  told = told + 1
end
pipeline.run(options)
is(told > 0, true)

-- Runs are created and collected.
options.progress = nil
collectgarbage("incremental", 1000, 1000)
for _ = 1, 20 do
  pcall(pipeline.run, {input = trace}) -- too short: fails after the run
  pipeline.run(options)
end
