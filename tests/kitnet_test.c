/* SPDX-License-Identifier: GPL-3.0-or-later */
/* KitNET as a whole: the public reference's figures, plain loops, phases, options, damage. */
#include <hdf5.h>
#include <math.h>

#include "check.h"
#include "ensemble/kitnet.h"
#include "extractor/extractor.h"
#include "kitnet_reference.h"
#include "noise.h"
#include "packets.h"

/* Scores agree when both are NaN, equal, or within this of each other. */
#define TOLERANCE 1e-12

static double apart(double a, double b) {
  if (a == b || (isnan(a) && isnan(b))) return 0;
  double d = fabs(a - b) / fabs(b);
  return isnan(d) ? INFINITY : d;
}

static double worst_apart(const double *a, const double *b, size_t n) {
  double worst = 0;
  for (size_t i = 0; i < n; i++) worst = fmax(worst, apart(a[i], b[i]));
  return worst;
}

static nt_isa best(void) {
  nt_isa isa;
  nt_isa_resolve(NT_ISA_AUTO, &isa, NULL);
  return isa;
}

static nt_kitnet *make(size_t width, const nt_kitnet_options *o, const nt_feature_map *map) {
  nt_error err;
  nt_kitnet *k = nt_kitnet_new(width, o, map, &err);
  if (!k) printf("  %s\n", err.text);
  CU_ASSERT_PTR_NOT_NULL_FATAL(k);
  return k;
}

/* Scores of n rows, `batch` at a time; training may be NULL. */
static nt_kitnet *run(size_t width, const nt_kitnet_options *o, const nt_feature_map *map,
                      const double *rows, size_t n, size_t batch, double *scores,
                      double *training) {
  nt_error err;
  nt_kitnet *k = make(width, o, map);
  for (size_t i = 0; i < n; i += batch)
    CHECK_OK(nt_kitnet_process(k, rows + i * width, n - i < batch ? n - i : batch, scores + i,
                               training ? training + i : NULL, &err),
             err);
  CU_ASSERT_EQUAL(nt_kitnet_rows(k), n);
  return k;
}

/* ---- what the public reference computed */

typedef struct figures {
  size_t packets;
  nt_kitnet_options options;
  nt_feature_map map;
  double *scores, *training; /* training: NaN where there is none; NULL: not known */
} figures;

static void figures_done(figures *f) {
  nt_feature_map_done(&f->map);
  free(f->scores);
  free(f->training);
}

static double from_bits(const char *hex) {
  uint64_t bits = strtoull(hex, NULL, 16);
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* golden/kitnet.txt; its layout is in its first lines. */
static figures read_golden(void) {
  figures f = {.options = nt_kitnet_defaults()};
  char *line = NULL, score[20], training[20];
  size_t size = 0, n = 0;
  FILE *file = fopen(NT_TEST_DIR "/golden/kitnet.txt", "r");
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  while (getline(&line, &size, file) > 0) {
    sscanf(line, "option fm_grace %lu", &f.options.fm_grace);
    sscanf(line, "option ad_grace %lu", &f.options.ad_grace);
    if (sscanf(line, "option packets %zu", &f.packets) == 1) {
      f.scores = calloc(f.packets, sizeof *f.scores);
      f.training = calloc(f.packets, sizeof *f.training);
      f.map.sizes = calloc(100, sizeof *f.map.sizes);
      f.map.features = calloc(100, sizeof *f.map.features);
    } else if (strncmp(line, "map ", 4) == 0) {
      for (char *rest = line + 4, *end; *rest && *rest != '\n' && f.map.total < 100; rest = end) {
        f.map.features[f.map.total++] = strtoul(rest, &end, 10);
        f.map.sizes[f.map.autoencoders]++;
      }
      f.map.autoencoders++;
    } else if (sscanf(line, "score %19s %19s", score, training) == 2 && n < f.packets) {
      f.scores[n] = from_bits(score);
      f.training[n++] = *training == '-' ? NAN : from_bits(training);
    }
  }
  CU_ASSERT_EQUAL_FATAL(n, f.packets);
  free(line);
  fclose(file);
  return f;
}

static void *read_dataset(hid_t file, const char *path, hid_t type, size_t *count) {
  hid_t set = H5Dopen2(file, path, H5P_DEFAULT), space = H5Dget_space(set);
  *count = (size_t)H5Sget_simple_extent_npoints(space);
  void *data = calloc(*count, sizeof(uint64_t));
  CU_ASSERT_FATAL(H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
  H5Sclose(space);
  H5Dclose(set);
  return data;
}

static uint64_t read_attribute(hid_t file, const char *name) {
  uint64_t value = 0;
  hid_t set = H5Dopen2(file, "/py100/scores", H5P_DEFAULT);
  hid_t attribute = H5Aopen(set, name, H5P_DEFAULT);
  CU_ASSERT_FATAL(H5Aread(attribute, H5T_NATIVE_UINT64, &value) >= 0);
  H5Aclose(attribute);
  H5Dclose(set);
  return value;
}

static figures read_reference(const char *path) {
  figures f = {.options = nt_kitnet_defaults()};
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  CU_ASSERT_FATAL(file >= 0);
  f.scores = read_dataset(file, "/py100/scores", H5T_NATIVE_DOUBLE, &f.packets);
  f.map.sizes = read_dataset(file, "/py100/map/sizes", H5T_NATIVE_UINT64, &f.map.autoencoders);
  f.map.features = read_dataset(file, "/py100/map/features", H5T_NATIVE_UINT64, &f.map.total);
  f.options.fm_grace = read_attribute(file, "fm_grace");
  f.options.ad_grace = read_attribute(file, "ad_grace");
  H5Fclose(file);
  return f;
}

static double *extract(const packets *p) {
  nt_error err;
  double *rows = malloc((p->count + 1) * 100 * sizeof *rows);
  nt_extractor *x = nt_extractor_new(&(nt_extractor_options){.profile = NT_PROFILE_PY100}, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(x);
  CHECK_OK(nt_extractor_update(x, p->at, p->count, rows, &err), err);
  nt_extractor_free(x);
  return rows;
}

/* The map is the reference's, and scores (and training errors) agree, with each instruction set. */
static void agree(const char *name, figures *f, const double *rows) {
  double *scores = malloc(f->packets * sizeof *scores);
  double *training = malloc(f->packets * sizeof *training);
  for (nt_isa isa = NT_ISA_PLAIN; isa <= best(); isa++) {
    f->options.isa = isa;
    nt_kitnet *k = run(100, &f->options, NULL, rows, f->packets, 1000, scores, training);
    const nt_feature_map *map = nt_kitnet_map(k);
    CU_ASSERT_PTR_NOT_NULL_FATAL(map);
    CU_ASSERT_EQUAL_FATAL(map->autoencoders, f->map.autoencoders);
    CU_ASSERT_EQUAL_FATAL(map->total, f->map.total);
    CU_ASSERT_EQUAL(memcmp(map->sizes, f->map.sizes, map->autoencoders * sizeof *map->sizes), 0);
    CU_ASSERT_EQUAL(memcmp(map->features, f->map.features, map->total * sizeof(size_t)), 0);
    double worst = worst_apart(scores, f->scores, f->packets);
    printf("  %s, %s: scores within %.1e", name, nt_isa_name(isa), worst);
    CU_ASSERT(worst <= TOLERANCE);
    if (f->training) {
      worst = worst_apart(training, f->training, f->packets);
      printf(", training within %.1e", worst);
      CU_ASSERT(worst <= TOLERANCE);
    }
    printf("\n");
    nt_kitnet_free(k);
  }
  free(scores);
  free(training);
}

static void trace_agrees(void) {
  figures f = read_golden();
  packets p = packets_of_trace();
  CU_ASSERT_EQUAL_FATAL(p.count, f.packets);
  double *rows = extract(&p);
  agree("trace", &f, rows);
  free(rows);
  free(p.at);
  figures_done(&f);
}

static void captures_agree(void) {
  for (size_t i = 0; i < PACKETS_CAPTURES; i++) {
    char relative[256];
    const packets_capture *capture = &packets_captures[i];
    snprintf(relative, sizeof relative, "data/labelled/%s", capture->path);
    const char *path = check_shared(relative);
    packets p = path ? packets_of(path, capture->packets) : (packets){NULL, 0};
    snprintf(relative, sizeof relative, "reference/%s.h5", capture->name);
    path = path ? check_shared(relative) : NULL;
    if (path && p.count == capture->packets) {
      figures f = read_reference(path);
      double *rows = extract(&p);
      agree(capture->name, &f, rows);
      free(rows);
      figures_done(&f);
    } else if (path) {
      printf("  [skipped: no packets of %s]\n", capture->path);
    }
    free(p.at);
  }
}

/* ---- plain loops on maps of all shapes */

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

/* Sizes 1 to most, any columns: repeated, left out. The first one has `most`. */
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

/* An error is a difference of numbers between 0 and 1: a small one has lost digits in any
 * arithmetic. */
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

/* ---- phases and batches */

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

  o.fm_grace = UINT64_MAX; /* and never */
  k = run(WIDTH, &o, NULL, rows, 20, 20, scores, NULL);
  CU_ASSERT_EQUAL(nt_kitnet_phase_of(k), NT_PHASE_MAPPING);
  CU_ASSERT_PTR_NULL(nt_kitnet_map(k));
  nt_kitnet_free(k);
  free(rows);
}

static void extreme_widths(void) {
  static const struct {
    size_t width, m, autoencoders; /* autoencoders: 0 when it is not obvious */
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

/* ---- damage */

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
  MISTAKE(max_autoencoder, 0, "max_autoencoder is 0: expected at least 1")
  MISTAKE(learning_rate, 0, "learning_rate is 0: expected")
  MISTAKE(learning_rate, NAN, "learning_rate is nan: expected")
  MISTAKE(learning_rate, INFINITY, "learning_rate is inf: expected")
  MISTAKE(hidden_ratio, 0, "hidden_ratio is 0: expected")
  MISTAKE(hidden_ratio, 1.5, "hidden_ratio is 1.5: expected")
  MISTAKE(hidden_ratio, NAN, "hidden_ratio is nan: expected")
  MISTAKE(seed, 0, "seed is 0: expected 1 to 4294967295")
  MISTAKE(bias, (nt_bias_update)7, "bias is 7: expected")
  MISTAKE(train_epsilon, 0, "train_epsilon is 0: expected")
  MISTAKE(train_epsilon, -1, "train_epsilon is -1: expected")
  MISTAKE(execute_epsilon, NAN, "execute_epsilon is nan: expected")
  MISTAKE(execute_epsilon, 1e-310, "execute_epsilon is 1e-310: expected")
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
  nt_feature_map map = {1, 1, &one, &feature};
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

/* Later on NaN makes NaN of what it touches, as in the reference; a wild row is scored, not
 * refused. */
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
    {"the trace's figures", trace_agrees},
    {"the reference captures' figures", captures_agree},
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
