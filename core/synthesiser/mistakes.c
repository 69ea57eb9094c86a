/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mistakes.h"

#include <string.h>

nt_status nt_expected(nt_error *err, const char *what, const char *key, const char *kind) {
  return nt_fail(err, NT_E_ARGUMENT, "%s: %s must be %s", what, key, kind);
}

/* Levenshtein, one row. */
static unsigned distance(const char *a, const char *b) {
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

static const char *item(const void *list, size_t i) {
  return ((const char *const *)list)[i];
}

const char *nt_nearest_of(const char *name, const char *const *list) {
  return nt_nearest(name, item, list);
}
