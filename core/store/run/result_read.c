/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading result files: the table, the arrays of one run, sizes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ground/cancel.h"
#include "store/h5/get.h"
#include "store/output/attacks_group.h"
#include "store/output/store.h"
#include "cells.h"
#include "result_file.h"
#include "run_group.h"
#include "table.h"

/* Bytes up to which the whole file is checked before anything is read: a moment. */
#define MOST_CHECKED ((uint64_t)256 << 20)

/* kind: what the file says that it is. */
typedef nt_status opened(hid_t file, const char *kind, void *to, nt_error *err);

/* Opens a file of ours and hands it on. Errors of what is in it name it. */
static nt_status with_file(const char *path, opened *read, void *to, nt_error *err) {
  nt_error own;
  if (!err) err = &own;
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  char *kind;
  hid_t file = nt_h5_open_checked(path, MOST_CHECKED, &errors, &kind, err);
  nt_status status = file < 0 ? err->status : NT_OK;
  if (status == NT_OK) {
    status = read(file, kind, to, err);
    if (status != NT_OK) nt_fail_in(err, "%s", path);
    H5Fclose(file);
    free(kind);
  }
  nt_h5_errors_end(&errors);
  return status;
}

/* result: 1 of a result file, 0 of a run's own. */
typedef nt_status reader(hid_t file, int result, void *to, const char *key, nt_error *err);
typedef struct request {
  reader *read;
  void *to;
  const char *key;
} request;

static nt_status read_runs(hid_t file, const char *kind, void *to, nt_error *err) {
  const request *r = to;
  int result = strcmp(kind, "result") == 0;
  if (!result && strcmp(kind, "run") != 0)
    return nt_fail(err, NT_E_INPUT, "is not a result file of ninetails, nor a run's");
  return r->read(file, result, r->to, r->key, err);
}

static nt_status with_runs(const char *path, reader *read, void *to, const char *key,
                           nt_error *err) {
  request r = {read, to, key};
  return with_file(path, read_runs, &r, err);
}

/* ---------------------------------------------------------------- the table */

static nt_status table_of_run(hid_t file, nt_table *table, nt_error *err) {
  nt_row row = {.key = nt_h5_get_text(file, "run")};
  nt_status status = row.key ? NT_OK : nt_fail(err, NT_E_MEMORY, "out of memory");
  if (status == NT_OK) status = nt_get_cells(file, &row.cell, &row.cells, err);
  if (status == NT_OK) status = nt_table_make(&row, 1, table, err);
  nt_row_done(&row);
  return status;
}

static nt_status read_table(hid_t file, int result, void *to, const char *key, nt_error *err) {
  (void)key;
  nt_table *table = to;
  nt_status status = result ? nt_table_get(file, table, err) : table_of_run(file, table, err);
  if (status != NT_OK || (!result && !nt_h5_has(file, "provenance"))) return status;
  hid_t group = H5Gopen2(file, result ? "." : "provenance", H5P_DEFAULT);
  status = group < 0 ? nt_fail(err, NT_E_INPUT, "provenance: expected a group")
                     : nt_get_notes(group, &table->note, &table->notes, err);
  if (group >= 0) H5Gclose(group);
  if (status != NT_OK) nt_table_done(table);
  return status;
}

nt_status nt_table_read(const char *path, nt_table *table, nt_error *err) {
  *table = (nt_table){0};
  return with_runs(path, read_table, table, NULL, err);
}

/* ---------------------------------------------------------------- one run */

static nt_status read_curve(hid_t run, const char *name, const char *x, const char *y,
                            nt_curve *curve, nt_error *err) {
  if (!nt_h5_has(run, name)) return NT_OK;
  hid_t group = H5Gopen2(run, name, H5P_DEFAULT);
  if (group < 0) return nt_fail(err, NT_E_INPUT, "%s: expected a group", name);
  size_t count = SIZE_MAX;
  hid_t type = H5T_NATIVE_DOUBLE;
  nt_status status = nt_h5_read(group, x, type, sizeof(double), 0, &count, &curve->x, err);
  if (status == NT_OK)
    status = nt_h5_read(group, y, type, sizeof(double), 0, &count, &curve->y, err);
  if (status == NT_OK)
    status =
        nt_h5_read(group, "threshold", type, sizeof(double), 0, &count, &curve->threshold, err);
  if (status == NT_OK) curve->count = count;
  hdf5_value deviation = {.number = NAN};
  if (H5Aexists(group, "deviation") > 0) nt_h5_get(group, "deviation", &deviation, NULL);
  curve->deviation = deviation.number;
  free(deviation.text);
  H5Gclose(group);
  return status;
}

static nt_status read_times(hid_t group, nt_run_arrays *a, nt_error *err) {
  size_t before = (size_t)a->first;
  if (!nt_h5_has(group, "timestamps")) return NT_OK;
  nt_status status = nt_h5_read(group, "timestamps", H5T_NATIVE_DOUBLE, sizeof *a->times, a->first,
                                &a->count, &a->times, err);
  return status == NT_OK && before ? nt_h5_read(group, "timestamps", H5T_NATIVE_DOUBLE,
                                                sizeof *a->times, 0, &before, &a->grace_times, err)
                                   : status;
}

/* Times and labels of the scored packets, where the file has the run's data. */
static nt_status read_data(hid_t file, const char *name, nt_run_arrays *a, nt_error *err) {
  hid_t data = nt_h5_has(file, "data") ? H5Gopen2(file, "data", H5P_DEFAULT) : -1;
  hid_t group = data >= 0 && nt_name_is_fine(name) && nt_h5_has(data, name)
                    ? H5Gopen2(data, name, H5P_DEFAULT)
                    : -1;
  nt_status status = group >= 0 ? read_times(group, a, err) : NT_OK;
  if (status == NT_OK && group >= 0 && nt_h5_has(group, "labels"))
    status = nt_h5_read(group, "labels", H5T_NATIVE_UINT8, sizeof *a->labels, a->first, &a->count,
                        &a->labels, err);
  if (status != NT_OK) nt_fail_in(err, "data/%s", name);
  if (group >= 0) H5Gclose(group);
  if (data >= 0) H5Gclose(data);
  return status;
}

static nt_status read_scores(hid_t file, hid_t run, nt_run_arrays *a, nt_error *err) {
  if (!nt_h5_has(run, "scores")) return NT_OK;
  size_t count = SIZE_MAX;
  nt_status status =
      nt_h5_read(run, "scores", H5T_NATIVE_DOUBLE, sizeof *a->scores, 0, &count, &a->scores, err);
  if (status != NT_OK) return status;
  a->count = count;
  hid_t id = H5Dopen2(run, "scores", H5P_DEFAULT);
  hdf5_value first;
  status = nt_h5_get(id, "first", &first, err);
  if (status == NT_OK && (first.kind != HDF5_INTEGER || first.integer < 0))
    status = nt_fail(err, NT_E_INPUT, "scores: first: expected the number of a packet");
  a->first = (uint64_t)first.integer;
  free(first.text);
  char *name = nt_h5_get_text(id, "data");
  if (!name) status = nt_fail(err, NT_E_MEMORY, "out of memory");
  if (status == NT_OK) status = read_data(file, name, a, err);
  free(name);
  H5Dclose(id);
  return status;
}

static nt_status read_map(hid_t run, nt_feature_map *map, nt_error *err) {
  if (!nt_h5_has(run, "map/sizes") || !nt_h5_has(run, "map/features")) return NT_OK;
  _Static_assert(sizeof(size_t) == sizeof(uint64_t), "a map's arrays are read as they stand");
  size_t sizes = SIZE_MAX, total = SIZE_MAX;
  nt_status status = nt_h5_read(run, "map/sizes", H5T_NATIVE_UINT64, sizeof *map->sizes, 0, &sizes,
                                &map->sizes, err);
  if (status == NT_OK)
    status = nt_h5_read(run, "map/features", H5T_NATIVE_UINT64, sizeof *map->features, 0, &total,
                        &map->features, err);
  if (status == NT_OK && nt_h5_has(run, "map/distances")) {
    size_t joins = SIZE_MAX;
    status = nt_h5_read(run, "map/distances", H5T_NATIVE_DOUBLE, sizeof *map->distances, 0, &joins,
                        &map->distances, err);
    if (status == NT_OK && joins + 1 != total)
      status =
          nt_fail(err, NT_E_INPUT, "map/distances: %zu values, expected %zu between %zu features",
                  joins, total ? total - 1 : 0, total);
  }
  if (status != NT_OK) return status;
  map->autoencoders = sizes;
  map->total = total;
  status = sizes ? nt_feature_map_check(map, SIZE_MAX, err) : NT_OK;
  return status == NT_OK ? NT_OK : nt_fail_in(err, "map");
}

/* The group of this key, or -1: the run left nothing. */
static nt_status find_run(hid_t file, int result, const char *key, hid_t *run, nt_error *err) {
  *run = -1;
  hdf5_names keys = {0};
  int found = 0;
  if (!result) {
    char *own = nt_h5_get_text(file, "run");
    found = own && strcmp(own, key) == 0;
    free(own);
    if (found) *run = H5Gopen2(file, ".", H5P_DEFAULT);
  } else if (nt_name_is_fine(key) && nt_h5_has(file, "run")) {
    hid_t runs = H5Gopen2(file, "run", H5P_DEFAULT);
    found = runs >= 0 && nt_h5_has(runs, key);
    if (found) *run = H5Gopen2(runs, key, H5P_DEFAULT);
    if (runs >= 0) H5Gclose(runs);
  }
  if (found) return *run < 0 ? nt_fail(err, NT_E_INPUT, "run/%s: expected a group", key) : NT_OK;
  hid_t id = result && nt_h5_has(file, "runs/run") ? H5Dopen2(file, "runs/run", H5P_DEFAULT) : -1;
  if (id >= 0) nt_h5_read_texts(id, &keys, NULL);
  if (id >= 0) H5Dclose(id);
  for (size_t i = 0; i < keys.count; i++) found |= strcmp(keys.name[i], key) == 0;
  nt_h5_names_done(&keys);
  return found ? NT_OK : nt_fail(err, NT_E_ARGUMENT, "has no run %.200s", key);
}

static nt_status read_run(hid_t file, int result, void *to, const char *key, nt_error *err) {
  nt_run_arrays *a = to;
  hid_t run;
  nt_status status = find_run(file, result, key, &run, err);
  if (status != NT_OK || run < 0) return status;
  status = read_scores(file, run, a, err);
  if (status == NT_OK) status = read_curve(run, "roc", "fpr", "tpr", &a->roc, err);
  if (status == NT_OK)
    status = read_curve(run, "precision_recall", "recall", "precision", &a->precision_recall, err);
  if (status == NT_OK) status = read_map(run, &a->map, err);
  if (status != NT_OK) nt_fail_in(err, "run %s", key);
  H5Gclose(run);
  return status;
}

nt_status nt_result_run(const char *path, const char *key, nt_run_arrays *arrays, nt_error *err) {
  *arrays = (nt_run_arrays){.roc.deviation = NAN, .precision_recall.deviation = NAN};
  nt_status status = with_runs(path, read_run, arrays, key, err);
  if (status != NT_OK) nt_run_arrays_done(arrays);
  return status;
}

void nt_run_arrays_done(nt_run_arrays *arrays) {
  free(arrays->scores);
  free(arrays->times);
  free(arrays->grace_times);
  free(arrays->labels);
  nt_curve_done(&arrays->roc);
  nt_curve_done(&arrays->precision_recall);
  nt_feature_map_done(&arrays->map);
  *arrays = (nt_run_arrays){0};
}

/* ---------------------------------------------------------------- attacks */

static nt_status add_attacks(hid_t run, const char *key, nt_attack_rows *rows, nt_error *err) {
  char **names;
  nt_attack_measured *measured;
  size_t count;
  nt_status status = nt_get_attacks(run, &names, &measured, &count, err);
  if (status != NT_OK || count == 0) return status;
  nt_attack_row *grown = realloc(rows->row, (rows->count + count) * sizeof *grown);
  if (!grown) status = nt_fail(err, NT_E_MEMORY, "out of memory for %zu attacks", count);
  if (grown) rows->row = grown;
  for (size_t i = 0; status == NT_OK && i < count; i++) {
    nt_attack_row *row = &rows->row[rows->count++];
    *row = (nt_attack_row){strdup(key), strdup(names[i]), measured[i]};
    if (!row->run || !row->attack) status = nt_fail(err, NT_E_MEMORY, "out of memory");
  }
  nt_attacks_free(names, measured, count);
  return status;
}

/* The keys of a result file's runs, or of a run's own file its key. */
static nt_status run_keys(hid_t file, int result, hdf5_names *keys, nt_error *err) {
  if (result) {
    hid_t id = nt_h5_has(file, "runs/run") ? H5Dopen2(file, "runs/run", H5P_DEFAULT) : -1;
    if (id < 0) return NT_OK; /* a table without rows */
    nt_status status = nt_h5_read_texts(id, keys, err);
    H5Dclose(id);
    return status;
  }
  keys->name = calloc(1, sizeof *keys->name);
  if (keys->name) keys->name[0] = nt_h5_get_text(file, "run");
  keys->count = keys->name && keys->name[0];
  return keys->count ? NT_OK : nt_fail(err, NT_E_MEMORY, "out of memory");
}

static nt_status read_attacks(hid_t file, int result, void *to, const char *key, nt_error *err) {
  (void)key;
  nt_attack_rows *rows = to;
  hdf5_names keys = {0};
  nt_status status = run_keys(file, result, &keys, err);
  for (size_t i = 0; status == NT_OK && i < keys.count; i++) {
    hid_t run;
    if ((status = nt_cancel_look(err)) != NT_OK) break;
    status = find_run(file, result, keys.name[i], &run, err);
    if (status != NT_OK || run < 0) continue;
    status = add_attacks(run, keys.name[i], rows, err);
    if (status != NT_OK) nt_fail_in(err, "run %s", keys.name[i]);
    H5Gclose(run);
  }
  nt_h5_names_done(&keys);
  return status;
}

nt_status nt_result_attacks(const char *path, nt_attack_rows *rows, nt_error *err) {
  *rows = (nt_attack_rows){0};
  nt_status status = with_runs(path, read_attacks, rows, NULL, err);
  if (status != NT_OK) nt_attack_rows_done(rows);
  return status;
}

void nt_attack_rows_done(nt_attack_rows *rows) {
  for (size_t i = 0; i < rows->count; i++) {
    free(rows->row[i].run);
    free(rows->row[i].attack);
  }
  free(rows->row);
  *rows = (nt_attack_rows){0};
}

/* ---------------------------------------------------------------- the output of `score` */

/* Scores, times and labels from packet `first` on. */
static nt_status read_scored(hid_t file, nt_run_arrays *a, nt_error *err) {
  hdf5_value scored;
  nt_status status = nt_h5_get(file, "packets_scored", &scored, err);
  size_t count = SIZE_MAX;
  free(scored.text);
  if (status == NT_OK && (scored.kind != HDF5_INTEGER || scored.integer < 0))
    status = nt_fail(err, NT_E_INPUT, "packets_scored: expected a number of packets");
  if (status == NT_OK)
    status = nt_h5_read(file, "scores", H5T_NATIVE_DOUBLE, sizeof *a->scores, 0, &count, &a->scores,
                        err);
  if (status != NT_OK) return status;
  if ((uint64_t)scored.integer > count)
    return nt_fail(err, NT_E_INPUT, "packets_scored: %lld, and there are %zu scores",
                   (long long)scored.integer, count);
  a->count = (size_t)scored.integer;
  a->first = count - a->count;
  memmove(a->scores, a->scores + a->first, a->count * sizeof *a->scores);
  status = read_times(file, a, err);
  if (status == NT_OK && nt_h5_has(file, "labels"))
    status = nt_h5_read(file, "labels", H5T_NATIVE_UINT8, sizeof *a->labels, a->first, &a->count,
                        &a->labels, err);
  return status;
}

static nt_status read_scoring(hid_t file, const char *kind, void *to, nt_error *err) {
  (void)kind;
  nt_scores_file *scores = to;
  char *title = nt_h5_get_text(file, "title");
  nt_status status = NT_OK;
  if (!title || strcmp(title, NT_TITLE_SCORES) != 0)
    status = nt_fail(err, NT_E_INPUT, "has no scores: expected what `ninetails score -o` writes");
  free(title);
  if (status == NT_OK) status = nt_get_notes(file, &scores->note, &scores->notes, err);
  if (status == NT_OK) status = read_scored(file, &scores->arrays, err);
  if (status == NT_OK) status = read_map(file, &scores->arrays.map, err);
  return status == NT_OK ? add_attacks(file, "", &scores->attacks, err) : status;
}

nt_status nt_scores_read(const char *path, nt_scores_file *scores, nt_error *err) {
  *scores = (nt_scores_file){.arrays = {.roc.deviation = NAN, .precision_recall.deviation = NAN}};
  nt_status status = with_file(path, read_scoring, scores, err);
  if (status != NT_OK) nt_scores_done(scores);
  return status;
}

void nt_scores_done(nt_scores_file *scores) {
  nt_run_arrays_done(&scores->arrays);
  nt_attack_rows_done(&scores->attacks);
  nt_notes_free(scores->note, scores->notes);
  *scores = (nt_scores_file){0};
}

/* ---------------------------------------------------------------- sizes */

static void add_scores(hid_t run, nt_result_size *size) {
  hsize_t length = 0;
  hid_t id = nt_h5_has(run, "scores") ? H5Dopen2(run, "scores", H5P_DEFAULT) : -1;
  if (id < 0) return;
  if (nt_h5_dataset_kind(id, &length) == HDF5_NUMBER) {
    size->scores += length * sizeof(double);
    size->stored += H5Dget_storage_size(id);
  }
  H5Dclose(id);
}

static nt_status read_sizes(hid_t file, int result, void *to, const char *key, nt_error *err) {
  (void)key;
  nt_result_size *size = to;
  hdf5_names names = {0};
  size->runs = 1;
  if (!result) add_scores(file, size);
  if (!result) return NT_OK;
  hsize_t rows = 0;
  hid_t id = nt_h5_has(file, "runs/run") ? H5Dopen2(file, "runs/run", H5P_DEFAULT) : -1;
  if (id < 0) return nt_fail(err, NT_E_INPUT, "has no table of runs");
  nt_h5_dataset_kind(id, &rows);
  size->runs = rows;
  H5Dclose(id);
  hid_t runs = nt_h5_has(file, "run") ? H5Gopen2(file, "run", H5P_DEFAULT) : -1;
  nt_status status =
      runs < 0 ? nt_fail(err, NT_E_INPUT, "has no group /run") : nt_h5_links(runs, &names, err);
  for (size_t i = 0; status == NT_OK && i < names.count; i++) {
    hid_t run = nt_h5_has(runs, names.name[i]) ? H5Gopen2(runs, names.name[i], H5P_DEFAULT) : -1;
    if (run < 0) continue;
    add_scores(run, size);
    H5Gclose(run);
  }
  nt_h5_names_done(&names);
  if (runs >= 0) H5Gclose(runs);
  return status;
}

nt_status nt_result_sizes(const char *path, nt_result_size *size, nt_error *err) {
  struct stat st;
  *size = (nt_result_size){0};
  nt_status status = with_runs(path, read_sizes, size, NULL, err);
  if (status == NT_OK && stat(path, &st) == 0) size->file = (uint64_t)st.st_size;
  return status;
}
