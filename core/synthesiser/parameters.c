/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parameters.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "law.h"
#include "mistakes.h"

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

typedef struct sets_view {
  const nt_parameter_set *sets;
  size_t count;
} sets_view;

static const nt_parameter *parameter_at(const sets_view *view, size_t i) {
  for (size_t s = 0; s < view->count; i -= view->sets[s++].count)
    if (i < view->sets[s].count) return &view->sets[s].parameters[i];
  return NULL;
}

static const char *parameter_name(const void *context, size_t i) {
  const nt_parameter *p = parameter_at(context, i);
  return p ? p->name : NULL;
}

static const char *host_name(const void *context, size_t i) {
  const nt_scope *scope = context;
  return i < scope->host_count ? scope->hosts[i].name : NULL;
}

/* ---------------------------------------------------------------- values */

static nt_status read_host(nt_scope *scope, const char *what, const nt_parameter *p,
                           const nt_setting *s, void *at, nt_error *err) {
  nt_host **out = at;
  if (s->kind != NT_SETTING_TEXT) return nt_expected(err, what, p->name, "the name of a host");
  *out = nt_scope_host(scope, s->text);
  if (*out) return NT_OK;
  return nt_fail(err, NT_E_ARGUMENT, "%s: %s: no host is called %s (nearest: %s)", what, p->name,
                 s->text, nt_nearest(s->text, host_name, scope));
}

static nt_status list_length(const char *what, const nt_parameter *p, size_t count, nt_error *err) {
  if ((double)count >= p->least && (double)count <= p->most) return NT_OK;
  return nt_fail(err, NT_E_ARGUMENT, "%s: %s has %zu items, expected %g to %g", what, p->name,
                 count, p->least, p->most);
}

static nt_status read_hosts(nt_scope *scope, const char *what, const nt_parameter *p,
                            const nt_setting *s, void *at, nt_error *err) {
  nt_host_list *out = at;
  if (s->kind != NT_SETTING_TABLE) return nt_expected(err, what, p->name, "a list of host names");
  nt_status status = list_length(what, p, nt_setting_list_length(s), err);
  if (status != NT_OK) return status;
  out->items = nt_scope_allocate(scope, (nt_setting_list_length(s) + 1) * sizeof *out->items);
  if (!out->items) return nt_fail(err, NT_E_MEMORY, "%s: out of memory", what);
  for (const nt_setting *v = s->first; v && status == NT_OK; v = v->next)
    status = v->key ? nt_expected(err, what, p->name, "a list of host names")
                    : read_host(scope, what, p, v, &out->items[out->count++], err);
  return status;
}

static nt_status read_texts(nt_scope *scope, const char *what, const nt_parameter *p,
                            const nt_setting *s, void *at, nt_error *err) {
  nt_text_list *out = at;
  bool one = s->kind == NT_SETTING_TEXT;
  if (!one && s->kind != NT_SETTING_TABLE)
    return nt_expected(err, what, p->name, "a text or a list of texts");
  size_t count = one ? 1 : nt_setting_list_length(s);
  nt_status status = list_length(what, p, count, err);
  if (status != NT_OK) return status;
  out->items = nt_scope_allocate(scope, (count + 1) * sizeof *out->items);
  if (!out->items) return nt_fail(err, NT_E_MEMORY, "%s: out of memory", what);
  for (const nt_setting *v = one ? s : s->first; v; v = v->next) {
    if (v->kind != NT_SETTING_TEXT || (!one && v->key))
      return nt_expected(err, what, p->name, "a text or a list of texts");
    out->items[out->count++] = v;
    if (one) break;
  }
  return NT_OK;
}

static nt_status read_choice(const char *what, const nt_parameter *p, const nt_setting *s,
                             double *out, nt_error *err) {
  const char *given = s->kind == NT_SETTING_TEXT ? s->text : "no text";
  if (s->kind == NT_SETTING_TEXT) {
    size_t choice = nt_parameter_choice(p, s->text);
    *out = (double)choice;
    if (p->choices[choice]) return NT_OK;
  }
  return nt_fail(err, NT_E_ARGUMENT, "%s: %s is %s, the nearest choice is %s", what, p->name, given,
                 nt_nearest_of(given, p->choices));
}

static nt_status read_table(nt_scope *scope, const char *what, const nt_parameter *p,
                            const nt_setting *s, void *at, nt_error *err) {
  (void)scope;
  if (s->kind != NT_SETTING_TABLE) return nt_expected(err, what, p->name, "a table");
  *(const nt_setting **)at = s;
  return NT_OK;
}

static nt_status read_law(nt_scope *scope, const char *what, const nt_parameter *p,
                          const nt_setting *s, void *at, nt_error *err) {
  (void)scope;
  return nt_law_read(what, p, s, at, err);
}

static const struct {
  const char *form;
  nt_status (*read)(nt_scope *scope, const char *what, const nt_parameter *p, const nt_setting *s,
                    void *at, nt_error *err);
} forms[] = {{"law", read_law},     {"host", read_host},   {"hosts", read_hosts},
             {"texts", read_texts}, {"table", read_table}, {NULL, NULL}};

static nt_status read_compound(nt_scope *scope, const char *what, const nt_parameter *p,
                               const nt_setting *s, void *at, nt_error *err) {
  size_t i = 0;
  while (forms[i].form && strcmp(forms[i].form, p->form) != 0) i++;
  if (forms[i].form) return forms[i].read(scope, what, p, s, at, err);
  return nt_fail(err, NT_E_STATE, "%s: %s: no form %s", what, p->name, p->form);
}

static nt_status read_value(nt_scope *scope, const char *what, const nt_parameter *p,
                            const nt_setting *s, void *into, nt_error *err) {
  nt_value value = {0};
  nt_status status = NT_OK;
  if (p->type == NT_PARAMETER_COMPOUND)
    return read_compound(scope, what, p, s, (char *)into + p->offset, err);
  if (p->type == NT_PARAMETER_FLAG) {
    if (s->kind != NT_SETTING_FLAG) return nt_expected(err, what, p->name, "true or false");
    value.number = s->flag;
  } else if (p->type == NT_PARAMETER_TEXT) {
    if (s->kind != NT_SETTING_TEXT) return nt_expected(err, what, p->name, "a text");
    value.text = s->text;
  } else if (p->type == NT_PARAMETER_CHOICE) {
    status = read_choice(what, p, s, &value.number, err);
  } else {
    status = nt_law_number(what, p, s, &value.number, err);
  }
  if (status == NT_OK) nt_parameter_put(p, value, into);
  return status;
}

static void put_preset(const nt_parameter *p, void *into) {
  if (p->type != NT_PARAMETER_COMPOUND)
    nt_parameter_fill(p, 1, into);
  else if (!strcmp(p->form, "law"))
    *(nt_law *)(void *)((char *)into + p->offset) =
        (nt_law){.a = p->preset, .mean = p->preset, .min = p->least, .max = p->most};
}

static nt_status check_keys(const char *what, const nt_setting *table, const sets_view *view,
                            nt_error *err) {
  for (const nt_setting *s = table->first; s; s = s->next) {
    if (!s->key) return nt_fail(err, NT_E_ARGUMENT, "%s: has a value without a name", what);
    const nt_parameter *p;
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
      const nt_parameter *p = &sets[k].parameters[i];
      const nt_setting *s = nt_setting_find(table, p->name);
      if (s)
        status = read_value(scope, what, p, s, sets[k].into, err);
      else if (isnan(p->preset))
        status = nt_fail(err, NT_E_ARGUMENT, "%s: %s must be given", what, p->name);
      else
        put_preset(p, sets[k].into);
    }
  }
  return status;
}
