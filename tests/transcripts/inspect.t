SPDX-License-Identifier: GPL-3.0-or-later

  $ ln -s "$TRACE" trace.tsv.gz
  $ ninetails score trace.tsv.gz --fm-grace 200 --ad-grace 600 --quiet -o scores.h5 2> warning

The packets that score highest, with what their scores are made of.

  $ ninetails inspect scores.h5 --capture trace.tsv.gz --top 2
  2 of 995 scored packets qualify: score at least 4.71724e+08
  
  rank  frame  time                             score      tail  length  protocols   source             destination     why
     1   1594  2017-07-17 20:38:31.299001Z  4.717e+08  6.1e-255      60  eth:ip:tcp  192.168.1.6:40005  192.168.1.4:80  34.4 % variance of the time between packets from 192.168.1.6 to 192.168.1.4 in 100 s: 26,228,493,683 s^2; training saw at most 15.41 (median 0.2988)
     2   1273  2017-07-17 20:38:23.070003Z  4.717e+08  6.2e-255      66  eth:ip:tcp  127.0.0.1:4000     127.0.0.1:4001  34.4 % variance of the time between packets from 127.0.0.1 to 127.0.0.1 in 100 s: 26,226,234,591 s^2; training saw at most 15.41 (median 0.2988)
  $ ninetails inspect scores.h5 --capture trace.tsv.gz --top 1 --details --features 2
  1 of 995 scored packets qualify: score at least 4.71745e+08
  
  frame 1594, 2017-07-17 20:38:31.299001Z, score 4.71745e+08, tail 6.1e-255, rank 1
    192.168.1.6:40005 -> 192.168.1.4:80, eth:ip:tcp, 60 bytes
    eth.src 02:00:00:00:02:2c, eth.dst 02:00:00:00:02:2a
    34.4 %  variance of the time between packets from 192.168.1.6 to 192.168.1.4 in 100 s: 26,228,493,683 s^2; training saw at most 15.41 (median 0.2988)
            HH_jit_L0.01_variance: 34.4 % of autoencoder 3, which is 100.0 % of the score
    19.3 %  variance of the time between packets from 192.168.1.6 to 192.168.1.4 in 10 s: 26,228,490,408 s^2; training saw at most 20.59 (median 0.3034)
            HH_jit_L0.1_variance: 19.3 % of autoencoder 3, which is 100.0 % of the score
  

The same for programs: all that qualify, in the order of the capture.

  $ ninetails inspect scores.h5 --capture trace.tsv.gz --threshold mean+2sd --json > some.jsonl
  $ $PYTHON -c "
  > import csv, h5py, json, math, numpy
  > rows = [json.loads(line) for line in open('some.jsonl')]
  > f = h5py.File('scores.h5')
  > scores = f['scores'][801:]
  > least = scores.mean() + 2 * scores.std(ddof=1)
  > assert [row['packet'] for row in rows] == list(801 + numpy.flatnonzero(scores >= least))
  > assert all(row['score'] == f['scores'][row['packet']] and row['time'] == f['timestamps'][row['packet']] for row in rows)
  > assert sorted(row['rank'] for row in rows) == list(range(1, len(rows) + 1))
  > mean, deviation = f.attrs['threshold_log_mean'], f.attrs['threshold_log_deviation']
  > tail = lambda s: math.erfc((math.log(s) - mean) / deviation / math.sqrt(2)) / 2
  > assert all(math.isclose(row['tail'], tail(row['score']), rel_tol=1e-6, abs_tol=1e-300) for row in rows)
  > for row in rows:
  >   shares = [why['share_of_score'] for why in row['why']]
  >   assert len(shares) == 3 and shares == sorted(shares, reverse=True) and 0 < sum(shares) <= 1 + 1e-9
  > print(len(rows) > 10)
  > "
  True
  $ ninetails inspect scores.h5 --capture trace.tsv.gz --threshold mean+2sd --csv | cut -d, -f1 | tail -n +2 > csv
  $ $PYTHON -c "import json; [print(json.loads(line)['packet']) for line in open('some.jsonl')]" | cmp - csv

The named features are those that the score is made of.

  $ ninetails inspect scores.h5 --capture trace.tsv.gz --fidelity --json > fidelity.json
  $ $PYTHON -c "
  > import json
  > f = json.load(open('fidelity.json'))
  > print(f['score_left_named']['median'] < 0.5 < f['score_left_random']['median'] <= 1.01)
  > "
  True

Incidents: packets of one host and one cause that follow each other.

  $ ninetails inspect scores.h5 --capture trace.tsv.gz --incidents --limit 3
  851 of 995 scored packets qualify: score at least 0.868002
  851 packets, 42 incidents
  
  #  start                lasts  about        cause   packets    sent  with                    ports                  peak
  1  2017-07-17 20:38:25  11 s   192.168.1.5  timing      145  51.7 %  192.168.1.4 and 5 more  443 and 12 more   4.717e+08
  2  2017-07-17 20:38:23  12 s   8.8.8.8      timing      118  55.9 %  192.168.1.2 and 4 more  53 and 3 more     4.715e+08
  3  2017-07-17 20:38:23  12 s   192.168.1.4  timing       78  46.2 %  192.168.1.3 and 4 more  40003 and 9 more  4.717e+08
  
  1: 58.2 % variance of the time between packets from 192.168.1.5 to 192.168.1.2 in 100 s: 26,226,536,820 s^2; training saw at most 15.41 (median 0.2988)
    see frames 1503, 1384, 1444
  2: 58.8 % variance of the time between packets from 192.168.1.1 to 8.8.8.8 in 100 s: 26,226,536,698 s^2; training saw at most 15.41 (median 0.2988)
    see frames 1420, 1400, 1394
  3: 52.7 % variance of the time between packets from 192.168.1.6 to 192.168.1.4 in 100 s: 26,228,493,683 s^2; training saw at most 15.41 (median 0.2988)
    see frames 1594, 1437, 1370
  
  39 incidents more, of 510 packets: --limit N shows N, 0 all
  $ ninetails inspect scores.h5 --capture trace.tsv.gz --incidents --json > incidents.jsonl
  $ ninetails inspect scores.h5 --capture trace.tsv.gz --json > packets.jsonl
  $ $PYTHON -c "
  > import json
  > packets = {p['packet']: p for p in map(json.loads, open('packets.jsonl'))}
  > incidents = list(map(json.loads, open('incidents.jsonl')))
  > assert sum(n['packets'] for n in incidents) == len(packets)
  > assert [n['excess'] for n in incidents] == sorted((n['excess'] for n in incidents), reverse=True)
  > for n in incidents:
  >   peak = packets[n['evidence'][0]['packet']]
  >   assert peak['score'] == n['peak'] and peak['cause'] == n['cause'] and n['host'] in (peak['source'], peak['destination'])
  >   assert n['start'] <= peak['time'] <= n['end'] and n['sent'] <= n['packets']
  > print(len(incidents) < len(packets) / 10)
  > "
  True
  $ for by in pair flow; do ninetails inspect scores.h5 --capture trace.tsv.gz --incidents --by $by --csv | wc -l; done
  303
  349

All features and their shares, which sum to 1; the grace periods' ranges are those of `extract`.

  $ ninetails extract trace.tsv.gz --quiet -o features.h5
  $ ninetails inspect scores.h5 --capture trace.tsv.gz --top 5 --features 100 --json > all.jsonl
  $ $PYTHON -c "
  > import h5py, json, math, numpy
  > f = h5py.File('features.h5')
  > names, rows = list(f['feature'].asstr()[:]), f['features'][:]
  > for row in map(json.loads, open('all.jsonl')):
  >   assert math.isclose(sum(why['share_of_score'] for why in row['why']), 1)
  >   for why in row['why']:
  >     column = rows[:, names.index(why['feature'])]
  >     seen = why['training']
  >     assert (seen['least'], seen['median'], seen['most']) == (column[:801].min(), numpy.median(column[:801]), column[:801].max())
  >     assert why['value'] == column[row['packet']]
  > "

A run of an experiment: its detector is repeated with the parameters and the seed of its file.

  $ cat > two.lua <<END
  > local nt = require "ninetails"
  > return nt.experiment {name = "two", datasets = {nt.synthetic {scenario = "os_scan", packets = 4000, seed = 1}},
  >   detectors = {nt.kitnet {max_autoencoder = 7, learning_rate = 0.05}, nt.packet_length {}}, grace = {fm = 300, ad = 1000},
  >   seeds = {3}}
  > END
  $ export XDG_CACHE_HOME=$PWD/cache
  $ ninetails run two.lua --quiet 2> /dev/null
  $ capture=$(find cache -name 'os_scan*.pcap')
  $ ninetails inspect results/two.h5:1 --capture $capture --top 3 --json | $PYTHON -c "
  > import h5py, json, sys
  > f = h5py.File('results/two.h5')
  > run = f['run'][f['runs/run'].asstr()[0]]['scores']
  > rows = [json.loads(line) for line in sys.stdin]
  > print([row['score'] == run[row['packet'] - run.attrs['first']] for row in rows], 'bytes' in rows[0], rows[0]['protocols'][:17])
  > "
  [True, True, True] True Ethernet:IPv4:UDP

The packets themselves, in a pcapng with a comment each, and as lines of EVE JSON.

  $ ninetails inspect results/two.h5:1 --capture $capture --top 3 -w top.pcapng --context 1 | tail -1 | cut -d' ' -f1-3
  top.pcapng: 3 packets
  $ $PYTHON -c "b = open('top.pcapng', 'rb').read(); print(b[:4] == bytes([10, 13, 13, 10]), b.count(b'feature '), b.count(b'autoencoder '))"
  True 9 3
  $ ninetails inspect results/two.h5:1 --capture $capture --top 2 --eve alert | $PYTHON -c "
  > import json, sys
  > for e in map(json.loads, sys.stdin): print(e['event_type'], e['alert']['metadata']['rank'], 'community_id' in e, len(e['alert']['metadata']['feature']))
  > "
  alert ['1'] True 3
  alert ['2'] True 3

Every record has the members of Suricata's schema, and no others; packets of all protocols are among them.

  $ for kind in alert anomaly; do ninetails inspect results/two.h5:1 --capture $capture --above 0 --eve $kind > $kind.jsonl; done
  $ $PYTHON -c "
  > import json, jsonschema
  > check = jsonschema.Draft7Validator(json.load(open('$TESTDIR/../eve_schema.json')))
  > for kind in 'alert', 'anomaly':
  >   records = [json.loads(line) for line in open(kind + '.jsonl')]
  >   for record in records: check.validate(record)
  >   assert {r['event_type'] for r in records} == {kind} and check.is_valid({**records[0], 'more': 1}) is False
  >   print(len(records), sorted({r.get('proto', 'none') for r in records}))
  > "
  2699 ['ICMP', 'TCP', 'UDP', 'none']
  2699 ['ICMP', 'TCP', 'UDP', 'none']

The comments of the excerpt are said in the words of the records, though no packet is read for them. What may not be
written is refused before a line is.

  $ ninetails inspect results/two.h5:1 --capture $capture --top 400 -w all.pcapng --quiet
  all.pcapng: 400 packets
  $ tshark -r all.pcapng -T fields -e frame.comment -E separator=/t 2> /dev/null > comments
  $ ninetails inspect results/two.h5:1 --capture $capture --top 400 --eve alert | $PYTHON -c "
  > import json, sys
  > comments = open('comments').read()
  > for e in map(json.loads, sys.stdin):
  >   for feature in e['alert']['metadata']['feature']: assert feature in comments, feature
  > "
  $ ninetails inspect results/two.h5:1 --capture $capture --above 1e300 -w empty.pcapng --quiet
  empty.pcapng: 0 packets
  $ echo mine > mine.txt
  $ ninetails inspect results/two.h5:1 --capture $capture --top 3 -w mine.txt
  ninetails inspect: mine.txt: is there, and is not a pcapng capture: --force replaces it
  See: ninetails help inspect
  [1]
  $ ninetails inspect results/two.h5:1 --capture $capture --top 3 -w no/such.pcapng
  ninetails inspect: no/such.pcapng: cannot be written: No such file or directory
  [2]
  $ ninetails inspect results/two.h5:1 --capture $capture --top 3 --fidelity -w other.pcapng
  ninetails inspect: --fidelity and --write: expected one of them
  See: ninetails help inspect
  [1]
  $ ninetails inspect scores.h5 --capture trace.tsv.gz --top 1 --quiet -w none.pcapng
  ninetails inspect: trace.tsv.gz: is of the format 'tsv', which holds no frames to copy
  [2]
  $ ninetails inspect scores.h5 --capture trace.tsv.gz --top 1 --quiet --eve alert
  ninetails inspect: trace.tsv.gz: is of the format 'tsv', which holds no frames to dissect
  [2]
  $ ls none.pcapng no other.pcapng 2> /dev/null
  [2]

Scores of other detectors are not explained, and still lead to their packets.

  $ ninetails inspect results/two.h5:2 --capture $capture --top 1 --csv | cut -d, -f6,15- 
  note: the scores of detector packet_length are not explained: that takes kitnet
  rank,cause,feature,share_of_score,value,training_least,training_median,training_most,words
  1,,,,,,,,
  $ ninetails inspect results/two.h5:2 --capture $capture
  ninetails inspect: no log-normal fit: it is of training scores, and those of detector packet_length are not kept; expected --top, --above or mean+2sd
  See: ninetails help inspect
  [1]
  $ ninetails inspect results/two.h5:2 --capture $capture --fidelity --above 0
  ninetails inspect: the scores of detector packet_length are not explained: expected kitnet
  See: ninetails help inspect
  [1]

Another capture is refused, and the error names both; so is a changed one.

  $ ninetails inspect scores.h5 --capture $capture 2>&1 | sed 's/[0-9a-f]\{64\}/SHA/g; s/cache[^:]*:/CAPTURE:/'
  ninetails inspect: CAPTURE: is not the capture of scores.h5: it has 4000 packets and the SHA-256 SHA, the run's has 1796 and SHA
  $ zcat trace.tsv.gz | head -1000 | gzip > cut.tsv.gz
  $ ninetails inspect scores.h5 --capture cut.tsv.gz 2>&1 | sed 's/[0-9a-f]\{64\}/SHA/g'
  ninetails inspect: cut.tsv.gz: is not the capture of scores.h5: it has 999 packets and the SHA-256 SHA, the run's has 1796 and SHA

Contradictory options are refused.

  $ ninetails inspect scores.h5 --capture - --top 1
  ninetails inspect: --capture -: expected a file, which is read twice
  See: ninetails help inspect
  [1]
  $ ninetails inspect scores.h5 --capture trace.tsv.gz --threshold median
  ninetails inspect: --threshold 'median': expected lognormal:P, as lognormal:1e-3, or mean+Ksd, as mean+2sd
  See: ninetails help inspect
  [1]
  $ ninetails inspect scores.h5 --capture trace.tsv.gz --threshold lognormal:2
  ninetails inspect: lognormal:2: expected a probability between 0 and 1
  See: ninetails help inspect
  [1]
  $ ninetails inspect scores.h5 --capture trace.tsv.gz --top 1 --above 2
  ninetails inspect: --top, --above and --threshold: expected one of them
  See: ninetails help inspect
  [1]
  $ ninetails inspect scores.h5 --capture trace.tsv.gz --incidents --by host --gap -1
  ninetails inspect: --gap -1: expected a number, at least 0
  See: ninetails help inspect
  [1]
  $ ninetails inspect scores.h5:1 --capture trace.tsv.gz
  ninetails inspect: scores.h5 is what `ninetails score` wrote, and has no runs: got :1
  See: ninetails help inspect
  [1]
  $ ninetails inspect results/two.h5 --capture trace.tsv.gz
  ninetails inspect: results/two.h5 has 2 runs: name one, results/two.h5:RUN, by its number or key (`ninetails results ls` lists them)
  See: ninetails help inspect
  [1]
  $ ninetails inspect features.h5 --capture trace.tsv.gz
  ninetails inspect: features.h5: has no scores: expected what `ninetails score -o` writes
  [2]
