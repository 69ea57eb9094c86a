-- SPDX-License-Identifier: GPL-3.0-or-later
-- Checks what a card asserts against the files: sizes, checksums, counts, labels and their onset.
--
--   verify.run(set, {on_check = function(check) end}) --> checks
-- A check: {what =, expected = or nil, found = or nil, state =, note = or nil}. States:
--   ok           as the card says
--   failed       not as the card says
--   to be checked  the card is not sure, and the file says otherwise: neither is taken for true
--   unasserted   found, and the card says nothing about it
--   absent       an optional file that is not here
--   missing      a file that the rest needs is not here
local card = require "ninetails.dataset.card"
local derived = require "ninetails.dataset.derived"
local files = require "ninetails.files"
local labels = require "ninetails.labels"
local registry = require "ninetails.dataset.registry"
local survey = require "ninetails.survey"
local text = require "ninetails.cli.text"

local verify = {}

local function compare(report, what, fact, found, show)
  show = show or tostring
  local expected, status, source = card.fact(fact)
  local check = {what = what, found = found ~= nil and show(found) or nil}
  if expected == nil then check.state = "unasserted"
  else
    check.expected = show(expected)
    local same = expected == found
    check.state = same and "ok" or status == "to be checked" and "to be checked" or "failed"
    check.note = status ~= "asserted" and (source and ("%s: %s"):format(status, source) or status) or nil
  end
  report(check)
end

-- ------------------------------------------------------------------ files

local function check_file(report, set, key)
  local file = set.card.files[key]
  if file.joined then return end -- made from the others, which are checked
  local path, compressed = registry.find(set, key)
  local what = "files." .. key
  if file.packed and (path and derived.was_made(path) or not path and registry.find(set, file.packed.file)) then
    path, compressed = registry.path(set, key), false
  end
  if not path and file.optional then
    return report {what = what, expected = file.path, state = "absent", note = file.note}
  end
  if not path then
    return report {what = what, expected = file.path, state = "missing",
      note = file.urls and "ninetails dataset fetch " .. set.name or file.login or file.note}
  end
  local algorithm = file.sha256 and "sha256" or file.md5 and "md5"
  local hex, size = nil, files.stat(path).size
  if algorithm or file.bytes then hex, size = files.checksum(path, algorithm or "sha256", compressed) end
  report {what = what, expected = file.path, found = path, state = "ok", note = compressed and "compressed" or nil}
  if file.bytes then compare(report, what .. ".bytes", file.bytes, size, text.count) end
  if algorithm then compare(report, ("%s.%s"):format(what, algorithm), file[algorithm], hex)
  else
    compare(report, what .. ".sha256", nil, hex or files.checksum(path, "sha256", compressed))
  end
end

-- ------------------------------------------------------------------ packets and labels

local function check_packets(report, set, key, what)
  local path = registry.path(set, key)
  local seen = survey(path)
  compare(report, what, set.card.packets, seen.packets, text.count)
  if seen.warning then report {what = key .. ", damage", found = seen.warning, state = "unasserted"} end
end

local function check_labels(report, set, which)
  local definition, at = registry.definition(set, which)
  if not definition then return end
  local bytes, warning, stands_in = registry.labels(set, definition, at)
  local seen = labels.summary(bytes)
  local file = stands_in and definition.same_as or definition.file
  local source = file and set.card.files[file].path or definition.joined and "the parts' files"
    or definition.rule and "the card's rule" or "no attack at all"
  report {what = at, expected = "one label a packet", found = ("%s, from %s"):format(text.count(seen.count), source),
    state = "ok", note = warning}
  for _, key in ipairs {"attacks", "excluded", "first_attack", "clean"} do
    if definition[key] ~= nil or (seen[key] and (key ~= "excluded" or seen.excluded > 0)) then
      compare(report, ("%s.%s"):format(at, key), definition[key], seen[key], text.count)
    end
  end
  if definition.same_as and not stands_in then
    local path = registry.find(set, definition.same_as)
    local what = at .. ".same_as"
    if not path then
      return report {what = what, expected = set.card.files[definition.same_as].path, state = "absent"}
    end
    local other = labels.read(path)
    local differ = #other == #bytes and 0 or nil
    for i = 1, differ and #other or 0 do
      -- a packet that is excluded here may have any label there
      local mine = bytes:byte(i)
      if mine ~= 2 and mine ~= other:byte(i) then differ = differ + 1 end
    end
    compare(report, what, 0, differ, function(n) return n and text.count(n) .. " labels differ" or "another count" end)
  end
end

local function check_synthetic(report, set)
  local result = registry.load(set.name)
  compare(report, "packets", set.card.packets, result.packets, text.count)
  for _, key in ipairs {"attacks", "first_attack", "clean"} do
    local fact = (set.card.labels or {})[key]
    if fact or result[key] then compare(report, "labels." .. key, fact, result[key], text.count) end
  end
  compare(report, "packets in the capture", result.packets, survey(result.capture).packets, text.count)
end

-- ------------------------------------------------------------------ all of it

-- Runs one step; an error of the input is a failed check with its text.
local function guarded(report, what, step, ...)
  local good, problem = pcall(step, ...)
  if good then return end
  if type(problem) ~= "table" or problem.status == "argument" or problem.status == "internal" then error(problem, 0) end
  report {what = what, found = problem.message, state = "failed"}
end

function verify.run(set, options)
  local checks, missing = {}, false
  local function report(check)
    checks[#checks + 1] = check
    missing = missing or check.state == "missing"
    if options and options.on_check then options.on_check(check) end
  end
  local c = set.card
  if c.synthetic then
    check_synthetic(report, set)
    return checks
  end
  for _, key in ipairs(text.sorted_keys(c.files)) do guarded(report, "files." .. key, check_file, report, set, key) end
  if missing then return checks end -- the rest would only repeat it
  if c.capture then guarded(report, "packets", check_packets, report, set, c.capture, "packets") end
  if c.features and (not c.files[c.features].optional or registry.find(set, c.features)) then
    guarded(report, "features", check_packets, report, set, c.features, "rows of features")
  end
  guarded(report, "labels", check_labels, report, set)
  for _, which in ipairs(text.sorted_keys(c.other_labels)) do
    guarded(report, "other_labels." .. which, check_labels, report, set, which)
  end
  return checks
end

-- "failed", "missing" or "ok"; and how many checks are in each state.
function verify.verdict(checks)
  local counts = {}
  for _, check in ipairs(checks) do counts[check.state] = (counts[check.state] or 0) + 1 end
  return counts.failed and "failed" or counts.missing and "missing" or "ok", counts
end

return verify
