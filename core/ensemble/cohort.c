/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort.h"

/* Rows whose errors are held together before they go to their KitNETs. */
#define BLOCK 128

static void learn_joined(nt_trainer *joined, size_t count, const double *rows, size_t width,
                         size_t n, double *const *rmse) {
  double errors[BLOCK * NT_MOST_LANES];
  for (size_t r = 0, block; r < n; r += block) {
    block = n - r < BLOCK ? n - r : BLOCK;
    nt_trainer_learn(joined, rows + r * width, block, errors);
    for (size_t k = 0; k < count; k++)
      for (size_t i = 0; i < block; i++) rmse[k][r + i] = errors[i * count + k];
  }
}

void nt_cohort_learn(nt_trainer *const *trainers, size_t count, const nt_kernels *kernels,
                     const double *rows, size_t width, size_t n, double *const *rmse) {
  /* More at once would fill no lane better, and the cache with errors. */
  for (size_t first = 0, part; first < count; first += part) {
    part = count - first < kernels->lanes ? count - first : kernels->lanes;
    nt_trainer *joined = part > 1 ? nt_trainer_join(trainers + first, part) : NULL;
    if (joined) {
      learn_joined(joined, part, rows, width, n, rmse + first);
      nt_trainer_part(joined, trainers + first);
      nt_trainer_free(joined);
    } else {
      for (size_t i = first; i < first + part; i++) nt_trainer_learn(trainers[i], rows, n, rmse[i]);
    }
  }
}
