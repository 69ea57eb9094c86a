/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows for tests of detectors written in Lua, and a detector taken through its life on them. */
#ifndef NT_SCRIPT_LIFE_H
#define NT_SCRIPT_LIFE_H

#include "script/script_detector.h"
#include "script_check.h"

enum { ROWS = 600, LEARN = 200, WIDTH = 5 };

static double features[ROWS * WIDTH], times[ROWS];
static uint32_t sizes[ROWS];

static inline void fill(void) {
  uint64_t x = 12345;
  for (size_t i = 0; i < ROWS * WIDTH; i++) {
    x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
    features[i] = (double)(x >> 40) / 1e6;
  }
  for (size_t i = 0; i < ROWS; i++) {
    times[i] = 1000 + (double)i / 8;
    sizes[i] = (uint32_t)(60 + i % 7);
  }
}

static inline nt_rows rows_from(size_t first, size_t count) {
  return (nt_rows){.first = first,
                   .count = count,
                   .width = WIDTH,
                   .features = features + first * WIDTH,
                   .times = times + first,
                   .sizes = sizes + first};
}

static inline void *create(const nt_detector_class *class, uint64_t seed, nt_error *err) {
  static const char *const columns[WIDTH] = {"a", "b", "c", "d", "e"};
  nt_value values[8];
  nt_parameter_presets(class->parameters, class->parameter_count, values);
  nt_detector_setting setting = {.kind = class,
                                 .width = WIDTH,
                                 .columns = columns,
                                 .learn = LEARN,
                                 .rows = ROWS,
                                 .seed = seed};
  return class->create(&setting, values, err);
}

/* Learns and scores in chunks; scores: ROWS - LEARN. Rows are passed as copies that are freed after
 * the call, so that sanitizers see later reads. */
static inline nt_status drive(const nt_detector_class *class, void *d, size_t chunk, double *scores,
                              nt_error *err) {
  nt_status status = NT_OK;
  double training[ROWS];
  for (size_t at = 0; at < ROWS && !status;) {
    size_t end = at < LEARN ? LEARN : ROWS, count = end - at < chunk ? end - at : chunk;
    nt_rows rows = rows_from(at, count);
    double *copy = malloc(count * WIDTH * sizeof *copy), *out = malloc(count * sizeof *out);
    memcpy(copy, rows.features, count * WIDTH * sizeof *copy);
    rows.features = copy;
    if (at == LEARN) status = class->ready(d, err);
    if (!status)
      status =
          at < LEARN ? class->learn(d, &rows, training, err) : class->score(d, &rows, out, err);
    if (!status && at >= LEARN && scores) memcpy(scores + at - LEARN, out, count * sizeof *out);
    free(copy);
    free(out);
    at += count;
  }
  return status;
}

#endif
