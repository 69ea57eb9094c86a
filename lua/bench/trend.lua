-- SPDX-License-Identifier: GPL-3.0-or-later
-- The history as series, one value a night: what changed, when, and what is an alarm now.
local figures = require "ninetails.bench.figures"
local json = require "ninetails.json"
local judge = require "ninetails.bench.judge"
local run_text = require "ninetails.bench.run_text"
local text = require "ninetails.cli.text"

local trend = {}

-- Series of one machine, build and input: {{key =, problem =, machine =, records =, values = log ratios}, ...}, in the order
-- of their first record. wanted: set of problems, or nil.
function trend.series(records, wanted)
  local order, of = {}, {}
  for _, r in ipairs(records) do
    if r.kind == "time" and not r.failed and #r.rounds > 0 and (not wanted or wanted[r.problem]) then
      local key = table.concat({r.machine, r.configuration, r.problem, r.peer or "", r.input or "", r.clock}, " ")
      local s = of[key]
      if not s then
        s = {key = key, problem = run_text.name_of(r), machine = r.machine, configuration = r.configuration, records = {}, values = {}}
        order[#order + 1], of[key] = s, s
      end
      s.records[#s.records + 1] = r
      s.values[#s.values + 1] = math.log(figures.of(r).ratio)
    end
  end
  return order
end

-- Counts and digests of the last night beside the one before: alarms of their own, no chance in them.
-- -> {{series =, kind = "instructions" | "result", change =, at =}, ...}
function trend.exact(list, options)
  local found = {}
  for _, s in ipairs(list) do
    local now = s.records[#s.records]
    local before
    for i = #s.records - 1, 1, -1 do
      local r = s.records[i]
      if r.instructions and r.instructions_by == now.instructions_by then
        before = r
        break
      end
    end
    if now.instructions and before then
      local change, worse = judge.instructions(before.instructions / before.items, now.instructions / now.items, options)
      if worse then found[#found + 1] = {series = s, kind = "instructions", change = change, before = before, now = now} end
    end
    local last = s.records[#s.records - 1]
    if last and now.exact and last.exact and last.digest ~= now.digest then
      found[#found + 1] = {series = s, kind = "result", before = last, now = now}
    end
  end
  return found
end

-- The commits of the nights around a change.
function trend.commits(s, at)
  local before, after = s.records[at - 1], s.records[at]
  return before.commit:sub(1, 10), after.commit:sub(1, 10)
end

-- The interval of a change: of the nights after it beside those before it.
function trend.interval(s, cut)
  local from = math.max(1, cut.at - 30)
  local a = table.move(s.values, from, cut.at - 1, 1, {})
  local b = table.move(s.values, cut.at, math.min(#s.values, cut.at + 30), 1, {})
  return judge.two(a, b, false)
end

-- One line of an alarm: problem, commits, size, interval.
function trend.line(found)
  if found.kind == "instructions" then
    return ("regression %s, %s to %s: %+.2f %% instructions (%s)"):format(found.series.problem, found.before.commit:sub(1, 10),
      found.now.commit:sub(1, 10), 100 * found.change, found.now.instructions_by)
  elseif found.kind == "result" then
    return ("regression %s, %s to %s: the result changed: %s, was %s"):format(found.series.problem, found.before.commit:sub(1, 10),
      found.now.commit:sub(1, 10), found.now.digest, found.before.digest)
  end
  local from, to = trend.commits(found.series, found.cut.at)
  local i = trend.interval(found.series, found.cut)
  local ends = i.low > -1 and i.high < math.huge and ("interval %+.1f to %+.1f %%, "):format(100 * i.low, 100 * i.high) or ""
  return ("regression %s, %s to %s, since %s: %+.1f %% time, %sq = %s%s"):format(found.series.problem, from, to,
    found.series.records[found.cut.at].time:sub(1, 10), 100 * found.cut.change, ends, text.number(found.q, 2),
    found.fresh and (", measured again %+.1f %%"):format(100 * (math.exp(found.fresh - found.cut.before) - 1)) or "")
end

function trend.rows(list, options)
  local rows = {{"problem", "nights", "last ns", "of a", "last change", "commits", "size"}}
  for _, s in ipairs(list) do
    local cuts = judge.all(s.values, options)
    local last, r = cuts[#cuts], s.records[#s.records]
    local from, to = "", ""
    if last then from, to = trend.commits(s, last.at) end
    rows[#rows + 1] = {s.problem, ("%d"):format(#s.values), run_text.amount(figures.of(r).ns), r.item,
      last and s.records[last.at].time:sub(1, 10) or "none", last and from .. " to " .. to or "",
      last and ("%+.1f %%"):format(100 * last.change) or ""}
  end
  return rows
end

function trend.json(list, alarms, options)
  local series, found = json.array {}, json.array {}
  for i, s in ipairs(list) do
    local cuts = json.array {}
    for k, c in ipairs(judge.all(s.values, options)) do
      local from, to = trend.commits(s, c.at)
      cuts[k] = json.object {{"night", c.at}, {"time", s.records[c.at].time}, {"change", c.change}, {"p", c.p}, {"from", from}, {"to", to}}
    end
    local r = s.records[#s.records]
    series[i] = json.object {{"problem", s.problem}, {"machine", s.machine}, {"configuration", s.configuration}, {"nights", #s.values},
      {"ns_per_item", figures.of(r).ns}, {"item", r.item}, {"changes", cuts}}
  end
  for i, a in ipairs(alarms) do found[i] = json.object {{"problem", a.series.problem}, {"message", trend.line(a)}} end
  return json.object {{"series", series}, {"regressions", found}}
end

return trend
