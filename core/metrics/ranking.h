/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A ranking: the packets of one capture in the order of their anomaly scores, beside their labels.
 * It is sorted once; every rate, area, curve and interval is then computed from it without another
 * sort.
 *
 * Order: higher is more anomalous. Equal scores are one step and are never split (-0 equals +0);
 * infinities are ordinary values at the two ends. NaN counts as most anomalous, above +inf: a
 * detector that breaks down on a packet has not called it benign. NaNs are one step, and are
 * counted, so that they are visible.
 *
 * Packets labelled NT_LABEL_EXCLUDED are counted and then ignored. Packets of the grace period have
 * no score: leave them out by passing pointers to the first scored packet.
 *
 * Where there is no attack, no benign packet, or no score but NaN a metric does not exist.
 * Functions then return NaN (in every field), never 0, and nt_ranking_absence says why.
 */
#ifndef NT_METRICS_RANKING_H
#define NT_METRICS_RANKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

/* Most packets of one ranking: products of two counts then fit 63 bits, so areas are exact
 * integers. */
#define NT_RANKING_MAX 0x7fffffffu

typedef struct nt_score_counts {
  uint64_t given;    /* packets passed in: scored + excluded */
  uint64_t excluded; /* labelled NT_LABEL_EXCLUDED */
  uint64_t scored;   /* attacks + benign */
  uint64_t attacks, benign;
  uint64_t nan, positive_infinite, negative_infinite; /* among the scored */
} nt_score_counts;

typedef enum nt_absence {
  NT_PRESENT = 0,
  NT_ABSENT_NO_ATTACK,
  NT_ABSENT_NO_BENIGN,
  NT_ABSENT_NO_PACKET,
  NT_ABSENT_NO_SCORE /* packets there are, but every score is NaN: a detector that broke down, not
                        one that guesses */
} nt_absence;

/*
 * The distinct scores, highest first. With the threshold at step k (alarm if the score is
 * threshold[k] or ranked above it), attacks[k] attack and benign[k] benign packets are alarmed;
 * both never decrease, and one of them grows at each step. The last step alarms everything.
 */
typedef struct nt_steps {
  size_t count;
  const double *threshold; /* [count]; the first may be NaN */
  const uint32_t *attacks; /* [count] */
  const uint32_t *benign;  /* [count] */
} nt_steps;

typedef struct nt_ranking nt_ranking;

/*
 * scores: n doubles; labels: n bytes (0, 1, NT_LABEL_EXCLUDED) or NULL (all benign). Neither is
 * kept. Another label value is NT_E_INPUT with its index; n > NT_RANKING_MAX is NT_E_LIMIT; n = 0
 * is allowed. O(n): radix sort of the doubles' bits. Memory: at most 28 bytes a packet while
 * sorting, 20 bytes kept.
 */
nt_ranking *nt_ranking_new(const double *scores, const uint8_t *labels, size_t n, nt_error *err);
void nt_ranking_free(nt_ranking *ranking);

const nt_score_counts *nt_ranking_counts(const nt_ranking *ranking);
nt_absence nt_ranking_absence(const nt_ranking *ranking);
const char *
nt_absence_text(nt_absence absence); /* "no attack packet is scored", ... ; "" when present */

/* Arrays owned by the ranking. */
nt_steps nt_ranking_steps(const nt_ranking *ranking);

/* counts->scored entries, most anomalous first: the packet's index in the low 31 bits, the top bit
 * set for an attack. Within a step by index. Owned by the ranking. */
const uint32_t *nt_ranking_order(const nt_ranking *ranking);
#define NT_ORDER_INDEX(entry) ((entry)&0x7fffffffu)
#define NT_ORDER_ATTACK(entry) ((entry) >> 31)

/* Whether two rankings are of the same number of packets with the same
 * labels (by a 64-bit hash). */
bool nt_ranking_same_labels(const nt_ranking *a, const nt_ranking *b);

/*
 * Quantile of the scores: the value at position fraction * (count - 1) of the ascending order,
 * interpolated linearly (Hyndman and Fan's type 7, as GSL's gsl_stats_quantile_from_sorted_data and
 * NumPy). NaN where the class is empty, fraction lies outside [0, 1], the position falls on a NaN
 * or between -inf and +inf. O(log distinct).
 */
typedef enum nt_score_class { NT_SCORES_ALL, NT_SCORES_ATTACK, NT_SCORES_BENIGN } nt_score_class;
double nt_ranking_quantile(const nt_ranking *ranking, nt_score_class of, double fraction);

#endif
