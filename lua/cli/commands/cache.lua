-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails cache: what experiments have computed and kept, and how to be rid of it.
local cache = require "ninetails.cache"
local json = require "ninetails.json"
local out = require "ninetails.cli.out"
local cache_place = require "ninetails.cli.cache_place"
local text = require "ninetails.cli.text"

local kinds = {"features", "correlations", "scores"}

local function bytes_of(option, word)
  local bytes = text.bytes(word)
  if not bytes then
    error({status = "argument",
      message = ("--%s '%s': expected bytes, or a number with k, M, G or T"):format(option, word)}, 0)
  end
  return bytes
end

local function sums(entries)
  local by_kind, total = {}, 0
  for _, kind in ipairs(kinds) do by_kind[kind] = {files = 0, bytes = 0} end
  for _, entry in ipairs(entries) do
    local sum = by_kind[entry.kind]
    sum.files, sum.bytes = sum.files + 1, sum.bytes + entry.bytes
    total = total + entry.bytes
  end
  return by_kind, total
end

local function print_json(folder, limit, entries, removed, freed)
  local by_kind, total = sums(entries)
  local members = {{"folder", folder}, {"limit", limit}, {"bytes", total}}
  for _, kind in ipairs(kinds) do
    members[#members + 1] = {kind, json.object {{"files", by_kind[kind].files}, {"bytes", by_kind[kind].bytes}}}
  end
  if removed then members[#members + 1] = {"removed", json.object {{"files", removed}, {"bytes", freed}}} end
  out.data(json.encode(json.object(members), true), "\n")
end

local function print_text(folder, limit, entries)
  local by_kind, total = sums(entries)
  local rows = {{"folder", folder}}
  for _, kind in ipairs(kinds) do
    rows[#rows + 1] = {kind, ("%s, %s"):format(text.scaled(by_kind[kind].bytes, "B"),
      text.plural(by_kind[kind].files, "file"))}
  end
  rows[#rows + 1] = {"in all", ("%s of at most %s"):format(text.scaled(total, "B"), text.scaled(limit, "B"))}
  out.text(text.rows(rows))
end

local function print_list(entries)
  local rows = {}
  for i, entry in ipairs(entries) do
    rows[i] = {os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(entry.used)), entry.kind, text.scaled(entry.bytes, "B"), entry.key}
  end
  out.text(text.table(rows, {[3] = true}))
end

return {
  name = "cache",
  pages = true,
  summary = "What experiments have computed and keep for the next one: show it, prune it.",
  details = "Features, correlations and scores lie here under names made of everything that they depend on, so that no "
    .. "experiment computes them twice. All of it can be computed again. After each experiment the least recently "
    .. "used files go until the limit holds.\n\n"
    .. "$NINETAILS_CACHE names another folder, $NINETAILS_CACHE_LIMIT another limit (20G unless told).",
  options = {
    {name = "list", type = "flag", help = "list the files, least recently used first"},
    {name = "prune", type = "flag", help = "remove the least recently used files until the limit holds"},
    {name = "to", type = "string", value = "SIZE", help = "prune to this size instead; 0 empties the cache"},
    {name = "json", type = "flag", help = "print JSON"},
  },
  run = function(args)
    if args.to and not args.prune then error({status = "argument", message = "--to: expected only with --prune"}, 0) end
    local folder, limit = cache_place.folder(), cache_place.limit()
    local removed, freed
    if args.prune then
      removed, freed = cache.prune(folder, args.to and bytes_of("to", args.to) or limit)
      if not args.json then
        out.text(("removed %s, %s\n"):format(text.plural(removed, "file"), text.scaled(freed, "B")))
      end
    end
    local entries = cache.list(folder)
    if args.json then
      print_json(folder, limit, entries, removed, freed)
    else
      if args.list then print_list(entries) end
      print_text(folder, limit, entries)
    end
    return 0
  end,
}
