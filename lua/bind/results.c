/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.results: run files and result files (core/store/run/result_file.h).
 *
 *     local results = require "ninetails.results"
 *     local rows = results.write("results/all.h5", {"a.h5", "b.h5"}, {notes = {{"name", "all"}}})
 *     local all = results.read "results/all.h5"
 *     for _, column in ipairs(all.columns) do print(column.name, column.unit, column.values[1]) end
 *     local run = results.run("results/all.h5", all.columns[1].values[1])
 *     print(run.first, run.count, run.scores[1], run.roc.fpr[2], run.roc.tpr[2])
 *     print(run.times[1], run.grace_times[1])      of the scored packets, and of those before them
 *     for _, a in ipairs(results.attacks "results/all.h5") do print(a.run, a.attack, a.auc) end
 *     print(results.sizes("results/all.h5").stored)
 *     print(results.is_output "scores.h5")     whether `extract` or `score` wrote it
 *     print(results.kind "x.h5")               "features", "scores" (outputs of those), "result" (any other
 *                                          HDF5 file); nil: something else
 *     local scoring = results.scoring "scores.h5"     what `score` wrote: {notes =, attacks = as above}
 *     print(#results.map("results/all.h5", KEY).sizes)     a run's feature map (run_fields.h), or nil
 *     print(results.is_measure "auc")      whether a metric is built in
 *     print(results.measure_name "tpr_at_fpr_1e-3")    "tpr_at_fpr_1em3": the name today of one
 *                                          that older files and scripts call so; others as they are
 *
 * write's options: keys, a list of those to take; notes; name and command_line, for the provenance
 * (version, commit, host, ...) that every file is given besides.
 *
 * read(path) gives {rows = n, columns = {...}, notes = {name = text}}; a column is {name =, unit =,
 * long_name =, role =, better = "higher" | "lower" | nil, type = "text" | "integer" | "number",
 * values = {n values}, missing = the number that stands for "no value" in a column of integers,
 * where some run has none}.
 */
#include <lauxlib.h>
#include <string.h>

#include "ground/cancel.h"
#include "store/output/extracted.h"
#include "store/output/store.h"
#include "store/run/result_file.h"
#include "fields.h"
#include "modules.h"
#include "run_fields.h"
#include "provenance.h"

/* ---------------------------------------------------------------- write */

/* The string at the top of the stack, which a table keeps alive; popped. */
static const char *pop_text(lua_State *L, const char *what) {
  size_t length = 0;
  if (lua_type(L, -1) != LUA_TSTRING)
    luaL_error(L, "results: %s: got a %s, expected a string", what, luaL_typename(L, -1));
  const char *text = lua_tolstring(L, -1, &length);
  if (strlen(text) != length) luaL_error(L, "results: %s: has a zero byte", what);
  lua_pop(L, 1);
  return text;
}

/* The strings of the list at index, in memory that Lua owns; one value is pushed. */
static const char **push_texts(lua_State *L, int index, const char *what, size_t *count) {
  index = lua_absindex(L, index);
  luaL_argexpected(L, lua_istable(L, index), index, "table");
  *count = (size_t)lua_rawlen(L, index);
  const char **texts = lua_newuserdatauv(L, (*count + 1) * sizeof *texts, 0);
  for (size_t i = 0; i < *count; i++) {
    lua_rawgeti(L, index, (lua_Integer)i + 1);
    texts[i] = pop_text(L, what);
  }
  return texts;
}

/* The pairs {name, text} of the list at index, with room for provenance; one value is pushed. */
static nt_note *push_notes(lua_State *L, int index, size_t *count) {
  *count = lua_istable(L, index) ? (size_t)lua_rawlen(L, index) : 0;
  nt_note *notes = lua_newuserdatauv(L, (*count + NT_PROVENANCE_NOTES) * sizeof *notes, 0);
  for (size_t i = 0; i < *count; i++) {
    if (lua_rawgeti(L, index, (lua_Integer)i + 1) != LUA_TTABLE)
      luaL_error(L, "results: note %d: got a %s, expected a pair {name, text}", (int)i + 1,
                 luaL_typename(L, -1));
    lua_rawgeti(L, -1, 1);
    notes[i].name = pop_text(L, "a note's name");
    lua_rawgeti(L, -1, 2);
    notes[i].text = pop_text(L, notes[i].name);
    lua_pop(L, 1);
  }
  return notes;
}

/* Pushes options[name], a table or nil. */
static int push_option(lua_State *L, const char *name) {
  int type = lua_getfield(L, 3, name);
  if (type != LUA_TTABLE && type != LUA_TNIL)
    luaL_error(L, "results: %s: got a %s, expected a table", name, luaL_typename(L, -1));
  return type == LUA_TTABLE;
}

/* Adds what is not among the notes already: what program writes this file, where and when. */
static size_t add_provenance(nt_note *notes, size_t count, const nt_provenance *p) {
  size_t own = count;
  for (size_t i = 0; i < p->count; i++) {
    size_t k = 0;
    while (k < own && strcmp(notes[k].name, p->note[i].name) != 0) k++;
    if (k == own) notes[count++] = p->note[i];
  }
  return count;
}

static int write_result(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  if (lua_isnoneornil(L, 3)) {
    lua_settop(L, 2);
    lua_newtable(L);
  }
  luaL_checktype(L, 3, LUA_TTABLE);
  lua_settop(L, 3);
  nt_result_sources sources = {.cancel = &nt_cancelled};
  sources.paths = push_texts(L, 2, "a source's path", &sources.count);
  size_t keys = 0, notes, rows = 0;
  const char **key = NULL;
  if (push_option(L, "keys")) key = push_texts(L, -1, "a key", &keys);
  push_option(L, "notes");
  nt_note *note = push_notes(L, lua_gettop(L), &notes);
  nt_provenance made_by;
  lua_pushvalue(L, 3);
  provenance_read(L, &made_by, 1);
  notes = add_provenance(note, notes, &made_by);
  nt_error err;
  nt_status status = nt_result_write(path, &sources, key, keys, note, notes, &rows, &err);
  nt_provenance_done(&made_by);
  if (status != NT_OK) return modules_raise(L, &err);
  lua_pushinteger(L, (lua_Integer)rows);
  return 1;
}

/* ---------------------------------------------------------------- read */

static int table_gc(lua_State *L) {
  nt_table_done(luaL_checkudata(L, 1, "ninetails.results.table"));
  return 0;
}

static void push_values(lua_State *L, const nt_column *c, size_t rows) {
  lua_createtable(L, (int)rows, 0);
  for (size_t i = 0; i < rows; i++) {
    if (c->type == NT_CELL_TEXT)
      lua_pushstring(L, c->text[i]);
    else if (c->type == NT_CELL_INTEGER)
      lua_pushinteger(L, c->integer[i]);
    else
      lua_pushnumber(L, c->number[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static void push_column(lua_State *L, const nt_column *c, size_t rows) {
  static const char *const types[] = {
      [NT_CELL_TEXT] = "text", [NT_CELL_INTEGER] = "integer", [NT_CELL_NUMBER] = "number"};
  lua_createtable(L, 0, 8);
  set_text(L, "name", c->name);
  set_text(L, "unit", c->unit);
  set_text(L, "long_name", c->long_name);
  set_text(L, "role", nt_cell_role_name(c->role));
  set_text(L, "type", types[c->type]);
  set_text(L, "better", nt_measure_better_name(c->better));
  push_values(L, c, rows);
  lua_setfield(L, -2, "values");
  if (!c->missing) return;
  set_integer(L, "missing", c->fill);
}

static int read_table(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  nt_table *table = lua_newuserdatauv(L, sizeof *table, 0);
  *table = (nt_table){0};
  luaL_setmetatable(L, "ninetails.results.table");
  nt_error err;
  if (nt_table_read(path, table, &err) != NT_OK) return modules_raise(L, &err);
  lua_createtable(L, 0, 3);
  set_integer(L, "rows", table->rows);
  lua_createtable(L, (int)table->columns, 0);
  for (size_t i = 0; i < table->columns; i++) {
    push_column(L, &table->column[i], table->rows);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "columns");
  lua_createtable(L, 0, (int)table->notes);
  for (size_t i = 0; i < table->notes; i++) set_text(L, table->note[i].name, table->note[i].text);
  lua_setfield(L, -2, "notes");
  nt_table_done(table); /* now, not when the collector comes */
  return 1;
}

/* ---------------------------------------------------------------- run */

static int arrays_gc(lua_State *L) {
  nt_scores_done(luaL_checkudata(L, 1, "ninetails.results.arrays"));
  return 0;
}

static void set_numbers(lua_State *L, const char *name, const double *values, size_t count) {
  if (!values) return;
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_pushnumber(L, values[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, name);
}

static void set_curve(lua_State *L, const char *name, const nt_curve *curve, const char *x,
                      const char *y) {
  if (curve->count == 0) return;
  lua_createtable(L, 0, 4);
  set_numbers(L, x, curve->x, curve->count);
  set_numbers(L, y, curve->y, curve->count);
  set_numbers(L, "threshold", curve->threshold, curve->count);
  set_number(L, "deviation", curve->deviation);
  lua_setfield(L, -2, name);
}

/* What a run left, or what `score` wrote, which is one run whatever its key; one value is pushed. */
static nt_scores_file *push_arrays(lua_State *L) {
  const char *path = luaL_checkstring(L, 1), *key = luaL_checkstring(L, 2);
  nt_scores_file *file = lua_newuserdatauv(L, sizeof *file, 0);
  *file = (nt_scores_file){0};
  luaL_setmetatable(L, "ninetails.results.arrays");
  nt_error err;
  nt_status status = nt_store_is_output(path) ? nt_scores_read(path, file, &err)
                                              : nt_result_run(path, key, &file->arrays, &err);
  if (status != NT_OK) modules_raise(L, &err);
  return file;
}

static int map(lua_State *L) {
  nt_scores_file *file = push_arrays(L);
  if (!file->arrays.map.autoencoders) return 0;
  lua_createtable(L, 0, 3);
  set_map(L, &file->arrays.map);
  nt_scores_done(file);
  return 1;
}

static int run(lua_State *L) {
  nt_scores_file *file = push_arrays(L);
  nt_run_arrays *arrays = &file->arrays;
  nt_error err;
  if (arrays->labels && arrays->count && !arrays->roc.count && make_curves(arrays, &err) != NT_OK)
    return modules_raise(L, &err);
  lua_createtable(L, 0, 7);
  set_integer(L, "first", arrays->first);
  set_integer(L, "count", arrays->count);
  set_numbers(L, "scores", arrays->scores, arrays->count);
  set_numbers(L, "times", arrays->times, arrays->count);
  set_numbers(L, "grace_times", arrays->grace_times, (size_t)arrays->first);
  if (arrays->labels) {
    lua_pushlstring(L, (const char *)arrays->labels, arrays->count);
    lua_setfield(L, -2, "labels");
  }
  set_curve(L, "roc", &arrays->roc, "fpr", "tpr");
  set_curve(L, "precision_recall", &arrays->precision_recall, "recall", "precision");
  nt_scores_done(file); /* now, not when the collector comes */
  return 1;
}

/* ---------------------------------------------------------------- attacks */

static int attack_rows_gc(lua_State *L) {
  nt_attack_rows_done(luaL_checkudata(L, 1, "ninetails.results.attacks"));
  return 0;
}

static void push_attack(lua_State *L, const nt_attack_row *row) {
  lua_createtable(L, 0, 6);
  set_text(L, "run", row->run);
  set_attack(L, row->attack, &row->measured);
}

/* A list of {run =, attack =, packets =, auc =, average_precision =, tpr_at_fpr_1em3 =}. */
static int attacks(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  nt_attack_rows *rows = lua_newuserdatauv(L, sizeof *rows, 0);
  *rows = (nt_attack_rows){0};
  luaL_setmetatable(L, "ninetails.results.attacks");
  nt_error err;
  if (nt_result_attacks(path, rows, &err) != NT_OK) return modules_raise(L, &err);
  lua_createtable(L, (int)rows->count, 0);
  for (size_t i = 0; i < rows->count; i++) {
    push_attack(L, &rows->row[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  nt_attack_rows_done(rows);
  return 1;
}

/* ---------------------------------------------------------------- scoring */

static int scoring(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  nt_scores_file *file = lua_newuserdatauv(L, sizeof *file, 0);
  *file = (nt_scores_file){0};
  luaL_setmetatable(L, "ninetails.results.arrays");
  nt_error err;
  if (nt_scores_read(path, file, &err) != NT_OK) return modules_raise(L, &err);
  lua_createtable(L, 0, 2);
  lua_createtable(L, 0, (int)file->notes);
  for (size_t i = 0; i < file->notes; i++) set_text(L, file->note[i].name, file->note[i].text);
  lua_setfield(L, -2, "notes");
  lua_createtable(L, (int)file->attacks.count, 0);
  for (size_t i = 0; i < file->attacks.count; i++) {
    push_attack(L, &file->attacks.row[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "attacks");
  nt_scores_done(file);
  return 1;
}

/* ---------------------------------------------------------------- sizes */

static int sizes(lua_State *L) {
  nt_error err;
  nt_result_size size;
  if (nt_result_sizes(luaL_checkstring(L, 1), &size, &err) != NT_OK) return modules_raise(L, &err);
  const struct {
    const char *name;
    uint64_t value;
  } fields[] = {
      {"file", size.file}, {"scores", size.scores}, {"stored", size.stored}, {"runs", size.runs}};
  lua_createtable(L, 0, 4);
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    lua_pushinteger(L, (lua_Integer)fields[i].value);
    lua_setfield(L, -2, fields[i].name);
  }
  return 1;
}

/* ---------------------------------------------------------------- is_output */

static int is_output(lua_State *L) {
  lua_pushboolean(L, nt_store_is_output(luaL_checkstring(L, 1)));
  return 1;
}

static int kind(lua_State *L) {
  static const char *const names[] = {[NT_OUTPUT_NONE] = "result",
                                      [NT_OUTPUT_FEATURES] = "features",
                                      [NT_OUTPUT_SCORES] = "scores"};
  const char *path = luaL_checkstring(L, 1);
  if (!nt_extracted_is(path)) return 0;
  lua_pushstring(L, names[nt_store_is_output(path)]);
  return 1;
}

/* ---------------------------------------------------------------- names */

static int is_measure(lua_State *L) {
  lua_pushboolean(L, nt_measure_find(luaL_checkstring(L, 1)) < nt_measure_count);
  return 1;
}

static int measure_name(lua_State *L) {
  lua_pushstring(L, nt_measure_name(luaL_checkstring(L, 1)));
  return 1;
}

int luaopen_ninetails_results(lua_State *L) {
  static const luaL_Reg functions[] = {{"write", write_result},
                                       {"read", read_table},
                                       {"run", run},
                                       {"map", map},
                                       {"scoring", scoring},
                                       {"attacks", attacks},
                                       {"sizes", sizes},
                                       {"is_output", is_output},
                                       {"kind", kind},
                                       {"is_measure", is_measure},
                                       {"measure_name", measure_name},
                                       {NULL, NULL}};
  luaL_newmetatable(L, "ninetails.results.table");
  lua_pushcfunction(L, table_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newmetatable(L, "ninetails.results.attacks");
  lua_pushcfunction(L, attack_rows_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newmetatable(L, "ninetails.results.arrays");
  lua_pushcfunction(L, arrays_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newlib(L, functions);
  return 1;
}
