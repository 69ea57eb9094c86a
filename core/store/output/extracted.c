/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extracted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ground/cancel.h"
#include "store/file/seal.h"
#include "store/h5/get.h"

enum { MOST_WIDTH = 65536, MOST_TEXTS = 32 };
#define MOST_CHUNK ((hsize_t)64 << 20) /* bytes */
#define MOST_RATIO 1040                /* deflate makes no more of a byte than 1032 */

struct nt_extracted {
  char *path;
  hid_t file, features, times;
  hsize_t rows, width, next;
  hdf5_names names;
  struct {
    const char *name; /* of the caller, static */
    char *value;
  } text[MOST_TEXTS];
  size_t texts;
};

int nt_extracted_is(const char *path) {
  static const char signature[] = "\211HDF\r\n\032\n";
  char first[8];
  FILE *file = fopen(path, "rbe");
  int is = file && fread(first, 1, sizeof first, file) == sizeof first &&
           memcmp(first, signature, sizeof first) == 0;
  if (file) fclose(file);
  return is;
}

/* ---------------------------------------------------------------- opening */

static nt_status no_features(nt_error *err, const char *what) {
  return nt_fail(err, NT_E_INPUT,
                 "is an HDF5 file without the features of a capture (%s): expected the output of "
                 "`ninetails extract`, or of `ninetails score --with-features`",
                 what);
}

/* A dataset of `rank` dimensions of floating-point numbers, or -1. */
static hid_t open_numbers(hid_t file, const char *name, int rank, hsize_t dims[2]) {
  hid_t id = nt_h5_has(file, name) ? H5Dopen2(file, name, H5P_DEFAULT) : -1;
  if (id < 0) return -1;
  hid_t space = H5Dget_space(id), type = H5Dget_type(id);
  int good = H5Sget_simple_extent_ndims(space) == rank && H5Tget_class(type) == H5T_FLOAT &&
             H5Sget_simple_extent_dims(space, dims, NULL) == rank;
  H5Tclose(type);
  H5Sclose(space);
  if (good) return id;
  H5Dclose(id);
  return -1;
}

/* A forged file may claim chunks and rows without end. */
static int is_stored(hid_t dataset, hsize_t values) {
  hsize_t chunk[2] = {1, 1};
  hid_t create = H5Dget_create_plist(dataset);
  int chunked = H5Pget_layout(create) == H5D_CHUNKED && H5Pget_chunk(create, 2, chunk) > 0;
  H5Pclose(create);
  if (chunked && (chunk[0] > MOST_CHUNK / 8 || chunk[1] > MOST_CHUNK / 8 / chunk[0])) return 0;
  return values / MOST_RATIO <= H5Dget_storage_size(dataset) / 8 + 1;
}

static nt_status open_datasets(nt_extracted *e, nt_error *err) {
  hsize_t dims[2] = {0, 0}, times[2] = {0, 0};
  e->features = open_numbers(e->file, "features", 2, dims);
  if (e->features < 0) return no_features(err, "it has no matrix /features");
  e->times = open_numbers(e->file, "timestamps", 1, times);
  if (e->times < 0) return no_features(err, "it has no list /timestamps");
  e->rows = dims[0];
  e->width = dims[1];
  if (e->width < 1 || e->width > MOST_WIDTH) return no_features(err, "the width of /features");
  if (times[0] != e->rows) return no_features(err, "/timestamps and /features differ in length");
  if (e->rows > UINT64_MAX / MOST_WIDTH || !is_stored(e->features, e->rows * e->width) ||
      !is_stored(e->times, e->rows))
    return no_features(err, "/features or /timestamps claims more than the file holds");
  hid_t id = nt_h5_has(e->file, "feature") ? H5Dopen2(e->file, "feature", H5P_DEFAULT) : -1;
  nt_status status =
      id < 0 ? no_features(err, "it has no names /feature") : nt_h5_read_texts(id, &e->names, err);
  if (id >= 0) H5Dclose(id);
  if (status == NT_OK && e->names.count != e->width)
    status = no_features(err, "/feature and /features differ in width");
  return status;
}

/* HDF5 believes what it reads, and ends in a crash where that is
 * damaged: it sees sealed files only. */
static nt_status check_seal(const nt_extracted *e, nt_error *err) {
  int sealed = 0;
  nt_status status = nt_seal_check(e->path, &sealed, &nt_cancelled, err);
  if (status != NT_OK || sealed) return status;
  return nt_fail(err, NT_E_INPUT,
                 "%s: is an HDF5 file without the seal of ninetails: not what `ninetails extract` "
                 "or `ninetails score --with-features` wrote, or cut short, or changed since",
                 e->path);
}

static nt_status open_file(nt_extracted *e, nt_error *err) {
  char *kind = NULL;
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  e->file = nt_h5_open_checked(e->path, 0, &errors, &kind, err);
  nt_status status = e->file < 0 ? err->status : NT_OK;
  if (status == NT_OK && (status = open_datasets(e, err)) != NT_OK) nt_fail_in(err, "%s", e->path);
  free(kind);
  nt_h5_errors_end(&errors);
  return status;
}

/* What the file says of its maker; read under the lock of HDF5. */
static void read_texts(nt_extracted *e) {
  static const char *const wanted[] = {
      "program",      "version",       "commit",       "command_line",   "profile", "input",
      "input_format", "input_warning", "input_sha256", "content_sha256", "start"};
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    char *value = H5Aexists(e->file, wanted[i]) > 0 ? nt_h5_get_text(e->file, wanted[i]) : NULL;
    if (value && *value) {
      e->text[e->texts].name = wanted[i];
      e->text[e->texts++].value = value;
    } else {
      free(value);
    }
  }
  nt_h5_errors_end(&errors);
}

nt_extracted *nt_extracted_open(const char *path, nt_error *err) {
  nt_error own;
  if (!err) err = &own;
  nt_extracted *e = calloc(1, sizeof *e);
  if (e) *e = (nt_extracted){.file = -1, .features = -1, .times = -1, .path = strdup(path)};
  if (!e || !e->path) {
    nt_fail(err, NT_E_MEMORY, "%s: out of memory", path);
  } else if (check_seal(e, err) == NT_OK && open_file(e, err) == NT_OK) {
    read_texts(e);
    const char *program = nt_extracted_text(e, "program");
    if (program && strcmp(program, "ninetails") == 0) return e;
    no_features(err, "its attribute `program` is not ninetails");
    nt_fail_in(err, "%s", path);
  }
  nt_extracted_close(e);
  return NULL;
}

void nt_extracted_close(nt_extracted *e) {
  if (!e) return;
  if (e->features >= 0) H5Dclose(e->features);
  if (e->times >= 0) H5Dclose(e->times);
  if (e->file >= 0) H5Fclose(e->file);
  nt_h5_names_done(&e->names);
  for (size_t i = 0; i < e->texts; i++) free(e->text[i].value);
  free(e->path);
  free(e);
}

uint64_t nt_extracted_rows(const nt_extracted *e) {
  return e->rows;
}
size_t nt_extracted_width(const nt_extracted *e) {
  return (size_t)e->width;
}
const char *const *nt_extracted_names(const nt_extracted *e) {
  return (const char *const *)e->names.name;
}
const char *nt_extracted_text(const nt_extracted *e, const char *name) {
  for (size_t i = 0; i < e->texts; i++)
    if (strcmp(e->text[i].name, name) == 0) return e->text[i].value;
  return NULL;
}

/* ---------------------------------------------------------------- rows */

static int read_part(hid_t dataset, int rank, const hsize_t start[2], const hsize_t count[2],
                     double *to) {
  hid_t source = H5Dget_space(dataset), target = H5Screate_simple(rank, count, NULL);
  int bad = H5Sselect_hyperslab(source, H5S_SELECT_SET, start, NULL, count, NULL) < 0 ||
            H5Dread(dataset, H5T_NATIVE_DOUBLE, target, source, H5P_DEFAULT, to) < 0;
  H5Sclose(target);
  H5Sclose(source);
  return bad ? -1 : 0;
}

nt_status nt_extracted_read(nt_extracted *e, double *features, double *times, size_t max,
                            size_t *got, nt_error *err) {
  hsize_t left = e->rows - e->next, count[2] = {left < max ? left : max, e->width};
  const hsize_t start[2] = {e->next, 0};
  *got = 0;
  if (count[0] == 0) return NT_OK;
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  nt_status status = NT_OK;
  if (read_part(e->features, 2, start, count, features) < 0 ||
      read_part(e->times, 1, start, count, times) < 0) {
    status = nt_h5_fail(&errors, err, "damaged");
    nt_fail_in(err, "%s: rows from %llu on", e->path, (unsigned long long)e->next);
  }
  nt_h5_errors_end(&errors);
  if (status != NT_OK) return status;
  *got = (size_t)count[0];
  e->next += count[0];
  return NT_OK;
}
