-- SPDX-License-Identifier: GPL-3.0-or-later
-- Public set: 0.25 % attack packets, onset at 2,682,349 of 2,771,276 (96.8 %), 92.1 % benign after it; the
-- tool was hping3. Here: SYNs to a camera's web server, which answers while its backlog has room; the
-- attacker's own kernel, that knows of no such connection, resets what is answered.
local network = require "datasets.scenarios.base.camera_network"
local laws = require "datasets.scenarios.base.laws"
return network.scenario("syn_dos", "A SYN flood against a camera's web server.", {
  {behaviour = "syn_flood", name = "syn_flood", from = "attacker", to = "camera2", port = 80,
   begin = 0.968, share = 0.079, answered = 0.4,
   gap = laws.exponential(0.02, "chosen; replaced by the share of the public set")},
})
