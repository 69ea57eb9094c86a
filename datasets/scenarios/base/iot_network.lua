-- SPDX-License-Identifier: GPL-3.0-or-later
-- The Wi-Fi network of the Mirai scenario: nine IoT devices and three PCs behind one router, no recorder.
-- About 40 packets/s, as the public Mirai set has before its onset (121,621 packets in some 52 minutes).
local laws = require "datasets.scenarios.base.laws"
local dialogues = require "datasets.scenarios.base.dialogues"
local camera_network = require "datasets.scenarios.base.camera_network"
local network = {}

local things = {"webcam1", "webcam2", "baby_monitor", "doorbell1", "doorbell2", "thermostat", "plug", "speaker", "fridge"}
local people = {"laptop", "desktop", "phone"}

local function wireless(name, last, stack)
  return {name = name, ip = "192.168.5." .. last, mac = string.format("02:4e:54:00:05:%02x", last), stack = stack,
          delay = 0.002, mbps = 30}
end

function network.hosts()
  local list = {}
  for i, name in ipairs(things) do list[i] = wireless(name, 10 + i, i <= 3 and "camera" or "embedded") end
  list[#list + 1] = {name = "router", ip = "192.168.5.1", mac = "02:4e:54:00:05:01", delay = 0.0001, mbps = 1000}
  local stacks = {"windows", "linux", "bsd"}
  for i, name in ipairs(people) do list[#list + 1] = wireless(name, 40 + i, stacks[i]) end
  local far = {{"ntp_server", "198.51.100.123", 0.008, 7}, {"web_server", "203.0.113.10", 0.012, 9},
               {"shop_server", "203.0.113.11", 0.035, 14}, {"cloud", "203.0.113.80", 0.022, 11},
               {"bot_master", "192.0.2.66", 0.06, 15}, {"victim_site", "192.0.2.80", 0.04, 12},
               {"open_telnet1", "198.51.100.23", 0.09, 16}, {"open_telnet2", "198.51.100.77", 0.13, 19},
               {"open_telnet3", "203.0.113.201", 0.07, 13}}
  for _, f in ipairs(far) do
    list[#list + 1] = {name = f[1], ip = f[2], via = "router", delay = f[3], hops = f[4], mbps = 50}
  end
  return list
end

function network.activities()
  local list, talking = {}, {}
  for i, thing in ipairs(things) do
    talking[#talking + 1] = {thing, "router"}
    list[#list + 1] = {
      behaviour = "dialogue", name = "cloud_report", from = thing, to = "cloud", port = 443, loss = 0.003,
      start = laws.uniform(0, 15, "chosen"), gap = laws.uniform(10, 25, "chosen"),
      lines = dialogues.tls13(thing .. ".cloud.example", {
        dialogues.secret("client", laws.uniform(150, 600, "chosen"), 0.01),
        dialogues.secret("server", laws.uniform(120, 300, "chosen"))}),
    }
    list[#list + 1] = {behaviour = "udp", name = "dns", from = thing, to = "router", port = 53, protocol = "dns",
                       answered = true, start = laws.uniform(0, 10, "chosen"), gap = laws.sessions(25),
                       names = {thing .. ".cloud.example", "time.example.org"}}
    if i <= 3 then -- cameras send a still picture up now and then
      list[#list + 1] = {
        behaviour = "dialogue", name = "picture_upload", from = thing, to = "cloud", port = 443, loss = 0.003,
        start = laws.uniform(0, 10, "chosen"), gap = laws.sessions(12),
        lines = dialogues.tls13("pictures.cloud.example", {
          dialogues.secret("client", laws.i_picture(36000), 0.01), dialogues.secret("server", 210)}),
      }
    end
  end
  for _, name in ipairs(people) do
    talking[#talking + 1] = {name, "router"}
    list[#list + 1] = {behaviour = "dialogue", name = "web", from = name, to = "web_server", port = 80, loss = 0.004,
                       start = laws.uniform(0, 20, "chosen"), gap = laws.sessions(30), diurnal = true,
                       lines = dialogues.web_page}
    list[#list + 1] = {behaviour = "udp", name = "dns", from = name, to = "router", port = 53, protocol = "dns",
                       answered = true, start = laws.uniform(0, 5, "chosen"), gap = laws.sessions(8), diurnal = true,
                       names = {"www.example.com", "cdn.example.net", "shop.example"}}
  end
  camera_network.add_housekeeping(list, talking, {"webcam1", "webcam2", "baby_monitor", "doorbell1", "laptop", "phone"})
  return list
end
return network
