-- SPDX-License-Identifier: GPL-3.0-or-later
-- How often is what `nightly` would say of quality right? Real scores of a synthetic capture, night after night beside those of
-- the reference, by the test that nightly takes (paired block bootstrap, of the AUC DeLong's where there are too few blocks; corrected for their
-- number):
--
--   rounding     each score off by a relative 1e-12, as another compiler's rounding leaves it: an alarm is a false one
--   other seeds  the same detector with weights of another seed: no fault, though no night has that; an alarm is a false one
--   loss         a share of the attack packets is scored as benign packets are: an alarm is a detection
local comparison = require "ninetails.comparison"
local inputs = require "ninetails.bench.inputs"
local judge = require "ninetails.bench.judge"
local measure = require "ninetails.bench.measure"
local pipeline = require "ninetails.pipeline"

local simulate_quality = {}

local FIGURES = {auc = 1, eer = -1, tpr_at_fpr_1em3 = 1} -- the sign of what is better

-- Scores of the capture by KitNET with this seed: {first =, scores =, labels =, times =} of the scored packets.
local function scored(input, seed, folder)
  local path = ("%s/simulated-%d.csv"):format(folder, seed)
  local fm, ad = input.packets // 20, input.packets // 4
  pipeline.run {input = input.capture, labels = input.labels, output = path, fm_grace = fm, ad_grace = ad, seed = seed, threads = 1}
  local result = {first = 0, scores = {}, labels = {}, times = {}}
  for line in io.lines(path) do
    local packet, time, score, label = line:match("^(%d+),([^,]*),([^,]*),([^,]*)")
    if packet and tonumber(packet) > fm + ad then
      local n = #result.scores + 1
      result.scores[n], result.labels[n], result.times[n] = tonumber(score), tonumber(label), tonumber(time)
    end
  end
  os.remove(path)
  return result
end

-- Whether nightly would call b worse than a.
local function alarms(a, b, replicates, alpha, seed)
  local found = comparison.pair(a, b, {replicates = replicates, seed = seed})
  if found.absence then error({status = "unmeasured", message = "quality cannot be simulated: " .. found.absence}, 0) end
  local tested = {}
  for _, f in ipairs(found.figures) do
    local better = FIGURES[f.name]
    if f.name == "auc" and f.low ~= f.low then -- too few blocks to draw: DeLong's interval is left, as for `results diff`
      f.low, f.high, f.p, f.floor = found.delong.low, found.delong.high, found.delong.p, 0
    end
    if better and f.low == f.low then
      local beyond = better * f.difference > 0 and (f.low > 0 or f.high < 0)
      tested[#tested + 1] = {p = f.p, floor = f.floor, beyond = beyond, loss = math.abs(f.difference)}
    end
  end
  judge.quality(tested, {alpha = alpha})
  for _, t in ipairs(tested) do
    if t.alarm then return true end
  end
  return false
end

local function with_scores(a, scores) return {first = a.first, scores = scores, labels = a.labels, times = a.times} end

local function rounded(a, draw)
  local scores = {}
  for i, s in ipairs(a.scores) do scores[i] = s * (1 + 1e-12 * (draw(2001) - 1000) / 1000) end
  return with_scores(a, scores)
end

-- A share of the attack packets has the score of a benign packet that is drawn.
local function blunted(a, share, draw)
  local benign, scores = {}, {}
  for i, label in ipairs(a.labels) do
    if label == 0 then benign[#benign + 1] = a.scores[i] end
  end
  for i, s in ipairs(a.scores) do
    local hit = a.labels[i] == 1 and draw(1000000) < share * 1000000
    scores[i] = hit and benign[draw(#benign) + 1] or s
  end
  return with_scores(a, scores)
end

-- -> rows {{what =, nights =, alarms =}, ...}
function simulate_quality.table(options, progress)
  local input = inputs.get("quality", options.folder)
  local draw = measure.generator(options.seed)
  local reference, rows = scored(input, 1, options.folder), {}
  local function nights(what, count, make)
    local row = {what = what, nights = count, alarms = 0}
    for n = 1, count do
      progress(what, n)
      if alarms(reference, make(n), options.replicates, options.alpha, n) then row.alarms = row.alarms + 1 end
    end
    rows[#rows + 1] = row
  end
  nights("rounding", options.nights, function() return rounded(reference, draw) end)
  nights("other seeds", math.min(options.nights, 20), function(n) return scored(input, 1 + n, options.folder) end)
  for _, share in ipairs {0.001, 0.01, 0.02, 0.05, 0.1} do
    nights(("loss of %g %%"):format(100 * share), options.nights, function() return blunted(reference, share, draw) end)
  end
  return rows, #reference.scores
end

return simulate_quality
