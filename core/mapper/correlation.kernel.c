/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "numeric/vector.h"

#include "correlation_sums.h"

/* r = x - c / N for one row. */
NT_INLINE void residual_of(nt_correlation_sums *s, const double *x, double *r) {
  double count = (double)++s->rows;
  size_t j = 0;
  for (; j + NT_LANES <= s->width; j += NT_LANES) {
    nt_vector v = nt_vector_load(x + j);
    nt_vector c = nt_vector_load(s->sum + j) + v;
    nt_vector d = v - c / NT_SET1(count);
    nt_vector_store(s->sum + j, c);
    nt_vector_store(r + j, d);
    nt_vector_store(s->squares + j, nt_vector_load(s->squares + j) + d * d);
  }
  for (; j < s->width; j++) {
    s->sum[j] += x[j];
    r[j] = x[j] - s->sum[j] / count;
    s->squares[j] += r[j] * r[j];
  }
}

/* C += r r^T for one tile and n rows: 4 rows by two vectors of columns stay in registers. */
NT_INLINE void tile(nt_correlation_sums *s, size_t i, size_t j, size_t n) {
  nt_vector acc[NT_CORRELATION_ROWS][2];
  double *c = s->products + i * s->stride + j;
  NT_EACH (k, NT_CORRELATION_ROWS)
    NT_EACH (v, 2) acc[k][v] = nt_vector_load(c + (size_t)k * s->stride + v * NT_LANES);
  for (size_t b = 0; b < n; b++) {
    const double *r = s->residual + b * s->stride;
    nt_vector right[2] = {nt_vector_load(r + j), nt_vector_load(r + j + NT_LANES)};
    NT_EACH (k, NT_CORRELATION_ROWS) {
      nt_vector left = NT_SET1(r[i + (size_t)k]);
      NT_EACH (v, 2) acc[k][v] += left * right[v];
    }
  }
  NT_EACH (k, NT_CORRELATION_ROWS)
    NT_EACH (v, 2) nt_vector_store(c + (size_t)k * s->stride + v * NT_LANES, acc[k][v]);
}

void NT_FOR_ISA(nt_correlation)(nt_correlation_sums *s, const double *rows, size_t n) {
  for (size_t b = 0; b < n; b++) residual_of(s, rows + b * s->width, s->residual + b * s->stride);
  for (size_t i = 0; i < s->height; i += NT_CORRELATION_ROWS)
    for (size_t j = i & ~(size_t)(NT_CORRELATION_COLUMNS - 1); j < s->stride; j += 2 * NT_LANES)
      tile(s, i, j, n);
}
