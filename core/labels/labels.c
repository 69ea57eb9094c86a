/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "labels.h"

#include <stdlib.h>
#include <string.h>

#include "../capture/stream.h"

typedef struct cell {
  const char *text; /* without the quotes that may stand around it */
  size_t length;
} cell;

typedef struct format {
  const char *name;
  char separator; /* 0: the label stands alone */
  size_t columns; /* of every line, as of the first */
} format;

enum { ALONE, SEMICOLON, COMMA, R_EXPORT };
static const format formats[] = {{"one value a line", 0, 1},
                                 {"packet;label", ';', 2},
                                 {"packet_number,label", ',', 2},
                                 {"R's export", ',', 2}};

static cell unquoted(const char *from, const char *to) {
  if (to - from >= 2 && *from == '"' && to[-1] == '"') from++, to--;
  return (cell){from, (size_t)(to - from)};
}

/* Cuts a line at its separators; returns how many cells it has, of which the first two are kept. */
static size_t cut(const nt_line *line, char separator, cell cells[2]) {
  const char *p = line->text, *end = p + line->length;
  size_t count = 0;
  for (;; p++) {
    const char *from = p;
    while (p < end && *p != separator) p++;
    if (count < 2) cells[count] = unquoted(from, p);
    count++;
    if (p == end) return count;
  }
}

static int is(cell c, const char *text) {
  return strlen(text) == c.length && memcmp(c.text, text, c.length) == 0;
}

static int is_number(cell c) {
  for (size_t i = 0; i < c.length; i++)
    if ((unsigned char)(c.text[i] - '0') > 9) return 0;
  return c.length > 0;
}

static int shown(cell c) { /* bytes of it that an error shows */
  return c.length < 60 ? (int)c.length : 60;
}

/* The format, from the first line; *header tells whether that line is one. */
static nt_status find_format(const nt_line *line, format *found, int *header, nt_error *err) {
  int separated = memchr(line->text, ';', line->length)   ? SEMICOLON
                  : memchr(line->text, ',', line->length) ? COMMA
                                                          : ALONE;
  cell c[2];
  *header = 0;
  *found = formats[separated];
  if (separated == ALONE) return NT_OK;
  found->columns = cut(line, found->separator, c);
  *header = !is_number(c[0]);
  /* Which of several columns would be the label is not guessed: the header has to say it. */
  if (found->columns > 2 && !(*header && is(c[1], "label")))
    return nt_fail(err, NT_E_INPUT,
                   "line 1: %zu columns, 2 (packet number, label) or 1 expected, or a header whose "
                   "second column is 'label'",
                   found->columns);
  if (*header && is_number(c[1]))
    return nt_fail(err, NT_E_INPUT, "line 1: '%.*s' is no packet number", shown(c[0]), c[0].text);
  if (separated == COMMA && is(c[0], "") && is(c[1], "x")) *found = formats[R_EXPORT];
  return NT_OK;
}

/* The label of line `number` (1-based, the header not counted). */
static nt_status read_label(const format *f, const nt_line *line, size_t number, uint8_t *label,
                            nt_error *err) {
  cell c[2] = {{line->text, line->length}, {NULL, 0}}, value = c[0];
  if (f->separator) {
    size_t count = cut(line, f->separator, c);
    if (count != f->columns)
      return nt_fail(err, NT_E_INPUT, "%zu columns, %zu expected", count, f->columns);
    size_t found = 0;
    if (!is_number(c[0]) || c[0].length > 18)
      return nt_fail(err, NT_E_INPUT, "'%.*s' is no packet number", shown(c[0]), c[0].text);
    for (size_t i = 0; i < c[0].length; i++) found = found * 10 + (size_t)(c[0].text[i] - '0');
    if (found != number)
      return nt_fail(err, NT_E_INPUT,
                     "packet number %zu, %zu expected: they count from 1 without gaps", found,
                     number);
    value = c[1];
  }
  if (is(value, "x"))
    *label = NT_LABEL_EXCLUDED;
  else if (is(value, "0") || is(value, "1"))
    *label = (uint8_t)(*value.text - '0');
  else
    return nt_fail(err, NT_E_INPUT, "label '%.*s', 0, 1 or x (excluded from metrics) expected",
                   shown(value), value.text);
  return NT_OK;
}

static nt_status make_room(nt_labels *labels, size_t *capacity, nt_error *err) {
  if (labels->count < *capacity) return NT_OK;
  if (*capacity == NT_MAX_LABELS)
    return nt_fail(err, NT_E_LIMIT, "more than %zu labels", NT_MAX_LABELS);
  size_t more = *capacity ? 2 * *capacity : (size_t)1 << 16;
  uint8_t *value = realloc(labels->value, more);
  if (!value) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu labels", more);
  labels->value = value;
  *capacity = more;
  return NT_OK;
}

static nt_status read_stream(nt_stream *stream, nt_labels *labels, nt_error *err) {
  format f = {0};
  size_t capacity = 0, lines = 0;
  for (;;) {
    nt_line line;
    int got;
    nt_status status = nt_stream_line(stream, &line, &got, err);
    if (status == NT_OK && stream->fault.status != NT_OK && !line.ended) {
      if (err) *err = stream->fault;
      status = stream->fault.status;
    }
    if (status != NT_OK) return nt_fail_in(err, "line %zu", lines + 1);
    if (!got || (line.length == 0 && nt_stream_have(stream, 1) == 0)) break;
    lines++;
    if (!f.name) {
      int header;
      if ((status = find_format(&line, &f, &header, err)) != NT_OK) return status;
      labels->format = f.name;
      if (header) continue;
    }
    status = make_room(labels, &capacity, err);
    if (status == NT_OK)
      status = read_label(&f, &line, labels->count + 1, &labels->value[labels->count], err);
    if (status != NT_OK) return nt_fail_in(err, "line %zu", lines);
    labels->count++;
  }
  return labels->count ? NT_OK : nt_fail(err, NT_E_INPUT, "holds no labels");
}

nt_status nt_labels_read(const char *path, nt_labels *labels, nt_error *err) {
  *labels = (nt_labels){0};
  nt_error why = {.status = NT_OK};
  nt_stream *stream = nt_stream_open(path, &why);
  if (stream && read_stream(stream, labels, &why) != NT_OK) {
    nt_labels_done(labels);
    nt_fail_in(&why, "%s", path);
  }
  nt_stream_close(stream);
  if (err) *err = why;
  return why.status;
}

void nt_labels_done(nt_labels *labels) {
  free(labels->value);
  *labels = (nt_labels){0};
}

nt_status nt_labels_check_count(const nt_labels *labels, const char *path, size_t packets,
                                nt_error *err) {
  if (labels->count == packets) return NT_OK;
  return nt_fail(err, NT_E_INPUT, "%s: %zu labels, but the capture has %zu packets", path,
                 labels->count, packets);
}
