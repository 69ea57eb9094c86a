/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summation with Neumaier's compensation (1974): the error of a sum of 20 million terms stays that
 * of one. */
#ifndef NT_METRICS_COMPENSATED_H
#define NT_METRICS_COMPENSATED_H

#include <math.h>

typedef struct nt_sum {
  double sum, lost;
} nt_sum;

static inline void nt_sum_add(nt_sum *s, double term) {
  double sum = s->sum + term;
  s->lost += fabs(s->sum) >= fabs(term) ? (s->sum - sum) + term : (term - sum) + s->sum;
  s->sum = sum;
}

static inline double nt_sum_value(nt_sum s) {
  return s.sum + s.lost;
}

#endif
