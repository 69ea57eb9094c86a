#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the fuzz targets' seeds: seeds.py FOLDER [NINETAILS]

Each dialect of pcap, each block of pcapng, texts of every form, most of them compressed too; cards; with NINETAILS, its
output for a capture.
"""
import bz2
import gzip
import io
import lzma
import pathlib
import struct
import subprocess
import sys
import zipfile

FRAME = bytes.fromhex("00112233445566778899aabb08004500001c0001000040110000"
                      "0a0000010a00000204d2003500080000")
COLUMNS = """frame.time_epoch frame.len eth.src eth.dst ip.src ip.dst tcp.srcport tcp.dstport udp.srcport
    udp.dstport icmp.type icmp.code arp.opcode arp.src.hw_mac arp.src.proto_ipv4 arp.dst.hw_mac
    arp.dst.proto_ipv4 ipv6.src ipv6.dst""".split()


def pcap(magic, order="<", version=(2, 4), link_type=1, file_extra=b"", extra=b""):
    header = struct.pack(order + "IHHiIII", magic, *version, 0, 0, 65535, link_type) + file_extra
    record = struct.pack(order + "IIII", 1540446382, 933899, len(FRAME), 60) + extra + FRAME
    return header + 3 * record


def block(order, kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack(order + "II", kind, len(body) + 12) + body + struct.pack(order + "I", len(body) + 12)


def pcapng(order):
    size = len(FRAME)
    options = struct.pack(order + "HHB3xHHqHHB3xHH", 9, 1, 9, 14, 8, 100, 13, 1, 4, 0, 0)
    return b"".join([
        block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)),
        block(order, 1, struct.pack(order + "HHI", 1, 0, 65535) + options),
        block(order, 1, struct.pack(order + "HHI", 113, 0, 20)),
        block(order, 6, struct.pack(order + "IIIII", 0, 1, 2, size, 60) + FRAME),
        block(order, 2, struct.pack(order + "HHIIII", 1, 0, 1, 2, size, 60) + FRAME),
        block(order, 3, struct.pack(order + "I", size) + FRAME),
        block(order, 5, bytes(12)),
        block(order, 0xBAD, bytes(7)),
    ])


def seeds():
    kuznetzov = struct.pack("<IHBB", 2, 0x800, 0, 0)
    yield "us.pcap", pcap(0xA1B2C3D4)
    yield "ns_big.pcap", pcap(0xA1B23C4D, ">")
    yield "old.pcap", pcap(0xA1B2C3D4, version=(2, 2))
    yield "unsure.pcap", pcap(0xA1B2C3D4, version=(2, 3))
    yield "aix.pcap", pcap(0xA1B2C3D4, version=(2, 2), link_type=15)
    yield "silent.pcap", pcap(0xA1B2C3D4, link_type=101)  # frames without addresses
    yield "ixia.pcap", pcap(0x1C0001AC, file_extra=bytes(4))
    yield "kuznetzov.pcap", pcap(0xA1B2CD34, extra=kuznetzov)
    yield "kuznetzov_more.pcap", pcap(0xA1B2CD34, extra=kuznetzov + bytes(4))
    yield "nokia.pcap", pcap(0xA1B2C3D4, extra=struct.pack("<I", 0x9FBFB601))
    yield "both.pcapng", pcapng("<") + pcapng(">")
    header = "\t".join(COLUMNS)
    tcp = "1540446382.933899000\t60\t5c:cf:7f:05:f2:c6\t4c:09:d4:c6:12:7b\t10.0.0.1\t10.0.0.2\t80\t81" + 11 * "\t"
    arp = "1.5\t60" + 11 * "\t" + "2\t00:00:00:00:00:01\t10.0.0.1\t00:00:00:00:00:02\t10.0.0.2\t\t"
    ipv6 = "1\t60\t\t\t1.1.1.1,2.2.2.2\t3.3.3.3\t\t\t1\t2\t3\t0\t\t\t\t\t\tfe80::1\t::ffff:1.2.3.4"
    yield "names.csv", b',Label,attack_cat\n0,0,Normal\n1,1,"DoS, ""Hulk"""\n2,1,XSS \x96\n3,x,\n'
    yield "floats.labels", b"0\n0.000e+00\n1.000e+00\nTrue\nx\n"
    yield "counted.csv", b"0,1,2\n0.5,1,2\n"
    yield "rows.tsv", "\n".join([header, tcp, arp, ipv6, ""]).encode()
    for name, row in (("tcp", tcp), ("arp", arp), ("ipv6", ipv6)):
        yield f"{name}.tsv", row.encode()
    yield "exponents.csv", b"1.234567890123456789e+00,-9.999999999999999999e-05,0e0\n" * 3
    yield "names.csv", b'timestamp,"a b",c\r\n10.5,nan,-inf\r\n11,1e309,.5'
    yield "spaces.csv", b"  1.0   2 3 \n 4 5   6\n"
    yield "digits.csv", b"9007199254740993;18446744073709551616;123456789012345678901234567890e-20\n"
    yield "one.labels", b"0\n1\n0\n"
    yield "r.labels", b'"","x"\r\n"1",0\r\n"2",1\r\n'
    yield "numbered.labels", b"packet_number,label\n1,0\n2,1\n"
    yield "semicolon.labels", b"1;0\r\n2;1"
    plain = pcap(0xA1B2C3D4)
    for name, compress in (("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)):
        yield f"us.pcap.{name}", compress(plain)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("us.pcap", plain)
    yield "us.pcap.zip", packed.getvalue()
    yield "eve.json", (b'{"timestamp": "2016-10-06T17:52:16.480000+1000", "event_type": "alert", "src_ip": '
                       b'"10.0.0.1", "src_port": 1000, "dest_ip": "10.0.0.2", "dest_port": 80, "proto": "TCP", '
                       b'"alert": {"severity": 2}}\n{"event_type": "flow"}\n')
    yield "values.json", b'{"a": [1, -0.1, 1e300, true, null], "b": {"": "\\u00e9\\ud83d\\ude00"}}'
    score = struct.pack("=QQQQQQQ", 0x4E5453434F524531, 5, 2, 1, 1, 2, 1) + struct.pack("=dddQQQ", 1, 2, .5, 2, 0, 1)
    cell = b"seconds_score\0s\0time\0\0" + struct.pack("=BBqd", 3, 2, 0, 1.5)
    yield "two.scores", score + cell
    yield "events.log", (b"2016-10-06 17:52:16 BAD-X-BEGIN\n# nothing\n2016-10-06 17:52:18 BAD-X-END\n"
                         b"[1475740336.5 -- x] [BAD-Y-START]\n[1475740337 -- x] [BAD-Y-STOP]\n")
    yield "flows.csv", (b"src,dst,sport,dport,proto,from,to,label\n"
                        b"10.0.0.1,10.0.0.2,80,81,tcp,1540446382,1540446383,BAD-A\n"
                        b"2001:db8::1,00:10:18:cb:8c:13,,,udp,1,2,\n10.0.0.0/8,::/0,0,65535,any,0,1e9,x\n")
    yield "answer.http", (b'HTTP/1.1 206 Partial Content\r\nETag: "one"\r\nLast-Modified: Thu, 01 Jan 1970 00:00:00 GMT\r\n'
                          b"Content-Range: bytes 5-9/10\r\n\r\n\xef\xbb\xbf <!doctype html>")
    yield "four.distances", struct.pack("=16d", *(abs(i - j) / 3 for i in range(4) for j in range(4)))
    # A result file with one run, one metric, and its scores (fuzz_forged.c).
    yield "result.forged", bytes([4, 0, 0, 1, 0, 3, 0, 0, 0, 4, 0, 9, 0, 3, 0, 1, 3, 0, 1, 9, 0,
                                  3, 2, 6, 1, 0, 1, 57, 1, 3, 0, 0, 2])
    # Which model, and changes to it (fuzz_model.c): none; a value, all values, a length, a list left out, a parameter.
    for which in range(9):
        yield f"{which}.model", bytes([which])
        yield f"changed{which}.model", bytes([which, *(x for i in range(3) for x in (5 * i, 7 * i + which, 1, 3 + i))])
        yield f"other{which}.model", bytes([which, 1, 11 * which, 0, 8, 2, 5 * which, 3, 0, 4, which, 1, 2])
    yield "less.model", bytes([8, 3, 2, 0, 0])
    # The first byte says where the payload begins, after the chunks (fuzz_feature_file.c).
    index = struct.pack("=QQQQQ", 0x4E54464541543031, 0, 2, 1, 2)
    yield "names.features", b"\0" + index + b"a\0b\0twarning\0\0nseconds\0" + struct.pack("=d", 1)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in seeds():
        (folder / name).write_bytes(data)
    for card in (pathlib.Path(__file__).parents[2] / "datasets").glob("*.lua"):
        (folder / card.name).write_bytes(card.read_bytes())
    if len(sys.argv) > 2:
        subprocess.run([sys.argv[2], "extract", folder / "us.pcap", "--quiet", "-o", folder / "us.h5"], check=True)


if __name__ == "__main__":
    main()
