/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "column_role.h"

#include <string.h>
#include <strings.h>

static const struct {
  const char *name;
  nt_column_role role;
} names[] = {
    {"", NT_COLUMN_INDEX},
    {"index", NT_COLUMN_INDEX},
    {"packet", NT_COLUMN_INDEX},
    {"packet_number", NT_COLUMN_INDEX},
    {"frame", NT_COLUMN_INDEX},
    {"frame.number", NT_COLUMN_INDEX},
    {"no.", NT_COLUMN_INDEX},
    {"timestamp", NT_COLUMN_TIME},
    {"label", NT_COLUMN_LABEL},
    {"labels", NT_COLUMN_LABEL},
    {"class", NT_COLUMN_LABEL},
    {"target", NT_COLUMN_LABEL},
    {"is_attack", NT_COLUMN_LABEL},
    {"attack", NT_COLUMN_ATTACK},
    {"attack_cat", NT_COLUMN_ATTACK},
    {"attack_name", NT_COLUMN_ATTACK},
    {"attack_type", NT_COLUMN_ATTACK},
    {"type", NT_COLUMN_KIND},
    {"category", NT_COLUMN_KIND},
    {"subcategory", NT_COLUMN_KIND},
    {"activity", NT_COLUMN_KIND},
};

nt_column_role nt_column_role_of(const char *name, size_t length) {
  while (length && (*name == ' ' || *name == '\t')) name++, length--;
  while (length && (name[length - 1] == ' ' || name[length - 1] == '\t')) length--;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strlen(names[i].name) == length && strncasecmp(name, names[i].name, length) == 0)
      return names[i].role;
  static const char unnamed[] = "Unnamed: "; /* pandas, of a column without a name */
  size_t n = sizeof unnamed - 1;
  if (length > n && strncasecmp(name, unnamed, n) == 0) return NT_COLUMN_INDEX;
  return NT_COLUMN_OTHER;
}
