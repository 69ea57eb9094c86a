-- SPDX-License-Identifier: GPL-3.0-or-later
-- Two recorded sets, or two commits: which problems are slower, by how much, and whether that is more than chance.
local figures = require "ninetails.bench.figures"
local history = require "ninetails.bench.history"
local json = require "ninetails.json"
local judge = require "ninetails.bench.judge"
local out = require "ninetails.cli.out"
local files = require "ninetails.files"
local run_text = require "ninetails.bench.run_text"
local text = require "ninetails.cli.text"

local compare = {}

local function refuse(status, ...) error({status = status, message = string.format(...)}, 0) end

-- ------------------------------------------------------------------ recorded sets

local function pick(path, id)
  local records, faults, there = history.read(path)
  if not there then refuse("io", "%s: there is no such history", path) end
  local order, of = history.runs(records)
  local number = id and tonumber(id)
  if not id then id = order[#order]
  elseif number and number < 0 then id = order[#order + 1 + number] or refuse("argument", "%s: run %s: there are %d", path, id, #order)
  else
    local found
    for _, run in ipairs(order) do
      if run:sub(1, #id) == id then
        if found then refuse("argument", "%s: run '%s': several begin so", path, id) end
        found = run
      end
    end
    id = found or refuse("argument", "%s: there is no run '%s'", path, id)
  end
  if not id then refuse("input", "%s: holds no record", path) end
  return {name = ("%s:%s"):format(path, id), records = of[id], faults = faults, run = id}
end

-- "history.jsonl", "history.jsonl:RUN", "history.jsonl:-2", "@-1" of the history told -> a set; nil: none of these.
function compare.recorded(word, path)
  local own = word:match("^@(.+)$")
  if own then return pick(path, own) end
  local stat = files.stat(word)
  if stat and stat.kind == "file" then return pick(word) end
  local file, id = word:match("^(.+):([^:]+)$")
  stat = file and files.stat(file)
  if stat and stat.kind == "file" then return pick(file, id) end
end

-- ------------------------------------------------------------------ judging

local function logs(record)
  local list = figures.ratios(record)
  for i, ratio in ipairs(list) do list[i] = math.log(ratio) end
  return list
end

local function key_of(record) return record.problem .. (record.peer and "\0" .. record.peer or "") end

local function usable(records)
  local of = {}
  for _, r in ipairs(records) do
    if r.kind == "time" and not r.failed and #r.rounds > 0 then of[key_of(r)] = r end
  end
  return of
end

-- What makes two records figures of different things, or nil.
local function why_not(a, b)
  if a.input ~= b.input then return "other bytes of the input" end
  if a.clock ~= b.clock or a.items ~= b.items then return "another problem of the same name" end
end

-- -> {rows = {{problem =, change =, low =, high =, p =, q =, verdict =, results =, instructions =}}, missing = {{key, why}},
--     worse = {row, ...}, other_machine =, few = rounds too few for any verdict}
function compare.sets(a, b, options)
  local of_a, of_b = usable(a.records), usable(b.records)
  local found = {rows = {}, missing = {}, worse = {}}
  local order = {}
  for key in pairs(of_a) do order[#order + 1] = key end
  for key in pairs(of_b) do
    if not of_a[key] then found.missing[#found.missing + 1] = {of_b[key], "not measured in " .. a.name} end
  end
  table.sort(order)
  for _, key in ipairs(order) do
    local x, y = of_a[key], of_b[key]
    local why = not y and "not measured in " .. b.name or why_not(x, y)
    if why then found.missing[#found.missing + 1] = {x, why}
    else
      local row = judge.two(logs(x), logs(y), options.paired, options)
      row.problem, row.a, row.b = run_text.name_of(x), x, y
      row.results = x.digest == y.digest and "same" or x.exact and y.exact and "changed" or "other bits"
      if x.machine ~= y.machine then found.other_machine = true end
      if x.instructions and y.instructions and x.instructions_by == y.instructions_by then
        row.instructions, row.more = judge.instructions(x.instructions / x.items, y.instructions / y.items, options)
      end
      if not (math.abs(row.low) < math.huge) or row.low <= -1 then found.few = math.max(found.few or 0, math.min(#x.rounds, #y.rounds)) end
      found.rows[#found.rows + 1] = row
    end
  end
  table.sort(found.missing, function(p, q) return key_of(p[1]) < key_of(q[1]) end)
  judge.correct(found.rows)
  for _, row in ipairs(found.rows) do
    row.verdict = judge.verdict(row, options)
    if row.verdict == "slower" or row.more or row.results == "changed" then found.worse[#found.worse + 1] = row end
  end
  return found
end

-- ------------------------------------------------------------------ telling

function compare.percent(x)
  if x == math.huge then return "inf" end
  return ("%+.1f %%"):format(100 * x)
end
local percent = compare.percent

local function interval(row)
  if row.low <= -1 or row.high == math.huge then return "none" end
  return ("%s to %s"):format(percent(row.low), percent(row.high))
end

-- One line of what is worse: problem, commits, size, interval.
function compare.line(row)
  local from, to = row.a.commit:sub(1, 10), row.b.commit:sub(1, 10)
  local words = {}
  if row.results == "changed" then words[#words + 1] = ("the result changed: %s, was %s"):format(row.b.digest, row.a.digest) end
  if row.more then
    words[#words + 1] = ("%s instructions (%s)"):format(percent(row.instructions), row.b.instructions_by)
  end
  if row.verdict == "slower" then
    words[#words + 1] = ("%s time, interval %s, q = %s"):format(percent(row.change), interval(row), text.number(row.q, 2))
  end
  return ("regression %s, %s to %s: %s"):format(row.problem, from, to, table.concat(words, "; "))
end

function compare.text(a, b, found)
  out.text(text.rows {{"a", ("%s, commit %s"):format(a.name, a.commit or (a.records[1] and a.records[1].commit:sub(1, 10)) or "?")},
    {"b", ("%s, commit %s"):format(b.name, b.commit or (b.records[1] and b.records[1].commit:sub(1, 10)) or "?")}}, "\n")
  local rows = {{"problem", "time", "interval", "p", "q", "instructions", "results", "verdict"}}
  for _, row in ipairs(found.rows) do
    rows[#rows + 1] = {row.problem, percent(row.change), interval(row), text.number(row.p, 2), text.number(row.q, 2),
      row.instructions and percent(row.instructions) or "", row.results, row.verdict .. (row.again and ", " .. row.again or "")}
  end
  if #rows > 1 then out.text(text.table(rows, {[2] = true, [4] = true, [5] = true, [6] = true})) end
end

function compare.json(a, b, found)
  local rows, missing = json.array {}, json.array {}
  for i, row in ipairs(found.rows) do
    rows[i] = json.object {{"problem", row.problem}, {"change", row.change}, {"low", row.low > -1 and row.low or nil},
      {"high", row.high < math.huge and row.high or nil}, {"p", row.p}, {"q", row.q}, {"instructions", row.instructions},
      {"results", row.results}, {"verdict", row.verdict}, {"again", row.again}, {"rounds_a", #row.a.rounds},
      {"rounds_b", #row.b.rounds}, {"commit_a", row.a.commit}, {"commit_b", row.b.commit}}
  end
  for i, pair in ipairs(found.missing) do missing[i] = json.object {{"problem", run_text.name_of(pair[1])}, {"reason", pair[2]}} end
  run_text.json(json.object {{"a", a.name}, {"b", b.name}, {"problems", rows}, {"missing", missing}, {"regressions", #found.worse}})
end

-- The exit code, with what stderr is told.
function compare.judge(found)
  for _, pair in ipairs(found.missing) do out.note(("not compared %s: %s\n"):format(run_text.name_of(pair[1]), pair[2])) end
  if found.other_machine then out.note("warning: two machines: ratios to the calibration are compared, which do not carry over exactly\n") end
  if found.few then
    out.note(("warning: with %s no difference of times can be beyond chance\n"):format(text.plural(found.few, "round")))
  end
  for _, row in ipairs(found.worse) do out.note(compare.line(row), "\n") end
  if #found.worse > 0 then return 3 end
  return (#found.rows == 0 or #found.missing > 0 or found.few) and 4 or 0
end

return compare
