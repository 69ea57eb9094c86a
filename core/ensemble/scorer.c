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

/* How an autoencoder comes: as it was trained, or as it is scored with already. */
typedef struct form {
  double epsilon; /* added to max - min */
  int scaled;     /* weights are scaled, max is what x - min is multiplied with */
} form;

/* One layer's biases and weights in blocks of units; the weight from input i to unit j is w[i *
 * in_step + j * unit_step]. Returns the end. */
static double *pack_layer(double *out, double scale, const double *bias, size_t units,
                          const double *w, size_t inputs, size_t in_step, size_t unit_step) {
  for (size_t u = 0, block; u < units; u += block) {
    block = nt_block_of(units - u, NT_SCORE_UNITS);
    for (size_t j = u; j < u + block; j++) *out++ = scale * bias[j];
    for (size_t i = 0; i < inputs; i++)
      for (size_t j = u; j < u + block; j++) *out++ = scale * w[i * in_step + j * unit_step];
  }
  return out;
}

/* The other way, of what is there. */
static const double *unpack_layer(const double *in, double *bias, size_t units, double *w,
                                  size_t inputs, size_t in_step, size_t unit_step) {
  for (size_t u = 0, block; u < units; u += block) {
    block = nt_block_of(units - u, NT_SCORE_UNITS);
    for (size_t j = u; j < u + block; j++) bias[j] = *in++;
    for (size_t i = 0; i < inputs; i++)
      for (size_t j = u; j < u + block; j++) w[i * in_step + j * unit_step] = *in++;
  }
  return in;
}

static nt_status pack(nt_frozen *s, const nt_autoencoder *a, const size_t *features, form as,
                      nt_error *err) {
  size_t visible = a->visible, hidden = a->hidden;
  double scale = as.scaled ? 1 : NT_LOGISTIC_SCALE;
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
    p[visible + i] = as.scaled ? a->max[i] : 1 / (a->max[i] - a->min[i] + as.epsilon);
  }
  p = pack_layer(p + 2 * visible, scale, a->hidden_bias, hidden, a->weights, visible, hidden, 1);
  pack_layer(p, scale, a->visible_bias, visible, a->weights, hidden, 1, hidden);
  return NT_OK;
}

/* Room for count + 1 autoencoders. */
static nt_scorer *begin(size_t count, size_t width, nt_error *err) {
  nt_scorer *s = calloc(1, sizeof *s);
  if (s) {
    s->width = width;
    s->count = count;
    s->autoencoders = calloc(count + 1, sizeof *s->autoencoders);
    if (s->autoencoders) return s;
  }
  free(s);
  nt_fail(err, NT_E_MEMORY, "no memory to score with %zu autoencoders", count);
  return NULL;
}

/* Scratch for the largest of them, once all are there. */
static nt_status finish(nt_scorer *s, size_t lanes, nt_error *err) {
  size_t visible = 0, hidden = 0, count = s->count, rows = lanes * NT_SCORE_VECTORS;
  for (size_t i = 0; i <= count; i++) {
    const nt_frozen *a = &s->autoencoders[i];
    visible = a->visible > visible ? a->visible : visible;
    hidden = a->hidden > hidden ? a->hidden : hidden;
    s->memory += (2 * a->visible + 1) * (a->hidden + 2) * sizeof(double);
  }
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

/* Autoencoders of a trainer, or an array of scaled ones. */
static nt_scorer *build(const nt_trainer *trainer, const nt_autoencoder *scaled,
                        const nt_feature_map *map, size_t width, double epsilon, size_t lanes,
                        nt_error *err) {
  size_t first = 0, count = map->autoencoders;
  nt_scorer *s = begin(count, width, err);
  nt_status status = s ? NT_OK : NT_E_MEMORY;
  const form as = {.epsilon = epsilon, .scaled = scaled != NULL};
  for (size_t i = 0; status == NT_OK && i <= count; i++) {
    nt_autoencoder copy = {0};
    const nt_autoencoder *a = scaled ? &scaled[i] : &copy;
    if (!scaled) status = nt_trainer_copy(trainer, i, &copy, err);
    if (status == NT_OK)
      status = pack(&s->autoencoders[i], a, i < count ? map->features + first : NULL, as, err);
    first += a->visible;
    nt_autoencoder_done(&copy);
  }
  if (status == NT_OK) status = finish(s, lanes, err);
  if (status == NT_OK) return s;
  nt_scorer_free(s);
  return NULL;
}

nt_scorer *nt_scorer_new(const nt_trainer *trainer, const nt_feature_map *map, size_t width,
                         double epsilon, const nt_kernels *kernels, nt_error *err) {
  return build(trainer, NULL, map, width, epsilon, kernels->lanes, err);
}

nt_scorer *nt_scorer_new_scaled(const nt_autoencoder *autoencoders, const nt_feature_map *map,
                                size_t width, const nt_kernels *kernels, nt_error *err) {
  return build(NULL, autoencoders, map, width, 0, kernels->lanes, err);
}

nt_status nt_scorer_copy(const nt_scorer *s, size_t index, nt_autoencoder *a, nt_error *err) {
  const nt_frozen *f = &s->autoencoders[index];
  nt_status status = nt_autoencoder_allocate(a, f->visible, f->hidden, err);
  if (status != NT_OK) return status;
  memcpy(a->min, f->min, f->visible * sizeof *a->min);
  memcpy(a->max, f->inverse, f->visible * sizeof *a->max);
  const double *w =
      unpack_layer(f->weights, a->hidden_bias, f->hidden, a->weights, f->visible, f->hidden, 1);
  unpack_layer(w, a->visible_bias, f->visible, a->weights, f->hidden, 1, f->hidden);
  return NT_OK;
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
  else if (pack(&s->autoencoders[0], a, NULL, (form){.epsilon = epsilon}, err) == NT_OK) {
    s->memory = sizeof *s + sizeof *s->autoencoders +
                ((2 * a->visible + 1) * (a->hidden + 2) + (2 * a->visible + a->hidden) * rows +
                 s->width * kernels->lanes) *
                    sizeof(double);
    return s;
  }
  nt_scorer_free(s);
  return NULL;
}
