/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "identity.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const uint8_t address_size[] = {0, 6, 4, 16};

static void set_addresses(nt_identity *id, uint8_t kind, const uint8_t *source,
                          const uint8_t *destination) {
  memset(id->source, 0, sizeof id->source);
  memset(id->destination, 0, sizeof id->destination);
  id->source_kind = id->destination_kind = kind;
  memcpy(id->source, source, address_size[kind]);
  memcpy(id->destination, destination, address_size[kind]);
}

static void set_ports(nt_identity *id, const nt_packet *p) {
  unsigned tcp = p->present & NT_HAS_TCP, udp = p->present & NT_HAS_UDP;
  id->port_kind = tcp && udp ? NT_PORT_TWO : NT_PORT_NUMBER;
  id->source_port[0] = tcp ? p->tcp_src : p->udp_src;
  id->destination_port[0] = tcp ? p->tcp_dst : p->udp_dst;
  if (tcp && udp) {
    id->source_port[1] = p->udp_src;
    id->destination_port[1] = p->udp_dst;
  }
}

/* ARP's two addresses are columns of their own: one may be there without the other. */
static void set_arp(nt_identity *id, const nt_packet *p) {
  static const uint8_t nothing[16];
  set_addresses(id, NT_ADDRESS_NONE, nothing, nothing);
  id->port_kind = NT_PORT_ARP;
  if (p->present & NT_HAS_ARP_SRC_IP) {
    id->source_kind = NT_ADDRESS_IPV4;
    memcpy(id->source, p->arp_src_ip, 4);
  }
  if (p->present & NT_HAS_ARP_DST_IP) {
    id->destination_kind = NT_ADDRESS_IPV4;
    memcpy(id->destination, p->arp_dst_ip, 4);
  }
  if (p->present & NT_HAS_ETH) memcpy(id->destination_mac, p->eth_dst, 6);
}

void nt_identity_of(const nt_packet *p, nt_identity *id) {
  memset(id, 0, sizeof *id);
  if (p->present & NT_HAS_ETH) {
    id->mac_kind = NT_ADDRESS_MAC;
    memcpy(id->source_mac, p->eth_src, 6);
  }
  if (p->present & NT_HAS_IP)
    set_addresses(id, NT_ADDRESS_IPV4, p->ip_src, p->ip_dst);
  else if (p->present & NT_HAS_IPV6)
    set_addresses(id, NT_ADDRESS_IPV6, p->ipv6_src, p->ipv6_dst);

  if (p->present & (NT_HAS_TCP | NT_HAS_UDP))
    set_ports(id, p);
  else if (p->present & NT_HAS_ARP_OPCODE)
    set_arp(id, p);
  else if (p->present & NT_HAS_ICMP_TYPE)
    id->port_kind = NT_PORT_ICMP;
  else if (id->source_kind == NT_ADDRESS_NONE && p->present & NT_HAS_ETH)
    set_addresses(id, NT_ADDRESS_MAC, p->eth_src, p->eth_dst);
}

/* ---------------------------------------------------------------- keys */

static void add_bytes(nt_key *key, const void *bytes, size_t size) {
  memcpy(key->bytes + key->size, bytes, size);
  key->size += size;
}

static void add_kind(nt_key *key, uint8_t kind, const void *bytes, size_t size) {
  key->bytes[key->size++] = (char)kind;
  add_bytes(key, bytes, size);
}

static void add_address_text(nt_key *key, uint8_t kind, const uint8_t *a) {
  char text[INET6_ADDRSTRLEN] = "";
  if (kind == NT_ADDRESS_MAC)
    snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", a[0], a[1], a[2], a[3], a[4],
             a[5]);
  else if (kind != NT_ADDRESS_NONE)
    inet_ntop(kind == NT_ADDRESS_IPV4 ? AF_INET : AF_INET6, a, text, sizeof text);
  add_bytes(key, text, strlen(text));
}

static void add_address(nt_key *key, uint8_t kind, const uint8_t *address) {
  if (key->form == NT_KEY_AS_TEXT)
    add_address_text(key, kind, address);
  else
    add_kind(key, kind, address, address_size[kind]);
}

void nt_key_add_mac(nt_key *key, const nt_identity *id, int end) {
  add_address(key, id->mac_kind, end == NT_SOURCE ? id->source_mac : id->destination_mac);
}

void nt_key_add_address(nt_key *key, const nt_identity *id, int end) {
  if (end == NT_SOURCE)
    add_address(key, id->source_kind, id->source);
  else
    add_address(key, id->destination_kind, id->destination);
}

void nt_key_add_port(nt_key *key, const nt_identity *id, int end) {
  const uint16_t *port = end == NT_SOURCE ? id->source_port : id->destination_port;
  if (key->form == NT_KEY_TYPED) {
    /* A MAC without a "port" is one stream, be it of ARP or of a frame without addresses (as in the
     * reference, whose keys are both times the MAC's text alone). */
    if (id->port_kind != NT_PORT_NONE) add_kind(key, id->port_kind, port, 2 * sizeof *port);
    return;
  }
  char text[16] = "";
  switch (id->port_kind) {
  case NT_PORT_NUMBER:
    snprintf(text, sizeof text, "%u", port[0]);
    break;
  case NT_PORT_TWO:
    snprintf(text, sizeof text, "%u%u", port[0], port[1]);
    break;
  case NT_PORT_ICMP:
    strcpy(text, "icmp");
    break;
  case NT_PORT_ARP:
    strcpy(text, "arp");
    break;
  default:
    break;
  }
  add_bytes(key, text, strlen(text));
}
