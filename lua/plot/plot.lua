-- SPDX-License-Identifier: GPL-3.0-or-later
-- The figures of `ninetails plot`, by kind: what each takes and what makes it.
--
-- A kind's draw(t, request) is given a table of runs (results/table.lua) and {run = a word or nil, only = filters, metric =, by =,
-- drawn = whether a picture is made and not its numbers alone},
-- a kind with `from` the path of its own kind of file, one with `input` a path and such a request; it returns a figure
-- (draw.lua).
local bars = require "ninetails.plot.bars"
local compared = require "ninetails.plot.compared"
local curves = require "ninetails.plot.curves"
local dendrogram = require "ninetails.plot.dendrogram"
local distribution = require "ninetails.plot.distribution"
local effects = require "ninetails.plot.effects"
local inspected = require "ninetails.plot.inspected"
local speed = require "ninetails.plot.speed"
local timeline = require "ninetails.plot.timeline"

local plot = {}

plot.kinds = {
  {name = "rmse", draw = timeline.rmse, help = "a run's scores over the packets, with phases, threshold and attacks"},
  {name = "roc", draw = curves.roc, help = "ROC curves, linear and with a logarithmic false positive rate"},
  {name = "pr", draw = curves.pr, help = "precision-recall curves"},
  {name = "auc", draw = bars.auc, help = "AUC of each detector on each data set, with intervals"},
  {name = "eer", draw = bars.eer, help = "the same of the equal error rate"},
  {name = "tpr", draw = bars.tpr, help = "true positive rates at false positive rates of 0 and at most 0.001"},
  {name = "m", draw = curves.m, help = "AUC (or --metric) against m, the most features of an autoencoder"},
  {name = "effects", draw = effects.effects, help = "AUC (or --metric) by each parameter that varies (or --by): means and deviations"},
  {name = "pairs", draw = effects.pairs, help = "mean AUC (or --metric) by two parameters: the last that vary, or --by NAME,NAME"},
  {name = "differences", draw = compared.differences,
    help = "differences in AUC (or --metric) from the reference, with intervals, as `ninetails results compare` finds them"},
  {name = "ranks", draw = compared.ranks, help = "mean ranks over data sets and Nemenyi's critical difference"},
  {name = "cost", draw = effects.cost, help = "AUC (or --metric) of each run beside its cost: seconds_score, or --by"},
  {name = "histogram", draw = distribution.histogram, help = "a run's scores by class, with a log-normal fit"},
  {name = "probability", draw = timeline.probability,
    help = "a run's scores over the packets, coloured by their probability under a log-normal fit"},
  {name = "dendrogram", input = true, draw = dendrogram.draw,
    help = "how the features cluster, and where the feature map is cut: of a run, or of the first packets of a capture or "
      .. "rows of a file of features (--fm-grace, --profile)"},
  {name = "outliers", draw = timeline.outliers, help = "a run's highest scores"},
  {name = "outlier-scores", from = inspected.from, draw = inspected.scores,
    help = "of what inspect --csv wrote: time and score of the packets that stand out"},
  {name = "outlier-times", from = inspected.from, draw = inspected.times, help = "of the same: how many, over time"},
  {name = "outlier-sources", from = inspected.from, draw = inspected.sources, help = "of the same: where they come from"},
  {name = "outlier-destinations", from = inspected.from, draw = inspected.destinations,
    help = "of the same: where they go"},
  {name = "rate", from = "what bench/packet_times_bench wrote", draw = speed.rate,
    help = "of what bench/packet_times_bench wrote: packets/s against the number of autoencoders"},
  {name = "density", from = "what bench/packet_times_bench wrote", draw = speed.density,
    help = "of the same: densities of the times of single packets"},
}

function plot.find(name)
  for _, kind in ipairs(plot.kinds) do
    if kind.name == name then return kind end
  end
end

return plot
