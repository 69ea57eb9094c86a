/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gaussian mixture fitted offline; score: the negative log-likelihood of a row. The fit itself is
 * gaussian_mixture_fit.c.
 *
 * Features are standardised by default: what `regularisation` adds to a variance means
 * something only beside variances of 1, and AfterImage's range over 24 decades. A feature that was
 * constant in learning is centred only, its variance is then `regularisation` alone: when it moves,
 * the score says so.
 */
#include "gaussian_mixture.h"

#include <math.h>
#include <stdio.h>

#include "ground/memory.h"
#include "numeric/random.h"
#include "classes.h"
#include "rows.h"

enum { COMPONENTS, REGULARISATION, ITERATIONS, TOLERANCE, SAMPLE, STANDARDISE };

static const char *const no_yes[] = {"no", "yes", NULL};

static const nt_parameter parameters[] = {
    [COMPONENTS] = {.name = "components",
                    .type = NT_PARAMETER_INTEGER,
                    .unit = "components",
                    .help = "Gaussians of the mixture",
                    .preset = 5,
                    .least = 1,
                    .most = 1e4},
    [REGULARISATION] = {.name = "regularisation",
                        .type = NT_PARAMETER_NUMBER,
                        .unit = "1",
                        .help = "added to each variance (square of the feature's unit where not "
                                "standardised)",
                        .preset = 1e-6,
                        .least = 0,
                        .most = HUGE_VAL},
    [ITERATIONS] = {.name = "iterations",
                    .type = NT_PARAMETER_INTEGER,
                    .unit = "iterations",
                    .help = "most rounds of expectation and maximisation",
                    .preset = 100,
                    .least = 1,
                    .most = 1e6},
    [TOLERANCE] = {.name = "tolerance",
                   .type = NT_PARAMETER_NUMBER,
                   .unit = "nat",
                   .help = "stop when the mean log-likelihood of a row gains less",
                   .preset = 1e-3,
                   .least = 0,
                   .most = HUGE_VAL},
    [SAMPLE] = {.name = "sample",
                .type = NT_PARAMETER_INTEGER,
                .unit = "rows",
                .help = "most rows of learning that the mixture is fitted to, evenly strided",
                .preset = 20000,
                .least = 2,
                .most = 0x1p31},
    [STANDARDISE] = {.name = "standardise",
                     .type = NT_PARAMETER_CHOICE,
                     .help = "subtract the mean of each feature and divide by its deviation",
                     .preset = 1,
                     .choices = no_yes},
};

typedef struct gaussian_mixture {
  size_t width, components, used;
  nt_mixture_options options;
  int standardise;
  double fitted;        /* mean log-likelihood before the last maximisation */
  nt_row_sample sample; /* no rows after ready() */
  gsl_rng *rng;
  nt_mixture *mixture;
  double *mean, *factor;
} gaussian_mixture;

static void mixture_free(void *detector) {
  gaussian_mixture *g = detector;
  if (!g) return;
  nt_row_sample_done(&g->sample);
  if (g->rng) gsl_rng_free(g->rng);
  nt_mixture_free(g->mixture);
  free(g->mean);
  free(g->factor);
  free(g);
}

static void *mixture_create(const nt_detector_setting *setting, const nt_value *values,
                            nt_error *err) {
  gaussian_mixture *g = calloc(1, sizeof *g);
  if (!g) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
    return NULL;
  }
  g->width = setting->width;
  g->components = (size_t)values[COMPONENTS].number;
  g->options = (nt_mixture_options){.regularisation = values[REGULARISATION].number,
                                    .tolerance = values[TOLERANCE].number,
                                    .iterations = (size_t)values[ITERATIONS].number};
  g->standardise = (int)values[STANDARDISE].number;
  uint64_t most = (uint64_t)values[SAMPLE].number;
  g->rng = nt_generator_new(setting->seed);
  g->mean = nt_zeroed(g->width, 1, sizeof *g->mean);
  g->factor = nt_zeroed(g->width, 1, sizeof *g->factor);
  if (!g->rng || !g->mean || !g->factor)
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
  else if (nt_row_sample_make(&g->sample, g->width, most, setting->learn, err) == NT_OK)
    return g;
  mixture_free(g);
  return NULL;
}

static nt_status mixture_learn(void *detector, const nt_rows *rows, double *training,
                               nt_error *err) {
  gaussian_mixture *g = detector;
  (void)err;
  nt_row_sample_add(&g->sample, rows);
  nt_no_training_scores(rows, training);
  return NT_OK;
}

/* Mean and 1 / deviation of a column, relative to its first value: exactly 0 deviation when
 * constant. */
static void measure_column(const double *column, size_t n, size_t stride, double *mean,
                           double *factor) {
  double origin = column[0], sum = 0, squares = 0;
  for (size_t i = 0; i < n; i++) sum += column[i * stride] - origin;
  double centre = sum / (double)n;
  for (size_t i = 0; i < n; i++) {
    double d = column[i * stride] - origin - centre;
    squares += d * d;
  }
  *mean = origin + centre;
  *factor = squares > 0 ? 1 / sqrt(squares / (double)n) : 1;
}

static void standardise(gaussian_mixture *g) {
  for (size_t j = 0; j < g->width; j++) {
    double *column = g->sample.rows + j;
    g->factor[j] = 1;
    if (!g->standardise) continue;
    measure_column(column, g->sample.count, g->width, g->mean + j, g->factor + j);
    for (size_t i = 0; i < g->sample.count; i++)
      column[i * g->width] = (column[i * g->width] - g->mean[j]) * g->factor[j];
  }
}

static nt_status mixture_ready(void *detector, nt_error *err) {
  gaussian_mixture *g = detector;
  size_t least = g->components < 2 ? 2 : g->components;
  nt_status status = nt_enough_rows("gaussian_mixture", g->sample.count, least, err);
  if (status != NT_OK) return status;
  g->mixture = nt_mixture_new(g->components, g->width, err);
  if (!g->mixture) return NT_E_MEMORY;
  standardise(g);
  double *likelihoods = nt_zeroed(g->options.iterations, 1, sizeof *likelihoods);
  if (!likelihoods)
    status = nt_fail(err, NT_E_MEMORY, "no memory for %zu iterations", g->options.iterations);
  if (status == NT_OK)
    status =
        nt_mixture_start(g->mixture, g->sample.rows, g->sample.count, &g->options, g->rng, err);
  if (status == NT_OK)
    status = nt_mixture_fit(g->mixture, g->sample.rows, g->sample.count, &g->options, likelihoods,
                            &g->used, err);
  if (status == NT_OK) g->fitted = likelihoods[g->used - 1];
  free(likelihoods);
  nt_row_sample_done(&g->sample);
  return status;
}

static nt_status mixture_score(void *detector, const nt_rows *rows, double *scores, nt_error *err) {
  gaussian_mixture *g = detector;
  nt_mixture *m = g->mixture;
  (void)err;
  double density[NT_DENSE_BLOCK];
  for (size_t i = 0; i < rows->count; i += NT_DENSE_BLOCK) {
    size_t n = rows->count - i < NT_DENSE_BLOCK ? rows->count - i : NT_DENSE_BLOCK;
    nt_dense_load(m->factors, rows->features + i * g->width, n, g->width, g->mean, g->factor, m->x);
    nt_mixture_density(m, m->x, density, NULL);
    for (size_t lane = 0; lane < n; lane++) scores[i + lane] = -density[lane];
  }
  return NT_OK;
}

static size_t mixture_memory(const void *detector) {
  const gaussian_mixture *g = detector;
  return sizeof *g + nt_row_sample_bytes(&g->sample) + gsl_rng_size(g->rng) +
         nt_mixture_bytes(g->mixture) + 2 * g->width * sizeof *g->mean;
}

static void mixture_remark(const void *detector, char *text, size_t size) {
  const gaussian_mixture *g = detector;
  int stopped = g->used == g->options.iterations;
  snprintf(text, size, "%zu iterations%s, mean log-likelihood %.6g", g->used,
           stopped ? " (all that were allowed)" : "", g->fitted);
}

const nt_detector_class nt_detector_gaussian_mixture = {
    .name = "gaussian_mixture",
    .title = "Gaussian mixture (offline)",
    .source = "Dempster, Laird, Rubin: Maximum likelihood from incomplete data via the EM "
              "algorithm. Journal of the Royal Statistical Society B 39(1), 1977; start: Arthur, "
              "Vassilvitskii: k-means++: The advantages of careful seeding. SODA 2007",
    .cost = "O(width) a row to learn, O(iterations x sample x components x width^2) once, "
            "O(components x width^2) a row to score; 8 x sample x (width + components) bytes while "
            "learning, 8 x components x width^2 after it",
    .flags = NT_DETECTOR_FROZEN | NT_DETECTOR_SEEDED,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = mixture_create,
    .learn = mixture_learn,
    .ready = mixture_ready,
    .score = mixture_score,
    .free = mixture_free,
    .memory = mixture_memory,
    .remark = mixture_remark,
};
