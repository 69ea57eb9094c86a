/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metrics/measures.h"
#include "metrics/paired.h"
#include "metrics/precision_recall.h"
#include "metrics/rank_tests.h"
#include "metrics_check.h"

static void names_are_measures(void) {
  for (int m = 0; m < NT_BOOT_METRICS; m++) {
    size_t at = nt_measure_find(nt_paired_names[m]);
    CU_ASSERT_FATAL(at < nt_measure_count);
    CU_ASSERT_EQUAL(nt_measures[at].better == NT_MEASURE_HIGHER, nt_paired_higher_is_better(m));
  }
}

static void equal_to_the_single_functions(void) {
  uint64_t seed = 101;
  for (int round = 0; round < 100; round++) {
    sample a = random_sample(&seed), b = a;
    for (size_t i = 0; i < b.n; i++)
      if (random_below(&seed, 3) == 0) b.scores[i] = random_unit(&seed);
    nt_paired_options o = nt_paired_defaults();
    o.level = 0.9, o.replicates = 20, o.block_seconds = 3, o.gap_seconds = 1;
    o.seed = 1 + random_below(&seed, 5);
    nt_paired got;
    nt_error err;
    CHECK_OK(nt_paired_compare(a.scores, b.scores, a.times, a.labels, a.n, &o, &got, &err), err);
    nt_ranking *ra = rank_sample(&a), *rb = rank_sample(&b);
    nt_delong_difference d;
    CHECK_OK(nt_delong_compare(ra, rb, 0.9, &d, &err), err);
    CHECK_CLOSE(got.delong.difference, d.difference, 0);
    CHECK_CLOSE(got.delong.low, d.low, 0);
    CHECK_CLOSE(got.delong.p, d.p, 0);
    CHECK_CLOSE(got.a[NT_BOOT_AUC], nt_auc(ra), 0);
    CHECK_CLOSE(got.b[NT_BOOT_EER], nt_equal_error_rate(rb).interpolated, 0);
    CHECK_CLOSE(got.b[NT_BOOT_AVERAGE_PRECISION], nt_average_precision(rb), 0);
    nt_episodes e;
    nt_blocks blocks;
    nt_episode_options gap = {0, 1};
    CHECK_OK(nt_episodes_find(a.labels, a.times, a.n, &gap, &e, &err), err);
    CHECK_OK(nt_blocks_make(a.times, a.labels, a.n, 3, &e, &blocks, &err), err);
    static double ta[20 * NT_BOOT_METRICS], tb[20 * NT_BOOT_METRICS];
    CHECK_OK(nt_bootstrap(ra, &blocks, &(nt_bootstrap_options){20, o.seed, 0}, ta, &err), err);
    CHECK_OK(nt_bootstrap(rb, &blocks, &(nt_bootstrap_options){20, o.seed, 0}, tb, &err), err);
    CU_ASSERT(got.blocks == blocks.count && got.attack_blocks == e.count);
    for (int m = 0; m < NT_BOOT_METRICS; m++) {
      nt_bootstrap_result r;
      CHECK_OK(nt_bootstrap_interval(ta, tb, 20, m, 0.9, &r, &err), err);
      if (!nt_blocks_vary(&blocks)) CU_ASSERT(isnan(got.difference[m].low));
      if (!nt_blocks_vary(&blocks)) continue;
      CHECK_CLOSE(got.difference[m].low, r.low, 0);
      CHECK_CLOSE(got.difference[m].high, r.high, 0);
      size_t benign = blocks.count - e.count;
      double least =
          pow(2, 1.0 - (double)((e.count > 1 ? e.count : 0) + (benign > 1 ? benign : 0)));
      CHECK_CLOSE(got.block_floor, least, 0);
      CHECK_CLOSE(got.difference[m].p, fmax(r.p, least), 0);
      CHECK_CLOSE(got.difference[m].floor, fmax(2. / 21, least), 0);
    }
    nt_blocks_done(&blocks), nt_episodes_done(&e);
    nt_ranking_free(ra), nt_ranking_free(rb);
  }
}

static void better_in_every_block(void) {
  uint64_t seed = 102;
  sample a = random_sample(&seed), b = a;
  for (size_t i = 0; i < a.n; i++) {
    a.times[i] = (double)i;
    a.scores[i] = a.labels[i] == 1 ? 2 : 1;
    b.scores[i] = random_unit(&seed);
  }
  nt_paired_options o = nt_paired_defaults();
  o.block_seconds = 5, o.gap_seconds = 0;
  nt_paired got;
  nt_error err;
  CHECK_OK(nt_paired_compare(a.scores, b.scores, a.times, a.labels, a.n, &o, &got, &err), err);
  CU_ASSERT_EQUAL(got.a[NT_BOOT_AUC], 1);
  CU_ASSERT(got.difference[NT_BOOT_AUC].low > 0 && got.difference[NT_BOOT_EER].high < 0);
  CU_ASSERT(got.difference[NT_BOOT_AUC].p < 0.01 && got.delong.p < 0.01);
  CHECK_OK(nt_paired_compare(a.scores, a.scores, a.times, a.labels, a.n, &o, &got, &err), err);
  for (int m = 0; m < NT_BOOT_METRICS; m++)
    CU_ASSERT(got.difference[m].low == 0 && got.difference[m].high == 0 &&
              got.difference[m].p == 1);
}

/* a is better in each of many blocks, so p is at its floor. More replicates lower the
 * floor where it would decide. */
static void replicates_follow_what_decides(void) {
  uint64_t seed = 103;
  sample a = random_sample(&seed), b = a;
  for (size_t i = 0; i < a.n; i++) {
    a.times[i] = (double)i;
    a.labels[i] = i % 8 == 3;
    a.scores[i] = a.labels[i] == 1 ? 2 : 1;
    b.scores[i] = random_unit(&seed);
  }
  nt_paired_options o = nt_paired_defaults();
  o.block_seconds = 5, o.gap_seconds = 0;
  nt_paired plain, more;
  nt_error err;
  CHECK_OK(nt_paired_compare(a.scores, b.scores, a.times, a.labels, a.n, &o, &plain, &err), err);
  CU_ASSERT(plain.replicates == 1000 && plain.block_floor < 1e-6);
  CHECK_CLOSE(plain.difference[NT_BOOT_AUC].p, 2. / 1001, 1e-15);
  CU_ASSERT_EQUAL(plain.difference[NT_BOOT_AUC].p, plain.difference[NT_BOOT_AUC].floor);

  o.decides = 0.05; /* the floor 2 / 1001 lies well below */
  CHECK_OK(nt_paired_compare(a.scores, b.scores, a.times, a.labels, a.n, &o, &more, &err), err);
  CU_ASSERT_EQUAL(more.replicates, 1000);
  o.decides = 0.05 / 40;
  CHECK_OK(nt_paired_compare(a.scores, b.scores, a.times, a.labels, a.n, &o, &more, &err), err);
  CU_ASSERT_EQUAL(more.replicates, 8000); /* for a floor of 0.05 / 200 */
  CHECK_CLOSE(more.difference[NT_BOOT_AUC].p, 2. / 8001, 1e-15);
  nt_paired_options all = o; /* as all replicates at once */
  all.decides = 0, all.replicates = 8000;
  nt_paired once;
  CHECK_OK(nt_paired_compare(a.scores, b.scores, a.times, a.labels, a.n, &all, &once, &err), err);
  for (int m = 0; m < NT_BOOT_METRICS; m++)
    CU_ASSERT(once.difference[m].low == more.difference[m].low &&
              once.difference[m].high == more.difference[m].high &&
              once.difference[m].p == more.difference[m].p);
  o.most = 3000;
  CHECK_OK(nt_paired_compare(a.scores, b.scores, a.times, a.labels, a.n, &o, &more, &err), err);
  CU_ASSERT_EQUAL(more.replicates, 3000);
  CHECK_OK(nt_paired_compare(a.scores, a.scores, a.times, a.labels, a.n, &o, &more, &err), err);
  CU_ASSERT_EQUAL(more.replicates, 1000); /* p = 1 needs no more replicates */
}

/* Three blocks without attacks and one with: p is 2^-2 at best, however
 * many replicates are drawn. */
static void few_blocks_have_a_floor(void) {
  enum { N = 80 };
  double a[N], b[N], times[N];
  uint8_t labels[N];
  for (size_t i = 0; i < N; i++) {
    times[i] = (double)i;
    labels[i] = i / 20 == 1;
    a[i] = labels[i] ? 2 : (double)(i % 7) / 7;
    b[i] = (double)(i % 5);
  }
  nt_paired_options o = nt_paired_defaults();
  o.block_seconds = 20, o.gap_seconds = 0, o.decides = 0.001;
  nt_paired got;
  nt_error err;
  CHECK_OK(nt_paired_compare(a, b, times, labels, N, &o, &got, &err), err);
  CU_ASSERT(got.blocks == 4 && got.attack_blocks == 1 && got.replicates == 1000);
  CHECK_CLOSE(got.block_floor, 0.25, 0);
  CHECK_CLOSE(got.difference[NT_BOOT_AUC].p, 0.25, 0);
  CHECK_CLOSE(got.difference[NT_BOOT_AUC].floor, 0.25, 0);
  CU_ASSERT(got.difference[NT_BOOT_AUC].low > 0);
}

static void what_is_not_there(void) {
  sample s = {.n = 4, .scores = {1, 2, 3, 4}, .times = {0, 1, 2, NAN}, .labels = {0, 1, 0, 1}};
  nt_paired got;
  nt_error err;
  CHECK_OK(nt_paired_compare(s.scores, s.scores, s.times, s.labels, 4, NULL, &got, &err), err);
  CU_ASSERT(got.blocks == 0 && got.delong.p == 1 && isnan(got.difference[NT_BOOT_AUC].p));
  CHECK_OK(nt_paired_compare(s.scores, s.scores, NULL, s.labels, 4, NULL, &got, &err), err);
  CU_ASSERT(got.blocks == 0 && got.a[NT_BOOT_AUC] == 0.75);
  s.times[3] = 3, s.labels[1] = s.labels[3] = 0;
  CHECK_OK(nt_paired_compare(s.scores, s.scores, s.times, s.labels, 4, NULL, &got, &err), err);
  CU_ASSERT_EQUAL(got.absence, NT_ABSENT_NO_ATTACK);
  CU_ASSERT(isnan(got.a[NT_BOOT_AUC]) && isnan(got.delong.p));
  CU_ASSERT(isnan(got.difference[NT_BOOT_TPR].low) && got.difference[0].defined == 0);
}

static void refusals(void) {
  sample s = {.n = 2, .scores = {1, 2}, .times = {0, 1}, .labels = {0, 1}};
  nt_paired_options bad[7];
  for (int i = 0; i < 7; i++) bad[i] = nt_paired_defaults();
  bad[5].decides = 1, bad[6].metric = NT_BOOT_METRICS;
  bad[0].level = 1, bad[1].replicates = 1, bad[2].block_seconds = NAN, bad[3].gap_seconds = -1;
  s.labels[1] = 1;
  nt_paired got;
  nt_error err;
  for (int i = 0; i < 7; i++)
    if (i != 4)
      CU_ASSERT_EQUAL(
          nt_paired_compare(s.scores, s.scores, s.times, s.labels, 2, &bad[i], &got, &err),
          NT_E_ARGUMENT);
  s.labels[1] = 3;
  CU_ASSERT_EQUAL(nt_paired_compare(s.scores, s.scores, s.times, s.labels, 2, &bad[4], &got, NULL),
                  NT_E_INPUT);
}

/* Worked by hand: sorted 0.005 0.01 0.03 0.04, times 4 3 2 1, then the running maximum. */
static void holm_by_hand(void) {
  const double p[] = {0.01, 0.04, 0.03, 0.005}, expected[] = {0.03, 0.06, 0.06, 0.02};
  double adjusted[4];
  nt_error err;
  CHECK_OK(nt_holm(p, 4, adjusted, &err), err);
  for (int i = 0; i < 4; i++) CHECK_CLOSE(adjusted[i], expected[i], 1e-15);
  CHECK_OK(nt_holm(p, 0, adjusted, &err), err);
  const double high[] = {0.9, 0.8};
  CHECK_OK(nt_holm(high, 2, adjusted, &err), err);
  CU_ASSERT(adjusted[0] == 1 && adjusted[1] == 1);
}

static const check_case cases[] = {
    {"names are measures", names_are_measures},
    {"equal to the single functions", equal_to_the_single_functions},
    {"better in every block", better_in_every_block},
    {"replicates follow what decides", replicates_follow_what_decides},
    {"few blocks have a floor", few_blocks_have_a_floor},
    {"what is not there", what_is_not_there},
    {"refusals", refusals},
    {"Holm by hand", holm_by_hand},
};
CHECK_MAIN("paired", cases)
