/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * KitNET behind the interface of the others (ensemble/kitnet.h): the feature map is a stage of its
 * own, shared by all that differ in what comes after it, so the instance is made with the map and
 * learns from the rows after the mapping. To the same bits as learning the map itself
 * (tests/detector_kitnet_test.c).
 */
#include "../ensemble/autoencoder.h"
#include "../ensemble/kitnet.h"

#include <math.h>
#include <stdlib.h>

#include "classes.h"

typedef struct kitnet {
  nt_kitnet *net;
  double hidden_ratio;
} kitnet;

static const char *const bias_names[] = {"element", "mean", NULL};

enum { MAX_AUTOENCODER, LEARNING_RATE, HIDDEN_RATIO, BIAS_UPDATE, TRAIN_EPSILON, EXECUTE_EPSILON };

/* Whatever cuts the map is first: the sweep reads it. */
static const nt_parameter parameters[] = {
    [MAX_AUTOENCODER] = {.name = "max_autoencoder",
                         .type = NT_PARAMETER_INTEGER,
                         .unit = "features",
                         .help = "most features of one autoencoder (m)",
                         .preset = 10,
                         .least = 1,
                         .most = 0x1p31},
    [LEARNING_RATE] = {.name = "learning_rate",
                       .type = NT_PARAMETER_NUMBER,
                       .unit = "1",
                       .help = "step of the gradient descent",
                       .preset = 0.1,
                       .least = 0,
                       .above = 1,
                       .most = HUGE_VAL},
    [HIDDEN_RATIO] = {.name = "hidden_ratio",
                      .type = NT_PARAMETER_NUMBER,
                      .unit = "1",
                      .help = "hidden units per visible unit",
                      .preset = 0.75,
                      .least = 0,
                      .above = 1,
                      .most = 1},
    [BIAS_UPDATE] = {.name = "bias_update",
                     .type = NT_PARAMETER_CHOICE,
                     .help = "biases follow their own gradient, or its mean as in KitNET-py and "
                             "Kitsune-py before 2020",
                     .choices = bias_names},
    [TRAIN_EPSILON] = {.name = "train_epsilon",
                       .type = NT_PARAMETER_NUMBER,
                       .unit = "1",
                       .help = "added to a feature's range in training",
                       .preset = 1e-16,
                       .least = 0,
                       .above = 1,
                       .most = HUGE_VAL},
    [EXECUTE_EPSILON] = {.name = "execute_epsilon",
                         .type = NT_PARAMETER_NUMBER,
                         .unit = "1",
                         .help = "the same in execution (the authors' C++ program: 1)",
                         .preset = 1e-16,
                         .least = 0,
                         .above = 1,
                         .most = HUGE_VAL},
};

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
  options.max_autoencoder = (size_t)values[MAX_AUTOENCODER].number;
  options.learning_rate = values[LEARNING_RATE].number;
  options.hidden_ratio = values[HIDDEN_RATIO].number;
  options.bias = (nt_bias_update)values[BIAS_UPDATE].number;
  options.train_epsilon = values[TRAIN_EPSILON].number;
  options.execute_epsilon = values[EXECUTE_EPSILON].number;
  options.seed = (uint32_t)setting->seed;
  kitnet *k = calloc(1, sizeof *k);
  if (!k) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
    return NULL;
  }
  k->hidden_ratio = options.hidden_ratio;
  k->net = nt_kitnet_new(setting->width, &options, setting->map, err);
  if (k->net) return k;
  kitnet_free(k);
  return NULL;
}

static nt_status kitnet_learn(void *detector, const nt_rows *rows, double *training,
                              nt_error *err) {
  kitnet *k = detector;
  /* The scores of rows in training are 0. */
  double *unused = malloc(rows->count * sizeof *unused);
  if (!unused) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu scores", rows->count);
  nt_status status = nt_kitnet_process(k->net, rows->features, rows->count, unused, training, err);
  free(unused);
  return status;
}

static nt_status kitnet_score(void *detector, const nt_rows *rows, double *scores, nt_error *err) {
  kitnet *k = detector;
  return nt_kitnet_process(k->net, rows->features, rows->count, scores, NULL, err);
}

/* Up to the padding of vectors. */
static size_t kitnet_memory(const void *detector) {
  const kitnet *k = detector;
  const nt_feature_map *map = nt_kitnet_map(k->net);
  size_t bytes = sizeof *k;
  for (size_t i = 0; i <= map->autoencoders; i++) {
    size_t visible = i < map->autoencoders ? map->sizes[i] : map->autoencoders;
    bytes += 16 * (visible + 3) * (nt_autoencoder_hidden(visible, k->hidden_ratio) + 3);
  }
  return bytes;
}

const nt_detector_class nt_detector_kitnet = {
    .name = "kitnet",
    .title = "KitNET",
    .source =
        "Mirsky, Doitshman, Elovici, Shabtai: Kitsune: An Ensemble of Autoencoders for Online "
        "Network Intrusion Detection. NDSS 2018",
    .cost = "O(sum of visible x hidden units) a row; 16 bytes a weight",
    .flags = NT_DETECTOR_FROZEN | NT_DETECTOR_SEEDED | NT_DETECTOR_MAPPED,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = kitnet_create,
    .learn = kitnet_learn,
    .score = kitnet_score,
    .free = kitnet_free,
    .memory = kitnet_memory,
};
