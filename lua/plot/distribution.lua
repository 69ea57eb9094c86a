-- SPDX-License-Identifier: GPL-3.0-or-later
-- The scores of a run by class: histograms of their logarithms as densities, and the log-normal fit to the benign ones.
local select_runs = require "ninetails.plot.select"
local style = require "ninetails.plot.style"
local tails = require "ninetails.plot.tails"
local text = require "ninetails.cli.text"
local timeline = require "ninetails.plot.timeline"

local distribution = {}

local BINS = 80

-- The logarithms' range of drawable scores.
local function range(scores)
  local low, high = math.huge, -math.huge
  for i = 1, #scores do
    local x = scores[i]
    if x > 0 and x < math.huge then low, high = math.min(low, x), math.max(high, x) end
  end
  if low > high then return nil end
  low, high = math.log(low, 10), math.log(high, 10)
  if high - low < 1e-6 then low, high = low - 0.5, high + 0.5 end
  return low, high
end

local function counted(arrays, low, high)
  local count, total, left_out = {[0] = {}, [1] = {}}, {[0] = 0, [1] = 0}, 0
  for i = 1, #arrays.scores do
    local x, label = arrays.scores[i], arrays.labels and arrays.labels:byte(i) or 0
    if count[label] then
      if x > 0 and x < math.huge then
        local bin = math.min(BINS - 1, math.floor((math.log(x, 10) - low) / (high - low) * BINS))
        count[label][bin] = (count[label][bin] or 0) + 1
        total[label] = total[label] + 1
      else
        left_out = left_out + 1
      end
    end
  end
  return count, total, left_out
end

function distribution.histogram(t, request)
  local run = select_runs.one(t, request.run, request.only)
  local arrays = select_runs.arrays(t, run)
  local low, high = range(arrays.scores)
  if not low then
    error({status = "unmeasured", message = ("run %s of %s: no score is a positive number"):format(run.run, t.path)}, 0)
  end
  local fit, remark = timeline.benign_fit(t, run, arrays)
  local count, total, left_out = counted(arrays, low, high)
  local width = (high - low) / BINS
  local rows, block = {}, {}
  for bin = 0, BINS - 1 do
    local middle = low + (bin + 0.5) * width
    local function density(label) return total[label] > 0 and (count[label][bin] or 0) / total[label] / width or nil end
    rows[bin + 1] = {score_from = 10 ^ (low + bin * width), score_to = 10 ^ (low + (bin + 1) * width),
      benign = count[0][bin] or 0, attack = count[1][bin] or 0, benign_density = density(0), attack_density = density(1),
      fit_density = tails.density(fit, middle)}
    block[bin + 1] = {10 ^ middle, density(0) or 0, density(1) or 0, rows[bin + 1].fit_density, n = 4}
  end
  local script = {"set logscale x", "set format x '%g'", "set xlabel 'anomaly score'",
    "set ylabel 'density of log10(score)'", "set yrange [0:*]", "set grid y"}
  if run.threshold and run.threshold > 0 and run.threshold < math.huge then
    script[#script + 1] = ("set arrow 1 from first %.17g, graph 0 to first %.17g, graph 1 nohead lc rgb '%s' lw 1.2 dt (8,4)")
      :format(run.threshold, run.threshold, style.black)
  end
  local plots = {("D1 using 1:2 with boxes fs solid 1 noborder lc rgb '%s' title '%s'"):format(style.area,
    arrays.labels and "benign" or "scores")}
  if total[1] > 0 then
    plots[#plots + 1] = ("D1 using 1:3 with histeps lc rgb '%s' lw 1.6 title 'attack'"):format(style.attack)
  end
  plots[#plots + 1] = ("D1 using 1:4 with lines lc rgb '%s' lw 1.2 dt (3,3) title 'log-normal fit'"):format(style.black)
  if run.threshold then
    plots[#plots + 1] = ("NaN with lines lc rgb '%s' lw 1.2 dt (8,4) title 'threshold'"):format(style.black)
  end
  script[#script + 1] = "plot " .. table.concat(plots, ", \\\n  ")
  local remarks = {remark}
  if left_out > 0 then
    remarks[2] = text.plural(left_out, "score") .. " of 0 or less, infinite or not a number are left out"
  end
  return {title = "Scores by class", height = 70, run = run, rows = rows, blocks = {block}, remarks = remarks,
    columns = {"score_from", "score_to", "benign", "attack", "benign_density", "attack_density", "fit_density"},
    script = table.concat(script, "\n")}
end

return distribution
