/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/metrics.h>

#include "metrics/roc.h"
#include "metrics_check.h"

/* The threshold is exp(mean + deviation * z): z = 3.0902323061678132 for a tail of 1e-3 (R's
 * qnorm), population deviation. */
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

static void sample_is_the_end_of_training(void) {
  static const struct {
    uint64_t learnt, sample;
  } cases[] = {{0, 0}, {999, 999}, {1001, 1000}, {10000, 1000}, {10010, 1001}, {50000, 5000}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    CU_ASSERT_EQUAL(nt_threshold_sample(cases[i].learnt), cases[i].sample);
}

static void threshold_that_does_not_exist_says_why(void) {
  const double good[] = {exp(1), exp(3), NAN, 0}, one[] = {2, NAN}, negative[] = {1, 2, -1, 0, -3};
  nt_threshold t;
  nt_error err;
  CHECK_OK(nt_threshold_fit(good, 4, 0.5, &t, &err), err);
  CHECK_CLOSE(t.value, exp(2.0), 1e-12);
  CU_ASSERT_STRING_EQUAL(t.absence, "");
  CU_ASSERT_EQUAL(t.fit.used, 2);
  CHECK_OK(nt_threshold_fit(one, 2, 0.5, &t, &err), err);
  CU_ASSERT(isnan(t.value));
  CU_ASSERT_STRING_EQUAL(t.absence,
                         "fewer than two distinct positive scores at the end of training");
  CHECK_OK(nt_threshold_fit(negative, 5, 0.5, &t, &err), err);
  CU_ASSERT(isnan(t.value));
  CU_ASSERT_STRING_EQUAL(t.absence, "most scores at the end of training are not positive");
  CU_ASSERT_EQUAL(nt_threshold_fit(good, 4, 2, &t, &err), NT_E_ARGUMENT);
}

/* 5000 packets, 100 a block; the first `over` blocks have `alarms` alarms each. */
static nt_alarm_share share_of(size_t over, size_t alarms, const uint8_t *labels) {
  enum { N = 5000, BLOCK = N / NT_ALARM_BLOCKS };
  static double scores[N];
  for (size_t i = 0; i < N; i++) scores[i] = i / BLOCK < over && i % BLOCK < alarms ? 2 : 1;
  return nt_alarm_share_of(scores, labels, N, 2, 1e-3);
}

/* sqrt(0.001) = 0.0316: four alarms of 100 packets are too many. Of 50 blocks, each
 * with that chance, more than 5 come with probability 0.00482, more than 6 with
 * 0.000957 (SciPy's binom.sf). */
static void share_contradicts_its_tail(void) {
  nt_alarm_share s = share_of(7, 4, NULL);
  CU_ASSERT_EQUAL(s.blocks, 50);
  CU_ASSERT_EQUAL(s.allowed, 6);
  CU_ASSERT_EQUAL(s.over, 7);
  CHECK_CLOSE(s.share, 28. / 5000, 1e-15);
  CU_ASSERT(s.contradicts);
  CU_ASSERT_FALSE(share_of(6, 100, NULL).contradicts); /* one burst, however dense */
  CU_ASSERT_FALSE(share_of(50, 3, NULL).contradicts);
  static uint8_t labels[5000];
  memset(labels, 1, 2500); /* alarms of attacks do not count */
  CU_ASSERT_FALSE(share_of(25, 100, labels).contradicts);
  CU_ASSERT(share_of(50, 100, labels).contradicts);
  const double nans[] = {NAN, NAN, NAN};
  s = nt_alarm_share_of(nans, NULL, 3, 1, 1e-3); /* NaN is an alarm; three blocks of one packet */
  CU_ASSERT(s.contradicts && s.blocks == 3 && s.over == 3);
  CU_ASSERT_FALSE(nt_alarm_share_of(nans, NULL, 3, NAN, 1e-3).contradicts);
  CU_ASSERT_FALSE(nt_alarm_share_of(nans, NULL, 0, 1, 1e-3).contradicts);
}

/* Alarms at the promised rate, in bursts of 20: of 2000 captures at most as many contradict as the
 * bound of 1e-3 allows (2, and 3 standard deviations). */
static void what_holds_is_seldom_contradicted(void) {
  enum { N = 10000, BURST = 20 };
  static double scores[N];
  uint64_t state = 7;
  size_t complaints = 0;
  for (int capture = 0; capture < 2000; capture++) {
    for (size_t i = 0; i < N; i += BURST) {
      double score = random_unit(&state) < 1e-3 ? 2 : 1;
      for (size_t k = 0; k < BURST; k++) scores[i + k] = score;
    }
    complaints += nt_alarm_share_of(scores, NULL, N, 2, 1e-3).contradicts;
  }
  CU_ASSERT(complaints <= 6);
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
    {"the sample is the end of training", sample_is_the_end_of_training},
    {"a threshold that does not exist says why", threshold_that_does_not_exist_says_why},
    {"a share of alarms contradicts its tail", share_contradicts_its_tail},
    {"what holds is seldom said to be contradicted", what_holds_is_seldom_contradicted},
    {"tail is met on log-normal scores", tail_is_met_on_lognormal_scores},
};
CHECK_MAIN("threshold", cases)
