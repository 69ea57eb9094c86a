/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a feature file: HDF5 once, to learn where the chunks are, then pread. */
#include "feature_file.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "../memory.h"
#include "feature_layout.h"
#include "hdf5_put.h"

#define MOST_ATTRIBUTES 4096
#define MOST_NAME 1024 /* bytes of a feature's name */

static const char *const part_names[NT_FEATURE_PARTS] = {"features", "timestamps", "sizes"};

typedef struct attribute {
  char *name, *text; /* text NULL: a number */
  double number;
} attribute;

struct nt_feature_file {
  char *path;
  int fd;
  uint64_t bytes, rows, chunks; /* bytes: of the file */
  size_t width, row_bytes[NT_FEATURE_PARTS];
  uint64_t (*addresses)[NT_FEATURE_PARTS], (*checksums)[NT_FEATURE_PARTS];
  char *packed; /* the names, width rows of one length */
  const char **names;
  attribute *attributes;
  size_t attribute_count;
};

/* ---------------------------------------------------------------- the shape */

static nt_status damaged(nt_error *err, const char *what, const char *expected) {
  return nt_fail(err, NT_E_INPUT, "/%s: expected %s: not a feature file of ninetails, or damaged",
                 what, expected);
}

/* Whether the dataset has this type, and chunks of NT_FEATURE_CHUNK rows without filters. */
static int has_form(hid_t dataset, hid_t expected, int rank, const hsize_t *dims) {
  hid_t type = H5Dget_type(dataset), create = H5Dget_create_plist(dataset);
  hsize_t chunk[2] = {0, 0};
  int same = H5Tequal(type, expected) > 0 && H5Pget_layout(create) == H5D_CHUNKED &&
             H5Pget_chunk(create, rank, chunk) == rank && chunk[0] == NT_FEATURE_CHUNK &&
             (rank == 1 || chunk[1] == dims[1]) && H5Pget_nfilters(create) == 0;
  H5Pclose(create);
  H5Tclose(type);
  return same;
}

static int extent(hid_t dataset, int rank, hsize_t *dims) {
  hid_t space = H5Dget_space(dataset);
  int same = H5Sget_simple_extent_ndims(space) == rank &&
             H5Sget_simple_extent_dims(space, dims, NULL) == rank;
  if (space >= 0) H5Sclose(space);
  return same;
}

/* Opens one part and checks that it is what its name says; a part that may be missing is -1. */
static nt_status open_part(nt_feature_file *f, hid_t file, int part, hid_t *dataset,
                           nt_error *err) {
  const hid_t types[NT_FEATURE_PARTS] = {H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, H5T_NATIVE_UINT32};
  const char *name = part_names[part];
  *dataset = -1;
  if (part == NT_FEATURE_SIZES && H5Lexists(file, name, H5P_DEFAULT) == 0) return NT_OK;
  *dataset = H5Dopen2(file, name, H5P_DEFAULT);
  if (*dataset < 0) return damaged(err, name, "a dataset");
  int rank = part == NT_FEATURE_ROWS ? 2 : 1;
  hsize_t dims[2] = {0, 0};
  if (!extent(*dataset, rank, dims) || !has_form(*dataset, types[part], rank, dims))
    return damaged(err, name, "numbers of this machine's form in plain chunks of rows");
  if (part == NT_FEATURE_ROWS) {
    if (dims[1] < 1 || dims[1] > NT_FEATURE_MOST_WIDTH || dims[0] / NT_FEATURE_CHUNK > f->bytes)
      return damaged(err, name, "as many numbers as the file has room for");
    f->rows = dims[0];
    f->width = dims[1];
    f->chunks = (f->rows + NT_FEATURE_CHUNK - 1) / NT_FEATURE_CHUNK;
    if (f->chunks > f->bytes / (NT_FEATURE_CHUNK * f->width * sizeof(double)))
      return damaged(err, name, "as many numbers as the file has room for: it is cut short");
  }
  return dims[0] == f->rows ? NT_OK : damaged(err, name, "as many rows as /features");
}

/* ---------------------------------------------------------------- where the chunks are */

static nt_status read_table(const nt_feature_file *f, hid_t file, const char *name,
                            uint64_t (**table)[NT_FEATURE_PARTS], nt_error *err) {
  hsize_t dims[2] = {0, 0};
  hid_t id = H5Dopen2(file, name, H5P_DEFAULT);
  if (id < 0) return damaged(err, name, "a dataset");
  nt_status status = NT_OK;
  if (!extent(id, 2, dims) || dims[0] != f->chunks || dims[1] != NT_FEATURE_PARTS)
    status = damaged(err, name, "one row a chunk");
  else if (!(*table = nt_zeroed(f->chunks, sizeof **table, 1)))
    status = nt_fail(err, NT_E_MEMORY, "out of memory");
  else if (f->chunks && H5Dread(id, H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, *table) < 0)
    status = damaged(err, name, "readable numbers");
  H5Dclose(id);
  return status;
}

/* The table of addresses is ours, HDF5 has its own: they agree about the first and the last chunk
 * unless some other program wrote the file anew. */
static int agrees(const nt_feature_file *f, hid_t dataset, int part) {
  const uint64_t rows[] = {0, f->chunks - 1};
  for (int i = 0; i < 2; i++) {
    const hsize_t offset[2] = {rows[i] * NT_FEATURE_CHUNK, 0};
    unsigned mask = 1;
    haddr_t address = HADDR_UNDEF;
    hsize_t size = 0;
    if (H5Dget_chunk_info_by_coord(dataset, offset, &mask, &address, &size) < 0 || mask ||
        size != NT_FEATURE_CHUNK * f->row_bytes[part] || address != f->addresses[rows[i]][part])
      return 0;
  }
  return 1;
}

static nt_status check_addresses(const nt_feature_file *f, hid_t dataset, int part, nt_error *err) {
  if (dataset < 0 || f->chunks == 0) return NT_OK;
  size_t bytes = NT_FEATURE_CHUNK * f->row_bytes[part];
  for (uint64_t i = 0; i < f->chunks; i++)
    if (f->addresses[i][part] > f->bytes || f->bytes - f->addresses[i][part] < bytes)
      return nt_fail(err, NT_E_INPUT,
                     "/%s: chunk %llu ends behind the end of the file: it is cut short",
                     part_names[part], (unsigned long long)i);
  if (agrees(f, dataset, part)) return NT_OK;
  return damaged(err, "addresses", "where the chunks are");
}

/* ---------------------------------------------------------------- names and attributes */

static nt_status read_names(nt_feature_file *f, hid_t file, nt_error *err) {
  hid_t id = H5Dopen2(file, "feature", H5P_DEFAULT);
  if (id < 0) return damaged(err, "feature", "a dataset");
  hid_t type = H5Dget_type(id), memory = H5Tcopy(H5T_C_S1);
  hsize_t count = 0;
  size_t bytes = H5Tget_size(type) + 1; /* one more for a zero that another program left out */
  nt_status status = NT_OK;
  H5Tset_cset(memory, H5T_CSET_UTF8);
  H5Tset_size(memory, bytes);
  if (!extent(id, 1, &count) || count != f->width || H5Tget_class(type) != H5T_STRING ||
      H5Tis_variable_str(type) > 0 || bytes > MOST_NAME)
    status = damaged(err, "feature", "a name for each column");
  else if (!(f->packed = nt_zeroed(f->width, bytes, 1)) ||
           !(f->names = calloc(f->width, sizeof *f->names)))
    status = nt_fail(err, NT_E_MEMORY, "out of memory");
  else if (H5Dread(id, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, f->packed) < 0)
    status = damaged(err, "feature", "readable names");
  for (size_t i = 0; status == NT_OK && i < f->width; i++) {
    f->packed[(i + 1) * bytes - 1] = 0;
    f->names[i] = f->packed + i * bytes;
  }
  H5Tclose(memory);
  H5Tclose(type);
  H5Dclose(id);
  return status;
}

/* Numbers and texts of fixed length; whatever else another program put there is passed over. */
static nt_status read_attribute(const nt_feature_file *f, hid_t id, attribute *a, nt_error *err) {
  hid_t type = H5Aget_type(id), space = H5Aget_space(id);
  H5T_class_t kind = H5Tget_class(type);
  size_t bytes = H5Tget_size(type);
  int scalar = H5Sget_simple_extent_npoints(space) == 1, bad = 0, memory = 1;
  if (scalar && kind == H5T_STRING && H5Tis_variable_str(type) == 0 && bytes <= f->bytes) {
    a->text = calloc(bytes + 1, 1);
    memory = a->text != NULL;
    bad = memory && H5Aread(id, type, a->text) < 0;
  } else if (scalar && (kind == H5T_FLOAT || kind == H5T_INTEGER)) {
    bad = H5Aread(id, H5T_NATIVE_DOUBLE, &a->number) < 0;
  }
  ssize_t length = H5Aget_name(id, 0, NULL);
  if (length >= 0 && (a->name = calloc((size_t)length + 1, 1)))
    H5Aget_name(id, (size_t)length + 1, a->name);
  H5Sclose(space);
  H5Tclose(type);
  if (bad) return damaged(err, "", "readable attributes");
  return memory && a->name ? NT_OK : nt_fail(err, NT_E_MEMORY, "out of memory");
}

static nt_status read_attributes(nt_feature_file *f, hid_t file, nt_error *err) {
  H5O_info_t info;
  if (H5Oget_info2(file, &info, H5O_INFO_NUM_ATTRS) < 0 || info.num_attrs > MOST_ATTRIBUTES)
    return damaged(err, "", "readable attributes");
  f->attributes = calloc(info.num_attrs + 1, sizeof *f->attributes);
  if (!f->attributes) return nt_fail(err, NT_E_MEMORY, "out of memory");
  nt_status status = NT_OK;
  for (hsize_t i = 0; status == NT_OK && i < info.num_attrs; i++) {
    hid_t id = H5Aopen_by_idx(file, ".", H5_INDEX_NAME, H5_ITER_INC, i, H5P_DEFAULT, H5P_DEFAULT);
    if (id < 0) return damaged(err, "", "readable attributes");
    attribute *a = &f->attributes[f->attribute_count++];
    *a = (attribute){.number = NAN};
    status = read_attribute(f, id, a, err);
    H5Aclose(id);
  }
  return status;
}

/* ---------------------------------------------------------------- opening */

static nt_status read_all(nt_feature_file *f, hid_t file, nt_error *err) {
  hid_t parts[NT_FEATURE_PARTS] = {-1, -1, -1};
  nt_status status = NT_OK;
  for (int i = 0; status == NT_OK && i < NT_FEATURE_PARTS; i++)
    status = open_part(f, file, i, &parts[i], err);
  nt_feature_row_bytes(f->width, parts[NT_FEATURE_SIZES] >= 0, f->row_bytes);
  if (status == NT_OK) status = read_table(f, file, "addresses", &f->addresses, err);
  if (status == NT_OK) status = read_table(f, file, "checksums", &f->checksums, err);
  for (int i = 0; status == NT_OK && i < NT_FEATURE_PARTS; i++)
    status = check_addresses(f, parts[i], i, err);
  for (int i = 0; i < NT_FEATURE_PARTS; i++)
    if (parts[i] >= 0) H5Dclose(parts[i]);
  if (status == NT_OK) status = read_names(f, file, err);
  if (status == NT_OK) status = read_attributes(f, file, err);
  return status;
}

static nt_status open_file(nt_feature_file *f, nt_error *err) {
  struct stat st;
  f->fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (f->fd < 0 || fstat(f->fd, &st) != 0)
    return nt_fail(err, NT_E_IO, "cannot be opened: %s", strerror(errno));
  if (!S_ISREG(st.st_mode)) return nt_fail(err, NT_E_INPUT, "is not a regular file");
  f->bytes = (uint64_t)st.st_size;
  /* By the descriptor: the path may be given to a new file meanwhile. */
  char same[32];
  snprintf(same, sizeof same, "/dev/fd/%d", f->fd);
  hdf5_errors errors;
  hdf5_errors_begin(&errors);
  hid_t file = hdf5_open(same);
  nt_status status =
      file < 0
          ? nt_fail(err, NT_E_INPUT, "not an HDF5 file, damaged, or cut short: %s", errors.reason)
          : read_all(f, file, err);
  if (file >= 0) H5Fclose(file);
  hdf5_errors_end(&errors);
  return status;
}

nt_feature_file *nt_feature_file_open(const char *path, nt_error *err) {
  nt_feature_file *f = calloc(1, sizeof *f);
  if (f) {
    f->fd = -1;
    f->path = strdup(path);
  }
  if (!f || !f->path) {
    nt_fail(err, NT_E_MEMORY, "%s: out of memory", path);
  } else if (open_file(f, err) == NT_OK) {
    return f;
  } else {
    nt_fail_in(err, "%s", path);
  }
  nt_feature_file_close(f);
  return NULL;
}

void nt_feature_file_close(nt_feature_file *f) {
  if (!f) return;
  if (f->fd >= 0) close(f->fd);
  for (size_t i = 0; i < f->attribute_count; i++) {
    free(f->attributes[i].name);
    free(f->attributes[i].text);
  }
  free(f->attributes);
  free(f->names);
  free(f->packed);
  free(f->addresses);
  free(f->checksums);
  free(f->path);
  free(f);
}

uint64_t nt_feature_file_rows(const nt_feature_file *f) {
  return f->rows;
}
size_t nt_feature_file_width(const nt_feature_file *f) {
  return f->width;
}
int nt_feature_file_has_sizes(const nt_feature_file *f) {
  return f->row_bytes[NT_FEATURE_SIZES] > 0;
}
const char *const *nt_feature_file_names(const nt_feature_file *f) {
  return f->names;
}

static const attribute *find(const nt_feature_file *f, const char *name) {
  for (size_t i = 0; i < f->attribute_count; i++)
    if (strcmp(f->attributes[i].name, name) == 0) return &f->attributes[i];
  return NULL;
}
double nt_feature_file_number(const nt_feature_file *f, const char *name) {
  const attribute *a = find(f, name);
  return a ? a->number : NAN;
}
const char *nt_feature_file_text(const nt_feature_file *f, const char *name) {
  const attribute *a = find(f, name);
  return a ? a->text : NULL;
}

/* ---------------------------------------------------------------- rows */

static nt_status read_bytes(const nt_feature_file *f, uint64_t address, size_t size, char *to,
                            nt_error *err) {
  while (size > 0) {
    ssize_t got = pread(f->fd, to, size, (off_t)address);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return nt_fail(err, NT_E_IO, "cannot be read: %s", strerror(errno));
    if (got == 0) return nt_fail(err, NT_E_INPUT, "it was cut short while open");
    to += got;
    address += (uint64_t)got;
    size -= (size_t)got;
  }
  return NT_OK;
}

/* Rows of one part out of one chunk. */
static nt_status read_part(const nt_feature_file *f, int part, uint64_t chunk, size_t skip,
                           size_t count, char *to, nt_error *err) {
  uint64_t left = f->rows - chunk * NT_FEATURE_CHUNK;
  size_t row_bytes = f->row_bytes[part], whole = left < NT_FEATURE_CHUNK ? left : NT_FEATURE_CHUNK;
  nt_status status =
      read_bytes(f, f->addresses[chunk][part] + skip * row_bytes, count * row_bytes, to, err);
  if (status == NT_OK && count == whole &&
      XXH3_64bits(to, count * row_bytes) != f->checksums[chunk][part])
    status = nt_fail(err, NT_E_INPUT, "it is damaged, its checksum differs");
  if (status != NT_OK)
    nt_fail_in(err, "%s: /%s, chunk %llu", f->path, part_names[part], (unsigned long long)chunk);
  return status;
}

nt_status nt_feature_file_read(const nt_feature_file *f, uint64_t first, size_t count,
                               double *features, double *times, uint32_t *sizes, nt_error *err) {
  if (first > f->rows || count > f->rows - first)
    return nt_fail(err, NT_E_ARGUMENT, "%s: rows %llu to %llu, expected some of %llu", f->path,
                   (unsigned long long)first, (unsigned long long)(first + count),
                   (unsigned long long)f->rows);
  if (sizes && !f->row_bytes[NT_FEATURE_SIZES])
    return nt_fail(err, NT_E_ARGUMENT, "%s: has no sizes", f->path);
  char *to[NT_FEATURE_PARTS] = {(char *)features, (char *)times, (char *)sizes};
  while (count > 0) {
    uint64_t chunk = first / NT_FEATURE_CHUNK;
    size_t skip = first % NT_FEATURE_CHUNK, taken = NT_FEATURE_CHUNK - skip;
    if (taken > count) taken = count;
    for (int i = 0; i < NT_FEATURE_PARTS; i++) {
      if (!to[i]) continue;
      nt_status status = read_part(f, i, chunk, skip, taken, to[i], err);
      if (status != NT_OK) return status;
      to[i] += taken * f->row_bytes[i];
    }
    first += taken;
    count -= taken;
  }
  return NT_OK;
}
