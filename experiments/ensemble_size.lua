-- SPDX-License-Identifier: GPL-3.0-or-later
-- The size of the ensemble: from one autoencoder for each feature (m = 1) to one for them all. Maps are cut from the
-- same correlations, so that the sizes cost a training each and nothing more.
local nt = require "ninetails"

local opt = nt.options {
  m = {default = {1, 2, 5, 10, 20, 35, 50, 100}, min = 1, help = "most features of one autoencoder"},
  packets = {default = 100000, min = 1000, max = 100000000, help = "packets of the synthetic capture"},
  most = {default = 3000000, min = 1, help = "leave out data sets of more packets"},
}

return nt.experiment {
  name = "ensemble_size",
  title = "KitNET against m, the most features of one autoencoder",
  datasets = {
    nt.available {attacks = true, most = opt.most},
    nt.synthetic {scenario = "fuzzing", packets = opt.packets, seed = 1, grace = {fm = 2000, ad = 18000}},
  },
  grace = "recommended",
  detectors = {nt.kitnet {max_autoencoder = opt.m}},
  repeats = 5,
}
