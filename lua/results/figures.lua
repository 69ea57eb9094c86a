-- SPDX-License-Identifier: GPL-3.0-or-later
-- Figures of tests, as the subcommands of `ninetails results` print them.
local text = require "ninetails.cli.text"

local figures = {}

function figures.number(x, digits) return x and x == x and text.number(x, digits or 3) or "-" end
function figures.p(p) return p and p == p and (p < 0.001 and ("%.1e"):format(p) or ("%.3f"):format(p)) or "-" end
function figures.signed(x) return x and x == x and ("%+.4g"):format(x) or "-" end
function figures.range(low, high)
  return low and low == low and ("[%s, %s]"):format(figures.signed(low), figures.signed(high)) or "-"
end

function figures.blocks(blocks, attack_blocks)
  return blocks and ("%d (%s)"):format(blocks, attack_blocks and ("%d"):format(attack_blocks) or "?") or "-"
end

-- With one attack block every resample has the same attacks.
figures.ONE_BLOCK = "where one block only has attacks, intervals tell about the benign traffic alone\n"
function figures.has_one_block(list)
  for _, entry in ipairs(list) do
    if entry.low and entry.attack_blocks == 1 then return true end
  end
  return false
end

return figures
