/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing a feature file. Chunks are handed to HDF5 finished, and the driver tells where each went:
 * asking HDF5 for the address of a chunk takes time in proportion to the number of chunks
 * (10 s for all of 16 000), so the addresses are kept in the file beside the checksums.
 */
#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "../memory.h"
#include "feature_layout.h"
#include "hdf5_put.h"
#include "output.h"

struct nt_feature_writer {
  nt_output output;
  hid_t file, dataset[NT_FEATURE_PARTS];
  hdf5_disk disk;
  size_t width, filled; /* rows in the block */
  int sizes;
  uint64_t rows; /* in the file */
  void *block[NT_FEATURE_PARTS];
  size_t row_bytes[NT_FEATURE_PARTS]; /* 0: no such part */
  size_t chunks, room;
  uint64_t (*addresses)[NT_FEATURE_PARTS], (*checksums)[NT_FEATURE_PARTS];
};

static nt_status failed(nt_feature_writer *w, const hdf5_errors *errors, int bad, nt_error *err,
                        const char *what) {
  nt_status status = hdf5_outcome(&w->disk, errors, bad, err, what);
  if (status != NT_OK) nt_fail_in(err, "%s", w->output.path);
  return status;
}

/* ---------------------------------------------------------------- beginning */

/* Text of a fixed length lies inside HDF5's structures, which carry checksums; text of a variable
 * length lies in a heap that carries none. */
static hid_t fixed_text(size_t bytes) {
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, bytes);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

/* Copies texts to rows of one length, *bytes each with their zero; NULL: out of memory. */
static char *pack_texts(const char *const *texts, size_t count, size_t *bytes) {
  *bytes = 1;
  for (size_t i = 0; i < count; i++)
    if (strlen(texts[i]) >= *bytes) *bytes = strlen(texts[i]) + 1;
  char *packed = nt_zeroed(count, *bytes, 1);
  for (size_t i = 0; packed && i < count; i++) strcpy(packed + i * *bytes, texts[i]);
  return packed;
}

static int put_fixed_texts(hid_t object, const char *name, hsize_t count,
                           const char *const *texts) {
  size_t bytes;
  char *packed = pack_texts(texts, count ? count : 1, &bytes);
  if (!packed) return -1;
  hid_t type = fixed_text(bytes);
  int result = hdf5_put_attribute(object, name, type, type, count, packed);
  H5Tclose(type);
  free(packed);
  return result;
}

static hid_t grow_dataset(hid_t file, const char *name, hid_t type, int rank, hsize_t width) {
  hsize_t dims[2] = {0, width}, most[2] = {H5S_UNLIMITED, width};
  hsize_t chunk[2] = {NT_FEATURE_CHUNK, width};
  hid_t space = H5Screate_simple(rank, dims, most), create = H5Pcreate(H5P_DATASET_CREATE);
  int bad =
      H5Pset_chunk(create, rank, chunk) < 0 || H5Pset_fill_time(create, H5D_FILL_TIME_NEVER) < 0;
  hid_t id = bad ? -1 : H5Dcreate2(file, name, type, space, H5P_DEFAULT, create, H5P_DEFAULT);
  H5Pclose(create);
  H5Sclose(space);
  return id;
}

/* One chunk with a checksum: the values cannot change unseen. */
static hid_t put_checked(hid_t file, const char *name, hid_t type, int rank, const hsize_t *dims,
                         const void *values) {
  hid_t space = H5Screate_simple(rank, dims, NULL), create = H5Pcreate(H5P_DATASET_CREATE);
  int bad = dims[0] && (H5Pset_chunk(create, rank, dims) < 0 || H5Pset_fletcher32(create) < 0);
  hid_t id = bad ? -1 : H5Dcreate2(file, name, type, space, H5P_DEFAULT, create, H5P_DEFAULT);
  if (id >= 0 && dims[0] && H5Dwrite(id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) {
    H5Dclose(id);
    id = -1;
  }
  H5Pclose(create);
  H5Sclose(space);
  return id;
}

static int begin_names(nt_feature_writer *w, const nt_feature_shape *shape) {
  size_t bytes;
  char *packed = pack_texts(shape->names, w->width, &bytes);
  if (!packed) return -1;
  hid_t type = fixed_text(bytes);
  const hsize_t count = w->width;
  hid_t id = put_checked(w->file, "feature", type, 1, &count, packed);
  hid_t features = w->dataset[NT_FEATURE_ROWS];
  int bad = id < 0 || H5DSset_scale(id, "feature") < 0 ||
            hdf5_put_text(id, "long_name", "names of the features") < 0 ||
            H5DSattach_scale(features, id, 1) < 0 ||
            (shape->units && put_fixed_texts(features, "column_units", count, shape->units) < 0);
  if (id >= 0) H5Dclose(id);
  H5Tclose(type);
  free(packed);
  return bad ? -1 : 0;
}

static int begin(nt_feature_writer *w, const nt_feature_shape *shape) {
  hid_t file = w->file, *d = w->dataset;
  d[NT_FEATURE_ROWS] = grow_dataset(file, "features", H5T_NATIVE_DOUBLE, 2, w->width);
  d[NT_FEATURE_TIMES] = grow_dataset(file, "timestamps", H5T_NATIVE_DOUBLE, 1, 0);
  if (d[NT_FEATURE_ROWS] < 0 || d[NT_FEATURE_TIMES] < 0 ||
      H5DSset_scale(d[NT_FEATURE_TIMES], "timestamps") < 0 ||
      hdf5_put_text(d[NT_FEATURE_TIMES], "units", "seconds since 1970-01-01 00:00:00") < 0 ||
      H5DSattach_scale(d[NT_FEATURE_ROWS], d[NT_FEATURE_TIMES], 0) < 0)
    return -1;
  if (w->sizes) {
    d[NT_FEATURE_SIZES] = grow_dataset(file, "sizes", H5T_NATIVE_UINT32, 1, 0);
    if (d[NT_FEATURE_SIZES] < 0 || hdf5_put_text(d[NT_FEATURE_SIZES], "units", "byte") < 0 ||
        H5DSattach_scale(d[NT_FEATURE_SIZES], d[NT_FEATURE_TIMES], 0) < 0)
      return -1;
  }
  return begin_names(w, shape);
}

static nt_status create(nt_feature_writer *w, const nt_feature_shape *shape, nt_error *err) {
  hdf5_errors errors;
  hdf5_errors_begin(&errors);
  w->file = hdf5_create(w->output.temporary, HDF5_CHECKED, &w->disk);
  nt_status status =
      failed(w, &errors, w->file < 0 || begin(w, shape) < 0, err, "cannot be created");
  hdf5_errors_end(&errors);
  return status;
}

nt_feature_writer *nt_feature_writer_create(const char *path, const nt_feature_shape *shape,
                                            nt_error *err) {
  if (shape->width < 1 || shape->width > NT_FEATURE_MOST_WIDTH) {
    nt_fail(err, NT_E_ARGUMENT, "%s: %zu features, expected 1 to %d", path, shape->width,
            NT_FEATURE_MOST_WIDTH);
    return NULL;
  }
  nt_feature_writer *w = calloc(1, sizeof *w);
  if (!w) {
    nt_fail(err, NT_E_MEMORY, "%s: out of memory", path);
    return NULL;
  }
  w->file = -1;
  w->width = shape->width;
  w->sizes = shape->sizes;
  nt_feature_row_bytes(w->width, w->sizes, w->row_bytes);
  int memory = 1;
  for (int i = 0; i < NT_FEATURE_PARTS; i++) {
    w->dataset[i] = -1;
    w->block[i] = nt_zeroed(NT_FEATURE_CHUNK, w->row_bytes[i], 1);
    memory = memory && w->block[i];
  }
  if (!memory) nt_fail(err, NT_E_MEMORY, "%s: out of memory", path);
  if (memory && nt_output_begin(&w->output, path, err) == NT_OK && create(w, shape, err) == NT_OK)
    return w;
  nt_feature_writer_discard(w);
  return NULL;
}

/* ---------------------------------------------------------------- rows */

static nt_status more_chunks(nt_feature_writer *w, nt_error *err) {
  if (w->chunks < w->room) return NT_OK;
  size_t room = w->room ? 2 * w->room : 64;
  void *addresses = realloc(w->addresses, room * sizeof *w->addresses);
  if (addresses) w->addresses = addresses;
  void *checksums = realloc(w->checksums, room * sizeof *w->checksums);
  if (checksums) w->checksums = checksums;
  if (!addresses || !checksums)
    return nt_fail(err, NT_E_MEMORY, "%s: out of memory", w->output.path);
  w->room = room;
  return NT_OK;
}

/* Writes one chunk of each part: `count` rows, whole chunks lying there in any case. */
static nt_status write_chunk(nt_feature_writer *w, const void *const *parts, size_t count,
                             nt_error *err) {
  if (more_chunks(w, err) != NT_OK) return NT_E_MEMORY;
  hdf5_errors errors;
  hdf5_errors_begin(&errors);
  int bad = 0;
  for (int i = 0; i < NT_FEATURE_PARTS && !bad; i++) {
    w->addresses[w->chunks][i] = w->checksums[w->chunks][i] = 0;
    if (!w->row_bytes[i]) continue;
    const hsize_t dims[2] = {w->rows + count, w->width}, offset[2] = {w->rows, 0};
    bad = H5Dset_extent(w->dataset[i], dims) < 0 ||
          H5Dwrite_chunk(w->dataset[i], H5P_DEFAULT, 0, offset, NT_FEATURE_CHUNK * w->row_bytes[i],
                         parts[i]) < 0;
    w->addresses[w->chunks][i] = w->disk.address;
    /* Of the rows alone: what fills up the last chunk is nobody's. */
    w->checksums[w->chunks][i] = XXH3_64bits(parts[i], count * w->row_bytes[i]);
  }
  nt_status status = failed(w, &errors, bad, err, "cannot be written");
  hdf5_errors_end(&errors);
  if (status != NT_OK) return status;
  w->chunks++;
  w->rows += count;
  return NT_OK;
}

static nt_status write_block(nt_feature_writer *w, nt_error *err) {
  for (int i = 0; i < NT_FEATURE_PARTS; i++)
    if (w->row_bytes[i])
      memset((char *)w->block[i] + w->filled * w->row_bytes[i], 0,
             (NT_FEATURE_CHUNK - w->filled) * w->row_bytes[i]);
  size_t count = w->filled;
  w->filled = 0;
  return write_chunk(w, (const void *const *)w->block, count, err);
}

nt_status nt_feature_writer_append(nt_feature_writer *w, size_t count, const double *features,
                                   const double *times, const uint32_t *sizes, nt_error *err) {
  if (w->sizes && !sizes && count)
    return nt_fail(err, NT_E_ARGUMENT, "%s: rows without sizes, in a file with sizes",
                   w->output.path);
  const void *parts[NT_FEATURE_PARTS] = {features, times, sizes};
  while (count > 0) {
    size_t taken = NT_FEATURE_CHUNK - w->filled;
    if (taken > count) taken = count;
    nt_status status = NT_OK;
    if (taken == NT_FEATURE_CHUNK) {
      status = write_chunk(w, parts, taken, err);
    } else {
      for (int i = 0; i < NT_FEATURE_PARTS; i++)
        if (w->row_bytes[i])
          memcpy((char *)w->block[i] + w->filled * w->row_bytes[i], parts[i],
                 taken * w->row_bytes[i]);
      w->filled += taken;
      if (w->filled == NT_FEATURE_CHUNK) status = write_block(w, err);
    }
    if (status != NT_OK) return status;
    for (int i = 0; i < NT_FEATURE_PARTS; i++)
      if (w->row_bytes[i]) parts[i] = (const char *)parts[i] + taken * w->row_bytes[i];
    count -= taken;
  }
  return NT_OK;
}

/* ---------------------------------------------------------------- attributes and the end */

nt_status nt_feature_writer_text(nt_feature_writer *w, const char *name, const char *value,
                                 nt_error *err) {
  hdf5_errors errors;
  hdf5_errors_begin(&errors);
  nt_status status = failed(w, &errors, put_fixed_texts(w->file, name, 0, &value) < 0, err, name);
  hdf5_errors_end(&errors);
  return status;
}

nt_status nt_feature_writer_number(nt_feature_writer *w, const char *name, double value,
                                   nt_error *err) {
  hdf5_errors errors;
  hdf5_errors_begin(&errors);
  nt_status status = failed(w, &errors, hdf5_put_number(w->file, name, value) < 0, err, name);
  hdf5_errors_end(&errors);
  return status;
}

static int put_chunk_table(nt_feature_writer *w, const char *name, const void *values) {
  const hsize_t dims[2] = {w->chunks, NT_FEATURE_PARTS};
  hid_t id = put_checked(w->file, name, H5T_NATIVE_UINT64, 2, dims, values);
  if (id >= 0) H5Dclose(id);
  return id < 0 ? -1 : 0;
}

static nt_status close_file(nt_feature_writer *w, int tables, nt_error *err) {
  hdf5_errors errors;
  hdf5_errors_begin(&errors);
  int bad = tables && (put_chunk_table(w, "addresses", w->addresses) < 0 ||
                       put_chunk_table(w, "checksums", w->checksums) < 0);
  for (int i = 0; i < NT_FEATURE_PARTS; i++)
    if (w->dataset[i] >= 0) bad |= H5Dclose(w->dataset[i]) < 0;
  if (w->file >= 0) bad |= H5Fclose(w->file) < 0;
  w->file = -1;
  nt_status status = failed(w, &errors, bad, err, "cannot be written");
  hdf5_errors_end(&errors);
  return status;
}

static void release(nt_feature_writer *w) {
  nt_output_discard(&w->output);
  for (int i = 0; i < NT_FEATURE_PARTS; i++) free(w->block[i]);
  free(w->addresses);
  free(w->checksums);
  free(w);
}

nt_status nt_feature_writer_commit(nt_feature_writer *w, nt_error *err) {
  nt_status status = w->filled ? write_block(w, err) : NT_OK;
  nt_status closed = close_file(w, status == NT_OK, status == NT_OK ? err : NULL);
  if (status == NT_OK) status = closed;
  if (status == NT_OK) status = nt_output_commit(&w->output, err);
  release(w);
  return status;
}

void nt_feature_writer_discard(nt_feature_writer *w) {
  if (!w) return;
  close_file(w, 0, NULL);
  release(w);
}
