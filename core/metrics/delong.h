/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Variance of the AUC, and of the difference of two AUCs on the same packets, without assumptions
 * on the scores (DeLong, DeLong and Clarke-Pearson 1988), in O(n log n) by midranks (Sun and Xu
 * 2014); here O(n), the ranking being sorted already.
 *
 *     V_i = share of the benign packets below attack i, a tie counting half: m values
 *     W_j = share of the attacks above benign packet j, a tie counting half: n values
 *     var(AUC) = sum (V_i - AUC)^2 / (m (m - 1)) + sum (W_j - AUC)^2 / (n (n - 1))
 * For two detectors V and W are the differences of theirs, and AUC the difference of the AUCs.
 * Deviations are exact 63-bit integers before they are squared; the squares are summed with
 * compensation.
 *
 * It takes packets as independent, which packets of one flow are not: with millions of them the
 * interval is far too narrow. nt_bootstrap (bootstrap.h) resamples blocks; this is the quick one.
 */
#ifndef NT_METRICS_DELONG_H
#define NT_METRICS_DELONG_H

#include "ranking.h"

typedef struct nt_delong {
  double auc;
  double variance;  /* NaN with fewer than two attacks or two benign packets */
  double low, high; /* auc -+ z sqrt(variance), cut to [0, 1]; equal where the classes are apart */
} nt_delong;

/* level: 0 < level < 1, for example 0.95 (else NT_E_ARGUMENT). O(distinct). */
nt_status nt_delong_interval(const nt_ranking *ranking, double level, nt_delong *result,
                             nt_error *err);

typedef struct nt_delong_difference {
  double difference; /* AUC of a - AUC of b */
  double variance;
  double low, high; /* cut to [-1, 1] */
  double z;         /* difference / sqrt(variance); 0 / 0 is 0 here */
  double p;         /* two-sided: probability of a |z| as large under equal AUCs */
} nt_delong_difference;

/* Rankings of other packets or labels: NT_E_ARGUMENT. O(n) time, 8 bytes a packet while it runs. */
nt_status nt_delong_compare(const nt_ranking *a, const nt_ranking *b, double level,
                            nt_delong_difference *result, nt_error *err);

#endif
