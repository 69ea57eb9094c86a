/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside core/detectors: a mixture of k Gaussians with full covariances, fitted by
 * expectation-maximisation (Dempster, Laird, Rubin 1977).
 *
 *   p(x) = sum over k of w_k N(x; m_k, C_k)
 *
 * C_k is kept as F_k, the inverse of its Cholesky factor: |F_k (x - m_k)|^2 is the squared
 * Mahalanobis distance, and the sum of the logarithms of F_k's diagonal is -1/2 ln det C_k.
 */
#ifndef NT_GAUSSIAN_MIXTURE_H
#define NT_GAUSSIAN_MIXTURE_H

#include <gsl/gsl_rng.h>
#include <stddef.h>

#include <ninetails/error.h>

#include "numeric/dense.h"

typedef struct nt_mixture {
  size_t components, width;
  double *weights;         /* [components] */
  double *means;           /* [components][width] */
  double *constant;        /* [components] ln w - width / 2 ln(2 pi) - 1/2 ln det C */
  nt_dense *factors;       /* [components] F, lower triangular */
  double *x, *centred, *y; /* blocks */
  double *matrix;          /* [height][stride] of dense.h */
} nt_mixture;

typedef struct nt_mixture_options {
  double regularisation; /* added to the diagonal of each covariance */
  double tolerance;      /* stop when the mean log-likelihood of a row gains less */
  size_t iterations;     /* at most */
} nt_mixture_options;

/* NULL with NT_E_MEMORY. */
nt_mixture *nt_mixture_new(size_t components, size_t width, nt_error *err);
void nt_mixture_free(nt_mixture *m);
size_t nt_mixture_bytes(const nt_mixture *m);

/* A start: component k from its weight, mean [width], precision (inverse covariance) [width][width]
 * row-major. NT_E_ARGUMENT where that is not positive definite. */
nt_status nt_mixture_set(nt_mixture *m, size_t k, double weight, const double *mean,
                         const double *precision, nt_error *err);

/* A start from the rows: k-means++ (Arthur, Vassilvitskii 2007), at most 100 rounds of k-means,
 * then the components of the clusters. `count` at least m->components. */
nt_status nt_mixture_start(nt_mixture *m, const double *rows, size_t count,
                           const nt_mixture_options *options, gsl_rng *rng, nt_error *err);

/* From the start on. log_likelihood (NULL is fine): [iterations], the mean over the rows before
 * each maximisation; *used: how many iterations ran. NT_E_INPUT where a covariance is not positive
 * definite. O(iterations x count x components x width^2). */
nt_status nt_mixture_fit(nt_mixture *m, const double *rows, size_t count,
                         const nt_mixture_options *options, double *log_likelihood, size_t *used,
                         nt_error *err);

/* ln p of the NT_DENSE_BLOCK lanes of block x; parts (NULL is fine): [components][NT_DENSE_BLOCK]
 * ln of each component's share. Not of two threads at a time. */
void nt_mixture_density(nt_mixture *m, const double *x, double *density, double *parts);

#endif
