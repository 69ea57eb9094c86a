/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "judge.h"

#include <math.h>
#include <string.h>

#include "metrics/measures_list.h"

nt_measure_options nt_judge_options(double tail) {
  nt_measure_options options = nt_measure_defaults();
  options.tail_probability = tail;
  options.replicates = 0;
  return options;
}

static uint64_t count(double value) {
  return isnan(value) ? 0 : (uint64_t)value;
}

static void look_at_training(const nt_judged *j, nt_run_summary *s) {
  uint64_t attacks = 0;
  while (s->clean < j->n && j->labels[s->clean] == 0) s->clean++;
  for (size_t i = s->clean; i < j->n; i++) attacks += j->labels[i] == 1;
  s->trains_on_attacks = attacks > 0 && j->grace > s->clean;
}

static void summarise(const nt_judged *j, const nt_measured *m, nt_run_summary *s) {
  const double *v = m->value;
  *s = (nt_run_summary){.scored = count(v[M_SCORED]),
                        .nan = count(v[M_SCORES_NAN]),
                        .infinite = count(v[M_SCORES_INFINITE]),
                        .threshold = m->threshold,
                        .above = m->above,
                        .alarms = m->alarms,
                        .labelled = j->labels != NULL,
                        .attacks = count(v[M_ATTACKS]),
                        .benign = count(v[M_BENIGN]),
                        .excluded = count(v[M_EXCLUDED]),
                        .auc = v[M_AUC],
                        .eer = v[M_EER],
                        .eer_nearest = v[M_EER_NEAREST],
                        .threshold_tpr = v[M_THRESHOLD_TPR],
                        .threshold_fpr = v[M_THRESHOLD_FPR],
                        .absence = m->absence};
  memcpy(s->quantiles, m->quantiles, sizeof s->quantiles);
  if (j->labels) look_at_training(j, s);
}

nt_status nt_judge(const nt_judged *j, nt_measured *measured, nt_run_summary *summary,
                   nt_error *err) {
  const nt_measure_options options = nt_judge_options(j->tail);
  nt_status status = nt_measure_run(j->scores + j->grace, j->times ? j->times + j->grace : NULL,
                                    j->labels ? j->labels + j->grace : NULL, j->n - j->grace,
                                    j->training, j->m, &options, measured, err);
  if (status == NT_OK) summarise(j, measured, summary);
  return status;
}

nt_status nt_run_summarise(const double *scores, size_t n, size_t grace, const double *training,
                           size_t m, const uint8_t *labels, double tail, nt_run_summary *summary,
                           nt_error *err) {
  size_t sample = (size_t)nt_threshold_sample(m);
  const nt_judged judged = {scores, NULL, n, grace, training + (m - sample), sample, labels, tail};
  nt_measured measured;
  nt_status status = nt_judge(&judged, &measured, summary, err);
  if (status == NT_OK) nt_measured_done(&measured);
  return status;
}
