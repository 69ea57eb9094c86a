/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs a detector, or the fit of a Gaussian mixture from a given start, for offline.py to compare.
 *
 *     offline_tool detector NAME LEARN SCORE WIDTH SEED OUT [PARAMETER=VALUE ...]
 *         learns from the rows of LEARN, writes the scores of those of SCORE to OUT, prints seconds
 *     offline_tool mixture ROWS WIDTH COMPONENTS START ITERATIONS TOLERANCE REGULARISATION OUT
 *         START: weights, means, precisions; prints the log-likelihood of each iteration, writes
 *         ln p of each row to OUT
 *     offline_tool features CAPTURE OUT
 *         the rows of profile stream; prints their width
 * Files hold doubles, row-major, native byte order.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <ninetails/capture.h>
#include <ninetails/detector.h>
#include <ninetails/extractor.h>

#include "detectors/gaussian_mixture.h"
#include "ground/memory.h"
#include "tool.h"

enum { CHUNK = 4096, MAX_PARAMETERS = 32 };

static void store(const char *path, const double *data, size_t count) {
  FILE *out = fopen(path, "wb");
  if (!out || fwrite(data, sizeof *data, count, out) != count || fclose(out))
    die(path, "cannot be written");
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef nt_status pass_function(void *, const nt_rows *, double *, nt_error *);

static void pass(pass_function *run, void *detector, const double *features, size_t count,
                 size_t width, double *scores, nt_error *err) {
  for (size_t i = 0; i < count; i += CHUNK) {
    size_t n = count - i < CHUNK ? count - i : CHUNK;
    nt_rows rows = {.first = i, .count = n, .width = width, .features = features + i * width};
    if (run(detector, &rows, scores + i, err) != NT_OK) die("detector", err->text);
  }
}

static void set_parameters(const nt_detector_class *class, nt_value *values, char **args) {
  nt_error err;
  nt_parameter_presets(class->parameters, class->parameter_count, values);
  for (; *args; args++) {
    char *equals = strchr(*args, '=');
    if (!equals) die(*args, "expected PARAMETER=VALUE");
    *equals = 0;
    size_t at = nt_parameter_find(class->parameters, class->parameter_count, *args);
    if (at == class->parameter_count) die(*args, "no such parameter");
    values[at].number = atof(equals + 1);
    if (nt_parameter_check(class->parameters + at, values + at, &err) != NT_OK)
      die(class->name, err.text);
  }
}

static void run_detector(char **args) {
  nt_error err;
  nt_value values[MAX_PARAMETERS];
  size_t learn, score, width = (size_t)atol(args[3]);
  const nt_detector_class *class = nt_detector_find(args[0], &err);
  if (!class || class->parameter_count > MAX_PARAMETERS) die(args[0], "no detector");
  set_parameters(class, values, args + 6);
  double *before = load_doubles(args[1], &learn), *after = load_doubles(args[2], &score);
  learn /= width, score /= width;
  double *scores = malloc((learn + score + 1) * sizeof *scores);
  nt_detector_setting setting = {.kind = class,
                                 .width = width,
                                 .learn = learn,
                                 .rows = learn + score,
                                 .seed = (uint64_t)atoll(args[4])};
  double start = seconds();
  void *detector = class->create(&setting, values, &err);
  if (!detector) die(args[0], err.text);
  pass(class->learn, detector, before, learn, width, scores, &err);
  if (class->ready(detector, &err) != NT_OK) die(args[0], err.text);
  double middle = seconds();
  pass(class->score, detector, after, score, width, scores, &err);
  printf("learn_seconds %.17g\nscore_seconds %.17g\n", middle - start, seconds() - middle);
  store(args[5], scores, score);
  class->free(detector);
  free(before), free(after), free(scores);
}

static void write_densities(nt_mixture *m, const double *rows, size_t count, const char *path) {
  size_t whole = (count + NT_DENSE_BLOCK) / NT_DENSE_BLOCK * NT_DENSE_BLOCK;
  double *density = malloc(whole * sizeof *density);
  double *x = nt_zeroed(nt_dense_block_size(m->width), 1, sizeof *x);
  double *mean = nt_zeroed(m->width, 1, sizeof *mean), *factor = nt_zeroed(m->width, 1, 8);
  for (size_t j = 0; j < m->width; j++) factor[j] = 1;
  for (size_t i = 0; i < count; i += NT_DENSE_BLOCK) {
    size_t n = count - i < NT_DENSE_BLOCK ? count - i : NT_DENSE_BLOCK;
    nt_dense_load(m->factors, rows + i * m->width, n, m->width, mean, factor, x);
    nt_mixture_density(m, x, density + i, NULL);
  }
  store(path, density, count);
  free(density), free(x), free(mean), free(factor);
}

static void run_mixture(char **args) {
  nt_error err;
  size_t count, start_count, width = (size_t)atol(args[1]), k = (size_t)atol(args[2]), used;
  double *rows = load_doubles(args[0], &count), *start = load_doubles(args[3], &start_count);
  count /= width;
  if (start_count != k * (1 + width + width * width)) die(args[3], "not one start");
  nt_mixture_options options = {.iterations = (size_t)atol(args[4]),
                                .tolerance = atof(args[5]),
                                .regularisation = atof(args[6])};
  double *likelihood = malloc((options.iterations + 1) * sizeof *likelihood);
  nt_mixture *m = nt_mixture_new(k, width, &err);
  if (!m || !likelihood) die("mixture", err.text);
  for (size_t i = 0; i < k; i++)
    if (nt_mixture_set(m, i, start[i], start + k + i * width,
                       start + k + k * width + i * width * width, &err) != NT_OK)
      die("start", err.text);
  if (nt_mixture_fit(m, rows, count, &options, likelihood, &used, &err) != NT_OK)
    die("mixture", err.text);
  for (size_t i = 0; i < used; i++) printf("%zu %.17g\n", i, likelihood[i]);
  write_densities(m, rows, count, args[7]);
  nt_mixture_free(m);
  free(rows), free(start), free(likelihood);
}

static void write_features(char **args) {
  nt_error err;
  nt_capture *capture = nt_capture_open(args[0], &err);
  nt_extractor_options options = {.profile = NT_PROFILE_STREAM};
  nt_extractor *extractor = capture ? nt_extractor_new(&options, &err) : NULL;
  size_t width = nt_profile_width(options.profile), got;
  nt_packet *packets = calloc(CHUNK, sizeof *packets);
  double *rows = calloc(CHUNK * width, sizeof *rows);
  FILE *out = fopen(args[1], "wb");
  if (!extractor || !packets || !rows || !out) die(args[0], err.text);
  do {
    if (nt_capture_read(capture, packets, CHUNK, &got, &err) != NT_OK ||
        nt_extractor_update(extractor, packets, got, rows, &err) != NT_OK)
      die(args[0], err.text);
    if (fwrite(rows, width * sizeof *rows, got, out) != got) die(args[1], "cannot be written");
  } while (got > 0);
  if (fclose(out)) die(args[1], "cannot be written");
  printf("width %zu\n", width);
  nt_extractor_free(extractor), nt_capture_close(capture);
  free(packets), free(rows);
}

int main(int argc, char **argv) {
  if (argc >= 8 && strcmp(argv[1], "detector") == 0)
    run_detector(argv + 2);
  else if (argc == 10 && strcmp(argv[1], "mixture") == 0)
    run_mixture(argv + 2);
  else if (argc == 4 && strcmp(argv[1], "features") == 0)
    write_features(argv + 2);
  else
    die(argc > 1 ? argv[1] : "no command", "see the top of offline_tool.c");
}
