/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HDF5 form of a store, laid out as store.h draws it. */
#include <hdf5.h>
#include <hdf5_hl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attacks_group.h"
#include "format.h"
#include "hdf5_chunks.h"
#include "hdf5_put.h"

typedef struct hdf5_file {
  hid_t id;
  hid_t timestamps, features, scores, labels, attack; /* -1: not in this file */
  size_t attacks;
  const char *const *attack_names; /* the shape's */
  hsize_t rows, width;
  hdf5_chunks *chunks; /* of features; NULL: not in this file */
  hsize_t chunked;     /* rows of features that are in the file; the rest of `rows` is in chunks */
  hdf5_disk disk;
} hdf5_file;

/* ---------------------------------------------------------------- attributes */

static nt_status hdf5_attribute(void *handle, const nt_attribute *a, nt_error *err) {
  hdf5_file *file = handle;
  hdf5_errors errors;
  hdf5_errors_begin(&errors);
  int bad = 0;
  switch (a->type) {
  case NT_ATTRIBUTE_TEXT:
    bad = hdf5_put_text(file->id, a->name, a->text);
    break;
  case NT_ATTRIBUTE_INTEGER:
    bad = hdf5_put_integer(file->id, a->name, a->integer);
    break;
  case NT_ATTRIBUTE_NUMBER:
    bad = hdf5_put_number(file->id, a->name, a->number);
    break;
  }
  nt_status status = hdf5_outcome(&file->disk, &errors, bad, err, "cannot be written");
  if (status != NT_OK) nt_fail_in(err, "attribute %s", a->name);
  hdf5_errors_end(&errors);
  return status;
}

/* ---------------------------------------------------------------- datasets */

/* A dataset of `rank` 1 or 2 that grows along its first axis, in chunks of NT_STORE_CHUNK x 1: a
 * column of features compresses by itself to two thirds of what whole rows take, and faster. */
static hid_t grow_dataset(const hdf5_file *file, const char *name, hid_t type, int rank,
                          int compression) {
  hsize_t dims[2] = {0, file->width}, most[2] = {H5S_UNLIMITED, file->width};
  hsize_t chunk[2] = {NT_STORE_CHUNK, 1};
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

static int begin_timestamps(hdf5_file *file, int compression) {
  file->timestamps = grow_dataset(file, "timestamps", H5T_IEEE_F64LE, 1, compression);
  return file->timestamps < 0 || H5DSset_scale(file->timestamps, "timestamps") < 0 ||
         hdf5_put_text(file->timestamps, "long_name", "capture time of the packet") < 0 ||
         hdf5_put_text(file->timestamps, "units", "seconds since 1970-01-01 00:00:00") < 0;
}

static int begin_features(hdf5_file *file, const nt_store_shape *shape, hid_t feature) {
  if (!shape->features) return 0;
  /* Of the machine's own byte order: chunks are written as they lie in memory. */
  file->features = grow_dataset(file, "features", H5T_NATIVE_DOUBLE, 2, shape->compression);
  file->chunks = hdf5_chunks_new(NT_STORE_CHUNK, shape->width, shape->compression);
  hid_t id = file->features;
  return id < 0 || !file->chunks || H5DSattach_scale(id, file->timestamps, 0) < 0 ||
         H5DSattach_scale(id, feature, 1) < 0 ||
         hdf5_put_text(id, "long_name", "damped statistics of the packet's streams") < 0 ||
         (shape->units && hdf5_put_texts(id, "column_units", shape->width, shape->units) < 0);
}

static int begin_scores(hdf5_file *file, const nt_store_shape *shape) {
  if (!shape->scores) return 0;
  file->scores = grow_dataset(file, "scores", H5T_IEEE_F64LE, 1, shape->compression);
  hid_t id = file->scores;
  return id < 0 || H5DSattach_scale(id, file->timestamps, 0) < 0 ||
         hdf5_put_text(id, "long_name", "anomaly score: RMSE of the output autoencoder") < 0 ||
         hdf5_put_text(id, "description", "0 in the grace periods (mapping and training)") < 0 ||
         hdf5_put_text(id, "units", "1") < 0;
}

static int begin_labels(hdf5_file *file, const nt_store_shape *shape) {
  if (!shape->labels) return 0;
  file->labels = grow_dataset(file, "labels", H5T_STD_U8LE, 1, shape->compression);
  hid_t id = file->labels;
  static const uint8_t values[] = {0, 1, 2};
  return id < 0 || H5DSattach_scale(id, file->timestamps, 0) < 0 ||
         hdf5_put_text(id, "long_name", "label of the packet") < 0 ||
         hdf5_put_attribute(id, "flag_values", H5T_STD_U8LE, H5T_NATIVE_UINT8, 3, values) < 0 ||
         hdf5_put_text(id, "flag_meanings", "benign attack excluded") < 0;
}

static int begin_attacks(hdf5_file *file, const nt_store_shape *shape) {
  if (!shape->attacks) return 0;
  file->attacks = shape->attacks;
  file->attack_names = shape->attack_names;
  file->attack = grow_dataset(file, "attack", H5T_STD_U16LE, 1, shape->compression);
  hid_t id = file->attack;
  return id < 0 || H5DSattach_scale(id, file->timestamps, 0) < 0 ||
         hdf5_put_text(id, "long_name", "which of attack_name, from 1; 0: none") < 0 ||
         nt_put_attack_names(file->id, shape->attack_names, shape->attacks) < 0;
}

/* ---------------------------------------------------------------- the format's functions */

static void *create_file(const char *temporary, nt_error *err) {
  hdf5_file *file = calloc(1, sizeof *file);
  if (!file) {
    nt_fail(err, NT_E_MEMORY, "%s: out of memory", temporary);
    return NULL;
  }
  *file = (hdf5_file){.timestamps = -1, .features = -1, .scores = -1, .labels = -1, .attack = -1};
  hdf5_errors errors;
  hdf5_errors_begin(&errors);
  file->id = hdf5_create(temporary, HDF5_OLDEST, &file->disk);
  if (hdf5_outcome(&file->disk, &errors, file->id < 0, err, "cannot be created") != NT_OK) {
    nt_fail_in(err, "%s", temporary);
    if (file->id >= 0) H5Fclose(file->id);
    free(file);
    file = NULL;
  }
  hdf5_errors_end(&errors);
  return file;
}

static nt_status hdf5_begin(void *handle, const nt_store_shape *shape, nt_error *err) {
  hdf5_file *file = handle;
  file->width = shape->width;
  hdf5_errors errors;
  hdf5_errors_begin(&errors);
  hid_t text = hdf5_text_type(), feature = -1;
  int bad = begin_timestamps(file, shape->compression) ||
            hdf5_put_list(file->id, "feature", text, text, shape->width, shape->names,
                          "names of the features", &feature) < 0 ||
            begin_features(file, shape, feature) || begin_scores(file, shape) ||
            begin_labels(file, shape) || begin_attacks(file, shape);
  nt_status status = hdf5_outcome(&file->disk, &errors, bad, err, "datasets cannot be created");
  if (feature >= 0) H5Dclose(feature);
  H5Tclose(text);
  hdf5_errors_end(&errors);
  return status;
}

/* Appends count values to a dataset of one dimension at file->rows. */
static int append_to(const hdf5_file *file, hid_t dataset, hid_t type, hsize_t count,
                     const void *values) {
  if (dataset < 0) return 0;
  hsize_t size = file->rows + count, start = file->rows;
  if (H5Dset_extent(dataset, &size) < 0) return -1;
  hid_t target = H5Dget_space(dataset), source = H5Screate_simple(1, &count, NULL);
  int bad = H5Sselect_hyperslab(target, H5S_SELECT_SET, &start, NULL, &count, NULL) < 0 ||
            H5Dwrite(dataset, type, source, target, H5P_DEFAULT, values) < 0;
  H5Sclose(source);
  H5Sclose(target);
  return bad ? -1 : 0;
}

/* Writes the rows of features that are gathered, a full block of chunks or the last rows of all. */
static int write_chunks(hdf5_file *file) {
  hsize_t first = file->chunked;
  file->chunked += hdf5_chunks_filled(file->chunks);
  const hsize_t size[2] = {file->chunked, file->width};
  if (H5Dset_extent(file->features, size) < 0) return -1;
  return hdf5_chunks_write(file->chunks, file->features, first);
}

static int append_features(hdf5_file *file, const double *values, size_t count) {
  while (count > 0) {
    size_t taken = hdf5_chunks_take(file->chunks, values, count);
    if (taken == 0 && write_chunks(file) < 0) return -1;
    values += taken * file->width;
    count -= taken;
  }
  return 0;
}

static nt_status hdf5_append(void *handle, const nt_store_rows *rows, nt_error *err) {
  hdf5_file *file = handle;
  hdf5_errors errors;
  hdf5_errors_begin(&errors);
  const struct {
    const char *name;
    hid_t dataset, type;
    const void *values;
  } columns[] = {
      {"timestamps", file->timestamps, H5T_NATIVE_DOUBLE, rows->times},
      {"scores", file->scores, H5T_NATIVE_DOUBLE, rows->scores},
      {"labels", file->labels, H5T_NATIVE_UINT8, rows->labels},
      {"attack", file->attack, H5T_NATIVE_UINT16, rows->attack},
  };
  nt_status status = NT_OK;
  for (size_t i = 0; rows->count && status == NT_OK && i < sizeof columns / sizeof *columns; i++) {
    int bad = append_to(file, columns[i].dataset, columns[i].type, rows->count, columns[i].values);
    status = hdf5_outcome(&file->disk, &errors, bad, err, "cannot be written");
    if (status != NT_OK) nt_fail_in(err, "/%s", columns[i].name);
  }
  if (status == NT_OK && file->chunks) {
    int bad = append_features(file, rows->features, rows->count);
    status = hdf5_outcome(&file->disk, &errors, bad, err, "/features: cannot be written");
  }
  if (status == NT_OK) file->rows += rows->count;
  hdf5_errors_end(&errors);
  return status;
}

static nt_status hdf5_map(void *handle, const nt_feature_map *map, nt_error *err) {
  hdf5_file *file = handle;
  _Static_assert(sizeof(size_t) == sizeof(uint64_t), "a map's arrays are written as they stand");
  hdf5_errors errors;
  hdf5_errors_begin(&errors);
  hid_t group = H5Gcreate2(file->id, "map", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  int bad =
      group < 0 ||
      hdf5_put_list(group, "sizes", H5T_STD_I64LE, H5T_NATIVE_UINT64, map->autoencoders, map->sizes,
                    "features of each autoencoder", NULL) < 0 ||
      hdf5_put_list(group, "features", H5T_STD_I64LE, H5T_NATIVE_UINT64, map->total, map->features,
                    "column indices (0-based) of each autoencoder in turn", NULL) < 0;
  nt_status status = hdf5_outcome(&file->disk, &errors, bad, err, "/map cannot be written");
  if (group >= 0) H5Gclose(group);
  hdf5_errors_end(&errors);
  return status;
}

static nt_status hdf5_attacks(void *handle, const nt_attack_measured *measured, nt_error *err) {
  hdf5_file *file = handle;
  hdf5_errors errors;
  hdf5_errors_begin(&errors);
  int bad = nt_put_attacks(file->id, file->attack_names, measured, file->attacks);
  nt_status status = hdf5_outcome(&file->disk, &errors, bad, err, "/attacks cannot be written");
  hdf5_errors_end(&errors);
  return status;
}

static nt_status hdf5_close(void *handle, nt_error *err) {
  hdf5_file *file = handle;
  hdf5_errors errors;
  hdf5_errors_begin(&errors);
  int bad = file->chunks && hdf5_chunks_filled(file->chunks) > 0 && write_chunks(file) < 0;
  bad |= H5Fclose(file->id) < 0;
  nt_status status = hdf5_outcome(&file->disk, &errors, bad, err, "cannot be written");
  hdf5_chunks_free(file->chunks);
  free(file);
  hdf5_errors_end(&errors);
  return status;
}

const nt_store_format nt_store_hdf5 = {.endings = {".h5", ".hdf5"},
                                       .create = create_file,
                                       .begin = hdf5_begin,
                                       .append = hdf5_append,
                                       .map = hdf5_map,
                                       .attacks = hdf5_attacks,
                                       .attribute = hdf5_attribute,
                                       .close = hdf5_close};
