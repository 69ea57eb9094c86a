/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything that a table says about one run, from one sort: a list of named figures with units,
 * the metrics of an experiment as data.
 *
 *     auc, auc_low, auc_high                DeLong's interval (packets taken as independent)
 *     auc_block_low, auc_block_high         block bootstrap; also eer_block_*, ...
 *     eer, eer_nearest, average_precision, best_f1, partial AUC, tpr_at_fpr_0, tpr_at_fpr_1e-5, ...
 *     threshold, threshold_tpr, threshold_fpr    log-normal, of benign training scores
 *     onset delays, alarms per hour at that threshold
 *
 * Where a figure does not exist (no attacks, say) it is NaN and `absence` says why.
 */
#ifndef NT_METRICS_MEASURES_H
#define NT_METRICS_MEASURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "curve.h"
#include "protocol.h"

typedef enum nt_measure_better {
  NT_MEASURE_NEITHER,
  NT_MEASURE_HIGHER,
  NT_MEASURE_LOWER
} nt_measure_better;

typedef struct nt_measure {
  const char *name;      /* "tpr_at_fpr_1e-3": [a-z0-9_.-]+ */
  const char *unit;      /* "1", "s", "1/h" */
  const char *long_name; /* "true positive rate at a false positive rate of at most 0.001" */
  nt_measure_better better;
  bool integer; /* a count */
} nt_measure;

/* Every measure, in the order of tables. */
extern const nt_measure nt_measures[];
extern const size_t nt_measure_count;
/* Index of a name, or nt_measure_count. */
size_t nt_measure_find(const char *name);

typedef struct nt_measure_options {
  nt_protocol protocol;    /* the paper's quirks, off by default */
  double tail_probability; /* of the log-normal threshold; default NT_LOGNORMAL_TAIL */
  double level;            /* of all intervals; default 0.95 */
  double max_fpr;          /* of the partial AUC; default 0.01 */
  size_t replicates;       /* of the block bootstrap; default 200; 0: none, its figures are NaN */
  double block_seconds;    /* default 60 */
  uint64_t seed;           /* of the bootstrap; default 1. The same seed pairs two runs */
  double gap_seconds;      /* attack packets less than this apart are one episode; default 60 */
  size_t curve_points;     /* most points of a stored curve; default 1000 */
} nt_measure_options;

nt_measure_options nt_measure_defaults(void);

typedef struct nt_measured {
  double *value;       /* [nt_measure_count]; NaN: does not exist */
  const char *absence; /* why figures that need both classes are NaN; "" when they exist. Static */
  nt_curve roc, precision_recall; /* count 0: none */
} nt_measured;

/*
 * n scored packets: scores, their times (s; may hold NaN: figures in seconds are then NaN too) and
 * labels (NULL: none, all figures that need them are NaN). training: m scores of benign training
 * rows for the threshold; NaN among them is left out; m may be 0. *measured is to be released by
 * nt_measured_done. One sort, two with smoothing. O(n) but for the bootstrap, O(replicates n).
 * Memory: at most 40 bytes a packet while it runs.
 */
nt_status nt_measure_run(const double *scores, const double *times, const uint8_t *labels, size_t n,
                         const double *training, size_t m, const nt_measure_options *options,
                         nt_measured *measured, nt_error *err);
void nt_measured_done(nt_measured *measured);

#endif
