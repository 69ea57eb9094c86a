/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measures_list.h"

#include <string.h>

#define COUNT(name, what)                                                                          \
  { name, "1", what, NT_MEASURE_NEITHER, true, NULL }
#define END(name, what)                                                                            \
  { name, "1", what, NT_MEASURE_NEITHER, false, NULL }
#define HIGHER(name, what)                                                                         \
  { name, "1", what, NT_MEASURE_HIGHER, false, NULL }
#define LOWER(name, unit, what)                                                                    \
  { name, unit, what, NT_MEASURE_LOWER, false, NULL }

/* At a named rate, 10^-power. */
#define TPR_AT "true positive rate at a false positive rate of "
#define THRESHOLD_AT "threshold at a false positive rate of "
#define TPR(power, rate)                                                                           \
  {                                                                                                \
    "tpr_at_fpr_1em" power, "1", TPR_AT "at most " rate, NT_MEASURE_HIGHER, false,                 \
        "tpr_at_fpr_1e-" power                                                                     \
  }
#define TPR_END(which, what)                                                                       \
  {                                                                                                \
    "tpr_at_fpr_1em3_block_" which, "1", what, NT_MEASURE_NEITHER, false,                          \
        "tpr_at_fpr_1e-3_block_" which                                                             \
  }
#define CUT(power, rate)                                                                           \
  {                                                                                                \
    "threshold_at_fpr_1em" power, "1", THRESHOLD_AT "at most " rate, NT_MEASURE_NEITHER, false,    \
        "threshold_at_fpr_1e-" power                                                               \
  }

const nt_measure nt_measures[] = {
    [M_SCORED] = COUNT("scored", "scored packets that are not excluded"),
    [M_ATTACKS] = COUNT("attacks", "attack packets among the scored"),
    [M_BENIGN] = COUNT("benign", "benign packets among the scored"),
    [M_EXCLUDED] = COUNT("excluded", "packets left out by their label"),
    [M_SCORES_NAN] = COUNT("scores_nan", "scores that are not a number"),
    [M_SCORES_INFINITE] = COUNT("scores_infinite", "infinite scores"),
    [M_AUC] = HIGHER("auc", "area under the ROC curve"),
    [M_AUC_LOW] = END("auc_low", "lower end of DeLong's interval of auc"),
    [M_AUC_HIGH] = END("auc_high", "upper end of DeLong's interval of auc"),
    [M_AUC_BLOCK_LOW] = END("auc_block_low", "lower end of the block bootstrap's interval of auc"),
    [M_AUC_BLOCK_HIGH] =
        END("auc_block_high", "upper end of the block bootstrap's interval of auc"),
    [M_EER] = LOWER("eer", "1", "equal error rate, interpolated"),
    [M_EER_NEAREST] = LOWER("eer_nearest", "1", "equal error rate at the nearest step"),
    [M_EER_BLOCK_LOW] = END("eer_block_low", "lower end of the block bootstrap's interval of eer"),
    [M_EER_BLOCK_HIGH] =
        END("eer_block_high", "upper end of the block bootstrap's interval of eer"),
    [M_AVERAGE_PRECISION] = HIGHER("average_precision", "average precision"),
    [M_AVERAGE_PRECISION_BLOCK_LOW] =
        END("average_precision_block_low",
            "lower end of the block bootstrap's interval of average_precision"),
    [M_AVERAGE_PRECISION_BLOCK_HIGH] =
        END("average_precision_block_high",
            "upper end of the block bootstrap's interval of average_precision"),
    [M_PARTIAL_AUC] = HIGHER("partial_auc", "area under the ROC curve up to max_fpr"),
    [M_PARTIAL_AUC_STANDARDISED] =
        HIGHER("partial_auc_standardised", "the same, scaled so that 0.5 is chance and 1 is best"),
    [M_TPR_AT_FPR] = HIGHER("tpr_at_fpr_0", TPR_AT "0"),
    [M_TPR_AT_FPR + 1] = TPR("5", "0.00001"),
    [M_TPR_AT_FPR + 2] = TPR("4", "0.0001"),
    [M_TPR_AT_FPR + 3] = TPR("3", "0.001"),
    [M_TPR_AT_FPR + 4] = TPR("2", "0.01"),
    [M_TPR_BLOCK_LOW] =
        TPR_END("low", "lower end of the block bootstrap's interval of tpr_at_fpr_1em3"),
    [M_TPR_BLOCK_HIGH] =
        TPR_END("high", "upper end of the block bootstrap's interval of tpr_at_fpr_1em3"),
    [M_THRESHOLD_AT_FPR] = END("threshold_at_fpr_0", THRESHOLD_AT "0"),
    [M_THRESHOLD_AT_FPR + 1] = CUT("5", "0.00001"),
    [M_THRESHOLD_AT_FPR + 2] = CUT("4", "0.0001"),
    [M_THRESHOLD_AT_FPR + 3] = CUT("3", "0.001"),
    [M_THRESHOLD_AT_FPR + 4] = CUT("2", "0.01"),
    [M_BEST_F1] = HIGHER("best_f1", "best F1 of all thresholds, chosen with the labels"),
    [M_BEST_F1_PRECISION] = END("best_f1_precision", "precision where F1 is best"),
    [M_BEST_F1_RECALL] = END("best_f1_recall", "recall where F1 is best"),
    [M_BEST_F1_THRESHOLD] = END("best_f1_threshold", "threshold where F1 is best"),
    [M_BLOCKS] = COUNT("blocks", "blocks that the bootstrap draws from"),
    [M_ATTACK_BLOCKS] = COUNT("attack_blocks", "blocks with an attack"),
    [M_THRESHOLD] = END("threshold", "threshold by a log-normal fit of benign training scores"),
    [M_THRESHOLD_SAMPLE] = COUNT("threshold_sample", "training scores that the threshold fits"),
    [M_THRESHOLD_TPR] = HIGHER("threshold_tpr", "true positive rate at the threshold"),
    [M_THRESHOLD_FPR] = LOWER("threshold_fpr", "1", "false positive rate at the threshold"),
    [M_ALARM_SHARE] =
        END("alarm_share", "share of alarms among the benign packets; without labels of all"),
    [M_ALARM_BLOCKS] = COUNT("alarm_blocks", "stretches of equally many of these packets"),
    [M_ALARM_BLOCKS_OVER] = COUNT("alarm_blocks_over", "stretches with too many alarms"),
    [M_ALARM_BLOCKS_ALLOWED] =
        COUNT("alarm_blocks_allowed", "more of them contradict tail_probability"),
    [M_EPISODES] = COUNT("episodes", "attack episodes"),
    [M_EPISODES_MISSED] = {"episodes_missed", "1", "attack episodes without an alarm",
                           NT_MEASURE_LOWER, true, NULL},
    [M_ONSET_DELAY_MEDIAN] =
        LOWER("onset_delay_median", "s", "median time from an attack's onset to its first alarm"),
    [M_ONSET_DELAY_MEAN] = LOWER("onset_delay_mean", "s",
                                 "mean time from onset to first alarm of the noticed attacks"),
    [M_BENIGN_HOURS] = {"benign_hours", "h", "benign traffic between the attacks",
                        NT_MEASURE_NEITHER, false, NULL},
    [M_ALARMS_PER_HOUR] = LOWER("alarms_per_hour", "1/h", "alarms on benign traffic"),
    [M_INCIDENTS_PER_HOUR] =
        LOWER("incidents_per_hour", "1/h", "alarms on benign traffic, close ones counted once"),
};
const size_t nt_measure_count = M_COUNT;
_Static_assert(sizeof nt_measures / sizeof *nt_measures == M_COUNT, "every measure has its row");

static const char *const better_names[] = {
    [NT_MEASURE_NEITHER] = NULL, [NT_MEASURE_HIGHER] = "higher", [NT_MEASURE_LOWER] = "lower"};

const char *nt_measure_better_name(nt_measure_better better) {
  return better_names[better];
}

nt_measure_better nt_measure_better_of(const char *name) {
  if (name && strcmp(name, "higher") == 0) return NT_MEASURE_HIGHER;
  return name && strcmp(name, "lower") == 0 ? NT_MEASURE_LOWER : NT_MEASURE_NEITHER;
}

static bool is_called(const nt_measure *m, const char *name) {
  return strcmp(m->name, name) == 0 || (m->formerly && strcmp(m->formerly, name) == 0);
}

size_t nt_measure_find(const char *name) {
  size_t i = 0;
  while (i < M_COUNT && !is_called(&nt_measures[i], name)) i++;
  return i;
}

const char *nt_measure_name(const char *name) {
  size_t i = nt_measure_find(name);
  return i < M_COUNT ? nt_measures[i].name : name;
}
