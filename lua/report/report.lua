-- SPDX-License-Identifier: GPL-3.0-or-later
-- One HTML file that shows result files: lua/report/web/page.html, built of web/src, with their data inside.
--
--     local html = report.make({"results/x.h5"}, {metric = "auc", detail = 24, tests = true, command_line = "..."})
--
-- Texts of result files are those of strangers: they are JSON in a block that is no script, in which every < is escaped,
-- and the page puts them where they are text alone. Numbers are those of the files, every digit.
local asked = require "ninetails.results.asked"
local choose_details = require "ninetails.report.choose_details"
local compared = require "ninetails.results.compared"
local dendrogram = require "ninetails.dendrogram"
local diff = require "ninetails.results.diff"
local diagram = require "ninetails.results.diagram"
local embedded = require "ninetails.embedded"
local json = require "ninetails.json"
local outliers = require "ninetails.report.outliers"
local result_table = require "ninetails.results.table"
local results = require "ninetails.results"
local series = require "ninetails.series"
local system = require "ninetails.system"
local compare_text = require "ninetails.results.compare_text"
local text = require "ninetails.cli.text"

local report = {}

local BUCKETS = 40000 -- of all timelines together: about 1.3 MB
local LEAST_BUCKETS, MOST_BUCKETS = 1000, 32768 -- of one
local BINS = 60 -- of a histogram
local MOST_TESTED = 40 -- configurations that are tested against each other unasked

-- ------------------------------------------------------------------ values

-- JavaScript has no whole numbers beyond 2^53, JSON no infinities: these are texts.
local function plain(value)
  if value == nil then return json.null end
  if math.type(value) == "integer" and math.abs(value) > 2^53 then return ("%d"):format(value) end
  if value == math.huge or value == -math.huge then return value > 0 and "inf" or "-inf" end
  return value
end

local function columns_of(t)
  local list = json.array {}
  for i, c in ipairs(t.columns) do
    list[i] = json.object {{"name", c.name}, {"unit", c.unit}, {"long_name", c.long_name}, {"role", c.role},
      {"better", c.better}, {"type", c.type}}
  end
  return list
end

local function rows_of(t)
  local rows = json.array {}
  for i, run in ipairs(t.chosen) do
    local row = json.array {}
    for k, c in ipairs(t.columns) do row[k] = plain(run[c.name]) end
    rows[i] = row
  end
  return rows
end

-- Numbers of the table's rows and what is said of these runs.
local function remarks_of(t)
  local rows, warnings = json.array {}, json.array {}
  for i, run in ipairs(t.chosen) do
    rows[i] = run.row
    local warning = result_table.alarm_warning(run)
    if warning then warnings[#warnings + 1] = json.object {{"row", run.row}, {"text", warning}} end
  end
  return rows, warnings
end

local function notes_of(t)
  local list = json.array {}
  for i, name in ipairs(text.sorted_keys(t.notes)) do list[i] = json.array {name, t.notes[name]} end
  return list
end

local function attacks_of(t)
  local row_of, list = {}, json.array {}
  for _, run in ipairs(t.chosen) do row_of[run.run or ""] = run.row end
  for _, a in ipairs(t.attacks) do
    if row_of[a.run] then
      list[#list + 1] = json.object {{"row", row_of[a.run]}, {"attack", a.attack}, {"packets", a.packets}, {"auc", a.auc},
        {"average_precision", a.average_precision}, {"tpr_at_fpr_1em3", a.tpr_at_fpr_1em3}}
    end
  end
  return list
end

local function names_of(columns)
  local names = json.array {}
  for i, column in ipairs(columns) do names[i] = column.name end
  return names
end

-- ------------------------------------------------------------------ details of runs

local function detail_of(t, one, buckets)
  local s = series.read {path = t.path, key = t.kind == "result" and one.run.run or nil, buckets = buckets, bins = BINS,
    mapped = one.run.fm_grace and one.run.fm_grace + 1 or nil}
  return json.object {{"row", one.run.row}, {"key", one.run.run}, {"label", one.label}, {"place", one.place}, {"of", one.of},
    {"first", s.first}, {"count", s.count}, {"labelled", s.labelled}, {"excluded", s.excluded}, {"nan", s.nan},
    {"infinite", s.infinite}, {"start", s.start}, {"mapped", s.mapped}, {"timeline", s.timeline}, {"histogram", s.histogram}, {"roc", s.roc},
    {"precision_recall", s.precision_recall}, {"map", s.map}, {"profile", s.map and one.run.profile}}
end

local function details_of(t, buckets)
  local list = json.array {}
  for i, one in ipairs(t.detailed) do list[i] = detail_of(t, one, buckets) end
  return list
end

-- ------------------------------------------------------------------ tests

local function command_of(words) return text.command_line {"results", table.unpack(words)} end

-- What `results compare` says of the file, or why it says nothing: by detector where there are several, else by
-- configuration.
local function comparison_of(t, args)
  local words, by, configurations = asked.compare(t, t.chosen, args.metric, args.only)
  if not words then return nil end
  local members = {{"command", command_of(words)}}
  local why = args.no_tests and "left out, as --no-tests said"
    or by == "configuration" and configurations > MOST_TESTED
    and ("%d configurations are more than %d: not tested here"):format(configurations, MOST_TESTED)
  if why then
    members[2] = {"why_not", why}
    return json.object(members)
  end
  local good, found = pcall(asked.find, words)
  if not good then
    if type(found) ~= "table" or found.status == "interrupted" then error(found, 0) end
    members[2] = {"why_not", found.message}
    return json.object(members)
  end
  members[2] = {"found", compare_text.object(found)}
  if found.all and not found.all.why_not then
    members[3] = {"diagram", diagram.svg(found.all, found.all.methods, found.metric)}
  end
  return json.object(members)
end

-- ------------------------------------------------------------------ two files

local function changes_of(list)
  local changes = json.array {}
  for i, c in ipairs(list) do
    changes[i] = json.object {{"name", c.name}, {"a", plain(c.a)}, {"b", plain(c.b)}, {"low", c.low}, {"high", c.high},
      {"p", c.p}, {"method", c.method}, {"verdict", c.verdict}}
  end
  return changes
end

-- What `results diff A B` finds in two result files.
local function difference_of(a, b, args)
  local words = {"diff", a.path, b.path}
  local members = {{"a", a.path}, {"b", b.path}, {"command", command_of(words)}}
  local matched, only_a, only_b, changed = diff.match(a, b)
  local varying, pairs_ = {a.column.dataset, a.column.detector}, json.array {}
  for _, column in ipairs(result_table.varying(a, a.runs)) do varying[#varying + 1] = column end
  local options = asked.arguments(words)
  if args.no_tests then options.replicates = 0 end
  for i, pair in ipairs(matched) do
    local x, y = pair[1], pair[2]
    local status = diff.status(x, y)
    pairs_[i] = json.object {{"a", x.row}, {"b", y.row}, {"label", result_table.label(x, varying)}, {"status", status},
      {"changes", changes_of(status and {} or diff.metrics(a, b, x, y, nil, options))}}
  end
  local parameters = json.array {}
  for i, c in ipairs(changed) do
    parameters[i] = json.object {{"name", c.name}, {"a", plain(c.a)}, {"b", plain(c.b)}}
  end
  table.move({{"pairs", pairs_}, {"changed", parameters}, {"only_a", #only_a}, {"only_b", #only_b}}, 1, 4, #members + 1,
    members)
  return json.object(members)
end

-- ------------------------------------------------------------------ the page

-- Names of the columns of every profile that a detail has a map of.
local function names_of_features(tables)
  local names = {}
  for _, t in ipairs(tables) do
    for _, one in ipairs(t.detailed) do
      local profile = one.run.profile
      if profile and not names[profile] then names[profile] = dendrogram.names(profile) end
    end
  end
  return names
end

local function file_of(t, args, buckets)
  local rows, warnings = remarks_of(t)
  return json.object {{"path", t.path}, {"kind", t.kind}, {"word", text.command_line({t.path}):sub(#"ninetails " + 1)},
    {"notes", notes_of(t)}, {"sizes", t.sizes}, {"runs_in_all", #t.runs}, {"columns", columns_of(t)},
    {"runs", rows_of(t)}, {"rows", rows}, {"varying", names_of(result_table.varying(t, t.chosen))},
    {"warnings", warnings}, {"attacks", attacks_of(t)}, {"details", details_of(t, buckets)}, {"configurations", t.configurations},
    {"comparison", comparison_of(t, args)}}
end

-- Refuses a metric that no file has.
local function check_metric(tables, args)
  for _, t in ipairs(tables) do
    if t.column[args.metric] then
      compared.must_be_metric(t.column[args.metric])
      return
    end
  end
  local scored = tables[1].kind == "scores"
  if not args.given.metric and scored then return end -- nothing was labelled
  result_table.find_column(tables[1], args.metric, "--metric")
end

-- A table of runs, with those that are chosen, those that have details, its attacks, and of a result its sizes.
local function read(path, args, most)
  local t = result_table.read(path)
  t.chosen, t.attacks = result_table.select(t, args.only), result_table.attacks(t)
  if t.kind == "result" then t.sizes = results.sizes(path) end
  local column = t.column[args.metric]
  t.detailed, t.configurations = choose_details(t, args.metric, column and column.better, most)
  return t
end

-- "--only 'dataset=x*'": as a shell takes it.
local function only_words(only)
  local words = {}
  for _, filter in ipairs(only or {}) do table.move({"--only", filter}, 1, 2, #words + 1, words) end
  return #words > 0 and text.command_line(words):sub(#"ninetails " + 1) or ""
end

local function data_of(paths, args)
  local most = args.detail == 0 and 0 or math.max(1, args.detail // #paths)
  local tables, files, details = {}, json.array {}, 0
  for i, path in ipairs(paths) do
    tables[i] = read(path, args, most)
    details = details + #tables[i].detailed
  end
  check_metric(tables, args)
  local buckets = math.max(LEAST_BUCKETS, math.min(MOST_BUCKETS, BUCKETS // math.max(1, details)))
  for i, t in ipairs(tables) do files[i] = file_of(t, args, buckets) end
  local version = system.version()
  local both = #tables == 2 and tables[1].kind == "result" and tables[2].kind == "result"
  return json.object {{"command", args.command_line}, {"version", version.version}, {"commit", version.commit},
    {"metric", args.metric}, {"only", json.array(args.only or {})},
    {"only_words", only_words(args.only)}, {"files", files},
    {"features", names_of_features(tables)}, {"outliers", outliers.object(args.outliers)},
    {"difference", both and difference_of(tables[1], tables[2], args) or nil}}
end

local escapes = {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;"}

-- The page's template, cut where title and data go.
local function template()
  local page = embedded("ninetails.report.web.page.html")
  local head, middle, tail = page:match("^(.-)<!%-%-title%-%->(.-)<!%-%-data%-%->(.*)$")
  return head, middle, tail
end

-- args: only, metric, detail, no_tests, outliers (of outliers.find, or nil), command_line, given. -> the text of the page.
function report.make(paths, args)
  local data = json.encode(data_of(paths, args)):gsub("<", "\\u003c")
  local head, middle, tail = template()
  local title = json.decode(json.encode(table.concat(paths, ", "))):gsub('[&<>"]', escapes) -- as UTF-8
  return table.concat {head, title, middle, data, tail}
end

return report
