/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trained ensemble, put into the order in which execution reads it. */
#ifndef NT_SCORER_H
#define NT_SCORER_H

#include <ninetails/error.h>
#include <ninetails/feature_map.h>
#include <ninetails/kitnet.h>

#include "kernels.h"
#include "trainer.h"

/* epsilon: added to max - min in the normalisation. The map must outlive the scorer. Memory: 16 v h
 * bytes for an autoencoder of v inputs and h hidden units, and scratch for one batch of rows. */
nt_scorer *nt_scorer_new(const nt_trainer *trainer, const nt_feature_map *map, size_t width,
                         double epsilon, const nt_kernels *kernels, nt_error *err);
void nt_scorer_free(nt_scorer *s);

/*
 * Autoencoder `index` (the count of the ensemble: the output one) as it is scored with, and a
 * scorer of count + 1 of them: weights and biases times -log2(e), in place of max what x - min is
 * multiplied with. nt_autoencoder_done. There and back again no bit changes.
 */
nt_status nt_scorer_copy(const nt_scorer *s, size_t index, nt_autoencoder *a, nt_error *err);
nt_scorer *nt_scorer_new_scaled(const nt_autoencoder *autoencoders, const nt_feature_map *map,
                                size_t width, const nt_kernels *kernels, nt_error *err);

/* One autoencoder over all columns and no output one: the score is its own error. Copies it. */
nt_scorer *nt_scorer_new_alone(const nt_autoencoder *a, double epsilon, const nt_kernels *kernels,
                               nt_error *err);

/* Scores n rows. O(n sum(v h)); not from two threads at once, since the scratch is the scorer's. */
void nt_scorer_score(nt_scorer *s, const nt_kernels *kernels, const double *rows, size_t n,
                     double *scores);

/* The trained ensemble of a KitNET in execution, which owns it; NULL before. */
const nt_scorer *nt_kitnet_scorer(const nt_kitnet *kitnet);

#endif
