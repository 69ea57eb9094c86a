/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lone_autoencoder.h"

#include <stdlib.h>
#include <string.h>

#include "../memory.h"
#include "autoencoder.h"
#include "scorer.h"

struct nt_lone_autoencoder {
  const nt_kernels *kernels;
  double epsilon;
  size_t width, hidden;
  size_t *columns;   /* [width], in order */
  nt_single single;  /* while it learns */
  nt_scorer *scorer; /* after that */
};

static double *take(double **cursor, size_t n) {
  double *p = *cursor;
  *cursor += n;
  return p;
}

static size_t padded(size_t n) {
  return (n + NT_SINGLE_PADDING - 1) & ~(size_t)(NT_SINGLE_PADDING - 1);
}

static int allocate(nt_lone_autoencoder *a) {
  size_t v = padded(a->width), h = padded(a->hidden);
  /* (2 v + 3) (h + 3): 2 v h weights, 5 v, 3 h and some to spare. */
  double *p = nt_zeroed(2 * v + 3, h + 3, sizeof *p);
  nt_single *s = &a->single;
  a->columns = calloc(a->width, sizeof *a->columns);
  s->weights = p;
  if (!p || !a->columns) return 0;
  for (size_t c = 0; c < a->width; c++) a->columns[c] = c;
  s->visible = a->width, s->visible_stride = v, s->features = a->columns;
  s->hidden = a->hidden, s->hidden_stride = h;
  take(&p, v * h);
  s->transposed = take(&p, a->hidden * v);
  s->hidden_bias = take(&p, h), s->y = take(&p, h), s->g = take(&p, h);
  s->visible_bias = take(&p, v), s->min = take(&p, v), s->max = take(&p, v);
  s->x = take(&p, v), s->e = take(&p, v);
  return 1;
}

static void put(nt_single *s, const nt_autoencoder *a) {
  for (size_t i = 0; i < a->visible; i++)
    for (size_t j = 0; j < a->hidden; j++)
      s->weights[i * s->hidden_stride + j] = s->transposed[j * s->visible_stride + i] =
          a->weights[i * a->hidden + j];
  memcpy(s->min, a->min, a->visible * sizeof *a->min);
  memcpy(s->max, a->max, a->visible * sizeof *a->max);
}

nt_lone_autoencoder *nt_lone_autoencoder_new(size_t width, double hidden_ratio, uint32_t seed,
                                             const nt_step *step, double epsilon,
                                             const nt_kernels *kernels, nt_error *err) {
  nt_lone_autoencoder *a = calloc(1, sizeof *a);
  nt_autoencoder start;
  if (a) {
    a->kernels = kernels;
    a->single.step = *step;
    a->epsilon = epsilon;
    a->width = width;
    a->hidden = nt_autoencoder_hidden(width, hidden_ratio);
  }
  if (!a || !allocate(a)) {
    nt_fail(err, NT_E_MEMORY, "no memory for an autoencoder of %zu columns", width);
    nt_lone_autoencoder_free(a);
    return NULL;
  }
  if (nt_autoencoder_init(&start, width, hidden_ratio, seed, err) != NT_OK) {
    nt_lone_autoencoder_free(a);
    return NULL;
  }
  put(&a->single, &start);
  nt_autoencoder_done(&start);
  return a;
}

void nt_lone_autoencoder_free(nt_lone_autoencoder *a) {
  if (!a) return;
  free(a->columns);
  free(a->single.weights);
  nt_scorer_free(a->scorer);
  free(a);
}

void nt_lone_autoencoder_learn(nt_lone_autoencoder *a, const double *rows, size_t n, double *rmse) {
  a->kernels->train_single(&a->single, rows, a->width, n, rmse, 1);
}

nt_status nt_lone_autoencoder_ready(nt_lone_autoencoder *a, nt_error *err) {
  const nt_single *s = &a->single;
  nt_autoencoder learnt;
  nt_status status = nt_autoencoder_allocate(&learnt, a->width, a->hidden, err);
  if (status != NT_OK) return status;
  for (size_t i = 0; i < a->width; i++)
    memcpy(learnt.weights + i * a->hidden, s->weights + i * s->hidden_stride,
           a->hidden * sizeof *learnt.weights);
  memcpy(learnt.hidden_bias, s->hidden_bias, a->hidden * sizeof *s->hidden_bias);
  memcpy(learnt.visible_bias, s->visible_bias, a->width * sizeof *s->visible_bias);
  memcpy(learnt.min, s->min, a->width * sizeof *s->min);
  memcpy(learnt.max, s->max, a->width * sizeof *s->max);
  a->scorer = nt_scorer_new_alone(&learnt, a->epsilon, a->kernels, err);
  nt_autoencoder_done(&learnt);
  if (!a->scorer) return NT_E_MEMORY;
  free(a->single.weights);
  a->single.weights = NULL;
  return NT_OK;
}

void nt_lone_autoencoder_score(nt_lone_autoencoder *a, const double *rows, size_t n,
                               double *scores) {
  nt_scorer_score(a->scorer, a->kernels, rows, n, scores);
}

/* Either form holds each weight twice. */
size_t nt_lone_autoencoder_memory(const nt_lone_autoencoder *a) {
  size_t learning = (2 * padded(a->width) + 3) * (padded(a->hidden) + 3);
  size_t rows = a->kernels->lanes * NT_SCORE_VECTORS;
  size_t scoring = (2 * a->width + 1) * (a->hidden + 2) + (2 * a->width + a->hidden) * rows +
                   a->width * a->kernels->lanes;
  return sizeof *a + a->width * sizeof *a->columns +
         (a->scorer ? scoring : learning) * sizeof(double);
}
