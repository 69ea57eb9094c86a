/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Frame builders: put the payload at its offset, then the headers in front of it. Every checksum is
 * valid, frames are padded to the 60 bytes of Ethernet; each call returns the frame's length.
 */
#ifndef NT_SYNTHESISER_FRAME_H
#define NT_SYNTHESISER_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "host.h"

enum {
  NT_FRAME_MAX = 1514,
  NT_IP_OFFSET = 14,
  NT_L4_OFFSET = 34,
  NT_UDP_PAYLOAD = 42,
  NT_UDP6_PAYLOAD = 62,
  NT_ICMP_PAYLOAD = 42, /* behind type, code, checksum and 4 bytes of rest */
  NT_UDP_MAX = NT_FRAME_MAX - NT_UDP_PAYLOAD
};

enum { NT_FIN = 1, NT_SYN = 2, NT_RST = 4, NT_PSH = 8, NT_ACK = 16, NT_URG = 32 };

static inline void nt_put16(uint8_t *p, uint32_t v) {
  p[0] = (uint8_t)(v >> 8);
  p[1] = (uint8_t)v;
}
static inline void nt_put32(uint8_t *p, uint32_t v) {
  nt_put16(p, v >> 16);
  nt_put16(p + 2, v);
}
static inline uint32_t nt_frame_get16(const uint8_t *p) {
  return (uint32_t)p[0] << 8 | p[1];
}
static inline uint32_t nt_frame_get32(const uint8_t *p) {
  return nt_frame_get16(p) << 16 | nt_frame_get16(p + 2);
}

/* RFC 1071 over count bytes, `sum` carried in; folded and complemented by nt_checksum_end. */
uint64_t nt_checksum_add(uint64_t sum, const uint8_t *bytes, size_t count);
uint16_t nt_checksum_end(uint64_t sum);

typedef struct nt_tcp_header {
  uint16_t source, target; /* ports */
  uint32_t seq, ack;
  uint8_t flags;
  uint16_t window;
  uint16_t id;           /* IP identification */
  uint8_t option_length; /* multiple of 4, at most 40 */
  uint8_t options[40];
} nt_tcp_header;

static inline size_t nt_tcp_payload_offset(const nt_tcp_header *h) {
  return NT_L4_OFFSET + 20u + h->option_length;
}

size_t nt_frame_tcp(uint8_t *frame, const nt_host *from, const nt_host *to, const nt_tcp_header *h,
                    size_t payload);
size_t nt_frame_udp(uint8_t *frame, nt_host *from, uint16_t source, const nt_host *to,
                    uint16_t target, size_t payload);
size_t nt_frame_udp6(uint8_t *frame, const nt_host *from, uint16_t source, const nt_host *to,
                     uint16_t target, size_t payload);
/* rest: the 32 bits behind the checksum (echo: identifier, sequence number). */
size_t nt_frame_icmp(uint8_t *frame, nt_host *from, const nt_host *to, uint8_t type, uint8_t code,
                     uint32_t rest, size_t payload);
/* The ICMPv6 message (from its type on, checksum field zero) lies at offset 54. */
size_t nt_frame_icmp6(uint8_t *frame, const uint8_t *eth_dst, const nt_host *from,
                      const uint8_t *ip6_dst, size_t length);
/* request: broadcast who-has target_ip; reply: unicast to `to`. claimed: the address said to be at
 * from. */
size_t nt_frame_arp(uint8_t *frame, const nt_host *from, const uint8_t claimed_ip[4],
                    const nt_host *to, const uint8_t target_ip[4], int reply);

#endif
