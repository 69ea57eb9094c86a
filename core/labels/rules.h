/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Labels by rules: many captures come without a label for each packet, but with a text that says
 * who attacked whom and when. A rule is that text as a tree, evaluated on packet records.
 *
 * Its leaves are sets of flows. A flow says which packets it takes; whatever it leaves open takes
 * all:
 *
 *     during    from <= time <= to
 *     numbers   first <= packet number <= last (1-based, as Wireshark counts)
 *     protocol  see nt_protocol
 *     a, b      the two ends, each an address (with a prefix) and a port; in either direction
 *               unless `directed`: then a sends and b receives
 *
 * An attacker's address is a flow with one end, an event of a log a flow with a time alone. Inner
 * nodes combine: all of the children, any of them, none of them.
 *
 * An Ethernet address is looked for in the Ethernet header. An IPv4 address is looked for in the
 * IPv4 header, or in an ARP message's sender and target where there is no IPv4 header. IPv6: in the
 * IPv6 header.
 */
#ifndef NT_RULES_H
#define NT_RULES_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/capture.h>
#include <ninetails/error.h>
#include <ninetails/labels.h>
#include <ninetails/packet.h>

/* What a packet record shows of the protocol, each packet being one of these. */
typedef enum nt_protocol {
  NT_PROTOCOL_ANY,
  NT_PROTOCOL_ICMP, /* ICMP for IPv4, whatever it quotes */
  NT_PROTOCOL_TCP,
  NT_PROTOCOL_UDP,
  NT_PROTOCOL_ARP,
  NT_PROTOCOL_IP,   /* IPv4 or IPv6 with none of the above: IGMP, ICMPv6, fragments without ports */
  NT_PROTOCOL_OTHER /* neither IP nor ARP: LLDP, spanning tree, GOOSE */
} nt_protocol;

/* "any", "icmp", "tcp", "udp", "arp", "ip", "other" */
nt_status nt_protocol_from_name(const char *name, nt_protocol *protocol, nt_error *err);

typedef enum nt_family {
  NT_FAMILY_ANY,
  NT_FAMILY_ETHERNET,
  NT_FAMILY_IPV4,
  NT_FAMILY_IPV6
} nt_family;

typedef struct nt_endpoint {
  nt_family family; /* ANY: every address */
  uint8_t address[16];
  unsigned prefix; /* how many bits of the address count */
  int port;        /* of TCP or UDP; -1: every packet, with or without a port */
} nt_endpoint;

/* Fills family, address and prefix from "00:10:18:cb:8c:13", "192.168.10.0/24", "2001:db8::1";
 * port: -1. */
nt_status nt_endpoint_parse(const char *text, nt_endpoint *endpoint, nt_error *err);

typedef struct nt_flow {
  double from, to;      /* s since the epoch, both inside; -INFINITY, INFINITY */
  uint64_t first, last; /* packet numbers, both inside; 1, UINT64_MAX */
  nt_protocol protocol;
  nt_endpoint a, b;
  int directed;
  uint16_t attack; /* which attack its packets are of, from 1: an index into the caller's names; 0:
                      none that has a name */
} nt_flow;

nt_flow nt_flow_everything(void); /* takes every packet */

typedef enum nt_rule_kind { NT_RULE_FLOWS, NT_RULE_ALL, NT_RULE_ANY, NT_RULE_NONE } nt_rule_kind;

enum {
  NT_RULE_MAX_DEPTH = 16,
  /* Sets of fields that flows ask for, in all leaves together: each is a search for every packet. */
  NT_RULE_MAX_SEARCHES = 1024,
  NT_RULE_MAX_BOTH = 10000 /* flows with equal ends that are limited in time and packet numbers */
};

typedef struct nt_rule nt_rule;

/* A leaf, of a copy of n flows: takes what any of them takes, nothing when n is 0. NULL: out of
 * memory, or a flow whose from > to or first > last (or with a NaN), a prefix too long or a port
 * above 65535, of which the text says which flow; NT_E_LIMIT: above the limits here. O(n log n). */
nt_rule *nt_rule_flows(const nt_flow *flows, size_t n, nt_error *err);
/* An empty inner node, kind ALL, ANY or NONE. */
nt_rule *nt_rule_group(nt_rule_kind kind, nt_error *err);
/* Puts child under group, which owns it from then on (also when this fails). NT_E_LIMIT: deeper
 * than NT_RULE_MAX_DEPTH, or more than NT_RULE_MAX_SEARCHES. */
nt_status nt_rule_add(nt_rule *group, nt_rule *child, nt_error *err);
void nt_rule_free(nt_rule *rule);

/* 1 when the rule takes the packet, whose number is 1-based. A group without children takes
 * everything (ALL, NONE) or nothing (ANY). O(sets of fields x log n) for each leaf, however many of
 * its n flows are open at that time; plus NT_RULE_MAX_BOTH where flows are limited in both. */
int nt_rule_takes(const nt_rule *rule, const nt_packet *packet, uint64_t number);

/* Which attack a packet is of that the rule takes, 0: none with a name. Of several flows of a leaf
 * the one with a name that began last; of a group (ALL, ANY) the first child that takes the packet
 * and has a name for it; NONE has no names. The same cost. */
uint16_t nt_rule_attack(const nt_rule *rule, const nt_packet *packet, uint64_t number);

/*
 * One pass over a capture, just opened: labels->value[i] is NT_LABEL_EXCLUDED where `exclude` takes
 * packet i + 1, else 1 where `attack` does, else 0. Either may be NULL (takes nothing). names:
 * those that the flows' `attack` are indices into, each of 1 to `name_count`; labels->names has
 * those that occur. *labels is the caller's: nt_labels_done. NT_E_ARGUMENT: the input holds rows of
 * features, which have no addresses.
 */
nt_status nt_rules_label(nt_capture *capture, const nt_rule *attack, const nt_rule *exclude,
                         const char *const *names, size_t name_count, nt_labels *labels,
                         nt_error *err);

#endif
