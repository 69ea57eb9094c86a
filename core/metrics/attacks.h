/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How well each attack by itself is told from benign traffic: its packets against all benign ones,
 * packets of other attacks left out. */
#ifndef NT_METRICS_ATTACKS_H
#define NT_METRICS_ATTACKS_H

#include "../labels/labels.h"

#define NT_ATTACK_FPR 1e-3

typedef struct nt_attack_measured {
  uint64_t packets; /* scored ones of the attack */
  double auc, average_precision;
  double tpr; /* at NT_ATTACK_FPR; all three NaN without a packet of it, or a benign one */
} nt_attack_measured;

/*
 * scores: of n packets from packet `first` of `labels` on, first + n <= labels->count. measured:
 * room for labels->name_count, in the order of labels->names. As nt_ranking_new, whose rules for
 * ties and NaN hold. O(attacks * n); memory: 9 bytes a packet and a ranking.
 */
nt_status nt_measure_attacks(const double *scores, const nt_labels *labels, size_t first, size_t n,
                             nt_attack_measured *measured, nt_error *err);

#endif
