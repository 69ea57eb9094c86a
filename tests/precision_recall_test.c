/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metrics/precision_recall.h"
#include "metrics_check.h"

/* scikit-learn's documentation of average_precision_score: labels 0 0 1 1, scores 0.1 0.4 0.35 0.8
 * give 0.83. */
static void average_precision_of_a_known_sample(void) {
  const double scores[] = {0.1, 0.4, 0.35, 0.8};
  const uint8_t labels[] = {0, 0, 1, 1};
  nt_error err;
  nt_ranking *r = nt_ranking_new(scores, labels, 4, &err);
  CHECK_CLOSE(nt_average_precision(r), 0.5 * 1 + 0.5 * 2 / 3, 1e-15);
  nt_f1 best = nt_best_f1(r);
  CHECK_CLOSE(best.f1, 0.8, 1e-15);
  CU_ASSERT_EQUAL(best.threshold, 0.35);
  nt_ranking_free(r);
}

/* The definition: every score is tried as threshold. */
static void average_precision_and_f1_by_definition(void) {
  uint64_t seed = 41;
  for (int round = 0; round < 300; round++) {
    sample s = random_sample(&seed);
    nt_ranking *r = rank_sample(&s);
    nt_steps steps = nt_ranking_steps(r);
    size_t attacks = nt_ranking_counts(r)->attacks;
    double area = 0, last_recall = 0, best = -1, best_threshold = 0;
    for (size_t k = 0; k < steps.count; k++) {
      size_t hit = 0, alarms = 0;
      for (size_t i = 0; i < s.n; i++)
        if (s.labels[i] < 2 && !ranked_above(steps.threshold[k], s.scores[i]))
          alarms++, hit += s.labels[i];
      double precision = (double)hit / (double)alarms, recall = (double)hit / (double)attacks;
      area += (recall - last_recall) * precision;
      last_recall = recall;
      double f1 = 2 * (double)hit / (double)(alarms + attacks);
      if (f1 > best) best = f1, best_threshold = steps.threshold[k];
    }
    CHECK_CLOSE(nt_average_precision(r), area, 1e-13);
    nt_f1 f = nt_best_f1(r);
    CHECK_CLOSE(f.f1, best, 1e-15);
    CU_ASSERT(ranked_equal(f.threshold, best_threshold));
    CHECK_CLOSE(f.f1, 2 * f.precision * f.recall / (f.precision + f.recall), 1e-14);
    nt_ranking_free(r);
  }
}

static void absent_metrics_are_nan(void) {
  const double scores[] = {1, 2};
  const uint8_t labels[] = {1, 1};
  nt_error err;
  nt_ranking *r = nt_ranking_new(scores, labels, 2, &err);
  CU_ASSERT(isnan(nt_average_precision(r)));
  CU_ASSERT(isnan(nt_best_f1(r).f1));
  nt_ranking_free(r);
}

static const check_case cases[] = {
    {"average precision of a known sample", average_precision_of_a_known_sample},
    {"average precision and F1 by definition", average_precision_and_f1_by_definition},
    {"absent metrics are NaN", absent_metrics_are_nan},
};
CHECK_MAIN("precision and recall", cases)
