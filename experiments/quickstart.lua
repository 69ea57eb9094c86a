-- SPDX-License-Identifier: GPL-3.0-or-later
-- How much does KitNET's quality depend on the size of its autoencoders, and on how long it trains? 3 x 3
-- configurations with 3 seeds each on a made-up capture: 27 runs, which share one extraction and one correlation
-- matrix.
local nt = require "ninetails"

local opt = nt.options {
  packets = {default = 50000, min = 20000, max = 100000000, help = "packets of the synthetic capture"},
  scenario = {default = "fuzzing", help = "what happens in it (`ninetails dataset synth --help` lists them)"},
}

return nt.experiment {
  name = "quickstart",
  title = "Size of the autoencoders x length of the training",
  datasets = {nt.synthetic {scenario = opt.scenario, packets = opt.packets, seed = 1}},
  grace = {fm = 2000, ad = {4000, 8000, 16000}},
  detectors = {nt.kitnet {max_autoencoder = {1, 10, 30}}},
  repeats = 3,
  seed = 1,
}
