-- SPDX-License-Identifier: GPL-3.0-or-later
local origin = "https://raw.githubusercontent.com/antoine-lemay/Modbus_dataset/"

return {
  name = "modbus_moving_two_files",
  title = "Modbus CSET'16: moving two files",
  description = "Modbus/TCP in a simulated SCADA network (Lemay and Fernandez, 2016): Two files are moved between machines of the control network over polling of six RTUs.",
  homepage = {"https://github.com/antoine-lemay/Modbus_dataset"},
  licence = {"none stated", status = "known", source = "the repository"},
  citation = "A. Lemay, J. M. Fernandez: Providing SCADA Network Data Sets for Intrusion Detection Research. CSET 2016.",
  files = {
    capture = {
      path = "modbus_cset16/moving_two_files_modbus_6RTU.pcap",
      urls = {origin .. "1d7480743070e4c2a19793c3a303c34a03f4121b/moving_two_files_modbus_6RTU.pcap"},
      bytes = 253317,
      sha256 = "cfd34357581d2944d060705f008bfdaa530c9e6111c83824fe8dc05e9c384d46",
    },
    labels = {
      path = "modbus_cset16/moving_two_files_modbus_6RTU_labeled.csv",
      urls = {origin .. "1d7480743070e4c2a19793c3a303c34a03f4121b/moving_two_files_modbus_6RTU_labeled.csv"},
      bytes = 25445,
      sha256 = "ae4b4ec74aa4729c6845d8b9cc4bc654fb5b620f0a2d7d8ae60ec060ee184932",
    },
    numbered = {
      path = "modbus_cset16/moving_two_files_modbus_6RTU.labels.csv",
      optional = true,
      note = "the same labels with a header and commas; not published",
    },
  },
  capture = "capture",
  packets = 3319,
  seconds = 190.021019,
  labels = {
    meaning = "behaviour",
    explain = "The authors' label of each packet, as published (packet;label).",
    file = "labels",
    same_as = "numbered",
    attacks = 75,
    first_attack = 325,
    clean = 324,
  },
  grace = {fm = 50, ad = 250, why = "They end within the clean packets, 1 to 324."},
}
