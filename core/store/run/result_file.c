/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathering runs into a result file. */
#include "result_file.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ground/flag.h"
#include "ground/temporary.h"
#include "store/h5/get.h"
#include "store/h5/put.h"
#include "cells.h"
#include "run_group.h"
#include "table.h"

/* A key, in a tree of tsearch(3). */
typedef struct slot {
  const char *key; /* must be first: slots are compared by it */
  size_t place;    /* in the list of keys, or SIZE_MAX: not asked for yet */
  nt_row row;
  int there;
} slot;

typedef struct gather {
  const nt_result_sources *sources;
  const char *const *keys;
  size_t key_count;
  const nt_note *notes;
  size_t note_count;
  void *tree;
  slot **order; /* of rows, in the order of keys or of appearance */
  size_t count, room, written;
  hid_t run, data; /* groups of the result */
} gather;

static int compare_slots(const void *a, const void *b) {
  return strcmp(((const slot *)a)->key, ((const slot *)b)->key);
}

/* Adds a key behind the others, or finds it. */
static slot *find_slot(gather *g, const char *key, int add, nt_error *err) {
  const slot wanted = {.key = key};
  slot **found = tfind(&wanted, &g->tree, compare_slots);
  if (found || !add) return found ? *found : NULL;
  if (g->count == g->room) {
    size_t room = g->room ? 2 * g->room : 256;
    slot **order = realloc(g->order, room * sizeof *order);
    if (order) g->order = order;
    if (order) g->room = room;
  }
  slot *made = g->count < g->room ? calloc(1, sizeof *made) : NULL;
  if (made) made->key = strdup(key);
  if (!made || !made->key || !tsearch(made, &g->tree, compare_slots)) {
    if (made) free((char *)made->key);
    free(made);
    nt_fail(err, NT_E_MEMORY, "out of memory");
    return NULL;
  }
  g->order[g->count++] = made;
  return made;
}

static void keep(void *node) {
  (void)node; /* slots are freed through the order */
}

static void gather_done(gather *g) {
  tdestroy(g->tree, keep);
  for (size_t i = 0; i < g->count; i++) {
    nt_row_done(&g->order[i]->row);
    free((char *)g->order[i]->key);
    free(g->order[i]);
  }
  free(g->order);
}

/* ---------------------------------------------------------------- sources */

static nt_status look(const gather *g, nt_error *err) {
  return nt_flag_get(g->sources->cancel) ? nt_fail(err, NT_E_STATE, "interrupted") : NT_OK;
}

/* Where the run of this key is to be put; *into NULL: it is not asked for, or there already. */
static nt_status place_for(gather *g, const char *key, slot **into, nt_error *err) {
  *into = find_slot(g, key, g->keys == NULL, err);
  if (!*into) return g->keys ? NT_OK : NT_E_MEMORY;
  if ((*into)->there) *into = NULL;
  return NT_OK;
}

static nt_status copy_run(gather *g, hid_t from, const char *key, const hdf5_errors *errors,
                          nt_error *err) {
  if (!nt_has_run(from)) return NT_OK;
  hid_t group = nt_h5_group(g->run, key);
  int bad = group < 0 || nt_copy_run(from, group) < 0;
  if (group >= 0) H5Gclose(group);
  if (!bad) return NT_OK;
  nt_status status = nt_h5_damaged(errors, err);
  nt_fail_in(err, "run %s", key);
  return status;
}

static nt_status copy_data(gather *g, hid_t file, const hdf5_errors *errors, nt_error *err) {
  if (!nt_h5_has(file, "data")) return NT_OK;
  hdf5_names names = {0};
  hid_t from = H5Gopen2(file, "data", H5P_DEFAULT);
  nt_status status = from < 0 ? nt_fail(err, NT_E_INPUT, "data: expected a group")
                              : nt_h5_links(from, &names, err);
  for (size_t i = 0; status == NT_OK && i < names.count; i++) {
    const char *name = names.name[i];
    if (nt_h5_has(g->data, name)) continue;
    hid_t a =
        nt_h5_has(from, name) && nt_name_is_fine(name) ? H5Gopen2(from, name, H5P_DEFAULT) : -1;
    hid_t b = a < 0 ? -1 : nt_h5_group(g->data, name);
    if (b < 0 || nt_copy_data(a, b) < 0) {
      status = nt_h5_damaged(errors, err);
      nt_fail_in(err, "data/%s", name);
    }
    if (b >= 0) H5Gclose(b);
    if (a >= 0) H5Gclose(a);
  }
  nt_h5_names_done(&names);
  if (from >= 0) H5Gclose(from);
  return status;
}

static nt_status check_key(const char *key, const char *expected, nt_error *err) {
  if (!key) return nt_fail(err, NT_E_MEMORY, "out of memory");
  if (!nt_name_is_fine(key)) return nt_fail(err, NT_E_INPUT, "has no key");
  if (!expected || strcmp(key, expected) == 0) return NT_OK;
  return nt_fail(err, NT_E_INPUT, "is of run %s: expected %s", key, expected);
}

static nt_status add_run(gather *g, hid_t file, const char *expected, const hdf5_errors *errors,
                         nt_error *err) {
  slot *into = NULL;
  char *key = nt_h5_get_text(file, "run");
  nt_status status = check_key(key, expected, err);
  if (status == NT_OK) status = place_for(g, key, &into, err);
  if (status == NT_OK && into) {
    into->row.key = key;
    key = NULL;
    status = nt_get_cells(file, &into->row.cell, &into->row.cells, err);
    if (status == NT_OK) status = copy_run(g, file, into->key, errors, err);
    into->there = status == NT_OK;
  }
  free(key);
  return status;
}

static nt_status add_result_run(gather *g, hid_t runs, const nt_table *table, size_t i,
                                const hdf5_errors *errors, nt_error *err) {
  slot *into = NULL;
  const char *key = table->column[0].text[i];
  nt_status status = place_for(g, key, &into, err);
  if (status != NT_OK || !into) return status;
  status = nt_table_row(table, i, &into->row, err);
  if (status == NT_OK && runs >= 0 && nt_h5_has(runs, key)) {
    hid_t from = H5Gopen2(runs, key, H5P_DEFAULT);
    status = from < 0 ? nt_fail(err, NT_E_INPUT, "run/%s: expected a group", key)
                      : copy_run(g, from, key, errors, err);
    if (from >= 0) H5Gclose(from);
  }
  into->there = status == NT_OK;
  return status;
}

static nt_status add_result(gather *g, hid_t file, const hdf5_errors *errors, nt_error *err) {
  nt_table table;
  nt_status status = nt_table_get(file, &table, err);
  if (status != NT_OK) return status;
  hid_t runs = nt_h5_has(file, "run") ? H5Gopen2(file, "run", H5P_DEFAULT) : -1;
  for (size_t i = 0; status == NT_OK && i < table.rows; i++)
    if ((status = look(g, err)) == NT_OK) status = add_result_run(g, runs, &table, i, errors, err);
  if (runs >= 0) H5Gclose(runs);
  nt_table_done(&table);
  return status;
}

static nt_status add_source(gather *g, size_t i, const hdf5_errors *errors, nt_error *err) {
  const char *path = g->sources->paths[i];
  char *kind;
  if (look(g, err) != NT_OK) return NT_E_STATE;
  hid_t file = nt_h5_open_checked(path, UINT64_MAX, errors, &kind, err);
  if (file < 0) return err->status;
  nt_status status = NT_OK;
  if (strcmp(kind, "run") == 0)
    status = add_run(g, file, g->sources->keys ? g->sources->keys[i] : NULL, errors, err);
  else if (strcmp(kind, "result") == 0)
    status = add_result(g, file, errors, err);
  else if (strcmp(kind, "data") != 0)
    status = nt_fail(err, NT_E_INPUT, "is not a run, data or result file of ninetails");
  if (status == NT_OK && strcmp(kind, "run") != 0) status = copy_data(g, file, errors, err);
  if (status != NT_OK) nt_fail_in(err, "%s", path);
  H5Fclose(file);
  free(kind);
  return status;
}

/* ---------------------------------------------------------------- the result */

static nt_status put_table(gather *g, hid_t runs, const hdf5_errors *errors, nt_error *err) {
  nt_row *rows = calloc(g->count + 1, sizeof *rows);
  if (!rows) return nt_fail(err, NT_E_MEMORY, "out of memory");
  for (size_t i = 0; i < g->count; i++)
    if (g->order[i]->there) rows[g->written++] = g->order[i]->row;
  nt_table table;
  nt_status status = nt_table_make(rows, g->written, &table, err);
  free(rows); /* they are the slots' */
  if (status != NT_OK) return status;
  if ((status = look(g, err)) == NT_OK && nt_table_put(runs, &table, g->sources->cancel) < 0 &&
      (status = look(g, err)) == NT_OK)
    status = nt_h5_fail(errors, err, "runs: cannot be written");
  nt_table_done(&table);
  return status;
}

static int has_failed(const nt_row *row) {
  for (size_t i = 0; i < row->cells; i++)
    if (strcmp(row->cell[i].name, "status") == 0 && row->cell[i].type == NT_CELL_TEXT)
      return strcmp(row->cell[i].text, "failed") == 0;
  return 0;
}

/* When it was gathered, and what became of the runs. */
static int put_outcome(const gather *g, hid_t file) {
  size_t failed = 0;
  for (size_t i = 0; i < g->count; i++)
    failed += g->order[i]->there && has_failed(&g->order[i]->row);
  char now[32];
  const time_t seconds = time(NULL);
  struct tm utc;
  strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &utc));
  if (nt_h5_put_text(file, "end", now) < 0 ||
      nt_h5_put_integer(file, "runs_done", (int64_t)(g->written - failed)) < 0 ||
      nt_h5_put_integer(file, "runs_failed", (int64_t)failed) < 0 ||
      nt_h5_put_integer(file, "runs_missing", (int64_t)(g->count - g->written)) < 0)
    return -1;
  return 0;
}

static nt_status fill_result(hid_t file, hdf5_errors *errors, void *context, nt_error *err) {
  gather *g = context;
  hid_t runs = nt_h5_group(file, "runs");
  g->run = nt_h5_group(file, "run");
  g->data = nt_h5_group(file, "data");
  nt_status status = NT_OK;
  if (runs < 0 || g->run < 0 || g->data < 0 || nt_h5_put_text(file, HDF5_KIND, "result") < 0 ||
      nt_put_notes(file, g->notes, g->note_count) < 0)
    status = nt_h5_fail(errors, err, "notes cannot be written");
  for (size_t i = 0; status == NT_OK && i < g->key_count; i++)
    if (!find_slot(g, g->keys[i], 1, err)) status = NT_E_MEMORY;
  for (size_t i = 0; status == NT_OK && i < g->sources->count; i++)
    status = add_source(g, i, errors, err);
  if (status == NT_OK) status = put_table(g, runs, errors, err);
  if (status == NT_OK && put_outcome(g, file) < 0)
    status = nt_h5_fail(errors, err, "notes cannot be written");
  if (status == NT_OK) status = look(g, err); /* a file that appears was not interrupted */
  if (g->data >= 0) H5Gclose(g->data);
  if (g->run >= 0) H5Gclose(g->run);
  if (runs >= 0) H5Gclose(runs);
  return status;
}

nt_status nt_result_write(const char *path, const nt_result_sources *sources,
                          const char *const *keys, size_t key_count, const nt_note *notes,
                          size_t note_count, size_t *runs, nt_error *err) {
  nt_error own;
  gather g = {.sources = sources,
              .keys = keys,
              .key_count = keys ? key_count : 0,
              .notes = notes,
              .note_count = note_count};
  nt_temporary_sweep_of(path);
  nt_status status = nt_h5_write_file(path, fill_result, &g, NULL, err ? err : &own);
  if (runs) *runs = status == NT_OK ? g.written : 0;
  gather_done(&g);
  return status;
}
