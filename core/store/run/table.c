/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cells.h"

void nt_row_done(nt_row *row) {
  free(row->key);
  nt_cells_free(row->cell, row->cells);
  *row = (nt_row){0};
}

static void column_done(nt_column *c, size_t rows) {
  for (size_t i = 0; c->text && i < rows; i++) free(c->text[i]);
  free(c->text);
  free(c->integer);
  free(c->number);
  free(c->name);
  free(c->unit);
  free(c->long_name);
}

void nt_table_done(nt_table *table) {
  for (size_t i = 0; i < table->columns; i++) column_done(&table->column[i], table->rows);
  free(table->column);
  nt_notes_free(table->note, table->notes);
  *table = (nt_table){0};
}

/* ---------------------------------------------------------------- columns */

/* The column of this name; `hint` is where it probably is. table->columns: there is none. */
static size_t find_column(const nt_table *table, const char *name, size_t hint) {
  if (hint < table->columns && strcmp(table->column[hint].name, name) == 0) return hint;
  for (size_t i = 0; i < table->columns; i++)
    if (strcmp(table->column[i].name, name) == 0) return i;
  return table->columns;
}

/* What holds values of both types. */
static nt_cell_type wider(nt_cell_type a, nt_cell_type b) {
  if (a == NT_CELL_TEXT || b == NT_CELL_TEXT) return NT_CELL_TEXT;
  return a == NT_CELL_NUMBER || b == NT_CELL_NUMBER ? NT_CELL_NUMBER : NT_CELL_INTEGER;
}

static nt_status add_column(nt_table *table, size_t *room, const nt_cell *cell, nt_error *err) {
  if (table->columns == *room) {
    size_t more = *room ? 2 * *room : 64;
    nt_column *grown = realloc(table->column, more * sizeof *grown);
    if (!grown) return nt_fail(err, NT_E_MEMORY, "out of memory");
    table->column = grown;
    *room = more;
  }
  nt_column *c = &table->column[table->columns++];
  *c = (nt_column){.name = strdup(cell->name),
                   .unit = strdup(cell->unit),
                   .long_name = strdup(cell->long_name),
                   .role = cell->role,
                   .better = cell->better,
                   .type = wider(cell->type, NT_CELL_INTEGER)};
  if (c->name && c->unit && c->long_name) return NT_OK;
  return nt_fail(err, NT_E_MEMORY, "out of memory");
}

static nt_status collect_columns(const nt_row *rows, size_t count, nt_table *table, nt_error *err) {
  static const nt_cell run = {.name = "run",
                              .unit = "",
                              .long_name = "key of the run",
                              .role = NT_ROLE_IDENTITY,
                              .type = NT_CELL_TEXT};
  size_t room = 0;
  nt_status status = add_column(table, &room, &run, err);
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; status == NT_OK && j < rows[i].cells; j++) {
      const nt_cell *cell = &rows[i].cell[j];
      size_t k = find_column(table, cell->name, j + 1);
      if (k == table->columns)
        status = add_column(table, &room, cell, err);
      else
        table->column[k].type = wider(table->column[k].type, cell->type);
    }
  return status;
}

/* A number that no run of the column has, for those without a value. */
static int64_t choose_fill(const nt_row *rows, size_t count, const char *name, size_t hint) {
  for (size_t i = 0; i < count; i++)
    for (size_t n = 0; n < rows[i].cells; n++) {
      size_t j = (hint + n) % rows[i].cells;
      if (strcmp(rows[i].cell[j].name, name) != 0) continue;
      if (rows[i].cell[j].integer == -1) return INT64_MIN;
      break;
    }
  return -1;
}

static nt_status allocate(nt_column *c, size_t rows, int64_t fill, nt_error *err) {
  if (c->type == NT_CELL_TEXT)
    c->text = calloc(rows + 1, sizeof *c->text);
  else if (c->type == NT_CELL_INTEGER)
    c->integer = calloc(rows + 1, sizeof *c->integer);
  else
    c->number = calloc(rows + 1, sizeof *c->number);
  c->fill = fill;
  for (size_t i = 0; i < rows && c->integer; i++) c->integer[i] = fill;
  for (size_t i = 0; i < rows && c->number; i++) c->number[i] = NAN;
  if (c->text || c->integer || c->number) return NT_OK;
  return nt_fail(err, NT_E_MEMORY, "out of memory");
}

/* The shortest text that reads back as the same number. */
static char *number_text(double x) {
  char text[40] = "";
  for (int digits = 15; digits <= 17 && !isnan(x); digits++) {
    snprintf(text, sizeof text, "%.*g", digits, x);
    if (strtod(text, NULL) == x) break;
  }
  return strdup(text);
}

static char *cell_text(const nt_cell *cell) {
  char text[40];
  if (cell->type == NT_CELL_TEXT) return strdup(cell->text ? cell->text : "");
  if (cell->type == NT_CELL_NUMBER) return number_text(cell->number);
  snprintf(text, sizeof text, "%" PRId64, cell->integer);
  return strdup(text);
}

static void set_value(nt_column *c, size_t row, const nt_cell *cell) {
  if (c->type == NT_CELL_TEXT)
    c->text[row] = cell_text(cell);
  else if (c->type == NT_CELL_INTEGER)
    c->integer[row] = cell->integer;
  else
    c->number[row] = cell->type == NT_CELL_INTEGER ? (double)cell->integer : cell->number;
}

static nt_status fill_table(const nt_row *rows, size_t count, nt_table *table, nt_error *err) {
  nt_column *column = table->column;
  size_t *given = calloc(table->columns, sizeof *given);
  nt_status status = given ? NT_OK : nt_fail(err, NT_E_MEMORY, "out of memory");
  for (size_t k = 0; status == NT_OK && k < table->columns; k++) {
    int64_t fill = -1;
    if (column[k].type == NT_CELL_INTEGER) fill = choose_fill(rows, count, column[k].name, k);
    status = allocate(&column[k], count, fill, err);
  }
  for (size_t i = 0; status == NT_OK && i < count; i++) {
    column[0].text[i] = strdup(rows[i].key);
    for (size_t j = 0; j < rows[i].cells; j++) {
      size_t k = find_column(table, rows[i].cell[j].name, j + 1);
      if (rows[i].cell[j].type == NT_CELL_ABSENT) continue;
      set_value(&column[k], i, &rows[i].cell[j]);
      given[k]++;
    }
    for (size_t k = 0; status == NT_OK && k < table->columns; k++) {
      if (column[k].type == NT_CELL_TEXT && !column[k].text[i]) column[k].text[i] = strdup("");
      if (column[k].type == NT_CELL_TEXT && !column[k].text[i])
        status = nt_fail(err, NT_E_MEMORY, "out of memory");
    }
  }
  for (size_t k = 0; status == NT_OK && k < table->columns; k++)
    column[k].missing = column[k].type == NT_CELL_INTEGER && given[k] < count;
  free(given);
  return status;
}

nt_status nt_table_make(const nt_row *rows, size_t count, nt_table *table, nt_error *err) {
  *table = (nt_table){0};
  nt_status status = collect_columns(rows, count, table, err);
  table->rows = count;
  if (status == NT_OK) status = fill_table(rows, count, table, err);
  if (status != NT_OK) nt_table_done(table);
  return status;
}

/* ---------------------------------------------------------------- rows */

nt_status nt_table_row(const nt_table *table, size_t i, nt_row *row, nt_error *err) {
  *row = (nt_row){.key = strdup(table->column[0].text[i]),
                  .cell = calloc(table->columns, sizeof *row->cell)};
  nt_status status = row->key && row->cell ? NT_OK : nt_fail(err, NT_E_MEMORY, "out of memory");
  for (size_t k = 1; status == NT_OK && k < table->columns; k++) {
    const nt_column *c = &table->column[k];
    int absent = c->type == NT_CELL_INTEGER && c->missing && c->integer[i] == c->fill;
    const nt_cell cell = {.name = c->name,
                          .unit = c->unit,
                          .long_name = c->long_name,
                          .role = c->role,
                          .better = c->better,
                          .type = absent ? NT_CELL_ABSENT : c->type,
                          .text = c->text ? c->text[i] : NULL,
                          .integer = c->integer && !absent ? c->integer[i] : 0,
                          .number = c->number ? c->number[i] : 0};
    status = nt_cell_copy(&cell, &row->cell[row->cells], err);
    row->cells += status == NT_OK;
  }
  if (status != NT_OK) nt_row_done(row);
  return status;
}
