/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "correlation.h"

#include <math.h>
#include <string.h>

#include <ninetails/platform.h>

#include "ground/memory.h"
#include "correlation_sums.h"

struct nt_correlation {
  nt_correlation_sums sums;
  nt_correlation_kernel *kernel;
};

/* All kernels give the same bits: the fastest that the machine has, then. */
static nt_correlation_kernel *best_kernel(void) {
#if defined(__x86_64__)
  switch (nt_isa_best()) {
  case NT_ISA_AVX512:
    return nt_correlation_avx512;
  case NT_ISA_AVX2:
    return nt_correlation_avx2;
  default:
    break;
  }
#endif
  return nt_correlation_plain;
}

static size_t round_up(size_t n, size_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

nt_correlation *nt_correlation_new(size_t width, nt_error *err) {
  nt_correlation *c = NULL;
  if (width == 0) {
    nt_fail(err, NT_E_ARGUMENT, "correlation of 0 columns: expected at least 1");
    return NULL;
  }
  if (width < SIZE_MAX / 64 && (c = calloc(1, sizeof *c))) {
    nt_correlation_sums *s = &c->sums;
    c->kernel = best_kernel();
    s->width = width;
    s->stride = round_up(width, NT_CORRELATION_COLUMNS);
    s->height = round_up(width, NT_CORRELATION_ROWS);
    s->sum = nt_zeroed(s->stride, 1, sizeof *s->sum);
    s->squares = nt_zeroed(s->stride, 1, sizeof *s->squares);
    s->residual = nt_zeroed(s->stride, NT_CORRELATION_BLOCK, sizeof *s->residual);
    s->products = nt_zeroed(s->stride, s->height, sizeof *s->products);
    if (s->sum && s->squares && s->residual && s->products) return c;
  }
  nt_correlation_free(c);
  nt_fail(err, NT_E_MEMORY, "no memory for the correlation of %zu columns", width);
  return NULL;
}

void nt_correlation_free(nt_correlation *c) {
  if (!c) return;
  free(c->sums.sum);
  free(c->sums.squares);
  free(c->sums.residual);
  free(c->sums.products);
  free(c);
}

void nt_correlation_update(nt_correlation *c, const double *rows, size_t n) {
  while (n > 0) {
    size_t block = n < NT_CORRELATION_BLOCK ? n : NT_CORRELATION_BLOCK;
    c->kernel(&c->sums, rows, block);
    rows += block * c->sums.width;
    n -= block;
  }
}

uint64_t nt_correlation_rows(const nt_correlation *c) {
  return c->sums.rows;
}

size_t nt_correlation_memory(const nt_correlation *c) {
  const nt_correlation_sums *s = &c->sums;
  return sizeof *c + s->stride * (2 + NT_CORRELATION_BLOCK + s->height) * sizeof(double);
}

void nt_correlation_distance(const nt_correlation *c, double *distance) {
  const nt_correlation_sums *s = &c->sums;
  for (size_t i = 0; i < s->width; i++) {
    double root = sqrt(s->squares[i]);
    for (size_t j = i; j < s->width; j++) {
      double norm = root * sqrt(s->squares[j]);
      if (norm == 0) norm = 1e-100; /* a constant column is at distance 1 from all */
      double d = 1 - s->products[i * s->stride + j] / norm;
      if (d < 0) d = 0;
      distance[i * s->width + j] = distance[j * s->width + i] = d;
    }
  }
}

void nt_correlation_get(const nt_correlation *c, double *sum, double *squares, double *products) {
  const nt_correlation_sums *s = &c->sums;
  memcpy(sum, s->sum, s->width * sizeof *sum);
  memcpy(squares, s->squares, s->width * sizeof *squares);
  for (size_t i = 0; i < s->width; i++)
    memcpy(products + i * s->width, s->products + i * s->stride, s->width * sizeof *products);
}

void nt_correlation_set(nt_correlation *c, uint64_t rows, const double *sum, const double *squares,
                        const double *products) {
  nt_correlation_sums *s = &c->sums;
  s->rows = rows;
  memcpy(s->sum, sum, s->width * sizeof *sum);
  memcpy(s->squares, squares, s->width * sizeof *squares);
  for (size_t i = 0; i < s->width; i++)
    memcpy(s->products + i * s->stride, products + i * s->width, s->width * sizeof *products);
}
