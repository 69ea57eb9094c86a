-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails inspect: from scores to the packets behind them, and why.
local dissect = require "ninetails.dissect"
local files = require "ninetails.files"
local find = require "ninetails.inspect.find"
local incidents = require "ninetails.inspect.incidents"
local out = require "ninetails.cli.out"
local packets = require "ninetails.inspect.packets"
local result_table = require "ninetails.results.table"
local results = require "ninetails.results"
local select_runs = require "ninetails.plot.select"
local text = require "ninetails.cli.text"

local refuse = result_table.refuse

-- ------------------------------------------------------------------ what is asked for

local function exists(path) return files.stat(path) ~= nil end

-- -> path, key of the run or nil: a file of `score`.
local function source(word)
  local path, run = select_runs.split(word, exists)
  if results.is_output(path) then
    if run then refuse("argument", "%s is what `ninetails score` wrote, and has no runs: got :%s", path, run) end
    return path
  end
  return path, select_runs.one(result_table.read(path), run, {}).run
end

local function look(args)
  local path, run = source(args.result)
  local found = find.packets(args, path, run, {named = args.features, fidelity = args.fidelity, seed = args.seed})
  if not found.explained then
    out.note(("note: the scores of detector %s are not explained: that takes kitnet\n"):format(found.detector))
  end
  return found
end

-- ------------------------------------------------------------------ the whole

local function print_fidelity(found, args)
  local named, random = found.fidelity.named, found.fidelity.random
  if args.json then
    local json = require "ninetails.json"
    local function part(x) return json.object {{"mean", x.mean}, {"median", x.median}, {"packets", x.packets}} end
    return out.data(json.encode(json.object {{"qualify", found.count}, {"features", args.features},
      {"score_left_named", part(named)}, {"score_left_random", part(random)}}), "\n")
  end
  local function percent(x) return x == x and ("%.1f %%"):format(100 * x) or "none" end
  out.text(text.table({{"put back to the median", "packets", "score left, mean", "median"},
    {("the %d features named"):format(args.features), text.count(named.packets), percent(named.mean), percent(named.median)},
    {("%d features at random"):format(args.features), text.count(random.packets), percent(random.mean),
      percent(random.median)}}, {[2] = true, [3] = true, [4] = true}))
end

-- Before there is any work in it.
local function must_hold_frames(capture)
  local _ <close> = dissect.open(capture)
end

local function run(args)
  local forms = {}
  for _, form in ipairs {"json", "csv", "eve", "write", "details"} do
    if args.given[form] then forms[#forms + 1] = "--" .. form end
  end
  if #forms > 1 then refuse("argument", "%s: expected one of them", table.concat(forms, ", ")) end
  if args.incidents and (args.eve or args.write or args.details) then
    refuse("argument", "--incidents and %s: expected one of them", forms[1])
  end
  if args.fidelity and (args.incidents or forms[1] and not args.json) then
    refuse("argument", "--fidelity and %s: expected one of them", args.incidents and "--incidents" or forms[1])
  end
  local file = args.capture ~= "-" -- which look() refuses
  if args.eve and file then must_hold_frames(args.capture) end
  local excerpt <close> = args.write and file and packets.excerpt(args) or nil
  local found = look(args)
  if args.fidelity then
    print_fidelity(found, args)
    return 0
  end
  if not (args.json or args.csv or args.eve or args.quiet) then
    out.text(("%s of %s scored packets qualify: score at least %s\n%s"):format(text.count(found.count),
      text.count(found.scored), text.number(found.threshold, 6), args.incidents and "" or "\n"))
  end
  if args.incidents then
    incidents.print(found, args)
  elseif excerpt then
    packets.write(found, args, excerpt)
  elseif found.count > 0 or args.csv then
    packets.print(found, args)
  end
  return 0
end

return {
  name = "inspect",
  pages = true,
  summary = "Show the packets behind the anomalies of a scored run, and why they score so.",
  details = "The run's detector is repeated over the capture, and must come to the same scores bit for bit; then each "
    .. "qualifying packet's score is taken apart exactly: the share of each autoencoder in the score, and of each feature "
    .. "in the error of its autoencoder. A feature stands beside what the grace periods saw of it. Windows are told by "
    .. "their half-life: packets in 10 s are a damped count, in which one of 10 s ago counts half.\n\n"
    .. "Frames have the numbers of Wireshark, from 1 on; `packet` of JSON and CSV is that of result files, from 0 on. The tail is the probability of a score at "
    .. "least so high, were scores log-normal as fitted at the end of training.",
  arguments = {
    {name = "RESULT", help = "what `ninetails score -o` wrote; or RESULT:RUN, a run of an experiment's result file, by its "
      .. "number in `ninetails results ls`, its key, or the first digits of that (at least 4)"},
  },
  options = {
    {name = "capture", type = "path", required = true, help = "the capture that was scored; another is refused"},
    {name = "top", type = "integer", min = 1, help = "the N packets that score highest"},
    {name = "above", type = "number", help = "packets that score X or more"},
    {name = find.threshold.name, type = "string", value = find.threshold.value,
      help = find.threshold.help .. " [lognormal:1e-3, unless --top or --above]"},
    {name = "features", type = "integer", default = 3, min = 1, max = 1000, help = "how many features to name of a packet, "
      .. "those with the largest shares in the score"},
    {name = "limit", type = "integer", min = 0, help = "show the N packets that score highest, 0: all [20; with --json, "
      .. "--csv, --eve and --write all]. The table has the highest first, all else comes in the order of the capture"},
    {name = "incidents", type = "flag", help = "gather the packets that qualify into incidents: those of one entity and one "
      .. "cause that follow each other within --gap; most excess first"},
    {name = "by", type = "choice", choices = {"host", "pair", "flow"}, default = "host", help = "the entity: of a packet's "
      .. "two hosts the one that more of the packets have; both; or both with their ports"},
    {name = "gap", type = "number", value = "S", default = 60, min = 0, help = "seconds without a packet that end an incident"},
    {name = "details", type = "flag", help = "a block for each packet: headers, shares, payload"},
    {name = "bytes", type = "integer", default = 64, min = 0, help = "most bytes of the payload that --details shows; of a "
      .. "packet without one, of the frame"},
    {name = "json", type = "flag", help = "one object a line for each packet or incident, bytes in hexadecimal"},
    {name = "csv", type = "flag", help = "a table for programs, with the first feature of each packet"},
    {name = "eve", type = "choice", choices = {"alert", "anomaly"}, help = "a line of EVE JSON, as Suricata's log has them, "
      .. "for each packet"},
    {name = "write", short = "w", type = "path", value = "FILE", help = "copy the packets, byte for byte, to a pcapng file, each "
      .. "with a comment: its score, rank, autoencoder, features. Wireshark: frame.comment contains \"feature\""},
    {name = "context", type = "integer", min = 0, max = 1000000, default = 0, help = "with --write: packets before and after "
      .. "each, without a comment"},
    {name = "force", type = "flag", help = "replace the file that --write names, whatever it is"},
    {name = "fidelity", type = "flag", help = "instead of packets: put the named features of each back to their median in "
      .. "training, score again, and tell how much of the score is left; beside as many features at random"},
    {name = "seed", type = "integer", default = 1, min = 0, max = 4294967295, help = "of the features at random"},
    require("ninetails.cli.parameter").option("threads"),
    {name = "quiet", type = "flag", help = "print no progress"},
  },
  run = run,
}
