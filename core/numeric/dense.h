/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two products that the detectors with a matrix spend their time on.
 *
 *   block     NT_DENSE_BLOCK rows side by side: element [j][lane] is feature j of row `lane`, so a
 *             vector holds the same feature of several rows.
 *   multiply  y = M x for every lane of a block.
 *   gram      C += r r^T for rows r, upper triangle.
 *
 * Each sum runs over its terms in order, each product added to it with one rounding; gram adds that
 * of its rows, at most NT_DENSE_ROWS, to C. The bits depend neither on the instruction set nor on
 * which rows share a block of multiply.
 */
#ifndef NT_DENSE_H
#define NT_DENSE_H

#include <stddef.h>

#include <ninetails/error.h>

#define NT_DENSE_BLOCK 32
#define NT_DENSE_TILE 4     /* rows of M (of C) that are worked on together */
#define NT_DENSE_COLUMNS 16 /* columns of C that are */
#define NT_DENSE_ROWS 16    /* most rows r of one call of gram */

typedef struct nt_dense nt_dense;

/* The loops for one instruction set; what they do is said below. */
typedef struct nt_dense_kernels {
  void (*multiply)(const nt_dense *m, const double *x, double *y);
  void (*load)(const double *rows, size_t width, const double *mean, const double *factor,
               double *x); /* of NT_DENSE_BLOCK rows */
  void (*squares)(const double *x, size_t features, double *sums);
  /* C += r r^T of n rows, padded as said below. Elements below the diagonal are undefined
   * afterwards. O(n width^2 / 2). */
  void (*gram)(double *c, size_t width, const double *r, size_t n);
} nt_dense_kernels;
extern const nt_dense_kernels nt_dense_plain, nt_dense_avx2, nt_dense_avx512;
const nt_dense_kernels *nt_dense_best(void); /* the fastest of this machine */

struct nt_dense {
  size_t rows, columns;
  int lower;      /* 1: M is lower triangular; what is above the diagonal is not read */
  double *packed; /* [rows / 4, rounded up][columns][4], 0 beyond the last row; owned */
  const nt_dense_kernels *kernels; /* the fastest of this machine */
};

/* rows x columns; NT_E_MEMORY. */
nt_status nt_dense_make(nt_dense *m, size_t rows, size_t columns, int lower, nt_error *err);
/* matrix: rows x columns, row-major. */
void nt_dense_set(nt_dense *m, const double *matrix);
void nt_dense_done(nt_dense *m);
size_t nt_dense_bytes(const nt_dense *m);

/* Doubles of a block of `features` features: what x, and y of multiply, have to have. */
size_t nt_dense_block_size(size_t features);

/* `count` rows (at most NT_DENSE_BLOCK) into block x: (row - mean) * factor, cut to +-1e100 so that
 * no square overflows; the other lanes 0. NaN stays NaN. m says whose kernels do it. */
void nt_dense_load(const nt_dense *m, const double *rows, size_t count, size_t width,
                   const double *mean, const double *factor, double *x);
/* sums[lane] = sum over j < features of x[j][lane]^2. */
void nt_dense_squares(const nt_dense *m, const double *x, size_t features, double *sums);

/* O(rows x columns x NT_DENSE_BLOCK), half of it where M is triangular. */
void nt_dense_multiply(const nt_dense *m, const double *x, double *y);

/* The padded shape of C, [height][stride]; rows r are [n][stride], 0 beyond the width. */
static inline size_t nt_dense_stride(size_t width) {
  return (width + NT_DENSE_COLUMNS - 1) / NT_DENSE_COLUMNS * NT_DENSE_COLUMNS;
}
static inline size_t nt_dense_height(size_t width) {
  return (width + NT_DENSE_TILE - 1) / NT_DENSE_TILE * NT_DENSE_TILE;
}

#endif
