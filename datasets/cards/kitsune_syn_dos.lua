-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  name = "kitsune_syn_dos",
  title = "Kitsune: SYN DoS",
  description = "One of the nine data sets of the Kitsune paper, recorded in a video surveillance network: a capture of 52.8 minutes, "
    .. "the statistics that the authors computed from it (115 columns a packet), and one label a packet.",
  homepage = {"https://archive.ics.uci.edu/dataset/516/kitsune+network+attack+dataset",
    "https://www.kaggle.com/datasets/ymirsky/network-attack-dataset-kitsune"},
  licence = {"CC BY 4.0", status = "known", source = "UCI, data set 516"},
  doi = "10.24432/C5D90Q",
  citation = "Y. Mirsky, T. Doitshman, Y. Elovici, A. Shabtai: Kitsune: An Ensemble of Autoencoders for Online "
    .. "Network Intrusion Detection. NDSS 2018.",
  files = {
    capture = {
      path = "kitsune/SYN_DoS_pcap.pcap",
      also = {"SYN DoS_pcap.pcap"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/syn_dos/SYN%20DoS_pcap.pcap.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
      sha256 = {"98a988f50e5e1a25c43e6275e3fe5ef682737252705315c1ae185735cd19eb1e", status = "to be checked",
        source = "of the Kaggle copy, xGoldy/nid-datasets; UCI's may differ"},
    },
    labels = {
      path = "kitsune/SYN_DoS_labels.csv",
      also = {"SYN DoS_labels.csv"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/syn_dos/SYN%20DoS_labels.csv.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
      md5 = {"534efe17ec8da7f7dd12bc5687ac0620", status = "to be checked",
        source = "of the Kaggle copy, CassioBatista/ereno-Adaptativo; UCI's may differ"},
    },
    features = {
      path = "kitsune/SYN_DoS_dataset.csv",
      also = {"SYN DoS_dataset.csv"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/syn_dos/SYN%20DoS_dataset.csv.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
      optional = true,
      md5 = {"04f230ab6032b33d58e1b8a3abc077b3", status = "to be checked",
        source = "of the Kaggle copy, CassioBatista/ereno-Adaptativo; UCI's may differ"},
    },
  },
  capture = "capture",
  features = "features",
  profile = "csv115",
  packets = {2771276, status = "known", source = "capinfos of the Kaggle copy, xGoldy/nid-datasets"},
  labels = {
    meaning = "behaviour",
    explain = "The attacker floods a camera's web server with SYN segments."
      .. " A co-author's script connects at packet 2,682,312 and attacks at 2,697,806.",
    file = "labels",
    attacks = {7038, status = "to be checked", source = "recollection of the label file; the nine sum to the sourced total, 4,851,280"},
    first_attack = {2682350, status = "known", source = "labels of the Kaggle copy, CassioBatista/ereno-Adaptativo (onset 2682349, from 0)"},
    clean = {2682349, status = "known", source = "labels of the Kaggle copy, CassioBatista/ereno-Adaptativo"},
  },
  grace = {fm = 500000, ad = 500000,
    why = "What a co-author's later script uses for the camera network: the first million packets are clean."},
  defects = {
    "Many descriptions give one packet less (2,771,275): a header line or the first row was lost in counting.",
    "The label file is an export of R: header \"\",\"x\", then \"1\",0 with row names from 1.",
    "The capture keeps 200 bytes of a packet at most: statistics must use the length on the wire.",
    "Time goes back from some packets to the next.",
    "The name says pcap; the content may be pcapng.",
    "In 62.5 % of the rows of the feature file a jitter column holds a date instead of a gap: they tell when a "
      .. "packet was sent.",
    "92.1 % of the packets after the onset are benign.",
    "The last line of the label file lacks its newline.",
  },
}
