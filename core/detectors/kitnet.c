/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * KitNET behind the interface of the others (ninetails/kitnet.h): the feature map is a stage of its
 * own, shared by all that differ in what comes after it, so the instance is made with the map and
 * learns from the rows after the mapping. To the same bits as learning the map itself
 * (tests/detector_kitnet_test.c).
 */
#include <ninetails/kitnet.h>

#include <stdlib.h>

#include "classes.h"

typedef struct kitnet {
  nt_kitnet *net;
} kitnet;

/* Whatever cuts the map is first: the sweep reads it. */
#define FIRST NT_KITNET_MAX_AUTOENCODER
#define PARAMETERS (NT_KITNET_EXECUTE_EPSILON + 1 - FIRST)

static void kitnet_free(void *detector) {
  kitnet *k = detector;
  if (!k) return;
  nt_kitnet_free(k->net);
  free(k);
}

static void *kitnet_create(const nt_detector_setting *setting, const nt_value *values,
                           nt_error *err) {
  nt_kitnet_options options = nt_kitnet_defaults();
  options.fm_grace = 0;
  options.ad_grace = setting->learn;
  for (size_t i = 0; i < PARAMETERS; i++)
    nt_parameter_put(&nt_kitnet_parameters[FIRST + i], values[i], &options);
  options.seed = (uint32_t)setting->seed;
  kitnet *k = calloc(1, sizeof *k);
  if (!k) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
    return NULL;
  }
  k->net = nt_kitnet_new(setting->width, &options, setting->map, err);
  if (k->net) return k;
  kitnet_free(k);
  return NULL;
}

static nt_status learn_all(nt_kitnet *const *nets, size_t count, const nt_rows *rows,
                           double *const *training, nt_error *err) {
  /* The scores of rows in training are 0, all instances'. */
  double *unused = calloc(rows->count + 1, sizeof *unused);
  double **scores = calloc(count, sizeof *scores);
  nt_status status = NT_OK;
  if (!unused || !scores)
    status = nt_fail(err, NT_E_MEMORY, "out of memory for %zu scores", rows->count);
  for (size_t i = 0; status == NT_OK && i < count; i++) scores[i] = unused;
  if (status == NT_OK)
    status =
        nt_kitnet_process_together(nets, count, rows->features, rows->count, scores, training, err);
  free(unused);
  free(scores);
  return status;
}

static nt_status kitnet_learn(void *detector, const nt_rows *rows, double *training,
                              nt_error *err) {
  kitnet *k = detector;
  return learn_all(&k->net, 1, rows, &training, err);
}

static nt_status kitnet_score(void *detector, const nt_rows *rows, double *scores, nt_error *err) {
  kitnet *k = detector;
  return nt_kitnet_process(k->net, rows->features, rows->count, scores, NULL, err);
}

static size_t kitnet_memory(const void *detector) {
  const kitnet *k = detector;
  return sizeof *k + nt_kitnet_memory(k->net);
}

/* Seeds, rates and all else may differ: what cuts the map may not. */
static int kitnet_together(const nt_value *a, const nt_value *b) {
  return a[NT_KITNET_MAX_AUTOENCODER - FIRST].number == b[NT_KITNET_MAX_AUTOENCODER - FIRST].number;
}

/* Owned by the caller. */
static nt_kitnet **nets_of(void *const *detectors, size_t count, nt_error *err) {
  nt_kitnet **nets = calloc(count, sizeof *nets);
  if (!nets) nt_fail(err, NT_E_MEMORY, "out of memory for %zu detectors", count);
  for (size_t i = 0; nets && i < count; i++) nets[i] = ((kitnet *)detectors[i])->net;
  return nets;
}

static nt_status kitnet_learn_together(void *const *detectors, size_t count, const nt_rows *rows,
                                       double *const *training, nt_error *err) {
  nt_kitnet **nets = nets_of(detectors, count, err);
  if (!nets) return NT_E_MEMORY;
  nt_status status = learn_all(nets, count, rows, training, err);
  free(nets);
  return status;
}

static nt_status kitnet_score_together(void *const *detectors, size_t count, const nt_rows *rows,
                                       double *const *scores, nt_error *err) {
  nt_kitnet **nets = nets_of(detectors, count, err);
  if (!nets) return NT_E_MEMORY;
  nt_status status =
      nt_kitnet_process_together(nets, count, rows->features, rows->count, scores, NULL, err);
  free(nets);
  return status;
}

const nt_detector_class nt_detector_kitnet = {
    .name = "kitnet",
    .title = "KitNET",
    .source =
        "Mirsky, Doitshman, Elovici, Shabtai: Kitsune: An Ensemble of Autoencoders for Online "
        "Network Intrusion Detection. NDSS 2018",
    .cost = "O(sum of visible x hidden units) a row; 16 bytes a weight",
    .flags = NT_DETECTOR_FROZEN | NT_DETECTOR_SEEDED | NT_DETECTOR_MAPPED,
    .parameters = &nt_kitnet_parameters[FIRST],
    .parameter_count = PARAMETERS,
    .create = kitnet_create,
    .learn = kitnet_learn,
    .score = kitnet_score,
    .free = kitnet_free,
    .memory = kitnet_memory,
    .together = kitnet_together,
    .learn_together = kitnet_learn_together,
    .score_together = kitnet_score_together,
};
