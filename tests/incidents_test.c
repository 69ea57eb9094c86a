/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules that group packets into incidents, each on made-up packets. */
#include "explain/incidents.h"

#include <math.h>

#include "check.h"

enum { MOST = 1000, WIDTH = 100 };

/* An inspection without a run; the qualifying packets are filled in by hand. */
static nt_inspection in;

static void begin(void) {
  in = (nt_inspection){.threshold = 1, .width = WIDTH, .named = 1};
  in.anomaly = calloc(MOST, sizeof *in.anomaly);
  in.name = calloc(MOST, sizeof *in.name);
  in.hosts = nt_key_table_new(NT_HOST_KEY);
}

static void end(void) {
  nt_inspection_done(&in);
}

/* Host 10.0.x.y; -1: no address. */
static uint32_t host(int number) {
  uint8_t key[NT_HOST_KEY] = {NT_ADDRESS_IPV4, 10, 0, (uint8_t)(number >> 8), (uint8_t)number};
  if (number < 0) memset(key, 0, sizeof key);
  return nt_key_table_put(in.hosts, key, sizeof key);
}

static nt_anomaly *add(double time, double score, int source, int destination) {
  nt_anomaly *a = &in.anomaly[in.count];
  *a = (nt_anomaly){.packet = 100 + in.count,
                    .time = time,
                    .score = score,
                    .cause = NT_CAUSE_RATE,
                    .ports = NT_PORT_NUMBER,
                    .port = {1024, 80}};
  a->host[0] = host(source);
  a->host[1] = host(destination);
  in.name[in.count++] = (nt_named){.column = (uint32_t)(in.count % 5), .share = 0.5, .part = 1};
  return a;
}

static nt_incidents gather(nt_entity entity, double gap) {
  nt_error err;
  nt_incidents all;
  CHECK_OK(nt_incidents_of(&in, entity, gap, &all, &err), err);
  return all;
}

static int is_host(uint32_t number, const char *text) {
  char shown[64];
  nt_host_text(&in, number, shown, sizeof shown);
  return strcmp(shown, text) == 0;
}

static void a_scan_is_the_scanners_a_flood_its_victims(void) {
  begin();
  for (int i = 0; i < 100; i++) add(i, 2, 1, 300 + i);
  for (int i = 0; i < 90; i++) add(100 + i, 2, 500 + i, 2);
  nt_incidents all = gather(NT_ENTITY_HOST, 60);
  CU_ASSERT_EQUAL_FATAL(all.count, 2);
  CU_ASSERT_TRUE(is_host(all.incident[0].host[0], "10.0.0.1"));
  CU_ASSERT_TRUE(all.incident[0].packets == 100 && all.incident[0].sent == 100);
  CU_ASSERT_TRUE(all.incident[0].peers == 100 && all.incident[0].ports_seen == 1);
  CU_ASSERT_TRUE(is_host(all.incident[1].host[0], "10.0.0.2"));
  CU_ASSERT_TRUE(all.incident[1].packets == 90 && all.incident[1].sent == 0);
  nt_incidents_done(&all);
  end();
}

static void gaps_and_causes_divide(void) {
  begin();
  add(0, 2, 1, 2);
  add(60, 2, 1, 2);
  add(30, 2, 1, 2); /* out of order: neither a gap nor an end */
  add(120.5, 2, 1, 2);
  add(121, 2, 1, 2)->cause = NT_CAUSE_SIZE;
  add(122, 2, 1, 2);
  nt_incidents all = gather(NT_ENTITY_HOST, 60);
  CU_ASSERT_EQUAL_FATAL(all.count, 3);
  CU_ASSERT_TRUE(all.incident[0].packets == 3 && all.incident[0].start == 0);
  CU_ASSERT_TRUE(all.incident[0].end == 60 && all.incident[1].start == 120.5);
  CU_ASSERT_TRUE(all.incident[1].packets == 2 && all.incident[1].end == 122);
  CU_ASSERT_TRUE(all.incident[2].packets == 1 && all.incident[2].cause == NT_CAUSE_SIZE);
  nt_incidents_done(&all);
  all = gather(NT_ENTITY_HOST, 60.5);
  CU_ASSERT_EQUAL(all.count, 2);
  nt_incidents_done(&all);
  end();
}

static void both_directions_are_one_pair(void) {
  begin();
  add(0, 2, 1, 2);
  nt_anomaly *back = add(1, 2, 2, 1);
  back->port[0] = 80;
  back->port[1] = 1024;
  add(2, 2, 1, 3);
  add(3, 2, 1, 2)->port[0] = 1025;
  nt_incidents all = gather(NT_ENTITY_PAIR, 60);
  CU_ASSERT_TRUE(all.count == 2 && all.incident[0].packets == 3 && all.incident[0].sent == 2);
  nt_incidents_done(&all);
  all = gather(NT_ENTITY_FLOW, 60);
  CU_ASSERT_TRUE(all.count == 3 && all.incident[0].packets == 2);
  CU_ASSERT_TRUE(all.incident[0].port[0] == 1024 && all.incident[0].port[1] == 80);
  nt_incidents_done(&all);
  end();
}

static void hosts_without_an_address_give_way(void) {
  begin();
  for (int i = 0; i < 5; i++) add(i, 2, -1, 10 + i);
  nt_incidents all = gather(NT_ENTITY_HOST, 60);
  CU_ASSERT_EQUAL(all.count, 5);
  nt_incidents_done(&all);
  end();
}

static void order_and_evidence_go_by_scores(void) {
  static const double scores[] = {3, 9, 2, 8, 7};
  begin();
  for (int i = 0; i < 8; i++) add(i, 1, 1, 2); /* at the threshold: no excess */
  for (int i = 0; i < 5; i++) add(20 + i, scores[i], 3, 4);
  add(30, NAN, 5, 6);
  nt_incidents all = gather(NT_ENTITY_HOST, 60);
  CU_ASSERT_EQUAL_FATAL(all.count, 3);
  CU_ASSERT_TRUE(all.incident[0].packets == 1 && all.incident[0].excess == NT_MOST_EXCESS);
  const nt_incident *n = &all.incident[1];
  CU_ASSERT_DOUBLE_EQUAL(n->excess, log(3 * 9 * 2 * 8 * 7), 1e-12);
  CU_ASSERT_TRUE(n->evidences == 3 && n->peak == n->evidence[0]);
  for (int i = 0; i < 3; i++) CU_ASSERT_EQUAL(in.anomaly[n->evidence[i]].score, 9 - i);
  CU_ASSERT_TRUE(all.incident[2].packets == 8 && all.incident[2].excess == 0);
  /* packets 8 to 12 name columns 4 0 1 2 3, each with half of its score */
  CU_ASSERT_TRUE(n->feature[0].count == 0.5 && n->feature[2].count == 0.5);
  nt_incidents_done(&all);
  end();
}

static void attacks_are_counted_beside(void) {
  enum { SCORED = 10 };
  char *names[] = {"met", "missed"};
  uint8_t labels[SCORED] = {0, 1, 1, 1, 1, 0, 2, 0, 1, 0};
  uint16_t attack[SCORED] = {0, 1, 1, 1, 2, 0, 0, 0, 0, 0};
  begin();
  in.run = (nt_scored_run){
      .count = SCORED, .labels = labels, .attack = attack, .attacks = 2, .attack_name = names};
  for (int i = 0; i < 3; i++) {
    nt_anomaly *a = add(i, 2, 1, 2);
    a->label = i > 0;
    a->attack = i > 0;
  }
  add(500, 2, 1, 2);
  add(1000, 2, 1, 2)->label = 1; /* an attack without a name */
  nt_incidents all = gather(NT_ENTITY_HOST, 60);
  CU_ASSERT_TRUE(all.count == 3 && all.touching == 2 && all.attacks == 2);
  CU_ASSERT_TRUE(all.incident[0].attack_packets == 2 && all.incident[0].attack == 1);
  CU_ASSERT_TRUE(all.incident[2].attack_packets == 1 && all.incident[2].attack == 0);
  CU_ASSERT_TRUE(all.met[0].packets == 3 && all.met[0].qualifying == 2);
  CU_ASSERT_TRUE(all.met[0].incidents == 1 && all.met[1].incidents == 0);
  CU_ASSERT_TRUE(all.met[1].packets == 1 && all.met[1].qualifying == 0);
  nt_incidents_done(&all);
  in.run = (nt_scored_run){0}; /* borrowed: nothing for end() to free */
  end();
}

/* ---------------------------------------------------------------- the rules said plainly */

enum { ROUNDS = 600, PACKETS = 70, HOSTS = 5 };

static int has_address(int number) {
  char shown[64];
  nt_host_text(&in, (uint32_t)number, shown, sizeof shown);
  return strcmp(shown, "?") != 0;
}

static size_t packets_of(uint32_t number) {
  size_t count = 0;
  for (size_t i = 0; i < in.count; i++)
    count += in.anomaly[i].host[0] == number || in.anomaly[i].host[1] == number;
  return count;
}

static int second_is_busier(const nt_anomaly *a) {
  if (!has_address((int)a->host[1])) return 0;
  return !has_address((int)a->host[0]) || packets_of(a->host[1]) > packets_of(a->host[0]);
}

static int same_about(nt_entity entity, const nt_anomaly *a, const nt_anomaly *b) {
  if (a->cause != b->cause) return 0;
  if (entity == NT_ENTITY_HOST) return a->host[second_is_busier(a)] == b->host[second_is_busier(b)];
  int flow = entity == NT_ENTITY_FLOW;
  if (flow && a->ports != b->ports) return 0;
  for (int turned = 0; turned < 2; turned++) {
    int same = 1;
    for (int end = 0; end < 2; end++)
      same &=
          a->host[end] == b->host[end ^ turned] && (!flow || a->port[end] == b->port[end ^ turned]);
    if (same) return 1;
  }
  return 0;
}

/* of[i]: the first packet of the incident that packet i is of. O(n^2), and once more for hosts. */
static void group_plainly(nt_entity entity, double gap, size_t *of) {
  for (size_t i = 0; i < in.count; i++) {
    size_t before = in.count;
    double latest = NAN;
    for (size_t j = 0; j < i; j++)
      if (same_about(entity, &in.anomaly[i], &in.anomaly[j])) before = of[j];
    for (size_t j = 0; j < i && before < in.count; j++)
      if (of[j] == before && !(in.anomaly[j].time < latest) && !isnan(in.anomaly[j].time))
        latest = in.anomaly[j].time;
    of[i] = before == in.count || in.anomaly[i].time - latest > gap ? i : before;
  }
}

static size_t distinct_peers(const nt_incident *n, const size_t *of) {
  size_t count = 0;
  for (uint32_t h = 0; h < nt_key_table_count(in.hosts); h++) {
    int met = 0;
    for (size_t i = n->first; i < in.count; i++)
      if (of[i] == n->first)
        met |= in.anomaly[i].host[in.anomaly[i].host[0] == n->host[0] ? 1 : 0] == h;
    count += (size_t)met;
  }
  return count;
}

static int same_time(double a, double b) {
  return a == b || (isnan(a) && isnan(b));
}

static void is_as_grouped(const nt_incident *n, const size_t *of, nt_entity entity) {
  double start = NAN, end = NAN, best = 0;
  uint64_t packets = 0, sent = 0;
  for (size_t i = 0; i < in.count; i++) {
    const nt_anomaly *a = &in.anomaly[i];
    if (of[i] != n->first) continue;
    packets++;
    sent += a->host[0] == n->host[0];
    if (!isnan(a->time) && !(a->time >= start)) start = a->time;
    if (!isnan(a->time) && !(a->time <= end)) end = a->time;
    best = isnan(a->score) || a->score > best ? (isnan(a->score) ? INFINITY : a->score) : best;
  }
  double peak = in.anomaly[n->peak].score;
  CU_ASSERT_TRUE(packets == n->packets && sent == n->sent && of[n->peak] == n->first);
  CU_ASSERT_TRUE(same_time(start, n->start) && same_time(end, n->end));
  CU_ASSERT_TRUE((isnan(peak) ? INFINITY : peak) == best && !isnan(n->excess));
  CU_ASSERT_TRUE(n->evidences == (packets < NT_SHOWN ? packets : NT_SHOWN));
  if (entity == NT_ENTITY_HOST) CU_ASSERT_EQUAL(n->peers, distinct_peers(n, of));
}

static void are_as_grouped(nt_entity entity, double gap) {
  size_t of[PACKETS], firsts = 0;
  group_plainly(entity, gap, of);
  for (size_t i = 0; i < in.count; i++) firsts += of[i] == i;
  nt_incidents all = gather(entity, gap);
  CU_ASSERT_EQUAL_FATAL(all.count, firsts);
  for (size_t n = 0; n < all.count; n++) {
    is_as_grouped(&all.incident[n], of, entity);
    CU_ASSERT_TRUE(n == 0 || all.incident[n].excess <= all.incident[n - 1].excess);
  }
  nt_incidents_done(&all);
}

/* The next of a fixed sequence of numbers below n (xorshift64). */
static uint64_t drawn = 1;
static int below(int n) {
  drawn ^= drawn << 13;
  drawn ^= drawn >> 7;
  drawn ^= drawn << 17;
  return (int)(drawn % (uint64_t)n);
}

/* In any order, with what no clock shows; the same for all in every fourth round. */
static double any_time(int round) {
  static const double odd[] = {NAN, INFINITY, -INFINITY, -1e300, 1e300, 0};
  if (round % 4 == 0) return 7;
  return below(round % 3 ? 1000 : 8) == 0 ? odd[below(6)] : below(400) / 2.0;
}

static void any_rows_are_grouped_as_by_a_plain_reference(void) {
  static const double scores[] = {1, 1.5, 2, 1e300, INFINITY, NAN};
  for (int round = 0; round < ROUNDS; round++) {
    begin();
    int packets = round % 7 == 0 ? 1 : 1 + below(PACKETS), hosts = 1 + below(HOSTS);
    for (int i = 0; i < packets; i++) {
      nt_anomaly *a = add(any_time(round), scores[below(6)], below(hosts) - 1, below(hosts) - 1);
      a->cause = (uint8_t)below(1 + round % NT_CAUSES);
      a->ports = (uint8_t)below(NT_PORT_ARP + 1);
      for (int end = 0; end < 2; end++) a->port[end] = below(3) ? UINT16_MAX : (uint16_t)below(2);
      a->label = (uint8_t)below(3);
      in.name[i].share = scores[below(6)];
    }
    for (int entity = NT_ENTITY_HOST; entity <= NT_ENTITY_FLOW; entity++)
      are_as_grouped((nt_entity)entity, round % 5 ? below(80) : 0);
    end();
  }
}

static void nothing_makes_none(void) {
  nt_error err;
  nt_incidents all;
  begin();
  all = gather(NT_ENTITY_HOST, 0);
  CU_ASSERT_EQUAL(all.count, 0);
  nt_incidents_done(&all);
  CU_ASSERT_EQUAL(nt_incidents_of(&in, NT_ENTITY_HOST, NAN, &all, &err), NT_E_ARGUMENT);
  end();
}

static const check_case cases[] = {
    {"a scan is the scanner's, a flood its victim's", a_scan_is_the_scanners_a_flood_its_victims},
    {"gaps and causes divide, packets out of order do not", gaps_and_causes_divide},
    {"both directions are one pair, ports divide flows", both_directions_are_one_pair},
    {"hosts without an address give way", hosts_without_an_address_give_way},
    {"order and evidence go by scores", order_and_evidence_go_by_scores},
    {"attacks are counted beside", attacks_are_counted_beside},
    {"any rows are grouped as by a plain reference", any_rows_are_grouped_as_by_a_plain_reference},
    {"nothing makes none", nothing_makes_none},
};
CHECK_MAIN("incidents", cases)
