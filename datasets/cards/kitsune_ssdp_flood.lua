-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  name = "kitsune_ssdp_flood",
  title = "Kitsune: SSDP Flood",
  description = "One of the nine data sets of the Kitsune paper, recorded in a video surveillance network: a capture of 40.7 minutes, "
    .. "the statistics that the authors computed from it (115 columns a packet), and one label a packet.",
  homepage = {"https://archive.ics.uci.edu/dataset/516/kitsune+network+attack+dataset",
    "https://www.kaggle.com/datasets/ymirsky/network-attack-dataset-kitsune"},
  licence = {"CC BY 4.0", status = "known", source = "UCI, data set 516"},
  doi = "10.24432/C5D90Q",
  citation = "Y. Mirsky, T. Doitshman, Y. Elovici, A. Shabtai: Kitsune: An Ensemble of Autoencoders for Online "
    .. "Network Intrusion Detection. NDSS 2018.",
  files = {
    capture = {
      path = "kitsune/SSDP_Flood_pcap.pcap",
      also = {"SSDP Flood_pcap.pcap"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/ssdp_flood/SSDP%20Flood_pcap.pcap.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
    },
    labels = {
      path = "kitsune/SSDP_Flood_labels.csv",
      also = {"SSDP Flood_labels.csv"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/ssdp_flood/SSDP%20Flood_labels.csv.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
      md5 = {"352f46f19e732a74154e27a4aa0ae3a4", status = "to be checked",
        source = "of the Kaggle copy, CassioBatista/ereno-Adaptativo; UCI's may differ"},
    },
    features = {
      path = "kitsune/SSDP_Flood_dataset.csv",
      also = {"SSDP Flood_dataset.csv"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/ssdp_flood/SSDP%20Flood_dataset.csv.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
      optional = true,
      md5 = {"f9cbe2e695e87d5e2d85fd7f9b46ae16", status = "to be checked",
        source = "of the Kaggle copy, CassioBatista/ereno-Adaptativo; UCI's may differ"},
    },
  },
  capture = "capture",
  features = "features",
  profile = "csv115",
  packets = {4077266, status = "known", source = "capinfos of the Kaggle copy, xGoldy/nid-datasets"},
  labels = {
    meaning = "behaviour",
    explain = "The attacker overloads the network's recorder by making cameras advertise services to it."
      .. " A co-author's script connects at packet 2,607,120 and attacks at 2,612,406.",
    file = "labels",
    attacks = {1439604, status = "to be checked", source = "recollection of the label file; the nine sum to the sourced total, 4,851,280"},
    first_attack = {2613443, status = "known", source = "labels of the Kaggle copy, CassioBatista/ereno-Adaptativo (onset 2613442, from 0)"},
    clean = {2613442, status = "known", source = "labels of the Kaggle copy, CassioBatista/ereno-Adaptativo"},
  },
  grace = {fm = 500000, ad = 500000,
    why = "What a co-author's later script uses for the camera network: the first million packets are clean."},
  defects = {
    "Many descriptions give one packet less (4,077,265): a header line or the first row was lost in counting.",
    "The label file is an export of R: header \"\",\"x\", then \"1\",0 with row names from 1.",
    "The capture keeps 200 bytes of a packet at most: statistics must use the length on the wire.",
    "Time goes back from some packets to the next.",
    "The name says pcap; the content may be pcapng.",
    "In 54.0 % of the rows of the feature file a jitter column holds a date instead of a gap: they tell when a "
      .. "packet was sent.",
    "1.7 % of the packets after the onset are benign.",
  },
}
