-- SPDX-License-Identifier: GPL-3.0-or-later
-- KitNET's scores of every packet of one capture: figures fig-rmse-fuzzing, fig-rmse-mirai, and the notebook.
local nt = require "ninetails"

local opt = nt.options {
  dataset = {default = "", help = "a data set (`ninetails dataset list`); without one, a synthesised capture"},
  scenario = {default = "mirai", help = "of the synthesised capture"},
  packets = {default = 50000, min = 5000, max = 100000000, help = "of it"},
}

return nt.experiment {
  name = "paper.rmse",
  title = "KitNET's scores over the packets of a capture",
  datasets = {
    opt.dataset ~= "" and opt.dataset or nt.synthetic {scenario = opt.scenario, packets = opt.packets, seed = 1,
      -- in this scenario the attack begins early
      grace = {fm = opt.packets // 50, ad = opt.packets * (opt.scenario == "mirai" and 1 or 4) // 10}},
  },
  grace = "recommended",
  detectors = {nt.kitnet {}},
}
