/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * By how much does one sample lie above another, whatever their distributions? For a handful of
 * rounds of a benchmark, whose noise has tails on one side.
 *
 *     pairs      differences d[i] of rounds in which both were measured: Wilcoxon's signed ranks;
 *                the estimate is Hodges and Lehmann's median of all (d[i] + d[j]) / 2, i <= j
 *     samples    Wilcoxon's (Mann and Whitney's) rank sum; the median of all b[j] - a[i]
 *
 * The interval is of those averages (differences) that the test does not refuse, exact by counting
 * for samples of up to NT_SHIFT_EXACT values, by the normal approximation beyond. It covers at least
 * as often as `level` says; where so few values cannot have such an interval, low and high are
 * infinite. p is two-sided, of no shift. Ties count half, which makes p a little larger.
 */
#ifndef NT_SHIFT_H
#define NT_SHIFT_H

#include <stddef.h>

#include <ninetails/error.h>

#define NT_SHIFT_EXACT 50
#define NT_SHIFT_MOST 2000

typedef struct nt_shift {
  double estimate, low, high;
  double p;
} nt_shift;

/* n differences, at least 1, all finite (NT_E_INPUT names the one that is not). 0 < level < 1.
 * O(n^2 log n). */
nt_status nt_shift_pairs(const double *d, size_t n, double level, nt_shift *shift, nt_error *err);

/* How far b lies above a; at least 1 value of each. O(na nb log). */
nt_status nt_shift_samples(const double *a, size_t na, const double *b, size_t nb, double level,
                           nt_shift *shift, nt_error *err);

/* p-values adjusted for the rate of false discoveries (Benjamini and Hochberg 1995): those of at
 * most q are the discoveries of which a share of at most q is false, for independent tests. p: m of
 * them, none NaN; adjusted: m, owned by the caller, may not be p. O(m log m). */
nt_status nt_false_discovery(const double *p, size_t m, double *adjusted, nt_error *err);

#endif
