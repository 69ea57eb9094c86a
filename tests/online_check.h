/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by the tests of online detectors: one run of one detector. */
#ifndef NT_ONLINE_CHECK_H
#define NT_ONLINE_CHECK_H

#include <math.h>

#include <ninetails/detector.h>

#include "check.h"
#include "noise.h"

/* Values other than the presets, up to a NULL. */
typedef struct given {
  const char *name;
  double value;
} given;
#define GIVEN(...) ((const given[]){__VA_ARGS__, {NULL, 0}})

/* Choices of the parameters that online detectors share. */
enum { NONE, DEVIATION, RANGE };
enum { ALWAYS, GRACE };

static const char *const columns[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i",
                                      "j", "k", "l", "m", "n", "o", "p", "q", "r"};

static inline void *make(const char *name, size_t width, size_t learn, uint64_t seed,
                         const given *set, const nt_detector_class **class) {
  nt_error err = {0};
  nt_value values[32];
  *class = nt_detector_find(name, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(*class);
  nt_parameter_presets((*class)->parameters, (*class)->parameter_count, values);
  for (; set->name; set++) {
    size_t i = nt_parameter_find((*class)->parameters, (*class)->parameter_count, set->name);
    CU_ASSERT_FATAL(i < (*class)->parameter_count);
    values[i].number = set->value;
    CHECK_OK(nt_parameter_check(&(*class)->parameters[i], &values[i], &err), err);
  }
  nt_detector_setting setting = {.kind = *class,
                                 .width = width,
                                 .columns = columns,
                                 .learn = learn,
                                 .rows = learn,
                                 .seed = seed};
  void *detector = (*class)->create(&setting, values, &err);
  if (!detector) printf("  %s\n", err.text);
  CU_ASSERT_PTR_NOT_NULL_FATAL(detector);
  return detector;
}

/* Learns the first `learn` of n rows and scores the others, `chunk` rows at a time; the remark goes
 * to `remark` (100 bytes) where given. */
static inline void run_chunks(const char *name, const double *rows, size_t n, size_t width,
                              size_t learn, uint64_t seed, const given *set, size_t chunk,
                              double *scores, char *remark) {
  const nt_detector_class *class;
  void *detector = make(name, width, learn, seed, set, &class);
  nt_error err;
  for (size_t i = 0; i < n;) {
    size_t end = i < learn ? learn : n, count = end - i < chunk ? end - i : chunk;
    nt_rows part = {.first = i, .count = count, .width = width, .features = rows + i * width};
    if (i == learn) CHECK_OK(class->ready(detector, &err), err);
    CHECK_OK((i < learn ? class->learn : class->score)(detector, &part, scores + i, &err), err);
    i += count;
  }
  CU_ASSERT(class->memory(detector) > 0);
  if (remark) class->remark(detector, remark, 100);
  class->free(detector);
}

static inline void run(const char *name, const double *rows, size_t n, size_t width, size_t learn,
                       const given *set, double *scores) {
  run_chunks(name, rows, n, width, learn, 1, set, n, scores, NULL);
}

static inline void near(const char *what, double a, double b, double within) {
  if (!(fabs(a - b) <= within)) printf("  %s: %.17g, expected %.17g\n", what, a, b);
  CU_ASSERT(fabs(a - b) <= within);
}

#endif
