/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measures of many packets, up to ten million, against plain definitions. */
#include "metrics/measures.h"
#include "metrics_check.h"

static double of(const nt_measured *m, const char *name) {
  size_t i = nt_measure_find(name);
  CU_ASSERT_FATAL(i < nt_measure_count);
  return m->value[i];
}

/* Curves keep small rates: here a tenth of the attacks lie above all but 20
 * of 100000 benign packets. */
static void curves_keep_small_rates(void) {
  enum { N = 110000 };
  double *scores = malloc(N * sizeof *scores);
  uint8_t *labels = calloc(N, 1);
  CU_ASSERT_FATAL(scores && labels);
  uint64_t seed = 97;
  for (int i = 0; i < N; i++) {
    labels[i] = i % 11 == 0;
    scores[i] = random_unit(&seed);
    if (labels[i]) scores[i] = pow(scores[i], 0.02);
  }
  nt_measured m;
  nt_error err;
  nt_measure_options o = nt_measure_defaults();
  o.curve_points = 60;
  CHECK_OK(nt_measure_run(scores, NULL, labels, N, NULL, 0, &o, &m, &err), err);
  CU_ASSERT(m.roc.count <= 60 && m.precision_recall.count <= 60);
  size_t small = 0;
  for (size_t i = 1; i < m.roc.count; i++) {
    small += m.roc.x[i] > 0 && m.roc.x[i] < 1e-3;
    CU_ASSERT(m.roc.x[i] >= m.roc.x[i - 1] && m.roc.y[i] >= m.roc.y[i - 1]);
    CU_ASSERT(m.roc.x[i] > m.roc.x[i - 1] || m.roc.y[i] > m.roc.y[i - 1]);
    CU_ASSERT(m.roc.threshold[i] < m.roc.threshold[i - 1]);
  }
  CU_ASSERT(small >= 2); /* a curve thinned for a linear axis has none or one */
  CU_ASSERT(m.roc.x[0] == 0 && m.roc.y[0] == 0);
  CU_ASSERT(m.roc.x[m.roc.count - 1] == 1 && m.roc.y[m.roc.count - 1] == 1);
  double area = 0;
  for (size_t i = 1; i < m.roc.count; i++)
    area += (m.roc.x[i] - m.roc.x[i - 1]) * (m.roc.y[i] + m.roc.y[i - 1]) / 2;
  CHECK_CLOSE(area, of(&m, "auc"), 2 * m.roc.deviation + 1e-12);
  nt_measured_done(&m);
  for (o.curve_points = 2; o.curve_points < 40; o.curve_points++) { /* never more than told */
    CHECK_OK(nt_measure_run(scores, NULL, labels, N / 10, NULL, 0, &o, &m, &err), err);
    CU_ASSERT(m.roc.count >= 2 && m.roc.count <= o.curve_points);
    CU_ASSERT(m.precision_recall.count >= 2 && m.precision_recall.count <= o.curve_points);
    nt_measured_done(&m);
  }
  free(scores), free(labels);
}

/* ---------------------------------------------------------------- ten million */

/* Scores are a permutation of 0 .. n - 1, so that the order is known without a sort. */
static void ten_million_scores(void) {
  const size_t n = 10000019; /* a prime: i -> i * step mod n is a permutation */
  const uint64_t step = 7654321;
  double *scores = malloc(n * sizeof *scores), *times = malloc(n * sizeof *times);
  uint8_t *labels = calloc(n, 1), *by_rank = calloc(n, 1);
  CU_ASSERT_FATAL(scores && times && labels && by_rank);
  uint64_t seed = 98;
  for (size_t i = 0; i < n; i++) {
    uint64_t value = i * step % n;
    scores[i] = (double)value;
    times[i] = (double)i * 1e-3;
    labels[i] = by_rank[n - 1 - value] = random_unit(&seed) < 0.4 * (double)value / (double)n;
  }
  uint64_t attacks = 0, benign = 0, pairs = 0;
  for (size_t k = 0; k < n; k++) {
    if (by_rank[k])
      attacks++;
    else
      benign++, pairs += attacks;
  }
  double a = (double)attacks, b = (double)benign, auc = (double)pairs / (a * b);
  double rates[5] = {0}, above = 0, f1 = 0, v = 0, w = 0;
  long double precision = 0;
  for (size_t k = 0, seen = 0; k < n; k++) {
    seen += by_rank[k];
    double false_alarms = (double)(k + 1 - seen);
    for (int f = 0; f < 5; f++)
      if (false_alarms / b <= nt_named_fpr[f]) rates[f] = (double)seen / a;
    f1 = fmax(f1, 2 * (double)seen / ((double)(k + 1) + a));
    if (by_rank[k]) {
      precision += (long double)seen / (long double)(k + 1);
      v += pow((b - false_alarms) / b - auc, 2);
      above = (double)seen;
    } else {
      w += pow(above / a - auc, 2);
    }
  }
  nt_measure_options o = nt_measure_defaults();
  o.replicates = 8, o.gap_seconds = 0.002;
  nt_measured m;
  nt_error err;
  CHECK_OK(nt_measure_run(scores, times, labels, n, scores, 1000, &o, &m, &err), err);
  CHECK_CLOSE(of(&m, "auc"), auc, 1e-15);
  CHECK_CLOSE(of(&m, "average_precision"), (double)(precision / attacks), 1e-13);
  for (int f = 0; f < 5; f++)
    CHECK_CLOSE(m.value[nt_measure_find("tpr_at_fpr_0") + (size_t)f], rates[f], 0);
  CHECK_CLOSE(of(&m, "best_f1"), f1, 1e-15);
  double half = (of(&m, "auc_high") - of(&m, "auc_low")) / 2;
  double expected = 1.959963984540054 * sqrt(v / (a * (a - 1)) + w / (b * (b - 1)));
  CHECK_CLOSE(half / expected, 1, 1e-8);
  /* packets are independent: the block interval of 8 resamples lies about there too */
  CU_ASSERT(of(&m, "auc_block_low") > auc - 4 * half && of(&m, "auc_block_high") < auc + 4 * half);
  CU_ASSERT(of(&m, "auc_block_low") < of(&m, "auc_block_high"));
  CU_ASSERT(of(&m, "episodes") > 1e5);
  nt_measured_done(&m);
  free(scores), free(times), free(labels), free(by_rank);
}

static const check_case cases[] = {
    {"curves keep small rates", curves_keep_small_rates},
    {"ten million scores", ten_million_scores},
};
CHECK_MAIN("measures, many packets", cases)
