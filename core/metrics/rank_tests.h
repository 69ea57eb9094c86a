/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Comparing k detectors over N data sets by their ranks (Demsar, "Statistical comparisons of
 * classifiers over multiple data sets", JMLR 7, 2006). On each data set the best detector has rank
 * 1, equal ones the mean of their ranks; R_j is detector j's mean rank over the data sets.
 */
#ifndef NT_METRICS_RANK_TESTS_H
#define NT_METRICS_RANK_TESTS_H

#include <stdbool.h>
#include <stddef.h>

#include <ninetails/error.h>

typedef enum nt_better { NT_HIGHER_IS_BETTER, NT_LOWER_IS_BETTER } nt_better;

/*
 * "No detector differs": Friedman's chi-square with k - 1 degrees of freedom,
 *     chi_square = 12 N / (k (k + 1)) * (sum R_j^2 - k (k + 1)^2 / 4) / tie_correction
 *     tie_correction = 1 - sum (t^3 - t) / (N (k^3 - k))   over groups of t equal values
 * and Iman and Davenport's less conservative
 *     f = (N - 1) chi_square / (N (k - 1) - chi_square)
 * distributed as F with k - 1 and (k - 1)(N - 1) degrees of freedom. Demsar's figures are without
 * the correction: chi_square * tie_correction. All NaN where every data set is one tie.
 */
typedef struct nt_friedman {
  double chi_square, p;
  double f, f_p; /* f is infinite, f_p 0, where all data sets agree on the order */
  double tie_correction;
} nt_friedman;

/*
 * values: data_sets x detectors, row-major. mean_rank: detectors doubles, owned by the caller.
 * At least 2 of each (else NT_E_ARGUMENT). A NaN is NT_E_INPUT with its place: leave out the data
 * set, and say so. O(N k log k).
 */
nt_status nt_friedman_test(const double *values, size_t data_sets, size_t detectors,
                           nt_better better, double *mean_rank, nt_friedman *result, nt_error *err);

typedef struct nt_rank_pair {
  size_t a, b; /* detectors, a < b */
  double z;    /* (R_a - R_b) / sqrt(k (k + 1) / (6 N)) */
  double p;    /* two-sided, normal approximation */
  double holm; /* p adjusted for all the pairs (nt_holm) */
} nt_rank_pair;

/* p-values adjusted for their number by Holm's step-down (1979): each is the level at which its own
 * hypothesis falls while the chance of any false rejection stays below that level. p: m of them,
 * none NaN; adjusted: m, owned by the caller, may not be p. O(m log m). */
nt_status nt_holm(const double *p, size_t m, double *adjusted, nt_error *err);

/* pairs: detectors (detectors - 1) / 2 entries, owned by the caller, in the order (0,1), (0,2), ...
 * O(k^2 log k). */
nt_status nt_compare_ranks(const double *mean_rank, size_t data_sets, size_t detectors,
                           nt_rank_pair *pairs, nt_error *err);

/*
 * Nemenyi's critical difference of mean ranks, q * sqrt(k (k + 1) / (6 N)): q is the upper alpha
 * quantile of the studentized range of k values with infinite degrees of freedom, divided by sqrt 2
 * (Demsar's table 5). 0 < alpha < 1, at least 2 detectors, at least 1 data set; else NaN.
 */
double nt_nemenyi_difference(size_t detectors, size_t data_sets, double alpha);

/* P(range of k standard normals <= range), by the trapezium rule, to 1e-12. */
double nt_range_probability(double range, size_t k);

/*
 * What a critical difference diagram draws: the detectors from best to worst, and bars over those
 * that cannot be told apart: maximal stretches of at least two whose ends differ by less than the
 * critical difference. order: detectors entries; bars: detectors entries, of which *count are
 * filled; both owned by the caller.
 */
typedef struct nt_rank_bar {
  size_t first, last; /* positions in order */
} nt_rank_bar;
nt_status nt_nemenyi_bars(const double *mean_rank, size_t detectors, double critical_difference,
                          size_t *order, nt_rank_bar *bars, size_t *count, nt_error *err);

#endif
