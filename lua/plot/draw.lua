-- SPDX-License-Identifier: GPL-3.0-or-later
-- A figure by gnuplot: an SVG or PDF, and beside it the numbers that are in it.
--
--   draw.write(figure, "auc.svg", about, force)
--   figure = {height = mm, width = mm or nil, blocks = {{{1, 0.5, "a text"}, ...}, ...}, script = "plot D1 using 1:2 ...",
--             title =, rows = {{packet = 1, ...}, ...}, columns = {"packet", ...}, remarks = {text, ...}}
--   about = {kind =, {name, text}, ...}    what the figure was made of: in the CSV's head and the SVG's description
--
-- Of what a file holds, numbers and texts reach gnuplot through files of data alone, D1, D2, ... in the script, which is
-- made of constants and numbers. gnuplot reads no settings of the user's, so that the same numbers give the same bytes.
local export = require "ninetails.results.export"
local files = require "ninetails.files"
local outputs = require "ninetails.cli.outputs"
local programs = require "ninetails.cli.programs"
local style = require "ninetails.plot.style"

local draw = {}

local function refuse(status, ...) error({status = status, message = string.format(...)}, 0) end

-- ------------------------------------------------------------------ files of a moment

-- Files of a moment, which go when the variable that holds the list is closed: setmetatable({}, draw.Temporary).
local Temporary = {__close = function(t) for _, path in ipairs(t) do os.remove(path) end end}

draw.Temporary = Temporary

-- -> the path of a new one that holds `body`.
function draw.temporary(list, body)
  local path = os.tmpname() -- made by mkstemp: nobody else's
  list[#list + 1] = path
  local file, why = io.open(path, "wb")
  if not file then refuse("io", "%s", why) end
  local good, problem = file:write(body or "")
  if not (file:close() and good) then refuse("io", "%s: cannot be written: %s", path, problem or "?") end
  return path
end

local temporary = draw.temporary

-- At most so many letters, the middle left out.
function draw.short(words, most)
  local length = utf8.len(words)
  if not length or length <= most then return words end
  local head = most // 2 - 1
  return words:sub(1, utf8.offset(words, head + 1) - 1) .. ".." .. words:sub(utf8.offset(words, length - (most - head - 2) + 1))
end

-- A text as gnuplot's reader of data files and an axis take it: one line, no quotes, no longer than an axis bears.
local function plain_text(words)
  local clean = utf8.len(words) and words or words:gsub("[\128-\255]", "?")
  return '"' .. draw.short((clean:gsub("[%c\"\\]", "?")), 60) .. '"'
end

local function cell(value)
  if type(value) == "string" then return plain_text(value) end
  if value == nil or value ~= value or math.abs(value) == math.huge then return "NaN" end
  return math.type(value) == "integer" and ("%d"):format(value) or ("%.17g"):format(value)
end

local function block_text(block)
  local lines = {}
  for i, row in ipairs(block) do
    local cells = {}
    for k = 1, row.n or #row do cells[k] = cell(row[k]) end
    lines[i] = table.concat(cells, "\t")
  end
  return table.concat(lines, "\n") .. "\n"
end

-- ------------------------------------------------------------------ gnuplot

-- What a program complained of.
local function complaint(ran)
  local said = ran.errors .. "\n" .. ran.out
  return said:match("[^\n]*error[^\n]*") or said:match("%S[^\n]*") or "no reason given"
end

-- Runs a program, which is a package of Debian, and refuses with what it said where it fails. -> how it ended.
function draw.run_program(program, package, purpose, words)
  local ran = programs.run {words = {program, table.unpack(words)}, environment = {"LC_ALL=C.UTF-8", "SOURCE_DATE_EPOCH=0"}}
  if not ran then refuse("io", "%s is not installed, which %s: apt-get install %s", program, purpose, package) end
  if ran.code ~= 0 then refuse("internal", "%s failed: %s", program, complaint(ran)) end
  return ran
end

-- -> the bytes of the picture, of kind "svg" or "pdf".
local function picture(figure, kind)
  local made <close> = setmetatable({}, Temporary)
  local picture_path = temporary(made)
  local lines = {style.terminals[kind](figure.width or style.FULL, figure.height), style.preamble,
    ("set output '%s'"):format(picture_path)}
  for i, block in ipairs(figure.blocks) do
    lines[#lines + 1] = ("D%d = '%s'"):format(i, temporary(made, block_text(block)))
  end
  lines[#lines + 1] = figure.script
  lines[#lines + 1] = "unset output\n"
  local script = temporary(made, table.concat(lines, "\n"))
  local ran = draw.run_program("gnuplot", "gnuplot-nox", "draws the figures", {"-d", script})
  local bytes = files.read(picture_path, 1 << 30)
  if #bytes == 0 then refuse("internal", "gnuplot failed: %s", complaint(ran)) end
  return bytes
end

-- ------------------------------------------------------------------ what it was made of

local function escaped(words)
  words = utf8.len(words) and words or words:gsub("[\128-\255]", "?")
  return (words:gsub("%c", "?"):gsub("[&<>\"]", {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;"}))
end

draw.escaped, draw.picture = escaped, picture

local HEAD = "<!-- A figure of ninetails plot -->"

local function described(svg, figure, about)
  local lines = {}
  for i, pair in ipairs(about) do lines[i] = escaped(pair[1] .. ": " .. pair[2]) end
  local producer = svg:match("<desc>([^<]*)</desc>") or ""
  local title = ("<title>%s</title>"):format(escaped(figure.title))
  local desc = ("<desc>%s\n%s</desc>"):format(table.concat(lines, "\n"), producer)
  svg = svg:gsub("<title>Gnuplot</title>", function() return title end, 1)
  svg = svg:gsub("<desc>[^<]*</desc>", function() return desc end, 1)
  return HEAD .. "\n" .. svg:gsub("^<%?xml.-%?>%s*", "")
end

-- The numbers of a figure as CSV, below lines that say what it was made of.
function draw.numbers(figure, about)
  local columns, lines = {}, {}
  for i, name in ipairs(figure.columns) do columns[i] = {name = name} end
  for i, pair in ipairs(about) do lines[i] = ("# %s: %s\n"):format(pair[1], (pair[2]:gsub("%c", "?"))) end
  for _, remark in ipairs(figure.remarks or {}) do lines[#lines + 1] = ("# %s\n"):format((remark:gsub("%c", "?"))) end
  return table.concat(lines) .. export.text("csv", nil, figure.rows, columns)
end

-- ------------------------------------------------------------------ files that stay

local kinds = {svg = outputs.begins(HEAD, "a figure of ninetails plot"), pdf = outputs.begins("%PDF-", "a PDF")}
local numbers = outputs.begins("# figure: ", "the numbers of a figure of ninetails plot")

-- "x.svg" -> "svg", "x.csv"; any other end is an error.
function draw.names(path)
  local stem, kind = path:match("^(.*)%.(%a+)$")
  if not stem or stem == "" or not style.terminals[kind] then
    refuse("argument", "--output '%s': expected a name that ends in .svg or .pdf", path)
  end
  return kind, stem .. ".csv"
end

function draw.check(path, force)
  local kind, csv_path = draw.names(path)
  outputs.check(path, kinds[kind], force)
  outputs.check(csv_path, numbers, force)
end

-- -> the path of the numbers.
function draw.write(figure, path, about)
  local kind, csv_path = draw.names(path)
  local bytes = picture(figure, kind)
  if kind == "svg" then bytes = described(bytes, figure, about) end
  files.write(csv_path, draw.numbers(figure, about))
  files.write(path, bytes)
  return csv_path
end

return draw
