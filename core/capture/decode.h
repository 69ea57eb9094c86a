/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside the decoder: one function for each protocol layer, all of the same shape, found through
 * tables.
 *
 *     view      the bytes that one layer may look at: `captured` of them are here, `length` were on
 *               the wire. A layer that finds a length field narrows the view for the layers above
 *               it, never widens it.
 *     outcome   what became of a view. tshark stops a frame's dissection where bytes are missing
 *               and keeps the fields found so far: NT_CUT is that stop, and callers that would go
 *               on after a layer pass it up. NT_REJECTED means "not mine": the caller tries its
 *               next candidate.
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
#include "trail.h"

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
  NT_PORTS = 65536,
  NT_INFLATED = 65536 /* bytes of a compressed payload that are looked at */
};

struct nt_decoder {
  nt_packet *packet;
  nt_reassembly *fragments;
  nt_trail *trail;   /* NULL: nobody asks which layers there were */
  uint16_t vlan;     /* of the outermost tag: part of the identity of private datagrams */
  bool in_error;     /* inside the quotation of an ICMP error */
  bool incomplete;   /* inside the first fragment of an unfinished datagram */
  bool failed;       /* out of memory */
  bool ipv6_chain;   /* inside the extension headers of an IPv6 packet, ... */
  int64_t ipv6_left; /* ... of whose payload length this much is left */
  const uint8_t *network_src, *network_dst; /* addresses of the innermost IP header so far, ... */
  uint32_t network_size;                    /* ... 4 or 16 bytes; 0: there was none */
  uint8_t routed[16];                       /* a destination that had to be put together */
  uint16_t udp_destination;
  uint32_t layers;
  uint32_t vlan_tags;
  bool inflated_used;             /* by an IPComp layer of this frame */
  uint8_t inflated[NT_INFLATED];  /* what was in it */
  uint8_t udp_listener[NT_PORTS]; /* index into the table of UDP ports plus one, 0: none */
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

/* ---------------------------------------------------------------- trail */
void nt_mark_step(nt_decoder *d, nt_stop stop, nt_view v);

/* Says that v begins with that layer's header. */
static inline void nt_mark(nt_decoder *d, nt_stop stop, nt_view v) {
  if (__builtin_expect(d->trail != NULL, 0)) nt_mark_step(d, stop, v);
}

/* ---------------------------------------------------------------- fields */
static inline void nt_put_field(nt_decoder *d, uint32_t bit, void *field, const void *value,
                                size_t size) {
  if (d->packet->present & bit) return;
  d->packet->present |= bit;
  memcpy(field, value, size);
}
static inline void nt_put_ports(nt_decoder *d, uint32_t bit, uint16_t *src, uint16_t *dst,
                                const uint8_t *ports) {
  if (d->packet->present & bit) return;
  d->packet->present |= bit;
  *src = nt_be16(ports);
  *dst = nt_be16(ports + 2);
}

/* ---------------------------------------------------------------- layers */
nt_outcome nt_link_layer(nt_decoder *d, uint32_t link_type, nt_view v); /* LINKTYPE_* */

/* decode_link.c */
bool nt_is_ethertype(uint16_t type);
bool nt_ethertype_leads_on(uint16_t type); /* false: its payload holds no field of a record */
nt_outcome nt_ethertype(nt_decoder *d, uint16_t type, nt_view v);
nt_outcome nt_type_or_length(nt_decoder *d, uint16_t type, nt_view v);
nt_outcome nt_ieee8023(nt_decoder *d, nt_view v, uint16_t length, uint32_t fcs_length);
nt_outcome nt_ethernet_fcs(nt_decoder *d, nt_view v, uint32_t fcs_length);
nt_outcome nt_ethernet(nt_decoder *d, nt_view v);          /* no frame check sequence */
nt_outcome nt_ethernet_with_fcs(nt_decoder *d, nt_view v); /* 4 bytes of it */
nt_outcome nt_llc(nt_decoder *d, nt_view v);
nt_outcome nt_snap(nt_decoder *d, nt_view v, bool information, uint32_t pad);

/* decode_tags.c */
nt_outcome nt_vlan(nt_decoder *d, nt_view v);
nt_outcome nt_provider_tag(nt_decoder *d, nt_view v);
nt_outcome nt_backbone_tag(nt_decoder *d, nt_view v);
nt_outcome nt_redundancy_tag(nt_decoder *d, nt_view v);
nt_outcome nt_hsr(nt_decoder *d, nt_view v);
nt_outcome nt_vntag(nt_decoder *d, nt_view v);
nt_outcome nt_etag(nt_decoder *d, nt_view v);
nt_outcome nt_vmware_lab(nt_decoder *d, nt_view v);
nt_outcome nt_cisco_metadata(nt_decoder *d, nt_view v);
nt_outcome nt_gigamon(nt_decoder *d, nt_view v);
nt_outcome nt_arista(nt_decoder *d, nt_view v);
nt_outcome nt_macsec(nt_decoder *d, nt_view v);
nt_outcome nt_rtmac(nt_decoder *d, nt_view v);
nt_outcome nt_trill(nt_decoder *d, nt_view v);
nt_outcome nt_extreme_header(nt_decoder *d, nt_view v);
nt_outcome nt_nsh(nt_decoder *d, nt_view v);

/* decode_serial.c */
nt_outcome nt_ppp(nt_decoder *d, nt_view v);
nt_outcome nt_ppp_protocol(nt_decoder *d, uint16_t protocol, nt_view v);
nt_outcome nt_ppp_hdlc(nt_decoder *d, nt_view v);
nt_outcome nt_pppoe(nt_decoder *d, nt_view v);
nt_outcome nt_cisco_hdlc(nt_decoder *d, nt_view v);
nt_outcome nt_frame_relay(nt_decoder *d, nt_view v);

/* decode_media.c */
nt_outcome nt_null(nt_decoder *d, nt_view v);
nt_outcome nt_loop(nt_decoder *d, nt_view v);
nt_outcome nt_raw(nt_decoder *d, nt_view v);
nt_outcome nt_linux_cooked(nt_decoder *d, nt_view v);
nt_outcome nt_linux_cooked_2(nt_decoder *d, nt_view v);
nt_outcome nt_nflog(nt_decoder *d, nt_view v);
nt_outcome nt_pflog(nt_decoder *d, nt_view v);
nt_outcome nt_enc(nt_decoder *d, nt_view v);
nt_outcome nt_pktap(nt_decoder *d, nt_view v);
nt_outcome nt_ipnet(nt_decoder *d, nt_view v);
nt_outcome nt_symantec(nt_decoder *d, nt_view v);
nt_outcome nt_netanalyzer(nt_decoder *d, nt_view v);
nt_outcome nt_fddi(nt_decoder *d, nt_view v);
nt_outcome nt_token_ring(nt_decoder *d, nt_view v);
nt_outcome nt_arcnet(nt_decoder *d, nt_view v);
nt_outcome nt_arcnet_linux(nt_decoder *d, nt_view v);
nt_outcome nt_ip_over_fibre_channel(nt_decoder *d, nt_view v);
nt_outcome nt_ip_over_infiniband(nt_decoder *d, nt_view v);
nt_outcome nt_ieee1394(nt_decoder *d, nt_view v);
nt_outcome nt_sun_atm(nt_decoder *d, nt_view v);

/* decode_wireless.c */
nt_outcome nt_wlan(nt_decoder *d, nt_view v);
nt_outcome nt_wlan_without_fcs(nt_decoder *d, nt_view v);
nt_outcome nt_wlan_swapped(nt_decoder *d, nt_view v);
nt_outcome nt_radiotap(nt_decoder *d, nt_view v);
nt_outcome nt_prism(nt_decoder *d, nt_view v);
nt_outcome nt_avs(nt_decoder *d, nt_view v);
nt_outcome nt_ppi(nt_decoder *d, nt_view v);

/* decode_network.c */
/* Adds a fragment; true: *whole is the datagram that it completed. */
bool nt_put_together(nt_decoder *d, const nt_fragment_key *key, const nt_fragment *fragment,
                     nt_view *whole);
nt_outcome nt_ip(nt_decoder *d, nt_view v); /* version 4 or 6 */
nt_outcome nt_ipv6(nt_decoder *d, nt_view v);
nt_outcome nt_ipv6_hop_by_hop(nt_decoder *d, nt_view v);
nt_outcome nt_ipv6_destination(nt_decoder *d, nt_view v);
nt_outcome nt_ipv6_routing(nt_decoder *d, nt_view v);
nt_outcome nt_ipv6_shim(nt_decoder *d, nt_view v);
nt_outcome nt_ipv6_fragment(nt_decoder *d, nt_view v);

/* decode_arp.c */
nt_outcome nt_arp(nt_decoder *d, nt_view v);

/* decode_transport.c */
nt_outcome nt_ip_protocol(nt_decoder *d, uint8_t protocol, nt_view v);

/* decode_tunnel.c */
nt_outcome nt_mpls(nt_decoder *d, nt_view v);
nt_outcome nt_gre(nt_decoder *d, nt_view v);
nt_outcome nt_gre_payload(nt_decoder *d, uint16_t type, nt_view v);
nt_outcome nt_authentication_header(nt_decoder *d, nt_view v);
nt_outcome nt_compressed(nt_decoder *d, nt_view v);
nt_outcome nt_ether_ip(nt_decoder *d, nt_view v);
nt_outcome nt_nhrp(nt_decoder *d, nt_view v);
nt_outcome nt_pim(nt_decoder *d, nt_view v);
nt_outcome nt_l2tp(nt_decoder *d, nt_view v);

/* decode_ports.c */
void nt_fill_udp_listeners(uint8_t *listener); /* NT_PORTS entries of zero */
nt_outcome nt_gtp(nt_decoder *d, nt_view v);
nt_outcome nt_udp_payload(nt_decoder *d, uint16_t src, uint16_t dst, nt_view v);
nt_outcome nt_tzsp(nt_decoder *d, nt_view v);

/* decode_streams.c */
nt_layer nt_stream_layer(uint16_t src, uint16_t dst); /* what TCP ports lead to, or NULL */

/* decode_juniper.c */
nt_outcome nt_juniper_ethernet(nt_decoder *d, nt_view v);
nt_outcome nt_juniper_ppp(nt_decoder *d, nt_view v);
nt_outcome nt_juniper_frame_relay(nt_decoder *d, nt_view v);
nt_outcome nt_juniper_hdlc(nt_decoder *d, nt_view v);
nt_outcome nt_juniper_voice(nt_decoder *d, nt_view v);
nt_outcome nt_juniper_gateway(nt_decoder *d, nt_view v);
nt_outcome nt_juniper_services(nt_decoder *d, nt_view v);
nt_outcome nt_juniper_atm1(nt_decoder *d, nt_view v);
nt_outcome nt_juniper_atm2(nt_decoder *d, nt_view v);
nt_outcome nt_juniper_multilink_ppp(nt_decoder *d, nt_view v);
nt_outcome nt_juniper_multilink_frame_relay(nt_decoder *d, nt_view v);
nt_outcome nt_juniper_virtual_network(nt_decoder *d, nt_view v);

#endif
