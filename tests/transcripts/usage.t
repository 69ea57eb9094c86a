SPDX-License-Identifier: GPL-3.0-or-later

Unknown commands, options and values are answered with the nearest valid one, and exit code 1.

  $ ninetails 2>&1 | head -1
  Usage: ninetails COMMAND ...
  $ ninetails > help 2>&1
  [1]
  $ ninetails scor
  ninetails: unknown command 'scor': did you mean score?
  See: ninetails help
  [1]
  $ ninetails frobnicate 2>&1 | cut -c 1-53
  ninetails: unknown command 'frobnicate': expected ext
  See: ninetails help
  $ ninetails help scoer
  ninetails: unknown command 'scoer': did you mean score?
  See: ninetails help
  [1]
  $ ninetails score
  ninetails score: missing CAPTURE
  See: ninetails help score
  [1]
  $ ninetails score a b
  ninetails score: unexpected argument 'b'
  See: ninetails help score
  [1]
  $ ninetails score --fm-grcae 1 a
  ninetails score: unknown option --fm-grcae: did you mean --fm-grace?
  See: ninetails help score
  [1]
  $ ninetails score --zzz a
  ninetails score: unknown option --zzz: expected --profile, --fm-grace, --ad-grace, --max-autoencoder, --learning-rate, --hidden-ratio, --seed, --bias-update, --train-epsilon, --execute-epsilon, --isa, --tail-probability, --feature-map, --labels, --with-features, --load, --save, --max-streams, --threads, --output, --force, --compression, --json, --quiet
  See: ninetails help score
  [1]
  $ ninetails score -x a
  ninetails score: unknown option -x: expected -o
  See: ninetails help score
  [1]
  $ ninetails score --fm-grace
  ninetails score: --fm-grace: a value is missing
  See: ninetails help score
  [1]
  $ ninetails score --fm-grace --json a
  ninetails score: --fm-grace: a value is missing
  See: ninetails help score
  [1]
  $ ninetails score --fm-grace 1.5 a
  ninetails score: --fm-grace '1.5': expected a whole number
  See: ninetails help score
  [1]
  $ ninetails score --fm-grace=-1 a
  ninetails score: --fm-grace -1: expected a whole number, at least 0
  See: ninetails help score
  [1]
  $ ninetails score --fm-grace 99999999999999999999 a
  ninetails score: --fm-grace '99999999999999999999': expected a whole number
  See: ninetails help score
  [1]
  $ ninetails score --learning-rate 0x10 a
  ninetails score: --learning-rate '0x10': expected a number
  See: ninetails help score
  [1]
  $ ninetails score --learning-rate nan a
  ninetails score: --learning-rate 'nan': expected a number
  See: ninetails help score
  [1]
  $ ninetails score --learning-rate 0 a
  ninetails score: --learning-rate 0: expected a number, more than 0
  See: ninetails help score
  [1]
  $ ninetails score --hidden-ratio 1.5 a
  ninetails score: --hidden-ratio 1.5: expected a number, more than 0 and at most 1
  See: ninetails help score
  [1]
  $ ninetails score --tail-probability 1 a
  ninetails score: --tail-probability 1: expected a number, more than 0 and less than 1
  See: ninetails help score
  [1]
  $ ninetails score --seed 4294967296 a
  ninetails score: --seed 4294967296: expected a whole number, at least 1 and at most 4294967295
  See: ninetails help score
  [1]
  $ ninetails score --profile py10 a
  ninetails score: --profile 'py10': did you mean py100?
  See: ninetails help score
  [1]
  $ ninetails score --profile kitsune a
  ninetails score: --profile 'kitsune': expected py100, csv115, stream
  See: ninetails help score
  [1]
  $ ninetails score --json=yes a
  ninetails score: --json takes no value, got 'yes'
  See: ninetails help score
  [1]
  $ ninetails score --seed 1 --seed 2 a
  ninetails score: --seed is given twice
  See: ninetails help score
  [1]
  $ ninetails score -o
  ninetails score: --output: a value is missing
  See: ninetails help score
  [1]
  $ ninetails score --output= a
  ninetails score: --output '': expected a path
  See: ninetails help score
  [1]

Help comes from the same tables.

  $ ninetails help extract
  Usage: ninetails extract CAPTURE [options]
  
  Turn a capture into rows of features: damped statistics of its traffic.
  
  Arguments:
    CAPTURE  pcap, pcapng, tshark TSV or rows of features (CSV), as it is or compressed with
             gzip, xz or zstd; - reads standard input; or an HDF5 file of `extract`
  
  Options:
        --profile py100|csv115|stream  statistics to extract: py100 and csv115 are the
                                       public references bit for bit, stream is fast
                                       [stream]
        --max-streams N                keep at most N streams, dropping those of least
                                       weight; 0: no limit [0 streams]
        --threads N                    threads over which the stages are spread (reading and
                                       its checksum are one); 0: one for each processor.
                                       Results do not depend on it [0 threads]
    -o, --output FILE                  write an HDF5 file (.h5, .hdf5) or a table (.csv)
        --force                        replace the file that --output names, whatever it is;
                                       else only one of the kind that is written
        --compression N                deflate level of HDF5 outputs; 0: none [1]
        --json                         print the summary as JSON
        --quiet                        print neither progress nor summary; warnings remain
    -h, --help                         show this text
  
  Without -o the rows are computed and counted only, which shows the speed. A .csv has a
  column `timestamp` and one for each feature, and can be given to `ninetails score` again.
  An .h5 has /features, /timestamps and the names in /feature; it says in its attributes
  what made it, and can be given to `ninetails score`, too.
  $ ninetails extract --help | head -3
  Usage: ninetails extract CAPTURE [options]
  
  Turn a capture into rows of features: damped statistics of its traffic.
  $ ninetails extract -h | head -1
  Usage: ninetails extract CAPTURE [options]
  $ ninetails --help | head -3
  Usage: ninetails COMMAND ...
  
  Benchmarking and experimentation harness for the Kitsune network anomaly detector.
  $ ninetails help score | grep -c -- --
  28

An invalid variable of the environment stops every command.

  $ NINETAILS_ISA=avx51 ninetails version
  ninetails: NINETAILS_ISA=avx51: expected auto, plain, avx2 or avx512
  [1]
  $ NINETAILS_ISA=avx51 ninetails detectors
  ninetails: NINETAILS_ISA=avx51: expected auto, plain, avx2 or avx512
  [1]
  $ NINETAILS_ISA= ninetails version > version
  $ NINETAILS_ISA=plain ninetails version --json | grep '"isa"'
    "isa": "plain",
