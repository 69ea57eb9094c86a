/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "roc.h"

#include <math.h>

const double nt_named_fpr[NT_NAMED_FPRS] = {0, 1e-5, 1e-4, 1e-3, 1e-2};

/* The step before the first one alarms nothing: step k is written k + 1 where that matters. */
typedef struct alarms {
  uint64_t attacks, benign;
} alarms;

static alarms alarms_after(const nt_steps *s, size_t steps_taken) {
  return steps_taken == 0 ? (alarms){0, 0}
                          : (alarms){s->attacks[steps_taken - 1], s->benign[steps_taken - 1]};
}

/* ---------------------------------------------------------------- areas */

uint64_t nt_auc_doubled_pairs(const nt_ranking *ranking) {
  nt_steps s = nt_ranking_steps(ranking);
  uint64_t doubled = 0;
  alarms last = {0, 0};
  for (size_t k = 0; k < s.count; k++) {
    alarms now = {s.attacks[k], s.benign[k]};
    doubled += (now.benign - last.benign) * (now.attacks + last.attacks); /* trapezium, twice */
    last = now;
  }
  return doubled;
}

double nt_auc(const nt_ranking *ranking) {
  if (nt_ranking_absence(ranking) != NT_PRESENT) return NAN;
  const nt_score_counts *c = nt_ranking_counts(ranking);
  return (double)nt_auc_doubled_pairs(ranking) / (2.0 * (double)(c->attacks * c->benign));
}

nt_status nt_partial_auc(const nt_ranking *ranking, double max_fpr, nt_partial_area *partial,
                         nt_error *err) {
  *partial = (nt_partial_area){NAN, NAN};
  if (!(max_fpr > 0 && max_fpr <= 1))
    return nt_fail(err, NT_E_ARGUMENT, "partial AUC up to FPR %g: a value in (0, 1] expected",
                   max_fpr);
  if (nt_ranking_absence(ranking) != NT_PRESENT) return NT_OK;
  const nt_score_counts *c = nt_ranking_counts(ranking);
  double attacks = (double)c->attacks, benign = (double)c->benign, limit = max_fpr * benign;
  nt_steps s = nt_ranking_steps(ranking);
  uint64_t doubled = 0;
  alarms last = {0, 0};
  size_t k = 0;
  for (; k < s.count && s.benign[k] <= limit; k++) {
    doubled += (s.benign[k] - last.benign) * (s.attacks[k] + last.attacks);
    last = (alarms){s.attacks[k], s.benign[k]};
  }
  double rest = 0; /* the trapezium that max_fpr cuts */
  if (k < s.count && limit > (double)last.benign) {
    double width = limit - (double)last.benign,
           slope = (double)(s.attacks[k] - last.attacks) / (double)(s.benign[k] - last.benign);
    rest = width * (2 * (double)last.attacks + slope * width);
  }
  partial->area = ((double)doubled + rest) / (2 * attacks * benign);
  double chance = max_fpr * max_fpr / 2;
  partial->standardised = (1 + (partial->area - chance) / (max_fpr - chance)) / 2;
  return NT_OK;
}

/* ---------------------------------------------------------------- equal error rate */

/* (1 - TPR - FPR) * attacks * benign: positive before the crossing, negative after it. */
static int64_t excess_misses(alarms a, const nt_score_counts *c) {
  return (int64_t)((c->attacks - a.attacks) * c->benign) - (int64_t)(a.benign * c->attacks);
}

nt_equal_error nt_equal_error_rate(const nt_ranking *ranking) {
  if (nt_ranking_absence(ranking) != NT_PRESENT) return (nt_equal_error){NAN, NAN};
  const nt_score_counts *c = nt_ranking_counts(ranking);
  nt_steps s = nt_ranking_steps(ranking);
  size_t before = 0, after = s.count; /* steps taken: excess > 0, excess <= 0 */
  while (after - before > 1) {
    size_t middle = before + (after - before) / 2;
    if (excess_misses(alarms_after(&s, middle), c) > 0)
      before = middle;
    else
      after = middle;
  }
  alarms a = alarms_after(&s, before), b = alarms_after(&s, after);
  double benign = (double)c->benign, from = (double)excess_misses(a, c),
         to = (double)excess_misses(b, c);
  alarms near = from <= -to ? a : b;
  return (nt_equal_error){
      .interpolated =
          ((double)a.benign + from / (from - to) * (double)(b.benign - a.benign)) / benign,
      .nearest = ((double)near.benign / benign +
                  (double)(c->attacks - near.attacks) / (double)c->attacks) /
                 2,
  };
}

/* ---------------------------------------------------------------- operating points */

static nt_operating_point point_after(const nt_ranking *ranking, size_t steps_taken) {
  const nt_score_counts *c = nt_ranking_counts(ranking);
  nt_steps s = nt_ranking_steps(ranking);
  alarms a = alarms_after(&s, steps_taken);
  return (nt_operating_point){
      .threshold = steps_taken == 0 ? NAN : s.threshold[steps_taken - 1],
      .tpr = c->attacks ? (double)a.attacks / (double)c->attacks : NAN,
      .fpr = c->benign ? (double)a.benign / (double)c->benign : NAN,
      .attacks = a.attacks,
      .benign = a.benign,
  };
}

nt_operating_point nt_point_at_fpr(const nt_ranking *ranking, double fpr,
                                   nt_fpr_reference reference) {
  if (nt_ranking_absence(ranking) != NT_PRESENT)
    return (nt_operating_point){.threshold = NAN, .tpr = NAN, .fpr = NAN};
  const nt_score_counts *c = nt_ranking_counts(ranking);
  double total = (double)(reference == NT_FPR_OF_ALL ? c->scored : c->benign);
  nt_steps s = nt_ranking_steps(ranking);
  size_t low = 0, high = s.count; /* the most steps one may take */
  while (low < high) {
    size_t middle = high - (high - low) / 2;
    alarms a = alarms_after(&s, middle);
    uint64_t alarmed = a.benign + (reference == NT_FPR_OF_ALL ? a.attacks : 0);
    if ((double)alarmed / total <= fpr)
      low = middle; /* the quotient, so that 29/100 is within 0.29 */
    else
      high = middle - 1;
  }
  return point_after(ranking, low);
}

nt_operating_point nt_point_at_threshold(const nt_ranking *ranking, double threshold) {
  nt_steps s = nt_ranking_steps(ranking);
  size_t low = 0, high = s.count;
  while (low < high) {
    size_t middle = high - (high - low) / 2;
    double score = s.threshold[middle - 1];
    if (score >= threshold || isnan(score))
      low = middle;
    else
      high = middle - 1;
  }
  nt_operating_point point = point_after(ranking, low);
  point.threshold = threshold;
  return point;
}
