-- SPDX-License-Identifier: GPL-3.0-or-later
-- Lines: ROC curves, linear and with a logarithmic false positive rate; AUC against m; rows a second against the number of
-- autoencoders.
local results = require "ninetails.results"
local draw = require "ninetails.plot.draw"
local result_table = require "ninetails.results.table"
local select_runs = require "ninetails.plot.select"
local style = require "ninetails.plot.style"

local curves = {}

local function too_many(t, names, what)
  if #names <= style.MOST then return end
  result_table.refuse("argument", "%s: %d %s, of which a figure tells %d apart: choose some by --only", t.path, #names, what,
    style.MOST)
end

-- Rows that the names of lines, which are the heads of the blocks, take above a figure.
local function key_rows(blocks)
  local longest = 0
  for _, block in ipairs(blocks) do longest = math.max(longest, utf8.len(block[1][2]) or 0) end
  local across = math.max(1, math.min(4, 90 // (longest + 8)))
  return (#blocks + across - 1) // across
end

-- ------------------------------------------------------------------ ROC

function curves.roc(t, request)
  local runs = select_runs.some(t, request.run, request.only, request.runs)
  local groups = select_runs.groups(t, runs, "auc")
  local several = #select_runs.distinct(groups, "dataset") > 1
  too_many(t, groups, "curves")
  local rows, blocks, left, right, none = {}, {}, {}, {}, {}
  local least = 1
  for i, group in ipairs(groups) do
    local run = group.typical
    local roc = results.run(t.path, run.run).roc
    if not roc then result_table.refuse("unmeasured", "run %s of %s has no ROC curve", run.run, t.path) end
    local label = (several and group.dataset .. ", " or "") .. group.method
    local block = {{"", draw.short(label, 70)}}
    for k = 1, #roc.fpr do
      block[k + 1] = {roc.fpr[k], roc.tpr[k], n = 2}
      rows[#rows + 1] = {dataset = group.dataset, detector = group.method, run = run.run, fpr = roc.fpr[k],
        tpr = roc.tpr[k], threshold = roc.threshold[k]}
      if roc.fpr[k] > 0 then least = math.min(least, roc.fpr[k]) end
    end
    blocks[i] = block
    local line = style.line(i):gsub(" pt .*$", "")
    left[i] = ("D%d using 1:2 with lines %s notitle"):format(i, line)
    right[i] = ("D%d using 1:2 with lines %s title columnheader(2)"):format(i, line)
  end
  local low = math.max(-7, math.floor(math.log(least, 10) + 1e-9))
  local height = 76 + 5 * #groups
  local bottom, top = 16 / height, 1 - (4 + 5 * #groups) / height
  local script = {"set multiplot", ("set bmargin at screen %.4f"):format(bottom), ("set tmargin at screen %.4f"):format(top),
    "set lmargin at screen 0.09", "set rmargin at screen 0.47",
    -- without an offset gnuplot 5.4 loses the name of an axis whose ticks point outwards from a margin of the screen
    "set xlabel 'false positive rate' offset 0,0.3",
    "set label 1 'true positive rate' at screen 0.015, graph 0.5 center rotate", "set xrange [0:1]", "set yrange [0:1]", "set key off",
    "plot x with lines lc rgb '#bbbbbb' lw 0.8 notitle, " .. table.concat(left, ", "),
    "set lmargin at screen 0.56", "set rmargin at screen 0.96", "unset label 1", "set logscale x",
    ("set xrange [1e%d:1]"):format(low), "set format x '%g'", "set samples 300",
    ("set key at screen 0.5, screen %.4f center top vertical maxcols 1"):format(1 - 1 / height),
    "plot x with lines lc rgb '#bbbbbb' lw 0.8 notitle, " .. table.concat(right, ", "), "unset multiplot"}
  return {title = "ROC curves", height = height, blocks = blocks, script = table.concat(script, "\n"), rows = rows,
    remarks = {"of repeats the run with the median AUC; curves are thinned to what a plot needs (results/README.md)"},
    columns = {"dataset", "detector", "run", "fpr", "tpr", "threshold"}}
end

-- ------------------------------------------------------------------ precision and recall

function curves.pr(t, request)
  local groups = select_runs.groups(t, select_runs.some(t, request.run, request.only, request.runs), "average_precision")
  local several = #select_runs.distinct(groups, "dataset") > 1
  too_many(t, groups, "curves")
  local rows, blocks, plots = {}, {}, {}
  for i, group in ipairs(groups) do
    local run = group.typical
    local curve = results.run(t.path, run.run).precision_recall
    if not curve then result_table.refuse("unmeasured", "run %s of %s has no precision-recall curve", run.run, t.path) end
    blocks[i] = {{"", draw.short((several and group.dataset .. ", " or "") .. group.method, 70)}}
    for k = 1, #curve.recall do
      blocks[i][k + 1] = {curve.recall[k], curve.precision[k], n = 2}
      rows[#rows + 1] = {dataset = group.dataset, detector = group.method, run = run.run, recall = curve.recall[k],
        precision = curve.precision[k], threshold = curve.threshold[k]}
    end
    plots[i] = ("D%d using 1:2 with lines %s title columnheader(2)"):format(i, (style.line(i):gsub(" pt .*$", "")))
  end
  return {title = "Precision-recall curves", height = 76 + 5 * #groups, width = 100, blocks = blocks, rows = rows,
    remarks = {"of repeats the run with the median average precision; curves are thinned to what a plot needs (results/README.md)"},
    columns = {"dataset", "detector", "run", "recall", "precision", "threshold"},
    script = table.concat({"set xlabel 'recall'", "set ylabel 'precision'", "set xrange [0:1]", "set yrange [0:1.01]",
      "set key vertical maxcols 1", "plot " .. table.concat(plots, ", ")}, "\n")}
end

-- ------------------------------------------------------------------ against a parameter

-- Lines of a metric over values of `by`, one a data set and configuration.
local function against(t, request, by, metric)
  if not t.column[by] then result_table.refuse("argument", "%s: has no column %s to draw against", t.path, by) end
  local groups, without = select_runs.groups(t, select_runs.some(t, request.run, request.only, request.runs), metric, by)
  local datasets, methods = select_runs.distinct(groups, "dataset"), select_runs.distinct(groups, "method")
  for _, group in ipairs(groups) do
    group.line = #methods == 1 and group.dataset or #datasets == 1 and group.method
      or group.dataset .. ", " .. group.method
  end
  local names = select_runs.distinct(groups, "line")
  too_many(t, names, "lines")
  table.sort(groups, function(a, b)
    if a.value ~= b.value then return a.value < b.value end
    return a.typical.row < b.typical.row
  end)
  local remarks = {"of repeats the run with the median value; lowest and highest of all repeats beside it"}
  if without > 0 then remarks[2] = ("%d runs have no %s or no %s and are left out"):format(without, metric, by) end
  return groups, names, remarks
end

-- The least and the greatest value of the parameter.
local function ends(groups)
  local low, high = math.huge, 0
  for _, group in ipairs(groups) do low, high = math.min(low, group.value), math.max(high, group.value) end
  return low, high
end

function curves.m(t, request)
  local metric, by = request.metric or "auc", "max_autoencoder"
  local column = result_table.find_column(t, metric, "--metric")
  if column.role ~= "metric" or column.type == "text" then
    result_table.refuse("argument", "--metric %s: expected a metric", metric)
  end
  metric = column.name
  local groups, names, remarks = against(t, request, by, metric)
  local blocks, plots, rows, place = {}, {}, {}, {}
  for i, name in ipairs(names) do
    place[name], blocks[i] = i, {{"", draw.short(name, 70)}}
    -- bars first: gnuplot clears what lies around their middle
    plots[2 * i - 1] = ("D%d using 1:2:3:4 skip 1 with yerrorbars %s pt 0 dt solid notitle"):format(i,
      (style.line(i):gsub(" dt %S+", ""):gsub(" pt .*$", "")))
    plots[2 * i] = ("D%d using 1:2 with linespoints %s title columnheader(2)"):format(i, style.line(i))
  end
  for i, group in ipairs(groups) do
    rows[i] = {dataset = group.dataset, detector = group.method, [by] = group.value, run = group.typical.run,
      [metric] = group.typical[metric], lowest = group.lowest, highest = group.highest, repeats = #group.runs}
    table.insert(blocks[place[group.line]], {group.value, group.typical[metric], group.lowest, group.highest, n = 4})
  end
  local low, high = ends(groups)
  local label = metric == "auc" and "AUC" or "metric of the column in the table beside"
  local script = {"set xlabel 'm, most features of an autoencoder'",
    low > 0 and ("set logscale x 2\nset xrange [%.6g:%.6g]"):format(low / 1.15, high * 1.15) or "set xrange [*:*]",
    "set format x '%g'", "set grid x y", column.unit == "1" and "set yrange [*:*<1]" or "set yrange [*:*]",
    ("set ylabel '%s'"):format(label), ("set key maxrows %d"):format(key_rows(blocks)),
    "plot " .. table.concat(plots, ", \\\n  ")}
  return {title = "Against m, the most features of an autoencoder", height = 70 + 4.5 * key_rows(blocks), blocks = blocks,
    rows = rows, remarks = remarks, script = table.concat(script, "\n"),
    columns = {"dataset", "detector", by, "run", metric, "lowest", "highest", "repeats"}}
end

return curves
