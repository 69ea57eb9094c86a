/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Incremental correlation of d features (Kitsune, section V-B; corClust in the public code).
 *
 *     a row x    N += 1; c += x; r = x - c / N; c_rs += r * r; C += r r^T
 *     distance   D = 1 - C / (sqrt(c_rs) sqrt(c_rs)^T), a denominator of zero replaced by 1e-100,
 *                and D < 0 set to 0
 *
 * (The public code also sums r, and does not use it.)
 */
#ifndef NT_CORRELATION_H
#define NT_CORRELATION_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

typedef struct nt_correlation nt_correlation;

nt_correlation *nt_correlation_new(size_t width, nt_error *err);
void nt_correlation_free(nt_correlation *correlation);

/* n rows of width doubles, in order. O(n d^2). The same bits however the rows are batched. */
void nt_correlation_update(nt_correlation *correlation, const double *rows, size_t n);
uint64_t nt_correlation_rows(const nt_correlation *correlation);
size_t nt_correlation_memory(const nt_correlation *correlation); /* bytes held, struct and all */

/* The sums c, c_rs (width doubles each) and C (width x width, row-major, its lower triangle of no
 * account), and the other way: of a correlation that has taken `rows` rows. */
void nt_correlation_get(const nt_correlation *correlation, double *sum, double *squares,
                        double *products);
void nt_correlation_set(nt_correlation *correlation, uint64_t rows, const double *sum,
                        const double *squares, const double *products);

/* distance: width x width doubles, symmetric, row-major; owned by the caller. O(d^2). Changes
 * nothing: asked at several counts of rows, one pass gives the maps of as many grace periods. */
void nt_correlation_distance(const nt_correlation *correlation, double *distance);

#endif
