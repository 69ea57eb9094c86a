SPDX-License-Identifier: GPL-3.0-or-later

A result file of six runs, one of which failed.

  $ $BUILD/tests/result_file_tool .
  $ ninetails results ls quickstart.h5
  #  run       dataset    detector          status  seed     auc  reason
  6  00000000  synthetic  isolation_forest  done    1239  0.8806  -
  5  00000000  synthetic  kitnet            done    1238  0.8254  -
  3  00000000  synthetic  kitnet            done    1236  0.6798  -
  2  00000000  synthetic  isolation_forest  done    1235  0.5956  -
  1  00000000  synthetic  kitnet            done    1234  0.4987  -
  4  00000000  synthetic  isolation_forest  failed  1237       -  did not converge
  $ ninetails results ls quickstart.h5 --only detector=kit* --sort -auc --columns seed,auc
  #  run       seed     auc
  5  00000000  1238  0.8254
  3  00000000  1236  0.6798
  1  00000000  1234  0.4987
  $ ninetails results ls quickstart.h5 --only 'auc>=0.6' --json | $PYTHON -c "
  > import json, sys
  > print([run['seed'] for run in json.load(sys.stdin)[0]['runs']])"
  [1236, 1238, 1239]
  $ ninetails results ls quickstart.h5 --columns acu
  ninetails results ls: --columns 'acu': quickstart.h5 has no such column: did you mean auc?
  See: ninetails help results ls
  [1]
  $ ninetails results show quickstart.h5 | sed -E 's/^size .*/size/; s/^(  end +)2.*Z$/\1.../'
  file       quickstart.h5
  runs       6: done (5), failed (1)
  data sets  synthetic (6)
  detectors  kitnet (3), isolation_forest (3)
  size
  varied     seed
  
  At a glance:
    auc  _:- *#  0.4987 to 0.8806, the runs in order
  
  Provenance:
    end           ...
    name          quickstart
    runs_done     5
    runs_failed   1
    runs_missing  0
    script        1 line, 10 bytes (--json has it)
    version       0.1.0
  $ ninetails results show quickstart.h5 4
  Run:
    run       000000000000000000000001daa66d14
    dataset   synthetic
    detector  isolation_forest
    status    failed
    reason    did not converge
  
  Parameters:
    seed   1237  seed of the generator
    trees   100  trees of the forest
  
  Costs:
    seconds_score  0.25 s  time to score

Two runs: parameters that differ, and metrics with the paired bootstrap.

  $ ninetails results diff quickstart.h5 2 1 --replicates 200
  a  quickstart.h5 run 0000000000000000000000009e3779b2
  b  quickstart.h5 run 00000000000000000000000000000001
  parameters that differ:
    detector         isolation_forest -> kitnet
    seed             1235 -> 1234
    max_autoencoder  - -> 10
    trees            100 -> -
  
  run               metric       a       b     b - a  interval             by             blocks  verdict
  synthetic kitnet  auc     0.5956  0.4987  -0.09691  [-0.1059, -0.09276]  paired blocks  4 (1)   worse
  
  where one block only has attacks, intervals tell about the benign traffic alone
  1 run in both, 0 with the same metrics; of 1 differences judged 1 worse and 0 better beyond the interval (95 %); chance alone gives about 0.05
  [3]
  $ ninetails results diff quickstart.h5 quickstart.h5
  a  quickstart.h5
  b  quickstart.h5
  synthetic isolation_forest seed=1237: failed in both: did not converge
  6 runs in both, 5 with the same metrics
  $ ninetails results diff quickstart.h5
  ninetails results diff: expected A B, A RUN RUN or A RUN B RUN, got quickstart.h5
  See: ninetails help results diff
  [1]
  $ ninetails results compare quickstart.h5 --replicates 200
  auc (higher is better) of 2 detectors on 1 data set, against kitnet; the median of up to 3 repeats
  1 run without a value of auc: left out
  
  synthetic
      detector             auc  score/s
      kitnet            0.6798        -
      isolation_forest  0.5956        -
  
  learn, score: packets a second of the fastest repeat; repeats that share one pass share its time.
  
  Difference from kitnet, on the packets that both scored:
  synthetic: kitnet auc 0.6798
    detector             auc  difference  interval              p      Holm   blocks
    isolation_forest  0.5956    -0.08421  [-0.08893, -0.07615]  0.250  0.250  4 (1)   the least p of 3 blocks
    where one block only has attacks, intervals tell about the benign traffic alone
    floor: 3 blocks allow no p below 0.250, and Holm's correction of 1 test makes that more than 0.05: whatever the
    difference, these tests could not tell
  
  Over data sets: Friedman's and Nemenyi's tests of 2 detectors need at least 6 data sets with a value
  of every detector, and there is 1: on fewer not even the best and the worst can
  differ at 0.05.

Mean and standard deviation of each configuration: for people, and for papers.

  $ ninetails results summary quickstart.h5
  detector            runs  auc
  isolation_forest  2 of 3  0.7381 \xc2\xb1 0.2015 (esc)
  kitnet                 3  0.6680 \xc2\xb1 0.1637 (esc)
  $ ninetails results summary quickstart.h5 --format csv --only detector=kitnet --metric auc
  detector,runs,of,auc_mean,auc_sd,auc_n
  kitnet,3,3,0.667980885063338,0.16366838159155078,3
  $ ninetails results summary quickstart.h5 --format markdown --sort file
  | detector | runs | auc |
  | --- | ---: | --- |
  | kitnet | 3 | 0.6680 \xc2\xb1 0.1637 | (esc)
  | isolation_forest | 2 of 3 | 0.7381 \xc2\xb1 0.2015 | (esc)
  $ ninetails results summary quickstart.h5 --format latex | tee table.tex
  % ninetails results summary of quickstart.h5; \usepackage{booktabs}
  \begin{tabular}{lrl}
  \toprule
  detector & runs & auc \\
  \midrule
  isolation\_forest & 2 of 3 & $0.7381 \pm 0.2015$ \\
  kitnet & 3 & $0.6680 \pm 0.1637$ \\
  \bottomrule
  \end{tabular}
  $ if command -v pdflatex > /dev/null && kpsewhich booktabs.sty > /dev/null; then
  >   printf '%s\n' '\documentclass{article}\usepackage{booktabs}\begin{document}' "$(cat table.tex)" '\end{document}' > page.tex
  >   pdflatex -interaction=nonstopmode -halt-on-error page.tex > log || cat log
  > fi
  $ ninetails results summary quickstart.h5 --json | $PYTHON -c "
  > import json, sys, statistics
  > got = json.load(sys.stdin)['configurations']
  > import h5py
  > f = h5py.File('quickstart.h5')['runs']
  > kitnet = [float(x) for x, d in zip(f['auc'][:], f['detector'].asstr()[:]) if d == 'kitnet']
  > print([(c['detector'], c['runs'], c['of']) for c in got], got[1]['auc']['runs'])
  > print(abs(got[1]['auc']['mean'] - statistics.mean(kitnet)) < 1e-15, abs(got[1]['auc']['deviation'] - statistics.stdev(kitnet)) < 1e-15)"
  [('isolation_forest', 2, 3), ('kitnet', 3, 3)] 3
  True True
  $ ninetails results summary quickstart.h5 --metric acu
  ninetails results summary: --metric 'acu': quickstart.h5 has no such column: did you mean auc?
  See: ninetails help results summary
  [1]
  $ ninetails results summary quickstart.h5 --metric seed
  ninetails results summary: --metric seed: expected a metric, and the role of this column is parameter
  See: ninetails help results summary
  [1]
  $ cp quickstart.h5 kept.h5; ninetails results summary quickstart.h5 -o quickstart.h5; cmp quickstart.h5 kept.h5
  ninetails results summary: quickstart.h5: is there, and is not a table of results summary: --force replaces it
  See: ninetails help results summary
  $ for format in text csv markdown latex; do
  >   ninetails results summary quickstart.h5 --format $format -o t.$format
  >   ninetails results summary quickstart.h5 --format $format -o t.$format && ninetails results summary quickstart.h5 --format $format | cmp - t.$format
  > done

Exports read back.

  $ ninetails results export quickstart.h5 -o runs.csv
  $ $PYTHON -c "
  > import csv
  > runs = list(csv.DictReader(open('runs.csv', newline='')))
  > print(len(runs), [run['seed'] for run in runs if not run['auc']], [run['reason'] for run in runs if run['reason']])"
  6 ['1237'] ['did not converge']
  $ ninetails results export quickstart.h5 --format jsonl --only status=failed --columns reason,auc,trees
  {"reason": "did not converge", "auc": null, "trees": 100}
  $ ninetails results merge quickstart.h5 run.h5 -o merged.h5
  merged.h5: 6 runs
  $ ninetails results merge quickstart.h5 -o merged.h5
  ninetails results merge: merged.h5 is there already: --force overwrites it
  See: ninetails help results merge
  [1]
  $ ninetails results diff quickstart.h5 merged.h5 --json | $PYTHON -c "
  > import json, sys
  > print(json.load(sys.stdin)['counts'])"
  {'runs': 6, 'same': 5, 'differences': 0, 'judged': 0, 'worse': 0, 'better': 0, 'failed_now': 0}
  $ ninetails results show merged.h5 --json | $PYTHON -c "
  > import json, sys
  > notes = json.load(sys.stdin)['notes']
  > print(notes['merged_from'], notes['version'], len(notes['host']) > 0, notes['command_line'])"
  quickstart.h5
  run.h5 0.2.0 True ninetails results merge quickstart.h5 run.h5 -o merged.h5

Every subcommand refuses other files with the same line and exit code 2.

  $ : > empty.h5; mkdir folder.h5; cp quickstart.h5 damaged.h5; head -c 20000 quickstart.h5 > cut.h5
  $ $PYTHON -c "
  > import h5py
  > h5py.File('foreign.h5', 'w')['x'] = 1
  > damaged = open('damaged.h5', 'r+b')
  > damaged.seek(30000); damaged.write(b'damaged')"
  $ for f in nothing empty folder damaged cut foreign; do ninetails results ls $f.h5; done 2>&1 | sed 's/: truncated.*//'
  ninetails results ls: nothing.h5: cannot be opened: No such file or directory
  ninetails results ls: empty.h5: not an HDF5 file, damaged, or cut short: file signature not found
  ninetails results ls: folder.h5: is not a regular file
  ninetails results ls: damaged.h5: is damaged: its checksum differs
  ninetails results ls: cut.h5: not an HDF5 file, damaged, or cut short
  ninetails results ls: foreign.h5: is not a result file of ninetails, nor a run's
  $ for f in nothing empty folder damaged cut foreign; do
  >   for words in "ls $f.h5" "show $f.h5" "show $f.h5 1" "diff quickstart.h5 $f.h5" "compare $f.h5" "export $f.h5" "merge $f.h5 -o new.h5"; do
  >     ninetails results $words > out 2> message; code=$?
  >     test "$code $(wc -l < message) $(wc -c < out)" = "2 1 0" || echo "$words: $code: $(cat message)"
  >   done
  > done; ls new.h5 2>&1 | grep -c 'No such file'
  1

So are mistakes in options.

  $ ninetails results sow quickstart.h5
  ninetails: unknown subcommand of results 'sow': did you mean show?
  See: ninetails help
  [1]
  $ ninetails results ls quickstart.h5 --olny seed=1
  ninetails results ls: unknown option --olny: did you mean --only?
  See: ninetails help results ls
  [1]
  $ ninetails results ls quickstart.h5 --only sede=1
  ninetails results ls: --only 'sede=1': no such column: did you mean seed?
  See: ninetails help results ls
  [1]
  $ ninetails results show quickstart.h5 7
  ninetails results show: run 7 of quickstart.h5: there are 6
  See: ninetails help results show
  [1]
  $ ninetails results diff quickstart.h5 quickstart.h5 --level -1
  ninetails results diff: --level -1: expected a number, more than 0 and less than 1
  See: ninetails help results diff
  [1]
  $ ninetails results compare quickstart.h5 --metric seed
  ninetails results compare: --metric seed: expected a metric, and the role of this column is parameter
  See: ninetails help results compare
  [1]
  $ ninetails results export quickstart.h5 -o none/runs.csv
  ninetails results export: none/runs.csv: cannot be written: No such file or directory
  [2]
  $ ninetails results export quickstart.h5 -o folder.h5
  ninetails results export: folder.h5: is not a regular file, cannot be replaced by an output
  [2]

The cache, whose folder and limit are the environment's.

  $ export NINETAILS_CACHE=$PWD/cache
  $ ninetails cache | tail -n 3
  correlations  0 B, 0 files
  scores        0 B, 0 files
  in all        0 B of at most 20 GB
  $ ninetails cache --prune --to 0
  removed 0 files, 0 B
  folder        *cache (glob)
  features      0 B, 0 files
  correlations  0 B, 0 files
  scores        0 B, 0 files
  in all        0 B of at most 20 GB
  $ ninetails cache --prune --to -5
  ninetails cache: --to '-5': expected bytes, or a number with k, M, G or T
  See: ninetails help cache
  [1]
  $ ninetails cache --to 5
  ninetails cache: --to: expected only with --prune
  See: ninetails help cache
  [1]
  $ NINETAILS_CACHE_LIMIT=much ninetails cache
  ninetails cache: NINETAILS_CACHE_LIMIT 'much': expected bytes, or a number with k, M, G or T
  See: ninetails help cache
  [1]
  $ NINETAILS_CACHE=/dev/null ninetails cache
  ninetails cache: /dev/null/features: Not a directory
  [2]
