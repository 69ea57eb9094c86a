/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Damping as the references do it: 2^(-L dt) by libm's pow, and squares with the bits of libm's pow,
 * which differs from x * x in the last bit now and then (-fno-builtin-pow keeps compilers from
 * replacing it). pow is called for a square only where x * x is not known to have its bits.
 *
 * Five decays live in arrays of six lanes, so that loops fill pairs of SSE2 lanes; the sixth is
 * idle.
 */
#ifndef NT_REFERENCE_DECAY_H
#define NT_REFERENCE_DECAY_H

#include <math.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "profile.h"

#define LANES 6
typedef double lanes[LANES];
#define EACH(l) for (int l = 0; l < LANES; l++)

/* The same lanes two by two, for the loops that a host with many peers spends its time in. */
typedef double two __attribute__((vector_size(16), aligned(8), may_alias));
#define TWO(lanes, k) (*(two *)((lanes) + 2 * (k)))
#define CTWO(lanes, k) (*(const two *)((lanes) + 2 * (k)))
#define EACH_TWO(k) _Pragma("GCC unroll 3") for (int k = 0; k < LANES / 2; k++)

/* Factors of the intervals seen last: a packet asks for the same few intervals again and again (a
 * host's pairs were all updated when it last sent). */
#define DECAY_SLOTS 64
typedef struct decay_memory {
  struct decay {
    double dt; /* 0: empty slot (no factor is ever asked for 0) */
    lanes factor;
  } slot[DECAY_SLOTS];
} decay_memory;

/* The factors 2^(-L dt), dt > 0. */
static inline const double *decay_factors(decay_memory *memory, double dt) {
  uint64_t bits;
  memcpy(&bits, &dt, sizeof bits);
  struct decay *d = &memory->slot[(bits * 0x9e3779b97f4a7c15u) >> 58];
  if (d->dt != dt) {
    for (int l = 0; l < NT_LAMBDAS; l++) d->factor[l] = pow(2.0, -nt_lambda[l] * dt);
    d->dt = dt;
  }
  return d->factor;
}

/*
 * pow(x, 2) in two lanes. *left: which of them pow must do, a bit each.
 *
 * glibc (2.28 and later) states how far its pow may be off before it rounds: 0.511 ulp with the
 * rounding, and 1.5 * 2^-68 ln(result) more, together less than 0.516 for results between 2^-126
 * and 2^126. So where the square is not within 0.018 ulp of the middle between two doubles, pow
 * rounds it as x * x is rounded. Dekker's product says where it lies, to the last bit; below a power
 * of two doubles are closer, so there it must be exact. 4 squares in 100 are left to pow.
 */
static inline two square_two(two x, unsigned *left) {
  typedef long long mask __attribute__((vector_size(16), may_alias));
  const mask mantissa = {0xfffffffffffff, 0xfffffffffffff}, magnitude = {INT64_MAX, INT64_MAX};
  const double most = 0x1p-53 * (1 - 2 * 0.018);
  two square = x * x, shifted = x * 134217729.0, high = shifted - (shifted - x), low = x - high;
  two lacks = ((high * high - square) + 2.0 * high * low) + low * low;
  two power = (two)((mask)square & ~mantissa);
  mask near = (mask)((two)((mask)lacks & magnitude) < power * most);
  mask between = (mask)(((mask)square & mantissa) != 0) | (mask)(lacks == 0.0);
  mask fine = near & between & (mask)(square > 0x1p-126) & (mask)(square < 0x1p126);
  fine |= (mask)(x == 0.0);
#if defined(__SSE2__)
  *left = 3u & ~(unsigned)_mm_movemask_pd((__m128d)fine);
#else
  *left = (unsigned)(fine[0] == 0) | (unsigned)(fine[1] == 0) << 1;
#endif
  return square;
}

/* Squares of five decays to out, which may be x; returns that of v, which goes along in the idle
 * lane. */
static inline double square(double *out, const double *x, double v) {
  const two in[3] = {CTWO(x, 0), CTWO(x, 1), {x[4], v}};
  unsigned left[3];
  for (int k = 0; k < 3; k++) TWO(out, k) = square_two(in[k], &left[k]);
  for (int k = 0; k < 3; k++)
    for (int l = 0; l < 2; l++)
      if (left[k] >> l & 1) out[2 * k + l] = pow(in[k][l], 2.0);
  return out[5];
}

#endif
