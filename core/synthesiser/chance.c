/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chance.h"

#include <math.h>
#include <string.h>

static uint64_t split_mix(uint64_t *state) { /* Steele, Lea, Flood 2014 */
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

void nt_chance_seed(nt_chance *chance, uint64_t seed, const char *name, uint64_t instance) {
  uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a of the name */
  for (const char *p = name; *p; p++) hash = (hash ^ (uint8_t)*p) * 0x100000001b3u;
  uint64_t state = seed;
  state = split_mix(&state) ^ hash;
  state = split_mix(&state) + instance;
  for (int i = 0; i < 4; i++) chance->s[i] = split_mix(&state);
}

void nt_chance_fill(nt_chance *c, uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i += 8) {
    uint64_t word = nt_chance_next(c);
    for (size_t k = 0; k < 8 && i + k < count; k++) bytes[i + k] = (uint8_t)(word >> (8 * k));
  }
}

/* x = m 2^e with m in [sqrt(1/2), sqrt(2)); log m = 2 atanh((m-1)/(m+1)) by its series, |ratio| <
 * 0.172. */
double nt_portable_log(double x) {
  uint64_t bits;
  memcpy(&bits, &x, 8);
  int exponent = (int)(bits >> 52) - 1023;
  bits = (bits & 0xfffffffffffffu) | 0x3ff0000000000000u;
  double m;
  memcpy(&m, &bits, 8);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent++;
  }
  double r = (m - 1) / (m + 1), r2 = r * r, sum = 0;
  for (int k = 19; k >= 1; k -= 2) sum = sum * r2 + 1.0 / k;
  return 2 * r * sum + exponent * 0.69314718055994531;
}

/* x = n log 2 + r, |r| <= 0.35: Taylor to r^15. */
double nt_portable_exp(double x) {
  if (x > 700) x = 700;
  if (x < -700) x = -700;
  int n = (int)(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
  double r = x - n * 0.69314718055994531, sum = 1;
  for (int k = 15; k >= 1; k--) sum = 1 + sum * r / k;
  uint64_t bits = (uint64_t)(n + 1023) << 52;
  double scale;
  memcpy(&scale, &bits, 8);
  return sum * scale;
}

/* Marsaglia's polar method: two uniforms give two normals, of which one is used. */
static double normal(nt_chance *c) {
  for (;;) {
    double u = 2 * nt_chance_uniform(c) - 1, v = 2 * nt_chance_uniform(c) - 1, s = u * u + v * v;
    if (s > 1e-300 && s < 1) return u * sqrt(-2 * nt_portable_log(s) / s);
  }
}

static double open_uniform(nt_chance *c) {
  return nt_chance_uniform(c) + 0x1p-54;
}

static double quantile(const nt_law *law, double u) {
  double place = u * (double)(law->count - 1);
  size_t i = (size_t)place;
  if (i + 1 >= law->count) return law->values[law->count - 1];
  return law->values[i] + (law->values[i + 1] - law->values[i]) * (place - (double)i);
}

static double raw(const nt_law *law, nt_chance *c) {
  switch (law->kind) {
  case NT_LAW_CONSTANT:
    return law->a;
  case NT_LAW_UNIFORM:
    return law->min + (law->max - law->min) * nt_chance_uniform(c);
  case NT_LAW_EXPONENTIAL:
    return -law->a * nt_portable_log(open_uniform(c));
  case NT_LAW_LOGNORMAL:
    return law->a * nt_portable_exp(law->b * normal(c));
  case NT_LAW_PARETO:
    return law->a * nt_portable_exp(-nt_portable_log(open_uniform(c)) / law->b);
  case NT_LAW_QUANTILES:
    return quantile(law, nt_chance_uniform(c));
  }
  return 0;
}

double nt_law_draw(const nt_law *law, nt_chance *chance) {
  double x = raw(law, chance);
  return x < law->min ? law->min : x > law->max ? law->max : x;
}

void nt_law_measure(nt_law *law) {
  nt_chance chance;
  nt_chance_seed(&chance, 1, "mean", 0);
  double sum = 0;
  for (int i = 0; i < 512; i++) sum += nt_law_draw(law, &chance);
  law->mean = sum / 512;
}
