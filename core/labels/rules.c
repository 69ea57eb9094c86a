/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A leaf finds the flows that are open at a packet's time without looking at all of them: they are
 * sorted by `from`, and reach[i] is the latest `to` among flows 0..i. From the last flow that has
 * begun, walk back until reach says that nothing further back is still open.
 */
#include "rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct nt_rule {
  nt_rule_kind kind;
  size_t count;
  unsigned depth; /* 1: a leaf, or a group without children */
  union {
    nt_rule **children;
    struct {
      nt_flow *flows; /* by from, then to */
      double *reach;
    };
  };
};

/* ---------------------------------------------------------------- one flow, one packet */

static nt_protocol protocol_of(const nt_packet *p) {
  if (p->present & NT_HAS_ICMP_TYPE) return NT_PROTOCOL_ICMP;
  if (p->present & NT_HAS_TCP) return NT_PROTOCOL_TCP;
  if (p->present & NT_HAS_UDP) return NT_PROTOCOL_UDP;
  if (p->present & NT_HAS_ARP_OPCODE) return NT_PROTOCOL_ARP;
  if (p->present & (NT_HAS_IP | NT_HAS_IPV6)) return NT_PROTOCOL_IP;
  return NT_PROTOCOL_OTHER;
}

/* The address of that family on one side of the packet, or NULL. */
static const uint8_t *address_of(const nt_packet *p, nt_family family, int source) {
  switch (family) {
  case NT_FAMILY_ETHERNET:
    if (!(p->present & NT_HAS_ETH)) return NULL;
    return source ? p->eth_src : p->eth_dst;
  case NT_FAMILY_IPV4:
    if (p->present & NT_HAS_IP) return source ? p->ip_src : p->ip_dst;
    if (!(p->present & (source ? NT_HAS_ARP_SRC_IP : NT_HAS_ARP_DST_IP))) return NULL;
    return source ? p->arp_src_ip : p->arp_dst_ip;
  case NT_FAMILY_IPV6:
    if (!(p->present & NT_HAS_IPV6)) return NULL;
    return source ? p->ipv6_src : p->ipv6_dst;
  default:
    return NULL;
  }
}

static int same_prefix(const uint8_t *a, const uint8_t *b, unsigned bits) {
  if (memcmp(a, b, bits / 8) != 0) return 0;
  unsigned rest = bits % 8;
  return rest == 0 || ((a[bits / 8] ^ b[bits / 8]) >> (8 - rest)) == 0;
}

static int port_of(const nt_packet *p, nt_protocol protocol, int source) {
  if (protocol == NT_PROTOCOL_TCP) return source ? p->tcp_src : p->tcp_dst;
  if (protocol == NT_PROTOCOL_UDP) return source ? p->udp_src : p->udp_dst;
  return -1;
}

static int is_at(const nt_endpoint *end, const nt_packet *p, nt_protocol protocol, int source) {
  if (end->port >= 0 && port_of(p, protocol, source) != end->port) return 0;
  if (end->family == NT_FAMILY_ANY) return 1;
  const uint8_t *address = address_of(p, end->family, source);
  return address && same_prefix(address, end->address, end->prefix);
}

/* The time has been looked at by the caller. */
static int flow_takes(const nt_flow *f, const nt_packet *p, nt_protocol protocol, uint64_t number) {
  if (number < f->first || number > f->last) return 0;
  if (f->protocol != NT_PROTOCOL_ANY && f->protocol != protocol) return 0;
  if (is_at(&f->a, p, protocol, 1) && is_at(&f->b, p, protocol, 0)) return 1;
  return !f->directed && is_at(&f->a, p, protocol, 0) && is_at(&f->b, p, protocol, 1);
}

nt_flow nt_flow_everything(void) {
  nt_flow flow = {.from = -INFINITY, .to = INFINITY, .first = 1, .last = UINT64_MAX};
  flow.a.port = flow.b.port = -1;
  return flow;
}

/* ---------------------------------------------------------------- the tree */

static const unsigned family_bits[] = {
    [NT_FAMILY_ANY] = 0, [NT_FAMILY_ETHERNET] = 48, [NT_FAMILY_IPV4] = 32, [NT_FAMILY_IPV6] = 128};

static nt_status check_flow(const nt_flow *f, size_t i, nt_error *err) {
  if (!(f->from <= f->to))
    return nt_fail(err, NT_E_ARGUMENT, "flow %zu: from %.9f is not before to %.9f", i + 1, f->from,
                   f->to);
  if (f->first > f->last)
    return nt_fail(err, NT_E_ARGUMENT, "flow %zu: first packet %llu is after the last, %llu", i + 1,
                   (unsigned long long)f->first, (unsigned long long)f->last);
  const nt_endpoint *ends[] = {&f->a, &f->b};
  for (int e = 0; e < 2; e++)
    if (ends[e]->prefix > family_bits[ends[e]->family])
      return nt_fail(err, NT_E_ARGUMENT, "flow %zu: a prefix of %u bits, at most %u expected",
                     i + 1, ends[e]->prefix, family_bits[ends[e]->family]);
  return NT_OK;
}

static int by_time(const void *left, const void *right) {
  const nt_flow *a = left, *b = right;
  if (a->from != b->from) return a->from < b->from ? -1 : 1;
  return (a->to > b->to) - (a->to < b->to);
}

static nt_rule *new_rule(nt_rule_kind kind, nt_error *err) {
  nt_rule *rule = calloc(1, sizeof *rule);
  if (!rule) {
    nt_fail(err, NT_E_MEMORY, "a rule: out of memory");
    return NULL;
  }
  rule->kind = kind;
  rule->depth = 1;
  return rule;
}

nt_rule *nt_rule_flows(const nt_flow *flows, size_t n, nt_error *err) {
  for (size_t i = 0; i < n; i++)
    if (check_flow(&flows[i], i, err) != NT_OK) return NULL;
  nt_rule *rule = new_rule(NT_RULE_FLOWS, err);
  if (!rule || n == 0) return rule;
  rule->flows = calloc(n, sizeof *rule->flows);
  rule->reach = calloc(n, sizeof *rule->reach);
  if (!rule->flows || !rule->reach) {
    nt_rule_free(rule);
    nt_fail(err, NT_E_MEMORY, "%zu flows of a rule: out of memory", n);
    return NULL;
  }
  memcpy(rule->flows, flows, n * sizeof *flows);
  rule->count = n;
  qsort(rule->flows, n, sizeof *rule->flows, by_time);
  double latest = -INFINITY;
  for (size_t i = 0; i < n; i++) {
    latest = fmax(latest, rule->flows[i].to);
    rule->reach[i] = latest;
  }
  return rule;
}

nt_rule *nt_rule_group(nt_rule_kind kind, nt_error *err) {
  return new_rule(kind, err);
}

nt_status nt_rule_add(nt_rule *group, nt_rule *child, nt_error *err) {
  nt_status status = NT_OK;
  nt_rule **grown = NULL;
  if (group->kind == NT_RULE_FLOWS)
    status = nt_fail(err, NT_E_STATE, "a set of flows has no child rules");
  else if (child->depth + 1 > NT_RULE_MAX_DEPTH)
    status = nt_fail(err, NT_E_LIMIT, "a rule nested deeper than %d", NT_RULE_MAX_DEPTH);
  else if (!(grown = realloc(group->children, (group->count + 1) * sizeof *grown)))
    status = nt_fail(err, NT_E_MEMORY, "a rule: out of memory");
  if (status != NT_OK) {
    nt_rule_free(child);
    return status;
  }
  grown[group->count++] = child;
  group->children = grown;
  if (group->depth <= child->depth) group->depth = child->depth + 1;
  return NT_OK;
}

void nt_rule_free(nt_rule *rule) {
  if (!rule) return;
  if (rule->kind == NT_RULE_FLOWS) {
    free(rule->flows);
    free(rule->reach);
  } else {
    for (size_t i = 0; i < rule->count; i++) nt_rule_free(rule->children[i]);
    free(rule->children);
  }
  free(rule);
}

/* How many flows have begun at t: those before the first whose from > t. */
static size_t begun(const nt_rule *rule, double t) {
  size_t low = 0, high = rule->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (rule->flows[middle].from <= t)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* The flow that takes the packet and began last, among those with a name if `named`; or NULL. */
static const nt_flow *flow_of(const nt_rule *rule, const nt_packet *p, uint64_t number, int named) {
  nt_protocol protocol = protocol_of(p);
  for (size_t i = begun(rule, p->time); i > 0 && rule->reach[i - 1] >= p->time; i--) {
    const nt_flow *flow = &rule->flows[i - 1];
    if (flow->to >= p->time && (flow->attack || !named) && flow_takes(flow, p, protocol, number))
      return flow;
  }
  return NULL;
}

int nt_rule_takes(const nt_rule *rule, const nt_packet *packet, uint64_t number) {
  if (rule->kind == NT_RULE_FLOWS) return flow_of(rule, packet, number, 0) != NULL;
  int stop_at = rule->kind != NT_RULE_ALL; /* what one child must say to settle the group */
  for (size_t i = 0; i < rule->count; i++)
    if (nt_rule_takes(rule->children[i], packet, number) == stop_at)
      return rule->kind == NT_RULE_ANY;
  return rule->kind != NT_RULE_ANY;
}

uint16_t nt_rule_attack(const nt_rule *rule, const nt_packet *packet, uint64_t number) {
  if (rule->kind == NT_RULE_NONE) return 0;
  if (rule->kind == NT_RULE_FLOWS) {
    const nt_flow *flow = flow_of(rule, packet, number, 1);
    return flow ? flow->attack : 0;
  }
  uint16_t attack = 0;
  for (size_t i = 0; i < rule->count && attack == 0; i++)
    if (nt_rule_takes(rule->children[i], packet, number))
      attack = nt_rule_attack(rule->children[i], packet, number);
  return attack;
}
