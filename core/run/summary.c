/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/run.h>

#include <math.h>

#include "metrics/ranking.h"
#include "metrics/roc.h"

const double nt_quantile_of[NT_QUANTILES] = {0, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1};

/* Rates at the threshold exist for each class by itself. */
static void compare(const nt_ranking *ranking, const nt_operating_point *at, nt_run_summary *s) {
  const nt_score_counts *counts = nt_ranking_counts(ranking);
  int judged = !isnan(s->threshold.value);
  s->labelled = 1;
  s->attacks = counts->attacks;
  s->benign = counts->benign;
  s->excluded = counts->excluded;
  s->auc = nt_auc(ranking);
  nt_equal_error eer = nt_equal_error_rate(ranking);
  s->eer = eer.interpolated;
  s->eer_nearest = eer.nearest;
  s->threshold_tpr =
      judged && counts->attacks ? (double)at->attacks / (double)counts->attacks : NAN;
  s->threshold_fpr = judged && counts->benign ? (double)at->benign / (double)counts->benign : NAN;
  s->absence = nt_absence_text(nt_ranking_absence(ranking));
}

static nt_status describe(const double *scores, const uint8_t *labels, size_t n, nt_run_summary *s,
                          nt_error *err) {
  nt_ranking *ranking = nt_ranking_new(scores, labels, n, err);
  if (!ranking) return err->status;
  const nt_score_counts *counts = nt_ranking_counts(ranking);
  s->scored = counts->scored;
  s->nan = counts->nan;
  s->infinite = counts->positive_infinite + counts->negative_infinite;
  for (size_t i = 0; i < NT_QUANTILES; i++)
    s->quantiles[i] = nt_ranking_quantile(ranking, NT_SCORES_ALL, nt_quantile_of[i]);
  nt_operating_point at = nt_point_at_threshold(ranking, s->threshold.value);
  if (!isnan(s->threshold.value)) s->above = at.attacks + at.benign;
  if (labels) compare(ranking, &at, s);
  nt_ranking_free(ranking);
  return NT_OK;
}

static void look_at_training(const uint8_t *labels, size_t n, size_t grace, nt_run_summary *s) {
  uint64_t attacks = 0;
  while (s->clean < n && labels[s->clean] == 0) s->clean++;
  for (size_t i = s->clean; i < n; i++) attacks += labels[i] == 1;
  s->trains_on_attacks = attacks > 0 && grace > s->clean;
}

nt_status nt_run_summarise(const double *scores, size_t n, size_t grace, const double *training,
                           size_t m, const uint8_t *labels, double tail, nt_run_summary *summary,
                           nt_error *err) {
  nt_error unheard;
  if (!err) err = &unheard;
  *summary = (nt_run_summary){.absence = "no labels are given",
                              .auc = NAN,
                              .eer = NAN,
                              .eer_nearest = NAN,
                              .threshold_tpr = NAN,
                              .threshold_fpr = NAN};
  size_t sample = (size_t)nt_threshold_sample(m);
  nt_status status =
      nt_threshold_fit(training + (m - sample), sample, tail, &summary->threshold, err);
  const uint8_t *judged = labels ? labels + grace : NULL;
  if (status == NT_OK) status = describe(scores + grace, judged, n - grace, summary, err);
  if (status != NT_OK) return status;
  if (labels) look_at_training(labels, n, grace, summary);
  summary->alarms =
      nt_alarm_share_of(scores + grace, judged, n - grace, summary->threshold.value, tail);
  return NT_OK;
}
