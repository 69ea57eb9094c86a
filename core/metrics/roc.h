/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The receiver operating characteristic: true positive rate (TPR, share of the attack packets
 * alarmed) against false positive rate (FPR, share of the benign packets alarmed) as the threshold
 * falls, in straight lines from (0, 0) through each step of the ranking to (1, 1).
 *
 * All counts are integers, so areas and crossings are exact up to one final division. Everything is
 * NaN where the ranking lacks attacks or benign packets (nt_ranking_absence).
 */
#ifndef NT_METRICS_ROC_H
#define NT_METRICS_ROC_H

#include "ranking.h"

/*
 * Area under the curve = (pairs with the attack above + half the tied pairs) / (attacks * benign),
 * the Mann-Whitney U as a share. O(distinct).
 */
double nt_auc(const nt_ranking *ranking);

/* Twice the numerator of the AUC: 2 * pairs above + pairs tied, exact (below 2^63). */
uint64_t nt_auc_doubled_pairs(const nt_ranking *ranking);

/*
 * The equal error rate: where the miss rate 1 - TPR equals the FPR. O(log distinct).
 *     interpolated   on the straight line between the two steps around the crossing, as in the
 *                    Kitsune authors' script
 *     nearest        (FPR + miss rate) / 2 at the step where the two differ least (of two such,
 *                    the higher threshold), as scripts with argmin print it; among them the one
 *                    behind the figures of the public reference's golden scores
 * They differ by at most half a step: 0.0591 and 0.0562 on a capture with 75 attack packets.
 */
typedef struct nt_equal_error {
  double interpolated, nearest;
} nt_equal_error;
nt_equal_error nt_equal_error_rate(const nt_ranking *ranking);

typedef struct nt_partial_area {
  double area;         /* of TPR over FPR in [0, max_fpr]; at most max_fpr */
  double standardised; /* (1 + (area - c) / (max_fpr - c)) / 2, c = max_fpr^2 / 2 (McClish 1989) */
} nt_partial_area;

/* 0 < max_fpr <= 1, else NT_E_ARGUMENT; the last trapezium is cut at max_fpr by linear
 * interpolation. O(distinct). */
nt_status nt_partial_auc(const nt_ranking *ranking, double max_fpr, nt_partial_area *partial,
                         nt_error *err);

typedef struct nt_operating_point {
  double threshold; /* alarm if ranked here or above; NaN: only NaN scores, or none at all */
  double tpr, fpr;
  uint64_t attacks, benign; /* how many of each are alarmed */
} nt_operating_point;

/* Of what a false positive rate is a share. The authors' second script takes the threshold from the
 * top fraction of all scores, attacks included: not a false positive rate at all, here to show what
 * it does to a table. */
typedef enum nt_fpr_reference { NT_FPR_OF_BENIGN, NT_FPR_OF_ALL } nt_fpr_reference;

/*
 * The lowest threshold whose alarms are at most the share `fpr` of the reference: of the benign
 * packets (so the largest TPR at that FPR, no interpolation), or of all scored packets. No step
 * qualifies: nothing is alarmed, TPR 0. fpr of the result is always of the benign packets. O(log
 * distinct).
 */
nt_operating_point nt_point_at_fpr(const nt_ranking *ranking, double fpr,
                                   nt_fpr_reference reference);

/* What a threshold given from outside alarms: scores >= threshold, and NaN scores. A NaN threshold:
 * NaN scores alone. O(log distinct). */
nt_operating_point nt_point_at_threshold(const nt_ranking *ranking, double threshold);

/* The false positive rates that every table of ours names: 0, 1e-5, 1e-4, 1e-3, 1e-2. */
#define NT_NAMED_FPRS 5
extern const double nt_named_fpr[NT_NAMED_FPRS];

#endif
