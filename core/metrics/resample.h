/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inner loop of the block bootstrap, compiled once for each instruction set
 * (resample.kernel.c): one walk over a ranking serves NT_RESAMPLES replicates, a lane each. Counts
 * are integers, and each lane's sum is added in the order of the walk: the same bits on every
 * instruction set, and as one replicate alone.
 */
#ifndef NT_METRICS_RESAMPLE_H
#define NT_METRICS_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

enum { NT_RESAMPLES = 8, NT_RESAMPLE_STRIDE = 512 /* items between two marks */ };

/* Packets of one block and label between two corners of the curve (bootstrap.c). */
typedef struct nt_resample_item {
  uint32_t tag;   /* block << 2 | a corner follows << 1 | attack */
  uint32_t count; /* packets */
} nt_resample_item;
#define NT_TAG(block, attack) ((uint32_t)(block) << 2 | (attack))
#define NT_TAG_BLOCK(tag) ((tag) >> 2)
#define NT_TAG_CORNER 2u
#define NT_TAG_ATTACK 1u

typedef uint32_t nt_resample_weights[NT_RESAMPLES];
typedef uint64_t nt_resample_counts[NT_RESAMPLES];

/* A place on the curves of the resamples: weighted counts. */
typedef struct nt_resample_position {
  nt_resample_counts attacks, benign;           /* alarmed up to the last corner */
  nt_resample_counts step_attacks, step_benign; /* seen since */
} nt_resample_position;

/*
 * weight: how often each block was drawn, [blocks]. mark: the position before every
 * NT_RESAMPLE_STRIDE-th item, count / NT_RESAMPLE_STRIDE + 1 of them. doubled_pairs: twice the
 * pairs of an attack and a benign packet in the right order, ties half; precision_sum: the
 * precision at each corner times the attacks since the last. Counts below 2^32, and their products
 * below 2^62.
 */
typedef void nt_resample_areas(const nt_resample_item *items, size_t count,
                               const nt_resample_weights *weight, nt_resample_position *mark,
                               nt_resample_counts doubled_pairs,
                               double precision_sum[NT_RESAMPLES]);

extern nt_resample_areas nt_resample_areas_plain, nt_resample_areas_avx2, nt_resample_areas_avx512;

#endif
