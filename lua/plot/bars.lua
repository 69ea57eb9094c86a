-- SPDX-License-Identifier: GPL-3.0-or-later
-- One panel a data set, one row a detector: bars of AUC and EER with their intervals; TPR at two false positive rates.
--
-- Rows bear their names, so that nothing has to be told apart by colour.
local draw = require "ninetails.plot.draw"
local result_table = require "ninetails.results.table"
local select_runs = require "ninetails.plot.select"
local style = require "ninetails.plot.style"

local bars = {}

local MOST_ACROSS = 3

-- What a panel is of: data sets in order of the file; rows of all panels: methods in order of the file.
local function arranged(groups)
  local places, methods = select_runs.distinct(groups, "dataset"), select_runs.distinct(groups, "method")
  local at = {}
  for _, group in ipairs(groups) do
    at[group.dataset] = at[group.dataset] or {}
    at[group.dataset][group.method] = group
  end
  return places, methods, at
end

-- Millimetres of the figure's parts, and the script of panel k (from 1) around `body`.
local function layout(places, methods, top)
  local l = {across = math.min(#places, MOST_ACROSS), name = 0, row = #methods > 12 and 3.6 or 4.4}
  for _, method in ipairs(methods) do l.name = math.max(l.name, math.min(36, utf8.len(method) or #method)) end
  l.name = l.name * 2.05 + 4
  l.down = (#places + l.across - 1) // l.across
  l.panel, l.gap, l.foot, l.top = math.max(10, l.row * (#methods + 0.6)), 7, 11, top
  l.height = l.top + l.down * (l.panel + l.gap) + l.foot
  l.width = (style.FULL - l.name - 4) / l.across
  return l
end

local function panel(l, k)
  local column, row = (k - 1) % l.across, (k - 1) // l.across
  local left, top = l.name + column * l.width, l.top + row * (l.panel + l.gap) + l.gap - 2
  return ("set lmargin at screen %.6f\nset rmargin at screen %.6f\nset tmargin at screen %.6f\nset bmargin at screen %.6f\n")
    :format(left / style.FULL, (left + l.width - 5) / style.FULL, 1 - top / l.height, 1 - (top + l.panel) / l.height)
end

-- The script of all panels; drawn(k, named) -> what is plotted in panel k.
local function panels(places, methods, l, axis, drawn)
  local parts = {"set multiplot", "set border 1", "set tics scale 0.4", "set ytics scale 0", "set key off", "set grid x",
    ("set yrange [%g:0.4]"):format(#methods + 0.6), axis}
  for k = 1, #places do
    local lowest = k + l.across > #places
    parts[#parts + 1] = panel(l, k)
    parts[#parts + 1] = (k - 1) % l.across == 0 and "set ytics nomirror scale 0" or "set format y ''"
    parts[#parts + 1] = (k - 1) % l.across == 0 and "unset format" or "unset ytics"
    parts[#parts + 1] = lowest and "set format x '%g'\nset xlabel XLABEL offset 0,0.4" or "set format x ''\nunset xlabel"
    parts[#parts + 1] = drawn(k, (k - 1) % l.across == 0)
  end
  parts[#parts + 1] = "unset multiplot"
  return table.concat(parts, "\n")
end

-- The rows of a figure and the blocks of its panels, of each the bars and then the name that stands above it, which comes
-- from a file as every text does. fill(row, group): what the table has of a method; last: a column beside its value and ends.
local function filled(t, request, metric, top, fill, last)
  local groups, without = select_runs.groups(t, select_runs.some(t, request.run, request.only), metric)
  local places, methods, at = arranged(groups)
  local l = layout(places, methods, top)
  local rows, blocks = {}, {}
  for p, place in ipairs(places) do
    local block = {}
    for m, method in ipairs(methods) do
      local group = at[place][method]
      local row = {dataset = place, detector = method}
      if group then
        row.run, row.repeats, row[metric] = group.typical.run, #group.runs, group.typical[metric]
        fill(row, group)
        rows[#rows + 1] = row
      end
      local x = row[metric]
      block[m] = {m, draw.short(method, 36), x, row.low or x, row.high or x, last and row[last], n = last and 6 or 5}
    end
    blocks[2 * p - 1], blocks[2 * p] = block, {{0, 0, draw.short(place, math.floor((l.width - 5) / 1.9))}}
  end
  local left_out = without > 0 and ("%d runs have no %s and are left out"):format(without, metric) or nil
  return {height = l.height, rows = rows, blocks = blocks}, places, methods, l, left_out
end

-- ------------------------------------------------------------------ AUC, EER

local function interval_of(t, group, metric)
  local low, high, kind = result_table.interval(t, metric)
  if not low then return nil end
  local a, b = group.typical[low], group.typical[high]
  if a == nil or b == nil then low, high, kind = metric .. "_low", metric .. "_high", "DeLong" end
  a, b = group.typical[low], group.typical[high]
  if a and b then return a, b, kind end
end

local function measured(t, request, metric, label, span, guide)
  local figure, places, methods, l, left_out = filled(t, request, metric, 1, function(row, group)
    row.low, row.high, row.interval = interval_of(t, group, metric)
    row.lowest, row.highest = group.lowest, group.highest
  end)
  local axis = ("XLABEL = '%s'\nset xrange [0:%g]\nset xtics %g\n"):format(label, span, span / 2) .. guide
  figure.script = panels(places, methods, l, axis, function(k, named)
    local ticks = named and ":ytic(2)" or ""
    return ("plot D%d using (0):1:(0):3:($1-0.34):($1+0.34)%s with boxxyerror fs solid 0.9 noborder lc rgb '%s', \\\n"
      .. "  D%d using 3:1:4:5 with xerrorbars pt 0 lw 1 lc rgb '%s', \\\n  D%d using (0):(0.41):3 with labels left offset 0,0.5")
      :format(2 * k - 1, ticks, style.area, 2 * k - 1, style.black, 2 * k)
  end)
  figure.title = label .. " of each detector on each data set"
  figure.remarks = {"of repeats the run with the median value; lowest and highest of all repeats beside it", left_out}
  figure.columns = {"dataset", "detector", "run", metric, "low", "high", "interval", "lowest", "highest", "repeats"}
  return figure
end

function bars.auc(t, request)
  return measured(t, request, "auc", "AUC", 1, ("set arrow 1 from first 0.5, graph 0 to first 0.5, graph 1 nohead front "
    .. "lc rgb '%s' lw 0.8 dt (4,4)"):format(style.black))
end
function bars.eer(t, request) return measured(t, request, "eer", "EER", 1, "") end

-- ------------------------------------------------------------------ TPR

function bars.tpr(t, request)
  local metric, zero = "tpr_at_fpr_1em3", "tpr_at_fpr_0"
  local figure, places, methods, l, left_out = filled(t, request, metric, 14, function(row, group)
    local run = group.typical
    row[zero], row.smoothing = run[zero], run.smoothing
    row.fnr_at_fpr_0, row.fnr_at_fpr_1em3 = run[zero] and 1 - run[zero], 1 - run[metric]
    row.low, row.high = interval_of(t, group, metric)
  end, zero)
  local axis = "XLABEL = 'TPR (1 - FNR)'\nset xrange [-0.03:1.03]\nset xtics 0.5\nset grid x y"
  figure.script = panels(places, methods, l, axis, function(k, named)
    local ticks = named and ":ytic(2)" or ""
    local legend = k == 1 and "set key at screen 0.5, screen 0.985 center top maxrows 1\n" or "set key off\n"
    return legend .. ("plot D%d using 3:1:4:5%s with xerrorbars pt 7 ps 0.6 lw 1 lc rgb '%s' title 'FPR at most 0.001', \\\n"
      .. "  D%d using 6:1 with points pt 4 ps 0.75 lw 1.2 lc rgb '%s' title 'FPR 0', \\\n"
      .. "  D%d using (0):(0.41):3 with labels left offset 0,0.5 notitle"):format(2 * k - 1, ticks, style.benign, 2 * k - 1,
      style.attack, 2 * k)
  end)
  figure.title = "TPR at FPR 0 and 0.001 of each detector on each data set"
  figure.remarks = {"of repeats the run with the median TPR at FPR 0.001; low and high: the interval of that", left_out}
  figure.columns = {"dataset", "detector", "run", zero, "fnr_at_fpr_0", metric, "low", "high", "fnr_at_fpr_1em3", "smoothing",
    "repeats"}
  return figure
end

return bars
