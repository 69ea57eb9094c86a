/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Correlation, linkage and cut of rows of doubles, for scipy_linkage.py to compare.
 *
 *     scipy_linkage_tool map ROWS WIDTH MAX           distances, merges and clusters of rows
 *     scipy_linkage_tool linkage DISTANCES WIDTH MAX  merges and clusters of a square of distances
 *
 * Lines: "distance VALUE..." (a row of the matrix), "merge LEFT RIGHT DISTANCE LEAVES", "cluster
 * INDEX...", "joined VALUE..." (the map's distances). Numbers are hexadecimal floats or integers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ninetails/feature_map.h>

#include "mapper/correlation.h"
#include "tool.h"
#include "mapper/linkage.h"

static void print_clusters(const double *distance, size_t width, size_t most) {
  nt_error err;
  nt_merge *m = calloc(width, sizeof *m);
  nt_feature_map map;
  stop_on(nt_linkage_single(distance, width, m, &err), &err);
  for (size_t i = 0; i + 1 < width; i++)
    printf("merge %zu %zu %a %zu\n", m[i].left, m[i].right, m[i].distance, m[i].leaves);
  stop_on(nt_feature_map_cut(m, width, most, &map, &err), &err);
  for (size_t a = 0, f = 0; a < map.autoencoders; a++) {
    printf("cluster");
    for (size_t i = 0; i < map.sizes[a]; i++) printf(" %zu", map.features[f++]);
    printf("\n");
  }
  printf("joined");
  for (size_t i = 0; i + 1 < width; i++) printf(" %a", map.distances[i]);
  printf("\n");
  nt_feature_map_done(&map);
  free(m);
}

int main(int argc, char **argv) {
  if (argc != 5) return 1;
  nt_error err;
  size_t count, width = strtoul(argv[3], NULL, 10), most = strtoul(argv[4], NULL, 10);
  double *data = load_doubles(argv[2], &count);
  if (strcmp(argv[1], "map") == 0) {
    nt_correlation *c = nt_correlation_new(width, &err);
    if (!c) stop_on(err.status, &err);
    nt_correlation_update(c, data, count / width);
    data = realloc(data, width * width * sizeof *data);
    if (!data) return 2;
    nt_correlation_distance(c, data);
    nt_correlation_free(c);
    for (size_t i = 0; i < width; i++) {
      printf("distance");
      for (size_t j = 0; j < width; j++) printf(" %a", data[i * width + j]);
      printf("\n");
    }
  }
  print_clusters(data, width, most);
  free(data);
  return 0;
}
