/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside core/detectors: what the offline detectors keep of the rows that they learn from. Both
 * take rows in order, one chunk after the other, and give the same bits however they are cut.
 *
 * A row is usable when each feature is a finite number of magnitude up to 1e100 (whose square and
 * whose sums of squares are finite too); the others are passed over.
 */
#ifndef NT_DETECTOR_ROWS_H
#define NT_DETECTOR_ROWS_H

#include <gsl/gsl_rng.h>
#include <stddef.h>
#include <stdint.h>

#include <ninetails/detector.h>
#include <ninetails/error.h>

#include "numeric/dense.h"

int nt_row_usable(const double *row, size_t width);

/* Sets training[] of learn() to NaN: an offline detector scores nothing before ready(). */
void nt_no_training_scores(const nt_rows *rows, double *training);

/*
 * At most `most` of `total` rows, evenly strided: every one of them when there are no more. Where
 * the stride falls on a row that is not usable, the next usable one is taken.
 */
typedef struct nt_row_sample {
  size_t width, most, count;
  uint64_t total, phase, owed;
  double *rows; /* [most][width], `count` of them filled; owned */
} nt_row_sample;

/* NT_E_MEMORY. */
nt_status nt_row_sample_make(nt_row_sample *s, size_t width, uint64_t most, uint64_t total,
                             nt_error *err);
void nt_row_sample_add(nt_row_sample *s, const nt_rows *rows);
void nt_row_sample_done(nt_row_sample *s);
size_t nt_row_sample_bytes(const nt_row_sample *s);

/*
 * Mean and covariance of rows, one pass (Welford 1962): with m the mean of the first n rows and
 * r = (x - m) sqrt(n / (n - 1)), C += r r^T. Everything is relative to the first row, so that a
 * constant column has a variance of exactly 0 and times since the epoch keep their digits.
 */
typedef struct nt_column_moments nt_column_moments;

nt_column_moments *nt_moments_new(size_t width, nt_error *err);
void nt_moments_free(nt_column_moments *m);
/* O(width^2 / 2) a row. */
void nt_moments_add(nt_column_moments *m, const nt_rows *rows);
uint64_t nt_moments_rows(const nt_column_moments *m); /* the usable ones */
/* Once, after the last row. mean: width doubles; covariance: width x width, symmetric, sums divided
 * by the number of rows, which must be at least 1. */
void nt_moments_get(nt_column_moments *m, double *mean, double *covariance);
size_t nt_moments_bytes(const nt_column_moments *m);

/* NT_E_INPUT unless `usable` rows are at least `least`:
 * "mahalanobis: 1 usable row to learn from: expected at least 2". */
nt_status nt_enough_rows(const char *detector, uint64_t usable, uint64_t least, nt_error *err);

#endif
