-- SPDX-License-Identifier: GPL-3.0-or-later
local counted = "row counts that several users of the files publish"

return {
  name = "nbaiot_simplehome_1003_camera",
  title = "N-BaIoT: SimpleHome XCS7 1003 WHT Security Camera",
  description = "One of the nine devices of N-BaIoT: rows of 115 statistics, made from captures of one device, clean "
    .. "and infected with BASHLITE (gafgyt) and Mirai. The captures themselves are not published.",
  homepage = {"https://archive.ics.uci.edu/dataset/442/detection+of+iot+botnet+attacks+n+baiot"},
  licence = {"CC BY 4.0", status = "known", source = "UCI, data set 442"},
  doi = "10.24432/C5RC8J",
  citation = "Y. Meidan, M. Bohadana, Y. Mathov, Y. Mirsky, A. Shabtai, D. Breitenbacher, Y. Elovici: N-BaIoT: "
    .. "Network-Based Detection of IoT Botnet Attacks Using Deep Autoencoders. IEEE Pervasive Computing 17(3), 2018.",
  files = {
    benign = {
      path = "n_baiot/SimpleHome_XCS7_1003_WHT_Security_Camera/benign_traffic.csv",
      also = {"SimpleHome_XCS7_1003_WHT_Security_Camera/benign_traffic.csv"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00442/SimpleHome_XCS7_1003_WHT_Security_Camera/benign_traffic.csv"},
      login = "It is in the archive of UCI data set 442 (1.7 GB, SHA-256 64929678b081d8e579a8d7c488cf11cc"
        .. "588403f282d5fb065b4156edbd55de9b): unpack that, and give its folder with --from.",
    },
    gafgyt = {
      path = "n_baiot/SimpleHome_XCS7_1003_WHT_Security_Camera/gafgyt_attacks.rar",
      also = {"SimpleHome_XCS7_1003_WHT_Security_Camera/gafgyt_attacks.rar"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00442/SimpleHome_XCS7_1003_WHT_Security_Camera/gafgyt_attacks.rar"},
      login = "It is in the archive of UCI data set 442 (1.7 GB, SHA-256 64929678b081d8e579a8d7c488cf11cc"
        .. "588403f282d5fb065b4156edbd55de9b): unpack that, and give its folder with --from.",
    },
    mirai = {
      path = "n_baiot/SimpleHome_XCS7_1003_WHT_Security_Camera/mirai_attacks.rar",
      also = {"SimpleHome_XCS7_1003_WHT_Security_Camera/mirai_attacks.rar"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00442/SimpleHome_XCS7_1003_WHT_Security_Camera/mirai_attacks.rar"},
      login = "It is in the archive of UCI data set 442 (1.7 GB, SHA-256 64929678b081d8e579a8d7c488cf11cc"
        .. "588403f282d5fb065b4156edbd55de9b): unpack that, and give its folder with --from.",
    },
    rows = {
      path = "n_baiot/SimpleHome_XCS7_1003_WHT_Security_Camera/all.csv",
      header = true,
      joined = {
        {file = "benign", label = 0, rows = {19528, status = "known", source = counted}},
        {file = "gafgyt", member = "combo.csv", label = 1, rows = {59398, status = "known", source = counted}},
        {file = "gafgyt", member = "junk.csv", label = 1, rows = {27413, status = "known", source = counted}},
        {file = "gafgyt", member = "scan.csv", label = 1, rows = {28572, status = "known", source = counted}},
        {file = "gafgyt", member = "tcp.csv", label = 1, rows = {98075, status = "known", source = counted}},
        {file = "gafgyt", member = "udp.csv", label = 1, rows = {102980, status = "known", source = counted}},
        {file = "mirai", member = "ack.csv", label = 1, rows = {107187, status = "known", source = counted}},
        {file = "mirai", member = "scan.csv", label = 1, rows = {43674, status = "known", source = counted}},
        {file = "mirai", member = "syn.csv", label = 1, rows = {122479, status = "known", source = counted}},
        {file = "mirai", member = "udp.csv", label = 1, rows = {157084, status = "known", source = counted}},
        {file = "mirai", member = "udpplain.csv", label = 1, rows = {84436, status = "known", source = counted}},
      },
    },
  },
  features = "rows",
  profile = "csv115",
  packets = {850826, status = "known", source = counted},
  labels = {
    meaning = "behaviour",
    explain = "The authors give one file for the clean device and one for each attack: all rows of an attack's file are "
      .. "attacks.",
    joined = "rows",
    attacks = {831298, status = "known", source = counted},
    first_attack = {19529, status = "known", source = counted},
    clean = {19528, status = "known", source = counted},
  },
  grace = {fm = 976, ad = 12042,
    why = "Two thirds of the clean rows together, as the authors train; the last third tests false alarms."},
  defects = {
    "The order of the files is ours: they are separate recordings, not one that runs from clean to attack.",
    "Rows have neither time nor addresses, so rules and plots over time do not apply.",
    "A device's attack files hold what the device sends when infected: no benign row comes after the first attack.",
  },
}
