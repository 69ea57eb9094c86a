-- SPDX-License-Identifier: GPL-3.0-or-later
-- Figures of tests, as the subcommands of `ninetails results` print them.
local text = require "ninetails.cli.text"

local format = {}

function format.number(x, digits) return x and x == x and text.number(x, digits or 3) or "-" end
function format.p(p) return p and p == p and (p < 0.001 and ("%.1e"):format(p) or ("%.3f"):format(p)) or "-" end
function format.signed(x) return x and x == x and ("%+.4g"):format(x) or "-" end
function format.range(low, high)
  return low and low == low and ("[%s, %s]"):format(format.signed(low), format.signed(high)) or "-"
end

function format.blocks(blocks, attack_blocks)
  return blocks and ("%d (%s)"):format(blocks, attack_blocks and ("%d"):format(attack_blocks) or "?") or "-"
end

-- With one attack block every resample has the same attacks.
format.ONE_BLOCK = "where one block only has attacks, intervals tell about the benign traffic alone\n"
function format.has_one_block(list)
  for _, entry in ipairs(list) do
    if entry.low and entry.attack_blocks == 1 then return true end
  end
  return false
end

return format
