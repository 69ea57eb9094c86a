-- SPDX-License-Identifier: GPL-3.0-or-later
-- The command line: finds the command, parses its arguments by the tables in lua/cli/commands/, prints help made from the
-- same tables, and turns errors into one line on stderr and an exit code.
--
-- Exit codes: 0 fine, 1 wrong usage, 2 a run failed, 3 a regression was found, 4 it could not be measured.
local out = require "ninetails.cli.out"
local signals = require "ninetails.signals"
local system = require "ninetails.system"
local help = require "ninetails.cli.help"
local pages = require "ninetails.cli.pages"
local text = require "ninetails.cli.text"

local cli = {}

-- In the order of help.
local names = {"extract", "score", "inspect", "dissect", "run", "results", "report", "plot", "detectors", "dataset", "bench", "cache",
  "repl", "completion", "manual", "version"}

local function usage(format, ...)
  error({status = "argument", message = string.format(format, ...)}, 0)
end

-- "did you mean X?", or what there is.
local function instead(word, known, prefix)
  prefix = prefix or ""
  local near = text.nearest(word, known)
  if near then return ("did you mean %s%s?"):format(prefix, near) end
  if #known == 0 then return "there are none" end
  return ("expected %s%s"):format(prefix, table.concat(known, ", " .. prefix))
end

-- ------------------------------------------------------------------ values

local function range_text(option)
  return text.range({least = option.min or option.above, above = option.above, most = option.max or option.below,
    below = option.below}, true)
end

local function in_range(option, value)
  return not (option.min and value < option.min or option.max and value > option.max
    or option.above and value <= option.above or option.below and value >= option.below)
end

local function numeric(option, word, value, kind)
  if not value then
    usage("--%s '%s': expected %s", option.name, word, kind)
  end
  if not in_range(option, value) then
    usage("--%s %s: expected %s, %s", option.name, word, kind, range_text(option))
  end
  return value
end

local parse_value = {
  string = function(_, word) return word end,
  path = function(option, word)
    if word == "" then usage("--%s '': expected a path", option.name) end
    return word
  end,
  integer = function(option, word)
    local value = text.to_number(word)
    return numeric(option, word, math.type(value) == "integer" and value or nil, "a whole number")
  end,
  number = function(option, word)
    return numeric(option, word, text.to_number(word), "a number")
  end,
  size = function(option, word) return numeric(option, word, text.bytes(word), "a size such as 500M or 2G") end,
  choice = function(option, word)
    for _, choice in ipairs(option.choices) do
      if choice == word then return word end
    end
    usage("--%s '%s': %s", option.name, word, instead(word, option.choices))
  end,
}

-- ------------------------------------------------------------------ arguments

local function key_of(name) return (name:lower():gsub("%-", "_")) end

local function find_option(command, name, short)
  local known = {}
  for _, option in ipairs(command.options or {}) do
    if short and option.short == name or not short and option.name == name then return option end
    known[#known + 1] = short and option.short or not short and option.name or nil
  end
  usage("unknown option %s%s: %s", short and "-" or "--", name, instead(name, known, short and "-" or "--"))
end

-- Takes the option at words[i]; returns the index of the last word that belongs to it.
local function take_option(command, words, i, args)
  local word = words[i]
  local name, value = word:match("^%-%-([^=]+)=?(.*)$")
  local option
  if name then
    option = find_option(command, name, false)
    if not word:find("=", 1, true) then value = nil end
  else
    option = find_option(command, word:sub(2, 2), true)
    value = #word > 2 and word:sub(3) or nil
  end
  local key = key_of(option.name)
  if args.given[key] and not option.many then usage("--%s is given twice", option.name) end
  args.given[key] = true
  if option.type == "flag" then
    if value then usage("--%s takes no value, got '%s'", option.name, value) end
    args[key] = true
    return i
  end
  if not value then
    i = i + 1
    value = words[i]
    if not value or value:find("^%-%-") then usage("--%s: a value is missing", option.name) end
  end
  local parsed = parse_value[option.type](option, value)
  if option.many then
    args[key] = args[key] or {}
    table.insert(args[key], parsed)
  else
    args[key] = parsed
  end
  return i
end

local function place_positional(command, positional, args)
  local at = 1
  for _, argument in ipairs(command.arguments or {}) do
    local key = key_of(argument.name)
    if argument.many then
      args[key] = table.move(positional, at, #positional, 1, {})
      at = #positional + 1
      if #args[key] == 0 and not argument.optional then usage("missing %s", argument.name) end
    else
      args[key] = positional[at]
      if not args[key] and not argument.optional then usage("missing %s", argument.name) end
      at = at + 1
    end
  end
  if positional[at] then usage("unexpected argument '%s'", positional[at]) end
end

-- words from index `first` on -> args, or "help".
function cli.parse(command, words, first)
  local args = {given = {}}
  local positional, only_values = {}, false
  local i = first
  while i <= #words do
    local word = words[i]
    if not only_values and word == "--" then only_values = true
    elseif not only_values and (word == "--help" or word == "-h") then return "help"
    elseif not only_values and word:find("^%-.") then i = take_option(command, words, i, args)
    else positional[#positional + 1] = word end
    i = i + 1
  end
  for _, option in ipairs(command.options or {}) do
    local key = key_of(option.name)
    if option.required and not args.given[key] then usage("missing --%s", option.name) end
    if args[key] == nil and option.many then args[key] = {} end
    if args[key] == nil then args[key] = option.default end
  end
  place_positional(command, positional, args)
  return args
end

-- ------------------------------------------------------------------ commands

-- Of commands that print tables and texts.
local no_pager = {name = "no-pager", type = "flag", help = "print at once what is longer than the terminal's screen"}

-- A command that pages says so by `pages`, for all of its subcommands too.
local function with_pages(command, inherited)
  command.pages = command.pages or inherited
  for _, sub in ipairs(command.subcommands or {}) do with_pages(sub, command.pages) end
  if command.pages and not command.subcommands then
    command.options = table.move(command.options or {}, 1, #(command.options or {}), 1, {})
    table.insert(command.options, no_pager)
  end
  return command
end

-- Each is loaded when it is looked at: the start of one does not wait for all.
local all_commands = setmetatable({}, {__index = function(list, i)
  local command = names[i] and with_pages((require("ninetails.cli.commands." .. names[i])))
  list[i] = command
  return command
end})

local function names_of(commands)
  local known = {}
  for i, command in ipairs(commands) do known[i] = command.name end
  return known
end

-- known: the names of the commands, in their order.
local function find_command(commands, known, word, what)
  for i, name in ipairs(known) do
    if name == word then return commands[i] end
  end
  usage("unknown %s '%s': %s", what, word, instead(word, known))
end

-- Follows words[first...] down to the command that has a `run`, or as far as they go. Returns it, its full name, and
-- the index of the next word.
local function descend(commands, words, first)
  local command = find_command(commands, names, words[first], "command")
  local path = command.name
  local i = first + 1
  while command.subcommands and words[i] and not words[i]:find("^%-") do
    command = find_command(command.subcommands, names_of(command.subcommands), words[i], "subcommand of " .. path)
    path = path .. " " .. command.name
    i = i + 1
  end
  return command, path, i
end

-- The command as its help shows it: one that has `describe` adds what the other words of the command line name.
local function described(command, words, first)
  if not command.describe then return command end
  local rest = {}
  for i = first, #words do
    if words[i] ~= "--help" and words[i] ~= "-h" then rest[#rest + 1] = words[i] end
  end
  if #rest == 0 then return command end
  return command.describe(cli.parse(command, rest, 1))
end

local function show_help(commands, words, first)
  out.begin_pages()
  if not words[first] then
    out.text(help.overview(commands))
  else
    local command, path, next_word = descend(commands, words, first)
    out.text(help.command(described(command, words, next_word), path))
  end
  return 0
end

local function dispatch(words, state)
  local commands = all_commands
  local first = words[1]
  local sound, problem = pcall(system.check_environment)
  if not sound then error({status = "argument", message = problem.message, hint = false}, 0) end
  if first == "--no-pager" then
    pages.never()
    words = table.move(words, 2, #words, 1, {})
    first = words[1]
  end
  if not first then
    out.note(help.overview(commands))
    return 1
  end
  if first == "help" then return show_help(commands, words, 2) end
  if first == "--help" or first == "-h" then return show_help(commands, {}, 1) end
  if first == "--version" then words = {"version"} end
  local command, path, next_word = descend(commands, words, 1)
  state.path = path
  if command.subcommands then
    if words[next_word] == "--help" or words[next_word] == "-h" then return show_help(commands, words, 1) end
    usage("a subcommand is missing: expected %s", table.concat(names_of(command.subcommands), ", "))
  end
  local args = cli.parse(command, words, next_word)
  if args == "help" then
    out.begin_pages()
    out.text(help.command(described(command, words, next_word), path))
    return 0
  end
  if args.no_pager then pages.never() end
  if command.pages then out.begin_pages() end
  args.command_line = text.command_line(words)
  return command.run(args, commands) or 0
end

-- An error that is a table says what went wrong; anything else is a bug of ours, and wants its traceback.
local function explain(problem)
  if problem == "not enough memory" then return {status = "memory", message = "out of memory"} end
  if type(problem) == "table" and problem.message then return problem end
  return {status = "internal", message = debug.traceback("internal error: " .. tostring(problem), 2)}
end

-- Whatever a signal made of the command, also what looks like a result: it may lack something.
local function interrupted(result, signal)
  if type(result) == "table" and result.signal then return result end
  return {status = "interrupted", message = "interrupted", signal = signal}
end

-- An exit code, or the name of the signal that ended the command.
function cli.main(words)
  local state = {}
  local good, result, signal = signals.call(function()
    local code = dispatch(words, state)
    out.end_pages()
    return code
  end, explain)
  if not good then pcall(out.end_pages) end
  out.leave_pages()
  if not signal and signals.forget() == "TERM" then signal = "TERM" end
  if signal then good, result = false, interrupted(result, signal) end
  if good then return result end
  if type(result) ~= "table" then result = {status = "memory", message = "out of memory"} end -- too little to explain in
  local name = state.path and ("ninetails " .. state.path) or "ninetails"
  if result.message ~= "" then out.note(("%s: %s\n"):format(name, result.message)) end
  if result.status == "interrupted" then return result.signal end
  if result.status == "unmeasured" then return 4 end
  if result.status ~= "argument" then return 2 end
  if result.hint ~= false then
    out.note(("See: ninetails help%s\n"):format(state.path and " " .. state.path or ""))
  end
  return 1
end

return cli
