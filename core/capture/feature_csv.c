/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "feature_csv.h"

#include <stdlib.h>
#include <string.h>

#include "number.h"

static const char separators[] = {',', ';', '\t', ' '};

static char separator_of(const nt_line *line) {
  for (size_t i = 0; i < sizeof separators; i++)
    if (memchr(line->text, separators[i], line->length)) return separators[i];
  return ',';
}

static const char *skip_spaces(const char *p, const char *end) {
  while (p < end && *p == ' ') p++;
  return p;
}

/* From behind a cell to the next one: NULL unless a separator stands there. */
static inline const char *next_cell(const char *p, const char *end, char separator) {
  if (p < end && *p == separator && separator != ' ') return p + 1;
  const char *after = skip_spaces(p, end);
  if (separator == ' ') return after > p ? after : NULL;
  return after < end && *after == separator ? after + 1 : NULL;
}

static const char *cell_end(const char *p, const char *end, char separator) {
  while (p < end && *p != separator) p++;
  return p;
}

static size_t count_cells(const char *p, const char *end, char separator) {
  size_t count = 0;
  for (p = skip_spaces(p, end);; count++) {
    p = cell_end(p, end, separator);
    const char *next = next_cell(p, end, separator);
    if (!next || (separator == ' ' && next == end)) return count + 1;
    p = next;
  }
}

/* Reads the cells of a line into row (first[0] takes the first one, where it is not NULL). Returns
 * how many there were; stops at `most`, or at *bad, which is then a cell that is no number. */
static size_t read_cells(const nt_line *line, char separator, double *first, double *row,
                         size_t most, const char **bad) {
  const char *p = line->text, *end = p + line->length;
  size_t count = 0;
  *bad = NULL;
  p = skip_spaces(p, end);
  while (count < most) {
    double value;
    const char *cell = p = skip_spaces(p, end);
    if (p == end || !(p = nt_number_read(p, end, &value))) {
      *bad = cell;
      return count;
    }
    if (first && count == 0)
      *first = value;
    else if (row)
      *row++ = value;
    count++;
    if (p == end) return count;
    const char *next = next_cell(p, end, separator);
    if (!next) {
      p = skip_spaces(p, end);
      if (p < end) *bad = cell;
      return p < end ? count - 1 : count;
    }
    p = next;
    if (separator == ' ' && p == end) return count;
  }
  return count + 1; /* more than most */
}

nt_status nt_feature_csv_read(const nt_feature_csv *csv, const nt_line *line, double *row,
                              double *time, nt_error *err) {
  size_t columns = csv->width + (csv->has_times != 0);
  double ignored;
  const char *bad;
  size_t count = read_cells(line, csv->separator, csv->has_times ? time ? time : &ignored : NULL,
                            row, columns, &bad);
  if (count == columns && !bad) return NT_OK;
  const char *end = line->text + line->length;
  size_t found = count_cells(line->text, end, csv->separator);
  if (found != columns || !bad)
    return nt_fail(err, NT_E_INPUT, "%zu columns, %zu expected", found, columns);
  size_t shown = (size_t)(cell_end(bad, end, csv->separator) - bad);
  return nt_fail(err, NT_E_INPUT, "column %zu is '%.*s', a number expected", count + 1,
                 (int)(shown < 60 ? shown : 60), bad);
}

static nt_status not_numbers(nt_error *err) {
  return nt_fail(err, NT_E_INPUT, "neither a row of numbers nor names above one");
}

/* Cuts the header into names, in place; quotes around a name are not part of it. */
static nt_status cut_header(nt_feature_csv *csv, char *p, size_t columns, nt_error *err) {
  csv->names = calloc(columns, sizeof *csv->names);
  if (!csv->names) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu names", columns);
  char *end = p + strlen(p);
  for (size_t i = 0; i < columns; i++) {
    char *from = p = (char *)skip_spaces(p, end), *to = (char *)cell_end(p, end, csv->separator);
    const char *next = next_cell(to, end, csv->separator);
    p = next ? (char *)next : end;
    while (to > from && to[-1] == ' ') to--;
    if (to - from >= 2 && *from == '"' && to[-1] == '"') from++, to--;
    *to = 0;
    csv->names[i] = from;
  }
  csv->has_times = columns > 1 && strcmp(csv->names[0], "timestamp") == 0;
  if (csv->has_times) memmove(csv->names, csv->names + 1, (columns - 1) * sizeof *csv->names);
  csv->width = columns - (csv->has_times != 0);
  return NT_OK;
}

/* A claim that costs the reader's caller memory: its buffers hold many rows. */
static nt_status check_width(size_t columns, nt_error *err) {
  if (columns <= NT_MAX_COLUMNS) return NT_OK;
  return nt_fail(err, NT_E_LIMIT, "line 1: %zu columns, at most %d expected", columns,
                 NT_MAX_COLUMNS);
}

nt_status nt_feature_csv_open(nt_feature_csv *csv, nt_stream *stream, nt_error *err) {
  nt_line line;
  int got;
  const char *bad;
  double value;
  nt_status status = nt_stream_line(stream, &line, &got, err);
  if (status != NT_OK) return status;
  csv->separator = separator_of(&line);
  read_cells(&line, csv->separator, &value, NULL, 1, &bad);
  if (!bad) { /* it begins with a number */
    csv->width = count_cells(line.text, line.text + line.length, csv->separator);
    stream->at = (const uint8_t *)line.text;
    return check_width(csv->width, err);
  }
  csv->header = strndup(line.text, line.length);
  if (!csv->header) return nt_fail(err, NT_E_MEMORY, "out of memory for a header");
  size_t columns = count_cells(csv->header, csv->header + strlen(csv->header), csv->separator);
  status = check_width(columns, err);
  if (status == NT_OK) status = nt_stream_line(stream, &line, &got, err);
  if (status != NT_OK) return status;
  size_t count = got ? read_cells(&line, csv->separator, NULL, NULL, columns, &bad) : 0;
  if (count != columns || bad) return not_numbers(err);
  stream->at = (const uint8_t *)line.text;
  return cut_header(csv, csv->header, columns, err);
}

void nt_feature_csv_done(nt_feature_csv *csv) {
  free(csv->names);
  free(csv->header);
}
