/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metrics/roc.h"
#include "metrics/threshold.h"
#include "metrics_check.h"

/* exp(mean + deviation * z): z = 3.0902323061678132 for a tail of 1e-3 (R's qnorm), population
 * deviation. */
static void fit_and_threshold_of_a_known_sample(void) {
  const double scores[] = {exp(1.0), exp(2.0), exp(3.0), exp(4.0)};
  nt_lognormal fit;
  nt_error err;
  double threshold;
  CHECK_OK(nt_lognormal_fit(scores, 4, &fit, &err), err);
  CHECK_CLOSE(fit.mean, 2.5, 1e-14);
  CHECK_CLOSE(fit.deviation, sqrt(1.25), 1e-14);
  CHECK_OK(nt_lognormal_threshold(&fit, NT_LOGNORMAL_TAIL, &threshold, &err), err);
  CHECK_CLOSE(threshold, exp(2.5 + sqrt(1.25) * 3.0902323061678132), 1e-12);
  CHECK_OK(nt_lognormal_threshold(&fit, 0.5, &threshold, &err), err);
  CHECK_CLOSE(threshold, exp(2.5), 1e-12);
}

static void unusable_scores_are_counted_not_fitted(void) {
  const double plain[] = {1, 2, 5}, mixed[] = {0, 1, -0.0, 2, NAN, -3, INFINITY, 5, -INFINITY};
  nt_lognormal fit, expected;
  nt_error err;
  CHECK_OK(nt_lognormal_fit(plain, 3, &expected, &err), err);
  CHECK_OK(nt_lognormal_fit(mixed, 9, &fit, &err), err);
  CU_ASSERT_EQUAL(fit.mean, expected.mean);
  CU_ASSERT_EQUAL(fit.deviation, expected.deviation);
  CU_ASSERT_EQUAL(fit.used, 3);
  CU_ASSERT_EQUAL(fit.zero, 2);
  CU_ASSERT_EQUAL(fit.negative, 1);
  CU_ASSERT_EQUAL(fit.non_finite, 3);
}

static void samples_without_spread_are_refused(void) {
  const double none[] = {0, 0, NAN}, one[] = {0, 3}, equal[] = {2, 2, 2};
  nt_lognormal fit;
  nt_error err;
  CU_ASSERT_EQUAL(nt_lognormal_fit(none, 3, &fit, &err), NT_E_INPUT);
  CU_ASSERT(isnan(fit.mean) && isnan(fit.deviation));
  CU_ASSERT_EQUAL(fit.zero, 2);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "2 zero"));
  CU_ASSERT_EQUAL(nt_lognormal_fit(one, 2, &fit, &err), NT_E_INPUT);
  CU_ASSERT_EQUAL(nt_lognormal_fit(equal, 3, &fit, &err), NT_E_INPUT);
  CU_ASSERT_EQUAL(nt_lognormal_fit(NULL, 0, &fit, &err), NT_E_INPUT);
}

static void tails_outside_their_range_are_refused(void) {
  static const double tails[] = {0, 1, -0.1, 2, NAN};
  const nt_lognormal fit = {.mean = 0, .deviation = 1};
  nt_error err;
  double threshold;
  for (size_t i = 0; i < 5; i++)
    CU_ASSERT_EQUAL(nt_lognormal_threshold(&fit, tails[i], &threshold, &err), NT_E_ARGUMENT);
}

/* On log-normal scores the threshold's false positive rate comes near the tail it was asked for. */
static void tail_is_met_on_lognormal_scores(void) {
  enum { N = 200000 };
  double *scores = malloc(N * sizeof *scores);
  CU_ASSERT_PTR_NOT_NULL_FATAL(scores);
  uint64_t seed = 21;
  for (size_t i = 0; i < N; i++) { /* Box and Muller */
    double radius = sqrt(-2 * log(1 - random_unit(&seed)));
    scores[i] = exp(-3 + 0.7 * radius * cos(2 * M_PI * random_unit(&seed)));
  }
  nt_lognormal fit;
  nt_error err;
  double threshold;
  CHECK_OK(nt_lognormal_fit(scores, N, &fit, &err), err);
  CHECK_OK(nt_lognormal_threshold(&fit, 0.01, &threshold, &err), err);
  nt_ranking *r = nt_ranking_new(scores, NULL, N, &err);
  CHECK_CLOSE(nt_point_at_threshold(r, threshold).fpr, 0.01, 1e-3);
  nt_ranking_free(r);
  free(scores);
}

static const check_case cases[] = {
    {"fit and threshold of a known sample", fit_and_threshold_of_a_known_sample},
    {"unusable scores are counted, not fitted", unusable_scores_are_counted_not_fitted},
    {"samples without spread are refused", samples_without_spread_are_refused},
    {"tails outside their range are refused", tails_outside_their_range_are_refused},
    {"tail is met on log-normal scores", tail_is_met_on_lognormal_scores},
};
CHECK_MAIN("threshold", cases)
