/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How metrics are computed: the rows of nt_measure_options, with their presets. */
#include <math.h>

#include <ninetails/metrics.h>

#include "measures.h"

#define OF(member) NT_PARAMETER_OF(nt_measure_options, member)
static const char *const references[] = {
    [NT_FPR_OF_BENIGN] = "benign", [NT_FPR_OF_ALL] = "all", NULL};

const nt_parameter nt_measure_parameters[NT_MEASURE_PARAMETERS] = {
    [NT_MEASURE_SMOOTHING] = {.name = "smoothing",
                              .type = NT_PARAMETER_INTEGER,
                              .unit = "packets",
                              .help = "window of the mean for rates at given FPRs",
                              .most = 1000000,
                              OF(protocol.smoothing)},
    [NT_MEASURE_FOLD_AUC] = {.name = "fold_auc",
                             .type = NT_PARAMETER_FLAG,
                             .help = "1: the AUC is max(AUC, 1 - AUC)",
                             OF(protocol.fold_auc)},
    [NT_MEASURE_FPR_REFERENCE] = {.name = "fpr_reference",
                                  .type = NT_PARAMETER_CHOICE,
                                  .help = "of what a false positive rate is a share",
                                  .preset = NT_FPR_OF_BENIGN,
                                  .choices = references,
                                  OF(protocol.reference)},
    [NT_MEASURE_TAIL_PROBABILITY] = {.name = "tail_probability",
                                     .type = NT_PARAMETER_NUMBER,
                                     .unit = "1",
                                     .help = "of the log-normal threshold",
                                     .preset = NT_LOGNORMAL_TAIL,
                                     .above = 1,
                                     .most = 1,
                                     .below = 1,
                                     OF(tail_probability)},
    [NT_MEASURE_LEVEL] = {.name = "level",
                          .type = NT_PARAMETER_NUMBER,
                          .unit = "1",
                          .help = "confidence level of intervals",
                          .preset = 0.95,
                          .above = 1,
                          .most = 1,
                          .below = 1,
                          OF(level)},
    [NT_MEASURE_MAX_FPR] = {.name = "max_fpr",
                            .type = NT_PARAMETER_NUMBER,
                            .unit = "1",
                            .help = "where the partial AUC ends",
                            .preset = 0.01,
                            .above = 1,
                            .most = 1,
                            OF(max_fpr)},
    [NT_MEASURE_REPLICATES] = {.name = "replicates",
                               .type = NT_PARAMETER_INTEGER,
                               .unit = "1",
                               .help = "resamples of the block bootstrap",
                               .preset = 200,
                               .most = 1000000,
                               .column = "bootstrap_replicates",
                               OF(replicates)},
    [NT_MEASURE_SEED] = {.name = "seed",
                         .type = NT_PARAMETER_INTEGER,
                         .unit = "1",
                         .help = "of the block bootstrap",
                         .preset = 1,
                         .least = 1,
                         .most = UINT32_MAX,
                         .column = "bootstrap_seed",
                         OF(seed)},
    [NT_MEASURE_CURVE_POINTS] = {.name = "curve_points",
                                 .type = NT_PARAMETER_INTEGER,
                                 .unit = "1",
                                 .help = "most points of a stored curve",
                                 .preset = 1000,
                                 .least = 2,
                                 .most = 1000000,
                                 OF(curve_points)},
    [NT_MEASURE_BLOCK_SECONDS] = {.name = "block_seconds",
                                  .type = NT_PARAMETER_NUMBER,
                                  .unit = "s",
                                  .help = "length of a block of benign traffic",
                                  .preset = 60,
                                  .above = 1,
                                  .most = HUGE_VAL,
                                  OF(block_seconds)},
    [NT_MEASURE_GAP_SECONDS] = {.name = "gap_seconds",
                                .type = NT_PARAMETER_NUMBER,
                                .unit = "s",
                                .help = "attack packets closer than this are one episode",
                                .preset = 60,
                                .most = HUGE_VAL,
                                OF(gap_seconds)},
};

nt_measure_options nt_measure_defaults(void) {
  nt_measure_options options = {0};
  nt_parameter_fill(nt_measure_parameters, NT_MEASURE_PARAMETERS, &options);
  return options;
}
