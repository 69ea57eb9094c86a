-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails run: an experiment script -> a sweep -> a result file.
local embedded = require "ninetails.embedded"
local experiment = require "ninetails.experiment"
local files = require "ninetails.files"
local progress = require "ninetails.progress"
local registry = require "ninetails.registry"
local summary = require "ninetails.experiment.summary"
local system = require "ninetails.system"
local text = require "ninetails.text"
local tree = require "ninetails.experiment.tree"

local PREFIX = "experiments."

local function fail(...) error({status = "argument", message = string.format(...)}, 0) end

-- ------------------------------------------------------------------ the script

local function shipped()
  local names = {}
  for module in pairs(package.preload) do
    local name = type(module) == "string" and module:sub(1, #PREFIX) == PREFIX and module:sub(#PREFIX + 1)
    if name then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- Text and chunk name: a file's by its path, or that of a shipped experiment by its name.
local function read(word)
  local kind = (files.stat(word) or {}).kind
  if kind then
    if kind ~= "file" then fail("%s: a %s, a script was expected", word, kind) end
    local input, why = io.open(word, "rb")
    local body = input and input:read("a")
    if input then input:close() end
    if not body then fail("%s: cannot be read: %s", word, why or "?") end
    return body, word
  end
  local body, chunk = embedded(PREFIX .. word)
  if body then return body, chunk:sub(2) end
  local names = shipped()
  if word:find("/", 1, true) or word:find("%.lua$") then fail("%s: there is no such file", word) end
  local near = text.nearest(word, names)
  fail("no experiment '%s': %s", word,
    near and ("did you mean %s?"):format(near) or "expected a file, or one of " .. table.concat(names, ", "))
end

-- A mistake in a script is a matter of usage: its message says all, with the line.
local function guarded(f, ...)
  local results = table.pack(pcall(f, ...))
  if results[1] then return table.unpack(results, 2, results.n) end
  local problem = results[2]
  if type(problem) == "table" and problem.status == "script" then
    problem = {status = "argument", message = problem.message, hint = false}
  end
  error(problem, 0)
end

local function load_script(args)
  local body, chunk = read(args.script)
  return guarded(experiment.load, body, chunk, experiment.parse_options(args.set))
end

-- ------------------------------------------------------------------ the plan

local function complete(plan, args)
  local output = args.output or ("results/%s.h5"):format(plan.name)
  local base = output:match("^(.*)%.h5$") or output:match("^(.*)%.hdf5$")
  if not base or base == "" or base:find("/$") then fail("--output %s: expected a file that ends in .h5", output) end
  plan.output, plan.folder = output, base .. ".runs"
  plan.jobs = args.jobs or system.version().processors
  plan.memory, plan.fresh, plan.retry = args.memory, args.fresh or false, args.retry_failed or false
  plan.command_line = args.command_line
end

-- ------------------------------------------------------------------ running

local function run(plan, args)
  files.make_folders(registry.folder_of(plan.output))
  local shown = progress.new {quiet = args.quiet}
  plan.progress = function(state) shown:runs(state) end
  local good, outcome = pcall(require("ninetails.sweep").run, plan)
  shown:clear()
  if not good then error(outcome, 0) end
  if args.json then io.write(summary.json(plan, outcome), "\n")
  elseif not args.quiet then io.write(summary.text(plan, outcome)) end
  if outcome.interrupted then
    error({status = "interrupted", signal = outcome.interrupted,
      message = ("interrupted: %d of %d runs are there: the same command goes on with the rest"):format(
        outcome.done + outcome.kept, #plan.runs)}, 0)
  end
  if outcome.failed + outcome.missing == 0 then return 0 end
  if args.quiet then io.stderr:write(summary.failures(plan, outcome)) end
  return 2
end

local function command(args)
  local spec = load_script(args)
  local good, plan = pcall(guarded, experiment.plan, spec, {only = args.only, from = args.from})
  if not good then
    if type(plan) ~= "table" or plan.status ~= "missing" then error(plan, 0) end
    io.stderr:write(("ninetails run: %s: %s\n"):format(spec.chunk, plan.message), summary.skipped(plan))
    return 4
  end
  complete(plan, args)
  if not args.quiet then
    for _, warning in ipairs(plan.warnings) do io.stderr:write("warning: ", warning, "\n") end
  end
  if not args.dry_run then return run(plan, args) end
  local states = require("ninetails.sweep").plan(plan)
  io.write(args.json and tree.json(plan, states) .. "\n" or tree.text(plan, states))
  return 0
end

-- ------------------------------------------------------------------ the command line

local this = {
  name = "run",
  summary = "Run an experiment: a Lua script that says which detectors to try on which data sets.",
  arguments = {{name = "SCRIPT", help = "a file, or the name of an experiment that comes with the program: "
    .. table.concat(shipped(), ", ")}},
  options = {
    {name = "jobs", short = "j", type = "integer", min = 1, max = 4096,
      help = "runs at a time [one for each processor]. Results do not depend on it"},
    {name = "set", type = "string", value = "KEY=VALUE", many = true,
      help = "set an option of the script, else a field of its experiment: datasets, profile, repeats, seed, seeds "
        .. "(lists with commas). May be repeated"},
    {name = "only", type = "string", value = "COLUMN=VALUE", many = true,
      help = "take the runs of which a column (detector, dataset, profile, replicate, seed, fm_grace, ad_grace, or a "
        .. "parameter) has this value. A list with commas, with * and ?; ! before it: all others. May be repeated: "
        .. "all must hold"},
    {name = "dry-run", type = "flag", help = "show what would run, what is there already, and an estimate; run nothing"},
    {name = "fresh", type = "flag", help = "repeat runs that are there"},
    {name = "retry-failed", type = "flag", help = "repeat runs that failed"},
    {name = "memory", type = "size", min = 1 << 26, help = "memory to stay within, as 2G or 500M"},
    {name = "from", type = "string", value = "FOLDER", help = "look for the files of data sets here first"},
    {name = "output", short = "o", type = "path",
      help = "the result file [results/NAME.h5]; the runs lie beside it, in NAME.runs"},
    {name = "json", type = "flag", help = "print the summary as JSON"},
    {name = "quiet", type = "flag", help = "print neither progress nor summary; failed runs remain"},
  },
  details = "Each run is one file, written whole or not at all: what is interrupted goes on where it was when the same "
    .. "command is given again. Extraction, maps and scores are kept and shared between experiments.\n\n"
    .. "`ninetails run SCRIPT --help` shows the options that a script declares. Exit code 2: a run failed, the others "
    .. "are there; 4: no data set of the script is here.",
  run = command,
}

local function range_of(o)
  local parts = {}
  if o.choices then parts[1] = table.concat(o.choices, ", ") end
  if o.min then parts[#parts + 1] = "at least " .. text.plain_or_odd(o.min) end
  if o.max then parts[#parts + 1] = "at most " .. text.plain_or_odd(o.max) end
  return #parts > 0 and ("; " .. table.concat(parts, ", ")) or ""
end

local function words_of(value)
  if type(value) ~= "table" then return text.plain_or_word(value) end
  local words = {}
  for i, item in ipairs(value) do words[i] = tostring(text.plain_or_word(item)) end
  return table.concat(words, ",")
end

-- The command with the options of a script.
function this.describe(args)
  local spec = load_script(args)
  local rows = {}
  for _, o in ipairs(spec.options) do
    rows[#rows + 1] = {("--set %s=%s"):format(o.name, o.kind:gsub(" list", ",..."):upper()),
      ("%s%s [%s]"):format(o.help, range_of(o), words_of(o.default))}
  end
  local described = setmetatable({}, {__index = this})
  described.summary = ("%s\n\n%s"):format(this.summary, tostring(spec) .. (spec.title and ".\n" .. spec.title or ""))
  described.sections = {{title = "Options of " .. spec.chunk, rows = rows}}
  return described
end

return this
