/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/metrics.h>

#include <gsl/gsl_cdf.h>
#include <math.h>

static size_t judged_of(const uint8_t *labels, size_t n) {
  size_t judged = 0;
  if (!labels) return n;
  for (size_t i = 0; i < n; i++) judged += labels[i] == 0;
  return judged;
}

/* The least k that binomial(blocks, p) exceeds with probability NT_ALARM_LEVEL or less. */
static size_t most_allowed(size_t blocks, double p) {
  size_t k = 0;
  while (k < blocks && gsl_cdf_binomial_Q((unsigned)k, p, (unsigned)blocks) > NT_ALARM_LEVEL) k++;
  return k;
}

nt_alarm_share nt_alarm_share_of(const double *scores, const uint8_t *labels, size_t n,
                                 double threshold, double tail) {
  size_t judged = judged_of(labels, n);
  nt_alarm_share s = {.judged = judged, .share = NAN};
  if (judged == 0 || isnan(threshold) || !(tail >= 0 && tail <= 1)) return s;
  s.blocks = judged < NT_ALARM_BLOCKS ? judged : NT_ALARM_BLOCKS;
  double limit = sqrt(tail);
  uint64_t in_block = 0, alarms = 0;
  for (size_t i = 0, seen = 0, block = 1; i < n; i++) {
    if (labels && labels[i] != 0) continue;
    alarms += scores[i] >= threshold || isnan(scores[i]);
    in_block++;
    if (++seen < block * judged / s.blocks) continue;
    s.over += (double)alarms >= limit * (double)in_block;
    s.alarms += alarms;
    in_block = alarms = 0;
    block++;
  }
  s.share = (double)s.alarms / (double)judged;
  s.allowed = most_allowed(s.blocks, limit);
  s.contradicts = s.over > s.allowed;
  return s;
}
