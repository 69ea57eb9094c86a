-- SPDX-License-Identifier: GPL-3.0-or-later
-- Every detector on every labelled data set that is here, each with what it learns from the same grace periods. Then
-- `ninetails results compare results/baselines.h5` makes tables, tests and ranks of it; docs/baselines.md is one reading.
local nt = require "ninetails"

local opt = nt.options {
  detectors = {default = {"all"}, help = "which"},
  except = {default = {"suricata"}, help = "which not; suricata needs its program, or its alerts"},
  synthetic = {default = false, help = "take the ten synthetic data sets too (2 million packets)"},
  packets = {default = 100000, min = 1000, max = 100000000, help = "packets of the synthetic capture"},
  fold_auc = {default = false, help = "report max(AUC, 1 - AUC) as the paper's scripts do"},
  learning = {default = {"always", "grace"}, choices = {"always", "grace"},
    help = "what online detectors learn from: all that they have scored, or the grace periods only"},
  most = {default = 3000000, min = 1, help = "leave out data sets of more packets"},
}

local function has(list, name)
  for _, item in ipairs(list) do
    if item == name then return true end
  end
  return false
end

-- Online detectors go on learning from what they score, attacks too, which KitNET does not: both ways.
local function configurations(class)
  for _, p in ipairs(class.parameters) do
    if p.name == "learning" then return {learning = opt.learning} end
  end
  return {}
end

local wanted = {}
for _, class in ipairs(nt.detectors()) do
  local taken = has(opt.detectors, "all") or has(opt.detectors, class.name)
  if taken and not has(opt.except, class.name) then wanted[#wanted + 1] = nt[class.name](configurations(class)) end
end

return nt.experiment {
  name = "baselines",
  title = "Every detector on every data set. Afterwards: ninetails results compare results/baselines.h5",
  datasets = {
    nt.available {attacks = true, most = opt.most, synthetic = opt.synthetic},
    nt.synthetic {scenario = "fuzzing", packets = opt.packets, seed = 1, grace = {fm = 2000, ad = 18000}},
  },
  grace = "recommended",
  detectors = wanted,
  repeats = 5,
  metrics = {fold_auc = opt.fold_auc},
}
