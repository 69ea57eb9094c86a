-- SPDX-License-Identifier: GPL-3.0-or-later
-- The figures of a report for print: every kind of `ninetails plot` that a file has something for, as SVG and PDF with its
-- numbers beside it, in a folder.
--
-- What has nothing to show of a file (a kind of two parameters where one varies, ranks over too few data sets, a run without
-- scores) is left out, and told with its reason.
local choose_details = require "ninetails.report.choose_details"
local draw = require "ninetails.plot.draw"
local files = require "ninetails.files"
local made_of = require "ninetails.plot.made_of"
local outliers = require "ninetails.report.outliers"
local plot = require "ninetails.plot"
local result_table = require "ninetails.results.table"
local results = require "ninetails.results"
local select_runs = require "ninetails.plot.select"
local style = require "ninetails.plot.style"
local text = require "ninetails.cli.text"

local report_figures = {}

local of_all = {"auc", "eer", "tpr", "effects", "pairs", "differences", "ranks", "cost"}
local of_place = {"roc", "pr"} -- a figure a data set, its best configurations
local of_run = {"rmse", "histogram", "probability", "outliers", "dendrogram"}
local takes_metric = {effects = true, pairs = true, differences = true, ranks = true, cost = true}

-- A name that any file system takes.
local function plain_name(words)
  local name = words:gsub("[^%w_.-]+", "-"):sub(1, 60)
  return name:match("^%.*$") and "-" or name
end

-- One figure that is wanted: {kind =, file = stem of its names, title =, request =, path = what it is drawn from, word =}.
local function wanted(t, args, stem)
  t.chosen = result_table.select(t, args.only)
  local list, several = {}, #t.chosen > 1
  local function add(kind, name, request, caption)
    request.only, request.drawn, request.given, request.fm_grace = request.only or args.only, true, {}, 0
    request.metric = takes_metric[kind] and args.metric or nil
    list[#list + 1] = {kind = kind, file = stem .. name, request = request, table = t, caption = caption}
  end
  local column = t.column[args.metric]
  local chosen = choose_details(t, args.metric, column and column.better, args.detail)
  if several then
    for _, kind in ipairs(of_all) do
      if not (args.no_tests and (kind == "differences" or kind == "ranks")) then add(kind, kind, {}) end
    end
    for _, place in ipairs(select_runs.distinct(chosen, "place")) do
      for _, kind in ipairs(of_place) do
        local among = {}
        for _, one in ipairs(chosen) do
          if one.place == place and #among < style.MOST then among[#among + 1] = one.run end
        end
        add(kind, ("%s-%s"):format(kind, plain_name(place)), {runs = among}, place)
      end
    end
  end
  for _, one in ipairs(chosen) do
    local name = several and ("%d"):format(one.run.row) or nil
    for _, kind in ipairs(several and of_run or {"roc", "pr", table.unpack(of_run)}) do
      if kind ~= "dendrogram" or results.map(t.path, one.run.run) then add(kind, name and ("%s-%s"):format(kind, name) or kind, {run = one.run.run, only = {}},
        ("%s: %s%s"):format(one.place, one.label, name and " (run " .. name .. ")" or "")) end
    end
  end
  if args.outliers and #args.outliers.rows > 0 then
    for _, kind in ipairs(outliers.kinds) do add(kind, kind, {rows = args.outliers.rows}, args.outliers.command) end
  end
  return list
end

local told_apart = {argument = true, unmeasured = true}

-- The figure, or nil and why there is none.
local function drawn(one)
  local kind = plot.find(one.kind)
  local good, figure = pcall(kind.draw, one.request.rows or kind.input and one.table.path or one.table, one.request)
  if good then return figure end
  if type(figure) == "table" and told_apart[figure.status] then return nil, figure.message end
  error(figure, 0)
end

-- paths, args as of report.make; each(one, figure or nil, why): called for each figure that is wanted.
function report_figures.each(paths, args, each)
  for i, path in ipairs(paths) do
    local t = result_table.read(path)
    t.notes = t.notes or {}
    for _, one in ipairs(wanted(t, args, #paths > 1 and ("%d-"):format(i) or "")) do
      local figure, why = drawn(one)
      if figure then one.about = made_of(plot.find(one.kind), args.command_line, path, t.notes, figure.run) end
      each(one, figure, why)
    end
  end
end

-- Writes them into the folder, which is made. -> {{file =, title =}, ...}, {{file =, why =}, ...}
function report_figures.write(paths, args, folder)
  files.make_folders(folder)
  local written, left_out = {}, {}
  report_figures.each(paths, args, function(one, figure, why)
    if not figure then
      left_out[#left_out + 1] = {file = one.file, why = why}
      return
    end
    for _, ending in ipairs {".svg", ".pdf"} do
      local path = folder .. "/" .. one.file .. ending
      draw.check(path, args.force)
      draw.write(figure, path, one.about)
    end
    written[#written + 1] = {file = one.file, title = figure.title}
  end)
  return written, left_out
end

return report_figures
