# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames made by hand for the comparison with tshark: every layer and tunnel the decoder follows.

families() gives (name, link type, list of frames); write() makes a pcap file of them. variants() cuts a frame at
every byte, once as a snapshot (the length on the wire stays) and once as a frame that short.
"""
import struct
import zlib

from layers import *

U4, U6, T4 = ip4(udp()), ip6(udp()), ip4(tcp(), 6)
PPP4, PPP6 = be16(0x21) + inner4(), be16(0x57) + inner6()


def link_layers():
    """Ethernet, ARP and what may stand between a type and the next."""
    yield "ethernet", 1, [
        eth(U4), eth(T4), eth(ip4(icmp(), 1)), eth(U6, 0x86dd), eth(ip6(tcp(b"x" * 9), 6), 0x86dd),
        eth(arp(), 0x0806),
        eth(arp(2), 0x0806), eth(U4) + b"\0" * 20, eth(b"\0" * 46, 0x88b8), eth(b"\xff\xff\0\0" + b"\0" * 30, 34),
        eth(snap(U4), len(snap(U4))), eth(snap(U4) + b"\0" * 9, len(snap(U4))), eth(llc(U4, 6, 6), 3 + len(U4)),
        eth(llc(b"\0" * 35, 0x42, 0x42), 38), eth(llc(b"\1" + U4, 6, 6, 0), 4 + len(U4)), eth(U4, 1501), eth(U4, 0),
        eth(snap(inner_eth(), 7, b"\0\x80\xc2"), 100), eth(snap(b"\0\0" + inner_eth(), 7, b"\0\x80\xc2"), 100),
        eth(snap(b"\0\0" + inner_eth() + b"\0" * 4, 1, b"\0\x80\xc2"), 100), eth(snap(U4, 0x0800, b"\0\0\xf8"), 100)]
    yield "arp", 1, [eth(arp(n), 0x0806) for n in (0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 23, 25, 65535)] + [
        eth(arp(hardware=6), 0x0806), eth(arp(hardware=15), 0x0806), eth(arp(protocol=0x0806), 0x0806),
        eth(arp(hw=b"\1\2", hw2=b"\3\4"), 0x0806), eth(arp(ip=V6A, ip2=V6B), 0x0806), eth(arp(), 0x8035),
        eth(arp(hw=b"", hw2=b""), 0x0806), eth(arp(ip=b"", ip2=b""), 0x0806),
        eth(arp(protocol=0x00cc, hardware=3), 0x0806),
        eth(be16(19) + be16(0x0800) + b"\4\0" + be16(1) + b"\4\4\0\4" + b"atm1" + IP1 + b"atm2" + IP2, 0x0806)]
    tagged = vlan(U4)
    yield "tags", 1, [
        eth(tagged, 0x8100), eth(vlan(tagged, 3, 0x8100), 0x8100), eth(vlan(tagged, 3, 0x8100), 0x88a8),
        eth(vlan(vlan(U4), 3, 0x88a8), 0x88a8), eth(tagged, 0x9100), eth(tagged, 0x9200),
        eth(vlan(U6, 0, 0x86dd), 0x8100),
        eth(vlan(snap(U4), 5, len(snap(U4))), 0x8100), eth(vlan(b"\xff\xff" + U4, 5, 60), 0x8100),
        eth(be32(1) + MAC1 + MAC2 + be16(0x0800) + U4, 0x88e7),
        eth(be16(1) + be16(0x88e7) + be32(1) + MAC1 + MAC2 + be16(0x0800) + U4, 0x88a8),
        eth(be32(1) + be16(0x0800) + U4, 0x8926), eth(be32(1) + be16(0x8100) + tagged, 0x8926),
        eth(be32(1) + be16(len(snap(U4))) + snap(U4), 0x8926),
        eth(b"\0" * 6 + be16(0x0800) + U4, 0x893f), eth(be32(5) + be16(0x0800) + U4, 0x892f),
        eth(be32(5) + be16(0x0800) + U4, 0xf1c1),
        eth(b"\0" * 22 + be16(0x0800) + U4, 0x88de), eth(b"\0" * 6 + be16(0x0800) + U4, 0x8909),
        eth(be16(1) + be16(0x10) + b"\0" * 8 + be16(0x0800) + U4, 0xd28b),
        eth(be16(1) + be16(0x120) + b"\0" * 6 + be16(0x0800) + U4, 0xd28b),
        eth(be16(2) + be16(0x0800) + U4, 0xd28b), eth(b"\x20\0" + b"\0" * 12 + be16(0x0800) + U4 + b"i" * 16, 0x88e5),
        eth(b"\0\0" + b"\0" * 4 + be16(0x0800) + U4 + b"i" * 16, 0x88e5),
        eth(b"\x0c\0" + b"\0" * 4 + U4 + b"i" * 16, 0x88e5),
        eth(b"\0\0\0\0\0\0" + inner_eth(), 0x22f3), eth(b"\0\x40\0\0\0\0" + b"o" * 4 + inner_eth(), 0x22f3),
        eth(inner_eth(), 0x6558), eth(b"\4\0\0\0" + be16(0x0800) + U4, 0x22e5),
        eth(be16(0x0800) + b"\1\0" + U4, 0x9021),
        eth(b"\0" * 38 + inner_eth(), 0xe555), eth(snap(U4), 0x8870),
        eth(b"\0\x06\1\1" + be32(1) + b"\0" * 16 + U4, 0x894f), eth(b"\0\2\2\3" + be32(1) + inner_eth(), 0x894f),
        eth(b"\0\4\2\2" + be32(1) + b"\0\0\0\3abc\0" + U6, 0x894f), eth(b"\0\3\2\2" + be32(1) + b"meta" + U6, 0x894f),
        eth(b"\0\2\2\5" + be32(1) + mpls(U4), 0x894f),
        MAC2 + MAC1 + be16(0x8903) + be16(1) + inner_eth() + b"fcs!",
        bytes.fromhex("01000c000000") + MAC1 + be16(60) + llc(b"\0\0\x0c" + b"\0" * 6) + inner_eth() + b"fcs!"]
    tags = U4
    for _ in range(25):
        tags = vlan(tags, 5, 0x8100) if tags is not U4 else vlan(U4)
    yield "many tags", 1, [eth(tags, 0x8100)]


def networks():
    """IPv4, IPv6, their options and extensions, ICMP."""
    route = b"\x83\x0b\x04" + IP3 + IP4
    yield "ipv4", 1, [
        eth(ip4(udp(), options=o)) for o in (
            b"\1\1\1\0", route, b"\1" + route, b"\x83\x0b\x0c" + IP3 + IP4, b"\x89\x0a\x04" + IP3 + b"\1\2\3",
            b"\x83\x0b\x05" + IP3 + IP4,
            b"\x44\x08\x05\0" + be32(1), b"\x44\x03\x05", b"\x82\2", b"\x82\3\1", b"\x94\4\0\0", b"\x94\3\0",
            b"\x07\x07\x04" + IP3, b"\x07\2",
            b"\x86\6\0\0\0\1", b"\x86\5\0\0\0", b"\x85\2", b"\x88\4\0\1", b"\x88\3\0", b"\x52\x0c" + b"\0" * 10,
            b"\x52\x0b" + b"\0" * 9,
            b"\x0b\4\0\1", b"\x0b\2", b"\x19\x08\0\0" + b"\0" * 4, b"\x99\0", b"\x99\1", b"\x99\x30",
            b"\0\x82\2")] + [
        eth(ip4(udp(), length=n)) for n in (0, 10, 19, 20, 24, 30, 1000)] + [
        eth(ip4(udp(), ihl=n)) for n in (0, 4, 6, 15)] + [
        eth(b"\x60" + ip4(udp())[1:]), eth(b"\x70" + ip4(udp())[1:]), eth(U6), eth(U4, 0x86dd), eth(ip4(b"", 17)),
        eth(ip4(b"x" * 30, 200)),
        eth(ip4(U4, 4)), eth(ip4(U6, 41)), eth(ip4(U4, 41)), eth(ip4(U6, 4)), eth(ip4(ip4(U4, 4), 4)),
        eth(ip4(udp(), 136)),
        eth(ip4(udp(length=7), 136)), eth(ip4(udp(length=0), 136)), eth(ip4(udp(length=200), 136)),
        eth(ip4(udp(length=7))),
        eth(ip4(udp(length=8))), eth(ip4(udp(length=0))), eth(ip4(udp(length=200))), eth(ip4(b"x" * 20, 50)),
        eth(ip4(udp(), flags=1)), eth(ip4(udp(), offset=3)), eth(ip4(udp(), flags=2)), eth(ip4(inner_eth(), 143)),
        eth(ip4(b"\x30\0" + inner_eth(), 97)),
        eth(ip4(bytes([17, 4]) + b"\0" * 22 + udp(), 51)), eth(ip4(bytes([17, 0]) + b"\0" * 6 + udp(), 51)),
        eth(ip4(mpls(U4), 137)),
        eth(ip4(b"\x21\0\0\0\0\0\0\0" + inner4(), 103)), eth(ip4(b"\x21\0\0\0\0\0\0\0" + inner6(), 103)),
        eth(ip4(b"\x20\0\0\0" + b"\0" * 8, 103)),
        eth(ip4(b"\x11\0\0\0" + inner4(), 103)), eth(ip4(b"\x21\0\0\0\0\0\0\0" + b"\0" * 20, 103))]
    quote = ip4(udp(src=7000, dst=7001), src=IP3, dst=IP4)
    quoted_route = ip4(udp(), options=route, src=IP3, dst=IP4)
    yield "icmp", 1, [eth(ip4(icmp(be32(0) + quote, k), 1)) for k in (0, 3, 4, 5, 11, 12, 13, 18, 42, 255)] + [
        eth(ip4(icmp(be32(0) + quote[:28], 3, 3), 1)), eth(ip4(icmp(b"\0\1\0\0" + quote, 3, 3), 1)),
        eth(ip4(icmp(b"\0\x09\0\0" + quote + b"\0" * 99, 11), 1)),
        eth(ip4(icmp(be32(0) + quoted_route, 3), 1)), eth(ip4(icmp(be32(0) + ip4(icmp(be32(0) + quote, 3), 1), 3),
        1)),
        eth(ip4(icmp(be32(0) + ip4(tcp(), 6)[:28], 3), 1)), eth(ip4(icmp(be32(0) + U6, 3), 1)),
        eth(ip4(icmp(be32(0) + over_udp(4789, b"\0" * 8 + inner_eth())[14:], 3), 1))]
    redirect = bytes([137, 0]) + be16(0) + be32(0) + V6C + V6D
    yield "icmpv6", 1, [eth(ip6(bytes([k, 0]) + be16(0) + be32(0) + inner6(), 58), 0x86dd) for k in (1, 2, 3, 4, 5,
        128, 129, 130, 133, 135, 255)] + [
        eth(ip6(redirect + b"\1\1" + MAC1 + bytes([4, 1 + len(inner6()) // 8 + 1]) + b"\0" * 6 + inner6() + b"\0" * 8,
        58), 0x86dd), eth(ip6(redirect + b"\1\0", 58), 0x86dd),
        eth(ip4(bytes([1, 0]) + be16(0) + be32(0) + inner6(), 58)), eth(ip6(icmp(be32(0) + quote, 3), 1), 0x86dd)]
    hop = bytes([17, 0, 1, 4, 0, 0, 0, 0])
    home = bytes([17, 2, 1, 2, 0, 0, 0xc9, 16]) + V6C
    yield "ipv6", 1, [
        eth(ip6(h + udp(), k), 0x86dd) for k, h in (
            (0, hop), (60, hop), (0, bytes([60]) + hop[1:] + hop), (60, home), (60, home[:7] + b"\1" + V6C),
            (0, bytes([17, 0, 5, 2, 0, 0, 1, 0])),
            (0, bytes([17, 0, 5, 2, 0, 0, 0, 0])), (0, bytes([17, 0, 1, 200, 0, 0, 0, 0])),
            (0, bytes([17, 0, 0, 0, 0, 0, 0, 0])),
            (43, bytes([17, 2, 0, 1]) + be32(0) + V6C), (43, bytes([17, 2, 2, 1]) + be32(0) + V6C),
            (43, bytes([17, 0, 200, 0, 0, 0, 0, 0])),
            (43, bytes([17, 2, 0, 0]) + be32(0) + V6C), (43, bytes([17, 2, 4, 1, 0, 0, 0, 0]) + V6C),
            (43, bytes([17, 1, 3, 0]) + be32(0) + b"\0" * 8),
            (44, bytes([17, 0, 0, 0]) + be32(7)), (51, bytes([17, 4]) + b"\0" * 22),
            (135, bytes([17, 0, 0, 0, 0, 0, 0, 0])), (140, bytes([17, 0, 0, 0, 0, 0, 0, 0])),
            (139, bytes([17, 4, 1, 0x11]) + b"\0" * 36), (50, b"\0" * 8), (59, b""), (253, b""))] + [
        eth(ip6(U6, 41), 0x86dd), eth(ip6(U4, 4), 0x86dd), eth(ip6(U4, 41), 0x86dd), eth(ip6(udp(length=0)), 0x86dd),
        eth(ip6(udp(), length=0), 0x86dd),
        eth(ip6(udp(), length=4), 0x86dd), eth(ip6(udp(), length=400), 0x86dd), eth(ip6(udp()) + b"\0" * 9, 0x86dd),
        eth(ip6(bytes([17, 0, 0xc2, 4]) + be32(70000) + udp(length=0), 0, length=0), 0x86dd),
        eth(ip6(bytes([17, 0, 0xc2, 4]) + be32(100) + udp(), 0, length=0), 0x86dd),
        eth(ip6(udp(), 136), 0x86dd), eth(ip6(gre(U4), 47), 0x86dd), eth(ip6(b"", 17), 0x86dd)]


def tunnels():
    """MPLS, PPPoE and GRE."""
    yield "mpls", 1, [
        eth(mpls(U4), 0x8847), eth(mpls(U6), 0x8848), eth(mpls(mpls(U4), 16, False), 0x8847),
        eth(mpls(U4, 3), 0x8847), eth(mpls(U4, 0), 0x8847),
        eth(mpls(b"\0\0\0\0" + inner_eth()), 0x8847), eth(mpls(b"\0\0\0\5" + inner_eth()), 0x8847),
        eth(mpls(b"\x10\0\0\x21" + U4), 0x8847), eth(mpls(b"\x10\0\0\x57" + U6), 0x8847),
        eth(mpls(b"\x10\0\0\x21" + U4, 13), 0x8847), eth(mpls(U4, 14), 0x8847), eth(mpls(b"\x50" * 30), 0x8847),
        eth(mpls(U4, 9, False), 0x8847), eth(mpls(b""), 0x8847)]
    yield "pppoe", 1, [eth(b"\x11\0" + be16(1) + be16(len(p) + n) + p + b"\0" * pad, 0x8864) for p, n, pad in (
        (PPP4, 0, 0), (PPP6, 0, 0), (PPP4, 0, 10), (PPP4, -9, 0), (PPP4, 20, 0), (be16(0xc021) + b"\1\1\0\4", 0, 30),
        (b"\x21" + inner4(), 0, 0),
        (be16(0x281) + mpls(U4), 0, 0), (be16(0x106) + be16(4) + be32(1) + PPP4, 0, 0),
        (be16(0x3d) + b"\xc0\0\0\1" + PPP4, 0, 0),
        (be16(0x3d) + b"\x80\0\0\1" + PPP4, 0, 0), (be16(0x31) + b"\0\1" + inner_eth(), 0, 0),
        (be16(0x59) + bytes([0x80 | len(inner4()) + 1, 0x21]) + inner4(), 0, 0),
        (be16(0x4b) + snap(inner4()), 0, 0))] + [eth(b"\x11\x09" + be16(0) + be16(4) + be16(0x101) + be16(0), 0x8863)]
    pptp = be16(0x3001) + be16(0x880b) + be16(len(PPP4) + 2) + be16(9) + be32(1)
    stored = b"\1" + struct.pack("<HH", len(tcp()), 0xffff ^ len(tcp())) + tcp()  # deflate's way to leave bytes alone
    adler = be32(zlib.adler32(tcp()))
    squeezed = bytes.fromhex("e35f38c7918181811188990224985f006986440a0000")  # tcp(b"a" * 60)
    v4 = b"\1" + struct.pack("<HH", len(inner4()), 0xffff ^ len(inner4())) + inner4()
    v6 = b"\1" + struct.pack("<HH", len(inner6()), 0xffff ^ len(inner6())) + inner6()
    yield "ipcomp", 1, [eth(ip4(c, 108)) for c in (
        b"\6\0\0\2" + stored, b"\6\0\0\2" + squeezed, b"\6\0\0\2" + squeezed + b"behind", b"\6\0\x12\x34" + squeezed,
        b"\6\0\0\2\x78\x9c" + stored + adler, b"\6\0\0\2\x78\x9c" + stored + b"sum!", b"\x04\0\0\2" + v4,
        b"\x29\0\0\2" + v6, b"\6\0\0\2" + tcp(), b"\6\0\0\2", b"\6\0\0\2\3\0", b"\x3b\0\0\2" + stored,
        b"\x11\0\0\2" + stored)] + [
        eth(ip6(b"\6\0\0\2" + squeezed, 108), 0x86dd), eth(ip6(b"\x29\0\0\2" + v6, 108), 0x86dd),
        eth(ip4(bytes([108, 4]) + b"\0" * 22 + b"\6\0\0\2" + squeezed, 51)),
        eth(ip6(bytes([108, 4]) + b"\0" * 22 + b"\6\0\0\2" + squeezed, 51), 0x86dd),
        eth(ip4(b"\6\0\0\2" + squeezed, 108, flags=1))]
    yield "gre", 1, [eth(ip4(g, 47)) for g in (
        gre(inner4()), gre(inner6(), 0x86dd), gre(inner_eth(), 0x6558), gre(inner_eth(), 0x6400), gre(arp(), 0x0806),
        gre(mpls(inner4()), 0x8847),
        gre(inner4(), flags=0x2000, extra=be32(9)), gre(inner4(), flags=0xb000, extra=b"\0" * 12),
        gre(inner4(), flags=0x4000, extra=b"\0" * 8),
        gre(inner4(), flags=0x4000, extra=b"\0" * 4 + be16(0x0800) + b"\0\4" + IP3 + b"\0" * 4), gre(b"", 0x0800),
        gre(b"", 0x0800, 0x1000, be32(1)),
        pptp + b"\xff\3" + PPP4, pptp + PPP4,
        be16(0x3081) + be16(0x880b) + be16(9) + be16(9) + be32(1) + be32(2) + PPP4,
        gre(inner4(), 0x883e), gre(b"\0\0\0\0" + inner4(), 0x883e), gre(inner_eth(), 0x88be),
        gre(b"\x10\0\0\0" + be32(0) + inner_eth(), 0x88be, 0x1000, be32(1)),
        gre(b"\x20\7\0\0" + be32(0) + be32(0) + inner_eth(), 0x22eb, 0x1000, be32(1)),
        gre(b"\x20\7\0\0" + be32(0) + be32(1) + b"\0" * 8 + inner_eth(), 0x22eb, 0x1000, be32(1)),
        gre(b"\x20\7\0\0" + be32(0) + be32(0x0800) + inner4(), 0x22eb), gre(b"\x30\0" + inner_eth(), 0x22eb),
        gre(b"\0\2\2\1" + be32(1) + inner4(), 0x894f),
        gre(be16(0x0800) + b"\0" * 6 + inner4(), 0x8909), gre(data80211(snap(inner4())), 0x8200),
        gre(b"x" * 20, 0x9999), gre(be16(0x1061 - 0x1000 + 0x1800) + b"\3\xcc" + inner4(), 0x6559),
        gre(be16(1) + be16(0x0800) + b"\0" * 6 + be16(100) + be16(0) + be16(68) + b"\1\x08\4\0\4\4" + b"\0" * 6 +
            IP3 + IP3 + IP4 + inner4(), 0x2001))]


def over_ports():
    """Tunnels in UDP and TCP."""
    vni = b"\x08\0\0\0\0\0\7\0"
    gtp = b"\x30\xff" + be16(len(inner4())) + be32(9) + inner4()
    lisp = b"\0" * 8
    openflow = b"\1\x0a" + be16(18 + len(inner_eth())) + be32(1) + be32(0xffffffff) + be16(9) + be16(1) + b"\0\0"
    openflow += inner_eth()
    openflow4 = b"\4\x0a" + be16(42 - 8 + len(inner_eth())) + be32(1) + be32(0) + be16(9) + b"\0" * 10
    openflow4 += be16(1) + be16(4) + be32(0) + be16(0) + inner_eth()
    openflow_out = b"\4\x0d" + be16(40 + len(inner_eth())) + be32(1) + be32(0) + be32(0) + be16(16) + b"\0" * 22
    openflow_out += inner_eth()
    sample = be32(1) + be32(100) + be32(4) + be32(len(inner_eth())) + inner_eth() + b"\0" * (-len(inner_eth()) % 4)
    sflow = be32(5) + be32(1) + IP1 + be32(0) + be32(1) + be32(1) + be32(1) + be32(1) + be32(40 + len(sample))
    sflow += b"\0" * 28 + be32(1) + be32(1) + be32(len(sample)) + sample
    frame = data80211(snap(inner4()))
    swapped = frame[1:2] + frame[:1] + frame[2:]
    yield "over ports", 1, [
        over_udp(4789, vni + inner_eth()), over_udp(4789, vni + inner_eth(), 4789),
        over_udp(4789, vni + inner_eth(), 53), over_udp(4790, b"\x0c\0\0\1\0\0\7\0" + inner4()),
        over_udp(4790, b"\x0c\0\0\3\0\0\7\0" + inner_eth()), over_udp(4790, b"\x0c\0\0\x09\0\0\7\0" + inner4()),
        over_udp(6081, b"\0\0\x65\x58\0\0\7\0" + inner_eth()),
        over_udp(6081, b"\1\0\x08\0\0\0\7\0" + b"\0\0\0\0" + inner4()),
        over_udp(6081, b"\2\0\x08\0\0\0\7\0" + b"\0\0\0\x1f\0\0\0\0" + inner4()), over_udp(2152, gtp),
        over_udp(2152, gtp, 2152),
        over_udp(2152, b"\x34\xff" + be16(len(inner4()) + 8) + be32(9) + b"\0\0\0\x85\1\0\0\0" + inner4()),
        over_udp(2152, b"\x32\xff" + be16(len(inner4()) + 4) + be32(9) + be32(0) + inner4()),
        over_udp(2152, b"\x30\xff" + be16(len(inner_eth())) + be32(9) + inner_eth()),
        over_udp(2152, b"\x30\1" + be16(0) + be32(9)), over_udp(2152,
        b"\x10\xff" + be16(len(inner4())) + b"\0" * 16 + inner4()),
        over_udp(2152, b"\x48\xff" + be16(0) + be32(0)), over_udp(2152, b"\xf0\xff" + be16(9) + inner4()),
        over_udp(3386, b"\x0f\xff" + be16(9) + be16(1) + inner4()),
        over_udp(3544, inner6()), over_udp(3544, b"\0\0" + be16(1) + IP1 + inner6()),
        over_udp(3544, b"\0\1\0\0" + b"\0" * 9 + inner6()),
        over_udp(3544, b"\0\1\2\3" + b"\0" * 14 + b"\0\0" + be16(1) + IP1 + inner6()),
        over_udp(1701, b"\0\2" + be16(1) + be16(2) + b"\xff\3" + PPP4),
        over_udp(1701, b"\x40\2" + be16(8 + len(PPP4)) + be16(1) + be16(2) + PPP4),
        over_udp(1701, b"\x4a\2" + be16(99) + b"\0" * 8 + be16(2) + b"pp" + PPP4),
        over_udp(1701, b"\xc8\2" + be16(12) + b"\0" * 8), over_udp(1701, b"\0\3" + be16(0) + be32(1) + inner_eth()),
        over_udp(1701, b"\0\7" + b"\0" * 20),
        over_udp(37008, b"\1\0\0\1\1" + inner_eth()), over_udp(37008, b"\1\0\0\1\x0a\1\7\0\1" + inner_eth()),
        over_udp(37008, b"\1\0\0\x12\1" + data80211(snap(inner4()))), over_udp(37008, b"\1\0\0\7\1" + inner4()),
        over_udp(5247, b"\0\x10\2\0\0\0\0\0\0" + inner_eth()),
        over_udp(5247, b"\0\x10\3\0\0\0\0\0" + swapped),
        over_udp(5247, b"\0\x10\2\x08\0\0\0\0" + b"\0" * 20), over_udp(5247, b"\1\0\0\0" + b"\x16" * 30),
        over_udp(5247, b"\0\x10\2\x80" + be16(5) + be16(0) + inner_eth()[:32]),
        over_udp(5247, b"\0\x10\2\xc0" + be16(5) + be16(32) + inner_eth()[32:]),
        over_udp(4341, lisp + inner4()), over_udp(4341, lisp + inner6()), over_udp(4342, b"\x80\0\0\0" + inner4()),
        over_udp(4342, b"\x10\0\0\0" + inner4()), over_udp(6635, mpls(inner4())), over_udp(4754, gre(inner4())),
        over_udp(2268, b"\6\0" + inner4()), over_udp(2268, b"\4" + b"\0" * 11 + inner4()),
        over_udp(2268, b"\5" + b"\0" * 11 + inner6()),
        over_udp(5072, b"\x42\x52\x11\x29" + be32(0) + b"\0" * 36 + inner6()),
        over_udp(434, b"\4\4\0\0" + inner4()), over_udp(434, b"\1" + b"\0" * 30),
        over_udp(30030, b"\0" * 8 + inner4()), over_udp(30030, b"\0" * 8 + b"\xff\3" + PPP4),
        over_udp(30030, b"\0" * 20),
        over_udp(12000, snap(inner4())), over_udp(12222, b"\0\0\0\x20\0\0" + swapped),
        over_udp(12220, inner_eth()),
        over_udp(6343, sflow), over_udp(6343, b"\0\0\0\7" + sflow[4:])]
    yield "over streams", 1, [
        eth(ip4(tcp(openflow, 50001, dst=6633), 6)), eth(ip4(tcp(openflow4, 50002, dst=6633), 6)),
        eth(ip4(tcp(openflow + openflow, 50003, dst=6633), 6)), eth(ip4(tcp(openflow_out, 50004, dst=6653), 6)),
        eth(ip4(tcp(b"\1" + be16(20 + len(inner4())) + b"\1" + IP1 + b"\0" * 12 + inner4(), dst=639), 6))]


def media():
    """Link layers other than Ethernet."""
    yield "null", 0, [le32(2) + U4, be32(2) + U4, le32(24) + U6, le32(28) + U6, le32(30) + U6, be32(30) + U6,
        le32(7) + U4, le32(0x800) + U4, be32(0x86dd) + U6, b"\xff\3" + PPP4, le32(0x20000) + U4]
    yield "loop", 108, [be32(2) + U4, be32(24) + U6, be32(30) + U6, le32(2) + U4, be32(99) + U4]
    yield "raw", 101, [U4, U6, T4, b"\xff\3" + PPP4, MAC1 + b"\xff\3" + PPP4, b"\0\xff\3" + PPP4, b"\0" * 10 + U4,
        b"\x50" * 30]
    yield "raw 12", 12, [U4, U6]
    yield "ipv4 alone", 228, [U4, U6, b"\x50" * 30]
    yield "ipv6 alone", 229, [U6, U4]
    yield "ppp", 9, [b"\xff\3" + PPP4, PPP4, b"\xff\3" + PPP6, b"\xff\3\x21" + inner4(),
        b"\x0f\0" + be16(0x0800) + U4, b"\xff\3" + be16(0xc021) + b"\1\1\0\4", b"\x8f\0" + be16(0x86dd) + U6]
    yield "ppp in hdlc", 50, [b"\xff\3" + PPP4, b"\x0f\0" + be16(0x0800) + U4]
    yield "pppoe alone", 51, [b"\x11\0" + be16(1) + be16(len(PPP4)) + PPP4]
    yield "cisco hdlc", 104, [b"\x0f\0" + be16(k) + p for k, p in ((0x0800, U4), (0x86dd, U6), (0x8847, mpls(U4)),
        (0x8035, b"\0" * 18), (0x6558, inner_eth()), (0xfefe, b"\3" + b"\0" * 20), (0x9999, U4))]
    cooked = be16(0) + be16(1) + be16(6) + MAC1 + b"\0\0"
    yield "cooked", 113, [cooked + be16(k) + p for k, p in ((0x0800, U4), (0x86dd, U6), (0x0806, arp()),
        (0x8100, vlan(U4)), (4, snap(U4)), (1, U4), (3, inner_eth()), (7, b"\xff\3" + PPP4))] + [
        be16(0) + be16(778) + be16(6) + MAC1 + b"\0\0" + be16(0x0800) + U4,
        be16(0) + be16(824) + be16(6) + MAC1 + b"\0\0" + be16(0x0800) + U4,
        be16(0) + be16(803) + be16(6) + MAC1 + b"\0\0" + be16(4) + radiotap(data80211(snap(U4)))]
    yield "cooked 2", 276, [be16(k) + be16(0) + be32(2) + be16(1) + b"\0\6" + MAC1 + b"\0\0" + p for k,
        p in ((0x0800, U4), (0x86dd, U6), (0x0806, arp()), (4, snap(U4)))]
    packet_header = le16(8) + le16(1) + be16(0x0800) + b"\0\0"
    yield "nflog", 239, [b"\2\0\0\0" + packet_header + le16(4 + len(U4)) + le16(9) + U4,
        b"\2\0\0\0" + le16(4 + len(U4)) + le16(9) + U4, b"\x0a\0\0\0" + le16(4 + len(U6)) + le16(9) + U6,
                         b"\2\0\0\0" + le16(7) + le16(10) + b"ab\0\0" + packet_header +
                         le16(4 + len(U4)) + le16(9) + U4, b"\2\0\0\0" + le16(2) + le16(9) + U4]
    yield "pflog", 117, [bytes([61, 2]) + b"\0" * 62 + U4, bytes([61, 24]) + b"\0" * 62 + U6,
        bytes([48, 2]) + b"\0" * 46 + U4, bytes([100, 2]) + b"\0" * 98 + U4, bytes([61, 9]) + b"\0" * 62 + U4]
    yield "enc", 109, [le32(2) + b"\0" * 8 + U4, be32(2) + b"\0" * 8 + U4, le32(24) + b"\0" * 8 + U6]
    yield "fddi", 10, [b"\x50" + MAC2 + MAC1 + snap(U4), b"\x41" + MAC2 + MAC1 + snap(U4)]
    yield "token ring", 6, [b"\x10\x40" + MAC2 + MAC1 + snap(U4),
        b"\x10\x40" + MAC2 + bytes([MAC1[0] | 0x80]) + MAC1[1:] + b"\x06\0\1\2\3\4" + snap(U4),
        b"\x10\0" + MAC2 + MAC1 + b"\0" * 20]
    yield "rfc 1483", 100, [snap(U4), snap(b"\0\0" + inner_eth(), 7, b"\0\x80\xc2")]
    yield "classical ip", 106, [U4]
    yield "frame relay", 107, [b"\x18\x41\3\xcc" + U4, b"\x18\x41\3\x8e" + U6, b"\x18\x41\3\0\x80\0\0\0\x08\0" + U4,
        b"\x18\x41\3\0\x80\0\x80\xc2\0\7" + inner_eth(), b"\x18\x41\x08\0" + U4, b"\x18\x41\x86\xdd" + U6,
                               b"\x18\x41" + inner_eth() + b"fcs!", b"\0\1\3\x08" + b"\0" * 20,
                               b"\0\1\x09\0" + b"\0" * 20, b"\x18\x41\3\x81" + b"\0" * 20, b"\x18\x40\1\1\3\xcc" + U4,
                               b"\x18\x40\x21\3\xcc" + U4, b"\x18\x41\0\0\xcc" + U4]
    yield "arcnet", 7, [b"\1\2\xd4\0\0\1" + U4, b"\1\2\xf0" + U4,
        b"\1\2\xd5\0\0\1" + arp(hardware=7, hw=b"\1", hw2=b"\2")]
    yield "arcnet linux", 129, [b"\1\2\0\0\xd4\0\0\1" + U4]
    yield "fibre channel", 122, [b"\0" * 16 + snap(U4)]
    yield "firewire", 138, [b"\0" * 16 + be16(0x0800) + U4]
    yield "sun atm", 123, [b"\2\0\0\5" + snap(U4), b"\1\0\0\5" + be16(1) + inner_eth()]
    yield "symantec", 99, [b"\0" * 6 + be16(0x0800) + b"\0" * 36 + U4, b"\0" * 10 + be16(0x0800) + b"\0" * 44 + U4]
    yield "ipnet", 226, [b"\1\2\0\0" + be32(len(U4)) + b"\0" * 16 + U4,
        b"\1\x1a\0\0" + be32(len(U6)) + b"\0" * 16 + U6]
    yield "pktap", 258, [le32(108) + le32(1) + le32(1) + b"\0" * 96 + inner_eth(),
        le32(108) + le32(1) + le32(12) + b"\0" * 96 + U4, le32(108) + le32(0) + le32(1) + b"\0" * 96 + inner_eth()]
    yield "ppp with direction", 204, [b"\0\xff\3" + PPP4, b"\1" + PPP4]
    yield "infiniband", 242, [b"\0" * 40 + be16(0x0800) + b"\0\0" + U4, b"\0" * 40 + be16(0x86dd) + b"\0\0" + U6,
        b"\0" * 40 + be16(0x0806) + b"\0\0" + arp(hardware=32)]
    yield "netanalyzer", 240, [b"\0\4\0\0" + inner_eth() + b"fcs!", b"\0\x08\0\0" + inner_eth() + b"fcs!",
        b"\0\x08\0\x10" + inner_eth(), b"\0\1\0\0" + b"\0" * 40]
    yield "juniper ethernet", 178, [b"MGC\0" + inner_eth(), b"MGC\x80" + be16(4) + b"\1\2\0\0" + inner_eth(),
        b"MGC\2" + le32(2) + U4]
    yield "juniper ppp", 179, [b"MGC\0" + b"\xff\3" + PPP4]
    yield "juniper frame relay", 180, [b"MGC\0" + b"\x18\x41\3\xcc" + U4]
    yield "juniper hdlc", 181, [b"MGC\0" + b"\x0f\0" + be16(0x0800) + U4]
    yield "juniper atm1", 137, [b"MGC\0" + be32(0) + snap(U4), b"MGC\0" + be32(0) + U4 + U4]
    yield "juniper atm2", 135, [b"MGC\1" + b"\0" * 8 + snap(U4), b"MGC\1" + b"\0" * 8 + U4,
        b"MGC\1" + b"\0" * 8 + PPP4, b"MGC\0" + b"\0\0\0\1\0\0\0\0" + inner_eth()]
    yield "juniper mlppp", 130, [b"MGC\0" + b"\x54\0\0\0" + PPP4, b"MGC\0" + PPP4, b"MGC\0" + b"\xff\3" + PPP4,
        b"MGC\0" + b"\x47\0\0\0\0\0\0\0" + U4]


def wireless():
    """IEEE 802.11 bare and behind the headers of capture programs."""
    frame = data80211(snap(U4))
    ccmp = data80211(b"\0\0\0\x20\0\0\0\0" + b"x" * 40, flags=0x41)
    wlan = [frame, data80211(snap(U4), 2), data80211(snap(U4), 0), data80211(snap(U4), 3),
        data80211(snap(U4), 1, qos=0), data80211(snap(U4), 0x81, qos=0, extra=b"\0" * 4), ccmp,
            data80211(b"", 1, control=0x48), data80211(b"", 1, qos=0, control=0x48),
            b"\x80\0\0\0" + b"\xff" * 6 + MAC1 + MAC1 + b"\0\0" + b"\0" * 12 + b"\0\3abc", b"\xd4\0\0\0" + MAC1,
            b"\xb4\0\0\0" + MAC1 + MAC2,
            data80211(MAC1 + MAC2 + be16(len(snap(U4))) + snap(U4) + b"\0\0" + MAC1 + MAC2 + be16(len(snap(U6,
            0x86dd))) + snap(U6, 0x86dd), 1, qos=0x80),
            data80211(eth(U4, src=MAC2, dst=MAC1)), data80211(b"\0\0" + snap(U4)), data80211(be16(0x0800) + U4),
            data80211(b"\xff\xff" + b"\0" * 20), data80211(b"\x42\x42\3" + b"\0" * 20),
            data80211(b"\0\0\0\0\0\0\0\0\0" + snap(U4), 2, qos=0x100)[:26] + b"\0\3\0\0\0\0" + snap(U4),
            data80211(snap(U4)[:24], 5, sequence=0x20), data80211(snap(U4)[24:], 1, sequence=0x21),
            data80211(snap(U4), 1, sequence=0x36),
            data80211(snap(U4)[:24], 5, sequence=0x50), data80211(snap(U4)[:24], 5, sequence=0x50),
            data80211(snap(U4)[24:], 1, sequence=0x51), data80211(snap(U4), 5, sequence=0x60),
            data80211(b"", 1, sequence=0x61), data80211(snap(arp(), 0x0806)), frame[:1] + b"\1\0\0" + frame[4:]]
    yield "802.11", 105, wlan
    yield "radiotap", 127, [radiotap(f) for f in wlan] + [radiotap(f + b"fcs!", 0x10) for f in wlan[:8]] + [
        radiotap(data80211(b"\0\0" + snap(U4), 1, qos=0), 0x20),
        b"\0\0" + le16(24) + le32(3) + b"\0" * 8 + b"\x10" + b"\0" * 7 + frame + b"fcs!",
        b"\0\0" + le16(20) + le32(0x80000002) + le32(0x80000000) + le32(0) + b"\x10\0\0\0" + frame + b"fcs!",
        b"\1\0" + le16(8) + le32(0) + frame, b"\0\0" + le16(8) + le32(1 << 26) + frame,
        b"\0\0" + le16(6) + le32(0) + frame, b"\0\0" + le16(8) + le32(0x80000000) + frame]
    yield "prism", 119, [le32(0x44) + le32(144) + b"\0" * 136 + frame, be32(0x41) + be32(144) + b"\0" * 136 + frame,
        frame, be32(0x80211001) + be32(64) + b"\0" * 56 + frame]
    yield "avs", 163, [be32(0x80211001) + be32(64) + b"\0" * 56 + frame,
        be32(0x80211009) + be32(16) + b"\0" * 8 + frame]
    common = le16(2) + le16(20) + b"\0" * 8 + le16(1) + b"\0" * 10
    yield "ppi", 192, [b"\0\0" + le16(8) + le32(105) + frame,
        b"\0\0" + le16(32) + le32(105) + common + frame + b"fcs!", b"\0\0" + le16(8) + le32(1) + inner_eth(),
        b"\0\1" + le16(16) + le32(1) + le16(9) + le16(3) + b"abc" + b"\0" + inner_eth(),
        b"\0\0" + le16(8) + le32(9) + b"\xff\3" + PPP4]


def fragments(version):
    """Datagrams in pieces: in order, reversed, overlapping, repeated, beginning cut, unfinished."""
    whole = udp(bytes(range(64)) * 3, 6000, 60000)

    def piece(ident, at, size, more, **other):
        part = whole[at:at + size]
        if version == 4:
            return eth(ip4(part, 17, ident=ident, flags=1 if more else 0, offset=at // 8, **other))
        return eth(ip6(bytes([17, 0]) + be16(at | more) + be32(ident) + part, 44), 0x86dd)

    end = len(whole)
    steps = [(0, 80, 1), (80, 80, 1), (160, end - 160, 0)]
    frames = [piece(1, *s) for s in steps]
    frames += [piece(2, *s) for s in reversed(steps)]
    frames += [piece(3, 0, 80, 1), piece(3, 40, 80, 1), piece(3, 40, end - 40, 0)]
    frames += [piece(4, 0, 80, 1), piece(4, 0, 80, 1), piece(4, 80, end - 80, 0), piece(4, 80, end - 80, 0)]
    frames += [piece(5, 80, end - 80, 0), piece(6, 0, end, 0), piece(7, 0, 80, 0), piece(7, 0, 80, 1)]
    frames += [piece(8, 0, 8, 1), piece(8, 8, end - 8, 0)]
    frames += [piece(9, 0, 80, 1), piece(9, 0, 160, 1), piece(9, 160, end - 160, 0)]
    tunnelled = ip4(whole, 17, src=IP3, dst=IP4)
    if version == 4:
        frames += [eth(ip4(tunnelled[:64], 4, ident=20, flags=1)), eth(ip4(tunnelled[64:], 4, ident=20, offset=8))]
        part = [ip4(whole[:80], 17, src=IP3, dst=IP4, ident=21, flags=1),
                ip4(whole[80:], 17, src=IP3, dst=IP4, ident=21, offset=10)]
        for p in part:  # fragments inside fragments
            frames += [eth(ip4(p[:40], 4, ident=22, flags=1)), eth(ip4(p[40:], 4, ident=22, offset=5))]
        frames += [eth(vlan(ip4(whole[:80], 17, ident=30, flags=1), 1), 0x8100),
                   eth(vlan(ip4(whole[80:], 17, ident=30, offset=10), 2), 0x8100),
                   eth(vlan(ip4(whole[80:], 17, ident=30, offset=10), 1), 0x8100)]
    return frames


def families():
    for group in (link_layers, networks, tunnels, over_ports, media, wireless):
        yield from group()
    yield "fragments of ipv4", 1, fragments(4)
    yield "fragments of ipv6", 1, fragments(6)


# ---------------------------------------------------------------- files
def variants(frames):
    """(bytes, length on the wire): each frame whole, cut by a snapshot, and as short as that."""
    for frame in frames:
        yield frame, len(frame)
        yield frame, len(frame) + 40
        for size in range(len(frame)):
            yield frame[:size], len(frame)
        for size in range(1, len(frame)):
            yield frame[:size], size


def write(path, link_type, packets):
    """A pcap file (nanoseconds) of (bytes, length on the wire)."""
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, link_type))
        for number, (data, length) in enumerate(packets):
            seconds, nanoseconds = 1700000000 + number // 7, number * 123456789 % 10**9
            out.write(struct.pack("<IIII", seconds, nanoseconds, len(data), length) + data)
