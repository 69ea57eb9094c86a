/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/metrics.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

/* Writes the logarithms of the usable scores and counts the rest. */
static void take_logarithms(const double *scores, size_t n, double *logarithm, nt_lognormal *fit) {
  for (size_t i = 0; i < n; i++) {
    double s = scores[i];
    if (!isfinite(s))
      fit->non_finite++;
    else if (s == 0)
      fit->zero++;
    else if (s < 0)
      fit->negative++;
    else
      logarithm[fit->used++] = log(s);
  }
}

nt_status nt_lognormal_fit(const double *scores, size_t n, nt_lognormal *fit, nt_error *err) {
  *fit = (nt_lognormal){.mean = NAN, .deviation = NAN};
  double *logarithm = calloc(n ? n : 1, sizeof *logarithm);
  if (!logarithm) return nt_fail(err, NT_E_MEMORY, "no memory for the logarithms of %zu scores", n);
  take_logarithms(scores, n, logarithm, fit);
  double mean = NAN, deviation = 0;
  if (fit->used > 1) {
    mean = gsl_stats_mean(logarithm, 1, fit->used);
    deviation = gsl_stats_sd_with_fixed_mean(logarithm, 1, fit->used, mean);
  }
  free(logarithm);
  if (deviation == 0)
    return nt_fail(err, NT_E_INPUT,
                   "log-normal fit: %zu scores, %llu of them positive and finite (%llu zero, %llu "
                   "negative, %llu not finite); at least two distinct ones expected",
                   n, (unsigned long long)fit->used, (unsigned long long)fit->zero,
                   (unsigned long long)fit->negative, (unsigned long long)fit->non_finite);
  fit->mean = mean;
  fit->deviation = deviation;
  return NT_OK;
}

nt_status nt_lognormal_threshold(const nt_lognormal *fit, double tail, double *threshold,
                                 nt_error *err) {
  if (!(tail > 0 && tail < 1))
    return nt_fail(err, NT_E_ARGUMENT, "tail probability %g: a value in (0, 1) expected", tail);
  *threshold = gsl_cdf_lognormal_Qinv(tail, fit->mean, fit->deviation);
  return NT_OK;
}

uint64_t nt_threshold_sample(uint64_t learnt) {
  uint64_t tenth = learnt / 10 > NT_THRESHOLD_LEAST ? learnt / 10 : NT_THRESHOLD_LEAST;
  return tenth < learnt ? tenth : learnt;
}

nt_status nt_threshold_fit(const double *training, size_t m, double tail, nt_threshold *threshold,
                           nt_error *err) {
  *threshold = (nt_threshold){.value = NAN, .absence = ""};
  nt_lognormal *fit = &threshold->fit;
  nt_status status = nt_lognormal_fit(training, m, fit, err);
  if (status == NT_E_INPUT) {
    threshold->absence = "fewer than two distinct positive scores at the end of training";
    return NT_OK;
  }
  if (status != NT_OK) return status;
  if (fit->used < fit->zero + fit->negative) {
    threshold->absence = "most scores at the end of training are not positive";
    return NT_OK;
  }
  return nt_lognormal_threshold(fit, tail, &threshold->value, err);
}
