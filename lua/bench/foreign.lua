-- SPDX-License-Identifier: GPL-3.0-or-later
-- Programs measured from outside, as whole processes: other implementations, and commits of ours from before `bench`. They
-- take the problem "score": a capture's packets to a file of scores.
--
-- Peers are checkouts that the user names; what drives them lies in bench/peers/, their code nowhere here. Each is built with
-- the flags that it is fastest with, and given the packets as the public code reads them: tshark's table.
local command = require "ninetails.command"
local embedded = require "ninetails.embedded"
local files = require "ninetails.files"
local inputs = require "ninetails.bench.inputs"
local kernels = require "ninetails.bench.kernels"

local foreign = {}

local function refuse(status, ...) error({status = status, message = string.format(...)}, 0) end

-- ------------------------------------------------------------------ the packets as a table

local FIELDS = {"frame.time_epoch", "frame.len", "eth.src", "eth.dst", "ip.src", "ip.dst", "tcp.srcport", "tcp.dstport",
  "udp.srcport", "udp.dstport", "icmp.type", "icmp.code", "arp.opcode", "arp.src.hw_mac", "arp.src.proto_ipv4", "arp.dst.hw_mac",
  "arp.dst.proto_ipv4", "ipv6.src", "ipv6.dst"}

-- The TSV of an input, made where it is not there for these bytes.
local function table_of(input)
  local path = ("%s.%s.tsv"):format(input.capture, input.sha256:sub(1, 12))
  if files.stat(path) then return path end
  local words = {"tshark", "-r", input.capture, "-T", "fields", "-E", "header=y", "-E", "occurrence=f"}
  for _, field in ipairs(FIELDS) do
    words[#words + 1] = "-e"
    words[#words + 1] = field
  end
  local ran = command.run {words = words, environment = {"LC_ALL=C", "TZ=UTC"}}
  if ran.code ~= 0 then refuse("unmeasured", "tshark cannot read %s: %s", input.capture, ran.errors:match("[^\n]+") or "?") end
  files.write(path, ran.out)
  return path
end

-- ------------------------------------------------------------------ peers

-- A driver of bench/peers/, written where it is built.
local function driver(name, folder)
  local body = embedded("bench.peers." .. name)
  local path = folder .. "/" .. name
  if not files.stat(path) or files.read(path, 1 << 20) ~= body then files.write(path, body) end
  return path
end

local function sources(folder, names)
  local list = {}
  for _, name in ipairs(names) do
    local path = folder .. "/" .. name
    if not files.stat(path) then refuse("argument", "%s: there is no %s, as a checkout of it has", folder, name) end
    list[#list + 1] = path
  end
  return list
end

local peers = {
  ["kitsune-cpp"] = {title = "hborlik/Kitsune-cpp, clang++ -O3 -march=native -flto", build = function(folder, work)
    local list = sources(folder, {"source/utils.cpp", "source/netStat.cpp", "source/featureExtractor.cpp", "source/neuralnet.cpp",
      "source/kitNET.cpp", "source/cluster.cpp"})
    local main, program = driver("kitsune_cpp.cpp", work), work .. "/kitsune_cpp"
    local words
    for _, compiler in ipairs {"clang++-14", "clang++", "g++"} do
      words = {compiler, "-std=c++11", "-O3", "-march=native", "-flto", "-DNDEBUG", "-I", folder, main}
      table.move(list, 1, #list, #words + 1, words)
      words[#words + 1] = "-o"
      words[#words + 1] = program
      local good, ran = pcall(command.run, {words = words})
      if good and ran.code == 0 then return {program}, compiler .. " -O3 -march=native -flto" end
      if not good and ran.status == "interrupted" then error(ran, 0) end
    end
    refuse("unmeasured", "%s: no compiler builds it", folder)
  end},
  ["kitsune-py"] = {title = "ymirsky/Kitsune-py", build = function(folder, work)
    sources(folder, {"Kitsune.py", "netStat.py", "KitNET/KitNET.py"})
    return {"/usr/bin/python3", driver("kitsune_py.py", work), folder}, "python3, one thread"
  end},
}

-- "kitsune-cpp=DIR" -> {name =, words =, how =}
function foreign.peer(word, work)
  local name, folder = word:match("^([%w%-]+)=(.+)$")
  local peer = name and peers[name]
  if not peer then refuse("argument", "--peer '%s': expected kitsune-cpp=DIR or kitsune-py=DIR", word) end
  local stat = files.stat(folder)
  if not stat or stat.kind ~= "directory" then refuse("argument", "--peer %s: there is no folder %s", name, folder) end
  files.make_folders(work)
  local words, how = peer.build(files.real(folder), files.real(work))
  return {name = name, words = words, how = how}
end

-- ------------------------------------------------------------------ one process

local function calibration(folder)
  local best = math.huge
  for _, pass in ipairs(kernels.measure({problem = "calibration", folder = folder, passes = 3, seconds = 1, once = false}).passes) do
    best = math.min(best, pass.cpu)
  end
  return best
end

-- Scores of a file, one at the end of each line but for the first `head` of them; 0 where one is no number.
local function count_scores(path, head)
  local file, lines = io.open(path), 0
  if not file then return 0 end
  for line in file:lines() do
    lines = lines + 1
    if lines > head and not tonumber(line:match("([^,]*)$")) then
      file:close()
      return 0
    end
  end
  file:close()
  return lines - head
end

-- Runs words, then the result's digest; scores: the path that they write, a line a packet, `head` lines more.
local function timed(words, scores, head, input, folder, how)
  os.remove(scores)
  local beside = calibration(folder)
  local ran = command.run {words = words}
  if ran.code ~= 0 then return nil, ran.errors:match("([^\n]+)\n*$") or "ended without a reason" end
  local count = count_scores(scores, head)
  if count < input.packets - 1 then -- Kitsune-py leaves out the last packet
    return nil, ("%d scores of %d packets"):format(count, input.packets)
  end
  local sum = files.checksum(scores, "sha256")
  os.remove(scores)
  return {passes = {{wall = ran.wall, cpu = ran.cpu, calibration = beside}}, items = count, item = "packet", flops = 0, moved = 0,
    file = files.stat(input.capture).size, digest = sum:sub(1, 16), exact = false, deviation = 0, how = how}
end

local function graces(packets) return ("%d"):format(packets // 20), ("%d"):format(packets // 5) end

local function plain(x) return ("%d"):format(math.floor(x)) end

-- measure(program, entry, options) of a job, as measure.once.
function foreign.peer_measure(peer)
  return function(_, entry, options)
    local input = inputs.get(entry.input, options.folder)
    local fm, ad = graces(input.packets)
    local scores = ("%s/peer-%s.txt"):format(options.folder, kernels.digest(tostring(peer)))
    local words = table.move(peer.words, 1, #peer.words, 1, {})
    for _, word in ipairs {table_of(input), fm, ad, plain(entry.parsed.values.m), scores} do words[#words + 1] = word end
    local result, why = timed(words, scores, 0, input, options.folder, "a score of each packet")
    if result then result.digest = nil end -- theirs may draw other weights each time
    return result, why
  end
end

-- The same of a binary of ours by its command line.
function foreign.score_measure(program, entry, options)
  local input, v = inputs.get(entry.input, options.folder), entry.parsed.values
  local fm, ad = graces(input.packets)
  local scores = ("%s/score-%s.csv"):format(options.folder, kernels.digest(program))
  local words = {program, "score", input.capture, "--profile", v.profile, "--fm-grace", fm, "--ad-grace", ad, "--max-autoencoder",
    plain(v.m), "--threads", plain(v.threads), "--output", scores, "--quiet"}
  return timed(words, scores, 1, input, options.folder, "a score of each packet")
end

-- The same from the table that peers read.
function foreign.table_measure(program)
  return function(_, entry, options)
    local input, v = inputs.get(entry.input, options.folder), entry.parsed.values
    local fm, ad = graces(input.packets)
    local scores = ("%s/table-%s.csv"):format(options.folder, kernels.digest(program .. v.profile))
    local words = {program, "score", table_of(input), "--profile", v.profile, "--fm-grace", fm, "--ad-grace", ad, "--max-autoencoder",
      plain(v.m), "--threads", plain(v.threads), "--output", scores, "--quiet"}
    return timed(words, scores, 1, input, options.folder, "a score of each packet")
  end
end

return foreign
