/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Forged HDF5 files, whole and sealed: the bytes say which groups, datasets and attributes exist, of
 * which type, rank and length, with which values. HDF5 itself is not fuzzed: the seal keeps damaged
 * files from it.
 */
#include <assert.h>
#include <hdf5.h>

#include "store/file/seal.h"
#include "store/output/extracted.h"
#include "store/output/store.h"
#include "store/run/result_file.h"
#include "store/run/scored_run.h"
#include "bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct input {
  const uint8_t *at, *end;
} input;

static unsigned next(input *in) {
  return in->at < in->end ? *in->at++ : 0;
}

static const char *const groups[] = {"runs",
                                     "run",
                                     "run/aaaa",
                                     "run/aaaa/roc",
                                     "run/aaaa/precision_recall",
                                     "run/aaaa/map",
                                     "run/aaaa/attacks",
                                     "run/aaaa/provenance",
                                     "data",
                                     "data/set",
                                     "data/set/provenance",
                                     "roc",
                                     "precision_recall",
                                     "map",
                                     "attacks",
                                     "provenance",
                                     "cells",
                                     "run/bbbb"};
static const char *const names[] = {"run",
                                    "auc",
                                    "dataset",
                                    "status",
                                    "reason",
                                    "m",
                                    "scores",
                                    "timestamps",
                                    "labels",
                                    "attack",
                                    "attack_name",
                                    "fpr",
                                    "tpr",
                                    "threshold",
                                    "recall",
                                    "precision",
                                    "sizes",
                                    "features",
                                    "feature",
                                    "packets",
                                    "average_precision",
                                    "tpr_at_fpr_1em3",
                                    "eer",
                                    "x"};
static const char *const attributes[] = {
    "kind",      "run",    "data",   "first",      "deviation", "role",    "units",
    "long_name", "better", "status", "_FillValue", "program",   "version", "profile",
    "count",     "sha256", "key",    "dataset",    "detector",  "title",   "packets_scored"};
static const char *const texts[] = {"run",    "result",  "data",   "ninetails",    "aaaa",   "set",
                                    "done",   "failed",  "metric", "cost",         "higher", "",
                                    "stream", "\x1b[2J", "bbbb",   NT_TITLE_SCORES};
#define PICK(table, in) table[next(in) % (sizeof(table) / sizeof *(table))]

/* A type, and one value of it. */
static hid_t type_of(input *in, double *number, const char **text, const void **value) {
  static const double odd[] = {0, 1, -1, 2, 3, 1e300, -1e-300, 4294967296.0};
  *number = odd[next(in) % 8];
  *text = PICK(texts, in);
  *value = number;
  hid_t type;
  switch (next(in) % 4) {
  case 0:
    type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    *value = text;
    return type;
  case 1:
    return H5Tcopy(H5T_NATIVE_DOUBLE);
  case 2:
    return H5Tcopy(H5T_NATIVE_INT64);
  default:
    return H5Tcopy(H5T_NATIVE_UINT8);
  }
}

static hid_t space_of(input *in) {
  unsigned how = next(in);
  const hsize_t dims[3] = {how >> 3 & 7, 1 + (how >> 6), 1};
  return how & 1   ? H5Screate_simple(1, dims, NULL)
         : how & 2 ? H5Screate_simple(2 + (how >> 2 & 1), dims, NULL)
                   : H5Screate(H5S_SCALAR);
}

static void put_attribute(hid_t object, input *in) {
  double number;
  const char *text, *name = PICK(attributes, in);
  const void *value;
  hid_t type = type_of(in, &number, &text, &value), space = H5Screate(H5S_SCALAR);
  hid_t id = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  if (id >= 0) H5Awrite(id, type, value);
  if (id >= 0) H5Aclose(id);
  H5Sclose(space);
  H5Tclose(type);
}

static void put_dataset(hid_t group, input *in) {
  double number;
  const char *text, *name = PICK(names, in);
  const void *value;
  hid_t type = type_of(in, &number, &text, &value), space = space_of(in);
  hid_t id = H5Dcreate2(group, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  hssize_t count = H5Sget_simple_extent_npoints(space);
  if (id >= 0 && count > 0) {
    size_t each = H5Tget_size(type);
    char *values = calloc((size_t)count, each);
    for (hssize_t i = 0; values && i < count; i++) memcpy(values + (size_t)i * each, value, each);
    H5Dwrite(id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    free(values);
  }
  if (id >= 0 && next(in) % 2) put_attribute(id, in);
  if (id >= 0) H5Dclose(id);
  H5Sclose(space);
  H5Tclose(type);
}

/* Makes a group with its parents; existing ones stay. */
static hid_t group_of(hid_t root, const char *path) {
  hid_t links = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(links, 1);
  hid_t id = H5Gcreate2(root, path, links, H5P_DEFAULT, H5P_DEFAULT);
  H5Pclose(links);
  return id >= 0 ? id : H5Gopen2(root, path, H5P_DEFAULT);
}

static void forge(const char *path, input *in) {
  hid_t root = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  assert(root >= 0);
  while (in->at < in->end) {
    unsigned what = next(in);
    hid_t at = what & 1 ? group_of(root, PICK(groups, in)) : H5Gopen2(root, "/", H5P_DEFAULT);
    if (at < 0) continue;
    if (what & 2) put_dataset(at, in);
    if (what & 4) put_attribute(at, in);
    H5Gclose(at);
  }
  H5Fclose(root);
}

/* The file is read, or refused with an error that names it. */
static void must(nt_status status, const nt_error *err, const char *path) {
  if (status != NT_OK) assert(strstr(err->text, path));
}

static void read_runs(const char *path) {
  nt_error err = {.status = NT_OK};
  nt_run_record run;
  nt_status status = nt_run_file_read(path, &run, &err);
  must(status, &err, path);
  if (status == NT_OK) nt_run_record_done(&run);
  int failed;
  char reason[256];
  must(nt_run_file_read_outcome(path, "aaaa", &failed, reason, sizeof reason, &err), &err, path);
  must(nt_data_file_check(path, "00000000000000000000000000000000", &err), &err, path);
  nt_table table;
  status = nt_table_read(path, &table, &err);
  must(status, &err, path);
  if (status == NT_OK) nt_table_done(&table);
  nt_run_arrays arrays;
  status = nt_result_run(path, "aaaa", &arrays, &err);
  must(status, &err, path);
  if (status == NT_OK) nt_run_arrays_done(&arrays);
  nt_attack_rows rows;
  status = nt_result_attacks(path, &rows, &err);
  must(status, &err, path);
  if (status == NT_OK) nt_attack_rows_done(&rows);
  nt_result_size sizes;
  must(nt_result_sizes(path, &sizes, &err), &err, path);
  nt_scores_file scores;
  status = nt_scores_read(path, &scores, &err);
  must(status, &err, path);
  if (status == NT_OK) nt_scores_done(&scores);
}

/* Reads the file's one run with everything that belongs to it, whichever kind of file it is. */
static void read_scored(const char *path, const char *key) {
  nt_error err = {.status = NT_OK};
  nt_scored_run run;
  nt_status status = nt_scored_run_read(path, key, &run, &err);
  must(status, &err, path);
  if (status != NT_OK) return;
  for (size_t i = 0; run.attack && i < run.count; i++) assert(run.attack[i] <= run.attacks);
  assert(!nt_scored_run_fact(&run, "no such fact"));
  nt_scored_run_done(&run);
}

static void read_others(const char *path) {
  nt_error err = {.status = NT_OK};
  nt_extracted *extracted = nt_extracted_open(path, &err);
  size_t got = 1, width = extracted ? nt_extracted_width(extracted) : 0;
  double *row = malloc((width + 1) * sizeof *row), time;
  while (extracted && got && nt_extracted_read(extracted, row, &time, 1, &got, &err) == NT_OK)
    continue;
  free(row);
  nt_extracted_close(extracted);
  must(err.status, &err, path);
  nt_feature_map map = {0};
  err.status = NT_OK;
  must(nt_store_read_map(path, &map, &err), &err, path);
  nt_feature_map_done(&map);
  read_scored(path, NULL);
  read_scored(path, "aaaa");
}

static void gather(const char *path, const char *to) {
  nt_error err = {.status = NT_OK};
  const char *const paths[] = {path};
  size_t rows;
  const nt_result_sources sources = {.count = 1, .paths = paths};
  nt_status status = nt_result_write(to, &sources, NULL, 0, NULL, 0, &rows, &err);
  must(status, &err, path);
  if (status != NT_OK) return;
  nt_table table;
  assert(nt_table_read(to, &table, &err) == NT_OK && table.rows == rows);
  nt_table_done(&table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char folder[] = "/dev/shm/ninetails-fuzz-XXXXXX", path[64], to[64];
  nt_error err;
  if (size > 4096) return 0;
  assert(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/forged", folder);
  snprintf(to, sizeof to, "%s/gathered", folder);
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  input in = {data, data + size};
  forge(path, &in);
  assert(nt_seal_file(path, NULL, &err) == NT_OK);
  read_runs(path);
  read_others(path);
  gather(path, to);
  unlink(path);
  unlink(to);
  rmdir(folder);
  return 0;
}
