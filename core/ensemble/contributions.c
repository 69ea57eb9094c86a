/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contributions.h"

#include <stdlib.h>

#include "ground/memory.h"
#include "kernels.h"
#include "scorer.h"

struct nt_explainer {
  const nt_kernels *kernels;
  const nt_scorer *scorer;
  const nt_feature_map *map;
  nt_scorer one;  /* what the kernel sees: a single autoencoder, and scratch of this struct */
  double *inputs; /* [lanes][most visible] raw inputs of that autoencoder */
  double *errors; /* [lanes][k] RMSEs */
};

static size_t most_visible(const nt_scorer *s) {
  size_t most = 0;
  for (size_t a = 0; a <= s->count; a++)
    if (s->autoencoders[a].visible > most) most = s->autoencoders[a].visible;
  return most;
}

static size_t most_hidden(const nt_scorer *s) {
  size_t most = 0;
  for (size_t a = 0; a <= s->count; a++)
    if (s->autoencoders[a].hidden > most) most = s->autoencoders[a].hidden;
  return most;
}

nt_explainer *nt_explainer_new(const nt_kitnet *kitnet, nt_error *err) {
  const nt_scorer *scorer = nt_kitnet_scorer(kitnet);
  if (!scorer) {
    nt_fail(err, NT_E_STATE, "the KitNET has not ended its training: expected one that scores");
    return NULL;
  }
  nt_explainer *e = calloc(1, sizeof *e);
  if (e) {
    e->kernels = nt_kernels_of(nt_kitnet_isa(kitnet));
    e->scorer = scorer;
    e->map = nt_kitnet_map(kitnet);
    size_t lanes = e->kernels->lanes, visible = most_visible(scorer);
    e->one.x = nt_zeroed(visible, lanes, sizeof *e->one.x);
    e->one.y = nt_zeroed(most_hidden(scorer), lanes, sizeof *e->one.y);
    e->one.z = nt_zeroed(visible, lanes, sizeof *e->one.z);
    e->inputs = nt_zeroed(visible, lanes, sizeof *e->inputs);
    e->errors = nt_zeroed(scorer->count, lanes, sizeof *e->errors);
    if (e->one.x && e->one.y && e->one.z && e->inputs && e->errors) return e;
  }
  nt_fail(err, NT_E_MEMORY, "no memory to explain scores");
  nt_explainer_free(e);
  return NULL;
}

void nt_explainer_free(nt_explainer *e) {
  if (!e) return;
  free(e->one.x);
  free(e->one.y);
  free(e->one.z);
  free(e->inputs);
  free(e->errors);
  free(e);
}

/* Scores a vector of raw inputs [lanes][visible] with one autoencoder, and writes the shares of
 * `rows` of them, `stride` apart. */
static void score_one(nt_explainer *e, const nt_frozen *a, const double *inputs, size_t rows,
                      double *rmse, double *shares, size_t stride) {
  size_t lanes = e->kernels->lanes;
  e->one.width = a->visible;
  e->one.autoencoders = (nt_frozen *)a; /* the kernel only reads it */
  e->kernels->score(&e->one, inputs, lanes, rmse);
  for (size_t r = 0; r < rows; r++) {
    double sum = 0, *share = shares + r * stride;
    for (size_t i = 0; i < a->visible; i++) {
      double error = e->one.x[i * lanes + r] - e->one.z[i * lanes + r];
      share[i] = error * error;
      sum += share[i];
    }
    for (size_t i = 0; i < a->visible; i++) share[i] = sum == 0 ? 0 : share[i] / sum;
  }
}

/* At most as many rows as there are lanes; unused lanes repeat old ones. */
static void explain_vector(nt_explainer *e, const double *rows, size_t n, double *scores,
                           double *autoencoders, double *inputs) {
  const nt_scorer *s = e->scorer;
  double rmse[NT_MOST_LANES];
  for (size_t a = 0, first = 0; a < s->count; a++) {
    const nt_frozen *one = &s->autoencoders[a];
    for (size_t r = 0; r < n; r++)
      for (size_t i = 0; i < one->visible; i++)
        e->inputs[r * one->visible + i] = rows[r * s->width + one->features[i]];
    score_one(e, one, e->inputs, n, rmse, inputs + first, e->map->total);
    for (size_t r = 0; r < n; r++) e->errors[r * s->count + a] = rmse[r];
    first += one->visible;
  }
  score_one(e, &s->autoencoders[s->count], e->errors, n, rmse, autoencoders, s->count);
  for (size_t r = 0; r < n; r++) scores[r] = rmse[r];
}

void nt_explain(nt_explainer *e, const double *rows, size_t n, double *scores, double *autoencoders,
                double *inputs) {
  size_t lanes = e->kernels->lanes;
  for (size_t r = 0; r < n; r += lanes)
    explain_vector(e, rows + r * e->scorer->width, n - r < lanes ? n - r : lanes, scores + r,
                   autoencoders + r * e->scorer->count, inputs + r * e->map->total);
}
