-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails repl: Lua, line by line, with everything that a script has.
local console = require "ninetails.cli.console"
local names = require "ninetails.cli.names"
local out = require "ninetails.cli.out"
local signals = require "ninetails.signals"
local system = require "ninetails.system"

local MOST = 20 -- items of a table that are shown

local show

local function item(key, value, depth)
  local word = show(value, depth + 1)
  if math.type(key) == "integer" then return word end
  return (type(key) == "string" and key or ("[%s]"):format(show(key, depth + 1))) .. " = " .. word
end

-- A value as one would write it; tables two deep and cut.
function show(value, depth)
  if type(value) == "string" then return depth > 0 and ("%q"):format(value):gsub("\\\n", "\\n") or value end
  if type(value) ~= "table" then return tostring(value) end
  local meta = getmetatable(value)
  if meta and (meta.__tostring or meta.__index or meta.__pairs) then return tostring(value) end
  if depth > 1 then return "{...}" end
  local parts, more = {}, 0
  local function add(key)
    if #parts < MOST then parts[#parts + 1] = item(key, value[key], depth) else more = more + 1 end
  end
  for i = 1, #value do add(i) end
  local keys = {}
  for key in pairs(value) do
    if not (math.type(key) == "integer" and key >= 1 and key <= #value) then keys[#keys + 1] = key end
  end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for _, key in ipairs(keys) do add(key) end
  if more > 0 then parts[#parts + 1] = ("... %d more"):format(more) end
  return "{" .. table.concat(parts, ", ") .. "}"
end

-- The chunk of some lines: an expression where they are one. The second result: whether more lines may complete it.
local function compile(lines, globals)
  local body = lines:gsub("^%s*=", "return ", 1)
  local chunk = load("return " .. lines, "=stdin", "t", globals)
  local problem
  if not chunk then chunk, problem = load(body, "=stdin", "t", globals) end
  return chunk, problem and problem:find("<eof>$") ~= nil, problem
end

local function explain(problem)
  if type(problem) == "table" and problem.message then return problem.message end
  local trace = debug.traceback(tostring(problem), 2)
  return (trace:gsub("in upvalue 'chunk'\n.*", "in main chunk")) -- what is above it is ours
end

-- What a signal ends may lack something, also where it looks like a result.
local function evaluate(chunk, terminal)
  local good, results, signal = signals.call(function() return table.pack(chunk()) end, explain)
  if signal and not terminal then error({status = "interrupted", signal = signal, message = "interrupted"}, 0) end
  if signal then
    console.settle()
    out.note("interrupted\n")
    return false
  end
  if not good then
    out.note(results, "\n")
    return false
  end
  local words = {}
  for i = 1, results.n do words[i] = show(results[i], 0) end
  if #words > 0 then out.line(table.concat(words, "\t")) end
  return true
end

-- A chunk of as many lines as it takes, or nil and why there is none: "end", "dropped" or "wrong", with the problem.
local function read_chunk(lines, globals)
  local words, why = lines.read("> ")
  if not words then return nil, why end
  local chunk, incomplete, problem = compile(words, globals)
  while incomplete do
    local more, end_of_more = lines.read(">> ")
    if end_of_more == "dropped" then return nil, "dropped" end
    if not more then break end
    words = words .. "\n" .. more
    chunk, incomplete, problem = compile(words, globals)
  end
  return chunk, "wrong", problem
end

local function run()
  local globals = setmetatable({nt = require "ninetails"}, {__index = _G})
  globals._G = globals
  local lines = console.open(function(word) return names.complete(word, globals) end)
  if lines.terminal then
    out.text(("Ninetails %s, %s. `nt` is what scripts have; an expression is printed; end with Ctrl-D.\n"):format(
      system.version().version, _VERSION))
  end
  local good = true
  while true do
    local chunk, why, problem = read_chunk(lines, globals)
    if why == "end" then break end
    if chunk then good = evaluate(chunk, lines.terminal) and good
    elseif why == "wrong" then
      out.note(problem, "\n")
      good = false
    end
  end
  if lines.terminal then out.text("\n") end
  return (lines.terminal or good) and 0 or 2
end

return {
  name = "repl",
  summary = "Interactive Lua with what experiment scripts have: `nt` is require \"ninetails\".",
  details = "Reads lines of Lua from standard input; one that is not complete goes on in the next. Values of "
    .. "expressions are printed, errors come with their traceback. Globals stay, locals end with their line.\n\n"
    .. "On a terminal lines are edited as in a shell: arrows, ^R searches in what was typed before, TAB completes names of "
    .. "globals and fields of tables (`nt.` TAB). ^C drops the line, or ends what runs; ^D ends. The last "
    .. "1,000 lines are kept in $XDG_STATE_HOME/ninetails/history (usually ~/.local/state).\n\n"
    .. "From a file or a pipe the exit code is 2 when a line failed.",
  run = run,
}
