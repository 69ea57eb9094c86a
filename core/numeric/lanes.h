/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inner loops that online detectors share, compiled once for each instruction set
 * (lanes.kernel.c). Sums are eight (of floats: sixteen) partial sums, added in one fixed order, and
 * nothing is fused unless it says so: the same bits on every instruction set. Arrays are padded
 * with zeros to whole eights (sixteens) and need no alignment.
 */
#ifndef NT_LANES_H
#define NT_LANES_H

#include <stddef.h>

enum { NT_LANES_TOGETHER = 4 };

typedef struct nt_lanes {
  /* sum of a b; n doubles, whole eights, as below. */
  double (*dot)(const double *a, const double *b, size_t n);
  /* to += factor x from */
  void (*add)(double *to, double factor, const double *from, size_t n);
  /* y = M x of `rows` rows of n. */
  void (*multiply)(const double *m, size_t rows, const double *x, size_t n, double *y);
  /* M = (M - factor z z') stretch of `rows` rows of n. */
  void (*rank_one)(double *m, size_t rows, const double *z, size_t n, double factor,
                   double stretch);
  /* Squared distances of x to eight rows, which lie column by column: block[c * 8 + row]. 0, with
   * `out` unset, when all eight are beyond `most`. */
  int (*distances)(const double *block, const double *x, size_t width, double most, double *out);
  /* The same of NT_LANES_TOGETHER blocks to the end: out[block * 8 + row]. Faster than one by one:
   * no sum waits for the one before it. */
  void (*distances_together)(const double *const *blocks, const double *x, size_t width,
                             double *out);
  /* The least squared distance of x to the rows of each of `count` blocks as above, one after the
   * other; which block has the least of all. Fused where the instruction set can: the last bits may
   * differ. */
  size_t (*least_distances)(const double *blocks, size_t count, const double *x, size_t width,
                            double *least);
  /* How much x adds to the sides of a box, all together; n floats, whole sixteens. */
  float (*outside)(const float *low, const float *high, const float *x, size_t n);
  /* The box low, high becomes the smallest one about two others, of which it may be one. 1 when it
   * changed. span: the sum of its sides. */
  int (*join)(float *low, float *high, const float *low1, const float *high1, const float *low2,
              const float *high2, size_t n, float *span);
} nt_lanes;

extern const nt_lanes nt_lanes_plain, nt_lanes_avx2, nt_lanes_avx512;

/* For this machine (include/ninetails/platform.h). */
const nt_lanes *nt_lanes_best(void);

static inline size_t nt_lanes_padded(size_t n) {
  return (n + 7) & ~(size_t)7;
}

#endif
