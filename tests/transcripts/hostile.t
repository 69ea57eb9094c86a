SPDX-License-Identifier: GPL-3.0-or-later

Any misbehaviour of a script's functions is an error of the run with a reason: exit code 2, never 1 or a signal.

  $ export NINETAILS_DATA=$PWD/data XDG_CONFIG_HOME=$PWD/config
  $ unset NINETAILS_SHARED NINETAILS_CACHE
  $ experiment() {
  >   echo 'local nt = require "ninetails"'
  >   echo 'return nt.experiment {datasets = {nt.synthetic {scenario = "ssdp_flood", packets = 3000, seed = 1}},'
  >   echo "grace = {fm = 100, ad = 500}, name = 'hostile', $1}"
  > }
  > run() { ninetails run hostile.lua --quiet --fresh -j 1 > out 2> message; code=$?; head -n 1 message | sed -E 's/^failed [a-z_]+ seed=1234: //'; test $code = 2 || echo "exit code $code"; }
  > score() { experiment "detectors = {nt.detector {name = 'bad', score = function(self, row, i) $1 end}}" > hostile.lua; run; }
  > metric() { experiment "detectors = {nt.packet_length {}}, metrics = {nt.metric {name = 'bad', run = function(scores, labels) $1 end}}" > hostile.lua; run; }

  $ score 'return nil'
  detector bad: hostile.lua:3: score of row 602: expected a number, got nil
  $ score 'return "x"'
  detector bad: hostile.lua:3: score of row 602: expected a number, got string
  $ score 'local function f() return 1 + f() end return f()'
  detector bad: hostile.lua:3: stack overflow
  $ score 'error {}'
  detector bad: an error that is a table and has no message
  $ score 'error(nil)'
  detector bad: nil
  $ score 'error(setmetatable({}, {__tostring = function() error "again" end}))'
  detector bad: hostile.lua:3: again
  $ score 'return #("x"):rep(1e12)'
  detector bad: hostile.lua:3: resulting string too large
  $ score 'local t = {} while true do t[#t + 1] = ("x"):rep(1e6) .. #t end'
  detector bad: not enough memory: at most 1024 MiB for a Lua state
  $ score 'os.exit(3)'
  detector bad: hostile.lua:3: os.exit: a script cannot end the program: return instead (and Ctrl-D ends the interactive Lua)
  $ score 'package.loaded.os.exit(3)'
  detector bad: hostile.lua:3: os.exit: a script cannot end the program: return instead (and Ctrl-D ends the interactive Lua)
  $ score 'self.kept = self.kept or row return self.kept[1]'
  detector bad: hostile.lua:3: array used after the call that it was lent to ended: keep a copy, made by array.from(a) or a:copy()
  $ score 'return row[0]'
  detector bad: hostile.lua:3: index 0 is out of range: expected 1 to 100
  $ score 'row[1] = 0 return 0'
  detector bad: hostile.lua:3: the array is read-only: array.from(a) makes one that can be written
  $ score 'coroutine.yield(1)'
  detector bad: attempt to yield from outside a coroutine
  $ score 'for k in pairs(debug.getregistry()) do debug.getregistry()[k] = nil end return 1'
  detector bad: attempt to call a nil value
  $ metric 'return "many"'
  metric bad: expected a number, or 0/0 where there is none, got string
  $ metric 'return scores.n'
  metric bad: * (glob)
  $ metric 'scores[1] = 0 return 0'
  metric bad: hostile.lua:3: the array is read-only: array.from(a) makes one that can be written

A user's broken card is reported once and hides no other data set; its own name gives the error.

  $ mkdir -p config/ninetails/cards
  $ echo 'local s = "x" while true do s = s .. s end' > config/ninetails/cards/synthetic_broken.lua
  $ cat > some.lua << 'END'
  > local nt = require "ninetails"
  > return nt.experiment {name = "some", detectors = {nt.packet_length {}}, grace = {fm = 100, ad = 500},
  >   datasets = {"synthetic_s*_dos", nt.available {names = {"synthetic_b*", "synthetic_sy*"}, synthetic = true},
  >     "synthetic_bro*"}}
  > END
  $ ninetails run some.lua --dry-run 2>&1 | grep -E 'warning|packets\)'
  warning: card synthetic_broken: a text in it is longer than 16 KiB: a card is a table, not a program; this card is left out
  synthetic_syn_dos (200,000 packets)
  $ sed -i 's/"synthetic_bro[*]"/"synthetic_broken"/' some.lua; ninetails run some.lua --dry-run
  ninetails run: card synthetic_broken: a text in it is longer than 16 KiB: a card is a table, not a program
  [2]
  $ ninetails dataset list 2>&1 > list | grep -c synthetic_broken; grep -c synthetic_ list
  1
  10
