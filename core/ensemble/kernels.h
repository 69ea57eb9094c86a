/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What differs between instruction sets: the loops over an autoencoder's weights, and the layouts
 * they want.
 *
 * Training is sequential in the rows, but not in the autoencoders:
 *   nt_group   as many autoencoders of similar size as a vector has lanes, one in each lane; they
 *              may belong to KitNETs of different rates
 *   nt_single  one autoencoder, its units in the lanes: for the output one and for large ones
 * Execution is sequential in nothing:
 *   nt_scorer  all autoencoders, one row in each lane
 *
 * Every unit sums in the order of its inputs, in all three and with every number of lanes. So the
 * results do not depend on the layout chosen, AVX2 and AVX512 give the same bits, and plain differs
 * from them only by not fusing multiplications with additions.
 */
#ifndef NT_KERNELS_H
#define NT_KERNELS_H

#include <stddef.h>

#include <ninetails/platform.h>

/* How a training step goes. */
typedef struct nt_step {
  double rate, epsilon;
  int bias_mean; /* biases move by the mean of the gradient instead of each by its own */
} nt_step;

/* Arrays are of vectors, [..][lanes], 64-byte aligned. A lane with fewer units than the group is
 * padded: its masks are 0 there, which keeps the padding's activations, errors and weights at 0. */
typedef struct nt_group {
  size_t visible, hidden; /* at least those of each autoencoder */
  size_t used;            /* lanes with an autoencoder */
  size_t *members;        /* [lanes] where each one's error goes */
  int same_inputs;        /* the used lanes read the same columns with the same epsilon */
  size_t *features; /* [visible] columns of a row; same_inputs: those of one lane, [1] to spare */
  int any_mean;     /* some lane has bias_mean */
  double *weights;  /* [visible][hidden] */
  double *hidden_bias, *visible_bias, *min, *max; /* same_inputs: min and max of one lane, packed */
  double *hidden_mask, *visible_mask;             /* all bits of a double, or none */
  double *hidden_count, *visible_count;           /* [1] units of each lane */
  double *rate, *epsilon, *bias_mean; /* [1] nt_step of each lane, bias_mean as a mask */
  double *x, *y, *e, *g; /* [visible], [hidden], [visible], [hidden] of the current row */
  double *next;          /* [visible] x of the next one */
} nt_group;

/* Units are padded to whole vectors (a multiple of NT_SINGLE_PADDING). What the padding holds is
 * never read by a real unit: sums go over the real ones alone. */
#define NT_SINGLE_PADDING 8
typedef struct nt_encoding {
  double *x, *y; /* [visible], [hidden] of a row */
} nt_encoding;
typedef struct nt_single {
  size_t visible, hidden;
  size_t visible_stride, hidden_stride; /* padded */
  nt_step step;
  size_t member;          /* where its error goes */
  const size_t *features; /* [visible] columns of a row */
  double *weights;        /* [visible][hidden_stride] */
  double *transposed;     /* [hidden][visible_stride], the same weights before their latest step */
  double *hidden_bias, *visible_bias, *min, *max;
  nt_encoding now, next; /* between rows next is the latest one's, and so are e and g: its step */
  double *e, *g;
} nt_single;

/* An autoencoder whose weights no longer change. Its weights and biases carry the factor -log2(e),
 * and lie in the order in which they are used: for each block of units (nt_block_of) its biases,
 * then for each input the weights from that input to the block's units; first all hidden units,
 * then all visible ones. */
typedef struct nt_frozen {
  size_t visible, hidden;
  const size_t *features;      /* [visible] columns of a row; NULL in the output autoencoder */
  const double *min, *inverse; /* [visible]; inverse = 1 / (max - min + epsilon) */
  const double *weights;       /* [hidden + visible + 2 * visible * hidden] */
  double *block;               /* where these three lie */
} nt_frozen;

#define NT_SCORE_UNITS 4   /* most units of a block */
#define NT_SCORE_VECTORS 3 /* vectors of rows in flight */

typedef struct nt_scorer {
  size_t width, count;
  size_t memory;           /* bytes held, this struct and all below it */
  nt_frozen *autoencoders; /* [count], then the output one, which reads rows if count is 0 */
  double *x, *y,
      *z;         /* [most visible], [most hidden], [most visible] times NT_SCORE_VECTORS vectors */
  double *errors; /* [count], likewise */
  double *tail;   /* [lanes][width] rows that fill less than a vector */
} nt_scorer;

/* How many units to take next when `left` are left: at most `most`, the
 * blocks being of even size. */
static inline size_t nt_block_of(size_t left, size_t most) {
  size_t blocks = (left + most - 1) / most;
  return (left + blocks - 1) / blocks;
}

#define NT_MOST_LANES 8
typedef struct nt_kernels {
  size_t lanes;
  /* n rows of width doubles, in order; each autoencoder's RMSE goes to errors[row * stride +
   * member]. */
  void (*train_group)(nt_group *g, const double *rows, size_t width, size_t n, double *errors,
                      size_t stride);
  void (*train_single)(nt_single *s, const double *rows, size_t width, size_t n, double *errors,
                       size_t stride);
  /* n rows, a multiple of the lanes. */
  void (*score)(nt_scorer *s, const double *rows, size_t n, double *scores);
} nt_kernels;

extern const nt_kernels nt_kernels_plain, nt_kernels_avx2, nt_kernels_avx512;

/* Those of a resolved instruction set (ninetails/platform.h). */
const nt_kernels *nt_kernels_of(nt_isa isa);

#endif
