/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labels by rules: every leaf and every combination, against packet records made by hand and the
 * plain definition on random ones. */
#include <math.h>
#include <stdint.h>

#include "labels/rules.h"
#include "check.h"

/* ---------------------------------------------------------------- packets to try */

static const uint8_t mac_a[6] = {0, 0x10, 0x18, 0xcb, 0x8c, 0x13}, mac_b[6] = {2, 0, 0, 0, 0, 1};

static nt_packet ethernet(double time) {
  nt_packet p = {.time = time, .length = 60, .present = NT_HAS_ETH};
  memcpy(p.eth_src, mac_a, 6);
  memcpy(p.eth_dst, mac_b, 6);
  return p;
}

static nt_packet tcp(double time, int from, int from_port, int to, int to_port) {
  nt_packet p = ethernet(time);
  p.present |= NT_HAS_IP | NT_HAS_TCP;
  memcpy(p.ip_src, (uint8_t[]){10, 0, 0, (uint8_t)from}, 4);
  memcpy(p.ip_dst, (uint8_t[]){10, 0, 0, (uint8_t)to}, 4);
  p.tcp_src = (uint16_t)from_port;
  p.tcp_dst = (uint16_t)to_port;
  return p;
}

static nt_endpoint endpoint(const char *text) {
  nt_endpoint e;
  nt_error err = {0};
  CHECK_OK(nt_endpoint_parse(text, &e, &err), err);
  return e;
}

static int flow_takes(const nt_flow *flow, nt_packet packet, uint64_t number) {
  nt_error err = {0};
  nt_rule *rule = nt_rule_flows(flow, 1, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(rule);
  int takes = nt_rule_takes(rule, &packet, number);
  nt_rule_free(rule);
  return takes;
}

/* ---------------------------------------------------------------- leaves */

static void test_everything(void) {
  nt_flow f = nt_flow_everything();
  CU_ASSERT_TRUE(flow_takes(&f, ethernet(0), 1));
  CU_ASSERT_TRUE(flow_takes(&f, ethernet(-1e9), UINT64_MAX));
}

static void test_interval_ends_are_inside(void) {
  nt_flow f = nt_flow_everything();
  f.from = 100.5;
  f.to = 200.25;
  CU_ASSERT_FALSE(flow_takes(&f, ethernet(nextafter(100.5, 0)), 1));
  CU_ASSERT_TRUE(flow_takes(&f, ethernet(100.5), 1));
  CU_ASSERT_TRUE(flow_takes(&f, ethernet(200.25), 1));
  CU_ASSERT_FALSE(flow_takes(&f, ethernet(nextafter(200.25, 300)), 1));
}

static void test_numbers_are_one_based(void) {
  nt_flow f = nt_flow_everything();
  f.first = 3;
  f.last = 5;
  for (uint64_t n = 1; n <= 7; n++)
    CU_ASSERT_EQUAL(flow_takes(&f, ethernet(0), n), n >= 3 && n <= 5);
}

static void test_ethernet_address(void) {
  nt_flow f = nt_flow_everything();
  f.a = endpoint("00:10:18:CB:8c:13");
  nt_packet p = ethernet(0);
  CU_ASSERT_TRUE(flow_takes(&f, p, 1));
  f.directed = 1;
  CU_ASSERT_TRUE(flow_takes(&f, p, 1));
  memcpy(p.eth_src, mac_b, 6);
  memcpy(p.eth_dst, mac_a, 6);
  CU_ASSERT_FALSE(flow_takes(&f, p, 1)); /* here the host receives */
  f.directed = 0;
  CU_ASSERT_TRUE(flow_takes(&f, p, 1));
  p.present = NT_HAS_IP; /* no Ethernet header: the bytes there mean nothing */
  CU_ASSERT_FALSE(flow_takes(&f, p, 1));
}

static void test_destination_only(void) {
  nt_flow f = nt_flow_everything();
  f.b = endpoint("10.0.0.2");
  f.directed = 1;
  CU_ASSERT_TRUE(flow_takes(&f, tcp(0, 1, 5, 2, 80), 1));
  CU_ASSERT_FALSE(flow_takes(&f, tcp(0, 2, 80, 1, 5), 1));
}

static void test_networks(void) {
  nt_flow f = nt_flow_everything();
  f.a = endpoint("10.0.0.128/25");
  CU_ASSERT_TRUE(flow_takes(&f, tcp(0, 200, 1, 3, 1), 1));
  CU_ASSERT_TRUE(flow_takes(&f, tcp(0, 3, 1, 128, 1), 1));
  CU_ASSERT_FALSE(flow_takes(&f, tcp(0, 3, 1, 127, 1), 1));
  f.a = endpoint("0.0.0.0/0"); /* any IPv4 address, but there must be one */
  CU_ASSERT_TRUE(flow_takes(&f, tcp(0, 3, 1, 127, 1), 1));
  CU_ASSERT_FALSE(flow_takes(&f, ethernet(0), 1));
}

static void test_arp_speaks_for_ipv4(void) {
  nt_flow f = nt_flow_everything();
  f.a = endpoint("10.0.0.7");
  nt_packet p = ethernet(0);
  p.present |= NT_HAS_ARP_OPCODE | NT_HAS_ARP_SRC_IP | NT_HAS_ARP_DST_IP;
  memcpy(p.arp_src_ip, (uint8_t[]){10, 0, 0, 1}, 4);
  memcpy(p.arp_dst_ip, (uint8_t[]){10, 0, 0, 7}, 4);
  CU_ASSERT_TRUE(flow_takes(&f, p, 1));
  f.directed = 1;
  CU_ASSERT_FALSE(flow_takes(&f, p, 1));
  f.directed = 0;
  p.present |= NT_HAS_IP; /* an IPv4 header comes first */
  CU_ASSERT_FALSE(flow_takes(&f, p, 1));
}

static void test_ipv6_address(void) {
  nt_flow f = nt_flow_everything();
  f.a = endpoint("2001:db8::/33");
  nt_packet p = ethernet(0);
  p.present |= NT_HAS_IPV6;
  memcpy(p.ipv6_dst, (uint8_t[16]){0x20, 1, 0x0d, 0xb8, 0x7f}, 16);
  CU_ASSERT_TRUE(flow_takes(&f, p, 1));
  p.ipv6_dst[4] = 0x80; /* the 33rd bit */
  CU_ASSERT_FALSE(flow_takes(&f, p, 1));
}

static void test_flow_with_ports(void) {
  nt_flow f = nt_flow_everything();
  f.a = endpoint("10.0.0.1");
  f.b = endpoint("10.0.0.2");
  f.b.port = 22;
  f.protocol = NT_PROTOCOL_TCP;
  CU_ASSERT_TRUE(flow_takes(&f, tcp(0, 1, 4000, 2, 22), 1));
  CU_ASSERT_TRUE(flow_takes(&f, tcp(0, 2, 22, 1, 4000), 1));  /* the answer */
  CU_ASSERT_FALSE(flow_takes(&f, tcp(0, 1, 22, 2, 4000), 1)); /* the port is the other end's */
  CU_ASSERT_FALSE(flow_takes(&f, tcp(0, 1, 4000, 3, 22), 1));
  nt_packet udp = tcp(0, 1, 0, 2, 0);
  udp.present = (udp.present & ~(uint32_t)NT_HAS_TCP) | NT_HAS_UDP;
  udp.udp_dst = 22;
  CU_ASSERT_FALSE(flow_takes(&f, udp, 1));
  f.protocol = NT_PROTOCOL_ANY;
  CU_ASSERT_TRUE(flow_takes(&f, udp, 1));
}

static void test_protocols(void) {
  static const struct {
    const char *name;
    uint32_t present;
  } cases[] = {
      {"icmp", NT_HAS_IP | NT_HAS_ICMP_TYPE | NT_HAS_TCP}, /* an ICMP error quotes a TCP packet */
      {"tcp", NT_HAS_IP | NT_HAS_TCP},
      {"udp", NT_HAS_IPV6 | NT_HAS_UDP},
      {"arp", NT_HAS_ETH | NT_HAS_ARP_OPCODE},
      {"ip", NT_HAS_IP},
      {"ip", NT_HAS_IPV6},
      {"other", NT_HAS_ETH}};
  static const char *const names[] = {"icmp", "tcp", "udp", "arp", "ip", "other"};
  nt_error err = {0};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    nt_packet p = {.present = cases[c].present};
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
      nt_flow f = nt_flow_everything();
      CHECK_OK(nt_protocol_from_name(names[n], &f.protocol, &err), err);
      CU_ASSERT_EQUAL(flow_takes(&f, p, 1), strcmp(names[n], cases[c].name) == 0);
    }
  }
  nt_protocol protocol;
  CU_ASSERT_EQUAL(nt_protocol_from_name("tpc", &protocol, &err), NT_E_ARGUMENT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "'tpc'"));
}

/* ---------------------------------------------------------------- groups */

static nt_rule *address_rule(const char *text) {
  nt_flow f = nt_flow_everything();
  f.a = endpoint(text);
  return nt_rule_flows(&f, 1, NULL);
}

static nt_rule *group_of(nt_rule_kind kind, const char *first, const char *second) {
  nt_error err = {0};
  nt_rule *group = nt_rule_group(kind, &err);
  CHECK_OK(nt_rule_add(group, address_rule(first), &err), err);
  CHECK_OK(nt_rule_add(group, address_rule(second), &err), err);
  return group;
}

static void test_groups(void) {
  /* Packets with both addresses 1 and 2, with one, with none. */
  nt_packet packets[3] = {tcp(0, 1, 1, 2, 1), tcp(0, 1, 1, 9, 1), tcp(0, 8, 1, 9, 1)};
  static const struct {
    nt_rule_kind kind;
    int takes[3], empty;
  } cases[] = {
      {NT_RULE_ALL, {1, 0, 0}, 1}, {NT_RULE_ANY, {1, 1, 0}, 0}, {NT_RULE_NONE, {0, 0, 1}, 1}};
  for (size_t c = 0; c < 3; c++) {
    nt_rule *group = group_of(cases[c].kind, "10.0.0.1", "10.0.0.2");
    nt_rule *empty = nt_rule_group(cases[c].kind, NULL);
    for (int i = 0; i < 3; i++)
      CU_ASSERT_EQUAL(nt_rule_takes(group, &packets[i], 1), cases[c].takes[i]);
    CU_ASSERT_EQUAL(nt_rule_takes(empty, &packets[0], 1), cases[c].empty);
    nt_rule_free(group);
    nt_rule_free(empty);
  }
}

/* The name is that of the last flow to begin for a leaf, of the first
 * child with a name for a group. */
static void test_names_of_attacks(void) {
  nt_flow flows[3] = {nt_flow_everything(), nt_flow_everything(), nt_flow_everything()};
  flows[0].from = 0, flows[0].to = 10, flows[0].attack = 1;
  flows[1].from = 5, flows[1].to = 20, flows[1].attack = 2;
  flows[2].from = 6, flows[2].to = 7;
  nt_rule *leaf = nt_rule_flows(flows, 3, NULL);
  static const struct {
    double time;
    uint16_t attack;
  } expected[] = {{-1, 0}, {0, 1}, {4, 1}, {5, 2}, {6.5, 2}, {10, 2}, {20, 2}, {21, 0}};
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
    nt_packet p = ethernet(expected[i].time);
    CU_ASSERT_EQUAL(nt_rule_attack(leaf, &p, 1), expected[i].attack);
  }
  static const nt_rule_kind kinds[] = {NT_RULE_ALL, NT_RULE_ANY};
  nt_packet p = ethernet(1);
  for (int k = 0; k < 2; k++) {
    nt_rule *group = nt_rule_group(kinds[k], NULL);
    nt_flow all = nt_flow_everything();
    nt_rule_add(group, nt_rule_flows(&all, 1, NULL), NULL); /* takes the packet, without a name */
    nt_rule_add(group, nt_rule_flows(flows, 3, NULL), NULL);
    all.attack = 3;
    nt_rule_add(group, nt_rule_flows(&all, 1, NULL), NULL);
    CU_ASSERT_EQUAL(nt_rule_attack(group, &p, 1), 1);
    nt_rule_free(group);
  }
  nt_rule *none = nt_rule_group(NT_RULE_NONE, NULL);
  nt_rule_add(none, leaf, NULL);
  CU_ASSERT_EQUAL(nt_rule_attack(none, &p, 1), 0);
  nt_rule_free(none);
}

static void test_depth_is_bounded(void) {
  nt_error err = {0};
  nt_rule *rule = address_rule("10.0.0.1");
  nt_status status = NT_OK;
  int depth = 1;
  while (depth < 100) {
    nt_rule *group = nt_rule_group(NT_RULE_ALL, &err);
    status = nt_rule_add(group, rule, &err); /* frees rule when it fails */
    rule = group;
    if (status != NT_OK) break;
    depth++;
  }
  CU_ASSERT_EQUAL(status, NT_E_LIMIT);
  CU_ASSERT_EQUAL(depth, NT_RULE_MAX_DEPTH);
  nt_rule_free(rule);
}

static void test_no_flow_takes_nothing(void) {
  nt_rule *rule = nt_rule_flows(NULL, 0, NULL);
  nt_packet p = ethernet(0);
  CU_ASSERT_FALSE(nt_rule_takes(rule, &p, 1));
  nt_error err = {0};
  CU_ASSERT_EQUAL(nt_rule_add(rule, nt_rule_group(NT_RULE_ANY, NULL), &err), NT_E_STATE);
  nt_rule_free(rule);
}

/* ---------------------------------------------------------------- many flows */

static uint32_t seed;
static uint32_t draw(uint32_t below) {
  seed = seed * 1664525u + 1013904223u;
  return (seed >> 8) % below;
}

static int plainly_takes(const nt_flow *f, const nt_packet *p, uint64_t number) {
  if (p->time < f->from || p->time > f->to || number < f->first || number > f->last) return 0;
  if (f->b.port >= 0 && f->protocol != NT_PROTOCOL_TCP) return 0;
  int forth = (f->a.family == NT_FAMILY_ANY || memcmp(p->ip_src, f->a.address, 4) == 0) &&
              (f->b.port < 0 || p->tcp_dst == f->b.port);
  int back = (f->a.family == NT_FAMILY_ANY || memcmp(p->ip_dst, f->a.address, 4) == 0) &&
             (f->b.port < 0 || p->tcp_src == f->b.port);
  return forth || (back && !f->directed);
}

static void test_overlapping_flows(void) {
  enum { FLOWS = 60, PACKETS = 2000 };
  seed = 1;
  int all_taken = 0;
  for (int round = 0; round < 20; round++) {
    nt_flow flows[FLOWS];
    for (int i = 0; i < FLOWS; i++) {
      nt_flow f = nt_flow_everything();
      f.from = draw(10) ? draw(1000) : -INFINITY;
      f.to = draw(10) ? fmax(f.from, 0) + draw(draw(10) ? 8 : 900) : INFINITY;
      f.protocol = NT_PROTOCOL_TCP;
      if (draw(12)) {
        f.a = endpoint("10.0.0.0");
        f.a.address[3] = (uint8_t)draw(12);
      }
      if (draw(2)) f.b.port = (int)draw(5);
      if (draw(3) == 0) f.last = draw(PACKETS) + 1;
      f.directed = (int)draw(2);
      flows[i] = f;
    }
    nt_rule *rule = nt_rule_flows(flows, FLOWS, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(rule);
    int differ = 0, taken = 0;
    for (uint64_t n = 1; n <= PACKETS; n++) {
      nt_packet p = tcp(draw(1100), (int)draw(12), (int)draw(5), (int)draw(12), (int)draw(5));
      int expected = 0;
      for (int i = 0; i < FLOWS; i++) expected |= plainly_takes(&flows[i], &p, n);
      differ += nt_rule_takes(rule, &p, n) != expected;
      taken += expected;
    }
    CU_ASSERT_EQUAL(differ, 0);
    all_taken += taken;
    nt_rule_free(rule);
  }
  CU_ASSERT_TRUE(all_taken > 5 * PACKETS && all_taken < 19 * PACKETS); /* both answers occur */
}

/* All flows are open at once and none takes the packet, until one does that began first. Checking
 * them one by one would take 10^10 steps. */
static void test_many_open_flows(void) {
  enum { FLOWS = 200000, PACKETS = 20000 };
  const nt_endpoint a = endpoint("10.0.0.1");
  nt_flow *flows = malloc(FLOWS * sizeof *flows);
  CU_ASSERT_PTR_NOT_NULL_FATAL(flows);
  for (int i = 0; i < FLOWS; i++) {
    nt_flow f = nt_flow_everything();
    f.a = a;
    f.b.port = i % 3 == 0 ? 80 : 1000;
    f.from = i;
    f.to = i % 3 == 0 ? 2 * FLOWS : 3 * FLOWS;
    if (i % 3 == 1) {
      f.first = f.last = (uint64_t)i;
      f.from = -INFINITY;
      f.to = INFINITY;
    }
    flows[i] = f;
  }
  flows[0].to = 4 * FLOWS;
  flows[0].attack = 7;
  nt_rule *rule = nt_rule_flows(flows, FLOWS, NULL);
  free(flows);
  CU_ASSERT_PTR_NOT_NULL_FATAL(rule);
  int taken = 0, named = 0, numbered = 0, late = 0;
  for (int i = 0; i < PACKETS; i++) {
    nt_packet p = tcp(FLOWS + i, 2, 1, 3, 80), q = tcp(FLOWS + i, 2, 80, 1, 5);
    taken += nt_rule_takes(rule, &p, (uint64_t)i + 1); /* other addresses */
    named += nt_rule_attack(rule, &q, (uint64_t)i + 1) == 7;
    q.tcp_src = 1000;
    q.time = -1;
    numbered += nt_rule_takes(rule, &q, (uint64_t)i);
    q.time =
        3.5 * FLOWS; /* all but two thirds have ended: those open to any time, for their packet */
    late += nt_rule_takes(rule, &q, (uint64_t)i);
  }
  nt_rule_free(rule);
  CU_ASSERT_EQUAL(taken, 0);
  CU_ASSERT_EQUAL(named, PACKETS);
  CU_ASSERT_EQUAL(numbered, PACKETS / 3 + 1);
  CU_ASSERT_EQUAL(late, PACKETS / 3 + 1);
}

/* ---------------------------------------------------------------- what is refused */

static void test_cost_is_bounded(void) {
  enum { FLOWS = NT_RULE_MAX_BOTH + 1 };
  nt_flow *flows = malloc(FLOWS * sizeof *flows);
  CU_ASSERT_PTR_NOT_NULL_FATAL(flows);
  for (int i = 0; i < FLOWS; i++) {
    flows[i] = nt_flow_everything();
    flows[i].from = i;
    flows[i].first = (uint64_t)(FLOWS - i) + 1;
  }
  nt_error err = {0};
  CU_ASSERT_PTR_NULL(nt_rule_flows(flows, FLOWS, &err));
  CU_ASSERT_EQUAL(err.status, NT_E_LIMIT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "10001 flows with equal ends, each limited in time and"));
  nt_rule *rule = nt_rule_flows(flows, FLOWS - 1, &err);
  CU_ASSERT_PTR_NOT_NULL(rule);
  nt_rule_free(rule);
  for (int i = 0; i < NT_RULE_MAX_SEARCHES + 1; i++) {
    flows[i] = nt_flow_everything();
    flows[i].a = flows[i].b = endpoint("2001:db8::1");
    flows[i].a.prefix = (unsigned)i % 128 + 1;
    flows[i].b.prefix = (unsigned)i / 128 + 1;
  }
  CU_ASSERT_PTR_NULL(nt_rule_flows(flows, NT_RULE_MAX_SEARCHES + 1, &err));
  CU_ASSERT_EQUAL(err.status, NT_E_LIMIT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "1025 flows that ask for 1025 different sets of fields"));
  nt_rule *group = nt_rule_group(NT_RULE_ANY, &err);
  CHECK_OK(nt_rule_add(group, nt_rule_flows(flows, NT_RULE_MAX_SEARCHES, &err), &err), err);
  CU_ASSERT_EQUAL(nt_rule_add(group, nt_rule_flows(flows, 1, &err), &err), NT_E_LIMIT);
  nt_rule_free(group);
  free(flows);
}

static void test_bad_flows(void) {
  nt_error err = {0};
  nt_flow flows[2] = {nt_flow_everything(), nt_flow_everything()};
  flows[1].from = 2;
  flows[1].to = 1;
  CU_ASSERT_PTR_NULL(nt_rule_flows(flows, 2, &err));
  CU_ASSERT_EQUAL(err.status, NT_E_ARGUMENT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "flow 2"));
  flows[1].from = NAN;
  CU_ASSERT_PTR_NULL(nt_rule_flows(flows, 2, &err));
  flows[1] = nt_flow_everything();
  flows[1].first = 9;
  flows[1].last = 8;
  CU_ASSERT_PTR_NULL(nt_rule_flows(flows, 2, &err));
  flows[1] = nt_flow_everything();
  flows[1].b.family = NT_FAMILY_IPV4;
  flows[1].b.prefix = 33;
  CU_ASSERT_PTR_NULL(nt_rule_flows(flows, 2, &err));
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "33 bits"));
}

static void test_bad_addresses(void) {
  static const char *const bad[] = {
      "",          "10.0.0",           "10.0.0.1/33",        "10.0.0.1/",
      "host",      "10.0.0.1/-1",      "00:10:18:cb:8c",     "00:10:18:cb:8c:1g",
      "::1/129",   "1::2::3",          "00:10:18:cb:8c:13:", "00.10.18.cb.8c.13",
      "10.0.0.1 ", "+0:10:18:cb:8c:13"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    nt_endpoint e;
    nt_error err = {0};
    CU_ASSERT_EQUAL(nt_endpoint_parse(bad[i], &e, &err), NT_E_ARGUMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, bad[i]));
  }
}

static const check_case cases[] = {
    {"a flow that leaves everything open", test_everything},
    {"both ends of an interval are inside", test_interval_ends_are_inside},
    {"packet numbers count from 1", test_numbers_are_one_based},
    {"Ethernet address: source, destination, either", test_ethernet_address},
    {"destination alone", test_destination_only},
    {"networks", test_networks},
    {"ARP messages speak for IPv4 addresses", test_arp_speaks_for_ipv4},
    {"IPv6 address", test_ipv6_address},
    {"flow: addresses, port, protocol, direction", test_flow_with_ports},
    {"protocols", test_protocols},
    {"all, any, none", test_groups},
    {"names of attacks", test_names_of_attacks},
    {"depth is bounded", test_depth_is_bounded},
    {"no flow takes nothing", test_no_flow_takes_nothing},
    {"many overlapping flows", test_overlapping_flows},
    {"hundreds of thousands of flows that are open at once", test_many_open_flows},
    {"what a packet costs is bounded", test_cost_is_bounded},
    {"bad flows", test_bad_flows},
    {"bad addresses", test_bad_addresses},
};
CHECK_MAIN("rules", cases)
