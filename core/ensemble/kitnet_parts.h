/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a KitNET is made of, and its state as lists of numbers (ground/state.h). */
#ifndef NT_KITNET_PARTS_H
#define NT_KITNET_PARTS_H

#include <ninetails/kitnet.h>

#include "ground/state.h"
#include "mapper/correlation.h"
#include "scorer.h"
#include "trainer.h"

struct nt_kitnet {
  nt_kitnet_options options;
  nt_isa isa;
  const nt_kernels *kernels;
  size_t width;
  uint64_t rows;
  nt_phase phase;
  uint64_t left; /* rows until the phase ends */
  nt_feature_map map;
  nt_correlation *correlation; /* while mapping */
  nt_trainer *trainer;         /* while training */
  nt_scorer *scorer;           /* in execution */
};

/* The rows that the autoencoders learn from: from .. to - 1. */
static inline void nt_kitnet_training_rows(const nt_kitnet_options *options, int given_map,
                                           uint64_t *from, uint64_t *to) {
  *from = given_map ? 0 : options->fm_grace + 1;
  *to = *from + options->ad_grace;
}

/* Without rows: in mapping, or with a map (copied) in training, where the phase may have no rows
 * left. */
nt_kitnet *nt_kitnet_begin(size_t width, const nt_kitnet_options *options,
                           const nt_feature_map *map, nt_error *err);

/* The state of a KitNET, and one that goes on from it; given_map: it was made with a map. NULL with
 * NT_E_INPUT (it is of no KitNET of these options), NT_E_MEMORY, or what nt_kitnet_new says. The
 * same instruction set gives the same bits. O(d^2) in mapping, O(sum(v h)) after. */
nt_status nt_kitnet_put(const nt_kitnet *kitnet, const nt_state_writer *to, nt_error *err);
nt_kitnet *nt_kitnet_take(size_t width, const nt_kitnet_options *options, int given_map,
                          const nt_state_reader *from, nt_error *err);

#endif
