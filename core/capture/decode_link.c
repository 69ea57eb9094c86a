/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ethernet II and IEEE 802.3 (with 802.2 LLC, SNAP), VLAN tags, Cisco ISL, and the table of
 * Ethernet types.
 */
#include "decode.h"

enum { ETHERNET_HEADER = 14, MAX_LENGTH = 1500, MIN_TYPE = 0x600 };
enum { TYPE_IPV4 = 0x0800, TYPE_ARP = 0x0806, TYPE_VLAN = 0x8100, TYPE_IPV6 = 0x86dd };

static const nt_numbered_layer ethertypes[] = {
    {TYPE_IPV4, nt_ip},   {TYPE_ARP, nt_arp}, {0x8035, nt_arp},  {TYPE_VLAN, nt_vlan},
    {TYPE_IPV6, nt_ipv6}, {0x8870, nt_llc},   {0x9100, nt_vlan},
};

nt_outcome nt_ethertype(nt_decoder *d, uint16_t type, nt_view v) {
  if (type == TYPE_IPV4) return nt_enter(d, nt_ip, v);
  nt_layer layer = nt_find_layer(ethertypes, sizeof ethertypes / sizeof *ethertypes, type);
  return layer ? nt_enter(d, layer, v) : NT_REJECTED;
}

nt_outcome nt_ieee8023(nt_decoder *d, nt_view v, uint16_t length, uint32_t fcs_length) {
  if (v.length >= fcs_length) nt_narrow(&v, v.length - fcs_length);
  nt_narrow(&v, length);
  if (nt_has(v, 0, 2) && nt_be16(v.data) == 0xffff) return NT_TAKEN; /* Novell: IPX without LLC */
  return nt_enter(d, nt_llc, v);
}

nt_outcome nt_ethernet_fcs(nt_decoder *d, nt_view v, uint32_t fcs_length) {
  if (!nt_has(v, 0, ETHERNET_HEADER)) return NT_CUT;
  const uint8_t *p = v.data;
  uint16_t type = nt_be16(p + 12);
  nt_note(d, NT_HAS_ETH_DST, d->packet->eth_dst, p, 6);
  nt_note(d, NT_HAS_ETH_SRC, d->packet->eth_src, p + 6, 6);
  nt_skip(&v, ETHERNET_HEADER);
  if (type >= MIN_TYPE || type == 0) {
    if (v.length >= fcs_length) nt_narrow(&v, v.length - fcs_length);
    nt_ethertype(d, type, v);
  } else if (type <= MAX_LENGTH) {
    nt_ieee8023(d, v, type, fcs_length);
  }
  return NT_TAKEN; /* a payload cut short does not keep tshark from the trailer and from what
                      follows */
}

nt_outcome nt_ethernet(nt_decoder *d, nt_view v) {
  return nt_ethernet_fcs(d, v, 0);
}
nt_outcome nt_ethernet_with_fcs(nt_decoder *d, nt_view v) {
  return nt_ethernet_fcs(d, v, 4);
}

nt_outcome nt_vlan(nt_decoder *d, nt_view v) {
  enum { MAX_TAGS = 20 };
  if (!nt_has(v, 0, 2)) return NT_CUT;
  if (d->vlan == 0) d->vlan = nt_be16(v.data) & 0xfff;
  if (d->vlan_tags >= MAX_TAGS) return NT_TAKEN;
  d->vlan_tags++;
  if (!nt_has(v, 0, 4)) return NT_CUT;
  uint16_t type = nt_be16(v.data + 2);
  nt_skip(&v, 4);
  if (type <= MAX_LENGTH)
    nt_ieee8023(d, v, type, 0);
  else
    nt_ethertype(d, type, v);
  return NT_TAKEN;
}

/* ---------------------------------------------------------------- IEEE 802.2 and SNAP */

nt_outcome nt_llc(nt_decoder *d, nt_view v) {
  if (!nt_has(v, 0, 3)) return NT_CUT;
  const uint8_t *p = v.data;
  bool unnumbered = (p[2] & 3) == 3;
  uint32_t header = unnumbered ? 3 : 4;
  bool information = (p[2] & 1) == 0 || (unnumbered && (p[2] & 0xec) == 0);
  if (p[0] == 0xaa && p[1] == 0xaa) {
    if (!nt_has(v, 0, header + 5)) return NT_CUT;
    uint32_t oui = (uint32_t)p[header] << 16 | nt_be16(p + header + 1);
    uint16_t type = nt_be16(p + header + 3);
    nt_skip(&v, header + 5);
    if ((oui == 0 || oui == 0x0000f8) && information) return nt_ethertype(d, type, v);
    return NT_TAKEN;
  }
  if (p[0] == 0x06 && information && nt_skip(&v, header)) return nt_enter(d, nt_ip, v);
  return NT_TAKEN;
}
