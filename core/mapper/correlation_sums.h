/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two inner loops of the correlation, compiled once for each instruction set
 * (core/numeric/vector.h). Each element sees the rows one after the other, multiplied, rounded,
 * added, rounded: the lanes are different elements, so the bits do not depend on how many there
 * are.
 */
#ifndef NT_CORRELATION_SUMS_H
#define NT_CORRELATION_SUMS_H

#include <stddef.h>
#include <stdint.h>

/* Rows whose residuals are formed before C is visited: C is then read and written once for all of
 * them. */
#define NT_CORRELATION_BLOCK 16
/* C is worked on in tiles of 4 rows x 16 columns; its stride is a
 * multiple of 16, its height of 4. */
#define NT_CORRELATION_COLUMNS 16
#define NT_CORRELATION_ROWS 4

typedef struct nt_correlation_sums {
  size_t width, stride, height;
  uint64_t rows;    /* N */
  double *sum;      /* [stride] c */
  double *squares;  /* [stride] c_rs */
  double *products; /* [height][stride] C, the tiles that touch the upper triangle */
  double *residual; /* [NT_CORRELATION_BLOCK][stride] of the current block, 0 beyond the width */
} nt_correlation_sums;

/* Takes 1 to NT_CORRELATION_BLOCK rows. */
typedef void nt_correlation_kernel(nt_correlation_sums *s, const double *rows, size_t n);
nt_correlation_kernel nt_correlation_plain, nt_correlation_avx2, nt_correlation_avx512;

#endif
