/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metrics/rank_tests.h"
#include "metrics_check.h"

/* Demsar (2006), table 6: AUC of C4.5 and three variants on 14 data sets (one value has a digit
 * more than the printed 0.975 0.975, whose ranks the paper gives as 2 and 3). */
enum { SETS = 14, VARIANTS = 4 };
static const double demsar[SETS][VARIANTS] = {
    {0.763, 0.768, 0.771, 0.798},  {0.599, 0.591, 0.590, 0.569}, {0.954, 0.971, 0.968, 0.967},
    {0.628, 0.661, 0.654, 0.657},  {0.882, 0.888, 0.886, 0.898}, {0.936, 0.931, 0.916, 0.931},
    {0.661, 0.668, 0.609, 0.685},  {0.583, 0.583, 0.563, 0.625}, {0.775, 0.838, 0.866, 0.875},
    {1.000, 1.000, 1.000, 1.000},  {0.940, 0.962, 0.965, 0.962}, {0.619, 0.666, 0.614, 0.669},
    {0.972, 0.981, 0.9751, 0.975}, {0.957, 0.978, 0.946, 0.970},
};

static void friedman_of_demsars_table(void) {
  static const double ranks[] = {3.143, 2.000, 2.893, 1.964};
  double mean_rank[VARIANTS];
  nt_friedman f;
  nt_error err;
  CHECK_OK(nt_friedman_test(demsar[0], SETS, VARIANTS, NT_HIGHER_IS_BETTER, mean_rank, &f, &err),
           err);
  for (int i = 0; i < VARIANTS; i++) CU_ASSERT(fabs(mean_rank[i] - ranks[i]) < 5e-4);
  double uncorrected = f.chi_square * f.tie_correction;
  CU_ASSERT(fabs(uncorrected - 9.28) < 5e-3);
  CU_ASSERT(fabs((SETS - 1) * uncorrected / (SETS * (VARIANTS - 1) - uncorrected) - 3.69) < 5e-3);
  CU_ASSERT(f.chi_square > uncorrected && f.p < 0.05 && f.f_p < f.p);
  double difference = nt_nemenyi_difference(VARIANTS, SETS, 0.05);
  CU_ASSERT(fabs(difference - 1.25) < 5e-3); /* as printed: 2.569 sqrt(20 / 84) */
  CU_ASSERT(fabs(nt_nemenyi_difference(VARIANTS, SETS, 0.10) - 1.12) < 5e-3);
}

/* Demsar (2006), table 5(a): q for 2 to 10 detectors. */
static void nemenyi_quantiles_of_demsars_table(void) {
  static const double q05[] = {1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164};
  static const double q10[] = {1.645, 2.052, 2.291, 2.459, 2.589, 2.693, 2.780, 2.855, 2.920};
  for (size_t k = 2; k <= 10; k++) {
    double unit = sqrt((double)(k * (k + 1)) / 60.0); /* ten data sets */
    CU_ASSERT(fabs(nt_nemenyi_difference(k, 10, 0.05) / unit - q05[k - 2]) < 1.1e-3);
    CU_ASSERT(fabs(nt_nemenyi_difference(k, 10, 0.10) / unit - q10[k - 2]) < 1.1e-3);
  }
  CU_ASSERT(isnan(nt_nemenyi_difference(1, 10, 0.05)));
  CU_ASSERT(isnan(nt_nemenyi_difference(3, 0, 0.05)));
  CU_ASSERT(isnan(nt_nemenyi_difference(3, 10, 0)));
}

/* The range of two normals: P(|x - y| <= r) = erf(r / 2). */
static void range_of_two_is_known(void) {
  for (double r = 0; r < 9; r += 0.37) CHECK_CLOSE(nt_range_probability(r, 2), erf(r / 2), 1e-13);
  CU_ASSERT_EQUAL(nt_range_probability(-1, 5), 0);
  CU_ASSERT_EQUAL(nt_range_probability(NAN, 5), 0);
}

static void lower_is_better_mirrors(void) {
  double up[VARIANTS], down[VARIANTS], negative[SETS][VARIANTS];
  for (int i = 0; i < SETS; i++)
    for (int j = 0; j < VARIANTS; j++) negative[i][j] = -demsar[i][j];
  nt_friedman a, b;
  nt_error err;
  CHECK_OK(nt_friedman_test(demsar[0], SETS, VARIANTS, NT_HIGHER_IS_BETTER, up, &a, &err), err);
  CHECK_OK(nt_friedman_test(negative[0], SETS, VARIANTS, NT_LOWER_IS_BETTER, down, &b, &err), err);
  for (int i = 0; i < VARIANTS; i++) CU_ASSERT_EQUAL(up[i], down[i]);
  CU_ASSERT_EQUAL(a.chi_square, b.chi_square);
}

static void extremes_of_friedman(void) {
  const double agree[] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, tied[] = {1, 1, 1, 2, 2, 2, 3, 3, 3};
  double ranks[3];
  nt_friedman f;
  nt_error err;
  CHECK_OK(nt_friedman_test(agree, 3, 3, NT_HIGHER_IS_BETTER, ranks, &f, &err), err);
  CHECK_CLOSE(f.chi_square, 6, 1e-14);
  CU_ASSERT(isinf(f.f) && f.f_p == 0);
  CU_ASSERT(ranks[0] == 3 && ranks[1] == 2 && ranks[2] == 1);
  CHECK_OK(nt_friedman_test(tied, 3, 3, NT_HIGHER_IS_BETTER, ranks, &f, &err), err);
  CU_ASSERT(isnan(f.chi_square) && isnan(f.p) && isnan(f.f));
  CU_ASSERT(ranks[0] == 2 && ranks[1] == 2 && ranks[2] == 2);
  const double missing[] = {1, 2, 3, NAN};
  CU_ASSERT_EQUAL(nt_friedman_test(missing, 2, 2, NT_HIGHER_IS_BETTER, ranks, &f, &err),
                  NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "detector 1 on data set 1"));
  CU_ASSERT_EQUAL(nt_friedman_test(agree, 1, 3, NT_HIGHER_IS_BETTER, ranks, &f, &err),
                  NT_E_ARGUMENT);
  CU_ASSERT_EQUAL(nt_friedman_test(agree, 3, 1, NT_HIGHER_IS_BETTER, ranks, &f, &err),
                  NT_E_ARGUMENT);
}

/* Holm by hand: three pairs with p1 < p2 < p3 become 3 p1, max(2 p2, that), max(p3, that). */
static void holm_steps_down(void) {
  const double ranks[] = {1.0, 2.0, 3.5};
  nt_rank_pair pairs[3];
  nt_error err;
  CHECK_OK(nt_compare_ranks(ranks, 6, 3, pairs, &err), err);
  /* unit = sqrt(3 * 4 / 36) */
  CHECK_CLOSE(pairs[0].z, -1 / sqrt(1.0 / 3), 1e-14);
  CHECK_CLOSE(pairs[1].z, -2.5 / sqrt(1.0 / 3), 1e-14);
  for (int i = 0; i < 3; i++) CHECK_CLOSE(pairs[i].p, erfc(fabs(pairs[i].z) / sqrt(2)), 1e-12);
  CU_ASSERT(pairs[1].a == 0 && pairs[1].b == 2);
  CHECK_CLOSE(pairs[1].holm, 3 * pairs[1].p, 1e-15);
  CHECK_CLOSE(pairs[2].holm, fmax(2 * pairs[2].p, pairs[1].holm), 1e-15);
  CHECK_CLOSE(pairs[0].holm, fmax(pairs[0].p, pairs[2].holm), 1e-15);
  CU_ASSERT_EQUAL(nt_compare_ranks(ranks, 6, 1, pairs, &err), NT_E_ARGUMENT);
}

static void bars_are_maximal(void) {
  const struct {
    double ranks[5], difference;
    size_t count, first[3], last[3];
  } cases[] = {
      {{3, 1, 2, 5, 4}, 1.5, 4, {0}, {1}}, /* neighbours only; the first pair is checked */
      {{3, 1, 2, 5, 4}, 2.5, 3, {0, 1, 2}, {2, 3, 4}},
      {{3, 1, 2, 5, 4}, 1.0, 0, {0}, {0}}, /* a difference equal to the critical one counts */
      {{3, 1, 2, 5, 4}, 9, 1, {0}, {4}},
      {{1, 1.1, 4, 4.1, 4.2}, 0.5, 2, {0, 2}, {1, 4}},
  };
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    size_t order[5], count;
    nt_rank_bar bars[5];
    nt_error err;
    CHECK_OK(nt_nemenyi_bars(cases[c].ranks, 5, cases[c].difference, order, bars, &count, &err),
             err);
    CU_ASSERT_EQUAL_FATAL(count, cases[c].count);
    for (size_t i = 1; i < 5; i++)
      CU_ASSERT(cases[c].ranks[order[i - 1]] <= cases[c].ranks[order[i]]);
    for (size_t i = 0; i < count && i < (c == 0 ? 1 : 3); i++) {
      CU_ASSERT_EQUAL(bars[i].first, cases[c].first[i]);
      CU_ASSERT_EQUAL(bars[i].last, cases[c].last[i]);
    }
  }
  size_t order[1], count;
  nt_rank_bar bars[1];
  nt_error err;
  CU_ASSERT_EQUAL(nt_nemenyi_bars((double[]){1}, 1, NAN, order, bars, &count, &err), NT_E_ARGUMENT);
}

static const check_case cases[] = {
    {"Friedman of Demsar's table", friedman_of_demsars_table},
    {"Nemenyi quantiles of Demsar's table", nemenyi_quantiles_of_demsars_table},
    {"range of two is known", range_of_two_is_known},
    {"lower is better mirrors", lower_is_better_mirrors},
    {"extremes of Friedman", extremes_of_friedman},
    {"Holm steps down", holm_steps_down},
    {"bars are maximal", bars_are_maximal},
};
CHECK_MAIN("rank tests", cases)
