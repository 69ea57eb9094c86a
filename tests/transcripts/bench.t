SPDX-License-Identifier: GPL-3.0-or-later

The problems that can be measured.

  $ ninetails bench list | head -5
  machine: what the machine can do at most
    fma
    triad
    read@camera
  
  $ ninetails bench list --json | $PYTHON -c 'import json, sys; print([s["suite"] for s in json.load(sys.stdin)])'
  ['machine', 'micro', 'stages', 'end', 'sweeps', 'quick']
  $ ninetails bench list --problems | grep -A 2 '^hash'
  hash: look-ups of keys that the table of streams has
    keys  in the table [10000]
    size  of a key [16]

Mistakes in the text of a problem.

  $ ninetails bench measure hush
  ninetails bench measure: problem 'hush': no such problem; `ninetails bench list --problems` names them
  See: ninetails help bench measure
  [1]
  $ ninetails bench measure hash:keys=none
  ninetails bench measure: problem hash: keys 'none': expected a number
  See: ninetails help bench measure
  [1]
  $ ninetails bench run hash --budget soon
  ninetails bench run: --budget 'soon': expected a time such as 90s, 30m or 1h
  See: ninetails help bench run
  [1]

A problem is measured and checked; two are kept in the history, each with its units.

  $ ninetails bench measure hash:keys=100 --passes 1
  problem     hash:keys=100
  time        * ns of a key, CPU time, the least of 1 passes (glob)
  rate        * Mkeys/s (glob)
  checked by  numbers in the order of first appearance
  digest      ????????????????, the same on every machine (glob)
  $ ninetails bench run hash:keys=100 decode@small --rounds 2 --passes 1 --quiet
  $ ninetails bench run hash:keys=100 decode@small kitnet@small sweep:configurations=2@small score:output=h5@small map:rows=500@small extract:profile=py100@small --rounds 1 --passes 1 --json 2> /dev/null > run.json
  $ $PYTHON - << 'END'
  > import json
  > run = json.load(open("run.json"))
  > for p in run["problems"]:
  >     assert p["ns_per_item"] > 0 and p["items_per_second"] > 0 and len(p["digest"]) == 16, p
  >     print(p["problem"], p["item"], p["clock"], p["exact"], p["rounds"])
  > lines = [json.loads(line)["record"] for line in open("results/bench/history.jsonl")]
  > digests = {}
  > for r in lines:
  >     assert digests.setdefault(r["problem"], r["digest"]) == r["digest"]
  > print(len(lines), run["failed"])
  > END
  hash:keys=100 key cpu True 1
  decode@small packet cpu True 1
  kitnet@small packet cpu False 1
  sweep:configurations=2@small run cpu False 1
  score:output=h5@small packet cpu False 1
  map:rows=500@small row cpu True 1
  extract:profile=py100@small packet cpu True 1
  9 []

Only the captures and the history remain.

  $ ls -A results/bench
  fuzzing-2000-1.pcap
  fuzzing-2000-1.pcap.labels.csv
  fuzzing-2000-1.pcap.sha256
  history.jsonl

A problem that fails is reported, and the others go on.

  $ ninetails bench run map:rows=5000@small hash:keys=100 --rounds 1 --passes 1 --quiet
  failed map@small: ninetails bench measure: map: results/bench/fuzzing-2000-1.pcap: 2000 packets, 5000 are to be mapped
  [2]

Without time nothing is measured.

  $ ninetails bench run hash:keys=100 --budget 0s --quiet
  the budget of 0.0 s ended it
  [4]
