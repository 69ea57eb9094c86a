/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "linear.h"

#include <math.h>
#include <pthread.h>

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>

static pthread_once_t quiet = PTHREAD_ONCE_INIT;

static void turn_handler_off(void) {
  gsl_set_error_handler_off();
}

int nt_inverse_cholesky(double *a, size_t n, double *log_determinant) {
  pthread_once(&quiet, turn_handler_off);
  gsl_matrix_view view = gsl_matrix_view_array(a, n, n);
  if (gsl_linalg_cholesky_decomp1(&view.matrix) != GSL_SUCCESS) return -1;
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    sum -= log(a[i * n + i]);
    for (size_t j = i + 1; j < n; j++) a[i * n + j] = 0;
  }
  *log_determinant = sum;
  if (gsl_linalg_tri_invert(CblasLower, CblasNonUnit, &view.matrix) != GSL_SUCCESS) return -1;
  return isfinite(sum) ? 0 : -1;
}

nt_status nt_eigen(double *a, size_t n, double *values, double *vectors, nt_error *err) {
  pthread_once(&quiet, turn_handler_off);
  gsl_matrix_view in = gsl_matrix_view_array(a, n, n), out = gsl_matrix_view_array(vectors, n, n);
  gsl_vector_view value = gsl_vector_view_array(values, n);
  gsl_eigen_symmv_workspace *w = gsl_eigen_symmv_alloc(n);
  if (!w) return nt_fail(err, NT_E_MEMORY, "no memory for %zu eigenvectors", n);
  gsl_eigen_symmv(&in.matrix, &value.vector, &out.matrix, w);
  gsl_eigen_symmv_free(w);
  gsl_eigen_symmv_sort(&value.vector, &out.matrix, GSL_EIGEN_SORT_VAL_DESC);
  gsl_matrix_transpose(&out.matrix);
  return NT_OK;
}
