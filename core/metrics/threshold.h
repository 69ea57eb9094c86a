/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A threshold from benign scores alone: the authors' advice (KitNET-py, issue 5; example.py of
 * Kitsune-py) is to fit a log-normal distribution to the scores of benign traffic and to alarm in
 * its upper tail.
 *
 *     mean = average of ln s,   deviation = sqrt(average of (ln s - mean)^2)     over usable scores
 *
 *     threshold = exp(mean + deviation * z),   P(Z > z) = tail,   Z standard normal
 *
 * Usable scores are positive and finite. The others (0 in the grace period, inf or NaN from a
 * detector that broke down) have no logarithm: they are left out of the fit and counted. What the
 * threshold gets on labelled packets is nt_point_at_threshold (roc.h).
 */
#ifndef NT_METRICS_THRESHOLD_H
#define NT_METRICS_THRESHOLD_H

#include <stddef.h>
#include <stdint.h>

#include "../error.h"

#define NT_LOGNORMAL_TAIL 1e-3 /* the default tail probability, that of the advice */

typedef struct nt_lognormal {
  double mean, deviation; /* of the logarithm of the usable scores */
  uint64_t used;
  uint64_t zero, negative, non_finite; /* left out */
} nt_lognormal;

/*
 * Fits the n scores of a benign sample (training or validation traffic). Fewer than two distinct
 * usable scores is NT_E_INPUT: mean and deviation are then NaN, the counts stand. O(n) time, 8
 * bytes a score while it runs.
 */
nt_status nt_lognormal_fit(const double *scores, size_t n, nt_lognormal *fit, nt_error *err);

/* The threshold exceeded with probability `tail`, 0 < tail < 1 (else NT_E_ARGUMENT); +inf where it
 * overflows. */
nt_status nt_lognormal_threshold(const nt_lognormal *fit, double tail, double *threshold,
                                 nt_error *err);

#endif
