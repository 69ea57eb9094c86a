/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The feature cache: the rows that one profile made of one capture, read many times, by many
 * threads at once.
 *
 *     /                 attributes: what made it
 *     |- features       n x d  float64  in chunks of NT_FEATURE_CHUNK rows, without filters
 *     |- timestamps     n      float64  s since the epoch; NaN where the input had none
 *     |- sizes          n      uint32   bytes on the wire; absent where the input had none
 *     `- feature        d      text     names of the columns
 *
 * It is an ordinary HDF5 file (h5py opens it), but chunks without filters lie in it as they lie in
 * memory, and behind its end is an index of ours: where each chunk is, its checksum (XXH3), names
 * and attributes (feature_layout.h). So reading is pread alone, past HDF5 and its one lock, and
 * damage is found wherever it matters. Rows come out of the system's page cache, which is where
 * features are kept between two passes: no second cache of ours beside it. A file that another
 * program wrote anew has no index and is refused.
 */
#ifndef NT_FEATURE_FILE_H
#define NT_FEATURE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

#define NT_FEATURE_CHUNK 4096 /* rows */

typedef struct nt_feature_shape {
  size_t width;
  const char *const *names; /* width */
  const char *const *units; /* width, or NULL: not known */
  int sizes;                /* whether there are sizes */
} nt_feature_shape;

typedef struct nt_feature_writer nt_feature_writer;

/* Written under a temporary name, synced and renamed by commit (output.h). */
nt_feature_writer *nt_feature_writer_create(const char *path, const nt_feature_shape *shape,
                                            nt_error *err);
/* sizes: NULL where the shape has none. Blocks of NT_FEATURE_CHUNK rows are written fastest. */
nt_status nt_feature_writer_append(nt_feature_writer *writer, size_t count, const double *features,
                                   const double *times, const uint32_t *sizes, nt_error *err);
/* An attribute of the root. */
nt_status nt_feature_writer_text(nt_feature_writer *writer, const char *name, const char *value,
                                 nt_error *err);
nt_status nt_feature_writer_number(nt_feature_writer *writer, const char *name, double value,
                                   nt_error *err);
/* Both free the writer whatever happens. */
nt_status nt_feature_writer_commit(nt_feature_writer *writer, nt_error *err);
void nt_feature_writer_discard(nt_feature_writer *writer);

typedef struct nt_feature_file nt_feature_file;

/* NT_E_INPUT: not such a file, damaged, or cut short. Reading calls nothing of HDF5: any thread,
 * any time. */
nt_feature_file *nt_feature_file_open(const char *path, nt_error *err);
void nt_feature_file_close(nt_feature_file *file);

uint64_t nt_feature_file_rows(const nt_feature_file *file);
size_t nt_feature_file_width(const nt_feature_file *file);
int nt_feature_file_has_sizes(const nt_feature_file *file);
const char *const *nt_feature_file_names(const nt_feature_file *file); /* owned by the file */
/* An attribute of the root, NaN (NULL) when it is not there; owned by the file. */
double nt_feature_file_number(const nt_feature_file *file, const char *name);
const char *nt_feature_file_text(const nt_feature_file *file, const char *name);

/*
 * Rows first .. first + count - 1; each of features (count x width), times and sizes may be NULL,
 * then it is not read. Any number of threads at once. Whole chunks are checked against their
 * checksums: NT_E_INPUT names the file and the chunk. Out of range: NT_E_ARGUMENT.
 */
nt_status nt_feature_file_read(const nt_feature_file *file, uint64_t first, size_t count,
                               double *features, double *times, uint32_t *sizes, nt_error *err);

#endif
