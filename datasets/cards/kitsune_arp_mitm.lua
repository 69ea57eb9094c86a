-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  name = "kitsune_arp_mitm",
  title = "Kitsune: ARP MitM",
  description = "One of the nine data sets of the Kitsune paper, recorded in a video surveillance network: a capture of 20.2 minutes, "
    .. "the statistics that the authors computed from it (115 columns a packet), and one label a packet.",
  homepage = {"https://archive.ics.uci.edu/dataset/516/kitsune+network+attack+dataset",
    "https://www.kaggle.com/datasets/ymirsky/network-attack-dataset-kitsune"},
  licence = {"CC BY 4.0", status = "known", source = "UCI, data set 516"},
  doi = "10.24432/C5D90Q",
  citation = "Y. Mirsky, T. Doitshman, Y. Elovici, A. Shabtai: Kitsune: An Ensemble of Autoencoders for Online "
    .. "Network Intrusion Detection. NDSS 2018.",
  files = {
    capture = {
      path = "kitsune/ARP_MitM_pcap.pcapng",
      also = {"ARP MitM_pcap.pcapng"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/arp_mitm/ARP%20MitM_pcap.pcapng.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
    },
    labels = {
      path = "kitsune/ARP_MitM_labels.csv",
      also = {"ARP MitM_labels.csv"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/arp_mitm/ARP%20MitM_labels.csv.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
    },
    features = {
      path = "kitsune/ARP_MitM_dataset.csv",
      also = {"ARP MitM_dataset.csv"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/arp_mitm/ARP%20MitM_dataset.csv.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
      optional = true,
    },
  },
  capture = "capture",
  features = "features",
  profile = "csv115",
  packets = {2504267, status = "known", source = "capinfos of the Kaggle copy, xGoldy/nid-datasets"},
  labels = {
    meaning = "path",
    explain = "The attacker intercepts the traffic of the network by ARP poisoning; every packet that passed through the attacker is marked, whatever it carries."
      .. " Where the attack begins is not published with the data; a co-author's script attacks at packet 1,300,000 (of the full "
      .. "capture), and the first million packets are taken as clean.",
    file = "labels",
    attacks = {1145272, status = "to be checked", source = "recollection of the label file; the nine sum to the sourced total, 4,851,280"},
  },
  grace = {fm = 500000, ad = 500000,
    why = "What a co-author's later script uses for the camera network: the first million packets are clean."},
  defects = {
    "Many descriptions give one packet less (2,504,266): a header line or the first row was lost in counting.",
    "The label file is an export of R: header \"\",\"x\", then \"1\",0 with row names from 1.",
    "The capture keeps 200 bytes of a packet at most: statistics must use the length on the wire.",
    "Time goes back from some packets to the next.",
  },
}
