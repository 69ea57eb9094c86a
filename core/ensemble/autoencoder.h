/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An autoencoder with tied weights: v visible units, h hidden ones, W (v x h), biases a (hidden)
 * and b (visible). With s(t) = 1 / (1 + exp(-t)), for a row x (Kitsune, section V-C; Kitsune-py,
 * dA.py):
 *
 *     x' = (x - min) / (max - min + epsilon)          0-1 normalisation, by what training has seen
 *     y  = s(x' W + a)                                encode
 *     z  = s(y W^T + b)                               decode
 *     e  = x' - z,  RMSE = sqrt(mean(e^2))            reconstruction error: the result
 *
 * Training first widens min and max by x, and after the above takes one step down the gradient of
 * the cross-entropy -sum(x' ln z + (1 - x') ln(1 - z)), to which each weight adds as encoder and as
 * decoder:
 *
 *     g  = (e W) y (1 - y)
 *     W += rate (x' g^T + e y^T),  a += rate g,  b += rate e
 *
 * This struct is the plain form, between the other two: while it is trained an autoencoder lies in
 * the layout of trainer.h, and to score rows in that of scorer.h.
 */
#ifndef NT_AUTOENCODER_H
#define NT_AUTOENCODER_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

typedef struct nt_autoencoder {
  size_t visible, hidden;
  double *weights;      /* [visible][hidden] */
  double *hidden_bias;  /* [hidden] */
  double *visible_bias; /* [visible] */
  double *min, *max;    /* [visible] of the rows trained on; +inf and -inf before the first */
} nt_autoencoder;

/* ceil(visible * hidden_ratio). */
size_t nt_autoencoder_hidden(size_t visible, double hidden_ratio);

/* All zero. Owned by the caller: nt_autoencoder_done. */
nt_status nt_autoencoder_allocate(nt_autoencoder *a, size_t visible, size_t hidden, nt_error *err);

/* As it is before the first row: weights uniform in [-1/visible, 1/visible) from MT19937 with
 * `seed` (not 0), biases 0. O(visible x hidden). */
nt_status nt_autoencoder_init(nt_autoencoder *a, size_t visible, double hidden_ratio, uint32_t seed,
                              nt_error *err);
void nt_autoencoder_done(nt_autoencoder *a);

#endif
