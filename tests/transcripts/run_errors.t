SPDX-License-Identifier: GPL-3.0-or-later

Mistakes on the command line of `run` and in scripts: nothing runs, exit code 1, and the nearest name that is right.

  $ export NINETAILS_DATA=$PWD/data XDG_CONFIG_HOME=$PWD/config
  $ unset NINETAILS_SHARED
  $ script() { { echo 'local nt = require "ninetails"'; cat; } > "$1"; }
  $ script good.lua << 'END'
  > local opt = nt.options {packets = {default = 3000, min = 1000, help = "packets of the capture"}}
  > return nt.experiment {
  >   title = "A good one.",
  >   datasets = {nt.synthetic {scenario = "os_scan", packets = opt.packets, seed = 1}},
  >   grace = {fm = 100, ad = {500, 800}},
  >   detectors = {nt.kitnet {max_autoencoder = {5, 10}}},
  > }
  > END

The command line.

  $ ninetails run
  ninetails run: missing SCRIPT
  See: ninetails help run
  [1]
  $ ninetails run quikstart
  ninetails run: no experiment 'quikstart': did you mean quickstart?
  See: ninetails help run
  [1]
  $ ninetails run none.lua
  ninetails run: none.lua: there is no such file
  See: ninetails help run
  [1]
  $ ninetails run .
  ninetails run: .: not a file, a script was expected
  See: ninetails help run
  [1]
  $ ninetails run good.lua --dryrun
  ninetails run: unknown option --dryrun: did you mean --dry-run?
  See: ninetails help run
  [1]
  $ ninetails run good.lua -j 0
  ninetails run: --jobs 0: expected a whole number, at least 1 and at most 1024
  See: ninetails help run
  [1]
  $ ninetails run good.lua --memory 2Q
  ninetails run: --memory '2Q': expected a size such as 500M or 2G
  See: ninetails help run
  [1]
  $ ninetails run good.lua --memory 1k
  ninetails run: --memory 1k: expected a size such as 500M or 2G, at least 64000000
  See: ninetails help run
  [1]
  $ ninetails run good.lua --set packets
  ninetails run: --set 'packets': expected KEY=VALUE
  See: ninetails help run
  [1]
  $ ninetails run good.lua --set pakets=5
  ninetails run: --set pakets: no such option of the script: did you mean packets?
  See: ninetails help run
  [1]
  $ ninetails run good.lua --set packets=many
  ninetails run: --set packets=many: expected a whole number
  See: ninetails help run
  [1]
  $ ninetails run good.lua --set packets=1e2
  ninetails run: --set packets = 100: expected a whole number, at least 1000
  See: ninetails help run
  [1]
  $ ninetails run good.lua --set profile=py10
  ninetails run: good.lua:3: profile[1] = 'py10': did you mean py100?
  [1]
  $ ninetails run good.lua --only detectr=kitnet
  ninetails run: --only 'detectr=kitnet': no such column: did you mean detector?
  See: ninetails help run
  [1]
  $ ninetails run good.lua --only max_autoencoder=11
  ninetails run: --only max_autoencoder=11: no run is left: max_autoencoder has 5, 10
  See: ninetails help run
  [1]
  $ ninetails run good.lua -o results.csv
  ninetails run: --output results.csv: expected a file that ends in .h5
  See: ninetails help run
  [1]

  $ ninetails run good.lua --only 'max_autoencoder>many'
  ninetails run: --only 'max_autoencoder>many': > takes a column of numbers and a number
  See: ninetails help run
  [1]
  $ ninetails run good.lua --from nowhere
  ninetails run: --from nowhere: there is no such folder
  See: ninetails help run
  [1]
  $ mkdir folder.h5
  $ ninetails run good.lua -o folder.h5
  ninetails run: --output folder.h5: expected a file, there is something else
  See: ninetails help run
  [1]
  $ rmdir folder.h5
  $ : > empty.lua
  $ ninetails run empty.lua
  ninetails run: empty.lua: returns nothing: expected nt.experiment {...}
  [1]
  $ rm empty.lua

Help tells what the script takes.

  $ ninetails run good.lua --help | grep -A 2 'Options of'
  Options of good.lua:
    --set packets=INTEGER  packets of the capture; at least 1000 [3000]
  
  $ ninetails help run good.lua | sed -n '3,6p'
  Run an experiment: a Lua script that says which detectors to try on which data sets.
  
  experiment good: kitnet x 2; 2 grace periods, 1 profile, 1 seed.
  A good one.
  $ ninetails help run | grep -c 'Options of'
  0
  [1]

Scripts.

  $ script bad.lua << 'END'
  > return nt.experiment {
  >   datasets = {"westermo_right"},
  >   detectors = {
  >     nt.kitnet {max_autoencoder = 10},
  >     nt.kitnet {max_autoencodr = 10},
  >   },
  > }
  > END
  $ ninetails run bad.lua
  ninetails run: bad.lua:6: detectors[2].max_autoencodr: no such parameter of kitnet: did you mean max_autoencoder?
  [1]
  $ ninetails run bad.lua --help
  ninetails run: bad.lua:6: detectors[2].max_autoencodr: no such parameter of kitnet: did you mean max_autoencoder?
  [1]
  $ script bad.lua << 'END'
  > local function twice(x) return 2 * x end
  > local packets = twice(nil)
  > END
  $ ninetails run bad.lua
  ninetails run: bad.lua:2: attempt to perform arithmetic on a nil value (local 'x')
  stack traceback:
  	bad.lua:2: in local 'twice'
  	bad.lua:3: in main chunk
  [1]
  $ script bad.lua << 'END'
  > packets = 5
  > END
  $ ninetails run bad.lua
  ninetails run: bad.lua:2: global 'packets' is assigned: write `local packets = ...`
  stack traceback:
  	bad.lua:2: in main chunk
  [1]
  $ echo 'return {' > bad.lua
  $ ninetails run bad.lua
  ninetails run: bad.lua:2: unexpected symbol near <eof>
  [1]
  $ script bad.lua << 'END'
  > return nt.experiment {
  >   datasets = {"westermo_rihgt"}, detectors = {nt.kitnet {}},
  > }
  > END
  $ ninetails run bad.lua
  ninetails run: bad.lua:2: datasets[1]: unknown data set 'westermo_rihgt': did you mean westermo_right?
  [1]
  $ script bad.lua << 'END'
  > return nt.experiment {
  >   datasets = {nt.synthetic {scenario = "os_scan", packets = 3000}},
  >   grace = {fm = 100, ad = {1000, 5000}}, detectors = {nt.kitnet {}},
  > }
  > END
  $ ninetails run bad.lua
  ninetails run: bad.lua:2: grace: fm=100 ad=5000: fm + 1 + ad leaves nothing to score: os_scan_3000_1 has 3,000 packets
  [1]

Failures with the same reason are reported once.

  $ script failing.lua << 'END'
  > local function fails() error("not today") end
  > return nt.experiment {
  >   datasets = {nt.synthetic {scenario = "os_scan", packets = 3000}},
  >   grace = {fm = 100, ad = 1000}, repeats = 2,
  >   detectors = {nt.detector {name = "late", parameters = {k = {1, 2, 3, 4, 5, 6, 7, 8}}, seeded = true, score = fails},
  >     nt.detector {name = "never", seeded = true, score = function() return nil end}},
  > }
  > END
  $ ninetails run failing.lua --quiet
  failed 16 times, first late k=1 seed=1234: detector late: failing.lua:2: not today
  stack traceback:
  	[C]: in function 'error'
  	failing.lua:2: in function <failing.lua:2>
  failed 2 times, first never seed=1234: detector never: failing.lua:7: score of row 1102: expected a number, got nil
  [2]
  $ rm -r results

After enough failures no further run begins; the same command continues.

  $ ninetails run failing.lua --quiet -j 1 --max-failures 3 --only detector=late 2>&1 | sed 's/k=[1-8] seed=[0-9]*/k=N/'
  ninetails run: 3 runs failed (--max-failures 3), and nothing more was begun: 0 of 16 runs are there. The same command goes on with the rest; --retry-failed repeats the failed ones, too
  failed 3 times, first late k=N: detector late: failing.lua:2: not today
  stack traceback:
  	[C]: in function 'error'
  	failing.lua:2: in function <failing.lua:2>
  $ ninetails run failing.lua --json -j 1 --max-failures 3 --only detector=late 2> /dev/null | grep -E '"(done|kept|failed|missing)"'
    "done": 0,
    "kept": 0,
    "failed": 6,
    "missing": 10,
  $ ninetails run failing.lua --json -j 2 | grep -E '"(failed|missing)"'
    "failed": 18,
    "missing": 0,
  $ rm -r results failing.lua

A detector without random numbers runs once for all seeds; one that draws them anyway is reported.

  $ script drawing.lua << 'END'
  > local random = math.random
  > local function helper() return math.random() end
  > local one = function() return 1 end
  > return nt.experiment {
  >   datasets = {nt.synthetic {scenario = "os_scan", packets = 3000}}, grace = {fm = 100, ad = 1000}, repeats = 3,
  >   detectors = {
  >     nt.detector {name = "none", score = one},
  >     nt.detector {name = "upvalue", score = function() return random() end},
  >     nt.detector {name = "deep", score = function() return helper() end},
  >     nt.detector {name = "seed", new = function(setting) return {seed = setting.seed} end, score = one},
  >     nt.detector {name = "told", seeded = true, score = one},
  >     nt.detector {name = "liar", seeded = false, score = function() return random() end},
  >     nt.detector {name = "hidden", score = function() return math["ran" .. "dom"]() end},
  >   },
  > }
  > END
  $ ninetails run drawing.lua > drawn
  [2]
  $ grep -E '^(none|upvalue|deep|seed|told|liar|hidden) ' drawn | tr -s ' ' | cut -d ' ' -f 1-4
  upvalue 3 0.5383 \xc2\xb1 (esc)
  deep 3 0.5383 \xc2\xb1 (esc)
  none 1 0.5000 0.5000
  seed 3 0.5000 \xc2\xb1 (esc)
  told 3 0.5000 \xc2\xb1 (esc)
  liar 0 of 1
  hidden 0 of 1
  $ grep -E '^(failed|one run) ' drawn
  failed liar seed=1234: detector liar: drawing.lua:13: math.random is called, while repeats of this detector are taken for one run: expected seeded = true
  failed hidden seed=1234: detector hidden: drawing.lua:14: math.random is called, while repeats of this detector are taken for one run: expected seeded = true
  one run instead of 3 where no seed matters: none, liar, hidden
  $ rm -r results drawing.lua drawn

A hanging function ends at a limit, and the error says where it was.

  $ script hanging.lua << 'END'
  > local function hang() while true do end end
  > local function one() return 1 end
  > return nt.experiment {
  >   datasets = {nt.synthetic {scenario = "os_scan", packets = 3000}},
  >   grace = {fm = 100, ad = 1000}, run_seconds = 0.2,
  >   detectors = {
  >     nt.detector {name = "a", score = function() while true do pcall(hang) end end},
  >     nt.detector {name = "b", fit = hang, score = one},
  >     nt.detector {name = "c", ready = function() coroutine.resume(coroutine.create(hang)) end, score = one},
  >     nt.detector {name = "d", new = hang, score = one},
  >     nt.detector {name = "e", score = one},
  >   },
  > }
  > END
  $ ninetails run hanging.lua --quiet 2>&1 | grep failed | sed 's/lua:[0-9]*:/lua:N:/' | sort
  failed a seed=1234: detector a: hanging.lua:N: took longer than 0.2 s, the limit of a run, and had got to score
  failed b seed=1234: detector b: hanging.lua:N: took longer than 0.2 s, the limit of a run, and had got to learn
  failed c seed=1234: detector c: hanging.lua:N: took longer than 0.2 s, the limit of a run, and had got to ready
  failed d seed=1234: detector d: hanging.lua:N: took longer than 0.2 s, the limit of a run, and had got to new
  $ script hanging.lua << 'END'
  > return nt.experiment {
  >   datasets = {nt.synthetic {scenario = "os_scan", packets = 3000}}, grace = {fm = 100, ad = 1000},
  >   detectors = {nt.kitnet {}, nt.detector {name = "one", score = function() return 1 end}},
  >   metrics = {nt.metric {name = "endless", run = function() while true do end end}},
  > }
  > END
  $ ninetails run hanging.lua --quiet --run-seconds 1 -j 1 --only detector=one 2>&1 | head -n 1
  failed one seed=1234: metric endless: hanging.lua:5: took longer than 1 s, the limit of a run, and had got to run
  $ ninetails run hanging.lua --quiet --run-seconds 1e-9 --only detector=kitnet
  failed kitnet seed=1234: detector kitnet: took longer than 1e-09 s, the limit of a run, and had got to learn
  [2]
  $ sed 's/ grace =/ run_seconds = 0, grace =/' hanging.lua > bad.lua; ninetails run bad.lua
  ninetails run: bad.lua:2: run_seconds = 0: expected a number of seconds, more than 0
  [1]
  $ rm -r results hanging.lua


Without data there is nothing to run: exit code 4.

  $ script away.lua << 'END'
  > return nt.experiment {datasets = "available", detectors = {nt.kitnet {}}}
  > END
  $ ninetails run away.lua 2> message
  [4]
  $ head -n 1 message
  ninetails run: away.lua: no data set to run on
  $ tr -s '\n ' ' ' < message | grep -o 'westermo_right: not here: .*'
  westermo_right: not here: `ninetails dataset fetch NAME` brings it 

Only the synthetic captures were made.

  $ ls
  away.lua
  bad.lua
  data
  good.lua
  message
