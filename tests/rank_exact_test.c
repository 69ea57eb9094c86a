/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metrics/rank_exact.h"
#include "metrics_check.h"

/* Published critical values of Friedman's statistic (Friedman 1940; tables in textbooks): the least
 * value with p <= 0.05, so the value before it has a larger p. */
static const struct {
  size_t detectors, data_sets;
  double five, one; /* critical values at 5 % and 1 %; 0: none */
} table[] = {
    {3, 3, 6.000, 0},      {3, 4, 6.500, 8.000}, {3, 5, 6.400, 8.400}, {3, 6, 7.000, 9.000},
    {3, 7, 7.143, 8.857},  {3, 8, 6.250, 9.000}, {3, 9, 6.222, 9.556}, {3, 10, 6.200, 9.600},
    {4, 2, 6.000, 0},      {4, 3, 7.400, 9.000}, {4, 4, 7.800, 9.600}, {4, 5, 7.800, 9.960},
    {4, 6, 7.600, 10.200}, {5, 3, 8.533, 10.13}, {5, 4, 8.800, 11.20}, {6, 3, 9.857, 11.76}};

/* A random order of 1 .. k in each row. */
static void random_orders(uint64_t *seed, double *values, size_t n, size_t k) {
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < k; j++) {
      size_t with = random_below(seed, j + 1);
      values[i * k + j] = values[i * k + with];
      values[i * k + with] = (double)j;
    }
}

/* For any rows, p <= 0.05 exactly where chi-square reaches the critical value. */
static void published_critical_values(void) {
  uint64_t seed = 5;
  nt_error err;
  for (size_t t = 0; t < sizeof table / sizeof *table; t++) {
    size_t n = table[t].data_sets, k = table[t].detectors, reached = 0;
    for (int trial = 0; trial < 40; trial++) {
      double values[100], ranks[6];
      nt_friedman f;
      nt_friedman_p p;
      random_orders(&seed, values, n, k);
      for (size_t i = 0; i < n * k && trial % 2; i += k + (size_t)trial % 3)
        for (size_t j = 0; j < k && i % k == 0; j++) values[i + j] = (double)j; /* all rows agree */
      CHECK_OK(nt_friedman_test(values, n, k, NT_HIGHER_IS_BETTER, ranks, &f, &err), err);
      CHECK_OK(nt_friedman_significance(values, n, k, &p, &err), err);
      CU_ASSERT_EQUAL(p.method, NT_RANK_EXACT);
      CU_ASSERT(p.p >= p.least * (1 - 1e-12));
      bool five = f.chi_square > table[t].five - 6e-3;
      bool one = table[t].one > 0 && f.chi_square > table[t].one - 6e-3;
      CU_ASSERT_EQUAL(p.p <= 0.05, five);
      CU_ASSERT_EQUAL(p.p <= 0.01, one);
      reached += five;
    }
    CU_ASSERT(reached > 0);
  }
}

/* If all data sets agree, p = detectors!^(1 - data sets). */
static void agreement_is_the_least(void) {
  nt_error err;
  nt_friedman_p p;
  double values[6 * 6];
  for (size_t k = 2; k <= 6; k++)
    for (size_t n = 2; n <= 4; n++) {
      for (size_t i = 0; i < n * k; i++) values[i] = (double)(i % k);
      CHECK_OK(nt_friedman_significance(values, n, k, &p, &err), err);
      double least = pow(tgamma((double)k + 1), 1 - (double)n);
      CHECK_CLOSE(p.p / least, 1, 1e-12);
      CHECK_CLOSE(p.least / least, 1, 1e-12);
    }
  const double tied[] = {1, 1, 2, 2};
  CHECK_OK(nt_friedman_significance(tied, 2, 2, &p, &err), err);
  CU_ASSERT(isnan(p.p));
  const double missing[] = {1, 2, NAN, 1};
  CU_ASSERT_EQUAL(nt_friedman_significance(missing, 2, 2, &p, &err), NT_E_INPUT);
  CU_ASSERT_EQUAL(nt_friedman_significance(tied, 1, 2, &p, &err), NT_E_ARGUMENT);
}

/* Where there are too many orders to count, few data sets draw them at
 * random and many use chi-square. */
static void what_is_too_much_to_count(void) {
  uint64_t seed = 6;
  double values[40 * 20], ranks[40];
  nt_error err;
  nt_friedman f;
  nt_friedman_p p, again;
  random_orders(&seed, values, 9, 12);
  CHECK_OK(nt_friedman_test(values, 9, 12, NT_HIGHER_IS_BETTER, ranks, &f, &err), err);
  CHECK_OK(nt_friedman_significance(values, 9, 12, &p, &err), err);
  CHECK_OK(nt_friedman_significance(values, 9, 12, &again, &err), err);
  CU_ASSERT(p.method == NT_RANK_PERMUTATIONS && p.p == again.p);
  CHECK_CLOSE(p.least, 1e-5, 1e-15);
  CHECK_CLOSE(p.p, f.p, 0.03); /* chi-square is no worse an approximation here */
  for (size_t i = 0; i < 9 * 12; i++) values[i] = (double)(i % 12);
  CHECK_OK(nt_friedman_significance(values, 9, 12, &p, &err), err);
  CU_ASSERT_EQUAL(p.p, p.least);
  random_orders(&seed, values, 20, 12);
  CHECK_OK(nt_friedman_test(values, 20, 12, NT_HIGHER_IS_BETTER, ranks, &f, &err), err);
  CHECK_OK(nt_friedman_significance(values, 20, 12, &p, &err), err);
  CU_ASSERT(p.method == NT_RANK_CHI_SQUARE && p.least == 0);
  CHECK_CLOSE(p.p, f.p, 1e-12);
  /* Counted probabilities equal those of drawn orders, on the same rows. */
  random_orders(&seed, values, 40, 4);
  CHECK_OK(nt_friedman_test(values, 40, 4, NT_HIGHER_IS_BETTER, ranks, &f, &err), err);
  CHECK_OK(nt_friedman_significance(values, 40, 4, &p, &err), err);
  CU_ASSERT_EQUAL(p.method, NT_RANK_EXACT);
  CHECK_CLOSE(p.p, f.p, 0.01);
}

/* Two detectors: the sign test, 2 (1 + 6) / 64 for five of six. Three: by hand. */
static void pairs_by_hand(void) {
  nt_error err;
  nt_rank_pair pair, pairs[3];
  const double two[] = {1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 1};
  CHECK_OK(nt_compare_ranks_exactly(two, 6, 2, NT_HIGHER_IS_BETTER, &pair, &err), err);
  CHECK_CLOSE(pair.p, 14. / 64, 1e-15);
  CHECK_CLOSE(pair.holm, 14. / 64, 1e-15);
  CHECK_CLOSE(pair.z, (7. / 6 - 11. / 6) / sqrt(6. / 36), 1e-14); /* as nt_compare_ranks */
  /* Ranks 1 2 3 twice: a pair differs by -2 with 1/6, -1 with 2/6, 1 with 2/6, 2 with 1/6. Sums
   * apart by 4: 2/36; by 2 or more: 2 (1 + 4 + 4) / 36. */
  const double three[] = {3, 2, 1, 3, 2, 1};
  CHECK_OK(nt_compare_ranks_exactly(three, 2, 3, NT_HIGHER_IS_BETTER, pairs, &err), err);
  CHECK_CLOSE(pairs[1].p, 2. / 36, 1e-15);
  CHECK_CLOSE(pairs[0].p, 18. / 36, 1e-15);
  CHECK_CLOSE(pairs[1].holm, 6. / 36, 1e-15);
  /* A data set on which all tie changes nothing. */
  const double tie[] = {3, 2, 1, 7, 7, 7, 3, 2, 1};
  nt_rank_pair same[3];
  CHECK_OK(nt_compare_ranks_exactly(tie, 3, 3, NT_HIGHER_IS_BETTER, same, &err), err);
  for (int i = 0; i < 3; i++) CHECK_CLOSE(same[i].p, pairs[i].p, 1e-15);
}

static void many_pairs_are_normal(void) {
  uint64_t seed = 7;
  static double values[300 * 8];
  nt_rank_pair pairs[28], normal[28];
  double ranks[8];
  nt_friedman f;
  nt_error err;
  random_orders(&seed, values, 300, 8);
  CHECK_OK(nt_friedman_test(values, 300, 8, NT_LOWER_IS_BETTER, ranks, &f, &err), err);
  CHECK_OK(nt_compare_ranks(ranks, 300, 8, normal, &err), err);
  CHECK_OK(nt_compare_ranks_exactly(values, 300, 8, NT_LOWER_IS_BETTER, pairs, &err), err);
  for (int i = 0; i < 28; i++) {
    CU_ASSERT(pairs[i].a == normal[i].a && pairs[i].b == normal[i].b && pairs[i].z == normal[i].z);
    CHECK_CLOSE(pairs[i].p, normal[i].p, 0.01);
  }
}

/* By Demsar's q, 1.960 sqrt(6 / 6n) < 1 from n = 4 on, but by detectors! 2^(1 -
 * n) <= 0.05 from n = 6 on. */
static void least_numbers_of_data_sets(void) {
  CU_ASSERT_EQUAL(nt_least_data_sets(2, 0.05), 6);
  CU_ASSERT_EQUAL(nt_least_data_sets(2, 0.10), 5);
  CU_ASSERT_EQUAL(nt_least_data_sets(3, 0.05), 3);
  CU_ASSERT_EQUAL(nt_least_data_sets(3, 0.01), 5); /* critical difference 4.1 / sqrt n below 2 */
  CU_ASSERT_EQUAL(nt_least_data_sets(4, 0.05), 3);
  CU_ASSERT_EQUAL(nt_least_data_sets(20, 0.05), 3);
  for (size_t k = 2; k < 40; k++) {
    size_t n = nt_least_data_sets(k, 0.05);
    CU_ASSERT(nt_nemenyi_difference(k, n, 0.05) < (double)(k - 1));
  }
  CU_ASSERT_EQUAL(nt_least_data_sets(1, 0.05), 0);
  CU_ASSERT_EQUAL(nt_least_data_sets(2, 0), 0);
}

static const check_case cases[] = {
    {"published critical values", published_critical_values},
    {"agreement is the least", agreement_is_the_least},
    {"what is too much to count", what_is_too_much_to_count},
    {"pairs by hand", pairs_by_hand},
    {"many pairs are normal", many_pairs_are_normal},
    {"least numbers of data sets", least_numbers_of_data_sets},
};
CHECK_MAIN("rank exact", cases)
