-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  name = "kitsune_mirai",
  title = "Kitsune: Mirai",
  description = "One of the nine data sets of the Kitsune paper, recorded in a network of IoT devices: a capture of 118.9 minutes, "
    .. "the statistics that the authors computed from it (115 columns a packet), and one label a packet.",
  homepage = {"https://archive.ics.uci.edu/dataset/516/kitsune+network+attack+dataset",
    "https://www.kaggle.com/datasets/ymirsky/network-attack-dataset-kitsune"},
  licence = {"CC BY 4.0", status = "known", source = "UCI, data set 516"},
  doi = "10.24432/C5D90Q",
  citation = "Y. Mirsky, T. Doitshman, Y. Elovici, A. Shabtai: Kitsune: An Ensemble of Autoencoders for Online "
    .. "Network Intrusion Detection. NDSS 2018.",
  files = {
    capture = {
      path = "kitsune/Mirai_pcap.pcap",
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/mirai/Mirai_pcap.pcap.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
    },
    labels = {
      path = "kitsune/Mirai_labels.csv",
      also = {"mirai_labels.csv"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/mirai/Mirai_labels.csv.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
      md5 = {"dcdd8a9ce6d3473d660d17a39c4f1192", status = "to be checked",
        source = "of the Kaggle copy, CassioBatista/ereno-Adaptativo; UCI's may differ"},
    },
    features = {
      path = "kitsune/Mirai_dataset.csv",
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/mirai/Mirai_dataset.csv.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
      optional = true,
      md5 = {"158e157d190d967471cd129adcce01fc", status = "to be checked",
        source = "of the Kaggle copy, CassioBatista/ereno-Adaptativo; UCI's may differ"},
    },
  },
  capture = "capture",
  features = "features",
  profile = "csv115",
  packets = {764137, status = "known", source = "capinfos of the Kaggle copy, xGoldy/nid-datasets"},
  labels = {
    meaning = "interval",
    explain = "A network of IoT devices is infected with the Mirai botnet; from the infection on every packet is marked.",
    file = "labels",
    attacks = {642516, status = "known", source = "labels of the Kaggle copy, CassioBatista/ereno-Adaptativo"},
    first_attack = {121622, status = "known", source = "labels of the Kaggle copy, CassioBatista/ereno-Adaptativo (onset 121621, from 0)"},
    clean = {121621, status = "known", source = "labels of the Kaggle copy, CassioBatista/ereno-Adaptativo"},
  },
  grace = {fm = 5000, ad = 50000,
    why = "As in the example of the public code. A co-author trains on 30,000 + 91,662 packets, which reaches into the "
      .. "first packets marked as attack."},
  defects = {
    "Many descriptions give one packet less (764,136): a header line or the first row was lost in counting.",
    "The label file has no header: a reader that expects one loses the first label.",
    "The capture is dated 2018-10-25, after the paper; whether it is the one of the paper is to be checked.",
    "The copy of the labels in the history of ymirsky/Kitsune-py has another MD5 than the one stated for Kaggle's "
      .. "file; their counts agree.",
    "The capture keeps 200 bytes of a packet at most: statistics must use the length on the wire.",
    "Time goes back from some packets to the next.",
    "The name says pcap; the content may be pcapng.",
    "In 83.6 % of the rows of the feature file a jitter column holds a date instead of a gap: they tell when a "
      .. "packet was sent.",
    "No packet after the onset is benign: any score that follows time or packet rate separates the two. Put a baseline next to it.",
  },
}
