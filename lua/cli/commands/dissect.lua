-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails dissect: what is in the packets of a capture: layers, fields, conversations, excerpts.
local dissect = require "ninetails.dissect"
local json = require "ninetails.json"
local out = require "ninetails.cli.out"
local outputs = require "ninetails.cli.outputs"
local programs = require "ninetails.cli.programs"
local text = require "ninetails.cli.text"

local function refuse(status, ...) error({status = status, message = string.format(...)}, 0) end

-- ------------------------------------------------------------------ which packets

-- "1-10,17,100-" -> {{1, 10}, {17, 17}, {100, nil}}, in rising order and apart.
local function ranges_of(words)
  local ranges = {}
  for part in (words .. ","):gmatch("([^,]*),") do
    local first, dash, last = part:match("^(%d+)(%-?)(%d*)$")
    first, last = math.tointeger(tonumber(first)), math.tointeger(tonumber(last))
    if dash == "" then last = first elseif not last then last = math.maxinteger end
    if not first or first < 1 or last < first then
      refuse("argument", "--packets '%s': expected numbers from 1, such as 17 or 1-10,17,100-", words)
    end
    ranges[#ranges + 1] = {first, last}
  end
  table.sort(ranges, function(a, b) return a[1] < b[1] end)
  return ranges
end

-- The numbers of the packets that are chosen, as the reader comes to them.
local function chosen(reader, args)
  local ranges = args.packets and ranges_of(args.packets) or {{1, math.maxinteger}}
  local at = 1
  return function()
    for number in reader.next, reader do
      while ranges[at] and number > ranges[at][2] do at = at + 1 end
      if not ranges[at] then return nil end
      if number >= ranges[at][1] then return number end
    end
  end
end

local function warn(warning)
  if warning then out.note("warning: ", warning, "\n") end
end

-- ------------------------------------------------------------------ layers

local function show(args)
  local reader <close> = dissect.open(args.capture, args.filter)
  local any = false
  for _ in chosen(reader, args) do
    any = true
    if args.json then out.data(reader:json(), "\n")
    elseif args.brief then out.data(reader:brief())
    else out.data(reader:text()) end
    if args.hexdump then out.data(reader:hexdump(4)) end
  end
  warn(reader:warning())
  if not any and not args.json then out.note("no packet is chosen\n") end
  return 0
end

-- ------------------------------------------------------------------ conversations

local function flow_of(option, word)
  local number = word:find("^%d+$") and math.tointeger(tonumber(word))
  if number and number >= 1 then return number end
  if word:find("^1:[%w+/]+=*$") then return word end
  refuse("argument", "--%s '%s': expected the number of a packet, or a community ID (1:...) as `dissect` prints it", option,
    word)
end

local sides = {forward = {true, false}, back = {false, true}, both = {true, true}}

local function must_be_a_file(args, option)
  if args.capture == "-" then refuse("argument", "--%s reads the capture twice: standard input cannot be", option) end
end

local function counts_text(side, counts)
  local c = counts[side]
  local words = ("%s, %s"):format(text.plural(c.packets, "packet"), text.plural(c.bytes, "byte"))
  if c.missing > 0 then words = words .. (", %s missing in %s"):format(text.plural(c.missing, "byte"), text.plural(c.gaps, "gap")) end
  if c.again > 0 then words = words .. (", %s again"):format(text.plural(c.again, "byte")) end
  return words
end

local function end_text(flow, counts)
  return text.rows {
    {"flow", ("%s, %s"):format(flow.protocol or ("protocol %d"):format(flow.proto), flow.community_id)},
    {"forward", ("%s -> %s: %s"):format(flow.from, flow.to, counts_text(1, counts))},
    {"back", ("%s -> %s: %s"):format(flow.to, flow.from, counts_text(2, counts))},
  }
end

local arrows = {"->", "<-"}

local function follow(args)
  must_be_a_file(args, "follow")
  local wanted, at = sides[args.side], {0, 0}
  local function take(side, packet, bytes, size)
    if wanted[side] and args.json then
      out.data(json.encode(json.object {{"side", side == 1 and "forward" or "back"}, {"packet", packet}, {"offset", at[side]},
        {"length", size}, {"gap", bytes == nil},
        {"data", bytes and text.hex(bytes) or nil}}), "\n")
    elseif wanted[side] and bytes then
      out.data(("%s packet %d, %s\n"):format(arrows[side], packet, text.plural(size, "byte")), dissect.hexdump(bytes, at[side], 4))
    elseif wanted[side] then
      out.data(("%s [%s missing in the capture]\n"):format(arrows[side], text.plural(size, "byte")))
    end
    at[side] = at[side] + size
  end
  local counts, flow, warning = dissect.follow(args.capture, flow_of("follow", args.follow), take)
  warn(warning)
  if not args.json then out.text(end_text(flow, counts)) end
  return 0
end

local any_file = {"a file", function() return false end} -- what a payload is cannot be seen: --force replaces it

local function payload(args)
  must_be_a_file(args, "payload")
  if not args.output then refuse("argument", "--payload: -o FILE is missing") end
  outputs.check(args.output, any_file, args.force)
  local wanted = sides[args.side]
  local counts, flow, warning = dissect.payload(args.capture, flow_of("payload", args.payload), args.output, wanted[1], wanted[2])
  warn(warning)
  for side = 1, 2 do
    if wanted[side] and counts[side].missing > 0 then
      out.note(("warning: %s: %s in %s are missing in the capture and left out\n"):format(args.output,
        text.plural(counts[side].missing, "byte"), text.plural(counts[side].gaps, "gap")))
    end
  end
  out.text(end_text(flow, counts))
  return 0
end

-- ------------------------------------------------------------------ excerpts

local pcapng = outputs.begins("\10\13\13\10", "a pcapng capture")

local function write(args)
  must_be_a_file(args, "write")
  outputs.check(args.write, pcapng, args.force)
  local reader <close> = dissect.open(args.capture, args.filter)
  local excerpt <close> = dissect.excerpt(args.capture, args.write, args.context)
  for number in chosen(reader, args) do excerpt:add(number, args.comment or "") end
  local packets, neighbours = excerpt:finish()
  warn(reader:warning())
  out.text(("%s: %s%s\n"):format(args.write, text.plural(packets, "packet"),
    neighbours > 0 and (" and %s"):format(text.plural(neighbours, "neighbour")) or ""))
  return 0
end

-- ------------------------------------------------------------------ tshark

-- "frame.number in {1..10,17}", and the last of these numbers; nil: none is chosen.
local function display_filter(args)
  local ranges = {}
  local reader <close> = dissect.open(args.capture, args.filter)
  for number in chosen(reader, args) do
    local before = ranges[#ranges]
    if before and before[2] == number - 1 then before[2] = number else ranges[#ranges + 1] = {number, number} end
  end
  warn(reader:warning())
  if #ranges == 0 then return nil end
  local last, parts = ranges[#ranges][2], {}
  for i, range in ipairs(ranges) do
    parts[i] = range[1] == range[2] and ("%d"):format(range[1]) or ("%d..%d"):format(range[1], range[2])
  end
  local filter = ("frame.number in {%s}"):format(table.concat(parts, ","))
  if #filter > 100000 then refuse("argument", "--tshark: %d pieces of the capture, too many for one filter", #ranges) end
  return filter, last
end

-- Shows each line with what would steer a terminal escaped.
local function by_lines()
  local rest = ""
  return function(block)
    local whole, cut = (rest .. block):match("^(.*\n)([^\n]*)$")
    rest = cut or rest .. block
    for line in (whole or ""):gmatch("[^\n]*\n") do out.data((out.shown(line))) end
  end, function() out.data((out.shown(rest))) end
end

-- tshark reads the capture itself, from its first packet on: fragments and streams are put together as in Wireshark.
local function tshark(args)
  must_be_a_file(args, "tshark")
  local filter, last = display_filter(args)
  if not filter then
    out.note("no packet is chosen\n")
    return 0
  end
  local take, finish = by_lines()
  local words = {"tshark", "-n", "-r", args.capture, "-c", ("%d"):format(last), "-Y", filter, "-V"}
  if args.json then words[#words], words[#words + 1] = "-T", "json" end
  local ran = programs.run {words = words, environment = {"LC_ALL=C.UTF-8"}, take = args.json and out.data or take}
  if not ran then refuse("io", "--tshark: tshark is not installed (apt-get install tshark)") end
  finish()
  if ran.code ~= 0 then
    refuse("io", "--tshark: tshark failed%s: %s", ran.code and (" with exit code %d"):format(ran.code) or "",
      text.last_line(ran.errors))
  end
  return 0
end

-- ------------------------------------------------------------------ the command

local modes = {{"follow", follow}, {"payload", payload}, {"write", write}, {"tshark", tshark}}

-- What goes with which of them; all else is wrong usage.
local belongs = {context = {"write"}, comment = {"write"}, side = {"follow", "payload"}, output = {"payload"},
  force = {"payload", "write"}, brief = {}, hexdump = {}, packets = {"write", "tshark", ""}, filter = {"write", "tshark", ""},
  json = {"follow", "tshark", ""}}
belongs.brief, belongs.hexdump = {""}, {""}

local function mode_of(args)
  local mode, run = "", show
  for _, each in ipairs(modes) do
    if args.given[each[1]] then
      if run ~= show then refuse("argument", "--%s and --%s: one of them", mode, each[1]) end
      mode, run = each[1], each[2]
    end
  end
  for _, name in ipairs(text.sorted_keys(belongs)) do
    local fits = not args.given[name]
    for _, each in ipairs(belongs[name]) do fits = fits or each == mode end
    if not fits then
      refuse("argument", "--%s does nothing %s", name, mode == "" and "here: it goes with --" .. table.concat(belongs[name], ", --")
        or "with --" .. mode)
    end
  end
  return run
end

local function run(args)
  local mode = mode_of(args)
  if args.json and (args.brief or args.hexdump) then refuse("argument", "--json: neither --brief nor --hexdump") end
  return mode(args)
end

return {
  name = "dissect",
  pages = true,
  summary = "Show what is in the packets of a capture: layers, fields, flows, what the two sides of a flow said.",
  details = "Link layers and headers are those that the extractor reads; names of fields are Wireshark's. "
    .. (dissect.classifier() and ("Protocols above layer 4 are recognised by %s, from the packet on at which it knows the "
      .. "flow's; the chain then ends in it: Ethernet:IPv4:UDP:DNS. "):format(dissect.classifier())
      or "This build is without nDPI: protocols above layer 4 are not recognised. ")
    .. "FLOW is the number of one of its packets, or its community ID. What both sides of a TCP connection sent is put in "
    .. "order; bytes that the capture lacks are marked, or with --payload left out and counted. "
    .. "An excerpt keeps link types, time stamps and, of a pcapng, comments and options, and is read by Wireshark: "
    .. "frame.comment contains \"...\" finds packets by their comment.",
  arguments = {{name = "CAPTURE", help = "pcap or pcapng, as it is or compressed with gzip, xz or zstd; - reads standard "
    .. "input, where the capture is read only once"}},
  options = {
    {name = "packets", type = "string", value = "LIST", help = "only these, counted from 1: 17 or 1-10,17,100-"},
    {name = "filter", short = "f", type = "string", value = "FILTER", help = "only those that a filter of libpcap lets through: "
      .. "'tcp port 80 and host 10.0.0.5'"},
    {name = "json", type = "flag", help = "one JSON object a packet and line, its layers as a tree; with --follow one a piece"},
    {name = "brief", type = "flag", help = "one line a packet"},
    {name = "hexdump", type = "flag", help = "add the payload in hexadecimal and as text, of packets without one the frame"},
    {name = "follow", type = "string", value = "FLOW", help = "what the two sides of a flow sent, in order"},
    {name = "payload", type = "string", value = "FLOW", help = "write that, as it is, to --output"},
    {name = "side", type = "choice", choices = {"both", "forward", "back"}, default = "both",
      help = "whose bytes: of the sender of the flow's first packet, or of the other side"},
    {name = "output", short = "o", type = "path", help = "where --payload writes"},
    {name = "write", short = "w", type = "path", help = "copy the packets, byte for byte, to a pcapng file"},
    {name = "context", type = "integer", min = 0, max = 1000000, default = 0, unit = "packets",
      help = "with --write: neighbours before and after each packet"},
    {name = "comment", type = "string", help = "with --write: a comment for each packet"},
    {name = "tshark", type = "flag", help = "let tshark, where it is installed, dissect the packets in full"},
    {name = "force", type = "flag", help = "replace the file that --output or --write names, whatever it is"},
  },
  run = run,
}
