/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Execution, compiled once for each instruction set: one row in each lane, formulas in
 * autoencoder.h. */
#ifndef NT_KERNEL_SCORE_H
#define NT_KERNEL_SCORE_H

#include "kernels.h"
#include "vector_math.h"

/* A block of k units for `vectors` vectors of rows; returns the weights of the next block. */
NT_INLINE const double *score_block(size_t k, size_t vectors, nt_vector *out, const nt_vector *in,
                                    size_t inputs, const double *w) {
  nt_vector acc[NT_SCORE_UNITS][NT_SCORE_VECTORS];
  NT_EACH (j, k)
    NT_EACH (v, vectors) acc[j][v] = NT_SET1(w[j]);
  w += k;
  for (size_t i = 0; i < inputs; i++, w += k, in += vectors)
    NT_EACH (j, k) {
      nt_vector weight = NT_SET1(w[j]);
      NT_EACH (v, vectors) acc[j][v] = NT_FMA(weight, in[v], acc[j][v]);
    }
  NT_EACH (j, k)
    NT_EACH (v, vectors) out[j * vectors + v] = nt_vector_logistic2(acc[j][v]);
  return w;
}

NT_INLINE const double *score_layer(size_t vectors, nt_vector *out, size_t units,
                                    const nt_vector *in, size_t inputs, const double *w) {
  while (units > 0) {
    size_t block = nt_block_of(units, NT_SCORE_UNITS);
    switch (block) {
    case 1:
      w = score_block(1, vectors, out, in, inputs, w);
      break;
    case 2:
      w = score_block(2, vectors, out, in, inputs, w);
      break;
    case 3:
      w = score_block(3, vectors, out, in, inputs, w);
      break;
    default:
      w = score_block(4, vectors, out, in, inputs, w);
      break;
    }
    out += block * vectors;
    units -= block;
  }
  return w;
}

/* The RMSE of autoencoder a for the normalised input x. */
NT_INLINE void score_autoencoder(size_t vectors, const nt_frozen *a, const nt_vector *x,
                                 nt_vector *y, nt_vector *z, nt_vector *rmse) {
  nt_vector sum[NT_SCORE_VECTORS];
  const double *w = score_layer(vectors, y, a->hidden, x, a->visible, a->weights);
  score_layer(vectors, z, a->visible, y, a->hidden, w);
  NT_EACH (v, vectors) sum[v] = NT_SET1(0.0);
  for (size_t i = 0; i < a->visible; i++)
    NT_EACH (v, vectors) {
      nt_vector e = x[i * vectors + v] - z[i * vectors + v];
      sum[v] = NT_FMA(e, e, sum[v]);
    }
  NT_EACH (v, vectors) rmse[v] = NT_SQRT(sum[v] / NT_SET1((double)a->visible));
}

/* Without an ensemble (count 0) the output autoencoder reads the rows themselves, all columns. */
NT_INLINE void score_columns(size_t vectors, const nt_scorer *s, const nt_frozen *a,
                             const double *rows, nt_vector *x) {
  for (size_t i = 0; i < a->visible; i++)
    NT_EACH (v, vectors) {
      nt_vector raw = nt_vector_strided(rows + v * NT_LANES * s->width + i, s->width);
      x[i * vectors + v] = (raw - NT_SET1(a->min[i])) * NT_SET1(a->inverse[i]);
    }
}

NT_INLINE void score_rows(size_t vectors, nt_scorer *s, const double *rows, double *scores) {
  nt_vector *x = (nt_vector *)s->x, *y = (nt_vector *)s->y, *z = (nt_vector *)s->z;
  nt_vector *errors = (nt_vector *)s->errors, result[NT_SCORE_VECTORS];
  for (size_t a = 0; a < s->count; a++) {
    const nt_frozen *one = &s->autoencoders[a];
    for (size_t i = 0; i < one->visible; i++)
      NT_EACH (v, vectors) {
        nt_vector raw =
            nt_vector_strided(rows + v * NT_LANES * s->width + one->features[i], s->width);
        x[i * vectors + v] = (raw - NT_SET1(one->min[i])) * NT_SET1(one->inverse[i]);
      }
    score_autoencoder(vectors, one, x, y, z, errors + a * vectors);
  }
  const nt_frozen *output = &s->autoencoders[s->count];
  for (size_t a = 0; a < s->count; a++)
    NT_EACH (v, vectors)
      errors[a * vectors + v] =
          (errors[a * vectors + v] - NT_SET1(output->min[a])) * NT_SET1(output->inverse[a]);
  if (s->count == 0) score_columns(vectors, s, output, rows, x);
  score_autoencoder(vectors, output, s->count == 0 ? x : errors, y, z, result);
  NT_EACH (v, vectors) nt_vector_store(scores + v * NT_LANES, result[v]);
}

static void score(nt_scorer *s, const double *rows, size_t n, double *scores) {
  size_t r = 0;
  for (; r + NT_SCORE_VECTORS * NT_LANES <= n; r += NT_SCORE_VECTORS * NT_LANES)
    score_rows(NT_SCORE_VECTORS, s, rows + r * s->width, scores + r);
  for (; r < n; r += NT_LANES) score_rows(1, s, rows + r * s->width, scores + r);
}

#endif
