-- SPDX-License-Identifier: GPL-3.0-or-later
-- What clients and servers say to each other over TCP: lists of lines for the behaviour "dialogue".
local laws = require "datasets.scenarios.base.laws"
local dialogues = {}

local function crlf(lines) return table.concat(lines, "\r\n") .. "\r\n" end
dialogues.crlf = crlf

-- ------------------------------------------------------------------ HTTP

local browsers = {"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:51.0) Gecko/20100101 Firefox/51.0",
                  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/56.0.2924.87 Safari/537.36"}

function dialogues.get(paths, agent)
  local texts = {}
  for i, path in ipairs(paths) do
    texts[i] = crlf{"GET " .. path .. " HTTP/1.1", "Host: %{server}",
                    "User-Agent: " .. (agent or browsers[i % #browsers + 1]),
                    "Accept: */*", "Connection: keep-alive", ""}
  end
  return {sender = "client", text = texts}
end

function dialogues.ok(kind, body, fill)
  return {sender = "server", think = laws.think, body = body, fill = fill,
          text = crlf{"HTTP/1.1 200 OK", "Server: nginx", "Content-Type: " .. kind,
                      "Content-Length: %{body}", "Connection: keep-alive", ""}}
end

-- A page and its objects over one connection.
dialogues.web_page = {
  dialogues.get{"/", "/index.html", "/news/%{random}"},
  dialogues.ok("text/html", laws.web_object, "text"),
  {repeat_times = {law = "pareto", scale = 1, shape = 2.43, max = 40,
                   source = "after Barford, Crovella, 1998, embedded references"},
   lines = {
     {sender = "client", think = {law = "lognormal", median = 0.05, sigma = 1, max = 5, source = "chosen"},
      text = dialogues.get{"/static/%{random}.js", "/img/%{random}"}.text},
     dialogues.ok("application/octet-stream", laws.web_object, "random"),
   }},
}

-- ------------------------------------------------------------------ TLS 1.3 and 1.2

function dialogues.tls13(name, lines)
  local list = {
    {sender = "client", tls = "client_hello", sni = name},
    {sender = "server", tls = "server_hello_13", think = laws.think},
    {sender = "client", tls = "client_finished_13", think = 0.0008},
  }
  for _, line in ipairs(lines) do list[#list + 1] = line end
  list[#list + 1] = {sender = "client", tls = "close_notify", think = 0.2}
  return list
end

dialogues.tls12 = {
  {sender = "client", tls = "client_hello", sni = "camera.example"},
  {sender = "server", tls = "server_hello_12", think = laws.think},
  {sender = "client", tls = "client_key_12", think = 0.002},
  {sender = "server", tls = "server_finished_12", think = laws.think},
}

function dialogues.secret(sender, body, think)
  return {sender = sender, body = body, fill = "tls", think = think or laws.think}
end

-- ------------------------------------------------------------------ RTSP (RFC 2326)

-- Sets up one video track and keeps the session alive for ever. Ports are those of the stream's "rtp" activity.
function dialogues.rtsp(client_port, server_port)
  local url = "rtsp://%{server}:554/live/ch0"
  local sdp = crlf{"v=0", "o=- 1488186000 1 IN IP4 0.0.0.0", "s=live", "c=IN IP4 0.0.0.0", "t=0 0",
                   "m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000",
                   "a=fmtp:96 packetization-mode=1", "a=control:track1"}
  local asked = string.format("Transport: RTP/AVP;unicast;client_port=%d-%d", client_port, client_port + 1)
  local granted = asked .. string.format(";server_port=%d-%d", server_port, server_port + 1)
  local session, timeout = "Session: %{token}", "Session: %{token};timeout=60"
  local lines = {}
  local function exchange(into, think, request, headers, replies, body)
    local ask, answer = {request .. " RTSP/1.0", "CSeq: %{n}", "User-Agent: recorder"},
                        {"RTSP/1.0 200 OK", "CSeq: %{n}"}
    table.move(headers, 1, #headers, #ask + 1, ask)
    table.move(replies, 1, #replies, #answer + 1, answer)
    ask[#ask + 1], answer[#answer + 1] = "", ""
    into[#into + 1] = {sender = "client", think = think, text = crlf(ask)}
    into[#into + 1] = {sender = "server", think = laws.think, text = crlf(answer) .. (body or "")}
  end
  exchange(lines, 0.003, "OPTIONS " .. url, {},
           {"Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"})
  exchange(lines, 0.003, "DESCRIBE " .. url, {"Accept: application/sdp"},
           {"Content-Type: application/sdp", "Content-Length: " .. #sdp}, sdp)
  exchange(lines, 0.003, "SETUP " .. url .. "/track1", {asked}, {granted, timeout})
  exchange(lines, 0.003, "PLAY " .. url, {session, "Range: npt=0.000-"},
           {session, "Range: npt=0.000-"})
  local alive = {}
  exchange(alive, laws.uniform(25, 30, "chosen: half of the session's timeout"),
           "GET_PARAMETER " .. url, {session}, {session})
  lines[#lines + 1] = {repeat_times = 1e6, lines = alive}
  return lines
end
return dialogues
