-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  name = "synthetic_ssl_renegotiation",
  title = "Synthetic: TLS renegotiation without end",
  description = "Made by this program from datasets/scenarios/ssl_renegotiation.lua, the same bytes everywhere. It serves tests, benchmarks "
    .. "and teaching; it supports no claim about detection (datasets/SCENARIOS.md).",
  licence = "none needed: it is made on your machine",
  synthetic = {scenario = "ssl_renegotiation", packets = 200000, seed = 1},
  packets = 200000,
  labels = {
    meaning = "behaviour",
    explain = "Packets of the renegotiating sessions, both ways.",
    attacks = 8389,
    first_attack = 119631,
    clean = 119630,
  },
  grace = {fm = 5000, ad = 50000, why = "Kitsune's defaults."},
  defects = {"The benign traffic is as regular as the laws it is drawn from: no score here tells of a score elsewhere."},
}
