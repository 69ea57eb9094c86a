/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <float.h>
#include <math.h>

#include "ground/memory.h"
#include "numeric/linear.h"
#include "numeric/random.h"
#include "gaussian_mixture.h"

enum { KMEANS_ROUNDS = 100 };

nt_mixture *nt_mixture_new(size_t components, size_t width, nt_error *err) {
  nt_mixture *m = calloc(1, sizeof *m);
  if (m) {
    m->components = components;
    m->width = width;
    m->weights = nt_zeroed(components, 1, sizeof *m->weights);
    m->means = nt_zeroed(components, width, sizeof *m->means);
    m->constant = nt_zeroed(components, 1, sizeof *m->constant);
    m->factors = nt_zeroed(components, 1, sizeof *m->factors);
    m->x = nt_zeroed(nt_dense_block_size(width), 1, sizeof *m->x);
    m->centred = nt_zeroed(nt_dense_block_size(width), 1, sizeof *m->centred);
    m->y = nt_zeroed(nt_dense_block_size(nt_dense_stride(width)), 1, sizeof *m->y);
    m->matrix = nt_zeroed(nt_dense_height(width), nt_dense_stride(width), sizeof *m->matrix);
    int whole = m->weights && m->means && m->constant && m->factors && m->x && m->centred && m->y &&
                m->matrix;
    for (size_t k = 0; whole && k < components; k++)
      whole = nt_dense_make(m->factors + k, width, width, 1, NULL) == NT_OK;
    if (whole) return m;
  }
  nt_mixture_free(m);
  nt_fail(err, NT_E_MEMORY, "no memory for %zu covariances of %zu features", components, width);
  return NULL;
}

void nt_mixture_free(nt_mixture *m) {
  if (!m) return;
  for (size_t k = 0; m->factors && k < m->components; k++) nt_dense_done(m->factors + k);
  free(m->weights);
  free(m->means);
  free(m->constant);
  free(m->factors);
  free(m->x);
  free(m->centred);
  free(m->y);
  free(m->matrix);
  free(m);
}

size_t nt_mixture_bytes(const nt_mixture *m) {
  if (!m) return 0;
  size_t doubles = m->components * (m->width + 2) + 2 * nt_dense_block_size(m->width) +
                   nt_dense_block_size(nt_dense_stride(m->width)) +
                   nt_dense_height(m->width) * nt_dense_stride(m->width);
  size_t factors = m->components * (sizeof *m->factors + nt_dense_bytes(m->factors));
  return sizeof *m + doubles * sizeof *m->means + factors;
}

/* Covariance in m->matrix (tight, [width][width]) -> F_k and the constant; -1: not positive
 * definite. */
static int set_factor(nt_mixture *m, size_t k) {
  double log_determinant;
  if (nt_inverse_cholesky(m->matrix, m->width, &log_determinant)) return -1;
  nt_dense_set(m->factors + k, m->matrix);
  m->constant[k] = log(m->weights[k]) - 0.5 * (double)m->width * log(2 * M_PI) + log_determinant;
  return 0;
}

nt_status nt_mixture_set(nt_mixture *m, size_t k, double weight, const double *mean,
                         const double *precision, nt_error *err) {
  size_t n = m->width;
  double *inverse = nt_zeroed(n, n, sizeof *inverse), log_determinant;
  if (!inverse) return nt_fail(err, NT_E_MEMORY, "no memory for a precision of %zu features", n);
  memcpy(m->means + k * n, mean, n * sizeof *mean);
  memcpy(inverse, precision, n * n * sizeof *precision);
  m->weights[k] = weight;
  /* P = L L^T, so C = G^T G with G = L^-1. */
  int bad = nt_inverse_cholesky(inverse, n, &log_determinant);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) {
      double sum = 0;
      for (size_t r = i > j ? i : j; r < n; r++) sum += inverse[r * n + i] * inverse[r * n + j];
      m->matrix[i * n + j] = sum;
    }
  free(inverse);
  if (!bad && set_factor(m, k) == 0) return NT_OK;
  return nt_fail(err, NT_E_ARGUMENT, "precision of component %zu: expected positive definite",
                 k + 1);
}

/* ---------------------------------------------------------------- expectation */

/* centred = x - mean. */
static void centre(const double *restrict x, const double *restrict mean, size_t width,
                   double *restrict centred) {
  for (size_t j = 0; j < width; j++)
    for (size_t lane = 0; lane < NT_DENSE_BLOCK; lane++)
      centred[j * NT_DENSE_BLOCK + lane] = x[j * NT_DENSE_BLOCK + lane] - mean[j];
}

void nt_mixture_density(nt_mixture *m, const double *x, double *density, double *parts) {
  double part[NT_DENSE_BLOCK], top[NT_DENSE_BLOCK] = {0}, sum[NT_DENSE_BLOCK] = {0};
  for (size_t k = 0; k < m->components; k++) {
    centre(x, m->means + k * m->width, m->width, m->centred);
    nt_dense_multiply(m->factors + k, m->centred, m->y);
    nt_dense_squares(m->factors, m->y, m->width, part);
    for (size_t lane = 0; lane < NT_DENSE_BLOCK; lane++) {
      double p = m->constant[k] - 0.5 * part[lane];
      if (parts) parts[k * NT_DENSE_BLOCK + lane] = p;
      /* ln of a running sum of exponentials, relative to the largest so far */
      if (k == 0 || p > top[lane]) {
        sum[lane] = k == 0 ? 1 : sum[lane] * exp(top[lane] - p) + 1;
        top[lane] = p;
      } else {
        sum[lane] += exp(p - top[lane]);
      }
    }
  }
  for (size_t lane = 0; lane < NT_DENSE_BLOCK; lane++) density[lane] = top[lane] + log(sum[lane]);
}

/* responsibilities: [components][count]. Returns the mean log-likelihood. */
static double expect(nt_mixture *m, const double *rows, size_t count, const double *zeroes,
                     const double *ones, double *parts, double *responsibility) {
  double density[NT_DENSE_BLOCK], sum = 0;
  for (size_t i = 0; i < count; i += NT_DENSE_BLOCK) {
    size_t n = count - i < NT_DENSE_BLOCK ? count - i : NT_DENSE_BLOCK;
    nt_dense_load(m->factors, rows + i * m->width, n, m->width, zeroes, ones, m->x);
    nt_mixture_density(m, m->x, density, parts);
    for (size_t k = 0; k < m->components; k++)
      for (size_t lane = 0; lane < n; lane++)
        responsibility[k * count + i + lane] =
            exp(parts[k * NT_DENSE_BLOCK + lane] - density[lane]);
    for (size_t lane = 0; lane < n; lane++) sum += density[lane];
  }
  return sum / (double)count;
}

/* ---------------------------------------------------------------- maximisation */

/* Weight (not yet divided by the number of rows) and mean. */
static void weigh(nt_mixture *m, size_t k, const double *rows, size_t count, const double *share) {
  double *mean = m->means + k * m->width, weight = 0;
  memset(mean, 0, m->width * sizeof *mean);
  for (size_t i = 0; i < count; i++) {
    const double *row = rows + i * m->width;
    if (share[i] == 0) continue; /* most are: exp of minus thousands */
    weight += share[i];
    for (size_t j = 0; j < m->width; j++) mean[j] += share[i] * row[j];
  }
  m->weights[k] = weight += 10 * DBL_EPSILON;
  for (size_t j = 0; j < m->width; j++) mean[j] /= weight;
}

/* The covariance, padded, into m->matrix, then tight. r = sqrt(share) (x - mean). */
static void spread(nt_mixture *m, size_t k, const double *rows, size_t count, const double *share,
                   double regularisation) {
  size_t stride = nt_dense_stride(m->width), n = m->width, held = 0;
  double *r = m->y; /* NT_DENSE_ROWS x stride fit */
  const double *mean = m->means + k * n;
  const nt_dense_kernels *kernels = m->factors->kernels;
  memset(m->matrix, 0, nt_dense_height(n) * stride * sizeof *m->matrix);
  memset(r, 0, NT_DENSE_ROWS * stride * sizeof *r);
  for (size_t i = 0; i < count; i++) {
    if (share[i] == 0) continue;
    double root = sqrt(share[i]);
    for (size_t j = 0; j < n; j++) r[held * stride + j] = root * (rows[i * n + j] - mean[j]);
    if (++held < NT_DENSE_ROWS) continue;
    kernels->gram(m->matrix, n, r, held);
    held = 0;
  }
  if (held) kernels->gram(m->matrix, n, r, held);
  for (size_t i = 0; i < n; i++) /* upper triangle, tight: each goes to its place or before it */
    for (size_t j = i; j < n; j++) m->matrix[i * n + j] = m->matrix[i * stride + j] / m->weights[k];
  for (size_t i = 0; i < n; i++) {
    m->matrix[i * n + i] += regularisation;
    for (size_t j = 0; j < i; j++) m->matrix[i * n + j] = m->matrix[j * n + i];
  }
}

static nt_status maximise(nt_mixture *m, const double *rows, size_t count,
                          const double *responsibility, double regularisation, nt_error *err) {
  double total = 0;
  for (size_t k = 0; k < m->components; k++) {
    weigh(m, k, rows, count, responsibility + k * count);
    total += m->weights[k];
  }
  for (size_t k = 0; k < m->components; k++) {
    spread(m, k, rows, count, responsibility + k * count, regularisation);
    m->weights[k] /= total;
    if (set_factor(m, k))
      return nt_fail(err, NT_E_INPUT,
                     "gaussian_mixture: the covariance of component %zu of %zu is not positive "
                     "definite with regularisation = %g: expected more of it, fewer components, or "
                     "standardised features",
                     k + 1, m->components, regularisation);
  }
  return NT_OK;
}

nt_status nt_mixture_fit(nt_mixture *m, const double *rows, size_t count,
                         const nt_mixture_options *options, double *log_likelihood, size_t *used,
                         nt_error *err) {
  double *responsibility = nt_zeroed(m->components, count, sizeof *responsibility);
  double *parts = nt_zeroed(m->components, NT_DENSE_BLOCK, sizeof *parts);
  double *shift = nt_zeroed(2, m->width, sizeof *shift);
  nt_status status = NT_OK;
  if (!responsibility || !parts || !shift)
    status = nt_fail(err, NT_E_MEMORY, "no memory for the shares of %zu rows", count);
  for (size_t j = 0; shift && j < m->width; j++) shift[m->width + j] = 1;
  double before = -INFINITY;
  *used = 0;
  while (status == NT_OK && *used < options->iterations) {
    double now = expect(m, rows, count, shift, shift + m->width, parts, responsibility);
    if (log_likelihood) log_likelihood[*used] = now;
    status = maximise(m, rows, count, responsibility, options->regularisation, err);
    ++*used;
    if (fabs(now - before) < options->tolerance) break;
    before = now;
  }
  free(responsibility);
  free(parts);
  free(shift);
  return status;
}

/* ---------------------------------------------------------------- a start */

static double squared_distance(const double *a, const double *b, size_t width) {
  double sum = 0;
  for (size_t j = 0; j < width; j++) sum += (a[j] - b[j]) * (a[j] - b[j]);
  return sum;
}

/* k-means++: each further centre with a probability proportional to the squared distance from the
 * nearest one so far; any row where all coincide with one. */
static void choose_centres(nt_mixture *m, const double *rows, size_t count, double *nearest,
                           gsl_rng *rng) {
  size_t at = nt_random_below(rng, count), width = m->width;
  for (size_t k = 0; k < m->components; k++) {
    double *centre_k = m->means + k * width, total = 0;
    memcpy(centre_k, rows + at * width, width * sizeof *centre_k);
    for (size_t i = 0; i < count; i++) {
      double d = squared_distance(rows + i * width, centre_k, width);
      if (k == 0 || d < nearest[i]) nearest[i] = d;
      total += nearest[i];
    }
    double aim = gsl_rng_uniform(rng) * total;
    at = nt_random_below(rng, count);
    for (size_t i = 0; total > 0 && i < count; i++) {
      at = nearest[i] > 0 ? i : at;
      if ((aim -= nearest[i]) < 0) break;
    }
  }
}

/* Rows to their nearest centres (responsibilities of 0 and 1); how many changed theirs. */
static size_t assign(const nt_mixture *m, const double *rows, size_t count, double *share) {
  size_t changed = 0;
  for (size_t i = 0; i < count; i++) {
    size_t best = 0;
    double least = INFINITY;
    for (size_t k = 0; k < m->components; k++) {
      double d = squared_distance(rows + i * m->width, m->means + k * m->width, m->width);
      if (d < least) least = d, best = k;
    }
    changed += share[best * count + i] == 0;
    for (size_t k = 0; k < m->components; k++) share[k * count + i] = k == best;
  }
  return changed;
}

nt_status nt_mixture_start(nt_mixture *m, const double *rows, size_t count,
                           const nt_mixture_options *options, gsl_rng *rng, nt_error *err) {
  double *share = nt_zeroed(m->components, count, sizeof *share);
  if (!share) return nt_fail(err, NT_E_MEMORY, "no memory for the clusters of %zu rows", count);
  choose_centres(m, rows, count, share, rng); /* share is its scratch, too */
  memset(share, 0, m->components * count * sizeof *share);
  for (int round = 0; assign(m, rows, count, share) > 0 && round < KMEANS_ROUNDS; round++)
    for (size_t k = 0; k < m->components; k++) {
      double held = 0;
      for (size_t i = 0; i < count && !held; i++) held = share[k * count + i];
      if (held) weigh(m, k, rows, count, share + k * count); /* an empty one stays where it is */
    }
  nt_status status = maximise(m, rows, count, share, options->regularisation, err);
  free(share);
  return status;
}
