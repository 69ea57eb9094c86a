/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the writer and the reader of feature files agree on (feature_file.h): the index behind the
 * end of the HDF5 file (seal.h), numbers in this machine's byte order:
 *
 *     nt_feature_index | addresses, chunks x 3 u64 | checksums, chunks x 3 u64 | width names, each
 *     with its zero | attributes: 't' name text or 'n' name double, names and text with their zeros
 */
#ifndef NT_FEATURE_LAYOUT_H
#define NT_FEATURE_LAYOUT_H

#include "feature_file.h"

#define NT_FEATURE_MARK UINT64_C(0x4e54464541543031) /* which also tells the byte order */

/* Keeps a chunk below HDF5's 4 GiB, and a forged file from asking for memory without end. */
#define NT_FEATURE_MOST_WIDTH (1 << 16)

typedef enum nt_feature_part {
  NT_FEATURE_ROWS,
  NT_FEATURE_TIMES,
  NT_FEATURE_SIZES,
  NT_FEATURE_PARTS
} nt_feature_part;

/* One row of the tables of addresses and checksums. */
typedef uint64_t nt_feature_chunk[NT_FEATURE_PARTS];

typedef struct nt_feature_index {
  uint64_t mark, rows, width, sizes, attributes;
} nt_feature_index;

/* Bytes of a row of each part, 0 where the file has no such part. */
static inline void nt_feature_row_bytes(size_t width, int sizes, size_t bytes[NT_FEATURE_PARTS]) {
  bytes[NT_FEATURE_ROWS] = width * sizeof(double);
  bytes[NT_FEATURE_TIMES] = sizeof(double);
  bytes[NT_FEATURE_SIZES] = sizes ? sizeof(uint32_t) : 0;
}

#endif
