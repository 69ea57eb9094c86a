/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup metrics Metrics
 * Thresholds, the alarms that they cause, and how well each attack is separated from benign traffic.
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_METRICS_H
#define NINETAILS_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>
#include <ninetails/labels.h>

NT_BEGIN_DECLS

/**
 * @name Thresholds from benign scores
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
 * @{
 */

#define NT_QUANTILES 8
/** The quantiles of scores that are reported: 0, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1. */
NT_API extern const double nt_quantile_of[NT_QUANTILES];

#define NT_LOGNORMAL_TAIL 1e-3 /**< the default tail probability, that of the advice */

/**
 * Which scores: those of the end of training, so that no packet that is judged takes part in the
 * fit (the authors' example fits the first scores of the execution phase): the last tenth of the
 * rows that were learnt, at least NT_THRESHOLD_LEAST of them, or all where there are fewer.
 */
#define NT_THRESHOLD_LEAST 1000
NT_API uint64_t nt_threshold_sample(uint64_t learnt);

/** A log-normal distribution, and of how many scores. */
typedef struct nt_lognormal {
  double mean, deviation;              /**< of the logarithm of the usable scores */
  uint64_t used;                       /**< scores that the fit is of */
  uint64_t zero, negative, non_finite; /**< left out */
} nt_lognormal;

/**
 * Fits the n scores of a benign sample (training or validation traffic). Fewer than two distinct
 * usable scores is NT_E_INPUT: mean and deviation are then NaN, the counts stand. O(n) time, 8
 * bytes a score while it runs.
 */
NT_API nt_status nt_lognormal_fit(const double *scores, size_t n, nt_lognormal *fit,
                                  nt_error *err) NT_MUST_CHECK NT_NONNULL(3);

/** The threshold exceeded with probability `tail`, 0 < tail < 1 (else NT_E_ARGUMENT); +inf where it
 * overflows. */
NT_API nt_status nt_lognormal_threshold(const nt_lognormal *fit, double tail, double *threshold,
                                        nt_error *err) NT_MUST_CHECK NT_NONNULL(1, 3);

/** A threshold, or why there is none. */
typedef struct nt_threshold {
  nt_lognormal fit;    /**< of the sample; mean and deviation NaN where there is nothing to fit */
  double value;        /**< NaN: there is none */
  const char *absence; /**< why not; "" where there is one. Static */
} nt_threshold;

/**
 * The threshold of the whole program: that of m scores (nt_threshold_sample of them). None where
 * fewer than two distinct ones are usable, nor where most of the finite ones are not positive: the
 * tail of a minority is not that of the scores, some of which are no likelihoods but their
 * logarithms. NT_E_ARGUMENT for the tail, NT_E_MEMORY.
 */
NT_API nt_status nt_threshold_fit(const double *training, size_t m, double tail,
                                  nt_threshold *threshold, nt_error *err) NT_MUST_CHECK
    NT_NONNULL(4);

/** @} */

/**
 * @name Share of alarms
 * Whether a threshold keeps what its tail probability promises: that a benign packet's score
 * exceeds it with probability `tail` at most.
 *
 * Packets are not independent: scores come in bursts, and drift. So the judged packets are cut, in
 * their order, into NT_ALARM_BLOCKS blocks of equal size (of one packet each where there are
 * fewer). Whatever the dependence inside of a block, the share of alarms in it reaches sqrt(tail)
 * with probability sqrt(tail) at most (Markov's inequality). Were blocks independent of each other,
 * the number of those that do were at most binomial(blocks, sqrt(tail)); more of them than that
 * exceeds with probability NT_ALARM_LEVEL contradict the promise. For a tail of 0.001 these are
 * more than 6 of 50 blocks in which more than 3.16 % of the packets are alarms.
 * @{
 */

#define NT_ALARM_BLOCKS 50
#define NT_ALARM_LEVEL 1e-3 /**< the rate of false complaints is at most this */

/** What became of the promise. */
typedef struct nt_alarm_share {
  uint64_t judged, alarms; /**< packets, and those at or above the threshold, or NaN */
  double share;            /**< alarms / judged; NaN: none is judged */
  size_t blocks, over;     /**< over: blocks with a share of sqrt(tail) or more */
  size_t allowed;          /**< most `over` that does not contradict */
  bool contradicts;        /**< over > allowed: the threshold does not keep its promise */
} nt_alarm_share;

/** n scored packets in their order, and their labels: benign ones are judged; NULL: all. A
 * threshold that is NaN contradicts nothing. tail in (0, 1). O(n). */
NT_API nt_alarm_share nt_alarm_share_of(const double *scores, const uint8_t *labels, size_t n,
                                        double threshold, double tail) NT_NONNULL(1);

/** @} */

/**
 * @name Metrics of each attack
 * How well each attack by itself is separated from benign traffic: its packets against all benign ones,
 * packets of other attacks left out.
 * @{
 */

#define NT_ATTACK_FPR 1e-3 /**< the false-positive rate at which an attack's TPR is reported */

/** The metrics of one attack. */
typedef struct nt_attack_measured {
  uint64_t packets;              /**< scored ones of the attack */
  double auc, average_precision; /**< of its packets against all benign ones */
  double tpr; /**< at NT_ATTACK_FPR; all three NaN without a packet of it, or a benign one */
} nt_attack_measured;

/**
 * scores: of n packets from packet `first` of `labels` on, first + n <= labels->count. measured:
 * room for labels->name_count, in the order of labels->names. As nt_ranking_new, whose rules for
 * ties and NaN hold. O(attacks * n); memory: 9 bytes a packet and a ranking.
 */
NT_API nt_status nt_measure_attacks(const double *scores, const nt_labels *labels, size_t first,
                                    size_t n, nt_attack_measured *measured,
                                    nt_error *err) NT_MUST_CHECK NT_NONNULL(1, 2, 5);

/** @} */

NT_END_DECLS
/** @} */
#endif
