/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cells.h"

#include <stdlib.h>
#include <string.h>

#define MOST_NAME 200

static const char *const roles[] = {[NT_ROLE_IDENTITY] = "identity",
                                    [NT_ROLE_PARAMETER] = "parameter",
                                    [NT_ROLE_METRIC] = "metric",
                                    [NT_ROLE_COST] = "cost"};
#define ROLES (sizeof roles / sizeof *roles)

const char *nt_cell_role_name(nt_cell_role role) {
  return (size_t)role < ROLES ? roles[role] : roles[NT_ROLE_PARAMETER];
}

nt_cell_role nt_cell_role_of(const char *name) {
  for (size_t i = 0; i < ROLES; i++)
    if (strcmp(roles[i], name) == 0) return (nt_cell_role)i;
  return NT_ROLE_PARAMETER;
}

int nt_name_is_fine(const char *name) {
  static const char set[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
  size_t length = strspn(name, set);
  return length > 0 && length <= MOST_NAME && !name[length] && name[0] != '.' && name[0] != '-';
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

nt_status nt_cells_check(const nt_cell *cells, size_t count, nt_error *err) {
  const char **names = calloc(count + 1, sizeof *names);
  if (!names) return nt_fail(err, NT_E_MEMORY, "out of memory");
  nt_status status = NT_OK;
  for (size_t i = 0; status == NT_OK && i < count; i++) {
    names[i] = cells[i].name;
    if (!nt_name_is_fine(names[i]))
      status = nt_fail(err, NT_E_ARGUMENT,
                       "column \"%.200s\": expected letters, digits, '_', '.' and '-'", names[i]);
  }
  if (status == NT_OK) qsort(names, count, sizeof *names, compare_names);
  for (size_t i = 1; status == NT_OK && i < count; i++)
    if (strcmp(names[i - 1], names[i]) == 0)
      status = nt_fail(err, NT_E_ARGUMENT, "column %s is there twice", names[i]);
  free(names);
  return status;
}

static char *copy_text(const char *text) {
  return strdup(text ? text : "");
}

nt_status nt_cell_copy(const nt_cell *from, nt_cell *to, nt_error *err) {
  *to = *from;
  to->name =
      copy_text(nt_measure_name(from->name ? from->name : "")); /* old files have old names */
  to->unit = copy_text(from->unit);
  to->long_name = copy_text(from->long_name);
  to->text = copy_text(from->type == NT_CELL_TEXT ? from->text : NULL);
  if (to->name && to->unit && to->long_name && to->text) return NT_OK;
  free((char *)to->name);
  free((char *)to->unit);
  free((char *)to->long_name);
  free((char *)to->text);
  *to = (nt_cell){0};
  return nt_fail(err, NT_E_MEMORY, "out of memory");
}

void nt_cells_free(const nt_cell *cells, size_t count) {
  for (size_t i = 0; cells && i < count; i++) {
    free((char *)cells[i].name);
    free((char *)cells[i].unit);
    free((char *)cells[i].long_name);
    free((char *)cells[i].text);
  }
  free((nt_cell *)cells);
}

void nt_notes_free(const nt_note *notes, size_t count) {
  for (size_t i = 0; notes && i < count; i++) {
    free((char *)notes[i].name);
    free((char *)notes[i].text);
  }
  free((nt_note *)notes);
}
