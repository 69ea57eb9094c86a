-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  name = "kitsune_mirai_head",
  title = "Kitsune: Mirai, the first 38,363 packets",
  description = "The beginning of Kitsune's Mirai capture as packet records (tshark's 19 columns), as far as a public repository "
    .. "holds it: benign traffic of IoT devices.",
  homepage = {"https://github.com/sungmin-net/KitsuneVariation_ItrcProject", "https://github.com/ymirsky/Kitsune-py"},
  licence = {"MIT (of the repository that holds it)", status = "known", source = "sungmin-net/KitsuneVariation_ItrcProject"},
  citation = "Y. Mirsky, T. Doitshman, Y. Elovici, A. Shabtai: Kitsune: An Ensemble of Autoencoders for Online "
    .. "Network Intrusion Detection. NDSS 2018.",
  files = {
    capture = {
      path = "kitsune_mirai_partial/mirai.pcap.tsv",
      urls = {"https://raw.githubusercontent.com/sungmin-net/KitsuneVariation_ItrcProject/"
        .. "ec7397d2490c0341940fbf463a778a07974d64eb/mirai.pcap.tsv"},
      bytes = 4190208,
      sha256 = "d1eacea8e6cfd0a9c31068b6aae89ca3211ce7a1c6f196c1b4254871e2bc3610",
    },
    labels = {
      path = "kitsune_mirai_partial/mirai_labels.csv",
      urls = {"https://raw.githubusercontent.com/zyyrrr/attack-defense/85d038460368b20e9cc6b306bd759d4606c7f321/mirai_labels.csv"},
      bytes = {1528273, status = "to be checked", source = "of another copy; this one may end its lines with CR LF"},
      sha256 = {"05907de81eed9fe4074d71076cd128bd6e9d1980eb54fb8e26b90bc4adf0dcd8", status = "to be checked",
        source = "of another copy; this one may end its lines with CR LF"},
    },
  },
  capture = "capture",
  packets = 38363,
  seconds = 1404.5,
  labels = {
    meaning = "none",
    explain = "The labels of the whole capture (764,137 packets); the first attack is packet 121,622, so all of these are "
      .. "benign.",
    file = "labels",
    lines = 764137,
    attacks = 0,
    clean = 38363,
  },
  grace = {fm = 5000, ad = 20000, why = "Every packet is clean; the rest tells false alarms."},
  defects = {
    "The file is cut off within its 38,364th row.",
    "No attack: it serves training, comparisons of features, and false alarms.",
  },
}
