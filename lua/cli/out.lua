-- SPDX-License-Identifier: GPL-3.0-or-later
-- The one way to stdout, and to stderr, of all commands.
--
--   out.text("title: ", title, "\n")   for people: what would steer a terminal is shown, not sent; on one, long lines are
--                                      folded at words
--   out.line(value)                    the same of one line, which stays one
--   out.data(json.encode(x), "\n")     for programs: as it is
--   out.note("warning: ", why, "\n")   for people, on stderr; folded as text is, where that is a terminal
--
-- Between out.begin_pages() and out.end_pages() what is longer than the screen of a terminal goes through a pager, and so do
-- notes that would be shown there (pages.lua).
--
-- A write to stdout that fails ends the command with exit code 2 and the reason; a reader that went away ends it by
-- SIGPIPE, without a word.
local layout = require "ninetails.cli.layout"
local pages = require "ninetails.cli.pages"
local signals = require "ninetails.signals"

local out = {}

local EPIPE = 32

-- Control characters (C0 but for line feed and tab, DEL, C1), and what turns the direction of writing.
local steering = {
  {"[%z\1-\8\11-\31\127]", function(c) return ("\\x%02x"):format(c:byte()) end},
  {"\xc2([\x80-\x9f])", function(c) return ("\\u{%x}"):format(c:byte()) end},
  {"\xe2\x80([\x8e\x8f\xaa-\xae])", function(c) return ("\\u{%x}"):format(0x2000 + c:byte() - 0x80) end},
  {"\xe2\x81([\xa6-\xa9])", function(c) return ("\\u{%x}"):format(0x2040 + c:byte() - 0x80) end},
  {"\xd8\x9c", function() return "\\u{61c}" end},
}

-- Bytes that are no UTF-8 are shown as numbers.
local function valid(words)
  local parts, from = {}, 1
  local length, bad = utf8.len(words)
  while not length do
    parts[#parts + 1] = words:sub(from, bad - 1)
    parts[#parts + 1] = ("\\x%02x"):format(words:byte(bad))
    from = bad + 1
    length, bad = utf8.len(words, from)
  end
  parts[#parts + 1] = words:sub(from)
  return table.concat(parts)
end

-- The words as a terminal may be shown them.
function out.shown(words)
  if not words:find("[^\n\t\32-\126]") then return words end
  words = valid(words)
  for _, rule in ipairs(steering) do words = words:gsub(rule[1], rule[2]) end
  return words
end

local function must(good, why, code)
  if good then return end
  if code == EPIPE then error({status = "interrupted", signal = "PIPE", message = ""}, 0) end
  error({status = "io", message = "stdout cannot be written: " .. tostring(why)}, 0)
end

local function join(...)
  local words = table.pack(...)
  for i = 1, words.n do words[i] = tostring(words[i]) end
  return table.concat(words, "", 1, words.n)
end

local function put(method, ...)
  signals.writes(true)
  local good, why, code = io.stdout[method](io.stdout, ...)
  signals.writes(false)
  must(good, why, code)
end

local function print_to(stream, words)
  if stream == "stderr" then io.stderr:write(words) else put("write", words) end
end

-- To a pager, or else.
local function show(stream, words)
  if not pages.take(stream, words, print_to) then print_to(stream, words) end
end

local begun = "" -- a line of text that has not ended

local function end_begun()
  if begun == "" then return end
  local words = begun
  begun = ""
  show("stdout", words)
end

function out.data(...)
  end_begun()
  show("stdout", join(...))
end

function out.line(...) out.data(out.shown(join(...)), "\n") end

function out.text(...)
  local words, width = out.shown(join(...)), layout.width()
  if not width then
    show("stdout", words)
    return
  end
  local lines, rest = {}, begun .. words
  for line, after in rest:gmatch("([^\n]*)\n()") do
    lines[#lines + 1] = table.concat(layout.fold(line, width), "\n") .. "\n"
    begun = rest:sub(after)
  end
  if #lines == 0 then begun = rest end
  show("stdout", table.concat(lines))
end

-- What is still held back.
function out.flush()
  end_begun()
  put("flush")
end

function out.begin_pages() pages.begin() end

-- The text is whole: what is held goes out.
function out.end_pages()
  end_begun()
  pages.release(print_to)
  put("flush")
end

-- The user has left the pager, if there was one; never raises.
function out.leave_pages() pcall(pages.finish, print_to) end

-- On a terminal: rewrites the line of stderr that the cursor is on.
function out.rewrite(line)
  if pages.shown() then return end
  io.stderr:write("\r\27[K", out.shown(line))
  io.stderr:flush()
end

function out.note(...)
  pcall(end_begun)
  local words, width = out.shown(join(...)), layout.width(2)
  if width then
    words = words:gsub("[^\n]+", function(line) return table.concat(layout.fold(line, width), "\n") end)
  end
  show("stderr", words)
end

return out
