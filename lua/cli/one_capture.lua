-- SPDX-License-Identifier: GPL-3.0-or-later
-- What `extract` and `score` have in common: options, the run itself, and what is printed about input and speed.
local json = require "ninetails.json"
local out = require "ninetails.cli.out"
local outputs = require "ninetails.cli.outputs"
local parameter = require "ninetails.cli.parameter"
local pipeline = require "ninetails.pipeline"
local progress = require "ninetails.cli.progress"
local text = require "ninetails.cli.text"

local one_capture = {}

one_capture.argument = {name = "CAPTURE",
  help = "pcap, pcapng, tshark TSV or rows of features (CSV), as it is or compressed with gzip, xz or "
    .. "zstd; - reads standard input; or an HDF5 file of `extract`"}

one_capture.profile = parameter.option("profile")

-- Options that follow a command's own.
one_capture.options = {
  parameter.option("max_streams"),
  parameter.option("threads"),
  {name = "output", short = "o", type = "path", help = "write an HDF5 file (.h5, .hdf5) or a table (.csv)"},
  outputs.option,
  parameter.option("compression"),
  {name = "json", type = "flag", help = "print the summary as JSON"},
  {name = "quiet", type = "flag", help = "print neither progress nor summary; warnings remain"},
}

-- Runs the pipeline with the options that `fields` names (all others stay at their defaults); `more` is added to them.
function one_capture.run(args, fields, more)
  if args.output then outputs.check(args.output, outputs.kind_of(args.output), args.force) end
  local options = {
    input = args.capture, output = args.output, command_line = args.command_line,
    profile = args.profile, profile_given = args.given.profile or false,
    max_streams = args.max_streams, threads = args.threads, compression = args.compression,
  }
  for _, name in ipairs(fields) do options[name] = args[name] end
  for name, value in pairs(more) do options[name] = value end
  local shown = progress.new {quiet = args.quiet}
  options.progress = function(packets, seconds, phase)
    shown:update(packets, seconds, options.score and phase or nil)
  end
  local good, result = pcall(pipeline.run, options)
  shown:clear()
  if not good then error(result, 0) end
  if result.warning then out.note("warning: ", result.warning, "\n") end
  return result
end

-- ------------------------------------------------------------------ for people

function one_capture.input_rows(args, result)
  local usage = result.usage
  local feature_set = ("%d from the input"):format(result.width)
  if result.profile then feature_set = ("%d, profile %s"):format(result.width, result.profile) end
  return {"capture", ("%s (%s), %s packets"):format(args.capture, result.format, text.count(result.packets))},
    {"features", feature_set},
    {"streams", usage and ("%s kept, %s dropped, %s"):format(text.count(usage.streams), text.count(usage.dropped),
      text.scaled(usage.bytes, "B"))}
end

local function rate(result) return result.seconds > 0 and result.packets / result.seconds or 0 end

function one_capture.speed_rows(args, result)
  local stages = {}
  for _, stage in ipairs(result.stages) do
    stages[#stages + 1] = ("%s %s"):format(stage.name, text.count(math.floor(stage.seconds / stage.rows * 1e9 + 0.5)))
  end
  return {"speed", ("%s packets/s in %.2f s on %d thread%s"):format(text.scaled(rate(result)), result.seconds,
      result.threads, result.threads == 1 and "" or "s")},
    {"ns per packet", #stages > 0 and table.concat(stages, ", ") or nil},
    {"written", args.output}
end

-- ------------------------------------------------------------------ for programs

function one_capture.input_json(args, result)
  return {"capture", args.capture}, {"format", result.format}, {"warning", result.warning},
    {"sha256", result.sha256},
    {"content_sha256", result.content_sha256}, {"packets", result.packets}, {"width", result.width}, {"profile", result.profile},
    {"max_streams", result.profile and args.max_streams or nil},
    {"usage", result.usage and json.object {{"streams", result.usage.streams}, {"pairs", result.usage.pairs},
      {"dropped", result.usage.dropped}, {"bytes", result.usage.bytes}}}
end

function one_capture.speed_json(args, result)
  local stages = json.array {}
  for i, stage in ipairs(result.stages) do
    stages[i] = json.object {{"stage", stage.name}, {"packets", stage.rows}, {"seconds", stage.seconds},
      {"ns_per_packet", stage.seconds / stage.rows * 1e9}}
  end
  return {"start", result.start}, {"end", result.finish}, {"threads", result.threads}, {"seconds", result.seconds},
    {"packets_per_second", rate(result)}, {"stages", stages}, {"output", args.output}
end

return one_capture
