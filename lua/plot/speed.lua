-- SPDX-License-Identifier: GPL-3.0-or-later
-- What bench/packet_times_bench.c measured: rows a second against the number of autoencoders, densities of single packets'
-- times.
local files = require "ninetails.files"
local style = require "ninetails.plot.style"
local text = require "ninetails.cli.text"

local speed = {}

local HEAD = "what,m,autoencoders,ns_from,ns_to,value"
local MOST = 1 << 22 -- bytes of such a table
local kinds = {training = true, execution = true, packet = true}

local function fail(path, line, ...)
  error({status = "input", message = ("%s: line %d: %s"):format(path, line, string.format(...))}, 0)
end

local function number(path, line, word, may_miss)
  if word == "" and may_miss then return nil end
  local x = text.to_number(word)
  if not x or x <= 0 then fail(path, line, "'%s': expected a number above 0", word:sub(1, 40):gsub("%c", "?")) end
  return x
end

-- Its text; anything longer is something else, a result file, say.
local function text_of(path)
  local ok, got = pcall(files.read, path, MOST)
  if ok then return got end
  if got.status == "limit" then fail(path, 1, "expected the head of what packet_times_bench writes, %s", HEAD) end
  error(got, 0)
end

-- -> rows {what =, m =, autoencoders =, ns_from =, ns_to =, value =}, notes {name = text}.
local function read(path)
  local rows, notes, head, at = {}, {}, false, 0
  for line in (text_of(path) .. "\n"):gmatch("([^\n]*)\n") do
    at = at + 1
    local name, words = line:match("^# (%l+): (.*)$")
    if name then notes[name] = words
    elseif not head then
      if line ~= HEAD then fail(path, at, "expected the head of what packet_times_bench writes, %s", HEAD) end
      head = true
    elseif line ~= "" then
      local what, m, k, from, to, value = line:match("^([^,]*),([^,]*),([^,]*),([^,]*),([^,]*),([^,]*)$")
      if not what then fail(path, at, "expected six fields") end
      if not kinds[what] then fail(path, at, "'%s': expected training, execution or packet", what:sub(1, 40)) end
      rows[#rows + 1] = {what = what, m = number(path, at, m), autoencoders = number(path, at, k),
        ns_from = number(path, at, from, what ~= "packet"), ns_to = number(path, at, to, what ~= "packet"),
        value = number(path, at, value)}
    end
  end
  return rows, notes
end

local function chosen(path, rows, wanted)
  local list = {}
  for _, row in ipairs(rows) do
    if wanted[row.what] then list[#list + 1] = row end
  end
  if #list == 0 then error({status = "input", message = path .. ": has no rows of this kind"}, 0) end
  return list
end

local function remarks(notes) return {"measured on " .. (notes.cpu or "an unknown machine")} end

function speed.rate(path)
  local rows, notes = read(path)
  local list, blocks = chosen(path, rows, {training = true, execution = true}), {{}, {}}
  for i, row in ipairs(list) do
    local block = blocks[row.what == "training" and 1 or 2]
    block[#block + 1] = {row.autoencoders, row.value}
    list[i] = {phase = row.what, m = row.m, autoencoders = row.autoencoders, packets_per_second = row.value}
  end
  for i = 1, 2 do
    table.sort(blocks[i], function(a, b) return a[1] < b[1] end)
    if #blocks[i] == 0 then blocks[i][1] = {n = 2} end
  end
  return {title = "Packets a second against the number of autoencoders", height = 70, blocks = blocks, rows = list,
    columns = {"phase", "m", "autoencoders", "packets_per_second"}, remarks = remarks(notes),
    script = table.concat({"set logscale xy", "set logscale x 2", "set format y '%.0s%c'", "set xlabel 'autoencoders'",
      "set ylabel 'packets / s'", "set grid x y",
      ("plot D1 using 1:2 with linespoints %s title 'training', D2 using 1:2 with linespoints %s title 'execution'"):format(
        style.line(2), style.line(1))}, "\n")}, notes
end

function speed.density(path)
  local rows, notes = read(path)
  local list = chosen(path, rows, {packet = true})
  local last_seen = 0 -- where the axis ends: bins with one packet of 100 or more
  local total, order, blocks, of, plots = {}, {}, {}, {}, {}
  for _, row in ipairs(list) do total[row.m] = (total[row.m] or 0) + row.value end
  for i, row in ipairs(list) do
    local width = math.log(row.ns_to, 10) - math.log(row.ns_from, 10)
    if width <= 0 then error({status = "input", message = path .. ": a bin ends before it begins"}, 0) end
    if row.value > total[row.m] / 100 then last_seen = math.max(last_seen, row.ns_to / 1000) end
    local density = row.value / total[row.m] / width
    if not of[row.m] then
      order[#order + 1], of[row.m] = row.m, {{"", ("m = %s, k = %s"):format(text.plain(row.m), text.plain(row.autoencoders))},
        {row.ns_from / 1000, 0.0, to = row.ns_from}}
    end
    local block = of[row.m]
    local last = block[#block]
    if #block > 1 and math.abs(last.to / row.ns_from - 1) > 0.01 then -- bins without a packet between them
      block[#block + 1] = {(last.to * 1.0001) / 1000, 0.0, to = row.ns_from}
      block[#block + 1] = {row.ns_from * 0.9999 / 1000, 0.0, to = row.ns_from}
    end
    block[#block + 1] = {math.sqrt(row.ns_from * row.ns_to) / 1000, density, to = row.ns_to}
    list[i] = {m = row.m, autoencoders = row.autoencoders, ns_from = row.ns_from, ns_to = row.ns_to, packets = row.value,
      density = density}
  end
  if #order > style.MOST then error({status = "input", message = path .. ": more sizes than a figure tells apart"}, 0) end
  for i, m in ipairs(order) do
    blocks[i] = of[m]
    plots[i] = ("D%d using 1:2 with lines %s title columnheader(2)"):format(i, (style.line(i):gsub(" pt .*$", "")))
  end
  return {title = "Density of the times of single packets", height = 70, blocks = blocks, rows = list, remarks = remarks(notes),
    columns = {"m", "autoencoders", "ns_from", "ns_to", "packets", "density"},
    script = table.concat({"set logscale x", "set xlabel 'time of a packet, microseconds'",
      "set ylabel 'density of log10(time)'", "set yrange [0:*]", ("set xrange [*:%.6g]"):format(last_seen > 0 and last_seen * 1.5 or 1e6), "set grid x y",
      "plot " .. table.concat(plots, ", ")}, "\n")}, notes
end

return speed
