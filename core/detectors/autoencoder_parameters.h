/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside core/detectors: the parameters of every detector made of autoencoders
 * (ensemble/autoencoder.h), with KitNET-py's presets; `at` is the first one's index. */
#ifndef NT_AUTOENCODER_PARAMETERS_H
#define NT_AUTOENCODER_PARAMETERS_H

#include <math.h>
#include <stddef.h>

#include <ninetails/parameter.h>

/* In the order of the parameters, from `at` on; bias_update is an nt_bias_update. */
enum { NT_LEARNING_RATE, NT_HIDDEN_RATIO, NT_BIAS, NT_TRAIN_EPSILON, NT_EXECUTE_EPSILON };

static const char *const nt_bias_names[] = {"element", "mean", NULL};

#define NT_AUTOENCODER_PARAMETERS(at)                                                              \
  [(at) +                                                                                          \
      NT_LEARNING_RATE] = {.name = "learning_rate",                                                \
                           .type = NT_PARAMETER_NUMBER,                                            \
                           .unit = "1",                                                            \
                           .help = "step of the gradient descent",                                 \
                           .preset = 0.1,                                                          \
                           .least = 0,                                                             \
                           .above = 1,                                                             \
                           .most = HUGE_VAL},                                                      \
      [(at) + NT_HIDDEN_RATIO] = {.name = "hidden_ratio",                                          \
                                  .type = NT_PARAMETER_NUMBER,                                     \
                                  .unit = "1",                                                     \
                                  .help = "hidden units per visible unit",                         \
                                  .preset = 0.75,                                                  \
                                  .least = 0,                                                      \
                                  .above = 1,                                                      \
                                  .most = 1},                                                      \
      [(at) + NT_BIAS] = {.name = "bias_update",                                                   \
                          .type = NT_PARAMETER_CHOICE,                                             \
                          .help =                                                                  \
                              "biases follow their own gradient, or its mean as in KitNET-py and " \
                              "Kitsune-py before 2020",                                            \
                          .choices = nt_bias_names},                                               \
      [(at) + NT_TRAIN_EPSILON] = {.name = "train_epsilon",                                        \
                                   .type = NT_PARAMETER_NUMBER,                                    \
                                   .unit = "1",                                                    \
                                   .help = "added to a feature's range in training",               \
                                   .preset = 1e-16,                                                \
                                   .least = 0x1p-1022,                                             \
                                   .most = HUGE_VAL},                                              \
      [(at) +                                                                                      \
          NT_EXECUTE_EPSILON] = {.name = "execute_epsilon",                                        \
                                 .type = NT_PARAMETER_NUMBER,                                      \
                                 .unit = "1",                                                      \
                                 .help = "the same in execution (the authors' C++ program: 1)",    \
                                 .preset = 1e-16,                                                  \
                                 .least = 0x1p-1022,                                               \
                                 .most = HUGE_VAL}

#endif
