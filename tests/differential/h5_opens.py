#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens the files that `ninetails` writes with h5py, pandas and xarray.

usage: h5_opens.py NINETAILS DIRECTORY      (made anew)
"""
import csv
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys

import h5py
import numpy
import pandas
import xarray

PACKETS, FM, AD = 5000, 200, 2000


def write_capture(path):
    """UDP among five hosts, one of which starts to scan."""
    random = numpy.random.RandomState(7)
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for i in range(PACKETS):
            scan = i > 4000 and i % 7 == 0
            source = 1 if scan else random.randint(1, 6)
            target = i % 250 + 1 if scan else random.randint(1, 6)
            ip = bytes([0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, source, 10, 0, 1, target])
            frame = bytes([2, 0, 0, 0, 1, target, 2, 0, 0, 0, 0, source, 8, 0]) + ip
            frame += struct.pack(">HHHH", 1000 + source, 53, 26, 0) + bytes(18)
            f.write(struct.pack("<IIII", 1700000000 + i // 50, i % 50 * 20000 + random.randint(9999), len(frame),
                                len(frame) + random.randint(900)))
            f.write(frame)


def run(*words):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def check_attributes(file, capture, summary):
    attributes = dict(file.attrs)
    with open(capture, "rb") as f:
        assert attributes["input_sha256"] == hashlib.sha256(f.read()).hexdigest()
    assert attributes["input_bytes"] == os.path.getsize(capture)
    assert attributes["input"] == capture and attributes["input_format"] == "pcap"
    assert attributes["packets"] == PACKETS
    for name in ("version", "commit", "compiler", "flags", "cpu", "host", "start", "end", "isa", "command_line",
                 "libraries", "cpu_features"):
        assert isinstance(attributes[name], str) and attributes[name], name
    assert attributes["command_line"].startswith("ninetails score ")
    assert attributes["start"] <= attributes["end"] and attributes["start"].endswith("Z")
    assert attributes["dirty"] in ("0", "1") and int(attributes["threads"]) >= 1
    for name, value in summary["parameters"].items():
        if name != "isa":
            assert attributes[name] == value, name
    phases = [attributes["packets_" + p] for p in ("mapping", "training", "scored")]
    assert phases == [FM + 1, AD, PACKETS - FM - 1 - AD] == list(summary["phases"].values())
    assert attributes["threshold"] == summary["threshold"]["value"]
    assert attributes["auc"] == summary["labels"]["auc"] and attributes["eer"] == summary["labels"]["eer"]
    assert list(attributes)[:3] == ["title", "program", "version"], "creation order is not kept"


def main(ninetails, directory):
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    os.chdir(directory)
    write_capture("in.pcap")
    labels = [1 if i > 4000 and i % 7 == 0 else 0 for i in range(PACKETS)]
    with open("labels.csv", "w") as f:
        f.write("".join("%d\n" % x for x in labels))
    options = ["--fm-grace", str(FM), "--ad-grace", str(AD), "--labels", "labels.csv"]
    told = run(ninetails, "score", "in.pcap", "--json", "--with-features", "-o", "out.h5", *options)
    summary = json.loads(told.stdout)
    run(ninetails, "score", "in.pcap", "--quiet", "-o", "out.csv", *options)
    run(ninetails, "extract", "in.pcap", "--quiet", "-o", "features.csv")
    run(ninetails, "extract", "in.pcap", "--quiet", "-o", "features.h5")

    with h5py.File("out.h5") as f:
        check_attributes(f, "in.pcap", summary)
        scores, features, times = f["scores"][:], f["features"][:], f["timestamps"][:]
        names = list(f["feature"].asstr()[:])
        assert scores.shape == times.shape == (PACKETS,) and features.shape == (PACKETS, len(names))
        assert len(f["features"].attrs["column_units"]) == len(names)
        assert list(f["scores"].dims[0].keys()) == ["timestamps"]
        assert list(f["features"].dims[1].keys()) == ["feature"]
        assert list(f["labels"][:]) == labels
        assert not scores[: FM + 1 + AD].any() and (scores[FM + 1 + AD:] > 0).all()
        sizes, flat = f["map/sizes"][:], f["map/features"][:]
        assert sizes.sum() == len(flat) and sorted(flat) == list(range(len(names)))
        assert list(sizes) == summary["map"]["sizes"] and list(flat) == summary["map"]["features"]
        for dataset in (f["scores"], f["features"], f["timestamps"]):
            assert dataset.chunks and dataset.shuffle and dataset.compression == "gzip" and dataset.fletcher32

    # Text outputs hold the same doubles.
    table = pandas.read_csv("out.csv", float_precision="round_trip")
    assert list(table.columns) == ["packet", "timestamp", "score", "label"]
    assert (table.packet.values == numpy.arange(PACKETS)).all()
    assert (table.score.values == scores).all() and (table.timestamp.values == times).all()
    assert list(table.label) == labels
    table = pandas.read_csv("features.csv", float_precision="round_trip")
    assert list(table.columns) == ["timestamp"] + names
    assert (table[names].values == features).all()
    with h5py.File("features.h5") as f:
        assert (f["features"][:] == features).all() and "scores" not in f and "map" not in f

    # Outputs are valid inputs, and so is an output's map.
    again = json.loads(run(ninetails, "score", "features.csv", "--json", "-o", "again.h5", *options).stdout)
    assert again["format"] == "features" and again["map"] == summary["map"]
    with h5py.File("again.h5") as f:
        assert (f["scores"][:] == scores).all() and "profile" not in f.attrs
        assert list(f["feature"].asstr()[:]) == names
    mapped = json.loads(run(ninetails, "score", "in.pcap", "--json", "--feature-map", "out.h5", *options).stdout)
    assert mapped["map"] == summary["map"] and mapped["phases"]["mapping"] == 0

    # xarray knows axes and time.
    with xarray.open_dataset("out.h5", engine="h5netcdf") as data:
        assert data.features.dims == ("timestamps", "feature") and data.scores.dims == ("timestamps",)
        column = data.features.sel(feature=names[3])
        assert (column.values == features[:, 3]).all()
        assert str(data.timestamps.values[0]).startswith("2023-11-14T22:13:20")
        assert data.scores.attrs["units"] == "1" and data.attrs["seed"] == 1234
        frame = data.scores.to_dataframe()
        assert len(frame) == PACKETS
    with xarray.open_dataset("out.h5", engine="h5netcdf", group="map") as data:
        assert data["sizes"].values.sum() == len(names)
    assert sorted(x for x in os.listdir(".") if x.startswith(".")) == [], "temporary files were left"
    with open("out.csv", newline="") as f:
        assert next(csv.reader(f)) == ["packet", "timestamp", "score", "label"]
    print("h5py %s, pandas %s, xarray %s open %d packets" % (h5py.__version__, pandas.__version__, xarray.__version__,
                                                             PACKETS))


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]), sys.argv[2])
