-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a packet's numbers are called when people read them.
--
--   words.time(1540446405.25)             "2018-10-25 05:46:45.250000Z"
--   words.feature(packet.why[1])          "packets from 10.0.0.5 in 10 s: 482; training saw at most 9.2 (median 3)"
--   words.why(packet)                     the feature that has the largest share in the score, with that share
--   words.endpoint("10.0.0.5", 443)       "10.0.0.5:443"
--   words.hexdump(bytes, most, indent)    lines of 16 bytes
local text = require "ninetails.cli.text"

local words = {}

-- Microseconds, as captures have them.
function words.time(t)
  if t ~= t then return "no time" end
  local seconds = math.floor(t)
  local micro = math.floor((t - seconds) * 1e6 + 0.5)
  if micro == 1000000 then seconds, micro = seconds + 1, 0 end
  if math.abs(seconds) > 2^40 then return text.plain(t) .. " s" end
  return ("%s.%06dZ"):format(os.date("!%Y-%m-%d %H:%M:%S", seconds), micro)
end

function words.endpoint(address, port)
  if not port then return address end
  return (address:find(":", 1, true) and "[%s]:%d" or "%s:%d"):format(address, port)
end

-- Whole thousands have their commas; the rest 4 digits.
function words.number(x)
  if x ~= x then return "not a number" end
  if math.abs(x) >= 1000 and math.abs(x) < 1e12 then return text.count(math.floor(x + 0.5)) end
  return text.number(x)
end

local function with_unit(x, unit) return words.number(x) .. (unit and unit ~= "1" and " " .. unit or "") end

function words.seen(f)
  if f.median ~= f.median then return "training saw none" end
  local median = ("(median %s)"):format(words.number(f.median))
  if f.value > f.most then return ("training saw at most %s %s"):format(words.number(f.most), median) end
  if f.value < f.least then return ("training saw at least %s %s"):format(words.number(f.least), median) end
  return ("training saw %s to %s %s"):format(words.number(f.least), words.number(f.most), median)
end

function words.feature(f)
  return ("%s: %s; %s"):format(f.words ~= "" and f.words or f.feature, with_unit(f.value, f.unit), words.seen(f))
end

function words.percent(share) return share == share and ("%.1f %%"):format(100 * share) or "none" end

-- Of the whole score.
function words.share(f) return f.share * f.autoencoder_share end

function words.why(packet)
  local f = packet.why and packet.why[1]
  return f and ("%s %s"):format(words.percent(words.share(f)), words.feature(f)) or ""
end

-- offset, 16 bytes in hexadecimal, and as text, of at most `most` bytes.
function words.hexdump(bytes, most, indent)
  local lines = {}
  for at = 1, math.min(#bytes, most), 16 do
    local line = bytes:sub(at, math.min(at + 15, most, #bytes))
    local hex = line:gsub(".", function(c) return ("%02x "):format(c:byte()) end)
    lines[#lines + 1] = ("%s%04x  %-48s %s"):format(indent, at - 1, hex, (line:gsub("[^\32-\126]", ".")))
  end
  if #bytes > most then lines[#lines + 1] = ("%s... %s more"):format(indent, text.plural(#bytes - most, "byte")) end
  return table.concat(lines, "\n")
end

return words
