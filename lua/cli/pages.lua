-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is longer than the screen goes through a pager: $NINETAILS_PAGER, else $PAGER, else less. What a command prints on a
-- terminal is held until it is a screenful; then the pager starts, and takes that and the rest. What is shorter never
-- meets one.
--
--   pages.begin()                 from now on, where somebody looks
--   if not pages.take("stdout", words, write) then write("stdout", words) end
--   pages.release(write)          the end of the text: what is still held goes out by write(stream, words)
--   pages.finish(write)           waits for the user to leave the pager
--
-- Who leaves the pager early has seen enough: the rest is dropped, and the command ends as it would have. A pager that does
-- not start is named once, and the text is printed.
local layout = require "ninetails.cli.layout"
local pager = require "ninetails.pager"
local system = require "ninetails.system"

local pages = {}

local NOT_FOUND, NO_PROGRAM = 127, 126 -- exit codes of a shell that could not start it

local off = false    -- by --no-pager
local rows           -- of the screen, while what is printed counts
local held           -- {stream, words} that wait for a whole screen; later those that a pager may not have read
local height = 0     -- of what is held, lines; of what went to the pager, bytes
local running, left  -- the pager; whether it was left early

function pages.never() off = true end

-- The command of the shell, or nil: none is wanted.
local function chosen()
  for _, name in ipairs {"NINETAILS_PAGER", "PAGER"} do
    local set = os.getenv(name)
    if set then return set:find("%S") and set ~= "cat" and set or nil end
  end
  local kind = os.getenv "TERM"
  return kind and kind ~= "dumb" and "less" or nil
end

function pages.begin()
  rows = not off and chosen() and pager.rows()
  held, height = rows and {} or nil, 0
end

-- Whether a pager has the screen: what rewrites lines of it must not.
function pages.shown() return running ~= nil end

-- Plain words need no shell.
local function start()
  local command, words = chosen(), {}
  if command:find("[^%w%s_./+-]") then words = {"sh", "-c", command}
  else
    for word in command:gmatch("%S+") do words[#words + 1] = word end
  end
  return pager.start {words = words, environment = not os.getenv "LESS" and {"LESS=FRX"} or nil}
end

local function lines_of(words, width)
  local _, count = words:gsub("\n", "")
  for line in words:gmatch("[^\n]+") do count = count + (#line - 1) // width end
  return count
end

-- All that is held, and from now on nothing.
local function let_go(write)
  local list = held or {}
  held, rows = nil, nil
  for _, part in ipairs(list) do write(part[1], part[2]) end
end

local function say(write, why) write("stderr", ("warning: %s: the text is printed at once\n"):format(why)) end

-- The pager has ended: what it never got to read is printed.
local function ended(write)
  local code = running:finish()
  running = nil
  left = not held or code ~= NOT_FOUND and code ~= NO_PROGRAM
  if left then held = nil
  else
    say(write, ("the pager '%s' cannot be started"):format(chosen()))
    let_go(write)
  end
end

-- To the pager; while all of it fits into the pipe, the pager may have read none, and it is kept.
local function hand_on(part, write)
  if held then
    held[#held + 1] = part
    height = height + #part[2]
  end
  if not running:write(part[2]) then ended(write)
  elseif held and height > running:room() then held = nil end
end

local function begin_paging(write)
  local good, found = pcall(start)
  if not good and found.status == "interrupted" then error(found, 0) end
  if not good then
    say(write, found.message)
    let_go(write)
    return
  end
  local list = held
  running, held, height, rows = found, {}, 0, nil
  for _, part in ipairs(list) do
    if running then hand_on(part, write)
    elseif not left or part[1] == "stderr" then write(part[1], part[2])
    end
  end
end

-- Whether the words are taken; write: as that of release.
function pages.take(stream, words, write)
  if left then return stream == "stdout" end
  if stream == "stderr" and not system.is_terminal(2) then return false end
  if running then
    hand_on({stream, words}, write)
    return true
  end
  if not held then return false end
  held[#held + 1] = {stream, words}
  height = height + lines_of(words, layout.width() or 80)
  if height >= rows then begin_paging(write) end
  return true
end

function pages.release(write)
  if not running then let_go(write) end
end

function pages.finish(write)
  if running then ended(write) end
end

return pages
