-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  name = "synthetic_os_scan",
  title = "Synthetic: an Nmap-like scan",
  description = "Made by this program from datasets/scenarios/os_scan.lua, the same bytes everywhere. It serves tests, benchmarks "
    .. "and teaching; it supports no claim about detection (datasets/SCENARIOS.md).",
  licence = "none needed: it is made on your machine",
  synthetic = {scenario = "os_scan", packets = 200000, seed = 1},
  packets = 200000,
  labels = {
    meaning = "behaviour",
    explain = "Packets of the scan and the answers to it.",
    attacks = 7997,
    first_attack = 154801,
    clean = 154800,
  },
  grace = {fm = 5000, ad = 50000, why = "Kitsune's defaults."},
  defects = {"The benign traffic is as regular as the laws it is drawn from: no score here tells of a score elsewhere."},
}
