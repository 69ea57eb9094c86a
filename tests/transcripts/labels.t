SPDX-License-Identifier: GPL-3.0-or-later

Labels in other programs' forms; the conclusions are printed.

  $ ln -s "$TRACE" trace.tsv.gz
  $ score() { ninetails score "$@" --fm-grace 200 --ad-grace 600 2> warning; }
  $ labelled() { score trace.tsv.gz --labels "$1" | grep -E '^(labels|read from|AUC) '; }
  $ awk 'BEGIN { for (i = 0; i < 1796; i++) print i % 9 == 0 }' > plain; labelled plain
  labels         111 attack, 884 benign, 0 excluded, of the scored packets
  read from      plain (one value a line)
  AUC            0.519893
  $ awk 'BEGIN { print ",0" } { print NR - 1 "," ($1 ? "True" : "False") }' plain > pandas; labelled pandas
  labels         111 attack, 884 benign, 0 excluded, of the scored packets
  read from      pandas (packet_number,label: packet numbers from 0)
  AUC            0.519893
  $ awk '{ printf "%.18e\r\n", $1 }' plain > numpy; labelled numpy
  labels         111 attack, 884 benign, 0 excluded, of the scored packets
  read from      numpy (one value a line)
  AUC            0.519893
  $ { echo 0; cat plain; } > header; labelled header; cat warning
  ninetails score: header: 1797 labels, but the capture has 1796 packets; line 1, '0', was read as a label: if it is a header, one that says 'label' is expected

Attacks with names have rows of their own, as if all other attacks were excluded; in the files, too.

  $ awk '{ print $1 ? NR % 2 ? "scan" : "flood" : "BENIGN" }' plain > names
  $ score trace.tsv.gz --labels names -o n.h5 | tail -3
  attack  packets     AUC  average precision  TPR at FPR 0.001
  scan         55  0.5212             0.0619            0.0000
  flood        56  0.5186             0.0854            0.0179
  $ sed 's/BENIGN/0/; s/scan/1/; s/flood/x/' names > scan; labelled scan
  labels         55 attack, 884 benign, 56 excluded, of the scored packets
  read from      scan (one value a line)
  AUC            0.521205
  $ $PYTHON << END
  > import h5py
  > f = h5py.File('n.h5')
  > print(f['attack_name'].asstr()[:], f['attack'][:12], f.attrs['labels_format'])
  > print({name: float(column[0]) for name, column in f['attacks'].items() if name != 'attack'})
  > END
  ['scan' 'flood'] [1 0 0 0 0 0 0 0 0 2 0 0] one value a line
  {'packets': 55.0, 'auc': 0.5212052653229123, 'average_precision': 0.061920252802372955, 'tpr_at_fpr_1em3': 0.0}
  $ score trace.tsv.gz --labels names --quiet -o n.csv; sed 's/,[0-9.]*,[0-9.e+]*,/,...,/; 3q' n.csv
  packet,timestamp,score,label,attack
  0,...,1,scan
  1,...,0,
  $ score trace.tsv.gz --labels n.csv --json | $PYTHON -c "import json, sys
  > for a in json.load(sys.stdin)['labels']['by_name']: print({k: v if k in ('attack', 'packets') else round(v, 6) for k, v in a.items()})"
  {'attack': 'scan', 'packets': 55, 'auc': 0.521205, 'average_precision': 0.06192, 'tpr_at_fpr_1em3': 0.0}
  {'attack': 'flood', 'packets': 56, 'auc': 0.518605, 'average_precision': 0.085438, 'tpr_at_fpr_1em3': 0.017857}

A column of labels in a table of features is no feature, and serves as labels.

  $ ninetails extract trace.tsv.gz --quiet -o features.csv
  $ sed '1i Label' names | paste -d, features.csv - > own.csv
  $ score own.csv | grep -E '^(features|labels|read from|AUC|scan) '; grep -v alarms warning
  features       100 from the input
  labels         111 attack, 884 benign, 0 excluded, of the scored packets
  read from      own.csv (table with a column of labels)
  AUC            0.519893
  scan         55  0.5212             0.0619            0.0000
  warning: own.csv: column 102, 'Label', says what a packet is and is no feature
  warning: own.csv: fm=200 ad=600: trains on attacks too: no packet before is clean
  $ score - --json < own.csv | grep -c by_name; grep -v alarms warning
  0
  warning: standard input: column 102, 'Label', says what a packet is and is no feature; of a pipe it serves as no labels either

The same in an experiment; each run of a result file has its attacks, and files that are merged keep them.

  $ export NINETAILS_CACHE="$PWD/cache" XDG_CONFIG_HOME="$PWD"
  $ cat > named.lua << END
  > local nt = require "ninetails"
  > return nt.experiment {name = "named", grace = {fm = 200, ad = 600}, detectors = {nt.kitnet {max_autoencoder = {5, 10}}},
  >   datasets = {nt.dataset {name = "trace", capture = "trace.tsv.gz", labels = "pandas"},
  >     nt.dataset {name = "own", capture = "own.csv"}}}
  > END
  $ ninetails run named.lua -o named.h5 --quiet 2>&1 | grep -v -E 'clean|alarms'
  warning: trace: pandas: read as packet_number,label: packet numbers from 0
  warning: own: own.csv: column 102, 'Label', says what a packet is and is no feature
  $ ninetails results show named.h5 --attacks
  #  dataset  detector  profile  max_autoencoder  attack  packets     auc  average_precision  tpr_at_fpr_1em3
  3  own      kitnet    rows                   5  scan         55  0.5199             0.0618           0.0000
  3  own      kitnet    rows                   5  flood        56  0.5184             0.0853           0.0179
  4  own      kitnet    rows                  10  scan         55  0.5212             0.0619           0.0000
  4  own      kitnet    rows                  10  flood        56  0.5186             0.0854           0.0179
  $ ninetails results merge named.h5 -o merged.h5
  merged.h5: 4 runs
  $ ninetails results show merged.h5 4 --attacks --json | $PYTHON -c "import json, sys
  > for a in json.load(sys.stdin): print(len(a['run']), a['attack'], a['packets'], round(a['auc'], 6))"
  32 scan 55 0.521205
  32 flood 56 0.518605

A file of version 0.1.0 is read by the names of today, which take its own, too.

  $ cp named.h5 old.h5; $PYTHON -c "
  > import h5py
  > with h5py.File('old.h5', 'r+') as f:
  >     for group in [f['runs']] + [run['attacks'] for run in f['run'].values() if 'attacks' in run]:
  >         for name in [name for name in group if '_1em' in name]: group.move(name, name.replace('_1em', '_1e-'))
  >     print(sum('1e-' in name for name in f['runs']), sum('1em' in name for name in f['runs']))"
  10 0
  $ ninetails results ls old.h5 --columns detector,tpr_at_fpr_1e-3,threshold_at_fpr_1em2 --only 'tpr_at_fpr_1e-3>=0' \
  >   --sort -tpr_at_fpr_1e-2 | cut -c 14-
  detector          tpr_at_fpr_1em3  threshold_at_fpr_1em2
  kitnet    0.0090 [0.0000, 0.0102]              4.587e+08
  kitnet    0.0090 [0.0000, 0.0102]              4.715e+08
  kitnet    0.0090 [0.0000, 0.0102]              4.587e+08
  kitnet    0.0090 [0.0000, 0.0102]              4.715e+08
  95 % intervals by block bootstrap.
  $ ninetails results show old.h5 3 --attacks
  #  dataset  detector  attack  packets     auc  average_precision  tpr_at_fpr_1em3
  3  own      kitnet    scan         55  0.5199             0.0618           0.0000
  3  own      kitnet    flood        56  0.5184             0.0853           0.0179
  $ ninetails results compare old.h5 --metric tpr_at_fpr_1e-3 --only dataset=own --json | grep '"metric"'
    "metric": "tpr_at_fpr_1em3",
  $ ninetails results merge old.h5 -o renewed.h5 && ninetails results diff renewed.h5 named.h5 --metric tpr_at_fpr_1e-3
  renewed.h5: 4 runs
  a  renewed.h5
  b  named.h5
  4 runs in both, 4 with the same metrics
  $ $PYTHON -c "import h5py; print([name for name in h5py.File('renewed.h5')['runs'] if not name.isidentifier()])"
  []

  $ ninetails results show named.h5 1 --attacks
  no labels name an attack
