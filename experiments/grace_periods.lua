-- SPDX-License-Identifier: GPL-3.0-or-later
-- The grace periods: how many packets the feature map and the autoencoders learn from. What a data set is too short
-- for is skipped there, and said; where they reach past the first attack a warning says so.
local nt = require "ninetails"

local opt = nt.options {
  fm = {default = {100, 1000, 5000, 20000}, min = 0, help = "packets of the feature map's grace period"},
  ad = {default = {1000, 5000, 20000, 50000, 100000}, min = 0, help = "packets of the training"},
  packets = {default = 200000, min = 1000, max = 100000000, help = "packets of the synthetic capture"},
  most = {default = 3000000, min = 1, help = "leave out data sets of more packets"},
}

return nt.experiment {
  name = "grace_periods",
  title = "KitNET against the lengths of its two grace periods",
  datasets = {
    nt.available {attacks = true, most = opt.most},
    nt.synthetic {scenario = "fuzzing", packets = opt.packets, seed = 1, grace = {fm = 5000, ad = 50000}},
  },
  grace = {"recommended", {fm = opt.fm, ad = opt.ad}},
  detectors = {nt.kitnet {}},
  repeats = 3,
}
