/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/kitnet.h>

#include <math.h>
#include <stdlib.h>

#include "cohort.h"
#include "kitnet_parts.h"
#include "mapper/linkage.h"

const nt_kernels *nt_kernels_of(nt_isa isa) {
#if defined(__x86_64__)
  if (isa == NT_ISA_AVX512) return &nt_kernels_avx512;
  if (isa == NT_ISA_AVX2) return &nt_kernels_avx2;
#else
  (void)isa;
#endif
  return &nt_kernels_plain;
}

/* ---------------------------------------------------------------- phases */

const char *nt_phase_name(nt_phase phase) {
  static const char *const names[] = {"mapping", "training", "execution"};
  return names[phase];
}

static nt_status begin_mapping(nt_kitnet *k, nt_error *err) {
  k->correlation = nt_correlation_new(k->width, err);
  if (!k->correlation) return NT_E_MEMORY;
  k->phase = NT_PHASE_MAPPING;
  k->left = k->options.fm_grace + 1;
  return NT_OK;
}

static nt_status make_map(nt_kitnet *k, nt_error *err) {
  size_t width = k->width;
  double *distance = calloc(width, width * sizeof *distance);
  nt_merge *merges = calloc(width, sizeof *merges);
  nt_status status = NT_OK;
  if (!distance || !merges)
    status = nt_fail(err, NT_E_MEMORY, "no memory for the distances of %zu columns", width);
  if (status == NT_OK) {
    nt_correlation_distance(k->correlation, distance);
    status = nt_linkage_single(distance, width, merges, err);
    if (status != NT_OK)
      nt_fail_in(err, "feature mapping of %llu rows (is there NaN or infinity among them?)",
                 (unsigned long long)k->rows);
  }
  if (status == NT_OK)
    status = nt_feature_map_cut(merges, width, k->options.max_autoencoder, &k->map, err);
  free(distance);
  free(merges);
  return status;
}

static nt_status begin_training(nt_kitnet *k, nt_error *err) {
  nt_step step = {.rate = k->options.learning_rate,
                  .epsilon = k->options.train_epsilon,
                  .bias_mean = k->options.bias == NT_BIAS_MEAN};
  k->trainer = nt_trainer_new(&k->map, k->width, k->options.hidden_ratio, k->options.seed, &step,
                              k->kernels, err);
  if (!k->trainer) return NT_E_MEMORY;
  nt_correlation_free(k->correlation);
  k->correlation = NULL;
  k->phase = NT_PHASE_TRAINING;
  k->left = k->options.ad_grace;
  return NT_OK;
}

static nt_status begin_execution(nt_kitnet *k, nt_error *err) {
  k->scorer =
      nt_scorer_new(k->trainer, &k->map, k->width, k->options.execute_epsilon, k->kernels, err);
  if (!k->scorer) return NT_E_MEMORY;
  nt_trainer_free(k->trainer);
  k->trainer = NULL;
  k->phase = NT_PHASE_EXECUTION;
  k->left = UINT64_MAX;
  return NT_OK;
}

/* Goes on to the next phases while the current one has no rows left. A step that fails is tried
 * again at the next call: nothing is lost but the rows' time. */
static nt_status advance(nt_kitnet *k, nt_error *err) {
  nt_status status = NT_OK;
  while (status == NT_OK && k->left == 0) {
    if (k->phase == NT_PHASE_MAPPING) {
      if (k->map.autoencoders == 0) status = make_map(k, err);
      if (status == NT_OK) status = begin_training(k, err);
    } else {
      status = begin_execution(k, err);
    }
  }
  return status;
}

static nt_status begin(nt_kitnet *k, const nt_feature_map *map, nt_error *err) {
  nt_status status = nt_isa_resolve(k->options.isa, &k->isa, err);
  if (status != NT_OK) return status;
  k->kernels = nt_kernels_of(k->isa);
  if (!map) return begin_mapping(k, err);
  status = nt_feature_map_check(map, k->width, err);
  if (status == NT_OK) status = nt_feature_map_copy(map, &k->map, err);
  return status == NT_OK ? begin_training(k, err) : status;
}

nt_kitnet *nt_kitnet_begin(size_t width, const nt_kitnet_options *options,
                           const nt_feature_map *map, nt_error *err) {
  if (nt_parameter_check_all(nt_kitnet_parameters, NT_KITNET_PARAMETERS, options, err) != NT_OK)
    return NULL;
  if (width < 1) {
    nt_fail(err, NT_E_ARGUMENT, "width is 0: expected at least 1 column");
    return NULL;
  }
  nt_kitnet *k = calloc(1, sizeof *k);
  if (!k) {
    nt_fail(err, NT_E_MEMORY, "no memory for KitNET");
    return NULL;
  }
  k->options = *options;
  k->width = width;
  if (begin(k, map, err) == NT_OK) return k;
  nt_kitnet_free(k);
  return NULL;
}

nt_kitnet *nt_kitnet_new(size_t width, const nt_kitnet_options *options, const nt_feature_map *map,
                         nt_error *err) {
  nt_kitnet *k = nt_kitnet_begin(width, options, map, err);
  if (!k || advance(k, err) == NT_OK) return k;
  nt_kitnet_free(k);
  return NULL;
}

void nt_kitnet_free(nt_kitnet *k) {
  if (!k) return;
  nt_feature_map_done(&k->map);
  nt_correlation_free(k->correlation);
  nt_trainer_free(k->trainer);
  nt_scorer_free(k->scorer);
  free(k);
}

/* n rows that lie in the current phase. */
static void take_rows(nt_kitnet *k, const double *rows, size_t n, double *scores,
                      double *training) {
  if (k->phase == NT_PHASE_MAPPING) nt_correlation_update(k->correlation, rows, n);
  if (k->phase == NT_PHASE_TRAINING)
    nt_trainer_learn(k->trainer, rows, n, training ? training : scores);
  if (k->phase == NT_PHASE_EXECUTION)
    nt_scorer_score(k->scorer, k->kernels, rows, n, scores);
  else
    for (size_t i = 0; i < n; i++) scores[i] = 0;
  if (training && k->phase != NT_PHASE_TRAINING)
    for (size_t i = 0; i < n; i++) training[i] = NAN;
}

nt_status nt_kitnet_process(nt_kitnet *k, const double *rows, size_t n, double *scores,
                            double *training, nt_error *err) {
  nt_status status = advance(k, err);
  while (status == NT_OK && n > 0) {
    size_t part = n < k->left ? n : (size_t)k->left;
    take_rows(k, rows, part, scores, training);
    rows += part * k->width;
    scores += part;
    if (training) training += part;
    n -= part;
    k->rows += part;
    if (k->phase != NT_PHASE_EXECUTION) k->left -= part;
    status = advance(k, err);
  }
  return status;
}

/* ---------------------------------------------------------------- together */

int nt_kitnet_together(const nt_kitnet *a, const nt_kitnet *b) {
  return a->phase != NT_PHASE_MAPPING && a->phase == b->phase && a->rows == b->rows &&
         a->left == b->left && a->width == b->width && a->isa == b->isa &&
         nt_feature_map_equal(&a->map, &b->map);
}

static nt_status check_together(nt_kitnet *const *k, size_t count, nt_error *err) {
  for (size_t i = 0; i < count; i++) {
    nt_status status = advance(k[i], err);
    if (status != NT_OK) return status;
  }
  for (size_t i = 0; i < count; i++)
    if (!nt_kitnet_together(k[0], k[i]))
      return nt_fail(err, NT_E_ARGUMENT,
                     "instances 0 and %zu together: expected one map, width and instruction set, "
                     "and the same rows behind and before them",
                     i);
  return NT_OK;
}

/* n rows of training. */
static nt_status train_together(nt_kitnet *const *k, size_t count, const double *rows, size_t n,
                                double *const *rmse, nt_error *err) {
  nt_trainer **trainers = calloc(count, sizeof *trainers);
  if (!trainers) return nt_fail(err, NT_E_MEMORY, "no memory for %zu KitNETs", count);
  for (size_t i = 0; i < count; i++) trainers[i] = k[i]->trainer;
  nt_cohort_learn(trainers, count, k[0]->kernels, rows, k[0]->width, n, rmse);
  free(trainers);
  return NT_OK;
}

nt_status nt_kitnet_process_together(nt_kitnet *const *k, size_t count, const double *rows,
                                     size_t n, double *const *scores, double *const *training,
                                     nt_error *err) {
  size_t done = 0;
  nt_status status = check_together(k, count, err);
  if (status == NT_OK && count > 0 && n > 0 && k[0]->phase == NT_PHASE_TRAINING) {
    done = n < k[0]->left ? n : (size_t)k[0]->left;
    status = train_together(k, count, rows, done, training ? training : scores, err);
    for (size_t i = 0; status == NT_OK && i < count; i++) {
      for (size_t r = 0; r < done; r++) scores[i][r] = 0;
      k[i]->rows += done;
      k[i]->left -= done;
    }
    for (size_t i = 0; status == NT_OK && i < count; i++) status = advance(k[i], err);
  }
  for (size_t i = 0; status == NT_OK && done < n && i < count; i++)
    status = nt_kitnet_process(k[i], rows + done * k[i]->width, n - done, scores[i] + done,
                               training ? training[i] + done : NULL, err);
  return status;
}

/* ---------------------------------------------------------------- what it is now */

nt_phase nt_kitnet_phase_of(const nt_kitnet *k) {
  return k->phase;
}
uint64_t nt_kitnet_rows(const nt_kitnet *k) {
  return k->rows;
}
uint64_t nt_kitnet_rows_left(const nt_kitnet *k) {
  return k->left;
}
size_t nt_kitnet_memory(const nt_kitnet *k) {
  size_t bytes = sizeof *k + nt_feature_map_memory(&k->map);
  if (k->correlation) bytes += nt_correlation_memory(k->correlation);
  if (k->trainer) bytes += nt_trainer_memory(k->trainer);
  if (k->scorer) bytes += k->scorer->memory;
  return bytes;
}
nt_isa nt_kitnet_isa(const nt_kitnet *k) {
  return k->isa;
}

const nt_feature_map *nt_kitnet_map(const nt_kitnet *k) {
  return k->map.autoencoders ? &k->map : NULL;
}

const nt_scorer *nt_kitnet_scorer(const nt_kitnet *k) {
  return k->scorer;
}
