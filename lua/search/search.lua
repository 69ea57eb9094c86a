-- SPDX-License-Identifier: GPL-3.0-or-later
-- Searches: sweeps one after another, of which each is made of what those before it came to. A sweep's runs are those of
-- any other, in the same result file. What is tried is a function of the script, its seed and the rows so far, and of
-- nothing else: neither of the number of threads nor of where the search was interrupted. So going on is beginning again,
-- with runs that are there already.
--
--     local search = require "ninetails.search"
--     search.first(spec, {from =})            the plan of its first sweep: what --dry-run shows
--     search.run(spec, options, quiet, warned) -> a plan of all runs, the outcome of them all; outcome.search says what
--                                                was found (found.lua). options: those of `ninetails run`
local datasets = require "ninetails.experiment.datasets"
local files = require "ninetails.files"
local halving = require "ninetails.search.halving"
local plans = require "ninetails.experiment.plan"
local registry = require "ninetails.dataset.registry"
local results = require "ninetails.results"
local session = require "ninetails.experiment.session"
local split = require "ninetails.search.split"
local statistics = require "ninetails.results.statistics"
local text = require "ninetails.cli.text"
local tpe = require "ninetails.search.tpe"
local values = require "ninetails.experiment.values"

local search = {}

local Search = {}
Search.__index = Search

local STOPPED = {} -- raised where a sweep was interrupted, or gave up

local function add_once(list, items, key_of)
  list.seen = list.seen or {}
  for _, item in ipairs(items) do
    local key = key_of and key_of(item) or item
    if not list.seen[key] then list.seen[key], list[#list + 1] = true, item end
  end
end

local function skip_key(entry) return entry.name .. "\0" .. entry.why end

-- ------------------------------------------------------------------ data sets

-- Packets that a data set's detector learns from; nil: nobody says.
local function training_of(spec, set)
  local grace = spec.graces[1] == "recommended" and set.grace or spec.graces[1]
  return type(grace) == "table" and grace.fm + 1 + grace.ad or nil
end

function Search:find(part, from)
  local nodes = part.datasets or self.spec.datasets
  if not self.found[nodes] then
    local sets, skipped, warnings = datasets.find(nodes, from, function() return true end)
    add_once(self.skipped, skipped, skip_key)
    add_once(self.warnings, warnings)
    self.found[nodes] = sets
  end
  if #self.found[nodes] == 0 then
    error({status = "missing", message = ("no data set to %s on"):format(part.name), skipped = self.skipped,
      warnings = self.warnings}, 0)
  end
  return split.make(self.spec.where, part, self.found[nodes])
end

-- The data sets of a rung, and its seeds.
function Search:rung_of(k, share)
  local sets, seeds = {}, self.spec.seeds
  if self.settings.resource == "seeds" then
    return self.select, table.move(seeds, 1, math.max(1, math.floor(share * #seeds + 1e-9)), 1, {})
  end
  for i, set in ipairs(self.select) do
    local training = training_of(self.spec, set)
    sets[i] = set
    if training and set.packets and training < set.packets and share < 1 then
      if not set.labels then split.check(self.spec.where, set, training, self.settings.metric) end
      sets[i] = split.share(set, training, share)
      sets[i].rung = k
    end
  end
  return sets, seeds
end

local function check_measurable(self, sets)
  if not results.is_measure(self.settings.metric) then return end
  for _, set in ipairs(sets) do
    local training = training_of(self.spec, set)
    if training and training < (set.packets or math.huge) then
      split.check(self.spec.where, set, training, self.settings.metric)
    end
  end
end

local function warn(self)
  local s = self.settings
  add_once(self.warnings, split.overlaps(self.select, self.report or {}))
  if not self.report then
    add_once(self.warnings, {"search: there is no `report`: the best figure is of the packets that the configuration is "
      .. "CHOSEN BY, and too good"})
  end
  if s.seconds then
    add_once(self.warnings, {("search: seconds = %s: which configurations are tried depends on how fast the machine is; "
      .. "`trials` alone does not"):format(text.plain(s.seconds))})
  end
end

-- One line for the result file.
local function note_of(self)
  local function names(sets)
    local list = {}
    for i, set in ipairs(sets or {}) do list[i] = set.name end
    return #list > 0 and table.concat(list, " ") or "none"
  end
  local s = self.settings
  return ("%s, %d trials, seed %d, by %s%s; select: %s; report: %s"):format(s.method, s.trials, s.seed, s.metric,
    s.seconds and (", at most %s s of detectors' work: what was tried depends on the machine"):format(text.plain(s.seconds)) or "",
    names(self.select), names(self.report))
end

local function new(spec, options, quiet)
  if options.only and #options.only > 0 then
    error({status = "argument", message = "--only: not for a search, whose next runs follow from all before them"}, 0)
  end
  registry.first_place(options.from)
  local self = setmetatable({spec = spec, settings = spec.search, options = options, quiet = quiet, found = {},
    skipped = {}, warnings = {}, notes = {}, runs = {}, states = {}, inputs = {}, known = {}, figures = {}, done = 0,
    failed = 0, seconds = 0, spent = 0}, Search)
  self.select = self:find(self.settings.select, options.from)
  self.report = self.settings.report and self:find(self.settings.report, options.from)
  if self.settings.method == "halving" then
    self.rungs = halving.rungs(self.settings.trials, self.settings.eta, self.settings.rungs)
    for k, rung in ipairs(self.rungs) do
      rung.sets, rung.seeds = self:rung_of(k, rung.share)
      check_measurable(self, rung.sets)
    end
  end
  check_measurable(self, self.select)
  check_measurable(self, self.report or {})
  warn(self)
  return self
end

-- ------------------------------------------------------------------ sweeps

-- A text that is the same for the same values.
local function configuration_key(self, full)
  local words = {}
  for i, p in ipairs(self.spec.detectors[1].class.parameters) do words[i] = tostring(text.plain_or_word(full[p.name] or "")) end
  return table.concat(words, "\0")
end

-- The plan of each configuration on each data set with each seed.
function Search:plan(configurations, sets, seeds)
  local different, seen = {}, {}
  for _, full in ipairs(configurations) do
    local key = configuration_key(self, full)
    if not seen[key] then seen[key], different[#different + 1] = true, full end
  end
  local detector = setmetatable({configurations = different}, {__index = self.spec.detectors[1]})
  local narrowed = setmetatable({detectors = {detector}, seeds = seeds}, {__index = self.spec})
  local plan = plans.make(narrowed, {sets = sets})
  add_once(self.warnings, plan.warnings)
  add_once(self.skipped, plan.skipped, skip_key)
  plan.warnings, plan.skipped, plan.search = self.warnings, self.skipped, note_of(self)
  return plan
end

local completed = {"output", "folder", "jobs", "memory", "fresh", "retry", "run_seconds", "command_line"}

-- Rows of the result file stay until the search is at its end, and are then those of its own runs.
function Search:complete(plan)
  if not self.first then
    session.complete(plan, self.options)
    self.first = plan
    plan.keep_others = not self.options.force and files.stat(plan.output) ~= nil and pcall(results.read, plan.output)
  else
    for _, key in ipairs(completed) do plan[key] = self.first[key] end
    plan.keep_others = true
  end
  local most = self.options.max_failures
  plan.max_failures = most and math.max(1, most - self.failed)
end

-- Adds a sweep's runs to those of the search.
function Search:remember(plan, outcome)
  for i, run in ipairs(plan.runs) do
    local state = outcome.runs[i]
    local place = self.known[state.key]
    if not place then
      place = #self.runs + 1
      self.known[state.key] = place
      local input, configuration = plan.inputs[run.input], run.dataset .. "\0" .. configuration_key(self, run.full)
      local name = input.name .. "\0" .. (input.profile or "")
      if not self.inputs[name] then
        self.inputs[#self.inputs + 1] = input
        self.inputs[name] = #self.inputs
      end
      if not self.known[configuration] then
        self.configurations = (self.configurations or 0) + 1
        self.known[configuration] = self.configurations
      end
      local copy = {}
      for key, value in pairs(run) do copy[key] = value end
      copy.input, copy.configuration = self.inputs[name], self.known[configuration]
      self.runs[place] = copy
    end
    local before = self.states[place]
    if not before or before.state == "missing" or state.state ~= "kept" then self.states[place] = state end
  end
  self.done, self.failed = 0, 0
  for _, state in ipairs(self.states) do
    if state.state == "done" then self.done = self.done + 1 end
    if state.state == "failed" then self.failed = self.failed + 1 end
  end
  self.seconds = self.seconds + outcome.seconds
  self.last = outcome
end

-- What the rows of a sweep say: for each configuration its figures, and whether every run has one.
function Search:read(plan, outcome)
  local table_of_runs, columns, rows, found = results.read(outcome.output), {}, {}, {}
  for _, column in ipairs(table_of_runs.columns) do columns[column.name] = column.values end
  for i, key in ipairs(columns.run or {}) do rows[key] = i end
  local function number(name, row)
    local value = columns[name] and columns[name][row]
    return type(value) == "number" and value == value and math.abs(value) < math.huge and value or nil
  end
  for i, run in ipairs(plan.runs) do
    local state = outcome.runs[i]
    local row, key = rows[state.key], configuration_key(self, run.full)
    found[key] = found[key] or {whole = true}
    local good = (state.state == "done" or state.state == "kept") and row
    local value = good and number(self.settings.metric, row)
    if value then table.insert(found[key], value) else found[key].whole = false end
    if good and not self.figures[state.key] then
      self.figures[state.key] = true
      self.spent = self.spent + (number("seconds_learn", row) or 0) + (number("seconds_score", row) or 0)
    end
  end
  return found
end

-- Runs them; in the order of the configurations {score = the higher the better, -inf where a run failed or has no figure;
-- mean =, deviation =, count =}.
function Search:evaluate(configurations, sets, seeds)
  local plan, list = self:plan(configurations, sets, seeds), {}
  self:complete(plan)
  local outcome = session.run(plan, self.quiet)
  self:remember(plan, outcome)
  if outcome.interrupted or outcome.gave_up or outcome.missing > 0 then error(STOPPED, 0) end
  local found = self:read(plan, outcome)
  for i, full in ipairs(configurations) do
    local figures = found[configuration_key(self, full)] or {}
    local mean, deviation, count = statistics.of(figures)
    local score = figures.whole and mean and (self.settings.better == "lower" and -mean or mean) or -math.huge
    list[i] = {score = score, mean = figures.whole and mean or nil, deviation = deviation, count = count}
  end
  return list
end

-- ------------------------------------------------------------------ proposals

-- Trial `number`, by what the trials of `history` came to.
function Search:propose(number, history)
  local s, detector, full = self.settings, self.spec.detectors[1], {}
  for name, value in pairs(detector.configurations[1]) do full[name] = value end
  for _, d in ipairs(detector.space) do
    local random = values.shares(s.seed, ("%s/trial %d/%s"):format(self.spec.name, number, d.p.name))
    if s.method == "tpe" then
      local seen = {}
      for i, trial in ipairs(history) do seen[i] = {value = trial.full[d.p.name], score = trial.score} end
      full[d.p.name] = tpe.propose(d, seen, s, random)
    else
      full[d.p.name] = d.draw(random())
    end
  end
  return {number = number, full = full, score = -math.huge}
end

-- The next trials: as many whatever the number of threads is.
function Search:batch(trials)
  local s, list = self.settings, {}
  local size = s.batch or s.trials
  if s.startup and #trials < s.startup then size = s.startup - #trials end
  for i = 1, math.min(size, s.trials - #trials) do list[i] = self:propose(#trials + i, trials) end
  return list
end

local function full_of(trials)
  local list = {}
  for i, trial in ipairs(trials) do list[i] = trial.full end
  return list
end

function Search:try(trials, sets, seeds)
  for i, came in ipairs(self:evaluate(full_of(trials), sets, seeds)) do trials[i].score, trials[i].mean = came.score, came.mean end
end

function Search:is_out_of_time() return self.settings.seconds ~= nil and self.spent >= self.settings.seconds end

-- The trials, and the best of them.
local function in_batches(self)
  local trials = {}
  self.trials = trials
  while #trials < self.settings.trials and not self:is_out_of_time() do
    local batch = self:batch(trials)
    self:try(batch, self.select, self.spec.seeds)
    table.move(batch, 1, #batch, #trials + 1, trials)
  end
  return halving.promote(trials, 1)[1]
end

local function in_rungs(self)
  local left = self:batch {}
  self.trials = left
  for k, rung in ipairs(self.rungs) do
    if k > 1 then
      if self:is_out_of_time() then break end
      left = halving.promote(left, rung.trials)
    end
    self:try(left, rung.sets, rung.seeds)
    for _, trial in ipairs(left) do trial.rung = k end
  end
  return halving.promote(left, 1)[1]
end

-- ------------------------------------------------------------------ the whole

local function chosen(self)
  local best = (self.rungs and in_rungs or in_batches)(self)
  self.stopped_by = self:is_out_of_time() and "seconds" or "trials"
  self.best = best and best.score > -math.huge and best or nil
  local both = {self.spec.detectors[1].configurations[1], self.best and self.best.full}
  self.came = {select = self:evaluate(both, self.select, self.spec.seeds)}
  if self.report then self.came.report = self:evaluate(both, self.report, self.spec.seeds) end
end

-- All runs as one sweep, which gathers them in their order.
local function whole_plan(self)
  local plan = {}
  for key, value in pairs(self.first) do plan[key] = value end
  plan.runs, plan.inputs, plan.configurations = self.runs, {table.unpack(self.inputs)}, self.configurations
  plan.warnings, plan.skipped, plan.fresh, plan.retry, plan.keep_others = self.warnings, self.skipped, false, false, false
  plan.max_failures = nil
  return plan
end

local function outcome_of(self, last)
  local missing = 0
  for _, state in ipairs(self.states) do missing = missing + (state.state == "missing" and 1 or 0) end
  return {runs = self.states, threads = last.threads, jobs = last.jobs, done = self.done, failed = self.failed,
    missing = missing, kept = #self.states - self.done - self.failed - missing, seconds = self.seconds,
    output = last.output, gave_up = last.gave_up, interrupted = last.interrupted}
end

function search.first(spec, options)
  local self = new(spec, options or {})
  local batch = self:batch {}
  local rung = self.rungs and self.rungs[1] or {sets = self.select, seeds = spec.seeds}
  local plan = self:plan(full_of(batch), rung.sets, rung.seeds)
  plan.notes[#plan.notes + 1] = ("a search (%s): the first %s of %s; what follows depends on what they come to"):format(
    plan.search, text.plural(#batch, "trial"), text.count(self.settings.trials))
  return plan
end

function search.run(spec, options, quiet, warned)
  local self = new(spec, options, quiet)
  for _, warning in ipairs(self.warnings) do warned(warning) end
  local said = #self.warnings
  local good, problem = pcall(chosen, self)
  for i = said + 1, #self.warnings do warned(self.warnings[i]) end
  if not good and problem ~= STOPPED then error(problem, 0) end
  local plan, last = whole_plan(self), self.last
  if good then
    last = session.run(plan, quiet)
  end
  local outcome = outcome_of(self, last)
  if good and not last.interrupted then outcome.search = self end
  return plan, outcome
end

return search
