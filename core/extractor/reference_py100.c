/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * py100: the 100 features of Kitsune-py (AfterImage.py, netStat.py), bit for bit.
 *
 * The definition in one breath: each stream keeps damped sums CF1, CF2 and a weight w; each pair of
 * streams a damped sum CF3 of residual products, with a weight w3. A packet of host A updates the
 * pair of A with every peer that A ever had, so a packet costs O(peers). That is part of the
 * definition; made cheap here by what can be seen to leave every bit as it is:
 *
 *   - All five decays of a stream live through the same updates: they share one clock and one list.
 *   - The mean and variance that a stream shows are those cached at its last insert.
 *   - A pair's residual of one end is always that end's latest residual, once it has sent since the
 *     pair was made, and 0 before: the stream keeps the residual, the pair who was heard. Before
 *     that, CF3 += r * 0 leaves CF3 = +0.
 *   - A stream that never sent has CF1 = CF2 = 0, and a weight of at most 1e-20, which vanishes in
 *     the first w += 1: its decays need not be carried out. Its clock does matter when time runs
 *     backwards, and is the latest clock of its pairs.
 */
#include <stdlib.h>

#include "ground/team.h"

#include "directory.h"
#include "kept.h"
#include "reference_decay.h"

typedef struct sums {
  lanes cf1, cf2, w;
  lanes mean, variance; /* as of the last insert */
  double last;          /* s */
} sums;

/* What an end of a pair has sent: nothing ever; something before the pair was made; something
 * since. */
enum { SILENT, SENT, HEARD };

typedef struct pair {
  lanes cf3, w3;
  double last;
  uint32_t end[2];  /* streams; [0] made the pair */
  uint8_t voice[2]; /* of each end: SILENT, SENT or HEARD */
} pair;

typedef struct stream {
  sums sums;
  lanes mean2, variance2, deviation; /* mean^2, variance^2, sqrt(variance) */
  lanes residual;                    /* latest value - mean */
  pair **pairs;                      /* in which it takes part, in order of creation */
  uint32_t count, capacity;
  uint8_t sent; /* it has had an insert */
} stream;

typedef struct graph {
  nt_pool streams, pairs;
} graph;

/* What one thread can do by itself of a packet: one table of streams and one of pairs, 50 columns. */
typedef struct half {
  nt_pool single; /* sums */
  graph paired;
  decay_memory decays;
  size_t list_bytes;
} half;
enum { MI_AND_HOSTS, JITTER_AND_SOCKETS, HALVES };

typedef struct py100 {
  nt_directory directory;
  half halves[HALVES];
} py100;

/* ---------------------------------------------------------------- one stream */

static void decay(half *x, sums *s, double t) {
  double dt = t - s->last;
  if (!(dt > 0)) return;
  const double *f = decay_factors(&x->decays, dt);
  EACH_TWO(k) {
    TWO(s->cf1, k) *= CTWO(f, k);
    TWO(s->cf2, k) *= CTWO(f, k);
    TWO(s->w, k) *= CTWO(f, k);
  }
  s->last = t;
}

/* mean2: room for mean^2, which the variance needs and a pair wants again. */
static void insert(half *x, sums *s, double v, double t, double *mean2) {
  decay(x, s, t);
  EACH(l) s->cf1[l] += v;
  EACH(l) s->w[l] += 1;
  EACH(l) s->mean[l] = s->cf1[l] / s->w[l];
  double v2 = square(mean2, s->mean, v);
  EACH(l) s->cf2[l] += v2;
  EACH(l) s->variance[l] = fabs(s->cf2[l] / s->w[l] - mean2[l]);
}

static double *put_sums(double *row, const sums *s, int stride) {
  for (int l = 0; l < NT_LAMBDAS; l++) {
    row[l * stride] = s->w[l];
    row[l * stride + 1] = s->mean[l];
    row[l * stride + 2] = s->variance[l];
  }
  return row + NT_LAMBDAS * stride;
}

/* The stream `number` of a pool of sums; a new one starts at time t. NULL: out of memory. */
static sums *sums_of(nt_pool *pool, uint32_t number, double t) {
  int is_new = number == pool->count;
  if (is_new && !nt_pool_grow(pool, (size_t)number + 1)) return NULL;
  sums *s = nt_pool_at(pool, number);
  if (is_new) s->last = t;
  return s;
}

static double *update_1d(half *x, sums *s, double v, double t, double *row) {
  lanes mean2 = {0};
  insert(x, s, v, t, mean2);
  return put_sums(row, s, 3);
}

static double *update_jitter(half *x, sums *s, double t, double *row) {
  double dt = t - s->last;
  return update_1d(x, s, dt > 0 ? dt : 0, t, row);
}

/* ---------------------------------------------------------------- pairs */

static stream *stream_at(graph *g, uint32_t number) {
  return nt_pool_at(&g->streams, number);
}

/* One packet of end `side`, whose stream has had its insert. */
static void update_pair(half *x, graph *g, pair *p, int side, const stream *sender, double t) {
  double dt = t - p->last;
  int heard = p->voice[!side] == HEARD;
  if (dt > 0) {
    const double *f = decay_factors(&x->decays, dt);
    EACH_TWO(k) TWO(p->w3, k) = TWO(p->w3, k) * CTWO(f, k) + 1.0;
    if (heard) EACH_TWO(k) TWO(p->cf3, k) *= CTWO(f, k);
    p->last = t;
  } else {
    EACH_TWO(k) TWO(p->w3, k) += 1.0;
  }
  p->voice[side] = HEARD;
  if (p->voice[!side] == SILENT) return;
  stream *other = stream_at(g, p->end[!side]);
  decay(x, &other->sums, t);
  if (heard) EACH_TWO(k) TWO(p->cf3, k) += CTWO(sender->residual, k) * CTWO(other->residual, k);
}

/* A stream whose first packet this is has the clock that its peers' packets have moved it to. */
static void start_clock(stream *s) {
  for (uint32_t i = 0; i < s->count; i++) {
    const pair *p = s->pairs[i];
    if (p->last > s->sums.last) s->sums.last = p->last;
  }
  s->sent = 1;
}

static void insert_with_pairs(half *x, graph *g, uint32_t number, double v, double t) {
  stream *s = stream_at(g, number);
  if (!s->sent) start_clock(s);
  insert(x, &s->sums, v, t, s->mean2);
  square(s->variance2, s->sums.variance, 0);
  EACH(l) s->deviation[l] = sqrt(s->sums.variance[l]);
  EACH(l) s->residual[l] = v - s->sums.mean[l];
  for (uint32_t i = 0; i < s->count; i++) {
    pair *p = s->pairs[i];
    update_pair(x, g, p, p->end[0] != number, s, t);
  }
}

static int list_pair(half *x, graph *g, uint32_t number, pair *p) {
  stream *s = stream_at(g, number);
  if (s->count == s->capacity) {
    uint32_t capacity = s->capacity ? 2 * s->capacity : 4;
    pair **pairs = realloc(s->pairs, capacity * sizeof *pairs);
    if (!pairs) return 0;
    x->list_bytes += (capacity - s->capacity) * sizeof *pairs;
    s->pairs = pairs;
    s->capacity = capacity;
  }
  s->pairs[s->count++] = p;
  return 1;
}

static int make_streams(graph *g, const nt_ends *ends, double t) {
  uint32_t most = ends->source > ends->destination ? ends->source : ends->destination;
  while (g->streams.count <= most) {
    if (!nt_pool_grow(&g->streams, g->streams.count + 1)) return 0;
    stream_at(g, (uint32_t)g->streams.count - 1)->sums.last = t;
  }
  return 1;
}

/* The pair, made if need be and then listed by both ends: twice by a stream that is both. */
static pair *pair_of(half *x, graph *g, const nt_ends *ends, double t) {
  if (ends->pair < g->pairs.count) return nt_pool_at(&g->pairs, ends->pair);
  if (!nt_pool_grow(&g->pairs, (size_t)ends->pair + 1)) return NULL;
  pair *p = nt_pool_at(&g->pairs, ends->pair);
  EACH(l) p->w3[l] = 1e-20;
  p->last = t;
  p->end[0] = ends->source;
  p->end[1] = ends->destination;
  for (int e = 0; e < 2; e++) p->voice[e] = stream_at(g, p->end[e])->sent ? SENT : SILENT;
  if (!list_pair(x, g, ends->source, p)) return NULL;
  return list_pair(x, g, ends->destination, p) ? p : NULL;
}

static void put_pair(double *row, const pair *p, const stream *a, const stream *b) {
  for (int l = 0; l < NT_LAMBDAS; l++, row += 7) {
    double covariance = p->cf3[l] / p->w3[l], product = a->deviation[l] * b->deviation[l];
    row[0] = sqrt(a->variance2[l] + b->variance2[l]);
    row[1] = sqrt(a->mean2[l] + b->mean2[l]);
    row[2] = covariance;
    row[3] = product != 0 ? covariance / product : 0;
  }
}

static double *update_2d(half *x, graph *g, const nt_ends *ends, double v, double t, double *row) {
  if (!make_streams(g, ends, t)) return NULL;
  insert_with_pairs(x, g, ends->source, v, t);
  pair *p = pair_of(x, g, ends, t);
  if (!p) return NULL;
  const stream *sender = stream_at(g, ends->source);
  put_sums(row, &sender->sums, 7);
  update_pair(x, g, p, p->end[0] != ends->source, sender, t);
  put_pair(row + 3, p, stream_at(g, p->end[0]), stream_at(g, p->end[1]));
  return row + 7 * NT_LAMBDAS;
}

/* ---------------------------------------------------------------- a batch */

enum { BATCH = 256 }; /* packets whose streams are looked up before threads share the work */

typedef struct batch {
  py100 *x;
  const nt_packet *packets;
  const nt_packet_streams *flows[BATCH];
  size_t count;
  double *rows;
  int short_of_memory[HALVES];
} batch;

static int update_half(half *x, size_t which, const nt_packet *packet,
                       const nt_packet_streams *flow, double *row) {
  double v = packet->length, t = packet->time;
  if (which == MI_AND_HOSTS) {
    sums *mi = sums_of(&x->single, flow->mi, t);
    return mi && update_2d(x, &x->paired, &flow->hosts, v, t, update_1d(x, mi, v, t, row));
  }
  sums *jitter = sums_of(&x->single, flow->jitter, t);
  return jitter &&
         update_2d(x, &x->paired, &flow->sockets, v, t, update_jitter(x, jitter, t, row + 50));
}

static void run_half(void *context, size_t which, int member) {
  (void)member;
  batch *b = context;
  size_t width = nt_profile_width(NT_PROFILE_PY100);
  for (size_t i = 0; i < b->count; i++)
    if (!update_half(&b->x->halves[which], which, &b->packets[i], b->flows[i], b->rows + i * width))
      b->short_of_memory[which] = 1;
}

/* The threads of the team within whose loop this is called share the halves: each of them sees its
 * own packets in order, whoever works on it. 0: out of memory. */
static int update_batch(batch *b) {
  for (size_t i = 0; i < b->count; i++) {
    nt_identity identity;
    nt_identity_of(&b->packets[i], &identity);
    uint32_t hash = nt_directory_expect(&b->x->directory, &identity);
    b->flows[i] = nt_directory_flow(&b->x->directory, &identity, hash);
    if (!b->flows[i]) return 0;
  }
  nt_team_each(nt_team_here(), HALVES, run_half, b);
  return !b->short_of_memory[MI_AND_HOSTS] && !b->short_of_memory[JITTER_AND_SOCKETS];
}

/* ---------------------------------------------------------------- the profile */

static void half_done(half *x) {
  for (size_t s = 0; s < x->paired.streams.count; s++)
    free(stream_at(&x->paired, (uint32_t)s)->pairs);
  nt_pool_done(&x->paired.streams);
  nt_pool_done(&x->paired.pairs);
  nt_pool_done(&x->single);
}

static void destroy(void *state) {
  py100 *x = state;
  for (int i = 0; i < HALVES; i++) half_done(&x->halves[i]);
  nt_directory_done(&x->directory);
  free(x);
}

static void *create(const nt_extractor_options *options, nt_error *err) {
  (void)options;
  py100 *x = calloc(1, sizeof *x);
  if (x) {
    for (int i = 0; i < HALVES; i++)
      x->halves[i] = (half){.single = nt_pool_of(sizeof(sums)),
                            .paired = {nt_pool_of(sizeof(stream)), nt_pool_of(sizeof(pair))}};
    if (nt_directory_init(&x->directory, NT_KEY_AS_TEXT)) return x;
    destroy(x);
  }
  nt_fail(err, NT_E_MEMORY, "profile py100: out of memory");
  return NULL;
}

static nt_status update(void *state, const nt_packet *packets, size_t n, double *rows,
                        nt_error *err) {
  size_t width = nt_profile_width(NT_PROFILE_PY100);
  batch b = {.x = state};
  for (size_t i = 0; i < n; i += b.count) {
    b.count = n - i < BATCH ? n - i : BATCH;
    b.packets = packets + i;
    b.rows = rows + i * width;
    if (!update_batch(&b)) return nt_fail(err, NT_E_MEMORY, "profile py100: out of memory");
  }
  return NT_OK;
}

static void usage(const void *state, nt_extractor_usage *usage) {
  const py100 *x = state;
  usage->streams = nt_directory_streams(&x->directory);
  usage->pairs = nt_directory_pairs(&x->directory);
  usage->bytes = sizeof *x + nt_directory_bytes(&x->directory);
  for (int i = 0; i < HALVES; i++) {
    const half *h = &x->halves[i];
    usage->bytes += nt_pool_bytes(&h->single) + nt_pool_bytes(&h->paired.streams) +
                    nt_pool_bytes(&h->paired.pairs) + h->list_bytes;
  }
}

/* ---------------------------------------------------------------- kept */

#define NUMBERS(record, member) NT_MEMBER(record, member, NT_STATE_NUMBER, NT_LAMBDAS)

static const nt_member single_members[] = {
    NUMBERS(sums, cf1),  NUMBERS(sums, cf2),      NUMBERS(sums, w),
    NUMBERS(sums, mean), NUMBERS(sums, variance), NT_MEMBER(sums, last, NT_STATE_NUMBER, 1)};
static const nt_member stream_members[] = {NUMBERS(stream, sums.cf1),
                                           NUMBERS(stream, sums.cf2),
                                           NUMBERS(stream, sums.w),
                                           NUMBERS(stream, sums.mean),
                                           NUMBERS(stream, sums.variance),
                                           NT_MEMBER(stream, sums.last, NT_STATE_NUMBER, 1),
                                           NUMBERS(stream, mean2),
                                           NUMBERS(stream, variance2),
                                           NUMBERS(stream, deviation),
                                           NUMBERS(stream, residual),
                                           NT_MEMBER(stream, sent, NT_STATE_BYTE, 1)};
static const nt_member pair_members[] = {
    NUMBERS(pair, cf3), NUMBERS(pair, w3), NT_MEMBER(pair, last, NT_STATE_NUMBER, 1),
    NT_MEMBER(pair, end, NT_STATE_INDEX, 2), NT_MEMBER(pair, voice, NT_STATE_BYTE, 2)};
#define MEMBERS(table) table, sizeof(table) / sizeof *(table)

static const char *const single_names[HALVES] = {"extractor/mi", "extractor/jitter"};
static const char *const graph_names[HALVES] = {"extractor/hosts", "extractor/sockets"};
static const char *const pair_names[HALVES] = {"extractor/hosts/pairs", "extractor/sockets/pairs"};

static nt_status put_state(const void *state, const nt_state_writer *to, nt_error *err) {
  const py100 *x = state;
  nt_status status = nt_directory_put(&x->directory, to, err);
  for (int i = 0; i < HALVES && status == NT_OK; i++) {
    const half *h = &x->halves[i];
    status = nt_pool_put(&h->single, MEMBERS(single_members), single_names[i], to, err);
    if (status == NT_OK)
      status = nt_pool_put(&h->paired.streams, MEMBERS(stream_members), graph_names[i], to, err);
    if (status == NT_OK)
      status = nt_pool_put(&h->paired.pairs, MEMBERS(pair_members), pair_names[i], to, err);
  }
  return status;
}

/* Pairs into the lists of their ends, in the order in which they were made. */
static nt_status take_pairs(half *h, nt_graph *keys, const char *name, const nt_state_reader *from,
                            nt_error *err) {
  graph *g = &h->paired;
  nt_status status = nt_pool_take_counted(&g->pairs, MEMBERS(pair_members), name, from, err);
  for (uint32_t i = 0; status == NT_OK && i < g->pairs.count; i++) {
    pair *p = nt_pool_at(&g->pairs, i);
    if (p->voice[0] > HEARD || p->voice[1] > HEARD)
      return nt_state_wrong(err, name, "a pair is in no state that pairs have");
    status = nt_directory_take_pair(keys, p->end, i, name, err);
    for (int end = 0; status == NT_OK && end < 2; end++)
      if (!list_pair(h, g, p->end[end], p))
        status = nt_fail(err, NT_E_MEMORY, "profile py100: out of memory");
  }
  return status;
}

static nt_status take_state(void *state, const nt_state_reader *from, nt_error *err) {
  py100 *x = state;
  nt_directory *d = &x->directory;
  const nt_key_table *const *singles = (const nt_key_table *const[]){d->mi, d->jitter};
  nt_graph *const graphs[] = {&d->hosts, &d->sockets};
  nt_status status = nt_directory_take_streams(d, from, err);
  for (int i = 0; i < HALVES && status == NT_OK; i++) {
    half *h = &x->halves[i];
    status = nt_pool_take(&h->single, nt_key_table_count(singles[i]), MEMBERS(single_members),
                          single_names[i], from, err);
    if (status == NT_OK)
      status = nt_pool_take(&h->paired.streams, nt_key_table_count(graphs[i]->streams),
                            MEMBERS(stream_members), graph_names[i], from, err);
    if (status == NT_OK) status = take_pairs(h, graphs[i], pair_names[i], from, err);
  }
  return status == NT_OK ? nt_directory_take_flows(d, from, err) : status;
}

const nt_profile_type nt_profile_py100 = {create, destroy, update, usage, put_state, take_state};
