/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where did a series of figures, one a night, begin to be others? Two answers, each with the p-value
 * of a permutation test:
 *
 *     energy  E-divisive (Matteson and James, "A nonparametric approach for multiple change point
 *             analysis of multivariate data", JASA 109, 2014): for X = x[0..t), Y = x[t..k), n = |X|,
 *             m = |Y|, and a power a of distances (here 1)
 *                 E(X, Y) = 2/(nm) sum |x - y|^a - 1/C(n,2) sum |x - x'|^a - 1/C(m,2) sum |y - y'|^a
 *                 Q(X, Y) = nm / (n + m) E(X, Y)
 *             whose largest value over t and k is where X and Y differ most. Any difference counts,
 *             of spread as well as of level.
 *     step    the least sum of absolute deviations from two levels instead of one (the medians of
 *             both sides; asv's step detection is of this kind, with more levels and a penalty):
 *                 S = sum |x - median| - min over t of the same of both sides
 *
 * The series is cut at the most significant place while that is significant, then both parts are
 * looked at likewise (E-divisive's hierarchy). The p-value compares the statistic with those of the
 * same values in orders drawn by the seed: (1 + as large or larger) / (1 + permutations). Once
 * NT_CHANGE_ENOUGH were as large the drawing ends, and p is their share (Besag and Clifford,
 * "Sequential Monte Carlo p-values", Biometrika 78, 1991): where nothing changes a few dozen do. The
 * same options give the same bits.
 */
#ifndef NT_CHANGE_POINT_H
#define NT_CHANGE_POINT_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

typedef enum nt_change_method { NT_CHANGE_ENERGY, NT_CHANGE_STEP } nt_change_method;

typedef struct nt_change_options {
  nt_change_method method; /* default: NT_CHANGE_STEP */
  size_t least;            /* values on either side of a change, at least 2; default 3 */
  size_t permutations;     /* at most so many, at least 1; default 999 */
  double level;            /* a cut is one whose p is at most this, in (0, 1]; default 0.05 */
  uint64_t seed;           /* default 1 */
} nt_change_options;

nt_change_options nt_change_defaults(void);

typedef struct nt_change {
  size_t at; /* the first value of the new level */
  double statistic, p;
  double before, after; /* medians of the values between this change and its neighbours */
} nt_change;

enum { NT_CHANGE_ENOUGH = 20 };

/* The longest series: memory and time go with its square. */
#define NT_CHANGE_MOST 4000

/*
 * Changes of n values in their order, into `changes`, which has room for n; *count of them. A value
 * that is not finite: NT_E_INPUT with its index; n beyond NT_CHANGE_MOST: NT_E_LIMIT; options out of
 * range: NT_E_ARGUMENT. Energy: O(permutations n^2) time, 8 n^2 bytes. Step: O(permutations n log n).
 */
nt_status nt_change_points(const double *x, size_t n, const nt_change_options *options,
                           nt_change *changes, size_t *count, nt_error *err);

/* The best cut of the whole series, significant or not, with its p. n at least 2 * least, else
 * NT_E_ARGUMENT. */
nt_status nt_change_best(const double *x, size_t n, const nt_change_options *options,
                         nt_change *best, nt_error *err);

#endif
