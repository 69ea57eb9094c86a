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
        count; at least 0, less than 1
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
