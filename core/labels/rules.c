/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A leaf finds the flow that takes a packet without looking at all of them, however many overlap. Flows that ask for the
 * same fields (protocol, prefixes of so many bits, ports) are of one shape; those of a shape that ask for the same values
 * are a group. A packet has one pattern of each shape and direction, so of each shape it concerns one or two groups, found
 * by bisection (tuple space search: Srinivasan, Suri, Varghese, "Packet classification using tuple space search",
 * SIGCOMM 1999). In a group, flows are sorted by `from`; an interval tree over them, whose nodes know the latest end
 * below, gives the last one to begin that is open.
 */
#include "rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What flows ask for, then the values. Compared as bytes, so it has no padding. */
typedef struct pattern {
  struct shape {
    uint8_t named, directed, timed, numbered;
    uint8_t has_protocol, has_port[2], family[2], prefix[2];
  } shape;
  uint8_t protocol;
  uint16_t port[2];
  uint8_t address[2][16]; /* of a, of b; 0 beyond the prefix */
} pattern;
_Static_assert(sizeof(pattern) == 48, "a pattern has no padding");

typedef struct flow_group {
  pattern pattern;
  size_t begin, end; /* in flows */
} flow_group;

/* Of a flow and those below it in the tree over its group. */
typedef struct reach {
  double to;            /* the latest */
  uint64_t first, last; /* the least, the greatest */
} reach;

struct nt_rule {
  nt_rule_kind kind;
  size_t count; /* of flows, or of children */
  size_t
      searches;   /* a packet leads to at most, in all leaves: shapes, at least one for each leaf */
  unsigned depth; /* 1: a leaf, or a group without children */
  union {
    nt_rule **children;
    struct {
      nt_flow *flows;     /* by pattern, from, to, first */
      reach *spans;       /* of each flow: of [begin, end) the root is in the middle */
      flow_group *groups; /* by pattern */
      size_t group_count;
      size_t *shapes; /* the first group of each; group_count at the end */
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

static int port_of(const nt_packet *p, nt_protocol protocol, int source) {
  if (protocol == NT_PROTOCOL_TCP) return source ? p->tcp_src : p->tcp_dst;
  if (protocol == NT_PROTOCOL_UDP) return source ? p->udp_src : p->udp_dst;
  return -1;
}

static void put_address(uint8_t *to, const uint8_t *address, unsigned bits) {
  memcpy(to, address, bits / 8);
  if (bits % 8) to[bits / 8] = (uint8_t)(address[bits / 8] & 0xff << (8 - bits % 8));
}

static pattern pattern_of_flow(const nt_flow *f) {
  const nt_endpoint *ends[] = {&f->a, &f->b};
  pattern p = {.shape = {.named = f->attack != 0,
                         .directed = f->directed != 0,
                         .timed = f->from > -INFINITY || f->to<INFINITY, .numbered = f->first> 1 ||
                                  f->last < UINT64_MAX,
                         .has_protocol = f->protocol != NT_PROTOCOL_ANY},
               .protocol = (uint8_t)f->protocol};
  for (int e = 0; e < 2; e++) {
    p.shape.family[e] = (uint8_t)ends[e]->family;
    p.shape.prefix[e] = (uint8_t)ends[e]->prefix;
    p.shape.has_port[e] = ends[e]->port >= 0;
    if (ends[e]->port >= 0) p.port[e] = (uint16_t)ends[e]->port;
    put_address(p.address[e], ends[e]->address, ends[e]->prefix);
  }
  return p;
}

/* The pattern that flows of that shape have which take the packet with a as its source, or as its destination; 0: the
 * packet lacks what they ask for. */
static int pattern_of_packet(const nt_packet *packet, const struct shape *shape, int a_sends,
                             pattern *p) {
  *p = (pattern){.shape = *shape};
  const nt_protocol protocol = protocol_of(packet);
  if (shape->has_protocol) p->protocol = (uint8_t)protocol;
  for (int e = 0; e < 2; e++) {
    const int source = (e == 0) == a_sends;
    if (shape->has_port[e]) {
      const int port = port_of(packet, protocol, source);
      if (port < 0) return 0;
      p->port[e] = (uint16_t)port;
    }
    if (shape->family[e] == NT_FAMILY_ANY) continue;
    const uint8_t *address = address_of(packet, (nt_family)shape->family[e], source);
    if (!address) return 0;
    put_address(p->address[e], address, shape->prefix[e]);
  }
  return 1;
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
    else if (ends[e]->port > UINT16_MAX)
      return nt_fail(err, NT_E_ARGUMENT, "flow %zu: port %d, at most 65535 expected", i + 1,
                     ends[e]->port);
  return NT_OK;
}

/* Which of two that take a packet is said to be it: the later. */
static int by_time(const nt_flow *a, const nt_flow *b) {
  if (a->from != b->from) return a->from < b->from ? -1 : 1;
  if (a->to != b->to) return a->to < b->to ? -1 : 1;
  return (a->first > b->first) - (a->first < b->first);
}

static int by_pattern(const void *left, const void *right) {
  const pattern a = pattern_of_flow(left), b = pattern_of_flow(right);
  const int order = memcmp(&a, &b, sizeof a);
  return order ? order : by_time(left, right);
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

/* Of the tree over flows [begin, end). */
static reach make_spans(nt_rule *rule, size_t begin, size_t end) {
  if (begin == end) return (reach){.to = -INFINITY, .first = UINT64_MAX, .last = 0};
  const size_t middle = begin + (end - begin) / 2;
  const nt_flow *flow = &rule->flows[middle];
  reach whole = {.to = flow->to, .first = flow->first, .last = flow->last};
  const reach below[] = {make_spans(rule, begin, middle), make_spans(rule, middle + 1, end)};
  for (int i = 0; i < 2; i++) {
    if (below[i].to > whole.to) whole.to = below[i].to;
    if (below[i].first < whole.first) whole.first = below[i].first;
    if (below[i].last > whole.last) whole.last = below[i].last;
  }
  return rule->spans[middle] = whole;
}

/* Groups and shapes of the sorted flows, into arrays that have room for one of each flow. */
static void divide(nt_rule *rule) {
  for (size_t i = 0; i < rule->count; i++) {
    const pattern p = pattern_of_flow(&rule->flows[i]);
    flow_group *last = rule->group_count ? &rule->groups[rule->group_count - 1] : NULL;
    if (!last || memcmp(&last->pattern, &p, sizeof p) != 0) {
      if (!last || memcmp(&last->pattern.shape, &p.shape, sizeof p.shape) != 0)
        rule->shapes[rule->searches++] = rule->group_count;
      last = &rule->groups[rule->group_count++];
      *last = (flow_group){.pattern = p, .begin = i};
    }
    last->end = i + 1;
  }
  rule->shapes[rule->searches] = rule->group_count;
}

/* A search in a group takes O(log n), unless its flows are limited in time and in packet numbers, too. */
static nt_status check_cost(const nt_rule *rule, nt_error *err) {
  if (rule->searches > NT_RULE_MAX_SEARCHES)
    return nt_fail(
        err, NT_E_LIMIT,
        "%zu flows that ask for %zu different sets of fields (protocol, bits of a prefix, "
        "ports, times): at most %d expected",
        rule->count, rule->searches, NT_RULE_MAX_SEARCHES);
  for (const flow_group *g = rule->groups; g < rule->groups + rule->group_count; g++)
    if (g->pattern.shape.timed && g->pattern.shape.numbered && g->end - g->begin > NT_RULE_MAX_BOTH)
      return nt_fail(
          err, NT_E_LIMIT,
          "%zu flows with equal ends, each limited in time and in packet numbers: at most "
          "%d expected, or one limit for each",
          g->end - g->begin, NT_RULE_MAX_BOTH);
  return NT_OK;
}

static nt_status fill_leaf(nt_rule *rule, const nt_flow *flows, size_t n, nt_error *err) {
  rule->searches = n == 0;
  if (n == 0) return NT_OK;
  rule->flows = calloc(n, sizeof *rule->flows);
  rule->spans = calloc(n, sizeof *rule->spans);
  rule->groups = calloc(n, sizeof *rule->groups);
  rule->shapes = calloc(n + 1, sizeof *rule->shapes);
  if (!rule->flows || !rule->spans || !rule->groups || !rule->shapes)
    return nt_fail(err, NT_E_MEMORY, "%zu flows of a rule: out of memory", n);
  memcpy(rule->flows, flows, n * sizeof *flows);
  rule->count = n;
  qsort(rule->flows, n, sizeof *rule->flows, by_pattern);
  divide(rule);
  for (size_t g = 0; g < rule->group_count; g++)
    make_spans(rule, rule->groups[g].begin, rule->groups[g].end);
  return check_cost(rule, err);
}

nt_rule *nt_rule_flows(const nt_flow *flows, size_t n, nt_error *err) {
  for (size_t i = 0; i < n; i++)
    if (check_flow(&flows[i], i, err) != NT_OK) return NULL;
  nt_rule *rule = new_rule(NT_RULE_FLOWS, err);
  if (rule && fill_leaf(rule, flows, n, err) != NT_OK) {
    nt_rule_free(rule);
    return NULL;
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
  else if (group->searches + child->searches > NT_RULE_MAX_SEARCHES)
    status = nt_fail(err, NT_E_LIMIT, "a rule of more than %d sets of flows", NT_RULE_MAX_SEARCHES);
  else if (!(grown = realloc(group->children, (group->count + 1) * sizeof *grown)))
    status = nt_fail(err, NT_E_MEMORY, "a rule: out of memory");
  if (status != NT_OK) {
    nt_rule_free(child);
    return status;
  }
  grown[group->count++] = child;
  group->children = grown;
  group->searches += child->searches;
  if (group->depth <= child->depth) group->depth = child->depth + 1;
  return NT_OK;
}

void nt_rule_free(nt_rule *rule) {
  if (!rule) return;
  if (rule->kind == NT_RULE_FLOWS) {
    free(rule->flows);
    free(rule->spans);
    free(rule->groups);
    free(rule->shapes);
  } else {
    for (size_t i = 0; i < rule->count; i++) nt_rule_free(rule->children[i]);
    free(rule->children);
  }
  free(rule);
}

/* The group of that pattern among those [low, high), which are of its shape; NULL: none. */
static const flow_group *group_of(const nt_rule *rule, const pattern *p, size_t low, size_t high) {
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const int order = memcmp(&rule->groups[middle].pattern, p, sizeof *p);
    if (order == 0) return &rule->groups[middle];
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

/* Of flows [begin, end), one tree, the last that is open at that time and packet number; or NULL. */
static const nt_flow *last_open(const nt_rule *rule, size_t begin, size_t end, double time,
                                uint64_t number) {
  if (begin == end) return NULL;
  const size_t middle = begin + (end - begin) / 2;
  const reach *below = &rule->spans[middle];
  if (below->to < time || below->first > number || below->last < number) return NULL;
  const nt_flow *flow = &rule->flows[middle];
  if (flow->from <= time) {
    const nt_flow *later = last_open(rule, middle + 1, end, time, number);
    if (later) return later;
    if (flow->to >= time && flow->first <= number && flow->last >= number) return flow;
  }
  return last_open(rule, begin, middle, time, number);
}

/* The flow that takes the packet and began last, among those with a name if `named`; or NULL. */
static const nt_flow *flow_of(const nt_rule *rule, const nt_packet *packet, uint64_t number,
                              int named) {
  const nt_flow *found = NULL;
  for (size_t s = 0; rule->count && s < rule->searches; s++) {
    const struct shape *shape = &rule->groups[rule->shapes[s]].pattern.shape;
    if (named && !shape->named) continue;
    for (int a_sends = 1; a_sends >= shape->directed; a_sends--) {
      pattern p;
      if (!pattern_of_packet(packet, shape, a_sends, &p)) continue;
      const flow_group *g = group_of(rule, &p, rule->shapes[s], rule->shapes[s + 1]);
      const nt_flow *flow = g ? last_open(rule, g->begin, g->end, packet->time, number) : NULL;
      if (flow && (!found || by_time(flow, found) > 0)) found = flow;
    }
  }
  return found;
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
