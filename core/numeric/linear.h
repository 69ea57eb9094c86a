/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Factorisations of plain row-major arrays, GSL's where it reports errors without its handler,
 * which would end the process and is the host program's to set.
 */
#ifndef NT_LINEAR_H
#define NT_LINEAR_H

#include <stddef.h>

#include <ninetails/error.h>

/* A = L L^T; a (n x n, symmetric, finite) becomes the inverse of L, lower triangular, zeroes above.
 * *log_determinant: of that inverse, the sum of the logarithms of its diagonal. Returns 0, or -1
 * where A is not positive definite. O(n^3). */
int nt_inverse_cholesky(double *a, size_t n, double *log_determinant);

/* A = V diag(values) V^T, values descending, eigenvectors the ROWS of vectors. a (n x n, symmetric,
 * finite) is destroyed. O(n^3). */
enum { NT_EIGEN_ROOM = 4 };
/* room: NT_EIGEN_ROOM n doubles. Of a, the lower triangle is looked at. */
void nt_eigen_in(double *a, size_t n, double *values, double *vectors, double *room);
/* The same, with room of its own: NT_E_MEMORY. */
nt_status nt_eigen(double *a, size_t n, double *values, double *vectors, nt_error *err);

#endif
