/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the grace periods saw of each feature: its least, greatest and median finite value. Least
 * and greatest are of all rows; the median is of all rows up to NT_RANGE_BYTES of them, and of every
 * second, fourth, ... row beyond (`stride`), so that memory is bounded and the same rows count in
 * every run.
 */
#ifndef NT_TRAINING_RANGE_H
#define NT_TRAINING_RANGE_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

#define NT_RANGE_BYTES ((size_t)64 << 20)

typedef struct nt_training_range {
  size_t width;
  uint64_t rows, stride; /* seen; of how many rows the median took one */
  double *least, *most;  /* [width]; NaN: no finite value was seen */
  double *median;        /* [width]; set by nt_training_range_end */
  double *kept;          /* [room][width] rows */
  size_t count, room;
} nt_training_range;

nt_status nt_training_range_begin(nt_training_range *range, size_t width, nt_error *err);
void nt_training_range_done(nt_training_range *range);

/* n rows. O(n width). */
nt_status nt_training_range_add(nt_training_range *range, const double *rows, size_t n,
                                nt_error *err);
/* After the last: medians; what was kept is freed. O(kept rows x width). */
nt_status nt_training_range_end(nt_training_range *range, nt_error *err);

#endif
