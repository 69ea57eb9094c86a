-- SPDX-License-Identifier: GPL-3.0-or-later
-- Files that are made from others and kept: members of archives, tables joined to one, synthetic captures. Beside such a
-- file lies NAME.from: how it was made, from what, and what it was then. It is made anew when any of the three is another.
--
--   derived.file(path, rule, sources, make)   rule: a text that says all of how; sources: paths; make(path) --> text, which
--                                             is kept and returned
--   derived.is_here(path, rule)               made by that rule, and still what it was; whatever became of its sources
--   derived.pair(paths, make)                 several files that make() makes at once, whose names say how
local files = require "ninetails.files"

local derived = {}

local MOST_NOTE = 16 << 20 -- bytes

-- What a file of ours is known by: its checksum, and what the system says of it, which is faster to look at.
local function mark_of(path) return ("%s %s"):format(files.checksum(path, "sha256"), files.stat(path).stamp) end

local function is_same(path, mark)
  local sum, stamp = mark:match("^(%x+) (.*)$")
  local seen = files.stat(path)
  if not sum or not seen or seen.kind ~= "file" then return false end
  return seen.stamp == stamp or files.checksum(path, "sha256") == sum
end

local function note_of(path) return path .. ".from" end

function derived.was_made(path)
  local seen = files.stat(note_of(path))
  return seen ~= nil and seen.kind == "file"
end

-- The file at `path` is somebody's own from now on.
function derived.forget(path) os.remove(note_of(path)) end

-- A note: its head (rule and sources), the file's mark, a blank line, the kept text.
local function read_note(path)
  local input = io.open(note_of(path), "rb")
  local text = input and input:read(MOST_NOTE) or ""
  if input then input:close() end
  return text:match("^(.-\n)made (%x+ [^\n]*)\n\n(.*)$")
end

local function first_line(rule) return ("by %q"):format(rule):gsub("\n", "n") .. "\n" end

function derived.file(path, rule, sources, make)
  local head = {first_line(rule)}
  for _, source in ipairs(sources) do head[#head + 1] = ("of %q %s\n"):format(source, files.stat(source).stamp) end
  head = table.concat(head)
  local known, mark, kept = read_note(path)
  if known == head and is_same(path, mark) then return kept end
  files.make_folders(path:match("^(.*)/[^/]*$") or ".")
  local result = make(path)
  files.write(note_of(path), ("%smade %s\n\n%s"):format(head, mark_of(path), result), true)
  return result
end

function derived.is_here(path, rule)
  local known, mark = read_note(path)
  local line = first_line(rule)
  return known ~= nil and known:sub(1, #line) == line and is_same(path, mark)
end

function derived.pair(paths, make)
  local note, marks = paths[1], {}
  local known, _, kept = read_note(note)
  local good = known == "together\n"
  for path in (kept or ""):gmatch("[^\n]+") do marks[#marks + 1] = path end
  for i, path in ipairs(paths) do good = good and marks[i] ~= nil and is_same(path, marks[i]) end
  if good then return end
  make()
  for i, path in ipairs(paths) do marks[i] = mark_of(path) end
  files.write(note_of(note), ("together\nmade %s\n\n%s\n"):format(marks[1], table.concat(marks, "\n", 1, #paths)), true)
end

return derived
