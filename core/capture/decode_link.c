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

/* All types that tshark 4.0 knows (tshark -G decodes), for the places where it guesses by them. */
bool nt_is_ethertype(uint16_t type) {
  static const uint16_t known[] = {
      0x0059, 0x0061, 0x0065, 0x0067, 0x00fd, 0x0600, 0x0641, 0x0643, 0x0644, 0x0645, 0x0712,
      0x0713, 0x0800, 0x0806, 0x0842, 0x08f0, 0x08ff, 0x0bad, 0x0baf, 0x0c15, 0x2001, 0x2065,
      0x2067, 0x22e5, 0x22ea, 0x22f0, 0x22f1, 0x22f3, 0x22f4, 0x2323, 0x2452, 0x3e3f, 0x4305,
      0x4742, 0x6000, 0x6003, 0x6004, 0x6558, 0x8021, 0x8023, 0x8035, 0x8038, 0x8057, 0x8059,
      0x809a, 0x809b, 0x80d5, 0x80e1, 0x80f3, 0x80fd, 0x80ff, 0x8100, 0x8102, 0x8103, 0x8133,
      0x8137, 0x814c, 0x8181, 0x81fd, 0x8204, 0x8207, 0x8281, 0x86dd, 0x872d, 0x8783, 0x8808,
      0x8809, 0x8847, 0x8848, 0x8863, 0x8864, 0x886c, 0x886d, 0x886f, 0x8870, 0x8874, 0x887b,
      0x888e, 0x8892, 0x8899, 0x889a, 0x889b, 0x88a1, 0x88a2, 0x88a4, 0x88a8, 0x88a9, 0x88ab,
      0x88ae, 0x88b4, 0x88b7, 0x88b8, 0x88ba, 0x88bb, 0x88c7, 0x88ca, 0x88cc, 0x88cd, 0x88d8,
      0x88d9, 0x88dc, 0x88de, 0x88e1, 0x88e3, 0x88e5, 0x88e7, 0x88ee, 0x88f5, 0x88f6, 0x88f7,
      0x88f8, 0x88fb, 0x8901, 0x8902, 0x8906, 0x8909, 0x890d, 0x8911, 0x8914, 0x8915, 0x8917,
      0x891d, 0x8926, 0x892d, 0x892f, 0x893a, 0x893f, 0x8940, 0x8942, 0x8947, 0x894f, 0x8988,
      0x8ffd, 0x9000, 0x9021, 0x9022, 0x9100, 0x9104, 0x99fe, 0xa0ed, 0xaaaa, 0xabcd, 0xaefe,
      0xb4e3, 0xbbbb, 0xc021, 0xc023, 0xc029, 0xc02b, 0xc02d, 0xc0de, 0xc0df, 0xc223, 0xcafe,
      0xd00d, 0xd28b, 0xe555, 0xf052, 0xf1c1, 0xfcfc};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (known[i] == type) return true;
  return false;
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
  nt_mark(d, NT_STOP_ISL, v);
  uint8_t type = v.data[5] >> 4;
  uint16_t length = nt_be16(v.data + 12);
  if (length) { /* believed even where it runs past the frame */
    v.length = BEFORE_LENGTH + (uint32_t)length;
    if (v.captured > v.length) v.captured = v.length;
  }
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
  nt_mark(d, NT_STOP_FABRIC_PATH, v);
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
  nt_mark(d, NT_STOP_ETHERNET, v);
  nt_put_field(d, NT_HAS_ETH_DST, d->packet->eth_dst, p, 6);
  nt_put_field(d, NT_HAS_ETH_SRC, d->packet->eth_src, p + 6, 6);
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

enum { SAP_IP = 0x06, SAP_SNAP = 0xaa, UNNUMBERED_INFORMATION = 0x03 };
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
  nt_mark(d, NT_STOP_SNAP, v);
  if (!nt_has(v, 0, 5)) return NT_CUT;
  uint32_t oui = (uint32_t)v.data[0] << 16 | nt_be16(v.data + 1);
  uint16_t type = nt_be16(v.data + 3);
  nt_skip(&v, 5);
  if (oui == OUI_BRIDGED) return bridged(d, type, v, pad);
  if (information && (oui == OUI_ETHERNET || oui == OUI_CISCO_90)) return nt_ethertype(d, type, v);
  return NT_TAKEN;
}

nt_outcome nt_llc(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_LLC, v);
  if (!nt_has(v, 0, 3)) return NT_CUT;
  const uint8_t *p = v.data;
  bool unnumbered = (p[2] & 3) == 3;
  bool information = unnumbered ? p[2] == UNNUMBERED_INFORMATION : !(p[2] & 1);
  uint8_t dsap = p[0], ssap = p[1];
  if (!nt_skip(&v, unnumbered ? 3 : 4)) return NT_CUT;
  if (dsap == SAP_SNAP && ssap == SAP_SNAP) return nt_snap(d, v, information, 2);
  if (dsap == SAP_IP && information && v.length) return nt_enter(d, nt_ip, v);
  return NT_TAKEN;
}
