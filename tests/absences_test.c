/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every figure that does not exist states a reason, the first that applies. */
#include <ninetails/labels.h>

#include "metrics/measures.h"
#include "metrics_check.h"

static nt_measured measured(const sample *s, const uint8_t *labels, const double *times,
                            const double *training, size_t m, const nt_measure_options *o) {
  nt_measured result;
  nt_error err;
  CHECK_OK(nt_measure_run(s->scores, times, labels, s->n, training, m, o, &result, &err), err);
  for (size_t i = 0; i < nt_measure_count; i++)
    CU_ASSERT_EQUAL(isnan(result.value[i]), result.why[i] != NULL);
  return result;
}

static const char *why(const nt_measured *m, const char *name) {
  size_t i = nt_measure_find(name);
  CU_ASSERT_FATAL(i < nt_measure_count);
  return m->why[i] ? m->why[i] : "it exists";
}
#define WHY(m, name, expected) CU_ASSERT_STRING_EQUAL(why(&(m), name), expected)

static const double training[] = {1, 4};

static void each_kind_of_input(void) {
  sample s = {.n = 4, .scores = {1, 2, 3, 4}, .times = {0, 1, 2, 3}};
  nt_measured m = measured(&s, NULL, s.times, training, 2, NULL);
  WHY(m, "attacks", "no labels are given");
  WHY(m, "auc", "no labels are given");
  WHY(m, "alarms_per_hour", "no labels are given");
  WHY(m, "alarm_share", "it exists");
  nt_measured_done(&m);

  m = measured(&s, s.labels, s.times, NULL, 0, NULL);
  WHY(m, "auc_low", "no attack packet is scored");
  WHY(m, "threshold", "fewer than two distinct positive scores at the end of training");
  WHY(m, "threshold_fpr", "fewer than two distinct positive scores at the end of training");
  WHY(m, "benign_hours", "it exists");
  nt_measured_done(&m);

  m = measured(&s, s.labels, NULL, training, 2, NULL);
  WHY(m, "blocks", "no times are given");
  WHY(m, "threshold_tpr", "no attack packet is scored");
  nt_measured_done(&m);

  memset(s.labels, 1, 4);
  m = measured(&s, s.labels, s.times, training, 2, NULL);
  WHY(m, "eer", "no benign packet is scored");
  WHY(m, "alarm_share", "no benign packet is scored");
  WHY(m, "alarms_per_hour", "no time passes between benign packets");
  WHY(m, "onset_delay_mean", "no attack episode is noticed"); /* the threshold is 44 */
  nt_measured_done(&m);

  s.labels[0] = 0;
  m = measured(&s, s.labels, s.times, training, 2, NULL);
  WHY(m, "auc", "it exists");
  WHY(m, "auc_high", "it takes two attack and two benign packets");
  WHY(m, "auc_block_low", "neither attacks nor benign traffic have two blocks");
  nt_measured_done(&m);

  s.times[2] = NAN;
  m = measured(&s, s.labels, s.times, training, 2, NULL);
  WHY(m, "auc_block_low", "a time is not finite");
  nt_measured_done(&m);

  s.n = 0;
  m = measured(&s, NULL, s.times, training, 2, NULL);
  WHY(m, "alarm_blocks", "no packet is scored");
  nt_measured_done(&m);
}

static void each_option_and_odd_scores(void) {
  sample s = {.n = 6, .scores = {NAN, 5, 4, 3, 2, 1}, .labels = {0, 1, 0, 1, 0, 1}};
  for (size_t i = 0; i < s.n; i++) s.times[i] = 100 * (double)i;
  nt_measure_options o = nt_measure_defaults();
  o.replicates = 0;
  nt_measured m = measured(&s, s.labels, s.times, training, 2, &o);
  WHY(m, "eer_block_high", "bootstrap_replicates is 0");
  WHY(m, "threshold_at_fpr_0", "scores that are not a number rank highest");
  nt_measured_done(&m);

  s.scores[0] = 9;
  o = nt_measure_defaults();
  o.protocol.reference = NT_FPR_OF_ALL;
  m = measured(&s, s.labels, s.times, training, 2, &o);
  WHY(m, "threshold_at_fpr_0", "packets with the highest score are too many");
  WHY(m, "eer_block_high", "it exists");
  const char *word = NULL;
  for (size_t i = 0; i < nt_measure_count; i++)
    if (m.why[i] && strcmp(m.why[i], "fpr_reference is not benign") == 0)
      word = nt_measures[i].name;
  CU_ASSERT_PTR_NOT_NULL_FATAL(word);
  CU_ASSERT_PTR_NOT_NULL(strstr(word, "_block_high")); /* the interval of the TPR at an FPR */
  nt_measured_done(&m);
}

/* Samples with NaN, infinities, ties, a single packet of one class, and times that step back. */
static void whatever_the_scores(void) {
  uint64_t seed = 97;
  for (int round = 0; round < 300; round++) {
    sample s = random_sample(&seed);
    nt_measure_options o = nt_measure_defaults();
    o.replicates = 2 + random_below(&seed, 9);
    o.block_seconds = 1 + (double)random_below(&seed, 60), o.gap_seconds = o.block_seconds;
    o.protocol.smoothing = random_below(&seed, 4);
    nt_measured m = measured(&s, random_below(&seed, 9) ? s.labels : NULL, s.times, s.scores,
                             random_below(&seed, s.n), &o);
    nt_measured_done(&m);
  }
}

static void in_words(void) {
  static const nt_measure extra[] = {{.name = "mine"}, {.name = "yours"}};
  const double values[] = {NAN, 1};
  sample s = {.n = 3, .scores = {1, 2, 3}, .times = {0, 60, 120}, .labels = {0, 0, 1}};
  nt_measure_options o = nt_measure_defaults();
  o.tail_probability = 0.5; /* threshold 2 */
  nt_error err;
  nt_measured m = measured(&s, s.labels, s.times, training, 2, &o);
  CHECK_OK(nt_measured_explain(&m, extra, values, 2, &err), err);
  CU_ASSERT_STRING_EQUAL(m.absences, "it takes two attack and two benign packets: auc_low, "
                                     "auc_high; its function gave no number: mine");
  CHECK_OK(nt_measured_explain(&m, extra + 1, values + 1, 1, &err), err);
  CU_ASSERT_STRING_EQUAL(m.absences,
                         "it takes two attack and two benign packets: auc_low, auc_high");
  nt_measured_done(&m);

  s = (sample){.n = 4, .scores = {1, 2, 3, 4}, .times = {0, 60, 120, 180}, .labels = {0, 0, 1, 1}};
  m = measured(&s, s.labels, s.times, training, 2, &o);
  CHECK_OK(nt_measured_explain(&m, NULL, NULL, 0, &err), err);
  CU_ASSERT_STRING_EQUAL(m.absences, "");
  nt_measured_done(&m);
}

static const check_case cases[] = {
    {"each kind of input", each_kind_of_input},
    {"each option, and odd scores", each_option_and_odd_scores},
    {"whatever the scores", whatever_the_scores},
    {"in words", in_words},
};
CHECK_MAIN("absences", cases)
