/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Correlation, linkage, cut and text form of feature maps. kitnet_figures_test.c has whole maps of
 * real traffic, differential/scipy_linkage.py compares linkage with SciPy. */
#include <math.h>

#include <ninetails/platform.h>
#include <ninetails/feature_map.h>

#include "mapper/correlation.h"
#include "check.h"
#include "noise.h"
#include "mapper/linkage.h"

/* ASan must return NULL when there is too little memory, as malloc does. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
  return "allocator_may_return_null=1";
}

/* ---------------------------------------------------------------- correlation */

/* The distances by the formulas, one element at a time. */
static void plain_distance(const double *rows, size_t n, size_t width, double *d) {
  double *sum = calloc(width * (width + 3), sizeof *sum), *squares = sum + width;
  double *r = squares + width, *products = r + width;
  for (size_t t = 0; t < n; t++) {
    for (size_t i = 0; i < width; i++) {
      sum[i] += rows[t * width + i];
      r[i] = rows[t * width + i] - sum[i] / (double)(t + 1);
      squares[i] += r[i] * r[i];
    }
    for (size_t i = 0; i < width; i++)
      for (size_t j = 0; j < width; j++) products[i * width + j] += r[i] * r[j];
  }
  for (size_t i = 0; i < width; i++)
    for (size_t j = 0; j < width; j++) {
      double norm = sqrt(squares[i]) * sqrt(squares[j]);
      double v = 1 - products[i * width + j] / (norm == 0 ? 1e-100 : norm);
      d[i * width + j] = v < 0 ? 0 : v;
    }
  free(sum);
}

static double *distance_of(const double *rows, size_t n, size_t width, size_t batch) {
  nt_error err;
  nt_correlation *c = nt_correlation_new(width, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(c);
  for (size_t i = 0; i < n; i += batch)
    nt_correlation_update(c, rows + i * width, n - i < batch ? n - i : batch);
  CU_ASSERT_EQUAL(nt_correlation_rows(c), n);
  double *d = malloc(width * width * sizeof *d);
  nt_correlation_distance(c, d);
  nt_correlation_free(c);
  return d;
}

static void correlation_by_hand(void) {
  /* Means so far: (1, 2), (2, 3), (3, 1); residuals (0, 0), (1, 1), (2, -4 / 1 ...) are exact in
   * binary. */
  const double rows[] = {1, 2, 5, 3, 4, 5, 5, -3, 5};
  double *d = distance_of(rows, 3, 3, 3);
  /* Means so far 1, 2, 3 and 2, 3, 1: residuals 0, 1, 2 and 0, 1, -4, so C = 1 - 8 = -7 and c_rs =
   * 5 and 17. The third column is constant. */
  CU_ASSERT_DOUBLE_EQUAL(d[1], 1 + 7 / sqrt(5.0 * 17), 1e-15);
  CU_ASSERT_EQUAL(d[3], d[1]);
  CU_ASSERT_DOUBLE_EQUAL(d[0], 0, 1e-15);
  CU_ASSERT_EQUAL(d[2], 1);
  CU_ASSERT_EQUAL(d[8], 1);
  free(d);
}

static void correlation_has_the_formulas_bits(void) {
  static const size_t widths[] = {1, 2, 7, 15, 16, 17, 33, 100, 131};
  static const size_t batches[] = {1, 3, 16, 17, 50};
  for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
    size_t width = widths[w], bytes = width * width * sizeof(double);
    double *rows = noise_rows(50, width, w), *expected = malloc(bytes);
    plain_distance(rows, 50, width, expected);
    for (nt_isa isa = NT_ISA_PLAIN; isa <= NT_ISA_AVX512; isa++) {
      setenv("NINETAILS_ISA", nt_isa_name(isa), 1); /* a cap: never more than the machine has */
      for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
        double *d = distance_of(rows, 50, width, batches[b]);
        CU_ASSERT_EQUAL(memcmp(d, expected, bytes), 0);
        free(d);
      }
    }
    unsetenv("NINETAILS_ISA");
    free(rows);
    free(expected);
  }
}

/* Distances taken in the middle of a pass equal those of a pass that ends there, and
 * taking them changes nothing. */
static void correlation_is_asked_on_the_way(void) {
  enum { N = 90, W = 21 };
  static const size_t counts[] = {0, 1, 2, 16, 17, 40, 63, N};
  nt_error err;
  double *rows = noise_rows(N, W, 5), on_the_way[W * W];
  nt_correlation *c = nt_correlation_new(W, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(c);
  for (size_t i = 0, at = 0; i < sizeof counts / sizeof *counts; at = counts[i++]) {
    nt_correlation_update(c, rows + at * W, counts[i] - at);
    nt_correlation_distance(c, on_the_way);
    double *fresh = distance_of(rows, counts[i], W, N);
    CU_ASSERT_EQUAL(memcmp(on_the_way, fresh, sizeof on_the_way), 0);
    free(fresh);
  }
  nt_correlation_free(c);
  free(rows);
}

static void correlation_refuses_what_cannot_be(void) {
  nt_error err;
  CU_ASSERT_PTR_NULL(nt_correlation_new(0, &err));
  CU_ASSERT_EQUAL(err.status, NT_E_ARGUMENT);
  CU_ASSERT_PTR_NULL(nt_correlation_new(SIZE_MAX / 2, &err));
  CU_ASSERT_EQUAL(err.status, NT_E_MEMORY);
  CU_ASSERT_PTR_NULL(nt_correlation_new((size_t)1 << 33, &err)); /* 2^69 bytes */
  CU_ASSERT_EQUAL(err.status, NT_E_MEMORY);
}

/* ---------------------------------------------------------------- linkage */

static void linkage_by_hand(void) {
  /* 0 and 2 at 1, 3 at 2 from 0, 1 at 4 from 3. */
  const double d[] = {0, 9, 1, 2, 9, 0, 9, 4, 1, 9, 0, 3, 2, 4, 3, 0};
  nt_error err;
  nt_merge m[3];
  CHECK_OK(nt_linkage_single(d, 4, m, &err), err);
  const nt_merge expected[] = {{0, 2, 1, 2}, {3, 4, 2, 3}, {1, 5, 4, 4}};
  for (int i = 0; i < 3; i++) {
    CU_ASSERT_EQUAL(m[i].left, expected[i].left);
    CU_ASSERT_EQUAL(m[i].right, expected[i].right);
    CU_ASSERT_EQUAL(m[i].distance, expected[i].distance);
    CU_ASSERT_EQUAL(m[i].leaves, expected[i].leaves);
  }
}

static void ties_join_in_order(void) {
  double d[25];
  for (int i = 0; i < 25; i++) d[i] = 1; /* as SciPy, one after the other */
  nt_error err;
  nt_merge m[4];
  CHECK_OK(nt_linkage_single(d, 5, m, &err), err);
  CU_ASSERT_EQUAL(m[0].left, 0);
  CU_ASSERT_EQUAL(m[0].right, 1);
  for (size_t i = 1; i < 4; i++) {
    CU_ASSERT_EQUAL(m[i].left, i + 1);
    CU_ASSERT_EQUAL(m[i].right, 4 + i);
    CU_ASSERT_EQUAL(m[i].leaves, i + 2);
  }
}

static void linkage_names_what_is_not_finite(void) {
  nt_error err;
  nt_merge m[2];
  double d[] = {0, 1, 1, 1, 0, NAN, 1, NAN, 0};
  CU_ASSERT_EQUAL(nt_linkage_single(d, 3, m, &err), NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "columns 1 and 2 is nan"));
  d[5] = INFINITY;
  CU_ASSERT_EQUAL(nt_linkage_single(d, 3, m, &err), NT_E_INPUT);
  CU_ASSERT_EQUAL(nt_linkage_single(d, 0, m, &err), NT_E_ARGUMENT);
  CU_ASSERT_EQUAL(nt_linkage_single(d, 1, m, NULL), NT_OK);
}

/* ---------------------------------------------------------------- cut */

static void cut_by_hand(void) {
  /* The dendrogram of linkage_by_hand: (1, (3, (0, 2))). */
  const nt_merge m[] = {{0, 2, 1, 2}, {3, 4, 2, 3}, {1, 5, 4, 4}};
  static const size_t features[] = {1, 3, 0, 2};
  static const struct {
    size_t most, count, sizes[4];
  } cases[] = {{1, 4, {1, 1, 1, 1}}, {2, 3, {1, 1, 2}}, {3, 2, {1, 3}}, {4, 1, {4}}, {99, 1, {4}}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    nt_error err;
    nt_feature_map map;
    CHECK_OK(nt_feature_map_cut(m, 4, cases[i].most, &map, &err), err);
    CU_ASSERT_EQUAL_FATAL(map.autoencoders, cases[i].count);
    CU_ASSERT_EQUAL(memcmp(map.sizes, cases[i].sizes, map.autoencoders * sizeof *map.sizes), 0);
    CU_ASSERT_EQUAL(map.total, 4);
    CU_ASSERT_EQUAL(memcmp(map.features, features, sizeof features), 0);
    nt_feature_map_done(&map);
  }
}

/* For any rows, no cluster is too large and each feature is in exactly one. */
static void cut_is_a_partition(void) {
  uint64_t state = 5;
  for (int turn = 0; turn < 60; turn++) {
    nt_error err;
    size_t n = 1 + (size_t)(noise(&state) * 150), most = 1 + (size_t)(noise(&state) * 20);
    double *d = calloc(n * n, sizeof *d);
    for (size_t i = 0; i < n * n; i++) d[i] = turn % 2 ? noise(&state) : floor(4 * noise(&state));
    nt_merge *m = calloc(n, sizeof *m);
    nt_feature_map map;
    CHECK_OK(nt_linkage_single(d, n, m, &err), err);
    CHECK_OK(nt_feature_map_cut(m, n, most, &map, &err), err);
    CHECK_OK(nt_feature_map_check(&map, n, &err), err);
    char *seen = calloc(n, 1);
    CU_ASSERT_EQUAL(map.total, n);
    for (size_t i = 0; i < map.total; i++) CU_ASSERT_EQUAL(seen[map.features[i]]++, 0);
    for (size_t i = 0; i < map.autoencoders; i++) CU_ASSERT(map.sizes[i] <= most);
    nt_feature_map_done(&map);
    free(seen);
    free(d);
    free(m);
  }
  nt_feature_map map;
  CU_ASSERT_EQUAL(nt_feature_map_cut(NULL, 0, 1, &map, NULL), NT_E_ARGUMENT);
  CU_ASSERT_EQUAL(nt_feature_map_cut(NULL, 1, 0, &map, NULL), NT_E_ARGUMENT);
}

static void check_refuses_broken_maps(void) {
  static const struct {
    size_t autoencoders, total, sizes[2], features[3];
    const char *says;
  } cases[] = {{0, 0, {0, 0}, {0}, "0 autoencoders"},
               {2, 3, {3, 0}, {0, 1, 2}, "autoencoder 1 has 0 features"},
               {2, 3, {2, 2}, {0, 1, 2}, "autoencoder 1 has 2 features: expected 1 to 1"},
               {2, 3, {SIZE_MAX, 4}, {0, 1, 2}, "autoencoder 0 has"},
               {2, 3, {1, 1}, {0, 1, 2}, "add up to 2: expected 3"},
               {2, 3, {1, 2}, {0, 1, 3}, "autoencoder 1 has column 3: expected 0 to 2"},
               {2, 3, {1, 2}, {0, 1, 1}, NULL}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    nt_error err = {.text = ""};
    size_t sizes[2], features[3];
    memcpy(sizes, cases[i].sizes, sizeof sizes);
    memcpy(features, cases[i].features, sizeof features);
    nt_feature_map map = {cases[i].autoencoders, cases[i].total, sizes, features, NULL};
    nt_status status = nt_feature_map_check(&map, 3, &err);
    CU_ASSERT_EQUAL(status, cases[i].says ? NT_E_INPUT : NT_OK);
    if (cases[i].says) CU_ASSERT_PTR_NOT_NULL(strstr(err.text, cases[i].says));
  }
}

/* ---------------------------------------------------------------- text */

static nt_status read_text(const char *text, size_t bytes, nt_feature_map *map, nt_error *err) {
  char path[] = "/tmp/ninetails-map-XXXXXX";
  int fd = mkstemp(path);
  CU_ASSERT_FATAL(fd >= 0 && write(fd, text, bytes) == (ssize_t)bytes);
  close(fd);
  nt_status status = nt_feature_map_read_text(path, map, err);
  unlink(path);
  return status;
}

static void text_is_read(void) {
  static const char text[] = "# a map\n0, 1 2\r\n\n  17\t,3 # two\n4";
  static const size_t sizes[] = {3, 2, 1}, features[] = {0, 1, 2, 17, 3, 4};
  nt_error err;
  nt_feature_map map, copy;
  CHECK_OK(read_text(text, sizeof text - 1, &map, &err), err);
  CHECK_OK(nt_feature_map_copy(&map, &copy, &err), err);
  nt_feature_map_done(&map);
  CU_ASSERT_EQUAL_FATAL(copy.autoencoders, 3);
  CU_ASSERT_EQUAL_FATAL(copy.total, 6);
  CU_ASSERT_EQUAL(memcmp(copy.sizes, sizes, sizeof sizes), 0);
  CU_ASSERT_EQUAL(memcmp(copy.features, features, sizeof features), 0);
  nt_feature_map_done(&copy);
}

static void bad_text_is_named(void) {
  static const struct {
    const char *text, *says;
  } cases[] = {{"", "no autoencoder"},
               {"# nothing\n,,\n", "no autoencoder"},
               {"1 2\n3 x\n", "line 2: 'x'"},
               {"1 -2\n", "line 1: '-'"},
               {"1.5\n", "line 1: '.'"},
               {"1\n\n12a3\n", "line 3: 'a'"},
               {"1\n\x80\n", "line 2: byte 128"},
               {"99999999999999999999999999\n", "line 1: column 99999999...: expected below"}};
  nt_error err;
  nt_feature_map map;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    CU_ASSERT_EQUAL(read_text(cases[i].text, strlen(cases[i].text), &map, &err), NT_E_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, cases[i].says));
    CU_ASSERT_PTR_NULL(map.features);
  }
  CU_ASSERT_EQUAL(read_text("1\0002", 3, &map, &err), NT_E_INPUT);
  CU_ASSERT_EQUAL(nt_feature_map_read_text("/nowhere/map", &map, &err), NT_E_IO);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/nowhere/map"));
  CU_ASSERT_EQUAL(nt_feature_map_read_text("/tmp", &map, &err), NT_E_IO);
}

static void text_has_a_bound(void) {
  size_t bytes = 2 * (((size_t)1 << 24) + 1);
  char *text = malloc(bytes);
  for (size_t i = 0; i < bytes; i++) text[i] = i % 2 ? '\n' : '0';
  nt_error err;
  nt_feature_map map;
  CU_ASSERT_EQUAL(read_text(text, bytes, &map, &err), NT_E_LIMIT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "line 16777217: more than 16777216 indices"));
  free(text);
}

static const check_case cases[] = {
    {"correlation: a worked example", correlation_by_hand},
    {"correlation: the formulas' bits, whatever the width, batch and instruction set",
     correlation_has_the_formulas_bits},
    {"correlation is asked on the way", correlation_is_asked_on_the_way},
    {"correlation: impossible widths", correlation_refuses_what_cannot_be},
    {"linkage: a worked example", linkage_by_hand},
    {"linkage: ties join in order", ties_join_in_order},
    {"linkage: distances that are not finite are named", linkage_names_what_is_not_finite},
    {"cut: a worked example", cut_by_hand},
    {"cut: a partition, no cluster too large", cut_is_a_partition},
    {"check: broken maps are refused", check_refuses_broken_maps},
    {"text: read", text_is_read},
    {"text: mistakes are named", bad_text_is_named},
    {"text: has a bound", text_has_a_bound},
};
CHECK_MAIN("mapper", cases)
