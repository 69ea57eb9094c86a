-- SPDX-License-Identifier: GPL-3.0-or-later
-- KitNET on the statistics that the paper's authors released, with the grace periods of their example, neither smoothed nor
-- folded: what others have published figures of. docs/reproduction.md sets the two side by side.
local nt = require "ninetails"

local datasets = {}
for _, name in ipairs {"mirai", "os_scan", "ssdp_flood", "ssl_renegotiation", "arp_mitm", "syn_dos", "fuzzing",
  "video_injection", "active_wiretap"} do
  table.insert(datasets, nt.dataset {card = "kitsune_" .. name, input = "features", name = name,
    grace = {fm = 5000, ad = 50000}})
end

return nt.experiment {
  name = "paper.published",
  title = "KitNET on the nine released tables of statistics, fm 5,000 and ad 50,000",
  datasets = datasets,
  detectors = {nt.kitnet {}},
  keep_scores = false,
}
