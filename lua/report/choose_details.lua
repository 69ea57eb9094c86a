-- SPDX-License-Identifier: GPL-3.0-or-later
-- Of which runs a page has curves, scores and feature maps: of each data set the best configuration of every detector,
-- then the other configurations, best first, the data sets in turn, until there are as many as it may hold. Of repeats
-- the one with the median value stands for all.
local compare = require "ninetails.results.compare"

-- The configurations of a data set, best first: the best of each detector, then the rest.
local function order(a, place, metric, lower)
  local labels = {}
  for i, label in ipairs(a.methods) do
    if a.run[place][label] then labels[#labels + 1] = {label = label, at = i, value = a.run[place][label][metric]} end
  end
  table.sort(labels, function(x, y)
    if x.value ~= y.value then return (x.value > y.value) ~= lower end
    return x.at < y.at
  end)
  local first, rest, seen = {}, {}, {}
  for _, one in ipairs(labels) do
    local detector = a.detector[one.label]
    table.insert(seen[detector] and rest or first, one.label)
    seen[detector] = true
  end
  return table.move(rest, 1, #rest, #first + 1, first)
end

-- -> {{run =, label = , place =, of = how many repeats}, ...}, how many configurations there are in all.
return function(t, metric, better, most)
  local a = compare.arrange(t, t.chosen, metric)
  local queues, all, chosen = {}, 0, {}
  for i, place in ipairs(a.sets) do
    queues[i] = order(a, place, metric, better == "lower")
    all = all + #queues[i]
  end
  local turn = 1
  while #chosen < most and #chosen < all do
    for i, place in ipairs(a.sets) do
      local label = queues[i][turn]
      if label and #chosen < most then
        chosen[#chosen + 1] = {run = a.run[place][label], label = label, place = place, of = #a.same[place][label]}
      end
    end
    turn = turn + 1
  end
  if #a.sets == 0 then -- nothing is labelled: the first runs that are there
    for _, run in ipairs(t.chosen) do
      if run.status ~= "failed" and #chosen < most then
        chosen[#chosen + 1] = {run = run, label = run.detector or "?", place = run.dataset or "?", of = 1}
      end
      all = all + (run.status ~= "failed" and 1 or 0)
    end
  end
  return chosen, all
end
