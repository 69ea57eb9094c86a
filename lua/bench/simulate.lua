-- SPDX-License-Identifier: GPL-3.0-or-later
-- How often is what `trend` and `nightly` would say right? Nights are made up of noise that was measured: in a history of
-- nights on which nothing changed (A/A), each night's log ratio minus its series' median. A simulated night draws one of the
-- measured nights, with all problems at once, so that what disturbs them together still does.
--
-- Then each night is judged as `nightly` judges it, and re-measured as it re-measures. Planted: from one night on, one of the
-- problems takes 1, 2, 5 or 10 % longer. An alarm for it within `within` nights of that one is a detection; any other alarm,
-- and every alarm of nights on which nothing is planted, is a false one.
local figures = require "ninetails.bench.figures"
local judge = require "ninetails.bench.judge"
local measure = require "ninetails.bench.measure"
local trend = require "ninetails.bench.trend"

local simulate = {}

local LEAST_NIGHTS = 8 -- of a history that noise is taken from

-- Series that have a value on the same nights -> {problems = {name, ...}, nights = {{log ratio, ...}, ...} less medians}.
function simulate.noise(records)
  local list = trend.series(records)
  local runs, of = {}, {}
  for _, s in ipairs(list) do
    for i, r in ipairs(s.records) do
      if not of[r.run] then
        of[r.run] = {}
        runs[#runs + 1] = r.run
      end
      of[r.run][s.key] = s.values[i]
    end
  end
  local most = 0
  for _, s in ipairs(list) do most = math.max(most, #s.values) end
  local taken, noise = {}, {problems = {}, nights = {}, deviation = {}}
  for _, s in ipairs(list) do
    if #s.values == most then
      taken[#taken + 1] = s
      noise.problems[#noise.problems + 1] = s.problem
      s.middle = figures.median(s.values)
      local far = {}
      for i, v in ipairs(s.values) do far[i] = math.abs(v - s.middle) end
      noise.deviation[#noise.deviation + 1] = figures.median(far)
    end
  end
  for _, run in ipairs(runs) do
    local night, whole = {}, true
    for i, s in ipairs(taken) do
      local v = of[run][s.key]
      whole = whole and v ~= nil
      night[i] = v and v - s.middle
    end
    if whole then noise.nights[#noise.nights + 1] = night end
  end
  if #noise.nights < LEAST_NIGHTS then
    error({status = "unmeasured", message = ("noise of %d nights of all problems: at least %d expected: `ninetails bench run` "
      .. "makes them"):format(#noise.nights, LEAST_NIGHTS)}, 0)
  end
  return noise
end

-- The noise of a night whose time is the median of `rounds` times as many rounds, as re-measuring takes: the middle of so
-- many draws.
local function drawn(noise, draw, i, times)
  local list = {}
  for k = 1, times do list[k] = noise.nights[draw(#noise.nights) + 1][i] end
  return figures.median(list)
end

-- One history of `nights`; plant: {problem = index, night =, slower = share} or nil. judged from night `first` on.
-- -> false alarms, the night of the detection or nil, nights judged
function simulate.history(noise, plant, options)
  local draw = measure.generator(options.seed)
  local series, alarmed = {}, {}
  for i, name in ipairs(noise.problems) do series[i] = {problem = name, values = {}, index = i} end
  local false_alarms, detected, judged, candidates = 0, nil, 0, 0
  for night = 1, options.nights do
    local now = noise.nights[draw(#noise.nights) + 1]
    local function planted(i) return plant and i == plant.problem and night >= plant.night and math.log(1 + plant.slower) or 0 end
    for i, s in ipairs(series) do s.values[night] = now[i] + planted(i) end
    if night >= options.first then
      judged = judged + 1
      local found = judge.night(series, {method = options.method, permutations = options.permutations, least = options.least,
        alpha = options.alpha, seed = night},
        function(s) return drawn(noise, draw, s.index, 3) + planted(s.index) end)
      for _, t in ipairs(found) do
        candidates = candidates + 1
        if t.confirmed then
          local i = t.series.index
          if plant and i == plant.problem and night >= plant.night and math.abs(t.cut.at - plant.night) <= options.near then
            detected = detected or night
          elseif not (alarmed[i] and night - alarmed[i] <= judge.defaults.recent) then
            false_alarms, alarmed[i] = false_alarms + 1, night -- one that stays is one
          end
        end
      end
    end
    if detected then break end
  end
  return false_alarms, detected, judged, candidates
end

-- options: {nights = 100, histories =, slower = {0, 0.01, ...}, method =, within = 14, ...}
-- -> rows {{method =, slower =, histories =, detected =, delay = median nights, false_alarms =, nights = judged}, ...}
function simulate.table(noise, options, progress)
  local rows = {}
  for _, method in ipairs(options.methods) do
    for _, slower in ipairs(options.slower) do
      local row = {method = method, slower = slower, histories = options.histories, detected = 0, false_alarms = 0, nights = 0, delays = {}}
      for h = 1, options.histories do
        progress(method, slower, h)
        local plant = slower > 0 and {problem = (h - 1) % #noise.problems + 1, night = options.plant, slower = slower} or nil
        local wrong, found, judged = simulate.history(noise, plant, {nights = plant and options.plant + options.within - 1 or options.nights,
          first = options.first, method = method, permutations = options.permutations, least = options.least, alpha = options.alpha,
          near = options.near, seed = options.seed * 1000 + h})
        row.false_alarms, row.nights = row.false_alarms + wrong, row.nights + judged
        if found then
          row.detected = row.detected + 1
          row.delays[#row.delays + 1] = found - options.plant + 1
        end
      end
      row.delay = #row.delays > 0 and figures.median(row.delays) or nil
      rows[#rows + 1] = row
    end
  end
  return rows
end

-- What was planted, in words.
function simulate.share_text(x) return x == 0 and "nothing (A/A)" or ("+%g %%"):format(100 * x) end

-- The rows of simulate.table as texts, below `head`.
function simulate.cells(rows, head)
  local cells = {head}
  for _, r in ipairs(rows) do
    cells[#cells + 1] = {r.method, simulate.share_text(r.slower), ("%d"):format(r.histories),
      r.slower > 0 and ("%.0f %%"):format(100 * r.detected / r.histories) or "", r.delay and ("%g"):format(r.delay) or "",
      ("%d"):format(r.false_alarms), ("%d"):format(r.nights), ("%.2f"):format(100 * r.false_alarms / math.max(1, r.nights))}
  end
  return cells
end

-- Counts of instructions, whose alarm is a single night beside the one before: pairs of measured nights.
-- -> {problems =, pairs =, most = the largest relative difference, false_alarms =, slower = {{share, detected of pairs}, ...}}
function simulate.counts(records, shares, options)
  local list = trend.series(records)
  local found = {problems = 0, pairs = 0, most = 0, false_alarms = 0, slower = {}}
  for i, share in ipairs(shares) do found.slower[i] = {share, 0} end
  for _, s in ipairs(list) do
    local before
    local any = false
    for _, r in ipairs(s.records) do
      local now = r.instructions and r.instructions / r.items
      if now and before then
        any = true
        local change, alarm = judge.instructions(before, now, options)
        found.pairs, found.most = found.pairs + 1, math.max(found.most, math.abs(change))
        if alarm then found.false_alarms = found.false_alarms + 1 end
        for _, row in ipairs(found.slower) do
          local _, seen = judge.instructions(before, now * (1 + row[1]), options)
          if seen then row[2] = row[2] + 1 end
        end
      end
      before = now or before
    end
    if any then found.problems = found.problems + 1 end
  end
  return found
end

return simulate
