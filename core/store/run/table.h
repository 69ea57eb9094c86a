/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside core/store: the table of runs, out of rows of cells and back, in HDF5 and out of it. */
#ifndef NT_STORE_TABLE_H
#define NT_STORE_TABLE_H

#include <hdf5.h>
#include <signal.h>

#include "result_file.h"

/* Type of a cell without a value in a column of integers: it keeps the column's place. (A text
 * without a value is "", a number NaN.) */
#define NT_CELL_ABSENT ((nt_cell_type)(NT_CELL_NUMBER + 1))

typedef struct nt_row {
  char *key;
  nt_cell *cell;
  size_t cells;
} nt_row;
void nt_row_done(nt_row *row);

/* Columns in order of first appearance, after `run`, which has the keys. *table: nt_table_done. */
nt_status nt_table_make(const nt_row *rows, size_t count, nt_table *table, nt_error *err);
/* Row i, with a cell for each column but `run`. */
nt_status nt_table_row(const nt_table *table, size_t i, nt_row *row, nt_error *err);

/* The datasets of a group. Negative: HDF5 refused, or *cancel was set (NULL: it cannot be) between two columns. */
int nt_table_put(hid_t group, const nt_table *table, const volatile sig_atomic_t *cancel);
/* The table in group `runs` of a file; notes are left alone. */
nt_status nt_table_get(hid_t file, nt_table *table, nt_error *err);

#endif
