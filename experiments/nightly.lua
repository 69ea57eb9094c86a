-- SPDX-License-Identifier: GPL-3.0-or-later
-- What `ninetails bench nightly` looks at each night for quality: the same captures, seeds and detectors each time, so that a
-- figure that moves was moved by the code. By itself: ninetails run nightly -o results/nightly.h5
local nt = require "ninetails"

local opt = nt.options {
  packets = {default = 20000, min = 2000, max = 100000000, help = "packets of each synthetic capture"},
  available = {default = false, help = "take every labelled data set that is here, too"},
  most = {default = 400000, min = 1, help = "of these leave out those of more packets"},
}

local grace = {fm = opt.packets // 20, ad = opt.packets // 4}
local datasets = {}
for _, scenario in ipairs {"fuzzing", "os_scan", "ssdp_flood"} do
  datasets[#datasets + 1] = nt.synthetic {scenario = scenario, packets = opt.packets, seed = 1, grace = grace}
end
if opt.available then
  datasets[#datasets + 1] = nt.available {attacks = true, capture = true, most = opt.most}
end

return nt.experiment {
  name = "nightly",
  title = "The same captures, seeds and detectors every night",
  datasets = datasets,
  grace = "recommended",
  profile = {"stream", "py100"},
  detectors = {nt.kitnet {max_autoencoder = {1, 10}}, nt.packet_length {}},
  seed = 1,
}
