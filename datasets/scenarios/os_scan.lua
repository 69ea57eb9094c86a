-- SPDX-License-Identifier: GPL-3.0-or-later
-- Public set: 3.87 % attack packets, onset at 1,314,658 of 1,697,851 (77.4 %), 82.9 % benign after it; the
-- tool was Nmap. Here: an ARP sweep, a SYN scan of the cameras' and the recorder's 1,000 lowest ports, and
-- its operating system probes, again and again.
local network = require "datasets.scenarios.base.camera_network"
local laws = require "datasets.scenarios.base.laws"
local targets = {"recorder", table.unpack(network.cameras)}
local onset = 0.774
return network.scenario("os_scan", "An Nmap-like scan for hosts, ports and operating systems.", {
  {behaviour = "arp_sweep", name = "scan_arp_sweep", from = "attacker", begin = onset, finish = onset + 0.01,
   gap = laws.exponential(0.01, "chosen")},
  {behaviour = "scan", name = "port_scan", from = "attacker", targets = targets, top = 1000, open = {80, 554},
   udp_part = 0.05, begin = onset, start = 0.5, share = 0.162,
   gap = laws.exponential(0.02, "chosen; replaced by the share of the public set")},
  {behaviour = "probe", name = "os_probes", from = "attacker", targets = targets, open = 80, closed = 1,
   begin = onset, start = 1, share = 0.009, gap = laws.exponential(0.1, "Nmap book, chapter 8: 100 ms apart")},
})
