-- SPDX-License-Identifier: GPL-3.0-or-later
-- What an experiment says of a search: `search`, `select` and `report`, checked.
--
--     search = {method = "tpe", trials = 40, metric = "auc"}, select = {to = 0.5}, report = {from = 0.5}
--
-- -> {method =, trials =, metric =, better =, seconds =, seed =, and the method's own settings; select = part, report =
-- part or nil}. A part: {datasets = nodes or nil, from =, to = packets from 1 on or shares below 1, from_seconds =,
-- to_seconds =}.
local context = require "ninetails.experiment.context"
local datasets = require "ninetails.experiment.datasets"
local values = require "ninetails.experiment.values"

local settings = {}

settings.methods = {"random", "tpe", "halving"}

-- of: the methods that have it. The presets of tpe are Optuna's (TPESampler, hyperopt_default_gamma aside, which is the
-- 0.1 and the 25 of best_share).
settings.list = {
  {name = "method", type = "choice", choices = settings.methods, default = "tpe"},
  {name = "trials", type = "integer", least = 1, most = 100000},
  {name = "metric", type = "text", default = "auc"},
  {name = "seconds", type = "number", least = 0, above = true, most = math.huge},
  {name = "seed", type = "integer", least = 1, most = 0xffffffff},
  {name = "batch", type = "integer", least = 1, most = 100000, of = {random = 16, tpe = 4}},
  {name = "startup", type = "integer", least = 1, most = 100000, of = {tpe = 10}},
  {name = "candidates", type = "integer", least = 1, most = 100000, of = {tpe = 24}},
  {name = "best_share", type = "number", least = 0, above = true, most = 1, of = {tpe = 0.1}},
  {name = "prior_weight", type = "number", least = 0, above = true, most = math.huge, of = {tpe = 1}},
  {name = "eta", type = "integer", least = 2, most = 1000, of = {halving = 3}},
  {name = "rungs", type = "integer", least = 2, most = 20, of = {halving = 3}},
  {name = "resource", type = "choice", choices = {"packets", "seeds"}, of = {halving = "packets"}},
}

local known = {}
for _, p in ipairs(settings.list) do known[p.name] = true end

local part_keys = {datasets = true, from = true, to = true, from_seconds = true, to_seconds = true}

-- A number of a packet, or a share of the packets.
local function check_packet(where, path, value)
  local good = type(value) == "number" and value > 0 and value < 1 << 53
  if not good or value >= 1 and not math.tointeger(value) then
    context.expected(where, path, value, "the number of a packet, from 1 on, or a share of the packets below 1")
  end
  return math.tointeger(value) or value
end

local function check_seconds(where, path, value)
  if type(value) ~= "number" or not (value > 0 and value < math.huge) then
    context.expected(where, path, value, "a number of seconds after the first packet, more than 0")
  end
  return value
end

local function part_of(where, name, raw)
  if raw == nil then return nil end
  context.check_keys(where, name, raw, part_keys, "key of a split")
  local part = {name = name, datasets = raw.datasets ~= nil and datasets.list(where, raw.datasets) or nil}
  for _, key in ipairs {"from", "to"} do
    local seconds = key .. "_seconds"
    if raw[key] ~= nil then part[key] = check_packet(where, name .. "." .. key, raw[key]) end
    if raw[seconds] ~= nil then part[seconds] = check_seconds(where, name .. "." .. seconds, raw[seconds]) end
    if part[key] and part[seconds] then context.fail(where, "%s: expected %s or %s, not both", name, key, seconds) end
  end
  return part
end

-- with_datasets: whether the experiment says `datasets`, for parts that do not. nil: it is no search.
function settings.check(where, t, with_datasets)
  if t.search == nil then
    for _, key in ipairs {"select", "report"} do
      if t[key] ~= nil then context.fail(where, "%s: it is for a search: expected `search = {...}`, too", key) end
    end
    return nil
  end
  context.check_keys(where, "search", t.search, known, "setting of a search")
  local search = {where = where}
  for _, p in ipairs(settings.list) do
    local path, value = "search." .. p.name, t.search[p.name]
    if value ~= nil then
      search[p.name] = values.check(where, path, p, value)
      if p.of and p.of[search.method] == nil then
        context.fail(where, "%s: no setting of method '%s', but of '%s'", path, search.method,
          table.concat(context.sorted(p.of), "', '"))
      end
    else
      search[p.name] = p.default
      if p.of then search[p.name] = p.of[search.method] end
    end
  end
  if not search.trials then context.expected(where, "search.trials", nil, "how many configurations to try") end
  search.select = part_of(where, "select", t.select) or {name = "select"}
  search.report = part_of(where, "report", t.report)
  for _, part in ipairs {search.select, search.report} do
    if not part.datasets and not with_datasets then
      context.expected(where, part.name .. ".datasets", nil, "a list of data sets, as the experiment has no `datasets`")
    end
  end
  return search
end

local function better_of(where, name, spec)
  local names = {}
  for _, list in ipairs {require("ninetails.sweep").measures(), spec.extra} do
    for _, measure in ipairs(list) do
      if measure.name == name then
        if not measure.better then
          context.fail(where, "search.metric = '%s': it does not say whether higher or lower is better", name)
        end
        return measure.better
      end
      if measure.better then names[#names + 1] = measure.name end
    end
  end
  context.fail(where, "search.metric = '%s': no such metric: %s", name, context.instead(name, names))
end

-- What hangs on the rest of the experiment.
function settings.complete(where, search, spec)
  if #spec.detectors ~= 1 then
    context.fail(where, "search: it chooses the parameters of one detector, and there are %d", #spec.detectors)
  end
  for _, name in ipairs {"grace", "profile"} do
    local list = spec[name .. "s"]
    if #list ~= 1 then context.fail(where, "search: expected one %s, got %d to sweep over", name, #list) end
  end
  local detector = spec.detectors[1]
  if #detector.space == 0 then
    context.fail(where, "search: nothing to choose: expected a parameter of %s with nt.uniform(low, high), "
      .. "nt.log_uniform(low, high), nt.choice(...) or a list of values", detector.name)
  end
  if search.resource == "seeds" then
    if not detector.class.flags.seeded then
      context.fail(where, "search.resource = 'seeds': no seed matters to %s: expected 'packets'", detector.name)
    elseif #spec.seeds < search.eta ^ (search.rungs - 1) then
      context.fail(where, "search.resource = 'seeds': %d of them for %d rungs: expected at least %.0f (`repeats`), for one in "
        .. "the first", #spec.seeds, search.rungs, search.eta ^ (search.rungs - 1))
    end
  end
  search.better = better_of(where, search.metric, spec)
  search.seed = search.seed or spec.seeds[1]
end

return settings
