-- SPDX-License-Identifier: GPL-3.0-or-later
-- Lua files from outside that are data: read whole, bounded, and run where there is nothing to call (plain.c).
local files = require "ninetails.files"
local plain = require "ninetails.plain"

local plain_file = {}

local MOST_BYTES = 1 << 18

-- The value of the file `path`. An error names `what`: "card toy", "scenario ./mine.lua"; kind: see plain.c.
function plain_file.read(path, kind, what)
  local function fail(status, ...)
    error({status = status, message = ("%s: %s"):format(what, string.format(...))}, 0)
  end
  local seen = files.stat(path) -- what is no file may never end
  if seen and seen.kind ~= "file" then fail("io", "%s is no file", path) end
  local input, why = io.open(path, "rb")
  local text = input and input:read(MOST_BYTES + 1)
  if input then input:close() end
  if not text then fail("io", "%s", why or path .. " is empty") end
  if #text > MOST_BYTES then fail("limit", "%s is longer than %d bytes", path, MOST_BYTES) end
  local value, problem, status = plain.run(text, "@" .. path:match("[^/]*$"), kind)
  if problem then fail(status, "%s", problem) end
  return value
end

return plain_file
