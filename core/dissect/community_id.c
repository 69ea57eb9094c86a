/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "community_id.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

enum { ICMP = 1, ICMPV6 = 58, SHA1 = 20 };

static size_t address_size(const nt_tuple *flow) {
  return flow->version == 4 ? 4 : 16;
}

/* What answers an ICMP message of that type; -1: nothing does. */
static int answer_to(const nt_tuple *flow) {
  static const uint8_t icmp[][2] = {{0, 8},   {8, 0},   {9, 10},  {10, 9},  {13, 14},
                                    {14, 13}, {15, 16}, {16, 15}, {17, 18}, {18, 17}};
  static const uint8_t icmpv6[][2] = {{128, 129}, {129, 128}, {130, 131}, {131, 130},
                                      {133, 134}, {134, 133}, {135, 136}, {136, 135},
                                      {139, 140}, {140, 139}, {144, 145}, {145, 144}};
  bool six = flow->protocol == ICMPV6;
  size_t count = six ? sizeof icmpv6 / sizeof *icmpv6 : sizeof icmp / sizeof *icmp;
  for (size_t i = 0; i < count; i++) {
    const uint8_t *pair = six ? icmpv6[i] : icmp[i];
    if (pair[0] == flow->src_port) return pair[1];
  }
  return -1;
}

/* The flow with its lower endpoint first, as the specification orders them. */
static nt_tuple ordered(const nt_tuple *flow) {
  nt_tuple f = *flow;
  bool is_icmp = f.protocol == ICMP || f.protocol == ICMPV6;
  if (is_icmp && f.has_ports) {
    int answer = answer_to(flow);
    if (answer < 0) return f; /* it has one direction */
    f.dst_port = (uint16_t)answer;
  }
  int order = memcmp(f.src, f.dst, address_size(&f));
  if (order < 0 || (order == 0 && f.src_port <= f.dst_port)) return f;
  nt_tuple swapped = f;
  memcpy(swapped.src, f.dst, sizeof f.dst);
  memcpy(swapped.dst, f.src, sizeof f.src);
  swapped.src_port = f.dst_port;
  swapped.dst_port = f.src_port;
  return swapped;
}

nt_flow_key nt_flow_key_of(const nt_tuple *flow) {
  nt_tuple f = ordered(flow);
  nt_flow_key key;
  memset(&key, 0, sizeof key);
  memcpy(key.low, f.src, address_size(&f));
  memcpy(key.high, f.dst, address_size(&f));
  if (f.has_ports) {
    key.low_port = f.src_port;
    key.high_port = f.dst_port;
  }
  key.version = f.version;
  key.protocol = f.protocol;
  key.has_ports = f.has_ports;
  return key;
}

static void put16(uint8_t *to, uint16_t v) {
  to[0] = (uint8_t)(v >> 8);
  to[1] = (uint8_t)v;
}

void nt_community_id(const nt_tuple *flow, uint16_t seed, char *text) {
  nt_tuple f = ordered(flow);
  uint8_t bytes[2 + 32 + 2 + 4], digest[EVP_MAX_MD_SIZE];
  size_t size = address_size(&f), at = 2;
  put16(bytes, seed);
  memcpy(bytes + at, f.src, size);
  memcpy(bytes + at + size, f.dst, size);
  at += 2 * size;
  bytes[at++] = f.protocol;
  bytes[at++] = 0;
  if (f.has_ports) {
    put16(bytes + at, f.src_port);
    put16(bytes + at + 2, f.dst_port);
    at += 4;
  }
  unsigned length = 0;
  text[0] = '\0';
  if (!EVP_Digest(bytes, at, digest, &length, EVP_sha1(), NULL) || length != SHA1) return;
  memcpy(text, "1:", 2);
  EVP_EncodeBlock((unsigned char *)text + 2, digest, SHA1);
}

uint64_t nt_flow_id(const nt_tuple *flow) {
  enum { BITS = 51 };
  nt_flow_key key = nt_flow_key_of(flow);
  return XXH3_64bits(&key, sizeof key) >> (64 - BITS);
}

void nt_address_text(const nt_tuple *flow, bool dst, char *text) {
  text[0] = '\0';
  if (flow->version)
    inet_ntop(flow->version == 4 ? AF_INET : AF_INET6, dst ? flow->dst : flow->src, text,
              INET6_ADDRSTRLEN);
}

void nt_endpoint_text(const nt_tuple *flow, bool dst, char *text) {
  char address[INET6_ADDRSTRLEN];
  nt_address_text(flow, dst, address);
  bool ports = flow->has_ports && flow->protocol != ICMP && flow->protocol != ICMPV6;
  const char *form = !ports ? "%s" : flow->version == 6 ? "[%s]:%u" : "%s:%u";
  snprintf(text, NT_ENDPOINT, form, address, (unsigned)(dst ? flow->dst_port : flow->src_port));
}
