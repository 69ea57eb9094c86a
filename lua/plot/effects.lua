-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a sweep's parameters do to a metric: each by itself (`effects`), two at a time (`pairs`); and the metric beside what
-- it cost (`cost`).
local draw = require "ninetails.plot.draw"
local repeats = require "ninetails.results.repeats"
local result_table = require "ninetails.results.table"
local select_runs = require "ninetails.plot.select"
local statistics = require "ninetails.results.statistics"
local style = require "ninetails.plot.style"

local effects = {}
local refuse = result_table.refuse

local MOST = 40 -- values of a parameter that have a mean each

-- The metric of the request, and the runs that have it.
local function measured(t, request)
  local column = result_table.find_column(t, request.metric or "auc", "--metric")
  if column.role ~= "metric" or column.type == "text" then
    refuse("argument", "--metric %s: expected a metric", column.name)
  end
  local runs = {}
  for _, run in ipairs(select_runs.some(t, request.run, request.only)) do
    if run[column.name] ~= nil then runs[#runs + 1] = run end
  end
  if #runs == 0 then refuse("unmeasured", "%s: no run has a value of %s", t.path, column.name) end
  return column, runs
end

-- Parameters by the names of --by, else those that vary, repeats aside.
local function parameters(t, runs, by)
  if by then
    local columns = result_table.chosen(t, by, "--by")
    for _, column in ipairs(columns) do
      if column.role ~= "parameter" and column.name ~= "profile" then
        refuse("argument", "--by %s: expected a parameter, and the role of this column is %s", column.name, column.role)
      end
    end
    return columns
  end
  local columns = {}
  for _, column in ipairs(result_table.varying(t, runs)) do
    if not repeats.names_repeat(column) then columns[#columns + 1] = column end
  end
  return columns
end

-- Distinct values in order.
local function levels(runs, name)
  local list, seen = {}, {}
  for _, run in ipairs(runs) do
    local value = run[name]
    if value ~= nil and not seen[value] then list[#list + 1], seen[value] = value, true end
  end
  table.sort(list, function(a, b)
    if type(a) == "number" and type(b) == "number" then return a < b end
    return tostring(a) < tostring(b)
  end)
  return list
end

local function values_of(runs, metric, fits)
  local list = {}
  for _, run in ipairs(runs) do
    if fits(run) then list[#list + 1] = run[metric] end
  end
  return list
end

local function shown(column, value) return draw.short(result_table.shown(column, value), 12) end

-- ------------------------------------------------------------------ effects

local PANEL, ACROSS = 56, 2

function effects.effects(t, request)
  local metric, runs = measured(t, request)
  local columns = parameters(t, runs, request.by)
  if #columns == 0 then refuse("unmeasured", "%s: no parameter varies", t.path) end
  local groups, order = repeats.group_by(runs, function(run) return ("%s, %s"):format(run.dataset or "?", run.detector or "?") end)
  if request.drawn and #order > style.MOST then
    refuse("argument", "%s: %d data sets and detectors, of which a figure tells %d apart: choose some by --only", t.path, #order,
      style.MOST)
  end
  local rows, blocks, down = {}, {}, (#columns + ACROSS - 1) // ACROSS
  local keys = (#order + 1) // 2
  local top, height = 5 * keys + 3, 5 * keys + 3 + down * PANEL
  local script = {"set multiplot", "set grid noy y", "set offsets 0.3, 0.3, graph 0.06, graph 0.06",
    ("set key at screen 0.5, screen %.4f center top vertical maxrows %d"):format(1 - 1 / height, keys)}
  for k, column in ipairs(columns) do
    local of = levels(runs, column.name)
    if #of > MOST then of = {} end
    local plots = {}
    for g, name in ipairs(order) do
      local block = {{"", draw.short(name, 44)}}
      for i, level in ipairs(of) do
        local mean, deviation, n = statistics.of(values_of(groups[name], metric.name, function(run) return run[column.name] == level end))
        if mean then
          rows[#rows + 1] = {parameter = column.name, value = level, dataset = groups[name][1].dataset,
            detector = groups[name][1].detector, runs = n, mean = mean, deviation = deviation}
          block[#block + 1] = {i, shown(column, level), mean, mean - (deviation or 0), mean + (deviation or 0)}
        end
      end
      blocks[#blocks + 1] = block
      local shift = (g - (#order + 1) / 2) * 0.06
      plots[#plots + 1] = ("D%d using ($1+%g):3:4:5 skip 1 with yerrorbars %s pt 0 dt solid notitle"):format(#blocks, shift,
        (style.line((g - 1) % style.MOST + 1):gsub(" dt %S+", ""):gsub(" pt .*$", "")))
      plots[#plots + 1] = ("D%d using ($1+%g):3:xtic(2) with linespoints %s title columnheader(2)"):format(#blocks, shift, style.line((g - 1) % style.MOST + 1))
    end
    local across, row = (k - 1) % ACROSS, (k - 1) // ACROSS
    local left = across / ACROSS
    table.move({("set lmargin at screen %.4f"):format(left + 0.10), ("set rmargin at screen %.4f"):format(left + 1 / ACROSS - 0.02),
      ("set tmargin at screen %.4f"):format(1 - (top + row * PANEL + 2) / height),
      ("set bmargin at screen %.4f"):format(1 - (top + (row + 1) * PANEL - 16) / height),
      ("set xlabel '%s' offset 0,0.3"):format(column.name:gsub("[^%w_]", "?")),
      ("set ylabel '%s' offset 1,0"):format(across == 0 and metric.name:gsub("[^%w_]", "?") or ""),
      ("set xrange [0.5:%g]"):format(#of + 0.5), "plot " .. table.concat(plots, ", \\\n  "), "set key off"}, 1, 9, #script + 1, script)
  end
  script[#script + 1] = "unset multiplot"
  if #rows == 0 then refuse("unmeasured", "%s: every parameter has more than %d values", t.path, MOST) end
  return {title = ("Effects of the parameters on %s"):format(metric.name), height = height, rows = rows, blocks = blocks,
    script = table.concat(script, "\n"),
    remarks = {"mean and standard deviation over all runs with the value, whatever their other parameters"},
    columns = {"parameter", "value", "dataset", "detector", "runs", "mean", "deviation"}}
end

-- ------------------------------------------------------------------ pairs

function effects.pairs(t, request)
  local metric, runs = measured(t, request)
  local columns = parameters(t, runs, request.by)
  if #columns < 2 or request.by and #columns ~= 2 then
    refuse(request.by and "argument" or "unmeasured", "%s: a map takes two parameters, and there %s %d", t.path,
      #columns == 1 and "is" or "are", #columns)
  end
  local down, across = columns[#columns - 1], columns[#columns]
  local xs, ys = levels(runs, across.name), levels(runs, down.name)
  if #xs > MOST or #ys > MOST then refuse("argument", "%s: more than %d values: choose others by --by", t.path, MOST) end
  local rows, block, xtics, ytics = {}, {}, {}, {}
  local least, most = math.huge, -math.huge
  for i, y in ipairs(ys) do
    ytics[i] = {0.5, i, shown(down, y)}
    for k, x in ipairs(xs) do
      local mean, _, n = statistics.of(values_of(runs, metric.name, function(run) return run[across.name] == x and run[down.name] == y end))
      if mean then
        rows[#rows + 1] = {[down.name] = y, [across.name] = x, runs = n, mean = mean}
        least, most = math.min(least, mean), math.max(most, mean)
        block[#block + 1] = {k, i, mean, result_table.shown(metric, mean)}
      end
    end
  end
  for k, x in ipairs(xs) do xtics[k] = {k, 0.5, shown(across, x)} end
  if #rows == 0 then refuse("unmeasured", "%s: no run has both %s and %s", t.path, down.name, across.name) end
  local middle = (least + most) / 2
  return {title = ("Mean %s by %s and %s"):format(metric.name, down.name, across.name), height = 22 + math.max(30, 8 * #ys), rows = rows,
    blocks = {block, xtics, ytics}, remarks = {"means over all runs with both values"}, columns = {down.name, across.name, "runs", "mean"},
    script = table.concat({"set key off", "unset grid", "set tics scale 0", ("set xrange [0.5:%g]\nset yrange [%g:0.5]"):format(#xs + 0.5, #ys + 0.5),
      ("set xlabel '%s'\nset ylabel '%s'"):format(across.name:gsub("[^%w_]", "?"), down.name:gsub("[^%w_]", "?")),
      -- one hue from light to dark: the same order in grey
      "set palette defined (0 '#f7f4e8', 0.5 '#8fb4c9', 1 '#0a3d6e')", ("set cbrange [%.17g:%.17g]"):format(least, most > least and most or least + 1e-9),
      ("set cblabel 'mean %s'"):format(metric.name:gsub("[^%w_]", "?")),
      "plot D1 using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror fill solid border rgb 'white' lc palette, D2 using 1:2:xtic(3) with points pt 0, D3 using 1:2:ytic(3) with points pt 0, \\",
      ("  D1 using 1:2:($3 > %.17g ? '' : stringcolumn(4)) with labels tc rgb '#000000', \\"):format(middle),
      ("  D1 using 1:2:($3 > %.17g ? stringcolumn(4) : '') with labels tc rgb '#ffffff'"):format(middle)}, "\n")}
end

-- ------------------------------------------------------------------ cost

function effects.cost(t, request)
  local metric, runs = measured(t, request)
  local name = request.by or "seconds_score"
  local cost = result_table.find_column(t, name, "--by")
  if cost.role ~= "cost" or cost.type == "text" then
    refuse("argument", "--by %s: expected a cost, and the role of this column is %s", cost.name, cost.role)
  end
  local with = {}
  for _, run in ipairs(runs) do
    if (run[cost.name] or 0) > 0 then with[#with + 1] = run end
  end
  if #with == 0 then refuse("unmeasured", "%s: no run has both %s and %s", t.path, metric.name, cost.name) end
  local groups, order = repeats.group_by(with, function(run) return run.detector or "?" end)
  if request.drawn and #order > style.MOST then
    refuse("argument", "%s: %d detectors, of which a figure tells %d apart: choose some by --only", t.path, #order, style.MOST)
  end
  local rows, blocks, plots, least, most = {}, {}, {}, math.huge, 0
  for g, detector in ipairs(order) do
    blocks[g] = {{"", draw.short(detector, 40)}}
    for _, run in ipairs(groups[detector]) do
      rows[#rows + 1] = {row = run.row, dataset = run.dataset, detector = detector, run = run.run, [cost.name] = run[cost.name],
        [metric.name] = run[metric.name]}
      table.insert(blocks[g], {run[cost.name], run[metric.name], n = 2})
      least, most = math.min(least, run[cost.name]), math.max(most, run[cost.name])
    end
    plots[g] = ("D%d using 1:2 with points %s title columnheader(2)"):format(g, style.marker((g - 1) % style.MOST + 1))
  end
  local keys = (#order + 2) // 3
  return {title = ("%s beside %s"):format(metric.name, cost.name), height = 72 + 5 * keys, rows = rows, blocks = blocks,
    columns = {"row", "dataset", "detector", "run", cost.name, metric.name},
    script = table.concat({"set logscale x", "set format x '%g'", "set grid x y", "set offsets 0, 0, graph 0.06, graph 0.06",
      ("set xrange [%.17g:%.17g]"):format(least / 1.5, most * 1.5), -- where the runs are, not whole decades
      ("set xlabel '%s%s'"):format(cost.name:gsub("[^%w_]", "?"), cost.unit == "s" and ", s" or ""),
      ("set ylabel '%s'"):format(metric.name:gsub("[^%w_]", "?")), ("set key maxrows %d"):format(keys),
      "plot " .. table.concat(plots, ", \\\n  ")}, "\n")}
end

return effects
