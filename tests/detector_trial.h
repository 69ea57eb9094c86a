/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An offline detector from its creation to its scores, for tests. */
#ifndef NT_DETECTOR_TRIAL_H
#define NT_DETECTOR_TRIAL_H

#include <math.h>

#include <ninetails/detector.h>

#include "check.h"

enum { MAX_PARAMETERS = 16 };

/* A run: `learn` rows, then `score` rows, in chunks. Parameters: name, value, ..., NULL. */
typedef struct trial {
  const char *name;
  size_t width;
  const double *learn_rows;
  size_t learn;
  const double *score_rows;
  size_t score, chunk;
  uint64_t seed;
  const char *parameter; /* a parameter other than its preset; NULL: none */
  double value;
  const char *second;
  double second_value;
} trial;

static inline void set_value(const nt_detector_class *class, nt_value *values, const char *name,
                             double value) {
  if (!name) return;
  size_t at = nt_parameter_find(class->parameters, class->parameter_count, name);
  CU_ASSERT_FATAL(at < class->parameter_count);
  values[at].number = value;
  nt_error err;
  CHECK_OK(nt_parameter_check(class->parameters + at, values + at, &err), err);
}

static inline nt_status pass(nt_status (*run)(void *, const nt_rows *, double *, nt_error *),
                             void *d, const trial *t, const double *features, size_t count,
                             double *out, nt_error *err) {
  size_t chunk = t->chunk ? t->chunk : count;
  for (size_t i = 0; i < count; i += chunk) {
    size_t n = count - i < chunk ? count - i : chunk;
    nt_rows rows = {.first = i, .count = n, .width = t->width, .features = features + i * t->width};
    nt_status status = run(d, &rows, out + i, err);
    if (status != NT_OK) return status;
  }
  return NT_OK;
}

static inline nt_status attempt(const trial *t, double *scores, nt_error *err) {
  nt_value values[MAX_PARAMETERS];
  const nt_detector_class *class = nt_detector_find(t->name, err);
  CU_ASSERT_FATAL(class != NULL && class->parameter_count <= MAX_PARAMETERS);
  nt_parameter_presets(class->parameters, class->parameter_count, values);
  set_value(class, values, t->parameter, t->value);
  set_value(class, values, t->second, t->second_value);
  nt_detector_setting setting = {.kind = class,
                                 .width = t->width,
                                 .learn = t->learn,
                                 .rows = t->learn + t->score,
                                 .seed = t->seed ? t->seed : 1};
  double *training = malloc((t->learn + 1) * sizeof *training);
  void *d = class->create(&setting, values, err);
  nt_status status = d ? NT_OK : err->status;
  if (d) status = pass(class->learn, d, t, t->learn_rows, t->learn, training, err);
  for (size_t i = 0; status == NT_OK && i < t->learn; i++) CU_ASSERT(isnan(training[i]));
  size_t before = d ? class->memory(d) : 0;
  if (status == NT_OK) status = class->ready(d, err);
  if (status == NT_OK) status = pass(class->score, d, t, t->score_rows, t->score, scores, err);
  if (status == NT_OK) CU_ASSERT(before > 0 && class->memory(d) > 0);
  char remark[200] = "";
  if (status == NT_OK && class->remark) class->remark(d, remark, sizeof remark);
  if (status == NT_OK && class->remark) CU_ASSERT(*remark != 0);
  class->free(d);
  free(training);
  return status;
}

static inline void score_all(const trial *t, double *scores) {
  nt_error err = {0};
  CHECK_OK(attempt(t, scores, &err), err);
}

#endif
