/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows for detectors under test, and the life of a detector over them. */
#ifndef NT_DETECTOR_DATA_H
#define NT_DETECTOR_DATA_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ninetails/detector.h>

#include "noise.h"

/* FIRST rows make the map, where there is one; learning ends at LEARN. */
enum { FIRST = 100, LEARN = 400, ROWS = 1000, WIDTH = 13, MOST_WIDTH = 16, MOST_PARAMETERS = 32 };

typedef struct dataset {
  size_t rows, width, learn; /* learn: how many of the rows are learnt */
  double *features, *times;
  uint32_t *sizes;
  uint8_t *labels;
  const char *capture;
  int without_sizes, without_labels;
} dataset;

/* Correlated columns, one of them constant; after LEARN every fourth 50 rows are attacks, with
 * larger values. Times mostly rise. */
static inline dataset data_of(size_t rows, size_t width, size_t learn, const char *capture) {
  uint64_t state = 77;
  double time = 1.5e9;
  dataset d = {.rows = rows, .width = width, .learn = learn, .capture = capture};
  d.features = noise_rows(rows + 1, width, 5);
  d.times = calloc(rows + 1, sizeof *d.times);
  d.sizes = calloc(rows + 1, sizeof *d.sizes);
  d.labels = calloc(rows + 1, 1);
  if (!d.features || !d.times || !d.sizes || !d.labels) abort();
  for (size_t r = 0; r < rows; r++) {
    int attack = r >= learn && r / 50 % 4 == 3;
    d.labels[r] = r % 97 == 96 ? 2 : (uint8_t)attack;
    d.sizes[r] = 60 + (uint32_t)(1400 * noise(&state));
    time += (attack ? 0.001 : 0.02) * noise(&state) - (r % 61 == 60 ? 0.005 : 0);
    d.times[r] = floor(time * 1e6 + 0.5) / 1e6;
    for (size_t c = 0; attack && c < width; c++)
      if (c % 7 != 6) d.features[r * width + c] *= 1.5 + noise(&state);
  }
  return d;
}

static inline void data_free(dataset *d) {
  free(d->features), free(d->times), free(d->sizes), free(d->labels);
}

/* The results of a detector's life. */
typedef struct life {
  nt_status status;
  nt_error err;
  const char *step;
  double *training, *scores, *again; /* [rows]; again: the same rows scored a second time */
  size_t memory;                     /* bytes after scoring */
  char remark[256];
} life;

static inline life life_new(size_t rows) {
  life l = {.training = malloc((rows + 1) * sizeof(double)),
            .scores = malloc((rows + 1) * sizeof(double)),
            .again = malloc((rows + 1) * sizeof(double))};
  if (!l.training || !l.scores || !l.again) abort();
  return l;
}

static inline void life_free(life *l) {
  free(l->training), free(l->scores), free(l->again);
}

/* A copy in a block of exactly its size, so that a sanitizer sees every read
 * beyond it; NULL for NULL. */
static inline void *exactly(const void *from, size_t bytes) {
  void *copy = from ? malloc(bytes ? bytes : 1) : NULL;
  if (copy) memcpy(copy, from, bytes);
  return copy;
}

/* Rows from..to as a detector of that class receives them. Valid during the call. */
typedef struct chunk {
  nt_rows rows;
  void *blocks[4];
} chunk;

static inline chunk chunk_of(const nt_detector_class *class, const dataset *d, size_t from,
                             size_t to, int with_labels) {
  size_t n = to - from;
  int blind = (class->flags & NT_DETECTOR_BLIND) != 0;
  chunk c = {.rows = {.first = from, .count = n, .width = d->width}};
  c.blocks[0] = blind ? NULL : exactly(d->features + from * d->width, n * d->width * 8);
  c.blocks[1] = exactly(d->times + from, n * 8);
  c.blocks[2] = d->without_sizes ? NULL : exactly(d->sizes + from, n * 4);
  c.blocks[3] = with_labels && !d->without_labels ? exactly(d->labels + from, n) : NULL;
  c.rows.features = c.blocks[0], c.rows.times = c.blocks[1];
  c.rows.sizes = c.blocks[2], c.rows.labels = c.blocks[3];
  return c;
}

static inline void chunk_free(chunk *c) {
  for (int i = 0; i < 4; i++) free(c->blocks[i]);
}

typedef enum step { STEP_LEARN, STEP_PREVIEW, STEP_SCORE } step;
static const char *const step_names[] = {"learn", "preview", "score"};

/* Feeds rows from..to in chunks: in one piece for cuts 0, else in pieces of 0 to 39 rows, different
 * ones for each value of cuts. */
static inline nt_status data_pass(const nt_detector_class *class, void *detector, const dataset *d,
                                  size_t from, size_t to, step what, uint64_t cuts, double *out,
                                  nt_error *err) {
  nt_status status = NT_OK;
  uint64_t state = cuts;
  for (size_t r = from, n; r < to && status == NT_OK; r += n) {
    n = cuts ? (size_t)(40 * noise(&state)) : to - r;
    if (n > to - r) n = to - r;
    chunk c = chunk_of(class, d, r, r + n, what == STEP_PREVIEW);
    double *result = malloc(n ? n * sizeof *result : 1);
    for (size_t i = 0; i < n; i++) result[i] = -12345; /* seen where no score is written */
    if (what == STEP_LEARN) status = class->learn(detector, &c.rows, result, err);
    if (what == STEP_PREVIEW) status = class->preview(detector, &c.rows, err);
    if (what == STEP_SCORE) status = class->score(detector, &c.rows, result, err);
    if (out) memcpy(out + r, result, n * sizeof *result);
    free(result);
    chunk_free(&c);
  }
  return status;
}

/* A map that takes the columns in order, m at a time. */
static inline nt_feature_map map_of(size_t width, size_t m) {
  nt_feature_map map = {.total = width,
                        .sizes = calloc(width, sizeof(size_t)),
                        .features = calloc(width, sizeof(size_t))};
  for (size_t c = 0; c < width; c++) {
    map.features[c] = c;
    if (c % m == 0) map.autoencoders++;
    map.sizes[map.autoencoders - 1]++;
  }
  return map;
}

/* The row at which learning starts. */
static inline size_t first_row(const nt_detector_class *class, const dataset *d) {
  return class->flags & NT_DETECTOR_MAPPED && d->learn > FIRST ? FIRST : 0;
}

/* map: the caller keeps it until the detector is freed. */
static inline void *data_create(const nt_detector_class *class, const dataset *d,
                                const nt_value *values, uint64_t seed, const nt_feature_map *map,
                                nt_error *err) {
  char **columns = malloc(d->width * sizeof *columns);
  for (size_t c = 0; c < d->width; c++) {
    columns[c] = malloc(32);
    snprintf(columns[c], 32, "column_%zu", c);
  }
  nt_value *copies = exactly(values, class->parameter_count * sizeof *values);
  nt_detector_setting setting = {.kind = class,
                                 .width = d->width,
                                 .columns = (const char *const *)columns,
                                 .learn = d->learn - first_row(class, d),
                                 .rows = d->rows,
                                 .seed = seed,
                                 .capture = d->capture,
                                 .map = class->flags & NT_DETECTOR_MAPPED ? map : NULL};
  void *detector = class->create(&setting, copies, err);
  for (size_t c = 0; c < d->width; c++) free(columns[c]);
  free(columns);
  free(copies);
  return detector;
}

/* From create to free; stops at the first error. */
static inline void live(const nt_detector_class *class, const dataset *d, const nt_value *values,
                        uint64_t seed, uint64_t cuts, life *l) {
  size_t m = class->flags & NT_DETECTOR_MAPPED ? (size_t)values[0].number : 1;
  nt_feature_map map = map_of(d->width, m < 1 ? 1 : m);
  for (size_t r = 0; r <= d->rows; r++) l->training[r] = l->scores[r] = l->again[r] = NAN;
  l->err = (nt_error){0};
  l->step = "create";
  l->remark[0] = '\0';
  void *detector = data_create(class, d, values, seed, &map, &l->err);
  l->status = detector ? NT_OK : l->err.status;
  for (int what = STEP_LEARN; detector && what <= STEP_SCORE && l->status == NT_OK; what++) {
    if (what == STEP_PREVIEW && !class->preview) continue;
    size_t from = what == STEP_LEARN ? first_row(class, d) : d->learn;
    double *out = what == STEP_LEARN ? l->training : what == STEP_SCORE ? l->scores : NULL;
    l->step = step_names[what];
    l->status = data_pass(class, detector, d, from, what == STEP_LEARN ? d->learn : d->rows,
                          (step)what, cuts, out, &l->err);
    if (what == STEP_LEARN && class->ready && l->status == NT_OK) {
      l->step = "ready";
      l->status = class->ready(detector, &l->err);
    }
  }
  if (detector && l->status == NT_OK) {
    l->memory = class->memory ? class->memory(detector) : 0;
    if (class->remark) class->remark(detector, l->remark, sizeof l->remark);
    data_pass(class, detector, d, d->learn, d->rows, STEP_SCORE, cuts, l->again, NULL);
  }
  if (!detector && l->status == NT_OK) l->status = NT_E_STATE; /* create failed without a status */
  class->free(detector);
  nt_feature_map_done(&map);
}

/* Equal to the bit; any NaN equals any other. */
static inline int same(const double *a, const double *b, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (memcmp(&a[i], &b[i], sizeof *a) != 0 && !(isnan(a[i]) && isnan(b[i]))) return 0;
  return 1;
}

static inline int same_life(const life *a, const life *b, size_t rows) {
  return same(a->scores, b->scores, rows) && same(a->training, b->training, rows);
}

#endif
