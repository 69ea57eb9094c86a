-- SPDX-License-Identifier: GPL-3.0-or-later
local origin = "https://raw.githubusercontent.com/qut-infosec/2017QUT_DNP3/f1f96333d63e4410182d1175c19b1a0d06f8bb9c/"
  .. "Attacks/attacks/testing/infrequent/"
-- In these events the attacker forges the outstation's Ethernet address.
local forged = {"slave_masquerading*", "injection*", "*hijack*"}

return {
  name = "qut_dnp3_attacks",
  title = "QUT DNP3: attacks, testing, infrequent",
  description = "24 hours on the attacker's port of a substation testbed (Queensland University of Technology, October "
    .. "2016): 85 % GOOSE, and DNP3 over TCP, PTP, NTP, ARP. Scans, DNP3 reconnaissance and flooding, man in the middle, "
    .. "masquerading, replay.",
  homepage = {"https://github.com/qut-infosec/2017QUT_DNP3"},
  licence = {"none stated", status = "known", source = "the repository"},
  citation = "N. R. Rodofile et al.: 2017QUT_DNP3, SCADA substation data set. Queensland University of Technology, 2017.",
  files = {
    capture = {
      path = "qut_dnp3/attacks_testing_infrequent.attacker.pcap.zip",
      urls = {origin .. "attacker.pcap.zip"},
      bytes = 3544348,
      sha256 = "8dcc31e3f74e3026a458df6685271d35fe28b36cb10a0e2a8a99b2ca2e7ab937",
    },
    log = {
      path = "qut_dnp3/attacks_testing_infrequent.Attack_script_log.log",
      packed = {file = "log_archive", member = "Attack_script_log.log"},
      bytes = 1998,
      sha256 = "bef6b4b3051d2e794ff9e5e4a5811113ab2998127913866e7d358802ee726cdf",
    },
    log_archive = {
      path = "qut_dnp3/attacks_testing_infrequent.Attack_script_log.log.zip",
      urls = {origin .. "Attack_script_log.log.zip"},
      optional = true,
    },
    labels = {
      path = "qut_dnp3/attacks_testing_infrequent.labels.csv",
      optional = true,
      note = "the rule's outcome by another program; not published",
    },
  },
  capture = "capture",
  packets = 309036,
  events = {
    log = {
      file = "log",
      line = "^(%d+%-%d+%-%d+ %d+:%d+:[%d.]+) (%S+) .-(%u+)%s*$",
      start = "START",
      stop = "END",
      clock = "date",
      utc_offset = "+10:00",
    },
  },
  labels = {
    meaning = "behaviour",
    explain = "A frame is an attack when it is sent to or from the attacker's Ethernet address (documented in test_set.py of "
      .. "the data set) during an event of the attack script's log.",
    rule = {all = {{during = {events = "log"}}, {address = "00:10:18:cb:8c:13"}}},
    exclude = {all = {
      {during = {events = "log", only = forged}},
      {none = {{address = "00:10:18:cb:8c:13"}}},
    }},
    same_as = "labels",
    attacks = 9816,
    excluded = 880,
    first_attack = 18339,
    clean = 18338,
  },
  other_labels = {
    interval = {
      meaning = "interval",
      explain = "Every frame during an event of the attack script's log, whoever sent it.",
      rule = {during = {events = "log"}},
      attacks = 11644,
      first_attack = 18339,
      clean = 18338,
    },
    address = {
      meaning = "behaviour",
      explain = "The default labels, with nothing excluded: frames with a forged address count as benign.",
      rule = {all = {{during = {events = "log"}}, {address = "00:10:18:cb:8c:13"}}},
      same_as = "labels",
      attacks = 9816,
      first_attack = 18339,
      clean = 18338,
    },
  },
  grace = {fm = 2000, ad = 14000, why = "They end within the clean packets, 1 to 18,338."},
  defects = {
    "In the events slave_masquerading*, injection* and *hijack* the attacker forges the outstation's Ethernet address, so "
      .. "frames of the attack look benign to an address: those without the attacker's address are excluded from metrics.",
    "43 frames of the attacker (mDNS, IGMP, ARP leftovers) fall outside the events: benign here.",
    "The captures at the master and the slave are not part of this card.",
  },
}
