/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parameters.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *nt_scope_allocate(nt_scope *scope, size_t bytes) {
  void **block = calloc(1, sizeof(max_align_t) + bytes);
  if (!block) return NULL;
  *block = scope->blocks;
  scope->blocks = block;
  return (char *)block + sizeof(max_align_t);
}

void nt_scope_done(nt_scope *scope) {
  for (void **block = scope->blocks, **next; block; block = next) {
    next = *block;
    free(block);
  }
  scope->blocks = NULL;
}

nt_host *nt_scope_host(const nt_scope *scope, const char *name) {
  for (size_t i = 0; i < scope->host_count; i++)
    if (!strcmp(scope->hosts[i].name, name)) return &scope->hosts[i];
  return NULL;
}

/* ---------------------------------------------------------------- nearest name */

static unsigned distance(const char *a, const char *b) { /* Levenshtein, one row */
  enum { LONGEST = 63 };
  unsigned row[LONGEST + 1];
  size_t n = strnlen(a, LONGEST), m = strnlen(b, LONGEST);
  for (unsigned j = 0; j <= m; j++) row[j] = j;
  for (unsigned i = 1; i <= n; i++) {
    unsigned diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= m; j++) {
      unsigned best = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      if (row[j] + 1 < best) best = row[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      row[j] = best;
    }
  }
  return row[m];
}

const char *nt_nearest(const char *name, const char *(*next)(const void *, size_t),
                       const void *context) {
  const char *best = NULL, *candidate;
  unsigned best_distance = 0;
  for (size_t i = 0; (candidate = next(context, i)); i++) {
    unsigned d = distance(name, candidate);
    if (!best || d < best_distance) {
      best = candidate;
      best_distance = d;
    }
  }
  return best ? best : "nothing";
}

typedef struct sets_view {
  const nt_parameter_set *sets;
  size_t count;
} sets_view;

static const nt_behaviour_parameter *parameter_at(const sets_view *view, size_t i) {
  for (size_t s = 0; s < view->count; i -= view->sets[s++].count)
    if (i < view->sets[s].count) return &view->sets[s].parameters[i];
  return NULL;
}

static const char *parameter_name(const void *context, size_t i) {
  const nt_behaviour_parameter *p = parameter_at(context, i);
  return p ? p->name : NULL;
}

static const char *choice_name(const void *context, size_t i) {
  return ((const char *const *)context)[i];
}

static const char *host_name(const void *context, size_t i) {
  const nt_scope *scope = context;
  return i < scope->host_count ? scope->hosts[i].name : NULL;
}

/* ---------------------------------------------------------------- values */

static nt_status expected(nt_error *err, const char *what, const char *key, const char *kind) {
  return nt_fail(err, NT_E_ARGUMENT, "%s: %s must be %s", what, key, kind);
}

static nt_status read_number(const char *what, const char *key, const nt_setting *s, double min,
                             double max, double *out, nt_error *err) {
  if (s->kind != NT_SETTING_NUMBER) return expected(err, what, key, "a number");
  if (!(s->number >= min && s->number <= max))
    return nt_fail(err, NT_E_ARGUMENT, "%s: %s is %.17g, expected %g to %g", what, key, s->number,
                   min, max);
  *out = s->number;
  return NT_OK;
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

static const char *const law_names[] = {"constant", "uniform",   "exponential", "lognormal",
                                        "pareto",   "quantiles", NULL};
static const struct {
  const char *a, *b; /* the keys of the two numbers, NULL: has none */
} law_keys[] = {{"value", NULL},     {NULL, NULL},       {"mean", NULL},
                {"median", "sigma"}, {"scale", "shape"}, {NULL, NULL}};

static nt_status law_key_known(const char *what, const char *key, const nt_setting *table,
                               nt_law_kind kind, nt_error *err) {
  const char *known[] = {"law", "min", "max", "source", NULL, NULL, NULL, NULL};
  size_t n = 4;
  if (law_keys[kind].a) known[n++] = law_keys[kind].a;
  if (law_keys[kind].b) known[n++] = law_keys[kind].b;
  if (kind == NT_LAW_QUANTILES) known[n++] = "values";
  for (const nt_setting *s = table->first; s; s = s->next) {
    size_t i = 0;
    while (known[i] && !(s->key && !strcmp(s->key, known[i]))) i++;
    if (!known[i])
      return nt_fail(err, NT_E_ARGUMENT, "%s: %s: law %s has no %s (nearest: %s)", what, key,
                     law_names[kind], s->key ? s->key : "list items",
                     nt_nearest(s->key ? s->key : "", choice_name, known));
  }
  return NT_OK;
}

static nt_status law_number(const char *what, const char *key, const nt_setting *table,
                            const char *name, double min, double max, bool required, double *out,
                            nt_error *err) {
  const nt_setting *s = name ? nt_setting_find(table, name) : NULL;
  if (name && !s && required)
    return nt_fail(err, NT_E_ARGUMENT, "%s: %s: the law needs %s", what, key, name);
  char label[128];
  snprintf(label, sizeof label, "%s.%s", key, name ? name : "");
  return s ? read_number(what, label, s, min, max, out, err) : NT_OK;
}

static nt_status read_law(const char *what, const nt_behaviour_parameter *p, const nt_setting *s,
                          nt_law *law, nt_error *err) {
  *law = (nt_law){.kind = NT_LAW_CONSTANT, .min = p->min, .max = p->max};
  if (s->kind == NT_SETTING_NUMBER) {
    nt_status status = read_number(what, p->name, s, p->min, p->max, &law->a, err);
    law->mean = law->a;
    return status;
  }
  if (s->kind != NT_SETTING_TABLE)
    return expected(err, what, p->name, "a number or a table {law = ...}");
  const nt_setting *name = nt_setting_find(s, "law");
  if (!name || name->kind != NT_SETTING_TEXT)
    return expected(err, what, p->name, "a number or a table {law = \"exponential\", mean = ...}");
  int kind = 0;
  while (law_names[kind] && strcmp(law_names[kind], name->text) != 0) kind++;
  if (!law_names[kind])
    return nt_fail(err, NT_E_ARGUMENT, "%s: %s: unknown law %s (nearest: %s)", what, p->name,
                   name->text, nt_nearest(name->text, choice_name, law_names));
  law->kind = (nt_law_kind)kind;
  nt_status status = law_key_known(what, p->name, s, law->kind, err);
  bool uniform = law->kind == NT_LAW_UNIFORM;
  double tiny = 1e-9;
  if (status == NT_OK)
    status = law_number(what, p->name, s, "min", p->min, p->max, uniform, &law->min, err);
  if (status == NT_OK)
    status = law_number(what, p->name, s, "max", p->min, p->max, uniform, &law->max, err);
  if (status == NT_OK)
    status = law_number(what, p->name, s, law_keys[kind].a, kind == NT_LAW_CONSTANT ? p->min : tiny,
                        1e12, true, &law->a, err);
  if (status == NT_OK)
    status = law_number(what, p->name, s, law_keys[kind].b, 0.01, 20, true, &law->b, err);
  if (status == NT_OK && law->kind == NT_LAW_QUANTILES)
    status = read_quantiles(what, p->name, nt_setting_find(s, "values"), law, err);
  if (status != NT_OK) return status;
  if (law->min > law->max)
    return nt_fail(err, NT_E_ARGUMENT, "%s: %s: min %g is above max %g", what, p->name, law->min,
                   law->max);
  nt_law_measure(law);
  return NT_OK;
}

static nt_status read_host(const nt_scope *scope, const char *what, const nt_behaviour_parameter *p,
                           const nt_setting *s, nt_host **out, nt_error *err) {
  if (s->kind != NT_SETTING_TEXT) return expected(err, what, p->name, "the name of a host");
  *out = nt_scope_host(scope, s->text);
  if (*out) return NT_OK;
  return nt_fail(err, NT_E_ARGUMENT, "%s: %s: no host is called %s (nearest: %s)", what, p->name,
                 s->text, nt_nearest(s->text, host_name, scope));
}

static nt_status list_length(const char *what, const nt_behaviour_parameter *p, size_t count,
                             nt_error *err) {
  if ((double)count >= p->min && (double)count <= p->max) return NT_OK;
  return nt_fail(err, NT_E_ARGUMENT, "%s: %s has %zu items, expected %g to %g", what, p->name,
                 count, p->min, p->max);
}

static nt_status read_hosts(nt_scope *scope, const char *what, const nt_behaviour_parameter *p,
                            const nt_setting *s, nt_host_list *out, nt_error *err) {
  if (s->kind != NT_SETTING_TABLE) return expected(err, what, p->name, "a list of host names");
  nt_status status = list_length(what, p, nt_setting_list_length(s), err);
  if (status != NT_OK) return status;
  out->items = nt_scope_allocate(scope, (nt_setting_list_length(s) + 1) * sizeof *out->items);
  if (!out->items) return nt_fail(err, NT_E_MEMORY, "%s: out of memory", what);
  for (const nt_setting *v = s->first; v && status == NT_OK; v = v->next)
    status = v->key ? expected(err, what, p->name, "a list of host names")
                    : read_host(scope, what, p, v, &out->items[out->count++], err);
  return status;
}

static nt_status read_texts(nt_scope *scope, const char *what, const nt_behaviour_parameter *p,
                            const nt_setting *s, nt_text_list *out, nt_error *err) {
  bool one = s->kind == NT_SETTING_TEXT;
  if (!one && s->kind != NT_SETTING_TABLE)
    return expected(err, what, p->name, "a text or a list of texts");
  size_t count = one ? 1 : nt_setting_list_length(s);
  nt_status status = list_length(what, p, count, err);
  if (status != NT_OK) return status;
  out->items = nt_scope_allocate(scope, (count + 1) * sizeof *out->items);
  if (!out->items) return nt_fail(err, NT_E_MEMORY, "%s: out of memory", what);
  for (const nt_setting *v = one ? s : s->first; v; v = v->next) {
    if (v->kind != NT_SETTING_TEXT || (!one && v->key))
      return expected(err, what, p->name, "a text or a list of texts");
    out->items[out->count++] = v;
    if (one) break;
  }
  return NT_OK;
}

static nt_status read_choice(const char *what, const nt_behaviour_parameter *p, const nt_setting *s,
                             int *out, nt_error *err) {
  if (s->kind == NT_SETTING_TEXT)
    for (int i = 0; p->choices[i]; i++)
      if (!strcmp(p->choices[i], s->text)) {
        *out = i;
        return NT_OK;
      }
  const char *given = s->kind == NT_SETTING_TEXT ? s->text : "no text";
  return nt_fail(err, NT_E_ARGUMENT, "%s: %s is %s, the nearest choice is %s", what, p->name, given,
                 nt_nearest(given, choice_name, p->choices));
}

static nt_status read_value(nt_scope *scope, const char *what, const nt_behaviour_parameter *p,
                            const nt_setting *s, void *at, nt_error *err) {
  double number = 0; /* gcc -O3 does not see that read_number sets it */
  nt_status status;
  switch (p->kind) {
  case NT_P_NUMBER:
    return read_number(what, p->name, s, p->min, p->max, at, err);
  case NT_P_INTEGER:
    status = read_number(what, p->name, s, p->min, p->max, &number, err);
    if (status != NT_OK) return status;
    if (number != floor(number)) return expected(err, what, p->name, "a whole number");
    *(int64_t *)at = (int64_t)number;
    return NT_OK;
  case NT_P_FLAG:
    if (s->kind != NT_SETTING_FLAG) return expected(err, what, p->name, "true or false");
    *(bool *)at = s->flag;
    return NT_OK;
  case NT_P_TEXT:
    if (s->kind != NT_SETTING_TEXT) return expected(err, what, p->name, "a text");
    *(const char **)at = s->text;
    return NT_OK;
  case NT_P_CHOICE:
    return read_choice(what, p, s, at, err);
  case NT_P_LAW:
    return read_law(what, p, s, at, err);
  case NT_P_HOST:
    return read_host(scope, what, p, s, at, err);
  case NT_P_HOSTS:
    return read_hosts(scope, what, p, s, at, err);
  case NT_P_TEXTS:
    return read_texts(scope, what, p, s, at, err);
  case NT_P_TABLE:
    if (s->kind != NT_SETTING_TABLE) return expected(err, what, p->name, "a table");
    *(const nt_setting **)at = s;
    return NT_OK;
  }
  return NT_OK;
}

static void set_fallback(const nt_behaviour_parameter *p, void *at) {
  switch (p->kind) {
  case NT_P_NUMBER:
    *(double *)at = p->fallback;
    break;
  case NT_P_INTEGER:
    *(int64_t *)at = (int64_t)p->fallback;
    break;
  case NT_P_FLAG:
    *(bool *)at = p->fallback != 0;
    break;
  case NT_P_CHOICE:
    *(int *)at = (int)p->fallback;
    break;
  case NT_P_LAW:
    *(nt_law *)at = (nt_law){.a = p->fallback, .mean = p->fallback, .min = p->min, .max = p->max};
    break;
  default:
    break; /* pointers and lists stay empty */
  }
}

static nt_status check_keys(const char *what, const nt_setting *table, const sets_view *view,
                            nt_error *err) {
  for (const nt_setting *s = table->first; s; s = s->next) {
    if (!s->key) return nt_fail(err, NT_E_ARGUMENT, "%s: has a value without a name", what);
    const nt_behaviour_parameter *p;
    size_t i = 0;
    while ((p = parameter_at(view, i)) && strcmp(p->name, s->key) != 0) i++;
    if (!p && strcmp(s->key, "source") != 0)
      return nt_fail(err, NT_E_ARGUMENT, "%s: unknown key %s (nearest: %s)", what, s->key,
                     nt_nearest(s->key, parameter_name, view));
  }
  return NT_OK;
}

nt_status nt_parameters_read(nt_scope *scope, const char *what, const nt_setting *table,
                             const nt_parameter_set *sets, size_t set_count, nt_error *err) {
  if (!table || table->kind != NT_SETTING_TABLE)
    return nt_fail(err, NT_E_ARGUMENT, "%s: must be a table", what);
  nt_status status = check_keys(what, table, &(sets_view){sets, set_count}, err);
  for (size_t k = 0; k < set_count; k++) {
    for (size_t i = 0; i < sets[k].count && status == NT_OK; i++) {
      const nt_behaviour_parameter *p = &sets[k].parameters[i];
      void *at = (char *)sets[k].into + p->offset;
      const nt_setting *s = nt_setting_find(table, p->name);
      if (s)
        status = read_value(scope, what, p, s, at, err);
      else if (p->fallback == NT_REQUIRED)
        status = nt_fail(err, NT_E_ARGUMENT, "%s: %s must be given", what, p->name);
      else
        set_fallback(p, at);
    }
  }
  return status;
}
