-- SPDX-License-Identifier: GPL-3.0-or-later
-- Public set: 45.7 % attack packets, from 1,300,000 of 2,504,267 (51.9 %) on, that is 95 % of what follows;
-- the tool was Ettercap, and all that passed through the man in the middle is labelled. Here: an ARP sweep,
-- then forged replies to everybody; the mirror port sees each turned frame twice (to the attacker, and passed
-- on), both labelled.
local network = require "datasets.scenarios.base.camera_network"
local laws = require "datasets.scenarios.base.laws"
local onset = 0.519
return network.scenario("arp_mitm", "A man in the middle by ARP spoofing, between all hosts of the network.", {
  {behaviour = "arp_sweep", name = "mitm_arp_sweep", from = "attacker", begin = onset - 0.002, finish = onset,
   gap = laws.exponential(0.01, "Ettercap's default: 10 ms between ARP requests")},
  {behaviour = "arp_spoof", name = "arp_mitm", from = "attacker", begin = onset,
   victims = {"recorder", "router", "viewer", "workstation", "tablet", table.unpack(network.cameras)},
   gap = laws.uniform(9.9, 10.1, "Ettercap's default: forged replies every 10 s"),
   hold = {law = "lognormal", median = 0.00025, sigma = 0.5, max = 0.01, source = "chosen: user space forwarding"}},
})
