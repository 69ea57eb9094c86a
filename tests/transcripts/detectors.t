SPDX-License-Identifier: GPL-3.0-or-later

Every detector has a source, a cost and parameters that say what they are.

  $ ninetails detectors | head -3
  name                     title                                     traits                parameters
  kitnet                   KitNET                                    mapped frozen seeded           6
  autoencoder_single       Single autoencoder                        frozen seeded                  5
  $ ninetails detectors mahalanobis
  detector    mahalanobis
  title       Mahalanobis distance
  source      Mahalanobis: On the generalised distance in statistics. Proceedings of the National
              Institute of Sciences of India 2(1), 1936
  cost        O(width^2) a row to learn and to score, O(width^3) once; 8 width^2 bytes
  traits      frozen: scoring changes nothing
  parameters
    cutoff = 1e-10
        directions whose share of the largest eigenvalue of the correlation is at most this do not
        count; at least 0 and less than 1
  $ ninetails detectors one_feature | grep oracle
  traits      oracle: is shown the labels of what it scores: a bound, no detector
  $ ninetails detectors --json | $PYTHON -c "
  > import json, sys
  > classes = json.load(sys.stdin)
  > assert all(c['source'] and c['cost'] and c['title'] for c in classes)
  > assert all(p['help'] for c in classes for p in c['parameters'])
  > print(len(classes) > 15, [c['name'] for c in classes if 'oracle' in c['traits']])"
  True ['one_feature']
  $ ninetails detectors kitnett
  ninetails detectors: no detector 'kitnett': did you mean kitnet?
  See: ninetails help detectors
  [1]

A detector that cannot score says why, and the others go on.

  $ export NINETAILS_DATA=$PWD/data XDG_CONFIG_HOME=$PWD/config NINETAILS_CACHE=$PWD/cache
  $ unset NINETAILS_SHARED
  $ ninetails dataset synth ssdp_flood --packets 3000 --seed 1 -o made.pcap --quiet
  $ ninetails extract made.pcap -o rows.csv --quiet
  $ cat > cannot.lua << 'END'
  > local nt = require "ninetails"
  > local grace = {fm = 100, ad = 500}
  > return nt.experiment {
  >   datasets = {
  >     nt.dataset {name = "made", capture = "made.pcap", grace = grace},
  >     nt.dataset {name = "rows", capture = "rows.csv", grace = grace},
  >   },
  >   detectors = {
  >     nt.pca {}, nt.packet_length {}, nt.suricata {program = "no-such-program"}, nt.suricata {eve = "none.json"},
  >     nt.one_feature {}, nt.one_feature {feature = "3", side = "high"},
  >   },
  > }
  > END
  $ ninetails run cannot.lua 2>/dev/null | grep -E '^(failed|skipped|no|runs) '
  failed made suricata program=no-such-program seed=1234: 'no-such-program' is not installed: expected Suricata, its path as the parameter program, or an eve.json that it wrote for this capture as the parameter eve
  failed made suricata program=suricata seed=1234: none.json: cannot be opened: No such file or directory
  failed 2 times, first made one_feature side=best feature=best seed=1234: feature = best is chosen with the labels of the rows to score: expected benign rows and attacks, but there are 0 and 0; name feature and side instead
  skipped rows: packet_length needs sizes of packets, and these are rows of features
  skipped rows: suricata reads packets, and these are rows of features
  no detector but a bound, as it is shown the labels: one_feature
  runs     5 runs done, 4 failed
