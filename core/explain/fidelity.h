/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether what is named is what the score came of: the named features go back to their median over
 * the grace periods, the row is scored again, and the score that is left is compared with that of
 * putting back as many features that are drawn at random from the map. A feature whose median is
 * not known stays.
 */
#ifndef NT_FIDELITY_H
#define NT_FIDELITY_H

#include "ensemble/contributions.h"
#include "inspection.h"

typedef struct nt_fidelity nt_fidelity;

/* most: rows at once. The map must outlive it. */
nt_fidelity *nt_fidelity_new(const nt_feature_map *map, size_t width, size_t most, uint32_t seed,
                             nt_error *err);
void nt_fidelity_free(nt_fidelity *fidelity); /* NULL is fine */

/* n rows, their scores and their `named` features each; left_*[n]: score after / score before, NaN
 * where the score before is 0 or not finite. */
void nt_fidelity_measure(nt_fidelity *fidelity, nt_explainer *explainer,
                         const nt_training_range *range, const double *rows, const double *scores,
                         size_t n, size_t named, const nt_named *names, double *left_named,
                         double *left_random);

#endif
