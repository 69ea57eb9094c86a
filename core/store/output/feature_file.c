/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a feature file: its index, then pread. */
#include "feature_file.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "store/file/seal.h"
#include "feature_layout.h"

static const char *const part_names[NT_FEATURE_PARTS] = {"features", "timestamps", "sizes"};

typedef struct attribute {
  const char *name, *text; /* text NULL: a number */
  double number;
} attribute;

struct nt_feature_file {
  char *path;
  int fd;
  uint64_t rows, chunks;
  size_t width, row_bytes[NT_FEATURE_PARTS];
  void *index; /* what the rest points into */
  const nt_feature_chunk *addresses, *checksums;
  const char **names;
  attribute *attributes;
  size_t attribute_count;
};

/* ---------------------------------------------------------------- the index */

static nt_status forged(nt_error *err, const char *what) {
  return nt_fail(err, NT_E_INPUT, "its index is not one of a feature file: %s", what);
}

/* What is left of the index. */
typedef struct cursor {
  const char *at, *end;
} cursor;

/* The text at the cursor, or NULL where none ends before the end. */
static const char *take_text(cursor *c) {
  const char *text = c->at;
  const char *zero = memchr(c->at, 0, (size_t)(c->end - c->at));
  if (!zero) return NULL;
  c->at = zero + 1;
  return text;
}

static nt_status take_attribute(cursor *c, attribute *a, nt_error *err) {
  if (c->at == c->end) return forged(err, "attributes are missing");
  char kind = *c->at++;
  *a = (attribute){.name = take_text(c), .number = NAN};
  if (a->name && kind == 't') {
    a->text = take_text(c);
  } else if (a->name && kind == 'n' && (size_t)(c->end - c->at) >= sizeof a->number) {
    memcpy(&a->number, c->at, sizeof a->number);
    c->at += sizeof a->number;
    return NT_OK;
  }
  return a->text ? NT_OK : forged(err, "an attribute ends early");
}

static nt_status take_texts(nt_feature_file *f, cursor *c, uint64_t attributes, nt_error *err) {
  if (attributes > (size_t)(c->end - c->at)) return forged(err, "too many attributes");
  f->names = calloc(f->width, sizeof *f->names);
  f->attributes = calloc(attributes + 1, sizeof *f->attributes);
  if (!f->names || !f->attributes) return nt_fail(err, NT_E_MEMORY, "out of memory");
  for (size_t i = 0; i < f->width; i++)
    if (!(f->names[i] = take_text(c))) return forged(err, "names of features are missing");
  nt_status status = NT_OK;
  for (; status == NT_OK && f->attribute_count < attributes; f->attribute_count++)
    status = take_attribute(c, &f->attributes[f->attribute_count], err);
  return status;
}

static nt_status check_addresses(const nt_feature_file *f, uint64_t bytes, nt_error *err) {
  for (uint64_t i = 0; i < f->chunks; i++)
    for (int part = 0; part < NT_FEATURE_PARTS; part++) {
      size_t size = NT_FEATURE_CHUNK * f->row_bytes[part];
      if (f->addresses[i][part] > bytes || bytes - f->addresses[i][part] < size)
        return forged(err, "a chunk ends behind the end of the file");
    }
  return NT_OK;
}

static nt_status read_index(nt_feature_file *f, uint64_t bytes, nt_error *err) {
  size_t size;
  nt_status status = nt_seal_get(f->fd, bytes, &f->index, &size, err);
  if (status != NT_OK) return status;
  const nt_feature_index *index = f->index;
  if (size < sizeof *index || index->mark != NT_FEATURE_MARK)
    return forged(err, "it begins otherwise");
  if (index->width < 1 || index->width > NT_FEATURE_MOST_WIDTH)
    return forged(err, "the number of features is out of range");
  f->rows = index->rows;
  f->width = index->width;
  f->chunks = f->rows / NT_FEATURE_CHUNK + (f->rows % NT_FEATURE_CHUNK != 0);
  nt_feature_row_bytes(f->width, index->sizes != 0, f->row_bytes);
  if (f->chunks > (size - sizeof *index) / (2 * sizeof(nt_feature_chunk)))
    return forged(err, "more rows than chunks");
  f->addresses = (const nt_feature_chunk *)(index + 1);
  f->checksums = f->addresses + f->chunks;
  cursor c = {(const char *)(f->checksums + f->chunks), (const char *)f->index + size};
  status = check_addresses(f, bytes, err);
  return status == NT_OK ? take_texts(f, &c, index->attributes, err) : status;
}

/* ---------------------------------------------------------------- opening */

static nt_status open_file(nt_feature_file *f, nt_error *err) {
  struct stat st;
  f->fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (f->fd < 0 || fstat(f->fd, &st) != 0)
    return nt_fail(err, NT_E_IO, "cannot be opened: %s", strerror(errno));
  if (!S_ISREG(st.st_mode)) return nt_fail(err, NT_E_INPUT, "is not a regular file");
  return read_index(f, (uint64_t)st.st_size, err);
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
  free(f->attributes);
  free(f->names);
  free(f->index);
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

/* Rows of one part out of one chunk. */
static nt_status read_part(const nt_feature_file *f, int part, uint64_t chunk, size_t skip,
                           size_t count, char *to, nt_error *err) {
  uint64_t left = f->rows - chunk * NT_FEATURE_CHUNK;
  size_t row_bytes = f->row_bytes[part], whole = left < NT_FEATURE_CHUNK ? left : NT_FEATURE_CHUNK;
  nt_status status =
      nt_read_at(f->fd, f->addresses[chunk][part] + skip * row_bytes, to, count * row_bytes, err);
  if (status == NT_OK && count == whole &&
      XXH3_64bits(to, count * row_bytes) != f->checksums[chunk][part])
    status = nt_fail(err, NT_E_INPUT, "damaged: its checksum differs");
  if (status != NT_OK)
    nt_fail_in(err, "%s: /%s, chunk %llu", f->path, part_names[part], (unsigned long long)chunk);
  return status;
}

nt_status nt_feature_file_read(const nt_feature_file *f, uint64_t first, size_t count,
                               double *features, double *times, uint32_t *sizes, nt_error *err) {
  if (first > f->rows || count > f->rows - first)
    return nt_fail(err, NT_E_ARGUMENT, "%s: rows %llu to %llu, expected some of %llu", f->path,
                   (unsigned long long)first, (unsigned long long)first + count,
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
