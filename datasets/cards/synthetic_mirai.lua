-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  name = "synthetic_mirai",
  title = "Synthetic: a Mirai-like botnet",
  description = "Made by this program from datasets/scenarios/mirai.lua, the same bytes everywhere. It serves tests, benchmarks "
    .. "and teaching; it supports no claim about detection (datasets/SCENARIOS.md).",
  licence = "none needed: it is made on your machine",
  synthetic = {scenario = "mirai", packets = 200000, seed = 1},
  packets = 200000,
  labels = {
    meaning = "behaviour",
    explain = "Packets of infection, command channel, scans, passwords and flood; what the other devices say stays benign.",
    attacks = 162883,
    first_attack = 31841,
    clean = 31840,
  },
  grace = {fm = 2605, ad = 26051, why = "Nine tenths of the clean packets before the onset."},
  defects = {"The benign traffic is as regular as the laws it is drawn from: no score here tells of a score elsewhere."},
}
