SPDX-License-Identifier: GPL-3.0-or-later

Labels as other programs write them; what was concluded is said.

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
  {'packets': 55.0, 'auc': 0.5212052653229123, 'average_precision': 0.061920252802372955, 'tpr_at_fpr_1e-3': 0.0}
  $ score trace.tsv.gz --labels names --quiet -o n.csv; sed 's/,[0-9.]*,[0-9.e+]*,/,...,/; 3q' n.csv
  packet,timestamp,score,label,attack
  0,...,1,scan
  1,...,0,
  $ score trace.tsv.gz --labels n.csv --json | grep -A 6 by_name
      "by_name": [
        {
          "attack": "scan",
          "packets": 55,
          "auc": 0.52120526532291234,
          "average_precision": 0.061920252802372955,
          "tpr_at_fpr_1e-3": 0.0

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
