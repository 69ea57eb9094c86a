#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares packet records with tshark's, packet by packet and column by column.

    tshark.py --records BUILD/tests/records [CAPTURE | FOLDER | ARCHIVE ...]

Without captures: those that crafted.py makes, and the shared ones where they are present. gzip, zip and tar
archives are unpacked into a temporary folder. Exit code 1 on a disagreement that is not in EXPECTED, 77 (skipped)
without tshark.
"""
import argparse
import collections
import gzip
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import zipfile

COLUMNS = ("frame.time_epoch frame.len eth.src eth.dst ip.src ip.dst tcp.srcport tcp.dstport udp.srcport "
           "udp.dstport icmp.type icmp.code arp.opcode arp.src.hw_mac arp.src.proto_ipv4 arp.dst.hw_mac "
           "arp.dst.proto_ipv4 ipv6.src ipv6.dst").split()


def tshark_lines(path):
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "occurrence=f"]
    for column in COLUMNS + ["frame.encap_type"]:
        command += ["-e", column]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ, TZ="UTC"))
    lines = []
    for line in run.stdout.decode().splitlines():
        line, encapsulation = line.rsplit("\t", 1)
        # blocks of a pcapng file that are no packets (journal entries, custom blocks) have lines too, but no link type
        if encapsulation:
            lines.append(line)
    return lines, run.stderr.decode().strip()


def our_lines(records, path):
    run = subprocess.run([records, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode not in (0, 2):
        sys.exit(f"{records} {path}: exit code {run.returncode}\n{run.stderr.decode()}")
    return run.stdout.decode().splitlines(), run.stderr.decode().strip()


def same(column, theirs, ours):
    if theirs == ours:
        return True
    if column == 0:
        return float(theirs or 0) == float(ours)  # packets without a time (simple packet blocks) have 0 with us
    if COLUMNS[column].startswith("ipv6.") and theirs and ours:
        return socket.inet_pton(socket.AF_INET6, theirs) == socket.inet_pton(socket.AF_INET6, ours)
    return False


def compare(theirs, ours):
    """Yields (packet number from 1, column, tshark's text, ours)."""
    for number, (t, o) in enumerate(zip(theirs, ours), 1):
        t, o = t.split("\t"), o.split("\t")
        for column in range(len(COLUMNS)):
            if not same(column, t[column], o[column]):
                yield number, COLUMNS[column], t[column], o[column]


def unpack(path, folder):
    """The captures in a path: itself, or what an archive or a folder holds."""
    name = os.path.basename(path)
    if os.path.isdir(path):
        for entry in sorted(os.listdir(path)):
            yield from unpack(os.path.join(path, entry), folder)
    elif name.endswith((".tar.gz", ".zip")):
        target = tempfile.mkdtemp(dir=folder)
        if name.endswith(".zip"):
            with zipfile.ZipFile(path) as archive:
                archive.extractall(target)
        else:
            with tarfile.open(path) as archive:
                archive.extractall(target)
        yield from unpack(target, folder)
    elif ".pcap" in name or ".cap" in name or name.endswith(".ntar"):
        if any(name.endswith(end) for end in (".tsv.gz", ".txt", ".csv", ".out", ".pl", ".py", ".log")):
            return
        if name.endswith(".gz"):
            target = os.path.join(tempfile.mkdtemp(dir=folder), name[:-3])
            with gzip.open(path) as packed, open(target, "wb") as plain:
                shutil.copyfileobj(packed, plain)
            path = target
        yield path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", required=True, help="the records program of the build")
    parser.add_argument("--show", type=int, default=5, help="disagreements printed for each capture [5]")
    parser.add_argument("captures", nargs="*")
    args = parser.parse_args()
    if not shutil.which("tshark"):
        print("skipped: no tshark")
        return 77
    packets, bad, causes = 0, 0, collections.Counter()
    files = 0
    with tempfile.TemporaryDirectory() as folder:
        for given in args.captures:
            for path in unpack(given, folder):
                theirs, their_note = tshark_lines(path)
                ours, our_note = our_lines(args.records, path)
                found = list(compare(theirs, ours))
                files += 1
                packets += min(len(theirs), len(ours))
                wrong = {number for number, *_ in found}
                bad += len(wrong)
                if len(theirs) != len(ours):
                    causes["number of packets"] += 1
                    print(f"{path}: tshark has {len(theirs)} packets, we have {len(ours)}")
                    print(f"    tshark: {their_note[-300:]}\n    records: {our_note[-300:]}")
                if wrong:
                    print(f"{path}: {len(wrong)} of {len(theirs)} packets differ")
                for number, column, t, o in found:
                    causes[column] += 1
                for number, column, t, o in found[:args.show]:
                    print(f"    packet {number} {column}: tshark '{t}', ours '{o}'")
    print(f"{files} captures, {packets} packets compared, {bad} differ")
    for cause, count in causes.most_common():
        print(f"    {cause}: {count}")
    return 1 if causes else 0


if __name__ == "__main__":
    sys.exit(main())
