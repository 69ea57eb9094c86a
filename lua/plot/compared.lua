-- SPDX-License-Identifier: GPL-3.0-or-later
-- What `ninetails results compare` finds: differences from the reference with their intervals, and mean ranks over data
-- sets with Nemenyi's critical difference (Demsar 2006).
local asked = require "ninetails.results.asked"
local diagram = require "ninetails.results.diagram"
local draw = require "ninetails.plot.draw"
local result_table = require "ninetails.results.table"
local style = require "ninetails.plot.style"
local text = require "ninetails.cli.text"

local compared = {}

local function find(t, request)
  local words = asked.compare(t, select(1, result_table.select(t, request.only)), request.metric or "auc", request.only)
  if not words then
    result_table.refuse("unmeasured", "%s: has fewer than two configurations with a value of %s: nothing to compare", t.path,
      request.metric or "auc")
  end
  return asked.find(words), "as found by: " .. text.command_line({"results", table.unpack(words)})
end

-- ------------------------------------------------------------------ differences

local ROW = 4.6 -- mm

function compared.differences(t, request)
  local found, remark = find(t, request)
  local rows, drawn, heads, y = {}, {}, {}, 0
  local low, high, longest = 0.0, 0.0, 8
  for _, entry in ipairs(found.each) do
    local first = true
    for _, test in ipairs(entry.tests) do
      rows[#rows + 1] = {dataset = entry.dataset, reference = found.reference, detector = test.detector, value = test.value,
        difference = test.difference, low = test.low, high = test.high, p = test.p, holm = test.holm, blocks = test.blocks,
        note = test.why}
      if test.low and test.high then
        if first then
          y, first = y + (y > 0 and 1.4 or 1), false
          heads[#heads + 1] = {0.0, y, draw.short(entry.dataset, 60)}
        end
        y = y + 1
        local name = draw.short(test.detector, 40)
        drawn[#drawn + 1] = {y, name, test.difference, test.low, test.high}
        low, high = math.min(low, test.low), math.max(high, test.high)
        longest = math.max(longest, utf8.len(name))
      end
    end
  end
  if #drawn == 0 then result_table.refuse("unmeasured", "%s: no difference has an interval", t.path) end
  local pad = (high - low) * 0.05 + 1e-12
  return {title = ("Differences in %s from %s, with intervals"):format(found.metric, found.reference), height = 16 + ROW * (y + 0.5),
    rows = rows, remarks = {remark}, blocks = {drawn, heads},
    columns = {"dataset", "reference", "detector", "value", "difference", "low", "high", "p", "holm", "blocks", "note"},
    script = table.concat({"set border 1", "set ytics nomirror scale 0", "set grid noy x", "set key off",
      ("set lmargin at screen %.4f"):format((longest * 1.75 + 4) / style.FULL), ("set yrange [%g:0.4]"):format(y + 0.6),
      ("set xrange [%.17g:%.17g]"):format(low - pad, high + pad), ("set xlabel 'difference in %s from the reference'"):format(
        found.metric:gsub("[^%w_]", "?")),
      ("set arrow 1 from 0, graph 0 to 0, graph 1 nohead lc rgb '%s' lw 1 dt (8,4)"):format(style.black),
      ("plot D1 using 3:1:4:5:ytic(2) with xerrorbars pt 7 ps 0.6 lw 1.4 lc rgb '%s', \\\n  D2 using (%.17g):2:3 with labels left"):format(
        style.benign, low - pad / 2)}, "\n")}
end

-- ------------------------------------------------------------------ ranks

function compared.ranks(t, request)
  local found, remark = find(t, request)
  local all = found.all
  if not all or all.why_not or not all.bars then
    result_table.refuse("unmeasured", "%s: ranks: %s", t.path, all and all.why_not or found.why_not or "no test over data sets")
  end
  local rows, lines, bold, left, middle, right = {}, {}, {}, {}, {}, {}
  for i, method in ipairs(all.order) do
    rows[i] = {place = i, detector = all.methods[method], mean_rank = all.mean_rank[method],
      critical_difference = all.critical_difference}
  end
  local picture = diagram.shapes(all, all.methods)
  for _, l in ipairs(picture.lines) do
    local list = l.width >= 2 and bold or lines
    list[#list + 1] = {l[1], l[2], l[3] - l[1], l[4] - l[2]}
  end
  local of = {start = left, middle = middle, ["end"] = right}
  for _, w in ipairs(picture.words) do table.insert(of[w.anchor], {w[1], w[2], w[3]}) end
  for _, list in ipairs {bold, left, middle, right} do
    if #list == 0 then list[1] = {n = 4} end
  end
  local remarks = {remark, ("%d data sets: %s"):format(#all.datasets, table.concat(all.datasets, ", "))}
  return {title = "Mean ranks and critical difference", height = style.FULL * picture.height / picture.width, rows = rows,
    remarks = remarks, columns = {"place", "detector", "mean_rank", "critical_difference"}, blocks = {lines, bold, left, middle, right},
    script = table.concat({"unset border", "unset tics", "set key off", "unset grid", "set margins 0, 0, 0, 0",
      ("set xrange [0:%g]\nset yrange [%g:0]"):format(picture.width, picture.height),
      ("SMALL = sprintf(',%%g', %g * PT)"):format(math.min(9, 9 * 700 / picture.width)),
      ("plot D1 using 1:2:3:4 with vectors nohead lw 0.8 lc rgb '%s', D2 using 1:2:3:4 with vectors nohead lw 3 lc rgb '%s', \\\n  "
        .. "D3 using 1:2:3 with labels left font SMALL, D4 using 1:2:3 with labels center font SMALL, "
        .. "D5 using 1:2:3 with labels right font SMALL"):format(style.black, style.black)}, "\n")}
end

return compared
