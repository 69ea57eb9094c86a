-- SPDX-License-Identifier: GPL-3.0-or-later
-- nt.experiment {...}: everything that it says is checked here, before anything runs. What comes of it:
--
--     name, title, datasets (nodes), profiles, graces ({fm =, ad =} or "recommended"), detectors (with configurations),
--     seeds, measures, extra, keep_scores, compression, run_seconds, finish, lua_detectors, lua_metrics, where,
--     search (lua/search/settings.lua; nil: a sweep)
local columns = require "ninetails.experiment.columns"
local context = require "ninetails.experiment.context"
local datasets = require "ninetails.experiment.datasets"
local detectors = require "ninetails.experiment.detectors"
local measures = require "ninetails.experiment.measures"
local options = require "ninetails.experiment.options"
local settings = require "ninetails.search.settings"
local values = require "ninetails.experiment.values"

local specification = {}

local Specification = {__name = "experiment"}
Specification.__index = Specification

function specification.is(value) return getmetatable(value) == Specification end

function Specification:__tostring()
  local parts = {}
  for _, detector in ipairs(self.detectors) do
    parts[#parts + 1] = ("%s x %d"):format(detector.name, #detector.configurations)
  end
  return ("experiment %s: %s; %d grace period%s, %d profile%s, %d seed%s"):format(self.name, table.concat(parts, ", "),
    #self.graces, #self.graces == 1 and "" or "s", #self.profiles, #self.profiles == 1 and "" or "s", #self.seeds,
    #self.seeds == 1 and "" or "s")
end

local fields = {}
for _, field in ipairs(require("ninetails.experiment.reference").fields) do fields[field[1]] = true end

local DEFAULT_SEED = 1234 -- Kitsune-py's
local MOST_SEED = 0xffffffff

local function check_name(where, t, script)
  local name = t.name
  if name == nil and script.source then name = script.source:sub(2):match("([^/]+)%.lua$") end
  if type(name) ~= "string" or not name:find("^[%w_][%w_.-]*$") or #name > 100 then
    context.expected(where, "name", name, "letters, digits, _ . and -")
  end
  if t.title ~= nil and type(t.title) ~= "string" then context.expected(where, "title", t.title, "a text") end
  return name
end

local function profiles_of(where, raw)
  if raw == nil then raw = "stream" end
  if type(raw) == "string" then raw = {raw} end
  context.check_list(where, "profile", raw, "a profile or a list of them")
  local seen, list = {}, {}
  for i, profile in ipairs(raw) do
    local path = ("profile[%d]"):format(i)
    list[i] = values.check(where, path, {type = "choice", choices = require("ninetails.sweep").tables().profiles}, profile)
    if seen[profile] then context.fail(where, "%s = '%s' is there twice", path, profile) end
    seen[profile] = true
  end
  return list
end

local grace_owner = {of = "grace period", list = {
  {name = "fm", type = "integer", least = 0, most = 1 << 53},
  {name = "ad", type = "integer", least = 0, most = 1 << 53},
}}

-- "recommended", {fm =, ad =} with values to sweep over, a group, or a list of these.
local function graces_of(where, raw, stream)
  if raw == nil then raw = "recommended" end
  if raw == "recommended" then return {raw} end
  if type(raw) ~= "table" then
    context.expected(where, "grace", raw, "'recommended', {fm =, ad =} or a list of them")
  end
  local list = {}
  local function add(path, t)
    if t == "recommended" then
      list[#list + 1] = t
      return
    end
    if values.is_group(t) then t = {t} end
    if type(t) ~= "table" then context.expected(where, path, t, "'recommended' or {fm =, ad =}") end
    for _, pair in ipairs(values.expand(where, path, t, grace_owner, stream)) do
      for _, key in ipairs {"fm", "ad"} do
        if not pair[key] then context.expected(where, context.join(path, key), nil, "a number of packets") end
      end
      list[#list + 1] = pair
    end
  end
  local is_list = not values.is_group(raw) and raw.fm == nil and raw.ad == nil and raw[1] ~= nil
  if not is_list then
    add("grace", raw)
    return list
  end
  context.check_list(where, "grace", raw, "a list of grace periods")
  for i, item in ipairs(raw) do add(("grace[%d]"):format(i), item) end
  return list
end

local function seeds_of(where, t, override)
  local repeats, seed, seeds = t.repeats, t.seed, t.seeds
  if seeds ~= nil and (repeats ~= nil or seed ~= nil) then
    context.fail(where, "seeds: expected either seeds, or seed and repeats")
  end
  if override.seeds and (override.seed or override.repeats) then
    error({status = "argument", message = "--set seeds: expected either seeds, or seed and repeats"}, 0)
  end
  if override.seeds then seeds, seed, repeats = override.seeds, nil, nil
  elseif override.seed or override.repeats then
    if seeds then seed, repeats, seeds = seeds[1], #seeds, nil end
    seed, repeats = override.seed or seed, override.repeats or repeats
  end
  if seeds == nil then
    seed = seed == nil and DEFAULT_SEED or datasets.whole(where, "seed", seed, 1, MOST_SEED)
    repeats = repeats == nil and 1 or datasets.whole(where, "repeats", repeats, 1, 100000)
    if seed + repeats - 1 > MOST_SEED then context.fail(where, "seed + repeats: expected at most %d", MOST_SEED) end
    seeds = {}
    for i = 1, repeats do seeds[i] = seed + i - 1 end
  end
  if type(seeds) == "number" then seeds = {seeds} end
  context.check_list(where, "seeds", seeds, "a list of whole numbers")
  local list, seen = {}, {}
  for i, value in ipairs(seeds) do
    local path = ("seeds[%d]"):format(i)
    list[i] = datasets.whole(where, path, value, 1, MOST_SEED)
    if seen[list[i]] then context.fail(where, "%s = %d is there twice", path, list[i]) end
    seen[list[i]] = true
  end
  return list
end

function specification.new(where, t)
  if type(t) ~= "table" then context.expected(where, "experiment", t, "a table: nt.experiment {...}") end
  if t.options ~= nil then
    context.fail(where, "options: declare them before, so that the script can read them: "
      .. "local opt = nt.options {...}")
  end
  context.check_keys(where, "", t, fields, "field of an experiment")
  local script = context.current()
  local override = options.overrides(script)
  local name = check_name(where, t, script)
  local seeds = seeds_of(where, t, override)
  local stream = {seed = seeds[1], name = name}
  local nodes = override.datasets or t.datasets
  local search = settings.check(where, t, nodes ~= nil)
  if nodes == nil and not search then context.expected(where, "datasets", nil, "a list of data sets") end
  if t.detectors == nil then context.expected(where, "detectors", nil, "a list of detectors") end
  local spec = {name = name, title = t.title, where = where, seeds = seeds,
    datasets = nodes and datasets.list(where, nodes) or {}, search = search,
    profiles = profiles_of(where, override.profile or t.profile), graces = graces_of(where, t.grace, stream),
    keep_scores = t.keep_scores ~= false,
    compression = t.compression ~= nil and datasets.whole(where, "compression", t.compression, 0, 9) or nil}
  if t.keep_scores ~= nil and type(t.keep_scores) ~= "boolean" then
    context.expected(where, "keep_scores", t.keep_scores, "true or false")
  end
  local limit = t.run_seconds
  if limit ~= nil and not (type(limit) == "number" and limit > 0 and limit < math.huge) then
    context.expected(where, "run_seconds", limit, "a number of seconds, more than 0")
  end
  spec.run_seconds = limit
  if t.finish ~= nil and type(t.finish) ~= "function" then context.expected(where, "finish", t.finish, "a function") end
  spec.finish = t.finish
  spec.detectors, spec.lua_detectors = detectors.resolve(where, t.detectors, stream, search ~= nil)
  spec.measures, spec.extra, spec.lua_metrics = measures.resolve(where, t.metrics)
  if search then settings.complete(where, search, spec) end
  columns.check(spec)
  script.made = setmetatable(spec, Specification)
  return spec
end

return specification
