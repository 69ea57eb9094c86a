SPDX-License-Identifier: GPL-3.0-or-later

Recorded sets, made up here: 12 runs of two problems, of which one takes 20 % longer from the ninth run on.

  $ cat > make.lua << 'END'
  > local history = require "ninetails.bench.history"
  > for run = 1, 12 do
  >   for _, problem in ipairs {"hash", "kitnet@camera"} do
  >     local rounds, slower = {}, run > 8 and problem == "hash" and 1.2 or 1
  >     for i = 1, 9 do rounds[i] = {slower * (1 + 0.002 * ((i * 7 + run * 5) % 11)), 1.5, 2} end
  >     history.append("h.jsonl", {version = 1, kind = "time", run = ("r%02d"):format(run), time = ("2026-01-%02dT03:00:00Z"):format(run), machine = "m",
  >       configuration = "c", commit = ("%010x"):format(run):rep(4), dirty = false, problem = problem, text = problem, clock = "cpu", rounds = rounds, item = "key",
  >       items = 1000, flops = 0, moved = 0, file = 0, digest = "d", exact = true, how = "x", deviation = 0})
  >   end
  > end
  > END
  $ $BUILD/tests/lua_runner make.lua .
  $ ninetails bench compare h.jsonl:r01 h.jsonl:-1
  a  h.jsonl:r01, commit 0000000001
  b  h.jsonl:r12, commit 000000000c
  
  problem           time  interval                  p        q  instructions  results  verdict
  hash           +20.0 %  +19.1 % to +21.0 %  4.1e-05  8.2e-05                same     slower
  kitnet@camera   +0.0 %  -0.8 % to +0.8 %          1        1                same     within
  regression hash, 0000000001 to 000000000c: +20.0 % time, interval +19.1 % to +21.0 %, q = 8.2e-05
  [3]
  $ ninetails bench compare @r01 @r02 --history h.jsonl --quiet
  $ ninetails bench compare @r01 @r09 --history h.jsonl --json 2> /dev/null | $PYTHON -c 'import json, sys; print([(p["problem"], p["verdict"]) for p in json.load(sys.stdin)["problems"]])'
  [('hash', 'slower'), ('kitnet@camera', 'within')]
  $ ninetails bench compare @r01 @r13 --history h.jsonl
  ninetails bench compare: h.jsonl: there is no run 'r13'
  See: ninetails help bench compare
  [1]
  $ ninetails bench compare h.jsonl no-such-commit
  ninetails bench compare: h.jsonl is a recorded set, no-such-commit is none: expected two of either kind
  See: ninetails help bench compare
  [1]
  $ git init -q repository
  $ ninetails bench compare one two --repository repository
  ninetails bench compare: 'one' is neither a recorded set nor a commit of repository
  See: ninetails help bench compare
  [1]

The trend finds the slow problem, its commits and the size of the change.

  $ ninetails bench trend --history h.jsonl
  problem        nights  last ns  of a  last change  commits                      size
  hash               12  1209600  key   2026-01-09   0000000008 to 0000000009  +20.0 %
  kitnet@camera      12  1008000  key   none
  regression hash, 0000000008 to 0000000009, since 2026-01-09: +20.0 % time, interval +20.0 to +20.2 %, q = 0.008
  [3]
  $ ninetails bench trend kitnet --history h.jsonl --quiet
  $ ninetails bench trend --history h.jsonl --least 0.5 --quiet
  $ ninetails bench trend --history none.jsonl
  ninetails bench trend: none.jsonl: there is no such history
  [4]

A torn or edited line is left out and reported.

  $ sed '1s/"hash"/"hush"/' h.jsonl > edited.jsonl; printf '{"xxh3": "0' >> edited.jsonl
  $ ninetails bench trend kitnet --history edited.jsonl --quiet
  warning: edited.jsonl: line 1 has another checksum than it says: left out
  warning: edited.jsonl: line 25 is torn: left out

Rates of detection and false alarms, simulated with a history's noise: first too short a history, then a sufficient one.

  $ ninetails bench simulate --history none.jsonl
  ninetails bench simulate: none.jsonl: there is no such history
  [4]
  $ head -8 h.jsonl > short.jsonl
  $ ninetails bench simulate --history short.jsonl
  ninetails bench simulate: noise of 4 nights of all problems: at least 8 expected: `ninetails bench run` makes them
  [4]
  $ head -16 h.jsonl > same.jsonl
  $ ninetails bench simulate --history same.jsonl --histories 1 --nights 21 --permutations 99 --quiet --json | $PYTHON -c 'import json, sys; rows = json.load(sys.stdin)["rows"]; print(len(rows), [r["detected"] for r in rows if r["slower"] == 0.1], [r["false_alarms"] for r in rows if r["slower"] == 0])'
  10 [1, 1] [0, 0]
