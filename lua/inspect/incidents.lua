-- SPDX-License-Identifier: GPL-3.0-or-later
-- Incidents, most excess first: as a page for people, as lines of JSON, as CSV.
local inspection = require "ninetails.inspection"
local json = require "ninetails.json"
local out = require "ninetails.cli.out"
local packets = require "ninetails.inspect.packets"
local text = require "ninetails.cli.text"
local words = require "ninetails.inspect.words"

local incidents = {}

local function share(part, whole) return whole > 0 and ("%.1f %%"):format(100 * part / whole) or "none" end

local function who(n)
  if n.host then return n.host end
  return words.endpoint(n.source, n.source_port) .. " <-> " .. words.endpoint(n.destination, n.destination_port)
end

-- "192.168.2.1 and 253 more", of the busiest and how many there are.
local function and_more(first, count)
  if count == 0 then return "" end
  return count == 1 and first or ("%s and %s more"):format(first, text.count(count - 1))
end

local function peers_text(n) return n.peer[1] and and_more(n.peer[1].host, n.peers) or "" end
local function ports_text(n) return n.port[1] and and_more(("%d"):format(n.port[1].port), n.ports) or "" end

local function label_text(n)
  if n.attack_packets == 0 then return "benign" end
  local name = n.attack or "attack"
  return n.attack_packets == n.packets and name or ("%s, %s"):format(name, share(n.attack_packets, n.packets))
end

local function feature_text(f)
  if f.value then return words.feature(f) end
  return f.words ~= "" and f.words or f.feature
end

-- ------------------------------------------------------------------ for people

local function print_list(all, labelled)
  local head = {"#", "start", "lasts", "about", "cause", "packets", "sent", "with", "ports", "peak"}
  if labelled then head[#head + 1] = "label" end
  local rows = {head}
  for i, n in ipairs(all.list) do
    local row = {("%d"):format(i), words.time(n.start):sub(1, 19), text.duration(math.max(0, n.finish - n.start)), who(n),
      n.cause or "", text.count(n.packets), share(n.sent, n.packets), peers_text(n), ports_text(n), text.number(n.peak)}
    if labelled then row[#row + 1] = label_text(n) end
    rows[#rows + 1] = row
  end
  out.text(text.table(rows, {true, [6] = true, [7] = true, [10] = true}))
  out.text "\n"
  for i, n in ipairs(all.list) do
    local evidence = {}
    for k, e in ipairs(n.evidence) do evidence[k] = ("%d"):format(e.packet + 1) end
    local f = n.features[1]
    if f then out.text(("%d: %s %s\n"):format(i, words.percent(f.share_of_score), feature_text(f))) end
    out.text(("%s  see frames %s\n"):format(f and "" or ("%d:"):format(i), table.concat(evidence, ", ")))
  end
end

local function print_met(all)
  if not all.touching then return end
  out.text(("\n%s of %s touch%s an attack\n"):format(text.count(all.touching), text.plural(all.count, "incident"),
    all.touching == 1 and "es" or ""))
  if #all.attacks == 0 then return end
  local rows = {{"attack", "packets", "explained", "share", "incidents"}}
  for _, a in ipairs(all.attacks) do
    rows[#rows + 1] = {a.attack, text.count(a.packets), text.count(a.qualifying), share(a.qualifying, a.packets),
      a.packets == 0 and "no scored packet" or a.incidents == 0 and "none" or text.count(a.incidents)}
  end
  out.text("\n", text.table(rows, {[2] = true, [3] = true, [4] = true, [5] = true}))
end

-- ------------------------------------------------------------------ for programs

local function feature_json(n)
  local list = json.array {}
  for i, f in ipairs(n.features) do
    list[i] = json.object {{"feature", f.feature}, {"words", f.words}, {"unit", f.unit}, {"share_of_score", f.share_of_score},
      {"value", f.value}, {"packet", f.packet},
      {"training", json.object {{"least", f.least}, {"median", f.median}, {"most", f.most}}}}
  end
  return list
end

local function objects(list, ...)
  local made = json.array {}
  for i, item in ipairs(list) do
    local members = {}
    for k, name in ipairs {...} do members[k] = {name, item[name]} end
    made[i] = json.object(members)
  end
  return made
end

local function print_json(all)
  for i, n in ipairs(all.list) do
    out.data(json.encode(json.object {{"incident", i}, {"host", n.host}, {"source", n.source}, {"source_port", n.source_port},
      {"destination", n.destination}, {"destination_port", n.destination_port}, {"cause", n.cause}, {"start", n.start},
      {"end", n.finish}, {"packets", n.packets}, {"sent", n.sent}, {"excess", n.excess}, {"peak", n.peak},
      {"first_packet", n.first}, {"attack_packets", n.attack_packets}, {"attack", n.attack}, {"peers", n.host and n.peers or nil},
      {"busiest_peers", n.host and objects(n.peer, "host", "packets") or nil}, {"ports", n.ports},
      {"busiest_ports", objects(n.port, "port", "packets")}, {"features", feature_json(n)},
      {"evidence", objects(n.evidence, "packet", "score")}}), "\n")
  end
end

local columns = {"incident", "host", "source", "source_port", "destination", "destination_port", "cause", "start", "end",
  "packets", "sent", "excess", "peak", "first_packet", "attack_packets", "attack", "peers", "ports", "evidence", "feature",
  "share_of_score", "words"}

local function print_csv(all)
  packets.csv_row(columns, #columns)
  for i, n in ipairs(all.list) do
    local f = n.features[1] or {}
    packets.csv_row({i, n.host, n.source, n.source_port, n.destination, n.destination_port, n.cause, n.start, n.finish,
      n.packets, n.sent, n.excess, n.peak, n.first, n.attack_packets, n.attack, n.peers, n.ports,
      n.evidence[1] and n.evidence[1].packet, f.feature, f.share_of_score, f.words}, #columns)
  end
end

-- ------------------------------------------------------------------ the whole

function incidents.print(found, args)
  local programs = args.json or args.csv
  local all = inspection.incidents(found, args.by, args.gap, args.limit or (programs and 0 or 20))
  if args.json then return print_json(all) end
  if args.csv then return print_csv(all) end
  out.text(("%s packets, %s\n\n"):format(text.count(found.count), text.plural(all.count, "incident")))
  if all.count > 0 then print_list(all, found.labelled) end
  if #all.list < all.count then
    out.text(("\n%s more, of %s packets: --limit N shows N, 0 all\n"):format(text.plural(all.count - #all.list, "incident"),
      text.count(found.count - all.shown_packets)))
  end
  print_met(all)
end

return incidents
