-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a sweep came to: configurations with mean and standard deviation over their repeats, failures, what was skipped.
local found = require "ninetails.search.found"
local json = require "ninetails.json"
local order = require "ninetails.results.order"
local result_table = require "ninetails.results.table"
local statistics = require "ninetails.results.statistics"
local text = require "ninetails.cli.text"

local summary = {}

local FEW = 10 -- reasons of failures that are shown

-- ------------------------------------------------------------------ the table's columns

-- What tells configurations apart: {title =, of = function(run)}. The detector always, parameters where they differ
-- among the runs of one detector, the others where they differ at all.
function summary.columns(plan)
  local columns = {{title = "dataset", of = function(r) return r.dataset end},
    {title = "profile", of = function(r) return r.profile end},
    {title = "detector", of = function(r) return r.detector end, always = true},
    {title = "fm_grace", of = function(r) return r.fm_grace end},
    {title = "ad_grace", of = function(r) return r.ad_grace end}}
  for _, name in ipairs(plan.parameters) do
    columns[#columns + 1] = {title = name, parameter = true, of = function(r) return r.full[name] end}
  end
  local shown = {}
  for _, column in ipairs(columns) do
    local first, differs = {}, column.always
    for _, run in ipairs(plan.runs) do
      local value, among = column.of(run), column.parameter and run.detector or ""
      if first[among] == nil then first[among] = value end
      differs = differs or value ~= nil and value ~= first[among]
    end
    if differs then shown[#shown + 1] = column end
  end
  return shown
end

-- ------------------------------------------------------------------ figures

local function by_key(table_of_runs)
  local rows, columns = {}, {}
  for _, column in ipairs(table_of_runs.columns) do columns[column.name] = column.values end
  for i, key in ipairs(columns.run or {}) do rows[key] = i end
  return rows, columns
end

summary.statistics = statistics.of

-- Configurations in the order of the plan: {run = one of theirs, done =, figures = {name = {values}}}.
local function configurations(plan, outcome, metrics)
  local rows, columns = by_key(require("ninetails.results").read(outcome.output))
  local list, found = {}, {}
  for i, run in ipairs(plan.runs) do
    local c = found[run.configuration]
    if not c then
      c = {run = run, done = 0, all = 0, figures = {}}
      found[run.configuration], list[#list + 1] = c, c
      for _, name in ipairs(metrics) do c.figures[name] = {} end
    end
    c.all = c.all + 1
    local state = (outcome.runs[i] or {}).state
    local row = rows[(outcome.runs[i] or {}).key]
    if (state == "done" or state == "kept") and row then
      c.done = c.done + 1
      for _, name in ipairs(metrics) do
        local values = columns[name]
        if values and values[row] then table.insert(c.figures[name], values[row]) end
      end
    end
  end
  return list
end

local function metrics_of(plan)
  local names = {"auc", "eer"}
  for _, metric in ipairs(plan.extra or {}) do names[#names + 1] = metric.name end
  return names
end

local function figure(values)
  local mean, deviation = summary.statistics(values)
  if not mean then return "-" end
  if not deviation then return ("%.4f"):format(mean) end
  return ("%.4f ± %.4f"):format(mean, deviation)
end

-- ------------------------------------------------------------------ for people

-- What was left out, the reasons one by one, each with all that it keeps out.
function summary.skipped(plan)
  local absent, groups, found = 0, {}, {}
  for _, entry in ipairs(plan.skipped) do absent = absent + (entry.absent and 1 or 0) end
  for _, entry in ipairs(plan.skipped) do
    local why = entry.why
    if entry.absent and absent > 3 then why = "not here: `ninetails dataset fetch NAME` brings it" end
    if not found[why] then
      found[why] = {why = why, names = {}}
      groups[#groups + 1] = found[why]
    end
    table.insert(found[why].names, entry.name)
  end
  local lines = {}
  for i, group in ipairs(groups) do
    lines[i] = ("skipped %s: %s"):format(table.concat(group.names, ", "), group.why)
    if #group.names > 1 then lines[i] = table.concat(text.wrap(lines[i], text.within(100) - 2), "\n  ") end
  end
  return #lines > 0 and table.concat(lines, "\n") .. "\n" or ""
end

-- One run in a few words.
function summary.name_of(columns, run)
  local words = {}
  for _, column in ipairs(columns) do
    local value = column.of(run)
    if value ~= nil then
      words[#words + 1] = (column.parameter or type(value) == "number")
        and ("%s=%s"):format(column.title, text.plain_or_word(value)) or value
    end
  end
  return table.concat(words, " ")
end

-- Failed runs with equal reasons are listed once, with how many they are and the first of them.
function summary.failures(plan, outcome)
  local columns, groups, found = summary.columns(plan), {}, {}
  for i, run in ipairs(plan.runs) do
    local state = outcome.runs[i] or {}
    if state.state == "failed" then
      local reason = state.reason or "no reason"
      local group = found[reason]
      if not group then
        group = {first = run, count = 0, reason = reason}
        found[reason], groups[#groups + 1] = group, group
      end
      group.count = group.count + 1
    end
  end
  local lines = {}
  for i = 1, math.min(#groups, FEW) do
    local group = groups[i]
    local times = group.count > 1 and ("%s times, first "):format(text.count(group.count)) or ""
    lines[i] = ("failed %s%s seed=%d: %s\n"):format(times, summary.name_of(columns, group.first), group.first.seed,
      group.reason)
  end
  if #groups > FEW then
    local more = 0
    for i = FEW + 1, #groups do more = more + groups[i].count end
    lines[#lines + 1] = ("... and %d more: column `reason` of the result file\n"):format(more)
  end
  return table.concat(lines)
end

-- f(run of the plan, its row of the result file), of those that have one.
local function each_row(plan, outcome, f)
  local of = {}
  for _, row in ipairs(result_table.read(outcome.output).runs) do of[row.run] = row end
  for i, run in ipairs(plan.runs) do
    local row = of[(outcome.runs[i] or {}).key]
    if row then f(run, row) end
  end
end

-- The entry of a list that has a key, made where it is not there yet.
local function entry(list, key, new)
  if not list[key] then
    list[key], list[#list + 1] = new, new
  end
  return list[key]
end

-- "78.32 % after 50000 packets of training, 2.94 % after 150000": medians, where the plan has several such lengths.
local function shares_by_training(shares)
  local lengths, parts = {}, {}
  for length in pairs(shares) do lengths[#lengths + 1] = length end
  if #lengths < 2 then return "" end
  table.sort(lengths)
  for i, length in ipairs({lengths[1], lengths[#lengths]}) do
    local list = shares[length]
    table.sort(list)
    parts[i] = ("%s after %s%s"):format(text.percent(list[(#list + 1) // 2], 1), text.count(length),
      i == 1 and " packets of training" or "")
  end
  return ("; median share %s"):format(table.concat(parts, ", "))
end

-- What can be done, docs/thresholds.md has the measurements.
local ADVICE = ": train for longer (grace.ad), or compare by what takes no threshold (auc, eer, tpr_at_fpr_1em3)"

-- Where alarms contradict thresholds: for each data set in how many runs, and the one with the greatest share.
local function alarm_warnings(plan, outcome)
  local groups, all, trained, columns, list = {}, {}, {}, {}, {}
  for _, column in ipairs(summary.columns(plan)) do
    if column.title ~= "dataset" then columns[#columns + 1] = column end
  end
  each_row(plan, outcome, function(run, row)
    local said = result_table.alarm_warning(row)
    all[run.dataset] = (all[run.dataset] or 0) + 1
    if row.alarm_share then
      local shares = entry(trained, run.dataset, {})
      shares[run.ad_grace] = shares[run.ad_grace] or {}
      table.insert(shares[run.ad_grace], row.alarm_share)
    end
    if not said then return end
    local group = entry(groups, run.dataset, {dataset = run.dataset, count = 0, share = -1})
    group.count = group.count + 1
    if row.alarm_share > group.share then group.worst, group.share, group.said = run, row.alarm_share, said end
  end)
  for i, group in ipairs(groups) do
    list[i] = ("%s: alarms contradict the threshold in %d of %s: %s%s seed=%d: %s"):format(group.dataset,
      group.count, text.plural(all[group.dataset], "run"), group.count > 1 and "most of all in " or "", summary.name_of(columns, group.worst),
      group.worst.seed, group.said .. shares_by_training(trained[group.dataset]) .. ADVICE)
  end
  return list
end

-- Why figures of the table are missing: for each data set and reason which, and in how many runs.
local function absence_warnings(plan, outcome)
  local groups, shown, list = {}, {}, {}
  for _, name in ipairs(metrics_of(plan)) do shown[name] = true end
  each_row(plan, outcome, function(run, row)
    for _, absent in ipairs(result_table.absences(row)) do
      local group
      for _, name in ipairs(absent.names) do
        if shown[name] then
          group = entry(groups, run.dataset .. "\0" .. absent.why, {dataset = run.dataset, why = absent.why, count = 0,
            names = {}})
          entry(group.names, name, name)
        end
      end
      if group then group.count = group.count + 1 end
    end
  end)
  for i, group in ipairs(groups) do
    list[i] = ("%s: no %s in %s: %s"):format(group.dataset, table.concat(group.names, ", "),
      text.plural(group.count, "run"), group.why)
  end
  return list
end

-- What a reader of the figures must know.
function summary.warnings(plan, outcome)
  local list = absence_warnings(plan, outcome)
  for _, warning in ipairs(alarm_warnings(plan, outcome)) do list[#list + 1] = warning end
  return list
end

local function dataset_of(c) return c.run.dataset end

-- The best first on each data set, by AUC, or where there is none by the first metric of the script that says what is
-- better.
local function sort(plan, list)
  local columns = {{name = "auc", role = "metric", better = "higher"}, {name = "eer", role = "metric", better = "lower"}}
  for _, metric in ipairs(plan.extra or {}) do
    columns[#columns + 1] = {name = metric.name, role = "metric", better = metric.better}
  end
  local means = {}
  local main = order.main_metric(columns, function(name)
    for _, c in ipairs(list) do
      if statistics.of(c.figures[name]) then return true end
    end
  end)
  if not main then return end
  for _, c in ipairs(list) do means[c] = statistics.of(c.figures[main.name]) end
  order.best_first(list, dataset_of, function(c) return means[c] end, main.better)
end

function summary.text(plan, outcome)
  local columns, metrics = summary.columns(plan), metrics_of(plan)
  local rows, header, right = {}, {}, {}
  for i, column in ipairs(columns) do
    header[i] = column.title
    right[i] = type(column.of(plan.runs[1])) == "number"
  end
  header[#header + 1] = "runs"
  right[#header] = true
  for _, name in ipairs(metrics) do header[#header + 1] = name end
  rows[1] = header
  local list = configurations(plan, outcome, metrics)
  sort(plan, list)
  local shown, hidden = order.cells(list, dataset_of, function(c)
    local row = {}
    for i, column in ipairs(columns) do
      local value = column.of(c.run)
      row[i] = value == nil and "-" or tostring(text.plain_or_word(value))
    end
    row[#row + 1] = c.done == c.all and ("%d"):format(c.done) or ("%d of %d"):format(c.done, c.all)
    for _, name in ipairs(metrics) do row[#row + 1] = figure(c.figures[name]) end
    return row
  end)
  local out = {text.table(table.move(shown, 1, #shown, 2, rows), right, {keys = #columns}), "\n"}
  if hidden > 0 then
    table.insert(out, 2, ("%d of %d configurations are not shown: %s\n"):format(hidden, #list,
      text.command_line {"results", "summary", outcome.output}))
  end
  out[#out + 1] = summary.failures(plan, outcome)
  out[#out + 1] = summary.skipped(plan)
  for _, note in ipairs(plan.notes or {}) do out[#out + 1] = note .. "\n" end
  local counts = {text.plural(outcome.done, "run") .. " done"}
  if outcome.kept > 0 then counts[#counts + 1] = ("%d there already"):format(outcome.kept) end
  if outcome.failed > 0 then counts[#counts + 1] = ("%d failed"):format(outcome.failed) end
  if outcome.missing > 0 then counts[#counts + 1] = ("%d missing"):format(outcome.missing) end
  out[#out + 1] = text.rows {
    {"runs", table.concat(counts, ", ")},
    {"time", text.duration(outcome.seconds)},
    {"speed", outcome.rate and outcome.rate > 0
      and text.scaled(outcome.rate) .. " packets/s, all configurations together" or nil},
    {"written", outcome.output},
  }
  return table.concat(out)
end

-- ------------------------------------------------------------------ for programs

function summary.skipped_json(plan)
  local list = json.array {}
  for i, entry in ipairs(plan.skipped) do list[i] = json.object {{"name", entry.name}, {"why", entry.why}} end
  return list
end

-- Members that name a run's configuration.
function summary.run_json(run)
  local names, parameters = {}, {}
  for name in pairs(run.full) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do parameters[i] = {name, run.full[name]} end
  return {{"dataset", run.dataset}, {"profile", run.profile}, {"detector", run.detector},
    {"fm_grace", run.fm_grace}, {"ad_grace", run.ad_grace}, {"parameters", json.object(parameters)}}
end

function summary.json(plan, outcome)
  local metrics, list, failed = metrics_of(plan), json.array {}, json.array {}
  for i, c in ipairs(configurations(plan, outcome, metrics)) do
    local members = summary.run_json(c.run)
    members[#members + 1] = {"runs", c.done}
    members[#members + 1] = {"of", c.all}
    for _, name in ipairs(metrics) do
      local mean, deviation = summary.statistics(c.figures[name])
      members[#members + 1] = {name, json.object {{"mean", mean}, {"deviation", deviation}}}
    end
    list[i] = json.object(members)
  end
  for i, run in ipairs(plan.runs) do
    local state = outcome.runs[i] or {}
    if state.state == "failed" then
      failed[#failed + 1] = json.object {{"run", state.key}, {"detector", run.detector}, {"dataset", run.dataset},
        {"seed", run.seed}, {"reason", state.reason}}
    end
  end
  return json.encode(json.object {{"name", plan.name}, {"output", outcome.output}, {"done", outcome.done},
    {"kept", outcome.kept}, {"failed", outcome.failed}, {"missing", outcome.missing},
    {"interrupted", outcome.interrupted}, {"seconds", outcome.seconds}, {"packets_per_second", outcome.rate},
    {"search", outcome.search and found.json(outcome.search)}, {"configurations", list}, {"failures", failed}, {"skipped", summary.skipped_json(plan)},
    {"warnings", json.array(summary.warnings(plan, outcome))}}, true)
end

return summary
