/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Several KitNETs that learn from the same rows with the same feature map, and differ in seed,
 * rate, bias update, epsilon or hidden units. The map gives one KitNET autoencoders of all sizes,
 * few of which are alike; a cohort has each of them once a KitNET, so that a vector's lanes are
 * full, and the output autoencoders, of which a KitNET has but one, lie in lanes too. Nobody's
 * arithmetic changes: each learns the same bits as alone.
 */
#ifndef NT_COHORT_H
#define NT_COHORT_H

#include "trainer.h"

/* Trainers of one KitNET each, all of one width, map and kernels, learn n rows in order; rmse[i]: n
 * doubles of trainer i. As many as there are lanes are joined for the time of the call, which costs
 * what a few rows cost: bring some hundred. Those that cannot be joined (memory is short, or they
 * have learnt other rows before) learn one after the other. O(n sum(v h)) each. */
void nt_cohort_learn(nt_trainer *const *trainers, size_t count, const nt_kernels *kernels,
                     const double *rows, size_t width, size_t n, double *const *rmse);

#endif
