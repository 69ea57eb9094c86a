-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails repl: Lua, line by line, with everything that a script has.
local out = require "ninetails.cli.out"
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
  return (trace:gsub("\n%s+%[C%]: in function 'xpcall'.*", ""))
end

local function evaluate(chunk)
  local results = table.pack(xpcall(chunk, explain))
  if not results[1] then
    out.note(results[2], "\n")
    return false
  end
  local words = {}
  for i = 2, results.n do words[#words + 1] = show(results[i], 0) end
  if #words > 0 then out.text(table.concat(words, "\t"), "\n") end
  return true
end

local function read_line(prompt, terminal)
  if terminal then
    out.text(prompt)
    out.flush()
  end
  return io.read("l")
end

local function run()
  local terminal = system.is_terminal(0)
  local globals = setmetatable({nt = require "ninetails"}, {__index = _G})
  globals._G = globals
  if terminal then
    out.text(("Ninetails %s, %s. `nt` is what scripts have; an expression is printed; end with Ctrl-D.\n"):format(
      system.version().version, _VERSION))
  end
  local good = true
  while true do
    local lines = read_line("> ", terminal)
    if not lines then break end
    local chunk, incomplete, problem = compile(lines, globals)
    while incomplete do
      local more = read_line(">> ", terminal)
      if not more then break end
      lines = lines .. "\n" .. more
      chunk, incomplete, problem = compile(lines, globals)
    end
    if not chunk then
      out.note(problem, "\n")
      good = false
    else good = evaluate(chunk) and good end
  end
  if terminal then out.text("\n") end
  return (terminal or good) and 0 or 2
end

return {
  name = "repl",
  summary = "Interactive Lua with what experiment scripts have: `nt` is require \"ninetails\".",
  details = "Reads lines of Lua from standard input; one that is not complete goes on in the next. Values of "
    .. "expressions are printed, errors come with their traceback. Globals stay, locals end with their line. From a "
    .. "file or a pipe the exit code is 2 when a line failed.",
  run = run,
}
