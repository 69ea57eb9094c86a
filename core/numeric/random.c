/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "random.h"

#include <stdlib.h>

gsl_rng *nt_generator_new(uint64_t seed) {
  gsl_rng *rng = calloc(1, sizeof *rng);
  if (!rng) return NULL;
  /* Memory of our own, freed with gsl_rng_free: gsl_rng_alloc aborts without memory. */
  *rng = (gsl_rng){.type = gsl_rng_mt19937, .state = calloc(1, gsl_rng_mt19937->size)};
  if (!rng->state) {
    free(rng);
    return NULL;
  }
  gsl_rng_set(rng, (uint32_t)(seed ^ seed >> 32));
  return rng;
}
