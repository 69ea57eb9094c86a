/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Blocks: packets that a bootstrap keeps together, because their scores depend on each other.
 *
 * A block is a stretch of packets of at most `seconds`; where attack episodes (alarms.h) are given,
 * each is one block however long, with the benign packets inside it, and the traffic between them
 * is cut by time. Blocks that hold an attack are numbered first: they are one stratum, the others
 * the second, and each stratum is resampled by itself, so that a resample keeps both classes.
 *
 * The number of blocks is the honest sample size. With a single attack block its stratum never
 * varies, and an interval tells about the benign traffic alone; the counts are here for the reader
 * to judge.
 */
#ifndef NT_METRICS_BLOCKS_H
#define NT_METRICS_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

#include "alarms.h"

typedef struct nt_blocks {
  size_t packets;
  size_t count;         /* blocks */
  size_t attack_blocks; /* of them, with an attack: numbers 0 .. attack_blocks - 1 */
  uint32_t *block;      /* [packets] number of each packet's block; owned: nt_blocks_done */
} nt_blocks;

/*
 * A block ends `seconds` after its start (starts lie on a grid from the first packet, or from an
 * episode's end). A packet whose clock steps back stays in the running block. seconds > 0; times
 * must be finite (NT_E_INPUT with the index). episodes may be NULL. At most 2^30 blocks
 * (NT_E_LIMIT). O(n).
 */
nt_status nt_blocks_make(const double *times, const uint8_t *labels, size_t n, double seconds,
                         const nt_episodes *episodes, nt_blocks *blocks, nt_error *err);
void nt_blocks_done(nt_blocks *blocks);

/* Whether resamples can differ: at least one stratum has two blocks. Where they cannot, an interval
 * would have no width, which is no certainty. */
static inline int nt_blocks_vary(const nt_blocks *blocks) {
  return blocks->attack_blocks > 1 || blocks->count - blocks->attack_blocks > 1;
}

#endif
