/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The arithmetic of stream.h for one instruction set (numeric/vector.h).
 *
 * A quad is the first four decays of one value, or the fifth ones of the packet's four streams; a
 * duo the fifth ones of its two pairs. Factors take most of the multiplications: they fill the widest
 * vectors. What compares or shuffles goes by the parts of a quad that a vector holds, since GCC takes
 * a quad to single numbers where vectors are shorter.
 */
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "numeric/vector.h"

#include "stream.h"

typedef double quad __attribute__((vector_size(32), aligned(8), may_alias));
typedef double duo __attribute__((vector_size(16), aligned(8), may_alias));
typedef long long quad_bits __attribute__((vector_size(32)));
typedef long long duo_bits __attribute__((vector_size(16)));
#define QUAD(p) (*(quad *)(p))
#define CQUAD(p) (*(const quad *)(p))
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

/* A quad, or half of it. */
#if NT_LANES > 2
typedef quad part;
typedef quad_bits part_bits;
#define PARTS 1
#else
typedef duo part;
typedef duo_bits part_bits;
#define PARTS 2
#endif
#define PART(q, p) (((part *)&(q))[p])

/* A packet's streams, in the order of the fifth ones' lanes; PAIRED: which have pairs. */
enum { MI, HOSTS, JITTER, SOCKETS, STREAMS };
static const int paired[2] = {HOSTS, SOCKETS};

#define MINUS_LAMBDA                                                                               \
  { -5, -3, -1, -0.1 }
#define MINUS_FIFTH (-0.01)

NT_INLINE quad all(double x) {
  return (quad){x, x, x, x};
}

/* ---------------------------------------------------------------- 2^y */

#if NT_LANES == 8
typedef double vec __attribute__((vector_size(64), may_alias));
typedef uint64_t bits __attribute__((vector_size(64), may_alias));
NT_INLINE vec at_least(vec y, vec low) {
  return (vec)_mm512_max_pd((__m512d)low, (__m512d)y);
}
#else
typedef part vec;
typedef uint64_t bits __attribute__((vector_size(8 * NT_LANES), may_alias));
NT_INLINE vec at_least(vec y, vec low) {
#if NT_LANES == 4
  return (vec)_mm256_max_pd((__m256d)low, (__m256d)y);
#else
  bits below = (bits)(y < low);
  return (vec)((below & (bits)low) | (~below & (bits)y));
#endif
}
#endif

/*
 * 2^y for -1000 <= y <= 0 (below: 2^-1000, which no weight survives). y = n + r with n the nearest
 * integer, |r| <= 1/2; 2^r = 1 + r q(r), q of degree 10 interpolates at Chebyshev's nodes (relative
 * error 2e-17, all of it below rounding). Exactly 1 for y = 0. The shift by 1.5 * 2^52 leaves n in
 * the low bits.
 */
NT_INLINE vec exp2_of(vec y) {
  const vec zero = {0}, shift = zero + 0x1.8p52;
  y = at_least(y, zero - 1000.0);
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

/* Exponents to factors, both at once where a vector has the room. */
NT_INLINE void exp2_both(quad *a, quad *b) {
#if NT_LANES == 8
  vec both = exp2_of(SHUFFLE(*a, *b, 0, 1, 2, 3, 4, 5, 6, 7));
  *a = SHUFFLE(both, both, 0, 1, 2, 3);
  *b = SHUFFLE(both, both, 4, 5, 6, 7);
#else
  NT_EACH (p, PARTS) PART(*a, p) = exp2_of(PART(*a, p));
  NT_EACH (p, PARTS) PART(*b, p) = exp2_of(PART(*b, p));
#endif
}

/* ---------------------------------------------------------------- small things */

NT_INLINE double elapsed(double from, double to) {
  return to > from ? to - from : 0;
}

NT_INLINE part keep(part x, part_bits mask) {
  return (part)((part_bits)x & mask);
}

/* Correctly rounded everywhere; spelt out because compilers keep scalar calls for the sake of
 * errno. */
NT_INLINE duo root_duo(duo x) {
#if defined(__x86_64__)
  return (duo)_mm_sqrt_pd((__m128d)x);
#else
  return (duo){__builtin_sqrt(x[0]), __builtin_sqrt(x[1])};
#endif
}
#if NT_LANES > 2
NT_INLINE quad root_quad(quad x) {
  return (quad)_mm256_sqrt_pd((__m256d)x);
}
#endif

/* Four columns to four rows. */
NT_INLINE void transpose(quad *a, quad *b, quad *c, quad *d) {
#if NT_LANES > 2
  quad ab = SHUFFLE(*a, *b, 0, 4, 2, 6), ab1 = SHUFFLE(*a, *b, 1, 5, 3, 7);
  quad cd = SHUFFLE(*c, *d, 0, 4, 2, 6), cd1 = SHUFFLE(*c, *d, 1, 5, 3, 7);
  *a = SHUFFLE(ab, cd, 0, 1, 4, 5);
  *b = SHUFFLE(ab1, cd1, 0, 1, 4, 5);
  *c = SHUFFLE(ab, cd, 2, 3, 6, 7);
  *d = SHUFFLE(ab1, cd1, 2, 3, 6, 7);
#else
  quad *in[2][2] = {{a, c}, {b, d}};
  part low[2][2], high[2][2];
  NT_EACH (p, 2)
    NT_EACH (h, 2) {
      low[p][h] = SHUFFLE(PART(*in[0][h], p), PART(*in[1][h], p), 0, 2);
      high[p][h] = SHUFFLE(PART(*in[0][h], p), PART(*in[1][h], p), 1, 3);
    }
  NT_EACH (h, 2) {
    PART(*a, h) = low[0][h];
    PART(*b, h) = high[0][h];
    PART(*c, h) = low[1][h];
    PART(*d, h) = high[1][h];
  }
#endif
}

/* Transposes a, b, c, d and stores a row of four each `stride` columns. With a smaller stride each
 * row runs into the next one, which is written after it. */
NT_INLINE void put_rows(double *row, size_t stride, quad a, quad b, quad c, quad d) {
  transpose(&a, &b, &c, &d);
  QUAD(row) = a;
  QUAD(row + stride) = b;
  QUAD(row + 2 * stride) = c;
  QUAD(row + 3 * stride) = d;
}

/* ---------------------------------------------------------------- the packet at work */

typedef struct side { /* of a graph: what the sender has to do with the packet's pair */
  nt_stream_graph *graph;
  nt_pair *pair;
  nt_residuals *own;
  nt_voice *voice;
  const nt_ends *ends;
  quad sum, residual; /* the sender's, with this packet */
  quad factor;        /* of the pair */
  int end;            /* of the pair: which one sends */
} side;

typedef struct work {
  double v, t;
  nt_moments *moments[STREAMS];
  quad w[STREAMS], mean[STREAMS], variance[STREAMS], factor[STREAMS];
  quad w5, mean5, variance5, factor5, last, elapsed; /* of the four streams */
  side sides[2];
  duo sum5, residual5, pair_factor5;
} work;

/* Loads the fifth ones and clocks, and moves the clocks: a stream's first packet has no interval,
 * and none goes backwards. */
NT_INLINE void tick(work *x) {
  quad w = CQUAD(x->moments[MI]->fifth), mean = CQUAD(x->moments[HOSTS]->fifth);
  quad variance = CQUAD(x->moments[JITTER]->fifth), last = CQUAD(x->moments[SOCKETS]->fifth);
  transpose(&w, &mean, &variance, &last);
  NT_EACH (p, PARTS) {
    part t = (part){0} + x->t, before = PART(last, p);
    part_bits later = (part_bits)(t > before), sent = (part_bits)(PART(w, p) != 0);
    part_bits moves = later | ~sent;
    PART(x->elapsed, p) = keep(t - before, later & sent);
    PART(x->last, p) = (part)((moves & (part_bits)t) | (~moves & (part_bits)before));
  }
  x->w5 = w;
  x->mean5 = mean;
  x->variance5 = variance;
}

/* Looks up the pair; how long ago it was touched by its sender. A pair that waits for the sender is
 * turned before it is read, a new one is of now. */
NT_INLINE double find_pair(side *s, nt_stream_graph *g, const nt_ends *ends, double now) {
  s->graph = g;
  s->ends = ends;
  s->own = nt_pool_at(&g->residuals, ends->source);
  s->voice = nt_pool_at(&g->voices, ends->source);
  s->pair = nt_pool_at(&g->pairs, ends->pair);
  if (!s->pair->made) {
    s->end = 0;
    return 0;
  }
  s->end = s->pair->end[0] != ends->source;
  return s->pair->active == s->end ? elapsed(s->pair->last, now) : 0;
}

NT_INLINE void find_factors(work *x, double hosts, double sockets) {
  const quad minus = MINUS_LAMBDA;
  for (int i = 0; i < STREAMS; i++) x->factor[i] = minus * all(x->elapsed[i]);
  quad pair5 = {hosts * MINUS_FIFTH, sockets * MINUS_FIFTH, 0, 0};
  x->sides[0].factor = minus * all(hosts);
  x->sides[1].factor = minus * all(sockets);
  x->factor5 = x->elapsed * MINUS_FIFTH;
  exp2_both(&x->factor[MI], &x->factor[HOSTS]);
  exp2_both(&x->factor[JITTER], &x->factor[SOCKETS]);
  exp2_both(&x->sides[0].factor, &x->sides[1].factor);
  exp2_both(&x->factor5, &pair5);
  x->pair_factor5 = SHUFFLE(pair5, pair5, 0, 1);
}

/* ---------------------------------------------------------------- pairs that change their active end */

/* The list of the silent end takes the pair. */
static inline void wait_for(nt_stream_graph *g, nt_pair *pair, uint32_t number, uint32_t silent) {
  nt_voice *voice = nt_pool_at(&g->voices, silent);
  pair->next = voice->waiting;
  voice->waiting = number + 1;
}

/* Makes the sender, the silent end so far, the active one. now: its clock, with this packet. A pair
 * ages by the clock of its active end, so that Y + w is a sum of weights whatever the order of the
 * records. */
static inline void turn(const work *x, const side *s, int stream, uint32_t number, double now) {
  nt_stream_graph *g = s->graph;
  nt_pair *p = nt_pool_at(&g->pairs, number);
  int end = p->end[0] != s->ends->source;
  uint32_t other = p->end[!end];
  const nt_moments *m = x->moments[stream], *om = nt_pool_at(&g->moments, other);
  const nt_residuals *own = s->own, *others = nt_pool_at(&g->residuals, other);
  double idle = elapsed(om->last, x->t), age = elapsed(p->last, om->last) + idle;
  double heard = p->heard[end];
  const quad minus = MINUS_LAMBDA;
  quad fo = minus * all(idle), fp = minus * all(age);
  quad fifth = {idle * MINUS_FIFTH, age * MINUS_FIFTH, 0, 0}, spare = {0};
  exp2_both(&fo, &fp);
  exp2_both(&fifth, &spare);

  quad f = x->factor[stream];
  quad cf3 = CQUAD(p->z) * fp + CQUAD(own->residual) * heard * (CQUAD(others->sum) * fo);
  quad w3 = CQUAD(p->y) * fp + CQUAD(om->w) * fo;
  QUAD(p->z) = cf3 - CQUAD(others->residual) * (CQUAD(own->sum) * f);
  QUAD(p->y) = w3 - CQUAD(m->w) * f;

  double f5 = x->factor5[stream], fo5 = fifth[0], fp5 = fifth[1];
  double cf35 = p->fifth[0] * fp5 + own->fifth[1] * heard * (others->fifth[0] * fo5);
  double w35 = p->fifth[1] * fp5 + om->fifth[0] * fo5;
  p->fifth[0] = cf35 - others->fifth[1] * (own->fifth[0] * f5);
  p->fifth[1] = w35 - m->fifth[0] * f5;

  p->last = now;
  p->active = (uint8_t)end;
  p->heard[end] = 1;
  wait_for(g, p, number, other);
}

static inline void turn_all(const work *x, const side *s, int stream) {
  uint32_t pair = s->voice->waiting;
  if (!pair) return;
  s->voice->waiting = 0;
  while (pair) {
    uint32_t next = ((const nt_pair *)nt_pool_at(&s->graph->pairs, pair - 1))->next;
    turn(x, s, stream, pair - 1, x->last[stream]);
    pair = next;
  }
}

/* ---------------------------------------------------------------- the four streams */

NT_INLINE void insert(quad *w_of, quad *mean_of, quad *variance_of, quad v, quad f) {
  NT_EACH (p, PARTS) {
    part w = PART(*w_of, p) * PART(f, p), g = 1.0 / (w + 1.0), a = w * g;
    part d = PART(v, p) - PART(*mean_of, p), mean = PART(*mean_of, p) + d * g;
    part variance = a * (PART(*variance_of, p) + d * d * g);
    PART(*w_of, p) = w + 1.0;
    PART(*mean_of, p) = mean;
    PART(*variance_of, p) =
        keep(variance, ~(part_bits)(variance < mean * mean * NT_VARIANCE_FLOOR));
  }
}

NT_INLINE void insert_all(work *x) {
  quad v = {x->v, x->v, x->elapsed[JITTER], x->v};
  insert(&x->w5, &x->mean5, &x->variance5, v, x->factor5);
  quad fifth[STREAMS] = {x->w5, x->mean5, x->variance5, x->last};
  transpose(&fifth[0], &fifth[1], &fifth[2], &fifth[3]);
  for (int i = 0; i < STREAMS; i++) {
    nt_moments *m = x->moments[i];
    quad w = CQUAD(m->w), mean = CQUAD(m->mean), variance = CQUAD(m->variance);
    insert(&w, &mean, &variance, all(v[i]), x->factor[i]);
    QUAD(m->w) = x->w[i] = w;
    QUAD(m->mean) = x->mean[i] = mean;
    QUAD(m->variance) = x->variance[i] = variance;
    QUAD(m->fifth) = fifth[i];
  }
}

/* Columns of a stream without pairs. */
NT_INLINE void put_stream(const work *x, int i, double *row) {
  put_rows(row, 3, x->w[i], x->mean[i], x->variance[i], x->variance[i]);
  memcpy(row + 3 * NT_QUAD, x->moments[i]->fifth, 3 * sizeof *row);
}

/* ---------------------------------------------------------------- the two pairs */

NT_INLINE void residuals(work *x) {
  const nt_residuals *h = x->sides[0].own, *s = x->sides[1].own;
  duo f = {x->factor5[HOSTS], x->factor5[SOCKETS]}, sum = {h->fifth[0], s->fifth[0]};
  x->residual5 = x->v - (duo){x->mean5[HOSTS], x->mean5[SOCKETS]};
  x->sum5 = sum * f + x->residual5;
  for (int i = 0; i < 2; i++) {
    side *one = &x->sides[i];
    one->residual = x->v - x->mean[paired[i]];
    one->sum = CQUAD(one->own->sum) * x->factor[paired[i]] + one->residual;
    QUAD(one->own->sum) = one->sum;
    QUAD(one->own->residual) = one->residual;
    one->own->fifth[0] = x->sum5[i];
    one->own->fifth[1] = x->residual5[i];
  }
}

/* Y + 1, by the packet that makes it, is 1 - w: it starts at -w. */
static inline void make_pair(const work *x, side *s, int stream) {
  nt_pair *p = s->pair;
  p->last = x->last[stream];
  p->end[0] = s->ends->source;
  p->end[1] = s->ends->destination;
  p->made = p->heard[0] = 1;
  QUAD(p->y) = -x->w[stream];
  p->fifth[1] = -x->w5[stream];
  if (s->ends->source != s->ends->destination)
    wait_for(s->graph, p, s->ends->pair, s->ends->destination);
}

/* The other end. A stream that never sent is all zero; not looking at it leaves its memory
 * untouched. */
static const nt_moments no_moments __attribute__((aligned(64))) = {.last = 0};
static const nt_residuals no_residuals = {.fifth = {0}};
NT_INLINE const nt_moments *other_moments(const side *s, uint32_t other) {
  const nt_voice *voice = nt_pool_at(&s->graph->voices, other);
  return voice->sent ? nt_pool_at(&s->graph->moments, other) : &no_moments;
}

/* Radius, magnitude, covariance, pcc: for quads and duos. */
#define PAIR_VALUES(type)                                                                          \
  typedef struct type##_values {                                                                   \
    type radius, magnitude, covariance, pcc;                                                       \
  } type##_values;                                                                                 \
  NT_INLINE type##_values type##_pair(type va, type vb, type ma, type mb, type cf3, type w3) {     \
    const type one = (type){0} + 1.0;                                                              \
    type covariance = cf3 / w3, product = root_##type(va * vb);                                    \
    type##_bits none = (type##_bits)(product == 0);                                                \
    type divisor = (type)((type##_bits)product | (none & (type##_bits)one));                       \
    return (type##_values){root_##type(va * va + vb * vb), root_##type(ma * ma + mb * mb),         \
                           covariance, (type)((type##_bits)(covariance / divisor) & ~none)};       \
  }
PAIR_VALUES(duo)
#if NT_LANES > 2
PAIR_VALUES(quad)
#else
typedef struct quad_values {
  quad radius, magnitude, covariance, pcc;
} quad_values;
NT_INLINE quad_values quad_pair(quad va, quad vb, quad ma, quad mb, quad cf3, quad w3) {
  quad_values out;
  NT_EACH (p, PARTS) {
    duo_values half =
        duo_pair(PART(va, p), PART(vb, p), PART(ma, p), PART(mb, p), PART(cf3, p), PART(w3, p));
    PART(out.radius, p) = half.radius;
    PART(out.magnitude, p) = half.magnitude;
    PART(out.covariance, p) = half.covariance;
    PART(out.pcc, p) = half.pcc;
  }
  return out;
}
#endif

/* The packet's contribution to its pairs, and the columns of the streams that have pairs. */
NT_INLINE void pairs(work *x, double *const *rows) {
  const nt_moments *om[2];
  const nt_residuals *silent[2];
  for (int i = 0; i < 2; i++) {
    side *s = &x->sides[i];
    nt_pair *p = s->pair;
    int stream = paired[i];
    if (!p->made) make_pair(x, s, stream);
    uint32_t other = p->end[!s->end];
    om[i] = other_moments(s, other);
    silent[i] = p->heard[!s->end] ? nt_pool_at(&s->graph->residuals, other) : &no_residuals;
    quad quiet = CQUAD(silent[i]->residual);
    quad z = CQUAD(p->z) * s->factor + s->residual * quiet;
    quad y = CQUAD(p->y) * s->factor + 1.0;
    QUAD(p->z) = z;
    QUAD(p->y) = y;
    p->last = x->last[stream];
    quad_values out = quad_pair(x->variance[stream], CQUAD(om[i]->variance), x->mean[stream],
                                CQUAD(om[i]->mean), z + quiet * s->sum, y + x->w[stream]);
    put_rows(rows[i], 7, x->w[stream], x->mean[stream], x->variance[stream], out.radius);
    transpose(&out.magnitude, &out.covariance, &out.pcc, &out.radius);
    const quad rest[NT_QUAD] = {out.magnitude, out.covariance, out.pcc, out.radius};
    for (int l = 0; l < NT_QUAD; l++) memcpy(rows[i] + 7 * l + 4, &rest[l], 3 * sizeof(double));
    memcpy(rows[i] + 7 * NT_QUAD, x->moments[stream]->fifth, 3 * sizeof(double));
  }
  nt_pair *h = x->sides[0].pair, *s = x->sides[1].pair;
  duo quiet = {silent[0]->fifth[1], silent[1]->fifth[1]};
  duo z = (duo){h->fifth[0], s->fifth[0]} * x->pair_factor5 + x->residual5 * quiet;
  duo y = (duo){h->fifth[1], s->fifth[1]} * x->pair_factor5 + 1.0;
  duo va = {x->variance5[HOSTS], x->variance5[SOCKETS]};
  duo ma = {x->mean5[HOSTS], x->mean5[SOCKETS]}, w = {x->w5[HOSTS], x->w5[SOCKETS]};
  duo vb = {om[0]->fifth[2], om[1]->fifth[2]}, mb = {om[0]->fifth[1], om[1]->fifth[1]};
  duo_values out = duo_pair(va, vb, ma, mb, z + quiet * x->sum5, y + w);
  for (int i = 0; i < 2; i++) {
    nt_pair *p = x->sides[i].pair;
    double *row = rows[i] + 7 * NT_QUAD + 3;
    p->fifth[0] = z[i];
    p->fifth[1] = y[i];
    row[0] = out.radius[i];
    row[1] = out.magnitude[i];
    row[2] = out.covariance[i];
    row[3] = out.pcc[i];
  }
}

/* ---------------------------------------------------------------- a batch */

NT_INLINE void one_packet(nt_stream_state *s, const nt_packet *packet,
                          const nt_packet_streams *flow, double *row) {
  work x; /* each step fills its part */
  x.v = packet->length;
  x.t = packet->time;
  x.moments[MI] = nt_pool_at(&s->mi, flow->mi);
  x.moments[HOSTS] = nt_pool_at(&s->hosts.moments, flow->hosts.source);
  x.moments[JITTER] = nt_pool_at(&s->jitter, flow->jitter);
  x.moments[SOCKETS] = nt_pool_at(&s->sockets.moments, flow->sockets.source);
  tick(&x);
  double hosts = find_pair(&x.sides[0], &s->hosts, &flow->hosts, x.last[HOSTS]);
  double sockets = find_pair(&x.sides[1], &s->sockets, &flow->sockets, x.last[SOCKETS]);
  find_factors(&x, hosts, sockets);
  for (int i = 0; i < 2; i++) {
    side *one = &x.sides[i];
    one->graph->senders += !one->voice->sent;
    one->voice->sent = 1;
    turn_all(&x, one, paired[i]);
  }
  insert_all(&x);
  residuals(&x);
  put_stream(&x, MI, row);
  put_stream(&x, JITTER, row + 50);
  pairs(&x, (double *const[]){row + 15, row + 65});
}

void NT_FOR_ISA(nt_stream_run)(nt_stream_state *s, const nt_packet *packets,
                               const nt_packet_streams *const *flows, size_t n, double *rows) {
  size_t width = nt_profile_width(NT_PROFILE_STREAM);
  for (size_t i = 0; i < n; i++) one_packet(s, &packets[i], flows[i], rows + i * width);
}

#if NT_LANES == 2
void nt_stream_factors(double dt, double out[NT_LAMBDAS]) {
  quad first = MINUS_LAMBDA, fifth = {MINUS_FIFTH * dt};
  first *= all(dt);
  exp2_both(&first, &fifth);
  memcpy(out, &first, sizeof first);
  out[NT_QUAD] = fifth[0];
}
#endif
