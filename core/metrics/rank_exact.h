/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests by ranks on few data sets (rank_tests.h has the formulas for many). "No detector differs"
 * makes every order of a data set's ranks equally likely; counting the orders gives p as it is,
 * with ties, where chi-square and the normal distribution are approximations that need many data
 * sets: more than 10, and more than 5 detectors, says Demsar (2006, 3.2.2).
 */
#ifndef NT_METRICS_RANK_EXACT_H
#define NT_METRICS_RANK_EXACT_H

#include "rank_tests.h"

typedef enum nt_rank_method {
  NT_RANK_EXACT,        /* all orders counted */
  NT_RANK_PERMUTATIONS, /* orders drawn */
  NT_RANK_CHI_SQUARE
} nt_rank_method;
const char *nt_rank_method_name(nt_rank_method method); /* "exact", "permutations", "chi-square" */

typedef struct nt_friedman_p {
  double p;
  double least; /* the least p that these data sets could give; 0 by chi-square */
  nt_rank_method method;
} nt_friedman_p;

/*
 * P(Friedman's chi-square is what it is, or greater): exact where counting takes little, for up to
 * 6 detectors (6 on 4 data sets, 5 on 8, 4 on 30); else by chi-square on more than 10 data sets, by
 * up to 99,999 drawn orders on fewer. values, errors: as nt_friedman_test. The same values give
 * the same p. NaN where every data set is one tie.
 */
nt_status nt_friedman_significance(const double *values, size_t data_sets, size_t detectors,
                                   nt_friedman_p *result, nt_error *err);

/* As nt_compare_ranks, with p exact: P(the sums of a pair's ranks lie so far apart). By the normal
 * distribution, as there, from 11,000 detectors times data sets on. */
nt_status nt_compare_ranks_exactly(const double *values, size_t data_sets, size_t detectors,
                                   nt_better better, nt_rank_pair *pairs, nt_error *err);

/* The least number of data sets on which the best and the worst of so many detectors can be told
 * apart: Nemenyi's critical difference lies below detectors - 1, the most that mean ranks can
 * differ by, and agreement of all data sets, of probability detectors!^(1 - N), is significant at
 * alpha. 0 < alpha < 1 and at least 2 detectors; else 0. */
size_t nt_least_data_sets(size_t detectors, double alpha);

#endif
