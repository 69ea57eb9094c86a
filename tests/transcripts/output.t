SPDX-License-Identifier: GPL-3.0-or-later

Output goes to stdout and stderr in one place.

  $ grep -rnE 'io\.(write|stdout|stderr)|(^|[^_[:alnum:]."])print\(' "$SOURCE/lua" --include=*.lua | grep -v 'lua/cli/out.lua:' | grep -vE ':[0-9]+: *--'
  [1]

Output that cannot be written is a failure; a reader that goes away is not reported.

  $ $BUILD/tests/result_file_tool .
  $ ninetails results ls quickstart.h5 > /dev/full
  ninetails results ls: stdout cannot be written: No space left on device
  [2]
  $ ninetails results export quickstart.h5 > /dev/full
  ninetails results export: stdout cannot be written: No space left on device
  [2]
  $ ninetails results show quickstart.h5 --json > /dev/full
  ninetails results show: stdout cannot be written: No space left on device
  [2]
  $ ninetails manual --format markdown > /dev/full
  ninetails manual: stdout cannot be written: No space left on device
  [2]
  $ $PYTHON -c "
  > import subprocess
  > p = subprocess.Popen(['ninetails', 'manual', '--format', 'markdown'], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
  > p.stdout.close(); print(p.stderr.read())"
  b''

Control characters are shown to a terminal, not sent; programs get them unchanged. Time is linear in a text's length.

  $ $PYTHON -c "
  > import h5py, shutil
  > shutil.copy('quickstart.h5', 'odd.h5')
  > with h5py.File('odd.h5', 'r+') as f:
  >     v = f['runs/dataset'][:]; v[:] = 'a\x1b[31m\u202e\x9b'.encode(); f['runs/dataset'][:] = v
  >     v = f['runs/reason'][:]; v[0] = b'x' * 1000000; f['runs/reason'][:] = v"
  $ ninetails results ls odd.h5 --columns dataset --sort file | tail -1
  6  00000000  a?[31m\u{202e}\u{9b}
  $ ninetails results export odd.h5 --columns dataset | tail -1 | od -An -c
     a 033   [   3   1   m 342 200 256 302 233  \n
  $ ninetails results ls odd.h5 | awk 'length > 1000000' | wc -l
  1
  $ ninetails results ls "$(printf 'no\033[2J.h5')"
  ninetails results ls: no?[2J.h5: cannot be opened: No such file or directory
  [2]

Columns of other types than expected.

  $ $PYTHON "$SOURCE/tests/hostile_results.py" "$(command -v ninetails)" quickstart.h5
  internal errors: 0

Runs without a value; nothing that matches.

  $ ninetails results ls quickstart.h5 --only trees=100,none --only seed=1234,1235 --columns trees --sort file
  #  run       trees
  1  00000000      -
  2  00000000    100
  $ ninetails results ls quickstart.h5 --only 'trees!=100' --only 'seed!=1236' --columns seed,trees --sort file
  #  run       seed  trees
  1  00000000  1234      -
  5  00000000  1238      -
  $ ninetails results ls quickstart.h5 --only trees=7
  ninetails results ls: quickstart.h5: none of 6 runs matches --only: trees has none, 100
  See: ninetails help results ls
  [1]

An output replaces a file of its own kind; of results, those of the same experiment. Rows that --only leaves out stay.

  $ export NINETAILS_DATA=$PWD/data XDG_CONFIG_HOME=$PWD/config NINETAILS_CACHE=$PWD/cache
  $ for name in one two; do cat > $name.lua << 'END'
  > local nt = require "ninetails"
  > return nt.experiment {
  >   datasets = nt.synthetic {scenario = "ssdp_flood", packets = 4000, seed = 1},
  >   grace = {fm = 100, ad = 500}, detectors = nt.kitnet {max_autoencoder = {5, 10}}, repeats = 2,
  >   metrics = {nt.metric {name = "own_metric", run = function() return 0.25 end}},
  > }
  > END
  > done
  $ ninetails run one.lua --quiet 2> message
  $ ninetails results export results/one.h5 --columns run > all; wc -l < all
  5
  $ ninetails run one.lua --quiet --only max_autoencoder=10 2> message
  $ ninetails results export results/one.h5 --columns run | cmp - all
  $ ninetails run one.lua --quiet --only max_autoencoder=10 --fresh 2> message
  $ ninetails results export results/one.h5 --columns run | cmp - all
  $ ninetails run two.lua --quiet -o results/one.h5
  ninetails run: results/one.h5: has results of experiment one, not of experiment two: --force replaces it
  See: ninetails help run
  [1]
  $ printf 'my notes, long ones\n' > notes; cp notes notes.h5; cp notes notes.csv; cp notes notes.pcap
  $ ninetails run two.lua --quiet -o notes.h5
  ninetails run: notes.h5: is there, and is not a result file of ninetails: --force replaces it
  See: ninetails help run
  [1]
  $ ninetails results export results/one.h5 -o notes.csv
  ninetails results export: notes.csv: is there, and is not a table with a head of names: --force replaces it
  See: ninetails help results export
  [1]
  $ ninetails score "$TRACE" -o results/one.h5
  ninetails score: results/one.h5: is there, and is not an HDF5 file of extract or score: --force replaces it
  See: ninetails help score
  [1]
  $ ninetails extract "$TRACE" -o notes.csv
  ninetails extract: notes.csv: is there, and is not a table with a head of names: --force replaces it
  See: ninetails help extract
  [1]
  $ ninetails dataset synth ssdp_flood --packets 1000 -o notes.pcap
  ninetails dataset synth: notes.pcap: is there, and is not a pcap capture: --force replaces it
  See: ninetails help dataset synth
  [1]
  $ $PYTHON -c "import h5py; h5py.File('foreign.h5', 'w')['my_data'] = [1, 2]"; cp foreign.h5 kept.h5
  $ ninetails score "$TRACE" -o foreign.h5
  ninetails score: foreign.h5: is there, and is not an HDF5 file of extract or score: --force replaces it
  See: ninetails help score
  [1]
  $ ninetails extract "$TRACE" -o foreign.h5; cmp foreign.h5 kept.h5
  ninetails extract: foreign.h5: is there, and is not an HDF5 file of extract or score: --force replaces it
  See: ninetails help extract
  $ for i in 1 2; do ninetails score "$TRACE" --fm-grace 100 --ad-grace 300 -o scores.h5 --quiet 2> /dev/null || echo refused; done
  $ rm notes.pcap; cp notes notes.pcap.labels.csv; ninetails dataset synth ssdp_flood --packets 1000 -o notes.pcap --quiet
  ninetails dataset synth: notes.pcap.labels.csv: is there, and is not a file of labels: --force replaces it
  See: ninetails help dataset synth
  [1]
  $ ls notes.pcap 2>&1 | grep -c 'No such file'; cp notes notes.pcap
  1
  $ ninetails manual -o man > /dev/null; ninetails manual -o man > /dev/null; cp notes man/ninetails-score.1
  $ rm man/ninetails-run.1; ninetails manual -o man
  ninetails manual: man/ninetails-score.1: is there, and is not a page of ninetails manual: --force replaces it
  See: ninetails help manual
  [1]
  $ ls man/ninetails-run.1 2>&1 | grep -c 'No such file'; cmp man/ninetails-score.1 notes
  1
  $ ninetails manual -o man --force | sed 's/^[0-9]*/N/'
  N pages in man
  $ for f in notes.*; do cmp $f notes; done
  $ ninetails results export results/one.h5 -o notes.csv --force; ninetails results export results/one.h5 -o notes.csv
  $ ninetails dataset synth ssdp_flood --packets 1000 -o notes.pcap --force --quiet
  $ ninetails dataset synth ssdp_flood --packets 1000 -o notes.pcap --quiet
  $ ninetails extract "$TRACE" -o f.csv --quiet; ninetails extract "$TRACE" -o f.csv --quiet
  $ ninetails run two.lua --quiet -o notes.h5 --force 2> message; ninetails results export notes.h5 --columns seed | wc -l
  5

The script's own metrics are listed; runs of other seeds are matched by configuration and replicate.

  $ ninetails results ls results/one.h5 | head -1
  *own_metric* (glob)
  $ sed 's/repeats = 2/seeds = {7, 8}/' one.lua > seeds.lua
  $ ninetails run seeds.lua --quiet -o other.h5 2> message
  $ ninetails results diff results/one.h5 other.h5 | grep -E 'no seed|in both'
  no seed in common: matched by configuration and replicate
  4 runs in both, * (glob)
