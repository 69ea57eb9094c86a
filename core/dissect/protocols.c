/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocols.h"

#include <string.h>

#define COUNT(table) (uint32_t)(sizeof(table) / sizeof *(table))

/* ---------------------------------------------------------------- names of values */

static const nt_value_name ethertypes[] = {{0x0800, "IPv4"},
                                           {0x0806, "ARP"},
                                           {0x6558, "Ethernet"},
                                           {0x8035, "RARP"},
                                           {0x8100, "802.1Q"},
                                           {0x8137, "IPX"},
                                           {0x86dd, "IPv6"},
                                           {0x8808, "Flow control"},
                                           {0x8809, "Slow"},
                                           {0x8847, "MPLS"},
                                           {0x8848, "MPLS"},
                                           {0x8863, "PPPoE discovery"},
                                           {0x8864, "PPPoE"},
                                           {0x888e, "802.1X"},
                                           {0x8892, "PROFINET"},
                                           {0x88a4, "EtherCAT"},
                                           {0x88a8, "802.1ad"},
                                           {0x88b8, "GOOSE"},
                                           {0x88ba, "Sampled values"},
                                           {0x88cc, "LLDP"},
                                           {0x88e5, "MACsec"},
                                           {0x88e7, "802.1ah"},
                                           {0x88f7, "PTP"},
                                           {0x8902, "CFM"},
                                           {0x8906, "FCoE"},
                                           {0x891d, "TTE"},
                                           {0x892f, "HSR"},
                                           {0, NULL}};

static const nt_value_name ip_protocols[] = {{0, "Hop-by-hop options"},
                                             {1, "ICMP"},
                                             {2, "IGMP"},
                                             {4, "IPv4"},
                                             {6, "TCP"},
                                             {17, "UDP"},
                                             {33, "DCCP"},
                                             {41, "IPv6"},
                                             {43, "Routing"},
                                             {44, "Fragment"},
                                             {47, "GRE"},
                                             {50, "ESP"},
                                             {51, "AH"},
                                             {58, "ICMPv6"},
                                             {59, "None"},
                                             {60, "Destination options"},
                                             {88, "EIGRP"},
                                             {89, "OSPF"},
                                             {97, "EtherIP"},
                                             {103, "PIM"},
                                             {108, "IPComp"},
                                             {112, "VRRP"},
                                             {115, "L2TP"},
                                             {132, "SCTP"},
                                             {136, "UDP-Lite"},
                                             {137, "MPLS"},
                                             {0, NULL}};

static const nt_value_name arp_opcodes[] = {{1, "request"},
                                            {2, "reply"},
                                            {3, "reverse request"},
                                            {4, "reverse reply"},
                                            {8, "inverse request"},
                                            {9, "inverse reply"},
                                            {0, NULL}};
static const nt_value_name hardware[] = {
    {1, "Ethernet"}, {6, "IEEE 802"}, {15, "Frame relay"}, {19, "ATM"}, {0, NULL}};

static const nt_value_name icmp_types[] = {
    {0, "Echo reply"},           {3, "Destination unreachable"},
    {4, "Source quench"},        {5, "Redirect"},
    {8, "Echo request"},         {9, "Router advertisement"},
    {10, "Router solicitation"}, {11, "Time exceeded"},
    {12, "Parameter problem"},   {13, "Timestamp request"},
    {14, "Timestamp reply"},     {0, NULL}};

static const nt_value_name icmpv6_types[] = {{1, "Destination unreachable"},
                                             {2, "Packet too big"},
                                             {3, "Time exceeded"},
                                             {4, "Parameter problem"},
                                             {128, "Echo request"},
                                             {129, "Echo reply"},
                                             {130, "Multicast listener query"},
                                             {131, "Multicast listener report"},
                                             {132, "Multicast listener done"},
                                             {133, "Router solicitation"},
                                             {134, "Router advertisement"},
                                             {135, "Neighbour solicitation"},
                                             {136, "Neighbour advertisement"},
                                             {137, "Redirect"},
                                             {143, "Multicast listener report v2"},
                                             {0, NULL}};

static const nt_value_name ppp_protocols[] = {
    {0x21, "IPv4"},     {0x3d, "Multilink"}, {0x57, "IPv6"},  {0x281, "MPLS"},  {0x8021, "IPCP"},
    {0x8057, "IPV6CP"}, {0xc021, "LCP"},     {0xc023, "PAP"}, {0xc223, "CHAP"}, {0, NULL}};

static const nt_value_name sll_kinds[] = {{0, "to us"},     {1, "broadcast"}, {2, "multicast"},
                                          {3, "to others"}, {4, "from us"},   {0, NULL}};
static const nt_value_name wlan_kinds[] = {
    {0, "management"}, {1, "control"}, {2, "data"}, {3, "extension"}, {0, NULL}};
static const nt_value_name saps[] = {{0x06, "IP"},  {0x42, "Spanning tree"}, {0xaa, "SNAP"},
                                     {0xe0, "IPX"}, {0xf0, "NetBIOS"},       {0xfe, "OSI"},
                                     {0, NULL}};
static const nt_value_name families[] = {{2, "IPv4"},  {10, "IPv6"}, {24, "IPv6"},
                                         {28, "IPv6"}, {30, "IPv6"}, {0, NULL}};

static const char *name_in(const nt_value_name *names, uint64_t value) {
  for (; names && names->name; names++)
    if (names->value == value) return names->name;
  return NULL;
}

const char *nt_ip_protocol_name(uint8_t protocol) {
  return name_in(ip_protocols, protocol);
}

/* ---------------------------------------------------------------- collecting */

static nt_field *add(nt_fields *list, const char *name, const uint8_t *bytes, uint32_t size,
                     nt_field_kind kind) {
  if (list->count == NT_FIELDS) {
    list->left_out++;
    return NULL;
  }
  nt_field *f = &list->field[list->count++];
  *f = (nt_field){.name = name, .bytes = bytes, .size = size, .kind = kind};
  return f;
}

static uint64_t number_at(const uint8_t *p, uint32_t size, bool little) {
  uint64_t v = 0;
  for (uint32_t i = 0; i < size; i++) v = v << 8 | p[little ? size - 1 - i : i];
  return v;
}

static void add_number(nt_fields *list, const char *name, const uint8_t *bytes, uint32_t size,
                       uint64_t value) {
  nt_field *f = add(list, name, bytes, size, NT_FIELD_NUMBER);
  if (f) f->number = value;
}

static bool is_number(nt_field_kind kind) {
  return kind <= NT_FIELD_LITTLE;
}

static void add_row(const nt_trail_step *step, const nt_field_row *row, nt_fields *list) {
  if ((uint32_t)row->at + row->size > step->captured) return;
  const uint8_t *p = step->data + row->at;
  nt_field *f = add(list, row->name, p, row->size, (nt_field_kind)row->kind);
  if (!f || !is_number(f->kind)) return;
  uint64_t v = number_at(p, row->size, f->kind == NT_FIELD_LITTLE);
  if (row->mask) v = (v & row->mask) >> __builtin_ctz(row->mask);
  f->number = v * (row->factor ? row->factor : 1);
  f->text = name_in(row->names, f->number);
}

void nt_fields_of(const nt_trail_step *step, nt_fields *list) {
  const nt_protocol_row *protocol = nt_protocol_row_of(step->stop);
  list->count = list->left_out = 0;
  for (uint32_t i = 0; i < protocol->field_count; i++) add_row(step, &protocol->fields[i], list);
  if (protocol->more) protocol->more(step, list);
}

/* ---------------------------------------------------------------- headers of varying length */

static uint32_t ipv4_header(const nt_trail_step *s) {
  uint32_t size = s->captured ? (s->data[0] & 15) * 4u : 20;
  return size < 20 ? 20 : size;
}

static uint32_t tcp_header(const nt_trail_step *s) {
  uint32_t size = s->captured > 12 ? (s->data[12] >> 4) * 4u : 20;
  return size < 20 ? 20 : size;
}

static uint32_t words_of_8(const nt_trail_step *s) { /* IPv6 extension headers (RFC 8200) */
  return s->captured > 1 ? (s->data[1] + 1u) * 8 : 8;
}

static uint32_t authentication_header(const nt_trail_step *s) { /* RFC 4302 */
  return s->captured > 1 ? (s->data[1] + 2u) * 4 : 12;
}

static uint32_t llc_header(const nt_trail_step *s) {
  return s->captured > 2 && (s->data[2] & 3) != 3 ? 4 : 3;
}

static uint32_t arp_header(const nt_trail_step *s) {
  return s->captured >= 6 ? 8 + 2u * ((uint32_t)s->data[4] + s->data[5]) : 8;
}

static uint32_t radiotap_header(const nt_trail_step *s) {
  return s->captured >= 4 ? (uint32_t)s->data[2] | (uint32_t)s->data[3] << 8 : 8;
}

static uint32_t provider_header(const nt_trail_step *s) { /* one tag, or two */
  return s->captured >= 4 && s->data[2] == 0x88 && s->data[3] == 0xa8 ? 8 : 4;
}

static uint32_t ppp_header(const nt_trail_step *s) {
  return s->captured && s->data[0] & 1 ? 1 : 2;
}

/* ---------------------------------------------------------------- fields of varying place */

/* Options of one byte (0: the end, 1: none), or of type, length and value. */
typedef void (*option_reader)(nt_fields *list, const uint8_t *option, uint32_t size);

static void each_option(const nt_trail_step *step, uint32_t from, uint32_t to, option_reader read,
                        nt_fields *list) {
  if (to > step->captured) to = step->captured;
  for (uint32_t at = from; at < to && step->data[at] != 0;) {
    if (step->data[at] == 1) {
      at++;
      continue;
    }
    uint32_t size = at + 1 < to ? step->data[at + 1] : 0;
    if (size < 2 || size > to - at) return;
    read(list, step->data + at, size);
    at += size;
  }
}

static void tcp_option(nt_fields *list, const uint8_t *p, uint32_t size) {
  enum { SEGMENT_SIZE = 2, SCALE = 3, SACK_PERMITTED = 4, SACK = 5, TIMES = 8 };
  if (p[0] == SEGMENT_SIZE && size == 4)
    add_number(list, "tcp.options.mss_val", p + 2, 2, number_at(p + 2, 2, false));
  else if (p[0] == SCALE && size == 3)
    add_number(list, "tcp.options.wscale.shift", p + 2, 1, p[2]);
  else if (p[0] == SACK_PERMITTED && size == 2)
    add(list, "tcp.options.sack_perm", p, 2, NT_FIELD_BYTES);
  else if (p[0] == TIMES && size == 10) {
    add_number(list, "tcp.options.timestamp.tsval", p + 2, 4, number_at(p + 2, 4, false));
    add_number(list, "tcp.options.timestamp.tsecr", p + 6, 4, number_at(p + 6, 4, false));
  } else if (p[0] == SACK)
    for (uint32_t at = 2; at + 8 <= size; at += 8) {
      add_number(list, "tcp.options.sack_le", p + at, 4, number_at(p + at, 4, false));
      add_number(list, "tcp.options.sack_re", p + at + 4, 4, number_at(p + at + 4, 4, false));
    }
}

static void tcp_more(const nt_trail_step *s, nt_fields *list) {
  uint32_t header = tcp_header(s);
  if (header > 20 && header <= s->captured)
    add(list, "tcp.options", s->data + 20, header - 20, NT_FIELD_BYTES);
  each_option(s, 20, header, tcp_option, list);
}

static void ipv4_more(const nt_trail_step *s, nt_fields *list) {
  uint32_t header = ipv4_header(s);
  if (header > 20 && header <= s->captured)
    add(list, "ip.options", s->data + 20, header - 20, NT_FIELD_BYTES);
}

/* Addresses stand where the lengths before them say. */
static void arp_more(const nt_trail_step *s, nt_fields *list) {
  if (s->captured < 8) return;
  uint32_t hw = s->data[4], address = s->data[5];
  bool mac = hw == 6, ipv4 = address == 4 && number_at(s->data + 2, 2, false) == 0x0800;
  const struct {
    const char *known, *other;
    uint32_t at, size;
    nt_field_kind kind;
    bool is_known;
  } parts[] = {
      {"arp.src.hw_mac", "arp.src.hw", 8, hw, NT_FIELD_MAC, mac},
      {"arp.src.proto_ipv4", "arp.src.proto", 8 + hw, address, NT_FIELD_IPV4, ipv4},
      {"arp.dst.hw_mac", "arp.dst.hw", 8 + hw + address, hw, NT_FIELD_MAC, mac},
      {"arp.dst.proto_ipv4", "arp.dst.proto", 8 + 2 * hw + address, address, NT_FIELD_IPV4, ipv4}};
  for (uint32_t i = 0; i < COUNT(parts) && parts[i].at + parts[i].size <= s->captured; i++)
    if (parts[i].size)
      add(list, parts[i].is_known ? parts[i].known : parts[i].other, s->data + parts[i].at,
          parts[i].size, parts[i].is_known ? parts[i].kind : NT_FIELD_BYTES);
}

static void ppp_more(const nt_trail_step *s, nt_fields *list) {
  uint32_t size = ppp_header(s);
  if (size > s->captured) return;
  nt_field *f = add(list, "ppp.protocol", s->data, size, NT_FIELD_HEX);
  if (!f) return;
  f->number = number_at(s->data, size, false);
  f->text = name_in(ppp_protocols, f->number);
}

/* Identifier and number of echoes alone. */
static void echo(const nt_trail_step *s, nt_fields *list, uint8_t request, uint8_t reply,
                 const char *identifier, const char *number) {
  if (s->captured < 8 || (s->data[0] != request && s->data[0] != reply)) return;
  nt_field *f = add(list, identifier, s->data + 4, 2, NT_FIELD_NUMBER);
  if (f) f->number = number_at(s->data + 4, 2, false);
  f = add(list, number, s->data + 6, 2, NT_FIELD_NUMBER);
  if (f) f->number = number_at(s->data + 6, 2, false);
}

static void icmp_more(const nt_trail_step *s, nt_fields *list) {
  echo(s, list, 8, 0, "icmp.ident", "icmp.seq");
}

static void icmpv6_more(const nt_trail_step *s, nt_fields *list) {
  echo(s, list, 128, 129, "icmpv6.echo.identifier", "icmpv6.echo.sequence_number");
  if (s->captured >= 24 && (s->data[0] == 135 || s->data[0] == 136))
    add(list, s->data[0] == 135 ? "icmpv6.nd.ns.target_address" : "icmpv6.nd.na.target_address",
        s->data + 8, 16, NT_FIELD_IPV6);
}

/* Ethernet's type, which below 1536 is a length. */
static void ethernet_more(const nt_trail_step *s, nt_fields *list) {
  if (s->captured < 14) return;
  uint64_t type = number_at(s->data + 12, 2, false);
  nt_field *f = add(list, type <= 1500 ? "eth.len" : "eth.type", s->data + 12, 2,
                    type <= 1500 ? NT_FIELD_NUMBER : NT_FIELD_HEX);
  if (!f) return;
  f->number = type;
  if (type > 1500) f->text = name_in(ethertypes, type);
}

static void vlan_more(const nt_trail_step *s, nt_fields *list) {
  if (s->captured < 4) return;
  uint64_t type = number_at(s->data + 2, 2, false);
  nt_field *f = add(list, type <= 1500 ? "vlan.len" : "vlan.etype", s->data + 2, 2,
                    type <= 1500 ? NT_FIELD_NUMBER : NT_FIELD_HEX);
  if (!f) return;
  f->number = type;
  if (type > 1500) f->text = name_in(ethertypes, type);
}

/* A stack of labels, down to the one that is marked. */
static uint32_t mpls_header(const nt_trail_step *s) {
  uint32_t at = 0;
  while (at + 4 <= s->captured && !(s->data[at + 2] & 1)) at += 4;
  return at + 4;
}

static void mpls_more(const nt_trail_step *s, nt_fields *list) {
  uint32_t end = mpls_header(s);
  for (uint32_t at = 0; at < end && at + 4 <= s->captured; at += 4) {
    uint64_t entry = number_at(s->data + at, 4, false);
    add_number(list, "mpls.label", s->data + at, 3, entry >> 12);
    add_number(list, "mpls.exp", s->data + at + 2, 1, entry >> 9 & 7);
    add_number(list, "mpls.bottom", s->data + at + 2, 1, entry >> 8 & 1);
    add_number(list, "mpls.ttl", s->data + at + 3, 1, entry & 255);
  }
}

/* Which address is whose depends on the direction; the first three have their plain names. */
static void wlan_more(const nt_trail_step *s, nt_fields *list) {
  static const struct {
    uint8_t at, receiver_only;
    const char *name;
  } places[] = {{4, 1, "wlan.ra"}, {10, 0, "wlan.ta"}};
  if (s->captured < 2) return;
  bool data = (s->data[0] >> 2 & 3) == 2, management = (s->data[0] >> 2 & 3) == 0;
  for (uint32_t i = 0; i < COUNT(places); i++)
    if ((places[i].receiver_only || data || management) && places[i].at + 6u <= s->captured)
      add(list, places[i].name, s->data + places[i].at, 6, NT_FIELD_MAC);
  if ((data || management) && s->captured >= 24) {
    uint64_t sequence = number_at(s->data + 22, 2, true);
    add_number(list, "wlan.frag", s->data + 22, 2, sequence & 15);
    add_number(list, "wlan.seq", s->data + 22, 2, sequence >> 4);
  }
}

/* ---------------------------------------------------------------- fields of fixed places */

#define N NT_FIELD_NUMBER
#define X NT_FIELD_HEX
#define L NT_FIELD_LITTLE

static const nt_field_row eth[] = {{"eth.dst", 0, 6, NT_FIELD_MAC, 0, 0, NULL},
                                   {"eth.src", 6, 6, NT_FIELD_MAC, 0, 0, NULL}};
static const nt_field_row llc[] = {{"llc.dsap", 0, 1, X, 0, 0, saps},
                                   {"llc.ssap", 1, 1, X, 0, 0, saps},
                                   {"llc.control", 2, 1, X, 0, 0, NULL}};
static const nt_field_row snap[] = {{"llc.oui", 0, 3, N, 0, 0, NULL},
                                    {"llc.type", 3, 2, X, 0, 0, ethertypes}};
static const nt_field_row vlan[] = {{"vlan.priority", 0, 2, N, 0, 0xe000, NULL},
                                    {"vlan.dei", 0, 2, N, 0, 0x1000, NULL},
                                    {"vlan.id", 0, 2, N, 0, 0x0fff, NULL}};
static const nt_field_row provider[] = {{"ieee8021ad.priority", 0, 2, N, 0, 0xe000, NULL},
                                        {"ieee8021ad.dei", 0, 2, N, 0, 0x1000, NULL},
                                        {"ieee8021ad.id", 0, 2, N, 0, 0x0fff, NULL}};
static const nt_field_row pppoe[] = {{"pppoe.version", 0, 1, N, 0, 0xf0, NULL},
                                     {"pppoe.type", 0, 1, N, 0, 0x0f, NULL},
                                     {"pppoe.code", 1, 1, X, 0, 0, NULL},
                                     {"pppoe.session_id", 2, 2, X, 0, 0, NULL},
                                     {"pppoe.payload_length", 4, 2, N, 0, 0, NULL}};
static const nt_field_row chdlc[] = {{"chdlc.address", 0, 1, X, 0, 0, NULL},
                                     {"chdlc.protocol", 2, 2, X, 0, 0, ethertypes}};
static const nt_field_row null[] = {{"null.family", 0, 4, L, 0, 0, families}};
static const nt_field_row loop[] = {{"null.family", 0, 4, N, 0, 0, families}};
static const nt_field_row sll[] = {{"sll.pkttype", 0, 2, N, 0, 0, sll_kinds},
                                   {"sll.hatype", 2, 2, N, 0, 0, NULL},
                                   {"sll.halen", 4, 2, N, 0, 0, NULL},
                                   {"sll.etype", 14, 2, X, 0, 0, ethertypes}};
static const nt_field_row sll2[] = {{"sll.etype", 0, 2, X, 0, 0, ethertypes},
                                    {"sll.ifindex", 4, 4, N, 0, 0, NULL},
                                    {"sll.hatype", 8, 2, N, 0, 0, NULL},
                                    {"sll.pkttype", 10, 1, N, 0, 0, sll_kinds},
                                    {"sll.halen", 11, 1, N, 0, 0, NULL}};
static const nt_field_row nflog[] = {{"nflog.family", 0, 1, N, 0, 0, families},
                                     {"nflog.version", 1, 1, N, 0, 0, NULL},
                                     {"nflog.res_id", 2, 2, N, 0, 0, NULL}};
static const nt_field_row radiotap[] = {{"radiotap.version", 0, 1, N, 0, 0, NULL},
                                        {"radiotap.length", 2, 2, L, 0, 0, NULL}};
static const nt_field_row wlan[] = {
    {"wlan.fc.version", 0, 1, N, 0, 0x03, NULL}, {"wlan.fc.type", 0, 1, N, 0, 0x0c, wlan_kinds},
    {"wlan.fc.subtype", 0, 1, N, 0, 0xf0, NULL}, {"wlan.fc.protected", 1, 1, N, 0, 0x40, NULL},
    {"wlan.fc.retry", 1, 1, N, 0, 0x08, NULL},   {"wlan.duration", 2, 2, L, 0, 0x7fff, NULL}};
static const nt_field_row arp[] = {{"arp.hw.type", 0, 2, N, 0, 0, hardware},
                                   {"arp.proto.type", 2, 2, X, 0, 0, ethertypes},
                                   {"arp.hw.size", 4, 1, N, 0, 0, NULL},
                                   {"arp.proto.size", 5, 1, N, 0, 0, NULL},
                                   {"arp.opcode", 6, 2, N, 0, 0, arp_opcodes}};
static const nt_field_row ipv4[] = {{"ip.version", 0, 1, N, 0, 0xf0, NULL},
                                    {"ip.hdr_len", 0, 1, N, 4, 0x0f, NULL},
                                    {"ip.dsfield.dscp", 1, 1, N, 0, 0xfc, NULL},
                                    {"ip.dsfield.ecn", 1, 1, N, 0, 0x03, NULL},
                                    {"ip.len", 2, 2, N, 0, 0, NULL},
                                    {"ip.id", 4, 2, X, 0, 0, NULL},
                                    {"ip.flags.rb", 6, 1, N, 0, 0x80, NULL},
                                    {"ip.flags.df", 6, 1, N, 0, 0x40, NULL},
                                    {"ip.flags.mf", 6, 1, N, 0, 0x20, NULL},
                                    {"ip.frag_offset", 6, 2, N, 8, 0x1fff, NULL},
                                    {"ip.ttl", 8, 1, N, 0, 0, NULL},
                                    {"ip.proto", 9, 1, N, 0, 0, ip_protocols},
                                    {"ip.checksum", 10, 2, X, 0, 0, NULL},
                                    {"ip.src", 12, 4, NT_FIELD_IPV4, 0, 0, NULL},
                                    {"ip.dst", 16, 4, NT_FIELD_IPV4, 0, 0, NULL}};
static const nt_field_row ipv6[] = {{"ipv6.version", 0, 1, N, 0, 0xf0, NULL},
                                    {"ipv6.tclass", 0, 4, X, 0, 0x0ff00000, NULL},
                                    {"ipv6.flow", 1, 3, X, 0, 0x0fffff, NULL},
                                    {"ipv6.plen", 4, 2, N, 0, 0, NULL},
                                    {"ipv6.nxt", 6, 1, N, 0, 0, ip_protocols},
                                    {"ipv6.hlim", 7, 1, N, 0, 0, NULL},
                                    {"ipv6.src", 8, 16, NT_FIELD_IPV6, 0, 0, NULL},
                                    {"ipv6.dst", 24, 16, NT_FIELD_IPV6, 0, 0, NULL}};
static const nt_field_row ipv6_options[] = {{"ipv6.opt.nxt", 0, 1, N, 0, 0, ip_protocols},
                                            {"ipv6.opt.len", 1, 1, N, 0, 0, NULL}};
static const nt_field_row ipv6_routing[] = {{"ipv6.routing.nxt", 0, 1, N, 0, 0, ip_protocols},
                                            {"ipv6.routing.len", 1, 1, N, 0, 0, NULL},
                                            {"ipv6.routing.type", 2, 1, N, 0, 0, NULL},
                                            {"ipv6.routing.segleft", 3, 1, N, 0, 0, NULL}};
static const nt_field_row ipv6_fragment[] = {{"ipv6.fraghdr.nxt", 0, 1, N, 0, 0, ip_protocols},
                                             {"ipv6.fraghdr.offset", 2, 2, N, 8, 0xfff8, NULL},
                                             {"ipv6.fraghdr.more", 2, 2, N, 0, 0x0001, NULL},
                                             {"ipv6.fraghdr.ident", 4, 4, X, 0, 0, NULL}};
static const nt_field_row tcp[] = {{"tcp.srcport", 0, 2, N, 0, 0, NULL},
                                   {"tcp.dstport", 2, 2, N, 0, 0, NULL},
                                   {"tcp.seq_raw", 4, 4, N, 0, 0, NULL},
                                   {"tcp.ack_raw", 8, 4, N, 0, 0, NULL},
                                   {"tcp.hdr_len", 12, 1, N, 4, 0xf0, NULL},
                                   {"tcp.flags", 12, 2, X, 0, 0x0fff, NULL},
                                   {"tcp.flags.cwr", 13, 1, N, 0, 0x80, NULL},
                                   {"tcp.flags.ece", 13, 1, N, 0, 0x40, NULL},
                                   {"tcp.flags.urg", 13, 1, N, 0, 0x20, NULL},
                                   {"tcp.flags.ack", 13, 1, N, 0, 0x10, NULL},
                                   {"tcp.flags.push", 13, 1, N, 0, 0x08, NULL},
                                   {"tcp.flags.reset", 13, 1, N, 0, 0x04, NULL},
                                   {"tcp.flags.syn", 13, 1, N, 0, 0x02, NULL},
                                   {"tcp.flags.fin", 13, 1, N, 0, 0x01, NULL},
                                   {"tcp.window_size_value", 14, 2, N, 0, 0, NULL},
                                   {"tcp.checksum", 16, 2, X, 0, 0, NULL},
                                   {"tcp.urgent_pointer", 18, 2, N, 0, 0, NULL}};
static const nt_field_row udp[] = {{"udp.srcport", 0, 2, N, 0, 0, NULL},
                                   {"udp.dstport", 2, 2, N, 0, 0, NULL},
                                   {"udp.length", 4, 2, N, 0, 0, NULL},
                                   {"udp.checksum", 6, 2, X, 0, 0, NULL}};
static const nt_field_row udp_lite[] = {{"udp.srcport", 0, 2, N, 0, 0, NULL},
                                        {"udp.dstport", 2, 2, N, 0, 0, NULL},
                                        {"udp.checksum_coverage", 4, 2, N, 0, 0, NULL},
                                        {"udp.checksum", 6, 2, X, 0, 0, NULL}};
static const nt_field_row icmp[] = {{"icmp.type", 0, 1, N, 0, 0, icmp_types},
                                    {"icmp.code", 1, 1, N, 0, 0, NULL},
                                    {"icmp.checksum", 2, 2, X, 0, 0, NULL}};
static const nt_field_row icmpv6[] = {{"icmpv6.type", 0, 1, N, 0, 0, icmpv6_types},
                                      {"icmpv6.code", 1, 1, N, 0, 0, NULL},
                                      {"icmpv6.checksum", 2, 2, X, 0, 0, NULL}};
static const nt_field_row gre[] = {{"gre.flags_and_version", 0, 2, X, 0, 0, NULL},
                                   {"gre.proto", 2, 2, X, 0, 0, ethertypes}};
static const nt_field_row ah[] = {{"ah.next_header", 0, 1, N, 0, 0, ip_protocols},
                                  {"ah.spi", 4, 4, X, 0, 0, NULL},
                                  {"ah.sequence", 8, 4, N, 0, 0, NULL}};
static const nt_field_row vxlan[] = {{"vxlan.flags", 0, 2, X, 0, 0, NULL},
                                     {"vxlan.vni", 4, 3, N, 0, 0, NULL}};
static const nt_field_row geneve[] = {{"geneve.version", 0, 1, N, 0, 0xc0, NULL},
                                      {"geneve.proto_type", 2, 2, X, 0, 0, ethertypes},
                                      {"geneve.vni", 4, 3, X, 0, 0, NULL}};
static const nt_field_row gtp[] = {{"gtp.flags", 0, 1, X, 0, 0, NULL},
                                   {"gtp.message", 1, 1, X, 0, 0, NULL},
                                   {"gtp.length", 2, 2, N, 0, 0, NULL}};
static const nt_field_row pim[] = {{"pim.version", 0, 1, N, 0, 0xf0, NULL},
                                   {"pim.type", 0, 1, N, 0, 0x0f, NULL}};

/* ---------------------------------------------------------------- the table */

#define FIELDS(table) .fields = (table), .field_count = COUNT(table)

static const nt_protocol_row rows[NT_STOPS] = {
    [NT_STOP_ETHERNET] =
        {.filter = "eth", .name = "Ethernet", .header = 14, .more = ethernet_more, FIELDS(eth)},
    [NT_STOP_ISL] = {.filter = "isl", .name = "ISL", .header = 26},
    [NT_STOP_FABRIC_PATH] = {.filter = "cfp", .name = "FabricPath"},
    [NT_STOP_LLC] = {.filter = "llc", .name = "LLC", .measure = llc_header, FIELDS(llc)},
    [NT_STOP_SNAP] = {.filter = "llc", .name = "SNAP", .header = 5, FIELDS(snap)},
    [NT_STOP_VLAN] =
        {.filter = "vlan", .name = "VLAN", .header = 4, .more = vlan_more, FIELDS(vlan)},
    [NT_STOP_PROVIDER_TAG] = {.filter = "ieee8021ad",
                              .name = "802.1ad",
                              .measure = provider_header,
                              FIELDS(provider)},
    [NT_STOP_BACKBONE_TAG] = {.filter = "ieee8021ah", .name = "802.1ah", .header = 18},
    [NT_STOP_REDUNDANCY_TAG] = {.filter = "rtag", .name = "802.1CB", .header = 6},
    [NT_STOP_HSR] = {.filter = "hsr", .name = "HSR", .header = 6},
    [NT_STOP_VNTAG] = {.filter = "vntag", .name = "VN-Tag", .header = 6},
    [NT_STOP_ETAG] = {.filter = "802.1br", .name = "802.1BR", .header = 8},
    [NT_STOP_VMWARE_LAB] = {.filter = "vmlab", .name = "VMLab", .header = 24},
    [NT_STOP_CISCO_METADATA] = {.filter = "cmd", .name = "Cisco-MetaData", .header = 8},
    [NT_STOP_GIGAMON] = {.filter = "gmhdr", .name = "Gigamon"},
    [NT_STOP_ARISTA] = {.filter = "aristavendor", .name = "Arista"},
    [NT_STOP_MACSEC] = {.filter = "macsec", .name = "MACsec"},
    [NT_STOP_RTMAC] = {.filter = "rtmac", .name = "RTmac", .header = 4},
    [NT_STOP_TRILL] = {.filter = "trill", .name = "TRILL"},
    [NT_STOP_EXTREME_HEADER] = {.filter = "ehdr", .name = "Extreme", .header = 38},
    [NT_STOP_NSH] = {.filter = "nsh", .name = "NSH"},
    [NT_STOP_DIRECTION] = {.filter = "direction", .name = "Direction", .header = 1},
    [NT_STOP_PPP] = {.filter = "ppp", .name = "PPP", .measure = ppp_header, .more = ppp_more},
    [NT_STOP_PPPOE] = {.filter = "pppoes", .name = "PPPoE", .header = 6, FIELDS(pppoe)},
    [NT_STOP_CISCO_HDLC] = {.filter = "chdlc", .name = "Cisco-HDLC", .header = 4, FIELDS(chdlc)},
    [NT_STOP_FRAME_RELAY] = {.filter = "fr", .name = "Frame-Relay"},
    [NT_STOP_NULL] = {.filter = "null", .name = "Null", .header = 4, FIELDS(null)},
    [NT_STOP_LOOP] = {.filter = "null", .name = "Loopback", .header = 4, FIELDS(loop)},
    [NT_STOP_RAW] = {.filter = "raw", .name = "Raw"},
    [NT_STOP_LINUX_COOKED] = {.filter = "sll", .name = "Linux-SLL", .header = 16, FIELDS(sll)},
    [NT_STOP_LINUX_COOKED_2] = {.filter = "sll", .name = "Linux-SLL2", .header = 20, FIELDS(sll2)},
    [NT_STOP_NFLOG] = {.filter = "nflog", .name = "NFLOG", FIELDS(nflog)},
    [NT_STOP_PFLOG] = {.filter = "pflog", .name = "PFLOG"},
    [NT_STOP_ENC] = {.filter = "enc", .name = "ENC", .header = 12},
    [NT_STOP_PKTAP] = {.filter = "pktap", .name = "PKTAP"},
    [NT_STOP_IPNET] = {.filter = "ipnet", .name = "IPNET"},
    [NT_STOP_SYMANTEC] = {.filter = "symantec", .name = "Symantec"},
    [NT_STOP_NETANALYZER] = {.filter = "netanalyzer", .name = "netANALYZER", .header = 4},
    [NT_STOP_FDDI] = {.filter = "fddi", .name = "FDDI", .header = 13},
    [NT_STOP_TOKEN_RING] = {.filter = "tr", .name = "Token-Ring"},
    [NT_STOP_ARCNET] = {.filter = "arcnet", .name = "ARCNET"},
    [NT_STOP_IP_OVER_FIBRE_CHANNEL] = {.filter = "ipfc", .name = "IPFC", .header = 16},
    [NT_STOP_IP_OVER_INFINIBAND] = {.filter = "ipoib", .name = "IPoIB", .header = 44},
    [NT_STOP_IEEE1394] = {.filter = "ap1394", .name = "IEEE1394", .header = 18},
    [NT_STOP_SUN_ATM] = {.filter = "atm", .name = "ATM"},
    [NT_STOP_JUNIPER] = {.filter = "juniper", .name = "Juniper"},
    [NT_STOP_RADIOTAP] = {.filter = "radiotap",
                          .name = "Radiotap",
                          .measure = radiotap_header,
                          FIELDS(radiotap)},
    [NT_STOP_PRISM] = {.filter = "prism", .name = "Prism"},
    [NT_STOP_AVS] = {.filter = "wlancap", .name = "AVS"},
    [NT_STOP_PPI] = {.filter = "ppi", .name = "PPI"},
    [NT_STOP_WLAN] = {.filter = "wlan", .name = "802.11", .more = wlan_more, FIELDS(wlan)},
    [NT_STOP_ARP] =
        {.filter = "arp", .name = "ARP", .measure = arp_header, .more = arp_more, FIELDS(arp)},
    [NT_STOP_IPV4] =
        {.filter = "ip", .name = "IPv4", .measure = ipv4_header, .more = ipv4_more, FIELDS(ipv4)},
    [NT_STOP_IPV6] = {.filter = "ipv6", .name = "IPv6", .header = 40, FIELDS(ipv6)},
    [NT_STOP_IPV6_OPTIONS] = {.filter = "ipv6.opt",
                              .name = "IPv6-Opts",
                              .measure = words_of_8,
                              FIELDS(ipv6_options)},
    [NT_STOP_IPV6_ROUTING] = {.filter = "ipv6.routing",
                              .name = "IPv6-Route",
                              .measure = words_of_8,
                              FIELDS(ipv6_routing)},
    [NT_STOP_IPV6_FRAGMENT] = {.filter = "ipv6.fraghdr",
                               .name = "IPv6-Frag",
                               .header = 8,
                               FIELDS(ipv6_fragment)},
    [NT_STOP_TCP] =
        {.filter = "tcp", .name = "TCP", .measure = tcp_header, .more = tcp_more, FIELDS(tcp)},
    [NT_STOP_UDP] = {.filter = "udp", .name = "UDP", .header = 8, FIELDS(udp)},
    [NT_STOP_UDP_LITE] = {.filter = "udplite", .name = "UDP-Lite", .header = 8, FIELDS(udp_lite)},
    [NT_STOP_ICMP] =
        {.filter = "icmp", .name = "ICMP", .header = 8, .more = icmp_more, FIELDS(icmp)},
    [NT_STOP_ICMPV6] =
        {.filter = "icmpv6", .name = "ICMPv6", .header = 8, .more = icmpv6_more, FIELDS(icmpv6)},
    [NT_STOP_MPLS] = {.filter = "mpls", .name = "MPLS", .measure = mpls_header, .more = mpls_more},
    [NT_STOP_GRE] = {.filter = "gre", .name = "GRE", FIELDS(gre)},
    [NT_STOP_ERSPAN] = {.filter = "erspan", .name = "ERSPAN"},
    [NT_STOP_AUTHENTICATION] = {.filter = "ah",
                                .name = "AH",
                                .measure = authentication_header,
                                FIELDS(ah)},
    [NT_STOP_COMPRESSED] = {.filter = "ipcomp", .name = "IPComp", .header = 4},
    [NT_STOP_NHRP] = {.filter = "nhrp", .name = "NHRP"},
    [NT_STOP_ETHER_IP] = {.filter = "etherip", .name = "EtherIP", .header = 2},
    [NT_STOP_PIM] = {.filter = "pim", .name = "PIM", FIELDS(pim)},
    [NT_STOP_L2TP] = {.filter = "l2tp", .name = "L2TP"},
    [NT_STOP_VXLAN] = {.filter = "vxlan", .name = "VXLAN", .header = 8, FIELDS(vxlan)},
    [NT_STOP_GENEVE] = {.filter = "geneve", .name = "Geneve", FIELDS(geneve)},
    [NT_STOP_GTP] = {.filter = "gtp", .name = "GTP", FIELDS(gtp)},
    [NT_STOP_TEREDO] = {.filter = "teredo", .name = "Teredo"},
    [NT_STOP_AYIYA] = {.filter = "ayiya", .name = "AYIYA"},
    [NT_STOP_LISP] = {.filter = "lisp-data", .name = "LISP", .header = 8},
    [NT_STOP_LISP_CONTROL] = {.filter = "lisp", .name = "LISP-Control"},
    [NT_STOP_MULTICAST_TUNNEL] = {.filter = "amt", .name = "AMT"},
    [NT_STOP_TZSP] = {.filter = "tzsp", .name = "TZSP"},
    [NT_STOP_CAPWAP] = {.filter = "capwap.data", .name = "CAPWAP"},
    [NT_STOP_LWAPP] = {.filter = "lwapp", .name = "LWAPP"},
    [NT_STOP_MOBILE_IP] = {.filter = "mip", .name = "MobileIP"},
    [NT_STOP_SFLOW] = {.filter = "sflow", .name = "sFlow"},
    [NT_STOP_OPENFLOW] = {.filter = "openflow", .name = "OpenFlow"},
    [NT_STOP_MSDP] = {.filter = "msdp", .name = "MSDP"},
};

const nt_protocol_row *nt_protocol_row_of(nt_stop stop) {
  return &rows[stop];
}
