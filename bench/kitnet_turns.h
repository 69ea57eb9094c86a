/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times a KitNET over the same rows, given again and again. */
#ifndef NT_KITNET_TURNS_H
#define NT_KITNET_TURNS_H

#include <ninetails/kitnet.h>

#include "bench.h"

static inline double seconds_of(nt_kitnet *k, const double *rows, size_t count, double *scores,
                                size_t turns) {
  nt_error err;
  double start = now();
  for (size_t i = 0; i < turns; i++)
    stop_on(nt_kitnet_process(k, rows, count, scores, NULL, &err), &err);
  return now() - start;
}

/* Rows a second, the fastest of several measurements of 50 ms or more. */
static inline double best_rate(nt_kitnet *k, const double *rows, size_t count, double *scores,
                               int repeats) {
  size_t turns = 1;
  while (seconds_of(k, rows, count, scores, turns) < 0.05) turns *= 2;
  double best = seconds_of(k, rows, count, scores, turns);
  for (int i = 1; i < repeats; i++) {
    double seconds = seconds_of(k, rows, count, scores, turns);
    if (seconds < best) best = seconds;
  }
  return (double)turns * (double)count / best;
}

#endif
