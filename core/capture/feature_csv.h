/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows of numbers as text: features that someone else has extracted. The numbers of a line are
 * separated by commas, semicolons, tabs or spaces (whichever the first line has, in this order of
 * preference); spaces around them do not matter. A first line that does not begin with a number is
 * a header of names, and a first column of the name "timestamp" is no feature but the time of the
 * row.
 */
#ifndef NT_FEATURE_CSV_H
#define NT_FEATURE_CSV_H

#include "stream.h"

#define NT_MAX_COLUMNS 65536

typedef struct nt_feature_csv {
  size_t width; /* features of a row, without the time */
  int has_times;
  char separator;
  const char **names; /* width pointers into `header`, or NULL where there is none */
  char *header;
} nt_feature_csv;

/* Looks at the first lines of a text and leaves the stream at its first row. NT_E_INPUT: the text
 * begins neither with a row of numbers nor with names above one; NT_E_LIMIT: it has more than
 * NT_MAX_COLUMNS, or a line of more than NT_STREAM_MAX_LINE bytes. */
nt_status nt_feature_csv_open(nt_feature_csv *csv, nt_stream *stream, nt_error *err);
void nt_feature_csv_done(nt_feature_csv *csv);

/* One row: width numbers; *time (may be NULL) only where the file has times. NT_E_INPUT names
 * column and value, or the numbers of columns found and expected. */
nt_status nt_feature_csv_read(const nt_feature_csv *csv, const nt_line *line, double *row,
                              double *time, nt_error *err);

#endif
