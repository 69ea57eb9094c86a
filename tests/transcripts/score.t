SPDX-License-Identifier: GPL-3.0-or-later

  $ ln -s "$TRACE" trace.tsv.gz

Warnings are for later; whatever is printed here is the summary.

  $ told() { ninetails "$@" 2> warning; }
  $ summary() { sed 's/^\(streams\|speed\|ns per packet\) .*/\1 .../'; }
  $ told score trace.tsv.gz --profile py100 --fm-grace 2e2 --ad-grace 600 | summary
  capture        trace.tsv.gz (tsv), 1,796 packets
  features       100, profile py100
  streams ...
  phases         201 mapping, 600 training, 995 execution
  training       ended 17 s after the first packet: the slowest window (half-life 100 s) held 11 % of its weight
  feature map    13 autoencoders of 7 x 10, 6 x 5 features
  scores         min 0.02551, 25 % 5.13, 50 % 6.397e+07, 75 % 2.095e+08, 90 % 3.436e+08, 99 % 4.713e+08, 99.9 % 4.716e+08, max 4.719e+08
  non-finite     0 (0 infinite, 0 not a number)
  threshold      0.888482 (log-normal, last 600 training scores, tail 0.001)
  above it       850 packets (85.43 %)
  speed ...
  ns per packet ...
  $ told score trace.tsv.gz --fm-grace 200 --ad-grace 600 --quiet -o a.csv; head -1 a.csv; wc -l < a.csv
  packet,timestamp,score
  1797

Neither threads nor a file of features on the way change a bit of the scores.

  $ told score trace.tsv.gz --fm-grace 200 --ad-grace 600 --quiet --threads 1 -o b.csv; cmp a.csv b.csv
  $ ninetails extract trace.tsv.gz --quiet -o features.csv
  $ told score features.csv --fm-grace 200 --ad-grace 600 --quiet -o c.csv; cmp a.csv c.csv

Nor does the way through a file of `extract`, which is read with its names, times and profile; its provenance goes on
into the output.

  $ ninetails extract trace.tsv.gz --quiet -o f.h5
  $ for t in 1 2 4; do told score f.h5 --fm-grace 200 --ad-grace 600 --quiet --threads $t -o f.csv; cmp a.csv f.csv; done
  $ told score f.h5 --fm-grace 200 --ad-grace 600 -o chain.h5 | head -2
  capture        f.h5 (features), 1,796 packets
  features       100, profile stream
  $ $PYTHON -c "
  > import h5py, hashlib
  > of = lambda name: hashlib.sha256(open(name, 'rb').read()).hexdigest()
  > a = h5py.File('chain.h5').attrs
  > print(a['profile'], a['input_sha256'] == of('f.h5'), a['source_input_sha256'] == of('trace.tsv.gz'), a['source_command_line'])
  > h5py.File('foreign.h5', 'w')['x'] = [1]
  > with h5py.File('other.h5', 'w') as f: f['features'] = [[1.0, 2.0]]; f['timestamps'] = [1.0]; f['feature'] = ['a', 'b']
  > "
  stream True True ninetails extract trace.tsv.gz --quiet -o f.h5
  $ printf X | dd of=f.h5 bs=1 seek=40000 conv=notrunc status=none; ninetails score f.h5 -o e.h5
  ninetails score: f.h5: is damaged: its checksum differs
  [2]
  $ head -c 30000 f.h5 > cut.h5; ninetails score cut.h5 -o e.h5
  ninetails score: cut.h5: is an HDF5 file without the seal of ninetails: not what `ninetails extract` or `ninetails score --with-features` wrote, or cut short, or changed since
  [2]
  $ for name in foreign other a chain; do test -f $name.h5 && ninetails score $name.h5 -o e.h5 2>&1 | sed 's/)[:].*/)/; s/: not what.*//'; done
  ninetails score: foreign.h5: is an HDF5 file without the seal of ninetails
  ninetails score: other.h5: is an HDF5 file without the seal of ninetails
  ninetails score: chain.h5: is an HDF5 file without the features of a capture (it has no matrix /features)
  $ rm f.h5 f.csv chain.h5 foreign.h5 other.h5 cut.h5

A learnt map can be given, from an output file or as text.

  $ told score trace.tsv.gz --fm-grace 200 --ad-grace 600 --quiet -o a.h5
  $ told score trace.tsv.gz --feature-map a.h5 --ad-grace 600 | grep phases
  phases         0 mapping, 600 training, 1,196 execution
  $ printf '0 1 2\n3 4\n' > map.txt; told score trace.tsv.gz --feature-map map.txt --ad-grace 600 | grep '^feature map'
  feature map    2 autoencoders of 3, 2 features
  $ printf '0 100\n' > map.txt; ninetails score trace.tsv.gz --feature-map map.txt --ad-grace 600
  ninetails score: map.txt: feature map: autoencoder 0 has column 100: expected 0 to 99
  [2]

Labels: exactly one for each packet.

  $ packets=$(($(wc -l < a.csv) - 1))
  $ awk -v n=$packets 'BEGIN { for (i = 0; i < n; i++) print i % 9 == 0 }' > labels
  $ told score trace.tsv.gz --fm-grace 200 --ad-grace 600 --labels labels -o d.csv | grep -E 'labels|AUC|EER' | sed 's/[0-9]\.[0-9]*/X/g'
  labels         111 attack, 884 benign, 0 excluded, of the scored packets
  read from      labels (one value a line)
  AUC            X
  EER            X (X at the nearest step)
  $ cp labels whole; head -1 d.csv
  packet,timestamp,score,label
  $ tail -n +2 labels > short; ninetails score trace.tsv.gz --fm-grace 200 --ad-grace 600 --labels short -o e.csv 2> message
  [2]
  $ grep -oE '179[0-9]' message | sort
  1795
  1796
  $ echo 0 >> labels; ninetails score trace.tsv.gz --fm-grace 200 --ad-grace 600 --labels labels -o e.csv 2> message
  [2]
  $ grep -oE '179[0-9]' message | sort
  1796
  1797

What a reader of the figures must know is told, whatever else is not: training on attacks, as `run` says it; alarms
that contradict the threshold; figures that do not exist.

  $ cat warning
  warning: labels: fm=200 ad=600: trains on attacks too: no packet before is clean
  warning: 85.52 % of the benign packets are alarms at a threshold meant for 0.1 % (in 46 of 50 stretches too many; by chance in at most 6): training ended after 17 s, but windows fill for 5 min 32 s: train for longer (--ad-grace)
  $ sed 's/.*/0/' labels > benign; head -n $packets benign > none
  $ ninetails score trace.tsv.gz --fm-grace 200 --ad-grace 600 --labels none 2> warning | grep -E 'AUC|EER'; grep AUC warning
  AUC            none: no attack packet is scored
  warning: no AUC and no EER: no attack packet is scored
  $ awk -v n=$packets 'BEGIN { for (i = 0; i < n; i++) print i < 801 ? i % 7 "," i % 11 : "nan,nan" }' > nan.csv
  $ ninetails score nan.csv --fm-grace 200 --ad-grace 600 --labels whole 2> warning | grep -E '^(AUC|EER|non-finite)'; grep -E 'number' warning
  non-finite     995 (0 infinite, 995 not a number)
  AUC            none: every score is not a number
  warning: 995 of 995 scores are not a number: they count as most anomalous
  warning: no AUC and no EER: every score is not a number

A capture must outlast the grace periods.

  $ ninetails score trace.tsv.gz -o e.csv
  ninetails score: trace.tsv.gz: 1796 packets, of which mapping takes the first 5000 + 1 (fm-grace) and training the next 50000 (ad-grace): none is left to score, pass smaller grace periods
  [2]
  $ ninetails score trace.tsv.gz --feature-map a.h5 -o e.csv
  ninetails score: trace.tsv.gz: 1796 packets, of which training takes the first 50000 (ad-grace): none is left to score, pass a smaller ad-grace
  [2]
  $ ninetails score trace.tsv.gz --fm-grace 200 --ad-grace 600 --with-features -o e.csv
  ninetails score: e.csv: a CSV file holds scores or features, not both: write .h5, or extract apart
  See: ninetails help score
  [1]

Checksums are of the bytes that were read: the file as it lies there, and what it holds, also of a pipe, of what follows
the last packet, and of a zip.

  $ cat > sums.py <<EOF
  > import hashlib, json, subprocess, sys
  > words = ["ninetails", "score", sys.argv[1], "--fm-grace", "200", "--ad-grace", "600", "--json", "-o", "s.h5"]
  > told = json.loads(subprocess.run(words, stdin=sys.stdin, stderr=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout)
  > of = lambda name: hashlib.sha256(open(name, "rb").read()).hexdigest()
  > print(told["sha256"] == of(sys.argv[2]), told.get("content_sha256") == of(sys.argv[3]))
  > EOF
  $ gunzip -c trace.tsv.gz > trace.tsv; $PYTHON sums.py trace.tsv.gz trace.tsv.gz trace.tsv
  True True
  $ $PYTHON sums.py trace.tsv trace.tsv trace.tsv; cat trace.tsv | $PYTHON sums.py - trace.tsv trace.tsv
  True True
  True True
  $ cat trace.tsv.gz | $PYTHON sums.py - trace.tsv.gz trace.tsv
  True True
  $ xz -k trace.tsv; $PYTHON sums.py trace.tsv.xz trace.tsv.xz trace.tsv
  True True
  $ $PYTHON -c "import zipfile; zipfile.ZipFile('trace.zip', 'w').write('trace.tsv')"; $PYTHON sums.py trace.zip trace.zip trace.tsv
  True True
  $ (cat trace.tsv.gz; echo more) > longer.gz; $PYTHON sums.py longer.gz longer.gz trace.tsv
  True True
  $ ninetails dataset synth ssdp_flood --packets 1000 -o cut.pcap --quiet; head -c 50000 cut.pcap > s.pcap; printf '\377%.0s' $(seq 16) >> s.pcap; tail -c 50000 cut.pcap >> s.pcap
  $ sed -i 's/200/9/; s/600/9/' sums.py; $PYTHON sums.py s.pcap s.pcap s.pcap
  True True
  $ head -c 10000 trace.tsv.gz > cut.gz; $PYTHON sums.py cut.gz cut.gz trace.tsv
  True False
  $ rm -f s.h5 sums.py trace.tsv* longer.gz trace.zip cut.* s.pcap; ln -s "$TRACE" trace.tsv.gz

Results that cannot be printed are a failure; an interrupted run leaves nothing behind, also when it
waits for its input.

  $ ninetails score trace.tsv.gz --fm-grace 200 --ad-grace 600 > /dev/full 2> message; code=$?; tail -1 message; (exit $code)
  ninetails score: stdout cannot be written: No space left on device
  [2]
  $ $PYTHON -c "
  > import fcntl, gzip, os, signal, struct, subprocess, termios, time
  > def unread(pipe): return struct.unpack('i', fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]
  > def reads(pid): return open('/proc/%d/syscall' % pid).read().split()[1:2] == ['0x0'] # waits in read(0, ...)
  > for records in (b'', gzip.open('trace.tsv.gz').read()):
  >     p = subprocess.Popen(['ninetails', 'score', '-', '--fm-grace', '1', '--ad-grace', '1', '-o', 'e.h5'], stdin=subprocess.PIPE)
  >     while not [f for f in os.listdir('.') if f.endswith('.tmp')]: time.sleep(0.01)
  >     p.stdin.write(records); p.stdin.flush()
  >     while unread(p.stdin) or not reads(p.pid): time.sleep(0.01)
  >     p.send_signal(signal.SIGINT)
  >     print('ended by signal', -p.wait())
  > "
  ninetails score: interrupted
  ended by signal 2
  ninetails score: interrupted after 1796 packets
  ended by signal 2
  $ ls -A
  a.csv
  a.h5
  b.csv
  benign
  c.csv
  d.csv
  features.csv
  labels
  map.txt
  message
  nan.csv
  none
  short
  trace.tsv.gz
  warning
  whole
