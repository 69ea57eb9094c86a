#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes frames.tsv: what tshark says of every capture of the reference material.

    frames.py SHARED > frames.tsv

One line a file: its name, the number of packets, and FNV-1a (64 bits) over the lines
"seconds.nanoseconds TAB frame.len LF" of all packets, the time as an exact decimal, rounded down to
nanoseconds (tshark prints ten digits of a damaged fraction), 0 where there is none.
Custom blocks of pcapng, which tshark 4.0 counts as packets, are left out: they are none.
"""
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from fractions import Fraction
from math import floor


def fnv1a(data, value=0xCBF29CE484222325):
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def canonical(time):
    ns = floor(Fraction(time) * 10**9) if time else 0
    return f"{ns // 10**9}.{ns % 10**9:09d}"


def frames(path):
    fields = ["frame.time_epoch", "frame.len", "frame.cb_pen"]
    options = [word for field in fields for word in ("-e", field)]
    out = subprocess.run(["tshark", "-n", "-r", path, "-T", "fields", *options],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    rows = [line.split("\t") for line in out.splitlines()]
    return [(canonical(time), int(length)) for time, length, custom in rows if not custom]


def captures(shared, scratch):
    data = pathlib.Path(shared) / "data"
    for folder in ("diverse", "malformed", "labelled"):
        for path in sorted((data / folder).rglob("*")):
            if path.name.endswith((".pcap", ".pcapng", ".pcap.gz", ".pcapng.gz")):
                yield path.relative_to(shared), path
            elif path.name.endswith(".pcap.zip"):
                with zipfile.ZipFile(path) as archive:
                    yield path.relative_to(shared), archive.extract(archive.namelist()[0], scratch)
            elif path.name == "pcapng_suite.tar.gz":
                with tarfile.open(path) as archive:
                    archive.extractall(scratch)
                    for name in sorted(archive.getnames()):
                        if name.endswith(".pcapng"):
                            yield f"suite/{name}", pathlib.Path(scratch) / name


def main():
    with tempfile.TemporaryDirectory() as scratch:
        for name, path in captures(sys.argv[1], scratch):
            rows = frames(path)
            text = "".join(f"{time}\t{length}\n" for time, length in rows)
            print(name, len(rows), f"{fnv1a(text.encode()):016x}", sep="\t")


main()
