/* SPDX-License-Identifier: GPL-3.0-or-later */
/* KitNET after the mapping in its plainest form: loops over the formulas of autoencoder.h, libm's
 * exp, one row and one unit at a time. The kernels are compared with it. */
#ifndef NT_KITNET_REFERENCE_H
#define NT_KITNET_REFERENCE_H

#include <math.h>
#include <stdlib.h>

#include <ninetails/kitnet.h>

#include "ensemble/autoencoder.h"

static inline double plain_logistic(double t) {
  return 1 / (1 + exp(-t));
}

typedef struct plain_state {
  double *x, *y, *z, *e, *g;
} plain_state;

/* Encodes and decodes the raw row; returns the RMSE. */
static double plain_reconstruct(const nt_autoencoder *a, const double *row, double epsilon,
                                const plain_state *s) {
  double sum = 0;
  for (size_t i = 0; i < a->visible; i++)
    s->x[i] = (row[i] - a->min[i]) / (a->max[i] - a->min[i] + epsilon);
  for (size_t j = 0; j < a->hidden; j++) {
    double t = 0;
    for (size_t i = 0; i < a->visible; i++) t += s->x[i] * a->weights[i * a->hidden + j];
    s->y[j] = plain_logistic(t + a->hidden_bias[j]);
  }
  for (size_t i = 0; i < a->visible; i++) {
    double t = 0;
    for (size_t j = 0; j < a->hidden; j++) t += s->y[j] * a->weights[i * a->hidden + j];
    s->z[i] = plain_logistic(t + a->visible_bias[i]);
    s->e[i] = s->x[i] - s->z[i];
    sum += s->e[i] * s->e[i];
  }
  return sqrt(sum / (double)a->visible);
}

static void plain_move(double *bias, const double *gradient, size_t n, double rate,
                       nt_bias_update how) {
  double mean = 0;
  for (size_t i = 0; i < n; i++) mean += gradient[i] / (double)n;
  for (size_t i = 0; i < n; i++) bias[i] += rate * (how == NT_BIAS_MEAN ? mean : gradient[i]);
}

static double plain_train(nt_autoencoder *a, const double *row, const nt_kitnet_options *o,
                          const plain_state *s) {
  for (size_t i = 0; i < a->visible; i++) {
    if (row[i] > a->max[i]) a->max[i] = row[i];
    if (row[i] < a->min[i]) a->min[i] = row[i];
  }
  double rmse = plain_reconstruct(a, row, o->train_epsilon, s);
  for (size_t j = 0; j < a->hidden; j++) {
    double t = 0;
    for (size_t i = 0; i < a->visible; i++) t += s->e[i] * a->weights[i * a->hidden + j];
    s->g[j] = t * s->y[j] * (1 - s->y[j]);
  }
  for (size_t i = 0; i < a->visible; i++)
    for (size_t j = 0; j < a->hidden; j++)
      a->weights[i * a->hidden + j] += o->learning_rate * (s->x[i] * s->g[j] + s->e[i] * s->y[j]);
  plain_move(a->hidden_bias, s->g, a->hidden, o->learning_rate, o->bias);
  plain_move(a->visible_bias, s->e, a->visible, o->learning_rate, o->bias);
  return rmse;
}

/* Scores of n rows with a given map: ad_grace rows of training, then execution. training: the
 * output autoencoder's RMSE while training. */
static inline void plain_kitnet(const nt_kitnet_options *o, const nt_feature_map *map, size_t width,
                                const double *rows, size_t n, double *scores, double *training) {
  size_t count = map->autoencoders, most = count > map->total ? count : map->total;
  nt_autoencoder *a = calloc(count + 1, sizeof *a);
  double *input = calloc(7 * most, sizeof *input), *errors = input + most;
  plain_state s = {errors + most, errors + 2 * most, errors + 3 * most, errors + 4 * most,
                   errors + 5 * most};
  for (size_t i = 0; i <= count; i++)
    nt_autoencoder_init(&a[i], i < count ? map->sizes[i] : count, o->hidden_ratio, o->seed, NULL);
  for (size_t r = 0; r < n; r++) {
    const size_t *feature = map->features;
    int learning = r < o->ad_grace;
    for (size_t i = 0; i < count; i++) {
      for (size_t f = 0; f < map->sizes[i]; f++) input[f] = rows[r * width + *feature++];
      errors[i] = learning ? plain_train(&a[i], input, o, &s)
                           : plain_reconstruct(&a[i], input, o->execute_epsilon, &s);
    }
    training[r] = learning ? plain_train(&a[count], errors, o, &s) : NAN;
    scores[r] = learning ? 0 : plain_reconstruct(&a[count], errors, o->execute_epsilon, &s);
  }
  for (size_t i = 0; i <= count; i++) nt_autoencoder_done(&a[i]);
  free(a);
  free(input);
}

#endif
