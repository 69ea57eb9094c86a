/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a score is made of. The score is the RMSE of the output autoencoder, whose k inputs r are
 * the normalised RMSEs of the ensemble (autoencoder.h), so it is a sum, up to its root:
 *
 *     score^2 = 1/k sum_a (r_a - z_a)^2            share of autoencoder a: its term of the sum
 *     RMSE_a^2 = 1/v sum_i (x'_i - z_i)^2          share of input i in a: likewise
 *
 * Shares are exact: nothing is sampled, and no model is fitted to the detector. They come of the
 * kernels that score (kernels.h), so that scores have the same bits.
 */
#ifndef NT_CONTRIBUTIONS_H
#define NT_CONTRIBUTIONS_H

#include <stddef.h>

#include <ninetails/error.h>
#include <ninetails/kitnet.h>

typedef struct nt_explainer nt_explainer;

/* Of a KitNET in execution (else NT_E_STATE), which must outlive it. The scratch is its own: it may
 * be at work while another thread scores with the KitNET. */
nt_explainer *nt_explainer_new(const nt_kitnet *kitnet, nt_error *err);
void nt_explainer_free(nt_explainer *explainer); /* NULL is fine */

/*
 * n rows of the KitNET's width, k autoencoders and `total` inputs of its map:
 *   scores       n           the bits of nt_kitnet_process
 *   autoencoders n x k       shares in the score
 *   inputs       n x total   shares in the error of their autoencoder, as the map's features stand
 * Shares are not negative and sum to 1; they are 0 where there is no error, NaN where it is not
 * finite. O(n sum(v h)).
 */
void nt_explain(nt_explainer *explainer, const double *rows, size_t n, double *scores,
                double *autoencoders, double *inputs);

#endif
