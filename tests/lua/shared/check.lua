-- SPDX-License-Identifier: GPL-3.0-or-later
-- Assertions that the Lua tests share; errors point at the caller.
local check = {}

function check.is(got, expected, what)
  if got ~= expected then error(("%sgot %s, expected %s"):format(what and what .. ": " or "", got, expected), 2) end
end

function check.near(got, expected, off)
  if not (math.abs(got - expected) <= (off or 1e-12)) then error(("got %.17g, expected %.17g"):format(got, expected), 2) end
end

function check.has(body, piece)
  if not body:find(piece, 1, true) then error(("no '%s' in\n%s"):format(piece, body), 2) end
end

function check.lacks(body, piece)
  if body:find(piece, 1, true) then error(("'%s' in\n%s"):format(piece, body), 2) end
end

local function failure(expected, plain, f, ...)
  local good, why = pcall(f, ...)
  if good then error("accepted, expected: " .. expected, 3) end
  local message = type(why) == "table" and why.message or tostring(why)
  if not message:find(expected, 1, plain) then error(("error '%s', expected '%s'"):format(message, expected), 3) end
end

-- f(...) fails, and its message contains the text `expected`.
function check.fails(expected, f, ...) failure(expected, true, f, ...) end

-- f(...) fails, and its message matches the pattern.
function check.raises(pattern, f, ...) failure(pattern, false, f, ...) end

-- A fresh folder, in which cards, cache and configuration of this test are looked for.
function check.home()
  local base = os.tmpname()
  os.remove(base)
  local environment = {XDG_CONFIG_HOME = base .. "/config", XDG_CACHE_HOME = base .. "/cache", HOME = base}
  os.getenv = function(name) return environment[name] end -- luacheck: ignore
  return base
end

return check
