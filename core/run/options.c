/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parameters of one run: the rows of nt_run_options. */
#include <ninetails/run.h>

#include <limits.h>

#include <ninetails/metrics.h>

#define OF(member) NT_PARAMETER_OF(nt_run_options, member)

static const nt_parameter rows[] = {
    {.name = "input",
     .type = NT_PARAMETER_TEXT,
     .help = "a capture, packet records or feature rows; -: standard input",
     OF(input)},
    {.name = "output",
     .type = NT_PARAMETER_TEXT,
     .help = "HDF5 or CSV file to write",
     .unkeyed = 1,
     OF(output)},
    {.name = "labels",
     .type = NT_PARAMETER_TEXT,
     .help = "one label a packet: adds AUC and EER, and rows for attacks with names (see below)",
     OF(labels)},
    {.name = "feature_map",
     .type = NT_PARAMETER_TEXT,
     .help =
         "use this map instead of learning one: an HDF5 file of ninetails, or text with the columns of one autoencoder a line",
     OF(feature_map)},
    {.name = "load",
     .type = NT_PARAMETER_TEXT,
     .help =
         "go on from this model, which has parameters, grace periods and a threshold of its own",
     OF(load)},
    {.name = "save",
     .type = NT_PARAMETER_TEXT,
     .help =
         "save the model as it is after the last packet; a capture may then end within the grace periods",
     .unkeyed = 1,
     OF(save)},
    {.name = "command_line",
     .type = NT_PARAMETER_TEXT,
     .help = "for the attributes of the output",
     .unkeyed = 1,
     OF(command_line)},
    {.name = "score",
     .type = NT_PARAMETER_FLAG,
     .help = "0: features only",
     .preset = 1,
     OF(score)},
    {.name = "with_features",
     .type = NT_PARAMETER_FLAG,
     .help = "store the features too (HDF5)",
     .unkeyed = 1,
     OF(with_features)},
    {.name = "profile_given",
     .type = NT_PARAMETER_FLAG,
     .help = "the profile was asked for: an error when the input is rows of features",
     .unkeyed = 1,
     OF(profile_given)},
    {.name = "tail_given",
     .type = NT_PARAMETER_FLAG,
     .help = "the tail probability was asked for: it counts in place of that of a loaded model",
     .unkeyed = 1,
     OF(tail_given)},
    {.name = "tail_probability",
     .type = NT_PARAMETER_NUMBER,
     .unit = "1",
     .help =
         "the threshold is exceeded by this share of benign packets, were their scores log-normal",
     .preset = NT_LOGNORMAL_TAIL,
     .above = 1,
     .most = 1,
     .below = 1,
     OF(tail_probability)},
    {.name = "threads",
     .type = NT_PARAMETER_INTEGER,
     .unit = "threads",
     .help =
         "threads over which the stages are spread (reading and its checksum are one); 0: one for each processor. Results do not depend on it",
     .most = INT_MAX,
     .unkeyed = 1,
     OF(threads)},
    {.name = "compression",
     .type = NT_PARAMETER_INTEGER,
     .unit = "1",
     .help = "deflate level of HDF5 outputs; 0: none",
     .preset = 1,
     .most = 9,
     .unkeyed = 1,
     OF(compression)},
};

const nt_run_table nt_run_tables[NT_RUN_TABLES] = {
    {rows, sizeof rows / sizeof *rows, 0},
    {nt_extractor_parameters, NT_EXTRACTOR_PARAMETERS, offsetof(nt_run_options, extractor)},
    {nt_kitnet_parameters, NT_KITNET_PARAMETERS, offsetof(nt_run_options, kitnet)},
};

nt_run_options nt_run_defaults(void) {
  nt_run_options options = {0};
  for (size_t i = 0; i < NT_RUN_TABLES; i++)
    nt_parameter_fill(nt_run_tables[i].rows, nt_run_tables[i].count,
                      (char *)&options + nt_run_tables[i].offset);
  return options;
}
