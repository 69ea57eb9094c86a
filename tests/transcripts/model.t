SPDX-License-Identifier: GPL-3.0-or-later

  $ ln -s "$TRACE" trace.tsv.gz
  $ told() { ninetails "$@" 2> warning; }
  $ summary() { sed 's/^\(streams\|speed\|ns per packet\) .*/\1 .../'; }
  $ part() { gunzip -c trace.tsv.gz | awk -v from=$1 -v to=$2 'NR == 1 || (NR > from + 1 && NR <= to + 1)'; }

A capture in parts, a model from one to the next: the scores are those of the whole, wherever it is cut (in mapping, in
training, in execution, on the edges), on however many threads.

  $ told score trace.tsv.gz --fm-grace 200 --ad-grace 600 --quiet -o whole.csv; tail -n +2 whole.csv | cut -d , -f 2,3 > whole
  $ for profile in py100 csv115 stream; do
  >   told score trace.tsv.gz --profile $profile --fm-grace 200 --ad-grace 600 --quiet -o whole.csv; tail -n +2 whole.csv | cut -d , -f 2,3 > whole
  >   for at in 1 150 200 201 202 700 800 801 802 1200; do
  >     part 0 $at > a.tsv; part $at 1796 > b.tsv; rm -f m.h5 b.csv
  >     told score a.tsv --profile $profile --fm-grace 200 --ad-grace 600 --save m.h5 --quiet --threads $((at % 4 + 1)) || cat warning
  >     told score b.tsv --load m.h5 --quiet -o b.csv --threads $((at % 3 + 1)) || cat warning
  >     tail -n +2 b.csv | cut -d , -f 2,3 > b; tail -n +$((at + 1)) whole | cmp - b
  >   done
  > done

What is printed while nothing is scored, and once something is.

  $ part 0 500 > a.tsv; part 500 1796 > b.tsv
  $ ninetails score a.tsv --fm-grace 200 --ad-grace 600 --save m.h5 | summary
  capture        a.tsv (tsv), 500 packets
  features       100, profile stream
  streams ...
  phases         201 mapping, 299 training, 0 execution
  feature map    13 autoencoders of 7 x 10, 6 x 5 features
  speed ...
  ns per packet ...
  model          m.h5, in training, after 500 packets in all
  $ ninetails score b.tsv --load m.h5 --save m2.h5 2> warning | summary
  capture        b.tsv (tsv), 1,296 packets
  features       100, profile stream
  streams ...
  goes on from   m.h5, after 500 packets
  phases         0 mapping, 301 training, 995 execution
  training       ended 17 s after the first packet: the slowest window (half-life 100 s) held 11 % of its weight
  feature map    13 autoencoders of 7 x 10, 6 x 5 features
  scores         min 0.027, 25 % 5.152, 50 % 6.939e+07, 75 % 2.114e+08, 90 % 3.525e+08, 99 % 4.714e+08, 99.9 % 4.717e+08, max 4.717e+08
  non-finite     0 (0 infinite, 0 not a number)
  threshold      0.868002 (log-normal, last 600 training scores, tail 0.001)
  above it       851 packets (85.53 %)
  speed ...
  ns per packet ...
  model          m2.h5, in execution, after 1,796 packets in all
  $ ninetails score b.tsv --load m2.h5 --tail-probability 0.1 2> warning | grep -E 'goes on|phases|training|threshold'
  goes on from   m2.h5, after 1,796 packets
  phases         0 mapping, 0 training, 1,296 execution
  training       ended 17 s after the first packet: the slowest window (half-life 100 s) held 11 % of its weight
  threshold      0.268401 (log-normal, last 600 training scores, tail 0.1)

Programs are told the parameters of the model.

  $ ninetails score b.tsv --load m.h5 --save m.h5 --json 2> warning | $PYTHON -c "
  > import json, sys
  > d = json.load(sys.stdin)
  > print(d['model'], d['parameters']['fm_grace'], d['parameters']['ad_grace'], d['phases'])"
  {'load': 'm.h5', 'packets_before': 500, 'save': 'm.h5', 'phase': 'execution'} 200 600 {'mapping': 0, 'training': 301, 'execution': 995}
  $ $PYTHON -c "
  > import h5py, hashlib
  > of = lambda name: hashlib.sha256(open(name, 'rb').read()).hexdigest()
  > f = h5py.File('m.h5')
  > print(f.attrs['ninetails:file'], f.attrs['phase'], f.attrs['packets'], f['parameters'].attrs['profile'])
  > for name, sum, packets in zip(*(f['captures'][n][:] for n in ('input', 'content_sha256', 'packets'))):
  >   print(name.decode(), sum.decode() == of(name.decode()), packets)"
  model execution 1796 stream
  a.tsv True 500
  b.tsv True 1296

Rows of features are learnt from likewise; what a model takes is what it took.

  $ ninetails extract trace.tsv.gz --quiet -o f.csv
  $ told score f.csv --fm-grace 200 --ad-grace 600 --save rows.h5 --quiet; told score f.csv --load rows.h5 --quiet -o g.csv; wc -l < g.csv
  1797
  $ ninetails score f.csv --load m.h5
  ninetails score: f.csv: holds rows of features: model m.h5 takes packets
  [2]
  $ ninetails score b.tsv --load rows.h5
  ninetails score: b.tsv: holds packets: model rows.h5 takes rows of 100 features
  [2]
  $ printf '1,2\n3,4\n' > two.csv; ninetails score two.csv --load rows.h5
  ninetails score: two.csv: rows of 2 features: model rows.h5 takes rows of 100
  [2]

What a model has of its own is not told anew.

  $ ninetails score b.tsv --load m.h5 --fm-grace 3
  ninetails score: --fm-grace: model m.h5, which --load names, has its own
  See: ninetails help score
  [1]
  $ ninetails score b.tsv --load m.h5 --profile stream
  ninetails score: --profile: model m.h5, which --load names, has its own
  See: ninetails help score
  [1]
  $ ninetails score b.tsv --load m.h5 --feature-map map.txt
  ninetails score: --feature-map: model m.h5, which --load names, has its own
  See: ninetails help score
  [1]

Files that are no models, and what must not be replaced.

  $ ninetails score b.tsv --load none.h5
  ninetails score: none.h5: cannot be opened: No such file or directory
  [2]
  $ ninetails score b.tsv --load whole.csv
  ninetails score: whole.csv: is no model of ninetails, or cut short: it has no seal
  [2]
  $ head -c 20000 m.h5 > cut.h5; ninetails score b.tsv --load cut.h5
  ninetails score: cut.h5: is no model of ninetails, or cut short: it has no seal
  [2]
  $ cp m.h5 bad.h5; printf X | dd of=bad.h5 bs=1 seek=9000 conv=notrunc status=none; ninetails score b.tsv --load bad.h5
  ninetails score: bad.h5: is damaged: its checksum differs
  [2]
  $ ninetails score b.tsv --load m.h5 --save whole.csv
  ninetails score: whole.csv: is there, and is not a model of ninetails: --force replaces it
  See: ninetails help score
  [1]
  $ ninetails score b.tsv --load m.h5 --save b.tsv --force
  ninetails score: b.tsv: the output would replace the input b.tsv
  See: ninetails help score
  [1]
  $ ninetails score b.tsv --load m.h5 --save x.h5 -o x.h5
  ninetails score: x.h5: named both as output and as model
  See: ninetails help score
  [1]
  $ ninetails score b.tsv --load m.h5 -o m.h5
  ninetails score: m.h5: is there, and is not an HDF5 file of extract or score: --force replaces it
  See: ninetails help score
  [1]
  $ ninetails score b.tsv --load m.h5 --save none/m.h5
  ninetails score: none/m.h5: cannot be written: No such file or directory
  [2]
  $ ninetails score a.tsv --fm-grace 200 --ad-grace 600 --save n.h5 -o n.csv
  ninetails score: a.tsv: 500 packets, of which mapping takes the first 200 + 1 (fm-grace) and training the next 600 (ad-grace): none is left to score, pass smaller grace periods
  [2]
  $ find . -name 'n.*' -o -name '.n.*'
  $ ninetails score b.tsv --load m.h5 --quiet -o s.h5 2> warning; ninetails inspect s.h5 --capture b.tsv
  ninetails inspect: s.h5: its scores go on from model m.h5: expected a run that began with its capture
  [2]
