-- SPDX-License-Identifier: GPL-3.0-or-later
local origin = "https://raw.githubusercontent.com/antoine-lemay/Modbus_dataset/"

return {
  name = "modbus_characterization",
  title = "Modbus CSET'16: characterization",
  description = "Modbus/TCP in a simulated SCADA network (Lemay and Fernandez, 2016): Reconnaissance of the control network over polling of six RTUs.",
  homepage = {"https://github.com/antoine-lemay/Modbus_dataset"},
  licence = {"none stated", status = "known", source = "the repository"},
  citation = "A. Lemay, J. M. Fernandez: Providing SCADA Network Data Sets for Intrusion Detection Research. CSET 2016.",
  files = {
    capture = {
      path = "modbus_cset16/characterization_modbus_6RTU_with_operate.pcap",
      urls = {origin .. "1d7480743070e4c2a19793c3a303c34a03f4121b/characterization_modbus_6RTU_with_operate.pcap"},
      bytes = 958347,
      sha256 = "c11594ec0977d507b3dc9226e8ca98978357718c7462c05dafa220ffe5cedc8c",
    },
    labels = {
      path = "modbus_cset16/characterization_modbus_6RTU_with_operate_labeled.csv",
      urls = {origin .. "bff707c5b19debf054ccf5ec2e48a66aaebd53f9/characterization_modbus_6RTU_with_operate_labeled.csv"},
      bytes = 99558,
      sha256 = "455828f7efdc95020224def435f843e1e6b38d200a9d169ca67a9f5a7917e361",
    },
    numbered = {
      path = "modbus_cset16/characterization_modbus_6RTU_with_operate.labels.csv",
      optional = true,
      note = "the same labels with a header and commas; not published",
    },
  },
  capture = "capture",
  packets = 12296,
  seconds = 338.5079,
  labels = {
    meaning = "behaviour",
    explain = "The authors' label of each packet, as published (packet;label).",
    file = "labels",
    same_as = "numbered",
    attacks = 6719,
    first_attack = 3,
    clean = 2,
  },
  grace = {fm = 1000, ad = 5000, why = "There is no clean prefix: they train on attacks too."},
  defects = {
    "The third packet is an attack: no clean prefix, and detectors that train on the beginning learn the attack.",
    "Its labels were corrected by the authors on 2023-03-31; older copies differ.",
  },
}
