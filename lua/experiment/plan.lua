-- SPDX-License-Identifier: GPL-3.0-or-later
-- A specification and the data sets that are here -> the plan that ninetails.sweep runs.
--
-- Beside the sweep's fields: skipped = {{name =, why =, absent =}}, warnings and notes (texts), and for each run `full`
-- (all of its parameters, defaults too), `dataset`, `profile`, and `configuration`, a number that the repeats share;
-- parameters = the names of all of them, in the order of tables.
local columns = require "ninetails.experiment.columns"
local context = require "ninetails.experiment.context"
local datasets = require "ninetails.experiment.datasets"
local detectors = require "ninetails.experiment.detectors"
local digest = require "ninetails.experiment.digest"
local filter = require "ninetails.cli.filter"
local options = require "ninetails.experiment.options"
local registry = require "ninetails.dataset.registry"
local text = require "ninetails.cli.text"

local plan = {}

local MOST_RUNS = 1000000

-- ------------------------------------------------------------------ grace periods

-- Those of a data set, and why others do not fit it. An unknown number of packets is not checked.
local function graces_of(spec, set)
  local list, unfit, seen = {}, {}, {}
  for _, grace in ipairs(spec.graces) do
    local pair = grace
    if grace == "recommended" then pair = set.grace end
    if not pair then
      context.fail(spec.where, "grace = 'recommended': data set %s recommends none: expected {fm =, ad =}", set.name)
    end
    local needed = pair.fm + 1 + pair.ad
    local key = ("%d %d"):format(pair.fm, pair.ad)
    if set.packets and needed >= set.packets then unfit[#unfit + 1] = pair
    elseif not seen[key] then
      seen[key] = true
      list[#list + 1] = {fm = pair.fm, ad = pair.ad}
    end
  end
  return list, unfit
end

local function pairs_text(list)
  local words = {}
  for i, pair in ipairs(list) do words[i] = ("fm=%d ad=%d"):format(pair.fm, pair.ad) end
  if #words > 4 then words = table.move({("... (%d in all)"):format(#words)}, 1, 1, 4, {table.unpack(words, 1, 3)}) end
  return table.concat(words, ", ")
end

-- Grace periods that fit not one of the data sets that the script names: a mistake, not a matter of what is here.
local function check_fit(spec, sets, misfits)
  local named
  for _, set in ipairs(sets) do
    if set.available then return end
    if set.packets and (not named or set.packets > named.packets) then named = set end
  end
  for key, count in pairs(misfits) do
    if count == #sets then
      context.fail(spec.where, "grace: %s: fm + 1 + ad leaves nothing to score: %s has %s packets", key, named.name,
        text.count(named.packets))
    end
  end
end

local function fit(spec, sets, out)
  local misfits = {}
  for _, set in ipairs(sets) do
    local list, unfit = graces_of(spec, set)
    set.graces = list
    for _, pair in ipairs(unfit) do
      local key = pairs_text {pair}
      misfits[key] = (misfits[key] or 0) + 1
    end
    if #unfit > 0 then
      out.skipped[#out.skipped + 1] = {name = set.name, why = ("%s: leaves nothing to score of its %s packets"):format(
        pairs_text(unfit), text.count(set.packets))}
    end
    local late = {}
    for _, pair in ipairs(list) do
      if set.clean and (set.attacks or 0) > 0 and pair.fm + 1 + pair.ad > set.clean then late[#late + 1] = pair end
    end
    if #late > 0 then
      out.warnings[#out.warnings + 1] = text.trains_on_attacks(set.name, pairs_text(late), set.clean)
    end
    for _, warning in ipairs(set.warnings) do
      out.warnings[#out.warnings + 1] = ("%s: %s"):format(set.name, warning)
    end
  end
  check_fit(spec, sets, misfits)
end

-- ------------------------------------------------------------------ detectors and inputs

-- Why a detector cannot work on a data set, or nil.
local function unfit(detector, set)
  local flags = detector.class.flags
  if not set.rows then return nil end
  if flags.capture then return "reads packets, and these are rows of features" end
  if flags.sizes then return "needs sizes of packets, and these are rows of features" end
  if flags.times and not set.origin:find("^files") then return "needs times, and these are rows of features" end
end

-- Seeds and profiles that matter to a detector: what cannot differ is run once.
local function seeds_of(spec, detector)
  return detector.class.flags.seeded and spec.seeds or {spec.seeds[1]}
end

local function profiles_of(spec, detector, set)
  if set and set.rows then return {set.profile or false} end
  return detector.class.flags.blind and {spec.profiles[1]} or spec.profiles
end

local function has(list, value)
  for _, one in ipairs(list) do
    if one == value then return true end
  end
  return false
end

local function notes(spec, out)
  local fixed, blind, oracles = {}, {}, {}
  for _, detector in ipairs(spec.detectors) do
    if detector.class.flags.oracle and not has(oracles, detector.name) then oracles[#oracles + 1] = detector.name end
    if #seeds_of(spec, detector) < #spec.seeds and not has(fixed, detector.name) then
      fixed[#fixed + 1] = detector.name
    end
    if #profiles_of(spec, detector) < #spec.profiles and not has(blind, detector.name) then
      blind[#blind + 1] = detector.name
    end
  end
  if #fixed > 0 then
    out.notes[1] = ("one run instead of %d where no seed matters: %s"):format(#spec.seeds, table.concat(fixed, ", "))
  end
  if #blind > 0 then
    out.notes[#out.notes + 1] = ("where features do not matter, profile %s only: %s"):format(spec.profiles[1],
      table.concat(blind, ", "))
  end
  if #oracles > 0 then
    out.notes[#out.notes + 1] = ("no detector but a bound, as it is shown the labels: %s"):format(
      table.concat(oracles, ", "))
  end
end

-- The input of a data set with a profile; its index in the plan.
local function input_of(out, set, profile)
  local key = set.name .. "/" .. (profile or "")
  if not out.index[key] then
    out.inputs[#out.inputs + 1] = {name = set.name, capture = set.capture, labels = set.labels, profile = profile,
      origin = set.origin, packets = set.packets, most = set.most, rows = set.rows}
    out.index[key] = #out.inputs
  end
  return out.index[key]
end

-- ------------------------------------------------------------------ runs

-- A text that is the same for the same configuration.
local function key_of(set, profile, grace, detector, full)
  local words = {set.name, profile or "", grace.fm, grace.ad, detector.name}
  for _, p in ipairs(detector.class.parameters) do words[#words + 1] = text.plain_or_word(full[p.name] or "") end
  return table.concat(words, "\0")
end

-- Keeps what the filters' columns have, for a message that nothing matches.
local function consider(out, filters, row)
  local words, part = {}, {}
  for i, f in ipairs(filters) do
    part[f.column] = row[f.column]
    words[i] = tostring(row[f.column])
  end
  local key = table.concat(words, "\0")
  if out.considered[key] then return end
  out.considered[key], out.considered[#out.considered + 1] = true, part
end

-- What the filters could have matched: of what was looked at, or where no data set was, the names of data sets.
local function there(spec, out, filters)
  if #out.considered > 0 then return filter.there(filters, out.considered) end
  local rows, by_dataset = {}, {}
  for i, name in ipairs(datasets.names(spec.datasets)) do rows[i] = {dataset = name} end
  for _, f in ipairs(filters) do
    if f.column == "dataset" then by_dataset[1] = f end
  end
  return filter.there(by_dataset, rows)
end

local function add_runs(spec, out, filters, set, profile, grace, detector, full)
  local key = key_of(set, profile, grace, detector, full)
  if out.known[key] then
    out.repeated = out.repeated + 1
    return
  end
  out.known[key] = true
  local row = {dataset = set.name, profile = profile, detector = detector.name, fm_grace = grace.fm,
    ad_grace = grace.ad}
  for name, value in pairs(full) do row[name] = value end
  local started = false
  for replicate, seed in ipairs(seeds_of(spec, detector)) do
    row.seed, row.replicate = seed, replicate
    if #out.runs == 0 then consider(out, filters, row) end
    if filter.keeps(filters, row) then
      if not started then out.configurations, started = out.configurations + 1, true end
      if #out.runs >= MOST_RUNS then context.fail(spec.where, "more than %s runs", text.count(MOST_RUNS)) end
      out.runs[#out.runs + 1] = {input = input_of(out, set, profile), detector = detector.name, lua = detector.lua,
        fm_grace = grace.fm, ad_grace = grace.ad, seed = seed, replicate = replicate,
        values = detectors.values(detector, full), full = full, dataset = set.name, profile = profile,
        configuration = out.configurations, code = out.code[detector.name]}
    end
  end
end

-- What a detector cannot do on a data set is reported once.
local function unusable(out, filters, set, detector, reported)
  local why = unfit(detector, set)
  local row = {dataset = set.name, detector = detector.name}
  if why and not reported[detector.name] and filter.keeps(filters, row, true) then
    reported[detector.name] = true
    out.skipped[#out.skipped + 1] = {name = set.name, why = ("%s %s"):format(detector.name, why)}
  end
  return why ~= nil
end

local function expand(spec, out, filters, set)
  local reported = {}
  for _, profile in ipairs(set.rows and {set.profile or false} or spec.profiles) do
    for _, grace in ipairs(set.graces) do
      for _, detector in ipairs(spec.detectors) do
        if has(profiles_of(spec, detector, set), profile) and not unusable(out, filters, set, detector, reported) then
          for _, full in ipairs(detector.configurations) do
            add_runs(spec, out, filters, set, profile or nil, grace, detector, full)
          end
        end
      end
    end
  end
end

-- Parameters of all detectors, each name once.
local function parameters_of(spec)
  local list, seen = {}, {}
  for _, detector in ipairs(spec.detectors) do
    for _, p in ipairs(detector.class.parameters) do
      if not seen[p.name] then list[#list + 1] = p end
      seen[p.name] = true
    end
  end
  return list
end

-- The columns that --only may name, with their types.
local function columns_of(spec)
  local list = table.move(columns.chosen, 1, #columns.chosen, 1, {})
  return table.move(parameters_of(spec), 1, #parameters_of(spec), #list + 1, list)
end

-- What the metrics in Lua are made of, in their order; nil: unknown.
local function metrics_code(spec)
  local texts = {}
  for i, metric in ipairs(spec.extra) do
    texts[i] = digest.of(spec.lua_metrics[metric.name], spec.globals or {})
    if not texts[i] then return nil end
  end
  return table.concat(texts, "\n")
end

-- more: only = list of filters, from = folder of data; or sets =, as datasets.find gives them. The caller adds output,
-- folder, jobs, ...
-- Raises {status = "missing", skipped =} when no data set is here, {status = "argument"} when no run passes `only`.
function plan.make(spec, more)
  registry.first_place(more.from)
  local filters = filter.parse(more.only or {}, columns_of(spec))
  local function wanted(name) return filter.keeps(filters, {dataset = name}, true) end
  local sets, skipped, warnings = more.sets, {}, {}
  if not sets then sets, skipped, warnings = datasets.find(spec.datasets, more.from, wanted) end
  local out = {runs = {}, inputs = {}, index = {}, known = {}, skipped = skipped, warnings = warnings, notes = {},
    configurations = 0, repeated = 0, code = {}, considered = {}}
  for name, definition in pairs(spec.lua_detectors) do out.code[name] = digest.of(definition, spec.globals or {}) end
  fit(spec, sets, out)
  for _, set in ipairs(sets) do expand(spec, out, filters, set) end
  notes(spec, out)
  if out.repeated > 0 then
    out.notes[#out.notes + 1] = ("%s listed more than once, and run once"):format(
      text.plural(out.repeated, "configuration"))
  end
  if #out.runs == 0 then
    if #filters > 0 and (#sets > 0 or #skipped == 0) then
      error({status = "argument", message = ("--only %s: no run is left: %s"):format(table.concat(more.only, " --only "),
        there(spec, out, filters))}, 0)
    end
    error({status = "missing", message = "no data set to run on", skipped = skipped, warnings = out.warnings}, 0)
  end
  local names = {}
  for i, p in ipairs(parameters_of(spec)) do names[i] = p.name end
  return {name = spec.name, title = spec.title, inputs = out.inputs, runs = out.runs, measures = spec.measures,
    extra = spec.extra, extra_code = metrics_code(spec), keep_scores = spec.keep_scores, compression = spec.compression,
    run_seconds = spec.run_seconds,
    script = {path = spec.chunk, text = spec.text, options = options.text(spec.set or {}),
      set = spec.set or {}}, skipped = out.skipped,
    warnings = out.warnings, notes = out.notes, configurations = out.configurations,
    parameters = names}
end

return plan
