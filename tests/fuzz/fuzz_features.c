/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of numbers: each number is read as strtod reads it; files of rows. */
#include <assert.h>
#include <ctype.h>
#include <math.h>

#include <ninetails/capture.h>

#include "capture/number.h"
#include "bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Deliberate differences from strtod: leading space, hexadecimal and nan(...) are no numbers. */
static void compare_with_strtod(const char *text, size_t size) {
  char *end;
  double found, expected = strtod(text, &end);
  const char *stop = nt_number_read(text, text + size, &found);
  const char *digits = text + (*text == '-' || *text == '+');
  if (isspace((unsigned char)*text) || (digits[0] == '0' && (digits[1] | 0x20) == 'x')) return;
  assert(!stop == (end == text));
  if (!stop) return;
  if (isnan(expected)) {
    assert(isnan(found));
    return;
  }
  assert(stop == end && memcmp(&found, &expected, sizeof found) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  memcpy(text, data, size);
  text[size] = 0;
  for (size_t at = 0; at < size; at += strcspn(text + at, ",;\t \n") + 1)
    if (strlen(text + at) == size - at) compare_with_strtod(text + at, size - at);

  file f = file_of(data, size);
  nt_capture *c = nt_capture_open(f.path, NULL);
  size_t width = c ? nt_capture_width(c) : 0;
  double *row = malloc((width + 1) * sizeof *row), time;
  const char *const *names = c ? nt_capture_column_names(c) : NULL;
  for (size_t i = 0; names && i < width; i++) assert(strlen(names[i]) <= size);
  for (size_t got = 1; width && got;)
    if (nt_capture_read_rows(c, row, &time, 1, &got, NULL) != NT_OK) assert(!got);
  nt_capture_close(c);
  free(row);
  file_close(&f);
  free(text);
  return 0;
}
