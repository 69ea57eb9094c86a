/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "feature_csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "column_role.h"
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
  if (p < end && *p == '"') { /* a separator within quotes separates nothing */
    const char *quote = memchr(p + 1, '"', (size_t)(end - p - 1));
    if (quote) p = quote;
  }
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

static inline int is_feature(const nt_feature_csv *csv, size_t column) {
  return !csv->roles || csv->roles[column] == NT_COLUMN_OTHER;
}

/* Reads the cells of a line: the features into row, the time into *time (either may be NULL).
 * Returns how many cells there were; stops at `most`, or at *bad, which is then a cell that is no
 * number. */
static size_t read_cells(const nt_feature_csv *csv, const nt_line *line, double *row, double *time,
                         size_t most, const char **bad) {
  const char *p = line->text, *end = p + line->length;
  const char separator = csv->separator;
  size_t count = 0;
  *bad = NULL;
  p = skip_spaces(p, end);
  while (count < most) {
    double value;
    const char *cell = p = skip_spaces(p, end);
    if (is_feature(csv, count)) {
      if (p == end || !(p = nt_number_read(p, end, &value))) {
        *bad = cell;
        return count;
      }
      if (row) *row++ = value;
    } else if (csv->roles[count] == NT_COLUMN_TIME) {
      if (p == end || !(p = nt_number_read(p, end, &value))) {
        *bad = cell;
        return count;
      }
      if (time) *time = value;
    } else { /* whatever it says */
      p = cell_end(p, end, separator);
    }
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

static nt_status bad_cell(const nt_feature_csv *csv, const nt_line *line, size_t column,
                          const char *cell, nt_error *err) {
  size_t length = (size_t)(cell_end(cell, line->text + line->length, csv->separator) - cell);
  int comma = memchr(cell, ',', length) || memchr(cell, ';', length);
  return nt_fail(err, NT_E_INPUT, "column %zu is '%.*s', a number%s expected", column,
                 (int)(length < 60 ? length : 60), cell, comma ? " with a decimal point" : "");
}

nt_status nt_feature_csv_read(const nt_feature_csv *csv, const nt_line *line, double *row,
                              double *time, nt_error *err) {
  const char *bad;
  size_t count = read_cells(csv, line, row, time, csv->columns, &bad);
  if (count == csv->columns && !bad) return NT_OK;
  size_t found = count_cells(line->text, line->text + line->length, csv->separator);
  if (found != csv->columns || !bad)
    return nt_fail(err, NT_E_INPUT, "%zu columns, %zu expected", found, csv->columns);
  return bad_cell(csv, line, count + 1, bad, err);
}

/* ---------------------------------------------------------------- the header */

/* The names of all columns, cut in place; quotes around a name are not part of it. */
static void cut_names(char *p, char separator, size_t columns, const char **names) {
  char *end = p + strlen(p);
  for (size_t i = 0; i < columns; i++) {
    char *from = p = (char *)skip_spaces(p, end), *to = (char *)cell_end(p, end, separator);
    const char *next = next_cell(to, end, separator);
    p = next ? (char *)next : end;
    while (to > from && to[-1] == ' ') to--;
    if (to - from >= 2 && *from == '"' && to[-1] == '"') from++, to--;
    *to = 0;
    names[i] = from;
  }
}

static void note(nt_feature_csv *csv, const char *format, size_t column, const char *name) {
  size_t used = strlen(csv->note);
  if (used) used += (size_t)snprintf(csv->note + used, sizeof csv->note - used, "; ");
  if (used < sizeof csv->note)
    snprintf(csv->note + used, sizeof csv->note - used, format, column, name);
}

/* Columns that say which row it is or what is in it are no features. An index stands in front. */
static void find_roles(nt_feature_csv *csv, const char *const *names) {
  int front = 1, label = 0;
  for (size_t i = 0; i < csv->columns; i++)
    label |= nt_column_role_of(names[i], strlen(names[i])) == NT_COLUMN_LABEL;
  for (size_t i = 0; i < csv->columns; i++) {
    nt_column_role role = nt_column_role_of(names[i], strlen(names[i]));
    int counts = role == NT_COLUMN_LABEL || role == NT_COLUMN_ATTACK ||
                 (role == NT_COLUMN_INDEX && front) || (role == NT_COLUMN_KIND && label) ||
                 (role == NT_COLUMN_TIME && !csv->has_times);
    csv->roles[i] = (uint8_t)(counts ? role : NT_COLUMN_OTHER);
    front = front && csv->roles[i] == NT_COLUMN_INDEX;
    csv->has_times |= csv->roles[i] == NT_COLUMN_TIME;
    csv->has_labels |= csv->roles[i] == NT_COLUMN_LABEL;
    csv->width += csv->roles[i] == NT_COLUMN_OTHER;
    if (csv->roles[i] == NT_COLUMN_INDEX)
      note(csv, "column %zu, '%.40s', is an index and no feature", i + 1, names[i]);
    else if (csv->roles[i] != NT_COLUMN_OTHER && csv->roles[i] != NT_COLUMN_TIME)
      note(csv, "column %zu, '%.40s', says what a packet is and is no feature", i + 1, names[i]);
  }
}

static nt_status take_header(nt_feature_csv *csv, nt_error *err) {
  csv->names = calloc(csv->columns, sizeof *csv->names);
  csv->roles = calloc(csv->columns, sizeof *csv->roles);
  if (!csv->names || !csv->roles)
    return nt_fail(err, NT_E_MEMORY, "out of memory for %zu names", csv->columns);
  cut_names(csv->header, csv->separator, csv->columns, csv->names);
  find_roles(csv, csv->names);
  if (csv->width == 0 && csv->has_times) { /* a feature, when it is all there is */
    for (size_t i = 0; i < csv->columns; i++)
      if (csv->roles[i] == NT_COLUMN_TIME) csv->roles[i] = NT_COLUMN_OTHER, csv->width++;
    csv->has_times = 0;
  }
  size_t kept = 0;
  for (size_t i = 0; i < csv->columns; i++)
    if (csv->roles[i] == NT_COLUMN_OTHER) csv->names[kept++] = csv->names[i];
  if (csv->width == 0)
    return nt_fail(err, NT_E_INPUT, "line 1: no column is a feature: %s", csv->note);
  if (csv->width == csv->columns) { /* the fast way */
    free(csv->roles);
    csv->roles = NULL;
  }
  return NT_OK;
}

/* ---------------------------------------------------------------- the first lines */

/* 0,1,2,...: what pandas writes over columns without names. */
static int counts_up(const nt_line *line, char separator, size_t columns) {
  const char *p = line->text, *end = p + line->length;
  for (size_t i = 0; i < columns; i++) {
    char text[24];
    size_t length = (size_t)snprintf(text, sizeof text, "%zu", i);
    const char *to = cell_end(p, end, separator);
    if ((size_t)(to - p) != length || memcmp(p, text, length) != 0) return 0;
    p = to < end ? to + 1 : to;
  }
  return 1;
}

/* Whether the line behind this one, the last read, is of numbers that are not whole. The source is
 * left at the first of the two, whose text moves. */
static int fractions_follow(nt_source *source, nt_line *line) {
  enum { LOOKED_AT = 4096 };
  size_t behind = (size_t)(source->at - (const uint8_t *)line->text);
  source->at = (const uint8_t *)line->text;
  size_t have = nt_source_have(source, behind + LOOKED_AT);
  line->text = (const char *)source->at;
  const char *p = line->text + behind, *end = line->text + have;
  for (; p < end && *p != '\n'; p++)
    if (*p == '.') return 1;
  return 0;
}

/* A claim that costs the reader's caller memory: its buffers hold many rows. */
static nt_status check_width(size_t columns, nt_error *err) {
  if (columns <= NT_MAX_COLUMNS) return NT_OK;
  return nt_fail(err, NT_E_LIMIT, "line 1: %zu columns, at most %d expected", columns,
                 NT_MAX_COLUMNS);
}

/* The header is read: the row under it has as many columns, with numbers where features are. */
static nt_status check_first_row(nt_feature_csv *csv, nt_source *source, nt_error *err) {
  nt_line line;
  int got;
  const char *bad = NULL;
  nt_status status = nt_source_line(source, &line, &got, err);
  if (status != NT_OK) return status;
  size_t count = got ? read_cells(csv, &line, NULL, NULL, csv->columns, &bad) : 0;
  if (bad && *bad >= '0' && *bad <= '9') {
    (void)bad_cell(csv, &line, count + 1, bad, err);
    return nt_fail_in(err, "line 2");
  }
  if (count != csv->columns || bad) return nt_fail(err, NT_E_INPUT, "%s", "");
  source->at = (const uint8_t *)line.text;
  return NT_OK;
}

/* Whether the first line is a header; warns of a row that looks like one. */
static int is_header(nt_feature_csv *csv, nt_source *source, nt_line *line) {
  enum { SURE = 3 }; /* so many columns that count 0, 1, 2 are no row */
  const char *bad;
  read_cells(csv, line, NULL, NULL, 1, &bad);
  if (bad) return 1; /* it does not begin with a number */
  if (!counts_up(line, csv->separator, csv->columns)) return 0;
  if (csv->columns < SURE && !fractions_follow(source, line)) return 0;
  snprintf(csv->note, sizeof csv->note,
           "line 1, which counts from 0 to %zu, is a header and no row", csv->columns - 1);
  return 1;
}

nt_status nt_feature_csv_open(nt_feature_csv *csv, nt_source *source, nt_error *err) {
  nt_line line;
  int got;
  nt_status status = nt_source_line(source, &line, &got, err);
  if (status != NT_OK) return status;
  csv->separator = separator_of(&line);
  csv->columns = count_cells(line.text, line.text + line.length, csv->separator);
  if ((status = check_width(csv->columns, err)) != NT_OK) return status;
  const size_t length = (size_t)(source->at - (const uint8_t *)line.text);
  if (!is_header(csv, source, &line)) {
    csv->width = csv->columns;
    source->at = (const uint8_t *)line.text;
    return NT_OK;
  }
  csv->header = strndup(line.text, line.length);
  if (!csv->header) return nt_fail(err, NT_E_MEMORY, "out of memory for a header");
  source->at = (const uint8_t *)line.text + length;
  status = take_header(csv, err);
  return status == NT_OK ? check_first_row(csv, source, err) : status;
}

void nt_feature_csv_done(nt_feature_csv *csv) {
  free(csv->names);
  free(csv->roles);
  free(csv->header);
}
