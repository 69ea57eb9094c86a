-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  name = "kitsune_os_scan",
  title = "Kitsune: OS Scan",
  description = "One of the nine data sets of the Kitsune paper, recorded in a video surveillance network: a capture of 52.2 minutes, "
    .. "the statistics that the authors computed from it (115 columns a packet), and one label a packet.",
  homepage = {"https://archive.ics.uci.edu/dataset/516/kitsune+network+attack+dataset",
    "https://www.kaggle.com/datasets/ymirsky/network-attack-dataset-kitsune"},
  licence = {"CC BY 4.0", status = "known", source = "UCI, data set 516"},
  doi = "10.24432/C5D90Q",
  citation = "Y. Mirsky, T. Doitshman, Y. Elovici, A. Shabtai: Kitsune: An Ensemble of Autoencoders for Online "
    .. "Network Intrusion Detection. NDSS 2018.",
  files = {
    capture = {
      path = "kitsune/OS_Scan_pcap.pcapng",
      also = {"OS Scan_pcap.pcapng"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/os_scan/OS%20Scan_pcap.pcapng.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
    },
    labels = {
      path = "kitsune/OS_Scan_labels.csv",
      also = {"OS Scan_labels.csv"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/os_scan/OS%20Scan_labels.csv.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
      md5 = {"7fa3af47f764b7a8e768acff2b325e36", status = "to be checked",
        source = "of the Kaggle copy, CassioBatista/ereno-Adaptativo; UCI's may differ"},
    },
    features = {
      path = "kitsune/OS_Scan_dataset.csv",
      also = {"OS Scan_dataset.csv"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/os_scan/OS%20Scan_dataset.csv.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
      optional = true,
      md5 = {"07d153d120b83d0b66531c38f575fd7c", status = "to be checked",
        source = "of the Kaggle copy, CassioBatista/ereno-Adaptativo; UCI's may differ"},
    },
  },
  capture = "capture",
  features = "features",
  profile = "csv115",
  packets = {1697851, status = "known", source = "capinfos of the Kaggle copy, xGoldy/nid-datasets"},
  labels = {
    meaning = "behaviour",
    explain = "The attacker scans the hosts of the network for their operating systems."
      .. " A co-author's script connects and attacks at packet 1,301,000.",
    file = "labels",
    attacks = {65700, status = "to be checked", source = "recollection of the label file; the nine sum to the sourced total, 4,851,280"},
    first_attack = {1314659, status = "known", source = "labels of the Kaggle copy, CassioBatista/ereno-Adaptativo (onset 1314658, from 0)"},
    clean = {1314658, status = "known", source = "labels of the Kaggle copy, CassioBatista/ereno-Adaptativo"},
  },
  grace = {fm = 500000, ad = 500000,
    why = "What a co-author's later script uses for the camera network: the first million packets are clean."},
  defects = {
    "Many descriptions give one packet less (1,697,850): a header line or the first row was lost in counting.",
    "The label file is an export of R: header \"\",\"x\", then \"1\",0 with row names from 1.",
    "The capture keeps 200 bytes of a packet at most: statistics must use the length on the wire.",
    "Time goes back from some packets to the next.",
    "In 65.9 % of the rows of the feature file a jitter column holds a date instead of a gap: they tell when a "
      .. "packet was sent.",
    "82.9 % of the packets after the onset are benign.",
  },
}
