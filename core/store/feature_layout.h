/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the writer and the reader of feature files agree on (feature_file.h). */
#ifndef NT_FEATURE_LAYOUT_H
#define NT_FEATURE_LAYOUT_H

#include "feature_file.h"

/* Keeps a chunk below HDF5's 4 GiB, and a forged file from asking for memory without end. */
#define NT_FEATURE_MOST_WIDTH (1 << 16)

/* Columns of the tables /addresses and /checksums. */
typedef enum nt_feature_part {
  NT_FEATURE_ROWS,
  NT_FEATURE_TIMES,
  NT_FEATURE_SIZES,
  NT_FEATURE_PARTS
} nt_feature_part;

/* Bytes of a row of each part, 0 where the file has no such part. */
static inline void nt_feature_row_bytes(size_t width, int sizes, size_t bytes[NT_FEATURE_PARTS]) {
  bytes[NT_FEATURE_ROWS] = width * sizeof(double);
  bytes[NT_FEATURE_TIMES] = sizeof(double);
  bytes[NT_FEATURE_SIZES] = sizes ? sizeof(uint32_t) : 0;
}

#endif
