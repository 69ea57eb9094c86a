-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  name = "synthetic_syn_dos",
  title = "Synthetic: a SYN flood against a camera",
  description = "Made by this program from datasets/scenarios/syn_dos.lua, the same bytes everywhere. It serves tests, benchmarks "
    .. "and teaching; it supports no claim about detection (datasets/SCENARIOS.md).",
  licence = "none needed: it is made on your machine",
  synthetic = {scenario = "syn_dos", packets = 200000, seed = 1},
  packets = 200000,
  labels = {
    meaning = "behaviour",
    explain = "Packets of the flood, and the answers to it.",
    attacks = 491,
    first_attack = 193601,
    clean = 193600,
  },
  grace = {fm = 5000, ad = 50000, why = "Kitsune's defaults."},
  defects = {"The benign traffic is as regular as the laws it is drawn from: no score here tells of a score elsewhere."},
}
