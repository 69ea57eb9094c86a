-- SPDX-License-Identifier: GPL-3.0-or-later
-- What options ask for of a scored run -> the packets that qualify (lua/bind/inspection.c).
--
--   find.packets(args, path, run): args.capture, and of top, above, threshold one or none; path and key of the run (nil: a
--   file of `score`); more = further fields of inspection.read
local inspection = require "ninetails.inspection"
local out = require "ninetails.cli.out"
local progress = require "ninetails.cli.progress"
local text = require "ninetails.cli.text"

local find = {}

local rules = {
  {"^lognormal:(.+)$", "lognormal"},
  {"^mean%+(.+)sd$", "deviations"},
}

local function refuse(...) error({status = "argument", message = string.format(...)}, 0) end

-- The option of the rule, of which there is one by itself in each command.
find.threshold = {name = "threshold", type = "string", value = "RULE", help = "lognormal:P: exceeded with probability P by the "
  .. "scores of training; mean+Ksd: by K standard deviations above the mean of the scores"}

-- -> select, value.
local function selection(args)
  local given = (args.given.top and 1 or 0) + (args.given.above and 1 or 0) + (args.given.threshold and 1 or 0)
  if given > 1 then refuse("--top, --above and --threshold: expected one of them") end
  if args.above then return "above", args.above end
  if args.top then return "top", args.top end
  local word = args.threshold or "lognormal:1e-3"
  for _, rule in ipairs(rules) do
    local value = text.to_number(word:match(rule[1]) or "")
    if value then return rule[2], value end
  end
  refuse("--threshold '%s': expected lognormal:P, as lognormal:1e-3, or mean+Ksd, as mean+2sd", word)
end

function find.packets(args, path, run, more)
  if args.capture == "-" then refuse("--capture -: expected a file, which is read twice") end
  local select, value = selection(args)
  local shown = progress.new {quiet = args.quiet}
  local asked = {result = path, run = run, capture = args.capture, select = select, value = value, threads = args.threads,
    progress = function(count, seconds, phase) shown:update(count, seconds, phase) end}
  for name, field in pairs(more or {}) do asked[name] = field end
  local good, found = pcall(inspection.read, asked)
  shown:clear()
  if not good then error(found, 0) end
  if found.warning then out.note("warning: ", found.warning, "\n") end
  return found
end

return find
