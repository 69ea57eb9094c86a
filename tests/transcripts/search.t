SPDX-License-Identifier: GPL-3.0-or-later

A search: sweeps one after another, chosen by the packets of one split and reported on those of another.

  $ export NINETAILS_DATA=$PWD/data XDG_CONFIG_HOME=$PWD/config
  $ unset NINETAILS_SHARED NINETAILS_CACHE
  $ cat > tuned.lua << 'END'
  > local nt = require "ninetails"
  > local opt = nt.options {to = 0.6, from = 0.6, report = true, method = "tpe", metric = "auc"}
  > return nt.experiment {
  >   datasets = {nt.synthetic {scenario = "mirai", packets = 6000, seed = 1}},
  >   select = {to = opt.to}, report = opt.report and {from = opt.from} or nil,
  >   grace = {fm = 100, ad = 800},
  >   detectors = {nt.kitnet {max_autoencoder = nt.uniform(1, 30), hidden_ratio = {0.5, 0.9}}},
  >   search = {method = opt.method, trials = 9, startup = opt.method == "tpe" and 6 or nil,
  >             eta = opt.method == "halving" and 3 or nil, metric = opt.metric},
  > }
  > END
  $ figures() { sed -E 's/^trial [0-9]+ .*/trial .../; s/^(default .*[0-9.]+) +[01]\.[0-9]{4} +[01]\.[0-9]{4}$/\1 * */; s/^(default .*[0-9.]+) +[01]\.[0-9]{4}$/\1 */; s/^(time|speed) .*/\1 .../; s/about .* with/about ... with/'; }
  $ ninetails run tuned.lua --dry-run -j 2 | grep -A3 '^a search' | figures
  a search (tpe, 9 trials, seed 1234, by auc; select: mirai_6000_1.1-3600; report: mirai_6000_1.3601-6000): the first 6 trials of 9; what follows depends on what they come to
  6 runs of 6 configurations: 0 there already, 6 to run, about ... with 2 jobs
  $ ninetails run tuned.lua -j 2 2> message > first; sed -n '/^runs /,$p' first | figures
  runs     10 runs done
  time ...
  written  results/tuned.h5
  
  tpe: 9 trials, the best by auc:
  configuration  max_autoencoder  hidden_ratio  select auc  report auc
  trial ...
  default                     10  0.75 * *
  $ ninetails run tuned.lua -j 1 2> message > second; sed -n '/^runs /,$p' second | figures
  runs     0 runs done, 10 there already
  time ...
  written  results/tuned.h5
  
  tpe: 9 trials, the best by auc:
  configuration  max_autoencoder  hidden_ratio  select auc  report auc
  trial ...
  default                     10  0.75 * *
  $ for run in first second; do sed -n '/^tpe/,$p' $run > $run.found; done; cmp first.found second.found

Rows are those of any other experiment; a part of a data set is one by itself. The file says what the search was.

  $ ninetails results ls results/tuned.h5 --json | grep '"dataset"' | sort | uniq -c
        8         "dataset": "mirai_6000_1.1-3600",
        2         "dataset": "mirai_6000_1.3601-6000",
  $ ninetails results show results/tuned.h5 | grep '^  search'
    search        tpe, 9 trials, seed 1234, by auc; select: mirai_6000_1.1-3600; report: mirai_6000_1.3601-6000
  $ ninetails results ls results/tuned.h5 --json | grep -c '"status": "done"'
  10

The best is the one with the greatest figure of the first split.

  $ ninetails run tuned.lua --json > found.json 2> message
  $ $PYTHON - << 'END'
  > import json
  > search = json.load(open("found.json"))["search"]
  > best = max(search["trials"], key=lambda t: (t["auc"], -t["trial"]))
  > print(best["trial"] == search["best"]["trial"], best["auc"] == search["best"]["select"]["mean"], len(search["trials"]))
  > print(sorted(search["best"]), sorted(search["default"]), search["stopped_by"])
  > END
  True True 9
  ['parameters', 'report', 'select', 'trial'] ['parameters', 'report', 'select'] trials

Successive halving: of 9 trials 3, and of these one goes on with three times the packets.

  $ ninetails run tuned.lua --set method=halving -o halved.h5 2> message | sed -n '/^halving/,$p' | figures
  halving: 9 trials, the best by auc:
  configuration  max_autoencoder  hidden_ratio  select auc  report auc
  trial ...
  default                     10  0.75 * *
  $ ninetails results ls halved.h5 --json | grep '"dataset"' | sort | uniq -c
        9         "dataset": "mirai_6000_1.1-1200",
        3         "dataset": "mirai_6000_1.1-1800",
        2         "dataset": "mirai_6000_1.1-3600",
        2         "dataset": "mirai_6000_1.3601-6000",

A choice by what is reported is loud, and so is one that nothing is reported of.

  $ ninetails run tuned.lua --set from=0.5 -o other.h5 2>&1 > /dev/null | grep search:
  warning: search: `select` and `report` share packets 3,001 to 3,600 of mirai_6000_1: the configuration is CHOSEN BY THE PACKETS THAT IT IS REPORTED ON, and its figure is too good
  $ ninetails run tuned.lua --set report=no -o other.h5 2>&1 > out | grep search:
  warning: search: there is no `report`: the best figure is of the packets that the configuration is CHOSEN BY, and too good
  $ sed -n '/^tpe/,$p' out | figures
  tpe: 9 trials, the best by auc:
  configuration  max_autoencoder  hidden_ratio  select auc
  trial ...
  default                     10  0.75 *

Splits by time: the packets up to some seconds after the first, as they are counted by their times.

  $ sed 's/select = {to = opt.to}, report = .*/select = {to_seconds = 16}, report = {from_seconds = 16},/' tuned.lua > timed.lua
  $ ninetails run timed.lua --dry-run 2> message | grep -o 'select: [^)]*'
  select: mirai_6000_1.1-2879; report: mirai_6000_1.2880-6000

Errors.

  $ ninetails run tuned.lua --set to=0.155
  ninetails run: tuned.lua:3: search: mirai_6000_1.1-930: packets 902 to 930, which are scored, have no attack, and auc needs both attacks and benign ones: expected another split
  [1]
  $ ninetails run tuned.lua --set to=7000
  ninetails run: tuned.lua:3: select: packets 1 to 7,000 of data set mirai_6000_1, which has 6,000: expected some of them
  [1]
  $ ninetails run tuned.lua --set metric=packets
  ninetails run: tuned.lua:3: search.metric = 'packets': no such metric: expected auc, eer, eer_nearest, average_precision, partial_auc, partial_auc_standardised, tpr_at_fpr_0, tpr_at_fpr_1em5, tpr_at_fpr_1em4, tpr_at_fpr_1em3, tpr_at_fpr_1em2, best_f1, threshold_tpr, threshold_fpr, episodes_missed, onset_delay_median, onset_delay_mean, alarms_per_hour, incidents_per_hour
  [1]
  $ ninetails run tuned.lua --set method=bayes
  ninetails run: tuned.lua:3: search.method = 'bayes': expected random, tpe, halving
  [1]
  $ ninetails run tuned.lua --only replicate=1
  ninetails run: --only: not for a search, whose next runs follow from all before them
  See: ninetails help run
  [1]
