SPDX-License-Identifier: GPL-3.0-or-later

The packets of a capture. Eight frames are made here: a DNS query, an ARP request, and a TCP connection whose
third segment of data is missing, with a terminal's control character.

  $ $PYTHON << 'END'
  > import struct
  > MAC = bytes.fromhex("020000000002020000000001")
  > def ip(protocol, payload, back=False):
  >     a, b = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
  >     a, b = (b, a) if back else (a, b)
  >     return (MAC + b"\x08\x00\x45\x00" + struct.pack(">HHHBBH", 20 + len(payload), 7, 0x4000, 64, protocol, 0) + a + b + payload)
  > def tcp(sequence, ack, flags, data=b"", back=False):
  >     ports = (80, 40000) if back else (40000, 80)
  >     return ip(6, struct.pack(">HHIIBBHHH", *ports, sequence, ack, 0x50, flags, 1024, 0, 0) + data, back)
  > query = bytes.fromhex("123401000001000000000000076578616d706c65036f72670000010001")
  > frames = [ip(17, struct.pack(">HHHH", 40001, 53, 8 + len(query), 0) + query),
  >           MAC + bytes.fromhex("08060001080006040001020000000001") + bytes([10, 0, 0, 1]) + bytes(6) + bytes([10, 0, 0, 2]),
  >           tcp(100, 0, 2), tcp(500, 101, 0x12, b"", True), tcp(101, 501, 0x18, b"GET /\x1b[2J\r\n"),
  >           tcp(118, 501, 0x18, b"the end"), tcp(501, 125, 0x18, b"200", True), tcp(125, 504, 0x11)]
  > with open("few.pcap", "wb") as file:
  >     file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
  >     for i, frame in enumerate(frames):
  >         file.write(struct.pack("<IIII", 1000000000 + i, 250000, len(frame), len(frame)) + frame)
  > END
  $ ninetails dissect few.pcap --brief --packets 2-3,6
  2  2001-09-09T01:46:41.250000000Z  42 bytes  Ethernet:ARP
  3  2001-09-09T01:46:42.250000000Z  54 bytes  Ethernet:IPv4:TCP  10.0.0.1:40000 -> 10.0.0.2:80
  6  2001-09-09T01:46:45.250000000Z  61 bytes  Ethernet:IPv4:TCP* 10.0.0.1:40000 -> 10.0.0.2:80 (glob)
  $ ninetails dissect few.pcap --packets 2
  2  2001-09-09T01:46:41.250000000Z  42 bytes  Ethernet:ARP
    Ethernet, 14 bytes at 0
      eth.dst: 02:00:00:00:00:02
      eth.src: 02:00:00:00:00:01
      eth.type: 0x0806 (ARP)
      ARP, 28 bytes at 14
        arp.hw.type: 1 (Ethernet)
        arp.proto.type: 0x0800 (IPv4)
        arp.hw.size: 6
        arp.proto.size: 4
        arp.opcode: 1 (request)
        arp.src.hw_mac: 02:00:00:00:00:01
        arp.src.proto_ipv4: 10.0.0.1
        arp.dst.hw_mac: 00:00:00:00:00:00
        arp.dst.proto_ipv4: 10.0.0.2
  $ ninetails dissect few.pcap --filter 'udp port 53' --json | $PYTHON -c "
  > import json, sys
  > packets = [json.loads(line) for line in sys.stdin]
  > layer, names = packets[0]['layers'], []
  > while layer:
  >     names.append(layer[0]['layer'])
  >     ttl = [f['value'] for f in layer[0]['fields'] if f['name'] == 'ip.ttl']
  >     if ttl: print(ttl)
  >     layer = layer[0]['layers']
  > print(len(packets), names, packets[0]['flow']['community_id'], packets[0]['payload'])"
  [64]
  1 ['eth', 'ip', 'udp'] 1:* {'length': 29, 'captured': 29} (glob)

Payload, without control characters.

  $ ninetails dissect few.pcap --packets 5 --brief --hexdump | tail -1
      00000000  47 45 54 20 2f 1b 5b 32  4a 0d 0a                 GET /.[2J..

A conversation in order, with gaps of the capture marked.

  $ ninetails dissect few.pcap --follow 3
  -> packet 5, 11 bytes
      00000000  47 45 54 20 2f 1b 5b 32  4a 0d 0a                 GET /.[2J..
  -> [6 bytes missing in the capture]
  -> packet 6, 7 bytes
      00000011  74 68 65 20 65 6e 64                              the end
  <- packet 7, 3 bytes
      00000000  32 30 30                                          200
  flow     TCP, 1:* (glob)
  forward  10.0.0.1:40000 -> 10.0.0.2:80: 4 packets, 18 bytes, 6 bytes missing in 1 gap
  back     10.0.0.2:80 -> 10.0.0.1:40000: 2 packets, 3 bytes
  $ ninetails dissect few.pcap --follow 7 --side back --json
  {"side": "back", "packet": 7, "offset": 0, "length": 3, "gap": false, "data": "323030"}
  $ ninetails dissect few.pcap --payload $(ninetails dissect few.pcap --packets 3 --json | sed 's/.*"community_id": "\([^"]*\)".*/\1/') -o said.bin --side forward | tail -1
  warning: said.bin: 6 bytes in 1 gap are missing in the capture and left out
  back     10.0.0.2:80 -> 10.0.0.1:40000: 2 packets, 3 bytes
  $ tail -c 7 said.bin
  the end (no-eol)

An excerpt.

  $ ninetails dissect few.pcap --packets 3,5 --write part.pcapng --context 1 --comment 'look here'
  part.pcapng: 2 packets and 3 neighbours
  $ ninetails dissect part.pcapng --brief | wc -l
  5
  $ ninetails dissect few.pcap --packets 3 --write part.pcapng
  part.pcapng: 1 packet
  $ ninetails dissect few.pcap --packets 3 --write few.pcap
  ninetails dissect: few.pcap: is there, and is not a pcapng capture: --force replaces it
  See: ninetails help dissect
  [1]
  $ ninetails dissect part.pcapng --write part.pcapng 2>&1 | head -1
  ninetails dissect: part.pcapng: the output would replace the capture part.pcapng
  $ ninetails dissect few.pcap --packets 9 --follow 9
  ninetails dissect: --packets does nothing with --follow
  See: ninetails help dissect
  [1]

The same packets by tshark: its numbers are ours, and what would steer a terminal is escaped.

  $ ninetails dissect few.pcap --packets 2-3,5 --tshark 2> /dev/null > full
  $ grep -E '^Frame|^    Sender IP|Destination Port' full
  Frame 2: 42 bytes on wire (336 bits), 42 bytes captured (336 bits)
      Sender IP address: 10.0.0.1
  Frame 3: 54 bytes on wire (432 bits), 54 bytes captured (432 bits)
      Destination Port: 80
  Frame 5: 65 bytes on wire (520 bits), 65 bytes captured (520 bits)
      Destination Port: 80
  $ ninetails dissect few.pcap --filter tcp --tshark --json 2> /dev/null | $PYTHON -c "
  > import json, subprocess, sys
  > theirs = {int(p['_source']['layers']['frame']['frame.number']): p['_source']['layers'] for p in json.load(sys.stdin)}
  > ours = subprocess.run(['ninetails', 'dissect', 'few.pcap', '--filter', 'tcp', '--json'], stdout=subprocess.PIPE, check=True).stdout
  > for packet in map(json.loads, ours.splitlines()):
  >   fields, layers = {}, packet['layers']
  >   while layers: fields.update({f['name']: f['value'] for f in layers[0]['fields']}); layers = layers[0]['layers']
  >   their = theirs.pop(packet['number'])
  >   assert their['ip']['ip.src'] == fields['ip.src'] and int(their['tcp']['tcp.dstport']) == fields['tcp.dstport'], packet
  >   assert int(their['frame']['frame.len']) == packet['length']
  > print(theirs)"
  {}
  $ cp few.pcap './-c 1; touch oops'
  $ ninetails dissect './-c 1; touch oops' --packets 1 --tshark 2> /dev/null | head -1; ls oops 2> /dev/null
  Frame 1: 71 bytes on wire (568 bits), 71 bytes captured (568 bits)
  [2]
  $ ninetails dissect few.pcap --filter 'udp port 9' --tshark
  no packet is chosen
  $ mkdir fake && printf '#!/bin/sh\nprintf "half\\033[2J"\necho "it broke" >&2\nexit 7\n' > fake/tshark && chmod +x fake/tshark
  $ PATH=$PWD/fake:$PATH ninetails dissect few.pcap --packets 1 --tshark > shown
  ninetails dissect: --tshark: tshark failed with exit code 7: it broke
  [2]
  $ cat shown
  half\x1b[2J (no-eol)

Mistakes are named.

  $ ninetails dissect few.pcap --follow 9
  ninetails dissect: there is no packet 9: the capture has 8
  [2]
  $ ninetails dissect few.pcap --follow 2
  ninetails dissect: packet 2 belongs to no flow: it is no IP packet
  [2]
  $ ninetails dissect few.pcap --packets 5-2
  ninetails dissect: --packets '5-2': expected numbers from 1, such as 17 or 1-10,17,100-
  See: ninetails help dissect
  [1]
  $ ninetails dissect few.pcap --filter 'tcp prt 80' 2>&1 | head -1
  ninetails dissect: filter 'tcp prt 80': of link type 1: * (glob)
  $ zcat $TRACE > trace.tsv
  $ ninetails dissect trace.tsv
  ninetails dissect: trace.tsv: is of the format 'tsv', which holds no frames to dissect
  [2]
  $ mkdir bin && ln -s $(command -v ninetails) bin/ && PATH=$PWD/bin ninetails dissect few.pcap --tshark
  ninetails dissect: --tshark: tshark is not installed (apt-get install tshark)
  [2]
