-- SPDX-License-Identifier: GPL-3.0-or-later
-- nt.load, nt.plan and nt.run: experiments from the interactive Lua. Scripts have no use for them.
--
--     > nt.run(nt.load("quickstart", {packets = 20000}), {only = {"max_autoencoder=10"}})
--     > e = nt.experiment {name = "try", datasets = "available", detectors = nt.kitnet {max_autoencoder = {5, 10}}}
--     > nt.run(e, {jobs = 1})
local context = require "ninetails.experiment.context"
local found = require "ninetails.search.found"
local out = require "ninetails.cli.out"
local search = require "ninetails.search"
local session = require "ninetails.experiment.session"
local specification = require "ninetails.experiment.specification"
local summary = require "ninetails.experiment.summary"

local interactive = {}

local function outside(where, name)
  if context.current().source then
    context.fail(where, "nt.%s: not in a script, which is run by `ninetails run`", name)
  end
end

local function check(where, name, spec)
  outside(where, name)
  if not specification.is(spec) then context.expected(where, name, spec, "an experiment") end
  if not spec.text and (next(spec.lua_detectors) or next(spec.lua_metrics)) then
    context.fail(where, "%s: functions in Lua run from a script's file: nt.run(nt.load('FILE.lua'))", name)
  end
end

-- nt.load(file or name of a shipped experiment, {option = value}) -> an experiment
function interactive.load(where, word, set)
  outside(where, "load")
  if type(word) ~= "string" then context.expected(where, "load", word, "a file's path or an experiment's name") end
  local words = {}
  for key, value in pairs(set or {}) do words[tostring(key)] = tostring(value) end
  local body, chunk = session.read(word)
  return require("ninetails.experiment").load(body, chunk, words)
end

-- nt.plan(experiment, {only = {...}, from = folder}) -> what would run
function interactive.plan(where, spec, options)
  check(where, "plan", spec)
  return require("ninetails.experiment").plan(spec, options)
end

local keys = {only = true, from = true, output = true, jobs = true, memory = true, fresh = true, retry_failed = true,
  run_seconds = true, max_failures = true, force = true}

-- nt.run(experiment, options) -> runs it, prints the summary, returns the table of runs (ninetails.results)
function interactive.run(where, spec, options)
  check(where, "run", spec)
  options = options or {}
  context.check_keys(where, "run", options, keys, "option")
  local plan, outcome
  if spec.search then
    plan, outcome = search.run(spec, options, false, function(warning) out.note("warning: ", warning, "\n") end)
  else
    plan = require("ninetails.experiment").plan(spec, options)
    session.complete(plan, options)
    outcome = session.run(plan)
  end
  out.text(summary.text(plan, outcome))
  if outcome.search then out.text(found.text(outcome.search)) end
  out.flush() -- warnings come after the table, also where both go to one file
  for _, warning in ipairs(summary.warnings(plan, outcome)) do out.note("warning: ", warning, "\n") end
  if outcome.interrupted then context.fail(where, "run: interrupted") end
  return require("ninetails.results").read(outcome.output)
end

return interactive
