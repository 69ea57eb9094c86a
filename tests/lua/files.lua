-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails.files: folders, and files that appear whole or not at all.
local check = dofile(DIRECTORY .. "/lua/shared/check.lua")
local files = require "ninetails.files"
local is = check.is

local function refused(expected, what, ...)
  local good, problem = pcall(...)
  if good then error(what .. ": was not refused", 2) end
  if not problem.message:find(expected, 1, true) then error(("%s: %s"):format(what, problem.message), 2) end
end

local function content(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

local base = os.tmpname()
os.remove(base)

-- Folders. "/name" without its name is the root, which exists.
files.make_folders(base .. "/a/b//c/")
is(files.stat(base .. "/a/b/c").kind, "directory", "nested")
files.make_folders ""
files.make_folders "/"
is(require("ninetails.dataset.registry").folder_of "/out.h5", "", "folder of a file in the root")

-- write, copy, join and put give whole files and leave nothing beside them.
files.write(base .. "/text", "one\ntwo\n")
is(content(base .. "/text"), "one\ntwo\n", "written")
files.copy(base .. "/text", base .. "/copy")
is(content(base .. "/copy"), "one\ntwo\n", "copied")
local rows = files.join {to = base .. "/joined", parts = {{path = base .. "/text", header = true},
  {path = base .. "/copy", header = true}}}
is(content(base .. "/joined"), "one\ntwo\ntwo\n", "joined")
is(rows[1] + rows[2], 2, "rows")
files.put(base .. "/copy", base .. "/put")
is(content(base .. "/put"), "one\ntwo\n", "put")
refused("no/text: cannot be written", "write", files.write, base .. "/no/text", "x")
refused("is not a regular file", "write", files.write, base .. "/a", "x")
refused("none", "join", files.join, {to = base .. "/joined", parts = {{path = base .. "/none"}}})
is(content(base .. "/joined"), "one\ntwo\ntwo\n", "what was joined before")
refused("joined: holds more than 5 bytes", "join", files.join, {to = base .. "/joined", most = 5,
  parts = {{path = base .. "/joined"}}})
refused("joined: holds more than 5 bytes", "join", files.join, {to = base .. "/joined",
  parts = {{path = base .. "/joined", most = 5}}})
refused("joined: holds more than 4 bytes", "join", files.join, {to = base .. "/joined", most = 16,
  parts = {{path = base .. "/joined"}, {path = base .. "/joined"}}})
refused("holds more than 5 bytes", "checksum", files.checksum, base .. "/joined", "sha256", true, 5)
is(select(2, files.checksum(base .. "/joined", "sha256", true, 12)), 12, "bytes")
refused("none", "copy", files.copy, base .. "/none", base .. "/put")
refused("put: cannot be synced", "put", files.put, base .. "/none", base .. "/put")
local function names() return table.concat(files.list(base), " ") end
is(names(), "a joined put text", "what is there")

-- A link is followed when it is named as an output, and replaced on request.
os.execute(("ln -s text '%s/link'"):format(base))
files.write(base .. "/link", "through\n")
is(content(base .. "/text"), "through\n", "through a link")
files.write(base .. "/link", "here\n", true)
is(content(base .. "/text") .. content(base .. "/link"), "through\nhere\n", "instead of a link")
os.execute(("ln -sf text '%s/link'"):format(base))
files.copy(base .. "/joined", base .. "/link", true)
is(content(base .. "/text") .. content(base .. "/link"), "through\none\ntwo\ntwo\n", "copied instead of a link")
os.execute(("ln -sf text '%s/link'"):format(base))
files.join {to = base .. "/link", parts = {{path = base .. "/joined"}}}
is(content(base .. "/text") .. content(base .. "/link"), "through\none\ntwo\ntwo\n", "joined instead of a link")
os.remove(base .. "/link")
-- A file with the same content is left untouched.
local kept = files.stat(base .. "/text").stamp
files.keep(base .. "/text", "through\n")
is(files.stat(base .. "/text").stamp, kept, "kept")
files.keep(base .. "/text", "else\n")
is(content(base .. "/text"), "else\n", "not kept")
local before = files.stat(base .. "/text").stamp
repeat -- the clock of the file system has ticks
  os.execute(("touch -r '%s/text' '%s/text'"):format(base, base))
until files.stat(base .. "/text").stamp ~= before

-- The next writer of a file removes what a killed process left of it; leftovers of other files stay.
-- A copied file exists under its temporary name meanwhile: a pipe returns the folder's content at that time.
os.execute(("mkfifo '%s/pipe' && (ls -A '%s' > '%s/pipe') &"):format(base, base, base))
repeat until files.stat(base .. "/pipe")
files.copy(base .. "/pipe", base .. "/probe", true)
local boot = content(base .. "/probe"):match("%.probe%.%x+%-(%x+)%-%d+%-%x+%.tmp")
os.remove(base .. "/pipe")
os.remove(base .. "/probe")
for _, name in ipairs {"text", "joined"} do
  io.open(("%s/.%s.01234567-%s-1-00000000.tmp"):format(base, name, boot), "w"):close()
end
files.write(base .. "/text", "three\n")
is(names(), (".joined.01234567-%s-1-00000000.tmp a joined put text"):format(boot), "swept")

os.execute("rm -r " .. base)
