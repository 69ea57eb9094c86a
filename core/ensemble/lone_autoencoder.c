/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lone_autoencoder.h"

#include <stdlib.h>

#include "autoencoder.h"
#include "layout.h"
#include "scorer.h"

struct nt_lone_autoencoder {
  const nt_kernels *kernels;
  double epsilon;
  size_t width, hidden;
  size_t *columns;   /* [width], in order */
  nt_single single;  /* while it learns */
  nt_scorer *scorer; /* after that */
};

static int allocate(nt_lone_autoencoder *a, const nt_step *step) {
  a->columns = calloc(a->width, sizeof *a->columns);
  for (size_t c = 0; a->columns && c < a->width; c++) a->columns[c] = c;
  const nt_slot slot = {
      .visible = a->width, .hidden = a->hidden, .step = *step, .features = a->columns};
  return a->columns && nt_single_allocate(&a->single, &slot);
}

nt_lone_autoencoder *nt_lone_autoencoder_new(size_t width, double hidden_ratio, uint32_t seed,
                                             const nt_step *step, double epsilon,
                                             const nt_kernels *kernels, nt_error *err) {
  nt_lone_autoencoder *a = calloc(1, sizeof *a);
  nt_autoencoder start;
  if (a) {
    a->kernels = kernels;
    a->epsilon = epsilon;
    a->width = width;
    a->hidden = nt_autoencoder_hidden(width, hidden_ratio);
  }
  if (!a || !allocate(a, step)) {
    nt_fail(err, NT_E_MEMORY, "no memory for an autoencoder of %zu columns", width);
    nt_lone_autoencoder_free(a);
    return NULL;
  }
  if (nt_autoencoder_init(&start, width, hidden_ratio, seed, err) != NT_OK) {
    nt_lone_autoencoder_free(a);
    return NULL;
  }
  nt_single_put(&a->single, &start);
  nt_autoencoder_done(&start);
  return a;
}

void nt_lone_autoencoder_free(nt_lone_autoencoder *a) {
  if (!a) return;
  free(a->columns);
  nt_single_done(&a->single);
  nt_scorer_free(a->scorer);
  free(a);
}

void nt_lone_autoencoder_learn(nt_lone_autoencoder *a, const double *rows, size_t n, double *rmse) {
  a->kernels->train_single(&a->single, rows, a->width, n, rmse, 1);
}

nt_status nt_lone_autoencoder_ready(nt_lone_autoencoder *a, nt_error *err) {
  nt_autoencoder learnt;
  nt_status status = nt_autoencoder_allocate(&learnt, a->width, a->hidden, err);
  if (status != NT_OK) return status;
  nt_single_get(&a->single, &learnt);
  a->scorer = nt_scorer_new_alone(&learnt, a->epsilon, a->kernels, err);
  nt_autoencoder_done(&learnt);
  if (!a->scorer) return NT_E_MEMORY;
  nt_single_done(&a->single);
  a->single.weights = NULL;
  return NT_OK;
}

void nt_lone_autoencoder_score(nt_lone_autoencoder *a, const double *rows, size_t n,
                               double *scores) {
  nt_scorer_score(a->scorer, a->kernels, rows, n, scores);
}

size_t nt_lone_autoencoder_memory(const nt_lone_autoencoder *a) {
  return sizeof *a + a->width * sizeof *a->columns +
         (a->scorer ? a->scorer->memory : nt_single_memory(&a->single));
}
