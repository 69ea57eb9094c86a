-- SPDX-License-Identifier: GPL-3.0-or-later
-- Progress on stderr: one line that is rewritten on a terminal, a plain line every ten seconds otherwise.
--
--   local progress = require "ninetails.cli.progress"
--   local shown = progress.new {quiet = args.quiet, what = "packets"}
--   shown:update(packets, seconds, "training")
--   shown:runs(state)            -- of a sweep (ninetails.sweep): a bar, rate, what is left, failures, what is running
--   shown:clear()                -- before anything else is printed; also when the work failed
local out = require "ninetails.cli.out"
local system = require "ninetails.system"
local text = require "ninetails.cli.text"

local progress = {}
progress.__index = progress

local PLAIN_EVERY, TERMINAL_EVERY = 10, 0.1

function progress.new(options)
  local self = setmetatable({quiet = options.quiet, what = options.what or "packets"}, progress)
  self.terminal = system.is_terminal(2)
  self.every = self.terminal and TERMINAL_EVERY or PLAIN_EVERY
  self.shown = self.terminal and 0 or system.clock()
  return self
end

function progress:is_due()
  local now = system.clock()
  if self.quiet or now - self.shown < self.every then return false end
  self.shown = now
  return true
end

function progress:show(line)
  if self.terminal then out.rewrite(line) else out.note(line, "\n") end
  self.dirty = self.terminal
end

function progress:update(count, seconds, phase)
  if not self:is_due() then return end
  local rate = seconds > 0 and count / seconds or 0
  self:show(("%s %s, %s/s%s"):format(text.count(count), self.what, text.scaled(rate), phase and ", " .. phase or ""))
end

local BAR = 20

-- One line about a sweep; the bar where `bar` says so.
function progress.line(state, bar)
  local parts = {("%d of %d runs"):format(state.done + state.failed + state.kept, state.total)}
  if state.kept > 0 then parts[#parts + 1] = ("%d kept"):format(state.kept) end
  if state.failed > 0 then parts[#parts + 1] = ("%d failed"):format(state.failed) end
  if state.rate and state.rate > 0 then parts[#parts + 1] = text.scaled(state.rate) .. " packets/s" end
  if state.remaining then parts[#parts + 1] = text.duration(state.remaining) .. " left" end
  if state.stage then parts[#parts + 1] = state.stage end
  if state.running and #state.running > 0 then parts[#parts + 1] = table.concat(state.running, "; ") end
  local line = table.concat(parts, ", ")
  if not bar then return line end
  local full = state.total > 0 and (state.done + state.failed + state.kept) * BAR // state.total or 0
  return ("[%s%s] %s"):format(("#"):rep(full), ("."):rep(BAR - full), line)
end

function progress:runs(state)
  if not self:is_due() then return end
  local line = progress.line(state, self.terminal)
  self:show(self.terminal and line:sub(1, system.columns(2) - 1) or line)
end

function progress:clear()
  if self.dirty then out.rewrite("") end
  self.dirty = false
end

return progress
