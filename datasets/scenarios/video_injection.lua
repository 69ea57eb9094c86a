-- SPDX-License-Identifier: GPL-3.0-or-later
-- Public set: 4.2 % attack packets; the attack starts at packet 2,143,935 of 2,472,401 (86.7 %), so about 31
-- % of the packets after it. Here: the attacker's clip, sent to the recorder with a camera's address, ports,
-- SSRC and running sequence numbers while the camera goes on sending.
local network = require "datasets.scenarios.base.camera_network"
local laws = require "datasets.scenarios.base.laws"
return network.scenario("video_injection", "A clip injected into a camera's live stream.", {
  {behaviour = "arp_sweep", name = "injection_arp_sweep", from = "attacker", begin = 0.862, finish = 0.864,
   gap = laws.exponential(0.01, "chosen")},
  {behaviour = "inject", name = "video_injection", from = "attacker", to = "recorder", camera = "camera1",
   begin = 0.867, fps = 25, gop = 50, i_size = laws.i_picture(60000), p_size = laws.p_picture(13500)},
})
