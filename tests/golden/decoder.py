#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes decoder.tsv: crafted frames and what tshark 4.0 finds in them.

    decoder.py > decoder.tsv

A family of frames, which one decoder sees in this order, begins with a line "family, name, link type, digest". Its
frames follow, a line each: the bytes, and the fields in words ("len=60 eth=SRC>DST ip=SRC>DST tcp=SRC>DST ...").
The digest is FNV-1a (64 bits) over the words, each with a newline, of all the frames that crafted.variants() makes
of the family: cut at every byte; "-" where cut frames would act upon others.
"""
import os
import socket
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "differential"))
import crafted  # noqa: E402
import tshark  # noqa: E402

NAMES = ["eth", "ip", "tcp", "udp", "icmp", "arp", "arp.src", "arp.dst", "ipv6"]


def fnv1a(data, value=0xcbf29ce484222325):
    for byte in data:
        value = (value ^ byte) * 0x100000001b3 & 0xffffffffffffffff
    return value


def usual_ipv6(text):  # of the ways to write an address, the C library's
    return text and socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, text))


def words(line):
    columns = line.split("\t")[1:]
    length, columns = columns[0], columns[1:]
    pairs = [columns[i:i + 2] for i in range(0, 10, 2)] + [[columns[10], ""]]
    pairs += [columns[11:13], columns[13:15], [usual_ipv6(address) for address in columns[15:17]]]
    return " ".join([f"len={length}"] + [f"{name}={'>'.join(pair)}" for name, pair in zip(NAMES, pairs) if any(pair)])


def all_words(path, link_type, packets):
    crafted.write(path, link_type, packets)
    lines, note = tshark.tshark_lines(path)
    assert len(lines) == len(packets), note
    return [words(line) for line in lines]


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "frames.pcap")
        for name, link_type, frames in crafted.families():
            digest = "-"
            if tshark.can_be_cut(name, link_type):
                cut = all_words(path, link_type, list(crafted.variants(frames)))
                digest = f"{fnv1a(''.join(line + chr(10) for line in cut).encode()):016x}"
            print("family", name, link_type, digest, sep="\t")
            for frame, line in zip(frames, all_words(path, link_type, [(frame, len(frame)) for frame in frames])):
                print(frame.hex(), line, sep="\t")


if __name__ == "__main__":
    main()
