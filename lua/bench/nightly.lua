-- SPDX-License-Identifier: GPL-3.0-or-later
-- One night: quality, then speed, as far as the budget goes; judged, a page, one line.
--
-- A night that was cut off is gone on with by the next start of the same program: night.json in its folder says which run it is
-- and what is done; runs of the experiment are files of their own, and a problem that was measured has its line in the history.
local command = require "ninetails.command"
local files = require "ninetails.files"
local history = require "ninetails.bench.history"
local json = require "ninetails.json"
local judge = require "ninetails.bench.judge"
local machine = require "ninetails.bench.machine"
local measure = require "ninetails.bench.measure"
local problems = require "ninetails.bench.problems"
local system = require "ninetails.system"
local text = require "ninetails.cli.text"

local nightly = {}

local FIGURES = "auc,eer,tpr_at_fpr_1em3"
local QUALITY_SHARE = 0.5 -- of the budget, at most

-- ------------------------------------------------------------------ where it stands

-- The night of `folder` that this program began and did not end, or a new one.
function nightly.open(folder, identity)
  files.make_folders(folder)
  local path = folder .. "/night.json"
  if files.stat(path) then
    local good, night = pcall(json.decode, files.read(path, 1 << 16))
    if good and type(night) == "table" and night.commit == identity.commit and night.dirty == identity.dirty
      and night.configuration == identity.configuration and night.done == false and type(night.run) == "string" then
      night.resumed = true
      return night
    end
  end
  local night = {run = measure.run_id(identity), commit = identity.commit, dirty = identity.dirty, configuration = identity.configuration,
    started = os.date("!%Y-%m-%dT%H:%M:%SZ"), done = false}
  files.write(path, json.encode(night) .. "\n")
  return night
end

function nightly.close(folder, night)
  night.done = true
  night.resumed = nil
  files.write(folder .. "/night.json", json.encode(night) .. "\n")
end

-- ------------------------------------------------------------------ quality

-- Metrics that are worse beyond chance: lines; p-values are corrected for their number.
local function worse_of(found, commits, alpha)
  local tested, lines, others = {}, {}, {}
  for _, run in ipairs(found.runs) do
    local name = ("%s %s"):format(run.dataset, run.detector)
    if run.status ~= "both ran" then lines[#lines + 1] = ("regression %s, %s: %s"):format(name, commits, run.status) end
    for _, m in ipairs(run.metrics) do
      local p = m.p ~= json.null and m.p
      if m.verdict == "gone" then lines[#lines + 1] = ("regression %s, %s: %s is gone"):format(name, commits, m.name)
      elseif type(m.difference) == "number" and m.low ~= json.null then
        local blocks = m.blocks ~= json.null and m.blocks or 0
        tested[#tested + 1] = {p = p or (m.verdict == "within" and 1 or 1 - found.level), name = name, metric = m,
          floor = blocks > 0 and judge.floor(blocks, m.attack_blocks) or 0, beyond = m.verdict == "worse", loss = math.abs(m.difference)}
      else others[#others + 1] = ("%s: %s changed without an interval"):format(name, m.name) end
    end
  end
  judge.quality(tested, {alpha = alpha})
  for _, t in ipairs(tested) do
    local m = t.metric
    local words = ("%s, %s: %s %.4f, was %.4f, difference %+.4f, interval %+.4f to %+.4f, q = %.2g"):format(t.name, commits, m.name, m.b, m.a,
      m.difference, m.low, m.high, t.q)
    if t.alarm then lines[#lines + 1] = "regression " .. words
    else others[#others + 1] = words end
  end
  return lines, others
end

-- Runs the experiment and compares it with the night whose figures are kept as the reference.
-- -> {headline =, lines = {regressions}, others = {...}, measured = bool}
function nightly.quality(folder, night, options)
  local program = machine.self()
  local new, reference = ("%s/quality-%s.h5"):format(folder, night.run), folder .. "/quality.h5"
  local words = {program, "run", "nightly", "-o", new, "--quiet", "--set", "packets=" .. options.packets,
    "--set", "available=" .. tostring(options.available == true)}
  local ran = command.run {words = words}
  if not files.stat(new) or ran.code == 1 then
    return {headline = "not measured: " .. (ran.errors:match("[^\n]+") or "no reason given"), lines = {}, others = {}, measured = false}
  end
  if not files.stat(reference) then
    files.copy(new, reference)
    return {headline = "the first night: its figures are the reference from now on (quality.h5)", lines = {}, others = {}, measured = ran.code == 0}
  end
  local compared = command.run {words = {program, "results", "diff", reference, new, "--metric", FIGURES, "--json"}}
  local good, found = pcall(json.decode, compared.out)
  if not good then return {headline = "not compared: " .. text.last_line(compared.errors), lines = {}, others = {}, measured = false} end
  local commits = ("since the reference, at %s"):format(night.commit:sub(1, 10))
  local lines, others = worse_of(found, commits, options.alpha)
  return {headline = ("%d runs beside the reference: %d of the same figures, %d differ"):format(found.counts.runs, found.counts.same,
    found.counts.runs - found.counts.same), lines = lines, others = others, measured = ran.code == 0 and found.counts.runs > 0}
end

-- ------------------------------------------------------------------ speed

local SUITES = {"quick", "machine", "stages", "micro", "end", "sweeps"}

-- Suites one after the other, each problem kept as it is done; what has its line already is not measured again.
-- -> measured, failures, whether the budget ended it
function nightly.speed(night, options)
  local there, identity = {}, machine.identity()
  for _, r in ipairs((history.read(options.history))) do
    if r.run == night.run then there[r.problem] = true end
  end
  local measured, failures, seen = 0, {}, {}
  for _ in pairs(there) do measured = measured + 1 end
  for _, suite in ipairs(options.suites or SUITES) do
    local jobs = {}
    for _, entry in ipairs(problems.find {suite}) do
      if not there[entry.key] and not seen[entry.key] then
        jobs[#jobs + 1], seen[entry.key] = {entry = entry, program = machine.self(), identity = identity}, true
      end
    end
    local records, failed, cut = measure.rounds(jobs, night.run, {rounds = options.rounds, passes = options.passes, seconds = options.seconds,
      seed = options.seed, folder = options.folder, instructions = suite == "quick" and options.instructions, budget = options.budget,
      started = options.started, progress = options.progress})
    if not cut then measured = measured + measure.keep(options.history, records) end
    for _, f in ipairs(failed) do failures[#failures + 1] = f end
    if cut then return measured, failures, true end
  end
  return measured, failures, false
end

-- ------------------------------------------------------------------ the line

-- "ninetails 2026-11-28 1a2b3c4d5e: fine, ..." for a channel.
function nightly.line(night, told)
  local state = #told.lines > 0 and ("REGRESSION, %d"):format(#told.lines) or told.whole and "fine" or "not all was measured"
  return ("ninetails %s %s: %s; %d problems timed, quality: %s; %s%s"):format(os.date("!%Y-%m-%d"), night.commit:sub(1, 10), state,
    told.measured, told.quality, told.page, #told.lines > 0 and "; " .. told.lines[1] or "")
end

nightly.QUALITY_SHARE, nightly.clock = QUALITY_SHARE, system.clock

return nightly
