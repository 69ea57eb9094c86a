/* SPDX-License-Identifier: GPL-3.0-or-later */
/* KitNET as a whole: against plain loops, phases, options, damage. kitnet_figures_test.c has the
 * public reference's figures. */
#include "kitnet_check.h"
#include "kitnet_reference.h"
#include "noise.h"

/* ---------------------------------------------------------------- maps of all shapes */

typedef struct shape {
  size_t width, autoencoders, most; /* most: features of one autoencoder */
  double hidden_ratio;
  nt_bias_update bias;
  double execute_epsilon;
} shape;

static const shape shapes[] = {
    {1, 1, 1, 0.75, NT_BIAS_ELEMENT, 1e-16},    {2, 1, 2, 0.01, NT_BIAS_MEAN, 1e-16},
    {10, 3, 4, 1, NT_BIAS_ELEMENT, 1},          {100, 13, 10, 0.75, NT_BIAS_ELEMENT, 1e-16},
    {100, 13, 10, 0.75, NT_BIAS_MEAN, 1},       {100, 31, 10, 0.5, NT_BIAS_ELEMENT, 1e-16},
    {100, 1, 100, 0.75, NT_BIAS_ELEMENT, 1e-3}, {115, 40, 17, 0.9, NT_BIAS_MEAN, 1e-16},
    {57, 57, 1, 0.75, NT_BIAS_ELEMENT, 1e-16},  {64, 5, 33, 0.3, NT_BIAS_ELEMENT, 1e-16},
};

/* A map with sizes 1 to most and random columns: repeated, left out. The
 * first autoencoder has `most`. */
static nt_feature_map random_map(const shape *s, uint64_t seed) {
  nt_feature_map map = {.autoencoders = s->autoencoders,
                        .sizes = calloc(s->autoencoders, sizeof(size_t)),
                        .features = calloc(s->autoencoders * s->most, sizeof(size_t))};
  for (size_t a = 0; a < s->autoencoders; a++) {
    map.sizes[a] = a == 0 ? s->most : 1 + (size_t)(noise(&seed) * (double)s->most);
    for (size_t i = 0; i < map.sizes[a]; i++)
      map.features[map.total++] = (size_t)(noise(&seed) * (double)s->width);
  }
  return map;
}

static nt_kitnet_options options_of(const shape *s) {
  nt_kitnet_options o = nt_kitnet_defaults();
  o.ad_grace = 200;
  o.hidden_ratio = s->hidden_ratio;
  o.bias = s->bias;
  o.execute_epsilon = s->execute_epsilon;
  return o;
}

/* A reconstruction error is a difference of numbers between 0 and 1, so a small one has lost
 * digits in any arithmetic. */
static int all_close(const double *a, const double *b, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (apart(a[i], b[i]) > TOLERANCE && !(fabs(a[i] - b[i]) <= 1e-3 * TOLERANCE)) return 0;
  return 1;
}

static void kernels_agree_with_plain_loops(void) {
  enum { ROWS = 333 };
  double expected[ROWS], expected_training[ROWS], scores[ROWS], training[ROWS], fused[ROWS];
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    nt_kitnet_options o = options_of(&shapes[i]);
    nt_feature_map map = random_map(&shapes[i], i);
    double *rows = noise_rows(ROWS, shapes[i].width, 100 + i);
    plain_kitnet(&o, &map, shapes[i].width, rows, ROWS, expected, expected_training);
    for (nt_isa isa = NT_ISA_PLAIN; isa <= best(); isa++) {
      o.isa = isa;
      nt_kitnet *k = run(shapes[i].width, &o, &map, rows, ROWS, ROWS, scores, training);
      CU_ASSERT_EQUAL(nt_kitnet_isa(k), isa);
      CU_ASSERT(all_close(scores, expected, ROWS));
      CU_ASSERT(all_close(training, expected_training, ROWS));
      if (isa == NT_ISA_AVX2) memcpy(fused, scores, sizeof fused);
      if (isa == NT_ISA_AVX512) CU_ASSERT_EQUAL(memcmp(scores, fused, sizeof fused), 0);
      nt_kitnet_free(k);
    }
    nt_feature_map_done(&map);
    free(rows);
  }
}

/* ---------------------------------------------------------------- phases and batches */

static void batches_do_not_matter(void) {
  enum { ROWS = 700, WIDTH = 30 };
  static const size_t batches[] = {1, 2, 7, 8, 9, 23, 24, 25, 64, 301};
  static double expected[ROWS], expected_training[ROWS], scores[ROWS], training[ROWS];
  nt_kitnet_options o = nt_kitnet_defaults();
  o.fm_grace = 99;
  o.ad_grace = 210;
  double *rows = noise_rows(ROWS, WIDTH, 1);
  for (nt_isa isa = NT_ISA_PLAIN; isa <= best(); isa++) {
    o.isa = isa;
    nt_kitnet_free(run(WIDTH, &o, NULL, rows, ROWS, ROWS, expected, expected_training));
    for (size_t i = 0; i < ROWS; i++) {
      CU_ASSERT_EQUAL(expected[i] == 0, i < 310);
      CU_ASSERT_EQUAL(isnan(expected_training[i]) == 0, i >= 100 && i < 310);
    }
    for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
      nt_kitnet_free(run(WIDTH, &o, NULL, rows, ROWS, batches[b], scores, training));
      CU_ASSERT_EQUAL(memcmp(scores, expected, sizeof scores), 0);
      CU_ASSERT_EQUAL(worst_apart(training, expected_training, ROWS), 0);
    }
    nt_kitnet_free(run(WIDTH, &o, NULL, rows, ROWS, 50, scores, NULL));
    CU_ASSERT_EQUAL(memcmp(scores, expected, sizeof scores), 0);
  }
  free(rows);
}

static void execution_leaves_the_weights(void) {
  enum { ROWS = 400, WIDTH = 21 };
  double first[100], again[100], other[300];
  nt_error err;
  nt_kitnet_options o = nt_kitnet_defaults();
  o.fm_grace = 49;
  o.ad_grace = 150;
  double *rows = noise_rows(ROWS, WIDTH, 2);
  nt_kitnet *k = run(WIDTH, &o, NULL, rows, 200, 200, other, NULL);
  CU_ASSERT_EQUAL(nt_kitnet_phase_of(k), NT_PHASE_EXECUTION);
  CHECK_OK(nt_kitnet_process(k, rows + 200 * WIDTH, 100, first, NULL, &err), err);
  double *wild = noise_rows(300, WIDTH, 3);
  for (size_t i = 0; i < 300 * WIDTH; i++) wild[i] *= i % 5 ? 1e9 : -1e300;
  CHECK_OK(nt_kitnet_process(k, wild, 300, other, NULL, &err), err);
  CHECK_OK(nt_kitnet_process(k, rows + 200 * WIDTH, 100, again, NULL, &err), err);
  CU_ASSERT_EQUAL(memcmp(first, again, sizeof first), 0);
  nt_kitnet_free(k);
  free(rows);
  free(wild);
}

static void phases_end_where_they_should(void) {
  enum { WIDTH = 12 };
  double scores[64];
  nt_error err;
  nt_kitnet_options o = nt_kitnet_defaults();
  o.fm_grace = 5;
  o.ad_grace = 7;
  double *rows = noise_rows(64, WIDTH, 4);
  nt_kitnet *k = make(WIDTH, &o, NULL);
  for (size_t i = 0; i < 20; i++) {
    nt_phase phase = i <= 5       ? NT_PHASE_MAPPING
                     : i <= 5 + 7 ? NT_PHASE_TRAINING
                                  : NT_PHASE_EXECUTION;
    CU_ASSERT_EQUAL(nt_kitnet_phase_of(k), phase);
    CU_ASSERT_EQUAL(nt_kitnet_rows_left(k), i <= 5 ? 6 - i : i <= 12 ? 13 - i : UINT64_MAX);
    CU_ASSERT_EQUAL(nt_kitnet_map(k) == NULL, phase == NT_PHASE_MAPPING);
    CHECK_OK(nt_kitnet_process(k, rows + i * WIDTH, 1, scores + i, NULL, &err), err);
  }
  CHECK_OK(nt_kitnet_process(k, rows, 0, NULL, NULL, &err), err);
  CU_ASSERT_EQUAL(nt_kitnet_rows(k), 20);

  /* With the same map given, the rows after the mapping give the same scores. */
  double given[14];
  nt_kitnet *after = run(WIDTH, &o, nt_kitnet_map(k), rows + 6 * WIDTH, 14, 14, given, NULL);
  CU_ASSERT_EQUAL(memcmp(given, scores + 6, sizeof given), 0);
  nt_kitnet_free(after);
  nt_kitnet_free(k);
  free(rows);
}

static void degenerate_graces(void) {
  enum { WIDTH = 9 };
  double scores[20];
  nt_kitnet_options o = nt_kitnet_defaults();
  double *rows = noise_rows(20, WIDTH, 5);

  o.fm_grace = o.ad_grace = 0; /* one row maps: all columns constant, in order; nothing is learnt */
  nt_kitnet *k = run(WIDTH, &o, NULL, rows, 20, 20, scores, NULL);
  CU_ASSERT_EQUAL(nt_kitnet_phase_of(k), NT_PHASE_EXECUTION);
  CU_ASSERT_EQUAL(scores[0], 0);
  for (size_t i = 1; i < 20; i++) CU_ASSERT(isnan(scores[i])); /* (x - inf) / (-inf - inf) */
  nt_kitnet_free(k);

  o.ad_grace = 50; /* the rows end in training */
  k = run(WIDTH, &o, NULL, rows, 20, 3, scores, NULL);
  CU_ASSERT_EQUAL(nt_kitnet_phase_of(k), NT_PHASE_TRAINING);
  for (size_t i = 0; i < 20; i++) CU_ASSERT_EQUAL(scores[i], 0);
  nt_kitnet_free(k);

  o.fm_grace = (uint64_t)1 << 53; /* a mapping that never ends */
  k = run(WIDTH, &o, NULL, rows, 20, 20, scores, NULL);
  CU_ASSERT_EQUAL(nt_kitnet_phase_of(k), NT_PHASE_MAPPING);
  CU_ASSERT_PTR_NULL(nt_kitnet_map(k));
  nt_kitnet_free(k);
  free(rows);
}

static void extreme_widths(void) {
  static const struct {
    size_t width, m, autoencoders; /* autoencoders: 0 where it depends on the rows */
  } extremes[] = {{1, 10, 1}, {100, 1, 100}, {100, 100, 1}, {100, 1000, 1}, {2000, 10, 0}};
  double scores[90];
  for (size_t i = 0; i < sizeof extremes / sizeof *extremes; i++) {
    nt_kitnet_options o = nt_kitnet_defaults();
    o.fm_grace = 29;
    o.ad_grace = 30;
    o.max_autoencoder = extremes[i].m;
    double *rows = noise_rows(90, extremes[i].width, i);
    nt_kitnet *k = run(extremes[i].width, &o, NULL, rows, 90, 90, scores, NULL);
    CU_ASSERT_EQUAL(nt_kitnet_map(k)->total, extremes[i].width);
    if (extremes[i].autoencoders)
      CU_ASSERT_EQUAL(nt_kitnet_map(k)->autoencoders, extremes[i].autoencoders);
    for (size_t r = 60; r < 90; r++) CU_ASSERT(scores[r] > 0);
    nt_kitnet_free(k);
    free(rows);
  }
}

static void bias_updates_differ(void) {
  enum { WIDTH = 20 };
  double scores[2][300];
  double *rows = noise_rows(300, WIDTH, 6);
  for (int mean = 0; mean < 2; mean++) {
    nt_kitnet_options o = nt_kitnet_defaults();
    o.fm_grace = 49;
    o.ad_grace = 200;
    o.bias = mean ? NT_BIAS_MEAN : NT_BIAS_ELEMENT;
    nt_kitnet_free(run(WIDTH, &o, NULL, rows, 300, 300, scores[mean], NULL));
  }
  CU_ASSERT(worst_apart(scores[1], scores[0], 300) > 1e-3);
  free(rows);
}

/* ---------------------------------------------------------------- damage */

static void options_are_checked(void) {
  typedef struct mistake {
    nt_kitnet_options o;
    const char *says;
  } mistake;
#define MISTAKE(member, value, text)                                                               \
  {                                                                                                \
    nt_kitnet_options o = nt_kitnet_defaults();                                                    \
    o.member = value;                                                                              \
    list[n++] = (mistake){o, text};                                                                \
  }
  mistake list[16];
  size_t n = 0;
  MISTAKE(max_autoencoder, 0, "max_autoencoder = 0: expected a whole number at least 1")
  MISTAKE(learning_rate, 0, "learning_rate = 0: expected")
  MISTAKE(learning_rate, NAN, "learning_rate = nan: expected")
  MISTAKE(learning_rate, INFINITY, "learning_rate = inf: expected")
  MISTAKE(hidden_ratio, 0, "hidden_ratio = 0: expected")
  MISTAKE(hidden_ratio, 1.5, "hidden_ratio = 1.5: expected")
  MISTAKE(hidden_ratio, NAN, "hidden_ratio = nan: expected")
  MISTAKE(seed, 0, "seed = 0: expected a whole number at least 1 and at most 4294967295")
  MISTAKE(bias, (nt_bias_update)7, "bias_update: no choice 7: expected element, mean")
  MISTAKE(train_epsilon, 0, "train_epsilon = 0: expected")
  MISTAKE(train_epsilon, -1, "train_epsilon = -1: expected")
  MISTAKE(execute_epsilon, NAN, "execute_epsilon = nan: expected")
  MISTAKE(execute_epsilon, 1e-310, "execute_epsilon = 1e-310: expected")
#undef MISTAKE
  nt_error err;
  for (size_t i = 0; i < n; i++) {
    CU_ASSERT_PTR_NULL(nt_kitnet_new(10, &list[i].o, NULL, &err));
    CU_ASSERT_EQUAL(err.status, NT_E_ARGUMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, list[i].says));
  }
  nt_kitnet_options o = nt_kitnet_defaults();
  CU_ASSERT_PTR_NULL(nt_kitnet_new(0, &o, NULL, &err));
  CU_ASSERT_EQUAL(err.status, NT_E_ARGUMENT);
  size_t one = 1, feature = 10;
  nt_feature_map map = {1, 1, &one, &feature, NULL};
  CU_ASSERT_PTR_NULL(nt_kitnet_new(10, &o, &map, &err));
  CU_ASSERT_EQUAL(err.status, NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "column 10: expected 0 to 9"));
}

static void nan_while_mapping_is_an_error(void) {
  enum { WIDTH = 6 };
  double scores[40];
  nt_error err;
  nt_kitnet_options o = nt_kitnet_defaults();
  o.fm_grace = 9;
  double *rows = noise_rows(40, WIDTH, 7);
  rows[4 * WIDTH + 2] = NAN;
  nt_kitnet *k = make(WIDTH, &o, NULL);
  CU_ASSERT_EQUAL(nt_kitnet_process(k, rows, 40, scores, NULL, &err), NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "feature mapping of 10 rows"));
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "columns 0 and 2 is nan"));
  CU_ASSERT_EQUAL(nt_kitnet_process(k, rows, 1, scores, NULL, &err), NT_E_INPUT);
  CU_ASSERT_EQUAL(nt_kitnet_rows(k), 10);
  nt_kitnet_free(k);
  free(rows);
}

/* After training, NaN makes NaN of what it touches, as in the reference; an extreme
 * row is scored, not refused. */
static void nan_and_infinity_are_not_hidden(void) {
  enum { ROWS = 150, WIDTH = 14 };
  static const double values[] = {NAN, INFINITY, -INFINITY, 1e308, -1e308};
  double expected[ROWS], unused[ROWS], scores[ROWS];
  for (size_t v = 0; v < sizeof values / sizeof *values; v++)
    for (int training = 0; training < 2; training++) {
      shape s = {WIDTH, 4, 5, 0.75, NT_BIAS_ELEMENT, 1e-16};
      nt_kitnet_options o = options_of(&s);
      o.ad_grace = 100;
      nt_feature_map map = random_map(&s, v);
      double *rows = noise_rows(ROWS, WIDTH, v);
      rows[(training ? 60 : 120) * WIDTH + map.features[0]] = values[v];
      plain_kitnet(&o, &map, WIDTH, rows, ROWS, expected, unused);
      for (nt_isa isa = NT_ISA_PLAIN; isa <= best(); isa++) {
        o.isa = isa;
        nt_kitnet_free(run(WIDTH, &o, &map, rows, ROWS, ROWS, scores, NULL));
        for (size_t i = 0; i < ROWS; i++) {
          CU_ASSERT_EQUAL(isnan(scores[i]), isnan(expected[i]));
          CU_ASSERT_EQUAL(isinf(scores[i]), isinf(expected[i]));
        }
      }
      nt_feature_map_done(&map);
      free(rows);
    }
}

static const check_case cases[] = {
    {"kernels agree with plain loops", kernels_agree_with_plain_loops},
    {"batches do not matter", batches_do_not_matter},
    {"execution leaves the weights alone", execution_leaves_the_weights},
    {"phases end where they should", phases_end_where_they_should},
    {"degenerate grace periods", degenerate_graces},
    {"extreme widths", extreme_widths},
    {"bias updates differ", bias_updates_differ},
    {"options are checked", options_are_checked},
    {"NaN while mapping is an error", nan_while_mapping_is_an_error},
    {"NaN and infinity are not hidden", nan_and_infinity_are_not_hidden},
};
CHECK_MAIN("kitnet", cases)
