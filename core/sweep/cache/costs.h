/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What stages cost on this machine: nanoseconds a row, learnt from the sweeps that were run here,
 * in a small text file of the cache. For estimates of time and to begin with the longest work; no
 * result depends on it.
 */
#ifndef NT_SWEEP_COSTS_H
#define NT_SWEEP_COSTS_H

#include <stddef.h>

enum { NT_COST_NAMES = 128, NT_COST_NAME = 64 };

typedef struct nt_costs {
  size_t count;
  struct {
    char name[NT_COST_NAME]; /* "extract stream", "kitnet", "measure" */
    double ns;
  } entry[NT_COST_NAMES];
} nt_costs;

/* A file that is missing or damaged is an empty list. */
void nt_costs_read(nt_costs *costs, const char *cache);
void nt_costs_write(const nt_costs *costs, const char *cache);

/* ns a row; what was never seen costs `otherwise`. */
double nt_costs_of(const nt_costs *costs, const char *name, double otherwise);
/* Takes a measurement in: half old, half new. */
void nt_costs_learn(nt_costs *costs, const char *name, double ns);

#endif
