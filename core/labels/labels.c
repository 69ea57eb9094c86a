/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/labels.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/column_role.h"
#include "capture/source.h"
#include "label_cell.h"

/* How the lines are to be read: found out from the first one or two. */
typedef struct layout {
  char separator;            /* 0: the label stands alone */
  size_t columns;            /* of every line */
  size_t index, label, name; /* columns; SIZE_MAX: there is none */
  label_style style; /* WHOLE (then NUMBER is all right, too) or NAME; EITHER: not yet known */
  uint64_t base;     /* what the index counts from; UINT64_MAX: not yet known */
  int any_benign;
} layout;

typedef struct reading {
  nt_source *source;
  nt_labels *labels;
  layout layout;
  size_t capacity, lines;
  char *doubtful; /* the first line, which may be a header or a value: the second one tells */
} reading;

static const char alone[] = "one value a line", table[] = "table with a column of labels";

static int shown(label_cell c) { /* bytes of it that an error shows */
  return c.length < 60 ? (int)c.length : 60;
}

static int is(label_cell c, const char *text) {
  return strlen(text) == c.length && memcmp(c.text, text, c.length) == 0;
}

/* ---------------------------------------------------------------- one row */

static nt_status check_index(const layout *l, label_cell c, size_t row, nt_error *err) {
  uint64_t found;
  if (!nt_label_cell_whole(&c, &found))
    return nt_fail(err, NT_E_INPUT, "'%.*s' is no packet number", shown(c), c.text);
  if (row == 0 && found > 1)
    return nt_fail(err, NT_E_INPUT, "packet number %llu, 0 or 1 expected: they count from there",
                   (unsigned long long)found);
  uint64_t expected = l->base + row;
  if (row > 0 && found != expected)
    return nt_fail(
        err, NT_E_INPUT, "packet number %llu, %llu expected: they count from %llu without gaps",
        (unsigned long long)found, (unsigned long long)expected, (unsigned long long)l->base);
  return NT_OK;
}

static nt_status bad_value(const layout *l, label_cell c, nt_error *err) {
  const char *expected = l->style == LABEL_NAME ? "a name (benign, or that of an attack) or x"
                                                : "0, 1 or x (excluded from metrics)";
  return nt_fail(err, NT_E_INPUT, "label '%.*s', %s expected", shown(c), c.text, expected);
}

static nt_status make_room(reading *r, nt_error *err) {
  nt_labels *labels = r->labels;
  if (labels->count < r->capacity) return NT_OK;
  if (r->capacity == NT_MAX_LABELS)
    return nt_fail(err, NT_E_LIMIT, "more than %zu labels", NT_MAX_LABELS);
  size_t more = r->capacity ? 2 * r->capacity : (size_t)1 << 16;
  uint8_t *value = realloc(labels->value, more);
  if (value) labels->value = value;
  uint16_t *attack = NULL;
  if (labels->attack && value && (attack = realloc(labels->attack, more * sizeof *attack)))
    labels->attack = attack;
  if (!value || (labels->attack && !attack))
    return nt_fail(err, NT_E_MEMORY, "out of memory for %zu labels", more);
  r->capacity = more;
  return NT_OK;
}

/* The name of the attack packet that is being added. */
static nt_status put_name(reading *r, label_cell c, nt_error *err) {
  nt_labels *labels = r->labels;
  if (!labels->attack && !(labels->attack = calloc(r->capacity, sizeof *labels->attack)))
    return nt_fail(err, NT_E_MEMORY, "out of memory for the attacks of %zu labels", r->capacity);
  uint16_t index = labels->count ? labels->attack[labels->count - 1] : 0; /* often the same */
  nt_status status = nt_labels_name(labels, c.text, c.length, &index, err);
  labels->attack[labels->count] = index;
  return status;
}

/* A label that says 1 beside the name of its attack, where there is one. */
static nt_status name_beside(reading *r, label_cell c, nt_error *err) {
  uint8_t named;
  if (!nt_label_cell_is_name(&c)) return NT_OK;
  if (nt_label_cell_value(&c, &named) == LABEL_NAME && named == 0)
    return nt_fail(err, NT_E_INPUT, "label 1, but column %zu says '%.*s'", r->layout.name + 1,
                   shown(c), c.text);
  return put_name(r, c, err);
}

static nt_status add_value(reading *r, label_cell c, label_cell name, nt_error *err) {
  layout *l = &r->layout;
  nt_labels *labels = r->labels;
  uint8_t value;
  label_style style = nt_label_cell_value(&c, &value);
  if (style == LABEL_NUMBER) style = LABEL_WHOLE;
  if (style == LABEL_BAD ||
      (style != LABEL_EITHER && l->style != LABEL_EITHER && style != l->style))
    return bad_value(l, c, err);
  if (style != LABEL_EITHER) l->style = style;
  nt_status status = make_room(r, err);
  if (status != NT_OK) return status;
  labels->value[labels->count] = value;
  if (labels->attack) labels->attack[labels->count] = 0;
  if (value == 1 && style == LABEL_NAME) status = put_name(r, c, err);
  if (value == 1 && style == LABEL_WHOLE && name.text) status = name_beside(r, name, err);
  l->any_benign |= value == 0;
  labels->count += status == NT_OK;
  return status;
}

static nt_status add_row(reading *r, const nt_line *line, nt_error *err) {
  layout *l = &r->layout;
  const char *p = line->text, *end = p + line->length;
  label_cell c, index = {0}, value = {0}, name = {0};
  size_t column = 0;
  for (; nt_label_cell_next(&p, end, l->separator, &c); column++) {
    if (column == l->index) index = c;
    if (column == l->label) value = c;
    if (column == l->name) name = c;
  }
  if (column != l->columns)
    return nt_fail(err, NT_E_INPUT, "%zu columns, %zu expected", column, l->columns);
  if (l->index != SIZE_MAX) {
    nt_status status = check_index(l, index, r->labels->count, err);
    if (status != NT_OK) return status;
    if (r->labels->count == 0) nt_label_cell_whole(&index, &l->base);
  }
  return add_value(r, value, name, err);
}

/* ---------------------------------------------------------------- the first line */

static int outside_quotes(const nt_line *line, char c) {
  int quoted = 0;
  for (size_t i = 0; i < line->length; i++) {
    quoted ^= line->text[i] == '"';
    if (line->text[i] == c && !quoted) return 1;
  }
  return 0;
}

static int two_numbers(const nt_line *line) {
  const char *p = line->text, *end = p + line->length;
  label_cell c;
  size_t count = 0;
  uint64_t number;
  for (; nt_label_cell_next(&p, end, ' ', &c); count++)
    if (!nt_label_cell_whole(&c, &number)) return 0;
  return count == 2;
}

static char separator_of(const nt_line *line) {
  static const char separators[] = {';', ',', '\t'};
  for (size_t i = 0; i < sizeof separators; i++)
    if (outside_quotes(line, separators[i])) return separators[i];
  return two_numbers(line) ? ' ' : 0;
}

/* One value a line: 1 where the first is a header, 0 a value, -1 where the second line tells. A
 * lone "0" is what pandas writes over a column without a name. */
static int is_lone_header(label_cell c) {
  uint8_t value;
  label_style style = nt_label_cell_value(&c, &value);
  if (style == LABEL_NUMBER || (style == LABEL_NAME && value == 0)) return 0;
  if (style == LABEL_EITHER) return c.quoted; /* R's name of a column without one */
  if (nt_column_role_of(c.text, c.length) != NT_COLUMN_OTHER) return 1;
  if (style == LABEL_WHOLE) return value == 0 ? -1 : 0;
  return style == LABEL_NAME ? -1 : 0;
}

/* Columns under a header. Which of several would be the label is not guessed. */
static nt_status read_header(layout *l, const nt_line *line, nt_labels *labels, nt_error *err) {
  const char *p = line->text, *end = p + line->length;
  label_cell c, first = {0}, second = {0};
  size_t column = 0, kind = SIZE_MAX, found = SIZE_MAX;
  for (; nt_label_cell_next(&p, end, l->separator, &c); column++) {
    nt_column_role role = nt_column_role_of(c.text, c.length);
    if (column == 0) first = c;
    if (column == 1) second = c;
    if (column == 0 && role == NT_COLUMN_INDEX) l->index = 0;
    if (role == NT_COLUMN_LABEL && found == SIZE_MAX) found = column;
    if (role == NT_COLUMN_ATTACK && l->name == SIZE_MAX) l->name = column;
    if (role == NT_COLUMN_KIND && kind == SIZE_MAX) kind = column;
  }
  l->columns = column;
  if (l->name == SIZE_MAX) l->name = kind;
  l->label = found;
  labels->format = table;
  if (found == SIZE_MAX && column == 2) { /* an index and a value, whatever they are called */
    l->index = 0;
    l->label = 1;
    l->name = SIZE_MAX;
  } else if (found == SIZE_MAX) {
    return nt_fail(err, NT_E_INPUT,
                   "line 1: %zu columns, 2 (packet number, label) or 1 expected, or a header that "
                   "calls one column 'label'",
                   column);
  }
  if (l->index == 0 && l->label == 1) {
    int r_export = l->separator == ',' && is(first, "") && is(second, "x");
    labels->format = r_export              ? "R's export"
                     : l->separator == ';' ? "packet;label"
                                           : "packet_number,label";
  }
  return NT_OK;
}

/* Columns without a header: an index and a value. */
static nt_status read_bare(layout *l, size_t columns, label_cell second, nt_labels *labels,
                           nt_error *err) {
  if (columns != 2)
    return nt_fail(err, NT_E_INPUT,
                   "line 1: %zu columns, 2 (packet number, label) or 1 expected, or a header that "
                   "calls one column 'label'",
                   columns);
  uint8_t value;
  if (nt_label_cell_value(&second, &value) == LABEL_BAD)
    return nt_fail(err, NT_E_INPUT,
                   "line 1: label '%.*s', 0, 1 or x (excluded from metrics) "
                   "expected",
                   shown(second), second.text);
  l->columns = 2;
  l->index = 0;
  l->label = 1;
  labels->format = l->separator == ';' ? "packet;label" : "packet_number,label";
  return NT_OK;
}

/* *taken: the line is no row. */
static nt_status first_line(reading *r, const nt_line *line, int *taken, nt_error *err) {
  layout *l = &r->layout;
  label_cell c[2] = {{0}}, more;
  const char *p = line->text, *end = p + line->length;
  *l = (layout){.separator = separator_of(line),
                .columns = 1,
                .index = SIZE_MAX,
                .name = SIZE_MAX,
                .style = LABEL_EITHER};
  *taken = 0;
  size_t columns = 0;
  for (; nt_label_cell_next(&p, end, l->separator, columns < 2 ? &c[columns] : &more); columns++)
    ;
  if (columns == 1) {
    l->separator = 0;
    r->labels->format = alone;
    int header = is_lone_header(c[0]);
    if (header < 0 && !(r->doubtful = strndup(line->text, line->length)))
      return nt_fail(err, NT_E_MEMORY, "out of memory for a line");
    *taken = header != 0;
    return NT_OK;
  }
  uint64_t number;
  if (nt_label_cell_whole(&c[0], &number)) return read_bare(l, columns, c[1], r->labels, err);
  *taken = 1;
  if (nt_label_cell_whole(&c[1], &number) && c[0].length > 0)
    return nt_fail(err, NT_E_INPUT, "line 1: '%.*s' is no packet number", shown(c[0]), c[0].text);
  return read_header(l, line, r->labels, err);
}

/* The first line could be either. Over numbers written in another way, or a word over numbers: a
 * header. Else a value, and said when the count is one too many (nt_labels_check_count). */
static nt_status settle_doubt(reading *r, const nt_line *second, nt_error *err) {
  const nt_line line = {.text = r->doubtful, .length = strlen(r->doubtful)};
  label_cell a, b;
  uint8_t value;
  const char *p = line.text;
  nt_label_cell_next(&p, p + line.length, 0, &a);
  label_style first = nt_label_cell_value(&a, &value), then = LABEL_EITHER;
  if (second) {
    p = second->text;
    nt_label_cell_next(&p, p + second->length, 0, &b);
    then = nt_label_cell_value(&b, &value);
  }
  nt_labels *labels = r->labels;
  if (then != LABEL_EITHER && then != LABEL_BAD && then != first) {
    snprintf(labels->note, sizeof labels->note, "line 1, '%.*s', is a header", shown(a), a.text);
    return NT_OK;
  }
  snprintf(labels->first_line, sizeof labels->first_line, "%.*s", shown(a), a.text);
  return add_row(r, &line, err);
}

/* ---------------------------------------------------------------- the file */

static nt_status skip_mark(nt_source *source, nt_error *err) {
  size_t have = nt_source_have(source, 3);
  if (have >= 3 && memcmp(source->at, "\xef\xbb\xbf", 3) == 0) source->at += 3;
  if (have >= 2 &&
      (memcmp(source->at, "\xff\xfe", 2) == 0 || memcmp(source->at, "\xfe\xff", 2) == 0))
    return nt_fail(err, NT_E_INPUT, "is UTF-16, UTF-8 expected");
  return NT_OK;
}

static nt_status next_line(reading *r, nt_line *line, int *got, nt_error *err) {
  nt_source *source = r->source;
  nt_status status = nt_source_line(source, line, got, err);
  if (status == NT_OK && source->fault.status != NT_OK && !line->ended) {
    if (err) *err = source->fault;
    status = source->fault.status;
  }
  if (status != NT_OK) return nt_fail_in(err, "line %zu", r->lines + 1);
  if (*got && line->length == 0 && nt_source_have(source, 1) == 0) *got = 0;
  r->lines += (size_t)*got;
  return NT_OK;
}

static nt_status read_lines(reading *r, nt_error *err) {
  nt_line line;
  int got, taken;
  nt_status status = skip_mark(r->source, err);
  if (status == NT_OK) status = next_line(r, &line, &got, err);
  if (status != NT_OK || !got) return status;
  if ((status = first_line(r, &line, &taken, err)) != NT_OK) return status;
  if (!taken && add_row(r, &line, err) != NT_OK) return nt_fail_in(err, "line 1");
  for (;;) {
    if ((status = next_line(r, &line, &got, err)) != NT_OK) return status;
    if (r->lines == 1 + (size_t)got && r->doubtful &&
        settle_doubt(r, got ? &line : NULL, err) != NT_OK)
      return nt_fail_in(err, "line 1");
    if (!got) return NT_OK;
    if (add_row(r, &line, err) != NT_OK) return nt_fail_in(err, "line %zu", r->lines);
  }
}

static void conclude(const reading *r) {
  nt_labels *labels = r->labels;
  char *note = labels->note;
  size_t size = sizeof labels->note;
  if (r->layout.index != SIZE_MAX && r->layout.base == 0)
    snprintf(note, size, "packet numbers from 0");
  if (r->layout.style == LABEL_NAME && !r->layout.any_benign) {
    size_t used = strlen(note);
    snprintf(note + used, size - used, "%sno packet has a benign name (benign, normal, legitimate)",
             used ? "; " : "");
  }
}

nt_status nt_labels_read(const char *path, nt_labels *labels, nt_error *err) {
  *labels = (nt_labels){0};
  nt_error why = {.status = NT_OK};
  reading r = {.source = nt_source_open(path, &why), .labels = labels};
  if (r.source) {
    nt_status status = read_lines(&r, &why);
    if (status == NT_OK && labels->count == 0)
      status = nt_fail(&why, NT_E_INPUT, "holds no labels");
    if (status == NT_OK) conclude(&r);
    if (status != NT_OK) {
      nt_labels_done(labels);
      nt_fail_in(&why, "%s", path);
    }
  }
  free(r.doubtful);
  nt_source_close(r.source);
  if (err) *err = why;
  return why.status;
}

void nt_labels_done(nt_labels *labels) {
  for (size_t i = 0; i < labels->name_count; i++) free(labels->names[i]);
  free(labels->names);
  free(labels->attack);
  free(labels->value);
  *labels = (nt_labels){0};
}

nt_status nt_labels_check_count(const nt_labels *labels, const char *path, size_t packets,
                                nt_error *err) {
  if (labels->count == packets) return NT_OK;
  if (labels->count == packets + 1 && labels->first_line[0])
    return nt_fail(err, NT_E_INPUT,
                   "%s: %zu labels, but the capture has %zu packets; line 1, '%s', was read as a "
                   "label: if it is a header, one that says 'label' is expected",
                   path, labels->count, packets, labels->first_line);
  int noted = labels->note[0] != 0;
  return nt_fail(err, NT_E_INPUT, "%s: %zu labels, but the capture has %zu packets%s%s%s", path,
                 labels->count, packets, noted ? " (" : "", labels->note, noted ? ")" : "");
}
