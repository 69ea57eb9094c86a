/* SPDX-License-Identifier: GPL-3.0-or-later */
/* KitNET as a detector, with the map made in a stage of its own, has the bits of a
 * KitNET that learns its map. */
#include <ninetails/detector.h>

#include "mapper/correlation.h"
#include "kitnet_check.h"
#include "noise.h"
#include "mapper/linkage.h"

enum { ROWS = 700, WIDTH = 30, MAPPING = 100, LEARNING = 210, FIRST = MAPPING + LEARNING };
enum { COUNT = 5, VALUES = 6 };

static double *rows;
static nt_feature_map map;

/* The map of the first rows, as a sweep makes it. */
static void make_map(void) {
  nt_error err;
  double distance[WIDTH * WIDTH];
  nt_merge merges[WIDTH];
  rows = noise_rows(ROWS, WIDTH, 11);
  nt_correlation *c = nt_correlation_new(WIDTH, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(c);
  nt_correlation_update(c, rows, MAPPING);
  nt_correlation_distance(c, distance);
  nt_correlation_free(c);
  CHECK_OK(nt_linkage_single(distance, WIDTH, merges, &err), err);
  CHECK_OK(nt_feature_map_cut(merges, WIDTH, 7, &map, &err), err);
}

static const nt_detector_class *class(void) {
  const nt_detector_class *c = nt_detector_find("kitnet", NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL(c);
  return c;
}

static size_t parameter(const char *name) {
  size_t at = nt_parameter_find(class()->parameters, class()->parameter_count, name);
  CU_ASSERT_FATAL(at < class()->parameter_count);
  return at;
}

/* The i-th of several that differ in all but the map, as values and as options. */
static void values_of(size_t i, nt_value *values, nt_kitnet_options *o) {
  static const double epsilons[] = {1e-16, 1e-3};
  *o = nt_kitnet_defaults();
  o->fm_grace = MAPPING - 1;
  o->ad_grace = LEARNING;
  o->seed = (uint32_t)(1234 + 7 * i);
  o->bias = i % 2 ? NT_BIAS_MEAN : NT_BIAS_ELEMENT;
  o->train_epsilon = epsilons[i / 2 % 2];
  CU_ASSERT_FATAL(class()->parameter_count <= VALUES);
  nt_parameter_presets(class()->parameters, class()->parameter_count, values);
  values[parameter("max_autoencoder")].number = (double)(o->max_autoencoder = 7);
  values[parameter("learning_rate")].number = o->learning_rate = 0.05 * (double)(i + 1);
  values[parameter("hidden_ratio")].number = o->hidden_ratio = i == 3 ? 0.4 : 0.75;
  values[parameter("bias_update")].number = i % 2;
  values[parameter("train_epsilon")].number = o->train_epsilon;
  values[parameter("execute_epsilon")].number = o->execute_epsilon = i == 1 ? 1 : 1e-16;
}

static void *create(const nt_value *values, uint64_t seed) {
  nt_error err;
  const char *columns[WIDTH] = {"a"};
  nt_detector_setting setting = {.kind = class(),
                                 .width = WIDTH,
                                 .columns = columns,
                                 .learn = LEARNING,
                                 .rows = ROWS,
                                 .seed = seed,
                                 .map = &map};
  void *d = class()->create(&setting, values, &err);
  if (!d) printf("  %s\n", err.text);
  CU_ASSERT_PTR_NOT_NULL_FATAL(d);
  return d;
}

static nt_rows part(size_t from, size_t to, size_t piece) {
  size_t count = to - from < piece ? to - from : piece;
  return (nt_rows){.first = from, .count = count, .width = WIDTH, .features = rows + from * WIDTH};
}

typedef struct outputs {
  double scores[COUNT][ROWS], training[COUNT][ROWS];
} outputs;

/* [n] instances through learning and scoring, together where there are several. */
static void work(void *const *d, size_t n, size_t piece, outputs *out) {
  nt_error err;
  const nt_detector_class *c = class();
  double *to[COUNT];
  nt_rows r;
  for (size_t from = MAPPING; from < ROWS; from += r.count) {
    int learning = from < FIRST;
    r = part(from, learning ? FIRST : ROWS, piece);
    for (size_t i = 0; i < n; i++) to[i] = (learning ? out->training[i] : out->scores[i]) + from;
    if (learning)
      CHECK_OK(n > 1 ? c->learn_together(d, n, &r, to, &err) : c->learn(d[0], &r, to[0], &err),
               err);
    else
      CHECK_OK(n > 1 ? c->score_together(d, n, &r, to, &err) : c->score(d[0], &r, to[0], &err),
               err);
  }
}

static int as_kitnet(const outputs *out, size_t at, size_t which) {
  static double scores[ROWS], training[ROWS];
  nt_kitnet_options o;
  nt_value values[VALUES];
  values_of(which, values, &o);
  nt_kitnet_free(run(WIDTH, &o, NULL, rows, ROWS, ROWS, scores, training));
  CU_ASSERT(scores[FIRST] > 0);
  return memcmp(scores + FIRST, out->scores[at] + FIRST, (ROWS - FIRST) * sizeof *scores) == 0 &&
         memcmp(training + MAPPING, out->training[at] + MAPPING, LEARNING * sizeof *training) == 0;
}

static void alone(void) {
  static outputs out;
  static const size_t pieces[] = {1, 64, 100, ROWS};
  for (size_t i = 0; i < COUNT; i++) {
    nt_value values[VALUES];
    nt_kitnet_options o;
    values_of(i, values, &o);
    void *d = create(values, o.seed);
    CU_ASSERT(class()->memory(d) > 0);
    work(&d, 1, pieces[i % 4], &out);
    class()->free(d);
    CU_ASSERT(as_kitnet(&out, 0, i));
  }
}

static void together(void) {
  static outputs out;
  static const size_t pieces[] = {1, 33, ROWS};
  nt_value values[COUNT][VALUES], wider[VALUES];
  for (size_t p = 0; p < 3; p++) {
    void *d[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
      nt_kitnet_options o;
      values_of(i, values[i], &o);
      CU_ASSERT_TRUE(class()->together(values[0], values[i]));
      d[i] = create(values[i], o.seed);
    }
    work(d, COUNT, pieces[p], &out);
    for (size_t i = 0; i < COUNT; i++) {
      class()->free(d[i]);
      CU_ASSERT(as_kitnet(&out, i, i));
    }
  }
  memcpy(wider, values[0], sizeof wider);
  wider[parameter("max_autoencoder")].number++;
  CU_ASSERT_FALSE(class()->together(values[0], wider));
}

/* With nothing to learn from, scores are NaN and nothing crashes. */
static void without_learning(void) {
  nt_error err;
  nt_value values[VALUES];
  nt_kitnet_options o;
  values_of(0, values, &o);
  nt_detector_setting setting = {
      .kind = class(), .width = WIDTH, .rows = 10, .seed = 1, .map = &map};
  void *d = class()->create(&setting, values, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(d);
  double scores[10];
  nt_rows r = part(0, 10, 10);
  CHECK_OK(class()->score(d, &r, scores, &err), err);
  CU_ASSERT(isnan(scores[0]) && isnan(scores[9]));
  class()->free(d);
  class()->free(NULL);
}

static void clean_up(void) {
  nt_feature_map_done(&map);
  free(rows);
}

static const check_case cases[] = {
    {"a map of the first rows", make_map},  {"alone", alone},      {"together", together},
    {"without learning", without_learning}, {"the end", clean_up},
};
CHECK_MAIN("detector_kitnet", cases)
