/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv115: the 115 features of the published CSV files, bit for bit as the script by one of the
 * paper's authors computes them (tomerdoi/Kitsune_Variations, netStat2.py and AfterImage.py).
 *
 * It differs from py100 in more than a table: a pair is a directed channel (source + destination)
 * joined with the reverse channel, so that a packet costs O(1); all clocks start at 0, so a
 * channel's first jitter is the epoch time itself. Two joined channels share one damped sum CF3 of
 * residual products and its clock, a "joint". A channel whose ends are equal as text is joined with
 * itself; and since channels are found by concatenated text, a channel can be joined anew with a
 * partner that goes on with its older joint.
 */
#include <stdlib.h>

#include "identity.h"
#include "kept.h"
#include "key_table.h"
#include "pool.h"
#include "reference_decay.h"

typedef struct sums {
  lanes cf1, cf2, w;
  lanes mean, mean2, variance; /* as of the last insert */
  double last;                 /* s */
} sums;

typedef struct channel {
  sums sums;
  lanes residual; /* latest value - mean, decaying */
  lanes deviation, variance2;
  uint32_t partner, joint;
} channel;

typedef struct joint {
  lanes cf3;
  double last;
} joint;

/* The script's five tables are these five numbers of a flow. */
typedef struct flow {
  uint32_t mi, host, jitter;
  uint32_t host_channel, socket_channel;
} flow;

typedef struct single {
  nt_key_table *keys;
  nt_pool sums;
} single;

typedef struct channels {
  nt_key_table *keys;
  nt_pool channels, joints;
} channels;

typedef struct csv115 {
  nt_key_table *identities;
  nt_pool flows;
  single mi, host, jitter;
  channels hosts, sockets;
  decay_memory decays;
} csv115;

/* ---------------------------------------------------------------- one stream */

/* Returns the factors where time went on, NULL where not. */
static const double *decay(csv115 *x, sums *s, double t) {
  double dt = t - s->last;
  if (!(dt > 0)) return NULL;
  const double *f = decay_factors(&x->decays, dt);
  EACH(l) s->cf1[l] *= f[l];
  EACH(l) s->cf2[l] *= f[l];
  EACH(l) s->w[l] *= f[l];
  s->last = t;
  return f;
}

static void add(sums *s, double v) {
  EACH(l) s->cf1[l] += v;
  EACH(l) s->w[l] += 1;
  EACH(l) s->mean[l] = s->cf1[l] / s->w[l];
  double v2 = square(s->mean2, s->mean, v);
  EACH(l) s->cf2[l] += v2;
  EACH(l) s->variance[l] = fabs(s->cf2[l] / s->w[l] - s->mean2[l]);
}

static double *update_1d(csv115 *x, sums *s, double v, double t, double *row) {
  decay(x, s, t);
  add(s, v);
  for (int l = 0; l < NT_LAMBDAS; l++, row += 3) {
    row[0] = s->w[l];
    row[1] = s->mean[l];
    row[2] = s->variance[l];
  }
  return row;
}

static double *update_jitter(csv115 *x, sums *s, double t, double *row) {
  double dt = t - s->last;
  return update_1d(x, s, dt > 0 ? dt : 0, t, row);
}

/* ---------------------------------------------------------------- channels */

/* The joint decays with the channel's own factor when this channel updated it last (by the clocks'
 * word), else over the joint's own interval; its clock moves only when the channel's was ahead of
 * it. */
static void decay_channel(csv115 *x, channel *c, joint *j, double t) {
  double ahead = c->sums.last - j->last;
  const double *f = decay(x, &c->sums, t);
  if (f) {
    EACH(l) c->residual[l] *= f[l];
    if (ahead == 0)
      EACH(l) j->cf3[l] *= f[l];
    else if (t > j->last) {
      const double *g = decay_factors(&x->decays, t - j->last);
      EACH(l) j->cf3[l] *= g[l];
    }
  }
  if (ahead > 0) j->last = t;
}

static double *put_channel(double *row, const channel *c, const joint *j, const channel *other) {
  for (int l = 0; l < NT_LAMBDAS; l++, row += 7) {
    int alone = other->sums.w[l] == 0;
    double covariance = alone ? 0 : j->cf3[l] / ((c->sums.w[l] + other->sums.w[l]) / 2);
    double product = c->deviation[l] * other->deviation[l];
    row[0] = c->sums.w[l];
    row[1] = c->sums.mean[l];
    row[2] = c->deviation[l];
    row[3] = alone ? c->sums.mean[l] : sqrt(c->sums.mean2[l] + other->sums.mean2[l]);
    row[4] = alone ? c->sums.variance[l] : sqrt(c->variance2[l] + other->variance2[l]);
    row[5] = covariance;
    row[6] = !alone && product != 0 ? covariance / product : 0;
  }
  return row;
}

static double *update_channel(csv115 *x, channels *table, uint32_t number, double v, double t,
                              double *row) {
  channel *c = nt_pool_at(&table->channels, number);
  channel *other = nt_pool_at(&table->channels, c->partner);
  joint *j = nt_pool_at(&table->joints, c->joint);
  decay_channel(x, other, nt_pool_at(&table->joints, other->joint), t);
  decay_channel(x, c, j, t);
  add(&c->sums, v);
  lanes partners; /* read before our own is set: the two may be one */
  memcpy(partners, other->residual, sizeof partners);
  EACH(l) c->residual[l] = v - c->sums.mean[l];
  EACH(l) j->cf3[l] += c->residual[l] * partners[l];
  square(c->variance2, c->sums.variance, 0);
  EACH(l) c->deviation[l] = sqrt(c->sums.variance[l]);
  return put_channel(row, c, j, other);
}

/* The channel of two keys; a new one is joined with the reverse one, itself made if need be. */
static int channel_of(channels *table, const nt_key *source, const nt_key *destination,
                      uint32_t *number) {
  nt_key forth = *source, back = *destination;
  memcpy(forth.bytes + forth.size, destination->bytes, destination->size);
  forth.size += destination->size;
  memcpy(back.bytes + back.size, source->bytes, source->size);
  back.size += source->size;
  *number = nt_key_table_put(table->keys, forth.bytes, forth.size);
  if (*number == NT_KEY_TABLE_FULL) return 0;
  if (*number < table->channels.count) return 1;
  uint32_t reverse = nt_key_table_put(table->keys, back.bytes, back.size);
  size_t fresh = table->joints.count;
  if (reverse == NT_KEY_TABLE_FULL ||
      !nt_pool_grow(&table->channels, nt_key_table_count(table->keys)) ||
      !nt_pool_grow(&table->joints, fresh + 1))
    return 0;
  channel *c = nt_pool_at(&table->channels, *number), *r = nt_pool_at(&table->channels, reverse);
  c->partner = reverse;
  r->partner = *number;
  c->joint = r->joint = (uint32_t)fresh;
  return 1;
}

/* ---------------------------------------------------------------- flows */

static int single_of(single *table, const nt_key *key, uint32_t *number) {
  *number = nt_key_table_put(table->keys, key->bytes, key->size);
  return *number != NT_KEY_TABLE_FULL && nt_pool_grow(&table->sums, (size_t)*number + 1);
}

static nt_key socket_key(const nt_identity *id, int end) {
  nt_key key;
  nt_key_start(&key, NT_KEY_AS_TEXT);
  if (id->port_kind == NT_PORT_ARP) {
    memcpy(key.bytes, "ARP", 3);
    key.size = 3;
    nt_key_add_mac(&key, id, end);
  } else {
    nt_key_add_address(&key, id, end);
    nt_key_add_port(&key, id, end);
  }
  return key;
}

static int flow_of(csv115 *x, const nt_identity *id, flow *f) {
  nt_key mi, source, destination;
  nt_key_start(&mi, NT_KEY_AS_TEXT);
  nt_key_start(&source, NT_KEY_AS_TEXT);
  nt_key_start(&destination, NT_KEY_AS_TEXT);
  nt_key_add_mac(&mi, id, NT_SOURCE);
  nt_key_add_address(&mi, id, NT_SOURCE);
  nt_key_add_address(&source, id, NT_SOURCE);
  nt_key_add_address(&destination, id, NT_DESTINATION);
  nt_key jitter = source;
  nt_key_add_address(&jitter, id, NT_DESTINATION);
  nt_key from = socket_key(id, NT_SOURCE), to = socket_key(id, NT_DESTINATION);
  return single_of(&x->mi, &mi, &f->mi) && single_of(&x->host, &source, &f->host) &&
         single_of(&x->jitter, &jitter, &f->jitter) &&
         channel_of(&x->hosts, &source, &destination, &f->host_channel) &&
         channel_of(&x->sockets, &from, &to, &f->socket_channel);
}

/* NULL: out of memory. */
static const flow *find_flow(csv115 *x, const nt_identity *id) {
  uint32_t number = nt_key_table_put(x->identities, id, sizeof *id);
  if (number == NT_KEY_TABLE_FULL) return NULL;
  if (number == x->flows.count) {
    if (!nt_pool_grow(&x->flows, (size_t)number + 1)) return NULL;
    if (!flow_of(x, id, nt_pool_at(&x->flows, number))) return NULL;
  }
  return nt_pool_at(&x->flows, number);
}

static int update_one(csv115 *x, const nt_packet *packet, double *row) {
  nt_identity id;
  nt_identity_of(packet, &id);
  const flow *f = find_flow(x, &id);
  if (!f) return 0;
  double v = packet->length, t = packet->time;
  row = update_1d(x, nt_pool_at(&x->mi.sums, f->mi), v, t, row);
  row = update_1d(x, nt_pool_at(&x->host.sums, f->host), v, t, row);
  row = update_channel(x, &x->hosts, f->host_channel, v, t, row);
  row = update_jitter(x, nt_pool_at(&x->jitter.sums, f->jitter), t, row);
  update_channel(x, &x->sockets, f->socket_channel, v, t, row);
  return 1;
}

/* ---------------------------------------------------------------- the profile */

static void destroy(void *state) {
  csv115 *x = state;
  nt_key_table_free(x->identities);
  nt_pool_done(&x->flows);
  single *const singles[] = {&x->mi, &x->host, &x->jitter};
  for (size_t i = 0; i < 3; i++) {
    nt_key_table_free(singles[i]->keys);
    nt_pool_done(&singles[i]->sums);
  }
  channels *const pairs[] = {&x->hosts, &x->sockets};
  for (size_t i = 0; i < 2; i++) {
    nt_key_table_free(pairs[i]->keys);
    nt_pool_done(&pairs[i]->channels);
    nt_pool_done(&pairs[i]->joints);
  }
  free(x);
}

static int init(csv115 *x) {
  x->identities = nt_key_table_new(sizeof(nt_identity));
  x->flows = nt_pool_of(sizeof(flow));
  int fine = x->identities != NULL;
  single *const singles[] = {&x->mi, &x->host, &x->jitter};
  for (size_t i = 0; i < 3; i++) {
    *singles[i] = (single){nt_key_table_new(0), nt_pool_of(sizeof(sums))};
    fine = fine && singles[i]->keys;
  }
  channels *const pairs[] = {&x->hosts, &x->sockets};
  for (size_t i = 0; i < 2; i++) {
    *pairs[i] =
        (channels){nt_key_table_new(0), nt_pool_of(sizeof(channel)), nt_pool_of(sizeof(joint))};
    fine = fine && pairs[i]->keys;
  }
  return fine;
}

static void *create(const nt_extractor_options *options, nt_error *err) {
  (void)options;
  csv115 *x = calloc(1, sizeof *x);
  if (x) {
    if (init(x)) return x;
    destroy(x);
  }
  nt_fail(err, NT_E_MEMORY, "profile csv115: out of memory");
  return NULL;
}

static nt_status update(void *state, const nt_packet *packets, size_t n, double *rows,
                        nt_error *err) {
  size_t width = nt_profile_width(NT_PROFILE_CSV115);
  for (size_t i = 0; i < n; i++)
    if (!update_one(state, &packets[i], rows + i * width))
      return nt_fail(err, NT_E_MEMORY, "profile csv115: out of memory");
  return NT_OK;
}

static size_t table_bytes(const nt_key_table *keys, const nt_pool *pool) {
  return nt_key_table_bytes(keys) + nt_pool_bytes(pool);
}

static void usage(const void *state, nt_extractor_usage *usage) {
  const csv115 *x = state;
  usage->streams = x->mi.sums.count + x->host.sums.count + x->jitter.sums.count +
                   x->hosts.channels.count + x->sockets.channels.count;
  usage->pairs = x->hosts.joints.count + x->sockets.joints.count;
  usage->bytes =
      sizeof *x + table_bytes(x->identities, &x->flows) + table_bytes(x->mi.keys, &x->mi.sums) +
      table_bytes(x->host.keys, &x->host.sums) + table_bytes(x->jitter.keys, &x->jitter.sums) +
      table_bytes(x->hosts.keys, &x->hosts.channels) + nt_pool_bytes(&x->hosts.joints) +
      table_bytes(x->sockets.keys, &x->sockets.channels) + nt_pool_bytes(&x->sockets.joints);
}

/* ---------------------------------------------------------------- kept */

#define NUMBERS(record, member) NT_MEMBER(record, member, NT_STATE_NUMBER, NT_LAMBDAS)

static const nt_member sums_members[] = {NUMBERS(sums, cf1),
                                         NUMBERS(sums, cf2),
                                         NUMBERS(sums, w),
                                         NUMBERS(sums, mean),
                                         NUMBERS(sums, mean2),
                                         NUMBERS(sums, variance),
                                         NT_MEMBER(sums, last, NT_STATE_NUMBER, 1)};
static const nt_member channel_members[] = {NUMBERS(channel, sums.cf1),
                                            NUMBERS(channel, sums.cf2),
                                            NUMBERS(channel, sums.w),
                                            NUMBERS(channel, sums.mean),
                                            NUMBERS(channel, sums.mean2),
                                            NUMBERS(channel, sums.variance),
                                            NT_MEMBER(channel, sums.last, NT_STATE_NUMBER, 1),
                                            NUMBERS(channel, residual),
                                            NUMBERS(channel, deviation),
                                            NUMBERS(channel, variance2),
                                            NT_MEMBER(channel, partner, NT_STATE_INDEX, 1),
                                            NT_MEMBER(channel, joint, NT_STATE_INDEX, 1)};
static const nt_member joint_members[] = {NUMBERS(joint, cf3),
                                          NT_MEMBER(joint, last, NT_STATE_NUMBER, 1)};
#define MEMBERS(table) table, sizeof(table) / sizeof *(table)

enum { SINGLES = 3, GRAPHS = 2 };
static const char *const single_names[SINGLES] = {"extractor/mi", "extractor/host",
                                                  "extractor/jitter"};
static const char *const channel_names[GRAPHS] = {"extractor/hosts", "extractor/sockets"};
static const char *const joint_names[GRAPHS] = {"extractor/hosts/joints",
                                                "extractor/sockets/joints"};

static nt_status put_state(const void *state, const nt_state_writer *to, nt_error *err) {
  const csv115 *x = state;
  const single *const singles[SINGLES] = {&x->mi, &x->host, &x->jitter};
  const channels *const graphs[GRAPHS] = {&x->hosts, &x->sockets};
  nt_status status = nt_identities_put(x->identities, to, err);
  for (int i = 0; i < SINGLES && status == NT_OK; i++) {
    status = nt_key_table_put_all(singles[i]->keys, 0, single_names[i], to, err);
    if (status == NT_OK)
      status = nt_pool_put(&singles[i]->sums, MEMBERS(sums_members), single_names[i], to, err);
  }
  for (int i = 0; i < GRAPHS && status == NT_OK; i++) {
    status = nt_key_table_put_all(graphs[i]->keys, 0, channel_names[i], to, err);
    if (status == NT_OK)
      status =
          nt_pool_put(&graphs[i]->channels, MEMBERS(channel_members), channel_names[i], to, err);
    if (status == NT_OK)
      status = nt_pool_put(&graphs[i]->joints, MEMBERS(joint_members), joint_names[i], to, err);
  }
  return status;
}

static nt_status take_channels(channels *g, const char *name, const char *joints,
                               const nt_state_reader *from, nt_error *err) {
  nt_status status = nt_key_table_take_all(g->keys, 0, name, from, err);
  if (status == NT_OK)
    status = nt_pool_take(&g->channels, nt_key_table_count(g->keys), MEMBERS(channel_members), name,
                          from, err);
  if (status == NT_OK)
    status = nt_pool_take_counted(&g->joints, MEMBERS(joint_members), joints, from, err);
  for (uint32_t i = 0; status == NT_OK && i < g->channels.count; i++) {
    const channel *c = nt_pool_at(&g->channels, i);
    if (c->partner >= g->channels.count || c->joint >= g->joints.count)
      status = nt_state_wrong(err, name, "a channel is joined with one that is not there");
  }
  return status;
}

/* Streams, channels and joints: as many as there were before, where flows are of known ones. */
static uint64_t records_of(const csv115 *x) {
  nt_extractor_usage u = {0};
  usage(x, &u);
  return u.streams + u.pairs;
}

static nt_status take_flows(csv115 *x, const nt_state_reader *from, nt_error *err) {
  nt_identity *ids;
  size_t count;
  nt_status status = nt_identities_take(from, &ids, &count, err);
  uint64_t records = records_of(x);
  for (size_t i = 0; status == NT_OK && i < count; i++) {
    if (!find_flow(x, &ids[i]))
      status = nt_fail(err, NT_E_MEMORY, "profile csv115: out of memory");
    else if (x->flows.count != i + 1 || records_of(x) != records)
      status = nt_state_wrong(err, "extractor/flows", "a flow is of streams that are not there");
  }
  free(ids);
  return status;
}

static nt_status take_state(void *state, const nt_state_reader *from, nt_error *err) {
  csv115 *x = state;
  single *const singles[SINGLES] = {&x->mi, &x->host, &x->jitter};
  channels *const graphs[GRAPHS] = {&x->hosts, &x->sockets};
  nt_status status = NT_OK;
  for (int i = 0; i < SINGLES && status == NT_OK; i++) {
    status = nt_key_table_take_all(singles[i]->keys, 0, single_names[i], from, err);
    if (status == NT_OK)
      status = nt_pool_take(&singles[i]->sums, nt_key_table_count(singles[i]->keys),
                            MEMBERS(sums_members), single_names[i], from, err);
  }
  for (int i = 0; i < GRAPHS && status == NT_OK; i++)
    status = take_channels(graphs[i], channel_names[i], joint_names[i], from, err);
  return status == NT_OK ? take_flows(x, from, err) : status;
}

const nt_profile_type nt_profile_csv115 = {create, destroy, update, usage, put_state, take_state};
