SPDX-License-Identifier: GPL-3.0-or-later

Every card of a real capture that lies in the reference material: files, counts, labels, and the rules against labels that
another program made of the same captures. Skipped where the material is not there.

  $ shared="${NINETAILS_SHARED:-$SOURCE/../shared}"; unset NINETAILS_SHARED
  $ test -d "$shared/data/labelled" || exit 80
  $ export XDG_CONFIG_HOME="$PWD/config" NINETAILS_DATA="$PWD/data"
  $ verify() { ninetails dataset verify "$1" --from "$shared/data/labelled" | sed "s|$shared|SHARED|; s|$PWD/||"; }
  $ verify qut_dnp3_attacks
  ok            files.capture: SHARED/data/labelled/qut_dnp3/attacks_testing_infrequent.attacker.pcap.zip
  ok            files.capture.bytes: 3,544,348
  ok            files.capture.sha256: 8dcc31e3f74e3026a458df6685271d35fe28b36cb10a0e2a8a99b2ca2e7ab937
  ok            files.labels: SHARED/data/labelled/qut_dnp3/attacks_testing_infrequent.labels.csv.gz (compressed)
  unasserted    files.labels.sha256: 0fa4ae0e5017657eb03efde57b71010af7c98f159cfc2c9c16220d5a076bf46b
  ok            files.log: SHARED/data/labelled/qut_dnp3/attacks_testing_infrequent.Attack_script_log.log
  ok            files.log.bytes: 1,998
  ok            files.log.sha256: bef6b4b3051d2e794ff9e5e4a5811113ab2998127913866e7d358802ee726cdf
  absent        files.log_archive: qut_dnp3/attacks_testing_infrequent.Attack_script_log.log.zip
  ok            packets: 309,036
  ok            labels: 309,036, from the card's rule
  ok            labels.attacks: 9,816
  ok            labels.excluded: 880
  ok            labels.first_attack: 18,339
  ok            labels.clean: 18,338
  ok            labels.same_as: 0 labels differ
  ok            other_labels.address: 309,036, from the card's rule
  ok            other_labels.address.attacks: 9,816
  ok            other_labels.address.first_attack: 18,339
  ok            other_labels.address.clean: 18,338
  ok            other_labels.address.same_as: 0 labels differ
  ok            other_labels.interval: 309,036, from the card's rule
  ok            other_labels.interval.attacks: 11,644
  ok            other_labels.interval.first_attack: 18,339
  ok            other_labels.interval.clean: 18,338
  qut_dnp3_attacks: ok (23 ok, 1 unasserted, 1 absent)
  $ verify qut_dnp3_control
  ok            files.capture: SHARED/data/labelled/qut_dnp3/control_testing_frequent.attacker.pcap.zip
  ok            files.capture.bytes: 3,320,454
  ok            files.capture.sha256: f75e166a57ae556c547b6495eb36189443ee09324ae1d0973484a278aa9349f2
  ok            files.labels: SHARED/data/labelled/qut_dnp3/control_testing_frequent.labels.csv.gz (compressed)
  unasserted    files.labels.sha256: 8ca5e3781489ad95b4d67a59414c691f3b77a714fbc62b9ce0ea080550967631
  ok            packets: 301,709
  ok            labels: 301,709, from no attack at all
  ok            labels.attacks: 0
  ok            labels.clean: 301,709
  ok            labels.same_as: 0 labels differ
  qut_dnp3_control: ok (9 ok, 1 unasserted)
  $ verify westermo_right
  ok            files.capture: SHARED/data/labelled/westermo_right/right_reduced.pcap.gz (compressed)
  ok            files.capture.bytes: 3,385,446
  ok            files.capture.sha256: c39e9f1a92293083f07d1fc756dbb4cd13496f0cf79f54d7441c6b3189988c21
  absent        files.capture_archive: westermo_right/right.zip
  ok            files.events: SHARED/data/labelled/westermo_right/events.txt
  ok            files.events.bytes: 19,734
  ok            files.events.sha256: 0082817c3eeebcc0ae8cb92e51cb524f45ee7d65ec251d62ffeeaa3e1e1751ac
  absent        files.flows: westermo_right/output_right.csv
  absent        files.flows_archive: westermo_right/output_right.zip
  ok            files.labels: SHARED/data/labelled/westermo_right/labels.csv.gz (compressed)
  unasserted    files.labels.sha256: 54fbf6445d53fd7df218a31f1eccda6caead58707d1a65f5982337fd80881fee
  ok            packets: 35,067
  ok            labels: 35,067, from westermo_right/labels.csv (files.flows is not here: the labels of files.labels stand in)
  ok            labels.attacks: 23,214
  ok            labels.first_attack: 122
  ok            labels.clean: 121
  ok            other_labels.interval: 35,067, from the card's rule
  ok            other_labels.interval.attacks: 29,906
  ok            other_labels.interval.first_attack: 109
  ok            other_labels.interval.clean: 108
  westermo_right: ok (16 ok, 1 unasserted, 3 absent)
  $ verify kitsune_mirai_head
  ok            files.capture: SHARED/data/labelled/kitsune_mirai_partial/mirai.pcap.tsv.gz (compressed)
  ok            files.capture.bytes: 4,190,208
  ok            files.capture.sha256: d1eacea8e6cfd0a9c31068b6aae89ca3211ce7a1c6f196c1b4254871e2bc3610
  ok            files.labels: SHARED/data/labelled/kitsune_mirai_partial/mirai_labels.csv.gz (compressed)
  ok            files.labels.bytes: 1,528,273 (to be checked: of another copy; this one may end its lines with CR LF)
  ok            files.labels.sha256: 05907de81eed9fe4074d71076cd128bd6e9d1980eb54fb8e26b90bc4adf0dcd8 (to be checked: of another copy; this one may end its lines with CR LF)
  ok            packets: 38,363
  unasserted    capture, damage: SHARED/data/labelled/kitsune_mirai_partial/mirai.pcap.tsv.gz: line 38365: the file ends inside a line: column 6 (ip.dst) is '192.1', an IPv4 address expected
  ok            labels: 38,363, from kitsune_mirai_partial/mirai_labels.csv
  ok            labels.attacks: 0
  ok            labels.clean: 38,363
  kitsune_mirai_head: ok (10 ok, 1 unasserted)
  $ for set in modbus_characterization modbus_cnc_uploading_exe modbus_moving_two_files; do verify $set | tail -1; done
  modbus_characterization: ok (13 ok, 1 unasserted)
  modbus_cnc_uploading_exe: ok (13 ok, 1 unasserted)
  modbus_moving_two_files: ok (13 ok, 1 unasserted)

Fetched from the material: a member whose archive is missing, and labels that replace missing flows.

  $ NINETAILS_FROM="$shared/data/labelled" ninetails dataset fetch westermo_right --quiet | sed "s|$PWD/||"
  capture      data/westermo_right/right_reduced.pcap.gz
               sha256 c39e9f1a92293083f07d1fc756dbb4cd13496f0cf79f54d7441c6b3189988c21, as the card says
  events       data/westermo_right/events.txt
               sha256 0082817c3eeebcc0ae8cb92e51cb524f45ee7d65ec251d62ffeeaa3e1e1751ac, as the card says
  labels       data/westermo_right/labels.csv.gz
               sha256 54fbf6445d53fd7df218a31f1eccda6caead58707d1a65f5982337fd80881fee, not verified: the card knows no checksum
  $ ninetails dataset verify westermo_right | tail -1
  westermo_right: ok (16 ok, 1 unasserted, 3 absent)
  $ ninetails dataset list | grep -c 'westermo_right .* here '
  1

The interval labels, the names of attacks, and which frames are excluded, against the other program's tables.

  $ ninetails dataset labels qut_dnp3_attacks --from "$shared/data/labelled" -o default > /dev/null
  $ ninetails dataset labels qut_dnp3_attacks --labels interval --from "$shared/data/labelled" -o interval | sed -n '4,$p' | head -8
  attacks       11,644
  benign        297,392
  excluded      0
  first_attack  18,339
  clean         18,338
  of them       538 nmap
                33 reconnaissance
                8,307 master_flooding_time
  $ $PYTHON - "$shared/data/labelled/qut_dnp3/attacks_testing_infrequent.labels_interval.csv.gz" << END
  > import csv, gzip, sys
  > rows = [line.split(',') for line in gzip.open(sys.argv[1], 'rt').read().split('\n')[1:-1]]
  > interval, default = ([row[1] for row in csv.reader(open(f))][1:] for f in ('interval', 'default'))
  > names = [row[2] for row in csv.reader(open('interval'))][1:]
  > print(len(rows), sum(a[1] != b for a, b in zip(rows, interval)))
  > print(sum(n not in e.strip().split('+') for (_, _, e), n in zip(rows, names)))
  > forged = [i == '1' and d != '1' and any(e.startswith(('slave_masquerading', 'injection')) or 'hijack' in e
  >           for e in event.strip().split('+')) for (_, i, event), d in zip(rows, default)]
  > print(sum(forged), sum(f != (d == 'x') for f, d in zip(forged, default)))
  > END
  309036 0
  0
  880 0
  $ ninetails dataset labels westermo_right --from "$shared/data/labelled" -o right 2> /dev/null | tail -6
  of them       460 BAD-MITM
                616 BAD-MISCONF-DUPLICATION
                6,192 BAD-SSH
                24 BAD-PORTSCAN1
                494 BAD-MISCONF
                15,427 BAD-PORTSCAN2
  $ $PYTHON - "$shared/data/labelled/westermo_right/labels_all_strategies.csv.gz" << END
  > import csv, gzip, sys
  > theirs, ours = csv.DictReader(gzip.open(sys.argv[1], 'rt')), csv.DictReader(open('right'))
  > print([(b['attack'], a['nst_m']) for a, b in zip(theirs, ours) if b['label'] == '1' and a['nst_m'] != b['attack']])
  > END
  [('', 'BAD-SSH')]
