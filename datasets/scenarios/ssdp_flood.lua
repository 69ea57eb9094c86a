-- SPDX-License-Identifier: GPL-3.0-or-later
-- Public set: 35.31 % attack packets, onset at 2,613,442 of 4,077,266 (64.1 %), 1.7 % benign after it; the
-- tool was Saddam. Here: searches with the recorder's address as their source, to which every camera answers
-- several times.
local network = require "datasets.scenarios.base.camera_network"
local laws = require "datasets.scenarios.base.laws"
return network.scenario("ssdp_flood", "Cameras made to flood the recorder with SSDP answers.", {
  {behaviour = "ssdp_flood", name = "ssdp_flood", from = "attacker", to = "recorder", reflectors = network.cameras,
   begin = 0.641, share = 0.983, copies = 8, answers = 8,
   start = laws.uniform(0, 0.02, "chosen"), text = network.ssdp_search, reply = network.ssdp_answers,
   complaint = laws.exponential(8, "Linux: one ICMP error a second to each host; here of 8 copies"),
   gap = laws.exponential(0.002, "chosen; replaced by the share of the public set")},
})
