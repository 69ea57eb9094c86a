/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packets in packets below the ports: MPLS, GRE with all that it carries, AH, EtherIP, L2TPv3, PIM
 * registers.
 */
#include <zlib.h>

#include "decode.h"

/* ---------------------------------------------------------------- MPLS (RFC 3032) */

static nt_outcome associated_channel(nt_decoder *d, nt_view v) { /* RFC 5586 */
  enum { IPV4 = 0x21, IPV6 = 0x57 };
  if (v.length < 4) return NT_TAKEN;
  if (!nt_has(v, 0, 4)) return NT_CUT;
  uint16_t type = nt_be16(v.data + 2);
  nt_skip(&v, 4);
  if (type == IPV4) return nt_enter(d, nt_ip, v);
  return type == IPV6 ? nt_enter(d, nt_ipv6, v) : NT_TAKEN;
}

/* An Ethernet pseudowire (RFC 4448), with or without a control word. tshark calls it plain if both
 * addresses have known manufacturers; we have no such list and look for assigned addresses and a
 * sound type behind. */
static bool is_plain_ethernet(nt_view v) {
  enum { SRC = 6, TYPE = 12, HEADER = 14, CONTROL_WORD = 4, MAX_LENGTH = 1500, LLC = 3 };
  enum { GROUP = 1, LOCAL = 2 };
  if (v.length < HEADER || !nt_has(v, TYPE, 2)) return false;
  if (v.data[0] & LOCAL || v.data[SRC] & (GROUP | LOCAL)) return false;
  bool zero = nt_be16(v.data) == 0;
  if (zero && nt_has(v, CONTROL_WORD + TYPE, 2) &&
      nt_is_ethertype(nt_be16(v.data + CONTROL_WORD + TYPE)))
    return false;
  uint16_t type = nt_be16(v.data + TYPE);
  if (type > MAX_LENGTH) return nt_is_ethertype(type);
  return !zero && type >= LLC && type <= v.length - HEADER;
}

static nt_outcome pseudowire(nt_decoder *d, nt_view v) {
  if (!is_plain_ethernet(v) && !nt_skip(&v, 4)) return NT_CUT;
  return nt_enter(d, nt_ethernet, v);
}

nt_outcome nt_mpls(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_MPLS, v);
  enum { ASSOCIATED_CHANNEL = 13, OAM_ALERT = 14, INTERNAL_TDM = 628871 }; /* labels */
  static const nt_layer by_first_nibble[16] = {
      [0] = pseudowire, [1] = associated_channel, [4] = nt_ip, [6] = nt_ipv6};
  bool bottom = false;
  uint32_t label = 0;
  while (!bottom && v.length) {
    if (!nt_has(v, 0, 4)) return NT_CUT;
    uint32_t entry = nt_be32(v.data);
    nt_skip(&v, 4);
    bottom = entry & 0x100;
    label = entry >> 12;
    if (bottom && label == ASSOCIATED_CHANNEL) return nt_enter(d, associated_channel, v);
  }
  if (!nt_has(v, 0, 1)) return NT_CUT;
  if (label == OAM_ALERT || label == INTERNAL_TDM) return NT_TAKEN;
  nt_layer layer = by_first_nibble[v.data[0] >> 4];
  return layer ? nt_enter(d, layer, v) : NT_TAKEN;
}

/* ---------------------------------------------------------------- GRE (RFC 2784, 2890, 2637) */

static nt_outcome erspan(nt_decoder *d, nt_view v) {
  enum { OPTIONAL_HEADER = 1, FRAME_TYPE = 0x7c00 };
  nt_mark(d, NT_STOP_ERSPAN, v);
  if (!nt_has(v, 0, 2)) return NT_CUT;
  uint16_t vlan = nt_be16(v.data) & 0xfff;
  uint8_t version = v.data[0] >> 4;
  if (version == 1) { /* type II: 8 bytes */
    if (!nt_has(v, 0, 8)) return NT_CUT;
    if (d->vlan == 0 && (v.data[2] >> 3 & 3) != 3) d->vlan = vlan;
    nt_skip(&v, 8);
    return nt_enter(d, nt_ethernet, v);
  }
  if (version != 2) return NT_TAKEN;
  d->vlan = vlan;
  if (!nt_has(v, 0, 12)) return NT_CUT;
  uint16_t flags = nt_be16(v.data + 10);
  if (!nt_skip(&v, flags & OPTIONAL_HEADER ? 20 : 12)) return NT_CUT;
  return flags & FRAME_TYPE ? NT_TAKEN : nt_enter(d, nt_ethernet, v);
}

/* Without a sequence number it is type I, the bare frame. */
static nt_outcome erspan_type_1(nt_decoder *d, nt_view v) {
  return nt_enter(d, nt_ethernet, v);
}

static nt_outcome cisco_metadata_in_gre(nt_decoder *d, nt_view v) {
  if (!nt_has(v, 0, 8)) return NT_CUT;
  uint16_t type = nt_be16(v.data);
  nt_skip(&v, 8);
  return nt_gre_payload(d, type, v);
}

enum {
  GRE_PPP = 0x880b,
  GRE_WCCP = 0x883e,
  GRE_ERSPAN = 0x88be,
  GRE_3GPP2 = 0x8881,
  GRE_UBS = 0x88d2
};

nt_outcome nt_gre_payload(nt_decoder *d, uint16_t type, nt_view v) {
  static const nt_numbered_layer types[] = {
      {0x0800, nt_ip},          {0x0806, nt_arp},
      {0x2001, nt_nhrp},        {0x22eb, erspan},
      {0x6400, nt_ethernet},    {0x6558, nt_ethernet},
      {0x6559, nt_frame_relay}, {0x86dd, nt_ipv6},
      {GRE_PPP, nt_ppp_hdlc},   {GRE_WCCP, nt_ip},
      {0x8847, nt_mpls},        {0x8848, nt_mpls},
      {GRE_ERSPAN, erspan},     {0x8909, cisco_metadata_in_gre},
      {0x894f, nt_nsh},
  };
  if (type >= 0x8200 && type <= 0x8370 && !(type & 15)) /* Aruba access points */
    return nt_enter(d, nt_wlan_without_fcs, v);
  nt_layer layer = nt_find_layer(types, sizeof types / sizeof *types, type);
  return layer ? nt_enter(d, layer, v) : NT_TAKEN;
}

/* Source routes (RFC 1701): entries of a family and a length, up to an empty one. */
static bool skip_gre_routing(nt_view *v) {
  for (;;) {
    if (!nt_has(*v, 0, 4)) return false;
    uint16_t family = nt_be16(v->data);
    uint32_t size = v->data[3];
    nt_skip(v, 4);
    if (family == 0 && size == 0) return true;
    if (!nt_skip(v, size)) return false;
  }
}

nt_outcome nt_gre(nt_decoder *d, nt_view v) {
  enum {
    CHECKSUM = 0x8000,
    ROUTING = 0x4000,
    KEY = 0x2000,
    SEQUENCE = 0x1000,
    ACK = 0x0080,
    VERSION = 7
  };
  nt_mark(d, NT_STOP_GRE, v);
  if (!nt_has(v, 0, 4)) return NT_CUT;
  uint16_t flags = nt_be16(v.data), type = nt_be16(v.data + 2);
  bool ppp = (type == GRE_PPP && flags & VERSION) || type == GRE_3GPP2 || type == GRE_UBS;
  bool redirect = false;
  if (type == GRE_WCCP) { /* version 2 has 4 more bytes: what follows is no IPv4 header */
    if (!nt_has(v, 4, 1)) return NT_CUT;
    redirect = v.data[4] >> 4 != 4;
  }
  uint32_t header = 4 + (flags & (CHECKSUM | ROUTING) ? 4 : 0) + (flags & KEY ? 4 : 0) +
                    (flags & SEQUENCE ? 4 : 0) + (ppp && flags & ACK ? 4 : 0);
  if (!nt_has(v, 0, header)) return NT_CUT;
  nt_skip(&v, header);
  if (flags & ROUTING && !skip_gre_routing(&v)) return NT_CUT;
  if (redirect && !nt_skip(&v, 4)) return NT_CUT;
  if (!(flags & SEQUENCE) && !v.length) return NT_TAKEN;
  if (type == GRE_ERSPAN && !(flags & SEQUENCE)) return nt_enter(d, erspan_type_1, v);
  return nt_gre_payload(d, type, v);
}

/* ---------------------------------------------------------------- others over IP */

nt_outcome nt_authentication_header(nt_decoder *d, nt_view v) { /* RFC 4302 */
  nt_mark(d, NT_STOP_AUTHENTICATION, v);
  if (!nt_has(v, 0, 12)) return NT_CUT;
  uint8_t next = v.data[0];
  uint32_t size = (v.data[1] + 2u) * 4;
  d->ipv6_left -= size;
  if (!nt_skip(&v, size)) return NT_CUT;
  return nt_ip_protocol(d, next, v) == NT_CUT ? NT_CUT : NT_TAKEN;
}

/* Inflates what lies in v: zlib's format, else (RFC 2394) raw deflate. Of data that is cut off,
 * what came before. -1: it is neither, or nothing came of it. */
static int64_t inflate_payload(nt_decoder *d, nt_view v) {
  static const int formats[] = {MAX_WBITS, -MAX_WBITS};
  for (int i = 0; i < 2; i++) {
    z_stream z = {.next_in = (Bytef *)v.data, .avail_in = v.captured};
    if (inflateInit2(&z, formats[i]) != Z_OK) {
      d->failed = true;
      return -1;
    }
    z.next_out = d->inflated;
    z.avail_out = NT_INFLATED;
    int result = inflate(&z, Z_SYNC_FLUSH);
    int64_t bytes = NT_INFLATED - z.avail_out;
    inflateEnd(&z);
    if (result == Z_OK || result == Z_STREAM_END) return bytes;
    if (result != Z_DATA_ERROR) return -1;
  }
  return -1;
}

/* RFC 3173. Like tshark, this tries whatever the compression parameter index says. */
nt_outcome nt_compressed(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_COMPRESSED, v);
  if (!nt_has(v, 0, 4)) return NT_CUT;
  uint8_t next = v.data[0];
  nt_skip(&v, 4);
  if (d->inflated_used || v.captured == 0) return NT_TAKEN;
  int64_t bytes = inflate_payload(d, v);
  if (bytes < 0) return d->failed ? NT_CUT : NT_TAKEN;
  d->inflated_used = true;
  nt_view inner = {d->inflated, (uint32_t)bytes, (uint32_t)bytes};
  return nt_ip_protocol(d, next, inner) == NT_CUT ? NT_CUT : NT_TAKEN;
}

/* RFC 2332: indications quote the packet they are about. */
nt_outcome nt_nhrp(nt_decoder *d, nt_view v) {
  enum { FIXED = 20, ERROR = 7, TRAFFIC = 8, MIN_ETHERTYPE = 0x600 };
  nt_mark(d, NT_STOP_NHRP, v);
  if (!nt_has(v, 0, FIXED)) return NT_CUT;
  const uint8_t *p = v.data;
  uint16_t protocol = nt_be16(p + 2), size = nt_be16(p + 10), extensions = nt_be16(p + 14);
  uint8_t type = p[17];
  if (size < FIXED || (extensions && (extensions < FIXED || extensions > size))) return NT_TAKEN;
  if (type != ERROR && type != TRAFFIC) return NT_TAKEN;
  if (!nt_has(v, FIXED, 2)) return NT_CUT;
  uint32_t quotation = FIXED + 8 + (p[18] & 63u) + (p[19] & 63u) + p[FIXED] + p[FIXED + 1];
  if (!nt_skip(&v, quotation)) return NT_CUT;
  bool before = d->in_error;
  d->in_error = true;
  nt_outcome outcome = NT_TAKEN;
  if (type == ERROR)
    outcome = nt_enter(d, nt_nhrp, v);
  else if (protocol >= MIN_ETHERTYPE)
    outcome = nt_ethertype(d, protocol, v);
  d->in_error = before;
  return outcome == NT_CUT ? NT_CUT : NT_TAKEN;
}

nt_outcome nt_ether_ip(nt_decoder *d, nt_view v) { /* RFC 3378 */
  nt_mark(d, NT_STOP_ETHER_IP, v);
  return nt_skip(&v, 2) ? nt_enter(d, nt_ethernet, v) : NT_CUT;
}

nt_outcome nt_pim(nt_decoder *d, nt_view v) { /* RFC 7761: a register carries the packet itself */
  enum { REGISTER = 1 };
  nt_mark(d, NT_STOP_PIM, v);
  if (!nt_has(v, 0, 8)) return NT_CUT;
  uint8_t version = v.data[0] >> 4, type = v.data[0] & 15;
  if (version != 2 || type != REGISTER) return NT_TAKEN;
  nt_skip(&v, 8);
  if (!nt_has(v, 0, 1)) return NT_CUT;
  uint8_t inner = v.data[0] >> 4;
  return inner == 4 || inner == 6 ? nt_enter(d, nt_ip, v) : NT_TAKEN;
}

nt_outcome nt_l2tp(nt_decoder *d, nt_view v) { /* RFC 2661; version 3 sessions are not tracked */
  enum { CONTROL = 0x8000, LENGTH = 0x4000, SEQUENCE = 0x0800, OFFSET = 0x0200 };
  if (!nt_has(v, 0, 2)) return NT_REJECTED;
  uint16_t flags = nt_be16(v.data);
  if ((flags & 15) != 2) return (flags & 15) == 3 ? NT_TAKEN : NT_REJECTED;
  nt_mark(d, NT_STOP_L2TP, v);
  if (flags & CONTROL) return NT_TAKEN;
  uint32_t at = 2;
  if (flags & LENGTH) {
    if (!nt_has(v, 2, 2)) return NT_CUT;
    nt_narrow(&v, nt_be16(v.data + 2));
    at += 2;
  }
  at += 4 + (flags & SEQUENCE ? 4 : 0);
  if (!nt_has(v, 0, at)) return NT_CUT;
  if (flags & OFFSET) {
    if (!nt_has(v, at, 2)) return NT_CUT;
    at += 2 + nt_be16(v.data + at);
  }
  if (at >= v.captured) return NT_TAKEN;
  nt_skip(&v, at);
  return nt_enter(d, nt_ppp_hdlc, v);
}
