/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Problems of single linkage and of making a feature map from rows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include <ninetails/kitnet.h>

#include "mapper/correlation.h"
#include "mapper/linkage.h"
#include "problem.h"
#include "trace.h"

/* ---------------------------------------------------------------- linkage */

typedef struct linkage_state {
  size_t width;
  double *distance; /* [width][width] */
  nt_merge *merges; /* [width - 1] */
} linkage_state;

static const nt_parameter linkage_parameters[] = {{.name = "width",
                                                   .type = NT_PARAMETER_INTEGER,
                                                   .unit = "columns",
                                                   .help = "features to be clustered",
                                                   .preset = 100,
                                                   .least = 2,
                                                   .most = 10000}};

static void linkage_done(void *state) {
  linkage_state *s = state;
  if (!s) return;
  free(s->distance), free(s->merges);
  free(s);
}

static void *linkage_setup(const nt_bench_setting *setting, nt_bench_work *work, nt_error *err) {
  linkage_state *s = nt_bench_room(1, sizeof *s, err);
  if (!s) return NULL;
  s->width = (size_t)setting->values[0].number;
  s->distance = nt_bench_room(s->width * s->width, sizeof *s->distance, err);
  s->merges = nt_bench_room(s->width - 1, sizeof *s->merges, err);
  if (!s->distance || !s->merges) {
    linkage_done(s);
    return NULL;
  }
  nt_bench_noise(s->distance, s->width * s->width, 1);
  for (size_t i = 0; i < s->width; i++)
    for (size_t j = 0; j < i; j++) s->distance[i * s->width + j] = s->distance[j * s->width + i];
  work->items = 1;
  work->moved = 4.0 * (double)s->width * (double)s->width; /* the upper triangle is read once */
  return s;
}

static nt_status linkage_pass(void *state, nt_error *err) {
  linkage_state *s = state;
  return nt_linkage_single(s->distance, s->width, s->merges, err);
}

/* The first k merges leave the connected components of the graph of all shorter distances:
 * what is joined at height h is joined by a chain of distances up to h. The check searches
 * for that chain anew at each merge. */
static size_t joined_to(const linkage_state *s, size_t start, double height, char *seen,
                        size_t *queue) {
  size_t head = 0, tail = 0;
  memset(seen, 0, s->width);
  queue[tail++] = start, seen[start] = 1;
  while (head < tail) {
    size_t i = queue[head++];
    for (size_t j = 0; j < s->width; j++)
      if (!seen[j] && s->distance[i * s->width + j] <= height) seen[j] = 1, queue[tail++] = j;
  }
  return tail;
}

static size_t leaf_of(const linkage_state *s, size_t id) {
  while (id >= s->width) id = s->merges[id - s->width].left;
  return id;
}

static nt_status linkage_verify(void *state, nt_bench_proof *proof, nt_error *err) {
  linkage_state *s = state;
  char *seen = nt_bench_room(s->width, 1, err);
  size_t *queue = nt_bench_room(s->width, sizeof *queue, err);
  nt_status status = seen && queue ? NT_OK : NT_E_MEMORY;
  for (size_t k = 0; k + 1 < s->width && status == NT_OK; k++) {
    const nt_merge *m = &s->merges[k];
    size_t leaves = joined_to(s, leaf_of(s, m->right), m->distance, seen, queue);
    if (leaves != m->leaves || !seen[leaf_of(s, m->left)])
      status = nt_fail(err, NT_E_STATE, "merge %zu at %.17g: %zu leaves, %zu expected", k,
                       m->distance, m->leaves, leaves);
  }
  XXH64_hash_t digest = 0;
  for (size_t k = 0; k + 1 < s->width; k++) {
    size_t ids[2] = {s->merges[k].left, s->merges[k].right};
    digest = XXH3_64bits_withSeed(ids, sizeof ids, digest);
    digest = XXH3_64bits_withSeed(&s->merges[k].distance, sizeof(double), digest);
  }
  proof->digest = digest;
  proof->exact = 1;
  strcpy(proof->how, "components of the graph of distances up to each merge");
  free(seen), free(queue);
  return status;
}

const nt_bench_problem nt_bench_linkage = {.name = "linkage",
                                           .help = "single linkage of a matrix of distances",
                                           .item = "matrix",
                                           .threads = -1,
                                           NT_BENCH_PARAMETERS(linkage_parameters),
                                           .setup = linkage_setup,
                                           .pass = linkage_pass,
                                           .verify = linkage_verify,
                                           .done = linkage_done};

/* ---------------------------------------------------------------- rows to a map */

enum { MAP_ROWS, MAP_M, MAP_PROFILE };
typedef struct map_state {
  size_t width, rows, most;
  double *features, *distance; /* [rows][width], [width][width] */
  nt_merge *merges;
  nt_feature_map map;
} map_state;

static const nt_parameter map_parameters[] = {{.name = "rows",
                                               .type = NT_PARAMETER_INTEGER,
                                               .unit = "rows",
                                               .help = "of the capture, from its first packet on",
                                               .preset = 5000,
                                               .least = 2,
                                               .most = 1e8},
                                              NT_BENCH_M,
                                              NT_BENCH_PROFILE};

static void map_done(void *state) {
  map_state *s = state;
  if (!s) return;
  nt_feature_map_done(&s->map);
  free(s->features), free(s->distance), free(s->merges);
  free(s);
}

static nt_status map_fill(map_state *s, const char *path, nt_profile profile, nt_error *err) {
  nt_trace trace;
  nt_status status = nt_trace_read(path, &trace, err);
  if (status != NT_OK) return status;
  if (trace.count < s->rows)
    status = nt_fail(err, NT_E_ARGUMENT, "%s: %zu packets, %zu are to be mapped", path, trace.count,
                     s->rows);
  if (status == NT_OK)
    status = nt_trace_extract(trace.packets, s->rows, profile, NT_BENCH_CHUNK, s->features, 0, err);
  nt_trace_done(&trace);
  return status;
}

static void *map_setup(const nt_bench_setting *setting, nt_bench_work *work, nt_error *err) {
  map_state *s = nt_bench_room(1, sizeof *s, err);
  if (!s) return NULL;
  nt_profile profile = (nt_profile)setting->values[MAP_PROFILE].number;
  s->width = nt_profile_width(profile);
  s->rows = (size_t)setting->values[MAP_ROWS].number;
  s->most = (size_t)setting->values[MAP_M].number;
  s->features = nt_bench_room(s->rows * s->width, sizeof *s->features, err);
  s->distance = nt_bench_room(s->width * s->width, sizeof *s->distance, err);
  s->merges = nt_bench_room(s->width, sizeof *s->merges, err);
  if (!s->features || !s->distance || !s->merges ||
      map_fill(s, setting->capture, profile, err) != NT_OK) {
    map_done(s);
    return NULL;
  }
  double rows = (double)s->rows, width = (double)s->width;
  work->items = rows;
  work->flops =
      rows * width * (width + 1); /* half of the outer product: a sum and a product each */
  work->moved = rows * width * sizeof(double);
  return s;
}

static nt_status map_pass(void *state, nt_error *err) {
  map_state *s = state;
  nt_correlation *correlation = nt_correlation_new(s->width, err);
  if (!correlation) return err->status;
  for (size_t i = 0; i < s->rows; i += NT_BENCH_CHUNK)
    nt_correlation_update(correlation, s->features + i * s->width,
                          s->rows - i < NT_BENCH_CHUNK ? s->rows - i : NT_BENCH_CHUNK);
  nt_correlation_distance(correlation, s->distance);
  nt_correlation_free(correlation);
  nt_feature_map_done(&s->map);
  s->map = (nt_feature_map){0};
  nt_status status = nt_linkage_single(s->distance, s->width, s->merges, err);
  if (status == NT_OK) status = nt_feature_map_cut(s->merges, s->width, s->most, &s->map, err);
  return status;
}

/* Reference: the distances by the formulas of correlation.h, column by column. */
static nt_status map_verify(void *state, nt_bench_proof *proof, nt_error *err) {
  map_state *s = state;
  size_t d = s->width;
  double *sums = nt_bench_room(d, sizeof *sums, err), *r = nt_bench_room(d, sizeof *r, err);
  double *c = nt_bench_room(d * d, sizeof *c, err);
  nt_status status = sums && r && c ? NT_OK : NT_E_MEMORY;
  for (size_t n = 0; n < s->rows && status == NT_OK; n++) {
    for (size_t i = 0; i < d; i++) {
      sums[i] += s->features[n * d + i];
      r[i] = s->features[n * d + i] - sums[i] / (double)(n + 1);
    }
    for (size_t i = 0; i < d; i++)
      for (size_t j = i; j < d; j++) c[i * d + j] += r[i] * r[j];
  }
  for (size_t i = 0; i < d && status == NT_OK; i++)
    for (size_t j = i; j < d && status == NT_OK; j++) {
      double under = sqrt(c[i * d + i]) * sqrt(c[j * d + j]);
      double far = fmax(0, 1 - c[i * d + j] / (under == 0 ? 1e-100 : under));
      double off = fabs(far - s->distance[i * d + j]); /* relative to 1: small ones cancel */
      if (!(off <= 1e-9))
        status = nt_fail(err, NT_E_STATE, "distance %zu, %zu is %.17g, %.17g expected", i, j,
                         s->distance[i * d + j], far);
      proof->deviation = fmax(proof->deviation, off);
    }
  if (status == NT_OK) status = nt_feature_map_check(&s->map, d, err);
  proof->digest = XXH3_64bits(s->map.features, s->map.total * sizeof *s->map.features);
  proof->digest =
      XXH3_64bits_withSeed(s->map.sizes, s->map.autoencoders * sizeof *s->map.sizes, proof->digest);
  proof->exact = 1;
  strcpy(proof->how, "distances by the formula, absolute");
  free(sums), free(r), free(c);
  return status;
}

const nt_bench_problem nt_bench_map = {.name = "map",
                                       .help = "rows of features to a feature map",
                                       .item = "row",
                                       .wants_capture = 1,
                                       .threads = -1,
                                       NT_BENCH_PARAMETERS(map_parameters),
                                       .setup = map_setup,
                                       .pass = map_pass,
                                       .verify = map_verify,
                                       .done = map_done};
