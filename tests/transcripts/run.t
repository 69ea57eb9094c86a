SPDX-License-Identifier: GPL-3.0-or-later

  $ export NINETAILS_DATA=$PWD/data XDG_CONFIG_HOME=$PWD/config
  $ unset NINETAILS_SHARED NINETAILS_CACHE

A sweep from empty folders; the second time everything exists already.

  $ cat > sweep.lua << 'END'
  > local nt = require "ninetails"
  > local opt = nt.options {sizes = {5, 10}}
  > return nt.experiment {
  >   datasets = {nt.synthetic {scenario = "ssdp_flood", packets = 4000, seed = 1}, "westermo_right"},
  >   grace = {fm = 100, ad = {500, 900}},
  >   detectors = {nt.kitnet {max_autoencoder = opt.sizes}, nt.mahalanobis {}},
  >   repeats = 2,
  > }
  > END
  $ rates() { sed -E 's/ +[01]\.[0-9]{4}( ± [0-9.]+)?/ */g; s/ +$//; s/^(time|speed) .*/\1 .../; s/about .* with/about ... with/'; }
  $ ninetails run sweep.lua --dry-run -j 2 | sed -E 's/, about [^w]*$//' | rates
  ssdp_flood_4000_1 (4,000 packets)
    features stream: missing
      fm 100, ad 500: map missing
        kitnet max_autoencoder=5: 2 runs: 2 missing
        kitnet max_autoencoder=10: 2 runs: 2 missing
        mahalanobis: 1 run: 1 missing
      fm 100, ad 900: map missing
        kitnet max_autoencoder=5: 2 runs: 2 missing
        kitnet max_autoencoder=10: 2 runs: 2 missing
        mahalanobis: 1 run: 1 missing
  
  skipped westermo_right: files.capture_archive: 'westermo_right/right.zip' is not in *: `ninetails dataset fetch westermo_right` brings it (glob)
  one run instead of 2 where no seed matters: mahalanobis
  10 runs of 6 configurations: 0 there already, 10 to run, about ... with 2 jobs
  $ ninetails run sweep.lua -j 2 2> message | tee first | rates
  detector     ad_grace  max_autoencoder  runs  auc              eer
  mahalanobis       500                -     1 * *
  mahalanobis       900                -     1 * *
  kitnet            900               10     2 * *
  kitnet            500               10     2 * *
  kitnet            900                5     2 * *
  kitnet            500                5     2 * *
  
  skipped westermo_right: files.capture_archive: 'westermo_right/right.zip' is not in *: `ninetails dataset fetch westermo_right` brings it (glob)
  one run instead of 2 where no seed matters: mahalanobis
  runs     10 runs done
  time ...
  speed ...
  written  results/sweep.h5
  $ cat message
  warning: ssdp_flood_4000_1: alarms contradict the threshold in 8 of 10 runs: most of all in mahalanobis ad_grace=500 seed=1234: 97.51 % of the benign packets are alarms at a threshold meant for 0.1 % (in 50 of 50 stretches too many; by chance in at most 6); median share 7.47 % after 500 packets of training, 2.30 % after 900: train for longer (grace.ad), or compare by what takes no threshold (auc, eer, tpr_at_fpr_1em3)
  $ ninetails run sweep.lua -j 1 2> message | tee second | grep '^runs '
  runs     0 runs done, 10 there already
  $ grep -E '^(kitnet|mahal)' first > a; grep -E '^(kitnet|mahal)' second | cmp - a
  $ ninetails run sweep.lua --only detector=kitnet --only replicate=2 --quiet -o other/name.h5 2> message
  $ ls other results
  other:
  name.h5
  name.runs
  
  results:
  sweep.h5
  sweep.runs
  $ ninetails run sweep.lua --set sizes=5,7 --json 2> message | grep -E '"(done|kept|failed|missing)"'
    "done": 4,
    "kept": 6,
    "failed": 0,
    "missing": 0,

What a reader of the table must know is said, kept in the file, and shown: where alarms contradict the threshold, and why
figures are missing.

  $ ninetails dataset synth camera_benign --packets 20000 --seed 1 -o camera.pcap --quiet
  $ cat > benign.lua << 'END'
  > local nt = require "ninetails"
  > return nt.experiment {
  >   datasets = {nt.dataset {name = "camera", capture = "camera.pcap", labels = "camera.pcap.labels.csv"}},
  >   grace = {fm = 1000, ad = 2000}, repeats = 2, detectors = {nt.kitnet {}},
  >   metrics = {nt.metric {name = "mine", run = function() return 0/0 end}},
  > }
  > END
  $ ninetails run benign.lua 2>&1 | grep -v -E '^(time|speed) '
  detector  runs  auc  eer  mine
  kitnet       2  -    -    -
  
  runs     2 runs done
  written  results/benign.h5
  warning: camera: no auc, eer in 2 runs: no attack packet is scored
  warning: camera: no mine in 2 runs: its function gave no number
  warning: camera: alarms contradict the threshold in 2 of 2 runs: most of all in kitnet seed=1235: 79.70 % of the benign packets are alarms at a threshold meant for 0.1 % (in 49 of 50 stretches too many; by chance in at most 6): train for longer (grace.ad), or compare by what takes no threshold (auc, eer, tpr_at_fpr_1em3)
  $ ninetails run benign.lua --json --quiet 2> message | $PYTHON -c "import json, sys; print(len(json.load(sys.stdin)['warnings']))"
  3
  $ cut -d ' ' -f 1-4 message
  warning: camera: no auc,
  warning: camera: no mine
  warning: camera: alarms contradict
  $ ninetails run benign.lua > /dev/full 2> message
  [2]
  $ tail -n 1 message
  ninetails run: stdout cannot be written: No space left on device
  $ ninetails results show results/benign.h5 2 > shown; grep -E '^ *alarm_' shown | cut -c -40; grep -A 1 '^Warning' shown
    alarm_share           0.7970         s
    alarm_blocks                     50  s
    alarm_blocks_over                49  s
    alarm_blocks_allowed              6  m
  Warning: 79.70 % of the benign packets are alarms at a threshold meant for 0.1 % (in 49 of 50 stretches too many; by chance in at most 6)
  
  $ grep -A 3 '^Absent' shown | cut -c -50
  Absent because:
    no attack packet is scored   auc, auc_low, auc_h
    its function gave no number  mine
  

A failed run is a line with its reason beside the others: exit code 2.

  $ cat > fails.lua << 'END'
  > local nt = require "ninetails"
  > local brittle = nt.detector {
  >   name = "brittle", parameters = {last = {3000, 100000}},
  >   score = function(self, row, i)
  >     if i > self.values.last then error "too late" end
  >     return row[1]
  >   end,
  > }
  > return nt.experiment {
  >   datasets = {nt.synthetic {scenario = "ssdp_flood", packets = 4000, seed = 1}},
  >   grace = {fm = 100, ad = 500}, detectors = {brittle},
  > }
  > END
  $ ninetails run fails.lua > out
  [2]
  $ grep -E '^(detector|brittle|failed|runs)' out | rates
  detector    last    runs  auc     eer
  brittle   100000       1 * *
  brittle     3000  0 of 1  -       -
  failed brittle last=3000 seed=1234: detector brittle: fails.lua:5: too late
  runs     1 run done, 1 failed
  $ ninetails run fails.lua --quiet 2>&1 | head -n 1
  failed brittle last=3000 seed=1234: detector brittle: fails.lua:5: too late

A detector in Lua is scored anew when its code changes, in whatever file, and not when a metric does.

  $ cat > code.lua << 'END'
  > local nt = require "ninetails"
  > local helper = dofile "helper.lua"
  > return nt.experiment {
  >   datasets = {nt.synthetic {scenario = "ssdp_flood", packets = 4000, seed = 1}}, grace = {fm = 100, ad = 500},
  >   detectors = {nt.detector {name = "mine", score = function(self, row) return helper.factor * row[1] end}},
  >   metrics = {nt.metric {name = "first_score", better = "higher", run = function(scores) return scores[1] end}},
  > }
  > END
  $ counts() { ninetails run code.lua --dry-run | tail -n 1 | sed 's/, about .*//'; }
  $ echo 'return {factor = 1}' > helper.lua
  $ ninetails run code.lua --quiet; counts
  1 run of 1 configuration: 1 there already, 0 to run
  $ echo 'return {factor = 2}' > helper.lua; counts
  1 run of 1 configuration: 0 there already, 1 to run
  $ ninetails run code.lua --quiet; cp results/code.h5 before.h5; sed -i 's/scores\[1\]/scores[2]/' code.lua; counts
  1 run of 1 configuration: 0 there already, 1 to measure whose scores are there, 0 to run
  $ ninetails run code.lua --quiet; ninetails results diff before.h5 results/code.h5 | sed -n 's/^.*\(first_score\) .*\(not judged\)/\1 \2/p'
  first_score not judged
  $ ninetails results compare results/code.h5 --metric first_score | head -n 1
  first_score (higher is better) of 1 detector on 1 data set, against mine

Values of --set reach the functions of the script, whether fields of the experiment or options.

  $ sed 's/"first_score"/"scaled"/; s/return scores.2./return opt.scale/; s/^return/local opt = nt.options {scale = 1}\n&/' code.lua > set.lua
  $ ninetails run set.lua --set seeds=7,8 --set scale=3 --quiet -o set.h5
  $ ninetails results export set.h5 --columns detector,seed,scaled
  detector,seed,scaled
  mine,7,3
  $ sed 's/helper.factor . row.1./opt.scale/; s/nt.detector {name/nt.detector {seeded = true, name/' set.lua > set_detector.lua
  $ ninetails run set_detector.lua --set seeds=7,8 --set scale=3 --quiet -o set.h5 --force
  $ $PYTHON -c "import h5py; print([run['scores'][0] for run in h5py.File('set.h5')['run'].values()])"
  [3.0, 3.0]

No column occurs twice: a taken name is refused before anything runs, and all taken names are known.

  $ cat > taken.lua << 'END'
  > local nt = require "ninetails"
  > local taken = require("ninetails.experiment.columns").taken
  > for _, class in ipairs(nt.detectors()) do for _, p in ipairs(class.parameters) do taken[p.name] = true end end
  > for _, measure in ipairs(require("ninetails.sweep").measures()) do taken[measure.name] = true end
  > for _, column in ipairs(require("ninetails.results").read("results/sweep.h5").columns) do
  >   if not taken[column.name] then print(column.name) end
  > end
  > END
  $ echo 'dofile "taken.lua"' | ninetails repl
  $ sed 's/"first_score"/"first"/' code.lua > taken.lua; ninetails run taken.lua
  ninetails run: taken.lua:6: metric 'first': every table of runs has a column of that name already
  [1]
  $ sed 's/{name = "mine",/{name = "mine", parameters = {level = 1},/' code.lua > taken.lua; ninetails run taken.lua
  ninetails run: taken.lua:5: detector 'mine': parameter 'level': every table of runs has a column of that name already
  [1]
  $ sed 's/nt.detector/nt.loda {}, nt.detector/; s/first_score/bins/' code.lua > taken.lua; ninetails run taken.lua
  ninetails run: taken.lua:6: metric 'bins': loda has a parameter of that name
  [1]

A long table has the best and the last few, and says how to see all.

  $ cat > many.lua << 'END'
  > local nt = require "ninetails"
  > local sizes = {}
  > for m = 1, 40 do sizes[m] = m end
  > return nt.experiment {datasets = nt.synthetic {scenario = "ssdp_flood", packets = 4000, seed = 1},
  >   grace = {fm = 100, ad = 500}, detectors = nt.kitnet {max_autoencoder = sizes}}
  > END
  $ ninetails run many.lua > table 2> /dev/null; head -1 table; sed -n '2,$p' table | head -16 | awk '{ print ($1 == "kitnet" ? NF : $0) }' | uniq -c
  detector  max_autoencoder  runs  auc     eer
       10 5
        1 ... 27 more
        3 5
        1 27 of 40 configurations are not shown: ninetails results summary results/many.h5
        1 
  $ ninetails results summary results/many.h5 | tail -n +2 | awk '{ print $4 }' > all; wc -l < all; sort -rn all | cmp - all
  40
  $ ninetails results ls results/many.h5 --all | grep -c ssdp_flood; ninetails results ls results/many.h5 | grep 'not shown'
  40
  27 of 40 runs are not shown: --all lists them

Every script of docs/experiments.md runs.

  $ $PYTHON -c "
  > import re
  > body = open('$SOURCE/docs/experiments.md').read()
  > for i, block in enumerate(re.findall(r'\n\`\`\`lua\n(.*?)\n\`\`\`\n', body, re.S)):
  >     open(f'block{i + 1}.lua', 'w').write(block)
  > "
  $ ls block*
  block1.lua
  block2.lua
  block3.lua
  block4.lua
  block5.lua
  block6.lua
  block7.lua
  block8.lua
  $ for f in block*.lua; do ninetails run $f --quiet || echo $f failed; done 2>&1 | grep -v 'alarms contradict'
  [1]

Interrupted, it ends by the signal; the same command goes on.

  $ cat > slow.lua << 'END'
  > local nt = require "ninetails"
  > local slow = nt.detector {name = "slow", parameters = {k = {1, 2, 3, 4, 5, 6}}, score = function(self, row, i)
  >   local x = 0
  >   for j = 1, 5000 do x = x + j % i end
  >   return row[1]
  > end}
  > return nt.experiment {
  >   datasets = {nt.synthetic {scenario = "ssdp_flood", packets = 4000, seed = 1}},
  >   grace = {fm = 100, ad = 500}, detectors = {nt.kitnet {}, slow},
  > }
  > END
  $ $PYTHON -c "
  > import os, signal, subprocess, time
  > p = subprocess.Popen(['ninetails', 'run', 'slow.lua', '-j', '1', '--quiet'], stderr=subprocess.PIPE)
  > while not os.path.exists('results/slow.runs') or not [f for f in os.listdir('results/slow.runs') if f.startswith('run-') and f.endswith('.h5')]: assert p.poll() is None; time.sleep(0.01)
  > p.send_signal(signal.SIGINT)
  > message = p.communicate()[1].decode()
  > print(message.split(':')[1].strip(), '-', 'ended by signal', -p.returncode)
  > "
  interrupted - ended by signal 2
  $ ninetails run slow.lua --json 2> message | $PYTHON -c "
  > import json, sys
  > told = json.load(sys.stdin)
  > print(told['kept'] >= 1, told['done'] + told['kept'])
  > "
  True 7
