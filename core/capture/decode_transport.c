/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of IP protocols, and TCP, UDP, UDP-Lite, ICMP, ICMPv6. The ports lead on to tunnels.
 */
#include "decode.h"

static nt_outcome tcp(nt_decoder *d, nt_view v) {
  enum { MIN_HEADER = 20 };
  nt_mark(d, NT_STOP_TCP, v);
  const uint8_t *p = v.data;
  if (!nt_has(v, 0, 4)) return NT_CUT;
  nt_put_ports(d, NT_HAS_TCP, &d->packet->tcp_src, &d->packet->tcp_dst, p);
  nt_layer layer = nt_stream_layer(nt_be16(p), nt_be16(p + 2));
  if (!layer) return NT_TAKEN;
  if (!nt_has(v, 0, MIN_HEADER)) return NT_CUT;
  uint32_t header = (p[12] >> 4) * 4u;
  if (header < MIN_HEADER || !nt_skip(&v, header)) return NT_CUT;
  return v.length ? nt_enter(d, layer, v) : NT_TAKEN;
}

/* ---------------------------------------------------------------- UDP, UDP-Lite */

enum { UDP_HEADER = 8 };

static nt_outcome udp(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_UDP, v);
  const uint8_t *p = v.data;
  if (!nt_has(v, 0, 4)) return NT_CUT;
  nt_put_ports(d, NT_HAS_UDP, &d->packet->udp_src, &d->packet->udp_dst, p);
  if (!nt_has(v, 0, UDP_HEADER)) return NT_CUT;
  uint32_t length = nt_be16(p + 4);
  if (length == 0 && d->ipv6_chain) length = v.length; /* jumbogram, RFC 2675 */
  if (length <= UDP_HEADER) return NT_TAKEN;
  nt_narrow(&v, length);
  nt_skip(&v, UDP_HEADER);
  return nt_udp_payload(d, nt_be16(p), nt_be16(p + 2), v);
}

static nt_outcome udp_lite(nt_decoder *d, nt_view v) { /* RFC 3828 */
  nt_mark(d, NT_STOP_UDP_LITE, v);
  const uint8_t *p = v.data;
  if (!nt_has(v, 0, 4)) return NT_CUT;
  nt_put_ports(d, NT_HAS_UDP, &d->packet->udp_src, &d->packet->udp_dst, p);
  if (!nt_has(v, 0, UDP_HEADER)) return NT_CUT;
  uint32_t coverage = nt_be16(p + 4);
  if (coverage && (coverage < UDP_HEADER || coverage > v.length)) return NT_TAKEN;
  nt_skip(&v, UDP_HEADER);
  return v.length ? nt_udp_payload(d, nt_be16(p), nt_be16(p + 2), v) : NT_TAKEN;
}

/* ---------------------------------------------------------------- ICMP */

static nt_outcome quoted(nt_decoder *d, nt_layer layer, nt_view v) {
  bool before = d->in_error;
  d->in_error = true;
  nt_outcome outcome = nt_enter(d, layer, v);
  d->in_error = before;
  return outcome;
}

static nt_outcome icmp(nt_decoder *d, nt_view v) { /* RFC 792, quotation length by RFC 4884 */
  enum { UNREACHABLE = 3, QUENCH = 4, REDIRECT = 5, EXCEEDED = 11, PARAMETER = 12 };
  nt_mark(d, NT_STOP_ICMP, v);
  if (!nt_has(v, 0, 6)) return NT_CUT;
  const uint8_t *p = v.data;
  nt_put_field(d, NT_HAS_ICMP_TYPE, &d->packet->icmp_type, p, 1);
  nt_put_field(d, NT_HAS_ICMP_CODE, &d->packet->icmp_code, p + 1, 1);
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

/* A redirect's option quotes the packet that was sent the long way (RFC 4861). */
static nt_outcome redirected(nt_decoder *d, nt_view v) {
  enum { OPTIONS = 40, REDIRECTED_HEADER = 4 };
  if (!nt_skip(&v, OPTIONS)) return NT_CUT;
  while (v.length) {
    if (!nt_has(v, 0, 2)) return NT_CUT;
    uint8_t type = v.data[0];
    uint32_t size = v.data[1] * 8u;
    if (size == 0) return NT_TAKEN;
    if (type == REDIRECTED_HEADER && size > 8) {
      nt_view quotation = v;
      nt_narrow(&quotation, size);
      if (!nt_skip(&quotation, 8)) return NT_CUT;
      if (quoted(d, nt_ipv6, quotation) == NT_CUT) return NT_CUT;
    }
    if (!nt_skip(&v, size)) return NT_CUT;
  }
  return NT_TAKEN;
}

static nt_outcome icmpv6(nt_decoder *d, nt_view v) { /* RFC 4443 */
  enum { FIRST_ERROR = 1, LAST_ERROR = 4, REDIRECT = 137 };
  nt_mark(d, NT_STOP_ICMPV6, v);
  if (!nt_has(v, 0, 4)) return NT_CUT;
  uint8_t type = v.data[0];
  if (type == REDIRECT) return redirected(d, v);
  if (type < FIRST_ERROR || type > LAST_ERROR) return NT_TAKEN;
  return nt_skip(&v, 8) ? quoted(d, nt_ipv6, v) : NT_CUT;
}

/* ---------------------------------------------------------------- IP protocols */

static const nt_numbered_layer ip_protocols[] = {
    {0, nt_ipv6_hop_by_hop},
    {1, icmp},
    {4, nt_ip},
    {6, tcp},
    {17, udp},
    {41, nt_ipv6},
    {43, nt_ipv6_routing},
    {44, nt_ipv6_fragment},
    {47, nt_gre},
    {51, nt_authentication_header},
    {54, nt_nhrp},
    {58, icmpv6},
    {60, nt_ipv6_destination},
    {97, nt_ether_ip},
    {103, nt_pim},
    {108, nt_compressed},
    {136, udp_lite},
    {137, nt_mpls},
    {140, nt_ipv6_shim},
    {143, nt_ethernet},
};

nt_outcome nt_ip_protocol(nt_decoder *d, uint8_t protocol, nt_view v) {
  if (protocol == 6) return tcp(d, v);
  if (protocol == 17) return udp(d, v);
  nt_layer layer =
      nt_find_layer(ip_protocols, sizeof ip_protocols / sizeof *ip_protocols, protocol);
  return layer ? nt_enter(d, layer, v) : NT_REJECTED;
}
