/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol.h"

#include <math.h>
#include <stdlib.h>

nt_evaluation nt_protocol_defaults(void) {
  return (nt_evaluation){0};
}
nt_evaluation nt_protocol_paper(void) {
  return (nt_evaluation){.smoothing = 30, .fold_auc = true, .reference = NT_FPR_OF_BENIGN};
}

/* A window is the tail of one block of `window` scores and the head of the next. */
nt_status nt_smooth(const double *scores, size_t n, size_t window, double *smoothed,
                    nt_error *err) {
  if (window == 0)
    return nt_fail(err, NT_E_ARGUMENT, "smoothing over 0 packets: at least 1 expected");
  if (window > n) {
    for (size_t i = 0; i < n; i++) smoothed[i] = 0;
    return NT_OK;
  }
  double *tail =
      malloc(window * sizeof *tail); /* tail[j]: sum of the last block from its j-th score on */
  if (!tail) return nt_fail(err, NT_E_MEMORY, "no memory to smooth over %zu packets", window);
  for (size_t block = 0; block < n; block += window) {
    size_t length = n - block < window ? n - block : window;
    double head = 0;
    for (size_t j = 0; j < length; j++) {
      head += scores[block + j];
      if (j + 1 == window)
        smoothed[block + j] = head / (double)window;
      else
        smoothed[block + j] = block > 0 ? (tail[j + 1] + head) / (double)window : 0;
    }
    double sum = 0;
    for (size_t j = length; j-- > 0;) tail[j] = sum += scores[block + j];
  }
  free(tail);
  return NT_OK;
}
