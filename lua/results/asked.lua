-- SPDX-License-Identifier: GPL-3.0-or-later
-- What reports and figures ask of `ninetails results`: its words, and what it finds by them.
local cli = require "ninetails.cli"
local compare = require "ninetails.results.compare"
local compared = require "ninetails.results.compared"
local results_command = require "ninetails.cli.commands.results"

local asked = {}

local function subcommand(name)
  for _, sub in ipairs(results_command.subcommands) do
    if sub.name == name then return sub end
  end
end

-- The words after `ninetails results`, as the command line takes them -> its arguments.
function asked.arguments(words) return cli.parse(subcommand(words[1]), words, 2) end

local function with_only(words, only)
  for _, filter in ipairs(only or {}) do table.move({"--only", filter}, 1, 2, #words + 1, words) end
  return words
end

-- `compare` of these runs of a file: by detector where there are several, else by configuration. -> its words, which of the
-- two, how many configurations; nil: there is nothing to compare.
function asked.compare(t, runs, metric, only)
  if t.kind ~= "result" then return nil end
  local arranged = compare.arrange(t, runs, metric)
  if #arranged.methods < 2 then return nil end
  local by = "configuration"
  for _, label in ipairs(arranged.methods) do
    if arranged.detector[label] ~= arranged.detector[arranged.methods[1]] then by = "detector" end
  end
  return with_only({"compare", t.path, "--metric", metric, "--by", by}, only), by, #arranged.methods
end

-- What `compare` finds by these words.
function asked.find(words) return compared.find(asked.arguments(words)) end

return asked
