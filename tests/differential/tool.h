/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by the tools of the differential tests: numbers in, numbers out; failures end with 2. */
#ifndef NT_DIFFERENTIAL_TOOL_H
#define NT_DIFFERENTIAL_TOOL_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <ninetails/error.h>

static inline void die(const char *what, const char *why) {
  fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, why);
  exit(2);
}

static inline void stop_on(nt_status status, const nt_error *err) {
  if (status == NT_OK) return;
  fprintf(stderr, "%s: %s\n", program_invocation_short_name, err->text);
  exit(2);
}

/* Reads a whole file; the caller frees the data. */
typedef struct file {
  void *data;
  size_t bytes;
} file;

static inline file load_file(const char *path) {
  FILE *in = fopen(path, "rb");
  if (!in) die(path, "cannot be opened");
  fseek(in, 0, SEEK_END);
  file f = {.bytes = (size_t)ftell(in)};
  rewind(in);
  f.data = malloc(f.bytes + 1);
  if (!f.data || fread(f.data, 1, f.bytes, in) != f.bytes) die(path, "cannot be read");
  fclose(in);
  return f;
}

static inline double *load_doubles(const char *path, size_t *count) {
  file f = load_file(path);
  *count = f.bytes / sizeof(double);
  return f.data;
}

static inline void print(const char *name, double value) {
  printf("%s %.17g\n", name, value);
}

#endif
