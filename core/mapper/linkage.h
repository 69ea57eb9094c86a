/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Single-linkage agglomerative clustering with SciPy's conventions: minimum spanning tree by Prim
 * from point 0, edges in order of distance (stable), labels by union-find, the smaller root first.
 */
#ifndef NT_LINKAGE_H
#define NT_LINKAGE_H

#include <stddef.h>

#include <ninetails/error.h>
#include <ninetails/feature_map.h>

typedef struct nt_merge {
  size_t left, right; /* cluster ids: below n a point, else n + the index of an earlier merge; left
                         < right */
  double distance;
  size_t leaves;
} nt_merge;

/* distance: n x n, row-major, the upper triangle is read; merges: n - 1, owned by the caller. n
 * >= 1. O(n^2) time, O(n) memory. A distance that is NaN or infinite: NT_E_INPUT. */
nt_status nt_linkage_single(const double *distance, size_t n, nt_merge *merges, nt_error *err);

/* Cuts the dendrogram of n points from the top: a branch with at most max_size leaves becomes one
 * autoencoder, its features in left-to-right leaf order; otherwise its left, then its right branch.
 * The map keeps at which distances its features are joined.
 * The arrays belong to *map: nt_feature_map_done. */
nt_status nt_feature_map_cut(const nt_merge *merges, size_t n, size_t max_size, nt_feature_map *map,
                             nt_error *err);

#endif
