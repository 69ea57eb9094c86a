/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dense.h"

#include <ninetails/platform.h>

#include "ground/memory.h"

static size_t round_up(size_t n, size_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

const nt_dense_kernels *nt_dense_best(void) {
#if defined(__x86_64__)
  if (nt_isa_best() == NT_ISA_AVX512) return &nt_dense_avx512;
  if (nt_isa_best() == NT_ISA_AVX2) return &nt_dense_avx2;
#endif
  return &nt_dense_plain;
}

nt_status nt_dense_make(nt_dense *m, size_t rows, size_t columns, int lower, nt_error *err) {
  *m = (nt_dense){.rows = rows, .columns = columns, .lower = lower, .kernels = nt_dense_best()};
  m->packed = nt_zeroed(round_up(rows, NT_DENSE_TILE), columns, sizeof *m->packed);
  if (m->packed) return NT_OK;
  return nt_fail(err, NT_E_MEMORY, "no memory for a matrix of %zu x %zu", rows, columns);
}

void nt_dense_set(nt_dense *m, const double *matrix) {
  for (size_t i = 0; i < m->rows; i++) {
    double *tile = m->packed + i / NT_DENSE_TILE * NT_DENSE_TILE * m->columns + i % NT_DENSE_TILE;
    size_t end = m->lower && i + 1 < m->columns ? i + 1 : m->columns;
    for (size_t j = 0; j < end; j++) tile[j * NT_DENSE_TILE] = matrix[i * m->columns + j];
  }
}

void nt_dense_done(nt_dense *m) {
  free(m->packed);
  m->packed = NULL;
}

size_t nt_dense_bytes(const nt_dense *m) {
  return m->packed ? round_up(m->rows, NT_DENSE_TILE) * m->columns * sizeof *m->packed : 0;
}

size_t nt_dense_block_size(size_t features) {
  return round_up(features, NT_DENSE_TILE) * NT_DENSE_BLOCK;
}

static double bounded(double x) {
  x = x > 1e100 ? 1e100 : x;
  return x < -1e100 ? -1e100 : x;
}

void nt_dense_load(const nt_dense *m, const double *rows, size_t count, size_t width,
                   const double *mean, const double *factor, double *x) {
  if (count == NT_DENSE_BLOCK) {
    m->kernels->load(rows, width, mean, factor, x);
    return;
  }
  memset(x, 0, width * NT_DENSE_BLOCK * sizeof *x);
  for (size_t j = 0; j < width; j++)
    for (size_t lane = 0; lane < count; lane++)
      x[j * NT_DENSE_BLOCK + lane] = bounded((rows[lane * width + j] - mean[j]) * factor[j]);
}

void nt_dense_squares(const nt_dense *m, const double *x, size_t features, double *sums) {
  m->kernels->squares(x, features, sums);
}

void nt_dense_multiply(const nt_dense *m, const double *x, double *y) {
  m->kernels->multiply(m, x, y);
}
