/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packets carried over TCP: OpenFlow, MSDP, GTP. Messages that begin and end within a segment only;
 * streams are not put together.
 */
#include "decode.h"

/* ---------------------------------------------------------------- OpenFlow 1.0, 1.3, 1.4, 1.5 */

enum { PACKET_IN = 10, PACKET_OUT = 13, OF_HEADER = 8 };

/* Skips a match: its length field counts neither itself's padding to eight bytes. */
static bool skip_match(nt_view *v) {
  if (!nt_has(*v, 0, 4)) return false;
  return nt_skip(v, (nt_be16(v->data + 2) + 7u) & ~7u);
}

static nt_outcome openflow_frame(nt_decoder *d, nt_view v) {
  return v.length ? nt_enter(d, nt_ethernet, v) : NT_TAKEN;
}

static nt_outcome openflow_1_0(nt_decoder *d, uint8_t type, nt_view v) {
  enum { NO_BUFFER = -1, OUTPUT = 0 };
  if (type == PACKET_IN) return nt_skip(&v, OF_HEADER + 10) ? nt_enter(d, nt_ethernet, v) : NT_CUT;
  if (!nt_has(v, 0, OF_HEADER + 12)) return NT_CUT;
  bool buffered = (int32_t)nt_be32(v.data + OF_HEADER) != NO_BUFFER;
  uint16_t action = nt_be16(v.data + OF_HEADER + 8), size = nt_be16(v.data + OF_HEADER + 10);
  if (action == OUTPUT) size = 8; /* tshark reads one action, whatever their number */
  if (!nt_skip(&v, OF_HEADER + 8 + (size < 4 ? 4u : size))) return NT_CUT;
  return buffered ? NT_TAKEN : nt_enter(d, nt_ethernet, v);
}

static nt_outcome openflow_1_3(nt_decoder *d, uint8_t version, uint8_t type, nt_view v) {
  enum { VERSION_1_5 = 6 };
  if (type == PACKET_IN) {
    if (!nt_skip(&v, OF_HEADER + 16) || !skip_match(&v) || !nt_skip(&v, 2)) return NT_CUT;
    return openflow_frame(d, v);
  }
  bool with_match = version == VERSION_1_5;
  uint32_t length_at = OF_HEADER + (with_match ? 4 : 8);
  if (!nt_has(v, length_at, 2)) return NT_CUT;
  uint32_t actions = nt_be16(v.data + length_at);
  if (!nt_skip(&v, length_at + (with_match ? 4 : 8))) return NT_CUT;
  if (with_match && !skip_match(&v)) return NT_CUT;
  return nt_skip(&v, actions) ? openflow_frame(d, v) : NT_CUT;
}

static nt_outcome openflow(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_OPENFLOW, v);
  while (v.length >= OF_HEADER) {
    if (!nt_has(v, 0, OF_HEADER)) return NT_CUT;
    uint8_t version = v.data[0], type = v.data[1];
    uint32_t length = nt_be16(v.data + 2);
    if (length < OF_HEADER || length > v.length) return NT_TAKEN;
    nt_view message = v;
    nt_narrow(&message, length);
    if (type == PACKET_IN || type == PACKET_OUT) {
      nt_outcome outcome = NT_TAKEN;
      if (version == 1) outcome = openflow_1_0(d, type, message);
      if (version >= 4 && version <= 6) outcome = openflow_1_3(d, version, type, message);
      if (outcome == NT_CUT && message.captured < message.length) return NT_CUT;
    }
    if (!nt_skip(&v, length)) return NT_CUT;
  }
  return NT_TAKEN;
}

/* ---------------------------------------------------------------- MSDP (RFC 3618) */

static nt_outcome msdp(nt_decoder *d, nt_view v) {
  enum { SOURCE_ACTIVE = 1, RESPONSE = 3 };
  nt_mark(d, NT_STOP_MSDP, v);
  while (v.length) {
    if (!nt_has(v, 0, 3)) return NT_CUT;
    uint8_t type = v.data[0];
    uint32_t length = nt_be16(v.data + 1);
    if (length < 3) return NT_TAKEN;
    if ((type == SOURCE_ACTIVE || type == RESPONSE) && length >= 8) {
      if (!nt_has(v, 3, 5)) return NT_CUT;
      nt_view packet = v;
      uint32_t entries = v.data[3] * 12u;
      nt_narrow(&packet, length);
      if (8 + entries < length) {
        if (!nt_skip(&packet, 8 + entries)) return NT_CUT;
        if (nt_enter(d, nt_ip, packet) == NT_CUT) return NT_CUT;
      }
    }
    if (!nt_skip(&v, length)) return NT_CUT;
  }
  return NT_TAKEN;
}

/* ---------------------------------------------------------------- ports */

nt_layer nt_stream_layer(uint16_t src, uint16_t dst) {
  static const nt_numbered_layer ports[] = {
      {639, msdp},      {2123, nt_gtp},   {2152, nt_gtp},
      {6633, openflow}, {6634, openflow}, {6653, openflow},
  };
  nt_layer found = NULL;
  uint16_t low = src < dst ? src : dst;
  for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
    if (ports[i].number == src || ports[i].number == dst)
      if (!found || ports[i].number == low) found = ports[i].layer;
  return found;
}
