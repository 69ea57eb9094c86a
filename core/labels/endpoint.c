/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses and protocols of rules, as people write them. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"

static int parse_ethernet(const char *text, uint8_t address[6]) {
  if (strlen(text) != 17) return 0;
  for (int i = 0; i < 6; i++, text += 3) {
    if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1])) return 0;
    if (i < 5 && text[2] != ':' && text[2] != '-') return 0;
    address[i] = (uint8_t)strtoul((char[]){text[0], text[1], '\0'}, NULL, 16);
  }
  return 1;
}

static int parse_prefix(const char *text, unsigned most, unsigned *prefix) {
  if (strlen(text) < 1 || strlen(text) > 3 || strspn(text, "0123456789") != strlen(text)) return 0;
  *prefix = (unsigned)atoi(text);
  return *prefix <= most;
}

nt_status nt_endpoint_parse(const char *text, nt_endpoint *endpoint, nt_error *err) {
  char address[64];
  const char *slash = strchr(text, '/');
  size_t length = slash ? (size_t)(slash - text) : strlen(text);
  unsigned bits = 0;
  *endpoint = (nt_endpoint){.port = -1};
  if (length < sizeof address) {
    memcpy(address, text, length);
    address[length] = '\0';
    if (parse_ethernet(address, endpoint->address))
      endpoint->family = NT_FAMILY_ETHERNET, bits = 48;
    else if (inet_pton(AF_INET, address, endpoint->address) == 1)
      endpoint->family = NT_FAMILY_IPV4, bits = 32;
    else if (inet_pton(AF_INET6, address, endpoint->address) == 1)
      endpoint->family = NT_FAMILY_IPV6, bits = 128;
  }
  endpoint->prefix = bits;
  if (bits > 0 && (!slash || parse_prefix(slash + 1, bits, &endpoint->prefix))) return NT_OK;
  return nt_fail(
      err, NT_E_ARGUMENT,
      "address '%.100s': expected an Ethernet, IPv4 or IPv6 address, with /BITS for a network",
      text);
}

nt_status nt_protocol_from_name(const char *name, nt_protocol *protocol, nt_error *err) {
  static const char *const names[] = {
      [NT_PROTOCOL_ANY] = "any",    [NT_PROTOCOL_ICMP] = "icmp", [NT_PROTOCOL_TCP] = "tcp",
      [NT_PROTOCOL_UDP] = "udp",    [NT_PROTOCOL_ARP] = "arp",   [NT_PROTOCOL_IP] = "ip",
      [NT_PROTOCOL_OTHER] = "other"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strcmp(name, names[i]) != 0) continue;
    *protocol = (nt_protocol)i;
    return NT_OK;
  }
  return nt_fail(err, NT_E_ARGUMENT,
                 "protocol '%.100s': expected any, icmp, tcp, udp, arp, ip or other", name);
}
