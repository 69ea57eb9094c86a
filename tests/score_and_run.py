#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`ninetails score` and `ninetails run` report the same figures for the same capture and parameters: the attributes of
score's file equal the row and the provenance of run's.

usage: score_and_run.py NINETAILS
"""
import os
import subprocess
import sys
import tempfile

import h5py
import numpy

SCRIPT = """
local nt = require "ninetails"
return nt.experiment {
  name = "same", datasets = {DATASET}, grace = {fm = 200, ad = 3000}, seeds = {1234},
  detectors = {nt.kitnet {}}, profile = "stream",
}
"""
# `score` omits the intervals of the block bootstrap, which take longer than scoring.
BOOTSTRAP = ("_block_low", "_block_high")
PARAMETERS = ("fm_grace", "ad_grace", "max_autoencoder", "learning_rate", "hidden_ratio", "seed", "tail_probability", "profile")
PROVENANCE = ("version", "commit", "dirty", "compiler", "flags", "libraries", "cpu", "cpu_features", "isa", "host")


def main(ninetails):
    def run(*words):
        done = subprocess.run([ninetails, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert done.returncode == 0, (words, done.stderr)
        return done.stderr

    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ.update(NINETAILS_CACHE=folder + "/cache", NINETAILS_DATA=folder + "/data", XDG_CONFIG_HOME=folder)
        run("dataset", "synth", "ssdp_flood", "--packets", "6000", "-o", "in.pcap", "--quiet")
        with open("labels", "w", encoding="utf-8") as f:
            f.write("".join("x\n" if i % 100 == 7 else "BENIGN\n" if i <= 1500 or i % 3 else "odd, \xe9\n" if i % 2 else "even\n"
                            for i in range(6000)))
        with open("same.lua", "w") as f:
            f.write(SCRIPT.replace("DATASET", 'nt.dataset {name = "same", capture = "in.pcap", labels = "labels"}'))
        told = [run("run", "same.lua", "--quiet", "-o", "run.h5"),
                run("score", "in.pcap", "--labels", "labels", "--fm-grace", "200", "--ad-grace", "3e3",
                    "--quiet", "-o", "score.h5")]
        with h5py.File("run.h5") as of_run, h5py.File("score.h5") as of_score:
            row = {name: column[0] for name, column in of_run["runs"].items()}
            figures = [name for name, column in of_run["runs"].items()
                       if column.attrs["role"] == "metric" and name != "absence" and not name.endswith(BOOTSTRAP)]
            assert len(figures) > 40, figures
            for name in figures:
                if name in of_score.attrs:
                    assert row[name] == of_score.attrs[name], (name, row[name], of_score.attrs[name])
                else:
                    assert numpy.isnan(row[name]), (name, row[name])
            protocol = [name for name, column in of_run["runs"].items() if name in (
                "smoothing", "fold_auc", "fpr_reference", "level", "max_fpr", "block_seconds", "gap_seconds", "curve_points")]
            assert len(protocol) == 8, protocol
            for name in (*PARAMETERS, *protocol):
                a, b = row[name], of_score.attrs[name]
                assert (a.decode() if isinstance(a, bytes) else a) == b, (name, a, b)
            assert row["attacks"] > 900 and row["excluded"] > 9 and not numpy.isnan(row["auc"])
            for name in PROVENANCE:
                assert of_run.attrs[name] == of_score.attrs[name] != "", name
            assert "HDF5" in of_score.attrs["libraries"]
            scores = of_run["run"][row["run"].decode()]["scores"]
            assert (scores[:] == of_score["scores"][3201:]).all() and scores.attrs["first"] == 3201
            for name, column in of_score["attacks"].items():
                assert (of_run["run"][row["run"].decode()]["attacks"][name][:] == column[:]).all(), name
            assert list(of_score["attacks/attack"].asstr()) == ["odd, \xe9", "even"]
            data = of_run["data"][of_run["run"][row["run"].decode()]["scores"].attrs["data"]]
            assert (data["attack"][:] == of_score["attack"][:]).all() and set(data["attack"][:]) == {0, 1, 2}
        warning = "fm=200 ad=3000: trains on attacks too: its clean packets are 1 to 7\n"
        assert all(warning in text for text in told), told
    print("score and run agree in", len(figures) + len(protocol) + len(PARAMETERS) + len(PROVENANCE), "figures and all scores")


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]))
