/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What each detector of the table costs with its presets, one thread, on rows of profile stream:
 *
 *     detectors_bench CAPTURE [LEARN [ROWS [REPEATS [ROWS_FILE [DETECTOR...]]]]]
 *
 * LEARN rows (default 20000) are learnt and those up to ROWS (default 100000) scored, in chunks of
 * 1024; the figures are the fastest of REPEATS (default 3). A detector that is slow is cut off
 * after TIME_BOX seconds of learning and of scoring, and the figures are of the rows up to there,
 * which are printed. Learning includes what is done once after it (fitting, an oracle's choice).
 * One line a detector, its fields separated by tabs; a detector that cannot be measured says why.
 * The rows go to ROWS_FILE ("-": nowhere) as native doubles, for detectors.py. DETECTORs: these
 * alone. Exits with 4 when nothing could be measured.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <ninetails/capture.h>
#include <ninetails/detector.h>
#include <ninetails/extractor.h>
#include <ninetails/kitnet.h>

#include "bench.h"

enum { CHUNK = 1024, FM_GRACE = 5000, MOST_PARAMETERS = 64 };
#define TIME_BOX 4.0

typedef struct bench {
  const char *capture;
  size_t learn, count, width;
  int repeats;
  double *rows, *times, *scores;
  uint32_t *sizes;
  uint8_t *labels; /* made up: one row in ten is an attack */
  const char **columns;
} bench;

typedef struct figure {
  double learn_seconds, score_seconds;
  size_t learnt, scored, memory;
} figure;

static void *room_for(size_t count, size_t size) {
  void *p = calloc(count ? count : 1, size);
  if (!p) {
    fprintf(stderr, "detectors_bench: out of memory for %zu x %zu bytes\n", count, size);
    exit(4);
  }
  return p;
}

/* ---------------------------------------------------------------- rows */

static void read_rows(bench *b) {
  nt_error err = {0};
  nt_extractor_options options = {.profile = NT_PROFILE_STREAM};
  nt_capture *capture = nt_capture_open(b->capture, &err);
  if (!capture) stop_on(err.status, &err);
  nt_extractor *extractor = nt_extractor_new(&options, &err);
  if (!extractor) stop_on(err.status, &err);
  nt_packet *packets = room_for(b->count, sizeof *packets);
  size_t wanted = b->count;
  stop_on(nt_capture_read(capture, packets, wanted, &b->count, &err), &err);
  if (b->count <= b->learn) {
    fprintf(stderr, "detectors_bench: %s: expected more than %zu packets, there are %zu\n",
            b->capture, b->learn, b->count);
    exit(4);
  }
  b->width = nt_profile_width(options.profile);
  b->rows = room_for(b->count * b->width, sizeof *b->rows);
  b->times = room_for(b->count, sizeof *b->times);
  b->scores = room_for(b->count, sizeof *b->scores);
  b->sizes = room_for(b->count, sizeof *b->sizes);
  b->labels = room_for(b->count, 1);
  b->columns = room_for(b->width, sizeof *b->columns);
  stop_on(nt_extractor_update(extractor, packets, b->count, b->rows, &err), &err);
  for (size_t i = 0; i < b->count; i++) {
    b->times[i] = packets[i].time;
    b->sizes[i] = packets[i].length;
    b->labels[i] = i % 10 == 9;
  }
  for (size_t c = 0; c < b->width; c++) b->columns[c] = nt_profile_feature_name(options.profile, c);
  nt_extractor_free(extractor);
  nt_capture_close(capture);
  free(packets);
}

static void write_rows(const bench *b, const char *path) {
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(b->rows, b->width * sizeof *b->rows, b->count, file) != b->count ||
      fclose(file) != 0) {
    perror(path);
    exit(4);
  }
}

static nt_rows chunk_of(const bench *b, const nt_detector_class *class, size_t from, size_t to) {
  int blind = (class->flags & NT_DETECTOR_BLIND) != 0;
  return (nt_rows){.first = from,
                   .count = to - from < CHUNK ? to - from : CHUNK,
                   .width = b->width,
                   .features = blind ? NULL : b->rows + from * b->width,
                   .times = b->times + from,
                   .sizes = b->sizes + from};
}

/* The feature map that KitNET makes of the first rows with that m. */
static nt_kitnet *mapping(const bench *b, double m) {
  nt_error err;
  nt_kitnet_options o = nt_kitnet_defaults();
  o.fm_grace = b->learn / 2 < FM_GRACE ? b->learn / 2 : FM_GRACE;
  o.max_autoencoder = (size_t)m;
  nt_kitnet *k = nt_kitnet_new(b->width, &o, NULL, &err);
  if (!k) stop_on(err.status, &err);
  stop_on(nt_kitnet_process(k, b->rows, o.fm_grace + 1, b->scores, NULL, &err), &err);
  return k;
}

/* ---------------------------------------------------------------- one detector */

/* One repetition, from create to free. */
static nt_status measure_once(bench *b, const nt_detector_class *class,
                              const nt_detector_setting *setting, const nt_value *values, figure *f,
                              nt_error *err) {
  *f = (figure){0};
  double start = now();
  void *detector = class->create(setting, values, err);
  if (!detector) return err->status;
  nt_status status = NT_OK;
  size_t first = b->learn - setting->learn, r = first;
  while (status == NT_OK && r < b->learn && now() - start < TIME_BOX) {
    nt_rows rows = chunk_of(b, class, r, b->learn);
    status = class->learn(detector, &rows, b->scores + r, err);
    r += rows.count;
  }
  f->learnt = r - first;
  if (status == NT_OK && class->ready) status = class->ready(detector, err);
  if (status == NT_OK && class->preview) {
    nt_rows rows = chunk_of(b, class, b->learn, b->count);
    rows.count = b->count - b->learn;
    rows.labels = b->labels + b->learn;
    status = class->preview(detector, &rows, err);
  }
  if (status == NT_OK && class->preview) { /* an oracle may choose its feature at the first row */
    nt_rows rows = chunk_of(b, class, b->learn, b->learn + 1);
    status = class->score(detector, &rows, b->scores, err);
  }
  f->learn_seconds = now() - start;
  start = now();
  r = b->learn;
  while (status == NT_OK && r < b->count && now() - start < TIME_BOX) {
    nt_rows rows = chunk_of(b, class, r, b->count);
    status = class->score(detector, &rows, b->scores + r, err);
    r += rows.count;
  }
  f->score_seconds = now() - start;
  f->scored = r - b->learn;
  f->memory = class->memory ? class->memory(detector) : 0;
  class->free(detector);
  return status;
}

static double rate(size_t rows, double seconds) {
  return (double)rows / fmax(seconds, 1e-9);
}

static int measure(bench *b, const nt_detector_class *class) {
  nt_value values[MOST_PARAMETERS];
  nt_error err = {0};
  nt_parameter_presets(class->parameters, class->parameter_count, values);
  int mapped = (class->flags & NT_DETECTOR_MAPPED) != 0;
  nt_kitnet *map = mapped ? mapping(b, values[0].number) : NULL;
  nt_detector_setting setting = {.kind = class,
                                 .width = b->width,
                                 .columns = b->columns,
                                 .learn = b->learn - (map ? nt_kitnet_rows(map) : 0),
                                 .rows = b->count,
                                 .seed = 1234,
                                 .capture = b->capture,
                                 .map = map ? nt_kitnet_map(map) : NULL};
  figure f = {0}, best = {0};
  nt_status status = NT_OK;
  for (int i = 0; i < b->repeats && status == NT_OK; i++) {
    status = measure_once(b, class, &setting, values, &f, &err);
    if (i == 0) best = f;
    if (rate(f.learnt, f.learn_seconds) > rate(best.learnt, best.learn_seconds))
      best.learnt = f.learnt, best.learn_seconds = f.learn_seconds;
    if (rate(f.scored, f.score_seconds) > rate(best.scored, best.score_seconds))
      best.scored = f.scored, best.score_seconds = f.score_seconds;
  }
  nt_kitnet_free(map);
  if (status != NT_OK) {
    printf("%s\tnot measured: %s\n", class->name, err.text);
    return 0;
  }
  int whole = best.learnt == setting.learn && best.scored == b->count - b->learn;
  printf("%s\t%s\t%zu\t%.0f\t%zu\t%.0f\t%zu", class->name, whole ? "whole" : "cut", best.learnt,
         rate(best.learnt, best.learn_seconds), best.scored, rate(best.scored, best.score_seconds),
         best.memory);
  for (size_t p = 0; p < class->parameter_count; p++) {
    char text[64];
    nt_parameter_print(&class->parameters[p], &values[p], text, sizeof text);
    printf("%c%s=%s", p ? ' ' : '\t', class->parameters[p].name, text);
  }
  printf("\n");
  fflush(stdout);
  return 1;
}

/* Measures the named detectors, or every one of the table; returns how many could be measured. */
static int measure_named(bench *b, char *const *names, int count) {
  int measured = 0;
  for (int i = 0; i < count; i++) {
    nt_error err = {0};
    const nt_detector_class *class = nt_detector_find(names[i], &err);
    if (!class) stop_on(err.status, &err);
    measured += measure(b, class);
  }
  for (size_t i = 0; count <= 0 && nt_detectors[i]; i++) measured += measure(b, nt_detectors[i]);
  return measured;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: detectors_bench CAPTURE [LEARN [ROWS [REPEATS [ROWS_FILE "
                    "[DETECTOR...]]]]]\n");
    return 1;
  }
  bench b = {.capture = argv[1],
             .learn = argc > 2 ? strtoul(argv[2], NULL, 10) : 20000,
             .count = argc > 3 ? strtoul(argv[3], NULL, 10) : 100000,
             .repeats = argc > 4 ? atoi(argv[4]) : 3};
  read_rows(&b);
  if (argc > 5 && strcmp(argv[5], "-") != 0) write_rows(&b, argv[5]);
  printf("detector\trows\tlearnt\tlearn/s\tscored\tscore/s\tbytes\tparameters\n");
  int measured = measure_named(&b, argv + 6, argc - 6);
  free(b.rows), free(b.times), free(b.scores), free(b.sizes), free(b.labels), free(b.columns);
  return measured ? 0 : 4;
}
