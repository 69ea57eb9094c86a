-- SPDX-License-Identifier: GPL-3.0-or-later
-- Which files an output may replace: those of its own kind, whatever option names them. Others take --force.
--
--   outputs.check("runs.csv", "csv", args.force)
--   outputs.check("results/x.h5", "result", args.force, "x")   the results of experiment x alone
--   outputs.check("man/ninetails.1", "page", args.force)
--   outputs.check("f/pairs.csv", outputs.begins("a,b,z,p", "..."), args.force)    a kind of one's own
local files = require "ninetails.files"
local pipeline = require "ninetails.pipeline"
local results = require "ninetails.results"

local outputs = {}

outputs.option = {name = "force", type = "flag",
  help = "replace the file that --output names, whatever it is; else only one of the kind that is written"}
outputs.folder_option = {name = "force", type = "flag",
  help = "replace files in the folder, whatever they are; else only those that this command wrote"}

local function beginning(path)
  local input, why = io.open(path, "rb")
  local bytes = input and (input:read(65536) or "")
  if input then input:close() end
  if not bytes then error({status = "io", message = ("%s: cannot be read: %s"):format(path, why or "?")}, 0) end
  return bytes
end

local function is_hdf5(bytes) return bytes:sub(1, 8) == "\137HDF\r\n\26\n" end

-- A head of several names; or of one, over numbers alone.
local function is_table(bytes)
  local head, rest = bytes:match("^([%w_.,%-]+)\r?\n(.*)$")
  return head ~= nil and (head:find(",", 1, true) ~= nil or not rest:find("[^%d%seE.+-]"))
end

-- A kind that is known by how it begins; words: "a table of ...".
function outputs.begins(head, words)
  return {words, function(_, bytes) return bytes:sub(1, #head) == head end}
end

local is = {
  result = {"a result file of ninetails", function(path, bytes)
    return is_hdf5(bytes) and pcall(results.read, path)
  end},
  hdf5 = {"an HDF5 file of extract or score", function(path, bytes)
    return is_hdf5(bytes) and results.is_output(path)
  end},
  model = {"a model of ninetails", function(path, bytes) return is_hdf5(bytes) and pipeline.is_model(path) end},
  csv = {"a table with a head of names", function(_, bytes) return is_table(bytes) end},
  json = {"JSON", function(_, bytes) return bytes:find('^{%s*"notes"') ~= nil end},
  jsonl = {"lines of JSON", function(_, bytes) return bytes:find('^{"') ~= nil end},
  capture = {"a pcap capture", function(_, bytes)
    return bytes:find("^\xd4\xc3\xb2\xa1") or bytes:find("^\xa1\xb2\xc3\xd4") or bytes:find("^\x4d\x3c\xb2\xa1") or
      bytes:find("^\xa1\xb2\x3c\x4d")
  end},
  labels = {"a file of labels", function(_, bytes)
    return bytes:find("^packet_number,label[,\r\n]") ~= nil or not bytes:find("[^01xX\r\n]")
  end},
  page = outputs.begins('.\\" Made by `ninetails manual`', "a page of ninetails manual"),
}

local function refuse(path, ...)
  error({status = "argument", message = ("%s: %s: --force replaces it"):format(path, string.format(...))}, 0)
end

-- kind: a name of those above, or one that outputs.begins made. experiment: whose results it must have, or nil: anyone's.
function outputs.check(path, kind, force, experiment)
  local stat = files.stat(path)
  if not stat or force or stat.kind ~= "file" or stat.size == 0 then return end
  local words, holds = table.unpack(is[kind] or kind)
  if not holds(path, beginning(path)) then refuse(path, "is there, and is not %s", words) end
  if not experiment then return end
  local other = results.read(path).notes.experiment
  if other == experiment then return end
  refuse(path, "has results of %s, not of experiment %s", other and "experiment " .. other or "no single experiment",
    experiment)
end

-- The kind that an output of extract and score has by its name.
function outputs.kind_of(path) return path:find("%.csv$") and "csv" or "hdf5" end

return outputs
