/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who talks to whom: what Kitsune's feature extractor reads of a packet besides its time and
 * length.
 *
 * Rules (Kitsune-py, FeatureExtractor.py; each line is tried only when those above did not apply):
 *     addresses   IPv4, else IPv6; ARP's protocol addresses; the MACs when there is nothing at all
 *     "port"      TCP and UDP port, their decimal texts joined; "arp" where there is an ARP opcode;
 *                 "icmp" where there is an ICMPv4 type; nothing
 * ARP and ICMP are looked at only where there is no port, the MACs only where there is no address,
 * port, ARP or ICMP. ARP replaces the addresses even by nothing (ARP for something else than IPv4).
 *
 * Keys are made of these in one of two forms:
 *     NT_KEY_AS_TEXT    what the reference concatenates: "10.0.0.1" "123" equals "10.0.0.11" "23"
 *     NT_KEY_TYPED   self-delimiting bytes: equal if and only if the tuples are
 * Neither distinguishes TCP and UDP (the reference does not), nor an ARP's IPv4 address and an
 * IPv4 header's.
 */
#ifndef NT_IDENTITY_H
#define NT_IDENTITY_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/packet.h>

enum { NT_ADDRESS_NONE, NT_ADDRESS_MAC, NT_ADDRESS_IPV4, NT_ADDRESS_IPV6 };
enum { NT_PORT_NONE, NT_PORT_NUMBER, NT_PORT_TWO, NT_PORT_ICMP, NT_PORT_ARP };

/* No padding, unused bytes zero: two packets have the same keys everywhere if these bytes are
 * equal. */
typedef struct nt_identity {
  uint8_t source_kind, destination_kind; /* NT_ADDRESS_* */
  uint8_t port_kind;                     /* NT_PORT_* */
  uint8_t mac_kind;                    /* NT_ADDRESS_MAC, or NT_ADDRESS_NONE without a link layer */
  uint8_t source[16], destination[16]; /* as many bytes as the kind has */
  uint8_t source_mac[6], destination_mac[6]; /* the destination's only where a key has it (ARP) */
  uint16_t source_port[2], destination_port[2]; /* [1] with NT_PORT_TWO only: TCP, UDP */
} nt_identity;
_Static_assert(sizeof(nt_identity) == 56, "nt_identity is compared and hashed as bytes");

/* O(1). */
void nt_identity_of(const nt_packet *packet, nt_identity *identity);

typedef enum nt_key_form { NT_KEY_AS_TEXT, NT_KEY_TYPED } nt_key_form;

/* A key under construction. Longest: two IPv6 addresses with two ports each, as text. */
typedef struct nt_key {
  nt_key_form form;
  size_t size;
  char bytes[144];
} nt_key;

enum { NT_SOURCE, NT_DESTINATION };

static inline void nt_key_start(nt_key *key, nt_key_form form) {
  key->form = form;
  key->size = 0;
}
/* Each appends one part of the identity's `end` to the key. */
void nt_key_add_mac(nt_key *key, const nt_identity *identity, int end);
void nt_key_add_address(nt_key *key, const nt_identity *identity, int end);
void nt_key_add_port(nt_key *key, const nt_identity *identity, int end);

#endif
