/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * IPv4 (RFC 791), IPv6 and its extension headers (RFC 8200).
 *
 * The order of the checks is tshark's: it decides which fields a cut or damaged header still
 * yields.
 */
#include "decode.h"

enum { IPV4_HEADER = 20, IPV6_HEADER = 40, MORE_FRAGMENTS = 0x2000, OFFSET_MASK = 0x1fff };
enum { OPTION_END = 0, OPTION_NOP = 1, OPTION_LOOSE_ROUTE = 131, OPTION_STRICT_ROUTE = 137 };
enum { HOP_BY_HOP = 0, NO_NEXT = 59 };

/* Decodes what follows the header. An unknown protocol ends it, but it is still an IP packet. */
static nt_outcome ip_next(nt_decoder *d, uint8_t protocol, nt_view v) {
  if (protocol == NO_NEXT) return NT_TAKEN;
  return nt_ip_protocol(d, protocol, v) == NT_CUT ? NT_CUT : NT_TAKEN;
}

/* ---------------------------------------------------------------- IPv4 */

/* The least length of an option that has fields: where a shorter one stands, tshark stops. */
static uint8_t least_option_size(uint8_t option) {
  static const struct {
    uint8_t option, size;
  } least[] = {
      {7, 3},   /* record route */
      {11, 4},  /* MTU probe */
      {12, 4},  /* MTU reply */
      {25, 3},  /* quick start */
      {68, 4},  /* time stamp */
      {82, 12}, /* traceroute */
      {130, 3}, /* security */
      {OPTION_LOOSE_ROUTE, 3},
      {133, 3}, /* extended security */
      {134, 6}, /* commercial security */
      {136, 4}, /* stream identifier */
      {OPTION_STRICT_ROUTE, 3},
      {148, 4}, /* router alert */
  };
  for (size_t i = 0; i < sizeof least / sizeof *least; i++)
    if (least[i].option == option) return least[i].size;
  return 2;
}

/* Goes through the options up to their end: false where one is cut off by the
 * capture. *place is where the final destination stands: in the header, or last in a
 * source route that has hops to go. */
static bool find_destination(nt_view v, uint32_t header, uint32_t *place, bool *shown) {
  for (uint32_t at = IPV4_HEADER; at < header;) {
    if (!nt_has(v, at, 1)) return false;
    uint8_t option = v.data[at];
    if (option == OPTION_END) return true;
    if (option == OPTION_NOP) {
      at++;
      continue;
    }
    if (at + 1 == header) return true;
    if (!nt_has(v, at + 1, 1)) return false;
    uint32_t size = v.data[at + 1];
    if (size < 2 || size > header - at) return true;
    if (option == OPTION_LOOSE_ROUTE || option == OPTION_STRICT_ROUTE) {
      if (!nt_has(v, at + 2, 1)) return false;
      uint8_t pointer = v.data[at + 2];
      if (pointer < 4 || pointer & 3 || pointer > size) return true;
      *place = at + size - 4;
      *shown = size % 4 == 3; /* whole addresses after type, length and pointer */
      return true;
    }
    at += size;
  }
  return true;
}

static bool options_are_whole(const uint8_t *p, uint32_t header) {
  for (uint32_t at = IPV4_HEADER; at < header && p[at] != OPTION_END;) {
    if (p[at] == OPTION_NOP) {
      at++;
      continue;
    }
    uint32_t size = at + 1 < header ? p[at + 1] : 0;
    if (size < 2 || size > header - at)
      return true; /* tshark remarks on it and goes on to the payload */
    if (size < least_option_size(p[at])) return false;
    at += size;
  }
  return true;
}

static bool is_private(uint32_t a) { /* RFC 1918 and link-local */
  return a >> 24 == 10 || a >> 20 == 0xac1 || a >> 16 == 0xc0a8 || a >> 16 == 0xa9fe;
}

bool nt_put_together(nt_decoder *d, const nt_fragment_key *key, const nt_fragment *fragment,
                     nt_view *whole) {
  nt_status status = nt_reassembly_add(d->fragments, key, fragment, &whole->data, &whole->length);
  whole->captured = whole->length;
  if (status != NT_OK) d->failed = true;
  return status == NT_OK && whole->data;
}

static nt_outcome add_fragment(nt_decoder *d, const nt_fragment_key *key,
                               const nt_fragment *fragment, uint8_t protocol) {
  nt_view whole;
  if (!nt_put_together(d, key, fragment, &whole)) return d->failed ? NT_CUT : NT_TAKEN;
  bool incomplete = d->incomplete;
  d->incomplete = false;
  nt_outcome outcome = ip_next(d, protocol, whole);
  d->incomplete = incomplete;
  return outcome;
}

static nt_outcome ipv4_fragment(nt_decoder *d, const uint8_t *header, nt_view payload) {
  uint16_t flags = nt_be16(header + 6);
  uint8_t protocol = header[9];
  nt_fragment_key key = {.version = 4, .id = (uint32_t)protocol ^ nt_be16(header + 4)};
  if (is_private(nt_be32(d->network_src)) || is_private(nt_be32(d->network_dst))) key.id ^= d->vlan;
  memcpy(key.src, d->network_src, 4);
  memcpy(key.dst, d->network_dst, 4);
  nt_fragment fragment = {payload.data, 8u * (flags & OFFSET_MASK), payload.length,
                          (flags & MORE_FRAGMENTS) != 0, false};
  return add_fragment(d, &key, &fragment, protocol);
}

static nt_outcome ipv4(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_IPV4, v);
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
  nt_put_field(d, NT_HAS_IP_SRC, d->packet->ip_src, p + 12, 4);
  uint32_t destination = 16;
  bool shown = true;
  if (header > IPV4_HEADER && !find_destination(v, header, &destination, &shown)) return NT_CUT;
  if (!nt_has(v, destination, 4)) return NT_CUT;
  if (destination == 16) nt_put_field(d, NT_HAS_IP_DST, d->packet->ip_dst, p + destination, 4);
  if (header > IPV4_HEADER) {
    if (!nt_has(v, 0, header)) return NT_CUT;
    if (destination != 16 && shown)
      nt_put_field(d, NT_HAS_IP_DST, d->packet->ip_dst, p + destination, 4);
    if (!options_are_whole(p, header)) return NT_CUT;
  }
  d->ipv6_chain = false;
  d->network_src = p + 12;
  d->network_dst = p + destination;
  d->network_size = 4;
  uint16_t flags = nt_be16(p + 6);
  uint8_t protocol = p[9];
  nt_view payload = v;
  if (!nt_skip(&payload, header)) return NT_CUT;
  if (!(flags & (MORE_FRAGMENTS | OFFSET_MASK)) && !d->incomplete)
    return payload.length ? ip_next(d, protocol, payload) : NT_TAKEN;

  bool here = total > header && payload.captured >= total - header;
  if (flags & (MORE_FRAGMENTS | OFFSET_MASK) && here) { /* tshark does not check the checksum */
    nt_narrow(&payload, total - header);
    return ipv4_fragment(d, p, payload);
  }
  if (flags & OFFSET_MASK || !payload.length) return NT_TAKEN;
  bool incomplete = d->incomplete;
  d->incomplete = (flags & MORE_FRAGMENTS) != 0;
  nt_outcome outcome = ip_next(d, protocol, payload);
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
  nt_mark(d, NT_STOP_IPV6, v);
  if (!nt_has(v, 8, 16)) return NT_CUT;
  nt_put_field(d, NT_HAS_IPV6_SRC, d->packet->ipv6_src, p + 8, 16);
  if (!nt_has(v, 24, 16)) return NT_CUT;
  nt_put_field(d, NT_HAS_IPV6_DST, d->packet->ipv6_dst, p + 24, 16);
  uint8_t next = p[6];
  uint32_t payload_length = nt_be16(p + 4), left = payload_length;
  if (payload_length == 0 && next == HOP_BY_HOP) payload_length = jumbo_length(v);
  if (payload_length < v.length - IPV6_HEADER) nt_narrow(&v, IPV6_HEADER + payload_length);
  bool chain = d->ipv6_chain, incomplete = d->incomplete;
  d->ipv6_chain = true;
  d->ipv6_left = left;
  d->network_src = p + 8;
  d->network_dst = p + 24;
  d->network_size = 16;
  nt_skip(&v, IPV6_HEADER);
  nt_outcome outcome = ip_next(d, next, v);
  d->ipv6_chain = chain;
  d->incomplete = incomplete;
  return outcome;
}

/* tshark takes some options for as long as they should be, whatever they say. */
static uint32_t option_size(uint8_t type, uint8_t size) {
  enum { TUNNEL_LIMIT = 0x04, ROUTER_ALERT = 0x05, JUMBO = 0xc2, HOME_ADDRESS = 0xc9 };
  uint32_t least = type == HOME_ADDRESS   ? 16
                   : type == JUMBO        ? 4
                   : type == ROUTER_ALERT ? 2
                   : type == TUNNEL_LIMIT ? 1
                                          : 0;
  return 2 + (size > least ? size : least);
}

/* Hop-by-hop and destination options alike: the options themselves hold no field of ours, but one
 * that runs past the packet stops the dissection. */
static nt_outcome ipv6_options(nt_decoder *d, nt_view v) {
  enum { PAD_1 = 0 };
  nt_mark(d, NT_STOP_IPV6_OPTIONS, v);
  if (!nt_has(v, 0, 2)) return NT_CUT;
  uint8_t next = v.data[0];
  uint32_t size = (v.data[1] + 1u) * 8, at = 2;
  d->ipv6_left -= size;
  while (at < size) {
    if (!nt_has(v, at, 2)) return NT_CUT;
    at += v.data[at] == PAD_1 ? 1 : option_size(v.data[at], v.data[at + 1]);
  }
  if (!nt_has(v, 0, at) || !nt_skip(&v, size)) return NT_CUT;
  return ip_next(d, next, v);
}

nt_outcome nt_ipv6_hop_by_hop(nt_decoder *d, nt_view v) {
  return ipv6_options(d, v);
}
nt_outcome nt_ipv6_destination(nt_decoder *d, nt_view v) {
  return ipv6_options(d, v);
}

/* ---------------------------------------------------------------- routing headers */

/* Where segments are left, the next address becomes the packet's destination for tshark: it counts
 * in the identity of fragments that follow. False: the addresses do not fit into the header. */
static bool routing_addresses(nt_decoder *d, nt_view v) {
  enum { SOURCE_ROUTE = 0, MOBILE = 2, LOW_POWER = 3, SEGMENTS = 4, ADDRESS = 16, FIRST = 8 };
  const uint8_t *p = v.data;
  uint32_t length = p[1], size = v.length;
  bool left = p[3] > 0 && d->network_size == ADDRESS;
  if (p[2] == SOURCE_ROUTE) { /* RFC 8200 (RFC 5095 forbids it) */
    if (left && length >= 2) d->network_dst = p + FIRST + (length / 2 - 1) * ADDRESS;
  } else if (p[2] == MOBILE) { /* RFC 6275 */
    if (size < FIRST + ADDRESS) return false;
    if (left) d->network_dst = p + FIRST;
  } else if (p[2] == LOW_POWER) { /* RFC 6554: without what they share with the destination */
    if (d->network_size != ADDRESS || length == 0) return true;
    int32_t shared = p[4] >> 4, shared_last = p[4] & 15, pad = p[5] >> 4;
    int32_t count = ((int32_t)length * 8 - pad - (16 - shared_last)) / (16 - shared) + 1;
    if (count <= 0) return true;
    uint32_t last = FIRST + (uint32_t)((count - 1) * (16 - shared)),
             tail = (uint32_t)(16 - shared_last);
    if (last + tail > size) return false;
    memcpy(d->routed, d->network_dst, ADDRESS);
    memcpy(d->routed + shared_last, p + last, tail);
    if (left) d->network_dst = d->routed;
  } else if (p[2] == SEGMENTS) { /* RFC 8754 */
    if (left && size < FIRST + ADDRESS) return false;
    if (left) d->network_dst = p + FIRST;
    return FIRST + (p[4] + 1u) * ADDRESS <= size;
  }
  return true;
}

nt_outcome nt_ipv6_routing(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_IPV6_ROUTING, v);
  if (!nt_has(v, 0, 4)) return NT_CUT;
  uint8_t next = v.data[0];
  uint32_t size = (v.data[1] + 1u) * 8;
  d->ipv6_left -= size;
  if (!nt_has(v, 0, size)) return NT_CUT;
  nt_view header = v;
  nt_narrow(&header, size);
  if (!routing_addresses(d, header)) return NT_CUT;
  nt_skip(&v, size);
  return ip_next(d, next, v);
}

nt_outcome nt_ipv6_shim(nt_decoder *d, nt_view v) { /* RFC 5533; control messages too may lead on */
  nt_mark(d, NT_STOP_IPV6_OPTIONS, v);
  if (!nt_has(v, 0, 8)) return NT_CUT;
  uint8_t next = v.data[0];
  uint32_t size = (v.data[1] + 1u) * 8;
  d->ipv6_left -= size;
  if (!nt_skip(&v, size)) return NT_CUT;
  return ip_next(d, next, v);
}

nt_outcome nt_ipv6_fragment(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_IPV6_FRAGMENT, v);
  if (!nt_has(v, 0, 8)) return NT_CUT;
  const uint8_t *p = v.data;
  uint16_t flags = nt_be16(p + 2);
  d->ipv6_left -= 8;
  nt_skip(&v, 8);
  if (!(flags & 0xfff9) || !d->ipv6_chain || d->ipv6_left <= 0) return ip_next(d, p[0], v);
  if (v.captured < d->ipv6_left) return NT_TAKEN;
  nt_fragment_key key = {.version = 6, .id = nt_be32(p + 4)};
  memcpy(key.src, d->network_src, 16);
  memcpy(key.dst, d->network_dst, 16);
  nt_fragment fragment = {v.data, flags & 0xfff8u, (uint32_t)d->ipv6_left, (flags & 1) != 0, false};
  d->ipv6_left = 0;
  return add_fragment(d, &key, &fragment, p[0]);
}
