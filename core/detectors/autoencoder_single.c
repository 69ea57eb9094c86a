/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One autoencoder over all features and no output layer: what the ensemble of KitNET is to be
 * compared with. The plotting script of one of the paper's authors has it as "AE1" beside "KIT" in
 * the same figures (tomerdoi/Kitsune_Variations, Plot_Kitsune_Paper_4.R), as k = 1, m = n.
 *
 * Not known: whether what the paper calls m = 1 is this one, and with which rate and hidden ratio
 * AE1 was run; the presets are KitNET's. It learns from both grace periods, since it needs no map.
 *
 * Formulas, normalisation and start: ensemble/autoencoder.h. The score is its RMSE.
 */
#include <math.h>

#include "../ensemble/lone_autoencoder.h"
#include "classes.h"

static const char *const bias_names[] = {"element", "mean", NULL};

enum { LEARNING_RATE, HIDDEN_RATIO, BIAS_UPDATE, TRAIN_EPSILON, EXECUTE_EPSILON };

static const nt_parameter parameters[] = {
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
                       .least = 0x1p-1022,
                       .most = HUGE_VAL},
    [EXECUTE_EPSILON] = {.name = "execute_epsilon",
                         .type = NT_PARAMETER_NUMBER,
                         .unit = "1",
                         .help = "the same in execution (the authors' C++ program: 1)",
                         .preset = 1e-16,
                         .least = 0x1p-1022,
                         .most = HUGE_VAL},
};

static void single_free(void *detector) {
  nt_lone_autoencoder_free(detector);
}

static void *single_create(const nt_detector_setting *setting, const nt_value *values,
                           nt_error *err) {
  nt_isa isa;
  if (nt_isa_resolve(NT_ISA_AUTO, &isa, err) != NT_OK) return NULL;
  nt_step step = {.rate = values[LEARNING_RATE].number,
                  .epsilon = values[TRAIN_EPSILON].number,
                  .bias_mean = values[BIAS_UPDATE].number == 1};
  return nt_lone_autoencoder_new(setting->width, values[HIDDEN_RATIO].number,
                                 (uint32_t)setting->seed, &step, values[EXECUTE_EPSILON].number,
                                 nt_kernels_of(isa), err);
}

static nt_status single_learn(void *detector, const nt_rows *rows, double *training,
                              nt_error *err) {
  (void)err;
  nt_lone_autoencoder_learn(detector, rows->features, rows->count, training);
  return NT_OK;
}

static nt_status single_ready(void *detector, nt_error *err) {
  return nt_lone_autoencoder_ready(detector, err);
}

static nt_status single_score(void *detector, const nt_rows *rows, double *scores, nt_error *err) {
  (void)err;
  nt_lone_autoencoder_score(detector, rows->features, rows->count, scores);
  return NT_OK;
}

static size_t single_memory(const void *detector) {
  return nt_lone_autoencoder_memory(detector);
}

const nt_detector_class nt_detector_autoencoder_single = {
    .name = "autoencoder_single",
    .title = "Single autoencoder",
    .source =
        "Mirsky, Doitshman, Elovici, Shabtai: Kitsune: An Ensemble of Autoencoders for Online "
        "Network Intrusion Detection. NDSS 2018 (its AE1)",
    .cost = "O(width^2 x hidden_ratio) a row, to learn and to score; 16 bytes a weight",
    .flags = NT_DETECTOR_FROZEN | NT_DETECTOR_SEEDED,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = single_create,
    .learn = single_learn,
    .ready = single_ready,
    .score = single_score,
    .free = single_free,
    .memory = single_memory,
};
