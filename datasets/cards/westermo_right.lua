-- SPDX-License-Identifier: GPL-3.0-or-later
local origin = "https://raw.githubusercontent.com/westermo/network-traffic-dataset/"
  .. "ba85578e19169c2380d2789266f6c42cd0627e00/data/"

return {
  name = "westermo_right",
  title = "Westermo network traffic: right tap, reduced",
  description = "90 minutes at one of three taps of an industrial network of real routers, PLCs and HMIs (version 1.0, "
    .. "2023): man in the middle, SSH brute force, port scans, misconfigured addresses.",
  homepage = {"https://github.com/westermo/network-traffic-dataset"},
  licence = "CC BY 4.0",
  citation = "P. E. Strandberg, D. Söderman, A. Dehlaghi-Ghadim, M. Leon Ortiz, T. Markovic, S. Punnekkat, M. Helali "
    .. "Moghadam, D. Buffoni: The Westermo network traffic data set. 2023. https://github.com/westermo",
  files = {
    capture = {
      path = "westermo_right/right_reduced.pcap",
      packed = {file = "capture_archive", member = "right.pcap"},
      bytes = 3385446,
      sha256 = "c39e9f1a92293083f07d1fc756dbb4cd13496f0cf79f54d7441c6b3189988c21",
    },
    capture_archive = {
      path = "westermo_right/right.zip",
      urls = {origin .. "reduced/pcaps/right.zip"},
      bytes = 703780,
      sha256 = "8a1f49eb49747f3046eda8063b104834f41f0df30d4fc2357aea5609826a4445",
      optional = true,
    },
    flows = {
      path = "westermo_right/output_right.csv",
      packed = {file = "flows_archive", member = "output_right.csv"},
      bytes = 1598202,
      sha256 = "e5d51cbbb82dc69691affe9ba1f63c7fd4cffad4580cbd512778af75d4748cf1",
      optional = true,
    },
    flows_archive = {
      path = "westermo_right/output_right.zip",
      urls = {origin .. "reduced/flows/output_right.zip"},
      bytes = 198045,
      sha256 = "82630c5afc5b599c912b3f156682d858e1c5423a216fae98e9d3d4808b8f7093",
      optional = true,
    },
    events = {
      path = "westermo_right/events.txt",
      urls = {origin .. "events.txt"},
      bytes = 19734,
      sha256 = "0082817c3eeebcc0ae8cb92e51cb524f45ee7d65ec251d62ffeeaa3e1e1751ac",
    },
    labels = {
      path = "westermo_right/labels.csv",
      optional = true,
      note = "the rule's outcome by another program; not published",
    },
  },
  capture = "capture",
  packets = 35067,
  seconds = 5444.18,
  events = {
    log = {
      file = "events",
      line = "^%[(%d+%.?%d*) %-%- .-%] %[([%u%d%-]+)%-(%u+)%]",
      ignore = "%] %[INFO%]",
      start = "START",
      stop = "END",
      clock = "epoch",
      utc_offset = "+01:00",
    },
  },
  labels = {
    meaning = "flow",
    explain = "A packet is an attack when the published flow that it belongs to has an NST_M_Label that begins with "
      .. "BAD-: traffic from and to the attacker, and for misconfigurations all traffic meanwhile. Spanning tree "
      .. "frames belong to no flow and are benign; so are the flows named GOOD-SSH.",
    rule = {flows = {
      file = "flows",
      columns = {a = "sAddress", b = "rAddress", protocol = "protocol", from = "start", to = "end",
        attack = "NST_M_Label"},
      protocols = {ARP = "arp", LLDP = "other", ["IPV4-2"] = "ip", ["IPV4-TCP"] = "tcp", ["IPV4-UDP"] = "udp"},
      where = {NST_M_Label = "BAD-*"},
    }},
    names = {during = {events = "log", only = {"BAD-*"}}},
    same_as = "labels",
    attacks = 23214,
    first_attack = 122,
    clean = 121,
  },
  other_labels = {
    interval = {
      meaning = "interval",
      explain = "Every packet during an event whose name begins with BAD-, by the published log of events.",
      rule = {during = {events = "log", only = {"BAD-*"}}},
      attacks = 29906,
      first_attack = 109,
      clean = 108,
    },
  },
  grace = {fm = 20, ad = 90,
    why = "They end within the clean packets, 1 to 121, which are few: the first event begins after 46.7 s."},
  defects = {
    "There is no clean stretch long enough to train on: train on packets with benign labels, or take the training as "
      .. "contaminated.",
    "The clock of events.txt is local time (UTC+1): an hour ahead of the capture's.",
    "During misconfiguration events all traffic is marked, not only the misconfigured device's.",
    "66 % of the packets are attacks.",
  },
}
