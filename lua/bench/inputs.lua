-- SPDX-License-Identifier: GPL-3.0-or-later
-- Captures that problems are about. A file beside each says the SHA-256 that it had when it was made; what the history
-- keeps is that of the file as it is, and figures of other bytes are another series.
local files = require "ninetails.files"
local problems = require "ninetails.bench.problems"
local registry = require "ninetails.dataset.registry"

local inputs = {}

local known = {}

-- A name of problems.inputs, in a folder -> {capture =, labels =, sha256 =}, made where it is not there.
function inputs.get(name, folder)
  local key = folder .. "\0" .. name
  if known[key] then return known[key] end
  local wanted = problems.inputs[name]
  local capture = ("%s/%s-%d-%d.pcap"):format(folder, wanted.scenario, wanted.packets, wanted.seed)
  local labels, note = capture .. ".labels.csv", capture .. ".sha256"
  local sha256 = files.stat(capture) and files.stat(labels) and files.checksum(capture, "sha256")
  if not sha256 or not files.stat(note) or files.read(note, 1000) ~= sha256 .. "\n" then
    files.make_folders(folder)
    registry.synthesise(wanted, capture, labels)
    sha256 = files.checksum(capture, "sha256")
    files.write(note, sha256 .. "\n")
  end
  known[key] = {capture = capture, labels = labels, sha256 = sha256, name = name, packets = wanted.packets}
  return known[key]
end

return inputs
