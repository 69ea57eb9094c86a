/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loops of dense.h for one instruction set (vector.h). */
#include "vector.h"
#include "dense.h"

/* a b + c, rounded once on every instruction set. Plain lanes call the C library's fma, which is
 * slow where the machine has none. */
#if defined(NT_VECTOR_AVX512) || defined(NT_VECTOR_AVX2)
#define NT_FUSED(a, b, c) NT_FMA(a, b, c)
#else
#define NT_FUSED(a, b, c) fused(a, b, c)
NT_INLINE nt_vector fused(nt_vector a, nt_vector b, nt_vector c) {
  return (nt_vector){fma(a[0], b[0], c[0]), fma(a[1], b[1], c[1])};
}
#endif

/* Four rows of M by two vectors of lanes stay in registers. */
NT_INLINE void multiply_tile(const double *m, size_t columns, const double *x, double *y) {
  nt_vector sum[NT_DENSE_TILE][2];
  NT_EACH (k, NT_DENSE_TILE) sum[k][0] = sum[k][1] = NT_SET1(0.0);
  for (size_t j = 0; j < columns; j++) {
    nt_vector a = nt_vector_load(x + j * NT_DENSE_BLOCK);
    nt_vector b = nt_vector_load(x + j * NT_DENSE_BLOCK + NT_LANES);
    NT_EACH (k, NT_DENSE_TILE) {
      nt_vector left = NT_SET1(m[j * NT_DENSE_TILE + (size_t)k]);
      sum[k][0] = NT_FUSED(left, a, sum[k][0]);
      sum[k][1] = NT_FUSED(left, b, sum[k][1]);
    }
  }
  NT_EACH (k, NT_DENSE_TILE) {
    nt_vector_store(y + k * NT_DENSE_BLOCK, sum[k][0]);
    nt_vector_store(y + k * NT_DENSE_BLOCK + NT_LANES, sum[k][1]);
  }
}

static void dense_multiply(const nt_dense *m, const double *x, double *y) {
  for (size_t i = 0; i < m->rows; i += NT_DENSE_TILE) {
    size_t columns = m->lower && i + NT_DENSE_TILE < m->columns ? i + NT_DENSE_TILE : m->columns;
    for (size_t lane = 0; lane < NT_DENSE_BLOCK; lane += 2 * NT_LANES)
      multiply_tile(m->packed + i * m->columns, columns, x + lane, y + i * NT_DENSE_BLOCK + lane);
  }
}

NT_INLINE void gram_tile(double *c, size_t stride, const double *r, size_t i, size_t j, size_t n) {
  nt_vector sum[NT_DENSE_TILE][2];
  NT_EACH (k, NT_DENSE_TILE) sum[k][0] = sum[k][1] = NT_SET1(0.0);
  for (size_t b = 0; b < n; b++, r += stride) {
    nt_vector right[2] = {nt_vector_load(r + j), nt_vector_load(r + j + NT_LANES)};
    NT_EACH (k, NT_DENSE_TILE) {
      nt_vector left = NT_SET1(r[i + (size_t)k]);
      NT_EACH (v, 2) sum[k][v] = NT_FUSED(left, right[v], sum[k][v]);
    }
  }
  c += i * stride + j;
  NT_EACH (k, NT_DENSE_TILE)
    NT_EACH (v, 2) {
      double *to = c + (size_t)k * stride + v * NT_LANES;
      nt_vector_store(to, nt_vector_load(to) + sum[k][v]);
    }
}

static void dense_gram(double *c, size_t width, const double *r, size_t n) {
  size_t stride = nt_dense_stride(width), height = nt_dense_height(width);
  for (size_t i = 0; i < height; i += NT_DENSE_TILE)
    for (size_t j = i & ~(size_t)(NT_DENSE_COLUMNS - 1); j < stride; j += 2 * NT_LANES)
      gram_tile(c, stride, r, i, j, n);
}

/* Feature j of the rows, one vector after the other; a NaN is not less than a bound, and stays. */
static void dense_load(const double *rows, size_t width, const double *mean, const double *factor,
                       double *x) {
  const nt_vector most = NT_SET1(1e100), least = NT_SET1(-1e100);
  for (size_t j = 0; j < width; j++)
    NT_UNROLL for (size_t lane = 0; lane < NT_DENSE_BLOCK; lane += NT_LANES) {
      nt_vector v = nt_vector_strided(rows + lane * width + j, width);
      v = (v - NT_SET1(mean[j])) * NT_SET1(factor[j]);
      nt_vector_store(x + j * NT_DENSE_BLOCK + lane, NT_MAX(least, NT_MIN(most, v)));
    }
}

static void dense_squares(const double *x, size_t features, double *sums) {
  enum { VECTORS = NT_DENSE_BLOCK / NT_LANES };
  nt_vector sum[VECTORS] = {{0}};
  for (size_t j = 0; j < features; j++)
    NT_EACH (v, VECTORS) {
      nt_vector here = nt_vector_load(x + j * NT_DENSE_BLOCK + v * NT_LANES);
      sum[v] = NT_FUSED(here, here, sum[v]);
    }
  memcpy(sums, sum, sizeof sum);
}

const nt_dense_kernels NT_FOR_ISA(nt_dense) = {
    .multiply = dense_multiply, .load = dense_load, .squares = dense_squares, .gram = dense_gram};
