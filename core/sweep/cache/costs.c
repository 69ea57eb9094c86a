/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "costs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "store/file/output.h"
#include "cache.h"

static int path_of(const char *cache, char *path) {
  return snprintf(path, NT_CACHE_PATH, "%s/costs.txt", cache) < NT_CACHE_PATH;
}

static size_t find(const nt_costs *costs, const char *name) {
  size_t i = 0;
  while (i < costs->count && strcmp(costs->entry[i].name, name) != 0) i++;
  return i;
}

void nt_costs_read(nt_costs *costs, const char *cache) {
  char path[NT_CACHE_PATH], line[256];
  costs->count = 0;
  FILE *file = path_of(cache, path) ? fopen(path, "re") : NULL;
  if (!file) return;
  while (costs->count < NT_COST_NAMES && fgets(line, sizeof line, file)) {
    double ns;
    char name[NT_COST_NAME];
    if (sscanf(line, "%lf %63[^\n]", &ns, name) == 2 && isfinite(ns) && ns > 0)
      nt_costs_learn(costs, name, ns);
  }
  fclose(file);
}

void nt_costs_write(const nt_costs *costs, const char *cache) {
  char path[NT_CACHE_PATH];
  nt_output output;
  if (!path_of(cache, path) || nt_output_begin_here(&output, path, NULL) != NT_OK) return;
  FILE *file = nt_output_file(&output);
  int good = file != NULL;
  for (size_t i = 0; good && i < costs->count; i++)
    good = fprintf(file, "%.6g %s\n", costs->entry[i].ns, costs->entry[i].name) > 0;
  if (file && fclose(file) != 0) good = 0;
  if (good)
    nt_output_commit(&output, NULL);
  else
    nt_output_discard(&output);
}

double nt_costs_of(const nt_costs *costs, const char *name, double otherwise) {
  size_t i = find(costs, name);
  return i < costs->count ? costs->entry[i].ns : otherwise;
}

void nt_costs_learn(nt_costs *costs, const char *name, double ns) {
  size_t i = find(costs, name);
  if (!(isfinite(ns) && ns > 0) || i == NT_COST_NAMES) return;
  if (i < costs->count) {
    costs->entry[i].ns = (costs->entry[i].ns + ns) / 2;
    return;
  }
  snprintf(costs->entry[i].name, NT_COST_NAME, "%s", name);
  costs->entry[i].ns = ns;
  costs->count++;
}
