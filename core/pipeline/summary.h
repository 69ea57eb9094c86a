/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is said about the scores of one run.
 *
 * The threshold follows the authors' advice (metrics/threshold.h): a log-normal distribution is
 * fitted to scores of benign traffic, and what lies in its upper tail is flagged. Their example
 * fits the first scores of the execution phase; here it is the end of the training phase, so that
 * no packet that is judged took part in the fit: the last tenth of the training RMSEs, at least
 * NT_FIT_LEAST of them, or all when there are fewer.
 */
#ifndef NT_SUMMARY_H
#define NT_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

#include "../error.h"
#include "../labels/labels.h"

#define NT_FIT_LEAST 1000
#define NT_QUANTILES 8

/* 0, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1 */
extern const double nt_quantile_of[NT_QUANTILES];

typedef struct nt_run_summary {
  uint64_t scored;                /* packets in execution */
  uint64_t nan, infinite;         /* among them */
  double quantiles[NT_QUANTILES]; /* of them all, NaN ranked highest (metrics/ranking.h) */
  uint64_t fitted;                /* training scores in the fit */
  double log_mean, log_deviation; /* NaN when there were not two different ones to fit */
  double threshold;               /* NaN likewise */
  uint64_t above;                 /* scored packets at or above the threshold, or NaN */

  int labelled;                       /* the rest counts */
  uint64_t attacks, benign, excluded; /* scored packets by label */
  double auc;                         /* NaN when attacks or benign packets are missing */
  double eer, eer_nearest; /* likewise: interpolated, and at the nearest step (metrics/roc.h) */
} nt_run_summary;

/* scores: n of them, of which the first `grace` were not scored; training: the m RMSEs of the
 * training phase, in order; labels: n, or NULL. tail in (0, 1). O(n); at most 28 bytes a packet of
 * scratch. */
nt_status nt_run_summarise(const double *scores, size_t n, size_t grace, const double *training,
                           size_t m, const uint8_t *labels, double tail, nt_run_summary *summary,
                           nt_error *err);

#endif
