/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Detectors of a single quantity: scores worked out by hand. */
#include <math.h>

#include <ninetails/detector.h>

#include "check.h"

enum { N = 6, COLUMNS = 3 };
static const double times[N] = {10, 10.5, 10.25, 12, 12, 20};
static const uint32_t sizes[N] = {60, 1500, 60, 0, 4000000000u, 70};

static const char *const columns[COLUMNS] = {"size", "1", "jitter"};

/* learn: how many of the rows are learnt; out: the scores of all rows. */
static nt_status run(const char *name, const nt_value *values, const nt_rows *rows, size_t learn,
                     double *out, char *remark, nt_error *err) {
  const nt_detector_class *class = nt_detector_find(name, err);
  nt_detector_setting setting = {.kind = class,
                                 .width = COLUMNS,
                                 .columns = columns,
                                 .learn = learn,
                                 .rows = rows->count,
                                 .seed = 1};
  void *detector = class->create(&setting, values, err);
  if (!detector) return err->status;
  nt_rows first = *rows, rest = *rows;
  first.count = learn;
  rest.first += learn, rest.count -= learn, rest.times += learn;
  rest.features = rows->features ? rows->features + learn * COLUMNS : NULL;
  rest.sizes = rows->sizes ? rows->sizes + learn : NULL;
  rest.labels = rows->labels ? rows->labels + learn : NULL;
  nt_status status = class->learn(detector, &first, out, err);
  if (status == NT_OK && class->preview) status = class->preview(detector, &rest, err);
  rest.labels = NULL;
  if (status == NT_OK) status = class->score(detector, &rest, out + learn, err);
  if (remark) class->remark(detector, remark, 256);
  class->free(detector);
  return status;
}

static const nt_rows packets = {
    .first = 7, .count = N, .width = COLUMNS, .times = times, .sizes = sizes};

static void expect(const char *name, const nt_value *values, const double *expected) {
  double scores[N];
  nt_error err;
  CHECK_OK(run(name, values, &packets, 2, scores, NULL, &err), err);
  for (size_t i = 0; i < N; i++) CU_ASSERT_DOUBLE_EQUAL(scores[i], expected[i], 1e-12);
}

static void length_and_index(void) {
  expect("packet_length", &(nt_value){.number = 0}, (double[]){60, 1500, 60, 0, 4e9, 70});
  expect("packet_length", &(nt_value){.number = 1}, (double[]){-60, -1500, -60, 0, -4e9, -70});
  expect("packet_index", &(nt_value){.number = 0}, (double[]){7, 8, 9, 10, 11, 12});
  expect("packet_index", &(nt_value){.number = 1}, (double[]){-7, -8, -9, -10, -11, -12});
}

static void arrivals_that_step_back_count_as_zero(void) {
  expect("inter_arrival", &(nt_value){.number = 0}, (double[]){0, 0.5, 0, 1.75, 0, 8});
  expect("inter_arrival", &(nt_value){.number = 1}, (double[]){0, -0.5, 0, -1.75, 0, -8});
}

static void rates_by_hand(void) {
  nt_value values[] = {{.number = 2}, {.number = 0}};
  double w[N], scores[N];
  w[0] = 1;
  w[1] = 1 + w[0] * exp(-0.25);
  w[2] = 1 + w[1]; /* a step back neither damps nor moves the clock */
  w[3] = 1 + w[2] * exp(-0.75);
  w[4] = 1 + w[3];
  w[5] = 1 + w[4] * exp(-4);
  for (size_t i = 0; i < N; i++) scores[i] = w[i] / 2;
  expect("packet_rate", values, scores);
  for (size_t i = 0; i < N; i++) scores[i] = -scores[i];
  values[1].number = 1;
  expect("packet_rate", values, scores);
}

static void a_constant_rate_is_found(void) {
  enum { MANY = 20000 };
  double *at = malloc(MANY * sizeof *at), *scores = malloc(MANY * sizeof *scores);
  for (size_t i = 0; i < MANY; i++) at[i] = 1e9 + (double)i / 500;
  nt_rows rows = {.count = MANY, .width = COLUMNS, .times = at};
  nt_error err;
  CHECK_OK(
      run("packet_rate", (nt_value[]){{.number = 3}, {.number = 0}}, &rows, 0, scores, NULL, &err),
      err);
  CU_ASSERT_DOUBLE_EQUAL(scores[MANY - 1], 500, 0.5);
  free(at), free(scores);
}

static void inputs_that_are_missing_are_named(void) {
  double unknown[N] = {1, 2, 3, NAN, 5, 6}, scores[N];
  nt_rows rows = {.first = 7, .count = N, .width = COLUMNS, .times = unknown};
  nt_error err;
  nt_value values[] = {{.number = 1}, {.number = 0}};
  CU_ASSERT_EQUAL(run("inter_arrival", values, &rows, 2, scores, NULL, &err), NT_E_INPUT);
  CU_ASSERT_STRING_EQUAL(err.text, "packet 10 has no time: the input has no times");
  CU_ASSERT_EQUAL(run("packet_rate", values, &rows, 2, scores, NULL, &err), NT_E_INPUT);
  CU_ASSERT_STRING_EQUAL(err.text, "packet 10 has no time: the input has no times");
  CU_ASSERT_EQUAL(run("packet_length", values, &rows, 2, scores, NULL, &err), NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "no lengths"));
}

/* ---------------------------------------------------------------- one feature */

static const double features[N][COLUMNS] = {{1, 5, 0},  {3, 5, 0}, /* learnt: means 2, 5, 0 */
                                            {2, -9, 1}, {9, -8, 1}, {2, 7, NAN}, {-6, 1, 2}};
static const uint8_t labels[N] = {0, 0, 0, 1, 0, 1};
static const nt_rows rows_of_features = {
    .count = N, .width = COLUMNS, .features = features[0], .times = times, .labels = labels};

enum { BEST, HIGH, LOW, FAR };

static nt_status one(const char *feature, double side, double sample, const nt_rows *rows,
                     double *scores, char *remark, nt_error *err) {
  nt_value values[] = {{.text = feature}, {.number = side}, {.number = sample}};
  return run("one_feature", values, rows, 2, scores, remark, err);
}

static void a_named_feature_needs_no_labels(void) {
  double scores[N];
  char remark[256];
  nt_error err;
  nt_rows rows = rows_of_features;
  rows.labels = NULL;
  CHECK_OK(one("size", HIGH, 100, &rows, scores, remark, &err), err);
  for (size_t i = 0; i < N; i++) CU_ASSERT_EQUAL(scores[i], features[i][0]);
  CU_ASSERT_STRING_EQUAL(remark, "feature 0 (size), high");
  CHECK_OK(one("2", LOW, 100, &rows, scores, remark, &err), err);
  CU_ASSERT_EQUAL(scores[5], -2);
  CU_ASSERT(isnan(scores[4]));
  CHECK_OK(one("1", LOW, 100, &rows, scores, remark, &err), err); /* a name before a number */
  CU_ASSERT_EQUAL(scores[2], 9);
  CHECK_OK(one("size", FAR, 100, &rows, scores, remark, &err), err);
  CU_ASSERT(isnan(scores[0])); /* nothing learnt, so no mean */
  CU_ASSERT_EQUAL(scores[1], 2);
  CU_ASSERT_EQUAL(scores[2], 0);
  CU_ASSERT_EQUAL(scores[5], 8);
}

/* Of benign rows 2 and 4 and attacks 3 and 5: far from 2, both attacks lie above both others. */
static void the_best_is_chosen_and_said(void) {
  double scores[N];
  char remark[256];
  nt_error err;
  CHECK_OK(one("best", BEST, 100, &rows_of_features, scores, remark, &err), err);
  CU_ASSERT_STRING_EQUAL(remark, "feature 0 (size), far from the mean: AUC 1.000000 on 4 rows; "
                                 "chosen with the labels, so a bound and no detector");
  CU_ASSERT_EQUAL(scores[3], 7);
  CU_ASSERT(isnan(scores[0]));
  /* One side: of column 0 the pairs are 9 > 2, 9 > 2, -6 < 2, -6 < 2: a half. Of column 1 a half,
   * too (-8 > -9, 1 > -9, below 7). Of column 2 NaN is above both: 0, 0, and a tie and a win. */
  CHECK_OK(one("best", HIGH, 100, &rows_of_features, scores, remark, &err), err);
  CU_ASSERT_PTR_NOT_NULL(strstr(remark, "feature 0 (size), high: AUC 0.500000"));
  CHECK_OK(one("jitter", BEST, 100, &rows_of_features, scores, remark, &err), err);
  CU_ASSERT_PTR_NOT_NULL(strstr(remark, "feature 2 (jitter), high: AUC 0.375000"));
}

static void without_labels_there_is_no_best(void) {
  double scores[N];
  nt_error err;
  nt_rows rows = rows_of_features;
  rows.labels = NULL;
  CU_ASSERT_EQUAL(one("best", HIGH, 100, &rows, scores, NULL, &err), NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "feature = best is chosen with the labels"));
  CU_ASSERT_EQUAL(one("size", BEST, 100, &rows, scores, NULL, &err), NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "side = best is chosen with the labels"));
  uint8_t benign[N] = {0, 0, 0, 2, 0, 2};
  rows.labels = benign;
  CU_ASSERT_EQUAL(one("best", HIGH, 100, &rows, scores, NULL, &err), NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "there are 2 and 0"));
  CU_ASSERT_EQUAL(one("sizes", HIGH, 100, &rows, scores, NULL, &err), NT_E_ARGUMENT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "'sizes'"));
  CU_ASSERT_EQUAL(one("3", HIGH, 100, &rows, scores, NULL, &err), NT_E_ARGUMENT);
  CU_ASSERT_EQUAL(one("", HIGH, 100, &rows, scores, NULL, &err), NT_E_ARGUMENT);
}

/* A sample of 2 of each label: every k-th of 1000 rows. */
static void a_sample_is_even_and_bounded(void) {
  enum { MANY = 1000 };
  double *x = calloc(MANY * COLUMNS, sizeof *x), *scores = calloc(MANY, sizeof *scores);
  double *at = calloc(MANY, sizeof *at);
  uint8_t *marks = calloc(MANY, 1);
  for (size_t i = 0; i < MANY; i++) marks[i] = i % 2, x[i * COLUMNS] = i % 2 ? 1 : 0;
  nt_rows rows = {.count = MANY, .width = COLUMNS, .features = x, .times = at, .labels = marks};
  char remark[256];
  nt_error err;
  CHECK_OK(one("best", BEST, 8, &rows, scores, remark, &err), err);
  CU_ASSERT_PTR_NOT_NULL(strstr(remark, "feature 0 (size), high: AUC 1.000000 on 8 rows"));
  CHECK_OK(one("best", BEST, 2, &rows, scores, remark, &err), err);
  CU_ASSERT_PTR_NOT_NULL(strstr(remark, "AUC 1.000000 on 2 rows"));
  CHECK_OK(one("best", BEST, 1e6, &rows, scores, remark, &err), err);
  CU_ASSERT_PTR_NOT_NULL(strstr(remark, "AUC 1.000000 on 998 rows"));
  free(x), free(scores), free(at), free(marks);
}

static const check_case cases[] = {
    {"length and index", length_and_index},
    {"arrivals that step back count as zero", arrivals_that_step_back_count_as_zero},
    {"rates by hand", rates_by_hand},
    {"a constant rate is found", a_constant_rate_is_found},
    {"inputs that are missing are named", inputs_that_are_missing_are_named},
    {"a named feature needs no labels", a_named_feature_needs_no_labels},
    {"the best feature is chosen, and said", the_best_is_chosen_and_said},
    {"without labels there is no best", without_labels_there_is_no_best},
    {"a sample is even and bounded", a_sample_is_even_and_bounded},
};
CHECK_MAIN("trivial detectors", cases)
