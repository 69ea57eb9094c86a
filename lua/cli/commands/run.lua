-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails run: an experiment script -> a sweep -> a result file.
local experiment = require "ninetails.experiment"
local filter = require "ninetails.cli.filter"
local found = require "ninetails.search.found"
local out = require "ninetails.cli.out"
local search = require "ninetails.search"
local session = require "ninetails.experiment.session"
local summary = require "ninetails.experiment.summary"
local text = require "ninetails.cli.text"
local tree = require "ninetails.experiment.tree"

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
  local body, chunk = session.read(args.script)
  return guarded(experiment.load, body, chunk, experiment.parse_options(args.set))
end

-- What the script does with the result.
local function finish(spec, plan)
  local done = {result = plan.output, captures = {}}
  for _, input in ipairs(plan.inputs) do done.captures[input.name] = input.capture end
  guarded(spec.finish, done)
end

local function run(spec, plan, outcome, args)
  if outcome.threads > 0 and outcome.threads < outcome.jobs then
    out.note(("warning: the system gave %d of %d threads to run on\n"):format(outcome.threads, outcome.jobs))
  end
  if args.json then out.data(summary.json(plan, outcome), "\n")
  elseif not args.quiet then
    out.text(summary.text(plan, outcome))
    if outcome.search then out.text(found.text(outcome.search)) end
  end
  out.flush() -- warnings come after the table, also where both go to one file
  for _, warning in ipairs(summary.warnings(plan, outcome)) do out.note("warning: ", warning, "\n") end
  if outcome.interrupted then
    error({status = "interrupted", signal = outcome.interrupted,
      message = ("interrupted: %d of %d runs are there: the same command goes on with the rest"):format(
        outcome.done + outcome.kept, #plan.runs)}, 0)
  end
  if outcome.gave_up then
    out.note(("ninetails run: %s failed (--max-failures %d), and nothing more was begun: %d of %d runs are there. "
      .. "The same command goes on with the rest; --retry-failed repeats the failed ones, too\n"):format(
      text.plural(outcome.failed, "run"), args.max_failures, outcome.done + outcome.kept, #plan.runs))
  end
  if outcome.failed + outcome.missing == 0 then
    if spec.finish then finish(spec, plan) end
    return 0
  end
  if args.quiet then out.note(summary.failures(plan, outcome)) end
  return 2
end

local function warn(warning) out.note("warning: ", warning, "\n") end

local function command(args)
  local spec = load_script(args)
  local searches = spec.search and not args.dry_run
  local good, plan, outcome
  if searches then good, plan, outcome = pcall(guarded, search.run, spec, args, args.quiet, warn)
  else good, plan = pcall(guarded, experiment.plan, spec, {only = args.only, from = args.from}) end
  if not good then
    if type(plan) ~= "table" or plan.status ~= "missing" then error(plan, 0) end
    out.note(("ninetails run: %s: %s\n"):format(spec.chunk, plan.message), summary.skipped(plan))
    return 4
  end
  if searches then return run(spec, plan, outcome, args) end
  session.complete(plan, args)
  for _, warning in ipairs(plan.warnings) do warn(warning) end
  if not args.dry_run then return run(spec, plan, session.run(plan, args.quiet), args) end
  local states = require("ninetails.sweep").plan(plan)
  if args.json then out.data(tree.json(plan, states), "\n") else out.text(tree.text(plan, states)) end
  return 0
end

-- ------------------------------------------------------------------ the command line

local this = {
  name = "run",
  summary = "Run an experiment: a Lua script that says which detectors to try on which data sets.",
  arguments = {{name = "SCRIPT", help = "a file, or the name of an experiment that comes with the program: "
    .. table.concat(session.shipped(), ", ")}},
  options = {
    {name = "jobs", short = "j", type = "integer", min = 1, max = 1024,
      help = "runs at a time [one for each processor that is for us: affinity, control group, SLURM_CPUS_PER_TASK, "
        .. "OMP_NUM_THREADS; `ninetails version` says which]. Results do not depend on it"},
    {name = "set", type = "string", value = "KEY=VALUE", many = true,
      help = "set an option of the script, else a field of its experiment: datasets, profile, repeats, seed, seeds "
        .. "(lists with commas). May be repeated"},
    {name = "only", type = "string", value = "FILTER", many = true,
      help = filter.syntax .. ". Columns: dataset, profile, detector, replicate, seed, fm_grace, ad_grace, parameters"},
    {name = "dry-run", type = "flag",
      help = "show what would run, what is there already, and an estimate; run nothing"},
    {name = "fresh", type = "flag", help = "repeat runs that are there"},
    {name = "retry-failed", type = "flag", help = "repeat runs that failed"},
    {name = "max-failures", type = "integer", value = "N", min = 1,
      help = "begin nothing more once N runs have failed in this call; what runs is finished"},
    {name = "run-seconds", type = "number", value = "S", above = 0,
      help = "most seconds that a run's detector may take to learn and to score; one that takes longer fails [the "
        .. "script's run_seconds, else no limit]. Looked at between chunks of rows, and within functions in Lua"},
    {name = "memory", type = "size", min = 64000000,
      help = "memory for arrays to stay within, as 2G or 500M [half of what is for us: the machine's, or "
        .. "what control group, SLURM_MEM_PER_NODE or SLURM_MEM_PER_CPU allow]. Extraction takes what the "
        .. "capture's addresses need: about 1 kB for each address that a host scans, 2.2 kB for each pair that talks (4 to "
        .. "4.5 kB with py100 and csv115); one that needs more than this fails"},
    {name = "from", type = "string", value = "FOLDER", help = "look for the files of data sets here first; else in the folder that $NINETAILS_FROM names"},
    {name = "output", short = "o", type = "path",
      help = "the result file [results/NAME.h5]; the runs lie beside it, in NAME.runs"},
    {name = "force", type = "flag",
      help = "replace the result file, whatever it is; else only one of the same experiment, in which rows stay that "
        .. "--only leaves out"},
    {name = "json", type = "flag", help = "print the summary as JSON"},
    {name = "quiet", type = "flag", help = "print neither progress nor summary; failed runs and warnings remain"},
  },
  details = "Each run is one file, written whole or not at all: what is interrupted goes on where it was when the same "
    .. "command is given again. Extraction, maps and scores are kept and shared between experiments.\n\n"
    .. "SIGINT, SIGTERM and SIGUSR1 (Slurm: --signal=USR1@120) end it at the next chunk of rows: what is done is kept and "
    .. "gathered, and the process ends by that signal (a shell sees 130, 143, 138).\n\n"
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
