/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Damping as the references do it: 2^(-L dt) by libm's pow, and squares by libm's pow too, which
 * differs from x * x in the last bit now and then (-fno-builtin-pow keeps compilers from replacing
 * it).
 *
 * Five decays live in arrays of six lanes, so that loops fill pairs of SSE2 lanes; the sixth is
 * idle.
 */
#ifndef NT_REFERENCE_DECAY_H
#define NT_REFERENCE_DECAY_H

#include <math.h>
#include <stdint.h>
#include <string.h>

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

static inline void square(double *restrict out, const double *restrict x) {
  for (int l = 0; l < NT_LAMBDAS; l++) out[l] = pow(x[l], 2.0);
}

#endif
