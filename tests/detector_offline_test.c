/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Detectors that are fitted once: examples worked by hand, and properties of all of them.
 * differential/offline.py compares them with scikit-learn. */
#include <gsl/gsl_math.h>

#include "detectors/rows.h"
#include "check.h"
#include "detector_trial.h"
#include "noise.h"

static const char *const names[] = {"isolation_forest", "gaussian_mixture", "mahalanobis", "pca",
                                    "box_plot"};
enum { NAMES = 5 };

#define CLOSE(got, expected) CU_ASSERT(is_close(got, expected))
static int is_close(double got, double expected) {
  return fabs(got - expected) <= 1e-12 * (1 + fabs(expected));
}

/* ---------------------------------------------------------------- worked by hand */

/* Four rows: variances 1/2 and 2, no covariance; the third feature is constant. */
static const double cross[] = {1, 0, 7, -1, 0, 7, 0, 2, 7, 0, -2, 7};

static void mahalanobis_of_a_cross(void) {
  const double rows[] = {1, 0, 7, 0, 2, 7, 1, 2, 7, 0, 0, 7, 0, 0, 99};
  double s[5];
  score_all(&(trial){.name = "mahalanobis",
                     .width = 3,
                     .learn_rows = cross,
                     .learn = 4,
                     .score_rows = rows,
                     .score = 5},
            s);
  CLOSE(s[0], 2);
  CLOSE(s[1], 2);
  CLOSE(s[2], 4);
  CLOSE(s[3], 0);
  CLOSE(s[4], 0); /* a constant feature does not count */
}

/* y = 2 x always: one direction, along which the distance is that of x
 * alone; off it, no distance. */
static void mahalanobis_of_dependent_features(void) {
  const double learn[] = {-1, -2, 1, 2, -1, -2, 1, 2}, rows[] = {3, 6, 1, -2};
  double s[2];
  score_all(&(trial){.name = "mahalanobis",
                     .width = 2,
                     .learn_rows = learn,
                     .learn = 4,
                     .score_rows = rows,
                     .score = 2},
            s);
  CLOSE(s[0], 9);
  CU_ASSERT_DOUBLE_EQUAL(s[1], 0, 1e-20);
}

static void mahalanobis_of_epochs(void) {
  double learn[2000], rows[] = {1.7e9 + 2};
  for (size_t i = 0; i < 2000; i++) learn[i] = 1.7e9 + (i % 2 ? 1 : -1);
  double s[1];
  score_all(&(trial){.name = "mahalanobis",
                     .width = 1,
                     .learn_rows = learn,
                     .learn = 2000,
                     .score_rows = rows,
                     .score = 1},
            s);
  CLOSE(s[0], 4);
}

/* Rows on the line y = x: the distance from it is the error, in raw units and in deviations. */
static void pca_of_a_line(void) {
  const double learn[] = {0, 0, 2, 2, 4, 4, 6, 6}, rows[] = {9, 9, 4, 2, 3, 3};
  double raw[3], scaled[3];
  trial t = {.name = "pca",
             .width = 2,
             .learn_rows = learn,
             .learn = 4,
             .score_rows = rows,
             .score = 3,
             .parameter = "components",
             .value = 1,
             .second = "standardise",
             .second_value = 0};
  score_all(&t, raw);
  t.second = t.parameter = NULL;
  score_all(&t, scaled);
  CU_ASSERT_DOUBLE_EQUAL(raw[0], 0, 1e-20);
  CLOSE(raw[1], 2);
  CLOSE(scaled[1], 2 / 5.); /* the variance of 0, 2, 4, 6 */
  CU_ASSERT_DOUBLE_EQUAL(raw[2], 0, 1e-20);
}

static void pca_refuses_all_components(void) {
  nt_error err;
  double s[4];
  trial t = {.name = "pca",
             .width = 3,
             .learn_rows = cross,
             .learn = 4,
             .score_rows = cross,
             .score = 4,
             .parameter = "components",
             .value = 3};
  CU_ASSERT_EQUAL(attempt(&t, s, &err), NT_E_ARGUMENT);
  CU_ASSERT_STRING_EQUAL(err.text, "components = 3: expected fewer than the 3 features");
}

/* Quartiles 1 and 3: whiskers -2 and 6. No box: range 10, whiskers -15
 * and 15. Constant: ignored. */
static void box_plots(void) {
  const double learn[] = {0, 0, 5, 1, 0, 5, 2, 0, 5, 3, 0, 5, 4, 10, 5};
  const double rows[] = {8, 0, 5, -4, 0, 5, 6, 15, 5, 2, 25, 5, 2, 0, 1e9, -4, 35, 5};
  const double expected[] = {1, 1, 0, 1, 0, 2};
  double s[6];
  score_all(&(trial){.name = "box_plot",
                     .width = 3,
                     .learn_rows = learn,
                     .learn = 5,
                     .score_rows = rows,
                     .score = 6},
            s);
  for (size_t i = 0; i < 6; i++) CLOSE(s[i], expected[i]);
}

/* 0, 0, 0, 1: only one cut exists, whatever the seed. */
static void forest_of_one_cut(void) {
  const double learn[] = {0, 0, 0, 1}, alike[] = {3, 3, 3, 3}, rows[] = {0, 1, -5, 9};
  double gamma = 0.57721566490153286061;
  double c3 = 2 * (log(2) + gamma) - 4. / 3, c4 = 2 * (log(3) + gamma) - 6. / 4, s[4];
  trial t = {.name = "isolation_forest",
             .width = 1,
             .learn_rows = learn,
             .learn = 4,
             .score_rows = rows,
             .score = 4};
  score_all(&t, s);
  CLOSE(s[0], exp2(-(1 + c3) / c4));
  CLOSE(s[1], exp2(-1 / c4));
  CU_ASSERT_EQUAL(s[2], s[0]);
  CU_ASSERT_EQUAL(s[3], s[1]);
  t.learn_rows = alike;
  score_all(&t, s);
  for (size_t i = 0; i < 4; i++) CLOSE(s[i], 0.5);
}

/* One Gaussian: standardised variance 1 + the regularisation. */
static void mixture_of_one(void) {
  const double learn[] = {9, 11, 9, 11}, rows[] = {10, 13};
  double s[2], variance = 1 + 1e-6;
  score_all(&(trial){.name = "gaussian_mixture",
                     .width = 1,
                     .learn_rows = learn,
                     .learn = 4,
                     .score_rows = rows,
                     .score = 2,
                     .parameter = "components",
                     .value = 1},
            s);
  CLOSE(s[0], 0.5 * log(2 * M_PI * variance));
  CLOSE(s[1], 0.5 * log(2 * M_PI * variance) + 9 / (2 * variance));
}

/* Two distant clusters of equal size, variance 1 each: near one, the other adds nothing. */
static void mixture_of_two(void) {
  double learn[400], rows[] = {100, -101, 0}, s[3];
  for (size_t i = 0; i < 400; i++) learn[i] = (i % 2 ? 100 : -100) + (i % 4 < 2 ? 1 : -1);
  score_all(&(trial){.name = "gaussian_mixture",
                     .width = 1,
                     .learn_rows = learn,
                     .learn = 400,
                     .score_rows = rows,
                     .score = 3,
                     .parameter = "components",
                     .value = 2,
                     .second = "standardise",
                     .second_value = 0},
            s);
  double base = 0.5 * log(2 * M_PI * (1 + 1e-6)) + log(2);
  CU_ASSERT_DOUBLE_EQUAL(s[0], base, 1e-9);
  CU_ASSERT_DOUBLE_EQUAL(s[1], base + 0.5 / (1 + 1e-6), 1e-9);
  CU_ASSERT(s[2] > 4000);
}

/* ---------------------------------------------------------------- properties of all of them */

enum { WIDTH = 23, LEARN = 700, SCORE = 333 };

static double *awkward_rows(size_t n, uint64_t seed) {
  static const double scales[] = {1e-12, 1, 1e6, 1e12, 0};
  double *rows = noise_rows(n, WIDTH, seed);
  CU_ASSERT_FATAL(rows != NULL);
  for (size_t i = 0; i < n * WIDTH; i++) rows[i] *= scales[i % WIDTH % 5];
  for (size_t i = 0; i < n; i++) rows[i * WIDTH + 22] += 1.7e9;
  return rows;
}

static int same_bits(const double *a, const double *b, size_t n) {
  return memcmp(a, b, n * sizeof *a) == 0;
}

static void chunks_and_instruction_sets_change_nothing(void) {
  static const size_t chunks[] = {1, 7, 32, 100, 699};
  static const char *const sets[] = {"plain", "avx2", "avx512"};
  double *learn = awkward_rows(LEARN, 1), *score = awkward_rows(SCORE, 2);
  double whole[SCORE], cut[SCORE];
  learn[5 * WIDTH] = NAN;
  for (size_t d = 0; d < NAMES; d++) {
    trial t = {.name = names[d],
               .width = WIDTH,
               .learn_rows = learn,
               .learn = LEARN,
               .score_rows = score,
               .score = SCORE};
    score_all(&t, whole);
    for (size_t i = 0; i < SCORE; i++) CU_ASSERT(isfinite(whole[i]));
    for (size_t c = 0; c < sizeof chunks / sizeof *chunks; c++) {
      t.chunk = chunks[c];
      score_all(&t, cut);
      CU_ASSERT(same_bits(whole, cut, SCORE));
    }
    for (size_t c = 0; c < 3; c++) {
      setenv("NINETAILS_ISA", sets[c], 1);
      score_all(&t, cut);
      CU_ASSERT(same_bits(whole, cut, SCORE));
    }
    unsetenv("NINETAILS_ISA");
  }
  free(learn), free(score);
}

/* The samples are smaller than the learning rows, even those of three trees together. */
static void samples_do_not_depend_on_chunks(void) {
  static const struct {
    const char *name, *second;
    double second_value;
  } sampling[] = {{"isolation_forest", NULL, 0},
                  {"isolation_forest", "trees", 3},
                  {"gaussian_mixture", NULL, 0},
                  {"box_plot", NULL, 0}};
  double *learn = awkward_rows(LEARN, 1), *score = awkward_rows(SCORE, 2);
  double whole[SCORE], cut[SCORE], other[SCORE];
  for (size_t d = 0; d < sizeof sampling / sizeof *sampling; d++) {
    trial t = {.name = sampling[d].name,
               .width = WIDTH,
               .learn_rows = learn,
               .learn = LEARN,
               .score_rows = score,
               .score = SCORE,
               .parameter = "sample",
               .value = 64,
               .second = sampling[d].second,
               .second_value = sampling[d].second_value};
    score_all(&t, whole);
    t.chunk = 13;
    score_all(&t, cut);
    CU_ASSERT(same_bits(whole, cut, SCORE));
    t.value = 65;
    score_all(&t, other);
    CU_ASSERT(!same_bits(whole, other, SCORE));
  }
  free(learn), free(score);
}

static double depth_of(size_t n) {
  return n <= 1 ? 0 : n == 2 ? 1 : 2 * (log((double)n - 1) + M_EULER) - 2 + 2 / (double)n;
}

/* A quarter 0, then 1, many more than the samples hold. A tree of n rows of which z are 0 has one
 * cut: a 0 lies 1 + c(z) deep. z is binomial where each row has the same chance. */
static void long_streams_are_sampled_fairly(void) {
  enum { ROWS = 60000, TREES = 2000, SAMPLE = 16 };
  double *learn = calloc(ROWS, sizeof *learn), rows[] = {0, 1}, s[2], expected[2] = {0};
  for (size_t i = ROWS / 4; i < ROWS; i++) learn[i] = 1;
  double chance = pow(0.75, SAMPLE); /* P(z zeroes) */
  for (size_t z = 0; z <= SAMPLE; z++) {
    int cut = z > 0 && z < SAMPLE;
    expected[0] += chance * (cut ? 1 + depth_of(z) : depth_of(SAMPLE));
    expected[1] += chance * (cut ? 1 + depth_of(SAMPLE - z) : depth_of(SAMPLE));
    chance *= (double)(SAMPLE - z) / (double)(z + 1) / 3;
  }
  score_all(&(trial){.name = "isolation_forest",
                     .width = 1,
                     .learn_rows = learn,
                     .learn = ROWS,
                     .score_rows = rows,
                     .score = 2,
                     .chunk = 1000,
                     .parameter = "sample",
                     .value = SAMPLE,
                     .second = "trees",
                     .second_value = TREES},
            s);
  for (size_t i = 0; i < 2; i++) /* within four deviations of the mean of the trees */
    CU_ASSERT_DOUBLE_EQUAL(-log2(s[i]) * depth_of(SAMPLE), expected[i], 0.08);
  free(learn);
}

static void the_seed_counts_where_it_is_said_to(void) {
  double *learn = awkward_rows(LEARN, 1), *score = awkward_rows(SCORE, 2);
  double a[SCORE], b[SCORE];
  for (size_t d = 0; d < NAMES; d++) {
    trial t = {.name = names[d],
               .width = WIDTH,
               .learn_rows = learn,
               .learn = LEARN,
               .score_rows = score,
               .score = SCORE};
    score_all(&t, a);
    t.seed = (uint64_t)1 << 40; /* the seed's upper half matters too */
    score_all(&t, b);
    int seeded = (nt_detector_find(names[d], NULL)->flags & NT_DETECTOR_SEEDED) != 0;
    CU_ASSERT_EQUAL(!same_bits(a, b, SCORE), seeded);
  }
  free(learn), free(score);
}

/* Rows that cannot be learnt from (not finite, or with squares that overflow) are skipped. */
static void unusable_rows_are_passed_over(void) {
  static const double bad[] = {NAN, INFINITY, -INFINITY, 1e200};
  double *learn = awkward_rows(LEARN, 1), *score = awkward_rows(SCORE, 2);
  double *more = malloc(2 * LEARN * WIDTH * sizeof *more), a[SCORE], b[SCORE];
  for (size_t i = 0; i < LEARN; i++) {
    memcpy(more + 2 * i * WIDTH, learn + i * WIDTH, WIDTH * sizeof *more);
    memcpy(more + (2 * i + 1) * WIDTH, learn + i * WIDTH, WIDTH * sizeof *more);
    more[(2 * i + i % 2) * WIDTH + i % WIDTH] = bad[i % 4];
  }
  for (size_t d = 0; d < NAMES; d++) {
    trial t = {.name = names[d],
               .width = WIDTH,
               .learn_rows = learn,
               .learn = LEARN,
               .score_rows = score,
               .score = SCORE};
    score_all(&t, a);
    t.learn_rows = more;
    t.learn = 2 * LEARN;
    score_all(&t, b);
    CU_ASSERT(same_bits(a, b, SCORE));
  }
  free(learn), free(score), free(more);
}

static void any_row_is_scored(void) {
  static const double odd[] = {NAN, INFINITY, -INFINITY, 1e308, -1e308, 5e-324, -0.0};
  double *learn = awkward_rows(LEARN, 1), *score = awkward_rows(SCORE, 2), s[SCORE];
  for (size_t i = 0; i < SCORE; i++)
    for (size_t j = 0; j < WIDTH; j++)
      if (i % 9 == 0 || (i + j) % 5 == 0) score[i * WIDTH + j] = odd[(i + j * (i % 9 != 0)) % 7];
  for (size_t d = 0; d < NAMES; d++) {
    score_all(&(trial){.name = names[d],
                       .width = WIDTH,
                       .learn_rows = learn,
                       .learn = LEARN,
                       .score_rows = score,
                       .score = SCORE},
              s);
    for (size_t i = 0; i < SCORE; i++) {
      int finite = 1;
      for (size_t j = 0; j < WIDTH; j++) finite &= isfinite(score[i * WIDTH + j]);
      if (finite) CU_ASSERT(!isnan(s[i]));
    }
  }
  free(learn), free(score);
}

static void constant_rows(void) {
  double learn[50 * 3], rows[] = {1, 2, 3, 1, 2, 1e6}, s[2];
  for (size_t i = 0; i < 150; i++) learn[i] = (double)(1 + i % 3);
  for (size_t d = 0; d < NAMES; d++) {
    nt_error err;
    trial t = {.name = names[d],
               .width = 3,
               .learn_rows = learn,
               .learn = 50,
               .score_rows = rows,
               .score = 2};
    nt_status status = attempt(&t, s, &err);
    int refuses = strcmp(names[d], "mahalanobis") == 0;
    CU_ASSERT_EQUAL(status, refuses ? NT_E_INPUT : NT_OK);
    if (status == NT_OK) CU_ASSERT(isfinite(s[0]) && isfinite(s[1]) && s[1] >= s[0]);
    if (refuses) CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "every feature is constant in the 50"));
  }
}

static void too_few_rows_are_named(void) {
  static const double rows[] = {1, 2, NAN, 4, NAN, 6};
  double s[1];
  for (size_t d = 0; d < NAMES; d++)
    for (size_t learn = 0; learn <= 3; learn++) {
      nt_error err = {0};
      char expected[100];
      trial t = {.name = names[d],
                 .width = 2,
                 .learn_rows = rows,
                 .learn = learn,
                 .score_rows = rows,
                 .score = 1};
      CU_ASSERT_EQUAL(attempt(&t, s, &err), NT_E_INPUT);
      snprintf(expected, sizeof expected, "%s: %d usable rows to learn from: expected at least %d",
               names[d], learn > 0, strcmp(names[d], "gaussian_mixture") == 0 ? 5 : 2);
      CU_ASSERT_STRING_EQUAL(err.text, expected);
    }
}

static void wide_and_narrow_rows(void) {
  static const size_t widths[] = {1, 2, 3, 4, 5, 15, 16, 17, 115};
  double s[40];
  for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
    double *rows = noise_rows(340, widths[w], 3);
    for (size_t d = 0; d < NAMES; d++) {
      score_all(&(trial){.name = names[d],
                         .width = widths[w],
                         .learn_rows = rows,
                         .learn = 300,
                         .score_rows = rows + 300 * widths[w],
                         .score = 40},
                s);
      for (size_t i = 0; i < 40; i++) CU_ASSERT(isfinite(s[i]));
    }
    free(rows);
  }
}

/* Takes four of ten rows, evenly spaced; an unusable row is replaced by the next usable one. */
static void strided_sample(void) {
  double rows[10];
  for (size_t i = 0; i < 10; i++) rows[i] = (double)i;
  for (int damaged = 0; damaged < 2; damaged++) {
    static const double expected[2][4] = {{2, 4, 7, 9}, {2, 5, 7, 9}};
    nt_row_sample s;
    nt_error err;
    if (damaged) rows[4] = NAN;
    CHECK_OK(nt_row_sample_make(&s, 1, 4, 10, &err), err);
    nt_row_sample_add(&s, &(nt_rows){.count = 10, .width = 1, .features = rows});
    CU_ASSERT_EQUAL(s.count, 4);
    CU_ASSERT(same_bits(s.rows, expected[damaged], 4));
    nt_row_sample_add(&s, &(nt_rows){.count = 10, .width = 1, .features = rows}); /* too many */
    CU_ASSERT_EQUAL(s.count, 4);
    nt_row_sample_done(&s);
  }
}

static const check_case cases[] = {
    {"Mahalanobis: a cross", mahalanobis_of_a_cross},
    {"Mahalanobis: dependent features", mahalanobis_of_dependent_features},
    {"Mahalanobis: times since the epoch", mahalanobis_of_epochs},
    {"PCA: a line", pca_of_a_line},
    {"PCA: too many components", pca_refuses_all_components},
    {"box plots", box_plots},
    {"isolation forest: one cut", forest_of_one_cut},
    {"Gaussian mixture: one", mixture_of_one},
    {"Gaussian mixture: two", mixture_of_two},
    {"chunks and instruction sets change nothing", chunks_and_instruction_sets_change_nothing},
    {"samples do not depend on chunks", samples_do_not_depend_on_chunks},
    {"isolation forest: long streams are sampled fairly", long_streams_are_sampled_fairly},
    {"the seed counts where it is said to", the_seed_counts_where_it_is_said_to},
    {"unusable rows are passed over", unusable_rows_are_passed_over},
    {"any row is scored", any_row_is_scored},
    {"constant rows", constant_rows},
    {"too few rows are named", too_few_rows_are_named},
    {"wide and narrow rows", wide_and_narrow_rows},
    {"a strided sample", strided_sample},
};
CHECK_MAIN("offline detectors", cases)
