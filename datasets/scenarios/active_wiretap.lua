-- SPDX-License-Identifier: GPL-3.0-or-later
-- Public set: 40.5 % attack packets, from 1,300,000 of 2,278,689 (57.0 %) on, that is 94 % of what follows; a
-- Raspberry Pi as a network bridge on an exposed cable, and all that passed through it is labelled. Here:
-- every frame from or to the recorder is held for a moment and keeps its bytes, so only the times tell.
local network = require "datasets.scenarios.base.camera_network"
return network.scenario("active_wiretap", "A bridge put into the recorder's cable.", {
  {behaviour = "bridge", name = "active_wiretap", begin = 0.5705, behind = {"recorder"},
   hold = {law = "lognormal", median = 0.00045, sigma = 0.6, min = 0.00015, max = 0.02,
           source = "chosen: software bridge with the Ethernet port on USB"}},
})
