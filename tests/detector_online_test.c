/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The online detectors: properties of all of them, and examples worked out on paper. */
#include "online_check.h"

static const char *const names[] = {
    "gaussian_mixture_online", "pcstream2", "half_space_trees",  "loda",
    "random_cut_forest",       "xstream",   "nearest_neighbours"};
enum { NAMES = sizeof names / sizeof *names };

/* ---------------------------------------------------------------- properties of all of them */
enum { ROWS = 1200, WIDTH = 18, LEARN = 800 };

static double *noisy(void) {
  double *rows = noise_rows(ROWS, WIDTH, 11);
  CU_ASSERT_PTR_NOT_NULL_FATAL(rows);
  rows[300 * WIDTH + 3] = NAN; /* among the rows that are held back */
  rows[700 * WIDTH + 5] = INFINITY;
  rows[900 * WIDTH + 8] = -INFINITY;
  rows[1000 * WIDTH + 2] = 1e308;
  rows[1001 * WIDTH + 6] = -1e308; /* of a constant column */
  return rows;
}

static void test_chunks_and_seeds(void) {
  double *rows = noisy(), *a = malloc(ROWS * sizeof *a), *b = malloc(ROWS * sizeof *b);
  for (size_t d = 0; d < NAMES; d++) {
    const given *set = GIVEN({"scale_rows", 500});
    run_chunks(names[d], rows, ROWS, WIDTH, LEARN, 1, set, ROWS, a, NULL);
    run_chunks(names[d], rows, ROWS, WIDTH, LEARN, 1, set, 7, b, NULL);
    CU_ASSERT(memcmp(a, b, ROWS * sizeof *a) == 0);
    run_chunks(names[d], rows, ROWS, WIDTH, LEARN, 2, set, ROWS, b, NULL);
    const nt_detector_class *class = nt_detector_find(names[d], NULL);
    CU_ASSERT_EQUAL(memcmp(a, b, ROWS * sizeof *a) != 0, (class->flags & NT_DETECTOR_SEEDED) != 0);
  }
  free(rows);
  free(a);
  free(b);
}

static void test_instruction_sets(void) {
  double *rows = noisy(), *a = malloc(ROWS * sizeof *a), *b = malloc(ROWS * sizeof *b);
  const char *cap = getenv("NINETAILS_ISA");
  char kept[32];
  snprintf(kept, sizeof kept, "%s", cap ? cap : "");
  static const char *const sets[] = {"plain", "avx2"};
  for (size_t d = 0; d < NAMES; d++)
    for (size_t s = 0; s < 2; s++) {
      const given *set = GIVEN({"scale_rows", 500});
      run(names[d], rows, ROWS, WIDTH, LEARN, set, a);
      setenv("NINETAILS_ISA", sets[s], 1);
      run(names[d], rows, ROWS, WIDTH, LEARN, set, b);
      if (*kept)
        setenv("NINETAILS_ISA", kept, 1);
      else
        unsetenv("NINETAILS_ISA");
      CU_ASSERT(memcmp(a, b, ROWS * sizeof *a) == 0);
    }
  free(rows);
  free(a);
  free(b);
}

static void test_which_rows_have_scores(void) {
  double *rows = noisy(), *s = malloc(ROWS * sizeof *s);
  for (size_t d = 0; d < NAMES; d++) {
    run(names[d], rows, ROWS, WIDTH, LEARN, GIVEN({"scale_rows", 500}), s);
    for (size_t i = 0; i < 500; i++) CU_ASSERT(isnan(s[i]));
    /* One of the first 500 rows is not finite, so row 500 is the last that is held back. */
    CU_ASSERT(isnan(s[500]));
    for (size_t i = 501; i < ROWS; i++) {
      int finite = i != 700 && i != 900;
      if (isfinite(s[i]) != finite) printf("  %s: row %zu: %g\n", names[d], i, s[i]);
      CU_ASSERT_EQUAL(isfinite(s[i]) != 0, finite);
    }
    /* A detector that has learnt nothing still gives a number. */
    run(names[d], rows, 200, WIDTH, 0, GIVEN({"scale_rows", 500}), s);
    for (size_t i = 0; i < 200; i++) CU_ASSERT(isfinite(s[i]));
  }
  free(rows);
  free(s);
}

static void test_learning_ends_with_the_grace(void) {
  double *rows = noise_rows(2 * 300, WIDTH, 5), s[600];
  memcpy(rows + 450 * WIDTH, rows + 300 * WIDTH, 150 * WIDTH * sizeof *rows);
  for (size_t d = 0; d < NAMES; d++) {
    const given *grace = GIVEN({"scale_rows", 20}, {"learning", GRACE});
    run(names[d], rows, 600, WIDTH, 300, grace, s);
    if (strcmp(names[d], "random_cut_forest") != 0) /* its insertions draw random numbers */
      CU_ASSERT(memcmp(s + 300, s + 450, 150 * sizeof *s) == 0);
    run(names[d], rows, 600, WIDTH, 300, GIVEN({"scale_rows", 20}), s);
    CU_ASSERT(memcmp(s + 300, s + 450, 150 * sizeof *s) != 0);
  }
  free(rows);
}

/* 100 rows are less than a window of half-space trees, which never complete one. */
static void test_too_few_rows_for_a_score(void) {
  double *rows = noise_rows(100, WIDTH, 6), training[100];
  const double learning[] = {ALWAYS, GRACE};
  for (int i = 0; i < 2; i++) {
    const nt_detector_class *class;
    nt_error err = {0};
    void *detector =
        make("half_space_trees", WIDTH, 100, 1, GIVEN({"learning", learning[i]}), &class);
    nt_rows all = {.count = 100, .width = WIDTH, .features = rows};
    CHECK_OK(class->learn(detector, &all, training, &err), err);
    CU_ASSERT_EQUAL(class->ready(detector, &err), learning[i] == GRACE ? NT_E_INPUT : NT_OK);
    if (learning[i] == GRACE)
      CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "100 rows to learn from are too few for a score"));
    class->free(detector);
  }
  free(rows);
}

static void test_scales(void) {
  /* Column a has mean 3 and deviation 2, and range 5; b is constant. */
  static const double rows[] = {1, 7, 3, 7, 1, 7, 5, 7, 3, 7, 6, 7, 1, 7, 4, 7, /* 8 rows */
                                3, 7, 5, 7, 3, 8};
  double mean = 24.0 / 8, squares = 0, s[11];
  for (size_t i = 0; i < 8; i++) squares += (rows[2 * i] - mean) * (rows[2 * i] - mean);
  double deviation = sqrt(squares / 8);
  given set[] = {
      {"scale_rows", 8}, {"learning", GRACE}, {"neighbours", 2}, {"scale", 0}, {NULL, 0}};
  const double unit[] = {1, deviation, 5};
  for (int scale = NONE; scale <= RANGE; scale++) {
    set[3].value = scale;
    run("nearest_neighbours", rows, 11, 2, 8, set, s);
    near("two rows are the same", s[8], 0, 0);
    near("the second nearest to 5 is 1 away", s[9], 1 / unit[scale], 1e-15);
    near("a constant column keeps its unit", s[10], 1, 1e-15);
  }
  set[3] = (given){"clip", 0.25}; /* in deviations, all rows but 3 lie at 0.25 or -0.25 */
  run("nearest_neighbours", rows, 11, 2, 8, set, s);
  near("5, 6 and 4 are the same", s[9], 0, 0);
  near("the constant column 0.25 away", s[10], 0.25, 1e-15);
}

/* ---------------------------------------------------------------- nearest neighbours */
enum { SOUGHT = 900, SIDES = 18, SPAN = 200, NEAREST = 3 };

/* The root of the NEAREST-th least squared distance to the SPAN rows before row r, each summed
 * column by column; NaN where there are too few. */
static double search_all(const double *rows, size_t r) {
  double best[NEAREST];
  for (size_t i = 0; i < NEAREST; i++) best[i] = INFINITY;
  for (size_t other = r > SPAN ? r - SPAN : 0; other < r; other++) {
    double sum = 0;
    for (size_t c = 0; c < SIDES; c++) {
      double away = rows[other * SIDES + c] - rows[r * SIDES + c];
      sum += away * away;
    }
    for (size_t i = 0; i < NEAREST; i++)
      if (sum < best[i]) {
        double worse = best[i];
        best[i] = sum;
        sum = worse;
      }
  }
  return r < NEAREST ? NAN : sqrt(best[NEAREST - 1]);
}

/* Skipped blocks change no bit. Rows: few dimensions that drift away from the learning rows, rows
 * that differ in the last digits, huge and tiny ones, equal ones. */
static void test_neighbours_are_those_of_a_whole_search(void) {
  double *rows = noise_rows(SOUGHT, SIDES, 5), s[SOUGHT];
  for (size_t r = 0; r < SOUGHT; r++) {
    double *row = rows + r * SIDES, drift = r > 400 ? (double)(r - 400) : 0;
    for (size_t c = 4; c < SIDES; c++) row[c] = row[c % 4] * (double)c + 1e-3 * row[c];
    for (size_t c = 0; c < SIDES; c++) {
      row[c] += c % 3 == 0 ? drift : 0;
      if (r % 50 == 7) row[c] *= 1e12;
      if (r % 50 == 8) row[c] = 1 + 1e-15 * row[c];
      if (r % 50 == 9) row[c] = 1e-170 * row[c];
    }
    if (r > 0 && r % 50 >= 45) memcpy(row, row - SIDES, SIDES * sizeof *row);
  }
  static const char *const sets[] = {"plain", "avx2", "avx512"};
  for (size_t i = 0; i < 3; i++) {
    setenv("NINETAILS_ISA", sets[i], 1);
    run("nearest_neighbours", rows, SOUGHT, SIDES, 300,
        GIVEN({"scale", NONE}, {"scale_rows", 100}, {"neighbours", NEAREST}, {"window", SPAN}), s);
    size_t wrong = 0;
    for (size_t r = 100; r < SOUGHT; r++) wrong += s[r] != search_all(rows, r);
    CU_ASSERT_EQUAL(wrong, 0);
  }
  unsetenv("NINETAILS_ISA");
  free(rows);
}

static void test_nearest_neighbours(void) {
  /* Window of 3: of (0,0), (3,4), (6,8), (0,1), (3,4). */
  static const double rows[] = {0, 0, 3, 4, 6, 8, 0, 1, 3, 4};
  double s[5];
  run("nearest_neighbours", rows, 5, 2, 1,
      GIVEN({"scale", NONE}, {"scale_rows", 1}, {"neighbours", 1}, {"window", 3}), s);
  CU_ASSERT(isnan(s[0]));
  near("(3,4)", s[1], 5, 0);
  near("(6,8)", s[2], 5, 0);
  near("(0,1)", s[3], 1, 0);
  near("(3,4), its like still there", s[4], 0, 0);
  run("nearest_neighbours", rows, 5, 2, 1,
      GIVEN({"scale", NONE}, {"scale_rows", 1}, {"neighbours", 2}, {"window", 2}), s);
  near("one row: no second", s[1], 0, 0);
  near("(6,8)", s[2], 10, 0);
  near("(0,1), (0,0) forgotten", s[3], sqrt(36 + 49), 1e-15);
  near("(3,4)", s[4], 5, 0);
}

/* ---------------------------------------------------------------- Gaussian mixture */
static void test_gaussian_mixture(void) {
  /* Corners of a square about (1, 1): scatter 4 I, C = (sigma^2 I + 4 I) / 4 = 1.25 I. */
  static const double rows[] = {0, 0, 2, 0, 0, 2, 2, 2, 1, 1, 2, 1};
  double s[6];
  for (int diagonal = 0; diagonal < 2; diagonal++) {
    run("gaussian_mixture_online", rows, 6, 2, 4,
        GIVEN({"scale", NONE}, {"scale_rows", 1}, {"components", 1}, {"learning", GRACE},
              {"covariance", diagonal}),
        s);
    near("the first row alone", s[1], log(2 * M_PI) + 0.5 * 4, 1e-12);
    near("at the mean", s[4], log(2 * M_PI) + log(1.25), 1e-12);
    near("one off", s[5], log(2 * M_PI) + log(1.25) + 0.5 / 1.25, 1e-12);
  }
}

/* One component is the Gaussian of the sample: against the covariance in two dimensions. */
static void test_gaussian_mixture_is_the_sample(void) {
  enum { N = 2000 };
  double rows[2 * N + 2], s[N + 1], mean[2] = {0}, c[3] = {0};
  uint64_t state = 9;
  for (size_t i = 0; i <= N; i++) {
    double a = noise(&state), b = noise(&state);
    rows[2 * i] = 3 * a + b;
    rows[2 * i + 1] = a - 2 * b;
  }
  for (size_t i = 0; i < 2 * N; i++) mean[i % 2] += rows[i] / N;
  for (size_t i = 0; i < N; i++) {
    double x = rows[2 * i] - mean[0], y = rows[2 * i + 1] - mean[1];
    c[0] += x * x / N;
    c[1] += x * y / N;
    c[2] += y * y / N;
  }
  c[0] += 0.25 / N; /* sigma^2 / n */
  c[2] += 0.25 / N;
  double x = rows[2 * N] - mean[0], y = rows[2 * N + 1] - mean[1];
  double determinant = c[0] * c[2] - c[1] * c[1];
  double distance = (c[2] * x * x - 2 * c[1] * x * y + c[0] * y * y) / determinant;
  run("gaussian_mixture_online", rows, N + 1, 2, N,
      GIVEN({"scale", NONE}, {"scale_rows", 1}, {"components", 1}, {"sigma", 0.5}), s);
  near("density", s[N], log(2 * M_PI) + 0.5 * (log(determinant) + distance), 1e-9);
}

static void test_gaussian_mixture_components(void) {
  enum { N = 40 };
  double rows[N], s[N];
  char remark[100];
  for (size_t i = 0; i < N; i++) rows[i] = (i % 2 ? 100 : 0) + (double)(i % 7) * 0.1;
  const given *set = GIVEN({"scale", NONE}, {"scale_rows", 1}, {"novelty", 0.001});
  run_chunks("gaussian_mixture_online", rows, N, 1, N, 1, set, N, s, remark);
  CU_ASSERT_STRING_EQUAL(remark, "2 components at the end");
  /* A single distant row makes a component, which is dropped after 5 more rows. */
  rows[N - 10] = 1e6;
  run_chunks("gaussian_mixture_online", rows, N - 5, 1, N - 5, 1, set, N, s, remark);
  CU_ASSERT_STRING_EQUAL(remark, "3 components at the end");
  run_chunks("gaussian_mixture_online", rows, N, 1, N, 1, set, N, s, remark);
  CU_ASSERT_STRING_EQUAL(remark, "2 components at the end");
}

/* ---------------------------------------------------------------- pcStream2 */
static void test_pcstream2(void) {
  /* One component, along x, of variance 20 / 3. */
  static const double rows[] = {-3, 0, -1, 0, 1, 0, 3, 0, 2, 0, 0, 7, -4, 1};
  double s[7], deviation = sqrt(20.0 / 3);
  given set[] = {{"scale", NONE},     {"scale_rows", 1}, {"t_min", 4},
                 {"learning", GRACE}, {"distance", 0},   {NULL, 0}};
  run("pcstream2", rows, 7, 2, 4, set, s);
  CU_ASSERT(isnan(s[3]));
  near("along", s[4], 2 / deviation, 1e-12);
  near("across is not seen", s[5], 0, 1e-12);
  near("both", s[6], 4 / deviation, 1e-12);
  set[4].value = 1;
  run("pcstream2", rows, 7, 2, 4, set, s);
  near("as published", s[4], 2 * deviation, 1e-12);
  static const double equal[] = {1, 1, 1, 1, 1, 1, 1, 1, 4, 5};
  run("pcstream2", equal, 5, 2, 4, set, s);
  near("equal rows", s[4], 5, 1e-12);
}

static void test_pcstream2_clusters(void) {
  /* Rows near 0 and near 100 alternate in turns of 20: two clusters. */
  enum { N = 400 };
  double rows[2 * N], s[N];
  char remark[100];
  uint64_t state = 4;
  for (size_t i = 0; i < 2 * N; i++) rows[i] = (i / 40 % 2 ? 100 : 0) + noise(&state);
  const given *set = GIVEN({"scale", NONE}, {"scale_rows", 1}, {"t_min", 8});
  run_chunks("pcstream2", rows, N, 2, 100, 1, set, N, s, remark);
  CU_ASSERT_STRING_EQUAL(remark, "2 clusters at the end");
  for (size_t i = 20; i < 28; i++) CU_ASSERT(s[i] > 50); /* new until there are t_min of them */
  for (size_t i = 28; i < N; i++) CU_ASSERT(s[i] < 10);
  /* Fewer than t_min rows make no cluster. */
  for (size_t i = 0; i < 2 * N; i++) rows[i] = (i / 2 % 20 < 5 ? 100 : 0) + noise(&state);
  run_chunks("pcstream2", rows + 10, N - 5, 2, 100, 1, set, N, s, remark);
  CU_ASSERT_STRING_EQUAL(remark, "1 clusters at the end");
  /* Eight groups of rows and three clusters: groups are merged. */
  for (size_t i = 0; i < 2 * N; i++) rows[i] = (double)(i / 40 % 8) * 1e4 + noise(&state);
  set = GIVEN({"scale", NONE}, {"scale_rows", 1}, {"t_min", 8}, {"models", 3}, {"memory", 20});
  run_chunks("pcstream2", rows, N, 2, 100, 1, set, N, s, remark);
  CU_ASSERT_STRING_EQUAL(remark, "3 clusters at the end");
  set = GIVEN({"scale", NONE}, {"scale_rows", 1}, {"t_min", 8}, {"models", 1});
  run_chunks("pcstream2", rows, N, 2, 100, 1, set, N, s, remark);
  CU_ASSERT_STRING_EQUAL(remark, "1 clusters at the end");
}

/* ---------------------------------------------------------------- contradictory parameters */
static void test_errors(void) {
  nt_error err = {0};
  const nt_detector_class *class = nt_detector_find("nearest_neighbours", &err);
  nt_value values[32];
  nt_parameter_presets(class->parameters, class->parameter_count, values);
  values[nt_parameter_find(class->parameters, class->parameter_count, "window")].number = 3;
  nt_detector_setting setting = {.kind = class, .width = 2, .columns = columns, .seed = 1};
  CU_ASSERT_PTR_NULL(class->create(&setting, values, &err));
  CU_ASSERT_EQUAL(err.status, NT_E_ARGUMENT);
  CU_ASSERT_STRING_EQUAL(err.text, "neighbours = 5: expected at most the window of 3 rows");
}

static const check_case cases[] = {
    {"chunks and seeds", test_chunks_and_seeds},
    {"instruction sets", test_instruction_sets},
    {"which rows have scores", test_which_rows_have_scores},
    {"learning ends with the grace", test_learning_ends_with_the_grace},
    {"too few rows for a score", test_too_few_rows_for_a_score},
    {"scales", test_scales},
    {"nearest neighbours", test_nearest_neighbours},
    {"neighbours are those of a whole search", test_neighbours_are_those_of_a_whole_search},
    {"Gaussian mixture", test_gaussian_mixture},
    {"Gaussian mixture is the sample", test_gaussian_mixture_is_the_sample},
    {"Gaussian mixture's components", test_gaussian_mixture_components},
    {"pcStream2", test_pcstream2},
    {"pcStream2's clusters", test_pcstream2_clusters},
    {"parameters at odds", test_errors},
};
CHECK_MAIN("online detectors", cases)
