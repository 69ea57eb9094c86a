/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Prints what the library reads from a table that another program wrote, for tables.py to compare.
 *
 *     tables_tool labels FILE     "note TEXT", then the label of each packet: 0, 1, x or its name
 *     tables_tool features FILE   "note TEXT", "names NAME...", then the features of each row
 */
#include <string.h>

#include <ninetails/capture.h>
#include <ninetails/labels.h>

#include "tool.h"

static void print_labels(const char *path) {
  nt_labels labels;
  nt_error err;
  stop_on(nt_labels_read(path, &labels, &err), &err);
  printf("note %s\n", labels.note);
  for (size_t i = 0; i < labels.count; i++) {
    if (labels.attack && labels.attack[i])
      puts(labels.names[labels.attack[i] - 1]);
    else
      printf("%c\n", "01x"[labels.value[i]]);
  }
  nt_labels_done(&labels);
}

static void print_features(const char *path) {
  nt_error err;
  nt_capture *c = nt_capture_open(path, &err);
  if (!c) stop_on(err.status, &err);
  if (nt_capture_format_of(c) != NT_FORMAT_FEATURES) die(path, "no table of features");
  size_t width = nt_capture_width(c), got;
  const char *warning = nt_capture_warning(c), *const *names = nt_capture_column_names(c);
  printf("note %s\nnames", warning ? warning + strlen(path) + 2 : "");
  for (size_t i = 0; names && i < width; i++) printf(" %s", names[i]);
  puts("");
  double *row = malloc(width * sizeof *row);
  if (!row) die(path, "out of memory");
  for (;;) {
    stop_on(nt_capture_read_rows(c, row, NULL, 1, &got, &err), &err);
    if (!got) break;
    for (size_t i = 0; i < width; i++) printf("%.17g ", row[i]);
    puts("");
  }
  free(row);
  nt_capture_close(c);
}

int main(int count, char **word) {
  if (count != 3) die("usage", "tables_tool labels|features FILE");
  if (strcmp(word[1], "labels") == 0)
    print_labels(word[2]);
  else
    print_features(word[2]);
  return 0;
}
