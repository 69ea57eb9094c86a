/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GSL's generators, made and drawn from without calling GSL's error handler, which ends the process. */
#ifndef NT_RANDOM_H
#define NT_RANDOM_H

#include <gsl/gsl_rng.h>
#include <stddef.h>
#include <stdint.h>

/* mt19937, seeded by all 64 bits; of 32 bits as by gsl_rng_set. To be freed by gsl_rng_free. NULL when
 * memory is short. */
gsl_rng *nt_generator_new(uint64_t seed);

/* 0 to n - 1, each as likely: the numbers of gsl_rng_uniform_int. n beyond the generator's range,
 * 2^32 - 1 for mt19937, is drawn from that range; n = 0 gives 0. */
static inline size_t nt_random_below(const gsl_rng *rng, size_t n) {
  unsigned long range = gsl_rng_max(rng) - gsl_rng_min(rng), drawn;
  if (n == 0) return 0;
  if (n > range) n = range;
  do drawn = (gsl_rng_get(rng) - gsl_rng_min(rng)) / (range / n);
  while (drawn >= n);
  return drawn;
}

#endif
