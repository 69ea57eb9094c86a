/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside the decoder: one function for each protocol layer, all of the same shape, found through
 * tables.
 *
 * View     the bytes that one layer may look at: `captured` of them are here, `length` were on the
 * wire. A layer that finds a length field narrows the view for the layers above it, never widens
 * it. Outcome  what became of a view. tshark stops a frame's dissection where bytes are missing and
 * keeps the fields found so far: NT_CUT is that stop, and callers that would go on after a layer
 * pass it up. NT_REJECTED means "not mine": the caller tries its next candidate.
 *
 * Fields are written by the note_* functions, which keep the first of each name.
 */
#ifndef NT_DECODE_H
#define NT_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "decoder.h"
#include "reassembly.h"

typedef struct nt_view {
  const uint8_t *data;
  uint32_t captured, length;
} nt_view;

typedef enum nt_outcome { NT_REJECTED, NT_TAKEN, NT_CUT } nt_outcome;

typedef nt_outcome (*nt_layer)(nt_decoder *, nt_view);

typedef struct nt_numbered_layer { /* an entry of a dispatch table, sorted by number */
  uint32_t number;
  nt_layer layer;
} nt_numbered_layer;

enum {
  NT_MAX_LAYERS = 500, /* tshark's limit on nested layers */
  NT_PORTS = 65536
};

struct nt_decoder {
  nt_packet *packet;
  nt_reassembly *fragments;
  uint16_t vlan;     /* of the outermost tag: part of the identity of private datagrams */
  bool in_error;     /* inside the quotation of an ICMP error */
  bool incomplete;   /* inside the first fragment of an unfinished datagram */
  bool failed;       /* out of memory */
  bool ipv6_chain;   /* inside the extension headers of an IPv6 packet, ... */
  int64_t ipv6_left; /* ... of whose payload length this much is left, ... */
  uint8_t ipv6_src[16], ipv6_dst[16]; /* ... and which belongs to these addresses */
  uint32_t layers;
  uint32_t vlan_tags;
  uint8_t udp_listener[NT_PORTS]; /* index into the table of UDP ports, 0: nobody */
};

/* ---------------------------------------------------------------- views */
static inline uint16_t nt_be16(const uint8_t *p) {
  return (uint16_t)(p[0] << 8 | p[1]);
}
static inline uint16_t nt_le16(const uint8_t *p) {
  return (uint16_t)(p[1] << 8 | p[0]);
}
static inline uint32_t nt_be32(const uint8_t *p) {
  return (uint32_t)nt_be16(p) << 16 | nt_be16(p + 2);
}
static inline uint32_t nt_le32(const uint8_t *p) {
  return (uint32_t)nt_le16(p + 2) << 16 | nt_le16(p);
}

static inline bool nt_has(nt_view v, uint32_t offset, uint32_t bytes) {
  return offset <= v.captured && bytes <= v.captured - offset;
}

/* What follows the first `bytes`. False: the frame was cut before that point. */
static inline bool nt_skip(nt_view *v, uint32_t bytes) {
  if (bytes > v->captured || bytes > v->length) return false;
  v->data += bytes;
  v->captured -= bytes;
  v->length -= bytes;
  return true;
}

static inline void nt_narrow(nt_view *v, uint32_t length) {
  if (length < v->length) v->length = length;
  if (v->length < v->captured) v->captured = v->length;
}

/* The layer of that number in a sorted table, or NULL. */
nt_layer nt_find_layer(const nt_numbered_layer *table, size_t count, uint32_t number);

/* Calls a layer unless the frame is nested too deeply. */
static inline nt_outcome nt_enter(nt_decoder *d, nt_layer layer, nt_view v) {
  if (d->layers >= NT_MAX_LAYERS) return NT_CUT;
  d->layers++;
  nt_outcome outcome = layer(d, v);
  d->layers--;
  return outcome;
}

/* ---------------------------------------------------------------- fields, the first of each name
 */
static inline void nt_note(nt_decoder *d, uint32_t bit, void *field, const void *value,
                           size_t size) {
  if (d->packet->present & bit) return;
  d->packet->present |= bit;
  memcpy(field, value, size);
}
static inline void nt_note_ports(nt_decoder *d, uint32_t bit, uint16_t *src, uint16_t *dst,
                                 const uint8_t *ports) {
  if (d->packet->present & bit) return;
  d->packet->present |= bit;
  *src = nt_be16(ports);
  *dst = nt_be16(ports + 2);
}

/* ---------------------------------------------------------------- layers */
nt_outcome nt_ethernet(nt_decoder *d, nt_view v);          /* no frame check sequence */
nt_outcome nt_ethernet_with_fcs(nt_decoder *d, nt_view v); /* 4 bytes of it */
nt_outcome nt_ethernet_fcs(nt_decoder *d, nt_view v, uint32_t fcs_length);
nt_outcome nt_ethertype(nt_decoder *d, uint16_t type, nt_view v);
nt_outcome nt_ieee8023(nt_decoder *d, nt_view v, uint16_t length, uint32_t fcs_length);
nt_outcome nt_llc(nt_decoder *d, nt_view v);
nt_outcome nt_vlan(nt_decoder *d, nt_view v);

nt_outcome nt_ip(nt_decoder *d, nt_view v); /* version 4 or 6 */
nt_outcome nt_ipv6(nt_decoder *d, nt_view v);
nt_outcome nt_ip_protocol(nt_decoder *d, uint8_t protocol, nt_view v);
nt_outcome nt_ipv6_hop_by_hop(nt_decoder *d, nt_view v);
nt_outcome nt_ipv6_destination(nt_decoder *d, nt_view v);
nt_outcome nt_ipv6_routing(nt_decoder *d, nt_view v);
nt_outcome nt_ipv6_fragment(nt_decoder *d, nt_view v);
nt_outcome nt_arp(nt_decoder *d, nt_view v);
nt_outcome nt_icmp(nt_decoder *d, nt_view v);
nt_outcome nt_icmpv6(nt_decoder *d, nt_view v);
nt_outcome nt_tcp(nt_decoder *d, nt_view v);
nt_outcome nt_udp(nt_decoder *d, nt_view v);
nt_outcome nt_udp_lite(nt_decoder *d, nt_view v);

#endif
