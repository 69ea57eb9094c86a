/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Precision (share of the alarmed packets that are attacks) and recall (the TPR), which follow the
 * share of attacks in the capture where the ROC does not. NaN where the ranking lacks attacks or
 * benign packets.
 */
#ifndef NT_METRICS_PRECISION_RECALL_H
#define NT_METRICS_PRECISION_RECALL_H

#include "ranking.h"

/* Sum over the steps of (recall - previous recall) * precision, without interpolation:
 * scikit-learn's average_precision_score. O(distinct), compensated. */
double nt_average_precision(const nt_ranking *ranking);

typedef struct nt_f1 {
  double f1; /* 2 TP / (2 TP + FP + FN) */
  double precision, recall;
  double threshold; /* alarm if the score is this or ranked above it; NaN: NaN scores only */
} nt_f1;

/* The best F1 of all thresholds, found with the labels in hand: an upper bound, no detector's
 * result. Of equal ones the highest threshold. Compared exactly as integers. O(distinct). */
nt_f1 nt_best_f1(const nt_ranking *ranking);

#endif
