/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/file/seal.h"
#include "store/h5/get.h"
#include "store/h5/put.h"
#include "cells.h"
#include "run_group.h"

/* ---------------------------------------------------------------- runs */

/* Attribute of the root of a data file. */
#define DATA_KEY "key"

typedef struct run_writer {
  const nt_run_record *record;
  const char *data;
  nt_cell *cells; /* without the key */
  size_t count;
  hdf5_packed scores;
  int compression;
} run_writer;

static nt_status fill_run(hid_t file, hdf5_errors *errors, void *context, nt_error *err) {
  const run_writer *w = context;
  if (nt_h5_put_text(file, HDF5_KIND, "run") < 0 ||
      nt_h5_put_text(file, "run", w->record->key) < 0 ||
      nt_put_cells(file, w->cells, w->count) < 0 ||
      nt_put_run(file, w->record, &w->scores, w->data, w->compression) < 0)
    return nt_h5_fail(errors, err, "cannot be written");
  return NT_OK;
}

/* The cells but "run", which the key is; and the name of its data. */
static nt_status choose_cells(run_writer *w, nt_error *err) {
  const nt_run_record *r = w->record;
  w->cells = calloc(r->cells + 1, sizeof *w->cells);
  if (!w->cells) return nt_fail(err, NT_E_MEMORY, "out of memory");
  w->data = r->data;
  for (size_t i = 0; i < r->cells; i++) {
    const nt_cell *cell = &r->cell[i];
    int text = cell->type == NT_CELL_TEXT && cell->text;
    if (strcmp(cell->name, "run") == 0) {
      if (text && strcmp(cell->text, r->key) == 0) continue;
      return nt_fail(err, NT_E_ARGUMENT, "column run is the run's key, nothing else");
    }
    if (!w->data && text && strcmp(cell->name, "dataset") == 0) w->data = cell->text;
    w->cells[w->count++] = *cell;
  }
  if (!w->data) w->data = "";
  return nt_cells_check(w->cells, w->count, err);
}

nt_status nt_run_file_write_among(const char *path, const nt_run_record *record, int compression,
                                  pthread_mutex_t *lock, nt_error *err) {
  run_writer writer = {.record = record, .compression = compression};
  nt_status status = NT_OK;
  if (!nt_name_is_fine(record->key))
    status =
        nt_fail(err, NT_E_ARGUMENT, "key \"%.200s\": expected letters and digits", record->key);
  else if (compression < 0 || compression > 9)
    status = nt_fail(err, NT_E_ARGUMENT, "compression %d, expected 0 to 9", compression);
  else
    status = choose_cells(&writer, err);
  if (status == NT_OK && nt_h5_pack(&writer.scores, record->scores, record->count, compression) < 0)
    status = nt_fail(err, NT_E_MEMORY, "out of memory for %zu scores", record->count);
  if (status != NT_OK)
    nt_fail_in(err, "%s", path);
  else
    status = nt_h5_write_file(path, fill_run, &writer, lock, err);
  nt_h5_packed_done(&writer.scores);
  free(writer.cells);
  return status;
}

nt_status nt_run_file_write(const char *path, const nt_run_record *record, int compression,
                            nt_error *err) {
  return nt_run_file_write_among(path, record, compression, NULL, err);
}

static nt_status read_provenance(hid_t file, nt_run_record *record, nt_error *err) {
  if (!nt_h5_has(file, "provenance")) return NT_OK;
  nt_note *notes = NULL;
  hid_t group = H5Gopen2(file, "provenance", H5P_DEFAULT);
  nt_status status = group < 0 ? nt_fail(err, NT_E_INPUT, "provenance: expected a group")
                               : nt_get_notes(group, &notes, &record->notes, err);
  record->note = notes;
  if (group >= 0) H5Gclose(group);
  return status;
}

/* What is read of a run's file: NT_E_INPUT for another kind of file; errors name the path. */
static nt_status read_file(const char *path,
                           nt_status (*read)(hid_t file, void *into, nt_error *err), void *into,
                           nt_error *err) {
  nt_error own;
  if (!err) err = &own;
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  char *kind = NULL;
  hid_t file = nt_h5_open_checked(path, UINT64_MAX, &errors, &kind, err);
  nt_status status = file < 0 ? err->status : NT_OK;
  if (status == NT_OK) {
    status = strcmp(kind, "run") == 0
                 ? read(file, into, err)
                 : nt_fail(err, NT_E_INPUT, "is not the file of one run of ninetails");
    if (status != NT_OK) nt_fail_in(err, "%s", path);
    H5Fclose(file);
  }
  free(kind);
  nt_h5_errors_end(&errors);
  return status;
}

static nt_status read_record(hid_t file, void *into, nt_error *err) {
  nt_run_record *record = into;
  nt_cell *cells = NULL;
  char *key = nt_h5_get_text(file, "run");
  record->key = key;
  if (!key) return nt_fail(err, NT_E_MEMORY, "out of memory");
  if (!nt_name_is_fine(key))
    return nt_fail(err, NT_E_INPUT, "is not the file of one run of ninetails");
  nt_status status = nt_get_cells(file, &cells, &record->cells, err);
  record->cell = cells;
  return status == NT_OK ? read_provenance(file, record, err) : status;
}

nt_status nt_run_file_read(const char *path, nt_run_record *record, nt_error *err) {
  *record = (nt_run_record){0};
  nt_status status = read_file(path, read_record, record, err);
  if (status != NT_OK) nt_run_record_done(record);
  return status;
}

typedef struct outcome {
  const char *key;
  int *failed;
  char *reason;
  size_t size; /* of reason */
} outcome;

static nt_status read_outcome(hid_t file, void *into, nt_error *err) {
  const outcome *o = into;
  char *found = nt_h5_get_text(file, "run"), *status = nt_h5_get_text(file, "status");
  char *why = nt_h5_get_text(file, "reason");
  nt_status result = NT_OK;
  if (!found || !status || !why)
    result = nt_fail(err, NT_E_MEMORY, "out of memory");
  else if (strcmp(found, o->key) != 0)
    result = nt_fail(err, NT_E_INPUT, "is of run %.100s: expected %s", found, o->key);
  else if (strcmp(status, "done") != 0 && strcmp(status, "failed") != 0)
    result = nt_fail(err, NT_E_INPUT, "status %.100s: expected done or failed", status);
  if (result == NT_OK) {
    *o->failed = strcmp(status, "failed") == 0;
    snprintf(o->reason, o->size, "%s", why);
  }
  free(found);
  free(status);
  free(why);
  return result;
}

nt_status nt_run_file_read_outcome(const char *path, const char *key, int *failed, char *reason,
                                   size_t size, nt_error *err) {
  outcome o = {key, failed, reason, size};
  return read_file(path, read_outcome, &o, err);
}

void nt_run_record_done(nt_run_record *record) {
  free((char *)record->key);
  nt_cells_free(record->cell, record->cells);
  nt_notes_free(record->note, record->notes);
  *record = (nt_run_record){0};
}

/* ---------------------------------------------------------------- data */

typedef struct data_writer {
  const nt_data_record *record;
  int compression;
} data_writer;

static nt_status fill_data(hid_t file, hdf5_errors *errors, void *context, nt_error *err) {
  const data_writer *w = context;
  hid_t data = nt_h5_group(file, "data");
  hid_t group = data < 0 ? -1 : nt_h5_group(data, w->record->name);
  int bad = group < 0 || nt_h5_put_text(file, HDF5_KIND, "data") < 0 ||
            (w->record->key && nt_h5_put_text(file, DATA_KEY, w->record->key) < 0) ||
            nt_put_data(group, w->record, w->compression) < 0;
  if (group >= 0) H5Gclose(group);
  if (data >= 0) H5Gclose(data);
  return bad ? nt_h5_fail(errors, err, "cannot be written") : NT_OK;
}

nt_status nt_data_file_write(const char *path, const nt_data_record *record, int compression,
                             nt_error *err) {
  data_writer writer = {record, compression};
  nt_status status = NT_OK;
  if (!nt_name_is_fine(record->name))
    status =
        nt_fail(err, NT_E_ARGUMENT,
                "data set \"%.200s\": expected letters, digits, '_', '.' and '-'", record->name);
  else if (compression < 0 || compression > 9)
    status = nt_fail(err, NT_E_ARGUMENT, "compression %d, expected 0 to 9", compression);
  else
    status = nt_cells_check(record->cell, record->cells, err);
  if (status == NT_OK) return nt_h5_write_file(path, fill_data, &writer, NULL, err);
  nt_fail_in(err, "%s", path);
  return status;
}

nt_status nt_data_file_check(const char *path, const char *key, nt_error *err) {
  nt_error own;
  if (!err) err = &own;
  int sealed = 0;
  nt_status status = nt_seal_check(path, &sealed, NULL, err);
  if (status != NT_OK) return status;
  if (!sealed) return nt_fail(err, NT_E_INPUT, "%s: has no seal", path);
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  char *kind = NULL, *found = NULL;
  hid_t file = nt_h5_open_checked(path, 0, &errors, &kind, err);
  if (file < 0) {
    status = err->status;
  } else {
    found = nt_h5_get_text(file, DATA_KEY);
    if (strcmp(kind, "data") != 0 || !found || strcmp(found, key) != 0)
      status = nt_fail(err, NT_E_INPUT, "%s: is not the data file of key %s", path, key);
    H5Fclose(file);
  }
  free(found);
  free(kind);
  nt_h5_errors_end(&errors);
  return status;
}
