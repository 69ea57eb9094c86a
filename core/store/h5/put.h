/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside core/store: files, attributes and small datasets of HDF5, as all our formats write them.
 * Functions that return int: negative when HDF5 refused.
 */
#ifndef NT_HDF5_PUT_H
#define NT_HDF5_PUT_H

#include <hdf5.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

#include "driver.h"
#include "error.h"

typedef enum hdf5_format {
  HDF5_OLDEST, /* what every reader opens */
  HDF5_CHECKED /* HDF5 1.10 and later: its own structures carry checksums, so that damage is seen */
} hdf5_format;

/* Creates (or replaces) the file at `path`, through the driver that never fails a write, keeping
 * the order in which things are created. Negative: HDF5 refused, or disk->error. */
hid_t nt_h5_create(const char *path, hdf5_format format, hdf5_disk *disk);
/* For reading, without locks: our files are never changed in place. */
hid_t nt_h5_open(const char *path);

/* What became of a step: the disk's error comes first, since HDF5 never sees it. */
nt_status nt_h5_outcome(const hdf5_disk *disk, const hdf5_errors *errors, int bad, nt_error *err,
                        const char *what);

/* A file that appears whole or not at all (output.h), checked and sealed (seal.h): `fill` puts into
 * it what it holds. Errors name the path. lock, unless NULL, is held while HDF5 is at work, and not
 * while the file is sealed and synced. */
typedef nt_status hdf5_fill(hid_t file, hdf5_errors *errors, void *context, nt_error *err);
nt_status nt_h5_write_file(const char *path, hdf5_fill *fill, void *context, pthread_mutex_t *lock,
                           nt_error *err);

/* A group that keeps the order of what is in it. */
hid_t nt_h5_group(hid_t parent, const char *name);

/* Text is variable-length UTF-8: h5py and netCDF-4 readers give it as a string, not as bytes. */
hid_t nt_h5_text_type(void);

/* count 0: a scalar. */
int nt_h5_put_attribute(hid_t object, const char *name, hid_t file_type, hid_t memory_type,
                        hsize_t count, const void *value);
int nt_h5_put_texts(hid_t object, const char *name, hsize_t count, const char *const *texts);
int nt_h5_put_text(hid_t object, const char *name, const char *text);
int nt_h5_put_integer(hid_t object, const char *name, int64_t value);
int nt_h5_put_number(hid_t object, const char *name, double value);

/* A dataset of one dimension, shuffled, deflated at level `compression` (0: not) and checksummed;
 * below 0: as it is, which text needs. */
int nt_h5_put_values(hid_t group, const char *name, hid_t file_type, hid_t memory_type,
                     hsize_t count, const void *values, int compression);
/* The empty dataset for it, open; chunk: values of a chunk, 0: not in chunks. */
hid_t nt_h5_create_values(hid_t group, const char *name, hid_t type, hsize_t count, hsize_t chunk,
                          int compression);

/* A small dataset, written at once: its own dimension scale, so that netCDF-4 readers have a name
 * for its axis. *keep, where not NULL: the open dataset. */
int nt_h5_put_list(hid_t group, const char *name, hid_t file_type, hid_t memory_type, hsize_t count,
                   const void *values, const char *description, hid_t *keep);

#endif
