-- SPDX-License-Identifier: GPL-3.0-or-later
-- From a script's name to a finished sweep: what `ninetails run` and the interactive Lua have in common.
local embedded = require "ninetails.embedded"
local files = require "ninetails.files"
local outputs = require "ninetails.cli.outputs"
local progress = require "ninetails.cli.progress"
local registry = require "ninetails.dataset.registry"
local system = require "ninetails.system"
local text = require "ninetails.cli.text"

local session = {}

local PREFIX = "experiments."

local function fail(...) error({status = "argument", message = string.format(...)}, 0) end

-- The names of the experiments that come with the program.
function session.shipped()
  local names = {}
  for module in pairs(package.preload) do
    local name = type(module) == "string" and module:sub(1, #PREFIX) == PREFIX and module:sub(#PREFIX + 1)
    if name then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- Text and chunk name of a script: a file's by its path, or that of a shipped experiment by its name.
function session.read(word)
  local kind = (files.stat(word) or {}).kind
  if kind then
    if kind ~= "file" then fail("%s: not a file, a script was expected", word) end
    local input, why = io.open(word, "rb")
    local body = input and input:read("a")
    if input then input:close() end
    if not body then fail("%s: cannot be read: %s", word, why or "?") end
    return body, word
  end
  local body, chunk = embedded(PREFIX .. word)
  if body then return body, chunk:sub(2) end
  local names = session.shipped()
  if word:find("/", 1, true) or word:find("%.lua$") then fail("%s: there is no such file", word) end
  local near = text.nearest(word, names)
  fail("no experiment '%s': %s", word,
    near and ("did you mean %s?"):format(near) or "expected a file, or one of " .. table.concat(names, ", "))
end

-- What a plan does not say of itself; makes the folder that it goes to. options: output, jobs, memory, fresh,
-- retry_failed, run_seconds, max_failures, only, force, command_line.
function session.complete(plan, options)
  local output = options.output or ("results/%s.h5"):format(plan.name)
  local base = output:match("^(.*)%.h5$") or output:match("^(.*)%.hdf5$")
  if not base or base == "" or base:find("/$") then fail("--output %s: expected a file that ends in .h5", output) end
  local kind = (files.stat(output) or {}).kind
  if kind and kind ~= "file" then fail("--output %s: expected a file, there is something else", output) end
  outputs.check(output, "result", options.force, plan.name)
  files.make_folders(registry.folder_of(output))
  plan.output, plan.folder = output, base .. ".runs"
  plan.jobs = options.jobs or system.version().jobs
  plan.memory, plan.fresh, plan.retry = options.memory, options.fresh or false, options.retry_failed or false
  plan.run_seconds, plan.max_failures = options.run_seconds or plan.run_seconds, options.max_failures
  -- A replaced file has no rows to keep.
  plan.keep_others = options.only ~= nil and #options.only > 0 and kind == "file" and not options.force
  plan.command_line = options.command_line
end

-- Runs a complete plan with progress on stderr; what ninetails.sweep says came of it.
function session.run(plan, quiet)
  local shown = progress.new {quiet = quiet}
  plan.progress = function(state) shown:runs(state) end
  local good, outcome = pcall(require("ninetails.sweep").run, plan)
  shown:clear()
  if not good then error(outcome, 0) end
  return outcome
end

return session
