/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "law.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "mistakes.h"

nt_status nt_law_number(const char *what, const nt_parameter *p, const nt_setting *s, double *out,
                        nt_error *err) {
  if (s->kind != NT_SETTING_NUMBER) return nt_expected(err, what, p->name, "a number");
  nt_value value = {.number = s->number};
  nt_status status = nt_parameter_check(p, &value, err);
  if (status != NT_OK) {
    nt_fail_in(err, "%s", what);
    return status;
  }
  *out = s->number;
  return NT_OK;
}

/* Which numbers a law has, besides min and max. */
#define SCALE_OF(word)                                                                             \
  { .name = (word), .type = NT_PARAMETER_NUMBER, .least = 1e-9, .most = 1e12 }
#define SHAPE_OF(word)                                                                             \
  { .name = (word), .type = NT_PARAMETER_NUMBER, .least = 0.01, .most = 20 }
static const struct {
  const char *name;
  nt_parameter a, b; /* without a name: the law has none */
} laws[] = {
    [NT_LAW_CONSTANT] = {"constant", SCALE_OF("value"), {0}},
    [NT_LAW_UNIFORM] = {"uniform", {0}, {0}},
    [NT_LAW_EXPONENTIAL] = {"exponential", SCALE_OF("mean"), {0}},
    [NT_LAW_LOGNORMAL] = {"lognormal", SCALE_OF("median"), SHAPE_OF("sigma")},
    [NT_LAW_PARETO] = {"pareto", SCALE_OF("scale"), SHAPE_OF("shape")},
    [NT_LAW_QUANTILES] = {"quantiles", {0}, {0}},
};
enum { LAWS = sizeof laws / sizeof *laws };

static const char *law_name(const void *context, size_t i) {
  (void)context;
  return i < LAWS ? laws[i].name : NULL;
}

static nt_status read_kind(const char *what, const char *key, const nt_setting *table,
                           nt_law_kind *kind, nt_error *err) {
  const nt_setting *name = nt_setting_find(table, "law");
  if (!name || name->kind != NT_SETTING_TEXT)
    return nt_expected(err, what, key, "a number or a table {law = \"exponential\", mean = ...}");
  size_t i = 0;
  while (i < LAWS && strcmp(laws[i].name, name->text) != 0) i++;
  if (i == LAWS)
    return nt_fail(err, NT_E_ARGUMENT, "%s: %s: unknown law %s (nearest: %s)", what, key,
                   name->text, nt_nearest(name->text, law_name, NULL));
  *kind = (nt_law_kind)i;
  return NT_OK;
}

static nt_status check_keys(const char *what, const char *key, const nt_setting *table,
                            nt_law_kind kind, nt_error *err) {
  const char *known[] = {"law", "min", "max", "source", NULL, NULL, NULL, NULL};
  size_t n = 4;
  if (laws[kind].a.name) known[n++] = laws[kind].a.name;
  if (laws[kind].b.name) known[n++] = laws[kind].b.name;
  if (kind == NT_LAW_QUANTILES) known[n++] = "values";
  for (const nt_setting *s = table->first; s; s = s->next) {
    size_t i = 0;
    while (known[i] && !(s->key && !strcmp(s->key, known[i]))) i++;
    if (!known[i])
      return nt_fail(err, NT_E_ARGUMENT, "%s: %s: law %s has no %s (nearest: %s)", what, key,
                     laws[kind].name, s->key ? s->key : "list items",
                     nt_nearest_of(s->key ? s->key : "", known));
  }
  return NT_OK;
}

/* The number called row.name; of a law that has none of it nothing. */
static nt_status read_part(const char *what, const char *key, const nt_setting *table,
                           nt_parameter row, bool required, double *out, nt_error *err) {
  if (!row.name) return NT_OK;
  const nt_setting *s = nt_setting_find(table, row.name);
  if (!s && !required) return NT_OK;
  if (!s) return nt_fail(err, NT_E_ARGUMENT, "%s: %s: the law needs %s", what, key, row.name);
  char label[128];
  snprintf(label, sizeof label, "%s.%s", key, row.name);
  row.name = label;
  return nt_law_number(what, &row, s, out, err);
}

static nt_status read_quantiles(const char *what, const char *key, const nt_setting *values,
                                nt_law *law, nt_error *err) {
  if (!values || values->kind != NT_SETTING_TABLE)
    return nt_fail(err, NT_E_ARGUMENT, "%s: %s: law quantiles needs a list `values`", what, key);
  for (const nt_setting *v = values->first; v; v = v->next) {
    if (v->kind != NT_SETTING_NUMBER || !isfinite(v->number) || law->count == NT_LAW_MAX_QUANTILES)
      return nt_fail(err, NT_E_ARGUMENT, "%s: %s: values must be 2 to %d numbers", what, key,
                     NT_LAW_MAX_QUANTILES);
    if (law->count && v->number < law->values[law->count - 1])
      return nt_fail(err, NT_E_ARGUMENT, "%s: %s: values must not fall (%g after %g)", what, key,
                     v->number, law->values[law->count - 1]);
    law->values[law->count++] = v->number;
  }
  if (law->count < 2)
    return nt_fail(err, NT_E_ARGUMENT, "%s: %s: values must be 2 to %d numbers", what, key,
                   NT_LAW_MAX_QUANTILES);
  return NT_OK;
}

static nt_status read_parts(const char *what, const nt_parameter *p, const nt_setting *s,
                            nt_law *law, nt_error *err) {
  bool uniform = law->kind == NT_LAW_UNIFORM;
  nt_parameter row = {.type = NT_PARAMETER_NUMBER, .least = p->least, .most = p->most};
  nt_parameter a = laws[law->kind].a;
  if (law->kind == NT_LAW_CONSTANT) a.least = p->least;
  row.name = "min";
  nt_status status = read_part(what, p->name, s, row, uniform, &law->min, err);
  row.name = "max";
  if (status == NT_OK) status = read_part(what, p->name, s, row, uniform, &law->max, err);
  if (status == NT_OK) status = read_part(what, p->name, s, a, true, &law->a, err);
  if (status == NT_OK) status = read_part(what, p->name, s, laws[law->kind].b, true, &law->b, err);
  if (status == NT_OK && law->kind == NT_LAW_QUANTILES)
    status = read_quantiles(what, p->name, nt_setting_find(s, "values"), law, err);
  if (status != NT_OK || law->min <= law->max) return status;
  return nt_fail(err, NT_E_ARGUMENT, "%s: %s: min %g is above max %g", what, p->name, law->min,
                 law->max);
}

nt_status nt_law_read(const char *what, const nt_parameter *p, const nt_setting *s, nt_law *law,
                      nt_error *err) {
  *law = (nt_law){.kind = NT_LAW_CONSTANT, .min = p->least, .max = p->most};
  if (s->kind == NT_SETTING_NUMBER) {
    nt_parameter constant = *p;
    constant.type = NT_PARAMETER_NUMBER;
    nt_status status = nt_law_number(what, &constant, s, &law->a, err);
    law->mean = law->a;
    return status;
  }
  if (s->kind != NT_SETTING_TABLE)
    return nt_expected(err, what, p->name, "a number or a table {law = ...}");
  nt_status status = read_kind(what, p->name, s, &law->kind, err);
  if (status == NT_OK) status = check_keys(what, p->name, s, law->kind, err);
  if (status == NT_OK) status = read_parts(what, p, s, law, err);
  if (status == NT_OK) nt_law_measure(law);
  return status;
}
