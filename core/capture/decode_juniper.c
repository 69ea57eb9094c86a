/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Juniper's link types: a common header (magic, flags, perhaps extensions), then what the interface
 * card adds.
 */
#include "decode.h"

enum { FLAG_INCOMING = 0x01, FLAG_NO_LINK_LAYER = 0x02, FLAG_EXTENSIONS = 0x80 };
enum {
  IP = 2,
  IPV6 = 6,
  MPLS = 4,
  PPP = 200,
  LLC = 202,
  ETHERNET = 204,
  FRAME_RELAY = 207,
  HDLC = 208,
  UNKNOWN = 0
};
enum { HEADER_PPP = 0xff03, UI = 0x03 };

static nt_outcome payload(nt_decoder *d, nt_view v, uint32_t protocol, uint32_t offset) {
  enum { WITH_COOKIE = 0xa248 };
  static const nt_numbered_layer protocols[] = {
      {IP, nt_ip},
      {3, nt_ip},
      {MPLS, nt_mpls},
      {5, nt_mpls},
      {IPV6, nt_ipv6},
      {7, nt_ipv6},
      {8, nt_mpls},
      {32, nt_mpls},
      {PPP, nt_ppp},
      {LLC, nt_llc},
      {203, nt_llc},
      {ETHERNET, nt_ethernet},
      {FRAME_RELAY, nt_frame_relay},
      {HDLC, nt_cisco_hdlc},
  };
  if (protocol == WITH_COOKIE) {
    protocol = IP;
    offset += 4;
  }
  if (!nt_skip(&v, offset)) return NT_CUT;
  nt_layer layer = nt_find_layer(protocols, sizeof protocols / sizeof *protocols, protocol);
  return layer ? nt_enter(d, layer, v) : NT_TAKEN;
}

/* Skips the common header. True: nothing is left to do, *outcome says what became of the view. */
static bool header(nt_decoder *d, nt_view *v, uint8_t *flags, nt_outcome *outcome) {
  enum { MAGIC = 0x4d4743 };
  *outcome = NT_CUT;
  if (!nt_has(*v, 0, 4)) return true;
  *flags = v->data[3];
  if (nt_be32(v->data) >> 8 != MAGIC) return false;
  uint32_t size = 4;
  if (*flags & FLAG_EXTENSIONS) {
    if (!nt_has(*v, 4, 2)) return true;
    size = 6u + nt_be16(v->data + 4);
  }
  if (!nt_skip(v, size)) return true;
  if (!(*flags & FLAG_NO_LINK_LAYER)) return false;
  if (!nt_has(*v, 0, 4)) return true;
  *outcome = payload(d, *v, v->data[0], 4); /* of four bytes, little-endian, tshark keeps one */
  return true;
}

static nt_outcome plain(nt_decoder *d, nt_view v, uint32_t protocol, uint32_t offset) {
  uint8_t flags;
  nt_outcome outcome;
  return header(d, &v, &flags, &outcome) ? outcome : payload(d, v, protocol, offset);
}

nt_outcome nt_juniper_ethernet(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_JUNIPER, v);
  return plain(d, v, ETHERNET, 0);
}
nt_outcome nt_juniper_ppp(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_JUNIPER, v);
  return plain(d, v, PPP, 2);
}
nt_outcome nt_juniper_frame_relay(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_JUNIPER, v);
  return plain(d, v, FRAME_RELAY, 0);
}
nt_outcome nt_juniper_hdlc(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_JUNIPER, v);
  return plain(d, v, HDLC, 0);
}
nt_outcome nt_juniper_voice(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_JUNIPER, v);
  return plain(d, v, IP, 18);
}

nt_outcome nt_juniper_gateway(nt_decoder *d, nt_view v) { /* GGSN */
  nt_mark(d, NT_STOP_JUNIPER, v);
  uint8_t flags;
  nt_outcome outcome;
  if (header(d, &v, &flags, &outcome)) return outcome;
  return nt_has(v, 0, 4) ? payload(d, v, nt_le16(v.data), 4) : NT_CUT;
}

nt_outcome nt_juniper_services(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_JUNIPER, v);
  uint8_t flags;
  nt_outcome outcome;
  if (header(d, &v, &flags, &outcome)) return outcome;
  return payload(d, v, IP, flags & FLAG_INCOMING ? 16 : 12);
}

static bool is_ppp_protocol(uint16_t protocol) {
  static const uint16_t known[] = {0x0021, 0x0023, 0x003d, 0x0057, 0x0281, 0x0283, 0x8021,
                                   0x8023, 0x8057, 0x8281, 0xc021, 0xc023, 0xc223};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (known[i] == protocol) return true;
  return false;
}

static nt_outcome atm(nt_decoder *d, nt_view v, bool second_generation) {
  enum { SNAP = 0xaaaa03, NLPID = 0xfefe03, GAP = 0x3f, OAM_1 = 0x80, OAM_2 = 0x70 };
  uint8_t flags;
  nt_outcome outcome;
  if (header(d, &v, &flags, &outcome)) return outcome;
  if (!nt_has(v, 0, 8)) return NT_CUT;
  const uint8_t *cookie = v.data;
  nt_skip(&v, second_generation ? 8 : 4);
  if (second_generation ? cookie[7] & OAM_2 : cookie[0] == OAM_1) return NT_TAKEN;
  if (!nt_has(v, 0, 3)) return NT_CUT;
  uint32_t start = nt_be16(v.data) << 8 | v.data[2];
  if (start == NLPID || start == SNAP) return payload(d, v, LLC, 0);
  if (second_generation) {
    if (!(flags & FLAG_INCOMING) && cookie[3] & GAP) return payload(d, v, ETHERNET, 0);
    if (is_ppp_protocol(nt_be16(v.data))) return payload(d, v, PPP, 0);
  }
  uint8_t version = v.data[0] >> 4;
  if (v.data[0] != UI && version == 4 && v.data[0] >= 0x45) return payload(d, v, IP, 0);
  return version == 6 ? payload(d, v, IPV6, 0) : NT_TAKEN;
}

nt_outcome nt_juniper_atm1(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_JUNIPER, v);
  return atm(d, v, false);
}
nt_outcome nt_juniper_atm2(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_JUNIPER, v);
  return atm(d, v, true);
}

/* The bundle cards write a cookie of 8, 4, 2 or no bytes. It says what follows; without one that is
 * guessed. */
static uint32_t cookie_size(uint8_t id) {
  return id == 0x54 ? 4 : id == 0x40 || id == 0x47 ? 8 : 0;
}

static uint32_t cookie_protocol(const uint8_t *cookie, bool ppp, uint8_t flags) {
  enum { TO_ROUTING_ENGINE = 3 };
  if (cookie[0] == 0x54) return ppp ? PPP : UNKNOWN;
  if (cookie_size(cookie[0]) == 0) return UNKNOWN;
  uint8_t direction = cookie[4] & 3;
  switch (cookie[5] >> 4) {
  case 0:
    if (ppp) return flags & FLAG_INCOMING && direction != TO_ROUTING_ENGINE ? PPP : IP;
    return direction == TO_ROUTING_ENGINE ? UNKNOWN : IP;
  case 1:
    return IPV6;
  case 2:
    return MPLS;
  default:
    return UNKNOWN;
  }
}

nt_outcome nt_juniper_multilink_ppp(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_JUNIPER, v);
  uint8_t flags;
  nt_outcome outcome;
  if (header(d, &v, &flags, &outcome)) return outcome;
  if (!nt_has(v, 0, 8)) return NT_CUT;
  uint32_t protocol = cookie_protocol(v.data, true, flags), size = cookie_size(v.data[0]);
  if (size == 0) {
    if (nt_be16(v.data) == HEADER_PPP) {
      protocol = PPP;
      nt_skip(&v, 2);
    }
    if (!nt_has(v, 0, 4)) return NT_CUT;
    if (is_ppp_protocol(nt_be16(v.data + 2))) {
      protocol = PPP;
      size = 2;
    } else if (is_ppp_protocol(nt_be16(v.data))) {
      protocol = PPP;
    }
  }
  return payload(d, v, protocol, size);
}

nt_outcome nt_juniper_multilink_frame_relay(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_JUNIPER, v);
  uint8_t flags;
  nt_outcome outcome;
  if (header(d, &v, &flags, &outcome)) return outcome;
  if (!nt_has(v, 0, 8)) return NT_CUT;
  return payload(d, v, cookie_protocol(v.data, false, flags), cookie_size(v.data[0]));
}

nt_outcome nt_juniper_virtual_network(nt_decoder *d, nt_view v) { /* type, length, value ... 255 */
  enum { FIRST = 1, LAST_KNOWN = 4, END = 255 };
  nt_mark(d, NT_STOP_JUNIPER, v);
  for (;;) {
    if (!nt_has(v, 0, 2)) return NT_CUT;
    uint8_t type = v.data[0], size = v.data[1];
    if (type != END && (type < FIRST || type > LAST_KNOWN)) return NT_TAKEN;
    if (!nt_skip(&v, 2u + size)) return NT_CUT;
    if (type == END) return nt_enter(d, nt_ethernet, v);
  }
}
