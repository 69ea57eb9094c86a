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
#include <ninetails/kitnet.h>

#include "ensemble/lone_autoencoder.h"
#include "classes.h"

#define FIRST NT_KITNET_LEARNING_RATE
#define PARAMETERS (NT_KITNET_EXECUTE_EPSILON + 1 - FIRST)

static void single_free(void *detector) {
  nt_lone_autoencoder_free(detector);
}

static void *single_create(const nt_detector_setting *setting, const nt_value *values,
                           nt_error *err) {
  nt_isa isa;
  if (nt_isa_resolve(NT_ISA_AUTO, &isa, err) != NT_OK) return NULL;
  nt_kitnet_options o = nt_kitnet_defaults();
  for (size_t i = 0; i < PARAMETERS; i++)
    nt_parameter_put(&nt_kitnet_parameters[FIRST + i], values[i], &o);
  nt_step step = {
      .rate = o.learning_rate, .epsilon = o.train_epsilon, .bias_mean = o.bias == NT_BIAS_MEAN};
  return nt_lone_autoencoder_new(setting->width, o.hidden_ratio, (uint32_t)setting->seed, &step,
                                 o.execute_epsilon, nt_kernels_of(isa), err);
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
    .parameters = &nt_kitnet_parameters[FIRST],
    .parameter_count = PARAMETERS,
    .create = single_create,
    .learn = single_learn,
    .ready = single_ready,
    .score = single_score,
    .free = single_free,
    .memory = single_memory,
};
