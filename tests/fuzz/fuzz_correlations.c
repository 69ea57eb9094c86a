/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the distances of a correlations file of the cache (fuzz_feature_file.c reads its
 * container): what is no number is refused, all else becomes a feature map of each size, a valid
 * one where clusters merge at distances. */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mapper/linkage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  double distance[MOST * MOST] = {0};
  size_t n = 1;
  while (n < MOST && (n + 1) * (n + 1) * sizeof *distance <= size) n++;
  if (n * n * sizeof *distance <= size) memcpy(distance, data, n * n * sizeof *distance);
  nt_merge *merges = calloc(n, sizeof *merges); /* one more than needed */
  nt_error err = {.status = NT_OK};
  assert(merges);
  if (nt_linkage_single(distance, n, merges, &err) != NT_OK) {
    assert(err.status == NT_E_INPUT && err.text[0]);
    free(merges);
    return 0;
  }
  int proper = 1;
  for (size_t i = 0; i + 1 < n; i++)
    proper &= merges[i].distance >= 0 && merges[i].distance < INFINITY;
  for (size_t most = 1; most <= n; most++) {
    nt_feature_map map;
    assert(nt_feature_map_cut(merges, n, most, &map, &err) == NT_OK);
    assert(map.total == n && nt_feature_map_check(&map, n, &err) == (proper ? NT_OK : NT_E_INPUT));
    for (size_t i = 0; i < map.autoencoders; i++) assert(map.sizes[i] <= most);
    nt_feature_map_done(&map);
  }
  free(merges);
  return 0;
}
