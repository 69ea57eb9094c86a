/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside core/store: reading attributes and datasets of one dimension. Lengths are bounded by what
 * the file stores; what HDF5 refuses is NT_E_INPUT, since these are files of strangers.
 */
#ifndef NT_HDF5_GET_H
#define NT_HDF5_GET_H

#include <hdf5.h>
#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

#include "error.h"

/* Attribute of the root: "run", "data", "result"; no cell can have this name. */
#define HDF5_KIND "ninetails:file"

/* Opens a file of ours whose seal (seal.h) is not broken; of more than `most` bytes the seal is not
 * looked at. *kind: what it is, "" where it does not say; free. Negative: NT_E_IO, NT_E_INPUT, with
 * the path. */
hid_t nt_h5_open_checked(const char *path, uint64_t most, const hdf5_errors *errors, char **kind,
                         nt_error *err);

typedef struct hdf5_names {
  size_t count;
  char **name;
} hdf5_names;
void nt_h5_names_done(hdf5_names *names);

/* Links of a group, attributes of an object, as they were created. */
nt_status nt_h5_links(hid_t group, hdf5_names *names, nt_error *err);
nt_status nt_h5_attributes(hid_t object, hdf5_names *names, nt_error *err);

/* Whether every part of the path is a link to something in this file. */
int nt_h5_has(hid_t group, const char *path);

typedef enum hdf5_kind { HDF5_NONE, HDF5_TEXT, HDF5_INTEGER, HDF5_NUMBER } hdf5_kind;

typedef struct hdf5_value {
  hdf5_kind kind; /* NONE: neither a scalar number nor a text */
  char *text;     /* free */
  int64_t integer;
  double number;
} hdf5_value;

/* NT_E_INPUT when there is no attribute of this name. */
nt_status nt_h5_get(hid_t object, const char *name, hdf5_value *value, nt_error *err);
/* A text, "" where there is none; NULL: out of memory. Free. */
char *nt_h5_get_text(hid_t object, const char *name);
/* What could not be copied from one file to another: NT_E_INPUT with
 * HDF5's reason, or NT_E_MEMORY. */
nt_status nt_h5_damaged(const hdf5_errors *errors, nt_error *err);
/* Texts of an attribute, or of a dataset, of one dimension. */
nt_status nt_h5_get_texts(hid_t object, const char *name, hdf5_names *texts, nt_error *err);
nt_status nt_h5_read_texts(hid_t dataset, hdf5_names *texts, nt_error *err);

/* HDF5_NONE where it is not one dimension of numbers or texts. */
hdf5_kind nt_h5_dataset_kind(hid_t dataset, hsize_t *length);

/* Values first .. first + *count - 1 of a dataset of one dimension, or (*count SIZE_MAX) all from
 * first on, as `type` of `size` bytes; *values: free. Out of range is NT_E_INPUT. */
nt_status nt_h5_read(hid_t group, const char *path, hid_t type, size_t size, hsize_t first,
                     size_t *count, void *values, nt_error *err);

#endif
