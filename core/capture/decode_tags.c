/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tags and shims between an Ethernet header and its payload. Nearly all are the same: some bytes,
 * then the Ethernet type of what follows.
 */
#include "decode.h"

/* `type_at` bytes of tag, then a type (or, where `or_length`, an 802.3
 * length), then the payload. */
static nt_outcome tagged(nt_decoder *d, nt_view v, uint32_t type_at, bool or_length) {
  if (!nt_has(v, type_at, 2)) return NT_CUT;
  uint16_t type = nt_be16(v.data + type_at);
  nt_skip(&v, type_at + 2);
  if (or_length) return nt_type_or_length(d, type, v);
  nt_ethertype(d, type, v);
  return NT_TAKEN;
}

/* IEEE 802.1Q. The outermost VLAN is part of the identity of fragments
 * between private addresses. */
nt_outcome nt_vlan(nt_decoder *d, nt_view v) {
  enum { MAX_TAGS = 20 };
  nt_mark(d, NT_STOP_VLAN, v);
  if (!nt_has(v, 0, 2)) return NT_CUT;
  if (d->vlan == 0) d->vlan = nt_be16(v.data) & 0xfff;
  if (d->vlan_tags >= MAX_TAGS) return NT_TAKEN;
  d->vlan_tags++;
  return tagged(d, v, 2, true);
}

/* IEEE 802.1ah: a service tag, the customer's addresses (which tshark does not call eth.src), the
 * type. */
nt_outcome nt_backbone_tag(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_BACKBONE_TAG, v);
  return tagged(d, v, 16, false);
}

nt_outcome nt_provider_tag(nt_decoder *d, nt_view v) { /* IEEE 802.1ad */
  enum { PROVIDER = 0x88a8, BACKBONE = 0x88e7 };
  nt_mark(d, NT_STOP_PROVIDER_TAG, v);
  if (!nt_has(v, 0, 4)) return NT_CUT;
  uint16_t type = nt_be16(v.data + 2);
  if (type == PROVIDER) return tagged(d, v, 6, false);
  if (type != BACKBONE) return tagged(d, v, 2, false);
  nt_skip(&v, 4);
  return nt_backbone_tag(d, v);
}

nt_outcome nt_redundancy_tag(nt_decoder *d, nt_view v) { /* IEEE 802.1CB */
  nt_mark(d, NT_STOP_REDUNDANCY_TAG, v);
  return tagged(d, v, 4, false);
}
nt_outcome nt_hsr(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_HSR, v);
  return tagged(d, v, 4, false);
} /* IEC 62439-3 */
nt_outcome nt_vntag(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_VNTAG, v);
  return tagged(d, v, 4, true);
}
nt_outcome nt_etag(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_ETAG, v);
  return tagged(d, v, 6, false);
} /* IEEE 802.1BR */
nt_outcome nt_vmware_lab(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_VMWARE_LAB, v);
  return tagged(d, v, 22, false);
}

nt_outcome nt_cisco_metadata(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_CISCO_METADATA, v);
  return tagged(d, v, 6, false);
}

nt_outcome nt_gigamon(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_GIGAMON, v);
  if (!nt_has(v, 0, 1)) return NT_CUT;
  return tagged(d, v, v.data[0], true);
}

nt_outcome nt_arista(nt_decoder *d, nt_view v) { /* a time stamp: 64 or 48 bits */
  nt_mark(d, NT_STOP_ARISTA, v);
  if (!nt_has(v, 0, 2)) return NT_CUT;
  if (nt_be16(v.data) != 1) return tagged(d, v, 2, false);
  if (!nt_has(v, 2, 2)) return NT_CUT;
  switch (nt_be16(v.data + 2)) {
  case 0x010:
  case 0x110:
    return tagged(d, v, 12, false);
  case 0x020:
  case 0x120:
    return tagged(d, v, 10, false);
  default:
    return NT_TAKEN;
  }
}

/* IEEE 802.1AE; authenticated only, not encrypted. */
nt_outcome nt_macsec(nt_decoder *d, nt_view v) {
  enum { VERSION = 0x80, CHANNEL = 0x20, ENCRYPTED = 0x08, CHANGED = 0x04, CHECK_VALUE = 16 };
  if (!nt_has(v, 0, 1)) return NT_CUT;
  uint8_t control = v.data[0];
  uint32_t tag = control & CHANNEL ? 14 : 6;
  if (control & VERSION || v.captured <= tag + CHECK_VALUE) return NT_REJECTED;
  nt_mark(d, NT_STOP_MACSEC, v);
  if (control & (ENCRYPTED | CHANGED)) return NT_TAKEN;
  return tagged(d, v, tag, false);
}

nt_outcome nt_rtmac(nt_decoder *d, nt_view v) { /* RTnet: type, version, flags */
  enum { TUNNEL = 1 };
  nt_mark(d, NT_STOP_RTMAC, v);
  if (!nt_has(v, 0, 4)) return NT_CUT;
  uint16_t type = nt_be16(v.data);
  bool leads_on = v.data[2] == 1 || v.data[3] & TUNNEL;
  nt_skip(&v, 4);
  return leads_on ? nt_ethertype(d, type, v) : NT_TAKEN;
}

/* ---------------------------------------------------------------- shims before a whole frame */

nt_outcome nt_trill(nt_decoder *d, nt_view v) { /* RFC 6325 */
  nt_mark(d, NT_STOP_TRILL, v);
  if (!nt_has(v, 0, 2)) return NT_CUT;
  uint32_t options = (nt_be16(v.data) >> 6 & 31) * 4u;
  return nt_skip(&v, 6 + options) ? nt_enter(d, nt_ethernet, v) : NT_CUT;
}

nt_outcome nt_extreme_header(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_EXTREME_HEADER, v);
  return nt_skip(&v, 38) ? nt_enter(d, nt_ethernet, v) : NT_CUT;
}

nt_outcome nt_nsh(nt_decoder *d, nt_view v) { /* RFC 8300 */
  static const nt_numbered_layer next_protocols[] = {
      {1, nt_ip}, {2, nt_ipv6}, {3, nt_ethernet}, {4, nt_nsh}, {5, nt_mpls}};
  nt_mark(d, NT_STOP_NSH, v);
  if (!nt_has(v, 0, 8)) return NT_CUT;
  uint32_t size = (v.data[1] & 63) * 4u;
  uint8_t metadata = v.data[2], next = v.data[3];
  if (metadata == 1) size = 24;
  if (metadata == 2 && size < 8) size = 8;
  if (size < 4) size = 4;
  if (metadata == 1 && !nt_has(v, 0, size)) return NT_CUT;
  for (uint32_t at = 8;
       metadata == 2 && at < size;) { /* class, type, length, value filled to four bytes */
    if (!nt_has(v, at, 4)) return NT_CUT;
    uint32_t value = v.data[at + 3] & 0x7f;
    if (!nt_has(v, at + 4, value)) return NT_CUT;
    at += 4 + ((value + 3) & ~3u);
  }
  if (!nt_skip(&v, size)) return NT_TAKEN;
  nt_layer layer =
      nt_find_layer(next_protocols, sizeof next_protocols / sizeof *next_protocols, next);
  return layer && v.captured ? nt_enter(d, layer, v) : NT_TAKEN;
}
