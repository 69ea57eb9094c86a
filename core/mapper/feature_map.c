/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/feature_map.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "linkage.h"

static nt_status allocate(nt_feature_map *map, size_t autoencoders, size_t total, nt_error *err) {
  *map = (nt_feature_map){.sizes = calloc(autoencoders ? autoencoders : 1, sizeof *map->sizes),
                          .features = calloc(total ? total : 1, sizeof *map->features)};
  if (map->sizes && map->features) return NT_OK;
  nt_feature_map_done(map);
  return nt_fail(err, NT_E_MEMORY, "no memory for a feature map of %zu indices", total);
}

void nt_feature_map_done(nt_feature_map *map) {
  free(map->sizes);
  free(map->features);
  free(map->distances);
  *map = (nt_feature_map){0};
}

nt_status nt_feature_map_copy(const nt_feature_map *from, nt_feature_map *to, nt_error *err) {
  nt_status status = allocate(to, from->autoencoders, from->total, err);
  if (status != NT_OK) return status;
  to->autoencoders = from->autoencoders;
  to->total = from->total;
  memcpy(to->sizes, from->sizes, from->autoencoders * sizeof *to->sizes);
  memcpy(to->features, from->features, from->total * sizeof *to->features);
  if (!from->distances) return NT_OK;
  to->distances = calloc(from->total, sizeof *to->distances);
  if (!to->distances) {
    nt_feature_map_done(to);
    return nt_fail(err, NT_E_MEMORY, "no memory for a feature map of %zu indices", from->total);
  }
  memcpy(to->distances, from->distances, (from->total - 1) * sizeof *to->distances);
  return NT_OK;
}

int nt_feature_map_equal(const nt_feature_map *a, const nt_feature_map *b) {
  return a->autoencoders == b->autoencoders && a->total == b->total &&
         memcmp(a->sizes, b->sizes, a->autoencoders * sizeof *a->sizes) == 0 &&
         memcmp(a->features, b->features, a->total * sizeof *a->features) == 0;
}

size_t nt_feature_map_memory(const nt_feature_map *map) {
  return map->autoencoders * sizeof *map->sizes + map->total * sizeof *map->features +
         (map->distances ? (map->total - 1) * sizeof *map->distances : 0);
}

nt_status nt_feature_map_cut(const nt_merge *merges, size_t n, size_t max_size, nt_feature_map *map,
                             nt_error *err) {
  *map = (nt_feature_map){0};
  if (n == 0) return nt_fail(err, NT_E_ARGUMENT, "cut of 0 points: expected at least 1");
  if (max_size == 0)
    return nt_fail(err, NT_E_ARGUMENT, "clusters of at most 0 features: expected at least 1");
  /* Depth first, left before right; a branch is as deep as there are points, so the stack is our
   * own. */
  size_t *stack = calloc(n, sizeof *stack);
  if (!stack) return nt_fail(err, NT_E_MEMORY, "no memory to cut %zu points", n);
  nt_status status = allocate(map, n, n, err);
  if (status == NT_OK && !(map->distances = calloc(n, sizeof *map->distances)))
    status = nt_fail(err, NT_E_MEMORY, "no memory to cut %zu points", n);
  if (status == NT_OK) {
    size_t depth = 0, inside = 0; /* leaves of the current cluster that are still to come */
    stack[depth++] = 2 * n - 2;
    while (depth > 0) {
      size_t id = stack[--depth], leaves = id < n ? 1 : merges[id - n].leaves;
      if (inside == 0 && leaves <= max_size) {
        map->sizes[map->autoencoders++] = leaves;
        inside = leaves;
      }
      if (id < n) {
        map->features[map->total++] = id;
        inside--;
      } else {
        /* The left branch's leaves come next, then the first of the right one. */
        size_t left = merges[id - n].left, leaves_left = left < n ? 1 : merges[left - n].leaves;
        map->distances[map->total + leaves_left - 1] = merges[id - n].distance;
        stack[depth++] = merges[id - n].right;
        stack[depth++] = left;
      }
    }
  }
  free(stack);
  if (status != NT_OK) nt_feature_map_done(map);
  return status;
}

nt_status nt_feature_map_check(const nt_feature_map *map, size_t width, nt_error *err) {
  size_t used = 0;
  if (map->autoencoders == 0)
    return nt_fail(err, NT_E_INPUT, "feature map of 0 autoencoders: expected at least 1");
  for (size_t a = 0; a < map->autoencoders; a++) {
    if (map->sizes[a] == 0 || map->sizes[a] > map->total - used)
      return nt_fail(
          err, NT_E_INPUT,
          "feature map: autoencoder %zu has %zu features: expected 1 to %zu (of %zu in all)", a,
          map->sizes[a], map->total - used, map->total);
    for (size_t i = used; i < used + map->sizes[a]; i++)
      if (map->features[i] >= width)
        return nt_fail(err, NT_E_INPUT,
                       "feature map: autoencoder %zu has column %zu: expected 0 to %zu", a,
                       map->features[i], width - 1);
    used += map->sizes[a];
  }
  if (used != map->total)
    return nt_fail(err, NT_E_INPUT, "feature map: sizes add up to %zu: expected %zu", used,
                   map->total);
  for (size_t i = 0; map->distances && i + 1 < map->total; i++)
    if (!(map->distances[i] >= 0 && map->distances[i] < INFINITY))
      return nt_fail(err, NT_E_INPUT, "feature map: distance %zu is %g: expected 0 or more", i,
                     map->distances[i]);
  return NT_OK;
}
