-- SPDX-License-Identifier: GPL-3.0-or-later
-- Words and numbers for people: what the commands share to print their results.
--
--   text.count(1234567)            "1,234,567"
--   text.number(0.00012345)        "0.0001234"        4 significant digits
--   text.nearest("scor", {"score", "extract"})  "score"
--   text.rows, text.table, text.wrap, text.within                    those of layout.lua
local layout = require "ninetails.cli.layout"

local text = {rows = layout.rows, table = layout.table, wrap = layout.wrap, within = layout.within}

-- The keys of a table, which may be nil, in order.
function text.sorted_keys(map)
  local keys = {}
  for key in pairs(map or {}) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

function text.count(n)
  local digits = ("%d"):format(n)
  local sign, rest = digits:match("^(%-?)(%d+)$")
  rest = rest:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")
  return sign .. rest
end

-- The shortest decimal that reads back as the same number: 0.1, not 0.10000000000000001.
function text.plain(x)
  if math.type(x) == "integer" then return ("%d"):format(x) end
  if x == math.floor(x) and math.abs(x) < 1e6 then return ("%.0f"):format(x) end
  for digits = 1, 17 do
    local word = ("%." .. digits .. "g"):format(x)
    if tonumber(word) == x then return word end
  end
  return ("%g"):format(x)
end

-- The same, of infinities and not-a-number too.
function text.plain_or_odd(x)
  if x ~= x then return "nan" end
  if math.abs(x) == math.huge then return x > 0 and "infinity" or "-infinity" end
  return text.plain(x)
end

function text.plain_or_word(x) return type(x) == "number" and text.plain_or_odd(x) or x end

-- A declared parameter's preset, and the values that it may have.
function text.preset(p)
  if p.required then return "must be given" end
  if p.default == nil or p.default == "" then return "none" end
  return tostring(text.plain_or_word(p.default))
end
-- every: also the end of whole numbers, 2^53, which errors name.
function text.range(p, every)
  if p.choices then return table.concat(p.choices, ", ") end
  local parts = {}
  if p.least and p.least > -math.huge then
    parts[1] = (p.above and "more than " or "at least ") .. text.plain(p.least)
  end
  if p.most and p.most < (every and math.huge or 2^53) then
    parts[#parts + 1] = (p.below and "less than " or "at most ") .. text.plain(p.most)
  end
  return table.concat(parts, " and ")
end

function text.number(x, digits)
  if x ~= x then return "none" end
  return ("%." .. (digits or 4) .. "g"):format(x)
end

-- 1234567 -> "1.23 M"; units of the SI.
function text.scaled(x, unit)
  local prefixes = {"", "k", "M", "G", "T"}
  local i = 1
  while x >= 999.5 and i < #prefixes do
    x, i = x / 1000, i + 1
  end
  local word = i == 1 and ("%.0f"):format(x) or ("%.3g"):format(x)
  local suffix = prefixes[i] .. (unit or "")
  return suffix == "" and word or word .. " " .. suffix
end

function text.plural(n, noun) return ("%s %s%s"):format(text.count(n), noun, n == 1 and "" or "s") end

-- A number as options of the command line and --set give it: "1000", "1e3", "0.5", not "0x10", " 5", "nan". A whole one
-- is an integer. nil when it is none.
function text.to_number(word)
  local x = word:find("^[%d%.eE+-]+$") and tonumber(word)
  if x and math.abs(x) < math.huge then return math.tointeger(x) or x end
end

-- "20G", "1.5M", "4096" -> bytes, of 1000s; nil when it is none.
function text.bytes(word)
  local number, prefix = word:match("^(%d+%.?%d*)%s?([kMGT]?)B?$")
  local power = {[""] = 1, k = 1e3, M = 1e6, G = 1e9, T = 1e12}
  local bytes = number and tonumber(number) * power[prefix]
  return bytes and bytes < 2^53 and math.floor(bytes) or nil
end

function text.percent(part, whole)
  return whole > 0 and ("%.2f %%"):format(100 * part / whole) or "none"
end

-- What `run` and `score` say of grace periods that reach into an attack.
function text.trains_on_attacks(name, graces, clean)
  local packets = clean > 0 and ("its clean packets are 1 to %s"):format(text.count(clean)) or "no packet before is clean"
  return ("%s: %s: trains on attacks too: %s"):format(name, graces, packets)
end

-- What is said of alarms that contradict their threshold, of one run. a: {share =, over =, blocks =, allowed =}; tail: the
-- tail probability; what: "packets", or "benign packets" where labels tell them.
function text.too_many_alarms(a, tail, what)
  return ("%s of the %s are alarms at a threshold meant for %s %% (in %d of %d stretches too many; by chance in at most "
    .. "%d)"):format(text.percent(a.share, 1), what, text.plain(100 * tail), a.over, a.blocks, a.allowed)
end

-- "3 h 12 min", "2 min 05 s", "7 s": for waiting people.
function text.duration(seconds)
  local s = math.floor(seconds + 0.5)
  if s >= 3600 then return ("%d h %02d min"):format(s // 3600, s % 3600 // 60) end
  if s >= 60 then return ("%d min %02d s"):format(s // 60, s % 60) end
  return seconds < 9.95 and ("%.1f s"):format(seconds) or ("%d s"):format(s)
end

-- Edit distance where two swapped neighbours count as one (optimal string alignment).
local function distance(a, b)
  local rows = {}
  for i = 0, #a do rows[i] = {[0] = i} end
  for j = 0, #b do rows[0][j] = j end
  for i = 1, #a do
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      local best = math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (same and 0 or 1))
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        best = math.min(best, rows[i - 2][j - 2] + 1)
      end
      rows[i][j] = best
    end
  end
  return rows[#a][#b]
end

local digits = {}
for byte = 0, 255 do digits[string.char(byte)] = ("%02x"):format(byte) end

-- "\1\255" -> "01ff"
function text.hex(bytes) return (bytes:gsub(".", digits)) end

-- The last line that has something in it: what a program said in the end.
function text.last_line(words)
  local line
  for part in words:gmatch("[^\n]+") do line = part end
  return line or "no reason given"
end

-- The nearest of `known`, or nil when none is near: about one slip in three letters, or a beginning.
function text.nearest(word, known)
  if #word == 0 or #word > 64 then return nil end
  local best, least = nil, math.huge
  for _, candidate in ipairs(known) do
    local d = distance(word:lower(), candidate:lower())
    if candidate:sub(1, #word) == word then d = math.min(d, 1) end
    if d < least then best, least = candidate, d end
  end
  return best and least <= (#best + 1) // 3 and best or nil
end

-- One word of a shell, whatever is in it.
function text.quoted(word) return "'" .. word:gsub("'", "'\\''") .. "'" end

-- The words as one would type them into a POSIX shell, the program's name first.
function text.command_line(words)
  local quoted = {"ninetails"}
  for _, word in ipairs(words) do
    if word == "" or word:find("[^%w_@%%+=:,./-]") then word = text.quoted(word) end
    quoted[#quoted + 1] = word
  end
  return table.concat(quoted, " ")
end

return text
