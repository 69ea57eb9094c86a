-- SPDX-License-Identifier: GPL-3.0-or-later
-- Which runs of a result file a figure shows.
--
--   select.one(t, word, only)      the one run, or an error that says how to name one
--   select.groups(t, runs, metric) {{dataset =, method =, typical = run, values = {...}, ...}, ...}: repeats together; the
--                                  typical run is that with the median value (of two the lower), as in `results compare`
local repeats = require "ninetails.results.repeats"
local result_table = require "ninetails.results.table"
local results = require "ninetails.results"
local text = require "ninetails.cli.text"

local select_runs = {}
local refuse = result_table.refuse

local function done(runs)
  local list = {}
  for _, run in ipairs(runs) do
    if run.status == nil or run.status == "done" then list[#list + 1] = run end
  end
  return list
end

-- "x.h5:3" -> "x.h5", "3", unless a file has the whole name.
function select_runs.split(word, exists)
  local path, run = word:match("^(.+):([^:/]+)$")
  if not path or exists(word) then return word end
  return path, run
end

-- given: runs that are chosen already.
function select_runs.some(t, word, only, given)
  if given then return given end
  local runs = word and {result_table.find_run(t, word)} or done(result_table.select(t, only))
  if #runs == 0 then refuse("argument", "%s: no run that is done", t.path) end
  return runs
end

function select_runs.one(t, word, only)
  local runs = select_runs.some(t, word, only)
  if #runs > 1 then
    refuse("argument", "%s has %s: name one, %s:RUN, by its number or key (`ninetails results ls` lists them)", t.path,
      text.plural(#runs, "run"), t.path)
  end
  if runs[1].status == "failed" then
    refuse("argument", "run %s of %s failed: %s", runs[1].run, t.path, result_table.one_line(runs[1].reason or "?"))
  end
  return runs[1]
end

-- Its arrays, with scores.
function select_runs.arrays(t, run)
  local arrays = results.run(t.path, run.run)
  if not arrays.scores or #arrays.scores == 0 then
    refuse("argument", "run %s of %s has no scores (keep_scores = false)", run.run, t.path)
  end
  return arrays
end

-- ------------------------------------------------------------------ groups

-- The distinct texts of a field of a list, in order of first appearance.
function select_runs.distinct(list, field)
  local seen, order = {}, {}
  for _, item in ipairs(list) do
    local value = item[field]
    if not seen[value] then seen[value], order[#order + 1] = true, value end
  end
  return order
end

-- What makes several configurations of one detector on one data set; `but`: a parameter that is left out.
local function varying(t, runs, but)
  local columns = {}
  local groups = repeats.group_by(runs, function(run) return ("%s\0%s"):format(run.dataset or "", run.detector or "") end)
  for _, column in ipairs(repeats.columns(t, groups)) do
    if column.name ~= but then columns[#columns + 1] = column end
  end
  return columns
end

-- by: a parameter of which each value is a group of its own and stands in `value`, or nil. Runs without a value of the
-- metric are left out, and counted in the second result.
function select_runs.groups(t, runs, metric, by)
  local columns = varying(t, runs, by)
  local one = #columns > 0 and #select_runs.distinct(runs, "detector") == 1 -- whose name tells nothing apart
  if not one then table.insert(columns, 1, {name = "detector", role = "identity"}) end
  local with = {}
  for _, run in ipairs(runs) do
    if run[metric] ~= nil and (not by or run[by] ~= nil) then with[#with + 1] = run end
  end
  local same, keys = repeats.group_by(with, function(run)
    return ("%s\0%s\0%s"):format(run.dataset or "", result_table.label(run, columns), by and tostring(run[by]) or "")
  end)
  local groups = {}
  for i, key in ipairs(keys) do
    local run = same[key][1]
    groups[i] = {dataset = run.dataset or "?", method = result_table.label(run, columns), value = by and run[by], runs = same[key]}
  end
  if #groups == 0 then refuse("unmeasured", "%s: no run has a value of %s", t.path, metric) end
  for _, group in ipairs(groups) do group.typical, group.lowest, group.highest = repeats.median(group.runs, metric) end
  return groups, #runs - #with
end

return select_runs
