-- SPDX-License-Identifier: GPL-3.0-or-later
-- What `ninetails results compare` finds in a file, by its options: for its own output, and for reports.
local choose = require "ninetails.results.choose"
local compare = require "ninetails.results.compare"
local result_table = require "ninetails.results.table"
local scoreboard = require "ninetails.results.scoreboard"

local compared = {}
local refuse = result_table.refuse

function compared.must_be_metric(column)
  if column.role == "metric" then return end
  refuse("argument", "--metric %s: expected a metric, and the role of this column is %s", column.name, column.role)
end

-- Which metric, and which value of it one would rather have.
local function metric_of(t, args)
  local column = result_table.find_column(t, args.metric, "--metric")
  compared.must_be_metric(column)
  local better = args.better or column.better
  if not better then
    refuse("argument", "--metric %s: is a higher or a lower one better? --better says it", column.name)
  end
  return column.name, better
end

-- args: those of the command -> what compare_text prints and compare_files writes.
function compared.find(args)
  local t = result_table.read(args.file)
  local metric, better = metric_of(t, args)
  local arranged = compare.arrange(t, result_table.select(t, args.only), metric)
  if #arranged.methods == 0 then refuse("unmeasured", "%s: no run has a value of %s", t.path, metric) end
  if args.by == "detector" then arranged = choose.by_detector(arranged, metric, better, scoreboard.class_of) end
  local found = {metric = metric, better = better, methods = arranged.methods, repeats = arranged.repeats,
    missing = arranged.missing, reference = compare.reference(arranged, args.reference), alpha = args.alpha, by = args.by,
    choices = choose.listed(arranged)}
  found.each = compare.on_each(t, arranged, found.reference, metric, args)
  found.all, found.why_not = compare.over_all(arranged, metric, better, args, found.reference)
  found.table, found.board = t, scoreboard.make(t, arranged, metric)
  return found
end

return compared
