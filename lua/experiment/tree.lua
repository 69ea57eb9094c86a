-- SPDX-License-Identifier: GPL-3.0-or-later
-- `ninetails run --dry-run`: data sets -> features -> maps -> runs, what of it is there already, and what it will cost.
local json = require "ninetails.json"
local summary = require "ninetails.experiment.summary"
local text = require "ninetails.cli.text"

local tree = {}

-- "3 runs: 2 kept, 1 missing"
local function states_text(counts, all)
  local words = {}
  for _, state in ipairs {"kept", "cached", "failed", "missing"} do
    if counts[state] then words[#words + 1] = ("%d %s"):format(counts[state], state) end
  end
  return ("%s: %s"):format(text.plural(all, "run"), table.concat(words, ", "))
end

local function configuration_text(run, columns)
  local words = {run.detector}
  for _, column in ipairs(columns) do
    local value = column.of(run)
    if column.parameter and value ~= nil then
      words[#words + 1] = ("%s=%s"):format(column.title, text.plain_or_word(value))
    end
  end
  return table.concat(words, " ")
end

-- Branches in the order of the plan: input -> grace periods -> configurations, each with its runs' indices.
local function branches(plan)
  local inputs, found = {}, {}
  local function child(parent, key, make)
    local path = key
    local node = found[path]
    if not node then
      node = make()
      node.children = {}
      found[path], parent[#parent + 1] = node, node
    end
    return node
  end
  for i, run in ipairs(plan.runs) do
    local input = child(inputs, ("%d"):format(run.input), function() return {input = plan.inputs[run.input]} end)
    local grace = child(input.children, ("%d %d %d"):format(run.input, run.fm_grace, run.ad_grace),
      function() return {fm = run.fm_grace, ad = run.ad_grace, runs = {}} end)
    grace.runs[#grace.runs + 1] = i
    local leaf = child(grace.children, ("c%d"):format(run.configuration), function() return {run = run, runs = {}} end)
    leaf.runs[#leaf.runs + 1] = i
  end
  return inputs
end

-- The worst state of a stage among runs: "missing" when one of them has to do it.
local function stage_of(states, runs, name)
  local state
  for _, i in ipairs(runs) do
    local one = (states.runs[i].stages or {})[name]
    if one == "missing" then return one end
    if one and one ~= "none" then state = one end
  end
  return state
end

local function runs_of(input)
  local list = {}
  for _, grace in ipairs(input.children) do table.move(grace.runs, 1, #grace.runs, #list + 1, list) end
  return list
end

local function leaf_text(leaf, states, columns)
  local counts, seconds = {}, 0
  for _, i in ipairs(leaf.runs) do
    local run = states.runs[i]
    counts[run.state] = (counts[run.state] or 0) + 1
    seconds = seconds + (run.seconds or 0)
  end
  local cost = seconds > 0 and ", about " .. text.duration(seconds) or ""
  return ("      %s: %s%s\n"):format(configuration_text(leaf.run, columns), states_text(counts, #leaf.runs), cost)
end

function tree.text(plan, states)
  local columns, out, last = summary.columns(plan), {}, nil
  for _, input in ipairs(branches(plan)) do
    local i = input.input
    if i.name ~= last then
      last = i.name
      out[#out + 1] = ("%s%s\n"):format(i.name, i.packets and (" (%s packets)"):format(text.count(i.packets)) or "")
    end
    out[#out + 1] = ("  features %s: %s\n"):format(i.profile or "from the rows",
      stage_of(states, runs_of(input), "features") or "not needed")
    for _, grace in ipairs(input.children) do
      local map = stage_of(states, grace.runs, "map")
      out[#out + 1] = ("    fm %s, ad %s%s\n"):format(text.count(grace.fm), text.count(grace.ad),
        map and ": map " .. map or "")
      for _, leaf in ipairs(grace.children) do out[#out + 1] = leaf_text(leaf, states, columns) end
    end
  end
  out[#out + 1] = "\n"
  out[#out + 1] = summary.skipped(plan)
  for _, note in ipairs(plan.notes) do out[#out + 1] = note .. "\n" end
  local cached = 0
  for _, run in ipairs(states.runs) do cached = cached + (run.state == "cached" and 1 or 0) end
  local scored = cached > 0 and (" %s to measure whose scores are there,"):format(text.count(cached)) or ""
  out[#out + 1] = ("%s of %s: %s there already,%s %s to run, about %s with %s\n"):format(
    text.plural(#plan.runs, "run"), text.plural(plan.configurations, "configuration"),
    text.count(#plan.runs - states.missing - cached), scored, text.count(states.missing),
    text.duration(states.seconds or 0), text.plural(plan.jobs, "job"))
  return table.concat(out)
end

function tree.json(plan, states)
  local list = json.array {}
  for i, run in ipairs(plan.runs) do
    local state = states.runs[i]
    local members = summary.run_json(run)
    table.insert(members, 1, {"run", state.key})
    for _, pair in ipairs {{"seed", run.seed}, {"replicate", run.replicate}, {"state", state.state},
      {"why", state.why}, {"seconds", state.seconds}} do
      members[#members + 1] = pair
    end
    list[i] = json.object(members)
  end
  return json.encode(json.object {{"name", plan.name}, {"output", plan.output}, {"runs", list},
    {"missing", states.missing}, {"cached", states.cached}, {"seconds", states.seconds},
    {"skipped", summary.skipped_json(plan)}}, true)
end

return tree
