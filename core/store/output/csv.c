/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows as text: `timestamp,<features>` or `packet,timestamp,score[,label[,attack]]`, %.17g, which
 * reads back as the same double. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

#define BUFFER (1 << 20)

typedef struct csv_file {
  FILE *out;
  nt_store_shape shape;
  uint64_t rows;
} csv_file;

static void *csv_create(const char *temporary, nt_error *err) {
  csv_file *file = calloc(1, sizeof *file);
  if (file) file->out = fopen(temporary, "we");
  if (file && file->out && setvbuf(file->out, NULL, _IOFBF, BUFFER) == 0) return file;
  nt_fail(err, file ? NT_E_IO : NT_E_MEMORY, "%s: cannot be written: %s", temporary,
          strerror(errno));
  if (file && file->out) fclose(file->out);
  free(file);
  return NULL;
}

static nt_status written(csv_file *file, nt_error *err) {
  if (!ferror(file->out)) return NT_OK;
  return nt_fail(err, NT_E_IO, "cannot be written: %s", strerror(errno));
}

/* A name with a separator in it (names can come from a CSV input) is quoted, quotes doubled: RFC
 * 4180. */
static void put_name(FILE *out, const char *name) {
  if (!strpbrk(name, ",\"\r\n")) {
    fputs(name, out);
    return;
  }
  putc('"', out);
  for (; *name; name++) {
    if (*name == '"') putc('"', out);
    putc(*name, out);
  }
  putc('"', out);
}

/* Weights and counts are whole numbers most of the time: those need no %.17g, which costs 5 times
 * as much. */
static void put_number(FILE *out, double x) {
  char text[32];
  int length;
  if (isnan(x))
    length = snprintf(text, sizeof text, "nan"); /* printf may write -nan */
  else if (fabs(x) < 1e15 && x == (double)(int64_t)x && !(x == 0 && signbit(x)))
    length = snprintf(text, sizeof text, "%" PRId64, (int64_t)x);
  else
    length = snprintf(text, sizeof text, "%.17g", x);
  fwrite(text, 1, (size_t)length, out);
}

static nt_status csv_begin(void *handle, const nt_store_shape *shape, nt_error *err) {
  csv_file *file = handle;
  if (shape->features && shape->scores)
    return nt_fail(err, NT_E_ARGUMENT,
                   "a CSV file holds scores or features, not both: write .h5, or extract apart");
  file->shape = *shape;
  fputs(shape->scores ? "packet,timestamp" : "timestamp", file->out);
  for (size_t i = 0; shape->features && i < shape->width; i++) {
    putc(',', file->out);
    put_name(file->out, shape->names[i]);
  }
  if (shape->scores) fputs(",score", file->out);
  if (shape->labels) fputs(",label", file->out);
  if (shape->attacks) fputs(",attack", file->out);
  putc('\n', file->out);
  return written(file, err);
}

static nt_status csv_append(void *handle, const nt_store_rows *rows, nt_error *err) {
  csv_file *file = handle;
  const nt_store_shape *shape = &file->shape;
  for (size_t i = 0; i < rows->count; i++) {
    if (shape->scores) fprintf(file->out, "%" PRIu64 ",", file->rows + i);
    put_number(file->out, rows->times[i]);
    for (size_t j = 0; shape->features && j < shape->width; j++) {
      putc(',', file->out);
      put_number(file->out, rows->features[i * shape->width + j]);
    }
    if (shape->scores) {
      putc(',', file->out);
      put_number(file->out, rows->scores[i]);
    }
    if (shape->labels) fprintf(file->out, ",%d", rows->labels[i]);
    if (shape->attacks) {
      putc(',', file->out);
      if (rows->attack[i]) put_name(file->out, shape->attack_names[rows->attack[i] - 1]);
    }
    putc('\n', file->out);
  }
  file->rows += rows->count;
  return written(file, err);
}

static nt_status csv_close(void *handle, nt_error *err) {
  csv_file *file = handle;
  int bad = ferror(file->out);
  bad |= fclose(file->out);
  free(file);
  return bad ? nt_fail(err, NT_E_IO, "cannot be written: %s", strerror(errno)) : NT_OK;
}

const nt_store_format nt_store_csv = {.endings = {".csv"},
                                      .create = csv_create,
                                      .begin = csv_begin,
                                      .append = csv_append,
                                      .close = csv_close};
