-- SPDX-License-Identifier: GPL-3.0-or-later
-- Experiment scripts: read, checked, and turned into what the sweep runs.
--
--     local experiment = require "ninetails.experiment"
--     local spec = experiment.load(text, "experiments/x.lua", {packets = "1e5"})
--     local plan = experiment.plan(spec, {only = {"detector=kitnet"}, from = "/data"})
--
-- The set may be a table or the text that experiment.options_text makes of it (plan.script.options). A script is loaded
-- again, whole, wherever one of its functions is needed: the same text and options give the same specification.
-- Mistakes are raised as {status = "script", message =}, those of the set as {status = "argument", message =}.
local context = require "ninetails.experiment.context"
local digest = require "ninetails.experiment.digest"
local options = require "ninetails.experiment.options"
local specification = require "ninetails.experiment.specification"

local experiment = {options_text = options.text, parse_options = options.parse}

local MOST_BYTES = 1 << 20

-- A traceback of the script alone: what lies below it is ours.
local function explain(problem)
  if type(problem) == "table" and problem.message then return problem end
  local trace = debug.traceback(tostring(problem), 2)
  trace = trace:gsub("\n%s+%[C%]: in function 'xpcall'.*", "")
  trace = trace:gsub("\n%s+%[C%]: in function 'error'", ""):gsub("\n%s+lua/ninetails%.lua:[^\n]*", "")
    :gsub("\n%s+lua/experiment/%w+%.lua:[^\n]*", "")
  return {status = "script", message = trace}
end

local function run(chunk, source)
  local good, result = xpcall(chunk, explain)
  if not good then error(result, 0) end
  if specification.is(result) then return result end
  local forgot = context.current().made and ": is `return` missing before nt.experiment?" or ""
  context.fail(source, "returns %s: expected nt.experiment {...}%s",
    result == nil and "nothing" or "a " .. type(result), forgot)
end

-- text of the script; chunk_name: its path, for messages (with or without Lua's @ before it).
function experiment.load(text, chunk_name, set)
  if type(set) == "string" then set = options.from_text(set) end
  chunk_name = chunk_name:gsub("^@", "")
  if #text > MOST_BYTES then
    error({status = "script", message = ("%s: longer than %d bytes"):format(chunk_name, MOST_BYTES)}, 0)
  end
  local script = {source = "@" .. chunk_name, set = set or {}, declared = {}, used = {}}
  local globals = context.globals()
  local chunk, problem = load(text, script.source, "t", globals)
  if not chunk then error({status = "script", message = problem}, 0) end
  math.randomseed(1) -- what a script draws itself is the same each time it is read
  local spec = context.within(script, run, chunk, chunk_name)
  for _, detector in pairs(spec.lua_detectors) do
    if detector.seeded == nil then
      detector.seeded = digest.draws(detector, globals)
      detector.flags.seeded = detector.seeded
    end
  end
  spec.chunk, spec.text, spec.set, spec.options, spec.globals = chunk_name, text, script.set, script.declared, globals
  return spec
end

-- The options that a script declares, {name =, kind =, default =, min =, max =, choices =, help =}.
function experiment.options(text, chunk_name, set) return experiment.load(text, chunk_name, set).options end

-- Of a search: of its first sweep.
function experiment.plan(spec, more)
  if spec.search then return require("ninetails.search").first(spec, more) end
  return require("ninetails.experiment.plan").make(spec, more or {})
end

return experiment
