-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails report: result files -> one HTML page.
local files = require "ninetails.files"
local find = require "ninetails.inspect.find"
local filter = require "ninetails.cli.filter"
local out = require "ninetails.cli.out"
local outputs = require "ninetails.cli.outputs"
local outliers = require "ninetails.report.outliers"
local report = require "ninetails.report"
local report_figures = require "ninetails.report.figures"
local report_pdf = require "ninetails.report.pdf"
local result_table = require "ninetails.results.table"
local text = require "ninetails.cli.text"

local HEAD = "<!doctype html>\n<!-- ninetails report -->"

-- "out.html", "pdf" -> "out.pdf"
local function with_ending(path, ending) return (path:gsub("%.html?$", "")) .. "." .. ending end

local function tell_figures(args, written, left_out)
  if args.quiet then return end
  out.text(("%s: %s as SVG and PDF, their numbers as CSV\n"):format(args.figures, text.plural(#written, "figure")))
  for _, one in ipairs(left_out) do out.note(("left out: %s: %s\n"):format(one.file, one.why)) end
end

local function write(args, path, bytes)
  files.write(path, bytes)
  if not args.quiet then out.text(("%s, %s\n"):format(path, text.scaled(#bytes, "B"))) end
end

local function run(args)
  local page = args.given.output or not (args.pdf or args.figures)
  local pdf_path = args.pdf and with_ending(args.output, "pdf")
  if page and args.output:find("%.pdf$") then
    result_table.refuse("argument", "--output '%s': the page is HTML; --pdf makes a PDF", args.output)
  end
  if page then outputs.check(args.output, outputs.begins(HEAD, "a page of ninetails report"), args.force) end
  if pdf_path then outputs.check(pdf_path, outputs.begins("%PDF-", "a PDF"), args.force) end
  args.outliers = outliers.find(args.file, args)
  if page then write(args, args.output, report.make(args.file, args)) end
  if pdf_path then write(args, pdf_path, report_pdf.make(args.file, args)) end
  if args.figures then tell_figures(args, report_figures.write(args.file, args, args.figures)) end
  return 0
end

return {
  name = "report",
  summary = "Make one HTML page of result files: tables and charts that open from the disk, without a network.",
  arguments = {{name = "FILE", many = true,
    help = "what `run` wrote, or `score -o`; of two, differences are shown, too"}},
  options = {
    {name = "output", short = "o", type = "path", default = "report.html", help = "the page"},
    outputs.option,
    {name = "pdf", type = "flag",
      help = "for print: a PDF of tables and figures, by the name of --output with .pdf; the page, too, where --output is given"},
    {name = "figures", type = "path", value = "FOLDER",
      help = "each figure as SVG and PDF, with its numbers as CSV, into this folder"},
    {name = "metric", type = "string", value = "NAME", default = "auc",
      help = "what runs are ranked and compared by; the page can show another"},
    {name = "only", type = "string", value = "FILTER", many = true, help = filter.syntax},
    {name = "detail", type = "integer", min = 0, max = 1000, default = 24,
      help = "curves, scores and feature maps of at most so many runs, the best of each data set and detector first"},
    {name = "capture", type = "path", help = "of a file of one run: the capture that was scored; packets that stand out are shown, "
      .. "too: their scores and numbers over time, where they come from and go"},
    {name = find.threshold.name, type = "string", value = find.threshold.value,
      help = "with --capture, which packets: " .. find.threshold.help .. " [lognormal:1e-3]"},
    {name = "no-tests", type = "flag", help = "draw no replicates for differences between detectors: fast"},
    {name = "quiet", type = "flag", help = "print nothing"},
  },
  details = "The page has all that it shows inside, the numbers of the files with every digit. Beside each part of it "
    .. "stands the command that prints the same. It sends nothing and loads nothing.\n\n"
    .. "Of several repeats of a configuration curves are those of the one with the median value. Scores are drawn from the "
    .. "least and the greatest of equal stretches of packets, so that a page of ten million packets stays small. "
    .. "Detectors, or of one detector its configurations (up to 40), are tested as by `ninetails results compare`; two "
    .. "files as by `ninetails results diff`.\n\n"
    .. "--pdf and --figures take gnuplot (apt-get install gnuplot-nox), --pdf rsvg-convert too (librsvg2-bin).",
  run = run,
}
