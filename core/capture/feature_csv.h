/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows of numbers as text: features that someone else has extracted. The numbers of a line are
 * separated by commas, semicolons, tabs or spaces (whichever the first line has, in this order of
 * preference); spaces around them do not matter. A first line that does not begin with a number is
 * a header of names, as is one that counts 0,1,2,... (pandas' over columns without names; of fewer
 * than three columns only over numbers with a point).
 *
 * Not every column is a feature (column_role.h): a first one without a name, or named as an index
 * is, says nothing; the first that is called "timestamp" is the time of the row; a column of labels
 * or of names of attacks would show the detector what it is to find out. All but the time may hold
 * any text. `note` says what was left out.
 */
#ifndef NT_FEATURE_CSV_H
#define NT_FEATURE_CSV_H

#include "source.h"

#define NT_MAX_COLUMNS 65536

typedef struct nt_feature_csv {
  size_t width;   /* features of a row */
  size_t columns; /* of a line */
  int has_times, has_labels;
  char separator;
  uint8_t *roles; /* nt_column_role of each column, OTHER for features; NULL: all are features */
  const char **names; /* width pointers into `header`, or NULL where there is none */
  char *header;
  char note[400]; /* what was concluded of header and columns; "": nothing */
} nt_feature_csv;

/* Looks at the first lines of a text and leaves the source at its first row. NT_E_INPUT: the text
 * begins neither with a row of numbers nor with names above one (then the text of the error is
 * empty), or no column is a feature; NT_E_LIMIT: it has more than NT_MAX_COLUMNS, or a line of more
 * than NT_SOURCE_MAX_LINE bytes. */
nt_status nt_feature_csv_open(nt_feature_csv *csv, nt_source *source, nt_error *err);
void nt_feature_csv_done(nt_feature_csv *csv);

/* One row: width numbers; *time (may be NULL) only where the file has times. NT_E_INPUT names
 * column and value, or the numbers of columns found and expected. */
nt_status nt_feature_csv_read(const nt_feature_csv *csv, const nt_line *line, double *row,
                              double *time, nt_error *err);

#endif
