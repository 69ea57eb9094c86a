-- SPDX-License-Identifier: GPL-3.0-or-later
-- Public set: 4.2 % attack packets, from 1,320,000 of 2,207,571 (59.8 %) on, about 10.4 % of what follows;
-- the tool was THC. Here: TLS 1.2 connections to a camera in which the client asks for one new handshake
-- after the other.
local network = require "datasets.scenarios.base.camera_network"
local dialogues = require "datasets.scenarios.base.dialogues"
local laws = require "datasets.scenarios.base.laws"
local lines = table.move(dialogues.tls12, 1, #dialogues.tls12, 1, {})
lines[#lines + 1] = {
  repeat_times = laws.exponential(120, "chosen: renegotiations of one connection"),
  lines = {
    {sender = "client", tls = "renegotiate_hello",
     think = laws.exponential(0.33, "chosen: 4 copies make the share of the public set")},
    {sender = "server", tls = "renegotiate_server", think = laws.think},
    {sender = "client", tls = "renegotiate_key", think = 0.0008},
    {sender = "server", tls = "server_finished_12", think = laws.think},
  },
}
return network.scenario("ssl_renegotiation", "TLS renegotiation without end, against a camera.", {
  {behaviour = "dialogue", name = "ssl_renegotiation", from = "attacker", to = "camera1", port = 443,
   closes = "reset", begin = 0.598, share = 0.1044, copies = 4, lines = lines,
   start = laws.uniform(0, 0.5, "chosen"),
   gap = laws.exponential(0.5, "chosen")},
})
