/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shift.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static nt_status check(const double *x, size_t n, double level, nt_error *err) {
  if (n < 1 || n > NT_SHIFT_MOST)
    return nt_fail(err, NT_E_ARGUMENT, "%zu values: 1 to %d expected", n, NT_SHIFT_MOST);
  if (!(level > 0 && level < 1))
    return nt_fail(err, NT_E_ARGUMENT, "level %g: a value in (0, 1) expected", level);
  for (size_t i = 0; i < n; i++)
    if (!isfinite(x[i])) return nt_fail(err, NT_E_INPUT, "value %zu is %g", i, x[i]);
  return NT_OK;
}

/* ---------------------------------------------------------------- distributions */

/* P(statistic <= s) for s = 0 .. most, of a sum whose distribution is counted: `room` has most + 1
 * probabilities. Signed ranks: each of 1 .. n is in the sum or not, equally likely. */
static void signed_rank_below(size_t n, double *room, size_t most) {
  memset(room, 0, (most + 1) * sizeof *room);
  room[0] = 1;
  for (size_t rank = 1; rank <= n; rank++)
    for (size_t s = most + 1; s-- > 0;)
      room[s] = 0.5 * (room[s] + (s >= rank ? room[s - rank] : 0));
  for (size_t s = 1; s <= most; s++) room[s] += room[s - 1];
}

/* Pairs (a, b) with b > a, over all orders of na + nb values: Mann and Whitney's recursion, the
 * largest value is of a or of b. rows: [na + 1][most + 1]. */
static void rank_sum_below(size_t na, size_t nb, double *rows, size_t most) {
  size_t width = most + 1;
  memset(rows, 0, (na + 1) * width * sizeof *rows);
  for (size_t i = 0; i <= na; i++) rows[i * width] = 1; /* no value of b */
  for (size_t j = 1; j <= nb; j++)
    for (size_t i = 1; i <= na; i++) { /* in place: row i holds that of j - 1 until now */
      double of_b = (double)j / (double)(i + j);
      double *row = rows + i * width, *above = row - width;
      for (size_t s = width; s-- > 0;)
        row[s] = of_b * (s >= i ? row[s - i] : 0) + (1 - of_b) * above[s];
    }
  double *last = rows + na * width;
  for (size_t s = 1; s <= most; s++) last[s] += last[s - 1];
}

/* ---------------------------------------------------------------- estimate, interval, p */

/*
 * value: `count` averages or differences, sorted; below[s]: P(statistic <= s), symmetric about
 * count / 2, or NULL: normal with this deviation. The interval leaves out the k values at either
 * end, for the largest k with 2 P(statistic <= k - 1) <= 1 - level.
 */
static void conclude(const double *value, size_t count, const double *below, double deviation,
                     double level, nt_shift *shift) {
  size_t k = 0, half = count / 2;
  double middle = 0.5 * (double)count;
  if (below)
    while (k < half && 2 * below[k] <= 1 - level) k++;
  else
    k = (size_t)fmax(0, floor(middle + deviation * gsl_cdf_ugaussian_Pinv(0.5 * (1 - level))));
  shift->estimate = count % 2 ? value[half] : 0.5 * (value[half - 1] + value[half]);
  shift->low = k ? value[k - 1] : -HUGE_VAL;
  shift->high = k ? value[count - k] : HUGE_VAL;
  double statistic = 0; /* how many lie on the rarer side of 0, ties half */
  for (size_t i = 0; i < count; i++) statistic += value[i] < 0 ? 1 : value[i] == 0 ? 0.5 : 0;
  if (statistic > middle) statistic = (double)count - statistic;
  double tail = below ? below[(size_t)ceil(statistic)]
                      : gsl_cdf_ugaussian_P((statistic + 0.5 - middle) / deviation);
  shift->p = fmin(1, 2 * tail);
}

nt_status nt_shift_pairs(const double *d, size_t n, double level, nt_shift *shift, nt_error *err) {
  nt_status status = check(d, n, level, err);
  if (status != NT_OK) return status;
  size_t count = n * (n + 1) / 2;
  int exact = n <= NT_SHIFT_EXACT;
  double *value = malloc(count * sizeof *value);
  double *below = malloc((exact ? count + 1 : 1) * sizeof *below);
  if (!value || !below) {
    free(value), free(below);
    return nt_fail(err, NT_E_MEMORY, "out of memory for %zu averages", count);
  }
  size_t k = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t j = i; j < n; j++) value[k++] = 0.5 * (d[i] + d[j]);
  qsort(value, count, sizeof *value, by_value);
  if (exact) signed_rank_below(n, below, count);
  double m = (double)n;
  conclude(value, count, exact ? below : NULL, sqrt(m * (m + 1) * (2 * m + 1) / 24), level, shift);
  free(value), free(below);
  return NT_OK;
}

nt_status nt_shift_samples(const double *a, size_t na, const double *b, size_t nb, double level,
                           nt_shift *shift, nt_error *err) {
  nt_status status = check(a, na, level, err);
  if (status == NT_OK) status = check(b, nb, level, err);
  if (status != NT_OK) return status;
  size_t count = na * nb;
  int exact = na <= NT_SHIFT_EXACT && nb <= NT_SHIFT_EXACT;
  double *value = malloc(count * sizeof *value);
  double *rows = malloc((exact ? (na + 1) * (count + 1) : 1) * sizeof *rows);
  if (!value || !rows) {
    free(value), free(rows);
    return nt_fail(err, NT_E_MEMORY, "out of memory for %zu differences", count);
  }
  for (size_t i = 0; i < na; i++)
    for (size_t j = 0; j < nb; j++) value[i * nb + j] = b[j] - a[i];
  qsort(value, count, sizeof *value, by_value);
  if (exact) rank_sum_below(na, nb, rows, count);
  double x = (double)na, y = (double)nb;
  conclude(value, count, exact ? rows + na * (count + 1) : NULL, sqrt(x * y * (x + y + 1) / 12),
           level, shift);
  free(value), free(rows);
  return NT_OK;
}

/* ---------------------------------------------------------------- many tests */

typedef struct placed {
  double p;
  size_t place;
} placed;

static int by_p(const void *a, const void *b) {
  const placed *x = a, *y = b;
  if (x->p != y->p) return x->p < y->p ? -1 : 1;
  return (x->place > y->place) - (x->place < y->place);
}

nt_status nt_false_discovery(const double *p, size_t m, double *adjusted, nt_error *err) {
  placed *order = malloc((m ? m : 1) * sizeof *order);
  if (!order) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu p-values", m);
  for (size_t i = 0; i < m; i++) order[i] = (placed){p[i], i};
  qsort(order, m, sizeof *order, by_p);
  double least = 1;
  for (size_t i = m; i-- > 0;) {
    least = fmin(least, order[i].p * (double)m / (double)(i + 1));
    adjusted[order[i].place] = least;
  }
  free(order);
  return NT_OK;
}
