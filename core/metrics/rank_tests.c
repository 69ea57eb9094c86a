/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rank_tests.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>

#include "rank_row.h"

/* ---------------------------------------------------------------- Friedman */

double nt_rank_row(const double *row, size_t k, size_t *order, double *ranks) {
  gsl_sort_index(order, row, 1, k); /* ascending */
  double ties = 0;
  for (size_t from = 0, to; from < k; from = to) {
    for (to = from + 1; to < k && row[order[to]] == row[order[from]]; to++) {
    }
    double mean = ((double)from + (double)to + 1) / 2, t = (double)(to - from);
    for (size_t i = from; i < to; i++) ranks[order[i]] = mean;
    ties += t * t * t - t;
  }
  return ties;
}

/* Adds one data set's ranks to sums; returns the sum of t^3 - t over its ties. */
static double add_ranks(const double *row, size_t k, nt_better better, size_t *order, double *ranks,
                        double *sums) {
  double ties = nt_rank_row(row, k, order, ranks);
  for (size_t j = 0; j < k; j++)
    sums[j] += better == NT_LOWER_IS_BETTER ? ranks[j] : (double)(k + 1) - ranks[j];
  return ties;
}

static void judge(const double *mean_rank, double n, double k, double ties, nt_friedman *r) {
  double squares = 0;
  for (size_t j = 0; j < (size_t)k; j++) { /* centred: no cancellation */
    double off = mean_rank[j] - (k + 1) / 2;
    squares += off * off;
  }
  r->tie_correction = 1 - ties / (n * (k * k * k - k));
  if (r->tie_correction <= 0) return; /* every data set is one tie */
  r->chi_square = 12 * n / (k * (k + 1)) * squares / r->tie_correction;
  r->p = gsl_cdf_chisq_Q(r->chi_square, k - 1);
  double rest = n * (k - 1) - r->chi_square;
  bool agree = rest <= 1e-12 * n * k;
  r->f = agree ? INFINITY : (n - 1) * r->chi_square / rest;
  r->f_p = agree ? 0 : gsl_cdf_fdist_Q(r->f, k - 1, (k - 1) * (n - 1));
}

nt_status nt_friedman_test(const double *values, size_t data_sets, size_t detectors,
                           nt_better better, double *mean_rank, nt_friedman *result,
                           nt_error *err) {
  *result = (nt_friedman){NAN, NAN, NAN, NAN, NAN};
  if (data_sets < 2 || detectors < 2)
    return nt_fail(err, NT_E_ARGUMENT,
                   "Friedman test of %zu detectors on %zu data sets: at least 2 of each expected",
                   detectors, data_sets);
  for (size_t i = 0; i < data_sets; i++)
    for (size_t j = 0; j < detectors; j++)
      if (isnan(values[i * detectors + j]))
        return nt_fail(err, NT_E_INPUT, "Friedman test: no value for detector %zu on data set %zu",
                       j, i);
  size_t *order = calloc(detectors, sizeof *order);
  double *ranks = calloc(detectors, sizeof *ranks), ties = 0;
  if (!order || !ranks) {
    free(order), free(ranks);
    return nt_fail(err, NT_E_MEMORY, "no memory to rank %zu detectors", detectors);
  }
  for (size_t j = 0; j < detectors; j++) mean_rank[j] = 0;
  for (size_t i = 0; i < data_sets; i++)
    ties += add_ranks(values + i * detectors, detectors, better, order, ranks, mean_rank);
  for (size_t j = 0; j < detectors; j++) mean_rank[j] /= (double)data_sets;
  free(order), free(ranks);
  judge(mean_rank, (double)data_sets, (double)detectors, ties, result);
  return NT_OK;
}

/* ---------------------------------------------------------------- pairs */

static double rank_unit(size_t detectors, size_t data_sets) {
  double k = (double)detectors;
  return sqrt(k * (k + 1) / (6 * (double)data_sets));
}

/* The i-th smallest of m p-values counts m - i times, and no less than the one before it. */
nt_status nt_holm(const double *p, size_t m, double *adjusted, nt_error *err) {
  size_t *order = calloc(m ? m : 1, sizeof *order);
  if (!order) return nt_fail(err, NT_E_MEMORY, "no memory to order %zu p-values", m);
  gsl_sort_index(order, p, 1, m);
  double least = 0;
  for (size_t i = 0; i < m; i++)
    adjusted[order[i]] = least = fmax(least, fmin(1, (double)(m - i) * p[order[i]]));
  free(order);
  return NT_OK;
}

static nt_status adjust(nt_rank_pair *pairs, size_t m, nt_error *err) {
  double *p = calloc(2 * m, sizeof *p);
  if (!p) return nt_fail(err, NT_E_MEMORY, "no memory for %zu pairs of detectors", m);
  for (size_t i = 0; i < m; i++) p[i] = pairs[i].p;
  nt_status status = nt_holm(p, m, p + m, err);
  for (size_t i = 0; i < m; i++) pairs[i].holm = p[m + i];
  free(p);
  return status;
}

nt_status nt_compare_ranks(const double *mean_rank, size_t data_sets, size_t detectors,
                           nt_rank_pair *pairs, nt_error *err) {
  if (data_sets < 1 || detectors < 2)
    return nt_fail(err, NT_E_ARGUMENT,
                   "pairs of %zu detectors on %zu data sets: at least 2 and 1 expected", detectors,
                   data_sets);
  double unit = rank_unit(detectors, data_sets);
  size_t m = 0;
  for (size_t a = 0; a < detectors; a++)
    for (size_t b = a + 1; b < detectors; b++) {
      double z = (mean_rank[a] - mean_rank[b]) / unit;
      pairs[m++] = (nt_rank_pair){.a = a, .b = b, .z = z, .p = 2 * gsl_cdf_ugaussian_Q(fabs(z))};
    }
  return adjust(pairs, m, err);
}

/* ---------------------------------------------------------------- Nemenyi */

/* P = k * integral of phi(z) (Phi(z) - Phi(z - range))^(k - 1) over the largest value z. For a
 * smooth integrand that vanishes at both ends the trapezium rule converges faster than any power of
 * the step. */
double nt_range_probability(double range, size_t k) {
  const double step = 1.0 / 16, end = 9;
  double sum = 0;
  if (!(range > 0)) return 0;
  for (int i = (int)(-end / step); i <= (int)(end / step); i++) {
    double z = i * step;
    /* of the two tails that make the difference, the smaller ones lose nothing */
    double between = z > range / 2 ? gsl_cdf_ugaussian_Q(z - range) - gsl_cdf_ugaussian_Q(z)
                                   : gsl_cdf_ugaussian_P(z) - gsl_cdf_ugaussian_P(z - range);
    sum += gsl_ran_ugaussian_pdf(z) * pow(between, (double)(k - 1));
  }
  return fmin(1, (double)k * sum * step);
}

double nt_nemenyi_difference(size_t detectors, size_t data_sets, double alpha) {
  if (detectors < 2 || data_sets < 1 || !(alpha > 0 && alpha < 1)) return NAN;
  double low = 0, high = 20;
  for (int i = 0; i < 60; i++) {
    double middle = (low + high) / 2;
    if (nt_range_probability(middle, detectors) < 1 - alpha)
      low = middle;
    else
      high = middle;
  }
  return low / sqrt(2) * rank_unit(detectors, data_sets);
}

nt_status nt_nemenyi_bars(const double *mean_rank, size_t detectors, double critical_difference,
                          size_t *order, nt_rank_bar *bars, size_t *count, nt_error *err) {
  *count = 0;
  if (!(critical_difference > 0))
    return nt_fail(err, NT_E_ARGUMENT, "critical difference %g: more than 0 expected",
                   critical_difference);
  gsl_sort_index(order, mean_rank, 1, detectors);
  size_t covered =
      0; /* the last position of the bars so far: a bar that ends there is part of one */
  for (size_t first = 0, last = 0; first < detectors; first++) {
    while (last + 1 < detectors &&
           mean_rank[order[last + 1]] - mean_rank[order[first]] < critical_difference)
      last++;
    if (last > first && last > covered)
      bars[(*count)++] = (nt_rank_bar){first, last}, covered = last;
    if (last == first) last++;
  }
  return NT_OK;
}
