/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "summary.h"

#include <math.h>

#include "../metrics/ranking.h"
#include "../metrics/roc.h"
#include "../metrics/threshold.h"

const double nt_quantile_of[NT_QUANTILES] = {0, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1};

/* Too few training scores, or all alike, give no threshold: that is said (NaN), and is no failure
 * of the run. */
static void fit(const double *training, size_t m, double tail, nt_run_summary *s) {
  size_t length = m / 10 > NT_FIT_LEAST ? m / 10 : NT_FIT_LEAST;
  size_t from = m > length ? m - length : 0;
  nt_lognormal lognormal = {.mean = NAN, .deviation = NAN};
  s->threshold = NAN;
  if (nt_lognormal_fit(training + from, m - from, &lognormal, NULL) == NT_OK)
    nt_lognormal_threshold(&lognormal, tail, &s->threshold, NULL);
  s->fitted = lognormal.used;
  s->log_mean = lognormal.mean;
  s->log_deviation = lognormal.deviation;
}

static nt_status describe(const double *scores, size_t n, nt_run_summary *s, nt_error *err) {
  nt_ranking *ranking = nt_ranking_new(scores, NULL, n, err);
  if (!ranking) return err->status;
  const nt_score_counts *counts = nt_ranking_counts(ranking);
  s->nan = counts->nan;
  s->infinite = counts->positive_infinite + counts->negative_infinite;
  for (size_t i = 0; i < NT_QUANTILES; i++)
    s->quantiles[i] = nt_ranking_quantile(ranking, NT_SCORES_ALL, nt_quantile_of[i]);
  if (!isnan(s->threshold)) s->above = nt_point_at_threshold(ranking, s->threshold).benign;
  nt_ranking_free(ranking);
  return NT_OK;
}

static nt_status compare(const double *scores, const uint8_t *labels, size_t n, nt_run_summary *s,
                         nt_error *err) {
  nt_ranking *ranking = nt_ranking_new(scores, labels, n, err);
  if (!ranking) return err->status;
  const nt_score_counts *counts = nt_ranking_counts(ranking);
  s->labelled = 1;
  s->attacks = counts->attacks;
  s->benign = counts->benign;
  s->excluded = counts->excluded;
  s->auc = nt_auc(ranking);
  nt_equal_error eer = nt_equal_error_rate(ranking);
  s->eer = eer.interpolated;
  s->eer_nearest = eer.nearest;
  nt_ranking_free(ranking);
  return NT_OK;
}

nt_status nt_run_summarise(const double *scores, size_t n, size_t grace, const double *training,
                           size_t m, const uint8_t *labels, double tail, nt_run_summary *summary,
                           nt_error *err) {
  nt_error unheard;
  if (!err) err = &unheard;
  *summary = (nt_run_summary){.scored = n - grace};
  fit(training, m, tail, summary);
  nt_status status = describe(scores + grace, n - grace, summary, err);
  if (status == NT_OK && labels)
    status = compare(scores + grace, labels + grace, n - grace, summary, err);
  return status;
}
