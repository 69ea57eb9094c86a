/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scorer.h"

#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"
#include "vector_math.h"

void nt_scorer_free(nt_scorer *s) {
  if (!s) return;
  for (size_t a = 0; s->autoencoders && a <= s->count; a++) free(s->autoencoders[a].block);
  free(s->autoencoders);
  free(s->x);
  free(s->y);
  free(s->z);
  free(s->errors);
  free(s->tail);
  free(s);
}

/* One layer's biases and weights in blocks of units; the weight from input i to unit j is w[i *
 * in_step + j * unit_step]. Returns the end. */
static double *pack_layer(double *out, const double *bias, size_t units, const double *w,
                          size_t inputs, size_t in_step, size_t unit_step) {
  for (size_t u = 0, block; u < units; u += block) {
    block = nt_block_of(units - u, NT_SCORE_UNITS);
    for (size_t j = u; j < u + block; j++) *out++ = NT_LOGISTIC_SCALE * bias[j];
    for (size_t i = 0; i < inputs; i++)
      for (size_t j = u; j < u + block; j++)
        *out++ = NT_LOGISTIC_SCALE * w[i * in_step + j * unit_step];
  }
  return out;
}

static nt_status pack(nt_frozen *s, const nt_autoencoder *a, const size_t *features, double epsilon,
                      nt_error *err) {
  size_t visible = a->visible, hidden = a->hidden;
  /* (2 v + 1) (h + 2) = 2 v h + 4 v + h + 2 doubles: 3 v + h + 2 v h and some to spare. */
  double *p = nt_zeroed(2 * visible + 1, hidden + 2, sizeof *p);
  if (!p)
    return nt_fail(err, NT_E_MEMORY, "no memory to score with an autoencoder of %zu x %zu weights",
                   visible, hidden);
  *s = (nt_frozen){.visible = visible,
                   .hidden = hidden,
                   .features = features,
                   .block = p,
                   .min = p,
                   .inverse = p + visible,
                   .weights = p + 2 * visible};
  for (size_t i = 0; i < visible; i++) {
    p[i] = a->min[i];
    p[visible + i] = 1 / (a->max[i] - a->min[i] + epsilon);
  }
  p = pack_layer(p + 2 * visible, a->hidden_bias, hidden, a->weights, visible, hidden, 1);
  pack_layer(p, a->visible_bias, visible, a->weights, hidden, 1, hidden);
  return NT_OK;
}

static nt_status build(nt_scorer *s, const nt_trainer *trainer, const nt_feature_map *map,
                       double epsilon, size_t lanes, nt_error *err) {
  size_t count = s->count = map->autoencoders, visible = 0, hidden = 0, first = 0;
  s->autoencoders = calloc(count + 1, sizeof *s->autoencoders);
  if (!s->autoencoders) return nt_fail(err, NT_E_MEMORY, "no memory for %zu autoencoders", count);
  for (size_t i = 0; i <= count; i++) {
    nt_autoencoder a;
    nt_status status = nt_trainer_copy(trainer, i, &a, err);
    if (status != NT_OK) return status;
    status = pack(&s->autoencoders[i], &a, i < count ? map->features + first : NULL, epsilon, err);
    s->memory += (2 * a.visible + 1) * (a.hidden + 2) * sizeof(double);
    visible = a.visible > visible ? a.visible : visible;
    hidden = a.hidden > hidden ? a.hidden : hidden;
    first += a.visible;
    nt_autoencoder_done(&a);
    if (status != NT_OK) return status;
  }
  size_t rows = lanes * NT_SCORE_VECTORS;
  s->x = nt_zeroed(visible, rows, sizeof *s->x);
  s->y = nt_zeroed(hidden, rows, sizeof *s->y);
  s->z = nt_zeroed(visible, rows, sizeof *s->z);
  s->errors = nt_zeroed(count, rows, sizeof *s->errors);
  s->tail = nt_zeroed(s->width, lanes, sizeof *s->tail);
  s->memory += sizeof *s + (count + 1) * sizeof *s->autoencoders +
               ((2 * visible + hidden + count) * rows + s->width * lanes) * sizeof(double);
  if (s->x && s->y && s->z && s->errors && s->tail) return NT_OK;
  return nt_fail(err, NT_E_MEMORY, "no memory to score %zu rows at once", rows);
}

nt_scorer *nt_scorer_new(const nt_trainer *trainer, const nt_feature_map *map, size_t width,
                         double epsilon, const nt_kernels *kernels, nt_error *err) {
  nt_scorer *s = calloc(1, sizeof *s);
  if (!s) {
    nt_fail(err, NT_E_MEMORY, "no memory for a scorer");
    return NULL;
  }
  s->width = width;
  if (build(s, trainer, map, epsilon, kernels->lanes, err) == NT_OK) return s;
  nt_scorer_free(s);
  return NULL;
}

void nt_scorer_score(nt_scorer *s, const nt_kernels *kernels, const double *rows, size_t n,
                     double *scores) {
  size_t rest = n % kernels->lanes, whole = n - rest;
  kernels->score(s, rows, whole, scores);
  if (rest == 0) return;
  /* Unused lanes repeat old rows; their scores are not read. */
  double out[NT_MOST_LANES];
  memcpy(s->tail, rows + whole * s->width, rest * s->width * sizeof *rows);
  kernels->score(s, s->tail, kernels->lanes, out);
  memcpy(scores + whole, out, rest * sizeof *scores);
}

nt_scorer *nt_scorer_new_alone(const nt_autoencoder *a, double epsilon, const nt_kernels *kernels,
                               nt_error *err) {
  size_t rows = kernels->lanes * NT_SCORE_VECTORS;
  nt_scorer *s = calloc(1, sizeof *s);
  if (s) {
    s->width = a->visible;
    s->autoencoders = calloc(1, sizeof *s->autoencoders);
    s->x = nt_zeroed(a->visible, rows, sizeof *s->x);
    s->y = nt_zeroed(a->hidden, rows, sizeof *s->y);
    s->z = nt_zeroed(a->visible, rows, sizeof *s->z);
    s->tail = nt_zeroed(s->width, kernels->lanes, sizeof *s->tail);
  }
  if (!s || !s->autoencoders || !s->x || !s->y || !s->z || !s->tail)
    nt_fail(err, NT_E_MEMORY, "no memory to score %zu rows at once", rows);
  else if (pack(&s->autoencoders[0], a, NULL, epsilon, err) == NT_OK) {
    s->memory = sizeof *s + sizeof *s->autoencoders +
                ((2 * a->visible + 1) * (a->hidden + 2) + (2 * a->visible + a->hidden) * rows +
                 s->width * kernels->lanes) *
                    sizeof(double);
    return s;
  }
  nt_scorer_free(s);
  return NULL;
}
