/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything that a table says about one run, from one sort: a list of named figures with units,
 * the metrics of an experiment as data. The list itself is in measures_list.c.
 *
 *     scored, attacks, benign, excluded       packets; scores_nan, scores_infinite among the scored
 *     auc                                     auc_low, auc_high: DeLong's interval, which takes
 *                                             packets as independent
 *     eer, eer_nearest, average_precision, partial_auc, partial_auc_standardised
 *     tpr_at_fpr_0, ..._1e-5, ..._1e-4, ..._1e-3, ..._1e-2     and threshold_at_fpr_...
 *     NAME_block_low, NAME_block_high         of auc, eer, average_precision and tpr_at_fpr_1em3:
 *                                             block bootstrap over attack episodes and, between
 *                                             them, stretches of block_seconds
 *     blocks, attack_blocks                   the honest sample size of those intervals
 *     best_f1, best_f1_precision, ...         chosen with the labels in hand: a bound, no result
 *     threshold                               log-normal, of threshold_sample usable (positive)
 *                                             benign training scores; none where most of the
 *                                             finite ones are not; what follows is at it
 *     threshold_tpr, threshold_fpr            either exists without packets of the other class
 *     alarm_share, alarm_blocks, alarm_blocks_over, alarm_blocks_allowed
 *                                             whether alarms contradict tail_probability: more
 *                                             blocks over than allowed do (ninetails/metrics.h)
 *     episodes, episodes_missed               an attack that began in the grace periods is an
 *                                             episode from its first scored packet on
 *     onset_delay_median                      of all episodes; a missed one is infinitely late
 *     onset_delay_mean                        of those that were noticed
 *     alarms_per_hour, incidents_per_hour     on benign traffic outside the episodes, benign_hours
 *                                             of it; alarms less than gap_seconds apart are one
 *                                             incident
 *
 * A figure that does not exist (no attacks, no times, no training scores) is NaN.
 *
 * The protocol's switches (protocol.h) act on these figures and no others:
 *     smoothing   tpr_at_fpr_*, its interval and threshold_at_fpr_*: of smoothed scores
 *     fold_auc    auc becomes max(auc, 1 - auc). Its intervals become what folding makes of every
 *                 value in them: one that holds 0.5 begins at 0.5
 *     reference   tpr_at_fpr_* and threshold_at_fpr_*. The bootstrap knows shares of benign packets
 *                 only: with NT_FPR_OF_ALL tpr_at_fpr_1em3 has no interval
 * The curves, everything at `threshold` and best_f1 are of the scores as they are.
 */
#ifndef NT_METRICS_MEASURES_H
#define NT_METRICS_MEASURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ninetails/metrics.h>
#include <ninetails/parameter.h>

#include "curve.h"
#include "protocol.h"

typedef enum nt_measure_better {
  NT_MEASURE_NEITHER, /* counts, thresholds, ends of intervals */
  NT_MEASURE_HIGHER,
  NT_MEASURE_LOWER
} nt_measure_better;
/* "higher", "lower"; NULL for neither. And back: anything else is neither. */
const char *nt_measure_better_name(nt_measure_better better);
nt_measure_better nt_measure_better_of(const char *name);

typedef struct nt_measure {
  const char *name;      /* "tpr_at_fpr_1em3": [a-z][a-z0-9_]*, a name in pandas, R and SQL, too */
  const char *unit;      /* "1", "s", "1/h", "h" */
  const char *long_name; /* "true positive rate at a false positive rate of at most 0.001" */
  nt_measure_better better;
  bool integer;         /* a count */
  const char *formerly; /* "tpr_at_fpr_1e-3": its name in files of version 0.1.0; NULL: the same */
} nt_measure;

/* Every measure, in the order of tables. */
extern const nt_measure nt_measures[];
extern const size_t nt_measure_count;
/* Index of a name, today's or a former one, or nt_measure_count. O(nt_measure_count). */
size_t nt_measure_find(const char *name);
/* Today's name of the measure; a name that is no measure's is returned as it is. */
const char *nt_measure_name(const char *name);

typedef struct nt_measure_options {
  nt_evaluation protocol;  /* the paper's quirks, off by default */
  double tail_probability; /* of the log-normal threshold */
  double level;            /* of all intervals */
  double max_fpr;          /* of the partial AUC */
  size_t replicates;       /* of the block bootstrap; 0: none, its intervals are NaN; not 1 */
  double block_seconds;
  uint64_t seed;       /* of the bootstrap. The same seed pairs two runs */
  double gap_seconds;  /* attack packets less than this apart are one episode */
  size_t curve_points; /* most points of a stored curve */
} nt_measure_options;

/* Its rows, the protocol's among them: names, ranges, presets. */
enum {
  NT_MEASURE_SMOOTHING,
  NT_MEASURE_FOLD_AUC,
  NT_MEASURE_FPR_REFERENCE,
  NT_MEASURE_TAIL_PROBABILITY,
  NT_MEASURE_LEVEL,
  NT_MEASURE_MAX_FPR,
  NT_MEASURE_REPLICATES,
  NT_MEASURE_SEED,
  NT_MEASURE_CURVE_POINTS,
  NT_MEASURE_BLOCK_SECONDS,
  NT_MEASURE_GAP_SECONDS,
  NT_MEASURE_PARAMETERS
};
extern const nt_parameter nt_measure_parameters[NT_MEASURE_PARAMETERS];

nt_measure_options nt_measure_defaults(void);

typedef struct nt_measured {
  double *value;       /* [nt_measure_count]; a count is a whole number; NaN: does not exist */
  const char *absence; /* why figures that need both classes are NaN: "no labels are given", "no
                          attack packet is scored", ...; "" when they exist. Static */
  const char **why;    /* [nt_measure_count]; why a value is NaN, NULL where it is not. Static */
  char *absences;      /* the same in words: nt_measured_explain; NULL until then */
  nt_curve roc, precision_recall; /* count 0: none */
  double quantiles[NT_QUANTILES]; /* of all scored packets, NaN ranked highest */
  nt_threshold threshold;
  nt_alarm_share alarms;
  uint64_t above; /* scored packets at or above the threshold, or NaN */
} nt_measured;

/*
 * n scored packets, n >= 0: their scores, times (s) and labels. times NULL, or any of them not
 * finite: figures that need time (blocks, their intervals, episodes and what follows) are NaN, as
 * are block intervals where neither stratum has two blocks (nt_blocks_vary).
 * labels NULL: all figures that need them are NaN. training: m scores of benign training rows for
 * the threshold; m may be 0; fewer than two distinct usable ones (ninetails/metrics.h): no
 * threshold, NaN.
 *
 * *measured is to be released by nt_measured_done, but for an error: then it holds nothing.
 * Options out of range: NT_E_ARGUMENT with the name; the rest as nt_ranking_new, nt_blocks_make and
 * nt_bootstrap. One sort, two with smoothing: O(n), and the bootstrap's O(replicates n), which
 * runs in parallel to the same bits. Memory: at most 40 bytes a packet, 40 a block for
 * each thread and 8 a training score while it runs.
 */
nt_status nt_measure_run(const double *scores, const double *times, const uint8_t *labels, size_t n,
                         const double *training, size_t m, const nt_measure_options *options,
                         nt_measured *measured, nt_error *err);
void nt_measured_done(nt_measured *measured);

/* Makes measured->absences: "REASON: NAME, NAME; REASON: NAME" of all figures that are NaN, each
 * reason once; "" where there are none. extra: count measures that somebody else computed, and
 * their values. O(measures^2). */
nt_status nt_measured_explain(nt_measured *measured, const nt_measure *extra, const double *values,
                              size_t count, nt_error *err);

#endif
