-- SPDX-License-Identifier: GPL-3.0-or-later
-- `ninetails bench nightly` and `ninetails bench document`.
local figures = require "ninetails.bench.figures"
local files = require "ninetails.files"
local history = require "ninetails.bench.history"
local judge = require "ninetails.bench.judge"
local machine = require "ninetails.bench.machine"
local nightly = require "ninetails.bench.nightly"
local out = require "ninetails.cli.out"
local outputs = require "ninetails.cli.outputs"
local page = require "ninetails.bench.page"
local performance = require "ninetails.bench.performance"
local progress = require "ninetails.cli.progress"
local system = require "ninetails.system"
local text = require "ninetails.cli.text"
local trend = require "ninetails.bench.trend"

local function note(...) out.note(string.format(...), "\n") end

-- ------------------------------------------------------------------ nightly

local function write_page(path, list, alarms, lines, night, identity, quality)
  local about = {{"commit", night.commit:sub(1, 12) .. (night.dirty and " (dirty)" or "")}, {"machine", identity.machine_text},
    {"build", identity.configuration_text}, {"run", night.run}}
  files.write(path, page.make(list, alarms, lines, about, quality))
end

return function(options, budgeted, alarms_of)
  local function run(args)
    local started = system.clock()
    local identity = machine.identity()
    local night = nightly.open(args.folder, identity)
    local path = args.history or args.folder .. "/history.jsonl"
    local target = args.output or args.folder .. "/index.html"
    outputs.check(target, outputs.begins(page.HEAD, "a page of ninetails bench"), args.force)
    if night.resumed and not args.quiet then note("goes on with run %s of %s", night.run, night.started) end
    local quality = {headline = "not asked for", lines = {}, others = {}, measured = true}
    if not args.no_quality then
      quality = nightly.quality(args.folder, night, {packets = args.packets, available = args.available, alpha = args.alpha})
    end
    local bar = progress.new {quiet = args.quiet, what = "measurements"}
    local measured, failures, cut = nightly.speed(night, {history = path, folder = args.folder, rounds = args.rounds, passes = args.passes,
      seconds = args.seconds, seed = args.seed, instructions = not args.no_instructions, budget = args.budget, started = started,
      suites = #args.suite > 0 and args.suite or nil,
      progress = function(done, all, words)
        if bar:is_due() then bar:show(("%d of %d measurements, %s"):format(done, all, words)) end
      end})
    bar:clear()
    local records, faults = history.read(path)
    for _, fault in ipairs(faults) do note("warning: %s", fault) end
    local mine = {}
    for _, r in ipairs(records) do
      if r.machine == identity.machine then mine[#mine + 1] = r end
    end
    local list, alarms, unconfirmed = alarms_of(mine, {alpha = args.alpha, least = args.least, method = args.method, again = true,
      passes = args.passes, seconds = args.seconds, folder = args.folder})
    local lines = table.move(quality.lines, 1, #quality.lines, 1, {})
    for _, found in ipairs(alarms) do lines[#lines + 1] = trend.line(found) end
    write_page(target, list, alarms, lines, night, identity, {quality.headline, quality.others})
    for _, f in ipairs(failures) do note("failed %s: %s", f.job.entry.key, f.why) end
    for _, t in ipairs(unconfirmed) do note("not confirmed %s: %+.1f %% time", t.series.problem, 100 * t.cut.change) end
    for _, line in ipairs(lines) do note("%s", line) end
    -- What the budget leaves out of the longer suites is no fault: the quick one, and quality, must be there.
    local whole = quality.measured and #failures == 0 and measured > 0
    nightly.close(args.folder, night)
    out.text(nightly.line(night, {lines = lines, whole = whole, measured = measured, page = target,
      quality = quality.headline .. (cut and ", the budget ended the rest" or "")}), "\n")
    if #lines > 0 then return 3 end
    return whole and 0 or 4
  end

  local function document(args)
    outputs.check(args.output, performance.kind, args.force)
    local bar = progress.new {quiet = args.quiet, what = "histories"}
    local body = performance.make(args, function(words)
      if bar:is_due() then bar:show(words) end
    end)
    bar:clear()
    files.write(args.output, body)
    if not args.quiet then out.text(("%s, %s\n"):format(args.output, text.scaled(#body, "B"))) end
    return 0
  end

  local folder = {name = "folder", type = "path", default = "results/nightly", help = "of the history, the reference, captures and the page"}
  return {
    {name = "nightly", summary = "One night: quality, then speed, as far as the budget goes; judged, a page, one line.",
      arguments = {{name = "SUITE", many = true, optional = true, help = "of speed; without one: quick, machine, stages, micro, end, sweeps"}},
      options = {folder, options.budget, options.rounds, options.passes, options.seconds, options.seed, options.alpha, options.least,
        options.method,
        {name = "packets", type = "integer", min = 2000, default = 20000, help = "of each synthetic capture of quality"},
        {name = "available", type = "flag", help = "quality on every labelled data set that is here, too"},
        {name = "no-quality", type = "flag", help = "speed alone"},
        {name = "no-instructions", type = "flag", help = "count no instructions"},
        {name = "history", type = "path", help = "else history.jsonl in the folder"},
        {name = "output", short = "o", type = "path", help = "the page; else index.html in the folder"}, outputs.option, options.quiet},
      details = "For cron: prints one line, exit code 0 where all is well, 3 for a regression, 4 where too little was measured. What "
        .. "was cut off is gone on with by the next start. Quality is the experiment nightly (experiments/nightly.lua) beside the "
        .. "result file of the first night, quality.h5: AUC, EER and TPR at FPR 1e-3 by paired intervals, corrected for their "
        .. "number; replace quality.h5 by a night's quality-RUN.h5 to take new figures as the reference.",
      run = budgeted(run)},
    {name = "document", summary = "Write docs/performance.md from histories.",
      options = {
        {name = "output", short = "o", type = "path", default = "docs/performance.md", help = "the page"}, outputs.option,
        {name = "history", type = "path", required = true, help = "of the figures: the last record of each problem"},
        {name = "noise", type = "path", help = "of A/A nights of times, for the rates of detections and false alarms"},
        {name = "counts", type = "path", help = "of A/A nights with instructions"},
        {name = "histories", type = "integer", min = 1, max = 100000, default = 24, help = "simulated for each line"},
        {name = "quality-nights", type = "integer", min = 0, max = 100000, default = 100, help = "simulated of quality; 0: none"},
        options.folder, options.seed, options.quiet},
      run = document},
  }
end
