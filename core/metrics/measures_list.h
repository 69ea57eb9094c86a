/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places of the measures in nt_measures, for measures.c, which fills them in, alone. */
#ifndef NT_METRICS_MEASURES_LIST_H
#define NT_METRICS_MEASURES_LIST_H

#include "measures.h"

typedef enum measure {
  M_SCORED,
  M_ATTACKS,
  M_BENIGN,
  M_EXCLUDED,
  M_SCORES_NAN,
  M_SCORES_INFINITE,
  M_AUC,
  M_AUC_LOW,
  M_AUC_HIGH,
  M_AUC_BLOCK_LOW, /* the upper end of every interval follows the lower one */
  M_AUC_BLOCK_HIGH,
  M_EER,
  M_EER_NEAREST,
  M_EER_BLOCK_LOW,
  M_EER_BLOCK_HIGH,
  M_AVERAGE_PRECISION,
  M_AVERAGE_PRECISION_BLOCK_LOW,
  M_AVERAGE_PRECISION_BLOCK_HIGH,
  M_PARTIAL_AUC,
  M_PARTIAL_AUC_STANDARDISED,
  M_TPR_AT_FPR, /* NT_NAMED_FPRS of them */
  M_TPR_BLOCK_LOW = M_TPR_AT_FPR + NT_NAMED_FPRS,
  M_TPR_BLOCK_HIGH,
  M_THRESHOLD_AT_FPR, /* NT_NAMED_FPRS of them */
  M_BEST_F1 = M_THRESHOLD_AT_FPR + NT_NAMED_FPRS,
  M_BEST_F1_PRECISION,
  M_BEST_F1_RECALL,
  M_BEST_F1_THRESHOLD,
  M_BLOCKS,
  M_ATTACK_BLOCKS,
  M_THRESHOLD,
  M_THRESHOLD_SAMPLE,
  M_THRESHOLD_TPR,
  M_THRESHOLD_FPR,
  M_ALARM_SHARE, /* what nt_alarm_share says, in its order */
  M_ALARM_BLOCKS,
  M_ALARM_BLOCKS_OVER,
  M_ALARM_BLOCKS_ALLOWED,
  M_EPISODES,
  M_EPISODES_MISSED,
  M_ONSET_DELAY_MEDIAN,
  M_ONSET_DELAY_MEAN,
  M_BENIGN_HOURS,
  M_ALARMS_PER_HOUR,
  M_INCIDENTS_PER_HOUR,
  M_COUNT
} measure;

#define M_TPR_BLOCK_FPR 3 /* the named rate whose TPR has an interval: 1e-3 */

#endif
