-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails report: result files -> one HTML page.
local files = require "ninetails.files"
local filter = require "ninetails.cli.filter"
local out = require "ninetails.cli.out"
local outputs = require "ninetails.cli.outputs"
local report = require "ninetails.report"
local text = require "ninetails.cli.text"

local HEAD = "<!doctype html>\n<!-- ninetails report -->"

local function run(args)
  local kind = outputs.begins(HEAD, "a page of ninetails report")
  outputs.check(args.output, kind, args.force)
  local page = report.make(args.file, args)
  files.write(args.output, page)
  if not args.quiet then out.text(("%s, %s\n"):format(args.output, text.scaled(#page, "B"))) end
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
    {name = "metric", type = "string", value = "NAME", default = "auc",
      help = "what runs are ranked and compared by; the page can show another"},
    {name = "only", type = "string", value = "FILTER", many = true, help = filter.syntax},
    {name = "detail", type = "integer", min = 0, max = 1000, default = 24,
      help = "curves, scores and feature maps of at most so many runs, the best of each data set and detector first"},
    {name = "no-tests", type = "flag", help = "draw no replicates for differences between detectors: fast"},
    {name = "quiet", type = "flag", help = "print nothing"},
  },
  details = "The page has all that it shows inside, the numbers of the files with every digit. Beside each part of it "
    .. "stands the command that prints the same. It sends nothing and loads nothing.\n\n"
    .. "Of several repeats of a configuration curves are those of the one with the median value. Scores are drawn from the "
    .. "least and the greatest of equal stretches of packets, so that a page of ten million packets stays small. "
    .. "Detectors, or of one detector its configurations (up to 40), are tested as by `ninetails results compare`; two "
    .. "files as by `ninetails results diff`.",
  run = run,
}
