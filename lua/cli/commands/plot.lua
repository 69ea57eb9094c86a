-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails plot: one figure of a result file, for print.
local draw = require "ninetails.plot.draw"
local files = require "ninetails.files"
local filter = require "ninetails.cli.filter"
local made_of = require "ninetails.plot.made_of"
local out = require "ninetails.cli.out"
local plot = require "ninetails.plot"
local result_table = require "ninetails.results.table"
local select_runs = require "ninetails.plot.select"
local system = require "ninetails.system"
local one_capture = require "ninetails.cli.one_capture"
local parameter = require "ninetails.cli.parameter"
local text = require "ninetails.cli.text"

local refuse = result_table.refuse

-- Options that not every kind takes.
local only_of = {
  metric = {m = true, effects = true, pairs = true, differences = true, ranks = true, cost = true},
  by = {effects = true, pairs = true, cost = true},
  fm_grace = {dendrogram = true}, profile = {dendrogram = true},
}

local function names()
  local list = {}
  for i, kind in ipairs(plot.kinds) do list[i] = kind.name end
  return list
end

local function find_kind(word)
  local kind = plot.find(word)
  if kind then return kind end
  local near = text.nearest(word, names())
  refuse("argument", "kind '%s': %s", word, near and ("did you mean %s?"):format(near)
    or "expected " .. table.concat(names(), ", "))
end

local function exists(path) return files.stat(path) ~= nil end

local function of_kind(kind, args)
  local path, run = select_runs.split(args.result, exists)
  if kind.from then
    if run or #args.only > 0 then refuse("argument", "kind %s takes %s, which has no runs", kind.name, kind.from) end
    local figure, notes = kind.draw(path, args)
    return figure, path, notes
  end
  local request = {run = run, only = args.only, metric = args.metric, drawn = args.output ~= nil, by = args.by, fm_grace = args.fm_grace, profile = args.profile,
    given = args.given}
  if kind.input then
    local figure, notes = kind.draw(path, request)
    return figure, path, notes or system.version()
  end
  local t = result_table.read(path)
  return kind.draw(t, request), path, t.notes
end

-- No output may be what it is drawn from, not even with --force.
local function must_differ(args)
  local source = select_runs.split(args.result, exists)
  local _, csv = draw.names(args.output)
  for _, path in ipairs {args.output, csv} do
    if exists(path) and exists(source) and files.real(path) == files.real(source) then
      refuse("argument", "--output '%s': would replace %s, which it is drawn from", args.output, source)
    end
  end
end

local function check_options(kind, args)
  for option in pairs(args.given) do
    local kinds = only_of[option]
    if kinds and not kinds[kind.name] then
      refuse("argument", "--%s is for kind %s", (option:gsub("_", "-")), table.concat(text.sorted_keys(kinds), ", "))
    end
  end
  if not args.output and not args.numbers then refuse("argument", "expected --output FIGURE, or --numbers") end
end

local function run(args)
  local kind = find_kind(args.kind)
  check_options(kind, args)
  if args.output then
    must_differ(args)
    draw.check(args.output, args.force)
  end
  local figure, path, notes = of_kind(kind, args)
  local about = made_of(kind, args.command_line, path, notes, figure.run)
  if args.numbers then out.data(draw.numbers(figure, about)) end
  if not args.output then return 0 end
  local csv = draw.write(figure, args.output, about)
  if not args.numbers and not args.quiet then out.text(("%s, its numbers in %s\n"):format(args.output, csv)) end
  return 0
end

local details = {"Kinds:"}
for _, kind in ipairs(plot.kinds) do details[#details + 1] = ("  %-20s %s"):format(kind.name, kind.help) end

return {
  name = "plot",
  summary = "Draw a figure of a result file for print, and write its numbers beside it.",
  arguments = {
    {name = "KIND", help = "what to draw, see below"},
    {name = "RESULT", help = "a result file (.h5) of ninetails run; RESULT:RUN: one run of it, by its number in "
      .. "`ninetails results ls`, its key, or the first digits of that (at least 4)"},
  },
  options = {
    {name = "output", short = "o", type = "path",
      help = "the figure: a name that ends in .svg or .pdf; numbers go to the same name with .csv"},
    {name = "only", type = "string", value = "FILTER", many = true, help = filter.syntax},
    {name = "metric", type = "string", value = "NAME", help = "of kinds m, effects, pairs, differences, ranks, cost: what to draw instead of auc"},
    {name = "by", type = "string", value = "NAMES", help = "of effects and pairs: these parameters, of cost: this cost"},
    {name = "numbers", type = "flag", help = "print the numbers; without --output draw nothing"},
    one_capture.profile, parameter.option("fm_grace"),
    {name = "force", type = "flag", help = "replace the figure and its numbers, whatever stands there; else only such files"},
    {name = "quiet", type = "flag", help = "print nothing"},
  },
  details = table.concat(details, "\n") .. "\n\nKinds of one run take RESULT:RUN where the file has several. Of repeats the run "
    .. "with the median value is shown. The CSV names the result file, the commit that made it, and the command, in lines "
    .. "that begin with #; the SVG does in its description. It takes gnuplot (apt-get install gnuplot-nox).",
  run = run,
}
