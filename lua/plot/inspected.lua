-- SPDX-License-Identifier: GPL-3.0-or-later
-- Figures of the packets that stand out: time against score, how many there are over time, where they come from, where they
-- go. Of what `ninetails inspect --csv` wrote, by its path, or of rows as read() gives them.
local draw = require "ninetails.plot.draw"
local files = require "ninetails.files"
local style = require "ninetails.plot.style"
local text = require "ninetails.cli.text"

local inspected = {}

inspected.from = "what ninetails inspect --csv wrote"

local MOST = 1 << 30 -- bytes of such a table
local NEEDED = {"packet", "time", "score", "label", "source", "destination"}
local BINS, HOSTS = 60, 20

local function fail(path, line, ...)
  error({status = "input", message = ("%s: line %d: %s"):format(path, line, string.format(...))}, 0)
end

-- Fields of a line; a quoted one has no line feed, which `inspect` writes none of.
local function fields(line)
  local list = {}
  local at = 1
  while at <= #line + 1 do
    local value, after
    if line:sub(at, at) == '"' then
      local stop = at + 1
      while true do
        stop = line:find('"', stop, true)
        if not stop then return nil end
        if line:sub(stop + 1, stop + 1) ~= '"' then break end
        stop = stop + 2
      end
      value, after = line:sub(at + 1, stop - 1):gsub('""', '"'), stop + 1
    else
      after = line:find(",", at, true) or #line + 1
      value = line:sub(at, after - 1)
    end
    list[#list + 1] = value
    at = after + 1
  end
  return list
end

-- -> rows {packet =, time =, score =, attack = true | false, source =, destination =}
local function read(path)
  if type(path) == "table" then return path end
  local rows, place, at = {}, nil, 0
  for line in files.read(path, MOST):gmatch("([^\n]*)\n") do
    at = at + 1
    local list = fields(line)
    if not list then fail(path, at, "a quote that does not end") end
    if not place then
      place = {}
      for i, name in ipairs(list) do place[name] = i end
      for _, name in ipairs(NEEDED) do
        if not place[name] then fail(path, at, "no column %s: expected %s", name, inspected.from) end
      end
    else
      local row = {}
      for _, name in ipairs {"packet", "time", "score"} do
        row[name] = tonumber(list[place[name]])
        if not row[name] then fail(path, at, "%s: expected a number", name) end
      end
      row.attack = list[place.label] == "1"
      row.source, row.destination = list[place.source] or "", list[place.destination] or ""
      rows[#rows + 1] = row
    end
  end
  if #rows == 0 then error({status = "input", message = path .. ": has no packets"}, 0) end
  return rows
end

local function by_label(rows, point)
  local blocks = {{}, {}}
  for _, row in ipairs(rows) do table.insert(blocks[row.attack and 2 or 1], point(row)) end
  for _, block in ipairs(blocks) do
    if #block == 0 then block[1] = {n = 2} end
  end
  return blocks
end

local function finite(x) return x - x == 0 end

-- -> the first and the last time; packets without one are left out of figures.
local function span(rows)
  local first, last = math.huge, -math.huge
  for _, row in ipairs(rows) do
    if finite(row.time) then first, last = math.min(first, row.time), math.max(last, row.time) end
  end
  if first > last then return 0, 0 end
  return first, last
end
inspected.span = span

local function start_text(first)
  return ("seconds since %s UTC"):format(os.date("!%Y-%m-%d %H:%M:%S", math.max(0, math.min(first, 2^40)) // 1))
end

local numbers = {"packet", "time", "score", "label"}

local COLUMNS = 1000 -- of the picture: more points than two of each class in one cover each other

-- Of each class the lowest and the highest score of each column.
local function drawn(rows, first, last)
  if #rows <= 4 * COLUMNS then return rows end
  local ends, list = {}, {}
  local function key_of(row)
    local column = (row.time - first) / math.max(last - first, 1) * COLUMNS // 1
    return row.attack and -1 - column or column
  end
  for _, row in ipairs(rows) do
    if finite(row.time) and row.score == row.score then
      local e = ends[key_of(row)]
      if not e then ends[key_of(row)] = {low = row, high = row}
      else
        if row.score < e.low.score then e.low = row end
        if row.score > e.high.score then e.high = row end
      end
    end
  end
  for _, row in ipairs(rows) do
    local e = finite(row.time) and ends[key_of(row)]
    if e and (row == e.low or row == e.high) then list[#list + 1] = row end
  end
  return list, ("drawn of %s packets: the lowest and the highest score in each of %d columns"):format(text.count(#rows), COLUMNS)
end

inspected.drawn = drawn

function inspected.scores(path)
  local rows = read(path)
  local first, last = span(rows)
  local points, remark = drawn(rows, first, last)
  local list = {}
  for i, row in ipairs(rows) do
    list[i] = {packet = row.packet, time = row.time, score = row.score, label = row.attack and "attack" or "benign"}
  end
  return {title = "Time and score of the packets that stand out", height = 70, rows = list, columns = numbers,
    remarks = {remark}, blocks = by_label(points, function(row) return {row.time - first, row.score > 0 and row.score or nil, n = 2} end),
    script = table.concat({"set logscale y", "set format y '%g'", ("set xlabel '%s'"):format(start_text(first)),
      "set ylabel 'anomaly score'", "set grid y", ("set xrange [0:%.17g]"):format(math.max(last - first, 1)), "plot "
      .. ("D1 using 1:2 with points pt 7 ps 0.3 lc rgb '%s' title 'benign or without a label', "):format(style.benign)
      .. ("D2 using 1:2 with points pt 2 ps 0.4 lw 0.8 lc rgb '%s' title 'attack'"):format(style.attack)}, "\n")}, {}
end

-- -> equal stretches of time: {from =, to =, benign = how many, attack =}; the first of these times, the width.
function inspected.bins(rows)
  local first, last = span(rows)
  local width = math.max(last - first, 1) / BINS
  local list = {}
  for i = 1, BINS do list[i] = {from = first + (i - 1) * width, to = first + i * width, benign = 0, attack = 0} end
  for _, row in ipairs(rows) do
    if finite(row.time) then
      local bin = list[math.min(BINS, (row.time - first) // width + 1) // 1]
      local class = row.attack and "attack" or "benign"
      bin[class] = bin[class] + 1
    end
  end
  return list, first, width
end

function inspected.times(path)
  local list, first, width = inspected.bins(read(path))
  local block = {}
  for i, bin in ipairs(list) do block[i] = {(i - 0.5) * width, bin.benign + bin.attack, bin.attack} end
  return {title = "Packets that stand out, over time", height = 60, rows = list, columns = {"from", "to", "benign", "attack"},
    blocks = {block}, script = table.concat({("set xlabel '%s'"):format(start_text(first)),
      ("set ylabel 'packets in %s'"):format(text.duration(width)), "set yrange [0:*]", "set grid y",
      ("set xrange [0:%.17g]"):format(width * BINS), ("set boxwidth %.17g"):format(width * 0.9), "plot "
      .. ("D1 using 1:2 with boxes fs solid 0.9 noborder lc rgb '%s' title 'benign or without a label', "):format(style.benign)
      .. ("D1 using 1:3 with boxes fs solid 0.9 noborder lc rgb '%s' title 'attack'"):format(style.attack)}, "\n")}, {}
end

-- -> {address =, packets =, attack = how many}, the busiest first; how many hosts are not drawn; all of them.
function inspected.hosts(rows, end_of)
  local count, list = {}, {}
  for _, row in ipairs(rows) do
    local host = count[row[end_of]]
    if not host then
      host = {address = row[end_of], packets = 0, attack = 0}
      count[row[end_of]], list[#list + 1] = host, host
    end
    host.packets = host.packets + 1
    host.attack = host.attack + (row.attack and 1 or 0)
  end
  table.sort(list, function(a, b)
    if a.packets == b.packets then return a.address < b.address end
    return a.packets > b.packets
  end)
  local first = table.move(list, 1, math.min(#list, HOSTS), 1, {})
  return first, #list - #first, list
end

local function hosts(path, end_of, title)
  local first, left, list = inspected.hosts(read(path), end_of)
  local block, shown = {}, #first
  for i, host in ipairs(first) do block[i] = {-i, host.packets, host.attack, draw.short(host.address, 40)} end
  local more = left > 0 and ("%s more addresses are not drawn"):format(text.count(left)) or nil
  return {title = title, height = 20 + 5 * shown, rows = list, columns = {"address", "packets", "attack"}, blocks = {block},
    remarks = {more}, script = table.concat({"set xlabel 'packets that stand out'", "set xrange [0:*]",
      ("set yrange [%d.4:-0.4]"):format(-shown), "set grid x", "set ytics scale 0", "plot "
      .. ("D1 using (0):1:(0):2:($1-0.4):($1+0.4):ytic(4) with boxxyerror fs solid 0.9 noborder lc rgb '%s' title "):format(
        style.benign) .. "'benign or without a label', "
      .. ("D1 using (0):1:(0):3:($1-0.4):($1+0.4) with boxxyerror fs solid 0.9 noborder lc rgb '%s' title 'attack'"):format(
        style.attack)}, "\n")}, {}
end

function inspected.sources(path) return hosts(path, "source", "Where packets that stand out come from") end
function inspected.destinations(path) return hosts(path, "destination", "Where packets that stand out go") end

return inspected
