-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails results: what result files hold, how they differ, and what that means.
local compared = require "ninetails.results.compared"
local arrays = require "ninetails.results.arrays"
local compare_files = require "ninetails.results.compare_files"
local configurations = require "ninetails.results.configurations"
local diff = require "ninetails.results.diff"
local export = require "ninetails.results.export"
local files = require "ninetails.files"
local filter = require "ninetails.cli.filter"
local out = require "ninetails.cli.out"
local outputs = require "ninetails.cli.outputs"
local results = require "ninetails.results"
local result_table = require "ninetails.results.table"
local show = require "ninetails.results.show"
local system = require "ninetails.system"
local diff_text = require "ninetails.results.diff_text"
local compare_text = require "ninetails.results.compare_text"
local summary_text = require "ninetails.results.summary_text"
local text = require "ninetails.cli.text"

local refuse = result_table.refuse

-- ------------------------------------------------------------------ diff

-- The words after `diff` -> two tables, and two runs of them or nil: A B, A RUN RUN, A RUN B RUN.
local function sides(words)
  local n = #words
  if n < 2 or n > 4 then
    refuse("argument", "expected A B, A RUN RUN or A RUN B RUN, got %s", table.concat(words, " "))
  end
  local a = result_table.read(words[1])
  if n == 2 then return a, result_table.read(words[2]) end
  local b = n == 4 and result_table.read(words[3]) or a
  return a, b, result_table.find_run(a, words[2]), result_table.find_run(b, words[n])
end

local function wanted_set(a, list)
  local columns = result_table.chosen(a, list, "--metric")
  if not columns then return nil end
  local set = {}
  for _, column in ipairs(columns) do
    compared.must_be_metric(column)
    set[column.name] = true
  end
  return set
end

local function look_at(found, x, y, label, wanted, args)
  local pair = {a = x, b = y, label = label, status = diff.status(x, y), reason = y.reason or x.reason, changes = {}}
  if not pair.status then
    pair.changes, pair.why = diff.metrics(found.table_a, found.table_b, x, y, wanted, args)
  end
  local c = found.counts
  c.pairs, c.changes = c.pairs + 1, c.changes + #pair.changes
  if not pair.status and #pair.changes == 0 then c.same = c.same + 1 end
  if pair.status == "failed now" then c.failed = c.failed + 1 end
  for _, change in ipairs(pair.changes) do
    if change.low then c.judged = c.judged + 1 end
    if c[change.verdict] then c[change.verdict] = c[change.verdict] + 1 end
    if change.verdict == "gone" then c.failed = c.failed + 1 end
  end
  found.pairs[#found.pairs + 1] = pair
end

local function find_differences(args)
  local a, b, x, y = sides(args.files)
  local found = {table_a = a, table_b = b, name_a = a.path, name_b = b.path, pairs = {},
    level = args.level or a.runs[1] and a.runs[1].level or 0.95,
    counts = {pairs = 0, same = 0, changes = 0, judged = 0, worse = 0, better = 0, failed = 0}}
  local wanted = wanted_set(a, args.metric)
  if x then
    found.name_a, found.name_b = ("%s run %s"):format(a.path, x.run), ("%s run %s"):format(b.path, y.run)
    found.changed = diff.parameters(a, b, x, y)
    look_at(found, x, y, result_table.label(y, {b.column.dataset, b.column.detector}), wanted, args)
  else
    local matched
    matched, found.only_a, found.only_b, found.changed, found.other_seeds = diff.match(a, b)
    local columns = {a.column.dataset, a.column.detector}
    for _, column in ipairs(result_table.varying(a, a.runs)) do columns[#columns + 1] = column end
    for _, pair in ipairs(matched) do
      look_at(found, pair[1], pair[2], result_table.label(pair[1], columns), wanted, args)
    end
  end
  found.regression = found.counts.worse > 0 or found.counts.failed > 0
  return found
end

local function run_diff(args)
  local found = find_differences(args)
  if args.json then diff_text.json(found) else diff_text.text(found) end
  if found.counts.pairs == 0 then
    refuse("unmeasured", "%s and %s have no run in common", found.name_a, found.name_b)
  end
  return found.regression and 3 or 0
end

-- ------------------------------------------------------------------ compare

local function run_compare(args)
  if args.output then compare_files.check(args.output, args.force) end
  local found = compared.find(args)
  if args.json then compare_text.json(found) else compare_text.text(found) end
  if args.output then
    local written = compare_files.write(found, args.output)
    if not args.json then out.text(("\nwritten to %s: %s\n"):format(args.output, table.concat(written, ", "))) end
  end
  return 0
end

-- ------------------------------------------------------------------ summary

local function run_summary(args)
  if args.json and args.given.format then refuse("argument", "--json and --format: expected one of them") end
  local format = args.json and "json" or args.format
  if args.output then outputs.check(args.output, summary_text.kinds[format], args.force) end
  local t = result_table.read(args.file)
  local metrics = result_table.chosen(t, args.metric, "--metric")
  for _, column in ipairs(metrics or {}) do compared.must_be_metric(column) end
  local list = configurations.of(t, result_table.select(t, args.only), metrics)
  if args.sort then configurations.sort(t, list, args.sort) end
  local body = summary_text.summary(format, list, t.path)
  if args.output then files.write(args.output, body)
  elseif format == "json" or not system.is_terminal(1) and format ~= "text" then out.data(body)
  else out.text(body) end
  return 0
end

-- ------------------------------------------------------------------ merge, export

-- Results that were merged are no experiment's that could be told apart: none is replaced unasked.
local function must_be_new(path, args)
  if files.stat(path) and not args.force then
    refuse("argument", "%s is there already: --force overwrites it", path)
  end
end

local function run_merge(args)
  must_be_new(args.output, args)
  local rows = results.write(args.output, args.file, {command_line = args.command_line,
    notes = {{"merged_from", table.concat(args.file, "\n")}}})
  if not args.quiet then out.text(("%s: %d runs\n"):format(args.output, rows)) end
  return 0
end

-- Of one run, what is beside its row.
local function export_array(args)
  for _, option in ipairs {"columns", "only"} do
    if args.given[option] then refuse("argument", "--%s is for the table of runs, and --array is given", option) end
  end
  if args.format ~= "csv" then refuse("argument", "--format %s: --array is CSV", args.format) end
  local t = result_table.read(args.file)
  if not args.run and #t.runs ~= 1 then
    refuse("argument", "--array %s: %s has %s: name one by its number or key", args.array, t.path, text.plural(#t.runs, "run"))
  end
  local run = args.run and result_table.find_run(t, args.run) or t.runs[1]
  if not args.output then
    arrays.write(t, run, args.array, out.data)
    return 0
  end
  local parts = {}
  arrays.write(t, run, args.array, function(body) parts[#parts + 1] = body end)
  files.write(args.output, table.concat(parts))
  return 0
end

local function run_export(args)
  if args.run and not args.array then refuse("argument", "RUN '%s': expected --array, too", args.run) end
  if args.array then
    if args.output then outputs.check(args.output, "csv", args.force) end
    return export_array(args)
  end
  if args.output then outputs.check(args.output, args.format, args.force) end
  local t = result_table.read(args.file)
  local columns = result_table.chosen(t, args.columns, "--columns") or t.columns
  local body = export.text(args.format, t, result_table.select(t, args.only), columns)
  if args.output then files.write(args.output, body)
  elseif args.format == "csv" and system.is_terminal(1) then out.data(out.shown(body))
  else out.data(body) end
  return 0
end

-- ------------------------------------------------------------------ the command

local file = {name = "FILE", help = "a result file (.h5) of ninetails run, or the file of one run"}
local json_option = {name = "json", type = "flag", help = "print JSON"}
local only_option = {name = "only", type = "string", value = "FILTER", many = true,
  help = filter.syntax}
local columns_option = {name = "columns", type = "string", value = "NAMES", help = "these columns, separated by commas"}

-- Of the paired tests. Without a default: as the runs were measured.
local test_options = {
  {name = "level", type = "number", above = 0, below = 1, help = "of intervals; else as in the file, or 0.95"},
  {name = "replicates", type = "integer", min = 2, max = 1000000, default = 1000,
    help = "of the paired block bootstrap"},
  {name = "block-seconds", type = "number", above = 0,
    help = "length of its blocks between attacks; else as in the file, or 60"},
  {name = "gap-seconds", type = "number", min = 0,
    help = "attack packets closer than this are one episode; else as in the file, or 60"},
  {name = "seed", type = "integer", min = 1, max = 0xffffffff, default = 1, help = "of the bootstrap"},
}
local function with_test_options(options) return table.move(test_options, 1, #test_options, #options + 1, options) end

return {
  name = "results",
  pages = true,
  summary = "Result files: list, show, compare, merge and export their runs.",
  subcommands = {
    {name = "ls", summary = "List the runs: what was varied, and what came out.",
      arguments = {{name = "FILE", many = true, help = file.help}},
      options = {
        {name = "sort", type = "string", value = "COLUMN",
          help = "by this column, -COLUMN: from the highest down, file: as in the file; else by auc, or the first metric "
            .. "that is there, the best first, one data set after the other"},
        {name = "all", type = "flag",
          help = "list all runs; else, of more than 30, the best 10 and the last 3 of each data set"},
        only_option, columns_option, json_option},
      details = "--json lists all runs as they are in the file, but for --only and --sort.",
      run = show.list},
    {name = "show", summary = "Show what a file holds and what made it, or all that is known of one run.",
      arguments = {file, {name = "RUN", optional = true,
        help = "its number in the list, its key, or the first digits of that (at least 4)"}},
      options = {
        {name = "attacks", type = "flag",
          help = "how well each run tells each attack that the labels name: its packets against all benign ones"},
        json_option}, run = show.show},
    {name = "summary", summary = "Tell mean and standard deviation of the repeats of each configuration.",
      arguments = {file},
      options = {
        {name = "format", type = "choice", choices = {"text", "csv", "markdown", "latex"}, default = "text",
          help = "of the table; latex: a tabular with the rules of booktabs"},
        {name = "metric", type = "string", value = "NAMES",
          help = "these metrics, separated by commas; else auc, eer and those of the script"},
        {name = "sort", type = "string", value = "COLUMN",
          help = "by this column or metric, -COLUMN: from the highest down, file: as in the file; else by the first "
            .. "metric, the best first, one data set after the other"},
        only_option,
        {name = "output", short = "o", type = "path", help = "where to, instead of standard output"},
        outputs.option,
        json_option},
      details = "Runs that differ in nothing but replicate and seed are one configuration; columns are the detector and "
        .. "what differs among all runs. \"2 of 3\" under runs: one failed; behind a figure: one has no finite value of "
        .. "it. CSV has each metric as NAME_mean, NAME_sd (of a sample) and NAME_n, unrounded.",
      run = run_summary},
    {name = "diff",
      summary = "Tell which parameters and metrics differ between two files or two runs, and whether beyond chance.",
      arguments = {{name = "FILES", many = true,
        help = "A B: two files; A RUN RUN: two runs of one; A RUN B RUN: of two"}},
      options = with_test_options {
        {name = "metric", type = "string", value = "NAMES", help = "these metrics only, separated by commas"},
        json_option},
      details = "Runs of two files belong together when data set, detector and parameters are equal, but for what "
        .. "has one value all over each file: that is what was changed. Where both runs kept their scores, AUC, EER, "
        .. "average precision and TPR are judged by the paired block bootstrap of the packets that both scored; other "
        .. "metrics by whether their intervals overlap; metrics without an interval are told and not judged. The "
        .. "number of blocks, in brackets that with attacks, is the sample size: with few of them an interval says "
        .. "little.\n\n"
        .. "Exit code 0: nothing got worse beyond its interval; 3: something did, or a run of A fails in B or lost "
        .. "a metric; 4: no run is in both.",
      run = run_diff},
    {name = "compare", summary = "Test detectors against each other, on each data set and over all of them.",
      arguments = {file},
      options = with_test_options {
        {name = "metric", type = "string", value = "NAME", default = "auc", help = "what to compare by"},
        {name = "better", type = "choice", choices = {"higher", "lower"},
          help = "for a metric of which the file does not say it"},
        {name = "reference", type = "string", value = "DETECTOR",
          help = "whom the others are tested against; kitnet if not given"},
        {name = "by", type = "choice", choices = {"detector", "configuration"}, default = "detector",
          help = "what is compared: of each detector one configuration, or each configuration"},
        {name = "alpha", type = "number", above = 0, below = 1, default = 0.05,
          help = "level of Nemenyi's critical difference, and what replicates are drawn for"},
        {name = "leave-out", type = "choice", choices = {"datasets", "detectors"}, default = "datasets",
          help = "over all: what to do without where a detector has no value on a data set"},
        only_option,
        {name = "output", short = "o", type = "path", value = "FOLDER",
          help = "write the tables as CSV files, and the critical difference diagram as SVG, into this folder"},
        outputs.folder_option,
        json_option},
      details = "On each data set: what came out and what it cost, then the paired block bootstrap against the "
        .. "reference, p-values corrected by Holm. Over data sets with a value of every detector: Friedman's test, "
        .. "mean ranks, the reference against each of the others corrected by Holm, Nemenyi's critical difference; "
        .. "all pairs in --json and --output (Demsar 2006). Of repeats the one with the median value counts. "
        .. "Detectors that were shown the labels are bounds, and have no rank.\n\n"
        .. "Of a detector with several configurations one counts, chosen without the labels that it is tested on: the one "
        .. "with the best mean rank on all other data sets; where there is no other, the one at the defaults, or nearest "
        .. "to them. What all of its configurations came to (mean and standard deviation) stands beside it.\n\n"
        .. "No p is less than its floor: 2 / (R + 1) of R replicates, and 2^(1 - B) of B blocks that can be drawn otherwise. "
        .. "Unless --replicates is given, 1000 are drawn, and where the p may be significant as many more (20,000 at most) "
        .. "as bring the floor to a fifth of alpha divided by the number of tests. The output says where a floor decides. "
        .. "p over data sets is counted from all orders of the ranks; where these are too many, on more than 10 data sets "
        .. "by chi-square. On too few data sets, fewer than 3, or than 6 of two detectors, at 0.05, there is no test: not "
        .. "even the best and the worst can differ there.",
      run = run_compare},
    {name = "merge", summary = "Gather the runs of several files in one.",
      arguments = {{name = "FILE", many = true, help = file.help .. "; of equal runs the first counts"}},
      options = {
        {name = "output", short = "o", type = "path", required = true, help = "the new file"},
        {name = "force", type = "flag", help = "overwrite"},
        {name = "quiet", type = "flag", help = "print nothing"}},
      run = run_merge},
    {name = "export", summary = "Write the table of runs as CSV, JSON or JSON lines, or an array of one run as CSV.",
      arguments = {file, {name = "RUN", optional = true, help = "whose array: its number in the list, its key, or the first "
        .. "digits of that (at least 4)"}},
      options = {
        {name = "format", type = "choice", choices = {"csv", "json", "jsonl"}, default = "csv",
          help = "of the output"},
        {name = "array", type = "choice", choices = arrays.names,
          help = "of a run: every score, the points of a curve, the feature map with its dendrogram, or how often scores occur"},
        {name = "output", short = "o", type = "path", help = "where to, instead of standard output"},
        outputs.option,
        only_option, columns_option},
      details = "What a run does not have is an empty field in CSV and null in JSON; infinity is inf in CSV and null "
        .. "in JSON. JSON has the columns' units and meanings and the file's provenance too.",
      run = run_export},
  },
}
