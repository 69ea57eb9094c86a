/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * IEEE 802.11 data frames and the radio headers in front of them. Nothing is decrypted.
 */
#include "decode.h"

typedef struct radio { /* what a radio header says of the frame */
  bool has_fcs;
  bool padded;  /* header filled up to four bytes */
  bool swapped; /* the two bytes of the frame control field */
} radio;

enum { TYPE_DATA = 2, SUBTYPE_NO_DATA = 4, SUBTYPE_QOS = 8 };
enum { TO_DS = 0x01, FROM_DS = 0x02, MORE_FRAGMENTS = 0x04, PROTECTED = 0x40, ORDER = 0x80 };

/* A mesh control field stands between header and payload if the payload's LLC header is then in its
 * place. */
static uint32_t mesh_control(nt_view v, uint32_t header, uint8_t flags, bool qos,
                             uint8_t qos_high) {
  enum { ADDRESS_EXTENSION = 3, QOS_MESH = 1 };
  if (!nt_has(v, header, 1) || !(flags & FROM_DS)) return 0;
  uint8_t mesh = v.data[header];
  uint32_t size = 6 + 6u * (mesh & ADDRESS_EXTENSION);
  if (mesh & ~ADDRESS_EXTENSION || mesh == ADDRESS_EXTENSION) return 0;
  if (nt_has(v, header, size + 2)) return nt_be16(v.data + header + size) == 0xaaaa ? size : 0;
  return qos && qos_high & QOS_MESH ? size : 0;
}

/* Aggregated MSDUs: addresses, length, LLC; each but the last filled up to four bytes. */
static nt_outcome aggregate(nt_decoder *d, nt_view v) {
  enum { HEADER = 14 };
  uint32_t at = 0;
  do {
    if (!nt_has(v, at, HEADER)) return NT_CUT;
    uint32_t length = nt_be16(v.data + at + 12);
    nt_view msdu = v;
    nt_skip(&msdu, at + HEADER);
    msdu.length = length;
    if (msdu.captured > length) msdu.captured = length;
    if (nt_enter(d, nt_llc, msdu) == NT_CUT) return NT_CUT;
    at = (at + HEADER + length + 3) & ~3u;
  } while (at <= v.captured && v.length - at > HEADER);
  return NT_TAKEN;
}

/* The payload should begin with an LLC header, but some drivers leave a whole Ethernet frame, or
 * two bytes. */
static nt_outcome payload(nt_decoder *d, nt_view v, const uint8_t *src, const uint8_t *dst,
                          uint16_t sequence) {
  if (!nt_has(v, 0, 2) || (v.data[0] == 0xaa && v.data[1] == 0xaa)) return nt_enter(d, nt_llc, v);
  const uint8_t *p = v.data;
  uint16_t type = nt_be16(p);
  if ((nt_has(v, 6, 6) && memcmp(p + 6, src, 6) == 0) ||
      (nt_has(v, 0, 6) && memcmp(p, dst, 6) == 0))
    return nt_enter(d, nt_ethernet, v);
  if (type == 0xffff) return NT_TAKEN; /* IPX */
  if (type == 0 && nt_has(v, 0, 18) && memcmp(p + 6, dst, 6) == 0 && memcmp(p + 12, src, 6) == 0) {
    nt_skip(&v, 6);
    return nt_enter(d, nt_ethernet, v);
  }
  if (type == 0 || nt_le16(p) == sequence) {
    nt_skip(&v, 2);
    return nt_enter(d, nt_llc, v);
  }
  if (type > 0x600 && nt_ethertype_leads_on(type)) {
    nt_skip(&v, 2);
    return nt_ethertype(d, type, v);
  }
  return nt_enter(d, nt_llc, v);
}

/* True: v is a whole payload now. A last fragment of which no other was seen counts as whole: some
 * drivers hand on frames put together under the last one's number. */
static bool put_frame_together(nt_decoder *d, const uint8_t *src, const uint8_t *dst,
                               uint16_t sequence, bool more, nt_view *v) {
  nt_fragment_key key = {.version = NT_IEEE80211, .id = sequence >> 4};
  memcpy(key.src, src, 6);
  memcpy(key.dst, dst, 6);
  if (!more && !nt_reassembly_waits(d->fragments, &key)) return true;
  nt_fragment fragment = {v->data, sequence & 15u, v->length, more, true};
  if (v->captured < v->length) fragment.data = NULL;
  return nt_put_together(d, &key, &fragment, v);
}

static nt_outcome wlan(nt_decoder *d, nt_view v, radio r) {
  enum { HEADER = 24, FOURTH_ADDRESS = 6, HT_CONTROL = 4, AGGREGATE = 0x80 };
  nt_mark(d, NT_STOP_WLAN, v);
  if (!nt_has(v, 0, 2)) return NT_CUT;
  uint8_t control = v.data[r.swapped], flags = v.data[!r.swapped];
  uint8_t version = control & 3, type = control >> 2 & 3, subtype = control >> 4;
  if (version != 0 || type != TYPE_DATA) return NT_TAKEN;
  uint32_t header =
      HEADER + ((flags & (TO_DS | FROM_DS)) == (TO_DS | FROM_DS) ? FOURTH_ADDRESS : 0);
  bool qos = subtype & SUBTYPE_QOS;
  uint8_t qos_low = 0, qos_high = 0;
  if (qos) {
    if (!nt_has(v, header, 2)) return NT_CUT;
    qos_low = v.data[header];
    qos_high = v.data[header + 1];
    header += 2 + (flags & ORDER ? HT_CONTROL : 0);
  }
  if (r.padded) header = (header + 3) & ~3u;
  header += mesh_control(v, header, flags, qos, qos_high);
  if (!nt_has(v, 0, header)) return NT_CUT;
  if (subtype & SUBTYPE_NO_DATA || flags & PROTECTED) return NT_TAKEN;
  const uint8_t *p = v.data;
  uint16_t sequence = nt_le16(p + 22);
  const uint8_t *dst = flags & TO_DS ? p + 16 : p + 4;
  const uint8_t *src = !(flags & FROM_DS) ? p + 10 : flags & TO_DS ? p + 24 : p + 16;
  if (r.has_fcs && v.length - header >= 4) nt_narrow(&v, v.length - 4);
  if (!nt_skip(&v, header)) return NT_CUT;
  bool more = flags & MORE_FRAGMENTS;
  if ((more || sequence & 15) && !put_frame_together(d, src, dst, sequence, more, &v))
    return NT_TAKEN;
  if (qos && qos_low & AGGREGATE && v.length > 4) return aggregate(d, v);
  return payload(d, v, src, dst, sequence);
}

nt_outcome nt_wlan(nt_decoder *d, nt_view v) {
  return wlan(d, v, (radio){0});
}
nt_outcome nt_wlan_without_fcs(nt_decoder *d, nt_view v) {
  return wlan(d, v, (radio){0});
}
nt_outcome nt_wlan_swapped(nt_decoder *d, nt_view v) {
  return wlan(d, v, (radio){.swapped = true});
}

/* ---------------------------------------------------------------- radio headers */

/* Radiotap: a bitmap of fields, which follow in its order, each aligned to its own size. */
enum { RADIOTAP_FLAGS = 1, RADIOTAP_EMPTY_PSDU = 26, RADIOTAP_FIELDS };

static const struct {
  uint8_t align, size;
} radiotap_fields[RADIOTAP_FIELDS] = {
    {8, 8}, {1, 1}, {1, 1}, {2, 4},  {2, 2},  {1, 1},  {1, 1},  {2, 2}, {2, 2},
    {2, 2}, {1, 1}, {1, 1}, {1, 1},  {1, 1},  {2, 2},  {2, 2},  {1, 1}, {1, 1},
    {4, 8}, {1, 3}, {4, 8}, {2, 12}, {8, 12}, {2, 12}, {2, 12}, {2, 6}, {1, 1},
};

/* Where a field of the first bitmap stands, 0 if it is not there. `at`: where the fields begin. */
static uint32_t radiotap_field(nt_view header, uint32_t present, uint32_t at, uint32_t field) {
  for (uint32_t i = 0; i <= field; i++) {
    if (!(present >> i & 1)) continue;
    at = (at + radiotap_fields[i].align - 1) & ~(radiotap_fields[i].align - 1u);
    if (!nt_has(header, at, radiotap_fields[i].size)) return 0;
    if (i == field) return at;
    at += radiotap_fields[i].size;
  }
  return 0;
}

nt_outcome nt_radiotap(nt_decoder *d, nt_view v) {
  enum { MORE = 31, WITH_FCS = 0x10, PADDED = 0x20 };
  nt_mark(d, NT_STOP_RADIOTAP, v);
  if (!nt_has(v, 0, 4)) return NT_CUT;
  uint8_t version = v.data[0];
  uint32_t length = nt_le16(v.data + 2), at = 4;
  if (length < 8) return NT_TAKEN;
  if (!nt_has(v, 0, length)) return NT_CUT;
  nt_view header = v;
  nt_narrow(&header, length);
  nt_skip(&v, length);
  radio r = {0};
  while (nt_has(header, at, 4) && nt_le32(header.data + at) >> MORE) at += 4;
  at += 4;
  if (version != 0 || at > length) return wlan(d, v, r); /* nothing can be known of the fields */
  uint32_t present = nt_le32(header.data + 4);
  uint32_t flags = radiotap_field(header, present, at, RADIOTAP_FLAGS);
  if (flags) {
    r.has_fcs = header.data[flags] & WITH_FCS;
    r.padded = header.data[flags] & PADDED;
  }
  if (radiotap_field(header, present, at, RADIOTAP_EMPTY_PSDU)) return NT_TAKEN;
  return wlan(d, v, r);
}

nt_outcome nt_avs(nt_decoder *d, nt_view v) {
  enum { MAGIC = (int)0x80211000u };
  nt_mark(d, NT_STOP_AVS, v);
  if (!nt_has(v, 0, 8)) return NT_CUT;
  uint32_t version = nt_be32(v.data) - (uint32_t)MAGIC, length = nt_be32(v.data + 4);
  if (version <= 2 && !nt_has(v, 0, 64)) return NT_CUT;
  return nt_skip(&v, length) ? nt_enter(d, nt_wlan, v) : NT_CUT;
}

nt_outcome nt_prism(nt_decoder *d, nt_view v) {
  enum { HEADER = 144, TYPE_1 = 0x41, TYPE_2 = 0x44 };
  nt_mark(d, NT_STOP_PRISM, v);
  if (!nt_has(v, 0, 4)) return NT_CUT;
  uint32_t code = nt_be32(v.data), swapped = nt_le32(v.data);
  if (code == 0x80211001 || code == 0x80211002) return nt_avs(d, v);
  if (code != TYPE_1 && code != TYPE_2 && swapped != TYPE_1 && swapped != TYPE_2)
    return nt_enter(d, nt_wlan, v);
  return nt_skip(&v, HEADER) ? nt_enter(d, nt_wlan, v) : NT_CUT;
}

/* Per-packet information: fields, then any link type. */
nt_outcome nt_ppi(nt_decoder *d, nt_view v) {
  enum {
    HEADER = 8,
    ALIGNED = 1,
    COMMON = 2,
    N_MAC = 3,
    N_MAC_PHY = 4,
    WITH_FCS = 1,
    AGGREGATE = 0x10,
    IEEE80211 = 105
  };
  nt_mark(d, NT_STOP_PPI, v);
  if (!nt_has(v, 0, HEADER)) return NT_CUT;
  uint8_t flags = v.data[1];
  uint32_t link_type = nt_le32(v.data + 4), at = HEADER;
  int64_t left = (int64_t)nt_le16(v.data + 2) - HEADER;
  radio r = {0};
  bool aggregated = false;
  while (left > 0) {
    if (!nt_has(v, at, 4)) return NT_CUT;
    uint32_t type = nt_le16(v.data + at), size = nt_le16(v.data + at + 2) + 4u;
    left -= size;
    if (!nt_has(v, at, size)) return NT_CUT;
    if (type == COMMON && size == 24) r.has_fcs = v.data[at + 12] & WITH_FCS;
    if ((type == N_MAC || type == N_MAC_PHY) && size >= 8) aggregated = v.data[at + 4] & AGGREGATE;
    at += size;
    if (flags & ALIGNED) at = (at + 3) & ~3u;
  }
  if (!nt_skip(&v, at)) return NT_CUT;
  if (aggregated) return NT_TAKEN;
  return link_type == IEEE80211 ? wlan(d, v, r) : nt_link_layer(d, link_type, v);
}
