/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cells of a label file, and what a value in one says. */
#ifndef NT_LABEL_CELL_H
#define NT_LABEL_CELL_H

#include <stddef.h>
#include <stdint.h>

typedef struct label_cell {
  const char *text; /* without spaces, and without quotes, that stand around it */
  size_t length;
  int quoted;
} label_cell;

/* The next cell between *p and end; *p is NULL behind the last one. A separator within quotes
 * separates nothing; separator 0: the line is one cell; ' ': any number of spaces. Returns 0 at the
 * end. */
int nt_label_cell_next(const char **p, const char *end, char separator, label_cell *cell);

typedef enum label_style {
  LABEL_BAD,
  LABEL_EITHER, /* x */
  LABEL_WHOLE,  /* 0, 1 */
  LABEL_NUMBER, /* 0.0, 1e0, True */
  LABEL_NAME    /* begins with a letter */
} label_style;

/* How a value is written; *value: 0, 1 or NT_LABEL_EXCLUDED, of a name 0 where it says benign. */
label_style nt_label_cell_value(const label_cell *cell, uint8_t *value);

/* Whether a cell of a column of names holds one: any text but a number, and what programs write for
 * nothing (nan, null, none, -). */
int nt_label_cell_is_name(const label_cell *cell);

/* The whole number in a cell; 0 when there is none. */
int nt_label_cell_whole(const label_cell *cell, uint64_t *number);

#endif
