/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The headers that capture files put before a packet instead of, or around, its link layer, and
 * older media.
 */
#include "decode.h"

/* Skips a header, then one layer. */
static nt_outcome after(nt_decoder *d, nt_view v, uint32_t header, nt_layer layer) {
  return nt_skip(&v, header) ? nt_enter(d, layer, v) : NT_CUT;
}

/* ---------------------------------------------------------------- loopback and raw IP */

static nt_outcome address_family(nt_decoder *d, uint32_t family, nt_view v) {
  static const nt_numbered_layer families[] = {
      {2, nt_ip}, {24, nt_ipv6}, {28, nt_ipv6}, {30, nt_ipv6}}; /* the BSDs do not agree */
  nt_layer layer = nt_find_layer(families, sizeof families / sizeof *families, family);
  return layer ? nt_enter(d, layer, v) : NT_TAKEN;
}

nt_outcome nt_loop(nt_decoder *d, nt_view v) { /* family in network order */
  nt_mark(d, NT_STOP_LOOP, v);
  if (!nt_has(v, 0, 4)) return NT_CUT;
  uint32_t family = nt_be32(v.data);
  nt_skip(&v, 4);
  return address_family(d, family, v);
}

/* The family is in the byte order of the machine that captured; the small values tell which. Some
 * systems write 16 bits of it, some an Ethernet type. */
nt_outcome nt_null(nt_decoder *d, nt_view v) {
  enum { PPP = 0xff03, MAX_LENGTH = 1500 };
  nt_mark(d, NT_STOP_NULL, v);
  if (!nt_has(v, 0, 2)) return NT_CUT;
  if (nt_be16(v.data) == PPP) return nt_enter(d, nt_ppp_hdlc, v);
  if (!nt_has(v, 0, 4)) return NT_CUT;
  uint32_t family = nt_le32(v.data);
  if (family >> 16)
    family = !(family >> 24) && (family & 0xff0000) < 0x60000 ? family >> 16 : nt_be32(v.data);
  else if (!(family & 0xff) && (family & 0xff00) < 0x600)
    family >>= 8;
  nt_skip(&v, 4);
  return family > MAX_LENGTH ? nt_ethertype(d, (uint16_t)family, v) : address_family(d, family, v);
}

nt_outcome nt_raw(nt_decoder *d, nt_view v) {
  enum { PPP = 0xff03 };
  static const uint8_t zeros[10];
  nt_mark(d, NT_STOP_RAW, v);
  static const uint8_t ppp_at[] = {0, 6, 1}; /* Linux' ISDN driver puts a false address first */
  for (size_t i = 0; i < sizeof ppp_at; i++) {
    if (!nt_has(v, ppp_at[i], 2)) return NT_CUT;
    if (nt_be16(v.data + ppp_at[i]) == PPP) return after(d, v, ppp_at[i], nt_ppp_hdlc);
  }
  if (nt_has(v, 0, sizeof zeros) && memcmp(v.data, zeros, sizeof zeros) == 0)
    return after(d, v, sizeof zeros, nt_ip);
  uint8_t version = v.data[0] >> 4;
  return version == 4 || version == 6 ? nt_enter(d, nt_ip, v) : NT_TAKEN;
}

/* ---------------------------------------------------------------- Linux cooked captures */

/* Up to 1536 the protocol is a number of Linux' own; hardware types with a header of theirs come
 * first. */
static nt_outcome cooked(nt_decoder *d, uint16_t hardware, uint16_t protocol, nt_view v) {
  enum { MAX_LINUX_PROTOCOL = 1536, HARDWARE_GRE = 778 };
  static const nt_numbered_layer hardware_types[] = {{770, nt_frame_relay}, {803, nt_radiotap}};
  static const nt_numbered_layer protocols[] = {{3, nt_ethernet}, {4, nt_llc}, {7, nt_ppp_hdlc}};
  if (protocol > MAX_LINUX_PROTOCOL) {
    if (hardware == HARDWARE_GRE) return nt_gre_payload(d, protocol, v);
    nt_ethertype(d, protocol, v);
    return NT_TAKEN;
  }
  nt_layer layer =
      nt_find_layer(hardware_types, sizeof hardware_types / sizeof *hardware_types, hardware);
  if (!layer) layer = nt_find_layer(protocols, sizeof protocols / sizeof *protocols, protocol);
  return layer ? nt_enter(d, layer, v) : NT_TAKEN;
}

enum { HARDWARE_NETLINK = 824 };

nt_outcome nt_linux_cooked(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_LINUX_COOKED, v);
  if (!nt_has(v, 0, 16)) return NT_CUT;
  uint16_t hardware = nt_be16(v.data + 2), protocol = nt_be16(v.data + 14);
  nt_skip(&v, 16);
  return hardware == HARDWARE_NETLINK ? NT_TAKEN : cooked(d, hardware, protocol, v);
}

nt_outcome nt_linux_cooked_2(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_LINUX_COOKED_2, v);
  if (!nt_has(v, 0, 20)) return NT_CUT;
  uint16_t hardware = nt_be16(v.data + 8), protocol = nt_be16(v.data);
  nt_skip(&v, 20);
  return hardware == HARDWARE_NETLINK ? NT_TAKEN : cooked(d, hardware, protocol, v);
}

/* ---------------------------------------------------------------- firewall logs and kernel taps */

nt_outcome nt_nflog(nt_decoder *d, nt_view v) { /* attributes in host order: little-endian */
  enum { PACKET_HEADER = 1, PAYLOAD = 9, FAMILY_IPV4 = 2, FAMILY_IPV6 = 10 };
  nt_mark(d, NT_STOP_NFLOG, v);
  if (!nt_has(v, 0, 1)) return NT_CUT;
  uint8_t family = v.data[0];
  uint16_t ethertype = 0;
  nt_view payload = {0};
  bool found = false;
  uint32_t at = 4;
  while (at <= v.captured && v.length - at >= 4) {
    if (!nt_has(v, at, 4)) return NT_CUT;
    uint32_t size = nt_le16(v.data + at), type = nt_le16(v.data + at + 2) & 0x7fff;
    if (size < 4) return NT_TAKEN;
    if (!nt_has(v, at, size)) return NT_CUT;
    if (type == PACKET_HEADER && size == 8) ethertype = nt_be16(v.data + at + 4);
    if (type == PAYLOAD) {
      payload = v;
      nt_skip(&payload, at + 4);
      nt_narrow(&payload, size - 4);
      found = true;
    }
    at += (size + 3) & ~3u;
  }
  if (!found) return NT_TAKEN;
  if (ethertype) return nt_ethertype(d, ethertype, payload);
  if (family == FAMILY_IPV4) return nt_enter(d, nt_ip, payload);
  return family == FAMILY_IPV6 ? nt_enter(d, nt_ipv6, payload) : NT_TAKEN;
}

nt_outcome nt_pflog(nt_decoder *d, nt_view v) { /* OpenBSD; the header grew over the years */
  enum { BASE = 44, WITH_PROCESSES = 61, WITH_ADDRESSES = 100 };
  nt_mark(d, NT_STOP_PFLOG, v);
  if (!nt_has(v, 0, BASE)) return NT_CUT;
  uint32_t length = v.data[0];
  uint8_t family = v.data[1];
  uint32_t needed =
      BASE + (length >= WITH_PROCESSES ? 16 : 0) + (length >= WITH_ADDRESSES ? 1 + 3 + 36 : 1 + 3);
  if (!nt_has(v, 0, needed) || !nt_skip(&v, (length + 3) & ~3u)) return NT_CUT;
  return address_family(d, family, v);
}

nt_outcome nt_enc(nt_decoder *d, nt_view v) { /* OpenBSD's IPsec tap */
  nt_mark(d, NT_STOP_ENC, v);
  if (!nt_has(v, 0, 12)) return NT_CUT;
  uint32_t family = nt_le32(v.data);
  if (family >> 16) family = nt_be32(v.data);
  nt_skip(&v, 12);
  return family == 2 || family == 24 ? address_family(d, family, v) : NT_TAKEN;
}

nt_outcome nt_pktap(nt_decoder *d, nt_view v) { /* Darwin: wraps another link type */
  enum { MIN_HEADER = 108, PACKET = 1 };
  nt_mark(d, NT_STOP_PKTAP, v);
  if (!nt_has(v, 0, 4)) return NT_CUT;
  uint32_t header = nt_le32(v.data);
  if (header < MIN_HEADER) return NT_TAKEN;
  if (!nt_has(v, 0, MIN_HEADER)) return NT_CUT;
  uint32_t record = nt_le32(v.data + 4), link_type = nt_le32(v.data + 8);
  if (record != PACKET) return NT_TAKEN;
  return nt_skip(&v, header) ? nt_link_layer(d, link_type, v) : NT_CUT;
}

nt_outcome nt_ipnet(nt_decoder *d, nt_view v) { /* Solaris */
  nt_mark(d, NT_STOP_IPNET, v);
  if (!nt_has(v, 0, 8)) return NT_CUT;
  uint8_t family = v.data[1];
  uint32_t length = nt_be32(v.data + 4);
  if (length > v.captured || !nt_skip(&v, v.captured - length)) return NT_CUT;
  if (family == 2) return nt_enter(d, nt_ip, v);
  return family == 26 ? nt_enter(d, nt_ipv6, v) : NT_TAKEN;
}

nt_outcome nt_symantec(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_SYMANTEC, v);
  if (!nt_has(v, 0, 12)) return NT_CUT;
  uint16_t version2 = nt_be16(v.data + 6), version3 = nt_be16(v.data + 10);
  if (!version2 == !version3) return NT_TAKEN;
  return nt_skip(&v, version2 ? 44 : 56) ? nt_ethertype(d, version2 ? version2 : version3, v)
                                         : NT_CUT;
}

/* Hilscher: 4 bytes, then a frame with its FCS. */
nt_outcome nt_netanalyzer(nt_decoder *d, nt_view v) {
  enum { PIN_EVENT = 1 };
  nt_mark(d, NT_STOP_NETANALYZER, v);
  if (!nt_has(v, 0, 4)) return NT_CUT;
  uint8_t version = v.data[1] >> 2 & 15, type = v.data[3] >> 4;
  if (v.data[1] & PIN_EVENT || !(version == 1 || (version == 2 && type == 0))) return NT_TAKEN;
  return after(d, v, 4, nt_ethernet_with_fcs);
}

/* ---------------------------------------------------------------- other media */

nt_outcome nt_fddi(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_FDDI, v);
  if (!nt_has(v, 0, 13)) return NT_CUT;
  bool llc = (v.data[0] & 0xf0) == 0x50;
  nt_skip(&v, 13);
  return llc ? nt_enter(d, nt_llc, v) : NT_TAKEN;
}

nt_outcome nt_token_ring(nt_decoder *d, nt_view v) {
  enum { HEADER = 14, ROUTED = 0x80, LLC = 1 };
  nt_mark(d, NT_STOP_TOKEN_RING, v);
  if (!nt_has(v, 0, HEADER + 1)) return NT_CUT;
  uint8_t type = v.data[1] >> 6;
  uint32_t routing = v.data[8] & ROUTED ? v.data[HEADER] & 31u : 0;
  if (routing && !nt_has(v, 0, HEADER + (routing < 2 ? 2 : routing))) return NT_CUT;
  if (!nt_skip(&v, HEADER + routing)) return NT_CUT;
  return type == LLC ? nt_enter(d, nt_llc, v) : NT_TAKEN;
}

static nt_outcome arcnet(nt_decoder *d, nt_view v, uint32_t header,
                         bool exceptions) { /* RFC 1201 */
  static const nt_numbered_layer protocols[] = {{196, nt_ipv6}, {205, nt_llc}, {212, nt_ip},
                                                {213, nt_arp},  {214, nt_arp}, {240, nt_ip},
                                                {241, nt_arp}};
  if (!nt_has(v, header, 2)) return NT_CUT;
  uint8_t protocol = v.data[header++];
  bool unsplit = protocol == 240 || protocol == 241 || protocol == 128 || protocol == 205;
  if (!unsplit) {
    if (exceptions && v.data[header] == 0xff) header += 4;
    header += 3;
  }
  nt_layer layer = nt_find_layer(protocols, sizeof protocols / sizeof *protocols, protocol);
  if (!nt_skip(&v, header)) return NT_CUT;
  return layer ? nt_enter(d, layer, v) : NT_TAKEN;
}
nt_outcome nt_arcnet(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_ARCNET, v);
  return arcnet(d, v, 2, true);
}
nt_outcome nt_arcnet_linux(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_ARCNET, v);
  return arcnet(d, v, 4, false);
}

nt_outcome nt_ip_over_fibre_channel(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_IP_OVER_FIBRE_CHANNEL, v);
  return after(d, v, 16, nt_llc);
}

nt_outcome nt_ip_over_infiniband(nt_decoder *d, nt_view v) { /* a global routing header in front */
  enum { ROUTING_HEADER = 40, IPV4 = 0x0800, ARP = 0x0806, REVERSE_ARP = 0x8035, IPV6 = 0x86dd };
  nt_mark(d, NT_STOP_IP_OVER_INFINIBAND, v);
  if (!nt_has(v, 0, ROUTING_HEADER + 4)) return NT_CUT;
  uint16_t type = nt_be16(v.data + ROUTING_HEADER);
  nt_skip(&v, ROUTING_HEADER + 4);
  bool known = type == IPV4 || type == IPV6 || type == ARP || type == REVERSE_ARP;
  return known ? nt_ethertype(d, type, v) : NT_TAKEN;
}

nt_outcome nt_ieee1394(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_IEEE1394, v);
  if (!nt_has(v, 0, 18)) return NT_CUT;
  uint16_t type = nt_be16(v.data + 16);
  nt_skip(&v, 18);
  return nt_ethertype(d, type, v);
}

nt_outcome nt_sun_atm(nt_decoder *d, nt_view v) { /* the kind of traffic, the channel, then AAL5 */
  enum { LAN_EMULATION = 1, LLC_MULTIPLEXED = 2 };
  nt_mark(d, NT_STOP_SUN_ATM, v);
  if (!nt_has(v, 0, 4)) return NT_CUT;
  uint8_t traffic = v.data[0] & 15;
  nt_skip(&v, 4);
  if (traffic == LAN_EMULATION) return after(d, v, 2, nt_ethernet);
  return traffic == LLC_MULTIPLEXED ? nt_enter(d, nt_llc, v) : NT_TAKEN;
}
