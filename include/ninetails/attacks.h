/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup attacks Metrics of each attack
 * How well each attack by itself is told from benign traffic: its packets against all benign ones,
 * packets of other attacks left out.
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_ATTACKS_H
#define NINETAILS_ATTACKS_H

#include <ninetails/api.h>
#include <ninetails/labels.h>

NT_BEGIN_DECLS

#define NT_ATTACK_FPR 1e-3

typedef struct nt_attack_measured {
  uint64_t packets; /**< scored ones of the attack */
  double auc, average_precision;
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

NT_END_DECLS
/** @} */
#endif
