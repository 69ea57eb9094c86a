-- SPDX-License-Identifier: GPL-3.0-or-later
-- One configuration for each detector and data set, chosen without the labels that it is tested on.
--
-- The rule, of the configurations of a detector that have a value on a data set:
--     "only one"                there is no other
--     "on N other data sets"    best mean rank on all other data sets where each of them has a value
--     "defaults"                no such data set: every parameter that was varied is at its default
--     "nearest to the defaults" the fewest parameters differ; of these, by the least factors
-- Where nothing of it holds of one alone, none is chosen. Data sets are data sets: other profiles of the tested one are
-- not others. What all configurations came to goes beside it, as mean and standard deviation.
local statistics = require "ninetails.results.statistics"

local choose = {}

-- ------------------------------------------------------------------ on other data sets

-- Adds the rank that each label has by its value, 1 for the best, equal ones the mean of theirs.
local function add_ranks(ranks, labels, value_of, sign)
  for _, label in ipairs(labels) do
    local better, equal = 0, 0
    for _, other in ipairs(labels) do
      local d = sign * (value_of(other) - value_of(label))
      if d > 0 then better = better + 1 elseif d == 0 then equal = equal + 1 end
    end
    ranks[label] = (ranks[label] or 0) + better + (equal + 1) / 2
  end
end

local function all_have(a, set, labels)
  for _, label in ipairs(labels) do
    if not a.run[set][label] then return false end
  end
  return true
end

-- The best of labels elsewhere, how many data sets that is; nil where there is none, or several are the best.
local function elsewhere(a, set, labels, metric, sign)
  local ranks, others, count = {}, {}, 0
  for _, other in ipairs(a.sets) do
    if a.dataset[other] ~= a.dataset[set] and all_have(a, other, labels) then
      add_ranks(ranks, labels, function(label) return a.run[other][label][metric] end, sign)
      if not others[a.dataset[other]] then others[a.dataset[other]], count = true, count + 1 end
    end
  end
  if count == 0 then return nil end
  local best, ties = labels[1], 1
  for i = 2, #labels do
    local label = labels[i]
    if ranks[label] < ranks[best] then best, ties = label, 1
    elseif ranks[label] == ranks[best] then ties = ties + 1 end
  end
  if ties == 1 then return best, ("on %d other data set%s"):format(count, count == 1 and "" or "s") end
end

-- ------------------------------------------------------------------ by the defaults

local tables -- of parameters that every run has

-- The default of a column for a detector, or nil: not known, as of detectors in Lua.
local function default_of(class, name)
  tables = tables or require("ninetails.sweep").tables()
  for _, parameters in ipairs {class and class.parameters or {}, tables.run, tables.measures} do
    for _, p in ipairs(parameters) do
      if (p.column or p.name) == name then
        if type(p.default) == "boolean" then return p.default and 1 or 0 end
        return p.default
      end
    end
  end
end

-- How many of the columns differ from their defaults, by which factors in all (logarithms); nil: a default is not known.
local function distance(a, run, class)
  local count, factor = 0, 0
  for _, column in ipairs(a.columns) do
    local value = run[column.name]
    if value ~= nil and column.role == "parameter" then
      local default = default_of(class, column.name)
      if default == nil then return nil end
      if value ~= default then
        count = count + 1
        local positive = type(value) == "number" and type(default) == "number" and value > 0 and default > 0
        factor = factor + (positive and math.abs(math.log(value / default)) or 0)
      end
    end
  end
  return count, factor
end

local function nearest(a, set, labels, class)
  local best, ties, least, by
  for _, label in ipairs(labels) do
    local count, factor = distance(a, a.run[set][label], class)
    if not count then return nil end
    local nearer = not best or count < least or count == least and factor < by - 1e-12
    if nearer then best, ties, least, by = label, 1, count, factor
    elseif count == least and math.abs(factor - by) <= 1e-12 then ties = ties + 1 end
  end
  if ties == 1 then return best, least == 0 and "defaults" or "nearest to the defaults" end
end

-- ------------------------------------------------------------------ all of them

local function choice(a, set, labels, metric, sign, class)
  local chosen, rule
  if #labels == 1 then chosen, rule = labels[1], "only one" end
  if not chosen then chosen, rule = elsewhere(a, set, labels, metric, sign) end
  if not chosen then chosen, rule = nearest(a, set, labels, class) end
  local values = {}
  for i, label in ipairs(labels) do values[i] = a.run[set][label][metric] end
  local mean, deviation = statistics.of(values)
  return {label = chosen, rule = rule or "none", of = #labels, mean = mean, deviation = deviation}
end

-- Configurations of one detector that have a value on this data set, in the order of the file.
local function labels_of(a, set, detector)
  local labels = {}
  for _, label in ipairs(a.methods) do
    if a.detector[label] == detector and a.run[set][label] then labels[#labels + 1] = label end
  end
  return labels
end

-- a: of compare.arrange, a method a configuration; class_of(name): a detector's class, or nil.
-- -> the same, a method a detector; choice[set][detector] = {label =, rule =, of =, mean =, deviation =}: label nil:
-- none was chosen, and run[set][detector] is nil. several: whether any has more than one configuration.
function choose.by_detector(a, metric, better, class_of)
  local c = {methods = {}, sets = a.sets, dataset = a.dataset, run = {}, same = {}, choice = {}, detector = {},
    kind = {}, columns = a.columns, repeats = a.repeats, missing = a.missing, several = false}
  for _, label in ipairs(a.methods) do
    local detector = a.detector[label]
    if not c.detector[detector] then c.methods[#c.methods + 1] = detector end
    c.detector[detector] = detector
    if c.kind[detector] ~= "bound" then c.kind[detector] = a.kind[label] end
  end
  for _, set in ipairs(a.sets) do
    c.run[set], c.same[set], c.choice[set] = {}, {}, {}
    for _, detector in ipairs(c.methods) do
      local labels = labels_of(a, set, detector)
      if #labels > 0 then
        local chosen = choice(a, set, labels, metric, better == "lower" and -1 or 1, class_of(detector))
        c.choice[set][detector] = chosen
        c.several = c.several or #labels > 1
        if chosen.label then
          c.run[set][detector], c.same[set][detector] = a.run[set][chosen.label], a.same[set][chosen.label]
        end
      end
    end
  end
  return c
end

-- For tables: by data set a list of {detector =, configuration =, rule =, of =, mean =, deviation =}, in the order of methods;
-- nil where no detector has several configurations.
function choose.listed(c)
  if not c.several then return nil end
  local listed = {}
  for _, set in ipairs(c.sets) do
    listed[set] = {}
    for _, detector in ipairs(c.methods) do
      local choice = c.choice[set][detector]
      if choice then
        local words = choice.label and choice.label:sub(#detector + 2)
        table.insert(listed[set], {detector = detector, configuration = words, rule = choice.rule, of = choice.of,
          mean = choice.mean, deviation = choice.deviation})
      end
    end
  end
  return listed
end

return choose
