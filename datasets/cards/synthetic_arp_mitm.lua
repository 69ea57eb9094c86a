-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  name = "synthetic_arp_mitm",
  title = "Synthetic: man in the middle by ARP spoofing",
  description = "Made by this program from datasets/scenarios/arp_mitm.lua, the same bytes everywhere. It serves tests, benchmarks "
    .. "and teaching; it supports no claim about detection (datasets/SCENARIOS.md).",
  licence = "none needed: it is made on your machine",
  synthetic = {scenario = "arp_mitm", packets = 200000, seed = 1},
  packets = 200000,
  labels = {
    meaning = "path",
    explain = "Spoofed ARP messages and every frame that passes through the attacker.",
    attacks = 96013,
    first_attack = 103401,
    clean = 103400,
  },
  grace = {fm = 5000, ad = 50000, why = "Kitsune's defaults."},
  defects = {"The benign traffic is as regular as the laws it is drawn from: no score here tells of a score elsewhere."},
}
