/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Several KitNETs that learn from the same rows with the same feature map, and differ in seed,
 * rate, bias update, epsilon or hidden units. The map gives one KitNET autoencoders of all sizes,
 * of which a vector's lanes can hold no more than are alike; a cohort has each of them once a
 * KitNET, so that lanes are full, and output autoencoders, of which a KitNET has but one, lie in
 * lanes too. Nobody's arithmetic changes: each learns the same bits as alone.
 */
#ifndef NT_COHORT_H
#define NT_COHORT_H

#include "trainer.h"

/* Trainers of one KitNET each, all of one width, map and kernels that have learnt the same rows so
 * far, learn n rows in order; rmse[i]: n doubles of trainer i. NT_E_ARGUMENT: they have not,
 * NT_E_MEMORY: in either case none learns anything. Packing and unpacking costs what a
 * few rows cost: bring some hundred. O(n sum(v h)) each. */
nt_status nt_cohort_learn(nt_trainer *const *trainers, size_t count, const double *rows,
                          size_t width, size_t n, double *const *rmse, nt_error *err);

#endif
