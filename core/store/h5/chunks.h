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

#include <ninetails/error.h>

typedef struct hdf5_chunks hdf5_chunks;

/* Of a dataset of doubles in chunks of `rows` x 1, `width` columns, with the filters shuffle and
 * deflate(level) where level is not 0, and Fletcher-32. Holds about three times rows x width
 * doubles. NULL: out of memory. */
hdf5_chunks *nt_h5_chunks_new(size_t rows, size_t width, int level);
void nt_h5_chunks_free(hdf5_chunks *chunks);

/* Takes rows until a block of chunks is full, and returns how many it took (0: it is full, write it
 * first). */
size_t nt_h5_chunks_take(hdf5_chunks *chunks, const double *values, size_t count);
/* Rows that were taken and not yet written. */
size_t nt_h5_chunks_filled(const hdf5_chunks *chunks);

/* Writes them as the chunks that begin at row `first`, the rest of a block that is not full as
 * zeros. The dataset must already extend over them. Shares the work with the team
 * (core/ground/team.h) that it is called from, if any. */
int nt_h5_chunks_write(hdf5_chunks *chunks, hid_t dataset, hsize_t first);

/* The same for a dataset of one dimension, before there is a file: several threads make theirs
 * ready at once, and need HDF5 for no longer than it takes to hand the bytes over. */
enum { HDF5_PACKED_CHUNK = 32768 }; /* values of a chunk, or all where there are fewer */
typedef struct hdf5_packed {
  size_t count, rows, chunks; /* values; values of a chunk */
  int level;
  size_t bound, *sizes; /* bytes from one chunk to the next; of each */
  unsigned char *bytes;
} hdf5_packed;
/* Negative: out of memory, *packed is empty. Holds up to 8 bytes a value: nt_h5_packed_done. */
int nt_h5_pack(hdf5_packed *packed, const double *values, size_t count, int level);
void nt_h5_packed_done(hdf5_packed *packed);
/* Negative: HDF5 refused. */
int nt_h5_put_packed(hid_t group, const char *name, const hdf5_packed *packed);

#endif
