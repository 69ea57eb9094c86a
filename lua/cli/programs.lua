-- SPDX-License-Identifier: GPL-3.0-or-later
-- Programs that may not be installed.
local command = require "ninetails.command"

local programs = {}

-- command.run {words =, ...}; nil: there is no such program.
function programs.run(options)
  local good, ran = pcall(command.run, options)
  if good then return ran end
  if type(ran) == "table" and ran.message:find("No such file or directory", 1, true) then return nil end
  error(ran, 0)
end

return programs
