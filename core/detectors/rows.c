/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rows.h"

#include <math.h>

#include "ground/memory.h"
#include "numeric/vector.h"

/* |x| <= 1e100 as whole numbers, whose order is that of the doubles, NaN beyond infinity: three
 * operations a vector, and no comparison, which SSE2 lacks for them. */
int nt_row_usable(const double *row, size_t width) {
  static const double most_value = 1e100;
  int64_t most_bits;
  memcpy(&most_bits, &most_value, sizeof most_bits);
  const nt_vector_bits magnitude = {INT64_MAX, INT64_MAX}, most = {most_bits, most_bits};
  nt_vector_bits beyond[2] = {{0}}; /* negative: one is */
  size_t j = 0;
  for (; j + 4 <= width; j += 4)
    NT_EACH (k, 2) {
      nt_vector_bits bits = (nt_vector_bits)nt_vector_load(row + j + 2 * k);
      beyond[k] |= most - (bits & magnitude);
    }
  for (; j < width; j++) {
    int64_t bits;
    memcpy(&bits, row + j, sizeof bits);
    beyond[0][0] |= most_bits - (bits & INT64_MAX);
  }
  beyond[0] |= beyond[1];
  return (beyond[0][0] | beyond[0][1]) >= 0;
}

void nt_no_training_scores(const nt_rows *rows, double *training) {
  for (size_t i = 0; i < rows->count; i++) training[i] = NAN;
}

nt_status nt_enough_rows(const char *detector, uint64_t usable, uint64_t least, nt_error *err) {
  if (usable >= least) return NT_OK;
  return nt_fail(err, NT_E_INPUT, "%s: %llu usable rows to learn from: expected at least %llu",
                 detector, (unsigned long long)usable, (unsigned long long)least);
}

nt_status nt_row_sample_make(nt_row_sample *s, size_t width, uint64_t most, uint64_t total,
                             nt_error *err) {
  *s = (nt_row_sample){.width = width, .total = total};
  s->most = (size_t)(most < total ? most : total);
  s->rows = calloc(s->most + 1, width * sizeof *s->rows); /* untouched until it is filled */
  if (s->rows) return NT_OK;
  return nt_fail(err, NT_E_MEMORY, "no memory for a sample of %zu rows of %zu features", s->most,
                 width);
}

void nt_row_sample_add(nt_row_sample *s, const nt_rows *rows) {
  for (size_t i = 0; i < rows->count; i++) {
    const double *row = rows->features + i * s->width;
    s->phase += s->most;
    if (s->phase >= s->total) s->phase -= s->total, s->owed++;
    if (s->owed == 0 || s->count == s->most || !nt_row_usable(row, s->width)) continue;
    memcpy(s->rows + s->count++ * s->width, row, s->width * sizeof *row);
    s->owed--;
  }
}

void nt_row_sample_done(nt_row_sample *s) {
  free(s->rows);
  s->rows = NULL;
}

size_t nt_row_sample_bytes(const nt_row_sample *s) {
  return s->rows ? s->most * s->width * sizeof *s->rows : 0;
}

struct nt_column_moments {
  size_t width, stride;
  uint64_t rows;
  double *origin;   /* [stride] the first usable row */
  double *sum;      /* [stride] of x - origin */
  double *products; /* [height][stride] C */
  double *residual; /* [NT_DENSE_ROWS][stride] r of `held` rows not yet in C, 0 beyond the width */
  size_t held;
  const nt_dense_kernels *kernels;
};

nt_column_moments *nt_moments_new(size_t width, nt_error *err) {
  nt_column_moments *m = calloc(1, sizeof *m);
  if (m) {
    m->width = width;
    m->stride = nt_dense_stride(width);
    m->origin = nt_zeroed(m->stride, 1, sizeof *m->origin);
    m->sum = nt_zeroed(m->stride, 1, sizeof *m->sum);
    m->products = nt_zeroed(nt_dense_height(width), m->stride, sizeof *m->products);
    m->residual = nt_zeroed(NT_DENSE_ROWS, m->stride, sizeof *m->residual);
    m->kernels = nt_dense_best();
    if (m->origin && m->sum && m->products && m->residual) return m;
  }
  nt_moments_free(m);
  nt_fail(err, NT_E_MEMORY, "no memory for the covariance of %zu features", width);
  return NULL;
}

void nt_moments_free(nt_column_moments *m) {
  if (!m) return;
  free(m->origin);
  free(m->sum);
  free(m->products);
  free(m->residual);
  free(m);
}

/* r of one row; eight columns at a time, which compilers make vectors of. Beyond the width all
 * stays 0. */
static void residual_of(nt_column_moments *m, const double *restrict x, double *restrict r) {
  if (m->rows == 0) memcpy(m->origin, x, m->width * sizeof *x);
  double n = (double)++m->rows, factor = n > 1 ? sqrt(n / (n - 1)) : 0, share = 1 / n;
  double *restrict sum = m->sum;
  const double *restrict origin = m->origin;
  memcpy(r, x, m->width * sizeof *x);
  for (size_t j = 0; j < m->stride; j += 8)
    for (size_t k = j; k < j + 8; k++) {
      double y = r[k] - origin[k];
      sum[k] += y;
      r[k] = (y - sum[k] * share) * factor;
    }
}

/* Always of NT_DENSE_ROWS rows but for the last ones, so that no sum depends on chunks. */
static void add_products(nt_column_moments *m) {
  if (m->held) m->kernels->gram(m->products, m->width, m->residual, m->held);
  m->held = 0;
}

void nt_moments_add(nt_column_moments *m, const nt_rows *rows) {
  for (size_t i = 0; i < rows->count; i++) {
    const double *row = rows->features + i * m->width;
    if (!nt_row_usable(row, m->width)) continue;
    residual_of(m, row, m->residual + m->held++ * m->stride);
    if (m->held == NT_DENSE_ROWS) add_products(m);
  }
}

uint64_t nt_moments_rows(const nt_column_moments *m) {
  return m->rows;
}

void nt_moments_get(nt_column_moments *m, double *mean, double *covariance) {
  add_products(m);
  double n = (double)m->rows;
  for (size_t i = 0; i < m->width; i++) {
    mean[i] = m->origin[i] + m->sum[i] / n;
    for (size_t j = i; j < m->width; j++)
      covariance[i * m->width + j] = covariance[j * m->width + i] =
          m->products[i * m->stride + j] / n;
  }
}

size_t nt_moments_bytes(const nt_column_moments *m) {
  if (!m) return 0;
  size_t rows = 2 + NT_DENSE_ROWS + nt_dense_height(m->width);
  return sizeof *m + rows * m->stride * sizeof *m->sum;
}
