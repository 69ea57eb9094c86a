/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The feature map of an HDF5 file, read back, and the version of the library. */
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/h5/get.h"
#include "store.h"

/* No feature vector is longer; keeps a forged file from asking for memory without end. */
#define MOST_ENTRIES ((hsize_t)1 << 20)

/* Reads a one-dimensional integer dataset; *values (malloc) and *count. */
static nt_status read_list(hid_t file, const hdf5_errors *errors, const char *name, size_t **values,
                           size_t *count, nt_error *err) {
  *values = NULL;
  *count = 0;
  hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
  if (dataset < 0)
    return nt_fail(err, NT_E_INPUT, "has no dataset %s: expected a file of ninetails with a map",
                   name);
  nt_status status = NT_OK;
  hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset);
  int64_t *numbers = NULL;
  hsize_t length = 0;
  if (H5Sget_simple_extent_ndims(space) != 1 || H5Tget_class(type) != H5T_INTEGER)
    status = nt_fail(err, NT_E_INPUT, "%s: expected one dimension of whole numbers", name);
  else if (H5Sget_simple_extent_dims(space, &length, NULL) < 0 || !length || length > MOST_ENTRIES)
    status = nt_fail(err, NT_E_INPUT, "%s: %llu entries, expected 1 to %llu", name,
                     (unsigned long long)length, (unsigned long long)MOST_ENTRIES);
  else if (!(numbers = calloc(length, sizeof *numbers)) ||
           !(*values = calloc(length, sizeof **values)))
    status = nt_fail(err, NT_E_MEMORY, "%s: out of memory", name);
  else if (H5Dread(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) < 0) {
    status = nt_h5_fail(errors, err, "cannot be read");
    nt_fail_in(err, "%s", name);
  }
  for (hsize_t i = 0; status == NT_OK && i < length; i++) {
    if (numbers[i] < 0 || (hsize_t)numbers[i] > MOST_ENTRIES)
      status =
          nt_fail(err, NT_E_INPUT, "%s: entry %llu is %lld, expected 0 to %llu", name,
                  (unsigned long long)i, (long long)numbers[i], (unsigned long long)MOST_ENTRIES);
    else
      (*values)[i] = (size_t)numbers[i];
  }
  *count = length;
  free(numbers);
  H5Tclose(type);
  H5Sclose(space);
  H5Dclose(dataset);
  return status;
}

static nt_status read_hdf5(const char *path, const hdf5_errors *errors, nt_feature_map *map,
                           nt_error *err) {
  hid_t file = nt_h5_room() ? H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT) : -1;
  if (file < 0) return nt_h5_fail(errors, err, "cannot be opened");
  nt_status status = read_list(file, errors, "/map/sizes", &map->sizes, &map->autoencoders, err);
  if (status == NT_OK)
    status = read_list(file, errors, "/map/features", &map->features, &map->total, err);
  H5Fclose(file);
  return status;
}

nt_status nt_store_read_map(const char *path, nt_feature_map *map, nt_error *err) {
  *map = (nt_feature_map){0};
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  int is_hdf5 = H5Fis_hdf5(path) > 0;
  nt_status status = NT_OK;
  if (is_hdf5 && (status = read_hdf5(path, &errors, map, err)) != NT_OK) {
    nt_feature_map_done(map);
    nt_fail_in(err, "%s", path);
  }
  nt_h5_errors_end(&errors);
  return is_hdf5 ? status : nt_feature_map_read_text(path, map, err);
}

static int has_text(hid_t file, const char *name, const char *expected) {
  char *text = H5Aexists(file, name) > 0 ? nt_h5_get_text(file, name) : NULL;
  int is = text && strcmp(text, expected) == 0;
  free(text);
  return is;
}

nt_output_kind nt_store_is_output(const char *path) {
  hdf5_errors errors;
  nt_error unheard;
  char *kind = NULL;
  nt_h5_errors_begin(&errors);
  hid_t file = nt_h5_open_checked(path, 0, &errors, &kind, &unheard);
  nt_output_kind is = NT_OUTPUT_NONE;
  if (file >= 0 && has_text(file, "program", "ninetails"))
    is = has_text(file, "title", NT_TITLE_SCORES)     ? NT_OUTPUT_SCORES
         : has_text(file, "title", NT_TITLE_FEATURES) ? NT_OUTPUT_FEATURES
                                                      : NT_OUTPUT_NONE;
  if (file >= 0) H5Fclose(file);
  free(kind);
  nt_h5_errors_end(&errors);
  return is;
}

void nt_store_library(char *text, size_t size) {
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  snprintf(text, size, "%u.%u.%u", major, minor, release);
}
