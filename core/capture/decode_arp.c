/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ARP (RFC 826) and its layouts for other hardware: ATM (RFC 2225), AX.25.
 */
#include "decode.h"

enum { HARDWARE_ETHERNET = 1, HARDWARE_AX25 = 3, HARDWARE_IEEE802 = 6, HARDWARE_ATM = 19 };
enum { PROTOCOL_IP = 0x0800, PROTOCOL_IP_AX25 = 0x00cc };

typedef struct addresses { /* where each stands and how long it is */
  uint32_t src_hw, src_ip, dst_hw, dst_ip, end;
  uint8_t hw_size, src_ip_size, dst_ip_size;
  bool mac;
  uint16_t protocol, opcode;
} addresses;

static bool is_ip(const addresses *a, uint8_t size) {
  return (a->protocol == PROTOCOL_IP || a->protocol == PROTOCOL_IP_AX25) && size == 4;
}

/* tshark takes addresses for its summary before it shows any: how much must be here? */
static uint32_t needed(const addresses *a, uint16_t hardware) {
  enum {
    REQUEST = 1,
    REPLY,
    REVERSE_REQUEST,
    REVERSE_REPLY,
    DYNAMIC_REQUEST,
    DYNAMIC_REPLY,
    INVERSE_REQUEST = 8,
    INVERSE_REPLY,
    NAK,
    LAST_MULTICAST = 23
  };
  if (hardware == HARDWARE_ATM || hardware == HARDWARE_AX25) return a->end;
  switch (a->opcode) {
  case REQUEST:
  case REPLY:
    return a->dst_ip_size ? a->end : 0;
  case REVERSE_REPLY:
  case DYNAMIC_REPLY:
    return a->end;
  case REVERSE_REQUEST:
  case DYNAMIC_REQUEST:
  case INVERSE_REQUEST:
    return a->dst_ip;
  default:
    return a->opcode >= INVERSE_REPLY && a->opcode <= LAST_MULTICAST && a->opcode != NAK ? a->dst_hw
                                                                                         : 0;
  }
}

static nt_outcome show(nt_decoder *d, nt_view v, const addresses *a) {
  enum { DYNAMIC_ERROR = 7 }; /* an error number in place of the address */
  nt_packet *packet = d->packet;
  const uint8_t *p = v.data;
  if (!nt_has(v, a->src_hw, a->hw_size)) return NT_CUT;
  if (a->mac) nt_put_field(d, NT_HAS_ARP_SRC_HW, packet->arp_src_mac, p + a->src_hw, 6);
  if (!nt_has(v, a->src_ip, a->src_ip_size)) return NT_CUT;
  if (is_ip(a, a->src_ip_size))
    nt_put_field(d, NT_HAS_ARP_SRC_IP, packet->arp_src_ip, p + a->src_ip, 4);
  if (!nt_has(v, a->dst_hw, a->hw_size)) return NT_CUT;
  if (a->mac) nt_put_field(d, NT_HAS_ARP_DST_HW, packet->arp_dst_mac, p + a->dst_hw, 6);
  if (!nt_has(v, a->dst_ip, a->dst_ip_size) || a->opcode == DYNAMIC_ERROR) return NT_CUT;
  if (is_ip(a, a->dst_ip_size))
    nt_put_field(d, NT_HAS_ARP_DST_IP, packet->arp_dst_ip, p + a->dst_ip, 4);
  return NT_TAKEN;
}

nt_outcome nt_arp(nt_decoder *d, nt_view v) {
  enum { HEADER = 8, ATM_HEADER = 12, ATM_LENGTH = 0x3f };
  nt_mark(d, NT_STOP_ARP, v);
  if (!nt_has(v, 0, HEADER)) return NT_CUT;
  const uint8_t *p = v.data;
  uint16_t hardware = nt_be16(p);
  addresses a = {.protocol = nt_be16(p + 2), .opcode = nt_be16(p + 6)};
  if (hardware ==
      HARDWARE_ATM) { /* two hardware addresses each side, every address with a length */
    if (!nt_has(v, 0, ATM_HEADER)) return NT_CUT;
    a.src_hw = ATM_HEADER;
    a.src_ip_size = p[8];
    a.dst_ip_size = p[11];
    a.src_ip = a.src_hw + (p[4] & ATM_LENGTH) + (p[5] & ATM_LENGTH);
    a.dst_hw = a.src_ip + a.src_ip_size;
    a.dst_ip = a.dst_hw + (p[9] & ATM_LENGTH) + (p[10] & ATM_LENGTH);
  } else {
    a.hw_size = p[4];
    a.src_ip_size = a.dst_ip_size = p[5];
    a.mac = (hardware == HARDWARE_ETHERNET || hardware == HARDWARE_IEEE802) && a.hw_size == 6;
    a.src_hw = HEADER;
    a.src_ip = a.src_hw + a.hw_size;
    a.dst_hw = a.src_ip + a.src_ip_size;
    a.dst_ip = a.dst_hw + a.hw_size;
  }
  a.end = a.dst_ip + a.dst_ip_size;
  bool opcode_first = hardware != HARDWARE_ATM && hardware != HARDWARE_AX25;
  uint32_t need = needed(&a, hardware);
  if (!opcode_first && (a.end > v.length || !nt_has(v, 0, need))) return NT_CUT;
  if (!(d->packet->present & NT_HAS_ARP_OPCODE)) d->packet->arp_opcode = a.opcode;
  d->packet->present |= NT_HAS_ARP_OPCODE;
  if (a.end > v.length) return NT_CUT;
  nt_narrow(&v, a.end);
  return nt_has(v, 0, need) ? show(d, v, &a) : NT_CUT;
}
