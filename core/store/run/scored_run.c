/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scored_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/h5/get.h"
#include "cells.h"
#include "result_file.h"
#include "run_group.h"

/* ---------------------------------------------------------------- facts */

static nt_status add_fact(nt_scored_run *r, const char *name, const char *text, nt_error *err) {
  nt_note *grown = realloc(r->fact, (r->facts + 1) * sizeof *grown);
  if (grown) {
    r->fact = grown;
    r->fact[r->facts++] = (nt_note){strdup(name), strdup(text)};
  }
  if (!grown || !r->fact[r->facts - 1].name || !r->fact[r->facts - 1].text)
    return nt_fail(err, NT_E_MEMORY, "out of memory");
  return NT_OK;
}

static nt_status add_cell(nt_scored_run *r, const nt_column *c, size_t row, nt_error *err) {
  char text[64];
  if (c->type == NT_CELL_TEXT) return add_fact(r, c->name, c->text[row], err);
  if (c->type == NT_CELL_INTEGER && c->missing && c->integer[row] == c->fill) return NT_OK;
  if (c->type == NT_CELL_INTEGER)
    snprintf(text, sizeof text, "%lld", (long long)c->integer[row]);
  else
    snprintf(text, sizeof text, "%.17g", c->number[row]);
  return add_fact(r, c->name, text, err);
}

/* The cells of the run's row. */
static nt_status add_cells(nt_scored_run *r, const char *path, const char *key, nt_error *err) {
  nt_table table;
  nt_status status = nt_table_read(path, &table, err);
  if (status != NT_OK) return status;
  for (size_t row = 0; row < table.rows; row++) {
    if (strcmp(table.column[0].text[row], key) != 0) continue;
    for (size_t c = 0; status == NT_OK && c < table.columns; c++)
      status = add_cell(r, &table.column[c], row, err);
    break;
  }
  nt_table_done(&table);
  return status;
}

static nt_status add_notes(nt_scored_run *r, hid_t group, nt_error *err) {
  nt_note *notes;
  size_t count;
  nt_status status = nt_get_notes(group, &notes, &count, err);
  if (status != NT_OK) return status;
  for (size_t i = 0; status == NT_OK && i < count; i++)
    status = add_fact(r, notes[i].name, notes[i].text, err);
  nt_notes_free(notes, count);
  return status;
}

const char *nt_scored_run_fact(const nt_scored_run *r, const char *name) {
  for (size_t i = 0; i < r->facts; i++)
    if (strcmp(r->fact[i].name, name) == 0) return r->fact[i].text;
  return NULL;
}

/* ---------------------------------------------------------------- attacks */

/* Which attack each packet is of, from `first` on, where the group has names. */
static nt_status read_attacks(hid_t group, nt_scored_run *r, nt_error *err) {
  if (!nt_h5_has(group, "attack") || !nt_h5_has(group, "attack_name")) return NT_OK;
  hid_t id = H5Dopen2(group, "attack_name", H5P_DEFAULT);
  hdf5_names names = {0};
  nt_status status =
      id < 0 ? nt_fail(err, NT_E_INPUT, "expected texts") : nt_h5_read_texts(id, &names, err);
  if (id >= 0) H5Dclose(id);
  r->attacks = names.count;
  r->attack_name = names.name; /* theirs now */
  if (status == NT_OK)
    status = nt_h5_read(group, "attack", H5T_NATIVE_UINT16, sizeof *r->attack, r->first, &r->count,
                        &r->attack, err);
  for (size_t i = 0; status == NT_OK && i < r->count; i++)
    if (r->attack[i] > r->attacks)
      status = nt_fail(err, NT_E_INPUT, "packet %llu is of attack %u, and there are %zu",
                       (unsigned long long)r->first + i, r->attack[i], r->attacks);
  return status == NT_OK ? NT_OK : nt_fail_in(err, "attack");
}

/* The run's group of data, whose name its scores have; its provenance. */
static nt_status read_group(hid_t file, const char *key, nt_scored_run *r, nt_error *err) {
  hid_t runs = nt_h5_has(file, "run") ? H5Gopen2(file, "run", H5P_DEFAULT) : -1;
  hid_t run = runs >= 0 && nt_h5_has(runs, key) ? H5Gopen2(runs, key, H5P_DEFAULT) : -1;
  hid_t all = nt_h5_has(file, "data") ? H5Gopen2(file, "data", H5P_DEFAULT) : -1;
  hid_t made =
      run >= 0 && nt_h5_has(run, "provenance") ? H5Gopen2(run, "provenance", H5P_DEFAULT) : -1;
  nt_status status = made >= 0 ? add_notes(r, made, err) : NT_OK;
  hid_t scores = run >= 0 && nt_h5_has(run, "scores") ? H5Dopen2(run, "scores", H5P_DEFAULT) : -1;
  char *name = scores >= 0 ? nt_h5_get_text(scores, "data") : NULL;
  hid_t data = name && all >= 0 && nt_name_is_fine(name) && nt_h5_has(all, name)
                   ? H5Gopen2(all, name, H5P_DEFAULT)
                   : -1;
  if (status == NT_OK && data >= 0) status = add_notes(r, data, err);
  if (status == NT_OK && data >= 0) status = read_attacks(data, r, err);
  free(name);
  if (data >= 0) H5Gclose(data);
  if (scores >= 0) H5Dclose(scores);
  if (made >= 0) H5Gclose(made);
  if (all >= 0) H5Gclose(all);
  if (run >= 0) H5Gclose(run);
  if (runs >= 0) H5Gclose(runs);
  return status;
}

/* ---------------------------------------------------------------- the whole */

/* A run's own file has neither group: its cells are all that it says. */
static nt_status read_rest(const char *path, const char *key, nt_scored_run *r, nt_error *err) {
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  char *kind = NULL;
  hid_t file = nt_h5_open_checked(path, 0, &errors, &kind, err);
  nt_status status = file < 0 ? err->status : NT_OK;
  if (status == NT_OK) {
    status = key ? read_group(file, key, r, err) : read_attacks(file, r, err);
    if (status != NT_OK) nt_fail_in(err, "%s", path);
    H5Fclose(file);
  }
  free(kind);
  nt_h5_errors_end(&errors);
  return status;
}

/* Takes the arrays over. */
static nt_status take(nt_scored_run *r, nt_run_arrays *a, const char *path, const char *key,
                      nt_error *err) {
  r->first = a->first;
  r->count = a->count;
  r->scores = a->scores;
  r->labels = a->labels;
  r->map = a->map;
  a->scores = NULL;
  a->labels = NULL;
  a->map = (nt_feature_map){0};
  if (r->count) return NT_OK;
  return nt_fail(err, NT_E_INPUT, "%s: %s%s has no scores: it failed, or they were not kept", path,
                 key ? "run " : "the file", key ? key : "");
}

static nt_status read_scoring(const char *path, nt_scored_run *r, nt_error *err) {
  nt_scores_file file;
  nt_status status = nt_scores_read(path, &file, err);
  if (status != NT_OK) return status;
  status = take(r, &file.arrays, path, NULL, err);
  r->fact = file.note;
  r->facts = file.notes;
  file.note = NULL;
  file.notes = 0;
  nt_scores_done(&file);
  return status;
}

static nt_status read_run(const char *path, const char *key, nt_scored_run *r, nt_error *err) {
  nt_run_arrays arrays;
  nt_status status = nt_result_run(path, key, &arrays, err);
  if (status != NT_OK) return status;
  status = take(r, &arrays, path, key, err);
  nt_run_arrays_done(&arrays);
  return status == NT_OK ? add_cells(r, path, key, err) : status;
}

nt_status nt_scored_run_read(const char *path, const char *key, nt_scored_run *run, nt_error *err) {
  nt_error own;
  if (!err) err = &own;
  *run = (nt_scored_run){0};
  nt_status status = key ? read_run(path, key, run, err) : read_scoring(path, run, err);
  if (status == NT_OK) status = read_rest(path, key, run, err);
  if (status != NT_OK) nt_scored_run_done(run);
  return status;
}

void nt_scored_run_done(nt_scored_run *r) {
  free(r->scores);
  free(r->labels);
  free(r->attack);
  for (size_t i = 0; i < r->attacks; i++) free(r->attack_name[i]);
  free(r->attack_name);
  nt_feature_map_done(&r->map);
  nt_notes_free(r->fact, r->facts);
  *r = (nt_scored_run){0};
}
