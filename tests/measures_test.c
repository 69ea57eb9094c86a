/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/metrics.h>

#include "metrics/alarms.h"
#include "metrics/bootstrap.h"
#include "metrics/delong.h"
#include "metrics/measures.h"
#include "metrics_check.h"

static double of(const nt_measured *m, const char *name) {
  size_t i = nt_measure_find(name);
  if (i == nt_measure_count) printf("  no measure %s\n", name);
  CU_ASSERT_FATAL(i < nt_measure_count);
  return m->value[i];
}
#define IS(m, name, expected) CHECK_CLOSE(of(&(m), name), expected, 1e-14)
#define ABSENT(m, name) CU_ASSERT(isnan(of(&(m), name)))

static nt_measured measured(const sample *s, const double *training, size_t m,
                            const nt_measure_options *o) {
  nt_measured result;
  nt_error err;
  CHECK_OK(nt_measure_run(s->scores, s->times, s->labels, s->n, training, m, o, &result, &err),
           err);
  return result;
}

static bool equal_bits(const nt_measured *a, const nt_measured *b) {
  for (size_t i = 0; i < nt_measure_count; i++)
    if (!(a->value[i] == b->value[i] || (isnan(a->value[i]) && isnan(b->value[i])))) return false;
  return true;
}

/* ---------------------------------------------------------------- the list */

static void names_are_columns(void) {
  for (size_t i = 0; i < nt_measure_count; i++) {
    const nt_measure *m = &nt_measures[i];
    CU_ASSERT_FATAL(m->name && m->unit && m->long_name);
    /* Names are valid identifiers in pandas, R, SQL and Lua. */
    CU_ASSERT_EQUAL(strspn(m->name, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(m->name));
    CU_ASSERT(m->name[0] >= 'a' && m->name[0] <= 'z');
    CU_ASSERT_EQUAL(nt_measure_find(m->name), i); /* no name occurs twice */
    CU_ASSERT(*m->unit && *m->long_name);
    size_t length = strlen(m->name);
    if (length > 4 && strcmp(m->name + length - 4, "_low") == 0) {
      CU_ASSERT_EQUAL(m->better, NT_MEASURE_NEITHER);
      CU_ASSERT_PTR_NOT_NULL(strstr(nt_measures[i + 1].name, "_high"));
    }
  }
  CU_ASSERT_EQUAL(nt_measure_find("acu"), nt_measure_count);
  CU_ASSERT_EQUAL(nt_measures[nt_measure_find("auc")].better, NT_MEASURE_HIGHER);
  CU_ASSERT_EQUAL(nt_measures[nt_measure_find("eer")].better, NT_MEASURE_LOWER);
}

static void former_names_are_known(void) {
  static const char *const names[][2] = {
      {"tpr_at_fpr_1e-5", "tpr_at_fpr_1em5"},
      {"tpr_at_fpr_1e-4", "tpr_at_fpr_1em4"},
      {"tpr_at_fpr_1e-3", "tpr_at_fpr_1em3"},
      {"tpr_at_fpr_1e-2", "tpr_at_fpr_1em2"},
      {"tpr_at_fpr_1e-3_block_low", "tpr_at_fpr_1em3_block_low"},
      {"tpr_at_fpr_1e-3_block_high", "tpr_at_fpr_1em3_block_high"},
      {"threshold_at_fpr_1e-5", "threshold_at_fpr_1em5"},
      {"threshold_at_fpr_1e-4", "threshold_at_fpr_1em4"},
      {"threshold_at_fpr_1e-3", "threshold_at_fpr_1em3"},
      {"threshold_at_fpr_1e-2", "threshold_at_fpr_1em2"},
  };
  size_t renamed = 0;
  for (size_t i = 0; i < nt_measure_count; i++) renamed += nt_measures[i].formerly != NULL;
  CU_ASSERT_EQUAL(renamed, sizeof names / sizeof *names);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    CU_ASSERT_FATAL(nt_measure_find(names[i][0]) < nt_measure_count);
    CU_ASSERT_EQUAL(nt_measure_find(names[i][0]), nt_measure_find(names[i][1]));
    CU_ASSERT_STRING_EQUAL(nt_measure_name(names[i][0]), names[i][1]);
    CU_ASSERT_STRING_EQUAL(nt_measure_name(names[i][1]), names[i][1]);
  }
  CU_ASSERT_STRING_EQUAL(nt_measure_name("first_score"), "first_score");
}

/* ---------------------------------------------------------------- by hand */

/*
 * Ten packets a minute apart, gaps of an episode 90 s. Threshold 0.5 (training scores 0.25, 1 and
 * a tail of a half: the geometric mean). Alarms: packets 1, 3, 5, 6, 9.
 *   packet  0    1    2    3    4    5    6    7    8    9
 *   label   0    0    1    1    0    x    0    1    0    0
 *   score  .1   .6   .2   .9   .3   .8   .7   .4   .1   .5
 */
static void a_worked_example(void) {
  sample s = {.n = 10,
              .scores = {.1, .6, .2, .9, .3, .8, .7, .4, .1, .5},
              .labels = {0, 0, 1, 1, 0, NT_LABEL_EXCLUDED, 0, 1, 0, 0}};
  for (size_t i = 0; i < s.n; i++) s.times[i] = 1000 + 60 * (double)i;
  const double training[] = {0.25, NAN, 1, 0, -3, INFINITY};
  nt_measure_options o = nt_measure_defaults();
  o.tail_probability = 0.5, o.gap_seconds = 90, o.max_fpr = 0.5;
  nt_measured m = measured(&s, training, 6, &o);
  CU_ASSERT_STRING_EQUAL(m.absence, "");
  IS(m, "scored", 9);
  IS(m, "attacks", 3);
  IS(m, "benign", 6);
  IS(m, "excluded", 1);
  IS(m, "scores_nan", 0);
  IS(m, "scores_infinite", 0);
  /* ranked: A.9 b.7 b.6 b.5 A.4 b.3 A.2 bb.1: benign below the attacks: 6, 3, 2 of 6 */
  IS(m, "auc", 11. / 18);
  IS(m, "average_precision", (1 + 2. / 5 + 3. / 7) / 3);
  /* steps (1/6, 1/3) (1/3, 1/3) (1/2, 1/3) (1/2, 2/3): the line x = 1/2 crosses 1 - TPR = 1/2 */
  IS(m, "eer", 0.5);
  IS(m, "eer_nearest", (1. / 2 + 2. / 3) / 2); /* of (1/2, 1/3) and (1/2, 2/3) the higher */
  IS(m, "partial_auc", 1. / 6);
  IS(m, "partial_auc_standardised", (1 + (1. / 6 - .125) / (.5 - .125)) / 2);
  IS(m, "tpr_at_fpr_0", 1. / 3);
  IS(m, "tpr_at_fpr_1em2", 1. / 3);
  IS(m, "threshold_at_fpr_1em3", .9);
  IS(m, "best_f1", 0.6);
  IS(m, "best_f1_precision", 3. / 7);
  IS(m, "best_f1_recall", 1);
  IS(m, "best_f1_threshold", .2);
  IS(m, "threshold", 0.5);
  IS(m, "threshold_sample", 2);
  IS(m, "threshold_tpr", 1. / 3);
  IS(m, "threshold_fpr", 0.5);
  /* 3 of 6 blocks of a packet each have a share above sqrt(0.5); 6 would by chance with
   * probability 0.707^6 = 1/8 */
  IS(m, "alarm_share", 0.5);
  IS(m, "alarm_blocks", 6);
  IS(m, "alarm_blocks_over", 3);
  IS(m, "alarm_blocks_allowed", 6);
  /* episodes: 2-3 (noticed after a minute) and 7 (missed) */
  IS(m, "episodes", 2);
  IS(m, "episodes_missed", 1);
  IS(m, "onset_delay_mean", 60);
  CU_ASSERT_EQUAL(of(&m, "onset_delay_median"), INFINITY);
  /* outside of them: 0-1, 4-6, 8-9, 4 minutes; alarms at 1, 6 and 9; the
   * excluded one does not count */
  IS(m, "benign_hours", 4. / 60);
  IS(m, "alarms_per_hour", 45);
  IS(m, "incidents_per_hour", 45);
  /* blocks of a minute: 0, 1, the first episode, 4, 5, 6, the second one, 8, 9 */
  IS(m, "blocks", 9);
  IS(m, "attack_blocks", 2);
  CU_ASSERT(m.roc.count >= 2 && m.precision_recall.count >= 2);
  nt_measured_done(&m);
  CU_ASSERT_PTR_NULL(m.value);
}

/* ---------------------------------------------------------------- equal to single functions */

static void check_single_functions(const sample *s, const nt_measured *m,
                                   const nt_measure_options *o) {
  nt_ranking *r = rank_sample(s);
  nt_error err;
  nt_delong d;
  nt_partial_area p;
  CHECK_OK(nt_delong_interval(r, o->level, &d, &err), err);
  CHECK_OK(nt_partial_auc(r, o->max_fpr, &p, &err), err);
  nt_operating_point at = nt_point_at_threshold(r, of(m, "threshold"));
  nt_f1 f1 = nt_best_f1(r);
  const struct {
    const char *name;
    double expected;
  } same[] = {{"auc", nt_auc(r)},
              {"auc_low", d.low},
              {"auc_high", d.high},
              {"eer", nt_equal_error_rate(r).interpolated},
              {"eer_nearest", nt_equal_error_rate(r).nearest},
              {"average_precision", nt_average_precision(r)},
              {"partial_auc", p.area},
              {"partial_auc_standardised", p.standardised},
              {"tpr_at_fpr_0", nt_point_at_fpr(r, 0, NT_FPR_OF_BENIGN).tpr},
              {"tpr_at_fpr_1em5", nt_point_at_fpr(r, 1e-5, NT_FPR_OF_BENIGN).tpr},
              {"tpr_at_fpr_1em4", nt_point_at_fpr(r, 1e-4, NT_FPR_OF_BENIGN).tpr},
              {"tpr_at_fpr_1em3", nt_point_at_fpr(r, 1e-3, NT_FPR_OF_BENIGN).tpr},
              {"tpr_at_fpr_1em2", nt_point_at_fpr(r, 1e-2, NT_FPR_OF_BENIGN).tpr},
              {"threshold_at_fpr_1em2", nt_point_at_fpr(r, 1e-2, NT_FPR_OF_BENIGN).threshold},
              {"threshold_tpr", at.tpr},
              {"threshold_fpr", at.fpr},
              {"best_f1", f1.f1},
              {"best_f1_threshold", f1.threshold}};
  for (size_t i = 0; i < sizeof same / sizeof *same; i++)
    CHECK_CLOSE(of(m, same[i].name), same[i].expected, 0);
  nt_ranking_free(r);
}

static void check_intervals(const sample *s, const nt_measured *m, const nt_measure_options *o) {
  nt_ranking *r = rank_sample(s);
  nt_error err;
  nt_episodes e;
  nt_blocks b;
  nt_episode_options gap = {0, o->gap_seconds};
  CHECK_OK(nt_episodes_find(s->labels, s->times, s->n, &gap, &e, &err), err);
  CHECK_OK(nt_blocks_make(s->times, s->labels, s->n, o->block_seconds, &e, &b, &err), err);
  double table[20 * NT_BOOT_METRICS];
  CHECK_OK(nt_bootstrap(r, &b, &(nt_bootstrap_options){20, o->seed, 0}, table, &err), err);
  const struct {
    int metric;
    const char *low, *high;
  } same[] = {
      {NT_BOOT_AUC, "auc_block_low", "auc_block_high"},
      {NT_BOOT_EER, "eer_block_low", "eer_block_high"},
      {NT_BOOT_AVERAGE_PRECISION, "average_precision_block_low", "average_precision_block_high"},
      {NT_BOOT_TPR + 3, "tpr_at_fpr_1em3_block_low", "tpr_at_fpr_1em3_block_high"}};
  for (int i = 0; i < 4; i++) {
    nt_bootstrap_result result;
    CHECK_OK(nt_bootstrap_interval(table, NULL, 20, same[i].metric, o->level, &result, &err), err);
    if (!nt_blocks_vary(&b)) CU_ASSERT(isnan(of(m, same[i].low)) && isnan(of(m, same[i].high)));
    if (!nt_blocks_vary(&b)) continue;
    CHECK_CLOSE(of(m, same[i].low), result.low, 0);
    CHECK_CLOSE(of(m, same[i].high), result.high, 0);
  }
  CHECK_CLOSE(of(m, "blocks"), (double)b.count, 0);
  CHECK_CLOSE(of(m, "attack_blocks"), (double)e.count, 0);
  nt_blocks_done(&b), nt_episodes_done(&e);
  nt_ranking_free(r);
}

static void equal_to_the_single_functions(void) {
  uint64_t seed = 91;
  for (int round = 0; round < 200; round++) {
    sample s = random_sample(&seed);
    nt_measure_options o = nt_measure_defaults();
    o.replicates = 20, o.seed = 1 + random_below(&seed, 9), o.block_seconds = 2, o.gap_seconds = 1;
    o.level = 0.9, o.max_fpr = 0.3;
    const double training[] = {0.5, 1, 2};
    nt_measured m = measured(&s, training, 3, &o);
    check_single_functions(&s, &m, &o);
    check_intervals(&s, &m, &o);
    nt_measured_done(&m);
  }
}

static void threads_change_nothing(void) {
  uint64_t seed = 92;
  sample s = random_sample(&seed);
  nt_measure_options o = nt_measure_defaults();
  o.protocol = nt_protocol_paper();
  setenv("OMP_NUM_THREADS", "1", 1);
  nt_measured one = measured(&s, s.scores, s.n, &o);
  setenv("OMP_NUM_THREADS", "3", 1);
  nt_measured three = measured(&s, s.scores, s.n, &o);
  unsetenv("OMP_NUM_THREADS");
  CU_ASSERT(equal_bits(&one, &three));
  nt_measured_done(&one), nt_measured_done(&three);
}

/* ---------------------------------------------------------------- absent figures */

static void only_these_exist(const nt_measured *m, const char *const *names, size_t count) {
  for (size_t i = 0; i < nt_measure_count; i++) {
    bool expected = false;
    for (size_t k = 0; k < count; k++) expected |= strcmp(names[k], nt_measures[i].name) == 0;
    if (isnan(m->value[i]) == expected) printf("  %s = %g\n", nt_measures[i].name, m->value[i]);
    CU_ASSERT_EQUAL(isnan(m->value[i]), !expected);
  }
}
#define ONLY(m, ...)                                                                               \
  do {                                                                                             \
    static const char *const only_[] = {__VA_ARGS__};                                              \
    only_these_exist(&(m), only_, sizeof only_ / sizeof *only_);                                   \
  } while (0)
#define COUNTS "scored", "attacks", "benign", "excluded", "scores_nan", "scores_infinite"
#define TIMED "blocks", "attack_blocks", "episodes", "benign_hours"
#define SHARES "alarm_share", "alarm_blocks", "alarm_blocks_over", "alarm_blocks_allowed"

static void absent_figures_are_nan(void) {
  sample s = {.n = 4, .scores = {1, 2, 3, 4}, .times = {0, 1, 2, 3}};
  const double training[] = {1, 4};
  nt_measure_options o = nt_measure_defaults();
  o.tail_probability = 0.5; /* threshold 2 */
  nt_measured m = measured(&s, training, 2, &o);
  CU_ASSERT_STRING_EQUAL(m.absence, "no attack packet is scored");
  ONLY(m, COUNTS, TIMED, "threshold", "threshold_sample", "threshold_fpr", SHARES,
       "episodes_missed", "alarms_per_hour", "incidents_per_hour");
  IS(m, "threshold_fpr", 0.75);
  IS(m, "alarms_per_hour", 3600);
  IS(m, "incidents_per_hour", 1200);
  CU_ASSERT(m.roc.count == 0 && m.precision_recall.count == 0);
  nt_measured_done(&m);

  memset(s.labels, 1, 4);
  m = measured(&s, training, 2, &o);
  CU_ASSERT_STRING_EQUAL(m.absence, "no benign packet is scored");
  ONLY(m, COUNTS, TIMED, "threshold", "threshold_sample", "threshold_tpr", "episodes_missed",
       "onset_delay_median", "onset_delay_mean");
  IS(m, "threshold_tpr", 0.75);
  IS(m, "onset_delay_mean", 1);
  IS(m, "onset_delay_median", 1);
  IS(m, "benign_hours", 0);
  nt_measured_done(&m);

  const double mostly_negative[] = {1, 4, -1, NAN, -3, 0};
  m = measured(&s, mostly_negative, 6, &o);
  IS(m, "threshold_sample", 2);
  CU_ASSERT(isnan(m.value[nt_measure_find("threshold")]));
  CU_ASSERT(isnan(m.value[nt_measure_find("threshold_tpr")]));
  nt_measured_done(&m);

  memset(s.labels, NT_LABEL_EXCLUDED, 4);
  m = measured(&s, NULL, 0, &o);
  CU_ASSERT_STRING_EQUAL(m.absence, "no packet is scored");
  ONLY(m, COUNTS, TIMED, "threshold_sample");
  nt_measured_done(&m);

  s.n = 0;
  m = measured(&s, NULL, 0, &o);
  CU_ASSERT_STRING_EQUAL(m.absence, "no packet is scored");
  ONLY(m, COUNTS, TIMED, "threshold_sample");
  nt_measured_done(&m);

  nt_error err;
  CHECK_OK(nt_measure_run(s.scores, s.times, NULL, 4, training, 2, &o, &m, &err), err);
  CU_ASSERT_STRING_EQUAL(m.absence, "no labels are given");
  ONLY(m, "scored", "scores_nan", "scores_infinite", "threshold", "threshold_sample", SHARES);
  nt_measured_done(&m);
}

#define RANKED                                                                                     \
  "auc", "auc_low", "auc_high", "eer", "eer_nearest", "average_precision", "partial_auc",          \
      "partial_auc_standardised", "tpr_at_fpr_0", "tpr_at_fpr_1em5", "tpr_at_fpr_1em4",            \
      "tpr_at_fpr_1em3", "tpr_at_fpr_1em2", "best_f1", "best_f1_precision", "best_f1_recall"

static void without_times_or_with_nan_scores(void) {
  sample s = {
      .n = 4, .scores = {NAN, NAN, NAN, -NAN}, .times = {0, NAN, 2, 3}, .labels = {0, 1, 1, 0}};
  nt_measured m = measured(&s, s.scores, 4, NULL);
  CU_ASSERT_STRING_EQUAL(m.absence, "every score is not a number");
  ONLY(m, COUNTS, "threshold_sample"); /* an alarm for every packet is no skill of 0.5 */
  IS(m, "scores_nan", 4);
  nt_measured_done(&m);
  nt_error err;
  s.scores[1] = 5; /* one number is enough */
  CHECK_OK(nt_measure_run(s.scores, NULL, s.labels, 4, NULL, 0, NULL, &m, &err), err);
  IS(m, "auc", 0.25);
  ONLY(m, COUNTS, RANKED, "best_f1_threshold", "threshold_sample");
  nt_measured_done(&m);

  /* infinities are scores like others */
  sample t = {.n = 4, .scores = {-INFINITY, INFINITY, 1, -INFINITY}, .labels = {0, 1, 0, 1}};
  m = measured(&t, NULL, 0, NULL);
  IS(m, "scores_infinite", 3);
  IS(m, "auc", (2 + .5) / 4);
  IS(m, "tpr_at_fpr_0", .5);
  CU_ASSERT_EQUAL(of(&m, "threshold_at_fpr_0"), INFINITY);
  nt_measured_done(&m);
}

static void without_replicates(void) {
  uint64_t seed = 93;
  sample s = random_sample(&seed);
  nt_measure_options o = nt_measure_defaults();
  o.replicates = 0;
  nt_measured m = measured(&s, NULL, 0, &o);
  ABSENT(m, "auc_block_low");
  ABSENT(m, "eer_block_high");
  ABSENT(m, "tpr_at_fpr_1em3_block_low");
  CU_ASSERT(of(&m, "blocks") >= 1);
  nt_measured_done(&m);
}

/* ---------------------------------------------------------------- protocol */

static void folding_folds_the_intervals(void) {
  uint64_t seed = 94;
  int below = 0, across = 0;
  for (int round = 0; round < 300; round++) {
    sample s = random_sample(&seed);
    if (round % 2)
      for (size_t i = 0; i < s.n; i++) s.scores[i] = -s.scores[i]; /* NaN still ranks highest */
    nt_measure_options o = nt_measure_defaults();
    o.replicates = 20, o.block_seconds = 2, o.gap_seconds = 0;
    nt_measured plain = measured(&s, NULL, 0, &o);
    o.protocol.fold_auc = true;
    nt_measured folded = measured(&s, NULL, 0, &o);
    double auc = of(&plain, "auc");
    CHECK_CLOSE(of(&folded, "auc"), fmax(auc, 1 - auc), 0);
    static const char *const ends[][2] = {{"auc_low", "auc_high"},
                                          {"auc_block_low", "auc_block_high"}};
    for (int k = 0; k < 2; k++) {
      double low = of(&plain, ends[k][0]), high = of(&plain, ends[k][1]);
      double got_low = of(&folded, ends[k][0]), got_high = of(&folded, ends[k][1]);
      if (isnan(low)) {
        CU_ASSERT(isnan(got_low) && isnan(got_high));
        continue;
      }
      /* the folded interval is the set of the folded values */
      double least = INFINITY, most = -INFINITY;
      for (int i = 0; i <= 1000; i++) {
        double x = low + (high - low) * i / 1000, y = fmax(x, 1 - x);
        least = fmin(least, y), most = fmax(most, y);
      }
      CHECK_CLOSE(got_low, least, 1e-3);
      CHECK_CLOSE(got_high, most, 1e-12);
      below += high < .5, across += low < .5 && high > .5;
    }
    CHECK_CLOSE(of(&folded, "eer"), of(&plain, "eer"), 0);
    CHECK_CLOSE(of(&folded, "tpr_at_fpr_0"), of(&plain, "tpr_at_fpr_0"), 0);
    nt_measured_done(&plain), nt_measured_done(&folded);
  }
  CU_ASSERT(below > 20 && across > 20); /* both cases occur */
}

/* Smoothing changes the rates and their intervals, which are those of the smoothed scores. */
static void smoothing_changes_the_rates_alone(void) {
  uint64_t seed = 95;
  for (int round = 0; round < 100; round++) {
    sample s = random_sample(&seed), smooth = s;
    nt_measure_options o = nt_measure_defaults();
    o.replicates = 20, o.block_seconds = 2, o.gap_seconds = 1;
    nt_error err;
    CHECK_OK(nt_smooth(s.scores, s.n, 5, smooth.scores, &err), err);
    nt_measured plain = measured(&s, s.scores, s.n, &o), of_smooth = measured(&smooth, NULL, 0, &o);
    o.protocol.smoothing = 5;
    nt_measured both = measured(&s, s.scores, s.n, &o);
    for (size_t i = 0; i < nt_measure_count; i++) {
      bool rate = strstr(nt_measures[i].name, "_at_fpr_");
      CHECK_CLOSE(both.value[i], (rate ? &of_smooth : &plain)->value[i], 0);
    }
    nt_measured_done(&plain), nt_measured_done(&of_smooth), nt_measured_done(&both);
  }
}

/* With all packets in one block nothing would vary, which would look like certainty. */
static void one_block_has_no_interval(void) {
  uint64_t seed = 96;
  sample s = random_sample(&seed);
  nt_measure_options o = nt_measure_defaults();
  o.block_seconds = o.gap_seconds = 1e9;
  nt_measured m = measured(&s, NULL, 0, &o);
  CU_ASSERT(of(&m, "attack_blocks") == 1 && of(&m, "blocks") <= 2);
  CU_ASSERT(!isnan(of(&m, "auc")));
  ABSENT(m, "auc_block_low");
  ABSENT(m, "auc_block_high");
  nt_measured_done(&m);
}

static void shares_of_all_packets_have_no_interval(void) {
  uint64_t seed = 96;
  sample s = random_sample(&seed);
  nt_measure_options o = nt_measure_defaults();
  o.protocol.reference = NT_FPR_OF_ALL;
  o.block_seconds = o.gap_seconds = 0.5;
  for (size_t smoothing = 0; smoothing < 8; smoothing += 7) {
    o.protocol.smoothing = smoothing;
    nt_measured m = measured(&s, NULL, 0, &o);
    ABSENT(m, "tpr_at_fpr_1em3_block_low");
    ABSENT(m, "tpr_at_fpr_1em3_block_high");
    CU_ASSERT(!isnan(of(&m, "eer_block_low")));
    nt_measured_done(&m);
  }
}

/* ---------------------------------------------------------------- errors */

static void options_out_of_range(void) {
  sample s = {.n = 2, .scores = {0, 1}, .times = {0, 1}, .labels = {0, 1}};
  const nt_measure_options good = nt_measure_defaults();
  nt_measure_options bad[10];
  for (int i = 0; i < 10; i++) bad[i] = good;
  bad[0].tail_probability = 0, bad[1].tail_probability = 1, bad[2].level = NAN, bad[3].level = 1;
  bad[4].max_fpr = 0, bad[5].max_fpr = 1.5, bad[6].replicates = 1, bad[7].block_seconds = 0;
  bad[8].gap_seconds = -1, bad[9].curve_points = 1;
  static const char *const names[] = {
      "tail_probability", "tail_probability", "level",         "level",       "max_fpr",
      "max_fpr",          "replicates",       "block_seconds", "gap_seconds", "curve_points"};
  for (int i = 0; i < 10; i++) {
    nt_measured m;
    nt_error err;
    CU_ASSERT_EQUAL(nt_measure_run(s.scores, s.times, s.labels, 2, NULL, 0, &bad[i], &m, &err),
                    NT_E_ARGUMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, names[i]));
    CU_ASSERT_PTR_NULL(m.value);
  }
  s.labels[1] = 7;
  nt_measured m;
  nt_error err;
  CU_ASSERT_EQUAL(nt_measure_run(s.scores, s.times, s.labels, 2, NULL, 0, &good, &m, &err),
                  NT_E_INPUT);
  CU_ASSERT_PTR_NULL(m.value);
  CU_ASSERT_EQUAL(nt_measure_run(s.scores, s.times, s.labels, 2, NULL, 0, &good, &m, NULL),
                  NT_E_INPUT);
}

static const check_case cases[] = {
    {"names are columns", names_are_columns},
    {"former names are known", former_names_are_known},
    {"a worked example", a_worked_example},
    {"equal to the single functions", equal_to_the_single_functions},
    {"threads change nothing", threads_change_nothing},
    {"absent figures are NaN", absent_figures_are_nan},
    {"without times, or with NaN scores", without_times_or_with_nan_scores},
    {"without replicates", without_replicates},
    {"folding folds the intervals", folding_folds_the_intervals},
    {"smoothing changes the rates alone", smoothing_changes_the_rates_alone},
    {"one block has no interval", one_block_has_no_interval},
    {"shares of all packets have no interval", shares_of_all_packets_have_no_interval},
    {"options out of range", options_out_of_range},
};
CHECK_MAIN("measures", cases)
