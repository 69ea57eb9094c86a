-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a run left beside its row, as CSV: scores, curves, feature map, histogram.
local export = require "ninetails.results.export"
local linkage = require "ninetails.dendrogram"
local result_table = require "ninetails.results.table"
local results = require "ninetails.results"
local series = require "ninetails.series"

local arrays = {}
local refuse = result_table.refuse

local BINS = 60 -- of a histogram, as a report has it
local CHUNK = 4096 -- rows that are made text at a time

local function columns_of(names)
  local columns = {}
  for i, name in ipairs(names) do columns[i] = {name = name} end
  return columns
end

-- Writes n rows row(i) by put(text).
local function write(put, names, n, row)
  local columns = columns_of(names)
  put(export.text("csv", nil, {}, columns))
  for from = 1, n, CHUNK do
    local rows = {}
    for i = from, math.min(n, from + CHUNK - 1) do rows[#rows + 1] = row(i) end
    local body = export.text("csv", nil, rows, columns)
    put(body:sub(body:find("\n", 1, true) + 1))
  end
end

local function absent(t, run, what) refuse("unmeasured", "run %s of %s has no %s", run.run, t.path, what) end

local labels = {[0] = "benign", "attack", "excluded"}

local function put_scores(t, run, put)
  local a = results.run(t.path, run.run)
  if not a.scores or #a.scores == 0 then absent(t, run, "scores (keep_scores = false)") end
  write(put, {"packet", "time", "score", "label"}, #a.scores, function(i)
    return {packet = a.first + i - 1, time = a.times and a.times[i], score = a.scores[i],
      label = a.labels and labels[a.labels:byte(i)]}
  end)
end

local function put_curve(name, x, y, what)
  return function(t, run, put)
    local curve = results.run(t.path, run.run)[name]
    if not curve then absent(t, run, what) end
    write(put, {x, y, "threshold"}, #curve[x], function(i)
      return {[x] = curve[x][i], [y] = curve[y][i], threshold = curve.threshold[i]}
    end)
  end
end

local function put_map(t, run, put)
  local map = results.map(t.path, run.run)
  if not map then absent(t, run, "feature map") end
  local names, of, at = run.profile and linkage.names(run.profile) or {}, {}, 0
  for k, size in ipairs(map.sizes) do
    for _ = 1, size do
      at = at + 1
      of[at] = k - 1
    end
  end
  write(put, {"autoencoder", "feature", "name", "distance_to_next"}, #map.features, function(i)
    return {autoencoder = of[i], feature = map.features[i], name = names[map.features[i] + 1],
      distance_to_next = map.distances and map.distances[i]}
  end)
end

local function put_histogram(t, run, put)
  local s = series.read {path = t.path, key = t.kind == "result" and run.run or nil, buckets = 1, bins = BINS}
  local g = s.histogram
  if not g then absent(t, run, "two distinct positive scores") end
  local width = (g.high - g.low) / BINS
  if g.fit then
    put(("# log-normal fit: logarithms have mean %.17g and deviation %.17g; %d scores\n"):format(g.fit.mean, g.fit.deviation,
      g.fit.used))
  end
  write(put, {"score_from", "score_to", "benign", "attack"}, BINS, function(i)
    return {score_from = 10 ^ (g.low + (i - 1) * width), score_to = 10 ^ (g.low + i * width), benign = g.benign and g.benign[i],
      attack = g.attack and g.attack[i]}
  end)
end

local writers = {scores = put_scores, roc = put_curve("roc", "fpr", "tpr", "ROC curve"),
  ["precision-recall"] = put_curve("precision_recall", "recall", "precision", "precision-recall curve"), map = put_map,
  histogram = put_histogram}
arrays.names = {"scores", "roc", "precision-recall", "map", "histogram"}

-- Calls put(text) with parts of the CSV.
function arrays.write(t, run, name, put)
  if run.status == "failed" then refuse("argument", "run %s of %s failed", run.run, t.path) end
  return writers[name](t, run, put)
end

return arrays
