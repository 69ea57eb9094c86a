-- SPDX-License-Identifier: GPL-3.0-or-later
local counted = "row counts that several users of the files publish"

return {
  name = "nbaiot_philips_baby_monitor",
  title = "N-BaIoT: Philips B120N10 Baby Monitor",
  description = "One of the nine devices of N-BaIoT: rows of 115 statistics, made from captures of one device, clean "
    .. "and infected with BASHLITE (gafgyt) and Mirai. The captures themselves are not published.",
  homepage = {"https://archive.ics.uci.edu/dataset/442/detection+of+iot+botnet+attacks+n+baiot"},
  licence = {"CC BY 4.0", status = "known", source = "UCI, data set 442"},
  doi = "10.24432/C5RC8J",
  citation = "Y. Meidan, M. Bohadana, Y. Mathov, Y. Mirsky, A. Shabtai, D. Breitenbacher, Y. Elovici: N-BaIoT: "
    .. "Network-Based Detection of IoT Botnet Attacks Using Deep Autoencoders. IEEE Pervasive Computing 17(3), 2018.",
  files = {
    benign = {
      path = "n_baiot/Philips_B120N10_Baby_Monitor/benign_traffic.csv",
      also = {"Philips_B120N10_Baby_Monitor/benign_traffic.csv"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00442/Philips_B120N10_Baby_Monitor/benign_traffic.csv"},
      login = "It is in the archive of UCI data set 442 (1.7 GB, SHA-256 64929678b081d8e579a8d7c488cf11cc"
        .. "588403f282d5fb065b4156edbd55de9b): unpack that, and give its folder with --from.",
    },
    gafgyt = {
      path = "n_baiot/Philips_B120N10_Baby_Monitor/gafgyt_attacks.rar",
      also = {"Philips_B120N10_Baby_Monitor/gafgyt_attacks.rar"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00442/Philips_B120N10_Baby_Monitor/gafgyt_attacks.rar"},
      login = "It is in the archive of UCI data set 442 (1.7 GB, SHA-256 64929678b081d8e579a8d7c488cf11cc"
        .. "588403f282d5fb065b4156edbd55de9b): unpack that, and give its folder with --from.",
    },
    mirai = {
      path = "n_baiot/Philips_B120N10_Baby_Monitor/mirai_attacks.rar",
      also = {"Philips_B120N10_Baby_Monitor/mirai_attacks.rar"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00442/Philips_B120N10_Baby_Monitor/mirai_attacks.rar"},
      login = "It is in the archive of UCI data set 442 (1.7 GB, SHA-256 64929678b081d8e579a8d7c488cf11cc"
        .. "588403f282d5fb065b4156edbd55de9b): unpack that, and give its folder with --from.",
    },
    rows = {
      path = "n_baiot/Philips_B120N10_Baby_Monitor/all.csv",
      header = true,
      joined = {
        {file = "benign", label = 0, rows = {175240, status = "known", source = counted}},
        {file = "gafgyt", member = "combo.csv", label = 1, rows = {58152, status = "known", source = counted}},
        {file = "gafgyt", member = "junk.csv", label = 1, rows = {28349, status = "known", source = counted}},
        {file = "gafgyt", member = "scan.csv", label = 1, rows = {27859, status = "known", source = counted}},
        {file = "gafgyt", member = "tcp.csv", label = 1, rows = {92581, status = "known", source = counted}},
        {file = "gafgyt", member = "udp.csv", label = 1, rows = {105782, status = "known", source = counted}},
        {file = "mirai", member = "ack.csv", label = 1, rows = {91123, status = "known", source = counted}},
        {file = "mirai", member = "scan.csv", label = 1, rows = {103621, status = "known", source = counted}},
        {file = "mirai", member = "syn.csv", label = 1, rows = {118128, status = "known", source = counted}},
        {file = "mirai", member = "udp.csv", label = 1, rows = {217034, status = "known", source = counted}},
        {file = "mirai", member = "udpplain.csv", label = 1, rows = {80808, status = "known", source = counted}},
      },
    },
  },
  features = "rows",
  profile = "csv115",
  packets = {1098677, status = "known", source = counted},
  labels = {
    meaning = "behaviour",
    explain = "The authors give one file for the clean device and one for each attack: all rows of an attack's file are "
      .. "attacks.",
    joined = "rows",
    attacks = {923437, status = "known", source = counted},
    first_attack = {175241, status = "known", source = counted},
    clean = {175240, status = "known", source = counted},
  },
  grace = {fm = 5000, ad = 111826,
    why = "Two thirds of the clean rows together, as the authors train; the last third tests false alarms."},
  defects = {
    "The order of the files is ours: they are separate recordings, not one that runs from clean to attack.",
    "Rows have neither time nor addresses, so rules and plots over time do not apply.",
    "A device's attack files hold what the device sends when infected: no benign row comes after the first attack.",
  },
}
