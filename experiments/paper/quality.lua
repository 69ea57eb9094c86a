-- SPDX-License-Identifier: GPL-3.0-or-later
-- AUC, EER, TPR and FNR of KitNET and what the paper compares it with, beside trivial scores that any detector has to beat.
-- The paper's own scripts smooth scores before TPR and fold the AUC: paper_protocol does so, and every run says it did.
local nt = require "ninetails"

local opt = nt.options {
  data = {default = "here", choices = {"smoke", "here"},
    help = "smoke: the nine attacks synthesised, and small captures; here: all labelled data sets that are here or can be made"},
  packets = {default = 20000, min = 5000, max = 100000000, help = "packets of each synthesised capture"},
  paper_protocol = {default = true, help = "smooth before TPR, fold the AUC, as the paper's scripts do"},
  suricata = {default = false, help = "Suricata, too, as it is installed and configured; it needs captures with frames"},
  keep_scores = {default = false, help = "store the score of every packet"},
}

local datasets = {}
if opt.data == "smoke" then
  for _, scenario in ipairs {"os_scan", "fuzzing", "video_injection", "arp_mitm", "active_wiretap", "ssdp_flood", "syn_dos",
    "ssl_renegotiation", "mirai"} do
    table.insert(datasets, nt.synthetic {scenario = scenario, packets = opt.packets, seed = 1,
      -- in Mirai's the attack begins early
      grace = {fm = opt.packets // 50, ad = opt.packets * (scenario == "mirai" and 1 or 4) // 10}})
  end
  table.insert(datasets, nt.available {attacks = true, capture = true, most = 30000})
else
  datasets[1] = nt.available {attacks = true, synthetic = true}
end

-- The paper's, then scores that learn little or nothing.
local wanted = {kitnet = true, autoencoder_single = true, isolation_forest = true, gaussian_mixture = true,
  gaussian_mixture_online = true, pcstream2 = true, packet_length = true, packet_rate = true, inter_arrival = true,
  packet_index = true}
wanted.suricata = opt.suricata
local detectors = {}
for _, class in ipairs(nt.detectors()) do
  if wanted[class.name] then table.insert(detectors, nt[class.name] {}) end
end

return nt.experiment {
  name = "paper.quality",
  title = "The paper's detectors on each data set: figures fig-tpr, fig-auc, fig-eer",
  datasets = datasets,
  detectors = detectors,
  repeats = 1,
  metrics = opt.paper_protocol and {paper_protocol = true} or {},
  keep_scores = opt.keep_scores,
}
