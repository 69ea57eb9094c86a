-- SPDX-License-Identifier: GPL-3.0-or-later
-- Where interactive Lua gets its lines: a terminal, with line editing, history and completion; or a file or a pipe.
--
--   local lines = console.open(complete)
--   local words, why = lines.read("> ")   nil, "end": there are no more; nil, "dropped": by ^C
local files = require "ninetails.files"
local line = require "ninetails.line"
local out = require "ninetails.cli.out"
local signals = require "ninetails.signals"
local system = require "ninetails.system"

local console = {}

local MOST = 1000 -- lines of history

-- What came by a signal: SIGINT drops the line, SIGTERM ends the program.
function console.settle()
  local signal = signals.forget()
  if signal == "TERM" then error({status = "interrupted", signal = signal, message = "interrupted"}, 0) end
  return signal
end

-- A relative path is none, as the specification of these folders has it.
local function history_path()
  local state = os.getenv("XDG_STATE_HOME")
  if state and state:sub(1, 1) == "/" then return state .. "/ninetails/history" end
  local own = os.getenv("HOME")
  if own and own:sub(1, 1) == "/" then return own .. "/.local/state/ninetails/history" end
  error({message = "neither XDG_STATE_HOME nor HOME is a folder: no history is kept"}, 0)
end

-- Without history one can work: it is said once.
local function or_say(f, ...)
  local good, problem = pcall(f, ...)
  if not good then out.note("warning: ", type(problem) == "table" and problem.message or problem, "\n") end
end

local function keep_history()
  local path = history_path()
  files.make_folders(path:match("^(.*)/"))
  line.history(path, MOST)
end

-- Lines of a terminal by `get`. What came of a signal is "dropped".
local function typed(get)
  return function(prompt)
    out.flush()
    local words, why = get(prompt)
    console.settle()
    return words, why == "signal" and "dropped" or why
  end
end

local function edited(complete)
  or_say(keep_history)
  return typed(function(prompt)
    local words, why = line.read(prompt, complete)
    for part in (words or ""):gmatch("[^\n]+") do or_say(line.remember, part) end
    return words, why
  end)
end

local plain = typed(function(prompt)
  out.text(prompt)
  out.flush()
  local words, why = line.plain()
  if why == "signal" then out.text("\n") end
  return words, why
end)

local function from_file() return io.read("l"), "end" end

-- complete: as that of ninetails.line.
function console.open(complete)
  if not system.is_terminal(0) then return {read = from_file, terminal = false} end
  signals.goes_on()
  return {read = line.edits and system.is_terminal(1) and edited(complete) or plain, terminal = true}
end

return console
