#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the public Python references on trace.tsv.gz and writes py100.txt, csv115.txt and kitnet.txt.

Needs checkouts of github.com/ymirsky/Kitsune-py and github.com/tomerdoi/Kitsune_Variations (neither is
part of this repository), numpy before 2.0 and scipy. The published figures were made with numpy 1.24.

usage: make_figures.py KITSUNE_PY KITSUNE_VARIATIONS
"""
import contextlib
import gzip
import io
import os
import struct
import sys
import tempfile
import types

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
FM_GRACE, AD_GRACE = 200, 600


def bits(x):
    return "%016x" % struct.unpack("<Q", struct.pack("<d", float(x)))


def load_references(kitsune_py, variations):
    """FE and KitNET of Kitsune-py without its Cython and scapy parts (not used for TSV), and netStat2."""
    sys.modules["pyximport"] = types.SimpleNamespace(install=lambda: None)
    scapy = types.ModuleType("scapy.all")
    scapy.sys = sys
    sys.modules["scapy"], sys.modules["scapy.all"] = types.ModuleType("scapy"), scapy
    sys.path.insert(0, kitsune_py)
    import FeatureExtractor
    from KitNET.KitNET import KitNET
    sys.path.append(variations)  # behind Kitsune-py: both have a module KitNET
    from Datasets.DatasetGenerators.netStat2 import netStat
    return FeatureExtractor.FE, KitNET, netStat


def features(FE, NetStat2):
    other = NetStat2(10**11, 10**11)
    wide = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "trace.tsv")
        with gzip.open(os.path.join(HERE, "trace.tsv.gz"), "rb") as f, open(path, "wb") as g:
            g.write(f.read())
        fe = FE(path)
        first = fe.nstat.updateGetStats

        def both(*args):
            wide.append(other.updateGetStats(*args))
            return first(*args)

        fe.nstat.updateGetStats = both
        rows = []
        while True:
            row = fe.get_next_vector()
            if len(row) == 0:
                break
            rows.append(row)
        assert len(rows) == fe.limit == len(wide)
    return np.array(rows), np.array(wide)


def write_features(name, rows, what):
    chosen = sorted(set(list(range(0, 12)) + list(range(12, len(rows), 37)) + [len(rows) - 1]))
    with open(os.path.join(HERE, name), "w") as f:
        f.write("# %s on trace.tsv.gz. 'packets' and 'columns': counts. 'checksum': for each column the\n"
                "# sum modulo 2^64 of the IEEE bit patterns of all packets, in hex. 'row' i: the bit\n"
                "# patterns of all columns of packet i (0-based).\n" % what)
        f.write("packets %d\ncolumns %d\n" % rows.shape)
        sums = rows.copy().view(np.uint64).sum(axis=0, dtype=np.uint64)
        f.write("checksum " + " ".join("%016x" % s for s in sums) + "\n")
        for i in chosen:
            f.write("row %d " % i + " ".join(bits(x) for x in rows[i]) + "\n")


def write_kitnet(rows, KitNET):
    net = KitNET(rows.shape[1], 10, FM_GRACE, AD_GRACE, 0.1, 0.75)
    lines, training = [], []
    for row in rows:
        if net.outputLayer is not None and not training:
            train = net.outputLayer.train
            net.outputLayer.train = lambda x: training.append(train(x)) or training[-1]
            training.append(None)
        before = len(training)
        score = net.process(row)
        lines.append("score %s %s" % (bits(score), bits(training[-1]) if len(training) > before and
                                      training[-1] is not None else "-"))
    with open(os.path.join(HERE, "kitnet.txt"), "w") as f:
        f.write("# KitNET of Kitsune-py on the py100 rows of trace.tsv.gz (all of them, in order).\n"
                "# 'option' name value. 'map': one line for each autoencoder, its features (0-based) in\n"
                "# order. 'score': one line for each packet: bit pattern (hex) of its score, and of the\n"
                "# output autoencoder's RMSE while training ('-': not a training packet).\n")
        for option in (("fm_grace", FM_GRACE), ("ad_grace", AD_GRACE), ("max_autoencoder", 10),
                       ("learning_rate", 0.1), ("hidden_ratio", 0.75), ("packets", len(rows))):
            f.write("option %s %s\n" % option)
        for cluster in net.v:
            f.write("map " + " ".join(str(int(i)) for i in cluster) + "\n")
        f.write("\n".join(lines) + "\n")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with contextlib.redirect_stdout(io.StringIO()):
        FE, KitNET, NetStat2 = load_references(sys.argv[1], sys.argv[2])
        narrow, wide = features(FE, NetStat2)
        write_features("py100.txt", narrow, "Kitsune-py's features")
        write_features("csv115.txt", wide, "Features of Kitsune_Variations' netStat2")
        write_kitnet(narrow, KitNET)


main()
