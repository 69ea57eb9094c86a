/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t nt_state_size(nt_state_type type) {
  static const size_t sizes[] = {sizeof(double), sizeof(uint64_t), sizeof(uint32_t), 1};
  return sizes[type];
}

static const char *joined(char *text, size_t size, const char *prefix, const char *name) {
  snprintf(text, size, "%s%s%s", prefix, *prefix ? "/" : "", name);
  return text;
}

nt_status nt_state_put(const nt_state_writer *to, const char *prefix, const char *name,
                       nt_state_type type, const void *values, size_t count, nt_error *err) {
  char text[128];
  return to->put(to->context, joined(text, sizeof text, prefix, name), type, values, count, err);
}

nt_status nt_state_take(const nt_state_reader *from, const char *prefix, const char *name,
                        nt_state_type type, void **values, size_t *count, nt_error *err) {
  char text[128];
  return from->take(from->context, joined(text, sizeof text, prefix, name), type, values, count,
                    err);
}

nt_status nt_state_take_into(const nt_state_reader *from, const char *prefix, const char *name,
                             nt_state_type type, void *values, size_t count, nt_error *err) {
  void *list;
  size_t got;
  nt_status status = nt_state_take(from, prefix, name, type, &list, &got, err);
  if (status != NT_OK) return status;
  if (got == count && count)
    memcpy(values, list, count * nt_state_size(type));
  else if (got != count)
    status = nt_fail(err, NT_E_INPUT, "%s%s%s: %zu values, expected %zu", prefix,
                     *prefix ? "/" : "", name, got, count);
  free(list);
  return status;
}

nt_status nt_state_wrong(nt_error *err, const char *prefix, const char *what) {
  return nt_fail(err, NT_E_INPUT, "%s: %s", prefix, what);
}
