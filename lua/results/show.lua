-- SPDX-License-Identifier: GPL-3.0-or-later
-- `ninetails results ls` and `show`: the runs of result files, one file, one run, for people.
local export = require "ninetails.results.export"
local files = require "ninetails.files"
local json = require "ninetails.json"
local order = require "ninetails.results.order"
local out = require "ninetails.cli.out"
local results = require "ninetails.results"
local result_table = require "ninetails.results.table"
local sparklines = require "ninetails.results.sparklines"
local text = require "ninetails.cli.text"

local show = {}

local function print_json(value) out.data(json.encode(value, true), "\n") end

-- ------------------------------------------------------------------ ls

-- What a list shows unless --columns names others: which run, the parameters in which runs differ, what came out.
local function usual_columns(t, runs)
  local columns = {}
  local function add(name) columns[#columns + 1] = t.column[name] end
  add "dataset"
  add "detector"
  add "status"
  for _, column in ipairs(result_table.varying(t, runs)) do columns[#columns + 1] = column end
  for _, name in ipairs {"auc", "eer", "tpr_at_fpr_1em3"} do add(name) end
  for _, column in ipairs(t.columns) do -- those of the script
    if column.role == "metric" and column.type ~= "text" and not results.is_measure(column.name) then
      columns[#columns + 1] = column
    end
  end
  for _, run in ipairs(runs) do
    if run.reason then
      add "reason"
      break
    end
  end
  return columns
end

local function cell(t, run, column)
  local shown = result_table.shown(column, run[column.name])
  local low, high = result_table.interval(t, column.name)
  if not low or run[low] == nil or run[high] == nil then return shown, false end
  local from, to = result_table.shown(column, run[low]), result_table.shown(column, run[high])
  return ("%s [%s, %s]"):format(shown, from, to), true
end

local function dataset_of(run) return run.dataset end
local function whole_file() return nil end

-- all: none is left out; sorted: not by data sets. -> text, whether an interval is in it, how many runs are not.
local function list_text(t, runs, columns, all, sorted)
  local rows, right, any = {{"#", "run"}}, {[1] = true}, false
  for i, column in ipairs(columns) do
    rows[1][i + 2] = column.name
    right[i + 2] = column.type ~= "text"
  end
  local shown, hidden = order.cells(runs, sorted and whole_file or dataset_of, function(run)
    local row = {("%d"):format(run.row), (run.run or "-"):sub(1, 8)}
    for i, column in ipairs(columns) do
      local interval
      row[i + 2], interval = cell(t, run, column)
      any = any or interval
    end
    return row
  end, all)
  return text.table(table.move(shown, 1, #shown, 2, rows), right, {keys = 2}), any, hidden
end

local function level_text(t, runs)
  local level = t.column.level and runs[1] and runs[1].level
  return level and text.plain(level * 100) .. " % " or ""
end

-- The order of a list: that of --sort, else by the main metric, the best first on each data set.
local function sort(t, runs, word)
  if word == "file" then return end
  if word then return result_table.sort(t, runs, word) end
  local main = order.main_metric(t.columns, function(name)
    for _, run in ipairs(runs) do
      if run[name] ~= nil then return true end
    end
  end)
  if main then order.best_first(runs, dataset_of, function(run) return run[main.name] end, main.better) end
end

function show.list(args)
  local found = json.array {}
  for i, path in ipairs(args.file) do
    local t = result_table.read(path)
    local runs = result_table.select(t, args.only)
    sort(t, runs, args.json and not args.sort and "file" or args.sort)
    local columns = result_table.chosen(t, args.columns, "--columns")
    if args.json then
      found[i] = json.object {{"file", path}, {"runs", export.records(runs, columns or t.columns)}}
    else
      if #args.file > 1 then out.text(i > 1 and "\n" or "", path, ":\n") end
      local body, intervals, hidden = list_text(t, runs, columns or usual_columns(t, runs), args.all, args.sort)
      out.text(body)
      if hidden > 0 then out.text(("%d of %d runs are not shown: --all lists them\n"):format(hidden, #runs)) end
      if intervals then
        local _, _, kind = result_table.interval(t, "auc")
        out.text(("In brackets: %sintervals%s.\n"):format(level_text(t, runs), kind and " by " .. kind or ""))
      end
    end
  end
  if args.json then print_json(found) end
  return 0
end

-- ------------------------------------------------------------------ show: a file

local function counted(runs, name)
  local count, order, words = {}, {}, {}
  for _, run in ipairs(runs) do
    local value = result_table.one_line(run[name] or "?")
    if not count[value] then order[#order + 1] = value end
    count[value] = (count[value] or 0) + 1
  end
  for i, value in ipairs(order) do words[i] = ("%s (%d)"):format(value, count[value]) end
  return table.concat(words, ", ")
end

local function sizes_text(sizes)
  if not sizes.scores then return text.scaled(sizes.file, "B") end
  local kept = sizes.scores > 0 and (", scores of %s in %s of it"):format(text.scaled(sizes.scores, "B"),
    text.scaled(sizes.stored, "B")) or ", no scores kept"
  return text.scaled(sizes.file, "B") .. kept
end

local function note_text(note)
  local _, breaks = note:gsub("\n", "\n")
  if breaks == 0 then return result_table.one_line(note) end
  local lines = breaks + (note:sub(-1) == "\n" and 0 or 1)
  return ("%d line%s, %d bytes (--json has it)"):format(lines, lines == 1 and "" or "s", #note)
end

local function show_file(args, t)
  local sizes = t.kind == "result" and results.sizes(t.path) or {file = files.stat(t.path).size}
  if args.json then
    print_json(json.object {{"file", t.path}, {"notes", t.notes}, {"sizes", sizes}, {"runs", #t.runs},
      {"columns", json.array(result_table.names(t))}})
    return
  end
  local varying = {}
  for i, column in ipairs(result_table.varying(t, t.runs)) do varying[i] = column.name end
  out.text(text.rows {{"file", t.path}, {"runs", ("%d: %s"):format(#t.runs, counted(t.runs, "status"))},
    {"data sets", counted(t.runs, "dataset")}, {"detectors", counted(t.runs, "detector")},
    {"size", sizes_text(sizes)}, {"varied", #varying > 0 and table.concat(varying, ", ") or "nothing"}})
  local curves = {}
  for _, name in ipairs {"auc", "eer"} do
    local curve, low, high
    if t.column[name] then curve, low, high = sparklines.of_column(t.runs, t.column[name]) end
    if curve then
      curves[#curves + 1] = {"  " .. name, curve, ("%s to %s, the runs in order"):format(result_table.shown(t.column[name], low),
        result_table.shown(t.column[name], high))}
    end
  end
  if #curves > 0 then out.text("\nAt a glance:\n", text.table(curves)) end
  local rows = {}
  for i, key in ipairs(text.sorted_keys(t.notes)) do rows[i] = {key, note_text(t.notes[key])} end
  if #rows > 0 then out.text("\nProvenance:\n", text.rows(rows, "  ")) end
end

-- ------------------------------------------------------------------ show: a run

local sections = {{"identity", "Run"}, {"parameter", "Parameters"}, {"metric", "Metrics"}, {"cost", "Costs"}}

local function unit_text(column)
  return (column.unit == "" or column.unit == "1") and "" or " " .. column.unit
end

local function section_rows(t, run, role)
  local rows = {}
  for _, column in ipairs(t.columns) do
    local value = run[column.name]
    if column.role == role and value ~= nil and column.name ~= "absence" then
      local explained = role ~= "identity" and column.long_name ~= column.name and column.long_name or ""
      rows[#rows + 1] = {"  " .. column.name, result_table.shown(column, value) .. unit_text(column), explained}
    end
  end
  return rows
end

local function absence_rows(run)
  local rows = {}
  for i, absent in ipairs(result_table.absences(run)) do
    rows[i] = {"  " .. absent.why, table.concat(absent.names, ", ")}
  end
  return rows
end

local function curve_text(curve)
  local x = curve and (curve.fpr or curve.recall)
  return x and #x > 0 and ("%d points"):format(#x) or nil
end

local function arrays_rows(arrays)
  local rows = {}
  if arrays.count and arrays.count > 0 then
    rows[1] = {"  scores", ("%s, of packets %s to %s"):format(text.count(arrays.count), text.count(arrays.first),
      text.count(arrays.first + arrays.count - 1))}
  end
  rows[#rows + 1] = {"  ROC curve", curve_text(arrays.roc)}
  rows[#rows + 1] = {"  precision-recall curve", curve_text(arrays.precision_recall)}
  return rows
end

local function show_run(args, t, run)
  local arrays = run.status ~= "failed" and results.run(t.path, run.run) or {}
  if args.json then
    local function points(curve)
      local x = curve and (curve.fpr or curve.recall)
      return x and #x or 0
    end
    print_json(json.object {{"file", t.path}, {"run", export.record(run, t.columns)},
      {"scores", arrays.count or 0}, {"first", arrays.first},
      {"roc_points", points(arrays.roc)}, {"precision_recall_points", points(arrays.precision_recall)}})
    return
  end
  for i, section in ipairs(sections) do
    local rows = section_rows(t, run, section[1])
    if #rows > 0 then out.text(i > 1 and "\n" or "", section[2], ":\n", text.table(rows)) end
  end
  local absent = absence_rows(run)
  if #absent > 0 then out.text("\nAbsent because:\n", text.table(absent)) end
  local warning = result_table.alarm_warning(run)
  if warning then out.text("\nWarning: ", warning, "\n") end
  if run.reason and run.reason:find("\n") then
    local clean = run.reason:gsub("%c", function(c) return c ~= "\n" and "?" or nil end)
    out.text("\nReason:\n", (clean:gsub("([^\n]+)", "  %1")), "\n")
  end
  local rows = text.rows(arrays_rows(arrays))
  if #rows > 0 then out.text("\nArrays:\n", rows) end
  local curves = sparklines.of_run(arrays)
  for _, row in ipairs(curves) do row[1] = "  " .. row[1] end
  if #curves > 0 then out.text("\nScores at a glance:\n", text.table(curves)) end
end

-- ------------------------------------------------------------------ show: attacks

local attack_figures = {"auc", "average_precision", "tpr_at_fpr_1em3"}

-- What tells runs apart in a table that has several of them.
local function telling_columns(t, runs)
  local columns = {}
  for _, name in ipairs {"dataset", "detector"} do columns[#columns + 1] = t.column[name] end
  for _, column in ipairs(result_table.varying(t, runs)) do
    if column.name ~= "dataset" and column.name ~= "detector" then columns[#columns + 1] = column end
  end
  return columns
end

-- runs: those whose attacks are listed, all of them when nil.
local function attack_rows(t, run)
  local by_key, rows = {}, {}
  for _, one in ipairs(run and {run} or t.runs) do by_key[one.run] = one end
  for _, row in ipairs(result_table.attacks(t)) do
    if by_key[row.run] then rows[#rows + 1] = {run = by_key[row.run], row = row} end
  end
  return rows
end

local function attack_text(t, rows, columns)
  local lines, right = {{"#"}}, {true}
  for _, column in ipairs(columns) do
    table.insert(lines[1], column.name)
    right[#lines[1]] = column.type ~= "text"
  end
  for _, name in ipairs {"attack", "packets", table.unpack(attack_figures)} do
    table.insert(lines[1], name)
    right[#lines[1]] = name ~= "attack"
  end
  for _, one in ipairs(rows) do
    local line = {("%d"):format(one.run.row)}
    for _, column in ipairs(columns) do line[#line + 1] = result_table.shown(column, one.run[column.name]) end
    line[#line + 1] = result_table.one_line(one.row.attack)
    line[#line + 1] = text.count(one.row.packets)
    for _, name in ipairs(attack_figures) do
      local x = one.row[name]
      line[#line + 1] = x == x and ("%.4f"):format(x) or "-"
    end
    lines[#lines + 1] = line
  end
  return text.table(lines, right)
end

local function attacks_json(rows)
  local list = json.array {}
  for i, one in ipairs(rows) do
    local members = {{"run", one.row.run}, {"attack", one.row.attack}, {"packets", one.row.packets}}
    for _, name in ipairs(attack_figures) do members[#members + 1] = {name, one.row[name]} end
    list[i] = json.object(members)
  end
  return list
end

local function show_attacks(args, t, run)
  local rows = attack_rows(t, run)
  if args.json then
    print_json(attacks_json(rows))
  elseif #rows == 0 then
    out.text("no labels name an attack\n")
  else
    out.text(attack_text(t, rows, telling_columns(t, run and {run} or t.runs)))
  end
end

-- The table of `show --attacks` of these runs, or nil.
function show.attack_table(t, runs)
  local wanted, rows = {}, {}
  for _, run in ipairs(runs) do wanted[run] = true end
  for _, row in ipairs(attack_rows(t)) do
    if wanted[row.run] then rows[#rows + 1] = row end
  end
  return #rows > 0 and attack_text(t, rows, telling_columns(t, runs)) or nil
end

function show.show(args)
  local t = result_table.read(args.file)
  if args.attacks then
    show_attacks(args, t, args.run and result_table.find_run(t, args.run))
    return 0
  end
  if args.run then show_run(args, t, result_table.find_run(t, args.run)) else show_file(args, t) end
  return 0
end

return show
