-- SPDX-License-Identifier: GPL-3.0-or-later
-- Parts of data sets: some packets of a capture, in time order. A part that ends early is the capture's first packets
-- alone (`most` of an input); one that begins late is all up to its end, as a detector has to have seen what came before,
-- with the packets before its begin excluded from what is measured.
local context = require "ninetails.experiment.context"
local files = require "ninetails.files"
local labels = require "ninetails.labels"
local registry = require "ninetails.dataset.registry"
local survey = require "ninetails.survey"
local text = require "ninetails.cli.text"
local values = require "ninetails.experiment.values"

local split = {}

local BENIGN, EXCLUDED = "\0", "\1" -- of a mask: keep, exclude

-- How many of the packets come before that many seconds after the first one.
local function packets_until(where, set, path, seconds)
  if set.rows then context.fail(where, "%s: data set %s is rows of features: expected packets", path, set.name) end
  local until_then = {flows = {{to = survey(set.capture).first + seconds}}}
  local marks = labels.by_rule(set.capture, until_then)
  return (marks:find("\0", 1, true) or #marks + 1) - 1
end

-- The part's first and last packet of a data set, from 1.
local function range_of(where, part, set)
  local n = set.packets
  if not n or not set.labels then
    context.fail(where, "%s: data set %s has no labels: a part of it cannot be measured", part.name, set.name)
  end
  local first, last = part.from or 1, part.to or n
  if first < 1 then first = math.floor(first * n) + 1 end
  if last < 1 then last = math.floor(last * n) end
  if part.from_seconds then first = packets_until(where, set, part.name .. ".from_seconds", part.from_seconds) + 1 end
  if part.to_seconds then last = packets_until(where, set, part.name .. ".to_seconds", part.to_seconds) end
  if last > n or first > last then
    context.fail(where, "%s: packets %s to %s of data set %s, which has %s: expected some of them", part.name,
      text.count(first), text.count(last), set.name, text.count(n))
  end
  return first, last
end

-- A data set's packets from `first` to `last`, as a data set of its own.
function split.cut(set, first, last)
  local whole, part = set.whole or set, {}
  local name = ("%s.%d-%d"):format(whole.name, first, last)
  local bytes, _, names = labels.read(whole.labels)
  if first > 1 then bytes = labels.exclude(bytes, EXCLUDED:rep(first - 1) .. BENIGN:rep(#bytes - first + 1)) end
  bytes = bytes:sub(1, last)
  if names and names.packets then names.packets = names.packets:sub(1, 2 * last) end
  local source = ("%s %s"):format(whole.labels, files.stat(whole.labels).stamp)
  local path = ("%s/labels/parts/%s.%016x.txt"):format(registry.cache(), name, values.hash(source))
  files.make_folders(registry.folder_of(path))
  files.keep(path, labels.lines(bytes, names))
  for key, value in pairs(whole) do part[key] = value end
  local seen = labels.summary(bytes, names)
  part.name, part.whole, part.first, part.last = name, whole, first, last
  part.labels, part.packets, part.attacks, part.benign = path, last, seen.attacks, seen.benign
  part.most = last < whole.packets and last or nil
  part.clean = whole.clean and math.min(whole.clean, last)
  part.origin = ("%s, packets %d to %d"):format(whole.origin, first, last)
  return part
end

-- Parts of data sets, as a search's `select` and `report` have them.
function split.make(where, part, sets)
  local list = {}
  local whole = not (part.from or part.to or part.from_seconds or part.to_seconds)
  for i, set in ipairs(sets) do list[i] = whole and set or split.cut(set, range_of(where, part, set)) end
  return list
end

-- The first share of what is scored of a data set: that of a rung.
function split.share(set, training, share)
  if share == 1 then return set end
  local begin = math.max(training, (set.first or 1) - 1)
  return split.cut(set, set.first or 1, begin + math.max(1, math.floor(share * (set.packets - begin))))
end

-- Both benign packets and attacks are scored, or a choice by AUC and the like knows nothing.
function split.check(where, set, training, metric)
  local words = ("%s: packets %s to %s"):format(set.name, text.count(math.max(training + 1, set.first or 1)),
    text.count(set.packets or 0))
  if not set.labels then context.fail(where, "search: data set %s has no labels, and %s needs them", set.name, metric) end
  local bytes = labels.read(set.labels)
  local seen = labels.summary(bytes:sub(training + 1))
  for _, what in ipairs {"attacks", "benign"} do
    if seen[what] == 0 then
      context.fail(where, "search: %s, which are scored, have %s, and %s needs both attacks and benign ones: expected "
        .. "another split%s", words, what == "attacks" and "no attack" or "no benign packet", metric,
        set.rung and ", or fewer rungs" or "")
    end
  end
end

-- Texts about packets that are in both splits, among those that are scored: the choice was made by what is reported.
function split.overlaps(select, report)
  local list = {}
  for _, a in ipairs(select) do
    for _, b in ipairs(report) do
      local first = math.max(a.first or 1, b.first or 1)
      local last = math.min(a.last or math.huge, b.last or math.huge)
      if a.capture == b.capture and first <= last then
        list[#list + 1] = ("search: `select` and `report` share %s of %s: the configuration is CHOSEN BY THE PACKETS THAT IT "
          .. "IS REPORTED ON, and its figure is too good"):format(last == math.huge and first == 1 and "all packets"
          or ("packets %s to %s"):format(text.count(first), text.count(math.min(last, a.packets or last))),
          (a.whole or a).name)
      end
    end
  end
  return list
end

return split
