-- SPDX-License-Identifier: GPL-3.0-or-later
-- Paired tests between runs of result files, where they apply (ninetails.comparison).
local comparison = require "ninetails.comparison"

local paired = {}

local names = {}
for _, name in ipairs(comparison.figures) do names[name] = true end

-- Whether the paired bootstrap has this figure.
function paired.has(name) return names[name] or false end

-- Quirks of the protocol change figures that the bootstrap takes from the scores as they are.
local function plain(run, name)
  if name:find("^tpr_") then
    return (run.smoothing or 0) <= 1 and (run.fpr_reference or "benign") == "benign"
  end
  return not (name == "auc" and (run.fold_auc == 1 or run.fold_auc == "true"))
end

-- The figure `name` of a test of runs x and y, {difference =, low =, high =, p =, method =}, or nil where it says
-- nothing about the column of that name. Without times there is no bootstrap: DeLong's test is left for the AUC.
function paired.figure(tested, x, y, name)
  if not (plain(x, name) and plain(y, name)) then return nil end
  for _, figure in ipairs(tested.figures) do
    if figure.name == name and figure.low == figure.low then
      figure.method = "paired blocks"
      return figure
    end
  end
  if name == "auc" and tested.delong.low == tested.delong.low then
    tested.delong.method = "paired DeLong"
    return tested.delong
  end
end

-- Settings of the test: those of the options, else those by which the runs were measured.
local function settings(run, options)
  local chosen = {replicates = options.replicates, seed = options.seed, decides = options.decides,
    metric = options.metric_of_test}
  for _, name in ipairs {"level", "block_seconds", "gap_seconds"} do chosen[name] = options[name] or run[name] end
  return chosen
end

-- Run x of table a against run y of table b -> comparison.pair's result, or nil and why not.
function paired.test(a, x, b, y, options)
  local good, result = pcall(comparison.pair, {path = a.path, key = x.run}, {path = b.path, key = y.run},
    settings(x, options))
  if good then return result end
  return nil, type(result) == "table" and result.message or tostring(result)
end

return paired
