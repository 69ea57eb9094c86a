/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The arithmetic of stream.h for one instruction set (numeric/vector.h).
 *
 * NT_LANES divides 8; a row of lanes is worked on in PARTS vectors, of which those that hold
 * nothing but idle lanes are left out.
 */
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "numeric/vector.h"

#include "stream.h"

#define PARTS ((NT_LAMBDAS + NT_LANES - 1) / NT_LANES)
typedef double vec __attribute__((vector_size(NT_LANES * 8), may_alias));
typedef uint64_t bits __attribute__((vector_size(NT_LANES * 8), may_alias));
#define AT(lanes, k) (*(vec *)((lanes) + (k)*NT_LANES))
#define CAT(lanes, k) (*(const vec *)((lanes) + (k)*NT_LANES))
/* Loops over parts: the count is known and small, unrolled by every compiler at -O2. */
#define EACH(k) _Pragma("GCC unroll 4") for (int k = 0; k < PARTS; k++)

typedef struct lanes {
  vec p[PARTS];
} lanes;

static const double minus_lambda[NT_STREAM_LANES]
    __attribute__((aligned(64))) = {-5, -3, -1, -0.1, -0.01};

static inline vec choose(bits mask, vec yes, vec no) {
  return (vec)((mask & (bits)yes) | (~mask & (bits)no));
}

/*
 * 2^y for -1000 <= y <= 0 (below: 2^-1000, which no weight survives). y = n + r with n the nearest
 * integer, |r| <= 1/2; 2^r = 1 + r q(r), q of degree 10 interpolates at Chebyshev's nodes (relative
 * error 2e-17, all of it below rounding). Exactly 1 for y = 0. The shift by 1.5 * 2^52 leaves n in
 * the low bits.
 */
static inline vec exp2_of(vec y) {
  const vec zero = {0}, low = zero - 1000.0, shift = zero + 0x1.8p52;
  y = choose((bits)(y < low), low, y);
  vec shifted = y + shift, r = y - (shifted - shift);
  vec r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
  vec a = r * 0x1.ebfbdff82c598p-3 + 0x1.62e42fefa39efp-1;
  vec b = r * 0x1.3b2ab6fba1ddap-7 + 0x1.c6b08d704a0c2p-5;
  vec c = r * 0x1.430913096fd9fp-13 + 0x1.5d87fe78a5276p-10;
  vec d = r * 0x1.62bfd47773353p-20 + 0x1.ffcbfc670dcd4p-17;
  vec e = r * 0x1.e6063f7217bc6p-28 + 0x1.b524fae627834p-24;
  vec q = r8 * (r2 * 0x1.e9d3fe3952179p-32 + e) + (r4 * (d * r2 + c) + (r2 * b + a));
  vec p = q * r + 1.0;
  return (vec)((bits)p + ((bits)shifted << 52));
}

static inline lanes factors(double dt) {
  lanes f;
  EACH(k) f.p[k] = exp2_of(CAT(minus_lambda, k) * dt);
  return f;
}

static inline double elapsed(double from, double to) {
  return to > from ? to - from : 0;
}

/* Correctly rounded everywhere; spelt out because compilers keep scalar calls for the sake of
 * errno. */
static inline vec square_root(vec x) {
#if defined(__x86_64__) && NT_LANES == 8
  return (vec)_mm512_sqrt_pd((__m512d)x);
#elif defined(__x86_64__) && NT_LANES == 4
  return (vec)_mm256_sqrt_pd((__m256d)x);
#elif defined(__x86_64__)
  return (vec)_mm_sqrt_pd((__m128d)x);
#else
  for (int i = 0; i < NT_LANES; i++) x[i] = __builtin_sqrt(x[i]);
  return x;
#endif
}

/* ---------------------------------------------------------------- one stream */

static inline void insert(nt_moments *m, double v, const lanes *f) {
  EACH(k) {
    vec w = AT(m->w, k) * f->p[k], g = 1.0 / (w + 1.0), a = w * g;
    vec d = v - AT(m->mean, k), mean = AT(m->mean, k) + d * g;
    vec variance = a * (AT(m->variance, k) + d * d * g);
    AT(m->w, k) = w + 1.0;
    AT(m->mean, k) = mean;
    AT(m->variance, k) =
        choose((bits)(variance < mean * mean * NT_VARIANCE_FLOOR), variance * 0, variance);
  }
}

static inline void put_moments(double *row, const nt_moments *m, int stride) {
  for (int l = 0; l < NT_LAMBDAS; l++) {
    row[l * stride] = m->w[l];
    row[l * stride + 1] = m->mean[l];
    row[l * stride + 2] = m->variance[l];
  }
}

static inline double tick(nt_clock *clock, double t) {
  double dt = clock->sent ? elapsed(clock->last, t) : 0;
  if (!clock->sent || t > clock->last) clock->last = t;
  clock->sent = 1;
  return dt;
}

static inline void update_1d(nt_stream_table *table, uint32_t i, double v, double t, double *row) {
  nt_moments *m = nt_pool_at(&table->moments, i);
  lanes f = factors(tick(nt_pool_at(&table->clocks, i), t));
  insert(m, v, &f);
  put_moments(row, m, 3);
}

static inline void update_jitter(nt_stream_table *table, uint32_t i, double t, double *row) {
  nt_moments *m = nt_pool_at(&table->moments, i);
  double dt = tick(nt_pool_at(&table->clocks, i), t);
  lanes f = factors(dt);
  insert(m, dt, &f);
  put_moments(row, m, 3);
}

/* ---------------------------------------------------------------- pairs */

static inline nt_clock *clock_of(nt_stream_graph *g, uint32_t i) {
  return nt_pool_at(&g->streams.clocks, i);
}

/* The list of the silent end takes the pair. */
static inline void wait_for(nt_stream_graph *g, nt_pair_link *link, uint32_t pair,
                            uint32_t silent) {
  nt_clock *clock = clock_of(g, silent);
  link->next = clock->waiting;
  clock->waiting = pair + 1;
}

/* Makes `sender`, the silent end so far, the active one. clock: the sender's, with this packet; f:
 * its factors. A pair ages by the clock of its active end, so that Y + w is a sum of weights
 * whatever the order of the records. */
static inline void turn(nt_stream_graph *g, uint32_t pair, uint32_t sender, double t,
                        const nt_clock *clock, const nt_moments *m, const nt_residuals *own,
                        const lanes *f) {
  nt_pair *p = nt_pool_at(&g->pairs, pair);
  nt_pair_link *link = nt_pool_at(&g->links, pair);
  int side = link->end[0] != sender;
  uint32_t other = link->end[!side];
  const nt_moments *om = nt_pool_at(&g->streams.moments, other);
  const nt_residuals *other_own = nt_pool_at(&g->residuals, other);
  double others = clock_of(g, other)->last, idle = elapsed(others, t);
  lanes fo = factors(idle), fp = factors(elapsed(link->last, others) + idle);
  double heard = link->heard[side];
  EACH(k) {
    vec cf3 =
        AT(p->z, k) * fp.p[k] + CAT(own->residual, k) * heard * (CAT(other_own->sum, k) * fo.p[k]);
    vec w3 = AT(p->y, k) * fp.p[k] + CAT(om->w, k) * fo.p[k];
    AT(p->z, k) = cf3 - CAT(other_own->residual, k) * (CAT(own->sum, k) * f->p[k]);
    AT(p->y, k) = w3 - CAT(m->w, k) * f->p[k];
  }
  link->last = clock->last;
  link->active = (uint8_t)side;
  link->heard[side] = 1;
  wait_for(g, link, pair, other);
}

static inline void make_pair(nt_stream_graph *g, const nt_ends *ends, nt_pair *p,
                             nt_pair_link *link, double now, const nt_moments *m) {
  *link = (nt_pair_link){
      .last = now, .end = {ends->source, ends->destination}, .made = 1, .heard = {1, 0}};
  EACH(k) AT(p->y, k) = 1.0 - CAT(m->w, k);
  if (ends->source != ends->destination) wait_for(g, link, ends->pair, ends->destination);
}

/* Radius, magnitude, covariance, pcc of the pair whose end `side` has just sent. */
static inline void put_pair(double *row, const nt_pair *p, const nt_moments *a, const nt_moments *b,
                            const nt_residuals *own, const vec *silent) {
  double out[4][NT_STREAM_LANES] __attribute__((aligned(64)));
  EACH(k) {
    vec va = CAT(a->variance, k), vb = CAT(b->variance, k);
    vec ma = CAT(a->mean, k), mb = CAT(b->mean, k);
    vec cf3 = CAT(p->z, k) + silent[k] * CAT(own->sum, k);
    vec covariance = cf3 / (CAT(p->y, k) + CAT(a->w, k));
    vec product = square_root(va * vb), one = product * 0 + 1.0;
    bits none = (bits)(product == 0);
    AT(out[0], k) = square_root(va * va + vb * vb);
    AT(out[1], k) = square_root(ma * ma + mb * mb);
    AT(out[2], k) = covariance;
    AT(out[3], k) = choose(none, one * 0, covariance / choose(none, one, product));
  }
  for (int l = 0; l < NT_LAMBDAS; l++)
    for (int s = 0; s < 4; s++) row[7 * l + s] = out[s][l];
}

/* now: the sender's clock. */
static inline void update_pair(nt_stream_graph *g, const nt_ends *ends, double now,
                               const nt_moments *m, const nt_residuals *own, double *row) {
  static const nt_moments nothing __attribute__((aligned(64))) = {{0}, {0}, {0}};
  nt_pair *p = nt_pool_at(&g->pairs, ends->pair);
  nt_pair_link *link = nt_pool_at(&g->links, ends->pair);
  int is_new = !link->made;
  if (is_new) make_pair(g, ends, p, link, now, m);
  int side = link->end[0] != ends->source;
  uint32_t other = link->end[!side];
  vec silent[PARTS] = {0};
  if (link->heard[!side]) {
    const nt_residuals *other_own = nt_pool_at(&g->residuals, other);
    EACH(k) silent[k] = CAT(other_own->residual, k);
  }
  if (!is_new) {
    lanes f = factors(elapsed(link->last, now));
    EACH(k) AT(p->z, k) = AT(p->z, k) * f.p[k] + CAT(own->residual, k) * silent[k];
    EACH(k) AT(p->y, k) = AT(p->y, k) * f.p[k] + 1.0;
    link->last = now;
  }
  /* A stream that never sent is all zero; not looking at it leaves its memory untouched. */
  const nt_moments *om =
      clock_of(g, other)->sent ? nt_pool_at(&g->streams.moments, other) : &nothing;
  put_pair(row, p, m, om, own, silent);
}

static inline void update_2d(nt_stream_graph *g, const nt_ends *ends, double v, double t,
                             double *row) {
  nt_moments *m = nt_pool_at(&g->streams.moments, ends->source);
  nt_residuals *own = nt_pool_at(&g->residuals, ends->source);
  nt_clock *clock = clock_of(g, ends->source);
  g->senders += !clock->sent;
  lanes f = factors(tick(clock, t));
  uint32_t pair = clock->waiting;
  clock->waiting = 0;
  while (pair) {
    uint32_t next = ((const nt_pair_link *)nt_pool_at(&g->links, pair - 1))->next;
    turn(g, pair - 1, ends->source, t, clock, m, own, &f);
    pair = next;
  }
  insert(m, v, &f);
  EACH(k) {
    vec residual = v - CAT(m->mean, k);
    AT(own->sum, k) = AT(own->sum, k) * f.p[k] + residual;
    AT(own->residual, k) = residual;
  }
  put_moments(row, m, 7);
  update_pair(g, ends, clock->last, m, own, row + 3);
}

/* ---------------------------------------------------------------- a batch */

void NT_FOR_ISA(nt_stream_run)(nt_stream_state *s, const nt_packet *packets,
                               const nt_packet_streams *const *flows, size_t n, double *rows) {
  size_t width = nt_profile_width(NT_PROFILE_STREAM);
  for (size_t i = 0; i < n; i++, rows += width) {
    const nt_packet_streams *flow = flows[i];
    double v = packets[i].length, t = packets[i].time;
    update_1d(&s->mi, flow->mi, v, t, rows);
    update_2d(&s->hosts, &flow->hosts, v, t, rows + 15);
    update_jitter(&s->jitter, flow->jitter, t, rows + 50);
    update_2d(&s->sockets, &flow->sockets, v, t, rows + 65);
  }
}

#if NT_LANES == 2
void nt_stream_factors(double dt, double out[NT_STREAM_LANES]) {
  lanes f = factors(dt);
  memset(out, 0, NT_STREAM_LANES * sizeof *out);
  memcpy(out, &f, sizeof f);
}
#endif
