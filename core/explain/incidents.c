/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "incidents.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void nt_anomaly_identity(const nt_inspection *in, const nt_anomaly *a, nt_identity *id) {
  size_t size;
  memset(id, 0, sizeof *id);
  const uint8_t *key = nt_key_table_key(in->hosts, a->host[NT_SOURCE], &size);
  id->source_kind = key[0];
  memcpy(id->source, key + 1, sizeof id->source);
  key = nt_key_table_key(in->hosts, a->host[NT_DESTINATION], &size);
  id->destination_kind = key[0];
  memcpy(id->destination, key + 1, sizeof id->destination);
  id->mac_kind = a->mac_kind;
  memcpy(id->source_mac, a->source_mac, sizeof id->source_mac);
  id->port_kind = a->ports;
  id->source_port[0] = a->port[NT_SOURCE];
  id->destination_port[0] = a->port[NT_DESTINATION];
}

/* ---------------------------------------------------------------- which incident */

/* An entity and a cause: bytes that are equal where these are. */
typedef struct group_key {
  uint32_t host[2];
  uint16_t port[2];
  uint8_t cause, ports;
  uint8_t unused[2];
} group_key;
enum { NOBODY = UINT32_MAX };

typedef struct gathering {
  const nt_inspection *in;
  nt_entity entity;
  double gap;
  uint32_t *qualifying; /* [hosts] packets that have it as an end */
  nt_key_table *groups;
  uint32_t *open; /* [groups] the incident that is open */
  double *latest; /* [incidents] */
  uint32_t *of;   /* [packets] incident */
  size_t *order;  /* [packets] packets of the incidents one after the other */
  size_t open_room, room;
  nt_incidents *to;
} gathering;

static int has_address(const nt_inspection *in, uint32_t host) {
  size_t size;
  return *(const uint8_t *)nt_key_table_key(in->hosts, host, &size) != NT_ADDRESS_NONE;
}

static nt_status count_hosts(gathering *g, nt_error *err) {
  const nt_inspection *in = g->in;
  g->qualifying = calloc(nt_key_table_count(in->hosts) + (size_t)1, sizeof *g->qualifying);
  if (!g->qualifying) return nt_fail(err, NT_E_MEMORY, "out of memory for the hosts of incidents");
  for (size_t i = 0; i < in->count; i++) {
    const nt_anomaly *a = &in->anomaly[i];
    g->qualifying[a->host[0]]++;
    if (a->host[1] != a->host[0]) g->qualifying[a->host[1]]++;
  }
  return NT_OK;
}

static uint32_t busier(const gathering *g, const nt_anomaly *a) {
  uint32_t source = a->host[NT_SOURCE], destination = a->host[NT_DESTINATION];
  if (!has_address(g->in, destination)) return source;
  if (!has_address(g->in, source)) return destination;
  return g->qualifying[destination] > g->qualifying[source] ? destination : source;
}

static group_key key_of(const gathering *g, const nt_anomaly *a) {
  group_key k = {.host = {NOBODY, NOBODY}, .cause = a->cause};
  if (g->entity == NT_ENTITY_HOST) {
    k.host[0] = busier(g, a);
    return k;
  }
  int flow = g->entity == NT_ENTITY_FLOW;
  int turned =
      a->host[0] > a->host[1] || (a->host[0] == a->host[1] && flow && a->port[0] > a->port[1]);
  for (int end = 0; end < 2; end++) {
    k.host[end ^ turned] = a->host[end];
    if (flow) k.port[end ^ turned] = a->port[end];
  }
  if (flow) k.ports = a->ports;
  return k;
}

static nt_status begin_incident(gathering *g, const group_key *k, size_t i, nt_error *err) {
  nt_incidents *to = g->to;
  const nt_anomaly *a = &g->in->anomaly[i];
  if (to->count == g->room) {
    size_t room = g->room ? 2 * g->room : 64;
    nt_incident *grown = realloc(to->incident, room * sizeof *grown);
    if (grown) to->incident = grown;
    double *latest = realloc(g->latest, room * sizeof *latest);
    if (latest) g->latest = latest;
    if (!grown || !latest)
      return nt_fail(err, NT_E_MEMORY, "out of memory for %zu incidents", room);
    g->room = room;
  }
  nt_incident *n = &to->incident[to->count];
  *n = (nt_incident){.cause = a->cause,
                     .ports = a->ports,
                     .first = i,
                     .peak = i,
                     .start = a->time,
                     .end = a->time};
  memcpy(n->host, g->entity == NT_ENTITY_HOST ? k->host : a->host, sizeof n->host);
  memcpy(n->port, a->port, sizeof n->port);
  g->latest[to->count++] = a->time;
  return NT_OK;
}

static nt_status assign(gathering *g, size_t i, nt_error *err) {
  const nt_anomaly *a = &g->in->anomaly[i];
  group_key k = key_of(g, a);
  uint32_t before = nt_key_table_count(g->groups);
  uint32_t group = nt_key_table_put(g->groups, &k, sizeof k);
  if (group == NT_KEY_TABLE_FULL)
    return nt_fail(err, NT_E_MEMORY, "out of memory for the groups of incidents");
  if (group == g->open_room) {
    size_t room = g->open_room ? 2 * g->open_room : 64;
    uint32_t *grown = realloc(g->open, room * sizeof *grown);
    if (!grown) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu groups", room);
    g->open = grown;
    g->open_room = room;
  }
  if (group == before || a->time - g->latest[g->open[group]] > g->gap) {
    if (begin_incident(g, &k, i, err) != NT_OK) return NT_E_MEMORY;
    g->open[group] = (uint32_t)(g->to->count - 1);
  }
  uint32_t n = g->of[i] = g->open[group];
  g->latest[n] = fmax(g->latest[n], a->time); /* a packet without a time ends nothing */
  g->to->incident[n].packets++;
  return NT_OK;
}

/* Packets of each incident together, in their order (a counting sort). */
static nt_status line_up(gathering *g, nt_error *err) {
  size_t *from = calloc(g->to->count + 1, sizeof *from);
  if (!from) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu incidents", g->to->count);
  for (size_t n = 0; n < g->to->count; n++) from[n + 1] = from[n] + g->to->incident[n].packets;
  for (size_t i = 0; i < g->in->count; i++) g->order[from[g->of[i]]++] = i;
  free(from);
  return NT_OK;
}

/* ---------------------------------------------------------------- what is said of one */

/* Sums by number, of few of many numbers: what was touched is put back to 0. */
typedef struct tally {
  double *sum;       /* [most] */
  uint32_t *touched; /* [most] */
  size_t count;
} tally;

static int tally_new(tally *t, size_t most) {
  *t = (tally){calloc(most + 1, sizeof *t->sum), calloc(most + 1, sizeof *t->touched), 0};
  return t->sum && t->touched;
}

static void tally_free(tally *t) {
  free(t->sum);
  free(t->touched);
}

static void tally_add(tally *t, uint32_t what, double much) {
  if (t->sum[what] == 0) t->touched[t->count++] = what;
  t->sum[what] += much;
}

/* The NT_SHOWN largest, the first of equal ones; returns how many there were. */
static size_t tally_take(tally *t, nt_counted *most) {
  size_t count = t->count;
  for (size_t i = 0; i < count; i++) {
    nt_counted one = {t->touched[i], t->sum[t->touched[i]]};
    t->sum[one.what] = 0;
    for (int k = 0; k < NT_SHOWN; k++) {
      if (!(one.count > most[k].count)) continue;
      nt_counted moved = most[k];
      most[k] = one;
      one = moved;
    }
  }
  t->count = 0;
  return count;
}

typedef struct tallies {
  tally peers, ports, features, attacks;
} tallies;

static int ranks_above(double a, double b) {
  return isnan(a) ? !isnan(b) : a > b;
}

static void add_evidence(const nt_inspection *in, nt_incident *n, size_t i) {
  for (size_t k = 0; k < NT_SHOWN; k++) {
    if (k == n->evidences) {
      n->evidence[n->evidences++] = i;
      return;
    }
    if (!ranks_above(in->anomaly[i].score, in->anomaly[n->evidence[k]].score)) continue;
    size_t moved = n->evidence[k];
    n->evidence[k] = i;
    i = moved;
  }
}

/* ln(score / threshold), 0 where the threshold is not positive. */
static double excess_of(const nt_inspection *in, double score) {
  if (!(in->threshold > 0)) return 0;
  double excess = log(score / in->threshold);
  return excess < NT_MOST_EXCESS ? excess : NT_MOST_EXCESS; /* NaN: the most */
}

static void add_packet(const nt_inspection *in, nt_entity entity, nt_incident *n, size_t i,
                       tallies *t) {
  const nt_anomaly *a = &in->anomaly[i];
  int sent = a->host[NT_SOURCE] == n->host[0];
  n->sent += (uint64_t)sent;
  n->start = fmin(n->start, a->time); /* NaN, of a packet without a time, gives way */
  n->end = fmax(n->end, a->time);
  n->excess += excess_of(in, a->score);
  if (entity == NT_ENTITY_HOST) tally_add(&t->peers, a->host[sent ? 1 : 0], 1);
  if (a->ports == NT_PORT_NUMBER || a->ports == NT_PORT_TWO)
    tally_add(&t->ports, a->port[NT_DESTINATION], 1);
  for (size_t k = 0; k < in->named; k++) {
    const nt_named *f = &in->name[i * in->named + k];
    double share = f->share * f->part;
    if (share > 0) tally_add(&t->features, f->column, share);
  }
  if (a->label == 1) {
    n->attack_packets++;
    tally_add(&t->attacks, a->attack, 1);
  }
  add_evidence(in, n, i);
}

static void meet_attacks(const nt_inspection *in, const tally *attacks, nt_incidents *to) {
  to->touching += attacks->count > 0;
  for (size_t k = 0; k < attacks->count && to->met; k++) {
    uint32_t attack = attacks->touched[k];
    size_t at = in->run.attacks ? attack : 1;
    if (at) to->met[at - 1].incidents++;
  }
}

static void finish(const nt_inspection *in, nt_incident *n, tallies *t, nt_incidents *to) {
  nt_counted attack[NT_SHOWN] = {{0}};
  n->peak = n->evidence[0];
  n->peers = tally_take(&t->peers, n->peer);
  n->ports_seen = tally_take(&t->ports, n->destination_port);
  tally_take(&t->features, n->feature);
  meet_attacks(in, &t->attacks, to);
  tally_take(&t->attacks, attack);
  n->attack = (uint16_t)attack[attack[0].what == 0 && attack[1].count > 0].what;
}

static nt_status describe(gathering *g, nt_error *err) {
  const nt_inspection *in = g->in;
  tallies t;
  int complete = tally_new(&t.peers, nt_key_table_count(in->hosts));
  complete &= tally_new(&t.ports, UINT16_MAX);
  complete &= tally_new(&t.features, in->width);
  complete &= tally_new(&t.attacks, in->run.attacks);
  for (size_t n = 0, at = 0; complete && n < g->to->count; n++) {
    nt_incident *incident = &g->to->incident[n];
    for (uint64_t k = 0; k < incident->packets; k++)
      add_packet(in, g->entity, incident, g->order[at++], &t);
    finish(in, incident, &t, g->to);
  }
  tally_free(&t.peers);
  tally_free(&t.ports);
  tally_free(&t.features);
  tally_free(&t.attacks);
  return complete ? NT_OK
                  : nt_fail(err, NT_E_MEMORY, "out of memory for %zu incidents", g->to->count);
}

/* Packets of each attack, all and those that qualify. Without names all are of one. */
static nt_status count_attacks(const nt_inspection *in, nt_incidents *to, nt_error *err) {
  size_t attacks = in->run.attacks ? in->run.attacks : 1;
  uint64_t any = 0;
  if (!in->run.labels) return NT_OK;
  to->met = calloc(attacks, sizeof *to->met);
  if (!to->met) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu attacks", attacks);
  for (size_t i = 0; i < in->run.count; i++) {
    if (in->run.labels[i] != 1) continue;
    size_t at = in->run.attacks ? in->run.attack[i] : 1;
    if (at) to->met[at - 1].packets++;
    any++;
  }
  for (size_t i = 0; i < in->count; i++) {
    const nt_anomaly *a = &in->anomaly[i];
    size_t at = in->run.attacks ? a->attack : 1;
    if (a->label == 1 && at) to->met[at - 1].qualifying++;
  }
  to->attacks = any ? attacks : 0;
  return NT_OK;
}

static int by_excess(const void *a, const void *b) {
  const nt_incident *x = a, *y = b;
  if (x->excess != y->excess) return x->excess > y->excess ? -1 : 1;
  return x->first < y->first ? -1 : x->first > y->first;
}

nt_status nt_incidents_of(const nt_inspection *in, nt_entity entity, double gap, nt_incidents *to,
                          nt_error *err) {
  *to = (nt_incidents){0};
  if (!(gap >= 0)) return nt_fail(err, NT_E_ARGUMENT, "a gap of %g s: expected 0 or more", gap);
  gathering g = {.in = in, .entity = entity, .gap = gap, .to = to};
  g.groups = nt_key_table_new(sizeof(group_key));
  g.of = calloc(in->count + 1, sizeof *g.of);
  g.order = calloc(in->count + 1, sizeof *g.order);
  nt_status status = NT_OK;
  if (!g.groups || !g.of || !g.order || in->count > UINT32_MAX)
    status = nt_fail(err, NT_E_MEMORY, "out of memory to gather %zu packets", in->count);
  if (status == NT_OK) status = count_hosts(&g, err);
  for (size_t i = 0; status == NT_OK && i < in->count; i++) status = assign(&g, i, err);
  if (status == NT_OK) status = line_up(&g, err);
  if (status == NT_OK) status = count_attacks(in, to, err);
  if (status == NT_OK) status = describe(&g, err);
  if (status == NT_OK && to->count) qsort(to->incident, to->count, sizeof *to->incident, by_excess);
  nt_key_table_free(g.groups);
  free(g.qualifying);
  free(g.open);
  free(g.latest);
  free(g.of);
  free(g.order);
  if (status != NT_OK) nt_incidents_done(to);
  return status;
}

void nt_incidents_done(nt_incidents *to) {
  free(to->incident);
  free(to->met);
  *to = (nt_incidents){0};
}
