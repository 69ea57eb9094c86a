/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One autoencoder over all columns of a row, with KitNET's formulas (autoencoder.h) and kernels,
 * and no output layer: its own RMSE is the result. */
#ifndef NT_LONE_AUTOENCODER_H
#define NT_LONE_AUTOENCODER_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

#include "kernels.h"

typedef struct nt_lone_autoencoder nt_lone_autoencoder;

/* seed: not 0; epsilon: of the normalisation in execution. Memory: 16 bytes a weight. */
nt_lone_autoencoder *nt_lone_autoencoder_new(size_t width, double hidden_ratio, uint32_t seed,
                                             const nt_step *step, double epsilon,
                                             const nt_kernels *kernels, nt_error *err);
void nt_lone_autoencoder_free(nt_lone_autoencoder *a); /* NULL is fine */

/* n rows in order; rmse: n doubles. O(n width^2 hidden_ratio), as scoring is. */
void nt_lone_autoencoder_learn(nt_lone_autoencoder *a, const double *rows, size_t n, double *rmse);

/* Ends the learning: once, before the first score. */
nt_status nt_lone_autoencoder_ready(nt_lone_autoencoder *a, nt_error *err);
void nt_lone_autoencoder_score(nt_lone_autoencoder *a, const double *rows, size_t n,
                               double *scores);

size_t nt_lone_autoencoder_memory(const nt_lone_autoencoder *a);

#endif
