/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GSL reports errors to a handler of the process, which aborts unless the program sets another one.
 * The library never calls it and leaves it in place. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#include <ninetails/metrics.h>

#include "metrics/rank_tests.h"
#include "numeric/linear.h"
#include "numeric/random.h"
#include "check.h"

static int calls;

static void handler(const char *reason, const char *file, int line, int code) {
  printf("  %s:%d: %s (%d)\n", file, line, reason, code);
  calls++;
}

static void hopeless_matrices(void) {
  enum { N = 4 };
  double bad[N * N] = {1, 2, 0, 0, 2, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}, zero[N * N] = {0}, log_det;
  double nan[N * N] = {NAN}, infinite[N * N] = {INFINITY};
  CU_ASSERT_EQUAL(nt_inverse_cholesky(bad, N, &log_det), -1);
  CU_ASSERT_EQUAL(nt_inverse_cholesky(zero, N, &log_det), -1);
  CU_ASSERT_EQUAL(nt_inverse_cholesky(nan, N, &log_det), -1);
  CU_ASSERT_EQUAL(nt_inverse_cholesky(infinite, N, &log_det), -1);
  CU_ASSERT_EQUAL(nt_inverse_cholesky(bad, 0, &log_det), -1);
}

/* By hand: A = L L^T. */
static void inverse_of_a_factor(void) {
  double a[] = {4, 2, 2, 10}, log_det; /* L = 2 0 / 1 3, its inverse 1/2 0 / -1/6 1/3 */
  CU_ASSERT_EQUAL(nt_inverse_cholesky(a, 2, &log_det), 0);
  CU_ASSERT_DOUBLE_EQUAL(a[0], 0.5, 1e-16);
  CU_ASSERT_EQUAL(a[1], 0);
  CU_ASSERT_DOUBLE_EQUAL(a[2], -1.0 / 6, 1e-16);
  CU_ASSERT_DOUBLE_EQUAL(a[3], 1.0 / 3, 1e-16);
  CU_ASSERT_DOUBLE_EQUAL(log_det, -log(6), 1e-15);
}

static void eigenvectors(void) {
  double a[] = {2, 1, 1, 2}, values[2], vectors[4];
  CU_ASSERT_EQUAL(nt_eigen(a, 2, values, vectors, NULL), NT_OK);
  CU_ASSERT_DOUBLE_EQUAL(values[0], 3, 1e-15);
  CU_ASSERT_DOUBLE_EQUAL(values[1], 1, 1e-15);
  CU_ASSERT_DOUBLE_EQUAL(fabs(vectors[0] + vectors[1]), sqrt(2), 1e-15);
  CU_ASSERT_DOUBLE_EQUAL(vectors[2] + vectors[3], 0, 1e-15);
}

static void draws_are_those_of_gsl(void) {
  gsl_rng *a = gsl_rng_alloc(gsl_rng_mt19937), *b = gsl_rng_alloc(gsl_rng_mt19937);
  for (size_t n = 1; n < 0xffffffff; n += n / 2 + 1)
    for (int i = 0; i < 20; i++) CU_ASSERT_EQUAL(nt_random_below(a, n), gsl_rng_uniform_int(b, n));
  CU_ASSERT_EQUAL(nt_random_below(a, 0), 0);
  CU_ASSERT(nt_random_below(a, (size_t)1 << 40) < (size_t)1 << 32);
  gsl_rng_free(a), gsl_rng_free(b);
}

/* The distributions that the core calls GSL for, over all their arguments. */
static void distributions(void) {
  for (double k = 1; k < 3000; k = floor(k * 1.3 + 1)) {
    for (double e = -320; e < 308; e += 3) {
      double x = pow(10, e);
      CU_ASSERT(gsl_cdf_chisq_Q(x, k) >= 0);
      for (double m = 1; m < 300; m *= 4) CU_ASSERT(gsl_cdf_fdist_Q(x, k, k * m) >= 0);
    }
    for (double e = -320; e < 0; e += 0.7) {
      CU_ASSERT(gsl_cdf_chisq_Qinv(pow(10, e), k) >= 0);
      CU_ASSERT(gsl_cdf_chisq_Qinv(1 - pow(10, e), k) >= 0);
    }
  }
}

static void shares_of_alarms(void) {
  const double scores[] = {1, 2, 3, 4};
  const double tails[] = {-1, 0, 1e-300, 0.5, 1, 2, NAN, INFINITY};
  for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
    for (double p = 0; p <= 5; p++)
      CU_ASSERT_EQUAL(nt_alarm_share_of(scores, NULL, 4, p, tails[i]).judged, 4);
  for (unsigned n = 1; n < 2000; n = 2 * n + 1)
    for (unsigned k = 0; k < n; k += n / 10 + 1)
      for (double p = 1e-300; p <= 1; p *= 1e3) CU_ASSERT(gsl_cdf_binomial_Q(k, p, n) >= 0);
}

static void ranks_without_spread(void) {
  const double values[] = {1, 1, 1, 1, 1, 1, 1, 2, 3, 1, 2, 3};
  double ranks[3];
  nt_friedman result;
  nt_error err;
  CHECK_OK(nt_friedman_test(values, 2, 3, NT_LOWER_IS_BETTER, ranks, &result, &err), err);
  CHECK_OK(nt_friedman_test(values + 6, 2, 3, NT_LOWER_IS_BETTER, ranks, &result, &err), err);
}

static void nobody_was_called(void) {
  CU_ASSERT_EQUAL(calls, 0);
  CU_ASSERT_PTR_EQUAL(gsl_set_error_handler(NULL), handler);
}

static const check_case cases[] = {
    {"hopeless matrices", hopeless_matrices},
    {"the inverse of a factor", inverse_of_a_factor},
    {"eigenvectors", eigenvectors},
    {"draws are those of GSL", draws_are_those_of_gsl},
    {"distributions", distributions},
    {"shares of alarms", shares_of_alarms},
    {"ranks without spread", ranks_without_spread},
    {"nobody was called, and the handler is the program's", nobody_was_called},
};

int main(void) {
  gsl_set_error_handler(handler);
  return check_main("GSL's handler", cases, sizeof cases / sizeof *cases);
}
