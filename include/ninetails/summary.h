/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup summary What is said about scores
 * What is said about the scores of one run: the figures that an experiment's table has under the
 * same names (metrics/measures.h), from the same functions, and what a reader must know to trust
 * them.
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_SUMMARY_H
#define NINETAILS_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/alarm_share.h>
#include <ninetails/api.h>
#include <ninetails/error.h>
#include <ninetails/labels.h>
#include <ninetails/threshold.h>

NT_BEGIN_DECLS

#define NT_QUANTILES 8

/** 0, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1 */
NT_API extern const double nt_quantile_of[NT_QUANTILES];

typedef struct nt_run_summary {
  uint64_t scored;                /**< packets in execution, without those labelled excluded */
  uint64_t nan, infinite;         /**< among them */
  double quantiles[NT_QUANTILES]; /**< of them all, NaN ranked highest (metrics/ranking.h) */
  nt_threshold threshold;         /**< metrics/threshold.h says of which training scores */
  uint64_t above;                 /**< scored packets at or above the threshold, or NaN */
  nt_alarm_share alarms;          /**< of the benign packets; without labels of all */

  int labelled;                       /**< the rest counts */
  uint64_t attacks, benign, excluded; /**< packets in execution by label */
  double auc;                         /**< NaN: does not exist */
  double eer, eer_nearest; /**< likewise: interpolated, and at the nearest step (metrics/roc.h) */
  double threshold_tpr,
      threshold_fpr;     /**< NaN where there are no packets to alarm, or no threshold */
  const char *absence;   /**< why AUC and EER are NaN; "" where they are not. Static */
  uint64_t clean;        /**< packets before the first that is an attack or excluded */
  int trains_on_attacks; /**< the capture has attacks, and the grace periods do not end before them
                          */
} nt_run_summary;

/** scores: n of them, of which the first `grace` were not scored; training: the m RMSEs of the
 * training phase, in order; labels: n, or NULL. tail in (0, 1). O(n); at most 28 bytes a packet of
 * scratch. */
NT_API nt_status nt_run_summarise(const double *scores, size_t n, size_t grace,
                                  const double *training, size_t m, const uint8_t *labels,
                                  double tail, nt_run_summary *summary, nt_error *err) NT_MUST_CHECK
    NT_NONNULL(1, 8);

NT_END_DECLS
/** @} */
#endif
