-- SPDX-License-Identifier: GPL-3.0-or-later
-- Public set: 19.29 % attack packets, onset at 1,300,005 of 2,244,139 (57.9 %), 54.2 % benign after it; the
-- tool was SFuzz, against the cameras' web servers. Here: HTTP requests to their CGI programs, most of them
-- damaged. Such requests are meant to be wrong: tshark may well complain about their text.
local network = require "datasets.scenarios.base.camera_network"
local dialogues = require "datasets.scenarios.base.dialogues"
local laws = require "datasets.scenarios.base.laws"

local requests = {}
for i, path in ipairs{"/cgi-bin/param.cgi?action=list&group=%{random}", "/cgi-bin/login.cgi?user=admin&pwd=%{random}",
                      "/cgi-bin/ptz.cgi?move=left&speed=%{digit}", "/cgi-bin/viewer/video.jpg?resolution=640x480",
                      "/web/cgi-bin/hi3510/param.cgi?cmd=getuser"} do
  requests[i] = dialogues.crlf{"GET " .. path .. " HTTP/1.1", "Host: %{server}", "User-Agent: sfuzz",
                               "Authorization: Basic %{random}", "Connection: close", ""}
end
local refusals = {}
for i, status in ipairs{"400 Bad Request", "401 Unauthorized", "404 Not Found", "500 Internal Server Error"} do
  refusals[i] = dialogues.crlf{"HTTP/1.1 " .. status, "Server: IPCamera-Web", "Content-Type: text/html",
                               "Content-Length: %{body}", "Connection: close", ""}
end

return network.scenario("fuzzing", "Damaged requests to the cameras' web servers.", {
  {behaviour = "dialogue", name = "web_fuzzing", from = "attacker", targets = network.cameras, port = 80,
   closes = "server", begin = 0.579, share = 0.458, copies = 2, start = laws.uniform(0, 0.1, "chosen"),
   gap = laws.exponential(0.03, "chosen: 2 copies make the share of the public set"),
   lines = {
     {sender = "client", text = requests, mutate = 0.9, think = 0.0005},
     {sender = "server", text = refusals, think = laws.think, fill = "text",
      body = laws.uniform(90, 700, "chosen: an error page")},
   }},
})
