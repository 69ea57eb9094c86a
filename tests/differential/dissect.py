#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares layers, fields and their places with tshark's, packet by packet: dissect.py NINETAILS SHARED

The fields of FIELDS are read from `ninetails dissect --json` and from `tshark -T json -x`. Compared are the first field of
each name in a packet, its value and, where it lies in the frame itself, its offset and length; and the flow's community
ID. The captures are the diverse ones of the reference material where that is present, at most MOST packets of each, and
the frames of crafted.py, which are deliberately odd: of those only values that both programs report are compared.
Exit code 1 on any disagreement, 77 (skipped) without tshark.
"""
import collections
import gzip
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile

import crafted

MOST = 300
FIELDS = """eth.dst eth.src eth.type eth.len vlan.priority vlan.dei vlan.id vlan.etype llc.dsap llc.ssap
    arp.hw.type arp.proto.type arp.hw.size arp.proto.size arp.opcode arp.src.hw_mac arp.src.proto_ipv4 arp.dst.hw_mac
    arp.dst.proto_ipv4 ip.hdr_len ip.dsfield.dscp ip.dsfield.ecn ip.len ip.id ip.flags.df ip.flags.mf ip.ttl
    ip.proto ip.checksum ip.src ip.dst ipv6.version ipv6.tclass ipv6.flow ipv6.plen ipv6.nxt ipv6.hlim ipv6.src ipv6.dst
    tcp.srcport tcp.dstport tcp.seq_raw tcp.ack_raw tcp.hdr_len tcp.flags tcp.flags.syn tcp.flags.ack tcp.flags.fin
    tcp.flags.reset tcp.flags.push tcp.window_size_value tcp.checksum tcp.urgent_pointer tcp.options.mss_val
    tcp.options.wscale.shift tcp.options.timestamp.tsval tcp.options.timestamp.tsecr udp.srcport udp.dstport udp.length
    udp.checksum icmp.type icmp.code icmp.checksum icmpv6.type icmpv6.code icmpv6.checksum sll.pkttype sll.hatype
    sll.etype vxlan.vni gre.proto""".split()
LAYERS = "eth vlan arp ip ipv6 tcp udp icmp icmpv6 sll vxlan gre llc ppp pppoes mpls".split()
HEADERS = "eth vlan arp ip udp tcp sll".split()  # layers whose length tshark defines as ours


def flatten(node, first, raw):
    """The first value and the first position of each name in a tree of pairs."""
    for name, value in node:
        if name.endswith("_raw") and isinstance(value, list):
            place = value[0] if value and isinstance(value[0], list) else value
            raw.setdefault(name[:-4], tuple(place[1:3]))
        elif isinstance(value, list) and value and isinstance(value[0], tuple):
            first.setdefault(name, None)
            flatten(value, first, raw)
        elif isinstance(value, list):
            if value:
                first.setdefault(name, value[0])
        else:
            first.setdefault(name, value)


def theirs(path):
    command = ["tshark", "-n", "-r", path, "-T", "json", "-x", "--enable-protocol", "communityid"]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(
        os.environ, TZ="UTC", WIRESHARK_CONFIG_DIR=tempfile.gettempdir() + "/none"))
    for packet in json.loads(run.stdout.decode(errors="replace") or "[]", object_pairs_hook=list):
        first, raw = {}, {}
        source = dict(packet)["_source"]
        flatten(dict(source)["layers"], first, raw)
        if first.get("frame.encap_type"):  # blocks other than packets have none
            yield first, raw


def walk(layers):
    for layer in layers:
        yield layer
        yield from walk(layer["layers"])


def ours(program, path):
    run = subprocess.run([program, "dissect", path, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode:
        sys.exit(f"{path}: {run.stderr.decode()}")
    for line in run.stdout.splitlines():
        packet = json.loads(line)
        first, raw, where = {}, {}, {}
        for layer in walk(packet["layers"]):
            name = layer["layer"]
            if name not in where:
                where[name] = None if "in" in layer else (layer["offset"], layer["length"])
            for field in layer["fields"]:
                if field["name"] not in first:
                    first[field["name"]] = field["value"]
                    raw[field["name"]] = None if "in" in layer else (field["offset"], field["length"])
        yield packet, first, raw, where


def same(name, mine, other, first):
    if name == "ip.len" and mine == 0:
        return True  # segmentation offload: tshark puts the captured length there
    if name == "ip.dst" and first["ip.hdr_len"] > 20:
        return True  # with a source route tshark reports the last hop, ours the header's field
    if isinstance(mine, int):
        return int(other, 0) == mine
    if name.startswith("ipv6."):
        return socket.inet_pton(socket.AF_INET6, mine) == socket.inet_pton(socket.AF_INET6, other)
    return mine == other


def compare(program, path, name, strict, causes, counts):
    pairs = list(zip(ours(program, path), theirs(path)))
    for (packet, mine, my_places, my_layers), (other, places) in pairs:
        def differ(what, a, b):
            causes[what] += 1
            if causes[what] <= 3:
                print(f"{name}: packet {packet['number']} ({packet['chain']}): {what}: ours {a}, tshark {b}")
        counts["packets"] += 1
        for field in FIELDS:
            if (field in mine) != (field in other):
                if strict:
                    differ(field, mine.get(field), other.get(field))
            elif field in mine:
                counts["values"] += 1
                if not same(field, mine[field], other[field], mine):
                    differ(field, mine[field], other[field])
                elif strict and my_places[field] and field in places and my_places[field] != places[field]:
                    differ(field + " (place)", my_places[field], places[field])
        for layer in HEADERS:
            if strict and my_layers.get(layer) and layer in places:
                counts["headers"] += 1
                if my_layers[layer] != places[layer]:
                    differ(layer + " (header)", my_layers[layer], places[layer])
        theirs_id, my_id = other.get("communityid"), packet.get("flow", {}).get("community_id")
        if theirs_id and strict:
            counts["community IDs"] += 1
            if theirs_id != my_id:
                differ("community ID", my_id, theirs_id)


def merged(paths, folder, name):
    """Joins many files into one, so that tshark starts once."""
    target = os.path.join(folder, name)
    subprocess.run(["mergecap", "-a", "-F", "pcapng", "-w", target, *paths], check=True, stderr=subprocess.DEVNULL)
    return target


def crafted_files(folder):
    for index, (name, link_type, frames) in enumerate(crafted.families()):
        path = os.path.join(folder, f"crafted{index}.pcap")
        crafted.write(path, link_type, [(frame, len(frame)) for frame in frames])
        yield path


def diverse_files(shared, folder):
    diverse = os.path.join(shared, "data", "diverse")
    for name in sorted(os.listdir(diverse)) if os.path.isdir(diverse) else []:
        path = os.path.join(diverse, name)
        if not any(end in name for end in (".pcap", ".cap")) or name.endswith(".tar.gz"):
            continue
        target = os.path.join(folder, name.removesuffix(".gz"))
        if name.endswith(".gz"):
            with gzip.open(path) as packed, open(target + ".all", "wb") as plain:
                shutil.copyfileobj(packed, plain)
            path = target + ".all"
        subprocess.run(["editcap", "-r", path, target, f"1-{MOST}"], stderr=subprocess.DEVNULL)
        if os.path.exists(target):
            yield target


def main():
    program, shared = sys.argv[1:3]
    if not shutil.which("tshark") or not shutil.which("editcap"):
        print("skipped: no tshark")
        return 77
    causes, counts = collections.Counter(), collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        for name, strict, paths in (("crafted", False, list(crafted_files(folder))),
                                    ("diverse", True, list(diverse_files(shared, folder)))):
            counts["captures"] += len(paths)
            if paths:
                compare(program, merged(paths, folder, name + ".pcapng"), name, strict, causes, counts)
            else:
                print("no reference material: the diverse captures are left out")
    print(", ".join(f"{counts[what]} {what}" for what in ("captures", "packets", "values", "headers", "community IDs")))
    for cause, count in causes.most_common():
        print(f"    differ: {cause}: {count}")
    return 1 if causes or not counts["values"] else 0


if __name__ == "__main__":
    sys.exit(main())
