-- SPDX-License-Identifier: GPL-3.0-or-later
-- What was measured, for ever: a file of lines of JSON to which lines are only ever added.
--
--     {"xxh3": "07d3f61c48a5379d", "record": {"problem": "kitnet", "rounds": [...], ...}}
--
-- The checksum is of the bytes of the record as they stand there. So a line proves what it is: one that is torn (the power
-- failed, the disk was full) or was edited counts as not there, and every reader says so. Lines are added by one process at
-- a time, synced. `jq .record` and pandas read the file as it is.
local files = require "ninetails.files"
local json = require "ninetails.json"
local kernels = require "ninetails.bench.kernels"

local history = {}

local MOST = 1 << 30 -- bytes of a file
local ORDER = {"version", "kind", "run", "time", "machine", "configuration", "commit", "dirty", "problem", "text", "peer",
  "input", "clock", "rounds", "item", "items", "flops", "moved", "file", "digest", "exact", "deviation", "how",
  "instructions", "instructions_by"}

local function encode(record)
  local pairs_, seen = {}, {}
  for _, name in ipairs(ORDER) do
    pairs_[#pairs_ + 1], seen[name] = {name, record[name]}, true
  end
  local rest = {}
  for name in pairs(record) do
    if not seen[name] then rest[#rest + 1] = name end
  end
  table.sort(rest)
  for _, name in ipairs(rest) do pairs_[#pairs_ + 1] = {name, record[name]} end
  return json.encode(json.object(pairs_))
end

function history.line(record)
  local body = encode(record)
  return ('{"xxh3": "%s", "record": %s}\n'):format(kernels.digest(body), body)
end

function history.append(path, record)
  local folder = path:match("^(.*)/[^/]*$")
  if folder and folder ~= "" then files.make_folders(folder) end
  kernels.append(path, history.line(record))
end

-- The record of a line, or nil and what is wrong with it.
function history.parse(line)
  local sum, body = line:match('^{"xxh3": "(%x+)", "record": (.*)}$')
  if not sum then return nil, "is no line of a history" end
  if kernels.digest(body) ~= sum then return nil, "has another checksum than it says" end
  local good, record = pcall(json.decode, body)
  if not good or type(record) ~= "table" or record.version ~= 1 then return nil, "holds no record of this version" end
  for name, value in pairs(record) do
    if value == json.null then record[name] = nil end
  end
  return record
end

-- All records in their order, and what is wrong: {"history.jsonl: line 7 is torn: left out", ...}.
function history.read(path)
  local stat = files.stat(path)
  if not stat then return {}, {}, false end
  local body = files.read(path, MOST)
  local records, faults, number = {}, {}, 0
  for line, ending in body:gmatch("([^\n]*)(\n?)") do
    if line ~= "" then
      number = number + 1
      local record, why = history.parse(line)
      if record then records[#records + 1] = record
      else
        faults[#faults + 1] = ("%s: line %d %s: left out"):format(path, number,
          ending == "" and "is torn" or why)
      end
    end
  end
  return records, faults, true
end

-- Ids of runs in the order of their first line, and the records of each.
function history.runs(records)
  local order, of = {}, {}
  for _, record in ipairs(records) do
    if not of[record.run] then
      order[#order + 1], of[record.run] = record.run, {}
    end
    table.insert(of[record.run], record)
  end
  return order, of
end

return history
