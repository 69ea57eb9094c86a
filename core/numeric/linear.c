/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "linear.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>

/* A = U^T U, U in the upper triangle, in whose rows the inner loop runs. -1: not positive definite.
 * GSL's decomposition calls its error handler for that, which ends the process. */
static int decompose(double *a, size_t n) {
  for (size_t k = 0; k < n; k++) {
    double *pivot = a + k * n;
    if (!(pivot[k] > 0)) return -1;
    double root = sqrt(pivot[k]);
    pivot[k] = root;
    for (size_t j = k + 1; j < n; j++) pivot[j] /= root;
    for (size_t i = k + 1; i < n; i++) {
      double *restrict row = a + i * n, factor = pivot[i];
      for (size_t j = i; j < n; j++) row[j] -= factor * pivot[j];
    }
  }
  return 0;
}

int nt_inverse_cholesky(double *a, size_t n, double *log_determinant) {
  if (n == 0 || decompose(a, n) != 0) return -1;
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    sum -= log(a[i * n + i]);
    for (size_t j = i + 1; j < n; j++) {
      a[j * n + i] = a[i * n + j];
      a[i * n + j] = 0;
    }
  }
  *log_determinant = sum;
  if (!isfinite(sum)) return -1;
  gsl_matrix_view view = gsl_matrix_view_array(a, n, n);
  return gsl_linalg_tri_invert(CblasLower, CblasNonUnit, &view.matrix) == GSL_SUCCESS ? 0 : -1;
}

void nt_eigen_in(double *a, size_t n, double *values, double *vectors, double *room) {
  if (n == 0) return;
  gsl_matrix_view in = gsl_matrix_view_array(a, n, n), out = gsl_matrix_view_array(vectors, n, n);
  gsl_vector_view value = gsl_vector_view_array(values, n);
  /* On memory of the caller's: gsl_eigen_symmv_alloc ends the process without memory. */
  gsl_eigen_symmv_workspace w = {
      .size = n, .d = room, .sd = room + n, .gc = room + 2 * n, .gs = room + 3 * n};
  gsl_eigen_symmv(&in.matrix, &value.vector, &out.matrix, &w);
  gsl_eigen_symmv_sort(&value.vector, &out.matrix, GSL_EIGEN_SORT_VAL_DESC);
  gsl_matrix_transpose(&out.matrix);
}

nt_status nt_eigen(double *a, size_t n, double *values, double *vectors, nt_error *err) {
  double *room = calloc(n ? n : 1, NT_EIGEN_ROOM * sizeof *room);
  if (!room) return nt_fail(err, NT_E_MEMORY, "no memory for %zu eigenvectors", n);
  nt_eigen_in(a, n, values, vectors, room);
  free(room);
  return NT_OK;
}
