-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  name = "synthetic_active_wiretap",
  title = "Synthetic: a bridge in a cable",
  description = "Made by this program from datasets/scenarios/active_wiretap.lua, the same bytes everywhere. It serves tests, benchmarks "
    .. "and teaching; it supports no claim about detection (datasets/SCENARIOS.md).",
  licence = "none needed: it is made on your machine",
  synthetic = {scenario = "active_wiretap", packets = 200000, seed = 1},
  packets = 200000,
  labels = {
    meaning = "path",
    explain = "Every frame that passes through the bridge.",
    attacks = 77527,
    first_attack = 114101,
    clean = 114100,
  },
  grace = {fm = 5000, ad = 50000, why = "Kitsune's defaults."},
  defects = {"The benign traffic is as regular as the laws it is drawn from: no score here tells of a score elsewhere."},
}
