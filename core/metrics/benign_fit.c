/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "benign_fit.h"

#include <stdlib.h>

enum { SOME = 100 };

nt_status nt_benign_fit(const double *scores, const uint8_t *labels, size_t n, nt_lognormal *fit,
                        const char **of, nt_error *err) {
  *of = "all scored packets";
  if (!labels) return nt_lognormal_fit(scores, n, fit, err);
  size_t before = 0, count = 0;
  while (before < n && labels[before] == 0) before++;
  int clean = before >= SOME && before < n;
  *of = clean ? "the scored packets before the first attack" : "all benign scored packets";
  if (clean) return nt_lognormal_fit(scores, before, fit, err);
  double *benign = calloc(n + 1, sizeof *benign);
  if (!benign) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu scores", n);
  for (size_t i = 0; i < n; i++)
    if (labels[i] == 0) benign[count++] = scores[i];
  nt_status status = nt_lognormal_fit(benign, count, fit, err);
  free(benign);
  return status;
}
