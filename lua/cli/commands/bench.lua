-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails bench: speed and quality, measured, kept, and judged.
local figures = require "ninetails.bench.figures"
local history = require "ninetails.bench.history"
local json = require "ninetails.json"
local kernels = require "ninetails.bench.kernels"
local machine = require "ninetails.bench.machine"
local measure = require "ninetails.bench.measure"
local out = require "ninetails.cli.out"
local problems = require "ninetails.bench.problems"
local progress = require "ninetails.cli.progress"
local files = require "ninetails.files"
local tell = require "ninetails.bench.tell"
local text = require "ninetails.cli.text"

local FOLDER = "results/bench"

local function note(...) out.note(string.format(...), "\n") end

-- ------------------------------------------------------------------ list

local function list_problems(args)
  local all = kernels.problems()
  if args.json then
    tell.json(json.array(all))
    return 0
  end
  for _, p in ipairs(all) do
    out.text(("%s: %s\n"):format(p.name, p.help))
    local rows = {}
    for i, q in ipairs(p.parameters) do
      rows[i] = {q.name, ("%s [%s]%s"):format(q.help, text.preset(q), q.choices and ": " .. table.concat(q.choices, ", ") or "")}
    end
    if #rows > 0 then out.text(text.rows(rows, "  ")) end
  end
  return 0
end

local function list(args)
  if args.problems then return list_problems(args) end
  local found = json.array {}
  for i, suite in ipairs(problems.suites) do
    local keys = json.array {}
    for k, e in ipairs(problems.find {suite.name}) do keys[k] = e.key end
    found[i] = json.object {{"suite", suite.name}, {"help", suite.help}, {"problems", keys}}
  end
  if args.json then
    tell.json(found)
    return 0
  end
  for i, suite in ipairs(problems.suites) do
    out.text(("%s%s: %s\n"):format(i > 1 and "\n" or "", suite.name, suite.help))
    for _, e in ipairs(problems.find {suite.name}) do out.text("  ", e.key, "\n") end
  end
  return 0
end

-- ------------------------------------------------------------------ measure

local function measure_one(args)
  local entry = problems.find({args.problem})[1]
  local capture, labels = args.capture, args.labels
  if entry.input and not capture then
    local made = require("ninetails.bench.inputs").get(entry.input, args.folder)
    capture, labels = made.capture, made.labels
  end
  files.make_folders(args.folder)
  local result = kernels.measure {problem = entry.text, folder = args.folder, capture = capture, labels = labels,
    passes = args.passes, seconds = args.seconds, once = args.once}
  if args.json then
    out.data(json.encode(result), "\n")
    return 0
  end
  local best = math.huge
  for _, pass in ipairs(result.passes) do best = math.min(best, pass.cpu) end
  out.text(text.rows {{"problem", entry.text},
    {"time", ("%s ns of a %s, CPU time, the least of %d passes"):format(tell.amount(1e9 * best / result.items), result.item, #result.passes)},
    {"rate", text.scaled(result.items / best, result.item .. "s/s")},
    {"instructions", result.instructions and tell.amount(result.instructions / result.items) .. " of a " .. result.item},
    {"checked by", ("%s%s"):format(result.how, result.deviation > 0 and (": off by %.1e at most"):format(result.deviation) or "")},
    {"digest", result.digest .. (result.exact and ", the same on every machine" or "")}})
  return 0
end

-- ------------------------------------------------------------------ run

local function show_progress(args)
  local bar = progress.new {quiet = args.quiet, what = "measurements"}
  return bar, function(done, all, words)
    if bar:is_due() then bar:show(("%d of %d measurements, %s"):format(done, all, words)) end
  end
end

local function report_failures(failures)
  for _, f in ipairs(failures) do
    note("failed %s%s: %s", f.job.entry.key, f.job.peer and " of " .. f.job.peer or "", f.why)
  end
end

local function run(args)
  local entries = problems.find(args.problem)
  local identity = machine.identity()
  local jobs = {}
  for i, entry in ipairs(entries) do jobs[i] = {entry = entry, program = machine.self(), identity = identity} end
  for _, warning in ipairs(args.quiet and {} or machine.disturbed()) do note("warning: %s", warning) end
  files.make_folders(args.folder)
  local id = measure.run_id(identity)
  local bar, shown = show_progress(args)
  local records, failures, cut = measure.rounds(jobs, id, {rounds = args.rounds, passes = args.passes, seconds = args.seconds,
    seed = args.seed, folder = args.folder, instructions = args.instructions, budget = args.budget, progress = shown})
  bar:clear()
  measure.keep(args.history, records)
  local done = {}
  for _, record in ipairs(records) do
    if #record.rounds > 0 and not record.failed then done[#done + 1] = record end
  end
  local limits = figures.limits(done)
  if not next(limits) then
    local before = history.read(args.history)
    local of_machine = {}
    for _, record in ipairs(before) do
      if record.machine == identity.machine and record.kind == "time" then of_machine[#of_machine + 1] = record end
    end
    limits = figures.limits(of_machine)
  end
  if args.json then tell.json(tell.run_json(id, done, limits, failures))
  elseif not args.quiet then
    tell.table(done, limits)
    local series = figures.series(done)
    if #series > 0 then out.text("\n", text.table(tell.exponent_rows(series))) end
    if next(limits) then out.text("\nlimits   ", tell.limit_words(limits), "\n") end
    out.text("\n", text.rows {{"run", id}, {"history", ("%s, %s more"):format(args.history, text.plural(#done, "record"))}})
  end
  report_failures(failures)
  if cut then note("the budget of %s ended it", text.duration(args.budget)) end
  if #failures > 0 then return 2 end
  return #done < #jobs and 4 or 0
end

-- ------------------------------------------------------------------ the command

local function budget(word)
  local number, unit = word:match("^(%d+%.?%d*)%s*([smh]?)$")
  return number and tonumber(number) * ({[""] = 1, s = 1, m = 60, h = 3600})[unit]
end

local options = {
  problem = {name = "PROBLEM", many = true, optional = true, help = "suites or problems, see `ninetails bench list`; without one: "
    .. "quick"},
  history = {name = "history", type = "path", default = FOLDER .. "/history.jsonl", help = "the file that keeps what was measured"},
  folder = {name = "folder", type = "path", default = FOLDER, help = "where captures are made, and files written and removed"},
  rounds = {name = "rounds", type = "integer", min = 1, max = 1000, default = 5, help = "each measures every problem once"},
  passes = {name = "passes", type = "integer", min = 1, max = 1000, default = 5, help = "of a measurement; the least counts"},
  seconds = {name = "seconds", type = "number", min = 0, max = 3600, default = 1, unit = "s",
    help = "after which a measurement begins no further pass"},
  seed = {name = "seed", type = "integer", min = 0, default = 1, help = "of what is drawn"},
  budget = {name = "budget", type = "string", value = "TIME", help = "begin nothing more after this time: 90s, 30m, 1h"},
  json = {name = "json", type = "flag", help = "print JSON"},
  quiet = {name = "quiet", type = "flag", help = "print nothing but errors"},
}

-- Parses --budget before the command runs.
local function budgeted(command)
  return function(args)
    if args.budget then
      local seconds = budget(args.budget)
      if not seconds then
        error({status = "argument", message = ("--budget '%s': expected a time such as 90s, 30m or 1h"):format(args.budget)}, 0)
      end
      args.budget = seconds
    end
    return command(args)
  end
end

return {
  name = "bench",
  summary = "Measure speed and quality, keep the figures, and tell when they grow worse.",
  subcommands = {
    {name = "list", summary = "List suites of problems, or all kinds of problems with their parameters.",
      options = {{name = "problems", type = "flag", help = "kinds of problems and their parameters"}, options.json}, run = list},
    {name = "measure", summary = "Measure one problem in this process, and check its result.",
      arguments = {{name = "PROBLEM", help = "such as kitnet:phase=train,m=35, or sweep@small: on that input"}},
      options = {options.passes, options.seconds, options.folder,
        {name = "capture", type = "path", help = "instead of the synthesised one"},
        {name = "labels", type = "path", help = "of that capture"},
        {name = "once", type = "flag", help = "one pass and no more, for profilers; no counters"}, options.json},
      details = "What `run` starts for each measurement, and what to give to a profiler. The result of the last pass is checked; "
        .. "a wrong one is an error, exit code 2.",
      run = measure_one},
    {name = "run", summary = "Measure problems, print figures in units, and keep them.",
      arguments = {options.problem},
      options = {options.rounds, options.passes, options.seconds, options.seed, options.budget,
        {name = "instructions", type = "flag", help = "count instructions too: by the processor, else by valgrind (AVX2 kernels)"},
        options.history, options.folder, options.json, options.quiet},
      details = "Each measurement is a process of its own; rounds are interleaved, their order drawn. A figure is the median of "
        .. "the rounds, +- half the distance of the quartiles. \"of the limit\": the time that the least arithmetic (fma), the "
        .. "least bytes to memory (triad) or from the file (read) take at the machine's own rates, which the suite machine "
        .. "measures, over the time that it took. Exit code 2: a problem failed or gave a wrong result; 4: not all was measured.",
      run = budgeted(run)},
  },
}
