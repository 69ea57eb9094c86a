/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup alarm_share Share of alarms
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
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_ALARM_SHARE_H
#define NINETAILS_ALARM_SHARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ninetails/api.h>

NT_BEGIN_DECLS

#define NT_ALARM_BLOCKS 50
#define NT_ALARM_LEVEL 1e-3 /**< the rate of false complaints is at most this */

typedef struct nt_alarm_share {
  uint64_t judged, alarms; /**< packets, and those at or above the threshold, or NaN */
  double share;            /**< alarms / judged; NaN: none is judged */
  size_t blocks, over;     /**< over: blocks with a share of sqrt(tail) or more */
  size_t allowed;          /**< most `over` that does not contradict */
  bool contradicts;
} nt_alarm_share;

/** n scored packets in their order, and their labels: benign ones are judged; NULL: all. A
 * threshold that is NaN contradicts nothing. tail in (0, 1). O(n). */
NT_API nt_alarm_share nt_alarm_share_of(const double *scores, const uint8_t *labels, size_t n,
                                        double threshold, double tail) NT_NONNULL(1);

NT_END_DECLS
/** @} */
#endif
