-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  name = "kitsune_video_injection",
  title = "Kitsune: Video Injection",
  description = "One of the nine data sets of the Kitsune paper, recorded in a video surveillance network: a capture of 35.4 minutes, "
    .. "the statistics that the authors computed from it (115 columns a packet), and one label a packet.",
  homepage = {"https://archive.ics.uci.edu/dataset/516/kitsune+network+attack+dataset",
    "https://www.kaggle.com/datasets/ymirsky/network-attack-dataset-kitsune"},
  licence = {"CC BY 4.0", status = "known", source = "UCI, data set 516"},
  doi = "10.24432/C5D90Q",
  citation = "Y. Mirsky, T. Doitshman, Y. Elovici, A. Shabtai: Kitsune: An Ensemble of Autoencoders for Online "
    .. "Network Intrusion Detection. NDSS 2018.",
  files = {
    capture = {
      path = "kitsune/Video_Injection_pcap.pcapng",
      also = {"Video Injection_pcap.pcapng"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/video_injection/Video%20Injection_pcap.pcapng.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
    },
    labels = {
      path = "kitsune/Video_Injection_labels.csv",
      also = {"Video Injection_labels.csv"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/video_injection/Video%20Injection_labels.csv.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
    },
    features = {
      path = "kitsune/Video_Injection_dataset.csv",
      also = {"Video Injection_dataset.csv"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/video_injection/Video%20Injection_dataset.csv.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
      optional = true,
    },
  },
  capture = "capture",
  features = "features",
  profile = "csv115",
  packets = {2472401, status = "known", source = "capinfos of the Kaggle copy, xGoldy/nid-datasets"},
  labels = {
    meaning = "behaviour",
    explain = "The attacker injects a recorded clip into a live video stream."
      .. " Where the attack begins is not published with the data; a co-author's script connects at packet 2,131,043 and attacks at 2,143,935 (of the full "
      .. "capture), and the first million packets are taken as clean.",
    file = "labels",
    attacks = {102499, status = "to be checked", source = "recollection of the label file; the nine sum to the sourced total, 4,851,280"},
  },
  grace = {fm = 500000, ad = 500000,
    why = "What a co-author's later script uses for the camera network: the first million packets are clean."},
  defects = {
    "Many descriptions give one packet less (2,472,400): a header line or the first row was lost in counting.",
    "The label file is an export of R: header \"\",\"x\", then \"1\",0 with row names from 1.",
    "The capture keeps 200 bytes of a packet at most: statistics must use the length on the wire.",
    "Time goes back from some packets to the next.",
    "The paper's result may stem from another capture of this attack (1,946,985 packets), which is not public.",
  },
}
