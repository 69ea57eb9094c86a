/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HDF5 prints its error stack by default, through a setting of the whole thread that is not
 * ours to keep: each entry into core/store takes it over, keeps the reason of the first failure,
 * and puts it back.
 *
 *     hdf5_errors errors;
 *     nt_h5_errors_begin(&errors);
 *     if (H5Fclose(id) < 0) status = nt_h5_fail(&errors, err, "cannot be closed");
 *     nt_h5_errors_end(&errors);
 */
#ifndef NT_HDF5_ERROR_H
#define NT_HDF5_ERROR_H

#include <hdf5.h>

#include <ninetails/error.h>

typedef struct hdf5_errors {
  H5E_auto2_t print; /* what was set before, with its argument */
  void *data;
  int taken;        /* over; not where there is no room for HDF5 to begin in */
  char reason[256]; /* the deepest entry of the first failure's stack: the one that knows */
} hdf5_errors;

void nt_h5_errors_begin(hdf5_errors *errors);
void nt_h5_errors_end(const hdf5_errors *errors);

/*
 * HDF5 1.10 does not survive a refused allocation everywhere: H5Ocopy closes a type that it never
 * opened. What calls it asks first whether there is room for its next steps: 0 where there is not,
 * which is kept until the next nt_h5_errors_begin of this thread.
 */
int nt_h5_room(void);
/* Whether what has failed may have failed for want of memory. */
int nt_h5_short_of_memory(void);

/* NT_E_IO: "what: reason"; NT_E_MEMORY: "what: out of memory". */
nt_status nt_h5_fail(const hdf5_errors *errors, nt_error *err, const char *what);

#endif
