/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside core/store: cells and notes that own their texts. */
#ifndef NT_CELLS_H
#define NT_CELLS_H

#include "run_file.h"

/* [A-Za-z0-9_.-]+, beginning with a letter, a digit or '_', at most 200 bytes. */
int nt_name_is_fine(const char *name);
/* NT_E_ARGUMENT: a name that is not fine, or that occurs twice. */
nt_status nt_cells_check(const nt_cell *cells, size_t count, nt_error *err);

/* Every text of *to is a copy, the name that of today (nt_measure_name); on failure nothing is left
 * to free. */
nt_status nt_cell_copy(const nt_cell *from, nt_cell *to, nt_error *err);
/* Frees the texts and the array. */
void nt_cells_free(const nt_cell *cells, size_t count);
void nt_notes_free(const nt_note *notes, size_t count);

/* The role of this name; one that is not known is a parameter. */
nt_cell_role nt_cell_role_of(const char *name);

#endif
