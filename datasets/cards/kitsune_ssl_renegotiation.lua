-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  name = "kitsune_ssl_renegotiation",
  title = "Kitsune: SSL Renegotiation",
  description = "One of the nine data sets of the Kitsune paper, recorded in a video surveillance network: a capture of 38.7 minutes, "
    .. "the statistics that the authors computed from it (115 columns a packet), and one label a packet.",
  homepage = {"https://archive.ics.uci.edu/dataset/516/kitsune+network+attack+dataset",
    "https://www.kaggle.com/datasets/ymirsky/network-attack-dataset-kitsune"},
  licence = {"CC BY 4.0", status = "known", source = "UCI, data set 516"},
  doi = "10.24432/C5D90Q",
  citation = "Y. Mirsky, T. Doitshman, Y. Elovici, A. Shabtai: Kitsune: An Ensemble of Autoencoders for Online "
    .. "Network Intrusion Detection. NDSS 2018.",
  files = {
    capture = {
      path = "kitsune/SSL_Renegotiation_pcap.pcap",
      also = {"SSL Renegotiation_pcap.pcap"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/ssl_renegotiation/SSL%20Renegotiation_pcap.pcap.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
    },
    labels = {
      path = "kitsune/SSL_Renegotiation_labels.csv",
      also = {"SSL Renegotiation_labels.csv"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/ssl_renegotiation/SSL%20Renegotiation_labels.csv.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
    },
    features = {
      path = "kitsune/SSL_Renegotiation_dataset.csv",
      also = {"SSL Renegotiation_dataset.csv"},
      urls = {"https://archive.ics.uci.edu/ml/machine-learning-databases/00516/ssl_renegotiation/SSL%20Renegotiation_dataset.csv.gz"},
      login = "Download it from Kaggle (ymirsky/network-attack-dataset-kitsune, which wants a login) or take it out of "
        .. "the archive of UCI data set 516.",
      optional = true,
    },
  },
  capture = "capture",
  features = "features",
  profile = "csv115",
  packets = {2207571, status = "known", source = "capinfos of the Kaggle copy, xGoldy/nid-datasets"},
  labels = {
    meaning = "behaviour",
    explain = "The attacker disables a camera by many TLS renegotiations."
      .. " Where the attack begins is not published with the data; a co-author's script attacks at packet 1,320,000 (of the full "
      .. "capture), and the first million packets are taken as clean.",
    file = "labels",
    attacks = {92652, status = "to be checked", source = "recollection of the label file; the nine sum to the sourced total, 4,851,280"},
  },
  grace = {fm = 500000, ad = 500000,
    why = "What a co-author's later script uses for the camera network: the first million packets are clean."},
  defects = {
    "Many descriptions give one packet less (2,207,570): a header line or the first row was lost in counting.",
    "The label file is an export of R: header \"\",\"x\", then \"1\",0 with row names from 1.",
    "The capture keeps 200 bytes of a packet at most: statistics must use the length on the wire.",
    "Time goes back from some packets to the next.",
    "The name says pcap; the content may be pcapng.",
    "The paper's table may list another capture of this attack than the public one; to be checked.",
  },
}
