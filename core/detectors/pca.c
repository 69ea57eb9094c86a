/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reconstruction error outside of the leading principal components: with z the centred (by preset
 * standardised) row and V the leading directions, |z - V V^T z|^2.
 *
 * By default features are divided by their deviation in learning: they range over twelve
 * decades, and the leading component of raw ones is the largest unit. A feature that was constant
 * in learning has no deviation: it is in no component, and counts by its raw difference.
 */
#include <math.h>
#include <stdio.h>

#include "ground/memory.h"
#include "numeric/linear.h"
#include "classes.h"
#include "rows.h"

enum { VARIANCE, COMPONENTS, STANDARDISE };

static const char *const no_yes[] = {"no", "yes", NULL};

static const nt_parameter parameters[] = {
    [VARIANCE] = {.name = "variance",
                  .type = NT_PARAMETER_NUMBER,
                  .unit = "1",
                  .help = "as many components as have more than this share of the variance",
                  .preset = 0.95,
                  .least = 0,
                  .above = 1,
                  .most = 1,
                  .below = 1},
    [COMPONENTS] = {.name = "components",
                    .type = NT_PARAMETER_INTEGER,
                    .unit = "components",
                    .help = "so many components, whatever their variance; 0: as variance says",
                    .preset = 0,
                    .least = 0,
                    .most = 0x1p31},
    [STANDARDISE] = {.name = "standardise",
                     .type = NT_PARAMETER_CHOICE,
                     .help = "divide each feature by its standard deviation in learning",
                     .preset = 1,
                     .choices = no_yes},
};

typedef struct pca {
  size_t width, components;
  double variance, explained;
  int standardise;
  nt_column_moments *moments; /* NULL after ready() */
  double *mean, *factor;
  nt_dense project, back; /* [components][width], [width][components] */
  double *x, *y, *z;      /* blocks */
} pca;

static void pca_free(void *detector) {
  pca *p = detector;
  if (!p) return;
  nt_moments_free(p->moments);
  nt_dense_done(&p->project);
  nt_dense_done(&p->back);
  free(p->mean);
  free(p->factor);
  free(p->x);
  free(p->y);
  free(p->z);
  free(p);
}

static void *pca_create(const nt_detector_setting *setting, const nt_value *values, nt_error *err) {
  double components = values[COMPONENTS].number;
  if (components >= (double)setting->width && components > 0) {
    nt_fail(err, NT_E_ARGUMENT, "components = %.0f: expected fewer than the %zu features",
            components, setting->width);
    return NULL;
  }
  pca *p = calloc(1, sizeof *p);
  if (!p) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
    return NULL;
  }
  p->width = setting->width;
  p->components = (size_t)components;
  p->variance = values[VARIANCE].number;
  p->standardise = (int)values[STANDARDISE].number;
  p->moments = nt_moments_new(p->width, err);
  if (p->moments) return p;
  pca_free(p);
  return NULL;
}

static nt_status pca_learn(void *detector, const nt_rows *rows, double *training, nt_error *err) {
  pca *p = detector;
  (void)err;
  nt_moments_add(p->moments, rows);
  nt_no_training_scores(rows, training);
  return NT_OK;
}

/* Covariance of the features as they are scored, in place. */
static void scale_covariance(const pca *p, double *c) {
  size_t n = p->width;
  for (size_t i = 0; i < n; i++)
    p->factor[i] = p->standardise && c[i * n + i] > 0 ? 1 / sqrt(c[i * n + i]) : 1;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) c[i * n + j] = c[i * n + j] * p->factor[i] * p->factor[j];
}

/* How many components, and what share of the variance they have. */
static void choose_components(pca *p, const double *values) {
  double total = 0, sum = 0;
  for (size_t i = 0; i < p->width; i++) total += values[i] > 0 ? values[i] : 0;
  size_t kept = 0;
  while (kept < p->width && values[kept] > 0 &&
         (p->components ? kept < p->components : sum <= p->variance * total))
    sum += values[kept++];
  p->components = kept;
  p->explained = total > 0 ? sum / total : 0;
}

static nt_status make_matrices(pca *p, double *vectors, double *transposed, nt_error *err) {
  size_t n = p->width, k = p->components;
  for (size_t i = 0; i < k; i++)
    for (size_t j = 0; j < n; j++) transposed[j * k + i] = vectors[i * n + j];
  nt_status status = nt_dense_make(&p->project, k, n, 0, err);
  if (status == NT_OK) status = nt_dense_make(&p->back, n, k, 0, err);
  if (status != NT_OK) return status;
  nt_dense_set(&p->project, vectors);
  nt_dense_set(&p->back, transposed);
  return NT_OK;
}

static nt_status pca_ready(void *detector, nt_error *err) {
  pca *p = detector;
  size_t n = p->width, block = nt_dense_block_size(n);
  nt_status status = nt_enough_rows("pca", nt_moments_rows(p->moments), 2, err);
  if (status != NT_OK) return status;
  double *c = nt_zeroed(n, n, sizeof *c), *vectors = nt_zeroed(n, n, sizeof *vectors);
  double *values = nt_zeroed(n, 1, sizeof *values);
  p->mean = nt_zeroed(n, 1, sizeof *p->mean);
  p->factor = nt_zeroed(n, 1, sizeof *p->factor);
  p->x = nt_zeroed(block, 1, sizeof *p->x);
  p->y = nt_zeroed(block, 1, sizeof *p->y);
  p->z = nt_zeroed(block, 1, sizeof *p->z);
  if (!c || !vectors || !values || !p->mean || !p->factor || !p->x || !p->y || !p->z)
    status = nt_fail(err, NT_E_MEMORY, "no memory for the covariance of %zu features", n);
  if (status == NT_OK) {
    nt_moments_get(p->moments, p->mean, c);
    scale_covariance(p, c);
    status = nt_eigen(c, n, values, vectors, err);
  }
  if (status == NT_OK) {
    choose_components(p, values);
    status = make_matrices(p, vectors, c, err);
  }
  free(c);
  free(vectors);
  free(values);
  nt_moments_free(p->moments);
  p->moments = NULL;
  return status;
}

static nt_status pca_score(void *detector, const nt_rows *rows, double *scores, nt_error *err) {
  pca *p = detector;
  (void)err;
  double sums[NT_DENSE_BLOCK];
  for (size_t i = 0; i < rows->count; i += NT_DENSE_BLOCK) {
    size_t count = rows->count - i < NT_DENSE_BLOCK ? rows->count - i : NT_DENSE_BLOCK;
    nt_dense_load(&p->project, rows->features + i * p->width, count, p->width, p->mean, p->factor,
                  p->x);
    nt_dense_multiply(&p->project, p->x, p->y);
    nt_dense_multiply(&p->back, p->y, p->z);
    for (size_t j = 0; j < p->width * NT_DENSE_BLOCK; j++) p->z[j] = p->x[j] - p->z[j];
    nt_dense_squares(&p->back, p->z, p->width, sums);
    memcpy(scores + i, sums, count * sizeof *scores);
  }
  return NT_OK;
}

static size_t pca_memory(const void *detector) {
  const pca *p = detector;
  size_t arrays = p->mean ? 2 * p->width + 3 * nt_dense_block_size(p->width) : 0;
  return sizeof *p + nt_moments_bytes(p->moments) + nt_dense_bytes(&p->project) +
         nt_dense_bytes(&p->back) + arrays * sizeof *p->mean;
}

static void pca_remark(const void *detector, char *text, size_t size) {
  const pca *p = detector;
  snprintf(text, size, "%zu components of %zu features have %.4g of the variance", p->components,
           p->width, p->explained);
}

const nt_detector_class nt_detector_pca = {
    .name = "pca",
    .title = "PCA reconstruction",
    .source = "Shyu, Chen, Sarinnapakorn, Chang: A novel anomaly detection scheme based on "
              "principal component classifier. ICDM workshop on foundations and new directions of "
              "data mining, 2003; error of reconstruction: Jackson, Mudholkar: Control procedures "
              "for residuals associated with principal component analysis. Technometrics 21(3), "
              "1979",
    .cost = "O(width^2) a row to learn, O(components x width) to score, O(width^3) once; 8 width^2 "
            "bytes",
    .flags = NT_DETECTOR_FROZEN,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = pca_create,
    .learn = pca_learn,
    .ready = pca_ready,
    .score = pca_score,
    .free = pca_free,
    .memory = pca_memory,
    .remark = pca_remark,
};
