/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the benchmarks share. */
#ifndef NT_BENCH_H
#define NT_BENCH_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <ninetails/error.h>

static inline double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Exit code 4: nothing could be measured. */
static inline void stop_on(nt_status status, const nt_error *err) {
  if (status == NT_OK) return;
  fprintf(stderr, "%s: %s\n", program_invocation_short_name, err->text);
  exit(4);
}

#endif
