/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of runs in HDF5: one dataset a column, over the axis `run`. */
#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>

#include "ground/flag.h"
#include "store/h5/get.h"
#include "store/h5/put.h"
#include "cells.h"
#include "table.h"

#define COMPRESSION 4
#define MOST_COLUMNS 100000

/* ---------------------------------------------------------------- putting */

static int put_column(hid_t group, const nt_column *c, size_t rows, hid_t run) {
  hid_t text = nt_h5_text_type();
  int bad = c->type == NT_CELL_TEXT
                ? nt_h5_put_values(group, c->name, text, text, rows, c->text, -1)
            : c->type == NT_CELL_INTEGER
                ? nt_h5_put_values(group, c->name, H5T_STD_I64LE, H5T_NATIVE_INT64, rows,
                                   c->integer, COMPRESSION)
                : nt_h5_put_values(group, c->name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, rows,
                                   c->number, COMPRESSION);
  H5Tclose(text);
  hid_t id = bad < 0 ? -1 : H5Dopen2(group, c->name, H5P_DEFAULT);
  const char *better = nt_measure_better_name(c->better);
  bad = id < 0 || nt_h5_put_text(id, "long_name", c->long_name) < 0 ||
        (better && nt_h5_put_text(id, "better", better) < 0) ||
        (c->unit[0] && nt_h5_put_text(id, "units", c->unit) < 0) ||
        nt_h5_put_text(id, "role", nt_cell_role_name(c->role)) < 0 ||
        (c->missing && nt_h5_put_integer(id, "_FillValue", c->fill) < 0) ||
        (run < 0 ? H5DSset_scale(id, c->name) < 0 : H5DSattach_scale(id, run, 0) < 0);
  if (id >= 0) H5Dclose(id);
  return bad ? -1 : 0;
}

int nt_table_put(hid_t group, const nt_table *table, const volatile sig_atomic_t *cancel) {
  if (put_column(group, &table->column[0], table->rows, -1) < 0) return -1;
  hid_t run = H5Dopen2(group, table->column[0].name, H5P_DEFAULT);
  int bad = run < 0;
  for (size_t k = 1; !bad && k < table->columns; k++)
    bad = nt_flag_get(cancel) || put_column(group, &table->column[k], table->rows, run) < 0;
  if (run >= 0) H5Dclose(run);
  return bad ? -1 : 0;
}

/* ---------------------------------------------------------------- getting */

static nt_status get_values(hid_t group, hid_t dataset, nt_column *c, size_t rows, nt_error *err) {
  hdf5_names texts;
  size_t count = rows;
  nt_status status;
  switch (c->type) {
  case NT_CELL_TEXT:
    status = nt_h5_read_texts(dataset, &texts, err);
    if (status == NT_OK && texts.count != rows) {
      nt_h5_names_done(&texts);
      status = nt_fail(err, NT_E_INPUT, "texts are missing");
    }
    if (status == NT_OK) c->text = texts.name;
    return status;
  case NT_CELL_INTEGER:
    return nt_h5_read(group, c->name, H5T_NATIVE_INT64, sizeof *c->integer, 0, &count, &c->integer,
                      err);
  default:
    return nt_h5_read(group, c->name, H5T_NATIVE_DOUBLE, sizeof *c->number, 0, &count, &c->number,
                      err);
  }
}

static nt_status describe(hid_t dataset, nt_column *c, nt_error *err) {
  char *role = nt_h5_get_text(dataset, "role");
  c->unit = nt_h5_get_text(dataset, "units");
  c->long_name = nt_h5_get_text(dataset, "long_name");
  char *better = nt_h5_get_text(dataset, "better");
  int better_known = better != NULL;
  if (role) c->role = nt_cell_role_of(role);
  c->better = nt_measure_better_of(better ? better : "");
  free(better);
  free(role);
  hdf5_value fill = {0};
  if (c->type == NT_CELL_INTEGER && H5Aexists(dataset, "_FillValue") > 0 &&
      nt_h5_get(dataset, "_FillValue", &fill, NULL) == NT_OK && fill.kind == HDF5_INTEGER) {
    c->missing = 1;
    c->fill = fill.integer;
  }
  free(fill.text);
  return role && better_known && c->unit && c->long_name
             ? NT_OK
             : nt_fail(err, NT_E_MEMORY, "out of memory");
}

/* Gives the latest column, that of a measure by its former name, today's. */
static nt_status rename_column(nt_table *table, nt_error *err) {
  nt_column *c = &table->column[table->columns - 1];
  if (nt_measure_find(c->name) == nt_measure_count) return NT_OK;
  const char *today = nt_measure_name(c->name);
  for (size_t i = 0; i + 1 < table->columns; i++)
    if (strcmp(table->column[i].name, today) == 0)
      return nt_fail(err, NT_E_INPUT, "is %s, which is there already", today);
  if (strcmp(today, c->name) == 0) return NT_OK;
  char *name = strdup(today);
  if (!name) return nt_fail(err, NT_E_MEMORY, "out of memory");
  free(c->name);
  c->name = name;
  return NT_OK;
}

static nt_status get_column(hid_t group, const char *name, nt_table *table, nt_error *err) {
  nt_column *c = &table->column[table->columns++];
  hsize_t length = 0;
  *c = (nt_column){.name = strdup(name), .fill = -1};
  if (!c->name) return nt_fail(err, NT_E_MEMORY, "out of memory");
  hid_t id = nt_h5_has(group, name) ? H5Dopen2(group, name, H5P_DEFAULT) : -1;
  if (id < 0) return nt_fail(err, NT_E_INPUT, "expected a dataset");
  hdf5_kind kind = nt_h5_dataset_kind(id, &length);
  if (table->columns == 1) table->rows = length;
  nt_status status = NT_OK;
  if (kind == HDF5_NONE || length != table->rows)
    status = nt_fail(err, NT_E_INPUT, "expected numbers or texts, one a run");
  else if (!nt_name_is_fine(name) || (table->columns > 1 && strcmp(name, "run") == 0))
    status = nt_fail(err, NT_E_INPUT, "is not the name of a column");
  c->type = kind == HDF5_TEXT      ? NT_CELL_TEXT
            : kind == HDF5_INTEGER ? NT_CELL_INTEGER
                                   : NT_CELL_NUMBER;
  if (status == NT_OK) status = describe(id, c, err);
  if (status == NT_OK) status = get_values(group, id, c, table->rows, err);
  if (status == NT_OK) status = rename_column(table, err);
  H5Dclose(id);
  return status;
}

static nt_status check_keys(const nt_table *table, nt_error *err) {
  if (table->column[0].type != NT_CELL_TEXT)
    return nt_fail(err, NT_E_INPUT, "runs/run: expected texts");
  for (size_t i = 0; i < table->rows; i++)
    if (!nt_name_is_fine(table->column[0].text[i]))
      return nt_fail(err, NT_E_INPUT, "runs/run: entry %zu is not a key", i);
  return NT_OK;
}

nt_status nt_table_get(hid_t file, nt_table *table, nt_error *err) {
  hdf5_names names = {0};
  *table = (nt_table){0};
  hid_t group = nt_h5_has(file, "runs") ? H5Gopen2(file, "runs", H5P_DEFAULT) : -1;
  if (group < 0) return nt_fail(err, NT_E_INPUT, "has no group /runs");
  nt_status status = nt_h5_links(group, &names, err);
  if (status == NT_OK && names.count > MOST_COLUMNS)
    status =
        nt_fail(err, NT_E_INPUT, "%zu columns, expected at most %d", names.count, MOST_COLUMNS);
  if (status == NT_OK && !(table->column = calloc(names.count + 1, sizeof *table->column)))
    status = nt_fail(err, NT_E_MEMORY, "out of memory");
  if (status == NT_OK) status = get_column(group, "run", table, err);
  const char *at = "run";
  for (size_t i = 0; status == NT_OK && i < names.count; i++) {
    at = names.name[i];
    if (strcmp(at, "run") != 0) status = get_column(group, at, table, err);
  }
  if (status != NT_OK) nt_fail_in(err, "runs/%s", at);
  if (status == NT_OK) status = check_keys(table, err);
  nt_h5_names_done(&names);
  H5Gclose(group);
  if (status != NT_OK) nt_table_done(table);
  return status;
}
