-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  name = "synthetic_ssdp_flood",
  title = "Synthetic: searches with a forged source",
  description = "Made by this program from datasets/scenarios/ssdp_flood.lua, the same bytes everywhere. It serves tests, benchmarks "
    .. "and teaching; it supports no claim about detection (datasets/SCENARIOS.md).",
  licence = "none needed: it is made on your machine",
  synthetic = {scenario = "ssdp_flood", packets = 200000, seed = 1},
  packets = 200000,
  labels = {
    meaning = "behaviour",
    explain = "Packets of the flood, and the answers to it.",
    attacks = 70571,
    first_attack = 128207,
    clean = 128206,
  },
  grace = {fm = 5000, ad = 50000, why = "Kitsune's defaults."},
  defects = {"The benign traffic is as regular as the laws it is drawn from: no score here tells of a score elsewhere."},
}
