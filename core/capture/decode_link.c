/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ethernet II and IEEE 802.3, what an Ethernet type leads to, IEEE 802.2 LLC and SNAP.
 */
#include "decode.h"

enum { ETHERNET_HEADER = 14, MAX_LENGTH = 1500, MIN_TYPE = 0x600 };
enum {
  TYPE_UNKNOWN = 0,
  TYPE_IPV4 = 0x0800,
  TYPE_ARP = 0x0806,
  TYPE_VLAN = 0x8100,
  TYPE_IPV6 = 0x86dd,
  TYPE_PROVIDER = 0x88a8,
  TYPE_FABRIC = 0x8903,
  TYPE_TIME_TRIGGERED = 0x891d
};

/* Types whose payload may hold fields of ours; every other one ends the way. */
static const nt_numbered_layer ethertypes[] = {
    {TYPE_IPV4, nt_ip},
    {TYPE_ARP, nt_arp},
    {0x22e5, nt_gigamon},
    {0x22f3, nt_trill},
    {0x6558, nt_ethernet},
    {0x8035, nt_arp}, /* reverse ARP */
    {TYPE_VLAN, nt_vlan},
    {TYPE_IPV6, nt_ipv6},
    {0x8847, nt_mpls},
    {0x8848, nt_mpls},
    {0x8864, nt_pppoe},
    {0x8870, nt_llc}, /* jumbo frames */
    {TYPE_PROVIDER, nt_provider_tag},
    {0x88de, nt_vmware_lab},
    {0x88e5, nt_macsec},
    {0x88e7, nt_backbone_tag},
    {0x8909, nt_cisco_metadata},
    {0x8926, nt_vntag},
    {0x892f, nt_hsr},
    {0x893f, nt_etag},
    {0x894f, nt_nsh},
    {0x9021, nt_rtmac},
    {0x9100, nt_vlan},
    {0xd28b, nt_arista},
    {0xe555, nt_extreme_header},
    {0xf1c1, nt_redundancy_tag},
};

static nt_layer ethertype_layer(uint16_t type) {
  return nt_find_layer(ethertypes, sizeof ethertypes / sizeof *ethertypes, type);
}

bool nt_ethertype_leads_on(uint16_t type) {
  return ethertype_layer(type) != NULL;
}

nt_outcome nt_ethertype(nt_decoder *d, uint16_t type, nt_view v) {
  if (type == TYPE_IPV4) return nt_enter(d, nt_ip, v);
  nt_layer layer = ethertype_layer(type);
  return layer ? nt_enter(d, layer, v) : NT_REJECTED;
}

/* ---------------------------------------------------------------- Ethernet */

nt_outcome nt_type_or_length(nt_decoder *d, uint16_t type, nt_view v) {
  if (type > MAX_LENGTH)
    nt_ethertype(d, type, v);
  else
    nt_ieee8023(d, v, type, 0);
  return NT_TAKEN; /* a payload cut short keeps tshark from nothing that follows */
}

nt_outcome nt_ieee8023(nt_decoder *d, nt_view v, uint16_t length, uint32_t fcs_length) {
  if (v.length >= fcs_length) nt_narrow(&v, v.length - fcs_length);
  nt_narrow(&v, length);
  if (nt_has(v, 0, 2) && nt_be16(v.data) == 0xffff) return NT_TAKEN; /* Novell: IPX without LLC */
  return nt_enter(d, nt_llc, v);
}

/* Cisco ISL: 26 bytes around an Ethernet frame with its check sequence. */
static nt_outcome isl(nt_decoder *d, nt_view v) {
  enum { HEADER = 26, BEFORE_LENGTH = 14, ETHERNET = 0, TOKEN_RING = 1 };
  uint8_t type = v.data[5] >> 4;
  uint16_t length = nt_be16(v.data + 12);
  if (length) nt_narrow(&v, BEFORE_LENGTH + (uint32_t)length);
  if (!nt_has(v, 0, HEADER)) return NT_CUT;
  if (type == ETHERNET) {
    nt_skip(&v, HEADER);
    return nt_enter(d, nt_ethernet_with_fcs, v);
  }
  if (type == TOKEN_RING && nt_skip(&v, HEADER + 5)) return nt_enter(d, nt_token_ring, v);
  return NT_TAKEN;
}

/* Cisco FabricPath is seen by its type behind two addresses that are no Ethernet addresses. */
static bool is_fabric_path(nt_view v, uint32_t *header) {
  uint16_t type = nt_be16(v.data + 12);
  *header = 16;
  if (type == TYPE_FABRIC) return true;
  *header = 20;
  return (type == TYPE_VLAN || type == TYPE_PROVIDER) && nt_has(v, 16, 2) &&
         nt_be16(v.data + 16) == TYPE_FABRIC;
}

static nt_outcome fabric_path(nt_decoder *d, nt_view v, uint32_t header) {
  if (v.length < header + 4 || !nt_skip(&v, header)) return NT_CUT;
  nt_narrow(&v, v.length - 4);
  return nt_enter(d, nt_ethernet, v);
}

nt_outcome nt_ethernet_fcs(nt_decoder *d, nt_view v, uint32_t fcs_length) {
  if (!nt_has(v, 0, ETHERNET_HEADER)) return NT_CUT;
  const uint8_t *p = v.data;
  uint16_t type = nt_be16(p + 12);
  if (type != TYPE_IPV4) {
    uint32_t header;
    if (is_fabric_path(v, &header)) return fabric_path(d, v, header);
    if (type <= MAX_LENGTH && (p[0] == 0x01 || p[0] == 0x0c) && p[1] == 0 && p[2] == 0x0c &&
        p[3] == 0 && p[4] == 0)
      return isl(d, v);
  }
  nt_note(d, NT_HAS_ETH_DST, d->packet->eth_dst, p, 6);
  nt_note(d, NT_HAS_ETH_SRC, d->packet->eth_src, p + 6, 6);
  nt_skip(&v, ETHERNET_HEADER);
  if (type >= MIN_TYPE || type == TYPE_UNKNOWN) {
    if (v.length >= fcs_length) nt_narrow(&v, v.length - fcs_length);
    nt_ethertype(d, type, v);
  } else if (type <= MAX_LENGTH) {
    nt_ieee8023(d, v, type, fcs_length);
  }
  return NT_TAKEN;
}

nt_outcome nt_ethernet(nt_decoder *d, nt_view v) {
  return nt_ethernet_fcs(d, v, 0);
}
nt_outcome nt_ethernet_with_fcs(nt_decoder *d, nt_view v) {
  return nt_ethernet_fcs(d, v, 4);
}

/* ---------------------------------------------------------------- IEEE 802.2 and SNAP */

enum { SAP_IP = 0x06, SAP_SNAP = 0xaa };
enum { OUI_ETHERNET = 0, OUI_CISCO_90 = 0x0000f8, OUI_BRIDGED = 0x0080c2 };

/* Frames bridged over ATM or frame relay (RFC 2684, RFC 2427): `pad` bytes before the frame. */
static nt_outcome bridged(nt_decoder *d, uint16_t type, nt_view v, uint32_t pad) {
  static const struct {
    uint8_t type, extra;
    nt_layer layer;
  } media[] = {
      {1, 0, nt_ethernet_with_fcs}, {3, 0, nt_token_ring}, {4, 1, nt_fddi},
      {7, 0, nt_ethernet},          {9, 0, nt_token_ring}, {10, 1, nt_fddi},
  };
  for (size_t i = 0; i < sizeof media / sizeof *media; i++)
    if (media[i].type == type)
      return nt_skip(&v, pad + media[i].extra) ? nt_enter(d, media[i].layer, v) : NT_CUT;
  return NT_TAKEN;
}

nt_outcome nt_snap(nt_decoder *d, nt_view v, bool information, uint32_t pad) {
  if (!nt_has(v, 0, 5)) return NT_CUT;
  uint32_t oui = (uint32_t)v.data[0] << 16 | nt_be16(v.data + 1);
  uint16_t type = nt_be16(v.data + 3);
  nt_skip(&v, 5);
  if (oui == OUI_BRIDGED) return bridged(d, type, v, pad);
  if (information && (oui == OUI_ETHERNET || oui == OUI_CISCO_90)) return nt_ethertype(d, type, v);
  return NT_TAKEN;
}

nt_outcome nt_llc(nt_decoder *d, nt_view v) {
  if (!nt_has(v, 0, 3)) return NT_CUT;
  const uint8_t *p = v.data;
  bool unnumbered = (p[2] & 3) == 3;
  /* numbered information, or unnumbered information with the poll bit either way */
  bool information = unnumbered ? (p[2] & 0xec) == 0 : !(p[2] & 1);
  uint8_t dsap = p[0], ssap = p[1];
  if (!nt_skip(&v, unnumbered ? 3 : 4)) return NT_CUT;
  if (dsap == SAP_SNAP && ssap == SAP_SNAP) return nt_snap(d, v, information, 2);
  if (dsap == SAP_IP && information && v.length) return nt_enter(d, nt_ip, v);
  return NT_TAKEN;
}
