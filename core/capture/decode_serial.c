/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Point-to-point links: PPP (RFC 1661, in HDLC framing RFC 1662), PPPoE (RFC 2516), Cisco HDLC,
 * frame relay (RFC 2427).
 */
#include "decode.h"

/* ---------------------------------------------------------------- PPP */

/* A multilink fragment that is a whole packet; of split ones we see no fields. */
static nt_outcome ppp_multilink(nt_decoder *d, nt_view v) {
  enum { BEGIN = 0x80, END = 0x40 };
  if (!nt_has(v, 0, 4)) return NT_CUT;
  if ((v.data[0] & (BEGIN | END)) != (BEGIN | END)) return NT_TAKEN;
  nt_skip(&v, 4);
  return v.length ? nt_enter(d, nt_ppp, v) : NT_TAKEN;
}

/* Several frames in one, each with its length and, unless it repeats the last one, its protocol
 * (RFC 3153). */
static nt_outcome ppp_multiplexed(nt_decoder *d, nt_view v) {
  enum { HAS_PROTOCOL = 0x80, LONG_LENGTH = 0x40 };
  uint16_t protocol = 0;
  while (v.length) {
    if (!nt_has(v, 0, 2)) return NT_CUT;
    uint8_t flags = v.data[0];
    uint32_t header = flags & LONG_LENGTH ? 2 : 1;
    uint32_t length = flags & LONG_LENGTH ? nt_be16(v.data) & 0x3fff : flags & 0x3f;
    if (flags & HAS_PROTOCOL) {
      if (!nt_has(v, header, 2)) return NT_CUT;
      bool single = v.data[header] & 1;
      protocol = single ? v.data[header] : nt_be16(v.data + header);
      header += single ? 1 : 2;
      length -= single ? 1 : 2;
    }
    if (length > v.captured || !nt_has(v, header, length)) return NT_CUT;
    nt_skip(&v, header);
    nt_view frame = v;
    nt_narrow(&frame, length);
    if (nt_ppp_protocol(d, protocol, frame) == NT_CUT) return NT_CUT;
    nt_skip(&v, length);
  }
  return NT_TAKEN;
}

static nt_outcome ppp_bridging(nt_decoder *d, nt_view v) { /* RFC 3518 */
  enum { CHECKED = 0x80, CONTROL = 0x20, PADDING = 0x0f, ETHERNET = 1 };
  if (!nt_has(v, 0, 2)) return NT_CUT;
  uint8_t flags = v.data[0], medium = v.data[1];
  nt_skip(&v, 2);
  if (flags & CONTROL || medium != ETHERNET || v.length < (flags & PADDING)) return NT_TAKEN;
  nt_narrow(&v, v.length - (flags & PADDING));
  return nt_enter(d, flags & CHECKED ? nt_ethernet_with_fcs : nt_ethernet, v);
}

nt_outcome nt_ppp_protocol(nt_decoder *d, uint16_t protocol, nt_view v) {
  static const nt_numbered_layer protocols[] = {
      {0x21, nt_ip},   {0x31, ppp_bridging},    {0x3d, ppp_multilink}, {0x4b, nt_llc},
      {0x57, nt_ipv6}, {0x59, ppp_multiplexed}, {0x281, nt_mpls},      {0x283, nt_mpls},
      {0x800, nt_ip},  {0x86dd, nt_ipv6},
  };
  nt_layer layer = nt_find_layer(protocols, sizeof protocols / sizeof *protocols, protocol);
  return layer ? nt_enter(d, layer, v) : NT_REJECTED;
}

nt_outcome nt_ppp(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_PPP, v);
  if (!nt_has(v, 0, 1)) return NT_CUT;
  uint16_t protocol = v.data[0];
  if (protocol & 1) { /* compressed to one byte */
    nt_skip(&v, 1);
  } else {
    if (!nt_has(v, 0, 2)) return NT_CUT;
    protocol = nt_be16(v.data);
    nt_skip(&v, 2);
  }
  return nt_ppp_protocol(d, protocol, v) == NT_CUT ? NT_CUT : NT_TAKEN;
}

nt_outcome nt_ppp_hdlc(nt_decoder *d, nt_view v) {
  enum { ALL_STATIONS = 0xff, CISCO_UNICAST = 0x0f, CISCO_MULTICAST = 0x8f };
  if (!nt_has(v, 0, 1)) return NT_CUT;
  if (v.data[0] == CISCO_UNICAST || v.data[0] == CISCO_MULTICAST)
    return nt_enter(d, nt_cisco_hdlc, v);
  if (v.data[0] == ALL_STATIONS && !nt_skip(&v, 2)) return NT_CUT;
  return nt_ppp(d, v);
}

nt_outcome nt_pppoe(nt_decoder *d, nt_view v) {
  enum { HEADER = 6, CREDIT_TAG = 0x0106 };
  nt_mark(d, NT_STOP_PPPOE, v);
  if (!nt_has(v, 0, HEADER + 2)) return NT_CUT;
  uint32_t length = nt_be16(v.data + 4), credits = 0;
  if (nt_be16(v.data + HEADER) == CREDIT_TAG) { /* RFC 5578 */
    if (!nt_has(v, HEADER + 2, 2)) return NT_CUT;
    uint32_t size = nt_be16(v.data + HEADER + 2);
    if (!nt_has(v, HEADER + 4, size)) return NT_CUT;
    credits = 8;
  }
  nt_narrow(&v, HEADER + length);
  if (length < credits || !nt_skip(&v, HEADER + credits)) return NT_CUT;
  return nt_enter(d, nt_ppp, v);
}

/* ---------------------------------------------------------------- Cisco HDLC */

static nt_outcome opaque(nt_decoder *d, nt_view v) {
  (void)d;
  (void)v;
  return NT_TAKEN;
}

static nt_outcome cisco_hdlc_type(nt_decoder *d, uint16_t type, nt_view v) {
  static const nt_numbered_layer types[] = {
      {0x0111, opaque},  {0x0600, opaque},  {0x0800, nt_ip},       {0x2000, opaque},
      {0x4242, opaque},  {0x6003, opaque},  {0x6558, nt_ethernet}, {0x8035, opaque},
      {0x8038, opaque},  {0x809b, opaque},  {0x80f3, opaque},      {0x8137, opaque},
      {0x86dd, nt_ipv6}, {0x8847, nt_mpls}, {0x8848, nt_mpls},     {0xfefe, opaque},
  };
  nt_layer layer = nt_find_layer(types, sizeof types / sizeof *types, type);
  if (!layer) return NT_REJECTED;
  return nt_has(v, 0, 1) ? nt_enter(d, layer, v) : NT_CUT;
}

nt_outcome nt_cisco_hdlc(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_CISCO_HDLC, v);
  if (!nt_has(v, 0, 4)) return NT_CUT;
  uint16_t type = nt_be16(v.data + 2);
  nt_skip(&v, 4);
  return cisco_hdlc_type(d, type, v);
}

/* ---------------------------------------------------------------- frame relay */

enum { EXTENDED = 1, UNNUMBERED = 0x03, PROTOCOL_SNAP = 0x80 };

static nt_layer frame_relay_layer(uint8_t protocol) { /* network layer protocol identifiers */
  static const nt_numbered_layer protocols[] = {
      {0x00, opaque}, {0x08, opaque},  {0x09, opaque}, {0x81, opaque}, {0x82, opaque},
      {0x83, opaque}, {0x8e, nt_ipv6}, {0xb0, opaque}, {0xcc, nt_ip},  {0xcf, nt_ppp_hdlc},
  };
  return nt_find_layer(protocols, sizeof protocols / sizeof *protocols, protocol);
}

static nt_outcome frame_relay_protocol(nt_decoder *d, nt_view v, uint8_t control) {
  if (!nt_has(v, 0, 1)) return NT_CUT;
  if (v.data[0] == 0 && (!nt_skip(&v, 1) || !nt_has(v, 0, 1))) return NT_CUT;
  uint8_t protocol = v.data[0];
  nt_skip(&v, 1);
  if (protocol == PROTOCOL_SNAP) return nt_snap(d, v, control == UNNUMBERED || !(control & 1), 0);
  nt_layer layer = frame_relay_layer(protocol);
  return layer ? nt_enter(d, layer, v) : NT_TAKEN;
}

/* Is there a known protocol identifier after a control field (and perhaps a byte of padding)? */
static bool has_protocol(nt_view v) {
  uint32_t at = 0;
  if (nt_has(v, 0, 1) && v.data[0] == 0) at++;
  if (!nt_has(v, at, 1)) return false;
  at += (v.data[at] & 3) == UNNUMBERED ? 1 : 2;
  return nt_has(v, at, 1) && (v.data[at] == PROTOCOL_SNAP || frame_relay_layer(v.data[at]));
}

/* Without the control byte of RFC 2427: Cisco's type field, another control field, or a bare
 * Ethernet frame. */
static nt_outcome frame_relay_other(nt_decoder *d, nt_view v) {
  enum { ETHERNET_TYPE = 12, MAX_LENGTH = 1500 };
  if (nt_has(v, 0, 2)) {
    nt_view payload = v;
    nt_skip(&payload, 2);
    nt_outcome outcome = cisco_hdlc_type(d, nt_be16(v.data), payload);
    if (outcome != NT_REJECTED) return outcome;
    if (has_protocol(v)) {
      uint8_t control = v.data[0];
      if (!nt_skip(&v, (control & 3) == UNNUMBERED ? 1 : 2)) return NT_CUT;
      return frame_relay_protocol(d, v, control);
    }
  }
  if (!nt_has(v, ETHERNET_TYPE, 2)) return NT_TAKEN;
  uint16_t type = nt_be16(v.data + ETHERNET_TYPE);
  if (type > MAX_LENGTH && !nt_is_ethertype(type)) return NT_TAKEN;
  return nt_enter(d, nt_ethernet_with_fcs, v);
}

/* Reads the address (Q.922: two to four bytes, the last one marked) and gives its number and size;
 * false where the frame is cut. A marked first byte is an error that tshark reads over. */
static bool frame_relay_address(nt_view v, uint32_t *number, uint32_t *size) {
  enum { CORE_CONTROL = 2 };
  *number = 0;
  *size = 0;
  do
    if (!nt_has(v, *size, 1)) return false;
  while (!(v.data[(*size)++] & EXTENDED));
  const uint8_t *p = v.data;
  if (*size >= 2) *number = (p[0] & 0xfcu) << 2 | p[1] >> 4;
  if (*size >= 4) *number = *number << 7 | p[2] >> 1;
  if (*size >= 3 && !(p[*size - 1] & CORE_CONTROL)) *number = *number << 6 | p[*size - 1] >> 2;
  return true;
}

nt_outcome nt_frame_relay(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_FRAME_RELAY, v);
  uint32_t number, size;
  if (!frame_relay_address(v, &number, &size) || !nt_has(v, size, 1)) return NT_CUT;
  nt_skip(&v, size);
  if (v.data[0] == UNNUMBERED) {
    nt_skip(&v, 1);
    return frame_relay_protocol(d, v, UNNUMBERED);
  }
  return number ? frame_relay_other(d, v) : NT_TAKEN; /* number 0 is signalling */
}
