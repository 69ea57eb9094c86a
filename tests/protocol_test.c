/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metrics/measures.h"
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

/* The paper's switches: the folded AUC is of the plain scores, TPRs of the smoothed ones. */
static double measure(const nt_measured *m, const char *name) {
  return m->value[nt_measure_find(name)];
}

static nt_measured measured(const double *scores, const uint8_t *labels, size_t n,
                            nt_evaluation protocol) {
  nt_measure_options options = nt_measure_defaults();
  nt_measured m;
  nt_error err;
  options.protocol = protocol;
  CHECK_OK(nt_measure_run(scores, NULL, labels, n, NULL, 0, &options, &m, &err), err);
  return m;
}

static void the_papers_switches(void) {
  enum { N = 400 };
  double scores[N], smoothed[N];
  uint8_t labels[N];
  uint64_t seed = 63;
  for (int i = 0; i < N; i++) {
    labels[i] = i >= 200;
    scores[i] = random_unit(&seed) - 0.2 * labels[i];
  }
  nt_error err;
  nt_measured m = measured(scores, labels, N, nt_protocol_paper());
  nt_measured plain = measured(scores, labels, N, nt_protocol_defaults());
  CU_ASSERT(measure(&plain, "auc") < 0.5);
  CU_ASSERT_EQUAL(measure(&m, "auc"), 1 - measure(&plain, "auc"));
  CU_ASSERT_EQUAL(measure(&m, "eer"), measure(&plain, "eer"));
  CHECK_OK(nt_smooth(scores, N, 30, smoothed, &err), err);
  double most = -INFINITY; /* the script's threshold for FPR 0: the largest benign score */
  size_t above = 0;
  for (int i = 0; i < N; i++)
    if (!labels[i]) most = fmax(most, smoothed[i]);
  for (int i = 0; i < N; i++) above += labels[i] && smoothed[i] > most;
  CU_ASSERT_EQUAL(measure(&m, "tpr_at_fpr_0"), (double)above / 200);
  nt_measured_done(&m);

  m = measured(scores, labels, N, (nt_evaluation){.reference = NT_FPR_OF_ALL});
  size_t alarms = 0; /* the top 1 % of 400 packets */
  for (int i = 0; i < N; i++) alarms += scores[i] >= measure(&m, "threshold_at_fpr_1e-2");
  CU_ASSERT_EQUAL(alarms, 4);
  nt_measured_done(&m);
  nt_measured_done(&plain);
}

static const check_case cases[] = {
    {"smoothing is the mean of the window", smoothing_is_the_mean_of_the_window},
    {"smoothing as in R", smoothing_as_in_r},
    {"one huge score is forgotten after its window", one_huge_score_is_forgotten_after_its_window},
    {"the paper's switches", the_papers_switches},
};
CHECK_MAIN("protocol", cases)
