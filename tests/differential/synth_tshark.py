#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks every scenario's traffic with tshark, packet by packet.

    synth_tshark.py --ninetails BUILD/ninetails [--packets N] [--seed S] [SCENARIO ...]

Every checksum must be valid. No packet may be malformed or carry an expert error, and TCP analysis may find nothing but
the losses that a scenario asks for, except in packets of the activities in MEANT_ODD, where the attack itself is odd. The
attack's share and onset must be those of the public data sets. Exit code 1 on a disagreement, 77 (skipped) without
tshark. The default detector's AUC is printed for information only: it learns from the clean packets, a tenth of them for
the map and the rest for training.
"""
import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile

# share and onset of the public sets (mirai: its packets' own labels, see the scenario)
SCENARIOS = {
    "camera_benign": (0, None), "os_scan": (0.0387, 0.774), "fuzzing": (0.1929, 0.579),
    "video_injection": (0.0415, 0.862), "arp_mitm": (0.457, 0.517), "active_wiretap": (0.405, 0.570),
    "ssdp_flood": (0.3531, 0.641), "syn_dos": (0.00254, 0.968), "ssl_renegotiation": (0.042, 0.598),
    "mirai": (0.815, 0.159),
}
# Damaged requests, and frames that the mirror port sees twice, which tshark takes for retransmissions.
MEANT_ODD = {"web_fuzzing", "arp_mitm"}
# A loss between sender and mirror port shows as a hole, duplicate ACKs, and the segment that fills it.
HOLE = "tcp.analysis.lost_segment"
FILLS = ["tcp.analysis.out_of_order", "tcp.analysis.retransmission", "tcp.analysis.fast_retransmission"]
FORBIDDEN = ["tcp.analysis." + name for name in
             ("ack_lost_segment", "zero_window", "window_full", "spurious_retransmission", "zero_window_probe")]
CHECKSUMS = [layer + ".checksum.status" for layer in ("ip", "tcp", "udp", "icmp", "icmpv6")]
PROTOCOLS = {
    "camera": {"rtp", "rtcp", "rtsp", "sdp", "tls", "http", "dns", "mdns", "ntp", "dhcp", "arp", "icmp", "icmpv6"},
    "mirai": {"telnet", "http", "tls", "dns", "ntp", "dhcp", "arp"},
}
PREFERENCES = ["tcp", "ip", "udp"]


def tshark_rows(path):
    fields = ["frame.number", "frame.time_epoch", "frame.protocols", "_ws.malformed", "_ws.expert.severity"]
    fields += CHECKSUMS + FORBIDDEN + [HOLE] + FILLS
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "separator=/t"]
    for layer in PREFERENCES:
        command += ["-o", f"{layer}.check_checksum:TRUE"]
    for field in fields:
        command += ["-e", field]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as run:
        for line in run.stdout:
            yield dict(zip(fields, line.rstrip("\n").split("\t")))


def score(ninetails, path, clean):
    mapping = clean // 10
    run = subprocess.run([ninetails, "score", path, "--labels", path + ".labels.csv", "--json", "--fm-grace", str(mapping),
                          "--ad-grace", str(clean - mapping - 1)], check=True, capture_output=True, text=True)
    result = json.loads(run.stdout)["labels"]
    return f", AUC {result['auc']:.4f}, EER {result['eer']:.4f}"


def check(ninetails, scenario, path, packets):
    problems, protocols, holes, fills, segments, last = [], set(), 0, 0, 0, 0.0
    with open(path + ".labels.csv", newline="") as file:
        labels = list(csv.DictReader(file))
    attacks = [i for i, row in enumerate(labels) if row["label"] == "1"]

    def complain(number, what):
        problems.append(f"packet {number} ({labels[number - 1]['activity']}): {what}")

    count = 0
    for row in tshark_rows(path):
        count += 1
        label = labels[count - 1]
        if int(label["packet_number"]) != count:
            complain(count, f"is numbered {label['packet_number']}")
        if float(row["frame.time_epoch"]) < last:
            complain(count, "goes back in time")
        last = float(row["frame.time_epoch"])
        protocols.update(row["frame.protocols"].split(":"))
        for field in CHECKSUMS:
            if "0" in row[field].split(","):
                complain(count, field + " is bad")
        if label["activity"] in MEANT_ODD:
            continue
        if row["_ws.malformed"] or str(0x800000) in row["_ws.expert.severity"].split(","):
            complain(count, "malformed or an expert error")
        for field in FORBIDDEN:
            if row[field]:
                complain(count, field)
        if label["label"] == "0" and ":tcp" in row["frame.protocols"]:
            segments += 1
            holes += bool(row[HOLE])
            fills += any(row[field] for field in FILLS)
    if count != packets or len(labels) != packets:
        problems.append(f"{count} packets and {len(labels)} labels, {packets} asked for")
    # Each hole is filled once, unless the trace ends before, or a man in the middle takes the filling segment.
    if fills > holes or (holes - fills > 3 and scenario != "arp_mitm") or holes > 0.02 * segments:
        problems.append(f"{holes} holes and {fills} retransmissions in {segments} TCP packets")
    missing = PROTOCOLS["mirai" if scenario == "mirai" else "camera"] - protocols
    if missing and packets >= 20000:
        problems.append(f"no packet of {sorted(missing)}")
    share, onset = SCENARIOS[scenario]
    found = len(attacks) / packets
    if abs(found - share) > 0.15 * share + 0.002:
        problems.append(f"{found:.2%} attack packets, expected about {share:.2%}")
    if onset is not None and abs((attacks or [0])[0] / packets - onset) > 0.01:
        problems.append(f"first attack packet at {attacks[0] / packets:.1%}, expected about {onset:.1%}")
    quality = score(ninetails, path, attacks[0]) if attacks else ""
    print(f"{scenario:18} {count} packets, {found:7.2%} attack, {holes} losses, {len(protocols)} protocols, "
          f"{len(problems)} problems{quality}", flush=True)
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ninetails", required=True)
    parser.add_argument("--packets", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO")
    args = parser.parse_args()
    if not shutil.which("tshark"):
        print("skipped: no tshark")
        return 77
    failed = False
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        for scenario in args.scenarios or SCENARIOS:
            path = os.path.join(folder, scenario + ".pcap")
            subprocess.run([args.ninetails, "dataset", "synth", scenario, "--packets", str(args.packets),
                            "--seed", str(args.seed), "-o", path], check=True, stdout=subprocess.DEVNULL)
            for problem in check(args.ninetails, scenario, path, args.packets)[:20]:
                print("  " + problem)
                failed = True
            os.remove(path)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
