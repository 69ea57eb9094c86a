/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside the library: a model's parts, for whoever feeds them in batches (core/run). What goes
 * through the parts is told to the model by nt_model_took.
 */
#ifndef NT_MODEL_H
#define NT_MODEL_H

#include <ninetails/model.h>

/* A model of rows of features, of which there is no extractor: `width` columns, the extractor's
 * options do not count. */
nt_model *nt_model_new_of_rows(const nt_model_options *options, size_t width,
                               const nt_feature_map *map, nt_error *err);

nt_extractor *nt_model_extractor(nt_model *model); /* NULL: of rows */
nt_kitnet *nt_model_kitnet(nt_model *model);
size_t nt_model_width(const nt_model *model);

/* The next n rows have been through extractor and KitNET. times: of their packets; training: as
 * nt_kitnet_process gives it. Keeps what the threshold is of. O(n). */
nt_status nt_model_took(nt_model *model, const double *times, const double *training, size_t n,
                        nt_error *err);

/* The scores that the threshold is fitted to, in their order: the last nt_threshold_sample of those
 * that were learnt from, all so far while training lasts. *sample: free. */
nt_status nt_model_sample(const nt_model *model, double **sample, size_t *count, nt_error *err);

/* nt_model_load with another tail probability or instruction set; NULL: those that it was saved
 * with. */
nt_model *nt_model_load_as(const char *path, const double *tail, const nt_isa *isa, nt_error *err);

/* What it took came of this input: kept in its file. sha256: of the content, "" where not known. */
nt_status nt_model_saw(nt_model *model, const char *input, const char *sha256, uint64_t packets,
                       nt_error *err);

#endif
