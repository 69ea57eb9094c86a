-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  name = "synthetic_camera_benign",
  title = "Synthetic: a camera network without attacks",
  description = "Made by this program from datasets/scenarios/camera_benign.lua, the same bytes everywhere. It serves tests, benchmarks "
    .. "and teaching; it supports no claim about detection (datasets/SCENARIOS.md).",
  licence = "none needed: it is made on your machine",
  synthetic = {scenario = "camera_benign", packets = 200000, seed = 1},
  packets = 200000,
  labels = {
    meaning = "none",
    explain = "There is no attack in it.",
    attacks = 0,
    clean = 200000,
  },
  grace = {fm = 5000, ad = 50000, why = "Kitsune's defaults."},
  defects = {"The benign traffic is as regular as the laws it is drawn from: no score here tells of a score elsewhere."},
}
