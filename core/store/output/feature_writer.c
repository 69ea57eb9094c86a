/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing a feature file. Chunks are handed to HDF5 finished, and the driver tells where each went:
 * asking HDF5 for the address of a chunk takes time in proportion to the number of chunks (2 s for
 * all of 16 000).
 */
#include <hdf5_hl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "ground/memory.h"
#include "store/file/output.h"
#include "store/file/seal.h"
#include "store/h5/put.h"
#include "feature_layout.h"

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
  nt_feature_chunk *addresses, *checksums;
  uint64_t attributes;
  FILE *texts; /* the rest of the index: names, attributes; in memory */
  char *text;
  size_t text_bytes;
};

static nt_status failed(nt_feature_writer *w, const hdf5_errors *errors, int bad, nt_error *err,
                        const char *what) {
  nt_status status = nt_h5_outcome(&w->disk, errors, bad, err, what);
  if (status != NT_OK) nt_fail_in(err, "%s", w->output.path);
  return status;
}

/* ---------------------------------------------------------------- beginning */

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

static int begin_names(nt_feature_writer *w, const nt_feature_shape *shape) {
  hid_t text = nt_h5_text_type(), id = -1, features = w->dataset[NT_FEATURE_ROWS];
  int bad = nt_h5_put_list(w->file, "feature", text, text, w->width, shape->names,
                           "names of the features", &id) < 0 ||
            H5DSattach_scale(features, id, 1) < 0 ||
            (shape->units && nt_h5_put_texts(features, "column_units", w->width, shape->units) < 0);
  if (id >= 0) H5Dclose(id);
  H5Tclose(text);
  return bad ? -1 : 0;
}

static int begin(nt_feature_writer *w, const nt_feature_shape *shape) {
  hid_t file = w->file, *d = w->dataset;
  d[NT_FEATURE_ROWS] = grow_dataset(file, "features", H5T_NATIVE_DOUBLE, 2, w->width);
  d[NT_FEATURE_TIMES] = grow_dataset(file, "timestamps", H5T_NATIVE_DOUBLE, 1, 0);
  if (d[NT_FEATURE_ROWS] < 0 || d[NT_FEATURE_TIMES] < 0 ||
      H5DSset_scale(d[NT_FEATURE_TIMES], "timestamps") < 0 ||
      nt_h5_put_text(d[NT_FEATURE_TIMES], "units", "seconds since 1970-01-01 00:00:00") < 0 ||
      H5DSattach_scale(d[NT_FEATURE_ROWS], d[NT_FEATURE_TIMES], 0) < 0)
    return -1;
  if (w->sizes) {
    d[NT_FEATURE_SIZES] = grow_dataset(file, "sizes", H5T_NATIVE_UINT32, 1, 0);
    if (d[NT_FEATURE_SIZES] < 0 || nt_h5_put_text(d[NT_FEATURE_SIZES], "units", "byte") < 0 ||
        H5DSattach_scale(d[NT_FEATURE_SIZES], d[NT_FEATURE_TIMES], 0) < 0)
      return -1;
  }
  return begin_names(w, shape);
}

static nt_status create(nt_feature_writer *w, const nt_feature_shape *shape, nt_error *err) {
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  w->file = nt_h5_create(w->output.temporary, HDF5_OLDEST, &w->disk);
  nt_status status =
      failed(w, &errors, w->file < 0 || begin(w, shape) < 0, err, "cannot be created");
  nt_h5_errors_end(&errors);
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
  w->texts = open_memstream(&w->text, &w->text_bytes);
  int memory = w->texts != NULL;
  for (size_t i = 0; memory && i < w->width; i++)
    fwrite(shape->names[i], 1, strlen(shape->names[i]) + 1, w->texts);
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
  nt_h5_errors_begin(&errors);
  int bad = 0;
  for (int i = 0; i < NT_FEATURE_PARTS && !bad; i++) {
    w->addresses[w->chunks][i] = w->checksums[w->chunks][i] = 0;
    if (!w->row_bytes[i]) continue;
    const hsize_t dims[2] = {w->rows + count, w->width}, offset[2] = {w->rows, 0};
    bad = !nt_h5_room() || H5Dset_extent(w->dataset[i], dims) < 0 ||
          H5Dwrite_chunk(w->dataset[i], H5P_DEFAULT, 0, offset, NT_FEATURE_CHUNK * w->row_bytes[i],
                         parts[i]) < 0;
    w->addresses[w->chunks][i] = w->disk.address;
    /* Of the rows alone, without the padding of the last chunk. */
    w->checksums[w->chunks][i] = XXH3_64bits(parts[i], count * w->row_bytes[i]);
  }
  nt_status status = failed(w, &errors, bad, err, "cannot be written");
  nt_h5_errors_end(&errors);
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

/* Into HDF5, for other programs, and into the index, for this one. */
static nt_status attribute(nt_feature_writer *w, const char *name, const char *text, double number,
                           nt_error *err) {
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  int bad =
      text ? nt_h5_put_text(w->file, name, text) < 0 : nt_h5_put_number(w->file, name, number) < 0;
  nt_status status = nt_h5_outcome(&w->disk, &errors, bad, err, "cannot be written");
  nt_h5_errors_end(&errors);
  if (status != NT_OK) {
    nt_fail_in(err, "%s: attribute %s", w->output.path, name);
    return status;
  }
  putc(text ? 't' : 'n', w->texts);
  fwrite(name, 1, strlen(name) + 1, w->texts);
  fwrite(text ? text : (const char *)&number, 1, text ? strlen(text) + 1 : sizeof number, w->texts);
  w->attributes++;
  return NT_OK;
}

nt_status nt_feature_writer_text(nt_feature_writer *w, const char *name, const char *value,
                                 nt_error *err) {
  return attribute(w, name, value, 0, err);
}

nt_status nt_feature_writer_number(nt_feature_writer *w, const char *name, double value,
                                   nt_error *err) {
  return attribute(w, name, NULL, value, err);
}

static nt_status put_index(nt_feature_writer *w, nt_error *err) {
  const nt_feature_index index = {.mark = NT_FEATURE_MARK,
                                  .rows = w->rows,
                                  .width = w->width,
                                  .sizes = w->sizes != 0,
                                  .attributes = w->attributes};
  int bad = ferror(w->texts) | fflush(w->texts);
  size_t tables = w->chunks * sizeof(nt_feature_chunk);
  size_t size = sizeof index + 2 * tables + w->text_bytes;
  char *whole = bad ? NULL : malloc(size);
  if (!whole) return nt_fail(err, NT_E_MEMORY, "%s: out of memory", w->output.path);
  memcpy(whole, &index, sizeof index);
  if (tables) {
    memcpy(whole + sizeof index, w->addresses, tables);
    memcpy(whole + sizeof index + tables, w->checksums, tables);
  }
  memcpy(whole + sizeof index + 2 * tables, w->text, w->text_bytes);
  nt_status status = nt_seal_put(w->output.temporary, whole, size, err);
  free(whole);
  return status;
}

static nt_status close_file(nt_feature_writer *w, nt_error *err) {
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  int bad = 0;
  for (int i = 0; i < NT_FEATURE_PARTS; i++)
    if (w->dataset[i] >= 0) bad |= H5Dclose(w->dataset[i]) < 0;
  if (w->file >= 0) bad |= H5Fclose(w->file) < 0;
  w->file = -1;
  nt_status status = failed(w, &errors, bad, err, "cannot be written");
  nt_h5_errors_end(&errors);
  return status;
}

static void release(nt_feature_writer *w) {
  nt_output_discard(&w->output);
  for (int i = 0; i < NT_FEATURE_PARTS; i++) free(w->block[i]);
  if (w->texts) fclose(w->texts);
  free(w->text);
  free(w->addresses);
  free(w->checksums);
  free(w);
}

nt_status nt_feature_writer_commit(nt_feature_writer *w, nt_error *err) {
  nt_status status = w->filled ? write_block(w, err) : NT_OK;
  nt_status closed = close_file(w, status == NT_OK ? err : NULL);
  if (status == NT_OK) status = closed;
  if (status == NT_OK) status = put_index(w, err);
  if (status == NT_OK) status = nt_output_commit(&w->output, err);
  release(w);
  return status;
}

void nt_feature_writer_discard(nt_feature_writer *w) {
  if (!w) return;
  close_file(w, NULL);
  release(w);
}
