/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "frame.h"

#include <string.h>

uint64_t nt_checksum_add(uint64_t sum, const uint8_t *bytes, size_t count) {
  /* Sum of 32-bit words in whatever byte order the machine has: RFC 1071 section 2(B). */
  while (count >= 16) {
    uint32_t w[4];
    memcpy(w, bytes, 16);
    sum += (uint64_t)w[0] + w[1] + w[2] + w[3];
    bytes += 16;
    count -= 16;
  }
  while (count >= 2) {
    uint16_t w;
    memcpy(&w, bytes, 2);
    sum += w;
    bytes += 2;
    count -= 2;
  }
  if (count) {
    uint16_t w = 0;
    memcpy(&w, bytes, 1);
    sum += w;
  }
  return sum;
}

/* In memory order: to be stored with memcpy. */
uint16_t nt_checksum_end(uint64_t sum) {
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)~sum;
}

static void store_checksum(uint8_t *at, uint64_t sum) {
  uint16_t value = nt_checksum_end(sum);
  memcpy(at, &value, 2);
}

/* The pseudo header's protocol and length, as the sum of two 16-bit words in memory order. */
static uint64_t pseudo(uint8_t protocol, size_t length) {
  uint8_t words[4];
  nt_put16(words, protocol);
  nt_put16(words + 2, (uint32_t)length);
  return nt_checksum_add(0, words, 4);
}

static void pad(uint8_t *frame, size_t *length) {
  if (*length < 60) {
    memset(frame + *length, 0, 60 - *length);
    *length = 60;
  }
}

static void ethernet(uint8_t *frame, const nt_host *from, const nt_host *to, uint16_t type) {
  if (!to->group)
    memcpy(frame, nt_host_wire_mac(to), 6);
  else if (to->ip[0] >= 224 && to->ip[0] < 240) { /* RFC 1112 section 6.4 */
    const uint8_t mac[6] = {1, 0, 0x5e, to->ip[1] & 127, to->ip[2], to->ip[3]};
    memcpy(frame, mac, 6);
  } else
    memset(frame, 0xff, 6);
  memcpy(frame + 6, nt_host_wire_mac(from), 6);
  nt_put16(frame + 12, type);
}

static uint8_t ttl_at_mirror(const nt_host *from, const nt_host *to) {
  if (to->group && to->ip[0] >= 224 && to->ip[0] < 240) return to->ip[3] == 251 ? 255 : 4;
  return from->via ? (uint8_t)(from->stack->ttl - from->hops) : from->stack->ttl;
}

/* Ethernet and IPv4 headers for `length` bytes at NT_L4_OFFSET; returns the pseudo header's sum. */
static uint64_t ipv4(uint8_t *frame, const nt_host *from, const nt_host *to, uint8_t protocol,
                     uint16_t id, size_t length) {
  ethernet(frame, from, to, 0x0800);
  uint8_t *ip = frame + NT_IP_OFFSET;
  ip[0] = 0x45;
  ip[1] = 0;
  nt_put16(ip + 2, (uint32_t)length + 20);
  nt_put16(ip + 4, id);
  nt_put16(ip + 6, from->stack->df ? 0x4000 : 0);
  ip[8] = ttl_at_mirror(from, to);
  ip[9] = protocol;
  nt_put16(ip + 10, 0);
  memcpy(ip + 12, from->ip, 4);
  memcpy(ip + 16, to->ip, 4);
  store_checksum(ip + 10, nt_checksum_add(0, ip, 20));
  return nt_checksum_add(pseudo(protocol, length), ip + 12, 8);
}

size_t nt_frame_tcp(uint8_t *frame, const nt_host *from, const nt_host *to, const nt_tcp_header *h,
                    size_t payload) {
  size_t header = 20u + h->option_length, length = header + payload;
  uint64_t sum = ipv4(frame, from, to, 6, h->id, length);
  uint8_t *tcp = frame + NT_L4_OFFSET;
  nt_put16(tcp, h->source);
  nt_put16(tcp + 2, h->target);
  nt_put32(tcp + 4, h->seq);
  nt_put32(tcp + 8, h->ack);
  tcp[12] = (uint8_t)(header / 4 << 4);
  tcp[13] = h->flags;
  nt_put16(tcp + 14, h->window);
  nt_put32(tcp + 16, 0);
  memcpy(tcp + 20, h->options, h->option_length);
  store_checksum(tcp + 16, nt_checksum_add(sum, tcp, length));
  length += NT_L4_OFFSET;
  pad(frame, &length);
  return length;
}

/* A UDP checksum that comes out as zero is sent as all ones (RFC 768). */
static void finish_udp(uint8_t *udp, uint64_t sum, uint16_t source, uint16_t target,
                       size_t length) {
  nt_put16(udp, source);
  nt_put16(udp + 2, target);
  nt_put16(udp + 4, (uint32_t)length);
  nt_put16(udp + 6, 0);
  store_checksum(udp + 6, nt_checksum_add(sum, udp, length));
  if (!udp[6] && !udp[7]) nt_put16(udp + 6, 0xffff);
}

size_t nt_frame_udp(uint8_t *frame, nt_host *from, uint16_t source, const nt_host *to,
                    uint16_t target, size_t payload) {
  size_t length = 8 + payload;
  uint64_t sum = ipv4(frame, from, to, 17, from->next_id++, length);
  finish_udp(frame + NT_L4_OFFSET, sum, source, target, length);
  length += NT_L4_OFFSET;
  pad(frame, &length);
  return length;
}

static uint64_t ipv6(uint8_t *frame, const uint8_t *eth_dst, const nt_host *from,
                     const uint8_t *ip6_dst, uint8_t protocol, size_t length) {
  memcpy(frame, eth_dst, 6);
  memcpy(frame + 6, from->mac, 6);
  nt_put16(frame + 12, 0x86dd);
  uint8_t *ip = frame + NT_IP_OFFSET;
  nt_put32(ip, 0x60000000);
  nt_put16(ip + 4, (uint32_t)length);
  ip[6] = protocol;
  ip[7] = 255; /* neighbour discovery and mDNS ask for it (RFC 4861, RFC 6762 section 11) */
  memcpy(ip + 8, from->ip6, 16);
  memcpy(ip + 24, ip6_dst, 16);
  return nt_checksum_add(pseudo(protocol, length), ip + 8, 32);
}

size_t nt_frame_udp6(uint8_t *frame, const nt_host *from, uint16_t source, const nt_host *to,
                     uint16_t target, size_t payload) {
  static const uint8_t group_mac[6] = {0x33, 0x33, 0, 0, 0, 0xfb};
  static const uint8_t group[16] = {0xff, 2, [15] = 0xfb}; /* mDNS: the one UDP group used here */
  size_t length = 8 + payload;
  uint64_t sum =
      ipv6(frame, to->group ? group_mac : to->mac, from, to->group ? group : to->ip6, 17, length);
  finish_udp(frame + 54, sum, source, target, length);
  return 54 + length;
}

size_t nt_frame_icmp6(uint8_t *frame, const uint8_t *eth_dst, const nt_host *from,
                      const uint8_t *ip6_dst, size_t length) {
  uint64_t sum = ipv6(frame, eth_dst, from, ip6_dst, 58, length);
  store_checksum(frame + 56, nt_checksum_add(sum, frame + 54, length));
  return 54 + length;
}

size_t nt_frame_icmp(uint8_t *frame, nt_host *from, const nt_host *to, uint8_t type, uint8_t code,
                     uint32_t rest, size_t payload) {
  size_t length = 8 + payload;
  ipv4(frame, from, to, 1, from->next_id++, length);
  uint8_t *icmp = frame + NT_L4_OFFSET;
  icmp[0] = type;
  icmp[1] = code;
  nt_put16(icmp + 2, 0);
  nt_put32(icmp + 4, rest);
  store_checksum(icmp + 2, nt_checksum_add(0, icmp, length));
  length += NT_L4_OFFSET;
  pad(frame, &length);
  return length;
}

size_t nt_frame_arp(uint8_t *frame, const nt_host *from, const uint8_t claimed_ip[4],
                    const nt_host *to, const uint8_t target_ip[4], int reply) {
  if (to)
    memcpy(frame, to->mac, 6);
  else
    memset(frame, 0xff, 6);
  memcpy(frame + 6, from->mac, 6);
  nt_put16(frame + 12, 0x0806);
  static const uint8_t kind[6] = {0, 1, 8, 0, 6, 4}; /* Ethernet, IPv4, address lengths */
  memcpy(frame + 14, kind, 6);
  nt_put16(frame + 20, reply ? 2 : 1);
  memcpy(frame + 22, from->mac, 6);
  memcpy(frame + 28, claimed_ip, 4);
  if (reply && to)
    memcpy(frame + 32, to->mac, 6);
  else
    memset(frame + 32, 0, 6);
  memcpy(frame + 38, target_ip, 4);
  size_t length = 42;
  pad(frame, &length);
  return length;
}
