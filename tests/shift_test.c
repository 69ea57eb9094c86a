/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Location shifts: worked examples of Hollander and Wolfe (Nonparametric Statistical Methods) and
 * of Benjamini and Hochberg (1995); exact and approximate distributions side by side. */
#include "metrics/shift.h"

#include <math.h>
#include <stdint.h>

#include "check.h"

/* Their table 3.1: depression scores before and after, p = 0.039, shift -0.46 in (-0.786, -0.010). */
static void paired_example(void) {
  const double x[] = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
  const double y[] = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
  double d[9];
  nt_shift s;
  nt_error err;
  for (int i = 0; i < 9; i++) d[i] = y[i] - x[i];
  CHECK_OK(nt_shift_pairs(d, 9, 0.95, &s, &err), err);
  CU_ASSERT_DOUBLE_EQUAL(s.p, 0.0390625, 1e-12);
  CU_ASSERT_DOUBLE_EQUAL(s.estimate, -0.46, 5e-4);
  CU_ASSERT_DOUBLE_EQUAL(s.low, -0.786, 5e-4);
  CU_ASSERT_DOUBLE_EQUAL(s.high, -0.010, 5e-4);
}

/* Their table 4.1: permeability of membranes, one-sided p = 0.1272, shift 0.305. */
static void sample_example(void) {
  const double x[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
  const double y[] = {1.15, 0.88, 0.90, 0.74, 1.21};
  nt_shift s;
  nt_error err;
  CHECK_OK(nt_shift_samples(y, 5, x, 10, 0.95, &s, &err), err);
  CU_ASSERT_DOUBLE_EQUAL(s.p, 2 * 0.1272, 1e-4);
  CU_ASSERT_DOUBLE_EQUAL(s.estimate, 0.305, 1e-9);
  CU_ASSERT_DOUBLE_EQUAL(s.low, -0.15, 1e-9);
  CU_ASSERT_DOUBLE_EQUAL(s.high, 0.76, 1e-9);
  nt_shift back;
  CHECK_OK(nt_shift_samples(x, 10, y, 5, 0.95, &back, &err), err);
  CU_ASSERT_DOUBLE_EQUAL(back.p, s.p, 1e-12);
  CU_ASSERT(back.low == -s.high && back.estimate == -s.estimate);
}

/* Beyond NT_SHIFT_EXACT values the normal approximation; one value less than that is exact. */
static void approximation(void) {
  double d[NT_SHIFT_EXACT + 1];
  nt_shift exact, normal;
  nt_error err;
  for (int i = 0; i <= NT_SHIFT_EXACT; i++) d[i] = sin(i * 7.3) + 0.2;
  CHECK_OK(nt_shift_pairs(d, NT_SHIFT_EXACT, 0.95, &exact, &err), err);
  CHECK_OK(nt_shift_pairs(d, NT_SHIFT_EXACT + 1, 0.95, &normal, &err), err);
  CU_ASSERT_DOUBLE_EQUAL(exact.p, normal.p, 0.05);
  CU_ASSERT_DOUBLE_EQUAL(exact.low, normal.low, 0.05);
  CU_ASSERT_DOUBLE_EQUAL(exact.high, normal.high, 0.05);
}

/* With few values no interval of that level exists, and p cannot be small. */
static void few(void) {
  const double d[] = {1, 1.5, 2};
  nt_shift s;
  nt_error err;
  CHECK_OK(nt_shift_pairs(d, 3, 0.95, &s, &err), err);
  CU_ASSERT(s.low == -HUGE_VAL && s.high == HUGE_VAL);
  CU_ASSERT_DOUBLE_EQUAL(s.p, 0.25, 1e-12);
  CU_ASSERT_EQUAL(s.estimate, 1.5);
  CHECK_OK(nt_shift_samples(d, 3, d, 3, 0.95, &s, &err), err);
  CU_ASSERT(s.p == 1 && s.estimate == 0);
}

/* The interval covers as often as it says: 500 draws of 9 around 1, at 90 %. */
static void coverage(void) {
  uint64_t state = 9;
  int covered = 0;
  for (int t = 0; t < 500; t++) {
    double d[9];
    nt_shift s;
    nt_error err;
    for (int i = 0; i < 9; i++) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      d[i] = (double)(state >> 11) * 0x1p-53 + 0.5;
    }
    CHECK_OK(nt_shift_pairs(d, 9, 0.9, &s, &err), err);
    covered += s.low <= 1 && 1 <= s.high;
  }
  CU_ASSERT(covered >= 430 && covered <= 490);
}

static void false_discoveries(void) {
  const double p[] = {0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                      0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000};
  double adjusted[15];
  nt_error err;
  int found = 0;
  CHECK_OK(nt_false_discovery(p, 15, adjusted, &err), err);
  for (int i = 0; i < 15; i++) found += adjusted[i] <= 0.05;
  CU_ASSERT_EQUAL(found, 4); /* as in the paper's example */
  CU_ASSERT_DOUBLE_EQUAL(adjusted[0], 0.0015, 1e-12);
  CU_ASSERT_DOUBLE_EQUAL(adjusted[14], 1, 0);
  for (int i = 1; i < 15; i++) CU_ASSERT(adjusted[i] >= adjusted[i - 1]);
}

static void refusals(void) {
  const double d[] = {1, INFINITY};
  nt_shift s;
  nt_error err;
  CU_ASSERT_EQUAL(nt_shift_pairs(d, 2, 0.95, &s, &err), NT_E_INPUT);
  CU_ASSERT_STRING_EQUAL(err.text, "value 1 is inf");
  CU_ASSERT_EQUAL(nt_shift_pairs(d, 0, 0.95, &s, &err), NT_E_ARGUMENT);
  CU_ASSERT_EQUAL(nt_shift_pairs(d, 1, 1, &s, &err), NT_E_ARGUMENT);
  CU_ASSERT_EQUAL(nt_shift_samples(d, 1, d, 2, 0.95, &s, &err), NT_E_INPUT);
}

int main(void) {
  static const check_case cases[] = {{"paired example", paired_example},
                                     {"example of two samples", sample_example},
                                     {"approximation", approximation},
                                     {"few values", few},
                                     {"coverage", coverage},
                                     {"false discoveries", false_discoveries},
                                     {"refusals", refusals}};
  return check_main("shift", cases, sizeof cases / sizeof *cases);
}
