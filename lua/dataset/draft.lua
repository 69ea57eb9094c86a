-- SPDX-License-Identifier: GPL-3.0-or-later
-- A first draft of a card, from what a capture shows of itself. It loads and verifies as it stands; what only its owner
-- can know stands in it as comments to choose from.
local files = require "ninetails.files"
local survey = require "ninetails.survey"
local text = require "ninetails.cli.text"

local draft = {}

-- Kitsune's defaults where the capture is long enough for them, else the same split of a third of it.
local DEFAULT_FM, DEFAULT_AD, PER_MAPPING = 5000, 50000, 11

local function grace_of(packets)
  local total = math.min(DEFAULT_FM + DEFAULT_AD, packets // 3)
  local fm = total // PER_MAPPING
  return fm, total - fm
end

local function name_of(path)
  local name = path:match("[^/]*$"):gsub("%.[gx]z$", ""):gsub("%.zst$", ""):gsub("%.bz2$", ""):gsub("%.zip$", "")
    :gsub("%.%w+$", ""):gsub("[^%w_%-]+", "_"):gsub("^[_%-]+", "")
  return name ~= "" and name:sub(1, 100) or "my_capture"
end

-- The file's own name, as a card may hold it; where the file lies is said beside.
local function own_name(path)
  return (path:match("[^/]+$"):gsub("[%c\127]", "_"):sub(-200):gsub("%.part$", "%0_"):gsub("%.from$", "%0_"))
end

local link_names = {[0] = "loopback", [1] = "Ethernet", [101] = "raw IP", [105] = "802.11", [113] = "Linux cooked",
  [127] = "802.11 with radiotap", [276] = "Linux cooked v2"}

local function when(seconds)
  if seconds ~= seconds or math.abs(seconds) > 1e11 then return "?" end
  return os.date("!%Y-%m-%d %H:%M:%S UTC", math.floor(seconds))
end

-- What the owner may want to know while writing the card: lines of comments.
local function findings(seen)
  if seen.format == "features" then return {("%s rows of %d columns"):format(text.count(seen.packets), seen.width)} end
  local links, protocols = {}, {}
  for i, link in ipairs(seen.links) do links[i] = link_names[link] or "link type " .. link end
  for _, name in ipairs {"tcp", "udp", "icmp", "arp", "ip", "other"} do
    if seen.protocols[name] > 0 then
      protocols[#protocols + 1] = ("%s %s"):format(name, text.count(seen.protocols[name]))
    end
  end
  local lines = {
    ("%s%s, %s packets, %s bytes on the wire"):format(seen.format,
      #links > 0 and " of " .. table.concat(links, ", ") or "",
      text.count(seen.packets), text.count(seen.bytes)),
    ("%s to %s"):format(when(seen.first), when(seen.last)),
    "packets: " .. table.concat(protocols, ", "),
  }
  if seen.cut > 0 then
    lines[#lines + 1] = ("%s packets are cut short by the capture's snap length"):format(text.count(seen.cut))
  end
  if seen.backwards > 0 then
    lines[#lines + 1] = ("%s times the clock goes back from one packet to the next"):format(text.count(seen.backwards))
  end
  if seen.warning then lines[#lines + 1] = "damage: " .. seen.warning end
  lines[#lines + 1] = ("senders (%s%s):"):format(text.count(seen.hosts), seen.untracked > 0 and " and more" or "")
  for _, host in ipairs(seen.top) do
    lines[#lines + 1] = ("  %-39s %12s packets"):format(host.name, text.count(host.packets))
  end
  return lines
end

local choices = [[
  -- Which packets are attacks? Take one of these, or leave labels out when nobody knows. `meaning` is behaviour (the
  -- attacker's own doing), path (what passed through the attacker), interval (all that was sent during an attack), flow
  -- (flows that an author calls an attack), or none (there is no attack in it).
  --
  -- 1. A label file, as `ninetails help score` describes it: 0, 1 or names of attacks. Name it in files above.
  -- labels = {meaning = "behaviour", explain = "Say who labelled it, and how.", file = "labels"},
  --
  -- 2. A rule: the attacker's address during some intervals.
  -- labels = {meaning = "behaviour", explain = "All that the attacker sent or received while attacking.",
  --   rule = {all = {{address = "192.168.1.66"},
  --                  {any = {{during = {from = "2024-01-31T12:00:00+00:00", to = "2024-01-31T12:30:00+00:00"}}}}}}},
  --
  -- 3. Everything from some packet on (1-based, as Wireshark counts).
  -- labels = {meaning = "interval", explain = "The attack begins there and does not end.",
  --   rule = {packets = {first = 100000}}},
  --
  -- 4. No attack at all.
  -- labels = {meaning = "none", explain = "Recorded in a network that was not attacked."},
  --
  -- Packets that may be either are left out of metrics with `exclude = RULE` in labels. When `ninetails dataset verify`
  -- prints attacks, first_attack and clean as unasserted, copy them here to have them asserted from then on.
]]

-- The draft for a capture: {name =, text =, survey =, sha256 =}.
function draft.of(path, name)
  name = name or name_of(path)
  if not name:find("^[%w_][%w_%-]*$") then
    error({status = "argument", message = ("--name '%s': expected letters, digits, _ and -"):format(name)}, 0)
  end
  local seen = survey(path)
  local sha256, bytes = files.checksum(path, "sha256")
  local rows = seen.format == "features"
  local key = rows and "features" or "capture"
  local out = {"-- A card of ninetails: what is known of one data set. Drafted from the file itself:\n"}
  local function add(...) out[#out + 1] = string.format(...) end
  for _, line in ipairs(findings(seen)) do add("--   %s\n", (line:gsub("[%c\127]", "?"))) end
  add("return {\n  name = %q,\n  title = %q, -- say in a line what it is\n", name, name)
  add("  -- description = \"Where it was recorded, of what, by whom.\",\n  -- licence = \"CC BY 4.0\",\n")
  add("  -- citation = \"\",\n  -- homepage = {\"https://example.org/\"},\n  files = {\n    %s = {\n", key)
  add("      path = %q,\n      at = %q, -- on this machine; leave it out in a card for others\n", own_name(path),
    files.real(path))
  add("      -- urls = {\"https://example.org/%s\"},\n", (own_name(path):gsub("[\"\\]", "?")))
  add("      bytes = %d,\n      sha256 = %q,\n    },\n    -- labels = {path = \"labels.csv\"},\n  },\n", bytes, sha256)
  add("  %s = %q,\n", key, key)
  if rows then
    add("  -- profile = \"%s\", -- of the extractor that made the rows, when it is one of ours\n",
      seen.width == 115 and "csv115" or seen.width == 100 and "py100" or "stream")
  end
  add("  packets = %d,\n", seen.packets)
  if not rows and seen.packets > 0 then add("  seconds = %.6f,\n", seen.last - seen.first) end
  local fm, ad = grace_of(seen.packets)
  add("  grace = {fm = %d, ad = %d,\n    why = \"%s\"},\n", fm, ad,
    fm + ad == DEFAULT_FM + DEFAULT_AD and "Kitsune's defaults. The packets up to there must be clean."
    or "A third of the capture, split as Kitsune's defaults are. The packets up to there must be clean.")
  add("%s", choices)
  add("  -- defects = {\"What a user of it should know.\"},\n}\n")
  return {name = name, text = table.concat(out), survey = seen, sha256 = sha256}
end

return draft
