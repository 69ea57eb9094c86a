/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "autoencoder.h"

#include <math.h>

#include "ground/memory.h"
#include "numeric/random.h"

/* Uniform in [0, 1) with 53 random bits, two draws each, as NumPy makes its doubles. */
static double uniform(gsl_rng *rng) {
  unsigned long high = gsl_rng_get(rng) >> 5, low = gsl_rng_get(rng) >> 6;
  return ((double)high * 67108864.0 + (double)low) / 9007199254740992.0;
}

static nt_status draw_weights(nt_autoencoder *a, uint32_t seed, nt_error *err) {
  gsl_rng *rng = nt_generator_new(seed);
  if (!rng) return nt_fail(err, NT_E_MEMORY, "no memory for a random number generator");
  double high = 1.0 / (double)a->visible, low = -high;
  for (size_t i = 0; i < a->visible * a->hidden; i++)
    a->weights[i] = low + (high - low) * uniform(rng);
  gsl_rng_free(rng);
  return NT_OK;
}

size_t nt_autoencoder_hidden(size_t visible, double hidden_ratio) {
  return (size_t)ceil((double)visible * hidden_ratio);
}

nt_status nt_autoencoder_allocate(nt_autoencoder *a, size_t visible, size_t hidden, nt_error *err) {
  *a = (nt_autoencoder){.visible = visible,
                        .hidden = hidden,
                        .weights = nt_zeroed(visible, hidden, sizeof(double)),
                        .hidden_bias = nt_zeroed(hidden, 1, sizeof(double)),
                        .visible_bias = nt_zeroed(visible, 1, sizeof(double)),
                        .min = nt_zeroed(visible, 1, sizeof(double)),
                        .max = nt_zeroed(visible, 1, sizeof(double))};
  if (a->weights && a->hidden_bias && a->visible_bias && a->min && a->max) return NT_OK;
  nt_autoencoder_done(a);
  return nt_fail(err, NT_E_MEMORY,
                 "no memory for an autoencoder of %zu visible and %zu hidden units", visible,
                 hidden);
}

nt_status nt_autoencoder_init(nt_autoencoder *a, size_t visible, double hidden_ratio, uint32_t seed,
                              nt_error *err) {
  size_t hidden = nt_autoencoder_hidden(visible, hidden_ratio);
  nt_status status = nt_autoencoder_allocate(a, visible, hidden, err);
  if (status != NT_OK) return status;
  status = draw_weights(a, seed, err);
  if (status != NT_OK) nt_autoencoder_done(a);
  for (size_t i = 0; status == NT_OK && i < visible; i++) {
    a->min[i] = INFINITY;
    a->max[i] = -INFINITY;
  }
  return status;
}

void nt_autoencoder_done(nt_autoencoder *a) {
  free(a->weights);
  free(a->hidden_bias);
  free(a->visible_bias);
  free(a->min);
  free(a->max);
  *a = (nt_autoencoder){0};
}
