/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Squared Mahalanobis distance from the mean of the rows of learning, (x - m)^T C^+ (x - m).
 *
 * C is rarely invertible: AfterImage's columns are all but multiples of each other, and some never
 * change. C^+ is its pseudo-inverse: with D the deviations of the features and R = D^-1 C D^-1
 * their correlation, directions of R whose eigenvalue is at most `cutoff` times the largest do not
 * count, nor does a feature that was constant in learning. R rather than C: the eigenvalues of C
 * tell the units of the features, which range over twelve decades, not their dependence.
 */
#include <math.h>
#include <stdio.h>

#include "ground/memory.h"
#include "numeric/linear.h"
#include "classes.h"
#include "rows.h"

enum { CUTOFF };

static const nt_parameter parameters[] = {
    [CUTOFF] = {.name = "cutoff",
                .type = NT_PARAMETER_NUMBER,
                .unit = "1",
                .help = "directions whose share of the largest eigenvalue of the correlation is at "
                        "most this do not count",
                .preset = 1e-10,
                .least = 0,
                .most = 1,
                .below = 1},
};

typedef struct mahalanobis {
  size_t width;
  double cutoff;
  nt_column_moments *moments; /* NULL after ready() */
  double *mean, *factor;
  nt_dense whitening; /* [directions][width]: Lambda^-1/2 V^T */
  double *x, *y;      /* blocks */
} mahalanobis;

static void mahalanobis_free(void *detector) {
  mahalanobis *m = detector;
  if (!m) return;
  nt_moments_free(m->moments);
  nt_dense_done(&m->whitening);
  free(m->mean);
  free(m->factor);
  free(m->x);
  free(m->y);
  free(m);
}

static void *mahalanobis_create(const nt_detector_setting *setting, const nt_value *values,
                                nt_error *err) {
  mahalanobis *m = calloc(1, sizeof *m);
  if (!m) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
    return NULL;
  }
  m->width = setting->width;
  m->cutoff = values[CUTOFF].number;
  m->moments = nt_moments_new(m->width, err);
  if (m->moments) return m;
  mahalanobis_free(m);
  return NULL;
}

static nt_status mahalanobis_learn(void *detector, const nt_rows *rows, double *training,
                                   nt_error *err) {
  mahalanobis *m = detector;
  (void)err;
  nt_moments_add(m->moments, rows);
  nt_no_training_scores(rows, training);
  return NT_OK;
}

/* C -> R in place; factor: 1 / deviation, 0 of a constant feature. */
static void correlation_of(double *c, size_t n, double *factor) {
  for (size_t i = 0; i < n; i++) factor[i] = c[i * n + i] > 0 ? 1 / sqrt(c[i * n + i]) : 0;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) c[i * n + j] = c[i * n + j] * factor[i] * factor[j];
}

/* The eigenvectors that count, each divided by the root of its eigenvalue. */
static nt_status make_whitening(mahalanobis *m, const double *values, double *vectors,
                                nt_error *err) {
  size_t n = m->width, kept = 0;
  while (kept < n && values[kept] > 0 && values[kept] > m->cutoff * values[0]) kept++;
  if (kept == 0)
    return nt_fail(err, NT_E_INPUT,
                   "mahalanobis: every feature is constant in the %llu rows of "
                   "learning",
                   (unsigned long long)nt_moments_rows(m->moments));
  for (size_t i = 0; i < kept; i++)
    for (size_t j = 0; j < n; j++) vectors[i * n + j] /= sqrt(values[i]);
  nt_status status = nt_dense_make(&m->whitening, kept, n, 0, err);
  if (status == NT_OK) nt_dense_set(&m->whitening, vectors);
  return status;
}

static nt_status mahalanobis_ready(void *detector, nt_error *err) {
  mahalanobis *m = detector;
  size_t n = m->width;
  nt_status status = nt_enough_rows("mahalanobis", nt_moments_rows(m->moments), 2, err);
  if (status != NT_OK) return status;
  double *c = nt_zeroed(n, n, sizeof *c), *vectors = nt_zeroed(n, n, sizeof *vectors);
  double *values = nt_zeroed(n, 1, sizeof *values);
  m->mean = nt_zeroed(n, 1, sizeof *m->mean);
  m->factor = nt_zeroed(n, 1, sizeof *m->factor);
  m->x = nt_zeroed(nt_dense_block_size(n), 1, sizeof *m->x);
  m->y = nt_zeroed(nt_dense_block_size(n), 1, sizeof *m->y);
  if (!c || !vectors || !values || !m->mean || !m->factor || !m->x || !m->y)
    status = nt_fail(err, NT_E_MEMORY, "no memory for the covariance of %zu features", n);
  if (status == NT_OK) {
    nt_moments_get(m->moments, m->mean, c);
    correlation_of(c, n, m->factor);
    status = nt_eigen(c, n, values, vectors, err);
  }
  if (status == NT_OK) status = make_whitening(m, values, vectors, err);
  free(c);
  free(vectors);
  free(values);
  nt_moments_free(m->moments);
  m->moments = NULL;
  return status;
}

static nt_status mahalanobis_score(void *detector, const nt_rows *rows, double *scores,
                                   nt_error *err) {
  mahalanobis *m = detector;
  (void)err;
  double sums[NT_DENSE_BLOCK];
  for (size_t i = 0; i < rows->count; i += NT_DENSE_BLOCK) {
    size_t count = rows->count - i < NT_DENSE_BLOCK ? rows->count - i : NT_DENSE_BLOCK;
    nt_dense_load(&m->whitening, rows->features + i * m->width, count, m->width, m->mean, m->factor,
                  m->x);
    nt_dense_multiply(&m->whitening, m->x, m->y);
    nt_dense_squares(&m->whitening, m->y, m->whitening.rows, sums);
    memcpy(scores + i, sums, count * sizeof *scores);
  }
  return NT_OK;
}

static size_t mahalanobis_memory(const void *detector) {
  const mahalanobis *m = detector;
  size_t arrays = m->mean ? 2 * m->width + 2 * nt_dense_block_size(m->width) : 0;
  return sizeof *m + nt_moments_bytes(m->moments) + nt_dense_bytes(&m->whitening) +
         arrays * sizeof *m->mean;
}

static void mahalanobis_remark(const void *detector, char *text, size_t size) {
  const mahalanobis *m = detector;
  snprintf(text, size, "%zu directions of %zu features count", m->whitening.rows, m->width);
}

const nt_detector_class nt_detector_mahalanobis = {
    .name = "mahalanobis",
    .title = "Mahalanobis distance",
    .source = "Mahalanobis: On the generalised distance in statistics. Proceedings of the National "
              "Institute of Sciences of India 2(1), 1936",
    .cost = "O(width^2) a row to learn and to score, O(width^3) once; 8 width^2 bytes",
    .flags = NT_DETECTOR_FROZEN,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = mahalanobis_create,
    .learn = mahalanobis_learn,
    .ready = mahalanobis_ready,
    .score = mahalanobis_score,
    .free = mahalanobis_free,
    .memory = mahalanobis_memory,
    .remark = mahalanobis_remark,
};
