-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a search has found, for people and for programs: the best configuration beside the detector's defaults, on the
-- packets that it was chosen by and on those that it is reported on.
local json = require "ninetails.json"
local text = require "ninetails.cli.text"

local found = {}

local function figure(came)
  if not came or not came.mean then return "-" end
  if not came.deviation then return ("%.4f"):format(came.mean) end
  return ("%.4f ± %.4f"):format(came.mean, came.deviation)
end

local splits = {"select", "report"}

-- {{"default", full, figures by split}, {"best ...", ...}}
local function rows_of(s)
  local rows = {}
  local function add(name, full, i)
    local came = {}
    for _, split in ipairs(splits) do came[split] = (s.came[split] or {})[i] end
    table.insert(rows, 1, {name = name, full = full, came = came})
  end
  add("default", s.spec.detectors[1].configurations[1], 1)
  if s.best then add(("trial %d"):format(s.best.number), s.best.full, 2) end
  return rows
end

function found.text(s)
  local metric, space = s.settings.metric, s.spec.detectors[1].space
  local header, right = {"configuration"}, {false}
  for _, d in ipairs(space) do
    header[#header + 1] = d.p.name
    right[#header] = d.low ~= nil
  end
  local keys = #header
  for _, split in ipairs(splits) do
    if s.came[split] then header[#header + 1] = ("%s %s"):format(split, metric) end
  end
  local lines = {header}
  for _, row in ipairs(rows_of(s)) do
    local line = {row.name}
    for _, d in ipairs(space) do line[#line + 1] = tostring(text.plain_or_word(row.full[d.p.name])) end
    for _, split in ipairs(splits) do
      if s.came[split] then line[#line + 1] = figure(row.came[split]) end
    end
    lines[#lines + 1] = line
  end
  local tried = 0
  for _, trial in ipairs(s.trials) do tried = tried + (trial.score > -math.huge and 1 or 0) end
  local failed = #s.trials - tried
  return ("\n%s: %s%s%s, the best by %s:\n"):format(s.settings.method, text.plural(#s.trials, "trial"),
    s.stopped_by == "seconds" and (" (of %s: its seconds were over)"):format(text.count(s.settings.trials)) or "",
    failed > 0 and (", %d without a figure"):format(failed) or "", metric)
    .. (s.best and "" or "no trial has a figure: the runs' reasons are above\n") .. text.table(lines, right, {keys = keys})
end

local function parameters(s, full)
  local members = {}
  for i, d in ipairs(s.spec.detectors[1].space) do members[i] = {d.p.name, full[d.p.name]} end
  return json.object(members)
end

function found.json(s)
  local trials = json.array {}
  for i, trial in ipairs(s.trials) do
    trials[i] = json.object {{"trial", trial.number}, {"rung", trial.rung}, {"parameters", parameters(s, trial.full)},
      {s.settings.metric, trial.mean}}
  end
  local members = {{"method", s.settings.method}, {"metric", s.settings.metric}, {"seed", s.settings.seed},
    {"stopped_by", s.stopped_by}, {"seconds_of_detectors", s.spent}}
  for _, row in ipairs(rows_of(s)) do
    local list = {{"trial", row.name ~= "default" and s.best.number or nil}, {"parameters", parameters(s, row.full)}}
    for _, split in ipairs(splits) do
      local came = row.came[split]
      if came then list[#list + 1] = {split, json.object {{"mean", came.mean}, {"deviation", came.deviation}}} end
    end
    members[#members + 1] = {row.name == "default" and "default" or "best", json.object(list)}
  end
  members[#members + 1] = {"trials", trials}
  return json.object(members)
end

return found
