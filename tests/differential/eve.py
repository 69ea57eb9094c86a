#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of EVE JSON have the members that Suricata's schema allows: eve.py EVE_TOOL SHARED

The schema below describes these two types of record as Suricata's etc/schema.json (8.0) does; records are checked
against that file too where $SURICATA_SCHEMA names it (its licence, GPL 2 alone, keeps it out of this tree). Times, counts
and flow_ids must be those of the packets. Exit code 77 (skipped) without python3-jsonschema.
"""
import json
import os
import subprocess
import sys
import tempfile

import crafted

TEXT, WHOLE = {"type": "string"}, {"type": "integer"}


def members(required=(), **properties):
    return {"type": "object", "additionalProperties": False, "required": list(required), "properties": properties}


SCHEMA = members(
    ("event_type", "timestamp"),
    timestamp={"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d+[+\-]\d+$"},
    event_type=TEXT, flow_id=WHOLE, community_id=TEXT, pcap_cnt=WHOLE, pcap_filename=TEXT, src_ip=TEXT, src_port=WHOLE,
    dest_ip=TEXT, dest_port=WHOLE, proto=TEXT, icmp_type=WHOLE, icmp_code=WHOLE, app_proto=TEXT,
    anomaly=members(type=TEXT, event=TEXT, layer=TEXT, app_proto=TEXT, code=WHOLE),
    alert=members(action=TEXT, gid=WHOLE, signature_id=WHOLE, rev=WHOLE, signature=TEXT, category=TEXT, severity=WHOLE,
                  metadata={"type": "object", "additionalProperties": {"type": "array", "minItems": 1, "items": TEXT}}))


def frames():
    request = crafted.udp(b"query", src=40000, dst=53)
    reply = crafted.udp(b"reply", src=53, dst=40000)
    yield crafted.eth(crafted.ip4(request))
    yield crafted.eth(crafted.ip4(reply, src=crafted.IP2, dst=crafted.IP1))
    yield crafted.eth(crafted.ip6(crafted.tcp(b"x"), 6), kind=0x86DD)
    yield crafted.eth(crafted.ip4(crafted.icmp(), 1))
    yield crafted.eth(crafted.ip4(b"\0" * 8, 99))
    yield crafted.eth(crafted.arp(), kind=0x0806)


def main():
    try:
        import jsonschema
    except ImportError:
        print("skipped: no python3-jsonschema")
        return 77
    schemas = [SCHEMA]
    if os.environ.get("SURICATA_SCHEMA"):
        with open(os.environ["SURICATA_SCHEMA"], encoding="utf-8") as file:
            schemas.append(json.load(file))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "frames.pcap")
        crafted.write(path, 1, [(frame, len(frame)) for frame in frames()])
        lines = subprocess.run([sys.argv[1], path], stdout=subprocess.PIPE, check=True).stdout.splitlines()
    records = [json.loads(line) for line in lines]
    for record in records:
        for schema in schemas:
            jsonschema.validate(record, schema)
    anomalies, alerts = records[::2], records[1::2]
    assert [r["pcap_cnt"] for r in anomalies] == list(range(1, 7)), anomalies
    assert all(r["event_type"] == "anomaly" and r["anomaly"]["event"] == "ninetails.score" for r in anomalies)
    assert all(r["event_type"] == "alert" and r["alert"]["metadata"]["feature"] == ["a", 'b "\u00e4"'] for r in alerts)
    query, reply, tcp, icmp, other, arp = anomalies
    assert query["flow_id"] == reply["flow_id"] != tcp["flow_id"] and query["community_id"] == reply["community_id"]
    assert (query["src_ip"], query["src_port"], query["dest_ip"], query["dest_port"]) == ("10.1.2.3", 40000, "10.1.2.4", 53)
    assert [r.get("proto") for r in anomalies] == ["UDP", "UDP", "TCP", "ICMP", "099", None]
    assert (icmp["icmp_type"], icmp["icmp_code"]) == (8, 0) and "src_port" not in icmp and "src_port" not in other
    assert "flow_id" not in arp and alerts[0]["pcap_filename"] == "some\tname.pcap"
    print(f"{len(records)} records, {len(schemas)} schemas")
    return 0


if __name__ == "__main__":
    sys.exit(main())
