-- SPDX-License-Identifier: GPL-3.0-or-later
-- How every figure looks: sizes of a printed page, one font, colours that colour-blind people tell apart (Okabe and Ito),
-- and beside each colour a dash and a marker, so that a grey copy tells as much.
local style = {}

style.FULL = 160 -- mm: the width of a page's text
style.FONT = "Liberation Sans,9" -- Arial's and Helvetica's measures; any sans-serif stands in for it

style.black, style.grey, style.light = "#000000", "#7f7f7f", "#ececec"
style.benign, style.attack = "#0072B2", "#D55E00"
style.area = "#9ccbe8" -- a pale blue under lines

-- Of the i-th of several lines: colour, dash and marker. Yellow is left out: white paper swallows it.
local colours = {"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9", "#7f7f7f"}
local dashes = {"solid", "(14,5)", "(4,4)", "(14,4,3,4)", "(20,4)", "(8,3,3,3,3,3)", "(2,3)", "(10,8)"}
local markers = {7, 5, 9, 13, 6, 4, 8, 12}
style.MOST = #colours -- lines that one figure tells apart

function style.line(i)
  return ("lc rgb '%s' dt %s lw 1.5 pt %d ps 0.55"):format(colours[i], dashes[i], markers[i])
end
function style.marker(i) return ("lc rgb '%s' lw 1.2 pt %d ps 0.6"):format(colours[i], markers[i]) end

-- Terminals by the name's end. `noenhanced`: a text is a text, whatever stands in it. PT: what a point is in its fonts.
style.terminals = {
  svg = function(w, h)
    return ("PT = 4.0 / 3\nset terminal svg noenhanced size %d,%d font '%s' background rgb 'white' dynamic"):format(
      math.floor(w / 25.4 * 96 + 0.5), math.floor(h / 25.4 * 96 + 0.5), (style.FONT:gsub(",9", ",12")))
  end,
  pdf = function(w, h)
    return ("PT = 1.0\nset terminal pdfcairo noenhanced size %.1fcm,%.1fcm font '%s'"):format(w / 10, h / 10, style.FONT)
  end,
}

style.preamble = [[
set encoding utf8
set datafile separator "\t"
set datafile missing "NaN"
set datafile commentschars ""
set border 3 lw 0.8 lc rgb '#404040'
set tics nomirror out scale 0.6
set grid back lc rgb '#dddddd' lw 0.6 dt solid
set key outside top center horizontal samplen 2.5 spacing 1.1 width 1
set bars small
]]

return style
