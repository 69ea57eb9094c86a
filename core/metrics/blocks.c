/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "blocks.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { BLOCKS_MAX = 1 << 30 };

/* Numbers the blocks in the order of the capture; returns how many there are. */
static size_t cut(const double *times, size_t n, double seconds, const nt_episodes *episodes,
                  uint32_t *block) {
  size_t count = 0, next = 0; /* next: the episode not yet left behind */
  double start = 0;
  bool was_inside = false;
  for (size_t i = 0; i < n && count <= BLOCKS_MAX; i++) {
    while (episodes && next < episodes->count && i > episodes->episode[next].last) next++;
    bool inside = episodes && next < episodes->count && i >= episodes->episode[next].first;
    bool enters = inside && i == episodes->episode[next].first, leaves = was_inside && !inside;
    bool elapsed = !inside && times[i] - start >= seconds;
    if (i == 0 || enters || leaves)
      start = times[i], count++;
    else if (elapsed)
      start = fmin(times[i], start + floor((times[i] - start) / seconds) * seconds), count++;
    block[i] = (uint32_t)count - 1;
    was_inside = inside;
  }
  return count;
}

/* Renumbers the blocks, those with an attack first. */
static nt_status stratify(const uint8_t *labels, nt_blocks *b, nt_error *err) {
  uint32_t *number = calloc(b->count ? b->count : 1, sizeof *number);
  if (!number) return nt_fail(err, NT_E_MEMORY, "no memory for %zu blocks", b->count);
  for (size_t i = 0; i < b->packets; i++)
    if (labels[i] == 1) number[b->block[i]] = 1;
  for (size_t k = 0; k < b->count; k++) b->attack_blocks += number[k];
  uint32_t attack = 0, benign = (uint32_t)b->attack_blocks;
  for (size_t k = 0; k < b->count; k++) number[k] = number[k] ? attack++ : benign++;
  for (size_t i = 0; i < b->packets; i++) b->block[i] = number[b->block[i]];
  free(number);
  return NT_OK;
}

nt_status nt_blocks_make(const double *times, const uint8_t *labels, size_t n, double seconds,
                         const nt_episodes *episodes, nt_blocks *blocks, nt_error *err) {
  *blocks = (nt_blocks){.packets = n};
  if (!(seconds > 0))
    return nt_fail(err, NT_E_ARGUMENT, "blocks of %g s: more than 0 expected", seconds);
  for (size_t i = 0; i < n; i++)
    if (!isfinite(times[i]))
      return nt_fail(err, NT_E_INPUT, "time %g of packet %zu: a finite value expected", times[i],
                     i);
  blocks->block = calloc(n ? n : 1, sizeof *blocks->block);
  if (!blocks->block)
    return nt_fail(err, NT_E_MEMORY, "no memory for the blocks of %zu packets", n);
  blocks->count = cut(times, n, seconds, episodes, blocks->block);
  nt_status status =
      blocks->count > BLOCKS_MAX
          ? nt_fail(err, NT_E_LIMIT, "blocks of %g s: more than %d of them", seconds, BLOCKS_MAX)
          : stratify(labels, blocks, err);
  if (status != NT_OK) nt_blocks_done(blocks);
  return status;
}

void nt_blocks_done(nt_blocks *blocks) {
  free(blocks->block);
  *blocks = (nt_blocks){0};
}
