-- SPDX-License-Identifier: GPL-3.0-or-later
local origin = "https://raw.githubusercontent.com/antoine-lemay/Modbus_dataset/"

return {
  name = "modbus_cnc_uploading_exe",
  title = "Modbus CSET'16: C&C uploads a program",
  description = "Modbus/TCP in a simulated SCADA network (Lemay and Fernandez, 2016): A command and control channel uploads a program over polling of six RTUs.",
  homepage = {"https://github.com/antoine-lemay/Modbus_dataset"},
  licence = {"none stated", status = "known", source = "the repository"},
  citation = "A. Lemay, J. M. Fernandez: Providing SCADA Network Data Sets for Intrusion Detection Research. CSET 2016.",
  files = {
    capture = {
      path = "modbus_cset16/CnC_uploading_exe_modbus_6RTU_with_operate.pcap",
      urls = {origin .. "1d7480743070e4c2a19793c3a303c34a03f4121b/CnC_uploading_exe_modbus_6RTU_with_operate.pcap"},
      bytes = 183387,
      sha256 = "3b885066a8937e4befa9ba7f1104b3370151500c1521bb7dcd58ed343170c7e1",
    },
    labels = {
      path = "modbus_cset16/CnC_uploading_exe_modbus_6RTU_with_operate_labeled.csv",
      urls = {origin .. "1d7480743070e4c2a19793c3a303c34a03f4121b/CnC_uploading_exe_modbus_6RTU_with_operate_labeled.csv"},
      bytes = 10301,
      sha256 = "04cc10b9fef66af3a5c99644a139b62ce529dd265af04ce5922b7fd4c5059735",
    },
    numbered = {
      path = "modbus_cset16/CnC_uploading_exe_modbus_6RTU_with_operate.labels.csv",
      optional = true,
      note = "the same labels with a header and commas; not published",
    },
  },
  capture = "capture",
  packets = 1426,
  seconds = 70.0372,
  labels = {
    meaning = "behaviour",
    explain = "The authors' label of each packet, as published (packet;label).",
    file = "labels",
    same_as = "numbered",
    attacks = 121,
    first_attack = 811,
    clean = 810,
  },
  grace = {fm = 100, ad = 600, why = "They end within the clean packets, 1 to 810."},
}
