-- SPDX-License-Identifier: GPL-3.0-or-later
-- A critical difference diagram (Demsar 2006) as SVG: mean ranks on an axis, best to the left, names on both sides,
-- bars over those that are not told apart. all: of compare.over_all; methods: its labels.
local diagram = {}

local TOP, LINE, AXIS = 70, 20, 480 -- pixels: of the axis, of a name, of the axis' length
local LETTER = 7.5 -- and of a letter, at most on average, in the fonts that stand for sans-serif

local function escaped(word) return (word:gsub("[&<>]", {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;"})) end

-- -> {width =, height =, lines = {{x1, y1, x2, y2, width =}, ...}, words = {{x, y, text, anchor = "start" | "middle" |
-- "end"}, ...}}, in pixels from the upper left.
function diagram.shapes(all, methods)
  local k = #all.order
  local lines, words, labels, longest = {}, {}, {}, 0
  for i, method in ipairs(all.order) do
    labels[i] = ("%s %.2f"):format(methods[method], all.mean_rank[method])
    longest = math.max(longest, utf8.len(labels[i]))
  end
  local side = math.ceil(longest * LETTER) + 20 -- for names, left and right
  local function x_of(rank) return side + (rank - 1) / (k - 1) * AXIS end
  local function line(x1, y1, x2, y2, width) lines[#lines + 1] = {x1, y1, x2, y2, width = width or 1} end
  local function word(x, y, anchor, body) words[#words + 1] = {x, y, body, anchor = anchor} end

  local half, names_at = (k + 1) // 2, TOP + 12 * #all.bars + 24
  line(side, TOP, side + AXIS, TOP)
  local step = math.max(1, (k - 1) // 10)
  for rank = 1, k, step do
    line(x_of(rank), TOP - 6, x_of(rank), TOP)
    word(x_of(rank), TOP - 14, "middle", ("%d"):format(rank))
  end
  local wide = math.min(all.critical_difference, k - 1) -- one that is wider than the axis tells nothing apart
  line(side, 20, x_of(1 + wide), 20, 2)
  word(x_of(1 + wide) + 8, 20, "start", ("critical difference %.2f"):format(all.critical_difference))

  for i, bar in ipairs(all.bars) do
    local y = TOP + 12 * i
    line(x_of(all.mean_rank[all.order[bar.first]]) - 3, y, x_of(all.mean_rank[all.order[bar.last]]) + 3, y, 4)
  end
  for i, method in ipairs(all.order) do
    local x, on_left = x_of(all.mean_rank[method]), i <= half
    local y = names_at + LINE * (on_left and i - 1 or k - i) + 10
    local edge = on_left and side - 10 or side + AXIS + 10
    line(x, TOP, x, y, 0.7)
    line(x, y, edge, y, 0.7)
    word(edge + (on_left and -4 or 4), y, on_left and "end" or "start", labels[i])
  end
  return {width = side + AXIS + side, height = names_at + LINE * half + 10, lines = lines, words = words}
end

function diagram.svg(all, methods, metric)
  local picture, out = diagram.shapes(all, methods), {}
  local function put(...) out[#out + 1] = string.format(...) end
  put('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13" fill="black">',
    picture.width, picture.height)
  put('<rect width="100%%" height="100%%" fill="white"/>')
  put("<title>%s: mean ranks over %d data sets, critical difference %.3f</title>", escaped(metric), #all.datasets,
    all.critical_difference)
  for _, l in ipairs(picture.lines) do
    put('<path d="M%.1f %.1fL%.1f %.1f" stroke="black" stroke-width="%g"/>', l[1], l[2], l[3], l[4], l.width)
  end
  for _, w in ipairs(picture.words) do
    put('<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>', w[1], w[2] + 4, w.anchor, escaped(w[3]))
  end
  put("</svg>")
  return table.concat(out, "\n") .. "\n"
end

return diagram
