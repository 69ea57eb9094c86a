-- SPDX-License-Identifier: GPL-3.0-or-later
-- The table of runs of a result file, as the subcommands of `ninetails results` work with it.
--
--   local t = table.read("results/x.h5")      or what `ninetails score -o` wrote, as one run (scoring.lua)
--   t.kind = "result" or "scores"
--   t.path, t.notes = {name = text}
--   t.columns = {{name =, unit =, long_name =, role =, better =, type =}, ...}, t.column[name]
--   t.runs = {{row = 1, auc = 0.97, ...}, ...}     what a run does not have is not there
local filter = require "ninetails.cli.filter"
local results = require "ninetails.results"
local scoring = require "ninetails.results.scoring"
local text = require "ninetails.cli.text"

local result_table = {}

function result_table.refuse(status, ...) error({status = status, message = string.format(...)}, 0) end
local refuse = result_table.refuse

-- NaN, "" and a column's own number stand for "none" in a file, whose columns have no holes.
local function present(column, value)
  if value == "" or value ~= value or value == column.missing then return nil end
  return value
end

local texts = {run = true, dataset = true, profile = true, detector = true, status = true, reason = true}
local integers = {replicate = true, seed = true, fm_grace = true, ad_grace = true}

-- Files are made by others too: what the commands rely on is looked at once, here.
local function check_type(path, column)
  local expected
  if texts[column.name] then
    expected = column.type ~= "text" and "text"
  elseif integers[column.name] then
    expected = column.type ~= "integer" and "integer"
  elseif (column.better or results.is_measure(column.name)) and column.name ~= "absence" then
    expected = column.type == "text" and "number"
  end
  if expected then
    refuse("input", "%s: runs/%s: column of type %s, expected %s", path, column.name, column.type, expected)
  end
end

function result_table.read(path)
  if results.is_output(path) then return scoring.read(path) end
  local raw = results.read(path)
  for _, column in ipairs(raw.columns) do check_type(path, column) end
  local t = {path = path, kind = "result", notes = raw.notes or {}, columns = raw.columns, column = {}, runs = {}}
  for i = 1, raw.rows do t.runs[i] = {row = i} end
  for _, column in ipairs(raw.columns) do
    t.column[column.name] = column
    for i = 1, raw.rows do t.runs[i][column.name] = present(column, column.values[i]) end
  end
  return t
end

-- Rows as of results.attacks.
function result_table.attacks(t) return t.attacks or results.attacks(t.path) end

function result_table.names(t)
  local names = {}
  for i, column in ipairs(t.columns) do names[i] = column.name end
  return names
end

-- The column, or an error with the nearest name.
function result_table.find_column(t, name, option)
  local column = t.column[name] or t.column[results.measure_name(name)]
  if column then return column end
  local near = text.nearest(name, result_table.names(t))
  refuse("argument", "%s '%s': %s has no such column: %s", option, name, t.path,
    near and ("did you mean %s?"):format(near) or "expected " .. table.concat(result_table.names(t), ", "))
end

-- "auc,eer" -> columns; nil -> nil.
function result_table.chosen(t, list, option)
  if not list then return nil end
  local columns = {}
  for name in list:gmatch("[^,%s]+") do columns[#columns + 1] = result_table.find_column(t, name, option) end
  if #columns == 0 then refuse("argument", "%s '%s': expected names of columns", option, list) end
  return columns
end

-- The runs that all filters keep.
function result_table.select(t, words)
  local filters, kept = filter.parse(words or {}, t.columns), {}
  for _, run in ipairs(t.runs) do
    if filter.keeps(filters, run) then kept[#kept + 1] = run end
  end
  if #kept == 0 and #filters > 0 and #t.runs > 0 then
    refuse("argument", "%s: none of %s matches --only: %s", t.path, text.plural(#t.runs, "run"),
      filter.there(filters, t.runs))
  end
  return kept
end

-- A run by its number in the table, its key, or the first digits of it (at least 4).
function result_table.find_run(t, word)
  local number = #word < 4 and word:find("^%d+$") and math.tointeger(tonumber(word))
  if number then
    if t.runs[number] then return t.runs[number] end
    refuse("argument", "run %d of %s: there are %d", number, t.path, #t.runs)
  end
  local found
  for _, run in ipairs(t.runs) do
    if run.run == word then return run end
    if #word >= 4 and run.run and run.run:sub(1, #word) == word then
      if found then
        refuse("argument", "run '%s' of %s: several begin so, %s and %s", word, t.path, found.run, run.run)
      end
      found = run
    end
  end
  if found then return found end
  refuse("argument", "run '%s' of %s: there is none; expected a number from 1 to %d or a key, at least 4 digits of it",
    word, t.path, #t.runs)
end

-- Parameters (and the profile) with more than one value among these runs, replicate and seed included.
function result_table.varying(t, runs)
  local varying = {}
  for _, column in ipairs(t.columns) do
    local first, differs
    local varied = column.role == "parameter" or column.name == "profile"
    for _, run in ipairs(varied and runs or {}) do
      local value = run[column.name]
      if first == nil then first = value end
      differs = differs or value ~= nil and value ~= first
    end
    if differs then varying[#varying + 1] = column end
  end
  return varying
end

-- Missing values last, whichever the direction; equal ones stay in the order of the file.
function result_table.sort(t, runs, word)
  local descending = word:sub(1, 1) == "-"
  local column = result_table.find_column(t, descending and word:sub(2) or word, "--sort")
  local place = {}
  for i, run in ipairs(runs) do place[run] = i end
  table.sort(runs, function(a, b)
    local x, y = a[column.name], b[column.name]
    if x == y then return place[a] < place[b] end
    if x == nil or y == nil then return y == nil end
    if descending then return x > y end
    return x < y
  end)
end

-- ------------------------------------------------------------------ values for people

-- The first line of a text of somebody else's, as a terminal may be shown it.
function result_table.one_line(words)
  local line, rest = words:match("^([^\r\n]*)(.*)$")
  return line:gsub("%c", "?") .. (rest:find("%S") and " ..." or "")
end

-- Rates and areas with four decimals, the rest with four digits; whole numbers as they are.
function result_table.shown(column, value)
  if value == nil then return "-" end
  if type(value) ~= "number" then return result_table.one_line(value) end
  if math.type(value) == "integer" then
    return column.role == "metric" and text.count(value) or ("%d"):format(value)
  end
  if value == math.huge or value == -math.huge then return value > 0 and "inf" or "-inf" end
  if column.role == "parameter" then return text.plain(value) end
  if column.unit == "1" and math.abs(value) <= 1 and (value == 0 or math.abs(value) >= 0.0001) then
    return ("%.4f"):format(value)
  end
  return text.number(value)
end

-- The two columns of a metric's interval, and what kind it is; nil: it has none.
function result_table.interval(t, name)
  for _, kind in ipairs {{"_block", "block bootstrap"}, {"", "DeLong"}} do
    local low, high = name .. kind[1] .. "_low", name .. kind[1] .. "_high"
    if t.column[low] and t.column[high] then return low, high, kind[2] end
  end
end

-- The column `absence` of a run, "REASON: NAME, NAME; REASON: NAME" -> {{why = REASON, names = {NAME, NAME}}, ...}. Files
-- of version 0.1.0 have one reason, without names.
function result_table.absences(run)
  local list = {}
  for group in (run.absence or ""):gmatch("[^;]+") do
    local why, rest = group:match("^%s*(.-):(.*)$")
    local absent = {why = result_table.one_line(why or group), names = {}}
    for name in (rest or ""):gmatch("[^,%s]+") do absent.names[#absent.names + 1] = name end
    list[#list + 1] = absent
  end
  return list
end

-- What is said where a run's alarms contradict its threshold (include/ninetails/metrics.h), else nil.
function result_table.alarm_warning(run)
  if not run.alarm_blocks_over or run.alarm_blocks_over <= run.alarm_blocks_allowed then return nil end
  return text.too_many_alarms({share = run.alarm_share, over = run.alarm_blocks_over, blocks = run.alarm_blocks,
    allowed = run.alarm_blocks_allowed}, run.tail_probability, run.benign and "benign packets" or "packets")
end

-- "dataset detector m=10 lr=0.1": names a run among others that differ in these columns.
function result_table.label(run, columns)
  local words = {}
  for _, column in ipairs(columns) do
    local value = run[column.name]
    if value ~= nil then
      words[#words + 1] = column.role == "identity" and result_table.shown(column, value)
        or column.name .. "=" .. result_table.shown(column, value)
    end
  end
  return table.concat(words, " ")
end

return result_table
