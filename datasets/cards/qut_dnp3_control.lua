-- SPDX-License-Identifier: GPL-3.0-or-later
local origin = "https://raw.githubusercontent.com/qut-infosec/2017QUT_DNP3/f1f96333d63e4410182d1175c19b1a0d06f8bb9c/"
  .. "Control/control/testing/frequent/"

return {
  name = "qut_dnp3_control",
  title = "QUT DNP3: control, testing, frequent",
  description = "24 hours on the attacker's port of a substation testbed (Queensland University of Technology, 2016) without "
    .. "any attack: whatever a detector finds here is a false alarm.",
  homepage = {"https://github.com/qut-infosec/2017QUT_DNP3"},
  licence = {"none stated", status = "known", source = "the repository"},
  citation = "N. R. Rodofile et al.: 2017QUT_DNP3, SCADA substation data set. Queensland University of Technology, 2017.",
  files = {
    capture = {
      path = "qut_dnp3/control_testing_frequent.attacker.pcap.zip",
      urls = {origin .. "attacker.pcap.zip"},
      bytes = 3320454,
      sha256 = "f75e166a57ae556c547b6495eb36189443ee09324ae1d0973484a278aa9349f2",
    },
    labels = {
      path = "qut_dnp3/control_testing_frequent.labels.csv",
      optional = true,
      note = "nothing but zeros; not published",
    },
  },
  capture = "capture",
  packets = 301709,
  labels = {
    meaning = "none",
    explain = "The attack script's log of this capture is empty.",
    same_as = "labels",
    attacks = 0,
    clean = 301709,
  },
  grace = {fm = 5000, ad = 50000, why = "Kitsune's defaults: every packet is clean."},
}
