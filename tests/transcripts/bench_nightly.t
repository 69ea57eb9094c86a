SPDX-License-Identifier: GPL-3.0-or-later

A night gives one line, a page that loads nothing from elsewhere, and figures in the history.

  $ export NINETAILS_DATA=$PWD/data NINETAILS_CACHE=$PWD/cache
  $ night() { ninetails bench nightly hash:keys=100 decode@small --folder n --packets 2000 --rounds 2 --passes 1 --no-instructions --quiet "$@"; }
  $ night
  ninetails ????-??-?? *: fine; 2 problems timed, quality: the first night: its figures are the reference from now on (quality.h5); n/index.html (glob)
  $ night
  ninetails ????-??-?? *: fine; 2 problems timed, quality: 15 runs beside the reference: 15 of the same figures, 0 differ; n/index.html (glob)
  $ wc -l < n/history.jsonl
  4
  $ grep -c '<svg class="spark"' n/index.html
  2
  $ grep -oE '(src|href)="?[^"]+' n/index.html
  [1]

An interrupted night continues: what has its line is not measured again.

  $ $PYTHON - << 'END'
  > import json
  > night = json.load(open("n/night.json"))
  > night["done"] = False
  > json.dump(night, open("n/night.json", "w"))
  > END
  $ ninetails bench nightly hash:keys=100 decode@small linkage:width=25 --folder n --no-quality --rounds 2 --passes 1 --no-instructions 2>&1 | sed 's/run [^ ]* of .*/run R/' | grep -v '^warning\|measurements'
  goes on with run R
  ninetails ????-??-?? *: fine; 3 problems timed, quality: not asked for; n/index.html (glob)
  $ wc -l < n/history.jsonl
  5

A changed result is named: exit code 3.

  $ cat > forge.lua << 'END'
  > local history = require "ninetails.bench.history"
  > local records = history.read("n/history.jsonl")
  > local last = records[#records]
  > for _, r in ipairs(records) do if r.problem == "hash:keys=100" then last = r end end
  > last.run, last.digest = "forged", "0123456789abcdef"
  > history.append("n/history.jsonl", last)
  > END
  $ $BUILD/tests/lua_runner forge.lua .
  $ ninetails bench nightly hash:keys=100 --folder n --no-quality --rounds 2 --passes 1 --no-instructions --quiet > line 2> alarms
  [3]
  $ grep -c '^regression hash:keys=100, .* the result changed: ................, was 0123456789abcdef$' alarms
  1
  $ grep -c 'REGRESSION, 1; .*; regression hash' line
  1
  $ grep -c 'class="bad">regression hash' n/index.html
  1

Too little time to measure anything: exit code 4.

  $ ninetails bench nightly hash:keys=100 --folder m --no-quality --budget 0s --quiet
  ninetails ????-??-?? *: not all was measured; 0 problems timed, quality: not asked for, the budget ended the rest; m/index.html (glob)
  [4]
