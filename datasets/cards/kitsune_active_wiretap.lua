-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  name = "kitsune_active_wiretap",
  title = "Kitsune: Active Wiretap",
  description = "One of the nine data sets of the Kitsune paper, recorded in a video surveillance network: a capture of 21.9 minutes, "
    .. "the statistics that the authors computed from it (115 columns a packet), and one label a packet.",
  homepage = {"https://archive.ics.uci.edu/dataset/516/kitsune+network+attack+dataset",
    "https://www.kaggle.com/datasets/ymirsky/network-attack-dataset-kitsune"},
  licence = {"CC BY 4.0", status = "known", source = "UCI, data set 516"},
  doi = "10.24432/C5D90Q",
  citation = "Y. Mirsky, T. Doitshman, Y. Elovici, A. Shabtai: Kitsune: An Ensemble of Autoencoders for Online "
    .. "Network Intrusion Detection. NDSS 2018.",
  files = {
    capture = {
      path = "kitsune/Active_Wiretap_pcap.pcapng",
      also = {"Active Wiretap_pcap.pcapng"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/active_wiretap/Active%20Wiretap_pcap.pcapng.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
    },
    labels = {
      path = "kitsune/Active_Wiretap_labels.csv",
      also = {"Active Wiretap_labels.csv"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/active_wiretap/Active%20Wiretap_labels.csv.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
    },
    features = {
      path = "kitsune/Active_Wiretap_dataset.csv",
      also = {"Active Wiretap_dataset.csv"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/active_wiretap/Active%20Wiretap_dataset.csv.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
      optional = true,
    },
  },
  capture = "capture",
  features = "features",
  profile = "csv115",
  packets = {2278689, status = "known", source = "capinfos of the Kaggle copy, xGoldy/nid-datasets"},
  labels = {
    meaning = "path",
    explain = "The attacker intercepts the traffic by a bridge put into a cable; every packet that passed through it is marked, whatever it carries."
      .. " Where the attack begins is not published with the data; a co-author's script attacks at packet 1,300,000 (of the full "
      .. "capture), and the first million packets are taken as clean.",
    file = "labels",
    attacks = {923216, status = "to be checked", source = "recollection of the label file; the nine sum to the sourced total, 4,851,280"},
  },
  grace = {fm = 500000, ad = 500000,
    why = "What a co-author's later script uses for the camera network: the first million packets are clean."},
  defects = {
    "Many descriptions give one packet less (2,278,688): a header line or the first row was lost in counting.",
    "The label file is an export of R: header \"\",\"x\", then \"1\",0 with row names from 1.",
    "The capture keeps 200 bytes of a packet at most: statistics must use the length on the wire.",
    "Time goes back from some packets to the next.",
    "The paper's table may list another capture of this attack than the public one; to be checked.",
  },
}
