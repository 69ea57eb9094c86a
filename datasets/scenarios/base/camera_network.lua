-- SPDX-License-Identifier: GPL-3.0-or-later
-- The surveillance network that all camera scenarios share: five cameras stream to a recorder, a viewer
-- watches live pictures, workstations browse, IoT devices call their clouds, a router leads out. After the
-- topology that the Kitsune paper (Mirsky et al., NDSS 2018) describes; every number is chosen or has its
-- source beside it.
local laws = require "datasets.scenarios.base.laws"
local dialogues = require "datasets.scenarios.base.dialogues"
local network = {}

local cameras = {}
for i = 1, 5 do cameras[i] = "camera" .. i end
network.cameras = cameras
network.things = {"thermostat", "doorbell", "plug", "speaker"}

local function host(name, last, stack, extra)
  local h = {name = name, ip = "192.168.2." .. last, mac = string.format("02:4e:54:00:02:%02x", last),
             stack = stack, delay = 0.00012}
  for k, v in pairs(extra or {}) do h[k] = v end
  return h
end

local function remote(name, ip, delay, hops, stack)
  return {name = name, ip = ip, via = "router", delay = delay, hops = hops, stack = stack or "linux",
          mbps = 50}
end

-- The order matters for overlays: hosts named first are played by the busiest hosts of the capture.
function network.hosts()
  local list = {host("recorder", 10, "linux", {mbps = 1000})}
  for i, name in ipairs(cameras) do list[#list + 1] = host(name, 20 + i, "camera", {delay = 0.00025}) end
  local rest = {
    host("router", 1, "linux", {mbps = 1000}),
    host("viewer", 50, "windows", {mbps = 1000}),
    host("workstation", 51, "linux", {mbps = 1000}),
    host("tablet", 60, "bsd", {delay = 0.0015, mbps = 50}), -- over Wi-Fi
    host("thermostat", 70, "embedded", {delay = 0.002, mbps = 20}),
    host("doorbell", 71, "embedded", {delay = 0.002, mbps = 20}),
    host("plug", 72, "embedded", {delay = 0.003, mbps = 20}),
    host("speaker", 73, "linux", {delay = 0.0015, mbps = 50}),
    host("attacker", 107, "linux", {attacker = true, mbps = 100}),
    remote("ntp_server", "198.51.100.123", 0.008, 7), -- RFC 5737 addresses
    remote("web_server", "203.0.113.10", 0.012, 9),
    remote("shop_server", "203.0.113.11", 0.035, 14),
    remote("cloud", "203.0.113.80", 0.022, 11),
    remote("bot_master", "192.0.2.66", 0.06, 15),
    {name = "everybody", ip = "192.168.2.255"},
    {name = "mdns_group", ip = "224.0.0.251"},
    {name = "ssdp_group", ip = "239.255.255.250"},
  }
  table.move(rest, 1, #rest, #list + 1, list)
  return list
end

-- ------------------------------------------------------------------ benign activities

local function add_streams(list)
  -- Cameras differ in what they see and how they are set.
  local settings = {{15, 34000, 5200}, {25, 30000, 3100}, {15, 42000, 6400}, {20, 26000, 3600}, {12, 38000, 7000}}
  for i, camera in ipairs(cameras) do
    local fps, i_size, p_size = table.unpack(settings[i])
    local begin = 0.15 * i
    local client_port, server_port = 50000 + 10 * i, 8000 + 2 * i
    list[#list + 1] = {behaviour = "dialogue", name = "rtsp_control", from = "recorder", to = camera,
                       port = 554, start = begin, lines = dialogues.rtsp(client_port, server_port)}
    list[#list + 1] = {
      behaviour = "rtp", name = "camera_stream", from = camera, to = "recorder",
      start = begin + 0.2, source_port = server_port, target_port = client_port,
      fps = fps, gop = 2 * fps, i_size = laws.i_picture(i_size), p_size = laws.p_picture(p_size),
      motion = {law = "quantiles", values = {0.5, 0.8, 0.9, 1, 1, 1.1, 1.2, 1.5, 2.2},
                source = "chosen: mostly still scenes, sometimes a passer-by"},
      motion_for = laws.exponential(8, "chosen"),
      jitter = {law = "exponential", mean = 0.0008, max = 0.02, source = "chosen"},
      report = laws.rtcp,
    }
  end
  -- The viewer's live picture, one message for each, over a TLS connection to the recorder.
  list[#list + 1] = {
    behaviour = "dialogue", name = "live_view", from = "viewer", to = "recorder", port = 443, start = 0.9,
    loss = 0.0003, gap = laws.uniform(2, 6, "chosen"),
    lines = dialogues.tls13("recorder.example", {
      dialogues.secret("client", 412, 0.002), dialogues.secret("server", 288),
      {repeat_times = laws.exponential(9000, "chosen: ten minutes"),
       lines = {dialogues.secret("server", laws.p_picture(5600), 1 / 15)}},
    }),
  }
end

local function add_people(list)
  local browsing = {{"viewer", 40}, {"workstation", 25}, {"tablet", 30}}
  for _, b in ipairs(browsing) do
    list[#list + 1] = {behaviour = "dialogue", name = "web", from = b[1], to = "web_server", port = 80,
                       start = laws.uniform(0, b[2], "chosen"), diurnal = true,
                       gap = laws.sessions(b[2]), loss = 0.004, lines = dialogues.web_page,
                       busy = laws.exponential(300, "chosen"), idle = laws.exponential(60, "chosen")}
    list[#list + 1] = {
      behaviour = "dialogue", name = "web_tls", from = b[1], to = "shop_server", port = 443, diurnal = true,
      start = laws.uniform(0, b[2] / 2, "chosen"), gap = laws.sessions(b[2] / 2), loss = 0.004,
      lines = dialogues.tls13("shop.example", {
        {repeat_times = laws.exponential(5, "chosen"), lines = {
          dialogues.secret("client", laws.uniform(250, 900, "chosen"),
                           {law = "lognormal", median = 0.15, sigma = 1.2, max = 20, source = "chosen"}),
          dialogues.secret("server", laws.web_object)}},
      }),
    }
    list[#list + 1] = {behaviour = "udp", name = "dns", from = b[1], to = "router", port = 53, protocol = "dns",
                       answered = true, start = laws.uniform(0, 5, "chosen"), gap = laws.sessions(6), diurnal = true,
                       reply_delay = {law = "lognormal", median = 0.01, sigma = 1.2, max = 2, source = "chosen"},
                       names = {"www.example.com", "cdn.example.net", "shop.example", "mail.example.org",
                                "img.static.example.net"}}
  end
  -- The recorder's nightly copies, here one a few minutes: bulk transfer out through the router.
  list[#list + 1] = {
    behaviour = "dialogue", name = "backup", from = "recorder", to = "cloud", port = 443, diurnal = true,
    start = laws.uniform(5, 60, "chosen"), gap = laws.sessions(180), loss = 0.002, window = 24,
    busy = laws.exponential(600, "chosen"), idle = laws.exponential(300, "chosen"),
    lines = dialogues.tls13("backup.example", {
      dialogues.secret("client", {law = "lognormal", median = 900000, sigma = 0.8, max = 2e7, source = "chosen"}, 0.01),
      dialogues.secret("server", 310)}),
  }
  list[#list + 1] = {
    behaviour = "dialogue", name = "camera_settings", from = "workstation", to = "camera3", port = 80, closes = "server",
    start = laws.uniform(3, 30, "chosen"), gap = laws.sessions(90), diurnal = true,
    lines = {dialogues.get{"/cgi-bin/param.cgi?action=list", "/snapshot.cgi", "/index.html"},
             dialogues.ok("application/octet-stream", laws.web_object)},
  }
end

function network.add_things(list)
  for i, thing in ipairs(network.things) do
    list[#list + 1] = {
      behaviour = "dialogue", name = "cloud_report", from = thing, to = "cloud", port = 443, loss = 0.002,
      start = laws.uniform(0, 10, "chosen"), gap = laws.uniform(20, 40, "chosen: a report about every 30 s"),
      lines = dialogues.tls13(thing .. ".cloud.example", {
        dialogues.secret("client", laws.uniform(150, 420, "chosen"), 0.01),
        dialogues.secret("server", laws.uniform(120, 300, "chosen"))}),
    }
    list[#list + 1] = {behaviour = "udp", name = "dns", from = thing, to = "router", port = 53, protocol = "dns",
                       answered = true, start = laws.uniform(0, 10, "chosen"), gap = laws.sessions(30),
                       names = {thing .. ".cloud.example", "time.example.org"}}
  end
  list[#list + 1] = {behaviour = "udp", name = "plug_status", from = "plug", to = "everybody", port = 6666,
                     client_port = 49153, start = laws.uniform(0, 5, "chosen"),
                     text = '{"ip":"%{client}","id":"20076600","active":2,"power":%{digit}%{digit},"version":"3.1"}',
                     gap = laws.uniform(4.9, 5.1, "chosen: a beacon every 5 s")}
end

local ssdp_notify = dialogues.crlf{
  "NOTIFY * HTTP/1.1", "HOST: 239.255.255.250:1900", "CACHE-CONTROL: max-age=1800",
  "LOCATION: http://%{client}:49152/rootDesc.xml", "NT: upnp:rootdevice", "NTS: ssdp:alive",
  "SERVER: Linux/3.10 UPnP/1.0 IPCamera/1.0", "USN: uuid:2b5a1a90-5f4e-11e6-8b77-86f30ca893d3::upnp:rootdevice", ""}
network.ssdp_search = dialogues.crlf{
  "M-SEARCH * HTTP/1.1", "HOST: 239.255.255.250:1900", 'MAN: "ssdp:discover"', "MX: 2", "ST: ssdp:all", ""}
network.ssdp_answers = {}
for i, kind in ipairs{"upnp:rootdevice", "urn:schemas-upnp-org:device:Basic:1", "urn:schemas-upnp-org:service:Dummy:1",
                      "urn:schemas-upnp-org:device:DigitalSecurityCamera:1"} do
  network.ssdp_answers[i] = dialogues.crlf{
    "HTTP/1.1 200 OK", "CACHE-CONTROL: max-age=1800", "EXT:", "LOCATION: http://%{server}:49152/rootDesc.xml",
    "SERVER: Linux/3.10 UPnP/1.0 IPCamera/1.0", "ST: " .. kind,
    "USN: uuid:2b5a1a90-5f4e-11e6-8b77-86f30ca893d3::" .. kind, ""}
end

-- ARP, IPv6 neighbours, DHCP, NTP, mDNS, SSDP, pings: what runs in every local network. pairs_of: who talks to whom.
function network.add_housekeeping(list, pairs_of, clients)
  for _, pair in ipairs(pairs_of) do
    list[#list + 1] = {behaviour = "arp", name = "arp", from = pair[1], to = pair[2],
                       start = laws.uniform(0, 20, "chosen"), gap = laws.arp_refresh}
  end
  for _, name in ipairs(clients) do
    list[#list + 1] = {behaviour = "dhcp", name = "dhcp", from = name, to = "router",
                       start = laws.uniform(0, 60, "chosen"), renewing = true, lease = 3600,
                       gap = laws.uniform(1750, 1850, "RFC 2131 section 4.4.5: T1 is half of the lease")}
    list[#list + 1] = {behaviour = "udp", name = "ntp", from = name, to = "ntp_server", port = 123, protocol = "ntp",
                       client_port = 123, answered = true, start = laws.uniform(0, 60, "chosen"), gap = laws.ntp_poll}
  end
end

local function add_discovery(list)
  for _, name in ipairs{"viewer", "speaker"} do
    list[#list + 1] = {behaviour = "udp", name = "mdns", from = name, to = "mdns_group", port = 5353,
                       client_port = 5353, protocol = "mdns", names = {"_services._dns-sd._udp.local", "_rtsp._tcp.local"},
                       start = laws.uniform(0, 20, "chosen"), gap = laws.mdns}
  end
  for _, ip6 in ipairs{false, true} do
    list[#list + 1] = {behaviour = "udp", name = "mdns", from = "speaker", to = "mdns_group", port = 5353, ip6 = ip6,
                       client_port = 5353, protocol = "mdns_announce", names = {"_raop._tcp.local"},
                       start = laws.uniform(0, 20, "chosen"), gap = laws.mdns}
  end
  for _, camera in ipairs(cameras) do
    list[#list + 1] = {behaviour = "udp", name = "ssdp", from = camera, to = "ssdp_group", port = 1900, protocol = "text",
                       text = ssdp_notify, start = laws.uniform(0, 400, "chosen"), gap = laws.ssdp}
  end
  list[#list + 1] = {behaviour = "udp", name = "ssdp", from = "viewer", to = "ssdp_group", port = 1900, protocol = "text",
                     text = network.ssdp_search, responders = cameras, reply = network.ssdp_answers,
                     reply_delay = laws.uniform(0.01, 1.5, "UPnP: within MX seconds"),
                     start = laws.uniform(5, 60, "chosen"), gap = laws.sessions(120)}
  list[#list + 1] = {behaviour = "neighbour", name = "ndp", from = "workstation", to = "router",
                     start = laws.uniform(0, 20, "chosen"), gap = laws.arp_refresh}
  list[#list + 1] = {behaviour = "ping", name = "ping", from = "recorder", to = "router",
                     start = 1, gap = laws.uniform(9.9, 10.1, "chosen: is the line up?")}
end

function network.activities()
  local list, talking = {}, {}
  add_streams(list)
  add_people(list)
  network.add_things(list)
  for _, camera in ipairs(cameras) do talking[#talking + 1] = {"recorder", camera} end
  for _, name in ipairs{"recorder", "viewer", "workstation", "tablet", "thermostat", "doorbell", "plug", "speaker"} do
    talking[#talking + 1] = {name, "router"}
  end
  talking[#talking + 1] = {"viewer", "recorder"}
  network.add_housekeeping(list, talking, {"camera1", "camera2", "camera3", "camera4", "camera5", "recorder",
                                           "viewer", "workstation", "tablet", "thermostat", "speaker"})
  add_discovery(list)
  return list
end

-- A scenario of this network with some attack activities; each gets attack = true. Background that follows the hour of
-- the day and comes in bursts is on unless options say diurnal = false, bursty = false.
function network.scenario(name, description, attacks, options)
  options = options or {}
  local scenario = {name = name, description = description, epoch = 1488186000, start_hour = 9,
                    hosts = network.hosts(), activities = network.activities()}
  if options.diurnal ~= false then scenario.diurnal = laws.office_day end
  if options.bursty == false then
    for _, activity in ipairs(scenario.activities) do activity.busy, activity.idle = nil, nil end
  end
  for _, attack in ipairs(attacks or {}) do
    attack.attack = true
    scenario.activities[#scenario.activities + 1] = attack
  end
  return scenario
end
return network
