/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HDF5 form of a store, laid out as store.h draws it. */
#include <hdf5.h>
#include <hdf5_hl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/h5/chunks.h"
#include "store/h5/put.h"
#include "attacks_group.h"
#include "format.h"

/* A dataset of doubles that grows, in chunks that are made ready here. */
typedef struct column {
  const char *name;
  hid_t id;            /* -1: not in this file */
  hsize_t width;       /* of a row */
  hdf5_chunks *chunks; /* rows that are not in the file yet */
  hsize_t written;     /* rows that are */
} column;

enum { TIMESTAMPS, FEATURES, SCORES, COLUMNS };

typedef struct hdf5_file {
  hid_t id, labels, attack; /* -1: not in this file */
  size_t attacks;
  const char *const *attack_names; /* the shape's */
  column column[COLUMNS];
  hsize_t rows, width;
  hdf5_disk disk;
} hdf5_file;

/* ---------------------------------------------------------------- attributes */

static nt_status hdf5_attribute(void *handle, const nt_attribute *a, nt_error *err) {
  hdf5_file *file = handle;
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  int bad = 0;
  switch (a->type) {
  case NT_ATTRIBUTE_TEXT:
    bad = nt_h5_put_text(file->id, a->name, a->text);
    break;
  case NT_ATTRIBUTE_INTEGER:
    bad = nt_h5_put_integer(file->id, a->name, a->integer);
    break;
  case NT_ATTRIBUTE_NUMBER:
    bad = nt_h5_put_number(file->id, a->name, a->number);
    break;
  }
  nt_status status = nt_h5_outcome(&file->disk, &errors, bad, err, "cannot be written");
  if (status != NT_OK) nt_fail_in(err, "attribute %s", a->name);
  nt_h5_errors_end(&errors);
  return status;
}

/* ---------------------------------------------------------------- datasets */

/* A dataset of `rank` 1 or 2 that grows along its first axis, in chunks of `rows` x 1: a column of
 * features compresses by itself to two thirds of what whole rows take, and faster. */
static hid_t grow_dataset(const hdf5_file *file, const char *name, hid_t type, int rank,
                          hsize_t rows, int compression) {
  hsize_t dims[2] = {0, file->width}, most[2] = {H5S_UNLIMITED, file->width};
  hsize_t chunk[2] = {rows, 1};
  hid_t space = H5Screate_simple(rank, dims, most);
  hid_t create = H5Pcreate(H5P_DATASET_CREATE);
  int bad = H5Pset_chunk(create, rank, chunk) < 0;
  if (compression)
    bad |= H5Pset_shuffle(create) < 0 || H5Pset_deflate(create, (unsigned)compression) < 0;
  bad |= H5Pset_fletcher32(create) < 0;
  bad |= H5Pset_attr_creation_order(create, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) < 0;
  hid_t id = bad ? -1 : H5Dcreate2(file->id, name, type, space, H5P_DEFAULT, create, H5P_DEFAULT);
  H5Pclose(create);
  H5Sclose(space);
  return id;
}

/* Of the machine's own byte order: chunks are written as they lie in memory. Chunks of one
 * dimension are longer where they are deflated, since the last one is stored whole. */
static hid_t begin_column(hdf5_file *file, int which, const char *name, int compression) {
  int rank = which == FEATURES ? 2 : 1;
  column *c = &file->column[which];
  size_t rows = rank == 1 && compression ? HDF5_PACKED_CHUNK : NT_STORE_CHUNK;
  c->name = name;
  c->width = rank == 1 ? 1 : file->width;
  c->id = grow_dataset(file, name, H5T_NATIVE_DOUBLE, rank, rows, compression);
  c->chunks = nt_h5_chunks_new(rows, (size_t)c->width, compression);
  return c->chunks ? c->id : -1;
}

static int begin_timestamps(hdf5_file *file, int compression) {
  hid_t id = begin_column(file, TIMESTAMPS, "timestamps", compression);
  return id < 0 || H5DSset_scale(id, "timestamps") < 0 ||
         nt_h5_put_text(id, "long_name", "capture time of the packet") < 0 ||
         nt_h5_put_text(id, "units", "seconds since 1970-01-01 00:00:00") < 0;
}

static int begin_features(hdf5_file *file, const nt_store_shape *shape, hid_t feature) {
  if (!shape->features) return 0;
  hid_t id = begin_column(file, FEATURES, "features", shape->compression);
  return id < 0 || H5DSattach_scale(id, file->column[TIMESTAMPS].id, 0) < 0 ||
         H5DSattach_scale(id, feature, 1) < 0 ||
         nt_h5_put_text(id, "long_name", "damped statistics of the packet's streams") < 0 ||
         (shape->units && nt_h5_put_texts(id, "column_units", shape->width, shape->units) < 0);
}

static int begin_scores(hdf5_file *file, const nt_store_shape *shape) {
  if (!shape->scores) return 0;
  hid_t id = begin_column(file, SCORES, "scores", shape->compression);
  return id < 0 || H5DSattach_scale(id, file->column[TIMESTAMPS].id, 0) < 0 ||
         nt_h5_put_text(id, "long_name", "anomaly score: RMSE of the output autoencoder") < 0 ||
         nt_h5_put_text(id, "description", "0 in the grace periods (mapping and training)") < 0 ||
         nt_h5_put_text(id, "units", "1") < 0;
}

static int begin_labels(hdf5_file *file, const nt_store_shape *shape) {
  if (!shape->labels) return 0;
  file->labels =
      grow_dataset(file, "labels", H5T_STD_U8LE, 1, HDF5_PACKED_CHUNK, shape->compression);
  hid_t id = file->labels;
  static const uint8_t values[] = {0, 1, 2};
  return id < 0 || H5DSattach_scale(id, file->column[TIMESTAMPS].id, 0) < 0 ||
         nt_h5_put_text(id, "long_name", "label of the packet") < 0 ||
         nt_h5_put_attribute(id, "flag_values", H5T_STD_U8LE, H5T_NATIVE_UINT8, 3, values) < 0 ||
         nt_h5_put_text(id, "flag_meanings", "benign attack excluded") < 0;
}

static int begin_attacks(hdf5_file *file, const nt_store_shape *shape) {
  if (!shape->attacks) return 0;
  file->attacks = shape->attacks;
  file->attack_names = shape->attack_names;
  file->attack =
      grow_dataset(file, "attack", H5T_STD_U16LE, 1, HDF5_PACKED_CHUNK, shape->compression);
  hid_t id = file->attack;
  return id < 0 || H5DSattach_scale(id, file->column[TIMESTAMPS].id, 0) < 0 ||
         nt_h5_put_text(id, "long_name", "which of attack_name, from 1; 0: none") < 0 ||
         nt_put_attack_names(file->id, shape->attack_names, shape->attacks) < 0;
}

/* ---------------------------------------------------------------- the format's functions */

static void *create_file(const char *temporary, nt_error *err) {
  hdf5_file *file = calloc(1, sizeof *file);
  if (!file) {
    nt_fail(err, NT_E_MEMORY, "%s: out of memory", temporary);
    return NULL;
  }
  *file = (hdf5_file){.id = -1, .labels = -1, .attack = -1};
  for (int i = 0; i < COLUMNS; i++) file->column[i].id = -1;
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  file->id = nt_h5_create(temporary, HDF5_OLDEST, &file->disk);
  if (nt_h5_outcome(&file->disk, &errors, file->id < 0, err, "cannot be created") != NT_OK) {
    nt_fail_in(err, "%s", temporary);
    if (file->id >= 0) H5Fclose(file->id);
    free(file);
    file = NULL;
  }
  nt_h5_errors_end(&errors);
  return file;
}

static nt_status hdf5_begin(void *handle, const nt_store_shape *shape, nt_error *err) {
  hdf5_file *file = handle;
  file->width = shape->width;
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  hid_t text = nt_h5_text_type(), feature = -1;
  int bad = begin_timestamps(file, shape->compression) ||
            nt_h5_put_list(file->id, "feature", text, text, shape->width, shape->names,
                           "names of the features", &feature) < 0 ||
            begin_features(file, shape, feature) || begin_scores(file, shape) ||
            begin_labels(file, shape) || begin_attacks(file, shape);
  nt_status status = nt_h5_outcome(&file->disk, &errors, bad, err, "datasets cannot be created");
  if (feature >= 0) H5Dclose(feature);
  H5Tclose(text);
  nt_h5_errors_end(&errors);
  return status;
}

/* Appends count values to a dataset of one dimension at file->rows. */
static int append_to(const hdf5_file *file, hid_t dataset, hid_t type, hsize_t count,
                     const void *values) {
  if (dataset < 0 || count == 0) return 0;
  hsize_t size = file->rows + count, start = file->rows;
  if (!nt_h5_room() || H5Dset_extent(dataset, &size) < 0) return -1;
  hid_t target = H5Dget_space(dataset), source = H5Screate_simple(1, &count, NULL);
  int bad = H5Sselect_hyperslab(target, H5S_SELECT_SET, &start, NULL, &count, NULL) < 0 ||
            H5Dwrite(dataset, type, source, target, H5P_DEFAULT, values) < 0;
  H5Sclose(source);
  H5Sclose(target);
  return bad ? -1 : 0;
}

/* Writes the rows that are gathered, a full block of chunks or the last rows of all. */
static int write_chunks(column *c) {
  hsize_t first = c->written;
  c->written += nt_h5_chunks_filled(c->chunks);
  const hsize_t size[2] = {c->written, c->width};
  if (!nt_h5_room() || H5Dset_extent(c->id, size) < 0) return -1;
  return nt_h5_chunks_write(c->chunks, c->id, first);
}

static int append_column(column *c, const double *values, size_t count) {
  while (c->id >= 0 && count > 0) {
    size_t taken = nt_h5_chunks_take(c->chunks, values, count);
    if (taken == 0 && write_chunks(c) < 0) return -1;
    values += taken * c->width;
    count -= taken;
  }
  return 0;
}

static nt_status hdf5_append(void *handle, const nt_store_rows *rows, nt_error *err) {
  hdf5_file *file = handle;
  const double *values[COLUMNS] = {
      [TIMESTAMPS] = rows->times, [FEATURES] = rows->features, [SCORES] = rows->scores};
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  nt_status status = NT_OK;
  for (int i = 0; i < COLUMNS && status == NT_OK; i++) {
    column *c = &file->column[i];
    int bad = append_column(c, values[i], rows->count);
    status = nt_h5_outcome(&file->disk, &errors, bad, err, "cannot be written");
    if (status != NT_OK) nt_fail_in(err, "/%s", c->name ? c->name : "labels");
  }
  if (status == NT_OK) {
    int bad = append_to(file, file->labels, H5T_NATIVE_UINT8, rows->count, rows->labels) < 0 ||
              append_to(file, file->attack, H5T_NATIVE_UINT16, rows->count, rows->attack) < 0;
    status = nt_h5_outcome(&file->disk, &errors, bad, err, "/labels: cannot be written");
  }
  if (status == NT_OK) file->rows += rows->count;
  nt_h5_errors_end(&errors);
  return status;
}

static nt_status hdf5_map(void *handle, const nt_feature_map *map, nt_error *err) {
  hdf5_file *file = handle;
  _Static_assert(sizeof(size_t) == sizeof(uint64_t), "a map's arrays are written as they stand");
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  hid_t group = H5Gcreate2(file->id, "map", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  int bad =
      group < 0 ||
      nt_h5_put_list(group, "sizes", H5T_STD_I64LE, H5T_NATIVE_UINT64, map->autoencoders,
                     map->sizes, "features of each autoencoder", NULL) < 0 ||
      nt_h5_put_list(group, "features", H5T_STD_I64LE, H5T_NATIVE_UINT64, map->total, map->features,
                     "column indices (0-based) of each autoencoder in turn", NULL) < 0 ||
      (map->distances && map->total > 1 &&
       nt_h5_put_list(group, "distances", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, map->total - 1,
                      map->distances, "correlation distance that joins a feature and the next",
                      NULL) < 0);
  nt_status status = nt_h5_outcome(&file->disk, &errors, bad, err, "/map cannot be written");
  if (group >= 0) H5Gclose(group);
  nt_h5_errors_end(&errors);
  return status;
}

static nt_status hdf5_attacks(void *handle, const nt_attack_measured *measured, nt_error *err) {
  hdf5_file *file = handle;
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  int bad = nt_put_attacks(file->id, file->attack_names, measured, file->attacks);
  nt_status status = nt_h5_outcome(&file->disk, &errors, bad, err, "/attacks cannot be written");
  nt_h5_errors_end(&errors);
  return status;
}

static nt_status hdf5_close(void *handle, nt_error *err) {
  hdf5_file *file = handle;
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  int bad = 0;
  for (int i = 0; i < COLUMNS; i++) {
    column *c = &file->column[i];
    if (c->id >= 0 && nt_h5_chunks_filled(c->chunks) > 0) bad |= write_chunks(c) < 0;
  }
  bad |= H5Fclose(file->id) < 0;
  nt_status status = nt_h5_outcome(&file->disk, &errors, bad, err, "cannot be written");
  for (int i = 0; i < COLUMNS; i++) nt_h5_chunks_free(file->column[i].chunks);
  free(file);
  nt_h5_errors_end(&errors);
  return status;
}

const nt_store_format nt_store_hdf5 = {.endings = {".h5", ".hdf5"},
                                       .sealed = 1,
                                       .create = create_file,
                                       .begin = hdf5_begin,
                                       .append = hdf5_append,
                                       .map = hdf5_map,
                                       .attacks = hdf5_attacks,
                                       .attribute = hdf5_attribute,
                                       .close = hdf5_close};
