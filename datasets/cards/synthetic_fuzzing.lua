-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  name = "synthetic_fuzzing",
  title = "Synthetic: damaged HTTP requests to cameras",
  description = "Made by this program from datasets/scenarios/fuzzing.lua, the same bytes everywhere. It serves tests, benchmarks "
    .. "and teaching; it supports no claim about detection (datasets/SCENARIOS.md).",
  licence = "none needed: it is made on your machine",
  synthetic = {scenario = "fuzzing", packets = 200000, seed = 1},
  packets = 200000,
  labels = {
    meaning = "behaviour",
    explain = "Packets of the fuzzing sessions, both ways.",
    attacks = 38581,
    first_attack = 115833,
    clean = 115832,
  },
  grace = {fm = 5000, ad = 50000, why = "Kitsune's defaults."},
  defects = {"The benign traffic is as regular as the laws it is drawn from: no score here tells of a score elsewhere."},
}
