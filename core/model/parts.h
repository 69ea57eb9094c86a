/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a model is made of. Inside core/model only. */
#ifndef NT_MODEL_PARTS_H
#define NT_MODEL_PARTS_H

#include "capture/decoder.h"
#include "store/model/model_file.h"
#include "model.h"

struct nt_model {
  nt_model_options options;
  size_t width;
  int given_map;
  nt_extractor *extractor; /* NULL: of rows of features */
  nt_kitnet *kitnet;
  nt_decoder *decoder; /* NULL until a frame is pushed */
  double *row;         /* [width] of the packet at hand */
  int broken;          /* a packet failed half-way */

  uint64_t taken;                /* packets */
  uint64_t train_from, train_to; /* of these, those that the autoencoders learn from */
  double *sample;                /* [room] training scores, the ring of the last ones */
  size_t room;
  uint64_t trained;                /* of them, in all */
  double first_time, last_trained; /* s, of packets in the grace periods; NaN: none yet */
  int fitted;
  nt_threshold threshold;

  nt_model_capture *captures; /* [capture_count] that it learnt from, as far as it was told */
  size_t capture_count;
};

/* A model without extractor and KitNET. */
nt_model *nt_model_begin(const nt_model_options *options, size_t width, int given_map,
                         nt_error *err);
/* Fits the threshold to what was learnt from. */
nt_status nt_model_fit(nt_model *model, nt_error *err);

#endif
