-- SPDX-License-Identifier: GPL-3.0-or-later
-- Every `lua` block of docs/experiments.md is a script that loads, and plans some runs.
package.loaded["ninetails.sweep"] = dofile(DIRECTORY .. "/lua/fake/ninetails/sweep.lua")
local experiment = require "ninetails.experiment"

local base = dofile(DIRECTORY .. "/lua/shared/check.lua").home()

local input = assert(io.open(DIRECTORY .. "/../docs/experiments.md"))
local body = input:read("a")
input:close()
local seen = {}
for block in body:gmatch("\n```lua\n(.-)\n```\n") do
  local good, spec = pcall(experiment.load, block, "docs/experiments.md")
  if not good then error(("%s\n%s"):format(spec.message or spec, block), 0) end
  if #experiment.plan(spec).runs == 0 then error(spec.name .. " plans no runs", 0) end
  seen[#seen + 1] = spec.name
end
local names = table.concat(seen, " ")
if names ~= "size_and_training values tuned everyone in_lua prototypes metrics options" then error("blocks: " .. names, 0) end
os.execute(("rm -r '%s'"):format(base))
