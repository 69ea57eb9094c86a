/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random rows for tests, the same ones in every run. */
#ifndef NT_NOISE_H
#define NT_NOISE_H

#include <stdint.h>
#include <stdlib.h>

/* Uniform in [0, 1) (splitmix64). */
static inline double noise(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

/* n rows whose columns are correlated in threes, of scales from 1e-3 to 1e3; every 7th column is
 * constant. Owned by the caller. */
static inline double *noise_rows(size_t n, size_t width, uint64_t seed) {
  static const double scales[] = {1e-3, 1, 50, 1e3};
  double *rows = malloc((n + 1) * width * sizeof *rows), common = 0;
  for (size_t r = 0; rows && r < n; r++)
    for (size_t c = 0; c < width; c++) {
      if (c % 3 == 0) common = noise(&seed);
      double value = 0.7 * common + 0.3 * noise(&seed);
      rows[r * width + c] = c % 7 == 6 ? 4 : scales[c % 4] * value;
    }
  return rows;
}

#endif
