/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Curves to draw: ROC (FPR, TPR) and precision-recall (recall, precision), with as few points as a
 * plot needs.
 *
 * A ranking of n packets has up to n steps. A subset of them, in order and with both ends, is
 * chosen so that no step lies farther than `tolerance` from the drawn straight lines: from the last
 * chosen point, one walks on while one direction still passes within the tolerance of every point
 * walked over (cone intersection: Williams 1978; Sklansky and Gonzalez 1980). Distances are those
 * on paper, both axes being 1 long. Where more than max_points remain, the tolerance is doubled
 * until they fit; the distance kept in the end is measured, not assumed.
 */
#ifndef NT_METRICS_CURVE_H
#define NT_METRICS_CURVE_H

#include "ranking.h"

typedef enum nt_curve_kind {
  NT_CURVE_ROC,             /* x = FPR, y = TPR, from (0, 0) to (1, 1) */
  NT_CURVE_PRECISION_RECALL /* x = recall, y = precision, from scikit-learn's (0, 1) to recall 1 */
} nt_curve_kind;

typedef struct nt_curve_options {
  size_t max_points; /* at least 2; default 1000 */
  double tolerance;  /* > 0; default 0.0005: half a pixel of a plot 1000 pixels wide */
  double x_floor;    /* default 0: a linear x axis; else below 1: log10(x) from x_floor to 1, what
                      * lies left of it at its edge, so that small FPRs keep their shape */
} nt_curve_options;

nt_curve_options nt_curve_defaults(void);

typedef struct nt_curve {
  size_t count;
  double *x, *y;     /* [count] each, rates as they are whatever the axis */
  double *threshold; /* [count]; +inf at the first point, where nothing is alarmed */
  double deviation;  /* the farthest any left-out step lies from the drawn lines */
} nt_curve;

/* The arrays belong to *curve: nt_curve_done. No attack or no benign packet: count 0 and NaN
 * deviation. Options out of range: NT_E_ARGUMENT. O(distinct), and O(corners) for each doubling;
 * memory for the points, and 20 bytes a corner while it runs. */
nt_status nt_curve_make(const nt_ranking *ranking, nt_curve_kind kind,
                        const nt_curve_options *options, nt_curve *curve, nt_error *err);
void nt_curve_done(nt_curve *curve);

#endif
