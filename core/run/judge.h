/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores of one capture -> every figure of a table of runs, by the same function as an experiment's
 * (metrics/measures.h), but for the intervals of the block bootstrap, which take longer than the
 * scoring does. */
#ifndef NT_JUDGE_H
#define NT_JUDGE_H

#include <ninetails/run.h>

#include "metrics/measures.h"

typedef struct nt_judged {
  const double *scores, *times; /* n each; times NULL: none */
  size_t n, grace;              /* the first `grace` of them were not scored */
  const double *training;       /* m RMSEs that the threshold is fitted to, in their order */
  size_t m;
  const uint8_t *labels; /* n; NULL: none */
  double tail;           /* probability of the threshold */
} nt_judged;

/* The protocol: the defaults, but for the tail probability and the bootstrap. */
nt_measure_options nt_judge_options(double tail);

/* *measured is to be released by nt_measured_done, but for an error. O(n log n). */
nt_status nt_judge(const nt_judged *judged, nt_measured *measured, nt_run_summary *summary,
                   nt_error *err);

#endif
