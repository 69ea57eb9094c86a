/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "absences.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measures.h"
#include "measures_list.h"

/* What a figure may need. Where several are missing the first is the reason. */
typedef enum need {
  LABELS,
  CLASSES, /* attacks and benign packets, with scores */
  TIMES,
  THRESHOLD,
  ATTACK,     /* packets */
  BENIGN,     /* packets; without labels any */
  NOTICED,    /* an episode */
  HOURS,      /* of benign traffic */
  PAIR,       /* two packets of each class */
  REPLICATES, /* of the bootstrap */
  SHARES,     /* rates that are shares of the benign packets, which the bootstrap knows alone */
  VARIETY,    /* two blocks to draw from */
  STEP,       /* a threshold with a rate that is low enough */
  NEEDS
} need;

#define RANKED (1u << LABELS | 1u << CLASSES)
#define TIMED (1u << LABELS | 1u << TIMES)
#define BLOCKED (RANKED | TIMED | 1u << REPLICATES | 1u << VARIETY)
#define JUDGED (1u << THRESHOLD)

static const unsigned needs[M_COUNT] = {
    [M_ATTACKS] = 1u << LABELS,
    [M_BENIGN] = 1u << LABELS,
    [M_EXCLUDED] = 1u << LABELS,
    [M_AUC] = RANKED,
    [M_AUC_LOW] = RANKED | 1u << PAIR,
    [M_AUC_HIGH] = RANKED | 1u << PAIR,
    [M_AUC_BLOCK_LOW] = BLOCKED,
    [M_AUC_BLOCK_HIGH] = BLOCKED,
    [M_EER] = RANKED,
    [M_EER_NEAREST] = RANKED,
    [M_EER_BLOCK_LOW] = BLOCKED,
    [M_EER_BLOCK_HIGH] = BLOCKED,
    [M_AVERAGE_PRECISION] = RANKED,
    [M_AVERAGE_PRECISION_BLOCK_LOW] = BLOCKED,
    [M_AVERAGE_PRECISION_BLOCK_HIGH] = BLOCKED,
    [M_PARTIAL_AUC] = RANKED,
    [M_PARTIAL_AUC_STANDARDISED] = RANKED,
    [M_TPR_AT_FPR] = RANKED,
    [M_TPR_AT_FPR + 1] = RANKED,
    [M_TPR_AT_FPR + 2] = RANKED,
    [M_TPR_AT_FPR + 3] = RANKED,
    [M_TPR_AT_FPR + 4] = RANKED,
    [M_TPR_BLOCK_LOW] = BLOCKED | 1u << SHARES,
    [M_TPR_BLOCK_HIGH] = BLOCKED | 1u << SHARES,
    [M_THRESHOLD_AT_FPR] = RANKED | 1u << STEP,
    [M_THRESHOLD_AT_FPR + 1] = RANKED | 1u << STEP,
    [M_THRESHOLD_AT_FPR + 2] = RANKED | 1u << STEP,
    [M_THRESHOLD_AT_FPR + 3] = RANKED | 1u << STEP,
    [M_THRESHOLD_AT_FPR + 4] = RANKED | 1u << STEP,
    [M_BEST_F1] = RANKED,
    [M_BEST_F1_PRECISION] = RANKED,
    [M_BEST_F1_RECALL] = RANKED,
    [M_BEST_F1_THRESHOLD] = RANKED | 1u << STEP,
    [M_BLOCKS] = TIMED,
    [M_ATTACK_BLOCKS] = TIMED,
    [M_THRESHOLD] = JUDGED,
    [M_THRESHOLD_TPR] = JUDGED | 1u << LABELS | 1u << ATTACK,
    [M_THRESHOLD_FPR] = JUDGED | 1u << LABELS | 1u << BENIGN,
    [M_ALARM_SHARE] = JUDGED | 1u << BENIGN,
    [M_ALARM_BLOCKS] = JUDGED | 1u << BENIGN,
    [M_ALARM_BLOCKS_OVER] = JUDGED | 1u << BENIGN,
    [M_ALARM_BLOCKS_ALLOWED] = JUDGED | 1u << BENIGN,
    [M_EPISODES] = TIMED,
    [M_EPISODES_MISSED] = TIMED | JUDGED,
    [M_ONSET_DELAY_MEDIAN] = TIMED | JUDGED | 1u << ATTACK,
    [M_ONSET_DELAY_MEAN] = TIMED | JUDGED | 1u << ATTACK | 1u << NOTICED,
    [M_BENIGN_HOURS] = TIMED,
    [M_ALARMS_PER_HOUR] = TIMED | JUDGED | 1u << HOURS,
    [M_INCIDENTS_PER_HOUR] = TIMED | JUDGED | 1u << HOURS,
};
_Static_assert(NT_NAMED_FPRS == 5, "each named rate has its row");

/* What is missing, by need; "": nothing. */
static void find_missing(const nt_absence_facts *f, const double *v, const char *missing[NEEDS]) {
  missing[LABELS] = f->labels ? "" : "no labels are given";
  missing[CLASSES] = f->classes;
  missing[TIMES] = f->times;
  missing[THRESHOLD] = f->threshold;
  missing[ATTACK] = v[M_ATTACKS] > 0 ? "" : "no attack packet is scored";
  missing[BENIGN] = !f->labels        ? "no packet is scored"
                    : v[M_BENIGN] > 0 ? ""
                                      : "no benign packet is scored";
  missing[NOTICED] = "no attack episode is noticed";
  missing[HOURS] = "no time passes between benign packets";
  missing[PAIR] = "it takes two attack and two benign packets";
  missing[REPLICATES] = f->replicates ? "" : "bootstrap_replicates is 0";
  missing[SHARES] = f->of_benign ? "" : "fpr_reference is not benign";
  missing[VARIETY] = f->vary ? "it does not exist in the resamples"
                             : "neither attacks nor benign traffic have two blocks";
  missing[STEP] = v[M_SCORES_NAN] > 0 ? "scores that are not a number rank highest"
                                      : "packets with the highest score are too many";
}

void nt_absences_explain(const nt_absence_facts *facts, const double *value, const char **why) {
  const char *missing[NEEDS];
  find_missing(facts, value, missing);
  for (int i = 0; i < M_COUNT; i++) {
    why[i] = NULL;
    for (int k = 0; k < NEEDS && isnan(value[i]) && !why[i]; k++)
      if (needs[i] & 1u << k && *missing[k]) why[i] = missing[k];
  }
}

/* ---------------------------------------------------------------- as a text */

typedef struct absent {
  const char *name, *why;
} absent;

static void write_groups(const absent *list, size_t count, FILE *out) {
  const char *between = "";
  for (size_t i = 0; i < count; i++) {
    size_t k = 0;
    while (strcmp(list[k].why, list[i].why) != 0) k++;
    if (k < i) continue; /* its group is written */
    fprintf(out, "%s%s: %s", between, list[i].why, list[i].name);
    for (k = i + 1; k < count; k++)
      if (strcmp(list[k].why, list[i].why) == 0) fprintf(out, ", %s", list[k].name);
    between = "; ";
  }
}

nt_status nt_measured_explain(nt_measured *measured, const nt_measure *extra, const double *values,
                              size_t count, nt_error *err) {
  size_t found = 0, size;
  absent *list = calloc(nt_measure_count + count, sizeof *list);
  for (size_t i = 0; list && i < nt_measure_count; i++)
    if (measured->why[i]) list[found++] = (absent){nt_measures[i].name, measured->why[i]};
  for (size_t i = 0; list && i < count; i++)
    if (isnan(values[i])) list[found++] = (absent){extra[i].name, "its function gave no number"};
  free(measured->absences);
  measured->absences = NULL;
  FILE *out = list ? open_memstream(&measured->absences, &size) : NULL;
  if (out) write_groups(list, found, out);
  free(list);
  if (out && fclose(out) == 0) return NT_OK;
  return nt_fail(err, NT_E_MEMORY, "no memory for the reasons of %zu absent figures", found);
}
