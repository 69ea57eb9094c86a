/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Change points: statistics equal their definitions, planted changes are found, false alarms are as
 * rare as promised, bits are the same everywhere. */
#include "metrics/change_point.h"

#include <math.h>

#include "check.h"

enum { N = 60 };

static uint64_t state;
static double uniform(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (double)(state >> 11) * 0x1p-53;
}
static double normal(void) {
  double u = 1 - uniform();
  return sqrt(-2 * log(u)) * cos(6.283185307179586 * uniform());
}

static void fill(double *x, size_t n, size_t at, double shift, uint64_t seed) {
  state = seed;
  for (size_t i = 0; i < n; i++) x[i] = normal() + (i >= at ? shift : 0);
}

/* Q of Matteson and James, by plain sums. */
static double energy_of(const double *x, size_t t, size_t k) {
  double a = (double)t, b = (double)(k - t), xy = 0, xx = 0, yy = 0;
  for (size_t i = 0; i < t; i++)
    for (size_t j = t; j < k; j++) xy += fabs(x[i] - x[j]);
  for (size_t i = 0; i < t; i++)
    for (size_t j = 0; j < i; j++) xx += fabs(x[i] - x[j]);
  for (size_t i = t; i < k; i++)
    for (size_t j = t; j < i; j++) yy += fabs(x[i] - x[j]);
  double e = 2 / (a * b) * xy - xx / (a * (a - 1) / 2) - yy / (b * (b - 1) / 2);
  return a * b / (a + b) * e;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
static double deviation_of(const double *x, size_t n) {
  double sorted[N], sum = 0;
  memcpy(sorted, x, n * sizeof *x);
  qsort(sorted, n, sizeof *sorted, by_value);
  for (size_t i = 0; i < n; i++) sum += fabs(x[i] - sorted[n / 2]);
  return sum;
}

static nt_change best_of(const double *x, size_t n, nt_change_method method, size_t permutations) {
  nt_error err;
  nt_change best = {0};
  nt_change_options o = nt_change_defaults();
  o.method = method;
  o.permutations = permutations;
  CHECK_OK(nt_change_best(x, n, &o, &best, &err), err);
  return best;
}

static void statistics_by_definition(void) {
  for (uint64_t seed = 1; seed <= 30; seed++) {
    double x[N], q = -HUGE_VAL, gain = -HUGE_VAL;
    size_t n = 6 + (size_t)seed, q_at = 0;
    fill(x, n, n / 2, seed % 3 ? 1 : 0, seed);
    if (seed % 5 == 0) x[1] = x[0], x[n - 1] = x[0]; /* ties */
    for (size_t k = 6; k <= n; k++)
      for (size_t t = 3; t + 3 <= k; t++)
        if (energy_of(x, t, k) > q) q = energy_of(x, t, k), q_at = t;
    for (size_t t = 3; t + 3 <= n; t++) {
      double s = deviation_of(x, n) - deviation_of(x, t) - deviation_of(x + t, n - t);
      if (s > gain) gain = s;
    }
    nt_change energy = best_of(x, n, NT_CHANGE_ENERGY, 1), step = best_of(x, n, NT_CHANGE_STEP, 1);
    CU_ASSERT_DOUBLE_EQUAL(energy.statistic, q, 1e-9);
    CU_ASSERT_EQUAL(energy.at, q_at);
    CU_ASSERT_DOUBLE_EQUAL(step.statistic, gain, 1e-9);
    double at_step = deviation_of(x, n) - deviation_of(x, step.at) -
                     deviation_of(x + step.at, n - step.at); /* another position may be as good */
    CU_ASSERT_DOUBLE_EQUAL(at_step, gain, 1e-9);
  }
}

/* 0 and 1: E(X, Y) = 2, so Q = nm / (n + m) * 2. */
static void worked_example(void) {
  const double x[] = {0, 0, 0, 0, 1, 1, 1, 1};
  nt_change energy = best_of(x, 8, NT_CHANGE_ENERGY, 999),
            step = best_of(x, 8, NT_CHANGE_STEP, 999);
  CU_ASSERT_EQUAL(energy.at, 4);
  CU_ASSERT_DOUBLE_EQUAL(energy.statistic, 4, 1e-12);
  CU_ASSERT_EQUAL(step.at, 4);
  CU_ASSERT_DOUBLE_EQUAL(step.statistic, 4, 1e-12);
  CU_ASSERT_EQUAL(step.before, 0);
  CU_ASSERT_EQUAL(step.after, 1);
  CU_ASSERT_DOUBLE_EQUAL(step.p, 2.0 / 70, 0.02); /* two of the 70 orders are separated as well */
  CU_ASSERT_DOUBLE_EQUAL(energy.p, 2.0 / 70, 0.02);
}

static void planted_changes(void) {
  for (nt_change_method method = NT_CHANGE_ENERGY; method <= NT_CHANGE_STEP; method++) {
    double x[N];
    nt_change changes[N];
    size_t count;
    nt_error err;
    nt_change_options o = nt_change_defaults();
    o.method = method;
    o.permutations = 199;
    fill(x, N, 20, 6, 5);
    for (size_t i = 40; i < N; i++) x[i] -= 12;
    CHECK_OK(nt_change_points(x, N, &o, changes, &count, &err), err);
    CU_ASSERT_EQUAL_FATAL(count, 2);
    CU_ASSERT(changes[0].at == 20 && changes[1].at == 40);
    CU_ASSERT_DOUBLE_EQUAL(changes[0].before, 0, 1);
    CU_ASSERT_DOUBLE_EQUAL(changes[0].after, 6, 1);
    CU_ASSERT_DOUBLE_EQUAL(changes[1].after, -6, 1);
    for (size_t i = 0; i < N; i++) x[i] = 7; /* constant: all orders are equal */
    CHECK_OK(nt_change_points(x, N, &o, changes, &count, &err), err);
    CU_ASSERT_EQUAL(count, 0);
    CHECK_OK(nt_change_points(x, 5, &o, changes, &count, &err), err);
    CU_ASSERT_EQUAL(count, 0); /* too few for two sides */
  }
}

/* A change of spread alone: energy sees it, the level step does not. */
static void change_of_spread(void) {
  double x[N];
  fill(x, N, N, 0, 11);
  for (size_t i = N / 2; i < N; i++) x[i] *= 12;
  CU_ASSERT(best_of(x, N, NT_CHANGE_ENERGY, 199).p <= 0.05);
}

/* Without a change, p <= 0.1 comes in at most a tenth of the series, up to chance: 300 series, 0.1
 * + 4 standard deviations. Large changes are found. */
static void false_alarms(void) {
  for (nt_change_method method = NT_CHANGE_ENERGY; method <= NT_CHANGE_STEP; method++) {
    int found = 0, seen = 0;
    for (uint64_t seed = 1; seed <= 300; seed++) {
      double x[24];
      fill(x, 24, 24, 0, seed);
      found += best_of(x, 24, method, 39).p <= 0.1;
      fill(x, 24, 12, 3, seed);
      seen += best_of(x, 24, method, 39).p <= 0.1;
    }
    CU_ASSERT(found <= 51 && found >= 10);
    CU_ASSERT(seen >= 295);
  }
}

static void same_bits(void) {
  double x[N];
  fill(x, N, 30, 0.8, 3);
  nt_change a = best_of(x, N, NT_CHANGE_ENERGY, 99), b = best_of(x, N, NT_CHANGE_ENERGY, 99);
  CU_ASSERT(a.at == b.at && a.p == b.p && a.statistic == b.statistic);
}

static void refusals(void) {
  double x[8] = {0, 1, 2, 3, 4, 5, 6, NAN};
  nt_change changes[8];
  size_t count;
  nt_error err;
  nt_change_options o = nt_change_defaults();
  CU_ASSERT_EQUAL(nt_change_points(x, 8, &o, changes, &count, &err), NT_E_INPUT);
  CU_ASSERT_STRING_EQUAL(err.text, "value 7 is nan");
  CU_ASSERT_EQUAL(nt_change_points(x, NT_CHANGE_MOST + 1, &o, changes, &count, &err), NT_E_LIMIT);
  CU_ASSERT_EQUAL(nt_change_best(x, 5, &o, changes, &err), NT_E_ARGUMENT);
  o.least = 1;
  CU_ASSERT_EQUAL(nt_change_points(x, 7, &o, changes, &count, &err), NT_E_ARGUMENT);
  o = nt_change_defaults(), o.permutations = 0;
  CU_ASSERT_EQUAL(nt_change_points(x, 7, &o, changes, &count, &err), NT_E_ARGUMENT);
  o = nt_change_defaults(), o.level = 0;
  CU_ASSERT_EQUAL(nt_change_points(x, 7, &o, changes, &count, &err), NT_E_ARGUMENT);
}

int main(void) {
  static const check_case cases[] = {{"statistics by definition", statistics_by_definition},
                                     {"worked example", worked_example},
                                     {"planted changes", planted_changes},
                                     {"change of spread", change_of_spread},
                                     {"false alarms", false_alarms},
                                     {"same bits", same_bits},
                                     {"refusals", refusals}};
  return check_main("change_point", cases, sizeof cases / sizeof *cases);
}
