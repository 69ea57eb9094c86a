/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/parameter.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void nt_parameter_presets(const nt_parameter *parameters, size_t count, nt_value *values) {
  for (size_t i = 0; i < count; i++)
    values[i] = (nt_value){.number = parameters[i].preset, .text = parameters[i].preset_text};
}

/* ---------------------------------------------------------------- members of a struct */

static uint64_t whole_of(const void *member, size_t size) {
  if (size == 1) return *(const uint8_t *)member;
  return size == 4 ? *(const uint32_t *)member : *(const uint64_t *)member;
}

nt_value nt_parameter_get(const nt_parameter *p, const void *options) {
  const void *member = (const char *)options + p->offset;
  if (p->type == NT_PARAMETER_TEXT) return (nt_value){.text = *(const char *const *)member};
  if (p->type == NT_PARAMETER_NUMBER) return (nt_value){.number = *(const double *)member};
  return (nt_value){.number = (double)whole_of(member, p->size)};
}

void nt_parameter_put(const nt_parameter *p, nt_value value, void *options) {
  void *member = (char *)options + p->offset;
  if (p->type == NT_PARAMETER_TEXT)
    *(const char **)member = value.text;
  else if (p->type == NT_PARAMETER_NUMBER)
    *(double *)member = value.number;
  else if (p->size == 1)
    *(uint8_t *)member = (uint8_t)value.number;
  else if (p->size == 4)
    *(uint32_t *)member = (uint32_t)value.number;
  else
    *(uint64_t *)member = (uint64_t)value.number;
}

void nt_parameter_fill(const nt_parameter *parameters, size_t count, void *options) {
  for (size_t i = 0; i < count; i++) {
    nt_value preset;
    nt_parameter_presets(&parameters[i], 1, &preset);
    nt_parameter_put(&parameters[i], preset, options);
  }
}

nt_status nt_parameter_check_all(const nt_parameter *parameters, size_t count, const void *options,
                                 nt_error *err) {
  for (size_t i = 0; i < count; i++) {
    nt_value value = nt_parameter_get(&parameters[i], options);
    nt_status status = nt_parameter_check(&parameters[i], &value, err);
    if (status != NT_OK) return status;
  }
  return NT_OK;
}

/* ---------------------------------------------------------------- names, texts, ranges */

size_t nt_parameter_find(const nt_parameter *parameters, size_t count, const char *name) {
  size_t i = 0;
  while (i < count && strcmp(parameters[i].name, name) != 0) i++;
  return i;
}

size_t nt_parameter_choice(const nt_parameter *p, const char *text) {
  size_t i = 0;
  while (p->choices[i] && strcmp(p->choices[i], text) != 0) i++;
  return i;
}

/* The shortest decimal that reads back as the same number; whole ones without an exponent. */
static void print_number(double number, char *text, size_t size) {
  if (number == floor(number) && fabs(number) < 1e9) {
    snprintf(text, size, "%.0f", number);
    return;
  }
  for (int digits = 1; digits <= 17; digits++) {
    snprintf(text, size, "%.*g", digits, number);
    if (strtod(text, NULL) == number) return;
  }
}

static size_t choice_count(const nt_parameter *p) {
  size_t count = 0;
  while (p->choices[count]) count++;
  return count;
}

void nt_parameter_print(const nt_parameter *p, const nt_value *value, char *text, size_t size) {
  if (p->type == NT_PARAMETER_TEXT)
    snprintf(text, size, "%s", value->text ? value->text : "");
  else if (p->type == NT_PARAMETER_CHOICE)
    snprintf(text, size, "%s", p->choices[(size_t)value->number]);
  else if (p->type == NT_PARAMETER_INTEGER || p->type == NT_PARAMETER_FLAG)
    snprintf(text, size, "%.0f", value->number);
  else
    print_number(value->number, text, size);
}

/* "more than 0 and at most 1", "at least 1"; "" without bounds. */
static void describe_range(const nt_parameter *p, char *text, size_t size) {
  char low[48] = "", high[48] = "", number[32];
  if (p->least > -HUGE_VAL) {
    print_number(p->least, number, sizeof number);
    snprintf(low, sizeof low, " %s %s", p->above ? "more than" : "at least", number);
  }
  if (p->most < HUGE_VAL) {
    print_number(p->most, number, sizeof number);
    snprintf(high, sizeof high, " %s %s", p->below ? "less than" : "at most", number);
  }
  snprintf(text, size, "%s%s%s", low, *low && *high ? " and" : "", high);
}

/* "bias_update: no choice 7: expected element, mean" */
static nt_status no_choice(const nt_parameter *p, double x, nt_error *err) {
  char names[256] = "";
  for (size_t i = 0, at = 0; p->choices[i] && at < sizeof names; i++)
    at += (size_t)snprintf(names + at, sizeof names - at, "%s%s", i ? ", " : "", p->choices[i]);
  return nt_fail(err, NT_E_ARGUMENT, "%s: no choice %g: expected %s", p->name, x, names);
}

nt_status nt_parameter_check(const nt_parameter *p, const nt_value *value, nt_error *err) {
  double x = value->number;
  if (p->type == NT_PARAMETER_TEXT || p->type == NT_PARAMETER_COMPOUND) return NT_OK;
  if (p->type == NT_PARAMETER_CHOICE) {
    if (x >= 0 && x == floor(x) && x < (double)choice_count(p)) return NT_OK;
    return no_choice(p, x, err);
  }
  if (p->type == NT_PARAMETER_FLAG) {
    if (x == 0 || x == 1) return NT_OK;
    return nt_fail(err, NT_E_ARGUMENT, "%s = %g: expected 0 or 1", p->name, x);
  }
  int whole = p->type == NT_PARAMETER_INTEGER;
  int good = (p->above ? x > p->least : x >= p->least) && (p->below ? x < p->most : x <= p->most) &&
             isfinite(x) && (!whole || (x == floor(x) && fabs(x) <= 0x1p53));
  if (good) return NT_OK;
  char number[32], range[128];
  print_number(x, number, sizeof number);
  describe_range(p, range, sizeof range);
  return nt_fail(err, NT_E_ARGUMENT, "%s = %s: expected %s%s", p->name, number,
                 whole ? "a whole number" : "a number", range);
}
