/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_statistics_double.h>

#include "metrics/bootstrap.h"
#include "metrics/precision_recall.h"
#include "metrics_check.h"

/* ---------------------------------------------------------------- blocks */

static void blocks_cut_by_time(void) {
  const double times[] = {0, 1, 9.5, 10, 9, 45, 49, 50};
  const uint8_t labels[] = {0, 0, 0, 1, 0, 0, 0, 1};
  /* cut: 0 1 9.5 | 10 9 (clock steps back) | 45 49 | 50; the second and the last hold attacks */
  static const uint32_t expected[] = {2, 2, 2, 0, 0, 3, 3, 1};
  nt_blocks b;
  nt_error err;
  CHECK_OK(nt_blocks_make(times, labels, 8, 10, NULL, &b, &err), err);
  CU_ASSERT_EQUAL(b.count, 4);
  CU_ASSERT_EQUAL(b.attack_blocks, 2);
  for (int i = 0; i < 8; i++) CU_ASSERT_EQUAL(b.block[i], expected[i]);
  nt_blocks_done(&b);
  CHECK_OK(nt_blocks_make(times, labels, 8, 1e-300, NULL, &b, &err),
           err); /* a block for each packet, except the step back */
  CU_ASSERT_EQUAL(b.count, 7);
  nt_blocks_done(&b);
  CU_ASSERT_EQUAL(nt_blocks_make(times, labels, 8, 0, NULL, &b, &err), NT_E_ARGUMENT);
  const double bad[] = {0, NAN};
  CU_ASSERT_EQUAL(nt_blocks_make(bad, labels, 2, 1, NULL, &b, &err), NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "packet 1"));
}

static void episodes_are_blocks(void) {
  uint64_t seed = 71;
  for (int round = 0; round < 200; round++) {
    sample s = random_sample(&seed);
    nt_episodes e;
    nt_blocks b;
    nt_error err;
    CHECK_OK(nt_episodes_find(s.labels, s.times, s.n, &(nt_episode_options){2, 0}, &e, &err), err);
    CHECK_OK(nt_blocks_make(s.times, s.labels, s.n, 3, &e, &b, &err), err);
    CU_ASSERT_EQUAL(b.attack_blocks, e.count);
    bool used[SAMPLE_MAX] = {false};
    for (size_t i = 0; i < s.n; i++) {
      CU_ASSERT_FATAL(b.block[i] < b.count);
      used[b.block[i]] = true;
      bool inside = false;
      for (size_t k = 0; k < e.count; k++)
        if (i >= e.episode[k].first && i <= e.episode[k].last) {
          inside = true;
          CU_ASSERT_EQUAL(b.block[i], k);
        }
      if (!inside) CU_ASSERT(b.block[i] >= e.count);
    }
    for (size_t k = 0; k < b.count; k++) CU_ASSERT(used[k]);
    nt_blocks_done(&b);
    nt_episodes_done(&e);
  }
}

/* ---------------------------------------------------------------- replicates */

static nt_blocks blocks_of(const sample *s) {
  nt_blocks b;
  nt_error err;
  CHECK_OK(nt_blocks_make(s->times, s->labels, s->n, 6, NULL, &b, &err), err);
  return b;
}

/* All metrics of a ranking, as a row of a table. */
static void measure(const nt_ranking *r, double *row) {
  row[NT_BOOT_AUC] = nt_auc(r);
  row[NT_BOOT_EER] = nt_equal_error_rate(r).interpolated;
  row[NT_BOOT_AVERAGE_PRECISION] = nt_average_precision(r);
  for (int f = 0; f < NT_NAMED_FPRS; f++)
    row[NT_BOOT_TPR + f] = nt_point_at_fpr(r, nt_named_fpr[f], NT_FPR_OF_BENIGN).tpr;
}

/* With one block in each stratum every resample equals the sample. */
static void the_only_resample_is_the_sample(void) {
  uint64_t seed = 72;
  for (int round = 0; round < 100; round++) {
    sample s = random_sample(&seed);
    nt_ranking *r = rank_sample(&s);
    uint32_t block[SAMPLE_MAX];
    for (size_t i = 0; i < s.n; i++) block[i] = s.labels[i] != 1;
    nt_blocks b = {.packets = s.n, .count = 2, .attack_blocks = 1, .block = block};
    double table[2 * NT_BOOT_METRICS], row[NT_BOOT_METRICS];
    nt_error err;
    CHECK_OK(nt_bootstrap(r, &b, &(nt_bootstrap_options){2, seed, 0}, table, &err), err);
    measure(r, row);
    for (int m = 0; m < NT_BOOT_METRICS; m++)
      CHECK_CLOSE(table[NT_BOOT_METRICS + m], row[m], 1e-14);
    nt_ranking_free(r);
  }
}

/* Replicates equal those of resamples that are really copied. Blocks have distinct sizes and hold
 * attacks only or benign packets only, so the weights tell which resample a replicate is. Three
 * attack and three benign blocks: 10 x 10 multisets. */
static void replicates_are_resamples(void) {
  enum { N = 600, KIND = 3, SETS = 10 };
  static const int multisets[SETS][KIND] = {{3, 0, 0}, {0, 3, 0}, {0, 0, 3}, {2, 1, 0}, {2, 0, 1},
                                            {1, 2, 0}, {0, 2, 1}, {1, 0, 2}, {0, 1, 2}, {1, 1, 1}};
  double scores[N], copy[KIND * N], rows[SETS * SETS][NT_BOOT_METRICS];
  uint8_t labels[N], copied[KIND * N];
  uint32_t block[N];
  uint64_t seed = 73;
  for (size_t i = 0; i < N; i++) {
    block[i] = (uint32_t)random_below(&seed, 2 * KIND);
    labels[i] = block[i] < KIND;
    scores[i] = (double)random_below(&seed, 150) + 20 * labels[i] + 9 * (block[i] % KIND);
  }
  nt_error err;
  for (int a = 0; a < SETS; a++)
    for (int b = 0; b < SETS; b++) {
      size_t n = 0;
      for (size_t i = 0; i < N; i++)
        for (int k = multisets[labels[i] ? a : b][block[i] % KIND]; k > 0; k--)
          copy[n] = scores[i], copied[n++] = labels[i];
      nt_ranking *r = nt_ranking_new(copy, copied, n, &err);
      measure(r, rows[a * SETS + b]);
      nt_ranking_free(r);
    }
  nt_ranking *r = nt_ranking_new(scores, labels, N, &err);
  nt_blocks blocks = {.packets = N, .count = 2 * KIND, .attack_blocks = KIND, .block = block};
  enum { REPLICATES = 1000 };
  static double table[REPLICATES * NT_BOOT_METRICS];
  CHECK_OK(nt_bootstrap(r, &blocks, &(nt_bootstrap_options){REPLICATES, 5, 0}, table, &err), err);
  int seen[SETS * SETS] = {0}, kinds = 0;
  for (int i = 0; i < REPLICATES; i++) {
    int match = -1;
    for (int k = 0; k < SETS * SETS && match < 0; k++) {
      bool same = true;
      for (int m = 0; m < NT_BOOT_METRICS; m++)
        same = same && close_to(table[i * NT_BOOT_METRICS + m], rows[k][m], 1e-13);
      if (same) match = k;
    }
    CU_ASSERT_FATAL(match >= 0);
    kinds += seen[match]++ == 0;
  }
  CU_ASSERT(kinds > 80); /* the rarest have probability (1/27)^2 */
  /* {1,1,1} has probability 6/27 in each stratum: 49 expected of 1000, standard deviation 7 */
  CU_ASSERT(seen[SETS * SETS - 1] > 20 && seen[SETS * SETS - 1] < 85);
  nt_ranking_free(r);
}

static void threads_and_seeds(void) {
  uint64_t seed = 74;
  sample s = random_sample(&seed);
  nt_ranking *r = rank_sample(&s);
  nt_blocks b = blocks_of(&s);
  enum { REPLICATES = 200, SIZE = REPLICATES * NT_BOOT_METRICS };
  static double tables[4][SIZE];
  nt_error err;
  for (int i = 0; i < 4; i++) {
    const char *const threads[] = {"1", "3", "5", "1"};
    setenv("OMP_NUM_THREADS", threads[i], 1);
    nt_bootstrap_options o = {REPLICATES, i == 3 ? 10 : 9, 0};
    CHECK_OK(nt_bootstrap(r, &b, &o, tables[i], &err), err);
  }
  unsetenv("OMP_NUM_THREADS");
  CU_ASSERT_EQUAL(memcmp(tables[0], tables[1], sizeof tables[0]), 0);
  CU_ASSERT_EQUAL(memcmp(tables[0], tables[2], sizeof tables[0]), 0);
  CU_ASSERT_NOT_EQUAL(memcmp(tables[0], tables[3], sizeof tables[0]), 0);
  nt_blocks_done(&b);
  nt_ranking_free(r);
}

/* On independent packets, a block each, the bootstrap's standard error is near DeLong's: here by
 * the formula for the uniform order, sqrt((m + 1) / (6 m^2)) with equal classes of m alternating
 * packets. */
static void independent_packets_give_the_known_error(void) {
  enum { HALF = 400, N = 2 * HALF, REPLICATES = 2000 };
  double scores[N];
  uint8_t labels[N];
  uint32_t block[N];
  for (uint32_t i = 0; i < N; i++)
    scores[i] = i, labels[i] = i % 2, block[i] = labels[i] ? i / 2 : HALF + i / 2;
  nt_error err;
  nt_ranking *r = nt_ranking_new(scores, labels, N, &err);
  nt_blocks b = {.packets = N, .count = N, .attack_blocks = HALF, .block = block};
  static double table[REPLICATES * NT_BOOT_METRICS];
  CHECK_OK(nt_bootstrap(r, &b, &(nt_bootstrap_options){REPLICATES, 1, 0}, table, &err), err);
  nt_bootstrap_result result;
  CHECK_OK(nt_bootstrap_interval(table, NULL, REPLICATES, NT_BOOT_AUC, 0.95, &result, &err), err);
  double known = sqrt((HALF + 1.0) / (6.0 * HALF * HALF));
  CU_ASSERT(fabs(result.standard_error / known - 1) < 0.08);
  CU_ASSERT(fabs(result.high - result.low - 2 * 1.96 * known) < 0.1 * 4 * known);
  CU_ASSERT_EQUAL(result.defined, REPLICATES);
  nt_ranking_free(r);
}

static void paired_tables_share_their_resamples(void) {
  uint64_t seed = 75;
  sample s = random_sample(&seed), better = s;
  for (size_t i = 0; i < s.n; i++)
    if (s.labels[i] == 1) better.scores[i] = 1e9; /* a perfect detector */
  nt_ranking *r = rank_sample(&s), *p = rank_sample(&better);
  nt_blocks b = blocks_of(&s);
  enum { REPLICATES = 300 };
  static double plain[REPLICATES * NT_BOOT_METRICS], perfect[REPLICATES * NT_BOOT_METRICS];
  nt_error err;
  nt_bootstrap_options o = {REPLICATES, 3, 0};
  CHECK_OK(nt_bootstrap(r, &b, &o, plain, &err), err);
  CHECK_OK(nt_bootstrap(p, &b, &o, perfect, &err), err);
  nt_bootstrap_result d, own;
  CHECK_OK(nt_bootstrap_interval(plain, plain, REPLICATES, NT_BOOT_AUC, 0.95, &own, &err), err);
  CU_ASSERT(own.low == 0 && own.high == 0 && own.p == 1);
  CHECK_OK(nt_bootstrap_interval(perfect, plain, REPLICATES, NT_BOOT_AUC, 0.95, &d, &err), err);
  CU_ASSERT(d.low > 0 && d.high < 1);
  CHECK_CLOSE(d.p, 2.0 / (REPLICATES + 1), 1e-15);
  nt_blocks_done(&b);
  nt_ranking_free(r), nt_ranking_free(p);
}

static void undefined_replicates_are_counted(void) {
  const double scores[] = {1, 2, 3, 4};
  const uint8_t labels[] = {1, 0, 1, 1};
  uint32_t block[] = {0, 0, 1, 1}; /* the only benign packet shares a block with an attack */
  nt_error err;
  nt_ranking *r = nt_ranking_new(scores, labels, 4, &err);
  nt_blocks b = {.packets = 4, .count = 2, .attack_blocks = 2, .block = block};
  enum { REPLICATES = 200 };
  static double table[REPLICATES * NT_BOOT_METRICS];
  CHECK_OK(nt_bootstrap(r, &b, &(nt_bootstrap_options){REPLICATES, 1, 0}, table, &err), err);
  nt_bootstrap_result result;
  CHECK_OK(nt_bootstrap_interval(table, NULL, REPLICATES, NT_BOOT_AUC, 0.9, &result, &err), err);
  CU_ASSERT(result.defined > 120 && result.defined < 180); /* 3/4 expected */
  nt_ranking_free(r);

  const uint8_t attacks[] = {1, 1, 1, 1};
  r = nt_ranking_new(scores, attacks, 4, &err);
  CHECK_OK(nt_bootstrap(r, &b, &(nt_bootstrap_options){REPLICATES, 1, 0}, table, &err), err);
  CHECK_OK(nt_bootstrap_interval(table, NULL, REPLICATES, NT_BOOT_EER, 0.9, &result, &err), err);
  CU_ASSERT(result.defined == 0 && isnan(result.low) && isnan(result.p));
  CU_ASSERT_EQUAL(nt_bootstrap(r, &b, &(nt_bootstrap_options){1, 1, 0}, table, &err),
                  NT_E_ARGUMENT);
  b.packets = 3;
  CU_ASSERT_EQUAL(nt_bootstrap(r, &b, NULL, table, &err), NT_E_ARGUMENT);
  CU_ASSERT_EQUAL(nt_bootstrap_interval(table, NULL, 2, NT_BOOT_METRICS, 0.9, &result, &err),
                  NT_E_ARGUMENT);
  CU_ASSERT_EQUAL(nt_bootstrap_interval(table, NULL, 2, 0, 1, &result, &err), NT_E_ARGUMENT);
  nt_ranking_free(r);
}

static const check_case cases[] = {
    {"blocks cut by time", blocks_cut_by_time},
    {"episodes are blocks", episodes_are_blocks},
    {"the only resample is the sample", the_only_resample_is_the_sample},
    {"replicates are resamples", replicates_are_resamples},
    {"threads and seeds", threads_and_seeds},
    {"independent packets give the known error", independent_packets_give_the_known_error},
    {"paired tables share their resamples", paired_tables_share_their_resamples},
    {"undefined replicates are counted", undefined_replicates_are_counted},
};
CHECK_MAIN("bootstrap", cases)
