/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file driver for HDF5 that never fails a write. HDF5 1.10 does not survive one (a full disk
 * leaves chunks in its cache that it can neither write nor drop, and the program crashes in HDF5's
 * exit handler): here the first error is kept, everything after it is dropped, HDF5 carries on as
 * if all were well, and the store asks what happened.
 */
#ifndef NT_HDF5_DRIVER_H
#define NT_HDF5_DRIVER_H

#include <hdf5.h>
#include <stdint.h>

typedef struct hdf5_disk {
  int error;        /* errno of the first failure; 0: none. Must outlive the file */
  uint64_t address; /* where the last block of a dataset's values was written */
} hdf5_disk;

/* Sets the driver, which is registered once a process, in a file access property list. 0, or -1:
 * HDF5 refused. */
int nt_h5_driver_use(hid_t access, hdf5_disk *disk);

#endif
