/* SPDX-License-Identifier: GPL-3.0-or-later */
/* KitNETs that share a map give the same bits together as one by one. */
#include "kitnet_check.h"
#include "noise.h"

enum { ROWS = 230, WIDTH = 100, MOST = 17 };

/* Sizes of autoencoders, ended by 0; 100 columns at most. */
static const size_t maps[][20] = {
    {1},
    {2, 1},
    {10, 10, 7, 4, 10, 9, 1, 5, 10, 10, 6, 2, 10},
    {35, 35, 30},
    {100},
    {3, 12, 3, 40, 3, 3, 3, 3, 3, 3, 3, 3, 3},
    {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
};
enum { MAPS = sizeof maps / sizeof *maps };

/* A map of random columns, some repeated, some left out. The arrays are the
 * caller's: [20] and [WIDTH]. */
static nt_feature_map map_of(size_t which, uint64_t *state, size_t *sizes, size_t *features) {
  nt_feature_map map = {.sizes = sizes, .features = features};
  for (size_t i = 0; i < 20 && maps[which][i]; i++) {
    sizes[map.autoencoders++] = maps[which][i];
    for (size_t f = 0; f < maps[which][i]; f++)
      features[map.total++] = (size_t)(noise(state) * WIDTH);
  }
  return map;
}

static nt_kitnet_options any_options(uint64_t *state, nt_isa isa, uint64_t ad_grace, int mixed) {
  static const double epsilons[] = {1e-16, 1e-3, 1};
  nt_kitnet_options o = nt_kitnet_defaults();
  o.isa = isa;
  o.ad_grace = ad_grace;
  o.seed = 1 + (uint32_t)(noise(state) * 1e6);
  o.learning_rate = 0.01 + noise(state);
  o.bias = noise(state) < 0.4 ? NT_BIAS_MEAN : NT_BIAS_ELEMENT;
  o.execute_epsilon = epsilons[(size_t)(noise(state) * 3)];
  if (mixed) o.train_epsilon = epsilons[(size_t)(noise(state) * 3)];
  if (mixed && noise(state) < 0.5) o.hidden_ratio = 0.05 + 0.95 * noise(state);
  return o;
}

/* Any two NaNs are equal: the payload does not count. */
static int same_bits(const double *a, const double *b, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (memcmp(&a[i], &b[i], sizeof *a) != 0 && !(isnan(a[i]) && isnan(b[i]))) return 0;
  return 1;
}

typedef struct outputs {
  double scores[MOST][ROWS], training[MOST][ROWS];
} outputs;

/* Feeds rows in pieces of any size, the first instances together and the others alone,
 * then the other way round. */
static void together_in_pieces(nt_kitnet *const *k, size_t count, const double *rows,
                               uint64_t *state, outputs *o) {
  nt_error err;
  for (size_t r = 0, piece; r < ROWS; r += piece) {
    double *scores[MOST], *training[MOST];
    piece = noise(state) < 0.3 ? 1 : 1 + (size_t)(noise(state) * 150);
    piece = piece < ROWS - r ? piece : ROWS - r;
    for (size_t i = 0; i < count; i++)
      scores[i] = o->scores[i] + r, training[i] = o->training[i] + r;
    size_t part = noise(state) < 0.2 ? (size_t)(noise(state) * (double)count) : count;
    CHECK_OK(nt_kitnet_process_together(k, part, rows + r * WIDTH, piece, scores, training, &err),
             err);
    CHECK_OK(nt_kitnet_process_together(k + part, count - part, rows + r * WIDTH, piece,
                                        scores + part, training + part, &err),
             err);
  }
}

/* One round: `count` instances, alone and together. */
static void compare(size_t which, size_t count, nt_isa isa, const double *rows, uint64_t seed) {
  static outputs alone, together;
  uint64_t state = seed;
  size_t sizes[20], features[WIDTH];
  nt_feature_map map = map_of(which, &state, sizes, features);
  nt_kitnet *k[MOST];
  uint64_t ad_grace = 1 + (uint64_t)(noise(&state) * (ROWS + 5));
  int mixed = noise(&state) < 0.6;
  for (size_t i = 0; i < count; i++) {
    nt_kitnet_options o = any_options(&state, isa, ad_grace, mixed);
    nt_kitnet_free(run(WIDTH, &o, &map, rows, ROWS, ROWS, alone.scores[i], alone.training[i]));
    k[i] = make(WIDTH, &o, &map);
  }
  together_in_pieces(k, count, rows, &state, &together);
  int same = 1;
  for (size_t i = 0; i < count; i++) {
    same &= same_bits(alone.scores[i], together.scores[i], ROWS);
    same &= same_bits(alone.training[i], together.training[i], ROWS);
    CU_ASSERT_EQUAL(nt_kitnet_rows(k[i]), ROWS);
    nt_kitnet_free(k[i]);
  }
  CU_ASSERT(same);
  if (!same) printf("  map %zu, %zu instances, %s\n", which, count, nt_isa_name(isa));
}

static void every_bit_as_alone(void) {
  double *rows = noise_rows(ROWS, WIDTH, 1);
  for (nt_isa isa = NT_ISA_PLAIN; isa <= best(); isa++)
    for (size_t which = 0; which < MAPS; which++)
      for (size_t count = 1; count <= MOST; count++)
        compare(which, count, isa, rows, 1000 * which + count);
  free(rows);
}

/* NaN in training and in execution makes NaN of what it touches, and of nothing else. */
static void nan_rows_too(void) {
  static const double values[] = {NAN, INFINITY, -INFINITY, 1e308};
  for (size_t v = 0; v < sizeof values / sizeof *values; v++)
    for (size_t round = 0; round < 6; round++) {
      uint64_t state = round;
      double *rows = noise_rows(ROWS, WIDTH, round);
      for (size_t i = 0; i < 1 + 20 * (round % 2); i++)
        rows[(size_t)(noise(&state) * ROWS * WIDTH)] = values[v];
      for (nt_isa isa = NT_ISA_PLAIN; isa <= best(); isa++)
        compare(round, 3 + 5 * (round % 3), isa, rows, v + 10 * round);
      free(rows);
    }
}

/* Instances with equally many rows behind them, but different ones, share nothing. */
static void other_rows_before(void) {
  enum { COUNT = 8 }; /* the most lanes: all of a vector are equal */
  static outputs alone, together;
  uint64_t state = 5;
  size_t sizes[20], features[WIDTH];
  nt_feature_map map = map_of(2, &state, sizes, features);
  double *rows = noise_rows(ROWS, WIDTH, 8);
  nt_kitnet *k[COUNT];
  double *scores[COUNT];
  nt_error err;
  for (size_t i = 0; i < COUNT; i++) {
    nt_kitnet_options o = any_options(&state, NT_ISA_AUTO, 150, 0);
    double *own = noise_rows(20, WIDTH, 40 + i), *expected = alone.scores[i];
    nt_kitnet *one = run(WIDTH, &o, &map, own, 20, 20, expected, NULL);
    CHECK_OK(nt_kitnet_process(one, rows, ROWS, expected, NULL, &err), err);
    nt_kitnet_free(one);
    scores[i] = together.scores[i];
    k[i] = run(WIDTH, &o, &map, own, 20, 20, together.scores[i], NULL);
    free(own);
  }
  CHECK_OK(nt_kitnet_process_together(k, COUNT, rows, ROWS, scores, NULL, &err), err);
  for (size_t i = 0; i < COUNT; i++) {
    CU_ASSERT(alone.scores[i][ROWS - 1] > 0);
    CU_ASSERT(same_bits(alone.scores[i], together.scores[i], ROWS));
    nt_kitnet_free(k[i]);
  }
  free(rows);
}

static void unlike_ones_are_refused(void) {
  static double out[2][ROWS];
  size_t sizes[20], features[WIDTH], other_features[WIDTH];
  uint64_t state = 6;
  nt_feature_map map = map_of(2, &state, sizes, features), other = map;
  memcpy(other_features, features, sizeof features);
  other.features = other_features;
  other_features[0] = (features[0] + 1) % WIDTH;
  nt_kitnet_options o = nt_kitnet_defaults(), longer = o, plain = o;
  longer.ad_grace++;
  plain.isa = NT_ISA_PLAIN;
  double *rows = noise_rows(ROWS, WIDTH, 8), *scores[] = {out[0], out[1]};
  nt_kitnet *unlike[] = {make(WIDTH, &o, NULL), make(WIDTH, &o, &other), make(WIDTH, &longer, &map),
                         make(WIDTH, &plain, &map), run(WIDTH, &o, &map, rows, 1, 1, out[0], NULL)};
  for (size_t i = 0; i < sizeof unlike / sizeof *unlike; i++) {
    nt_kitnet *pair[] = {make(WIDTH, &o, &map), unlike[i]};
    uint64_t before = nt_kitnet_rows(unlike[i]);
    nt_error err = {0};
    if (i == 3 && best() == NT_ISA_PLAIN) /* equal in that case */
      CU_ASSERT_TRUE(nt_kitnet_together(pair[0], pair[1]));
    if (i != 3 || best() != NT_ISA_PLAIN) {
      CU_ASSERT_FALSE(nt_kitnet_together(pair[0], pair[1]));
      CU_ASSERT_EQUAL(nt_kitnet_process_together(pair, 2, rows, ROWS, scores, NULL, &err),
                      NT_E_ARGUMENT);
      CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "instances 0 and 1 together: expected one map"));
      CU_ASSERT_EQUAL(nt_kitnet_rows(pair[0]), 0);
      CU_ASSERT_EQUAL(nt_kitnet_rows(pair[1]), before);
    }
    nt_kitnet_free(pair[0]);
    nt_kitnet_free(unlike[i]);
  }
  free(rows);
}

/* Memory: at least the weights, at most three times that plus what every instance needs. */
static void memory_is_told(void) {
  size_t size = WIDTH, features[WIDTH];
  for (size_t i = 0; i < WIDTH; i++) features[i] = i;
  nt_feature_map map = {1, WIDTH, &size, features, NULL};
  nt_kitnet_options o = nt_kitnet_defaults();
  o.ad_grace = 20;
  double *rows = noise_rows(30, WIDTH, 8), scores[30];
  const size_t weights = 8 * WIDTH * 75, most = 3 * weights + 100000;
  nt_kitnet *k = run(WIDTH, &o, &map, rows, 10, 10, scores, NULL);
  CU_ASSERT(nt_kitnet_memory(k) >= weights && nt_kitnet_memory(k) <= most);
  nt_kitnet_free(k);
  k = run(WIDTH, &o, &map, rows, 30, 30, scores, NULL);
  CU_ASSERT(nt_kitnet_memory(k) >= 2 * weights && nt_kitnet_memory(k) <= most);
  nt_kitnet_free(k);
  k = run(WIDTH, &o, NULL, rows, 10, 10, scores, NULL);
  CU_ASSERT(nt_kitnet_memory(k) >= 8 * WIDTH * WIDTH && nt_kitnet_memory(k) <= most);
  nt_kitnet_free(k);
  free(rows);
}

static const check_case cases[] = {
    {"every bit as alone", every_bit_as_alone},
    {"NaN rows too", nan_rows_too},
    {"other rows before", other_rows_before},
    {"unlike ones are refused", unlike_ones_are_refused},
    {"memory is told", memory_is_told},
};
CHECK_MAIN("cohort", cases)
