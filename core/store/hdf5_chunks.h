/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chunks of a matrix, made ready for HDF5 by all threads. HDF5 compresses in the one thread that
 * calls it, which takes ten times as long as the extraction that fills the rows; so chunks of one
 * column each are shuffled, deflated and checksummed here, in the form that HDF5's own filters of
 * these names have, and handed over finished.
 */
#ifndef NT_HDF5_CHUNKS_H
#define NT_HDF5_CHUNKS_H

#include <hdf5.h>
#include <stddef.h>

#include "../error.h"

typedef struct hdf5_chunks hdf5_chunks;

/* Of a dataset of doubles in chunks of `rows` x 1, `width` columns, with the filters shuffle and
 * deflate(level) where level is not 0, and Fletcher-32. Holds about three times rows x width
 * doubles. NULL: out of memory. */
hdf5_chunks *hdf5_chunks_new(size_t rows, size_t width, int level);
void hdf5_chunks_free(hdf5_chunks *chunks);

/* Takes rows until a block of chunks is full, and returns how many it took (0: it is full, write it
 * first). */
size_t hdf5_chunks_take(hdf5_chunks *chunks, const double *values, size_t count);
/* Rows that were taken and not yet written. */
size_t hdf5_chunks_filled(const hdf5_chunks *chunks);

/* Writes them as the chunks that begin at row `first`, the rest of a block that is not full as
 * zeros. The dataset must already extend over them. Shares the work with the OpenMP team that it is
 * called from, if any. */
int hdf5_chunks_write(hdf5_chunks *chunks, hid_t dataset, hsize_t first);

#endif
