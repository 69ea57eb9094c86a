#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares packet records with tshark's, packet by packet and column by column.

    tshark.py --records BUILD/tests/records [CAPTURE | FOLDER | ARCHIVE ...]

Without captures: the frames of crafted.py, whole and cut at every byte, and the real captures of the reference
material ($NINETAILS_SHARED) where that is present. gzip, zip and tar archives are unpacked into a temporary folder.
Exit code 1 on any disagreement, 77 (skipped) without tshark. Written for tshark 4.0 with its default preferences;
core/capture/DISAGREEMENTS.md has what is known to differ.
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

import crafted

COLUMNS = ("frame.time_epoch frame.len eth.src eth.dst ip.src ip.dst tcp.srcport tcp.dstport udp.srcport "
           "udp.dstport icmp.type icmp.code arp.opcode arp.src.hw_mac arp.src.proto_ipv4 arp.dst.hw_mac "
           "arp.dst.proto_ipv4 ipv6.src ipv6.dst").split()
NO_CAPTURES = (".tsv.gz", ".txt", ".csv", ".out", ".pl", ".py", ".log")
FRAGMENTS = ("fragments of ipv4", "fragments of ipv6", "over streams")  # a cut frame affects later ones too
NO_EMPTY_PACKETS = (123, 204)  # link types of which tshark refuses files with packets of no bytes


def run_tshark(paths, forks, folder):
    """Yields for each capture (a line for each packet, what tshark says on standard error). tshark starts once and forks
    for each: see tshark_forks.c."""
    command = ["tshark", "-n", "-r", paths[0], "-T", "fields", "-E", "occurrence=f"]
    for column in COLUMNS + ["frame.encap_type"]:
        command += ["-e", column]
    at = tempfile.mkdtemp(dir=folder)  # an empty configuration: the default preferences
    outputs = [(os.path.join(at, f"{number}.out"), os.path.join(at, f"{number}.err")) for number in range(len(paths))]
    with open(os.path.join(at, "captures"), "w") as file:
        file.writelines(f"{path}\n{out}\n{err}\n" for path, (out, err) in zip(paths, outputs))
    environment = dict(os.environ, TZ="UTC", WIRESHARK_CONFIG_DIR=os.path.join(at, "none"), LD_PRELOAD=os.path.abspath(forks),
                       TSHARK_FORKS=file.name)
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True)
    ends = run.stdout.splitlines()
    if run.returncode or len(ends) != len(paths) or any(end not in ("exit 0", "exit 1", "exit 2") for end in ends):
        sys.exit(f"tshark of {len(paths)} captures: exit code {run.returncode}, {collections.Counter(ends)}\n{run.stderr}")
    for out, err in outputs:
        with open(out, encoding="utf-8") as told, open(err, encoding="utf-8") as notes:
            yield lines_of_packets(told), notes.read().strip()
        os.unlink(out)


def lines_of_packets(told):
    lines = []
    for line in told:
        line, encapsulation = line.rstrip("\n").rsplit("\t", 1)
        # pcapng blocks other than packets (journal entries, custom blocks) have lines too, but no link type
        if encapsulation:
            lines.append(line)
    return lines


def our_lines(records, path):
    run = subprocess.run([records, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode not in (0, 2):
        sys.exit(f"{records} {path}: exit code {run.returncode}\n{run.stderr.decode()}")
    return run.stdout.decode().splitlines(), run.stderr.decode().strip()


def same(column, theirs, ours):
    if theirs == ours:
        return True
    if column == 0:
        return float(theirs or 0) == float(ours)  # packets without a time (simple packet blocks) have time 0 here
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


class Comparison:
    def __init__(self, records, show):
        self.records, self.show = records, show
        self.captures = self.packets = self.differing = 0
        self.causes = collections.Counter()

    def add(self, path, name, theirs, their_note):
        if not theirs and "unknown or unsupported" in their_note:
            print(f"{name}: a link type that tshark does not know, left out")
            return
        ours, our_note = our_lines(self.records, path)
        found = list(compare(theirs, ours))
        wrong = len({number for number, *_ in found})
        self.captures += 1
        self.packets += min(len(theirs), len(ours))
        self.differing += wrong
        if len(theirs) != len(ours):
            self.causes["number of packets"] += 1
            print(f"{name}: tshark has {len(theirs)} packets, we have {len(ours)}")
            print(f"    tshark: {their_note[-300:]}\n    records: {our_note[-300:]}")
        if wrong:
            print(f"{name}: {wrong} of {len(theirs)} packets differ")
        self.causes.update(column for _, column, *_ in found)
        for number, column, t, o in found[:self.show]:
            print(f"    packet {number} {column}: tshark '{t}', ours '{o}'")

    def add_all(self, captures, folder):
        """Compares the captures of pairs (path, name)."""
        forks = os.path.join(os.path.dirname(self.records), "tshark_forks.so")
        told = run_tshark([path for path, _ in captures], forks, folder) if captures else ()
        for (path, name), (theirs, their_note) in zip(captures, told):
            self.add(path, name, theirs, their_note)

    def subtotal(self, what, earlier=(0, 0)):
        print(f"{what}: {self.captures - earlier[0]} captures, {self.packets - earlier[1]} packets compared", flush=True)
        return self.captures, self.packets


def unpack(path, folder):
    """The captures of a path: the file itself, or the content of an archive or a folder."""
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
    elif any(end in name for end in (".pcap", ".cap", ".ntar")) and not name.endswith(NO_CAPTURES):
        if name.endswith(".gz"):
            target = os.path.join(tempfile.mkdtemp(dir=folder), name[:-3])
            with gzip.open(path) as packed, open(target, "wb") as plain:
                shutil.copyfileobj(packed, plain)
            path = target
        yield path


def write_crafted(folder):
    """Yields (path, name) of files of crafted frames, whole and cut."""
    def written(name, link_type, frames):
        path = os.path.join(tempfile.mkdtemp(dir=folder), "crafted.pcap")
        crafted.write(path, link_type, frames)
        return path, name

    for name, link_type, frames in crafted.families():
        yield written(f"crafted frames: {name}", link_type, [(frame, len(frame)) for frame in frames])
        if can_be_cut(name, link_type):
            yield written(f"crafted frames, cut: {name}", link_type, list(crafted.variants(frames)))


def can_be_cut(name, link_type):
    return name not in FRAGMENTS and link_type not in NO_EMPTY_PACKETS


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", required=True, help="the records program of the build")
    parser.add_argument("--show", type=int, default=5, help="disagreements printed for each capture [5]")
    parser.add_argument("captures", nargs="*")
    args = parser.parse_args()
    if not shutil.which("tshark"):
        print("skipped: no tshark")
        return 77
    print(subprocess.run(["tshark", "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
          .stdout.decode().split("\n")[0])
    comparison, done = Comparison(args.records, args.show), (0, 0)
    with tempfile.TemporaryDirectory() as folder:
        given = args.captures
        if not given:
            comparison.add_all(list(write_crafted(folder)), folder)
            done = comparison.subtotal("crafted frames")
            data = os.path.join(os.environ.get("NINETAILS_SHARED", ""), "data")
            given = [os.path.join(data, kind) for kind in ("diverse", "labelled", "malformed")]
        for each in given:
            if not os.path.exists(each):
                print(f"{each}: absent, left out")
                continue
            paths = list(unpack(each, folder))
            comparison.add_all([(path, os.path.relpath(path, folder) if path.startswith(folder) else path) for path in paths], folder)
            done = comparison.subtotal(each, done)
    comparison.subtotal("in all")
    print(f"packets that differ: {comparison.differing}")
    for cause, count in comparison.causes.most_common():
        print(f"    {cause}: {count}")
    return 1 if comparison.causes else 0


if __name__ == "__main__":
    sys.exit(main())
