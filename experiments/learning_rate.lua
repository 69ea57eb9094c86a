-- SPDX-License-Identifier: GPL-3.0-or-later
-- The learning rate, alone and together with the hidden layer's size: an even sweep, then draws around it. Kitsune-py
-- has 0.1 and 0.75, the authors' C++ program 0.01 and 0.7, with other epsilons.
local nt = require "ninetails"

local opt = nt.options {
  rates = {default = 9, min = 2, max = 1000, help = "learning rates from 0.001 to 1, evenly spread on a log scale"},
  draws = {default = 20, min = 1, max = 100000, help = "random pairs of learning rate and hidden ratio"},
  packets = {default = 100000, min = 1000, max = 100000000, help = "packets of the synthetic capture"},
  most = {default = 3000000, min = 1, help = "leave out data sets of more packets"},
}

return nt.experiment {
  name = "learning_rate",
  title = "KitNET against learning rate and hidden ratio",
  datasets = {
    nt.available {attacks = true, most = opt.most},
    nt.synthetic {scenario = "fuzzing", packets = opt.packets, seed = 1, grace = {fm = 2000, ad = 18000}},
  },
  detectors = {
    nt.kitnet {learning_rate = nt.log_uniform(0.001, 1, opt.rates)},
    nt.kitnet {nt.random(opt.draws, {learning_rate = nt.log_uniform(0.001, 1), hidden_ratio = nt.uniform(0.1, 1)})},
    nt.kitnet {learning_rate = 0.01, hidden_ratio = 0.7, execute_epsilon = 1},
  },
  repeats = 3,
}
