-- SPDX-License-Identifier: GPL-3.0-or-later
-- Scores over the packets of a capture: with phases, threshold and attacks (`rmse`), coloured by their probability under a
-- log-normal fit (`probability`), and the highest of them (`outliers`).
--
-- A figure has some hundred columns of dots: in each of as many stretches of packets the lowest and the highest score of
-- each class are drawn, which are packets of the capture and not means, so that no peak is lost.
local select_runs = require "ninetails.plot.select"
local style = require "ninetails.plot.style"
local tails = require "ninetails.plot.tails"
local text = require "ninetails.cli.text"

local timeline = {}

local STRETCHES = 700
local names = {[0] = "benign", [1] = "attack", [2] = "excluded"}

local function drawable(x) return x > 0 and x < math.huge end

-- -> a list of packets {i =, label =} in order, how many scores cannot be drawn on a logarithmic axis.
local function thinned(arrays)
  local scores, labels, n = arrays.scores, arrays.labels, #arrays.scores
  local list, left_out = {}, 0
  for stretch = 0, math.min(n, STRETCHES) - 1 do
    local count = math.min(n, STRETCHES)
    local low, high, order = {}, {}, {}
    for i = stretch * n // count + 1, (stretch + 1) * n // count do
      local x, label = scores[i], labels and labels:byte(i) or 0
      if drawable(x) then
        if not low[label] then low[label], high[label] = i, i end
        if x < scores[low[label]] then low[label] = i end
        if x > scores[high[label]] then high[label] = i end
      else
        left_out = left_out + 1
      end
    end
    for label = 0, 2 do
      if low[label] then
        order[#order + 1] = {i = low[label], label = label}
        if high[label] ~= low[label] then order[#order + 1] = {i = high[label], label = label} end
      end
    end
    table.sort(order, function(a, b) return a.i < b.i end)
    table.move(order, 1, #order, #list + 1, list)
  end
  return list, left_out
end

-- Stretches of attacks as pairs of indices; what is nearer than a column of dots is one.
local function attacks(labels)
  local list = {}
  local near = labels and #labels // STRETCHES or 0
  local at, to = 1, 0
  while labels do
    at, to = labels:find("\1+", to + 1)
    if not at then break end
    local last = list[#list]
    if last and at - last[2] <= near then last[2] = to else list[#list + 1] = {at, to} end
  end
  return list
end

-- Packets are numbered from 1 on an axis, in thousands where they are many.
local function axis(last)
  if last > 20000 then return 1000, "packet / 1000" end
  return 1, "packet"
end

-- An axis is {at = function(packet, counted from 0) -> place, last = its end, label =}.
local function packet_axis(arrays)
  local last = arrays.first + #arrays.scores
  local scale, label = axis(last)
  return {at = function(packet) return packet / scale end, last = last / scale, label = label}
end

local units = {{3 * 86400, 86400, "days"}, {3 * 3600, 3600, "hours"}, {300, 60, "minutes"}, {0, 1, "seconds"}}

-- Time since the first packet; nil where times are missing, or all the same.
local function time_axis(arrays)
  local before, times, first = arrays.grace_times or {}, arrays.times, arrays.first
  if not times or first > #before then return nil end
  local function of(packet) return packet < first and before[packet + 1] or times[packet - first + 1] end
  local start, last = of(0), -math.huge
  for i = 1, #times do last = math.max(last, times[i]) end
  if start ~= start or not (last > start and last < math.huge) then return nil end
  for _, unit in ipairs(units) do
    if last - start >= unit[1] then
      return {last = (last - start) / unit[2], label = ("time since the first packet, %s"):format(unit[3]),
        at = function(packet) return ((of(math.min(packet, first + #times - 1)) or 0 / 0) - start) / unit[2] end}
    end
  end
end

local function numbers(arrays, list, more)
  local rows = {}
  for k, packet in ipairs(list) do
    local i = packet.i
    rows[k] = {packet = arrays.first + i - 1, time = arrays.times and arrays.times[i], score = arrays.scores[i],
      label = arrays.labels and names[packet.label] or nil}
    if more then more(rows[k], i) end
  end
  return rows
end

-- The run with its arrays, the packets that are drawn, how many cannot be, where the axis ends, its scale and its name.
local function scene(t, request)
  local run = select_runs.one(t, request.run, request.only)
  local arrays = select_runs.arrays(t, run)
  local list, left_out = thinned(arrays)
  local last = arrays.first + #arrays.scores
  return run, arrays, list, left_out, last, axis(last)
end

local COLUMNS = {"packet", "time", "score", "label"}

local function remarks(arrays, left_out)
  local list = {("packets are numbered from 0; of %d stretches of the scored packets the lowest and the highest score of each "
    .. "class"):format(math.min(#arrays.scores, STRETCHES))}
  if left_out > 0 then
    list[2] = text.plural(left_out, "score") .. " of 0 or less, infinite or not a number cannot be drawn and are left out"
  end
  return list
end

-- ------------------------------------------------------------------ rmse

-- Boxes of the grace periods on an axis {from, to}, and their names where they are wide enough for them.
local function phases(run, on)
  local fm, ad = run.fm_grace, run.ad_grace
  local boxes, words = {}, {}
  local function add(from, to, what)
    from, to = on.at(from), on.at(to)
    if not (to > from) then return end
    boxes[#boxes + 1] = {from, to}
    if (to - from) / on.last > 0.045 then words[#words + 1] = {(from + to) / 2, what} end
  end
  if fm and ad then
    add(0, fm + 1, "map")
    add(fm + 1, fm + 1 + ad, "train")
  end
  return boxes, words
end

local function dots(arrays, list, on)
  local of = {[0] = {}, [1] = {}, [2] = {}}
  for _, packet in ipairs(list) do
    table.insert(of[packet.label] or of[2], {on.at(arrays.first + packet.i - 1), arrays.scores[packet.i]})
  end
  return of
end

local SPANS = [[
set yrange [*:*]
set y2range [0:1]
set logscale y
]]

local function or_nothing(block, width)
  if #block > 0 then return block end
  local row = {n = width}
  return {row} -- gnuplot takes no empty file: a row without a value
end

-- Appends the blocks of a panel over the axis `on` to `blocks`; -> its script.
local function panel(run, arrays, list, spans, on, blocks)
  local boxes, words = phases(run, on)
  local strip, shades = {}, {}
  for k, span in ipairs(spans) do
    local from, to = on.at(arrays.first + span[1] - 1), on.at(arrays.first + span[2])
    strip[k] = {(from + to) / 2, 0.985, from, to, 0.97, 1}
  end
  for k, box in ipairs(boxes) do shades[k] = {(box[1] + box[2]) / 2, 0.5, box[1], box[2], 0, 1} end
  local of, at = dots(arrays, list, on), #blocks
  table.move({or_nothing(shades, 6), or_nothing(strip, 6), or_nothing(of[0], 2), or_nothing(of[1], 2), or_nothing(of[2], 2)},
    1, 5, at + 1, blocks)
  local threshold = run.threshold and drawable(run.threshold) and run.threshold
  local script = {("set xrange [0:%.17g]"):format(on.last), ("set xlabel '%s' offset 0,0.4"):format(on.label), "unset label"}
  for k, word in ipairs(words) do
    script[#script + 1] = ("set label %d '%s' at first %.17g, graph 0.08 center front"):format(k, word[2], word[1])
  end
  local plots = {
    ("D%d using 1:2:3:4:5:6 axes x1y2 with boxxyerror fill solid 1 border rgb '%s' fc rgb '%s' title 'grace periods'"):format(at + 1,
      style.grey, style.light),
    ("D%d using 1:2:3:4:5:6 axes x1y2 with boxxyerror fill solid 1 border rgb '%s' fc rgb '%s' notitle"):format(at + 2,
      style.attack, style.attack),
    ("D%d using 1:2 with points pt 7 ps 0.25 lc rgb '%s' title '%s'"):format(at + 3, style.benign,
      arrays.labels and "benign" or "score"),
  }
  if #of[1] > 0 then
    plots[#plots + 1] = ("D%d using 1:2 with points pt 2 ps 0.35 lw 0.8 lc rgb '%s' title 'attack'"):format(at + 4, style.attack)
  end
  if #of[2] > 0 then
    plots[#plots + 1] = ("D%d using 1:2 with points pt 6 ps 0.3 lc rgb '%s' title 'excluded'"):format(at + 5, style.grey)
  end
  if threshold then
    plots[#plots + 1] = ("%.17g with lines lc rgb '%s' lw 1.2 dt (8,4) title 'threshold'"):format(threshold, style.black)
  end
  script[#script + 1] = "plot " .. table.concat(plots, ", \\\n  ")
  return table.concat(script, "\n")
end

-- Millimetres: of a panel with its axis, of the names above the first.
local PANEL, KEY = 66, 13

function timeline.rmse(t, request)
  local run, arrays, list, left_out = scene(t, request)
  local spans, blocks = attacks(arrays.labels), {}
  local axes = {packet_axis(arrays), time_axis(arrays)}
  local height = KEY + PANEL * #axes
  local script = {"set multiplot", SPANS, "set ylabel 'anomaly score' offset 1,0", "set format y '%g'", "set grid y",
    "set lmargin at screen 0.12", "set rmargin at screen 0.97",
    ("set key at screen 0.5, screen %.4f center top horizontal maxrows 1"):format(1 - 1 / height)}
  for k, on in ipairs(axes) do
    script[#script + 1] = ("set tmargin at screen %.4f\nset bmargin at screen %.4f"):format(1 - (KEY + (k - 1) * PANEL) / height,
      1 - (KEY + k * PANEL - 17) / height)
    script[#script + 1] = panel(run, arrays, list, spans, on, blocks)
    script[#script + 1] = "set key off"
  end
  script[#script + 1] = "unset multiplot"
  local all = remarks(arrays, left_out)
  if not axes[2] then all[#all + 1] = "the file has no times, over which scores could be drawn, too" end
  return {title = "Scores over the packets, and over the time, of " .. (run.dataset or "a capture"), height = height,
    columns = COLUMNS, rows = numbers(arrays, list), remarks = all, script = table.concat(script, "\n"), run = run, blocks = blocks}
end

-- ------------------------------------------------------------------ probability, outliers

local function benign_fit(t, run, arrays)
  local of, fit = tails.fit(arrays.scores, arrays.labels)
  if not fit then
    error({status = "unmeasured", message = ("run %s of %s: a log-normal distribution takes two distinct positive scores, and "
      .. "%s have none"):format(run.run, t.path, of)}, 0)
  end
  return fit, ("log-normal fit to %d of %s: logarithms have mean %s and population standard deviation %s"):format(fit.count, of,
    text.plain(fit.mean), text.plain(fit.deviation))
end
timeline.benign_fit = benign_fit

local PROBABILITY = [[
set logscale y
set format y '%g'
set xlabel 'packet%s'
set ylabel 'anomaly score'
set cblabel 'log10 of the probability under the fit'
set rmargin at screen 0.80
set palette defined (0 '#a50026', 0.5 '#f9a15a', 0.8 '#74a9cf', 1 '#053061')
set cbrange [-10:0]
set cbtics ('<= -10' -10, '-8' -8, '-6' -6, '-4' -4, '-2' -2, '0' 0)
set grid y
set key off
]]

function timeline.probability(t, request)
  local run, arrays, list, left_out, last, scale, label = scene(t, request)
  local fit, remark = benign_fit(t, run, arrays)
  local block = {}
  for k, packet in ipairs(list) do
    local x = arrays.scores[packet.i]
    block[k] = {(arrays.first + packet.i) / scale, x, math.max(-10, tails.log10_p(fit, x))}
  end
  local all = remarks(arrays, left_out)
  table.insert(all, 1, remark)
  return {title = "Scores coloured by their probability under a log-normal fit", height = 75, run = run, remarks = all,
    columns = {"packet", "time", "score", "label", "log10_probability"},
    rows = numbers(arrays, list, function(row, i) row.log10_probability = tails.log10_p(fit, arrays.scores[i]) end),
    blocks = {or_nothing(block, 3)},
    script = (PROBABILITY:gsub("packet%%s", label)) .. ("set xrange [%.17g:%.17g]\n"):format(arrays.first / scale, last / scale)
      .. "plot D1 using 1:2:3 with points pt 7 ps 0.3 lc palette"}
end

local OUTLIERS = 50

function timeline.outliers(t, request)
  local run = select_runs.one(t, request.run, request.only)
  local arrays = select_runs.arrays(t, run)
  local fit, remark = benign_fit(t, run, arrays)
  local scores, order = arrays.scores, {}
  for i = 1, #scores do
    if drawable(scores[i]) then order[#order + 1] = {i = i, label = arrays.labels and arrays.labels:byte(i) or 0} end
  end
  table.sort(order, function(a, b)
    if scores[a.i] == scores[b.i] then return a.i < b.i end
    return scores[a.i] > scores[b.i]
  end)
  local top = table.move(order, 1, math.min(OUTLIERS, #order), 1, {})
  local of = {[0] = {}, [1] = {}, [2] = {}}
  for k, packet in ipairs(top) do table.insert(of[packet.label] or of[2], {k, scores[packet.i]}) end
  local rows = numbers(arrays, top, function(row, i) row.log10_probability = tails.log10_p(fit, scores[i]) end)
  for k, row in ipairs(rows) do row.rank = k end
  return {title = "The highest scores", height = 70, run = run, rows = rows, remarks = {remark},
    columns = {"rank", "packet", "time", "score", "label", "log10_probability"},
    blocks = {or_nothing(of[0], 2), or_nothing(of[1], 2), or_nothing(of[2], 2)},
    script = table.concat({"set logscale y", "set format y '%g'", "set xlabel 'rank of the packet by its score'",
      "set ylabel 'anomaly score'", ("set xrange [0:%d]"):format(#top + 1), "set grid y", "plot "
      .. ("D1 using 1:2 with points pt 7 ps 0.5 lc rgb '%s' title '%s', "):format(style.benign,
        arrays.labels and "benign" or "score")
      .. ("D2 using 1:2 with points pt 2 ps 0.6 lw 1.2 lc rgb '%s' title '%s'"):format(style.attack,
        arrays.labels and "attack" or "")}, "\n")}
end

return timeline
