-- SPDX-License-Identifier: GPL-3.0-or-later
-- What the features do to quality and speed: Kitsune-py's hundred (py100), the 115 of the released CSV files (csv115),
-- and the fast ones (stream), under the same detector. Rows of features have a profile already: only captures are
-- taken.
local nt = require "ninetails"

local opt = nt.options {
  packets = {default = 100000, min = 1000, max = 100000000, help = "packets of the synthetic capture"},
  most = {default = 500000, min = 1, help = "leave out data sets of more packets: the references are slow"},
}

return nt.experiment {
  name = "profiles",
  title = "py100 against csv115 against stream",
  datasets = {
    nt.available {attacks = true, capture = true, most = opt.most},
    nt.synthetic {scenario = "fuzzing", packets = opt.packets, seed = 1, grace = {fm = 2000, ad = 18000}},
  },
  profile = {"py100", "csv115", "stream"},
  detectors = {nt.kitnet {}},
  repeats = 3,
}
