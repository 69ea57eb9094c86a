-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails bench: speed and quality, measured, kept, and judged.
local compare = require "ninetails.bench.compare"
local figures = require "ninetails.bench.figures"
local foreign = require "ninetails.bench.foreign"
local history = require "ninetails.bench.history"
local json = require "ninetails.json"
local judge = require "ninetails.bench.judge"
local kernels = require "ninetails.bench.kernels"
local machine = require "ninetails.bench.machine"
local measure = require "ninetails.bench.measure"
local out = require "ninetails.cli.out"
local problems = require "ninetails.bench.problems"
local progress = require "ninetails.cli.progress"
local files = require "ninetails.files"
local revisions = require "ninetails.bench.revisions"
local simulate = require "ninetails.bench.simulate"
local system = require "ninetails.system"
local run_text = require "ninetails.bench.run_text"
local text = require "ninetails.cli.text"
local trend = require "ninetails.bench.trend"

local FOLDER = "results/bench"

local function note(...) out.note(string.format(...), "\n") end

-- ------------------------------------------------------------------ list

local function list_problems(args)
  local all = kernels.problems()
  if args.json then
    run_text.json(json.array(all))
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
    run_text.json(found)
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
    {"time", ("%s ns of a %s, CPU time, the least of %d passes"):format(run_text.amount(1e9 * best / result.items), result.item, #result.passes)},
    {"rate", text.scaled(result.items / best, result.item .. "s/s")},
    {"instructions", result.instructions and run_text.amount(result.instructions / result.items) .. " of a " .. result.item},
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

-- Each peer beside each problem "score", and ours from the same table of packets beside them.
local function add_peers(args, entries, identity, jobs)
  local found = {}
  for _, word in ipairs(args.peer or {}) do found[#found + 1] = foreign.peer(word, args.folder .. "/peers") end
  local asked = #found > 0
  for _, entry in ipairs(asked and entries or {}) do
    if entry.parsed.name == "score" and entry.parsed.threads == 1 then
      asked = false
      jobs[#jobs + 1] = {entry = entry, peer = "(from TSV, to CSV)", identity = identity, program = machine.self(), clock = "cpu",
        measure = foreign.table_measure(machine.self())}
      for _, peer in ipairs(found) do
        jobs[#jobs + 1] = {entry = entry, peer = peer.name, identity = identity, program = peer.words[1], clock = "cpu",
          measure = foreign.peer_measure(peer)}
      end
    end
  end
  if asked then
    error({status = "argument", message = "--peer: none of the problems is score with one thread, which peers take"}, 0)
  end
end

local function run(args)
  local entries = problems.find(args.problem)
  local identity = machine.identity()
  local jobs = {}
  for i, entry in ipairs(entries) do jobs[i] = {entry = entry, program = machine.self(), identity = identity} end
  add_peers(args, entries, identity, jobs)
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
  if args.json then run_text.json(run_text.run_json(id, done, limits, failures))
  elseif not args.quiet then
    run_text.table(done, limits)
    local series = figures.series(done)
    if #series > 0 then out.text("\n", text.table(run_text.exponent_rows(series))) end
    if next(limits) then out.text("\nlimits   ", run_text.limit_words(limits), "\n") end
    out.text("\n", text.rows {{"run", id}, {"history", ("%s, %s more"):format(args.history, text.plural(#done, "record"))}})
  end
  report_failures(failures)
  if cut then note("the budget of %s ended it", text.duration(args.budget)) end
  if #failures > 0 then return 2 end
  return #done < #jobs and 4 or 0
end

-- ------------------------------------------------------------------ compare

-- Both commits' jobs; a commit without `bench measure` is measured from outside, and then both are.
local function jobs_of(entries, a, b)
  local jobs, outside = {}, not (a.benches and b.benches)
  for _, entry in ipairs(entries) do
    for _, side in ipairs {a, b} do
      local job = {entry = entry, program = side.program, identity = side.identity, side = side}
      if outside then
        if entry.parsed.name ~= "score" then
          error({status = "unmeasured", message = ("%s has no `ninetails bench`: of it only problems of the kind score can be "
            .. "measured, not %s"):format(not a.benches and a.name or b.name, entry.key)}, 0)
        end
        job.measure, job.clock = foreign.score_measure, entry.parsed.threads > 1 and "wall" or "cpu"
      end
      jobs[#jobs + 1] = job
    end
  end
  return jobs
end

local function measure_sides(entries, a, b, args, seed)
  local bar, shown = show_progress(args)
  local id = measure.run_id(b.identity)
  local jobs = jobs_of(entries, a, b)
  local records, failures, cut = measure.rounds(jobs, id, {rounds = args.rounds, passes = args.passes, seconds = args.seconds,
    seed = seed, folder = args.folder, instructions = args.instructions, budget = args.budget, started = args.started,
    progress = shown})
  bar:clear()
  local of_a, of_b = {}, {}
  for i, record in ipairs(records) do table.insert(jobs[i].side == a and of_a or of_b, record) end
  report_failures(failures)
  return {name = a.name, commit = a.commit, records = of_a}, {name = b.name, commit = b.commit, records = of_b}, failures, cut
end

-- What is worse is measured once more before it is said.
local function confirm(found, entries, a, b, args, o)
  local again, of = {}, {}
  for _, row in ipairs(found.worse) do of[row.a.problem] = row end
  for _, entry in ipairs(entries) do
    if of[entry.key] then again[#again + 1] = entry end
  end
  local x, y = measure_sides(again, a, b, args, args.seed + 1)
  local second = compare.sets(x, y, o)
  local worse, still = {}, {}
  for _, row in ipairs(second.rows) do still[row.a.problem] = row end
  for _, row in ipairs(found.worse) do
    local s = still[row.a.problem]
    local slower = s and s.p <= o.alpha and s.change >= o.least
    if row.more and s and s.more or row.results == "changed" or slower then
      worse[#worse + 1] = row
      row.again = s and "again " .. compare.percent(s.change)
    else
      row.verdict = "not confirmed"
    end
  end
  found.worse = worse
end

local function compare_two(args)
  local o = {alpha = args.alpha, least = args.least}
  local x, y = compare.recorded(args.a, args.history), compare.recorded(args.b, args.history)
  local found, cut, failures = nil, false, {}
  if x and y then
    for _, fault in ipairs(x.faults) do note("warning: %s", fault) end
    found = compare.sets(x, y, o)
  elseif x or y then
    error({status = "argument", message = ("%s is a recorded set, %s is none: expected two of either kind"):format(
      x and args.a or args.b, x and args.b or args.a)}, 0)
  else
    args.started = system.clock()
    local entries = problems.find(args.problem)
    local function show_build(words) if not args.quiet then note("%s", words) end end
    local a = revisions.build(args.a, args.repository, args.folder .. "/revisions", show_build)
    local b = revisions.build(args.b, args.repository, args.folder .. "/revisions", show_build)
    x, y, failures, cut = measure_sides(entries, a, b, args, args.seed)
    o.paired = true
    found = compare.sets(x, y, o)
    if #found.worse > 0 and not cut then confirm(found, entries, a, b, args, o) end
  end
  if args.json then compare.json(x, y, found)
  elseif not args.quiet then compare.text(x, y, found) end
  out.flush()
  if cut then note("the budget of %s ended it", text.duration(args.budget)) end
  local code = compare.judge(found)
  return code == 0 and (cut or #failures > 0) and 4 or code
end

-- ------------------------------------------------------------------ trend

-- Measures series of this machine and build again, with this program.
local function again_with(args)
  local identity = machine.identity()
  return function(s, counts)
    local last = s.records[#s.records]
    if last.machine ~= identity.machine or last.configuration ~= identity.configuration or last.commit ~= identity.commit or last.peer then
      return nil
    end
    local records = measure.rounds({{entry = problems.find({last.problem})[1], program = machine.self(), identity = identity}},
      measure.run_id(identity), {rounds = counts and 1 or 3 * #last.rounds, passes = args.passes, seconds = args.seconds,
        folder = args.folder, seed = 1, instructions = counts})
    local r = records[1]
    if r.failed or #r.rounds == 0 then return nil end
    if counts then return r.instructions_by == last.instructions_by and r.instructions and r.instructions / r.items or nil end
    return math.log(figures.of(r).ratio)
  end
end

-- -> series, alarms that stand, whether something could not be measured again
local function alarms_of(records, args, wanted)
  local list, alarms, unconfirmed = trend.series(records, wanted), {}, {}
  local o = {alpha = args.alpha, least = args.least, method = args.method}
  local again = args.again and again_with(args) or nil
  for _, found in ipairs(trend.exact(list, o)) do
    local count = again and found.kind == "instructions" and again(found.series, true)
    local _, more = judge.instructions(found.before.instructions and found.before.instructions / found.before.items or 1, count or 0, o)
    if not again or found.kind == "result" or count and more then alarms[#alarms + 1] = found end
  end
  for _, t in ipairs(judge.night(list, o, again)) do
    if t.confirmed then alarms[#alarms + 1] = t else unconfirmed[#unconfirmed + 1] = t end
  end
  return list, alarms, unconfirmed
end

local function show_trend(args)
  local records, faults, there = history.read(args.history)
  if not there then error({status = "unmeasured", message = args.history .. ": there is no such history"}, 0) end
  for _, fault in ipairs(faults) do note("warning: %s", fault) end
  local wanted
  if #args.problem > 0 then
    wanted = {}
    for _, e in ipairs(problems.find(args.problem)) do wanted[e.key] = true end
  end
  local list, alarms, unconfirmed = alarms_of(records, args, wanted)
  if #list == 0 then error({status = "unmeasured", message = args.history .. ": no record of these problems"}, 0) end
  if args.json then run_text.json(trend.json(list, alarms, {method = args.method}))
  elseif not args.quiet then
    out.text(text.table(trend.rows(list, {method = args.method}), {[2] = true, [3] = true, [7] = true}))
  end
  out.flush()
  for _, t in ipairs(unconfirmed) do
    note("%s %s: %+.1f %% time, %s", t.fresh and "not confirmed" or "not measured again", t.series.problem, 100 * t.cut.change,
      t.fresh and ("measured again %+.1f %%"):format(100 * (math.exp(t.fresh - t.cut.before) - 1)) or "its last night is of another build")
  end
  for _, found in ipairs(alarms) do note("%s", trend.line(found)) end
  return #alarms > 0 and 3 or 0
end

-- ------------------------------------------------------------------ simulate

local share = simulate.share_text

local function run_simulation(args)
  local records, _, there = history.read(args.history)
  if not there then error({status = "unmeasured", message = args.history .. ": there is no such history"}, 0) end
  local noise = simulate.noise(records)
  local bar = progress.new {quiet = args.quiet, what = "histories"}
  local rows = simulate.table(noise, {methods = {"step", "energy"}, slower = {0, 0.01, 0.02, 0.05, 0.1}, histories = args.histories,
    nights = args.nights, plant = 40, within = 14, near = 5, first = 20, permutations = args.permutations, least = args.least,
    alpha = args.alpha, seed = args.seed}, function(method, slower, h)
    if bar:is_due() then bar:show(("%s, %s, history %d"):format(method, share(slower), h)) end
  end)
  bar:clear()
  if args.json then
    local list = json.array {}
    for i, r in ipairs(rows) do
      list[i] = json.object {{"method", r.method}, {"slower", r.slower}, {"histories", r.histories}, {"detected", r.detected},
        {"median_nights", r.delay}, {"false_alarms", r.false_alarms}, {"nights", r.nights}}
    end
    run_text.json(json.object {{"problems", json.array(noise.problems)}, {"measured_nights", #noise.nights},
      {"median_deviation", figures.median(noise.deviation)}, {"rows", list}})
    return 0
  end
  out.text(("noise of %d measured nights of %d problems, median absolute deviation %.2f %% of a problem's time (least %.2f, most %.2f)\n\n"):format(
    #noise.nights, #noise.problems, 100 * figures.median(noise.deviation), 100 * math.min(table.unpack(noise.deviation)),
    100 * math.max(table.unpack(noise.deviation))))
  local cells = simulate.cells(rows, {"method", "planted", "histories", "detected", "after nights", "false alarms", "in nights", "per 100 nights"})
  out.text(text.table(cells, {[3] = true, [4] = true, [5] = true, [6] = true, [7] = true, [8] = true}))
  return 0
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
  instructions = {name = "instructions", type = "flag",
    help = "count instructions too: by the processor, else by valgrind (AVX2 kernels)"},
  alpha = {name = "alpha", type = "number", above = 0, below = 1, default = judge.defaults.alpha,
    help = "rate of false discoveries over all problems"},
  least = {name = "least", type = "number", min = 0, max = 10, default = judge.defaults.least,
    help = "the least slowdown that anybody cares for, as a share"},
  method = {name = "method", type = "choice", choices = {"step", "energy"}, default = judge.defaults.method,
    help = "step: two levels; energy: E-divisive"},
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

local bench = {
  name = "bench",
  summary = "Measure speed and quality, keep the figures, and tell when they grow worse.",
  subcommands = {
    {pages = true, name = "list", summary = "List suites of problems, or all kinds of problems with their parameters.",
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
        options.instructions,
        {name = "peer", type = "string", value = "NAME=DIR", many = true,
          help = "kitsune-cpp or kitsune-py and a checkout of it: measured beside each problem score of one thread"},
        options.history, options.folder, options.json, options.quiet},
      details = "Each measurement is a process of its own; rounds are interleaved, their order drawn. A figure is the median of "
        .. "the rounds, +- half the distance of the quartiles. \"of the limit\": the time that the least arithmetic (fma), the "
        .. "least bytes to memory (triad) or from the file (read) take at the machine's own rates, which the suite machine "
        .. "measures, over the time that it took. Exit code 2: a problem failed or gave a wrong result; 4: not all was measured.",
      run = budgeted(run)},
    {name = "compare", summary = "Tell which problems are slower in one of two recorded sets, or two commits.",
      arguments = {{name = "A", help = "a commit, built in a worktree; or a history, FILE, FILE:RUN or FILE:-2; or @RUN, @-2 of "
        .. "--history"}, {name = "B", help = "another of the same kind"}, options.problem},
      options = {options.alpha, options.least,
        {name = "rounds", type = "integer", min = 1, max = 1000, default = 9, help = "each measures every problem of both"},
        options.passes, options.seconds, options.seed, options.budget, options.instructions,
        {name = "repository", type = "path", default = ".", help = "of the commits"},
        options.history, options.folder, options.json, options.quiet},
      details = "Commits are measured in turns, round by round; the change is Hodges and Lehmann's of the rounds' ratios to the "
        .. "calibration, its interval and p are Wilcoxon's, exact; q is p corrected by Benjamini and Hochberg. A regression is "
        .. "slower beyond chance (q at most alpha) and by at least --least, and is measured once more before it is told; or "
        .. "takes 0.5 % more instructions; or has another result where every machine has the same. Exit code 0: none; 3: a "
        .. "regression; 4: not measurable. A commit from before `bench` is measured from outside, on problems of the kind score.",
      run = budgeted(compare_two)},
    {pages = true, name = "trend", summary = "Tell where the figures of a history changed, and whether they grew worse lately.",
      arguments = {{name = "PROBLEM", many = true, optional = true, help = "suites or problems; without one: all of the history"}},
      options = {options.method, options.alpha, options.least,
        {name = "again", type = "flag", help = "measure what would be an alarm once more, and believe it only then"},
        options.passes, options.seconds, options.history, options.folder, options.json, options.quiet},
      details = "A series is one problem on one machine and build; its values are a run's least times over the calibration's. "
        .. "Exit code 0: no regression; 3: one within the last 14 runs; 4: no history.",
      run = show_trend},
    {name = "simulate", summary = "Tell how often trend would be right, from noise that was measured.",
      options = {{name = "histories", type = "integer", min = 1, max = 100000, default = 24, help = "simulated for each line"},
        {name = "nights", type = "integer", min = 21, max = 2000, default = 100, help = "of a history on which nothing changes"},
        {name = "permutations", type = "integer", min = 19, max = 100000, default = judge.defaults.permutations, help = "of a test, at most"},
        options.alpha, options.least, options.seed, options.history, options.json, options.quiet},
      details = "The history must be of runs between which nothing changed. A slowdown is planted on night 40 in one problem; "
        .. "detected: an alarm for it within 14 nights, after its change point was measured again.",
      run = run_simulation},
  },
}
for _, subcommand in ipairs(require("ninetails.bench.nightly_command")(options, budgeted, alarms_of)) do
  table.insert(bench.subcommands, subcommand)
end
return bench
