/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <ninetails/metrics.h>

#include "metrics/measures_list.h"
#include "check.h"

/* Packet 0 is in the grace period. Scan: 9 and 2 against 1, 3, 5, NaN (above all), 2 (a tie). */
static void worked_example(void) {
  uint8_t value[] = {1, 0, 1, 0, 1, 0, 2, 0, 1, 0, 1};
  uint16_t attack[] = {1, 0, 1, 0, 2, 0, 0, 0, 1, 0, 0};
  char *names[] = {"scan", "flood", "never"};
  nt_labels labels = {
      .count = 11, .value = value, .attack = attack, .name_count = 3, .names = names};
  const double scores[] = {1, 9, 3, 4, 5, 100, NAN, 2, 2, 0.5};
  nt_attack_measured m[3];
  nt_error err;
  CHECK_OK(nt_measure_attacks(scores, &labels, 1, 10, m, &err), err);
  CU_ASSERT_EQUAL(m[0].packets, 2);
  CU_ASSERT_DOUBLE_EQUAL(m[0].auc, (4 + 1.5) / 10, 1e-15);
  /* NaN, 9, 5, 3, {2, 2}: precision 1/2 at recall 1/2, then 2/6 */
  CU_ASSERT_DOUBLE_EQUAL(m[0].average_precision, 0.5 * 0.5 + 0.5 * 2 / 6, 1e-15);
  CU_ASSERT_EQUAL(m[0].tpr, 0); /* an alarm would take the NaN's too, a fifth */
  CU_ASSERT_EQUAL(m[1].packets, 1);
  CU_ASSERT_DOUBLE_EQUAL(m[1].auc, 3.0 / 5, 1e-15); /* 4 against the same benign scores */
  CU_ASSERT_DOUBLE_EQUAL(m[1].average_precision, 1.0 / 3, 1e-15);
  CU_ASSERT_EQUAL(m[2].packets, 0);
  CU_ASSERT(isnan(m[2].auc) && isnan(m[2].average_precision) && isnan(m[2].tpr));
}

/* Each attack has the measures of a run whose labels exclude all other attacks. */
static void as_if_alone(void) {
  enum { COUNT = 20000, ATTACKS = 5, FIRST = 100 };
  static uint8_t value[COUNT], alone[COUNT];
  static uint16_t attack[COUNT];
  static double scores[COUNT];
  char *names[ATTACKS] = {"a", "b", "c", "d", "e"};
  uint32_t state = 1;
  for (size_t i = 0; i < COUNT; i++) {
    state = state * 1664525u + 1013904223u;
    unsigned kind = state >> 24;
    value[i] = kind < 120 ? 1 : kind < 140 ? 2 : 0;
    attack[i] = value[i] == 1 ? (uint16_t)(kind % (ATTACKS + 1)) : 0; /* 0: no name */
    scores[i] = (double)(state >> 8 & 0xffff) / 8 + (value[i] == 1) * 2000 * attack[i];
  }
  nt_labels labels = {
      .count = COUNT, .value = value, .attack = attack, .name_count = ATTACKS, .names = names};
  nt_attack_measured m[ATTACKS];
  nt_error err;
  CHECK_OK(nt_measure_attacks(scores + FIRST, &labels, FIRST, COUNT - FIRST, m, &err), err);
  nt_measure_options options = nt_measure_defaults();
  options.replicates = 0;
  for (uint16_t a = 1; a <= ATTACKS; a++) {
    size_t packets = 0;
    for (size_t i = FIRST; i < COUNT; i++) {
      alone[i] = value[i] == 1 && attack[i] != a ? NT_LABEL_EXCLUDED : value[i];
      packets += alone[i] == 1;
    }
    nt_measured whole;
    CHECK_OK(nt_measure_run(scores + FIRST, NULL, alone + FIRST, COUNT - FIRST, NULL, 0, &options,
                            &whole, &err),
             err);
    CU_ASSERT_EQUAL(m[a - 1].packets, packets);
    CU_ASSERT_EQUAL(m[a - 1].auc, whole.value[M_AUC]);
    CU_ASSERT_EQUAL(m[a - 1].average_precision, whole.value[M_AVERAGE_PRECISION]);
    CU_ASSERT_EQUAL(m[a - 1].tpr, whole.value[M_TPR_AT_FPR + 3]);
    nt_measured_done(&whole);
  }
}

static const check_case cases[] = {{"worked example", worked_example},
                                   {"as if alone", as_if_alone}};
CHECK_MAIN("attacks", cases)
