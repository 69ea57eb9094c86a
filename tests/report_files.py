# SPDX-License-Identifier: GPL-3.0-or-later
"""Small result files of every kind for the tests of `ninetails report`."""
import subprocess

EXPERIMENT = """
local nt = require "ninetails"
local sets = {}
for i, scenario in ipairs {"ssdp_flood", "arp_mitm", "os_scan"} do
  sets[i] = nt.synthetic {scenario = scenario, packets = 5000, seed = 1}
end
return nt.experiment {
  name = "report", datasets = sets, grace = {fm = 200, ad = {800, 1800}},
  detectors = {nt.kitnet {max_autoencoder = {5, 20}}, nt.pca {}, nt.mahalanobis {}},
  repeats = 2, metrics = {replicates = 50},
}
"""


def run(*words):
    done = subprocess.run([str(w) for w in words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, words))}: exit code {done.returncode}: {done.stderr}")
    return done.stdout


def sweep(ninetails, folder):
    (folder / "report.lua").write_text(EXPERIMENT)
    run(ninetails, "run", folder / "report.lua", "-o", folder / "sweep.h5", "--quiet", "--jobs", 2)
    return folder / "sweep.h5"


def other(ninetails, folder):
    """The sweep with another profile and fewer configurations."""
    (folder / "other.lua").write_text(EXPERIMENT.replace("repeats = 2,", "repeats = 2, profile = \"py100\",").replace("{5, 20}", "5"))
    run(ninetails, "run", folder / "other.lua", "-o", folder / "other.h5", "--quiet", "--jobs", 2)
    return folder / "other.h5"


def scoring(ninetails, folder):
    run(ninetails, "dataset", "synth", "mirai", "--packets", 6000, "--seed", 3, "-o", folder / "m.pcap", "--quiet")
    run(ninetails, "score", folder / "m.pcap", "--labels", folder / "m.pcap.labels.csv", "--fm-grace", 500, "--ad-grace", 1500,
        "-o", folder / "scores.h5", "--quiet")
    return folder / "scores.h5"
