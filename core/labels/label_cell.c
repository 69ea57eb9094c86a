/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "label_cell.h"

#include <string.h>
#include <strings.h>

#include <ninetails/labels.h>

#include "capture/number.h"

static int is_space(char c) {
  return c == ' ' || c == '\t';
}

/* Behind the cell that begins at p. */
static const char *cell_end(const char *p, const char *end, char separator) {
  while (p < end && *p == ' ' && separator != ' ') p++;
  if (p < end && *p == '"') {
    for (p++; p < end; p++) {
      if (*p != '"') continue;
      if (p + 1 < end && p[1] == '"')
        p++; /* a quote within */
      else
        break;
    }
  }
  while (p < end && *p != separator) p++;
  return p;
}

int nt_label_cell_next(const char **p, const char *end, char separator, label_cell *cell) {
  const char *from = *p;
  if (!from) return 0;
  if (separator == ' ')
    while (from < end && *from == ' ') from++;
  const char *to = separator ? cell_end(from, end, separator) : end;
  *p = to < end ? to + 1 : NULL;
  if (separator == ' ') {
    while (*p && *p < end && **p == ' ') ++*p;
    if (*p == end) *p = NULL;
  }
  while (from < to && is_space(*from)) from++;
  while (from < to && is_space(to[-1])) to--;
  int quoted = to - from >= 2 && *from == '"' && to[-1] == '"';
  *cell = (label_cell){from + quoted, (size_t)(to - from) - 2 * (size_t)quoted, quoted};
  return 1;
}

/* ---------------------------------------------------------------- values */

static int is_word(const label_cell *c, const char *const *words) {
  for (; *words; words++)
    if (strlen(*words) == c->length && strncasecmp(c->text, *words, c->length) == 0) return 1;
  return 0;
}

int nt_label_cell_is_name(const label_cell *c) {
  static const char *const nothing[] = {"nan", "na",  "n/a",      "null", "none",
                                        "nat", "inf", "infinity", "-",    NULL};
  double number;
  const char *end = c->text + c->length;
  if (c->length == 0 || is_word(c, nothing)) return 0;
  return nt_number_read(c->text, end, &number) != end;
}

static int begins_with_letter(const label_cell *c) {
  unsigned char first = c->length ? (unsigned char)*c->text : 0;
  return (unsigned char)((first | 0x20) - 'a') < 26 || first >= 0x80;
}

int nt_label_cell_whole(const label_cell *c, uint64_t *number) {
  static const double most = 9007199254740992; /* 2^53: whole numbers are exact up to here */
  double value;
  const char *end = c->text + c->length;
  if (c->length == 0 || nt_number_read(c->text, end, &value) != end) return 0;
  if (!(value >= 0 && value <= most)) return 0;
  *number = (uint64_t)value;
  return (double)*number == value;
}

label_style nt_label_cell_value(const label_cell *c, uint8_t *value) {
  static const char *const benign[] = {"benign", "normal", "normal.", "legitimate", NULL};
  static const char *const no[] = {"false", NULL}, *const yes[] = {"true", NULL};
  uint64_t number;
  *value = 0;
  if (c->length == 1 && *c->text == 'x') {
    *value = NT_LABEL_EXCLUDED;
    return LABEL_EITHER;
  }
  if (nt_label_cell_whole(c, &number)) {
    if (number > 1) return LABEL_BAD;
    *value = (uint8_t)number;
    return c->length == 1 ? LABEL_WHOLE : LABEL_NUMBER;
  }
  if (is_word(c, no)) return LABEL_NUMBER;
  *value = 1;
  if (is_word(c, yes)) return LABEL_NUMBER;
  if (!begins_with_letter(c) || !nt_label_cell_is_name(c)) return LABEL_BAD;
  *value = !is_word(c, benign);
  return LABEL_NAME;
}
