/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup threshold Thresholds from benign scores
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
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_THRESHOLD_H
#define NINETAILS_THRESHOLD_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/api.h>
#include <ninetails/error.h>

NT_BEGIN_DECLS

#define NT_LOGNORMAL_TAIL 1e-3 /**< the default tail probability, that of the advice */

/**
 * Which scores: those of the end of training, so that no packet that is judged takes part in the
 * fit (the authors' example fits the first scores of the execution phase): the last tenth of the
 * rows that were learnt, at least NT_THRESHOLD_LEAST of them, or all where there are fewer.
 */
#define NT_THRESHOLD_LEAST 1000
static inline uint64_t nt_threshold_sample(uint64_t learnt) {
  uint64_t tenth = learnt / 10 > NT_THRESHOLD_LEAST ? learnt / 10 : NT_THRESHOLD_LEAST;
  return tenth < learnt ? tenth : learnt;
}

typedef struct nt_lognormal {
  double mean, deviation; /**< of the logarithm of the usable scores */
  uint64_t used;
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

NT_END_DECLS
/** @} */
#endif
