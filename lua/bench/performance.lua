-- SPDX-License-Identifier: GPL-3.0-or-later
-- docs/performance.md, made of histories.
local figures = require "ninetails.bench.figures"
local history = require "ninetails.bench.history"
local judge = require "ninetails.bench.judge"
local outputs = require "ninetails.cli.outputs"
local problems = require "ninetails.bench.problems"
local simulate = require "ninetails.bench.simulate"
local simulate_quality = require "ninetails.bench.simulate_quality"
local run_text = require "ninetails.bench.run_text"
local text = require "ninetails.cli.text"

local performance = {}

local HEAD = "<!-- SPDX-License-Identifier: GPL-3.0-or-later -->\n<!-- Made by `ninetails bench document` -->"
performance.kind = outputs.begins(HEAD, "a page of ninetails bench document")

-- Rows of cells -> a table of Markdown; columns from `from` on are numbers.
local function markdown(rows, flush)
  local lines = {}
  for i, row in ipairs(rows) do
    local cells = {}
    for k = 1, #rows[1] do cells[k] = (row[k] or ""):gsub("|", "\\|") end
    lines[#lines + 1] = "| " .. table.concat(cells, " | ") .. " |"
    if i == 1 then
      local marks = {}
      for k = 1, #rows[1] do marks[k] = flush[k] and "--:" or "---" end
      lines[#lines + 1] = "|" .. table.concat(marks, "|") .. "|"
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

local share = simulate.share_text

-- The last record of each problem and peer, of the machine and build of the last one.
local function latest(path)
  local records = history.read(path)
  local last = records[#records] or error({status = "unmeasured", message = path .. ": holds no record"}, 0)
  local of, order = {}, {}
  for _, r in ipairs(records) do
    if r.kind == "time" and r.machine == last.machine and r.configuration == last.configuration and not r.failed then
      local key = r.problem .. "\0" .. (r.peer or "")
      if not of[key] then order[#order + 1] = key end
      of[key] = r
    end
  end
  local list = {}
  for i, key in ipairs(order) do list[i] = of[key] end
  return list, last, of
end

-- "12 problems of commit 1a2b3c4d5e": which commits the figures are of.
local function commits_of(list)
  local of, order = {}, {}
  for _, r in ipairs(list) do
    local name = r.commit:sub(1, 10) .. (r.dirty and " (dirty)" or "")
    if not of[name] then order[#order + 1], of[name] = name, 0 end
    of[name] = of[name] + 1
  end
  local words = {}
  for i, name in ipairs(order) do words[i] = ("%d of commit %s"):format(of[name], name) end
  return table.concat(words, ", ")
end

local function suites(list, limits)
  local of, parts = {}, {}
  for _, r in ipairs(list) do of[r.problem .. "\0" .. (r.peer or "")] = r end
  for _, suite in ipairs(problems.suites) do
    local found = {}
    for _, e in ipairs(suite.name ~= "quick" and problems.find {suite.name} or {}) do found[#found + 1] = of[e.key .. "\0"] end
    if #found > 0 then
      parts[#parts + 1] = ("\n## %s: %s\n\n"):format(suite.name, suite.help)
      parts[#parts + 1] = markdown(run_text.rows(found, limits), {[2] = true, [4] = true, [5] = true, [6] = true, [7] = true})
    end
  end
  return table.concat(parts)
end

local function peers(list)
  local rows, ours = {{"problem", "who", "ns a packet", "packets/s", "ratio to ours from the same table"}}, {}
  for _, r in ipairs(list) do
    if r.peer and r.peer:sub(1, 1) == "(" then ours[r.run .. r.problem] = figures.of(r).seconds / r.items end
  end
  for _, r in ipairs(list) do
    if r.peer then
      local f, base = figures.of(r), ours[r.run .. r.problem]
      rows[#rows + 1] = {r.problem, r.peer:sub(1, 1) == "(" and "ninetails " .. r.peer or r.peer, run_text.amount(f.ns), text.scaled(f.rate),
        base and ("%.2f"):format(f.seconds / r.items / base) or ""}
    end
  end
  if #rows == 1 then return "" end
  return "\n## Peers\n\nWhole processes, from tshark's table of the same packets to a file of scores; CPU time, one thread, medians of rounds "
    .. "in turn (`ninetails bench run score --peer kitsune-cpp=DIR --peer kitsune-py=DIR`). Theirs are built with what they are fastest "
    .. "with (clang++ -O3 -march=native -flto); scikit-learn's detectors, on OpenBLAS, are compared by `make -f Makefile.paper bench-detectors` "
    .. "([speed.md](speed.md)).\n\n" .. markdown(rows, {[3] = true, [4] = true, [5] = true})
end

local function times_table(args, tick)
  local records, _, there = history.read(args.noise)
  if not there then error({status = "unmeasured", message = args.noise .. ": there is no such history"}, 0) end
  local noise = simulate.noise(records)
  local rows = simulate.table(noise, {methods = {"step", "energy"}, slower = {0, 0.01, 0.02, 0.05, 0.1}, histories = args.histories,
    nights = 100, plant = 40, within = 14, near = 5, first = 20, permutations = judge.defaults.permutations, least = judge.defaults.least,
    alpha = judge.defaults.alpha, seed = args.seed},
    function(method, slower, h) tick(("%s, %s, history %d of %d"):format(method, share(slower), h, args.histories)) end)
  local cells = simulate.cells(rows, {"method", "planted on night 40", "histories", "detected within 14 nights", "median night", "false alarms", "in nights", "per 100 nights"})
  return ("\n### Times\n\nNoise: %d nights of %d problems, measured one after the other while others used the machine; from night to night a problem's "
    .. "time varies by a median absolute deviation of %.1f %% (least %.1f, most %.1f). An alarm: slower by %g %% at least, q at most %g, and so "
    .. "once more when measured again. False alarms count all problems of a night together.\n\n"):format(#noise.nights, #noise.problems,
    100 * figures.median(noise.deviation), 100 * math.min(table.unpack(noise.deviation)), 100 * math.max(table.unpack(noise.deviation)),
    100 * judge.defaults.least, judge.defaults.alpha) .. markdown(cells, {[3] = true, [4] = true, [5] = true, [6] = true, [7] = true, [8] = true}),
    rows
end

local function kept(rows)
  local of = {step = {0, 0}, energy = {0, 0}}
  for _, r in ipairs(rows) do
    of[r.method][1] = of[r.method][1] + r.detected
    of[r.method][2] = of[r.method][2] + r.false_alarms
  end
  return ("\nBoth find the change point by a permutation test; over all lines the step found %d and raised %d false alarms, E-divisive's energy found "
    .. "%d and raised %d. The preset is `%s`; `ninetails bench trend --method` takes the other.\n"):format(of.step[1], of.step[2], of.energy[1],
    of.energy[2], judge.defaults.method)
end

local function counts_table(path)
  local records, _, there = history.read(path)
  if not there then error({status = "unmeasured", message = path .. ": there is no such history"}, 0) end
  local found = simulate.counts(records, {0.01, 0.02, 0.05, 0.1})
  local cells = {{"planted", "pairs of nights", "alarms"}, {"nothing (A/A)", ("%d"):format(found.pairs), ("%d"):format(found.false_alarms)}}
  for _, row in ipairs(found.slower) do cells[#cells + 1] = {share(row[1]), ("%d"):format(found.pairs), ("%d"):format(row[2])} end
  return ("\n### Instructions\n\nThe gate where times are too noisy: counts of a pass, by the processor where it counts, else by callgrind with AVX2 "
    .. "kernels, beside those of the night before. From night to night they differ by %.3f %% at most (%d problems); an alarm is %g %% more.\n\n")
    :format(100 * found.most, found.problems, 100 * judge.defaults.least_instructions) .. markdown(cells, {[2] = true, [3] = true})
end

local function quality_table(args, tick)
  local rows, packets = simulate_quality.table({nights = args.quality_nights, replicates = 1000, alpha = judge.defaults.alpha, seed = args.seed,
    folder = args.folder}, function(what, n) tick(("quality, %s, night %d"):format(what, n)) end)
  local cells = {{"the night's scores", "nights", "alarms", "share"}}
  for _, r in ipairs(rows) do
    cells[#cells + 1] = {r.what, ("%d"):format(r.nights), ("%d"):format(r.alarms), ("%.0f %%"):format(100 * r.alarms / r.nights)}
  end
  return ("\n### Quality\n\nKitNET's scores of %s packets of a synthetic fuzzing, beside those of a reference night: AUC, EER and TPR at FPR 1e-3 by paired "
    .. "block bootstrap, of the AUC DeLong's interval where there are too few blocks, corrected for their number; of so few blocks that no p can be small the interval decides; a loss below %g is none. rounding: off by 1e-12; other seeds: of the weights, which no night changes; loss: so many of the "
    .. "attack packets are scored as benign ones are.\n\n"):format(text.count(packets), judge.defaults.least_quality) .. markdown(cells, {[2] = true, [3] = true, [4] = true})
end

local INTRODUCTION = [[
# Performance

What each kernel, stage and run costs, in units, beside what the machine can do at most; and how far the nightly alarms can be
trusted. `ninetails bench document` makes this page of histories that `ninetails bench run` writes:

    ninetails bench run machine micro stages end sweeps --history figures.jsonl --instructions
    for night in $(seq 20); do ninetails bench run quick --history noise.jsonl --quiet; done       # nothing changes between them
    ninetails bench document --history figures.jsonl --noise noise.jsonl --counts counts.jsonl

Every figure is of a result that was checked in the same process ("checked by"): against a definition, the kernels of plain C, another
number of threads, or what was written read back. A figure is the median of the rounds, each the least of its passes; +- is half the
distance of the quartiles. "of the limit" is the time that the least arithmetic (fma), the least bytes to memory (triad) or of the file
(read) would take at the machine's own rates, over the time that it took. Instructions are those of one item.
]]

local AUTOMATION = [[

## Every night

    make -f Makefile.paper nightly BUDGET=1h

runs [experiments/nightly.lua](../experiments/nightly.lua) and the suites within the budget, judges both, writes
`results/nightly/index.html` and prints one line. Exit code 0: fine; 3: a regression; 4: too little was measured. What is cut off is gone on with.

A crontab line, with a mail when it is not fine:

    17 3 * * * cd /srv/ninetails && git pull -q && make -s -f Makefile.paper nightly BUDGET=1h > nightly.log 2>&1 || mail -s "ninetails nightly" team@example.org < nightly.log

A systemd timer, `ninetails-nightly.timer` and `.service`:

    [Timer]
    OnCalendar=*-*-* 03:17
    Persistent=true
    [Install]
    WantedBy=timers.target

    [Service]
    Type=oneshot
    WorkingDirectory=/srv/ninetails
    ExecStart=/usr/bin/make -s -f Makefile.paper nightly BUDGET=1h
    Nice=-5

A workflow, on a machine of one's own: times of shared runners say little, and the history must stay.

    on: {schedule: [{cron: "17 3 * * *"}]}
    jobs:
      nightly:
        runs-on: self-hosted
        steps:
          - uses: actions/checkout@v4
            with: {clean: false, fetch-depth: 0}
          - run: make -f Makefile.paper nightly BUDGET=1h
          - uses: actions/upload-artifact@v4
            if: always()
            with: {name: trends, path: results/nightly/index.html}
]]

function performance.make(args, tick)
  local list, last = latest(args.history)
  local limits = figures.limits(list)
  local parts = {HEAD, "\n", INTRODUCTION, "\nMachine: ", last.machine_text, ". Build: ", last.configuration_text, ". Records: ", commits_of(list)}
  if next(limits) then parts[#parts + 1] = (". Limits: %s"):format(run_text.limit_words(limits)) end
  parts[#parts + 1] = (". Others used the machine: load %s when the last was measured.\n"):format(last.load and text.plain(last.load) or "unknown")
  parts[#parts + 1] = suites(list, limits)
  local series = figures.series(list)
  if #series > 0 then
    parts[#parts + 1] = "\n## Exponents\n\nLeast squares of the logarithms, +- a standard error.\n\n" .. markdown(run_text.exponent_rows(series), {[2] = true})
  end
  parts[#parts + 1] = peers(list)
  if args.noise or args.counts or args.quality_nights > 0 then
    parts[#parts + 1] = "\n## How far alarms can be trusted\n\nSimulated nights, of noise that was measured (`ninetails bench simulate`); slowdowns planted.\n"
  end
  if args.noise then
    local words, rows = times_table(args, tick)
    parts[#parts + 1] = words .. kept(rows)
  end
  if args.counts then parts[#parts + 1] = counts_table(args.counts) end
  if args.quality_nights > 0 then parts[#parts + 1] = quality_table(args, tick) end
  parts[#parts + 1] = AUTOMATION
  return table.concat(parts)
end

return performance
