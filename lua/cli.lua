-- SPDX-License-Identifier: GPL-3.0-or-later
local cli = {}
function cli.main(args)
  io.stderr:write("ninetails: no command yet\n")
  return 1
end
return cli
