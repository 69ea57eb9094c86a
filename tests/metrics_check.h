/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random labelled scores for the tests of core/metrics, and plain
 * definitions to compare results with. */
#ifndef NT_METRICS_CHECK_H
#define NT_METRICS_CHECK_H

#include <math.h>
#include <stdbool.h>

#include <ninetails/labels.h>

#include "metrics/ranking.h"
#include "check.h"

/* SplitMix64 (Steele, Lea, Flood 2014). */
static inline uint64_t random_bits(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15ull;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ z >> 27) * 0x94d049bb133111ebull;
  return z ^ z >> 31;
}
static inline uint64_t random_below(uint64_t *state, uint64_t n) {
  return random_bits(state) % n;
}
static inline double random_unit(uint64_t *state) {
  return (double)(random_bits(state) >> 11) * 0x1p-53;
}

enum { SAMPLE_MAX = 200 };
typedef struct sample {
  size_t n;
  double scores[SAMPLE_MAX], times[SAMPLE_MAX];
  uint8_t labels[SAMPLE_MAX];
} sample;

/* Small samples full of ties, with infinities, NaN, signed zeros and excluded packets; at least one
 * attack and one benign packet. Attacks score a little higher. */
static inline sample random_sample(uint64_t *state) {
  sample s = {.n = 2 + random_below(state, SAMPLE_MAX - 2)};
  uint64_t values = 1 + random_below(state, 40);
  bool odd = random_below(state, 2);
  double time = 1e9;
  for (size_t i = 0; i < s.n; i++) {
    s.labels[i] =
        (uint8_t)(random_below(state, 10) == 0 ? NT_LABEL_EXCLUDED : random_below(state, 2));
    s.scores[i] = (double)random_below(state, values) - 3 + (s.labels[i] == 1 ? 1 : 0);
    if (odd && random_below(state, 8) == 0) {
      static const double oddities[] = {INFINITY, -INFINITY, NAN, -NAN, -0.0, 5e-324, 1e308};
      s.scores[i] = oddities[random_below(state, 7)];
    }
    s.times[i] = time += 0.25 * (double)random_below(state, 9) - 0.25;
  }
  s.labels[0] = 0, s.labels[1] = 1;
  return s;
}

static inline nt_ranking *rank_sample(const sample *s) {
  nt_error err = {0};
  nt_ranking *r = nt_ranking_new(s->scores, s->labels, s->n, &err);
  if (!r) printf("  %s\n", err.text);
  CU_ASSERT_PTR_NOT_NULL_FATAL(r);
  return r;
}

/* The order of ranking.h: NaN above everything. */
static inline bool ranked_above(double a, double b) {
  return isnan(a) ? !isnan(b) : !isnan(b) && a > b;
}
static inline bool ranked_equal(double a, double b) {
  return !ranked_above(a, b) && !ranked_above(b, a);
}

static inline bool close_to(double a, double b, double tolerance) {
  return (isnan(a) && isnan(b)) || a == b ||
         fabs(a - b) <= tolerance * fmax(1, fmax(fabs(a), fabs(b)));
}
#define CHECK_CLOSE(a, b, tolerance)                                                               \
  do {                                                                                             \
    double check_a_ = (a), check_b_ = (b);                                                         \
    if (!close_to(check_a_, check_b_, tolerance))                                                  \
      printf("  %s = %.17g, %s = %.17g\n", #a, check_a_, #b, check_b_);                            \
    CU_ASSERT(close_to(check_a_, check_b_, tolerance));                                            \
  } while (0)

#endif
