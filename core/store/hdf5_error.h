/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HDF5 prints its error stack unless told not to, through a setting of the whole thread that is not
 * ours to keep: each entry into core/store takes it over, keeps the reason of the first failure,
 * and puts it back.
 *
 *     hdf5_errors errors;
 *     hdf5_errors_begin(&errors);
 *     if (H5Fclose(id) < 0) status = hdf5_fail(&errors, err, "cannot be closed");
 *     hdf5_errors_end(&errors);
 */
#ifndef NT_HDF5_ERROR_H
#define NT_HDF5_ERROR_H

#include <hdf5.h>

#include "../error.h"

typedef struct hdf5_errors {
  H5E_auto2_t print; /* what was set before, with its argument */
  void *data;
  char reason[256]; /* the deepest entry of the first failure's stack: the one that knows */
} hdf5_errors;

void hdf5_errors_begin(hdf5_errors *errors);
void hdf5_errors_end(const hdf5_errors *errors);

/* NT_E_IO: "what: reason". */
nt_status hdf5_fail(const hdf5_errors *errors, nt_error *err, const char *what);

#endif
