-- SPDX-License-Identifier: GPL-3.0-or-later
-- Progress on stderr: one line that is rewritten on a terminal, a plain line every ten seconds otherwise.
--
--   local progress = require "ninetails.progress"
--   local shown = progress.new {quiet = args.quiet, what = "packets"}
--   shown:update(packets, seconds, "training")
--   shown:clear()                -- before anything else is printed; also when the work failed
local system = require "ninetails.system"
local text = require "ninetails.text"

local progress = {}
progress.__index = progress

local PLAIN_EVERY, TERMINAL_EVERY = 10, 0.1

function progress.new(options)
  local self = setmetatable({quiet = options.quiet, what = options.what or "packets"}, progress)
  self.terminal = system.is_terminal(2)
  self.every = self.terminal and TERMINAL_EVERY or PLAIN_EVERY
  self.told = self.terminal and 0 or system.clock()
  return self
end

function progress:update(count, seconds, phase)
  if self.quiet then return end
  local now = system.clock()
  if now - self.told < self.every then return end
  self.told = now
  local rate = seconds > 0 and count / seconds or 0
  local line = ("%s %s, %s/s%s"):format(text.count(count), self.what, text.scaled(rate), phase and ", " .. phase or "")
  io.stderr:write(self.terminal and "\r\27[K" .. line or line .. "\n")
  io.stderr:flush()
  self.dirty = self.terminal
end

function progress:clear()
  if self.dirty then io.stderr:write("\r\27[K") end
  self.dirty = false
end

return progress
