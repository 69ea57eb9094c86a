-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails extract: one capture -> rows of features.
local json = require "ninetails.json"
local out = require "ninetails.cli.out"
local one_capture = require "ninetails.cli.one_capture"
local text = require "ninetails.cli.text"

local options = {one_capture.profile}
table.move(one_capture.options, 1, #one_capture.options, 2, options)

local function list(...) return {...} end

local function print_json(args, result)
  local members = list(one_capture.input_json(args, result))
  for _, member in ipairs(list(one_capture.speed_json(args, result))) do members[#members + 1] = member end
  out.data(json.encode(json.object(members), true), "\n")
end

local function print_text(args, result)
  local rows = list(one_capture.input_rows(args, result))
  for _, row in ipairs(list(one_capture.speed_rows(args, result))) do rows[#rows + 1] = row end
  out.text(text.rows(rows))
end

return {
  name = "extract",
  summary = "Turn a capture into rows of features: damped statistics of its traffic.",
  details = "Without -o the rows are computed and counted only, which shows the speed. "
    .. "A .csv has a column `timestamp` and one for each feature, and can be given to `ninetails score` again. "
    .. "An .h5 has /features, /timestamps and the names in /feature; it says in its attributes what made it, "
    .. "and can be given to `ninetails score`, too.",
  arguments = {one_capture.argument},
  options = options,
  run = function(args)
    local result = one_capture.run(args, {}, {score = false})
    if args.json then print_json(args, result) elseif not args.quiet then print_text(args, result) end
    return 0
  end,
}
