/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "problem.h"

#include <math.h>
#include <stdlib.h>

/* In the order of `ninetails bench list --problems`. */
const nt_bench_problem *const nt_bench_problems[] = {
    &nt_bench_fma,         &nt_bench_triad,       &nt_bench_read,
    &nt_bench_calibration, &nt_bench_decay,       &nt_bench_hash,
    &nt_bench_linkage,     &nt_bench_autoencoder, &nt_bench_ranking,
    &nt_bench_hdf5,        &nt_bench_decode,      &nt_bench_extract,
    &nt_bench_contacts,    &nt_bench_map,         &nt_bench_kitnet,
    &nt_bench_score,       &nt_bench_sweep,       NULL};

void *nt_bench_room(size_t count, size_t size, nt_error *err) {
  void *p = calloc(count ? count : 1, size);
  if (!p) nt_fail(err, NT_E_MEMORY, "out of memory for %zu x %zu bytes", count, size);
  return p;
}

uint64_t nt_bench_next(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

void nt_bench_noise(double *values, size_t count, uint64_t seed) {
  for (size_t i = 0; i < count; i++) values[i] = (double)(nt_bench_next(&seed) >> 11) * 0x1p-53;
}

nt_status nt_bench_close(const double *got, const double *expected, size_t count, double most,
                         const char *what, double *deviation, nt_error *err) {
  for (size_t i = 0; i < count; i++) {
    if (got[i] == expected[i] || (isnan(got[i]) && isnan(expected[i]))) continue;
    double off = fabs(got[i] - expected[i]) / fabs(expected[i]);
    if (!(off <= most))
      return nt_fail(err, NT_E_STATE, "%s %zu is %.17g, %.17g expected: off by %.2g, at most %.2g",
                     what, i, got[i], expected[i], off, most);
    if (off > *deviation) *deviation = off;
  }
  return NT_OK;
}
