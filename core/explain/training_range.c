/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "training_range.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

nt_status nt_training_range_begin(nt_training_range *r, size_t width, nt_error *err) {
  *r = (nt_training_range){.width = width, .stride = 1};
  r->least = calloc(width, sizeof *r->least);
  r->most = calloc(width, sizeof *r->most);
  r->median = calloc(width, sizeof *r->median);
  if (!r->least || !r->most || !r->median) {
    nt_training_range_done(r);
    return nt_fail(err, NT_E_MEMORY, "out of memory for what training saw of %zu features", width);
  }
  for (size_t i = 0; i < width; i++) r->least[i] = r->most[i] = r->median[i] = NAN;
  return NT_OK;
}

void nt_training_range_done(nt_training_range *r) {
  free(r->least);
  free(r->most);
  free(r->median);
  free(r->kept);
  *r = (nt_training_range){0};
}

static size_t most_rows(const nt_training_range *r) {
  size_t rows = NT_RANGE_BYTES / sizeof(double) / r->width;
  return rows > 2 ? rows & ~(size_t)1 : 2;
}

/* Keeps every second row of those that are kept. */
static void thin(nt_training_range *r) {
  for (size_t i = 1; i < r->count / 2; i++)
    memcpy(r->kept + i * r->width, r->kept + 2 * i * r->width, r->width * sizeof *r->kept);
  r->count /= 2;
  r->stride *= 2;
}

static nt_status keep(nt_training_range *r, const double *row, nt_error *err) {
  if (r->count == most_rows(r)) {
    thin(r);
    if (r->rows % r->stride != 0) return NT_OK;
  }
  if (r->count == r->room) {
    size_t room = r->room ? 2 * r->room : 256;
    if (room > most_rows(r)) room = most_rows(r);
    double *grown = realloc(r->kept, room * r->width * sizeof *grown);
    if (!grown)
      return nt_fail(err, NT_E_MEMORY, "out of memory for %zu rows that training saw", room);
    r->kept = grown;
    r->room = room;
  }
  memcpy(r->kept + r->count++ * r->width, row, r->width * sizeof *row);
  return NT_OK;
}

nt_status nt_training_range_add(nt_training_range *r, const double *rows, size_t n, nt_error *err) {
  for (size_t k = 0; k < n; k++, r->rows++) {
    const double *row = rows + k * r->width;
    for (size_t i = 0; i < r->width; i++) {
      if (!isfinite(row[i])) continue;
      if (!(r->least[i] <= row[i])) r->least[i] = row[i];
      if (!(r->most[i] >= row[i])) r->most[i] = row[i];
    }
    if (r->rows % r->stride == 0 && keep(r, row, err) != NT_OK) return NT_E_MEMORY;
  }
  return NT_OK;
}

nt_status nt_training_range_end(nt_training_range *r, nt_error *err) {
  double *column = calloc(r->count + 1, sizeof *column);
  if (!column) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu values", r->count);
  for (size_t i = 0; i < r->width; i++) {
    size_t n = 0;
    for (size_t k = 0; k < r->count; k++)
      if (isfinite(r->kept[k * r->width + i])) column[n++] = r->kept[k * r->width + i];
    if (n) r->median[i] = gsl_stats_median(column, 1, n);
  }
  free(column);
  free(r->kept);
  r->kept = NULL;
  return NT_OK;
}
