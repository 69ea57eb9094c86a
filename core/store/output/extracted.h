/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The HDF5 file that `extract` writes (store.h), read again: rows, names, and what made them. HDF5
 * is for one thread at a time (store.h).
 */
#ifndef NT_EXTRACTED_H
#define NT_EXTRACTED_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

typedef struct nt_extracted nt_extracted;

/* Whether the file begins as HDF5 files do; 0 also where it cannot be opened. */
int nt_extracted_is(const char *path);

/* NT_E_INPUT: damaged, without a seal (seal.h), or no file with features of ours; the error says
 * what is missing. O(size): the seal is checked. */
nt_extracted *nt_extracted_open(const char *path, nt_error *err);
void nt_extracted_close(nt_extracted *extracted); /* NULL is fine */

uint64_t nt_extracted_rows(const nt_extracted *extracted);
size_t nt_extracted_width(const nt_extracted *extracted);
const char *const *nt_extracted_names(const nt_extracted *extracted); /* width; its own */
/* The attribute `name` of the root, a text; NULL: there is none. Its own. */
const char *nt_extracted_text(const nt_extracted *extracted, const char *name);

/* The next rows, at most max: max x width features, max times; *got 0 at the end. */
nt_status nt_extracted_read(nt_extracted *extracted, double *features, double *times, size_t max,
                            size_t *got, nt_error *err);

#endif
