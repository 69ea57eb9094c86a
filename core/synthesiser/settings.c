/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "settings.h"

#include <stdlib.h>
#include <string.h>

nt_setting *nt_setting_new(void) {
  nt_setting *root = calloc(1, sizeof *root);
  if (root) root->kind = NT_SETTING_TABLE;
  return root;
}

void nt_setting_free(nt_setting *root) {
  while (root) {
    nt_setting *next = root->next;
    nt_setting_free(root->first);
    free(root->key);
    free(root->text);
    free(root);
    root = next;
  }
}

static nt_setting *add(nt_setting *table, const char *key, nt_setting_kind kind) {
  if (!table) return NULL;
  nt_setting *value = calloc(1, sizeof *value);
  if (!value) return NULL;
  value->kind = kind;
  if (key && !(value->key = strdup(key))) {
    free(value);
    return NULL;
  }
  if (table->last)
    table->last->next = value;
  else
    table->first = value;
  table->last = value;
  return value;
}

nt_setting *nt_setting_add_number(nt_setting *table, const char *key, double number) {
  nt_setting *value = add(table, key, NT_SETTING_NUMBER);
  if (value) value->number = number;
  return value;
}

nt_setting *nt_setting_add_flag(nt_setting *table, const char *key, bool flag) {
  nt_setting *value = add(table, key, NT_SETTING_FLAG);
  if (value) value->flag = flag;
  return value;
}

nt_setting *nt_setting_add_text(nt_setting *table, const char *key, const char *text,
                                size_t length) {
  char *copy = malloc(length + 1);
  if (!copy) return NULL;
  memcpy(copy, text, length);
  copy[length] = 0;
  nt_setting *value = add(table, key, NT_SETTING_TEXT);
  if (!value) {
    free(copy);
    return NULL;
  }
  value->text = copy;
  value->length = length;
  return value;
}

nt_setting *nt_setting_add_table(nt_setting *table, const char *key) {
  return add(table, key, NT_SETTING_TABLE);
}

const nt_setting *nt_setting_find(const nt_setting *table, const char *key) {
  for (const nt_setting *s = table ? table->first : NULL; s; s = s->next)
    if (s->key && !strcmp(s->key, key)) return s;
  return NULL;
}

size_t nt_setting_list_length(const nt_setting *table) {
  size_t count = 0;
  for (const nt_setting *s = table ? table->first : NULL; s; s = s->next) count += !s->key;
  return count;
}
