/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort.h"

#include <stdlib.h>

#include "../memory.h"

/* Rows whose errors are held together before they go to their KitNETs. */
#define BLOCK 256

static void learn(nt_trainer *joined, size_t count, const double *rows, size_t width, size_t n,
                  double *errors, double *const *rmse) {
  for (size_t r = 0, block; r < n; r += block) {
    block = n - r < BLOCK ? n - r : BLOCK;
    nt_trainer_learn(joined, rows + r * width, block, errors);
    for (size_t k = 0; k < count; k++)
      for (size_t i = 0; i < block; i++) rmse[k][r + i] = errors[i * count + k];
  }
}

nt_status nt_cohort_learn(nt_trainer *const *trainers, size_t count, const double *rows,
                          size_t width, size_t n, double *const *rmse, nt_error *err) {
  if (count == 1) {
    nt_trainer_learn(trainers[0], rows, n, rmse[0]);
    return NT_OK;
  }
  nt_error error;
  nt_trainer *joined = nt_trainer_join(trainers, count, &error);
  if (!joined) return nt_fail(err, error.status, "%s", error.text);
  double *errors = nt_zeroed(BLOCK, count, sizeof *errors);
  nt_status status = NT_OK;
  if (errors) {
    learn(joined, count, rows, width, n, errors, rmse);
    nt_trainer_part(joined, trainers);
  } else {
    status = nt_fail(err, NT_E_MEMORY, "no memory for the errors of %zu KitNETs", count);
  }
  free(errors);
  nt_trainer_free(joined);
  return status;
}
