/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * IPv4 (RFC 791), IPv6 and its extension headers (RFC 8200), ARP (RFC 826).
 *
 * The order of the checks is tshark's: it decides which fields a cut or damaged header still
 * yields.
 */
#include "decode.h"

enum { IPV4_HEADER = 20, IPV6_HEADER = 40, MORE_FRAGMENTS = 0x2000, OFFSET_MASK = 0x1fff };
enum { OPTION_END = 0, OPTION_NOP = 1, OPTION_LOOSE_ROUTE = 131, OPTION_STRICT_ROUTE = 137 };
enum {
  HOP_BY_HOP = 0,
  ROUTING = 43,
  FRAGMENT = 44,
  AUTHENTICATION = 51,
  NO_NEXT = 59,
  DESTINATION = 60,
  MOBILITY = 135,
  SHIM6 = 140
};

/* ---------------------------------------------------------------- IPv4 */

/* Where the final destination stands when a source route still has hops to go: bytes from the
 * destination field, 0 where the field itself is it. The header's options lie within the view. */
static uint32_t routed_destination(const uint8_t *options, uint32_t length) {
  uint32_t at = 0;
  while (at < length) {
    uint8_t option = options[at];
    if (option == OPTION_END) return 0;
    if (option == OPTION_NOP) {
      at++;
      continue;
    }
    if (at + 1 >= length) return 0;
    uint8_t size = options[at + 1];
    if (size < 2 || size > length - at) return 0;
    if (option == OPTION_LOOSE_ROUTE || option == OPTION_STRICT_ROUTE) {
      uint8_t pointer = at + 2 < length ? options[at + 2] : 0;
      if (pointer < 4 || pointer & 3 || pointer > size) return 0;
      return at + size;
    }
    at += size;
  }
  return 0;
}

static uint16_t internet_checksum(const uint8_t *p, uint32_t bytes) { /* RFC 1071; bytes is even */
  uint32_t sum = 0;
  for (uint32_t i = 0; i < bytes; i += 2) sum += nt_be16(p + i);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)~sum;
}

static bool is_private(uint32_t a) { /* RFC 1918 and link-local */
  return a >> 24 == 10 || a >> 20 == 0xac1 || a >> 16 == 0xc0a8 || a >> 16 == 0xa9fe;
}

static nt_outcome add_fragment(nt_decoder *d, const nt_fragment_key *key,
                               const nt_fragment *fragment, uint8_t protocol) {
  nt_view whole;
  if (nt_reassembly_add(d->fragments, key, fragment, &whole.data, &whole.length) != NT_OK) {
    d->failed = true;
    return NT_CUT;
  }
  if (!whole.data) return NT_TAKEN;
  whole.captured = whole.length;
  bool incomplete = d->incomplete;
  d->incomplete = false;
  nt_outcome outcome = nt_ip_protocol(d, protocol, whole);
  d->incomplete = incomplete;
  return outcome;
}

static nt_outcome ipv4_fragment(nt_decoder *d, const uint8_t *header, const uint8_t *destination,
                                nt_view payload) {
  uint16_t flags = nt_be16(header + 6);
  uint8_t protocol = header[9];
  uint32_t src = nt_be32(header + 12), dst = nt_be32(destination);
  nt_fragment_key key = {.version = 4, .id = (uint32_t)protocol ^ nt_be16(header + 4)};
  if (is_private(src) || is_private(dst)) key.id ^= d->vlan;
  memcpy(key.src, header + 12, 4);
  memcpy(key.dst, destination, 4);
  nt_fragment fragment = {payload.data, 8u * (flags & OFFSET_MASK), payload.length,
                          (flags & MORE_FRAGMENTS) != 0};
  return add_fragment(d, &key, &fragment, protocol);
}

static nt_outcome ipv4(nt_decoder *d, nt_view v) {
  const uint8_t *p = v.data;
  uint32_t header = (p[0] & 15) * 4u;
  if (header < IPV4_HEADER || !nt_has(v, 0, 4)) return NT_TAKEN;
  uint32_t total = nt_be16(p + 2);
  if (total == 0)
    total = v.length; /* segmentation offload: the real length did not fit or was not set */
  else if (total < header)
    return NT_TAKEN;
  else
    nt_narrow(&v, total);
  if (!nt_has(v, 12, 4)) return NT_CUT;
  nt_note(d, NT_HAS_IP_SRC, d->packet->ip_src, p + 12, 4);
  uint32_t detour = 0;
  if (header > IPV4_HEADER) {
    if (!nt_has(v, 0, header)) return NT_CUT;
    detour = routed_destination(p + IPV4_HEADER, header - IPV4_HEADER);
  }
  if (!nt_has(v, 16 + detour, 4)) return NT_CUT;
  if (!detour) nt_note(d, NT_HAS_IP_DST, d->packet->ip_dst, p + 16, 4);
  uint16_t flags = nt_be16(p + 6);
  uint8_t protocol = p[9];
  nt_view payload = v;
  if (!nt_skip(&payload, header)) return NT_CUT;
  if (!(flags & (MORE_FRAGMENTS | OFFSET_MASK)) && !d->incomplete)
    return payload.length ? nt_ip_protocol(d, protocol, payload) : NT_TAKEN;

  bool here = total > header && payload.captured >= total - header;
  if (flags & (MORE_FRAGMENTS | OFFSET_MASK) && here && internet_checksum(p, header) == 0) {
    nt_narrow(&payload, total - header);
    return ipv4_fragment(d, p, p + 16 + detour, payload);
  }
  if (flags & OFFSET_MASK || !payload.length) return NT_TAKEN;
  bool incomplete = d->incomplete;
  d->incomplete = (flags & MORE_FRAGMENTS) != 0;
  nt_outcome outcome = nt_ip_protocol(d, protocol, payload);
  d->incomplete = incomplete;
  return outcome;
}

nt_outcome nt_ip(nt_decoder *d, nt_view v) {
  if (!nt_has(v, 0, 1)) return NT_CUT;
  if (v.data[0] >> 4 == 4) return ipv4(d, v);
  if (v.data[0] >> 4 == 6) return nt_ipv6(d, v);
  return NT_TAKEN;
}

/* ---------------------------------------------------------------- IPv6 */

static nt_outcome ipv6_next(nt_decoder *d, uint8_t next, nt_view v) {
  switch (next) {
  case HOP_BY_HOP:
  case ROUTING:
  case FRAGMENT:
  case AUTHENTICATION:
  case DESTINATION:
  case MOBILITY:
  case SHIM6:
    return nt_ip_protocol(d, next, v);
  case NO_NEXT:
    return NT_TAKEN;
  default:
    return nt_ip_protocol(d, next, v);
  }
}

/* The payload length that a jumbo payload option gives (RFC 2675), 0 without a valid one. */
static uint32_t jumbo_length(nt_view v) {
  if (!nt_has(v, IPV6_HEADER, 2)) return 0;
  uint32_t at = IPV6_HEADER + 2, end = IPV6_HEADER + (v.data[IPV6_HEADER + 1] + 1u) * 8;
  while (at < end && nt_has(v, at, 6)) {
    uint8_t option = v.data[at++];
    if (option == 0) continue;
    uint8_t size = v.data[at++];
    if (option == 0xc2 && size == 4) {
      uint32_t length = nt_be32(v.data + at);
      return length > 65535 ? length : 0;
    }
    at += size;
  }
  return 0;
}

nt_outcome nt_ipv6(nt_decoder *d, nt_view v) {
  const uint8_t *p = v.data;
  if (!nt_has(v, 0, 1)) return NT_CUT;
  if (p[0] >> 4 != 6) return NT_TAKEN;
  if (!nt_has(v, 8, 16)) return NT_CUT;
  nt_note(d, NT_HAS_IPV6_SRC, d->packet->ipv6_src, p + 8, 16);
  if (!nt_has(v, 24, 16)) return NT_CUT;
  nt_note(d, NT_HAS_IPV6_DST, d->packet->ipv6_dst, p + 24, 16);
  uint8_t next = p[6];
  uint32_t payload_length = nt_be16(p + 4), left = payload_length;
  if (payload_length == 0 && next != HOP_BY_HOP && next != NO_NEXT)
    payload_length = left = v.length - IPV6_HEADER; /* segmentation offload */
  else if (payload_length == 0 && next == HOP_BY_HOP)
    payload_length = jumbo_length(v);
  if (payload_length < v.length - IPV6_HEADER) nt_narrow(&v, IPV6_HEADER + payload_length);
  bool chain = d->ipv6_chain, incomplete = d->incomplete;
  d->ipv6_chain = true;
  d->ipv6_left = left;
  memcpy(d->ipv6_src, p + 8, 16);
  memcpy(d->ipv6_dst, p + 24, 16);
  nt_skip(&v, IPV6_HEADER);
  nt_outcome outcome = ipv6_next(d, next, v);
  d->ipv6_chain = chain;
  d->incomplete = incomplete;
  return outcome;
}

/* Hop-by-hop and destination options alike: the options themselves hold no field of ours, but one
 * that runs past the packet stops the dissection. */
static nt_outcome ipv6_options(nt_decoder *d, nt_view v) {
  if (!nt_has(v, 0, 2)) return NT_CUT;
  uint8_t next = v.data[0];
  uint32_t size = (v.data[1] + 1u) * 8, at = 2;
  d->ipv6_left -= size;
  while (at < size) {
    if (!nt_has(v, at, 2)) return NT_CUT;
    at += v.data[at] == 0 ? 1u : 2u + v.data[at + 1];
  }
  if (!nt_has(v, 0, at) || !nt_skip(&v, size)) return NT_CUT;
  return ipv6_next(d, next, v);
}

nt_outcome nt_ipv6_hop_by_hop(nt_decoder *d, nt_view v) {
  return ipv6_options(d, v);
}
nt_outcome nt_ipv6_destination(nt_decoder *d, nt_view v) {
  return ipv6_options(d, v);
}

nt_outcome nt_ipv6_routing(nt_decoder *d, nt_view v) {
  if (!nt_has(v, 0, 4)) return NT_CUT;
  uint8_t next = v.data[0];
  uint32_t size = (v.data[1] + 1u) * 8;
  d->ipv6_left -= size;
  if (!nt_skip(&v, size)) return NT_CUT;
  return ipv6_next(d, next, v);
}

nt_outcome nt_ipv6_fragment(nt_decoder *d, nt_view v) {
  if (!nt_has(v, 0, 8)) return NT_CUT;
  const uint8_t *p = v.data;
  uint16_t flags = nt_be16(p + 2);
  d->ipv6_left -= 8;
  nt_skip(&v, 8);
  if (!(flags & 0xfff9) || !d->ipv6_chain || d->ipv6_left <= 0) return ipv6_next(d, p[0], v);
  if (v.captured < d->ipv6_left) return NT_TAKEN;
  nt_fragment_key key = {.version = 6, .id = nt_be32(p + 4)};
  memcpy(key.src, d->ipv6_src, 16);
  memcpy(key.dst, d->ipv6_dst, 16);
  nt_fragment fragment = {v.data, flags & 0xfff8u, (uint32_t)d->ipv6_left, (flags & 1) != 0};
  d->ipv6_left = 0;
  return add_fragment(d, &key, &fragment, p[0]);
}

/* ---------------------------------------------------------------- ARP */

nt_outcome nt_arp(nt_decoder *d, nt_view v) {
  const uint8_t *p = v.data;
  nt_packet *packet = d->packet;
  if (!nt_has(v, 0, 8)) return NT_CUT;
  uint16_t hardware = nt_be16(p), protocol = nt_be16(p + 2), opcode = nt_be16(p + 6);
  uint8_t hardware_size = p[4], protocol_size = p[5];
  if (!(packet->present & NT_HAS_ARP_OPCODE)) packet->arp_opcode = opcode;
  packet->present |= NT_HAS_ARP_OPCODE;
  uint32_t src_hw = 8, src_ip = src_hw + hardware_size, dst_hw = src_ip + protocol_size,
           dst_ip = dst_hw + hardware_size;
  nt_narrow(&v, dst_ip + protocol_size);
  bool mac = (hardware == 1 || hardware == 6) && hardware_size == 6;
  bool ip = (protocol == 0x0800 || protocol == 0x00cc) && protocol_size == 4;
  if (opcode == 1 || opcode == 2) { /* compared with each other before any is shown */
    if (!nt_has(v, dst_ip, protocol_size)) return NT_CUT;
  }
  if (mac && nt_has(v, src_hw, 6))
    nt_note(d, NT_HAS_ARP_SRC_HW, packet->arp_src_mac, p + src_hw, 6);
  if (!nt_has(v, src_hw, hardware_size)) return NT_CUT;
  if (ip && nt_has(v, src_ip, 4)) nt_note(d, NT_HAS_ARP_SRC_IP, packet->arp_src_ip, p + src_ip, 4);
  if (!nt_has(v, src_ip, protocol_size)) return NT_CUT;
  if (mac && nt_has(v, dst_hw, 6))
    nt_note(d, NT_HAS_ARP_DST_HW, packet->arp_dst_mac, p + dst_hw, 6);
  if (!nt_has(v, dst_hw, hardware_size)) return NT_CUT;
  if (ip && nt_has(v, dst_ip, 4)) nt_note(d, NT_HAS_ARP_DST_IP, packet->arp_dst_ip, p + dst_ip, 4);
  return NT_TAKEN;
}
