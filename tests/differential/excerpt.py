#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""tshark reads excerpts as it reads their captures: excerpt.py NINETAILS SHARED

Some packets of each capture are copied with neighbours. tshark must see the same bytes, times, lengths and link types in
the excerpt, find exactly the chosen packets by frame.comment, and keep the comments that were there. The captures are
pcaps in both byte orders and clocks and a pcapng that are made here, the crafted frames of every link type, and the
diverse captures of the reference material where that is present. Exit code 77 (skipped) without tshark.
"""
import os
import shutil
import struct
import subprocess
import sys
import tempfile

import crafted
import dissect

CONTEXT = 2
COLUMNS = "frame.time_epoch frame.len frame.cap_len frame.encap_type frame.comment".split()
COMMENT = 'score 3.14, "quoted" \u00e4'


def fields(path, only=None):
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "occurrence=a"]
    for column in COLUMNS:
        command += ["-e", column]
    if only:
        command += ["-Y", only]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return [line.split("\t") for line in run.stdout.decode().splitlines()]


def frames(path):
    """(bytes, link type) of each packet, in hexadecimal, as tshark takes them from the file."""
    run = subprocess.run(["tshark", "-n", "-r", path, "-T", "ek", "-x", "-J", "none"], stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, check=False)
    raw = []
    for line in run.stdout.decode().splitlines():
        at = line.find('"frame_raw":"')
        if at >= 0:
            raw.append(line[at + 13:line.index('"', at + 13)])
    return raw


def pcap_of(order, nanoseconds, packets):
    yield struct.pack(order + "IHHiIII", 0xA1B23C4D if nanoseconds else 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1 | 0x24000000)
    for i, frame in enumerate(packets):
        yield struct.pack(order + "IIII", 1500000000 + i, 123456789 if nanoseconds else 123456, len(frame), len(frame) + 4)
        yield frame


def pcapng_of(order, packets):
    """Two sections; interfaces of different link types, clocks and offsets; comments, options, an old block, a simple one."""
    def block(kind, body):
        body += bytes(-len(body) % 4)
        size = struct.pack(order + "I", len(body) + 12)
        return struct.pack(order + "I", kind) + size + body + size

    def option(code, value):
        return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)

    end = option(0, b"")
    for section in range(2):
        yield block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1) + option(4, b"a tester") + end)
        yield block(1, struct.pack(order + "HHI", 1, 0, 0) + option(2, b"eth0") + option(9, b"\x09") + end)
        yield block(1, struct.pack(order + "HHI", 101, 0, 0) + option(9, b"\x8a") +
                    option(14, struct.pack(order + "q", 1000 + section)) + end)
        for i, frame in enumerate(packets):
            ip = frame[14:]
            padded = ip + bytes(-len(ip) % 4)
            kind, head = (2, "HHIIII") if i % 3 == 1 else (6, "IIIII")
            place = (1, 7) if kind == 2 else (1,)
            options = option(1, b"was here") + option(2, b"\0\0\0\1") + end if i % 2 else b""
            yield block(kind, struct.pack(order + head, *place, 0, 5000 + i, len(ip), len(ip)) + padded + options)
        yield block(3, struct.pack(order + "I", len(packets[0])) + packets[0])
        yield block(5, bytes(12))


def captures(shared, folder):
    packets = [crafted.eth(crafted.ip4(crafted.udp(bytes([i]) * i, dst=4000 + i))) for i in range(9)]
    for name, content in (("little_us.pcap", pcap_of("<", False, packets)), ("big_ns.pcap", pcap_of(">", True, packets)),
                          ("little.pcapng", pcapng_of("<", packets)), ("big.pcapng", pcapng_of(">", packets))):
        path = os.path.join(folder, name)
        with open(path, "wb") as file:
            file.writelines(content)
        yield path
    # one file with an interface for each link type
    yield dissect.merged(list(dissect.crafted_files(folder)), folder, "crafted.pcapng")
    diverse = list(dissect.diverse_files(shared, folder))
    if diverse:
        yield dissect.merged(diverse, folder, "diverse.pcapng")
    else:
        print("no reference material: the diverse captures are left out")


def check(program, path, faults):
    whole, raw = fields(path), frames(path)
    keep = [i for i, line in enumerate(whole) if line[3]]  # blocks other than packets have no link type
    whole = [whole[i] for i in keep]
    if len(raw) == len(keep) or len(raw) < max(keep, default=-1) + 1:
        raw = raw[:len(whole)]
    else:
        raw = [raw[i] for i in keep]
    count = len(whole)
    chosen = sorted({1, count, count // 2 or 1, *range(5, count, 40)})
    wanted = sorted({n for c in chosen for n in range(c - CONTEXT, c + CONTEXT + 1) if 1 <= n <= count})
    output = path + ".excerpt"
    run = subprocess.run([program, "dissect", path, "--packets", ",".join(map(str, chosen)), "--write", output, "--context",
                          str(CONTEXT), "--comment", COMMENT], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode:
        faults.append(f"{path}: {run.stderr.decode()}")
        return 0
    got, got_raw = fields(output), frames(output)
    for position, number in enumerate(wanted):
        before = whole[number - 1]
        after = got[position] if position < len(got) else None
        comments = [each for each in (before[4], COMMENT if number in chosen else "") if each]
        if after is None or before[:4] != after[:4] or ",".join(comments) != after[4]:
            if not (after and before[0] == "" and before[1:4] == after[1:4]):  # a simple block had no time
                faults.append(f"{path}: packet {number}: {before} became {after}, comments {comments}")
        if position < len(got_raw) and raw[number - 1] != got_raw[position]:
            faults.append(f"{path}: packet {number}: other bytes")
    if len(got) != len(wanted) or len(got_raw) != len(wanted):
        faults.append(f"{path}: {len(wanted)} packets expected, {len(got)} there")
    found = fields(output, 'frame.comment contains "score 3.14"')
    if len(found) != len(chosen):
        faults.append(f"{path}: {len(chosen)} comments written, tshark finds {len(found)}")
    return len(wanted)


def main():
    program, shared = sys.argv[1:3]
    if not shutil.which("tshark") or not shutil.which("editcap"):
        print("skipped: no tshark")
        return 77
    faults, packets = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for path in captures(shared, folder):
            packets += check(program, path, faults)
    print("\n".join(faults[:20]) or f"{packets} packets in excerpts are those of their captures")
    return 1 if faults or not packets else 0


if __name__ == "__main__":
    sys.exit(main())
