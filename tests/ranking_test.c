/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "metrics_check.h"

static void order_is_descending_and_complete(void) {
  uint64_t seed = 1;
  for (int round = 0; round < 300; round++) {
    sample s = random_sample(&seed);
    nt_ranking *r = rank_sample(&s);
    const nt_score_counts *c = nt_ranking_counts(r);
    const uint32_t *order = nt_ranking_order(r);
    bool seen[SAMPLE_MAX] = {false};
    for (size_t i = 0; i < c->scored; i++) {
      uint32_t at = NT_ORDER_INDEX(order[i]);
      CU_ASSERT_FATAL(at < s.n && !seen[at]);
      seen[at] = true;
      CU_ASSERT_EQUAL(NT_ORDER_ATTACK(order[i]), s.labels[at]);
      if (i == 0) continue;
      uint32_t before = NT_ORDER_INDEX(order[i - 1]);
      CU_ASSERT(ranked_above(s.scores[before], s.scores[at]) ||
                (ranked_equal(s.scores[before], s.scores[at]) && before < at));
    }
    CU_ASSERT_EQUAL(c->given, s.n);
    CU_ASSERT_EQUAL(c->scored + c->excluded, s.n);
    nt_ranking_free(r);
  }
}

static void steps_count_what_each_threshold_alarms(void) {
  uint64_t seed = 2;
  for (int round = 0; round < 300; round++) {
    sample s = random_sample(&seed);
    nt_ranking *r = rank_sample(&s);
    nt_steps steps = nt_ranking_steps(r);
    for (size_t k = 0; k < steps.count; k++) {
      size_t alarmed[2] = {0, 0};
      for (size_t i = 0; i < s.n; i++)
        if (s.labels[i] < 2 && !ranked_above(steps.threshold[k], s.scores[i]))
          alarmed[s.labels[i]]++;
      CU_ASSERT_EQUAL(steps.benign[k], alarmed[0]);
      CU_ASSERT_EQUAL(steps.attacks[k], alarmed[1]);
      if (k > 0) CU_ASSERT(ranked_above(steps.threshold[k - 1], steps.threshold[k]));
    }
    CU_ASSERT_EQUAL(steps.attacks[steps.count - 1], nt_ranking_counts(r)->attacks);
    CU_ASSERT_EQUAL(steps.benign[steps.count - 1], nt_ranking_counts(r)->benign);
    nt_ranking_free(r);
  }
}

static void every_bit_of_a_double_is_sorted(void) {
  enum { N = 20000 };
  static double scores[N];
  uint64_t seed = 3;
  for (size_t i = 0; i < N; i++) {
    uint64_t bits = random_bits(&seed);
    memcpy(&scores[i], &bits, sizeof bits);
    if (isnan(scores[i])) scores[i] = (double)i;
  }
  nt_error err;
  nt_ranking *r = nt_ranking_new(scores, NULL, N, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(r);
  nt_steps steps = nt_ranking_steps(r);
  gsl_sort(scores, 1, N);
  size_t k = 0;
  for (size_t i = N; i-- > 0;) {
    if (i + 1 < N && scores[i] == scores[i + 1]) continue;
    CU_ASSERT_EQUAL_FATAL(steps.threshold[k], scores[i]);
    k++;
  }
  CU_ASSERT_EQUAL(k, steps.count);
  nt_ranking_free(r);
}

static void odd_scores_are_counted_and_ordered(void) {
  const double scores[] = {1, NAN, INFINITY, -INFINITY, 0.0, -0.0, -NAN, NAN, 2};
  const uint8_t labels[] = {0, 1, 0, 1, 1, 0, 0, NT_LABEL_EXCLUDED, 1};
  nt_error err;
  nt_ranking *r = nt_ranking_new(scores, labels, 9, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(r);
  const nt_score_counts *c = nt_ranking_counts(r);
  CU_ASSERT_EQUAL(c->given, 9);
  CU_ASSERT_EQUAL(c->excluded, 1);
  CU_ASSERT_EQUAL(c->scored, 8);
  CU_ASSERT_EQUAL(c->attacks, 4);
  CU_ASSERT_EQUAL(c->benign, 4);
  CU_ASSERT_EQUAL(c->nan, 2);
  CU_ASSERT_EQUAL(c->positive_infinite, 1);
  CU_ASSERT_EQUAL(c->negative_infinite, 1);
  nt_steps s = nt_ranking_steps(r);
  CU_ASSERT_EQUAL_FATAL(s.count, 6); /* NaN, inf, 2, 1, 0, -inf */
  CU_ASSERT(isnan(s.threshold[0]));
  CU_ASSERT_EQUAL(s.threshold[1], INFINITY);
  CU_ASSERT_EQUAL(s.threshold[4], 0);
  CU_ASSERT_EQUAL(s.threshold[5], -INFINITY);
  CU_ASSERT_EQUAL(s.attacks[0], 1);
  CU_ASSERT_EQUAL(s.benign[0], 1);
  nt_ranking_free(r);
}

static void absence_is_said(void) {
  const double numbers[] = {1, 2}, one[] = {NAN, 2}, none[] = {NAN, -NAN};
  const struct {
    uint8_t labels[2];
    size_t n;
    nt_absence absence;
    const double *scores;
  } cases[] = {{{0, 1}, 2, NT_PRESENT, numbers},          {{0, 1}, 2, NT_PRESENT, one},
               {{0, 1}, 2, NT_ABSENT_NO_SCORE, none},     {{0, 0}, 2, NT_ABSENT_NO_ATTACK, numbers},
               {{1, 2}, 2, NT_ABSENT_NO_BENIGN, numbers}, {{2, 2}, 2, NT_ABSENT_NO_PACKET, numbers},
               {{0, 0}, 0, NT_ABSENT_NO_PACKET, numbers}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    nt_error err;
    nt_ranking *r = nt_ranking_new(cases[i].scores, cases[i].labels, cases[i].n, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(r);
    CU_ASSERT_EQUAL(nt_ranking_absence(r), cases[i].absence);
    CU_ASSERT_EQUAL(*nt_absence_text(nt_ranking_absence(r)) == 0, cases[i].absence == NT_PRESENT);
    nt_ranking_free(r);
  }
}

static void bad_input_is_refused(void) {
  const double scores[] = {1, 2, 3};
  const uint8_t labels[] = {0, 1, 7};
  nt_error err;
  CU_ASSERT_PTR_NULL(nt_ranking_new(scores, labels, 3, &err));
  CU_ASSERT_EQUAL(err.status, NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "label 7 of packet 2"));
  CU_ASSERT_PTR_NULL(nt_ranking_new(scores, labels, (size_t)NT_RANKING_MAX + 1, &err));
  CU_ASSERT_EQUAL(err.status, NT_E_LIMIT);
  CU_ASSERT_PTR_NULL(nt_ranking_new(scores, labels, 3, NULL));
}

static void same_labels_are_recognised(void) {
  const double scores[] = {1, 2, 3};
  const uint8_t labels[] = {0, 1, 0}, other[] = {0, 0, 1};
  nt_error err;
  nt_ranking *a = nt_ranking_new(scores, labels, 3, &err);
  nt_ranking *b = nt_ranking_new(scores, other, 3, &err),
             *c = nt_ranking_new(scores, labels, 2, &err);
  CU_ASSERT_TRUE(nt_ranking_same_labels(a, a));
  CU_ASSERT_FALSE(nt_ranking_same_labels(a, b));
  CU_ASSERT_FALSE(nt_ranking_same_labels(a, c));
  nt_ranking_free(a), nt_ranking_free(b), nt_ranking_free(c);
}

/* Quantiles equal GSL's on the sorted finite scores of each class. */
static void quantiles_are_those_of_gsl(void) {
  static const double fractions[] = {0, 0.001, 0.1, 0.25, 0.5, 0.9, 0.99, 1};
  uint64_t seed = 4;
  for (int round = 0; round < 200; round++) {
    sample s = random_sample(&seed);
    for (size_t i = 0; i < s.n; i++)
      if (!isfinite(s.scores[i])) s.scores[i] = random_unit(&seed);
    nt_ranking *r = rank_sample(&s);
    for (int class = NT_SCORES_ALL; class <= NT_SCORES_BENIGN; class ++) {
      double values[SAMPLE_MAX];
      size_t m = 0;
      for (size_t i = 0; i < s.n; i++)
        if (s.labels[i] < 2 &&
            (class == NT_SCORES_ALL || (class == NT_SCORES_ATTACK) == s.labels[i]))
          values[m++] = s.scores[i];
      gsl_sort(values, 1, m);
      for (size_t f = 0; f < sizeof fractions / sizeof *fractions; f++)
        CHECK_CLOSE(nt_ranking_quantile(r, (nt_score_class) class, fractions[f]),
                    gsl_stats_quantile_from_sorted_data(values, 1, m, fractions[f]), 1e-15);
    }
    CU_ASSERT(isnan(nt_ranking_quantile(r, NT_SCORES_ALL, 1.01)));
    CU_ASSERT(isnan(nt_ranking_quantile(r, NT_SCORES_ALL, NAN)));
    nt_ranking_free(r);
  }
}

static void quantiles_beside_infinities_stay_sound(void) {
  const double scores[] = {-INFINITY, 1, INFINITY, INFINITY, NAN};
  nt_error err;
  nt_ranking *r = nt_ranking_new(scores, NULL, 5, &err);
  CU_ASSERT_EQUAL(nt_ranking_quantile(r, NT_SCORES_ALL, 0), -INFINITY);
  CU_ASSERT_EQUAL(nt_ranking_quantile(r, NT_SCORES_ALL, 0.25), 1);
  CU_ASSERT_EQUAL(nt_ranking_quantile(r, NT_SCORES_ALL, 0.6),
                  INFINITY); /* between two infinities */
  CU_ASSERT(isnan(nt_ranking_quantile(r, NT_SCORES_ALL, 1)));
  CU_ASSERT(isnan(nt_ranking_quantile(r, NT_SCORES_ATTACK, 0.5)));
  nt_ranking_free(r);
}

static const check_case cases[] = {
    {"order is descending and complete", order_is_descending_and_complete},
    {"steps count what each threshold alarms", steps_count_what_each_threshold_alarms},
    {"every bit of a double is sorted", every_bit_of_a_double_is_sorted},
    {"odd scores are counted and ordered", odd_scores_are_counted_and_ordered},
    {"absence is said", absence_is_said},
    {"bad input is refused", bad_input_is_refused},
    {"same labels are recognised", same_labels_are_recognised},
    {"quantiles are those of GSL", quantiles_are_those_of_gsl},
    {"quantiles beside infinities stay sound", quantiles_beside_infinities_stay_sound},
};
CHECK_MAIN("ranking", cases)
