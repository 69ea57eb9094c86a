/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A scenario as data: a tree of named values, as a Lua table or a JSON object holds it.
 * Table entries without a key are the items of a list; one table may hold both.
 */
#ifndef NT_SETTINGS_H
#define NT_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include <ninetails/error.h>

typedef enum nt_setting_kind {
  NT_SETTING_NUMBER,
  NT_SETTING_FLAG,
  NT_SETTING_TEXT, /* any bytes, NUL terminated beyond `length` */
  NT_SETTING_TABLE
} nt_setting_kind;

typedef struct nt_setting nt_setting;
struct nt_setting {
  nt_setting_kind kind;
  char *key; /* NULL: an item of a list */
  double number;
  bool flag;
  char *text;
  size_t length;
  nt_setting *first, *last; /* of a table, in order of insertion */
  nt_setting *next;         /* within the table that holds this one */
};

/* A tree is owned by its root. Every call that makes a value returns NULL when out of memory;
 * `table` may be NULL, so that calls can be chained and the last one checked. */
nt_setting *nt_setting_new(void); /* an empty table */
void nt_setting_free(nt_setting *root);
nt_setting *nt_setting_add_number(nt_setting *table, const char *key, double number);
nt_setting *nt_setting_add_flag(nt_setting *table, const char *key, bool flag);
nt_setting *nt_setting_add_text(nt_setting *table, const char *key, const char *text,
                                size_t length);
nt_setting *nt_setting_add_table(nt_setting *table, const char *key);

/* The value under key, or NULL; with two of the same key the first. */
const nt_setting *nt_setting_find(const nt_setting *table, const char *key);
size_t nt_setting_list_length(const nt_setting *table);

#endif
