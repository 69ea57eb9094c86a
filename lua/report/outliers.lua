-- SPDX-License-Identifier: GPL-3.0-or-later
-- Packets that stand out in a report: of the one run that it is of, repeated over its capture as by `ninetails inspect`.
local find = require "ninetails.inspect.find"
local inspected = require "ninetails.plot.inspected"
local inspection = require "ninetails.inspection"
local json = require "ninetails.json"
local result_table = require "ninetails.results.table"
local text = require "ninetails.cli.text"

local outliers = {}

outliers.kinds = {"outlier-scores", "outlier-times", "outlier-sources", "outlier-destinations"}

local refuse = result_table.refuse

-- The one run of a report's file. -> its row, its key where the file is a result.
local function the_run(paths, args)
  if #paths > 1 then refuse("argument", "--capture: expected one file, got %d", #paths) end
  local t = result_table.read(paths[1])
  local runs = result_table.select(t, args.only)
  if #runs ~= 1 then
    refuse("argument", "--capture: %s has %d runs: name one by --only, as --only run=KEY", paths[1], #runs)
  end
  return runs[1], t.kind == "result" and runs[1].run or nil
end

-- -> {rows = as lua/plot/inspected.lua takes them, command =, scored =, threshold =}; nil without --capture. None that
-- qualifies is no error.
function outliers.find(paths, args)
  if not args.capture then
    if args.given.threshold then refuse("argument", "--threshold does nothing here: it goes with --capture") end
    return nil
  end
  local run, key = the_run(paths, args)
  local found = find.packets(args, paths[1], key, {named = 1})
  local words = {"inspect", key and ("%s:%s"):format(paths[1], key) or paths[1], "--capture", args.capture}
  if args.threshold then table.move({"--threshold", args.threshold}, 1, 2, #words + 1, words) end
  words[#words + 1] = "--csv"
  return {rows = inspection.rows(found), row = run.row, scored = found.scored, threshold = found.threshold,
    labelled = found.labelled, command = text.command_line(words)}
end

-- JSON has no others.
local function number(x) return x - x == 0 and x or json.null end

local function hosts_of(rows, which)
  local list, left = inspected.hosts(rows, which)
  local hosts = json.array {}
  for i, host in ipairs(list) do hosts[i] = json.array {host.address, host.packets, host.attack} end
  return json.object {{"hosts", hosts}, {"more", left}}
end

-- What a page has of them: its size is bounded whatever their number.
function outliers.object(found)
  if not found then return nil end
  local members = {{"row", found.row}, {"command", found.command}, {"count", #found.rows}, {"scored", found.scored},
    {"threshold", number(found.threshold)}, {"labelled", found.labelled}}
  if #found.rows == 0 then return json.object(members) end
  local first, last = inspected.span(found.rows)
  local points, bins = json.array {}, json.array {}
  local drawn, thinned = inspected.drawn(found.rows, first, last)
  for i, row in ipairs(drawn) do points[i] = json.array {row.packet, number(row.time - first), number(row.score), row.attack and 1 or 0} end
  for i, bin in ipairs(inspected.bins(found.rows)) do bins[i] = json.array {bin.from - first, bin.benign, bin.attack} end
  table.move({{"first", first}, {"last", last - first}, {"points", points}, {"thinned", thinned and true or false}, {"bins", bins},
    {"sources", hosts_of(found.rows, "source")}, {"destinations", hosts_of(found.rows, "destination")}}, 1, 7, #members + 1, members)
  return json.object(members)
end

return outliers
