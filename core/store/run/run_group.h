/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside core/store: the groups that run files, data files and result files have in common
 * (result_file.h draws them), put, described, copied.
 */
#ifndef NT_RUN_GROUP_H
#define NT_RUN_GROUP_H

#include <hdf5.h>

#include "store/h5/chunks.h"
#include "run_file.h"

/* Values as attributes, in order; units, long names and roles as attributes of a group `cells`
 * inside, since attributes have none of their own. Negative: HDF5 refused. */
int nt_put_cells(hid_t group, const nt_cell *cells, size_t count);
/* *cells: nt_cells_free. A group without cells has none. */
nt_status nt_get_cells(hid_t group, nt_cell **cells, size_t *count, nt_error *err);

int nt_put_notes(hid_t group, const nt_note *notes, size_t count);
/* Every attribute but HDF5_KIND, as text. *notes: nt_notes_free. */
nt_status nt_get_notes(hid_t group, nt_note **notes, size_t *count, nt_error *err);

/* scores (packed already), roc, precision_recall, map, attacks, provenance. `data`: see
 * nt_run_record. */
int nt_put_run(hid_t group, const nt_run_record *record, const hdf5_packed *scores,
               const char *data, int compression);
/* Chunks as they are. Negative: something is not of the expected form, or HDF5 refused. */
int nt_copy_run(hid_t from, hid_t to);
/* Whether there is anything that nt_copy_run would copy. */
int nt_has_run(hid_t group);

int nt_put_data(hid_t group, const nt_data_record *record, int compression);
int nt_copy_data(hid_t from, hid_t to);

#endif
