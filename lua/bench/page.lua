-- SPDX-License-Identifier: GPL-3.0-or-later
-- One HTML page of trends: a line for each series, with its sparkline, its changes and the commits around them. It has all that
-- it shows inside, in the style of `ninetails report`; it loads nothing.
local embedded = require "ninetails.embedded"
local figures = require "ninetails.bench.figures"
local judge = require "ninetails.bench.judge"
local run_text = require "ninetails.bench.run_text"
local trend = require "ninetails.bench.trend"

local page = {}

page.HEAD = "<!doctype html>\n<!-- ninetails bench -->"

local WIDTH, HEIGHT, MARGIN = 260, 36, 3 -- of a sparkline, px

-- Texts come from histories, which may be anybody's.
local function escaped(words)
  words = tostring(words)
  words = utf8.len(words) and words or words:gsub("[\128-\255]", "?")
  return (words:gsub("%c", "?"):gsub("[&<>\"']", {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;"}))
end
page.escaped = escaped

local function style()
  local report = embedded("ninetails.report.web.page.html")
  local own = [[
svg.spark { display: block; } svg.spark path { fill: none; stroke: var(--c0); stroke-width: 1.5; }
svg.spark line { stroke: var(--attack); } svg.spark circle { fill: var(--c0); }
table.trend { border-collapse: collapse; width: 100%; } table.trend th, table.trend td { text-align: left; padding: .2rem .6rem;
border-bottom: 1px solid var(--line); vertical-align: middle; } table.trend td.n { text-align: right; font-variant-numeric: tabular-nums; }
.bad { color: var(--attack); font-weight: 600; } ul.alarms { padding-left: 1.2rem; }]]
  return (report:match("<style>(.-)</style>") or "") .. own
end

-- Values over nights; a vertical line where a change is.
local function sparkline(s, cuts)
  local n, low, high = #s.values, math.huge, -math.huge
  for _, v in ipairs(s.values) do low, high = math.min(low, v), math.max(high, v) end
  if high - low < 0.02 then low, high = (low + high) / 2 - 0.01, (low + high) / 2 + 0.01 end -- 2 % are a flat line
  local function x(i) return MARGIN + (n > 1 and (i - 1) / (n - 1) or 0.5) * (WIDTH - 2 * MARGIN) end
  local function y(v) return HEIGHT - MARGIN - (v - low) / (high - low) * (HEIGHT - 2 * MARGIN) end
  local parts, path = {}, {}
  for i, v in ipairs(s.values) do path[i] = ("%s%.1f %.1f"):format(i == 1 and "M" or "L", x(i), y(v)) end
  for _, c in ipairs(cuts) do
    local from, to = trend.commits(s, c.at)
    parts[#parts + 1] = ('<line x1="%.1f" x2="%.1f" y1="0" y2="%d"><title>%s: %s to %s, %+.1f %%</title></line>'):format(x(c.at - 0.5),
      x(c.at - 0.5), HEIGHT, escaped(s.records[c.at].time), escaped(from), escaped(to), 100 * c.change)
  end
  return ('<svg class="spark" role="img" aria-label="%d nights, %+.1f %% from the first to the last" width="%d" height="%d">%s'
    .. '<path d="%s"/><circle cx="%.1f" cy="%.1f" r="2"/></svg>'):format(n, 100 * (math.exp(s.values[n] - s.values[1]) - 1), WIDTH,
    HEIGHT, table.concat(parts), table.concat(path), x(n), y(s.values[n]))
end

local function row(s, alarmed)
  local cuts = judge.all(s.values)
  local r = s.records[#s.records]
  local f, words = figures.of(r), {}
  for i = math.max(1, #cuts - 2), #cuts do
    local c = cuts[i]
    local from, to = trend.commits(s, c.at)
    words[#words + 1] = ("%s %+.1f %% <code>%s</code> to <code>%s</code>"):format(escaped(s.records[c.at].time:sub(1, 10)),
      100 * c.change, escaped(from), escaped(to))
  end
  return ('<tr%s><td>%s</td><td>%s</td><td class="n">%s</td><td>ns a %s</td><td class="n">%s</td><td class="n">%d</td><td>%s</td></tr>')
    :format(alarmed and ' class="bad"' or "", escaped(s.problem), sparkline(s, cuts), run_text.amount(f.ns), escaped(r.item),
    run_text.amount(f.instructions), #s.values, #words > 0 and table.concat(words, "<br>") or "no change")
end

-- list: trend.series(); alarms: {{series =, ...}, ...} and their lines; about: {{name, text}, ...}; quality: {headline, {line, ...}}
function page.make(list, alarms, lines, about, quality)
  local parts = {page.HEAD, '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
    "<title>ninetails bench: trends</title><style>", style(), "</style></head><body>",
    '<header class="top"><h1>Trends of speed and quality</h1><p class="soft">'}
  local words = {}
  for i, pair in ipairs(about) do words[i] = escaped(pair[1]) .. " " .. escaped(pair[2]) end
  parts[#parts + 1] = table.concat(words, " &middot; ") .. "</p></header><main><section><h2>Regressions</h2>"
  if #lines == 0 then parts[#parts + 1] = "<p>None.</p>"
  else
    parts[#parts + 1] = '<ul class="alarms">'
    for _, line in ipairs(lines) do parts[#parts + 1] = '<li class="bad">' .. escaped(line) .. "</li>" end
    parts[#parts + 1] = "</ul>"
  end
  parts[#parts + 1] = "</section>"
  if quality then
    parts[#parts + 1] = "<section><h2>Quality</h2><p>" .. escaped(quality[1]) .. "</p>"
    if #quality[2] > 0 then
      parts[#parts + 1] = "<ul>"
      for _, line in ipairs(quality[2]) do parts[#parts + 1] = "<li>" .. escaped(line) .. "</li>" end
      parts[#parts + 1] = "</ul>"
    end
    parts[#parts + 1] = "</section>"
  end
  local alarmed = {}
  for _, a in ipairs(alarms) do alarmed[a.series] = true end
  parts[#parts + 1] = '<section><h2>Speed</h2><p class="soft">Lines: the least time of a run over the calibration\'s, one point a run; '
    .. 'upwards is slower; a flat line stays within 2 %. Vertical: a change point (p at most 0.01). <code>ninetails bench trend</code> prints the same.</p>'
    .. '<table class="trend"><thead><tr><th>problem</th><th>nights</th><th>last</th><th></th><th>instructions</th><th>runs</th><th>changes</th></tr></thead><tbody>'
  for _, s in ipairs(list) do parts[#parts + 1] = row(s, alarmed[s]) end
  parts[#parts + 1] = "</tbody></table></section></main></body></html>\n"
  return table.concat(parts, "\n")
end

return page
