/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "precision_recall.h"

#include <math.h>

#include "numeric/compensated.h"

double nt_average_precision(const nt_ranking *ranking) {
  if (nt_ranking_absence(ranking) != NT_PRESENT) return NAN;
  nt_steps s = nt_ranking_steps(ranking);
  nt_sum sum = {0};
  uint32_t last = 0;
  for (size_t k = 0; k < s.count; k++) {
    if (s.attacks[k] == last) continue;
    double alarms = (double)s.attacks[k] + (double)s.benign[k];
    nt_sum_add(&sum, (double)(s.attacks[k] - last) * (double)s.attacks[k] / alarms);
    last = s.attacks[k];
  }
  return nt_sum_value(sum) / (double)last;
}

nt_f1 nt_best_f1(const nt_ranking *ranking) {
  if (nt_ranking_absence(ranking) != NT_PRESENT) return (nt_f1){NAN, NAN, NAN, NAN};
  uint64_t attacks = nt_ranking_counts(ranking)->attacks;
  nt_steps s = nt_ranking_steps(ranking);
  /* F1 = 2 TP / (alarms + attacks): a / b > c / d as a d > c b, below 2^63 since counts are below
   * 2^31. */
  size_t best = 0;
  uint64_t best_hits = 0, best_base = 1;
  for (size_t k = 0; k < s.count; k++) {
    uint64_t hits = s.attacks[k], base = hits + s.benign[k] + attacks;
    if (hits * best_base <= best_hits * base) continue;
    best = k, best_hits = hits, best_base = base;
  }
  return (nt_f1){
      .f1 = 2 * (double)best_hits / (double)best_base,
      .precision = (double)best_hits / (double)(best_base - attacks),
      .recall = (double)best_hits / (double)attacks,
      .threshold = s.threshold[best],
  };
}
