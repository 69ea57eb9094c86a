-- SPDX-License-Identifier: GPL-3.0-or-later
-- Help, made from the commands' own tables: what cli.lua accepts and what it says that it accepts cannot differ.
local text = require "ninetails.cli.text"

local help = {}
local WIDTH = 90 -- where nobody looks, and on wider terminals

local placeholders = {integer = "N", number = "X", path = "FILE", string = "TEXT", size = "SIZE"}

-- {left, right} pairs -> lines, the right side wrapped beside the left one.
local function columns(pairs_)
  local left = 0
  for _, pair in ipairs(pairs_) do left = math.max(left, #pair[1]) end
  left = math.min(left, 34)
  local lines = {}
  for _, pair in ipairs(pairs_) do
    local wrapped = text.wrap(pair[2], text.within(WIDTH) - left - 4)
    local first = table.remove(wrapped, 1)
    if #pair[1] > left then
      lines[#lines + 1] = "  " .. pair[1]
      lines[#lines + 1] = (" "):rep(left + 4) .. first
    else
      lines[#lines + 1] = ("  %-" .. left .. "s  %s"):format(pair[1], first)
    end
    for _, line in ipairs(wrapped) do lines[#lines + 1] = (" "):rep(left + 4) .. line end
  end
  return table.concat(lines, "\n") .. "\n"
end

local function option_left(option)
  local left = (option.short and "-" .. option.short .. ", " or "    ") .. "--" .. option.name
  if option.type == "flag" then return left end
  local value = option.value or option.type == "choice" and table.concat(option.choices, "|")
    or placeholders[option.type]
  return left .. " " .. value
end

local function option_right(option)
  local default = option.default
  if default == nil or default == false then return option.help end
  if type(default) == "number" then default = text.plain(default) end
  return ("%s [%s%s]"):format(option.help, default, option.unit and " " .. option.unit or "")
end

function help.usage_line(command, path)
  local words = {"ninetails", path}
  if command.subcommands then words[#words + 1] = "SUBCOMMAND" end
  for _, argument in ipairs(command.arguments or {}) do
    local word = argument.many and argument.name .. "..." or argument.name
    words[#words + 1] = argument.optional and "[" .. word .. "]" or word
  end
  if command.options and #command.options > 0 then words[#words + 1] = "[options]" end
  return table.concat(words, " ")
end

-- {left, right} pairs of the arguments and of the options, as every kind of page shows them.
function help.argument_rows(command)
  local rows = {}
  for _, argument in ipairs(command.arguments or {}) do rows[#rows + 1] = {argument.name, argument.help} end
  return rows
end

function help.option_rows(command)
  local rows = {}
  for _, option in ipairs(command.options or {}) do rows[#rows + 1] = {option_left(option), option_right(option)} end
  rows[#rows + 1] = {"-h, --help", "show this text"}
  return rows
end

function help.command(command, path)
  local summary = table.concat(text.wrap(command.summary, text.within(WIDTH)), "\n")
  local out = {"Usage: ", help.usage_line(command, path), "\n\n", summary, "\n"}
  local function section(title, rows)
    if #rows == 0 then return end
    out[#out + 1] = "\n" .. title .. ":\n"
    out[#out + 1] = columns(rows)
  end
  section("Arguments", help.argument_rows(command))
  local rows = {}
  for _, sub in ipairs(command.subcommands or {}) do rows[#rows + 1] = {sub.name, sub.summary} end
  section("Subcommands", rows)
  section("Options", help.option_rows(command))
  for _, more in ipairs(command.sections or {}) do section(more.title, more.rows) end
  if command.details then
    out[#out + 1] = "\n" .. table.concat(text.wrap(command.details, text.within(WIDTH)), "\n") .. "\n"
  end
  return table.concat(out)
end

function help.overview(commands)
  local rows = {}
  for _, command in ipairs(commands) do rows[#rows + 1] = {command.name, command.summary} end
  return "Usage: ninetails COMMAND ...\n\n"
    .. "Benchmarking and experimentation harness for the Kitsune network anomaly detector.\n\nCommands:\n"
    .. columns(rows)
    .. "\n`ninetails help COMMAND` tells more. Exit codes: 0 fine, 1 wrong usage, 2 a run failed,\n"
    .. "3 a regression was found, 4 it could not be measured.\n"
    .. "\nOn a terminal, what is longer than the screen goes through $NINETAILS_PAGER, $PAGER or less;\n"
    .. "`ninetails --no-pager COMMAND` prints it at once.\n"
end

return help
