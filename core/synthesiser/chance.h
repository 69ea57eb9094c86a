/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chance: one generator for each activity, and the laws that sizes and gaps are drawn from.
 *
 * Generator: xoshiro256++ (Blackman, Vigna 2019), its state filled by SplitMix64 from a hash of the
 * root seed, the activity's name and its instance, so that one activity more does not shift the
 * draws of the others. Laws use + - * / sqrt and the logarithm and exponential below, which are
 * made of these alone: a libm may differ in the last bit from one version to the next, IEEE basic
 * operations do not.
 */
#ifndef NT_SYNTHESISER_CHANCE_H
#define NT_SYNTHESISER_CHANCE_H

#include <stddef.h>
#include <stdint.h>

typedef struct nt_chance {
  uint64_t s[4];
} nt_chance;

void nt_chance_seed(nt_chance *chance, uint64_t seed, const char *name, uint64_t instance);

static inline uint64_t nt_chance_rotate(uint64_t x, int k) {
  return (x << k) | (x >> (64 - k));
}

static inline uint64_t nt_chance_next(nt_chance *c) {
  uint64_t *s = c->s, result = nt_chance_rotate(s[0] + s[3], 23) + s[0], t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = nt_chance_rotate(s[3], 45);
  return result;
}

/* 0 .. n-1; the bias of the multiplication is below n / 2^32. */
static inline uint32_t nt_chance_below(nt_chance *c, uint32_t n) {
  return (uint32_t)(((nt_chance_next(c) >> 32) * n) >> 32);
}

static inline uint32_t nt_chance_between(nt_chance *c, uint32_t low, uint32_t high) {
  return low + nt_chance_below(c, high - low + 1);
}

/* [0, 1), a multiple of 2^-53. */
static inline double nt_chance_uniform(nt_chance *c) {
  return (double)(nt_chance_next(c) >> 11) * 0x1p-53;
}

void nt_chance_fill(nt_chance *c, uint8_t *bytes, size_t count);

/* Natural logarithm of a positive normal number, and exponential (arguments clamped to +-700):
 * relative error below 1e-14, the same bits everywhere. */
double nt_portable_log(double x);
double nt_portable_exp(double x);

typedef enum nt_law_kind {
  NT_LAW_CONSTANT,    /* a */
  NT_LAW_UNIFORM,     /* min .. max */
  NT_LAW_EXPONENTIAL, /* mean a */
  NT_LAW_LOGNORMAL,   /* median a, sigma b of the logarithm */
  NT_LAW_PARETO,      /* scale a, shape b */
  NT_LAW_QUANTILES    /* piecewise linear inverse CDF through `values` */
} nt_law_kind;

#define NT_LAW_MAX_QUANTILES 32

typedef struct nt_law {
  nt_law_kind kind;
  double a, b;
  double min, max; /* every draw is clamped to these */
  double mean;     /* of 512 draws from a fixed seed */
  size_t count;
  double values[NT_LAW_MAX_QUANTILES];
} nt_law;

double nt_law_draw(const nt_law *law, nt_chance *chance);
void nt_law_measure(nt_law *law); /* fills mean */

#endif
