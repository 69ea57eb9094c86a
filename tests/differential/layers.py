# SPDX-License-Identifier: GPL-3.0-or-later
"""Headers as byte strings, each after what it carries; crafted.py builds its frames from them."""
import struct

MAC1, MAC2 = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")
IP1, IP2, IP3, IP4 = (bytes([10, 1, 2, n]) for n in (3, 4, 5, 6))
V6A, V6B, V6C, V6D = (bytes.fromhex("20010db8000000000000000000000000")[:-1] + bytes([n]) for n in (1, 2, 3, 4))


def be16(n):
    return struct.pack(">H", n & 0xffff)


def be32(n):
    return struct.pack(">I", n & 0xffffffff)


def le16(n):
    return struct.pack("<H", n)


def le32(n):
    return struct.pack("<I", n)


# ---------------------------------------------------------------- layers
def eth(payload, kind=0x0800, src=MAC1, dst=MAC2):
    return dst + src + be16(kind) + payload


def vlan(payload, number=7, kind=0x0800):
    return be16(number) + be16(kind) + payload


def ip4(payload, protocol=17, src=IP1, dst=IP2, ident=1, flags=0, offset=0, options=b"", length=None, ihl=None):
    options += b"\0" * (-len(options) % 4)
    size = 20 + len(options)
    ihl = size // 4 if ihl is None else ihl
    length = size + len(payload) if length is None else length
    return (bytes([0x40 | ihl, 0]) + be16(length) + be16(ident) + be16(flags << 13 | offset) +
            bytes([64, protocol]) + be16(0) + src + dst + options + payload)


def ip6(payload, protocol=17, src=V6A, dst=V6B, length=None):
    length = len(payload) if length is None else length
    return b"\x60\0\0\0" + be16(length) + bytes([protocol, 64]) + src + dst + payload


def udp(payload=b"data", src=4000, dst=40000, length=None):
    return be16(src) + be16(dst) + be16(8 + len(payload) if length is None else length) + be16(0) + payload


def tcp(payload=b"", src=4001, dst=40001):
    return be16(src) + be16(dst) + be32(1) + be32(2) + b"\x50\x18" + be16(1000) + be32(0) + payload


def icmp(payload=b"\0\1\0\1" + b"ping", kind=8, code=0):
    return bytes([kind, code]) + be16(0) + payload


def arp(opcode=1, hardware=1, protocol=0x0800, hw=MAC1, ip=IP1, hw2=MAC2, ip2=IP2):
    return (be16(hardware) + be16(protocol) + bytes([len(hw), len(ip)]) + be16(opcode) + hw + ip + hw2 + ip2)


def llc(payload, dsap=0xaa, ssap=0xaa, control=3):
    return bytes([dsap, ssap, control]) + payload


def snap(payload, kind=0x0800, oui=b"\0\0\0"):
    return llc(oui + be16(kind) + payload)


def mpls(payload, label=100, bottom=True):
    return be32(label << 12 | bottom << 8 | 64) + payload


def gre(payload, kind=0x0800, flags=0, extra=b""):
    return be16(flags) + be16(kind) + extra + payload


def inner4():
    return ip4(udp(src=5000, dst=50000), src=IP3, dst=IP4)


def inner6():
    return ip6(tcp(src=5001, dst=50001), 6, src=V6C, dst=V6D)


def inner_eth():  # no known manufacturer: tshark guesses pseudowires by the address
    return eth(inner4(), src=bytes.fromhex("a6fb1e770102"), dst=bytes.fromhex("06ab3cd5e601"))


def over_udp(port, payload, src=None):
    over_udp.last += 1  # new ports each time: tshark remembers conversations
    return eth(ip4(udp(payload, src or over_udp.last, port)))


over_udp.last = 40000


def data80211(payload, flags=1, qos=None, sequence=0x10, control=0x08, extra=b""):
    control |= 0x80 if qos is not None else 0
    header = bytes([control, flags]) + b"\0\0" + MAC1 + MAC2 + MAC1 + le16(sequence)
    if flags & 3 == 3:
        header += MAC2
    if qos is not None:
        header += le16(qos)
    return header + extra + payload


def radiotap(payload, flags=0):
    return b"\0\0" + le16(9) + le32(2) + bytes([flags]) + payload
