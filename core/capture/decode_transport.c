/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of IP protocols, and TCP, UDP, UDP-Lite, ICMP, ICMPv6. The ports lead on to tunnels.
 */
#include "decode.h"

static const nt_numbered_layer ip_protocols[] = {
    {0, nt_ipv6_hop_by_hop},
    {1, nt_icmp},
    {4, nt_ip},
    {6, nt_tcp},
    {17, nt_udp},
    {41, nt_ipv6},
    {43, nt_ipv6_routing},
    {44, nt_ipv6_fragment},
    {58, nt_icmpv6},
    {60, nt_ipv6_destination},
    {136, nt_udp_lite},
};

nt_outcome nt_ip_protocol(nt_decoder *d, uint8_t protocol, nt_view v) {
  if (protocol == 6) return nt_tcp(d, v);
  if (protocol == 17) return nt_udp(d, v);
  nt_layer layer =
      nt_find_layer(ip_protocols, sizeof ip_protocols / sizeof *ip_protocols, protocol);
  return layer ? nt_enter(d, layer, v) : NT_REJECTED;
}

nt_outcome nt_tcp(nt_decoder *d, nt_view v) {
  if (!nt_has(v, 0, 4)) return NT_CUT;
  nt_note_ports(d, NT_HAS_TCP, &d->packet->tcp_src, &d->packet->tcp_dst, v.data);
  return NT_TAKEN;
}

nt_outcome nt_udp(nt_decoder *d, nt_view v) {
  if (!nt_has(v, 0, 4)) return NT_CUT;
  nt_note_ports(d, NT_HAS_UDP, &d->packet->udp_src, &d->packet->udp_dst, v.data);
  return NT_TAKEN;
}

nt_outcome nt_udp_lite(nt_decoder *d, nt_view v) {
  if (!nt_has(v, 0, 4)) return NT_CUT;
  nt_note_ports(d, NT_HAS_UDP, &d->packet->udp_src, &d->packet->udp_dst, v.data);
  return NT_TAKEN;
}

/* ---------------------------------------------------------------- ICMP */

static nt_outcome quoted(nt_decoder *d, nt_layer layer, nt_view v) {
  bool before = d->in_error;
  d->in_error = true;
  nt_outcome outcome = nt_enter(d, layer, v);
  d->in_error = before;
  return outcome;
}

nt_outcome nt_icmp(nt_decoder *d, nt_view v) { /* RFC 792, quotation length by RFC 4884 */
  enum { UNREACHABLE = 3, QUENCH = 4, REDIRECT = 5, EXCEEDED = 11, PARAMETER = 12 };
  if (!nt_has(v, 0, 6)) return NT_CUT;
  const uint8_t *p = v.data;
  nt_note(d, NT_HAS_ICMP_TYPE, &d->packet->icmp_type, p, 1);
  nt_note(d, NT_HAS_ICMP_CODE, &d->packet->icmp_code, p + 1, 1);
  uint8_t type = p[0];
  if (type != UNREACHABLE && type != QUENCH && type != REDIRECT && type != EXCEEDED &&
      type != PARAMETER)
    return NT_TAKEN;
  uint32_t quotation = p[5] * 4u, whole = v.length;
  if (!nt_skip(&v, 8)) return NT_CUT;
  if (type == REDIRECT) {
    if (!nt_has(v, 0, 1)) return NT_CUT;
    nt_narrow(&v, (v.data[0] & 15) * 4u + 8);
  } else if (quotation && whole > 8 + quotation) {
    if (!nt_has(v, 0, 4)) return NT_CUT;
    if (nt_be16(v.data + 2) > quotation) nt_narrow(&v, (v.data[0] & 15) * 4u + quotation);
  }
  return quoted(d, nt_ip, v);
}

nt_outcome nt_icmpv6(nt_decoder *d, nt_view v) {
  if (!nt_has(v, 0, 8)) return NT_CUT;
  uint8_t type = v.data[0];
  if (type < 1 || type > 4) return NT_TAKEN;
  nt_skip(&v, 8);
  return quoted(d, nt_ipv6, v);
}
