/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dissections of frames that are made here, and identities of flows. tests/differential/dissect.py
 * compares fields and offsets with tshark's. */
#include <arpa/inet.h>

#include "bytes.h"
#include "check.h"
#include "dissect/community_id.h"
#include "dissect/dissection.h"

/* ---------------------------------------------------------------- frames */

static void ethernet(bytes *b, uint16_t type) {
  bytes_add(b, "\x02\0\0\0\0\x02\x02\0\0\0\0\x01", 12);
  bytes_number(b, type, 2, 1);
}

static void ipv4(bytes *b, uint8_t protocol, uint16_t fragment, size_t payload) {
  bytes_number(b, 0x4500, 2, 1);
  bytes_number(b, 20 + payload, 2, 1);
  bytes_number(b, 7, 2, 1);
  bytes_number(b, fragment, 2, 1);
  bytes_number(b, 64, 1, 1);
  bytes_number(b, protocol, 1, 1);
  bytes_zero(b, 2);
  bytes_number(b, 0x0a000001, 4, 1);
  bytes_number(b, 0x0a000002, 4, 1);
}

static void udp(bytes *b, uint16_t src, uint16_t dst, size_t payload) {
  bytes_number(b, src, 2, 1);
  bytes_number(b, dst, 2, 1);
  bytes_number(b, 8 + payload, 2, 1);
  bytes_zero(b, 2);
}

typedef struct dissected {
  nt_dissector *dissector;
  nt_dissection d;
  nt_frame frame;
} dissected;

static void dissect(dissected *to, const bytes *b) {
  nt_error err;
  if (!to->dissector) to->dissector = nt_dissector_new(&err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(to->dissector);
  to->frame.seconds++;
  to->frame.link_type = 1;
  to->frame.captured = to->frame.length = (uint32_t)b->count;
  to->frame.data = b->data;
  CHECK_OK(nt_dissect(to->dissector, &to->frame, &to->d, &err), err);
}

static int has(const nt_dissection *d, uint32_t layer, const char *name, uint64_t number) {
  nt_fields fields;
  nt_fields_of(d->layer[layer].step, &fields);
  for (uint32_t i = 0; i < fields.count; i++)
    if (strcmp(fields.field[i].name, name) == 0) return fields.field[i].number == number;
  return 0;
}

/* ---------------------------------------------------------------- cases */

static void tree_of_a_datagram(void) {
  dissected t = {0};
  bytes b = {0};
  ethernet(&b, 0x8100);
  bytes_number(&b, 0x20070800, 4, 1); /* priority 1, VLAN 7 */
  ipv4(&b, 17, 0, 12);
  udp(&b, 4000, 5000, 4);
  bytes_text(&b, "data");
  bytes_zero(&b, 10); /* Ethernet padding, no payload of UDP */
  dissect(&t, &b);
  CU_ASSERT_STRING_EQUAL(t.d.chain, "Ethernet:VLAN:IPv4:UDP");
  CU_ASSERT_EQUAL_FATAL(t.d.layers, 4);
  static const struct {
    uint32_t offset, header;
    int parent;
  } expected[] = {{0, 14, -1}, {14, 4, 0}, {18, 20, 1}, {38, 8, 2}};
  for (int i = 0; i < 4; i++) {
    CU_ASSERT_EQUAL(t.d.layer[i].offset, expected[i].offset);
    CU_ASSERT_EQUAL(t.d.layer[i].header, expected[i].header);
    CU_ASSERT_EQUAL(t.d.layer[i].parent, expected[i].parent);
    CU_ASSERT(t.d.layer[i].in_frame);
  }
  CU_ASSERT(has(&t.d, 1, "vlan.id", 7) && has(&t.d, 1, "vlan.priority", 1));
  CU_ASSERT(has(&t.d, 2, "ip.ttl", 64) && has(&t.d, 2, "ip.len", 32));
  CU_ASSERT(has(&t.d, 3, "udp.dstport", 5000));
  CU_ASSERT_EQUAL(t.d.payload_length, 4);
  CU_ASSERT(t.d.payload_captured == 4 && memcmp(t.d.payload, "data", 4) == 0);
  CU_ASSERT(t.d.flow.src_port == 4000 && t.d.flow.dst_port == 5000 && t.d.flow.protocol == 17);
  nt_dissector_free(t.dissector);
  bytes_free(&b);
}

static void cut_anywhere(void) {
  dissected t = {0};
  bytes b = {0};
  ethernet(&b, 0x0800);
  ipv4(&b, 6, 0, 20);
  bytes_number(&b, 0x0fa01388, 4, 1);
  bytes_zero(&b, 8);
  bytes_number(&b, 0x50020400, 4, 1);
  bytes_zero(&b, 4);
  for (size_t cut = 0; cut <= b.count; cut++) {
    bytes part = {0};
    bytes_add(&part, b.data, cut);
    bytes_reserve(&part, 1);
    dissect(&t, &part);
    for (uint32_t i = 0; i < t.d.layers; i++)
      CU_ASSERT(t.d.layer[i].offset + t.d.layer[i].header <= cut);
    CU_ASSERT(t.d.payload_captured == 0);
    bytes_free(&part);
  }
  dissect(&t, &b);
  CU_ASSERT_STRING_EQUAL(t.d.chain, "Ethernet:IPv4:TCP");
  CU_ASSERT(has(&t.d, 2, "tcp.flags.syn", 1) && has(&t.d, 2, "tcp.flags.ack", 0));
  nt_dissector_free(t.dissector);
  bytes_free(&b);
}

/* The second fragment completes the datagram; UDP lies at the datagram's beginning. */
static void fragments(void) {
  dissected t = {0};
  for (int part = 0; part < 2; part++) {
    bytes b = {0};
    ethernet(&b, 0x0800);
    ipv4(&b, 17, part ? 2 : 0x2000, 16);
    if (part == 0) udp(&b, 4000, 5000, 24);
    bytes_text(&b, part ? "16 bytes of text" : "8 bytes ");
    dissect(&t, &b);
    if (part == 0) CU_ASSERT_STRING_EQUAL(t.d.chain, "Ethernet:IPv4");
    if (part == 0) CU_ASSERT(t.d.flow.version == 4 && !t.d.flow.has_ports);
    if (part == 1) {
      CU_ASSERT_STRING_EQUAL(t.d.chain, "Ethernet:IPv4:UDP");
      CU_ASSERT_FALSE(t.d.layer[2].in_frame);
      CU_ASSERT(t.d.layer[2].offset == 0 && t.d.layer[2].parent == 1);
      CU_ASSERT(t.d.payload_length == 24 &&
                memcmp(t.d.payload, "8 bytes 16 bytes of text", 24) == 0);
    }
    bytes_free(&b);
  }
  nt_dissector_free(t.dissector);
}

/* An ICMP error quotes a datagram: a layer, but not the packet's flow. */
static void quotation(void) {
  dissected t = {0};
  bytes b = {0};
  ethernet(&b, 0x0800);
  ipv4(&b, 1, 0, 8 + 28);
  bytes_number(&b, 0x0303000000000000, 8, 1);
  ipv4(&b, 17, 0, 8);
  udp(&b, 53, 5000, 0);
  dissect(&t, &b);
  CU_ASSERT_STRING_EQUAL(t.d.chain, "Ethernet:IPv4:ICMP:IPv4:UDP");
  CU_ASSERT(t.d.flow.protocol == 1 && t.d.flow.src_port == 3 && t.d.flow.dst_port == 3);
  CU_ASSERT(t.d.layer[4].step->quoted && !t.d.layer[2].step->quoted);
  nt_dissector_free(t.dissector);
  bytes_free(&b);
}

static void application(void) {
  static const char query[] = "\x12\x34\1\0\0\1\0\0\0\0\0\0\7example\3org\0\0\1\0\1";
  dissected t = {0};
  bytes b = {0};
  ethernet(&b, 0x0800);
  ipv4(&b, 17, 0, 8 + sizeof query - 1);
  udp(&b, 40000, 53, sizeof query - 1);
  bytes_add(&b, query, sizeof query - 1);
  dissect(&t, &b);
  if (nt_dissector_classifier()) {
    CU_ASSERT_STRING_EQUAL(t.d.chain, "Ethernet:IPv4:UDP:DNS");
  } else {
    CU_ASSERT_STRING_EQUAL(t.d.chain, "Ethernet:IPv4:UDP");
    CU_ASSERT_PTR_NULL(t.d.application);
  }
  nt_dissector_free(t.dissector);
  bytes_free(&b);
}

/* Flows beyond the bound evict the oldest; the others keep their identity. */
static void many_flows(void) {
  static const char query[] = "\x12\x34\1\0\0\1\0\0\0\0\0\0\7example\3org\0\0\1\0\1";
  dissected t = {0};
  int known = 0, flows = 20000;
  for (int i = 0; i < flows; i++) {
    bytes b = {0};
    ethernet(&b, 0x0800);
    ipv4(&b, 17, 0, 8 + sizeof query - 1);
    b.data[28] = (uint8_t)(i >> 8), b.data[29] = (uint8_t)i; /* two bytes of the source address */
    udp(&b, 40000, 53, sizeof query - 1);
    bytes_add(&b, query, sizeof query - 1);
    dissect(&t, &b);
    known += t.d.application && strcmp(t.d.application, "DNS") == 0;
    bytes_free(&b);
  }
  CU_ASSERT_EQUAL(known, nt_dissector_classifier() ? flows : 0);
  nt_dissector_free(t.dissector);
}

/* ---------------------------------------------------------------- flows */

static nt_tuple flow_of(uint8_t protocol, const char *src, int src_port, const char *dst,
                        int dst_port) {
  nt_tuple f = {.protocol = protocol, .has_ports = true};
  f.version = strchr(src, ':') ? 6 : 4;
  inet_pton(f.version == 4 ? AF_INET : AF_INET6, src, f.src);
  inet_pton(f.version == 4 ? AF_INET : AF_INET6, dst, f.dst);
  f.src_port = (uint16_t)src_port;
  f.dst_port = (uint16_t)dst_port;
  return f;
}

/* Examples of the specification's repository. */
static void community_ids(void) {
  static const struct {
    uint8_t protocol;
    const char *src, *dst;
    int src_port, dst_port;
    const char *id;
  } known[] = {
      {6, "128.232.110.120", "66.35.250.204", 34855, 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
      {17, "192.168.1.52", "8.8.8.8", 54585, 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
      {1, "192.168.0.89", "192.168.0.1", 8, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
      {58, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 135, 0,
       "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="},
      {132, "192.168.170.8", "192.168.170.56", 7, 80, "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ="},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    char there[NT_COMMUNITY_ID], back[NT_COMMUNITY_ID];
    nt_tuple f = flow_of(known[i].protocol, known[i].src, known[i].src_port, known[i].dst,
                         known[i].dst_port);
    nt_tuple b = flow_of(known[i].protocol, known[i].dst, known[i].dst_port, known[i].src,
                         known[i].src_port);
    if (known[i].protocol == 1) b.src_port = 0, b.dst_port = 0; /* the reply to an echo */
    if (known[i].protocol == 58) b.src_port = 136, b.dst_port = 0;
    nt_community_id(&f, 0, there);
    nt_community_id(&b, 0, back);
    CU_ASSERT_STRING_EQUAL(there, known[i].id);
    CU_ASSERT_STRING_EQUAL(back, known[i].id);
    CU_ASSERT(nt_flow_id(&f) == nt_flow_id(&b) && nt_flow_id(&f) < UINT64_C(1) << 51);
    nt_community_id(&f, 1, back);
    CU_ASSERT_STRING_NOT_EQUAL(back, there);
  }
}

static const check_case cases[] = {
    {"tree of a datagram", tree_of_a_datagram},
    {"a frame cut anywhere", cut_anywhere},
    {"fragments", fragments},
    {"quotation", quotation},
    {"application", application},
    {"many flows", many_flows},
    {"community IDs", community_ids},
};
CHECK_MAIN("dissect", cases)
