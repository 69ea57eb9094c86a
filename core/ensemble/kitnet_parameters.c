/* SPDX-License-Identifier: GPL-3.0-or-later */
/* KitNET's options, with the presets of KitNET-py and Kitsune-py. */
#include <ninetails/kitnet.h>

#include <math.h>

#define OF(member) NT_PARAMETER_OF(nt_kitnet_options, member)
/* The least normal number: with 0 a constant column is 0 / 0, and with it all weights. */
#define LEAST_EPSILON 0x1p-1022
#define MOST_ROWS 0x1p53

static const char *const bias_names[] = {"element", "mean", NULL};
static const char *const isa_names[] = {"auto", "plain", "avx2", "avx512", NULL};

const nt_parameter nt_kitnet_parameters[NT_KITNET_PARAMETERS] = {
    [NT_KITNET_FM_GRACE] = {.name = "fm_grace",
                            .type = NT_PARAMETER_INTEGER,
                            .unit = "packets",
                            .help = "packets (and one more) from which the feature map is learnt",
                            .preset = 5000,
                            .most = MOST_ROWS,
                            OF(fm_grace)},
    [NT_KITNET_AD_GRACE] = {.name = "ad_grace",
                            .type = NT_PARAMETER_INTEGER,
                            .unit = "packets",
                            .help = "packets after those on which the autoencoders are trained",
                            .preset = 50000,
                            .most = MOST_ROWS,
                            OF(ad_grace)},
    [NT_KITNET_MAX_AUTOENCODER] = {.name = "max_autoencoder",
                                   .type = NT_PARAMETER_INTEGER,
                                   .unit = "features",
                                   .help = "most features of one autoencoder (m)",
                                   .preset = 10,
                                   .least = 1,
                                   .most = 0x1p31,
                                   OF(max_autoencoder)},
    [NT_KITNET_LEARNING_RATE] = {.name = "learning_rate",
                                 .type = NT_PARAMETER_NUMBER,
                                 .unit = "1",
                                 .help = "step of the gradient descent",
                                 .preset = 0.1,
                                 .above = 1,
                                 .most = HUGE_VAL,
                                 OF(learning_rate)},
    [NT_KITNET_HIDDEN_RATIO] = {.name = "hidden_ratio",
                                .type = NT_PARAMETER_NUMBER,
                                .unit = "1",
                                .help = "hidden units per visible unit",
                                .preset = 0.75,
                                .above = 1,
                                .most = 1,
                                OF(hidden_ratio)},
    [NT_KITNET_BIAS_UPDATE] = {.name = "bias_update",
                               .type = NT_PARAMETER_CHOICE,
                               .help = "biases follow their own gradient, or its mean as in "
                                       "KitNET-py and Kitsune-py before 2020",
                               .choices = bias_names,
                               OF(bias)},
    [NT_KITNET_TRAIN_EPSILON] = {.name = "train_epsilon",
                                 .type = NT_PARAMETER_NUMBER,
                                 .unit = "1",
                                 .help = "added to a feature's range in training",
                                 .preset = 1e-16,
                                 .least = LEAST_EPSILON,
                                 .most = HUGE_VAL,
                                 OF(train_epsilon)},
    [NT_KITNET_EXECUTE_EPSILON] = {.name = "execute_epsilon",
                                   .type = NT_PARAMETER_NUMBER,
                                   .unit = "1",
                                   .help = "the same in execution (the authors' C++ program: 1)",
                                   .preset = 1e-16,
                                   .least = LEAST_EPSILON,
                                   .most = HUGE_VAL,
                                   OF(execute_epsilon)},
    [NT_KITNET_SEED] = {.name = "seed",
                        .type = NT_PARAMETER_INTEGER,
                        .unit = "1",
                        .help = "of the autoencoders' first weights",
                        .preset = 1234,
                        .least = 1, /* GSL takes 0 for 4357 */
                        .most = UINT32_MAX,
                        OF(seed)},
    [NT_KITNET_ISA] = {.name = "isa",
                       .type = NT_PARAMETER_CHOICE,
                       .help = "instruction set of the kernels",
                       .choices = isa_names,
                       .unkeyed = 1, /* it is recorded as what it comes to on the machine */
                       OF(isa)},
};

nt_kitnet_options nt_kitnet_defaults(void) {
  nt_kitnet_options options = {0};
  nt_parameter_fill(nt_kitnet_parameters, NT_KITNET_PARAMETERS, &options);
  return options;
}
