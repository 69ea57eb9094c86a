-- SPDX-License-Identifier: GPL-3.0-or-later
-- What each configuration came to: the runs of a result file that differ in nothing but replicate and seed, with mean and
-- standard deviation of their metrics. `ninetails results summary`.
local order = require "ninetails.results.order"
local repeats = require "ninetails.results.repeats"
local result_table = require "ninetails.results.table"
local results = require "ninetails.results"
local statistics = require "ninetails.results.statistics"

local configurations = {}

local function tells_apart(column)
  return (column.role == "parameter" and not repeats.names_repeat(column)) or column.name == "dataset"
    or column.name == "profile" or column.name == "detector"
end

local function key_of(run, columns)
  local words = {}
  for i, column in ipairs(columns) do
    local value = run[column.name]
    words[i] = value == nil and "" or type(value) == "number" and ("%.17g"):format(value) or value
  end
  return table.concat(words, "\0")
end

-- Columns that a table shows: the data set and the profile where they differ, the detector, parameters that were varied.
local function shown_columns(t, runs)
  local columns, shown = {t.column.dataset, t.column.profile}, {}
  for _, column in ipairs(columns) do
    for _, run in ipairs(runs) do
      if run[column.name] ~= runs[1][column.name] then
        shown[#shown + 1] = column
        break
      end
    end
  end
  shown[#shown + 1] = t.column.detector
  for _, column in ipairs(result_table.varying(t, runs)) do
    if not repeats.names_repeat(column) and column.name ~= "profile" then shown[#shown + 1] = column end
  end
  return shown
end

-- Whether any of the runs has a value in a column.
local function has(runs, name)
  for _, run in ipairs(runs) do
    if run[name] ~= nil then return true end
  end
  return false
end

-- AUC, EER and the metrics of the script, of those that some run has.
local function usual_metrics(t, runs)
  local metrics = {}
  for _, column in ipairs(t.columns) do
    local usual = column.name == "auc" or column.name == "eer" or not results.is_measure(column.name)
    if column.role == "metric" and column.type ~= "text" and usual and has(runs, column.name) then
      metrics[#metrics + 1] = column
    end
  end
  return metrics
end

-- metrics: columns, or nil: the usual ones. -> {columns = {column, ...}, metrics = {column, ...}, main = column or nil,
-- {run = one of them, done =, all =, figures = {[name] = {mean =, deviation =, count =}}}, ...}, best first.
function configurations.of(t, runs, metrics)
  local telling, list, found = {}, {}, {}
  for _, column in ipairs(t.columns) do
    if tells_apart(column) then telling[#telling + 1] = column end
  end
  for _, run in ipairs(runs) do
    local key = key_of(run, telling)
    if not found[key] then
      found[key] = {run = run, done = 0, all = 0, runs = {}, figures = {}}
      list[#list + 1] = found[key]
    end
    local c = found[key]
    c.all, c.done = c.all + 1, c.done + (run.status == "failed" and 0 or 1)
    c.runs[#c.runs + 1] = run
  end
  list.metrics = metrics or usual_metrics(t, runs)
  for _, c in ipairs(list) do
    for _, column in ipairs(list.metrics) do
      local values = {}
      for _, run in ipairs(c.runs) do values[#values + 1] = run[column.name] end
      local mean, deviation, count = statistics.of(values)
      c.figures[column.name] = {mean = mean, deviation = deviation, count = count}
    end
  end
  list.columns = #runs > 0 and shown_columns(t, runs) or {t.column.detector}
  list.main = order.main_metric(list.metrics, function(name) return has(runs, name) end)
  if list.main then
    order.best_first(list, configurations.dataset, function(c) return c.figures[list.main.name].mean end,
      list.main.better)
  end
  return list
end

function configurations.dataset(c) return c.run.dataset end

-- Sorts the list by a column or a metric's mean: "auc", "-auc" from the highest down, "file" as in the file.
function configurations.sort(t, list, word)
  if word == "file" then
    table.sort(list, function(a, b) return a.run.row < b.run.row end)
    return
  end
  local descending = word:sub(1, 1) == "-"
  local column = result_table.find_column(t, descending and word:sub(2) or word, "--sort")
  local function value_of(c)
    local figure = c.figures[column.name]
    if figure then return figure.mean end
    return c.run[column.name]
  end
  order.best_first(list, function() return "" end, value_of, descending and "higher" or "lower")
end

return configurations
