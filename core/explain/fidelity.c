/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fidelity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numeric/random.h"

struct nt_fidelity {
  const nt_feature_map *map;
  size_t width;
  gsl_rng *rng;
  size_t *order; /* [total] places of the map, drawn from */
  double *rows, *scores, *parts, *shares;
};

nt_fidelity *nt_fidelity_new(const nt_feature_map *map, size_t width, size_t most, uint32_t seed,
                             nt_error *err) {
  nt_fidelity *f = calloc(1, sizeof *f);
  if (f) {
    f->map = map;
    f->width = width;
    f->rng = nt_generator_new(seed);
    f->order = calloc(map->total, sizeof *f->order);
    f->rows = calloc(most * width, sizeof *f->rows);
    f->scores = calloc(most, sizeof *f->scores);
    f->parts = calloc(most * map->autoencoders, sizeof *f->parts);
    f->shares = calloc(most * map->total, sizeof *f->shares);
  }
  if (!f || !f->rng || !f->order || !f->rows || !f->scores || !f->parts || !f->shares) {
    nt_fail(err, NT_E_MEMORY, "out of memory to measure fidelity");
    nt_fidelity_free(f);
    return NULL;
  }
  for (size_t i = 0; i < map->total; i++) f->order[i] = i;
  return f;
}

void nt_fidelity_free(nt_fidelity *f) {
  if (!f) return;
  if (f->rng) gsl_rng_free(f->rng);
  free(f->order);
  free(f->rows);
  free(f->scores);
  free(f->parts);
  free(f->shares);
  free(f);
}

static void put_back(nt_fidelity *f, const nt_training_range *range, size_t row, size_t column) {
  if (!isnan(range->median[column])) f->rows[row * f->width + column] = range->median[column];
}

static void score_left(nt_fidelity *f, nt_explainer *explainer, const double *scores, size_t n,
                       double *left) {
  nt_explain(explainer, f->rows, n, f->scores, f->parts, f->shares);
  for (size_t r = 0; r < n; r++)
    left[r] = isfinite(scores[r]) && scores[r] > 0 ? f->scores[r] / scores[r] : (double)NAN;
}

/* `count` different places of the map (Fisher and Yates' shuffle, begun where the last one ended). */
static void draw(nt_fidelity *f, size_t count) {
  for (size_t i = 0; i < count; i++) {
    size_t k = i + nt_random_below(f->rng, f->map->total - i), swapped = f->order[i];
    f->order[i] = f->order[k];
    f->order[k] = swapped;
  }
}

void nt_fidelity_measure(nt_fidelity *f, nt_explainer *explainer, const nt_training_range *range,
                         const double *rows, const double *scores, size_t n, size_t named,
                         const nt_named *names, double *left_named, double *left_random) {
  memcpy(f->rows, rows, n * f->width * sizeof *rows);
  for (size_t r = 0; r < n; r++)
    for (size_t i = 0; i < named; i++) put_back(f, range, r, names[r * named + i].column);
  score_left(f, explainer, scores, n, left_named);
  memcpy(f->rows, rows, n * f->width * sizeof *rows);
  for (size_t r = 0; r < n; r++) {
    draw(f, named);
    for (size_t i = 0; i < named; i++) put_back(f, range, r, f->map->features[f->order[i]]);
  }
  score_left(f, explainer, scores, n, left_random);
}
