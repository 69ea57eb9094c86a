-- SPDX-License-Identifier: GPL-3.0-or-later
-- A report for print, as one PDF: tables as `ninetails results` prints them, and the figures of lua/report/figures.lua, each
-- beside the command that prints its numbers.
--
-- Pages are made here as SVG, figures of gnuplot inside of them, and rsvg-convert (librsvg) makes one PDF of all pages: lines
-- and letters stay such. Texts of files are escaped where they become SVG.
local asked = require "ninetails.results.asked"
local configurations = require "ninetails.results.configurations"
local draw = require "ninetails.plot.draw"
local format = require "ninetails.results.format"
local files = require "ninetails.files"
local report_figures = require "ninetails.report.figures"
local result_table = require "ninetails.results.table"
local show = require "ninetails.results.show"
local style = require "ninetails.plot.style"
local system = require "ninetails.system"
local summary_text = require "ninetails.results.summary_text"
local text = require "ninetails.cli.text"

local pdf = {}

local WIDTH, HEIGHT, MARGIN = 210, 297, 18 -- mm of a page
local BODY = WIDTH - 2 * MARGIN
local LETTER, LINE = 0.602, 1.32 -- of a monospaced font of size 1: a letter's width, the distance of lines
local LARGEST, SMALLEST = 2.6, 1.5 -- mm of a table's font

local Pages = {}
Pages.__index = Pages

local function new_pages(title) return setmetatable({title = title, y = MARGIN, parts = {}}, Pages) end

-- ------------------------------------------------------------------ pages

function Pages:put(...) self.parts[#self.parts + 1] = string.format(...) end

function Pages:end_page()
  if #self.parts == 0 then return end
  self[#self + 1] = table.concat(self.parts, "\n")
  self.parts, self.y = {}, MARGIN
end

-- Goes on to the next page where fewer than `height` mm are left of this one.
function Pages:room(height)
  if self.y + height > HEIGHT - MARGIN then self:end_page() end
end

local function words_at(y, size, more, words)
  return ('<text x="%g" y="%.2f" font-size="%.2f" xml:space="preserve" %s>%s</text>'):format(MARGIN, y, size, more,
    draw.escaped(words))
end

function Pages:heading(words, size)
  self:room(size * 6)
  self.y = self.y + size * 1.5
  self:put("%s", words_at(self.y, size, 'font-family="Liberation Sans, sans-serif" font-weight="bold"',
    draw.short(words, math.floor(BODY / size / 0.56))))
  self.y = self.y + size * 0.7
end

-- Lines in a monospaced font that is as large as the longest one allows; what is longer still is folded.
function Pages:block(body, size)
  local longest = 1
  for line in body:gmatch("[^\n]+") do longest = math.max(longest, utf8.len(line) or #line) end
  size = size or math.max(SMALLEST, math.min(LARGEST, BODY / longest / LETTER))
  local most = math.floor(BODY / size / LETTER)
  for line in (body:gsub("\n+$", "") .. "\n"):gmatch("([^\n]*)\n") do
    line = utf8.len(line) and line or line:gsub("[\128-\255]", "?")
    repeat
      local cut = (utf8.len(line) or 0) > most and utf8.offset(line, most + 1) or #line + 1
      self:room(size * LINE)
      self.y = self.y + size * LINE
      self:put("%s", words_at(self.y, size, 'font-family="Liberation Mono, monospace"', line:sub(1, cut - 1)))
      line = line:sub(cut)
      if line ~= "" then line = "    " .. line end
    until line == ""
  end
  self.y = self.y + size
end

function Pages:paragraph(words)
  for _, line in ipairs(text.wrap(words, 104)) do
    self:room(4.4)
    self.y = self.y + 4.2
    self:put("%s", words_at(self.y, 3.2, 'font-family="Liberation Sans, sans-serif"', line))
  end
  self.y = self.y + 1
end

function Pages:command(words) self:block("$ " .. words, 2.1) end

-- A picture of gnuplot's terminal svg, which says its size in pixels of 1/96 inch.
function Pages:figure(svg, figure)
  local width, height = figure.width or style.FULL, figure.height
  local scale = math.min(1, BODY / width, (HEIGHT - 2 * MARGIN - 30) / height)
  self:room(height * scale + 14)
  local inside = svg:gsub("^.-<svg%s", "<svg ", 1):gsub("<svg%s", ('<svg x="%g" y="%.2f" width="%.2f" height="%.2f" '):format(
    MARGIN, self.y + 1, width * scale, height * scale), 1)
  self:put("%s", (inside:gsub("width='%d+' height='%d+'", "", 1)))
  self.y = self.y + height * scale + 2
end

-- One SVG a page, with its number.
function Pages:finish()
  self:end_page()
  local list = {}
  for i, body in ipairs(self) do
    local foot = ('<text x="%g" y="%g" font-size="2.6" text-anchor="end" font-family="Liberation Sans, sans-serif" fill="#555">'
      .. "%s   %d / %d</text>"):format(WIDTH - MARGIN, HEIGHT - 9, draw.escaped(draw.short(self.title, 80)), i, #self)
    list[i] = ('<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="%dmm" height="%dmm" '
      .. 'viewBox="0 0 %d %d">\n<rect width="100%%" height="100%%" fill="white"/>\n%s\n%s\n</svg>\n'):format(WIDTH, HEIGHT, WIDTH,
      HEIGHT, body, foot)
  end
  return list
end

-- ------------------------------------------------------------------ sections

local function with_only(words, only)
  for _, filter in ipairs(only or {}) do table.move({"--only", filter}, 1, 2, #words + 1, words) end
  return text.command_line(words)
end

local function add_table(pages, title, command, body)
  pages:heading(title, 4)
  pages:command(command)
  pages:block(body)
end

local MOST_RUNS = 200

local function add_runs(pages, t, runs, args)
  add_table(pages, "Configurations", with_only({"results", "summary", t.path}, args.only),
    summary_text.summary("text", configurations.of(t, runs), t.path))
  local rows, right = {{"#", "run"}}, {[1] = true}
  local columns = {}
  for _, name in ipairs {"dataset", "detector", "status"} do columns[#columns + 1] = t.column[name] end
  for _, column in ipairs(result_table.varying(t, runs)) do columns[#columns + 1] = column end
  for _, name in ipairs {"auc", "eer", "tpr_at_fpr_1em3", "average_precision"} do columns[#columns + 1] = t.column[name] end
  for k, column in ipairs(columns) do rows[1][k + 2], right[k + 2] = column.name, column.type ~= "text" end
  for i = 1, math.min(#runs, MOST_RUNS) do
    local run = runs[i]
    rows[i + 1] = {("%d"):format(run.row), (run.run or "-"):sub(1, 8)}
    for k, column in ipairs(columns) do rows[i + 1][k + 2] = result_table.shown(column, run[column.name]) end
  end
  add_table(pages, #runs > MOST_RUNS and ("Runs: the first %d of %d"):format(MOST_RUNS, #runs) or "Runs",
    with_only({"results", "export", t.path}, args.only), text.table(rows, right))
  local attacks = show.attack_table(t, runs)
  if attacks then add_table(pages, "Attacks by name", text.command_line {"results", "show", t.path, "--attacks"}, attacks) end
end

local function add_comparison(pages, t, runs, args)
  local words = not args.no_tests and asked.compare(t, runs, args.metric, args.only)
  if not words then return end
  local good, found = pcall(asked.find, words)
  if not good then
    if type(found) ~= "table" or found.status == "interrupted" then error(found, 0) end
    return
  end
  local rows = {{"data set", "detector", found.metric, "difference", "interval", "p", "Holm"}}
  for _, entry in ipairs(found.each) do
    for _, test in ipairs(entry.tests) do
      rows[#rows + 1] = {entry.dataset, test.detector, format.number(test.value, 4), format.signed(test.difference),
        format.range(test.low, test.high), format.p(test.p), format.p(test.holm)}
    end
  end
  if #rows > 1 then
    add_table(pages, ("Differences from %s"):format(found.reference), text.command_line {"results", table.unpack(words)},
      text.table(rows, {[3] = true, [4] = true}))
  end
end

local function add_provenance(pages, t)
  local rows = {}
  for _, name in ipairs(text.sorted_keys(t.notes)) do
    local note = t.notes[name]
    if name ~= "script" and not note:find("\n") then rows[#rows + 1] = {name, result_table.one_line(note)} end
  end
  add_table(pages, "Provenance", text.command_line {"results", "show", t.path, "--json"}, text.rows(rows))
end

-- ------------------------------------------------------------------ the file

-- What prints the numbers of a figure.
local function numbers_command(one)
  local request = one.request
  local words = {"plot", one.kind, request.run and ("%s:%s"):format(one.table.path, request.run) or one.table.path}
  if request.runs then
    local keys = {}
    for i, run in ipairs(request.runs) do keys[i] = run.run end
    table.move({"--only", "run=" .. table.concat(keys, ",")}, 1, 2, #words + 1, words)
  end
  for _, filter in ipairs(not request.run and not request.runs and request.only or {}) do
    table.move({"--only", filter}, 1, 2, #words + 1, words)
  end
  if request.metric then table.move({"--metric", request.metric}, 1, 2, #words + 1, words) end
  words[#words + 1] = "--numbers"
  return text.command_line(words)
end

local function add_figures(pages, paths, args)
  local left_out = {}
  report_figures.each(paths, args, function(one, figure, why)
    if not figure then
      left_out[#left_out + 1] = ("%s: %s"):format(one.file, why)
      return
    end
    pages:room(math.min(figure.height, HEIGHT - 2 * MARGIN - 30) + 26)
    pages:heading(figure.title .. (one.caption and ", " .. one.caption or ""), 3.6)
    pages:command(numbers_command(one))
    for _, remark in ipairs(figure.remarks or {}) do pages:paragraph(remark .. ".") end
    pages:figure(draw.picture(figure, "svg"), figure)
  end)
  if #left_out > 0 then
    pages:heading("Figures that are not here", 4)
    for _, why in ipairs(left_out) do pages:paragraph(why .. ".") end
  end
end

-- paths, args as of report.make -> the bytes of the PDF.
function pdf.make(paths, args)
  local version = system.version()
  local pages = new_pages(table.concat(paths, ", "))
  pages:heading(pages.title, 6)
  pages:paragraph(("Made by ninetails %s%s:"):format(version.version, version.commit ~= "" and " (" .. version.commit:sub(1, 12) .. ")" or ""))
  pages:command(args.command_line)
  for _, path in ipairs(paths) do
    local t = result_table.read(path)
    local runs = result_table.select(t, args.only)
    if #paths > 1 then pages:heading(path, 5) end
    add_runs(pages, t, runs, args)
    add_comparison(pages, t, runs, args)
  end
  add_figures(pages, paths, args)
  for _, path in ipairs(paths) do add_provenance(pages, result_table.read(path)) end

  local made <close> = setmetatable({}, draw.Temporary)
  local output = draw.temporary(made)
  local words = {"--format=pdf", "--output=" .. output}
  for _, page in ipairs(pages:finish()) do words[#words + 1] = draw.temporary(made, page) end
  draw.run_program("rsvg-convert", "librsvg2-bin", "makes the PDF of its pages", words)
  return files.read(output, 1 << 30)
end

return pdf
