/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by the tests of KitNET: runs and comparisons. */
#ifndef NT_KITNET_CHECK_H
#define NT_KITNET_CHECK_H

#include <math.h>

#include <ninetails/kitnet.h>

#include "check.h"

/* Scores agree when both are NaN, equal, or within this of each other. */
#define TOLERANCE 1e-12

static inline double apart(double a, double b) {
  if (a == b || (isnan(a) && isnan(b))) return 0;
  double d = fabs(a - b) / fabs(b);
  return isnan(d) ? INFINITY : d;
}

static inline double worst_apart(const double *a, const double *b, size_t n) {
  double worst = 0;
  for (size_t i = 0; i < n; i++) worst = fmax(worst, apart(a[i], b[i]));
  return worst;
}

static inline nt_isa best(void) {
  return nt_isa_best();
}

static inline nt_kitnet *make(size_t width, const nt_kitnet_options *o, const nt_feature_map *map) {
  nt_error err;
  nt_kitnet *k = nt_kitnet_new(width, o, map, &err);
  if (!k) printf("  %s\n", err.text);
  CU_ASSERT_PTR_NOT_NULL_FATAL(k);
  return k;
}

/* Scores of n rows, `batch` at a time; training may be NULL. */
static inline nt_kitnet *run(size_t width, const nt_kitnet_options *o, const nt_feature_map *map,
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

#endif
