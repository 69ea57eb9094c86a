-- SPDX-License-Identifier: GPL-3.0-or-later
-- The packets that qualify, one by one: as a table, as blocks with all that is known, as lines of JSON or EVE JSON, as
-- CSV, as an excerpt of the capture with comments. For people packets have frame.number of Wireshark, which is one more
-- than the number in result files.
local dissect = require "ninetails.dissect"
local inspection = require "ninetails.inspection"
local json = require "ninetails.json"
local out = require "ninetails.cli.out"
local outputs = require "ninetails.cli.outputs"
local text = require "ninetails.cli.text"
local words = require "ninetails.inspect.words"

local packets = {}

local labels = {[0] = "benign", [1] = "attack", [2] = "excluded"}

local function label_text(p)
  if not p.label then return "" end
  return p.attack or labels[p.label] or tostring(p.label)
end

local function tail_text(p) return p.tail and ("%.2g"):format(p.tail) or "" end

local function ends(p)
  return words.endpoint(p.source, p.source_port), words.endpoint(p.destination, p.destination_port)
end

-- Calls f with each packet, as inspection.each, and what its layers show where the capture has frames.
local function each(found, args, most, f)
  if not found.frames then return inspection.each(found, most, f) end
  local reader <close> = dissect.open(args.capture)
  inspection.each(found, most, function(p)
    local layers = reader:packet()
    p.application, p.service, p.payload = layers.application, layers.service, layers.payload
    p.flow, p.reader = layers.flow, reader
    f(p)
  end, reader)
end

-- ------------------------------------------------------------------ for people

local function print_table(found, args, most)
  local rows, head = {}, {{"rank", "frame", "time", "score", "tail", "label", "length", "protocols", "source",
    "destination", "why"}}
  each(found, args, most, function(p)
    local source, destination = ends(p)
    rows[#rows + 1] = {rank = p.rank, text.count(p.rank), ("%d"):format(p.packet + 1), words.time(p.time), text.number(p.score), tail_text(p),
      label_text(p), text.count(p.length), p.chain, source, destination, words.why(p)}
  end)
  table.sort(rows, function(a, b) return a.rank < b.rank end)
  rows = table.move(rows, 1, #rows, 2, head)
  if not found.labelled then
    for _, row in ipairs(rows) do table.remove(row, 6) end
  end
  out.text(text.table(rows, {true, true, false, true, true, [found.labelled and 7 or 6] = true}))
end

local function print_block(p, bytes)
  local source, destination = ends(p)
  local head = {("frame %d"):format(p.packet + 1), words.time(p.time),
    ("score %s"):format(text.number(p.score, 6)), p.tail and ("tail %s"):format(tail_text(p)) or nil}
  head[#head + 1] = ("rank %s"):format(text.count(p.rank))
  if p.label then head[#head + 1] = label_text(p) end
  out.text(table.concat(head, ", "), "\n")
  out.text(("  %s -> %s, %s, %s\n"):format(source, destination, p.chain, text.plural(p.length, "byte")))
  if #p.headers > 0 then
    local parts = {}
    for i, pair in ipairs(p.headers) do parts[i] = pair[1] .. " " .. pair[2] end
    out.text("  ", table.concat(parts, ", "), "\n")
  end
  for _, f in ipairs(p.why or {}) do
    out.text(("  %6s  %s\n"):format(words.percent(words.share(f)), words.feature(f)))
    out.text(("          %s: %s of autoencoder %d, which is %s of the score\n"):format(f.feature, words.percent(f.share),
      f.autoencoder + 1, words.percent(f.autoencoder_share)))
  end
  if p.flow then out.text(("  flow %s%s\n"):format(p.flow.community_id, p.service and ", of " .. p.service or "")) end
  local shown = p.payload or p.frame
  if shown and bytes > 0 then
    out.text(("  %s%s\n"):format(p.payload and "payload" or "the whole frame", #shown > 0 and ":" or " of 0 bytes"))
    if #shown > 0 then out.text(words.hexdump(shown, bytes, "  "), "\n") end
  end
  out.text("\n")
end

-- ------------------------------------------------------------------ for programs

local hex = text.hex

local function why_json(p)
  if not p.why then return nil end
  local list = json.array {}
  for i, f in ipairs(p.why) do
    list[i] = json.object {{"feature", f.feature}, {"words", f.words}, {"unit", f.unit}, {"value", f.value},
      {"training", json.object {{"least", f.least}, {"median", f.median}, {"most", f.most}}},
      {"share_of_score", words.share(f)}, {"autoencoder", f.autoencoder},
      {"share_of_autoencoder", f.share}, {"autoencoder_share", f.autoencoder_share}}
  end
  return list
end

local function print_json(p)
  local headers = {}
  for i, pair in ipairs(p.headers) do headers[i] = {pair[1], tonumber(pair[2]) or pair[2]} end
  out.data(json.encode(json.object {{"packet", p.packet}, {"frame", p.packet + 1}, {"time", p.time},
    {"score", p.score}, {"tail", p.tail},
    {"rank", p.rank}, {"label", p.label}, {"attack", p.attack}, {"length", p.length}, {"protocols", p.chain},
    {"source", p.source}, {"source_port", p.source_port}, {"destination", p.destination},
    {"destination_port", p.destination_port}, {"headers", json.object(headers)}, {"cause", p.cause}, {"why", why_json(p)},
    {"application", p.application}, {"service", p.service}, {"community_id", p.flow and p.flow.community_id},
    {"payload", p.payload and hex(p.payload) or nil}, {"bytes", p.frame and hex(p.frame) or nil}}), "\n")
end

local columns = {"packet", "frame", "time", "score", "tail", "rank", "label", "attack", "length", "protocols", "source", "source_port",
  "destination", "destination_port", "cause", "feature", "share_of_score", "value", "training_least", "training_median",
  "training_most", "words"}

-- Names of attacks are a stranger's: what a spreadsheet would take for a formula is not one.
local function cell(value)
  if value == nil then return "" end
  if type(value) == "number" then return math.type(value) == "integer" and ("%d"):format(value) or ("%.17g"):format(value) end
  value = out.shown(value)
  if value:find("^[=+@-]") then value = "'" .. value end
  return value:find('[",\n]') and '"' .. value:gsub('"', '""') .. '"' or value
end

function packets.csv_row(list, count)
  local parts = {}
  for i = 1, count do parts[i] = cell(list[i]) end
  out.data(table.concat(parts, ","), "\n")
end

local function print_csv(p)
  local f = p.why and p.why[1] or {}
  packets.csv_row({p.packet, p.packet + 1, p.time, p.score, p.tail, p.rank, p.label, p.attack, p.length, p.chain, p.source,
    p.source_port, p.destination, p.destination_port, p.cause, f.feature, f.share and words.share(f), f.value, f.least,
    f.median, f.most, f.words}, #columns)
end

-- ------------------------------------------------------------------ EVE JSON

-- What is said of a packet in a line: the comment of an excerpt, the metadata of an alert.
local function said(p)
  local list = {{"score", text.number(p.score, 6)}, {"rank", ("%d"):format(p.rank)}}
  if p.tail then list[#list + 1] = {"tail", ("%.3g"):format(p.tail)} end
  if p.label then list[#list + 1] = {"label", out.shown(label_text(p))} end
  if p.cause then list[#list + 1] = {"cause", p.cause} end
  local first = p.why and p.why[1]
  if first then
    list[#list + 1] = {"autoencoder", ("%d (%s of the score)"):format(first.autoencoder + 1,
      words.percent(first.autoencoder_share))}
  end
  for _, f in ipairs(p.why or {}) do
    list[#list + 1] = {"feature", ("%s %s (%s)"):format(words.percent(words.share(f)), words.feature(f), f.feature)}
  end
  return list
end

local SIGNATURE = 2400000 -- within the range that Emerging Threats leaves to others

local eve = {
  alert = function(p)
    return {signature_id = SIGNATURE, severity = 3, category = "Anomaly",
      signature = "ninetails: anomaly, by " .. (p.cause or "score"), metadata = said(p)}
  end,
  anomaly = function(p)
    return {type = "stream", event = "ninetails." .. (p.cause or "score"):gsub(" ", "_"), layer = "proto_detect"}
  end,
}

-- ------------------------------------------------------------------ an excerpt

local pcapng = outputs.begins("\10\13\13\10", "a pcapng capture")

-- Begun before there is any work in it: what cannot be written, and a capture without frames, are refused at once.
function packets.excerpt(args)
  outputs.check(args.write, pcapng, args.force)
  return dissect.excerpt(args.capture, args.write, args.context)
end

local function comment(p)
  local lines = {}
  for i, pair in ipairs(said(p)) do lines[i] = pair[1] .. " " .. pair[2] end
  return table.concat(lines, "\n")
end

function packets.write(found, args, excerpt)
  inspection.each(found, args.limit or 0, function(p) excerpt:add(p.packet + 1, comment(p)) end, false)
  local count, neighbours = excerpt:finish()
  out.text(("%s: %s%s\n"):format(args.write, text.plural(count, "packet"),
    neighbours > 0 and (" and %s"):format(text.plural(neighbours, "neighbour")) or ""))
end

-- ------------------------------------------------------------------ the whole

function packets.print(found, args)
  if args.eve then
    return each(found, args, args.limit or 0, function(p) out.data(p.reader:eve(eve[args.eve](p))) end)
  end
  if args.json then return each(found, args, args.limit or 0, print_json) end
  if args.csv then
    packets.csv_row(columns, #columns)
    return each(found, args, args.limit or 0, print_csv)
  end
  local most = args.limit or 20
  if args.details then
    each(found, args, most, function(p) print_block(p, args.bytes) end)
  else
    print_table(found, args, most)
  end
  if most > 0 and found.count > most then
    out.text(("%s more qualify: --limit N shows the N highest, 0 all\n"):format(text.count(found.count - most)))
  end
end

return packets
