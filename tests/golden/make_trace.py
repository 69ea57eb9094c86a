#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes trace.tsv.gz: about 2,000 packet records in the 19 columns that Kitsune takes from tshark.

The records are invented so that every branch of the feature extractor is taken: IPv4, IPv6, ARP, ICMP
and frames that are none of these; hosts whose concatenated keys collide as text; packets from a key to
itself; equal, backward and far-apart timestamps; a burst; a scan; zero lengths; ICMP errors whose quoted
packet shows ports. The generator is a fixed linear congruence: the same bytes on every machine.

usage: make_trace.py [OUTPUT]
"""
import gzip
import sys

COLUMNS = ("frame.time_epoch frame.len eth.src eth.dst ip.src ip.dst tcp.srcport tcp.dstport "
           "udp.srcport udp.dstport icmp.type icmp.code arp.opcode arp.src.hw_mac "
           "arp.src.proto_ipv4 arp.dst.hw_mac arp.dst.proto_ipv4 ipv6.src ipv6.dst").split()

NAMES = {column.replace(".", "_"): column for column in COLUMNS}  # as keyword arguments
state = 20180218  # the first day of NDSS 2018


def draw(n):
    """An integer in 0 .. n - 1 (Knuth's MMIX generator, high bits)."""
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    return (state >> 33) % n


clock = 1_500_000_000_123_456_789  # ns
records = []


def emit(length, step=None, **fields):
    """One record `step` ns after the last one (by default a random 0 .. 50 ms)."""
    global clock
    clock += draw(50_000_000) if step is None else step
    row = {"frame.time_epoch": "%d.%09d" % divmod(clock, 10**9), "frame.len": str(length)}
    row.update({NAMES[name]: str(value) for name, value in fields.items()})
    records.append("\t".join(row.get(column, "") for column in COLUMNS))


def mac(n):
    return "02:00:00:00:%02x:%02x" % (n >> 8, n & 255)


def ip(src, dst, length, step=None, proto="tcp", sport=None, dport=None, macs=None, **more):
    v6 = ":" in src
    a, b = macs or (mac(sum(map(ord, src))), mac(sum(map(ord, dst))))
    fields = {"eth_src": a, "eth_dst": b,
              ("ipv6_src" if v6 else "ip_src"): src, ("ipv6_dst" if v6 else "ip_dst"): dst}
    if sport is not None:
        fields[proto + "_srcport"] = sport
        fields[proto + "_dstport"] = dport
    fields.update(more)
    emit(length, step, **fields)


def arp(src, dst, opcode, length=60, step=None, src_ip=None, dst_ip=None):
    fields = {"eth_src": src, "eth_dst": dst, "arp_opcode": opcode,
              "arp_src_hw_mac": src, "arp_dst_hw_mac": dst}
    if src_ip:
        fields["arp_src_proto_ipv4"] = src_ip
        fields["arp_dst_proto_ipv4"] = dst_ip
    emit(length, step, **fields)


def conversation(a, b, sport, dport, turns, proto="tcp", sizes=(60, 1514)):
    for turn in range(turns):
        size = sizes[0] if draw(3) else sizes[0] + draw(sizes[1] - sizes[0])
        if draw(2):
            ip(a, b, size, None, proto, sport, dport)
        else:
            ip(b, a, size, None, proto, dport, sport)


def ordinary(turns):
    hosts = ["192.168.1.%d" % (i + 1) for i in range(6)]
    for _ in range(turns):
        a, b = draw(6), draw(6)
        kind = draw(10)
        if kind < 6 and a != b:
            conversation(hosts[a], hosts[b], 40000 + a, (80, 443, 502)[b % 3], 1 + draw(4))
        elif kind < 8:
            conversation(hosts[a], "8.8.8.8", 5000 + draw(3), 53, 2, "udp", (70, 300))
        elif kind == 8:
            arp(mac(a), "ff:ff:ff:ff:ff:ff", 1, 42, None, hosts[a], hosts[b])
        else:
            emit(119, None, eth_src=mac(900 + a), eth_dst="01:80:c2:00:00:00")


def odd_ones():
    # Keys that collide as text: sockets, directed pairs (both ways), IPv6; a pair whose ends collide.
    for turn in range(6):
        ip("10.0.0.1", "10.0.9.9", 100 + turn, None, "tcp", 123, 7)
        ip("10.0.0.11", "10.0.9.9", 300 + turn, None, "tcp", 23, 7)
        ip("10.0.9.9", "10.0.0.11", 90 + turn, None, "tcp", 7, 23)
        ip("1.1.1.1", "11.1.1.1", 200 + turn, None, "udp", 9, 9)
        ip("1.1.1.11", "1.1.1.1", 400 + 2 * turn, None, "udp", 9, 9)
        ip("11.1.1.1", "1.1.1.1", 210 + turn, None, "udp", 9, 9)
        ip("1.1.1.1", "1.1.1.11", 410 + 3 * turn, None, "udp", 9, 9)
        ip("fe80::1", "fe80::9", 86 + turn, None, "udp", 23, 5)
        ip("fe80::12", "fe80::9", 86 + 7 * turn, None, "udp", 3, 5)
        ip("10.0.0.1", "10.0.0.11", 77 + turn, None, "tcp", 123, 23)
    # From a key to itself: with no pair before it, and with older ones.
    for turn in range(5):
        ip("127.0.0.1", "127.0.0.1", 60 + 5 * turn, None, "tcp", 4000, 4000)
        ip("127.0.0.1", "127.0.0.1", 66 + turn, None, "tcp", 4000, 4001)
        ip("127.0.0.1", "127.0.0.2", 61 + turn, None, "udp", 4000, 4000)
        ip("192.168.1.1", "192.168.1.1", 71 + 9 * turn, None, "tcp", 40000, 40000)
        ip("127.0.0.2", "127.0.0.1", 99 - turn, None, "udp", 4000, 4000)
        arp(mac(7), mac(7), 1, 60, None, "192.168.1.7", "192.168.1.7")
        emit(64, None, eth_src=mac(8), eth_dst=mac(8))
    # ICMP, its errors with a quoted packet, one with ports of both protocols; ICMPv6.
    for turn in range(6):
        ip("192.168.1.2", "8.8.8.8", 98, None, icmp_type=8, icmp_code=0)
        ip("8.8.8.8", "192.168.1.2", 98 + turn, None, icmp_type=0, icmp_code=0)
        ip("192.168.1.254", "192.168.1.3", 70, None, "udp", 33434 + turn, 53, icmp_type=3, icmp_code=3)
        ip("192.168.1.254", "192.168.1.4", 82, None, "tcp", 80, 4242, icmp_type=11, icmp_code=0)
        ip("192.168.1.254", "192.168.1.4", 90 + turn, None, "tcp", 80, 42, icmp_type=3, icmp_code=1,
           udp_srcport=53, udp_dstport=99)
        ip("fe80::1", "ff02::1", 86, None)
        ip("2001:db8::10", "2001:db8::20", 1294 - turn, None, "tcp", 443, 50000 + turn % 2)
    # ARP without IPv4 addresses, frames without a link layer, zero lengths.
    for turn in range(4):
        arp(mac(33), mac(34), 2, 50 + turn)
        emit(40 + turn, None, ip_src="172.16.0.1", ip_dst="172.16.0.2", udp_srcport=1, udp_dstport=2)
        emit(24, None)
        ip("172.16.0.9", "172.16.0.8", 0, None, "udp", 6, 6)
        ip("172.16.0.8", "172.16.0.9", 0 if turn else 1500, None, "udp", 6, 6)


def times():
    a, b = "10.9.0.1", "10.9.0.2"
    for turn in range(10):  # equal
        ip(a, b, 60 + turn * turn, 0, "tcp", 1000, 2000)
        ip(b, a, 1500 - 13 * turn, 0, "tcp", 2000, 1000)
    for step in (-1, 5, -1000, 10**6, -(10**9), 10**3, 10**9, -3 * 10**9, 10**7, 4 * 10**9):  # backwards
        ip(a, b, 111, step, "tcp", 1000, 2000)
        ip("10.9.0.3", a, 222, step // 2, "udp", 500, 500)
        ip(b, a, 333 + draw(9), step, "tcp", 2000, 1000)
    for step in (30, 250, 3600, 120_000, 1, 200_000):  # gaps that let weights die, in s
        ip(a, b, 64, step * 10**9, "tcp", 1000, 2000)
        ip(b, a, 1514, 10**6, "tcp", 2000, 1000)
        ip("192.168.1.1", "192.168.1.2", 80 + draw(99), 10**6, "tcp", 40000, 443)
        ip("1.1.1.1", "11.1.1.1", 222, 10**5, "udp", 9, 9)


def burst(n):
    for i in range(n):
        ip("10.66.0.1", "192.168.1.1", 60, 10_000 + draw(5000), "tcp", 1024 + i % 50, 80)


def scan(n):
    for i in range(n):
        ip("10.77.0.1", "10.78.%d.%d" % (i // 250, i % 250), 60, 2_000_000 + draw(100_000), "tcp", 51515, 22)
        if i % 9 == 0:
            ip("10.78.%d.%d" % (i // 250, i % 250), "10.77.0.1", 54, 50_000, "tcp", 22, 51515)


ordinary(220)
odd_ones()
ordinary(60)
burst(150)
times()
scan(260)
odd_ones()
ordinary(200)

text = "\t".join(COLUMNS) + "\n" + "\n".join(records) + "\n"
out = sys.argv[1] if len(sys.argv) > 1 else "trace.tsv.gz"
with open(out, "wb") as f:
    f.write(gzip.compress(text.encode(), 9, mtime=0))
print(len(records), "records")
