/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What UDP ports lead to. tshark asks the dissector of the lower port, then that of the higher one;
 * those that hold no field of ours matter all the same, because they keep the other port's from
 * being asked.
 */
#include "decode.h"

/* ---------------------------------------------------------------- tunnels over UDP */

static nt_outcome vxlan(nt_decoder *d, nt_view v) { /* RFC 7348 */
  nt_mark(d, NT_STOP_VXLAN, v);
  return nt_skip(&v, 8) ? nt_enter(d, nt_ethernet, v) : NT_CUT;
}

static nt_outcome vxlan_gpe(nt_decoder *d, nt_view v) {
  static const nt_layer next[] = {NULL, nt_ip, nt_ipv6, nt_ethernet, nt_nsh, nt_mpls};
  nt_mark(d, NT_STOP_VXLAN, v);
  if (!nt_has(v, 0, 8)) return NT_CUT;
  uint8_t protocol = v.data[3];
  nt_skip(&v, 8);
  return protocol > 0 && protocol < sizeof next / sizeof *next ? nt_enter(d, next[protocol], v)
                                                               : NT_TAKEN;
}

static nt_outcome geneve(nt_decoder *d, nt_view v) { /* RFC 8926 */
  nt_mark(d, NT_STOP_GENEVE, v);
  if (!nt_has(v, 0, 8)) return NT_CUT;
  uint32_t options = (v.data[0] & 63) * 4u;
  uint16_t type = nt_be16(v.data + 2);
  if (!nt_skip(&v, 8 + options)) return NT_CUT;
  return nt_ethertype(d, type, v) == NT_CUT ? NT_CUT : NT_TAKEN;
}

nt_outcome nt_gtp(nt_decoder *d, nt_view v) { /* 3GPP TS 29.060, 29.281: user data only */
  enum { GTP = 0x10, EXTENSION = 4, SEQUENCE = 2, NUMBER = 1, USER_DATA = 255 };
  if (!nt_has(v, 0, 1)) return NT_REJECTED;
  uint8_t flags = v.data[0], version = flags >> 5;
  if (version > 2) return NT_REJECTED;
  if (version < 2 && !nt_has(v, 0, 2)) return NT_REJECTED;
  nt_mark(d, NT_STOP_GTP, v);
  if (version == 2) return NT_TAKEN;
  if (v.data[1] != USER_DATA) return NT_TAKEN;
  uint32_t header = version == 0 ? flags & GTP ? 20 : flags & 1 ? 6 : 20 : flags & GTP ? 8 : 6;
  if (!nt_has(v, 0, header)) return NT_CUT;
  uint32_t length = nt_be16(v.data + 2);
  nt_narrow(&v, header + length);
  if (version == 1 && flags & GTP && flags & (EXTENSION | SEQUENCE | NUMBER)) {
    if (!nt_has(v, header, 4)) return NT_CUT;
    uint8_t next = flags & EXTENSION ? v.data[header + 3] : 0;
    header += 4;
    while (next) { /* extension headers: length in words, contents, next type */
      if (!nt_has(v, header, 1)) return NT_CUT;
      uint32_t size = v.data[header] * 4u;
      if (size == 0) return NT_TAKEN;
      if (!nt_has(v, header, size)) return NT_CUT;
      next = v.data[header + size - 1];
      header += size;
    }
  }
  if (!nt_skip(&v, header)) return NT_CUT;
  if (!v.length) return NT_TAKEN;
  if (!nt_has(v, 0, 1)) return NT_CUT;
  uint8_t first = v.data[0];
  if ((first >= 0x45 && first <= 0x4e) || first >> 4 == 6) return nt_enter(d, nt_ip, v);
  if (v.length <= 14) return NT_TAKEN;
  if (!nt_has(v, 12, 2)) return NT_CUT;
  uint16_t type = nt_be16(v.data + 12);
  return type == 0x0800 || type == 0x0806 || type == 0x86dd ? nt_enter(d, nt_ethernet, v)
                                                            : NT_TAKEN;
}

static nt_outcome teredo(nt_decoder *d, nt_view v) { /* RFC 4380 */
  enum { ORIGIN = 0, AUTHENTICATION = 1 };
  nt_mark(d, NT_STOP_TEREDO, v);
  if (!nt_has(v, 0, 2)) return NT_CUT;
  if (nt_be16(v.data) == AUTHENTICATION) {
    if (!nt_has(v, 0, 4) || !nt_skip(&v, 13u + v.data[2] + v.data[3])) return NT_CUT;
    if (!nt_has(v, 0, 2)) return NT_CUT;
  }
  if (nt_be16(v.data) == ORIGIN && !nt_skip(&v, 8)) return NT_CUT;
  return nt_has(v, 0, 1) ? nt_enter(d, nt_ipv6, v) : NT_CUT;
}

static nt_outcome ayiya(nt_decoder *d, nt_view v) {
  enum { FORWARD = 1 };
  nt_mark(d, NT_STOP_AYIYA, v);
  if (!nt_has(v, 0, 4)) return NT_CUT;
  uint32_t header = 8 + (1u << (v.data[0] >> 4)) + (v.data[1] >> 4) * 4u;
  uint8_t operation = v.data[2] & 15, next = v.data[3];
  if (operation != FORWARD) return NT_TAKEN;
  if (!nt_skip(&v, header)) return NT_CUT;
  return nt_ip_protocol(d, next, v) == NT_CUT ? NT_CUT : NT_TAKEN;
}

static nt_outcome inner_ip(nt_decoder *d, nt_view v) { /* 4 or 6, else nothing */
  if (!nt_has(v, 0, 1)) return NT_CUT;
  uint8_t version = v.data[0] >> 4;
  return version == 4 || version == 6 ? nt_enter(d, nt_ip, v) : NT_TAKEN;
}

/* RFC 9301: encapsulated control messages. */
static nt_outcome lisp_control(nt_decoder *d, nt_view v) {
  enum { ENCAPSULATED = 8 };
  nt_mark(d, NT_STOP_LISP_CONTROL, v);
  if (!nt_has(v, 0, 1)) return NT_CUT;
  if (v.data[0] >> 4 != ENCAPSULATED) return NT_TAKEN;
  return nt_skip(&v, 4) ? inner_ip(d, v) : NT_CUT;
}

static nt_outcome lisp_data(nt_decoder *d, nt_view v) { /* RFC 9300 */
  enum { CONTROL_PORT = 4342 };
  if (d->udp_destination == CONTROL_PORT) return lisp_control(d, v);
  if (v.length < 8) return NT_REJECTED;
  nt_mark(d, NT_STOP_LISP, v);
  return nt_skip(&v, 8) ? inner_ip(d, v) : NT_CUT;
}

static nt_outcome multicast_tunnel(nt_decoder *d, nt_view v) { /* AMT, RFC 7450 */
  enum { QUERY = 4, UPDATE = 5, DATA = 6 };
  nt_mark(d, NT_STOP_MULTICAST_TUNNEL, v);
  if (!nt_has(v, 0, 1)) return NT_CUT;
  uint8_t type = v.data[0] & 15;
  if (type < QUERY || type > DATA) return NT_TAKEN;
  return nt_skip(&v, type == DATA ? 2 : 12) ? nt_enter(d, nt_ip, v) : NT_CUT;
}

nt_outcome nt_tzsp(nt_decoder *d, nt_view v) { /* Tazmen sniffer protocol */
  enum { NOTHING = 4, PORT_OPENER = 5, PADDING = 0, END = 1 };
  static const nt_numbered_layer media[] = {
      {1, nt_ethernet}, {2, nt_token_ring}, {4, nt_ppp_hdlc},   {5, nt_fddi},  {7, nt_raw},
      {18, nt_wlan},    {119, nt_prism},    {126, nt_radiotap}, {127, nt_avs},
  };
  nt_mark(d, NT_STOP_TZSP, v);
  if (!nt_has(v, 0, 4)) return NT_CUT;
  uint8_t type = v.data[1];
  nt_layer layer = nt_find_layer(media, sizeof media / sizeof *media, nt_be16(v.data + 2));
  if (type == NOTHING || type == PORT_OPENER) return NT_TAKEN;
  nt_skip(&v, 4);
  for (uint8_t tag = PADDING; tag != END;) {
    if (!nt_has(v, 0, 1)) return NT_CUT;
    tag = v.data[0];
    uint32_t size = 1;
    if (tag != PADDING && tag != END) {
      if (!nt_has(v, 1, 1)) return NT_CUT;
      size = 2u + v.data[1];
    }
    if (!nt_skip(&v, size)) return NT_CUT;
  }
  return layer ? nt_enter(d, layer, v) : NT_TAKEN;
}

static nt_outcome capwap_payload(nt_decoder *d, nt_view v, bool native, uint32_t binding) {
  enum { IEEE80211 = 1 };
  if (!native) return nt_enter(d, nt_ethernet, v);
  return binding == IEEE80211 ? nt_enter(d, nt_wlan_swapped, v) : NT_TAKEN;
}

static nt_outcome capwap(nt_decoder *d, nt_view v) { /* RFC 5415: data channel */
  enum { ENCRYPTED = 1, NATIVE = 0x100, FRAGMENT = 0x80, LAST = 0x40, KEEP_ALIVE = 0x08 };
  nt_mark(d, NT_STOP_CAPWAP, v);
  if (!nt_has(v, 0, 1)) return NT_CUT;
  if ((v.data[0] & 15) == ENCRYPTED) return NT_TAKEN;
  if (!nt_has(v, 0, 8)) return NT_CUT;
  const uint8_t *p = v.data;
  uint32_t header = (p[1] >> 3) * 4u, binding = p[2] >> 1 & 31, flags = (p[2] & 1u) << 8 | p[3];
  if (header == 0 || !nt_skip(&v, header)) return NT_CUT;
  if (!(flags & FRAGMENT))
    return flags & KEEP_ALIVE ? NT_TAKEN : capwap_payload(d, v, flags & NATIVE, binding);
  if (v.captured < v.length || !v.length) return NT_TAKEN;
  nt_fragment_key key = {.version = NT_CAPWAP, .id = nt_be16(p + 4)};
  memcpy(key.src, d->network_src, d->network_size);
  memcpy(key.dst, d->network_dst, d->network_size);
  nt_fragment fragment = {v.data, nt_be16(p + 6) & 0xfff8u, v.length, !(flags & LAST), false};
  if (!nt_put_together(d, &key, &fragment, &v)) return d->failed ? NT_CUT : NT_TAKEN;
  return flags & KEEP_ALIVE ? NT_TAKEN : capwap_payload(d, v, flags & NATIVE, binding);
}

static nt_outcome lwapp(nt_decoder *d, nt_view v) { /* RFC 5412 */
  enum { CONTROL = 0x04, PORT_WITH_ADDRESS = 12223 };
  nt_mark(d, NT_STOP_LWAPP, v);
  if (d->udp_destination == PORT_WITH_ADDRESS && !nt_skip(&v, 6)) return NT_CUT;
  if (!nt_has(v, 0, 6)) return NT_CUT;
  bool control = v.data[0] & CONTROL;
  nt_skip(&v, 6);
  return control ? NT_TAKEN : nt_enter(d, nt_wlan_swapped, v);
}

static nt_outcome mobile_ip(nt_decoder *d, nt_view v) { /* RFC 3519: tunnel data */
  enum { TUNNEL_DATA = 4 };
  nt_mark(d, NT_STOP_MOBILE_IP, v);
  if (!nt_has(v, 0, 1)) return NT_CUT;
  if (v.data[0] != TUNNEL_DATA) return NT_TAKEN;
  return nt_skip(&v, 4) ? nt_enter(d, nt_ip, v) : NT_CUT;
}

static nt_outcome juniper_mirror(nt_decoder *d, nt_view v) {
  if (!nt_has(v, 8, 4)) return NT_REJECTED;
  nt_skip(&v, 8);
  const uint8_t *p = v.data;
  if (p[0] == 0x45 || p[0] >> 4 == 6) return nt_enter(d, nt_ip, v);
  bool hdlc = p[0] == 0xff && p[1] == 0x03;
  if (hdlc && (((p[2] & 15) == 0 && p[3] == 0x21) || (p[2] == 0 && p[3] == 0x57)))
    return nt_enter(d, nt_ppp_hdlc, v);
  return NT_REJECTED;
}

/* ---------------------------------------------------------------- sFlow (versions 2, 4, 5) */

static nt_outcome sampled_header(nt_decoder *d, nt_view v, uint32_t version) {
  static const nt_numbered_layer media[] = {
      {1, nt_ethernet}, {3, nt_token_ring}, {4, nt_fddi},  {5, nt_frame_relay}, {7, nt_ppp_hdlc},
      {11, nt_ip},      {12, nt_ipv6},      {13, nt_mpls}, {15, nt_wlan},
  };
  uint32_t header = version == 5 ? 16 : 12;
  if (!nt_has(v, 0, header)) return NT_CUT;
  nt_layer layer = nt_find_layer(media, sizeof media / sizeof *media, nt_be32(v.data));
  uint32_t frame_length = nt_be32(v.data + 4), size = nt_be32(v.data + header - 4);
  if (size > v.captured || !nt_has(v, header, size)) return NT_CUT;
  nt_view frame = {v.data + header, (size + 3) & ~3u, frame_length};
  if (frame.captured > v.captured - header) return NT_CUT;
  if (frame.captured > frame.length) frame.captured = frame.length;
  bool before = d->in_error; /* a sample is cut short and its checksums prove nothing */
  d->in_error = true;
  if (layer) nt_enter(d, layer, frame);
  d->in_error = before;
  return NT_TAKEN;
}

/* A flow sample of version 5: a header, then records of a type and a length. */
static nt_outcome flow_sample(nt_decoder *d, nt_view v, uint32_t header) {
  enum { RAW_HEADER = 1 };
  if (!nt_has(v, 0, header)) return NT_CUT;
  uint32_t records = nt_be32(v.data + header - 4) & 255;
  nt_skip(&v, header);
  while (records--) {
    if (!nt_has(v, 0, 8)) return NT_CUT;
    uint32_t type = nt_be32(v.data), size = nt_be32(v.data + 4);
    nt_skip(&v, 8);
    if (type == RAW_HEADER && sampled_header(d, v, 5) == NT_CUT) return NT_CUT;
    if (size > v.captured || !nt_skip(&v, (size + 3) & ~3u)) return NT_CUT;
  }
  return NT_TAKEN;
}

static nt_outcome sflow(nt_decoder *d, nt_view v) {
  enum { FLOW = 1, EXPANDED_FLOW = 3, OLD_HEADER = 32, ADDRESS_IPV4 = 1, ADDRESS_IPV6 = 2 };
  if (!nt_has(v, 0, 8)) return NT_CUT;
  uint32_t version = nt_be32(v.data), address = nt_be32(v.data + 4);
  if ((version != 2 && version != 4 && version != 5) || address > ADDRESS_IPV6) return NT_REJECTED;
  nt_mark(d, NT_STOP_SFLOW, v);
  uint32_t header = 8 +
                    (address == ADDRESS_IPV4   ? 4
                     : address == ADDRESS_IPV6 ? 16
                                               : 0) +
                    (version == 5 ? 16 : 12);
  if (!nt_has(v, 0, header)) return NT_CUT;
  uint32_t samples = nt_be32(v.data + header - 4) & 255;
  nt_skip(&v, header);
  if (version != 5) { /* samples have no length: the first one is all that can be found */
    if (!samples || !nt_has(v, 0, 4 + OLD_HEADER) || nt_be32(v.data) != FLOW) return NT_TAKEN;
    bool raw = nt_be32(v.data + OLD_HEADER) == 1;
    nt_skip(&v, 4 + OLD_HEADER);
    return raw ? sampled_header(d, v, version) : NT_TAKEN;
  }
  while (samples--) {
    if (!nt_has(v, 0, 8)) return NT_CUT;
    uint32_t type = nt_be32(v.data), size = nt_be32(v.data + 4);
    if (type >> 12) return NT_TAKEN; /* another enterprise's: tshark stops here */
    nt_skip(&v, 8);
    if (type == FLOW && flow_sample(d, v, 32) == NT_CUT) return NT_CUT;
    if (type == EXPANDED_FLOW && flow_sample(d, v, 44) == NT_CUT) return NT_CUT;
    if (!nt_skip(&v, size)) return NT_CUT;
  }
  return NT_TAKEN;
}

/* ---------------------------------------------------------------- ports */

static const nt_numbered_layer udp_ports[] = {
    {434, mobile_ip},
    {1701, nt_l2tp},
    {2123, nt_gtp},
    {2152, nt_gtp},
    {2268, multicast_tunnel},
    {3386, nt_gtp},
    {3544, teredo},
    {4341, lisp_data},
    {4342, lisp_control},
    {4754, nt_gre},
    {4789, vxlan},
    {4790, vxlan_gpe},
    {5072, ayiya},
    {5247, capwap},
    {6081, geneve},
    {6343, sflow},
    {6635, nt_mpls},
    {12000, nt_llc},
    {12001, nt_llc},
    {12002, nt_llc},
    {12003, nt_llc},
    {12004, nt_llc},
    {12220, nt_ethernet},
    {12222, lwapp},
    {12223, lwapp},
    {30030, juniper_mirror},
    {37008, nt_tzsp},
};

/* Ports of other dissectors of tshark 4.0 (tshark -G decodes), from and to. */
static const uint16_t other_ports[][2] = {
    {7, 7},         {13, 13},       {19, 19},       {37, 37},       {49, 49},       {53, 53},
    {67, 69},       {88, 88},       {111, 111},     {123, 123},     {137, 138},     {161, 162},
    {173, 173},     {177, 177},     {213, 213},     {269, 269},     {319, 320},     {389, 389},
    {427, 427},     {464, 464},     {473, 473},     {496, 496},     {500, 500},     {502, 502},
    {513, 514},     {520, 521},     {524, 525},     {539, 539},     {546, 547},     {573, 573},
    {623, 623},     {631, 631},     {646, 646},     {654, 654},     {664, 664},     {698, 699},
    {701, 701},     {750, 750},     {853, 854},     {910, 910},     {921, 921},     {925, 925},
    {1001, 1001},   {1044, 1044},   {1052, 1052},   {1069, 1069},   {1089, 1091},   {1101, 1101},
    {1113, 1113},   {1153, 1153},   {1194, 1194},   {1293, 1293},   {1547, 1547},   {1628, 1629},
    {1645, 1646},   {1700, 1700},   {1718, 1719},   {1745, 1745},   {1755, 1755},   {1812, 1813},
    {1900, 1900},   {1985, 1985},   {2029, 2029},   {2048, 2048},   {2055, 2055},   {2067, 2067},
    {2099, 2099},   {2157, 2157},   {2190, 2190},   {2221, 2222},   {2231, 2231},   {2246, 2246},
    {2269, 2269},   {2313, 2313},   {2345, 2345},   {2424, 2424},   {2427, 2428},   {2727, 2727},
    {2887, 2887},   {2944, 2945},   {2948, 2949},   {2960, 2960},   {3000, 3000},   {3121, 3121},
    {3130, 3130},   {3205, 3205},   {3222, 3222},   {3250, 3250},   {3333, 3333},   {3343, 3343},
    {3357, 3357},   {3389, 3389},   {3452, 3452},   {3455, 3455},   {3478, 3478},   {3483, 3483},
    {3503, 3503},   {3540, 3540},   {3567, 3567},   {3622, 3622},   {3671, 3671},   {3784, 3785},
    {3792, 3792},   {3799, 3799},   {3804, 3804},   {3819, 3819},   {3863, 3863},   {3956, 3956},
    {4000, 4000},   {4011, 4011},   {4058, 4058},   {4305, 4307},   {4500, 4500},   {4533, 4534},
    {4551, 4551},   {4555, 4556},   {4569, 4569},   {4665, 4665},   {4672, 4672},   {4713, 4713},
    {4729, 4729},   {4739, 4739},   {4784, 4784},   {4791, 4791},   {4991, 4991},   {5000, 5001},
    {5031, 5031},   {5050, 5050},   {5060, 5060},   {5094, 5094},   {5246, 5246},   {5264, 5265},
    {5350, 5351},   {5353, 5353},   {5355, 5355},   {5404, 5405},   {5436, 5436},   {5555, 5555},
    {5567, 5567},   {5678, 5678},   {5683, 5684},   {5868, 5868},   {6060, 6060},   {6073, 6073},
    {6084, 6084},   {6087, 6087},   {6118, 6118},   {6160, 6160},   {6543, 6543},   {6666, 6666},
    {6696, 6696},   {6784, 6784},   {6970, 6970},   {7000, 7010},   {7021, 7021},   {7074, 7075},
    {7255, 7255},   {7275, 7275},   {7784, 7784},   {8000, 8000},   {8116, 8116},   {8161, 8161},
    {8200, 8200},   {8211, 8211},   {8600, 8600},   {8611, 8614},   {8755, 8755},   {8767, 8767},
    {8805, 8805},   {8848, 8848},   {9003, 9003},   {9200, 9203},   {9214, 9214},   {9600, 9600},
    {9875, 9875},   {9877, 9877},   {9899, 9899},   {9901, 9901},   {9955, 9956},   {9996, 9996},
    {9999, 9999},   {10253, 10253}, {10500, 10500}, {11211, 11211}, {11273, 11273}, {11898, 11898},
    {13400, 13400}, {13819, 13819}, {13907, 13907}, {13910, 13910}, {17220, 17220}, {17500, 17500},
    {17754, 17756}, {18246, 18246}, {19132, 19132}, {19788, 19788}, {19948, 19948}, {19999, 20000},
    {20561, 20561}, {22222, 22222}, {23272, 23272}, {25826, 25826}, {26000, 26000}, {27036, 27036},
    {27500, 27500}, {27910, 27910}, {27950, 27953}, {27960, 27963}, {32000, 32000}, {32512, 32512},
    {34962, 34962}, {34980, 34980}, {41170, 41170}, {44818, 44818}, {45564, 45564}, {47000, 47000},
    {47808, 47808}, {49999, 49999}, {54328, 54328}, {56000, 56001}, {56500, 56501}, {57000, 57001},
    {57032, 57033}, {57500, 57501}, {57532, 57533}, {59000, 59001}, {59032, 59033}, {59500, 59501},
    {59532, 59533}, {60001, 60001},
};

enum { UDP_PORTS = sizeof udp_ports / sizeof *udp_ports, OTHERS = UDP_PORTS + 1 };

void nt_fill_udp_listeners(uint8_t *listener) {
  for (size_t i = 0; i < UDP_PORTS; i++) listener[udp_ports[i].number] = (uint8_t)(i + 1);
  for (size_t i = 0; i < sizeof other_ports / sizeof *other_ports; i++)
    for (uint32_t port = other_ports[i][0]; port <= other_ports[i][1]; port++)
      listener[port] = OTHERS;
}

nt_outcome nt_udp_payload(nt_decoder *d, uint16_t src, uint16_t dst, nt_view v) {
  uint16_t ports[2] = {src < dst ? src : dst, src < dst ? dst : src};
  d->udp_destination = dst;
  for (int i = 0; i < 2; i++) {
    uint8_t listener = d->udp_listener[ports[i]];
    if (listener == 0) continue; /* port 0 never has one */
    if (listener == OTHERS) return NT_TAKEN;
    nt_outcome outcome = nt_enter(d, udp_ports[listener - 1].layer, v);
    if (outcome != NT_REJECTED) return outcome;
  }
  return NT_TAKEN;
}
