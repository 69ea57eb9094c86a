/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flows, and what names them: the community ID (version 1, Corelight's specification: "1:" and the
 * base64 of a SHA-1 over seed, addresses, protocol and ports, the lower endpoint first), and a number
 * of 51 bits as Suricata's flow_id is one. Both are the same in both directions.
 */
#ifndef NT_COMMUNITY_ID_H
#define NT_COMMUNITY_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

typedef struct nt_tuple {
  uint8_t version;          /* 4, 6; 0: none of the rest counts */
  uint8_t protocol;         /* of IP: 6 TCP, 17 UDP, ... */
  bool has_ports;           /* TCP, UDP, UDP-Lite, SCTP; of ICMP its type and code stand for them */
  uint8_t src[16], dst[16]; /* IPv4: the first four bytes, the rest zero */
  uint16_t src_port, dst_port; /* ICMP: type, code */
} nt_tuple;

enum { NT_COMMUNITY_ID = 31, NT_ENDPOINT = 56 };

/* The same for both directions of a conversation (of ICMP: of a request and its reply), zero beyond
 * what counts: what a table of flows is keyed with. */
typedef struct nt_flow_key {
  uint8_t low[16], high[16];
  uint16_t low_port, high_port;
  uint8_t version, protocol;
  uint8_t has_ports;
  uint8_t unused;
} nt_flow_key;

nt_flow_key nt_flow_key_of(const nt_tuple *flow);

/* Fills text[NT_COMMUNITY_ID] of a flow whose version is not 0; "" where SHA-1 is not to be had. */
void nt_community_id(const nt_tuple *flow, uint16_t seed, char *text);

/* Below 2^51, so that it is exact in a double. */
uint64_t nt_flow_id(const nt_tuple *flow);

/* "10.0.0.1:53", "[2001:db8::1]:53", an address alone where there are no ports, in
 * text[NT_ENDPOINT]. */
void nt_endpoint_text(const nt_tuple *flow, bool dst, char *text);
/* An address alone. */
void nt_address_text(const nt_tuple *flow, bool dst, char *text);

#endif
