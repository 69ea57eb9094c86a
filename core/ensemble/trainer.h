/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ensemble and its output autoencoder while they learn: of one KitNET, or of several that learn
 * the same rows with the same feature map. Which autoencoder lies in which layout (kernels.h), and
 * beside whom, is decided once, by what it costs; it does not change a bit of what they learn.
 */
#ifndef NT_TRAINER_H
#define NT_TRAINER_H

#include <ninetails/error.h>
#include <ninetails/feature_map.h>

#include "autoencoder.h"
#include "kernels.h"

typedef struct nt_trainer nt_trainer;

/* Of one KitNET. width: columns of a row; the map must have passed nt_feature_map_check. Copies
 * what it needs. Memory: with v inputs and h hidden units of an autoencoder, 8 v h bytes a lane in
 * a group and 16 v h on its own. */
nt_trainer *nt_trainer_new(const nt_feature_map *map, size_t width, double hidden_ratio,
                           uint32_t seed, const nt_step *step, const nt_kernels *kernels,
                           nt_error *err);
void nt_trainer_free(nt_trainer *t);

/* One trainer that goes on where `count` trainers stand, each of one KitNET, all of one width, map
 * and kernels; they do not move until nt_trainer_part brings them to where the joined one stands.
 * NULL: memory is short, or they have not learnt the same rows. O(sum(v h)) each, as much memory as
 * they have. */
nt_trainer *nt_trainer_join(nt_trainer *const *trainers, size_t count);
void nt_trainer_part(nt_trainer *joined, nt_trainer *const *trainers);

/* Learns n rows in order; rmse: [n][KitNETs], the output autoencoders' errors. O(n sum(v h)). */
void nt_trainer_learn(nt_trainer *t, const double *rows, size_t n, double *rmse);

/* A copy of autoencoder `index` (the count of the ensemble: the output one) of a trainer of one
 * KitNET; nt_autoencoder_done. */
nt_status nt_trainer_copy(const nt_trainer *t, size_t index, nt_autoencoder *a, nt_error *err);

/* The other way, of the same sizes. */
void nt_trainer_set(nt_trainer *t, size_t index, const nt_autoencoder *a);

/* Bytes held, its own struct and all below it. */
size_t nt_trainer_memory(const nt_trainer *t);

#endif
