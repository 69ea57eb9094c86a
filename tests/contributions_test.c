/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contributions to a score: shares against plain loops, scores to the bit; descriptions of
 * features; training ranges. */
#include "ensemble/contributions.h"
#include "explain/training_range.h"
#include "extractor/meaning.h"
#include "kitnet_check.h"
#include "kitnet_reference.h"
#include "noise.h"

enum { WIDTH = 24, ROWS = 400, GRACE = 300, SCORED = ROWS - GRACE, TOTAL = 13, COUNT = 4 };

static size_t sizes[COUNT] = {1, 7, 3, 2};
static size_t features[TOTAL] = {5, 0, 1, 2, 3, 4, 7, 23, 9, 10, 11, 5, 12};
static const nt_feature_map map = {
    .autoencoders = COUNT, .total = TOTAL, .sizes = sizes, .features = features};

static nt_kitnet_options options(void) {
  nt_kitnet_options o = nt_kitnet_defaults();
  o.ad_grace = GRACE;
  return o;
}

static void share(const double *e, size_t n, double *shares) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += e[i] * e[i];
  for (size_t i = 0; i < n; i++) shares[i] = e[i] * e[i] / sum;
}

/* plain_kitnet for the shares of the scored rows. */
static void plain_shares(const nt_kitnet_options *o, const double *rows, double *parts,
                         double *inputs) {
  nt_autoencoder a[COUNT + 1];
  double input[TOTAL], errors[COUNT], scratch[5][TOTAL];
  const plain_state s = {scratch[0], scratch[1], scratch[2], scratch[3], scratch[4]};
  for (size_t i = 0; i <= COUNT; i++)
    nt_autoencoder_init(&a[i], i < COUNT ? sizes[i] : COUNT, o->hidden_ratio, o->seed, NULL);
  for (size_t r = 0; r < ROWS; r++) {
    const size_t *feature = features;
    int learning = r < GRACE;
    for (size_t i = 0; i < COUNT; i++) {
      for (size_t f = 0; f < sizes[i]; f++) input[f] = rows[r * WIDTH + *feature++];
      errors[i] = learning ? plain_train(&a[i], input, o, &s)
                           : plain_reconstruct(&a[i], input, o->execute_epsilon, &s);
      if (!learning) share(s.e, sizes[i], inputs);
      if (!learning) inputs += sizes[i];
    }
    if (learning) {
      plain_train(&a[COUNT], errors, o, &s);
    } else {
      plain_reconstruct(&a[COUNT], errors, o->execute_epsilon, &s);
      share(s.e, COUNT, parts);
      parts += COUNT;
    }
  }
  for (size_t i = 0; i <= COUNT; i++) nt_autoencoder_done(&a[i]);
}

static double farthest(const double *a, const double *b, size_t n) {
  double most = 0;
  for (size_t i = 0; i < n; i++) most = fmax(most, fabs(a[i] - b[i]));
  return most;
}

static void shares_are_those_of_plain_loops(void) {
  nt_error err;
  const nt_kitnet_options o = options();
  double *rows = noise_rows(ROWS, WIDTH, 1), scores[ROWS], again[SCORED];
  double parts[SCORED * COUNT], inputs[SCORED * TOTAL], plain_parts[SCORED * COUNT],
      plain_inputs[SCORED * TOTAL];
  nt_kitnet *k = run(WIDTH, &o, &map, rows, ROWS, 37, scores, NULL);
  nt_explainer *e = nt_explainer_new(k, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(e);
  nt_explain(e, rows + GRACE * WIDTH, SCORED, again, parts, inputs);
  CU_ASSERT_EQUAL(memcmp(again, scores + GRACE, sizeof again), 0);
  plain_shares(&o, rows, plain_parts, plain_inputs);
  CU_ASSERT_TRUE(farthest(parts, plain_parts, SCORED * COUNT) < 1e-9);
  CU_ASSERT_TRUE(farthest(inputs, plain_inputs, SCORED * TOTAL) < 1e-9);
  nt_explainer_free(e);
  nt_kitnet_free(k);
  free(rows);
}

static void odd_rows_have_odd_shares(void) {
  nt_error err;
  const nt_kitnet_options o = options();
  double *rows = noise_rows(ROWS, WIDTH, 2), scores[ROWS], again[3], parts[3 * COUNT],
         inputs[3 * TOTAL];
  rows[(GRACE + 1) * WIDTH + 9] = NAN; /* an input of autoencoder 2 */
  nt_kitnet *k = run(WIDTH, &o, &map, rows, ROWS, ROWS, scores, NULL);
  nt_explainer *e = nt_explainer_new(k, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(e);
  nt_explain(e, rows + GRACE * WIDTH, 3, again, parts, inputs);
  CU_ASSERT_TRUE(isnan(again[1]) && isnan(parts[COUNT]) && isnan(inputs[TOTAL + 8]));
  CU_ASSERT_TRUE(isfinite(again[0]) && isfinite(again[2]) && isfinite(inputs[TOTAL + 7]));
  nt_explainer_free(e);
  nt_kitnet_free(k);
  k = nt_kitnet_new(WIDTH, &o, &map, &err);
  CU_ASSERT_PTR_NULL(nt_explainer_new(k, &err));
  CU_ASSERT_EQUAL(err.status, NT_E_STATE);
  nt_kitnet_free(k);
  free(rows);
}

/* ---------------------------------------------------------------- words */

static void all_features_have_words(void) {
  nt_packet packet = {.present = NT_HAS_ETH | NT_HAS_IP | NT_HAS_TCP,
                      .ip_src = {10, 0, 0, 5},
                      .ip_dst = {10, 0, 0, 9},
                      .tcp_src = 50000,
                      .tcp_dst = 443};
  nt_identity id;
  char words[256], other[256];
  nt_identity_of(&packet, &id);
  for (nt_profile p = NT_PROFILE_PY100; p <= NT_PROFILE_STREAM; p++)
    for (size_t i = 0; i < nt_profile_width(p); i++) {
      nt_feature_words(p, i, &id, words, sizeof words);
      CU_ASSERT_NOT_EQUAL(nt_feature_cause(p, i), NT_CAUSE_OTHER);
      CU_ASSERT_PTR_NOT_NULL(strstr(words, "10.0.0.5"));
      CU_ASSERT_PTR_NULL(strchr(words, '%'));
      for (size_t k = 0; k < i; k++) { /* distinct but for HH and MI or H */
        nt_feature_words(p, k, &id, other, sizeof other);
        if (strncmp(nt_profile_feature_name(p, i), "HH", 2) != 0)
          CU_ASSERT_STRING_NOT_EQUAL(words, other);
      }
    }
  CU_ASSERT_EQUAL(nt_feature_cause(NT_PROFILE_STREAM, 100), NT_CAUSE_OTHER);
}

static void words_are_these(void) {
  static const struct {
    const char *name, *words;
    nt_cause cause;
  } cases[] = {
      {"MI_dir_L0.1_weight", "packets from 10.0.0.5 (00:01:02:03:04:05) in 10 s", NT_CAUSE_RATE},
      {"HH_L0.01_weight", "packets from 10.0.0.5 in 100 s", NT_CAUSE_RATE},
      {"HH_jit_L1_mean", "mean time between packets from 10.0.0.5 to 10.0.0.9 in 1 s",
       NT_CAUSE_TIMING},
      {"HpHp_L5_pcc",
       "correlation of the sizes of packets from 10.0.0.5:53 and from 10.0.0.9:4000 in 0.2 s",
       NT_CAUSE_BOTH},
      {"HpHp_L3_variance", "variance of the size of packets from 10.0.0.5:53 in 0.333 s",
       NT_CAUSE_SIZE},
  };
  nt_packet packet = {.present = NT_HAS_ETH | NT_HAS_IP | NT_HAS_UDP,
                      .eth_src = {0, 1, 2, 3, 4, 5},
                      .ip_src = {10, 0, 0, 5},
                      .ip_dst = {10, 0, 0, 9},
                      .udp_src = 53,
                      .udp_dst = 4000};
  nt_identity id;
  char words[256], cut[8];
  nt_identity_of(&packet, &id);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    for (size_t c = 0; c < 100; c++) {
      if (strcmp(nt_profile_feature_name(NT_PROFILE_STREAM, c), cases[i].name) != 0) continue;
      nt_feature_words(NT_PROFILE_STREAM, c, &id, words, sizeof words);
      CU_ASSERT_STRING_EQUAL(words, cases[i].words);
      CU_ASSERT_EQUAL(nt_feature_cause(NT_PROFILE_STREAM, c), cases[i].cause);
    }
  nt_feature_words(NT_PROFILE_STREAM, 0, &id, cut, sizeof cut);
  CU_ASSERT_STRING_EQUAL(cut, "packets");
}

/* ---------------------------------------------------------------- training ranges */

static void ranges_are_exact_and_medians_bounded(void) {
  enum { MANY = 100 };
  nt_error err;
  nt_training_range r;
  double row[2];
  CHECK_OK(nt_training_range_begin(&r, 2, &err), err);
  for (int i = 0; i < MANY; i++) {
    row[0] = (i * 37) % MANY;
    row[1] = i == 3 ? (double)NAN : i == 4 ? (double)INFINITY : 7;
    CHECK_OK(nt_training_range_add(&r, row, 1, &err), err);
  }
  CHECK_OK(nt_training_range_end(&r, &err), err);
  CU_ASSERT_TRUE(r.least[0] == 0 && r.most[0] == 99 && r.median[0] == 49.5);
  CU_ASSERT_TRUE(r.least[1] == 7 && r.most[1] == 7 && r.median[1] == 7);
  CU_ASSERT_TRUE(r.rows == MANY && r.stride == 1);
  nt_training_range_done(&r);
}

static void kept_rows_are_bounded(void) {
  enum { WIDE = 20000, MANY = 3000 }; /* 419 rows fit into memory's bound */
  nt_error err;
  nt_training_range r;
  double *row = calloc(WIDE, sizeof *row);
  CHECK_OK(nt_training_range_begin(&r, WIDE, &err), err);
  for (int i = 0; i < MANY; i++) {
    row[5] = i;
    CHECK_OK(nt_training_range_add(&r, row, 1, &err), err);
    CU_ASSERT_TRUE(r.room * WIDE * sizeof(double) <= NT_RANGE_BYTES);
  }
  CHECK_OK(nt_training_range_end(&r, &err), err);
  CU_ASSERT_TRUE(r.stride == 8 && r.most[5] == MANY - 1 && r.least[5] == 0);
  CU_ASSERT_TRUE(fabs(r.median[5] - MANY / 2.0) <= 8);
  nt_training_range_done(&r);
  free(row);
}

static const check_case cases[] = {
    {"shares are those of plain loops, scores the same bits", shares_are_those_of_plain_loops},
    {"rows that are no numbers have shares that are none", odd_rows_have_odd_shares},
    {"all features of all profiles have words", all_features_have_words},
    {"the words are these", words_are_these},
    {"ranges are exact, odd values left out", ranges_are_exact_and_medians_bounded},
    {"kept rows are bounded", kept_rows_are_bounded},
};
CHECK_MAIN("contributions", cases)
