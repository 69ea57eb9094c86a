/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What rank_tests.c and rank_exact.c share. */
#ifndef NT_METRICS_RANK_ROW_H
#define NT_METRICS_RANK_ROW_H

#include <stddef.h>

/* ranks: of k values, 1 for the least, equal ones the mean of theirs; order: k entries, scratch.
 * Returns the sum of t^3 - t over groups of t equal values. O(k log k). */
double nt_rank_row(const double *row, size_t k, size_t *order, double *ranks);

#endif
