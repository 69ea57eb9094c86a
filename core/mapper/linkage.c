/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "linkage.h"

#include <math.h>
#include <stdlib.h>

typedef struct tree_edge { /* of the minimum spanning tree */
  size_t from, to;
  size_t order; /* in which it was found: ties keep it */
  double distance;
} tree_edge;

static nt_status check_finite(const double *distance, size_t n, nt_error *err) {
  for (size_t i = 0; i < n; i++)
    for (size_t j = i + 1; j < n; j++)
      if (!isfinite(distance[i * n + j]))
        return nt_fail(err, NT_E_INPUT,
                       "distance of columns %zu and %zu is %g: expected a finite number", i, j,
                       distance[i * n + j]);
  return NT_OK;
}

/* Prim's algorithm from point 0. As in SciPy an edge starts from the point that was reached last,
 * not from the point of the tree that is nearest: with single linkage the clusters come out the
 * same. */
static void spanning_tree(const double *distance, size_t n, double *nearest, char *reached,
                          tree_edge *edges) {
  size_t last = 0;
  for (size_t i = 0; i < n; i++) {
    nearest[i] = INFINITY;
    reached[i] = 0;
  }
  for (size_t k = 0; k + 1 < n; k++) {
    size_t next = 0;
    double least = INFINITY;
    reached[last] = 1;
    for (size_t i = 0; i < n; i++) {
      if (reached[i]) continue;
      double d = last < i ? distance[last * n + i] : distance[i * n + last];
      if (d < nearest[i]) nearest[i] = d;
      if (nearest[i] < least) {
        least = nearest[i];
        next = i;
      }
    }
    edges[k] = (tree_edge){.from = last, .to = next, .order = k, .distance = least};
    last = next;
  }
}

static int by_distance(const void *a, const void *b) {
  const tree_edge *x = a, *y = b;
  if (x->distance != y->distance) return x->distance < y->distance ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

static size_t root_of(size_t *parent, size_t x) {
  while (parent[x] != x) x = parent[x] = parent[parent[x]];
  return x;
}

/* Edges in order of distance become merges of the clusters at their ends. */
static void label(const tree_edge *edges, size_t n, size_t *parent, nt_merge *merges) {
  for (size_t i = 0; i < 2 * n - 1; i++) parent[i] = i;
  for (size_t k = 0; k + 1 < n; k++) {
    size_t a = root_of(parent, edges[k].from), b = root_of(parent, edges[k].to);
    size_t left = a < b ? a : b, right = a < b ? b : a;
    merges[k] = (nt_merge){.left = left,
                           .right = right,
                           .distance = edges[k].distance,
                           .leaves = (left < n ? 1 : merges[left - n].leaves) +
                                     (right < n ? 1 : merges[right - n].leaves)};
    parent[left] = parent[right] = n + k;
  }
}

nt_status nt_linkage_single(const double *distance, size_t n, nt_merge *merges, nt_error *err) {
  if (n == 0) return nt_fail(err, NT_E_ARGUMENT, "linkage of 0 points: expected at least 1");
  nt_status status = check_finite(distance, n, err);
  if (status != NT_OK) return status;
  tree_edge *edges = calloc(n, sizeof *edges);
  double *nearest = calloc(n, sizeof *nearest);
  char *reached = calloc(n, sizeof *reached);
  size_t *parent = calloc(n, 2 * sizeof *parent);
  if (edges && nearest && reached && parent) {
    spanning_tree(distance, n, nearest, reached, edges);
    qsort(edges, n - 1, sizeof *edges, by_distance);
    label(edges, n, parent, merges);
  } else {
    status = nt_fail(err, NT_E_MEMORY, "no memory for the linkage of %zu points", n);
  }
  free(edges);
  free(nearest);
  free(reached);
  free(parent);
  return status;
}
