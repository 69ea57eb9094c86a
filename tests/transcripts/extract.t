SPDX-License-Identifier: GPL-3.0-or-later

  $ ln -s "$TRACE" trace.tsv.gz

A capture to features. The trace has 19 header fields a packet, as tshark prints them, compressed with gzip.

  $ ninetails extract trace.tsv.gz | sed 's/^\(streams\|speed\|ns per packet\) .*/\1 .../'
  capture        trace.tsv.gz (tsv), 1,796 packets
  features       100, profile stream
  streams ...
  speed ...
  ns per packet ...
  $ ninetails extract trace.tsv.gz --quiet -o stream.h5; ls -A
  stream.h5
  trace.tsv.gz
  $ ninetails extract trace.tsv.gz --quiet --profile csv115 -o csv115.csv; head -1 csv115.csv | cut -c 1-60; wc -l < csv115.csv
  timestamp,MI_dir_L5_weight,MI_dir_L5_mean,MI_dir_L5_variance
  1797
  $ ninetails extract trace.tsv.gz --json | $PYTHON -c "
  > import json, sys
  > r = json.load(sys.stdin)
  > print(r['packets'], r['format'], r['width'], [s['stage'] for s in r['stages']])"
  1796 tsv 100 ['read', 'extract']

From standard input; a file of features is an input too, but no profile applies to it.

  $ gunzip -c trace.tsv.gz | ninetails extract - --quiet --profile csv115 -o again.csv; cmp csv115.csv again.csv
  $ ninetails extract csv115.csv --quiet -o third.csv; cmp csv115.csv third.csv
  $ ninetails extract csv115.csv --profile csv115
  ninetails extract: csv115.csv: holds rows of features, to which no profile applies (csv115 was asked for)
  See: ninetails help extract
  [1]

An impossible output is found before the run; exit codes separate usage (1) from failure (2).

  $ ninetails extract trace.tsv.gz -o out.txt
  ninetails extract: out.txt: the output's name must end in .h5, .hdf5 or .csv
  See: ninetails help extract
  [1]
  $ ninetails extract trace.tsv.gz -o none/out.h5
  ninetails extract: none/out.h5: cannot be written: No such file or directory
  [2]
  $ ninetails extract csv115.csv -o csv115.csv
  ninetails extract: csv115.csv: the output would replace the input csv115.csv
  See: ninetails help extract
  [1]
  $ ln -s csv115.csv link.csv; ninetails extract csv115.csv -o link.csv
  ninetails extract: link.csv: the output would replace the input csv115.csv
  See: ninetails help extract
  [1]
  $ mkdir directory.h5; ninetails extract trace.tsv.gz -o directory.h5
  ninetails extract: directory.h5: is not a regular file, cannot be replaced by an output
  [2]
  $ ninetails extract none.pcap -o out.h5
  ninetails extract: none.pcap: cannot be opened: No such file or directory
  [2]
  $ printf 'neither capture nor table' > text; ninetails extract text -o out.h5
  ninetails extract: text: holds neither a capture (pcap, pcapng), nor the 19-column tshark TSV, nor a CSV of numbers: first bytes 6e 65 69 74 68 65 72 20
  [2]
  $ ls -A
  again.csv
  csv115.csv
  directory.h5
  link.csv
  stream.h5
  text
  third.csv
  trace.tsv.gz
