/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ensemble and its output autoencoder while they learn. Which autoencoder lies in which layout
 * (kernels.h) is decided once, by what it costs; it does not change a bit of what they learn.
 */
#ifndef NT_TRAINER_H
#define NT_TRAINER_H

#include "../error.h"
#include "../mapper/feature_map.h"
#include "autoencoder.h"
#include "kernels.h"

typedef struct nt_trainer nt_trainer;

/* width: columns of a row; the map must have passed nt_feature_map_check. Copies what it needs.
 * Memory: with v inputs and h hidden units of an autoencoder, 8 v h bytes a lane in a group and 16
 * v h on its own. */
nt_trainer *nt_trainer_new(const nt_feature_map *map, size_t width, double hidden_ratio,
                           uint32_t seed, const nt_step *step, const nt_kernels *kernels,
                           nt_error *err);
void nt_trainer_free(nt_trainer *t);

/* Learns n rows in order; rmse: n doubles, the output autoencoder's error of each. O(n sum(v h)).
 */
void nt_trainer_learn(nt_trainer *t, const double *rows, size_t n, double *rmse);

/* A copy of autoencoder `index` (the count of the ensemble: the output one); nt_autoencoder_done.
 */
nt_status nt_trainer_copy(const nt_trainer *t, size_t index, nt_autoencoder *a, nt_error *err);

#endif
