-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether figures grew worse: of two sets of rounds, or along a history. Functions of numbers alone, so that
-- `ninetails bench simulate` can ask them ten thousand times.
--
-- Times are judged as logarithms of their ratio to the calibration. An alarm takes all of
--   a difference that chance rarely makes: p, corrected for the number of problems (Benjamini and Hochberg), at most `alpha`
--   a size of at least `least`, the least slowdown that anybody cares for
--   and, with `again`, the same once more, measured anew
-- Instructions are counted, not timed: more of them than `least_instructions`, and so again where they are counted again, is an
-- alarm by itself. (Tables hash with a secret that is drawn anew, which moves the count of small ones by 1 %.)
local changes = require "ninetails.changes"

local judge = {}

judge.defaults = {alpha = 0.05, least = 0.03, least_instructions = 0.005, method = "step", permutations = 1999, least_values = 3,
  recent = 14, window = 60, seed = 1, level = 0.95, least_quality = 0.005}

local function with_defaults(options)
  return setmetatable(options or {}, {__index = judge.defaults})
end

-- ------------------------------------------------------------------ two sets

-- a, b: lists of log ratios; paired: of the same rounds. -> {change = share, low =, high =, p =}
function judge.two(a, b, paired, options)
  local o = with_defaults(options)
  local shift
  if paired and #a == #b then
    local d = {}
    for i = 1, #a do d[i] = b[i] - a[i] end
    shift = changes.pairs(d, o.level)
  else
    shift = changes.samples(a, b, o.level)
  end
  return {change = math.exp(shift.estimate) - 1, low = math.exp(shift.low) - 1, high = math.exp(shift.high) - 1, p = shift.p}
end

-- Fills in q of each; list: {{p =}, ...}.
function judge.correct(list)
  local p = {}
  for i, one in ipairs(list) do p[i] = one.p end
  for i, q in ipairs(#p > 0 and changes.false_discovery(p) or {}) do list[i].q = q end
end

-- "slower", "faster", "within" chance; "small": beyond chance but below `least`.
function judge.verdict(one, options)
  local o = with_defaults(options)
  if one.q > o.alpha then return "within" end
  if math.abs(one.change) < o.least then return "small" end
  return one.change > 0 and "slower" or "faster"
end

-- ------------------------------------------------------------------ a history

-- values: log ratios, one a night. The best cut of the nights since the last change that is older than `recent` nights:
-- {at = night, p =, before =, after =, change =} or nil where there are too few.
function judge.latest(values, options)
  local o = with_defaults(options)
  local first = math.max(1, #values - o.window + 1)
  local list = table.move(values, first, #values, 1, {})
  local old = #list - o.recent
  if old >= 2 * o.least_values then -- what was known before: where the present level began
    local before = table.move(list, 1, old, 1, {})
    local cuts = changes.points(before, {method = o.method, least = o.least_values, permutations = 199, level = 0.01, seed = o.seed})
    local last = cuts[#cuts]
    if last then
      first = first + last.at - 1
      list = table.move(values, first, #values, 1, {})
    end
  end
  if #list < 2 * o.least_values then return nil end
  local best = changes.best(list, {method = o.method, least = o.least_values, permutations = o.permutations, seed = o.seed})
  best.at = best.at + first - 1
  best.change = math.exp(best.after - best.before) - 1
  best.recent = best.at > #values - o.recent
  return best
end

-- All changes, for people to look at.
function judge.all(values, options)
  local o = with_defaults(options)
  local list = changes.points(values, {method = o.method, least = o.least_values, permutations = 499, level = 0.01, seed = o.seed})
  for _, c in ipairs(list) do c.change = math.exp(c.after - c.before) - 1 end
  return list
end

-- series: {{values =, ...}, ...} of one night. again(series) -> a fresh log ratio, or nil: not measured again.
-- -> candidates {{series =, cut =, fresh =, confirmed =}}: what would be an alarm, and what measuring again says.
function judge.night(series, options, again)
  local o = with_defaults(options)
  local tested = {}
  for _, s in ipairs(series) do
    local cut = judge.latest(s.values, o)
    if cut then tested[#tested + 1] = {series = s, cut = cut, p = cut.p} end
  end
  judge.correct(tested)
  local found = {}
  for _, t in ipairs(tested) do
    if t.q <= o.alpha and t.cut.recent and t.cut.change >= o.least then
      if again then
        t.fresh = again(t.series)
        -- it belongs to the new level rather than to the old one, and lies as far as anybody cares for
        t.confirmed = t.fresh and t.fresh - t.cut.before >= math.max(math.log(1 + o.least), 0.5 * (t.cut.after - t.cut.before))
      else
        t.confirmed = true
      end
      found[#found + 1] = t
    end
  end
  return found, tested
end

-- ------------------------------------------------------------------ counts

-- before, now: instructions of an item by the same counter -> the change, whether it is more than anybody bears.
function judge.instructions(before, now, options)
  local o = with_defaults(options)
  local change = now / before - 1
  return change, change >= o.least_instructions
end

-- ------------------------------------------------------------------ quality

-- list: {{p =, floor = the least p that the blocks allow, beyond = the interval leaves out 0 on the bad side, loss =}, ...} of
-- the same packets, seeds and detectors, so that what differs was made to differ by the code. An alarm loses `least_quality`
-- at least, beyond its interval, and with q at most `alpha`; of so few blocks that no p can be that small the interval decides.
function judge.quality(list, options)
  local o = with_defaults(options)
  judge.correct(list)
  for _, one in ipairs(list) do
    one.alarm = one.beyond and one.loss >= o.least_quality and (one.q <= o.alpha or one.floor > o.alpha)
  end
end

-- The least p of a paired bootstrap of so many blocks (core/metrics/paired.h): a kind of which there is one cannot be drawn otherwise.
function judge.floor(blocks, attack_blocks)
  local benign = blocks - attack_blocks
  return 2.0 ^ (1 - (attack_blocks > 1 and attack_blocks or 0) - (benign > 1 and benign or 0))
end

return judge
