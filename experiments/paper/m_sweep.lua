-- SPDX-License-Identifier: GPL-3.0-or-later
-- AUC against m, the most features of an autoencoder: figure fig-m-sweep.
local nt = require "ninetails"

local opt = nt.options {
  data = {default = "here", choices = {"smoke", "here"},
    help = "smoke: four synthesised captures; here: all labelled data sets that are here or can be made"},
  packets = {default = 20000, min = 5000, max = 100000000, help = "packets of each synthesised capture"},
  m = {default = {1, 2, 5, 10, 20, 35, 50, 100}, min = 1, help = "most features of an autoencoder"},
}

local datasets = {}
if opt.data == "smoke" then
  for _, scenario in ipairs {"os_scan", "fuzzing", "ssdp_flood", "mirai"} do
    table.insert(datasets, nt.synthetic {scenario = scenario, packets = opt.packets, seed = 1,
      -- in Mirai's the attack begins early
      grace = {fm = opt.packets // 50, ad = opt.packets * (scenario == "mirai" and 1 or 4) // 10}})
  end
else
  datasets[1] = nt.available {attacks = true, synthetic = true}
end

return nt.experiment {
  name = "paper.m_sweep",
  title = "KitNET's AUC against m: figure fig-m-sweep",
  datasets = datasets,
  detectors = {nt.kitnet {max_autoencoder = opt.m}},
  repeats = 3,
  keep_scores = false,
}
