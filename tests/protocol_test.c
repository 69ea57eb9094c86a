/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metrics/protocol.h"
#include "metrics_check.h"

static void smoothing_is_the_mean_of_the_window(void) {
  uint64_t seed = 61;
  for (int round = 0; round < 200; round++) {
    sample s = random_sample(&seed);
    size_t window = 1 + random_below(&seed, s.n + 10);
    double smoothed[SAMPLE_MAX];
    nt_error err;
    for (size_t i = 0; i < s.n; i++)
      if (!isfinite(s.scores[i])) s.scores[i] = random_unit(&seed);
    CHECK_OK(nt_smooth(s.scores, s.n, window, smoothed, &err), err);
    for (size_t i = 0; i < s.n; i++) {
      double sum = 0;
      for (size_t j = i + 1 >= window ? i + 1 - window : i + 1; j <= i; j++) sum += s.scores[j];
      CHECK_CLOSE(smoothed[i], sum / (double)window, 1e-13);
    }
  }
}

/* zoo's manual: rollmean(1:5, 3, fill = 0, align = "right") is 0 0 2 3 4. */
static void smoothing_as_in_r(void) {
  const double scores[] = {1, 2, 3, 4, 5};
  static const double expected[] = {0, 0, 2, 3, 4};
  double smoothed[5];
  nt_error err;
  CHECK_OK(nt_smooth(scores, 5, 3, smoothed, &err), err);
  for (int i = 0; i < 5; i++) CU_ASSERT_EQUAL(smoothed[i], expected[i]);
  CHECK_OK(nt_smooth(scores, 5, 6, smoothed, &err), err);
  for (int i = 0; i < 5; i++) CU_ASSERT_EQUAL(smoothed[i], 0);
  CU_ASSERT_EQUAL(nt_smooth(scores, 5, 0, smoothed, &err), NT_E_ARGUMENT);
}

static void one_huge_score_is_forgotten_after_its_window(void) {
  double scores[100], smoothed[100];
  for (int i = 0; i < 100; i++) scores[i] = 0.25;
  scores[40] = 1e22, scores[70] = NAN;
  nt_error err;
  CHECK_OK(nt_smooth(scores, 100, 8, smoothed, &err), err);
  for (int i = 7; i < 100; i++) {
    bool huge = i >= 40 && i < 48, nan = i >= 70 && i < 78;
    CU_ASSERT(huge ? smoothed[i] > 1e21 : nan ? isnan(smoothed[i]) : smoothed[i] == 0.25);
  }
}

static void defaults_change_nothing(void) {
  uint64_t seed = 62;
  for (int round = 0; round < 100; round++) {
    sample s = random_sample(&seed);
    nt_ranking *r = rank_sample(&s);
    nt_summary m;
    nt_error err;
    CHECK_OK(nt_summarise(s.scores, s.labels, s.n, NULL, &m, &err), err);
    CU_ASSERT_EQUAL(m.absence, NT_PRESENT);
    CU_ASSERT_EQUAL(m.auc, nt_auc(r));
    CU_ASSERT_EQUAL(m.eer.interpolated, nt_equal_error_rate(r).interpolated);
    CU_ASSERT_EQUAL(m.average_precision, nt_average_precision(r));
    CU_ASSERT_EQUAL(m.best_f1.f1, nt_best_f1(r).f1);
    for (int i = 0; i < NT_NAMED_FPRS; i++)
      CU_ASSERT_EQUAL(m.at_fpr[i].tpr, nt_point_at_fpr(r, nt_named_fpr[i], NT_FPR_OF_BENIGN).tpr);
    nt_ranking_free(r);
  }
}

/* The paper's switches: a folded AUC of the plain scores, TPRs of the smoothed ones. */
static void the_papers_switches(void) {
  enum { N = 400 };
  double scores[N], smoothed[N];
  uint8_t labels[N];
  uint64_t seed = 63;
  for (int i = 0; i < N; i++) {
    labels[i] = i >= 200;
    scores[i] = random_unit(&seed) - 0.2 * labels[i];
  }
  nt_evaluation paper = nt_protocol_paper();
  nt_error err;
  nt_summary m, plain;
  CHECK_OK(nt_summarise(scores, labels, N, &paper, &m, &err), err);
  CHECK_OK(nt_summarise(scores, labels, N, NULL, &plain, &err), err);
  CU_ASSERT(plain.auc < 0.5);
  CU_ASSERT_EQUAL(m.auc, 1 - plain.auc);
  CU_ASSERT_EQUAL(m.eer.interpolated, plain.eer.interpolated);
  CHECK_OK(nt_smooth(scores, N, 30, smoothed, &err), err);
  double most = -INFINITY; /* FPR 0 of the script: score above the largest benign one */
  size_t above = 0;
  for (int i = 0; i < N; i++)
    if (!labels[i]) most = fmax(most, smoothed[i]);
  for (int i = 0; i < N; i++) above += labels[i] && smoothed[i] > most;
  CU_ASSERT_EQUAL(m.at_fpr[0].attacks, above);

  paper = (nt_evaluation){.reference = NT_FPR_OF_ALL}; /* top 1 % of 400 packets: 4 alarms */
  CHECK_OK(nt_summarise(scores, labels, N, &paper, &m, &err), err);
  CU_ASSERT_EQUAL(m.at_fpr[4].attacks + m.at_fpr[4].benign, 4);
}

static void absent_classes_stay_absent(void) {
  const double scores[] = {1, 2, 3};
  const uint8_t labels[] = {1, 1, 1}, bad[] = {1, 9, 1};
  nt_evaluation paper = nt_protocol_paper();
  nt_summary m;
  nt_error err;
  CHECK_OK(nt_summarise(scores, labels, 3, &paper, &m, &err), err);
  CU_ASSERT_EQUAL(m.absence, NT_ABSENT_NO_BENIGN);
  CU_ASSERT(isnan(m.auc) && isnan(m.eer.nearest) && isnan(m.best_f1.f1) && isnan(m.at_fpr[0].tpr));
  CU_ASSERT_EQUAL(nt_summarise(scores, bad, 3, &paper, &m, &err), NT_E_INPUT);
  CU_ASSERT_EQUAL(nt_summarise(scores, bad, 3, &paper, &m, NULL), NT_E_INPUT);
}

static const check_case cases[] = {
    {"smoothing is the mean of the window", smoothing_is_the_mean_of_the_window},
    {"smoothing as in R", smoothing_as_in_r},
    {"one huge score is forgotten after its window", one_huge_score_is_forgotten_after_its_window},
    {"defaults change nothing", defaults_change_nothing},
    {"the paper's switches", the_papers_switches},
    {"absent classes stay absent", absent_classes_stay_absent},
};
CHECK_MAIN("protocol", cases)
