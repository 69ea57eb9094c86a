-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  name = "synthetic_video_injection",
  title = "Synthetic: a clip within a camera's stream",
  description = "Made by this program from datasets/scenarios/video_injection.lua, the same bytes everywhere. It serves tests, benchmarks "
    .. "and teaching; it supports no claim about detection (datasets/SCENARIOS.md).",
  licence = "none needed: it is made on your machine",
  synthetic = {scenario = "video_injection", packets = 200000, seed = 1},
  packets = 200000,
  labels = {
    meaning = "behaviour",
    explain = "Packets that the attacker injects, and of its sweep before.",
    attacks = 8607,
    first_attack = 172401,
    clean = 172400,
  },
  grace = {fm = 5000, ad = 50000, why = "Kitsune's defaults."},
  defects = {"The benign traffic is as regular as the laws it is drawn from: no score here tells of a score elsewhere."},
}
