/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The distance to the k-th nearest of the last `window` rows: the oldest of distance-based outlier
 * scores (Ramaswamy, Rastogi, Shim: Efficient Algorithms for Mining Outliers from Large Data Sets.
 * SIGMOD 2000), over a sliding window of the stream, exact, Euclidean.
 *
 * The window is kept in blocks of eight rows, column by column, so that eight distances grow at
 * once, each summed in the order of the columns; a block is left as soon as all eight are beyond
 * the k-th best so far, which changes no result.
 */
#include <math.h>
#include <stdlib.h>

#include "../memory.h"
#include "classes.h"
#include "online.h"

enum { NEIGHBOURS, WINDOW, SHARED };

static const nt_parameter parameters[SHARED + NT_ONLINE_COUNT] = {
    [NEIGHBOURS] = {.name = "neighbours",
                    .type = NT_PARAMETER_INTEGER,
                    .unit = "rows",
                    .help = "the distance to which nearest row is the score (k)",
                    .preset = 5,
                    .least = 1,
                    .most = 1000},
    [WINDOW] = {.name = "window",
                .type = NT_PARAMETER_INTEGER,
                .unit = "rows",
                .help = "latest rows that are looked at",
                .preset = 1000,
                .least = 1,
                .most = 1e6},
    NT_ONLINE_PARAMETERS(SHARED, NT_SCALE_DEVIATION),
};

typedef struct neighbours {
  nt_online online;
  size_t k, window;
  size_t count, next; /* rows in the window; where the next one goes */
  double *blocks;     /* blocks x width x 8 */
  double *best;       /* k smallest squared distances, ascending */
} neighbours;

static void insert(neighbours *n, double distance, size_t found) {
  size_t i = found < n->k ? found : n->k - 1;
  for (; i > 0 && n->best[i - 1] > distance; i--) n->best[i] = n->best[i - 1];
  n->best[i] = distance;
}

static double search(neighbours *n, const double *row) {
  if (n->count < n->k) return NAN;
  size_t found = 0, width = n->online.width;
  for (size_t at = 0; at < n->count; at += 8) {
    size_t rows = n->count - at < 8 ? n->count - at : 8;
    double most = found < n->k ? HUGE_VAL : n->best[n->k - 1];
    double sum[8];
    if (!n->online.lanes->distances(n->blocks + at * width, row, width, most, sum)) continue;
    for (size_t lane = 0; lane < rows; lane++)
      if (found < n->k || sum[lane] < n->best[n->k - 1]) {
        insert(n, sum[lane], found);
        if (found < n->k) found++;
      }
  }
  return sqrt(n->best[n->k - 1]);
}

static double neighbours_step(void *detector, const double *row, int keep) {
  neighbours *n = detector;
  double score = search(n, row);
  if (!keep) return score;
  double *to = n->blocks + (n->next & ~(size_t)7) * n->online.width + (n->next & 7);
  for (size_t c = 0; c < n->online.width; c++) to[c * 8] = row[c];
  n->next = (n->next + 1) % n->window;
  if (n->count < n->window) n->count++;
  return score;
}

static void neighbours_free(void *detector) {
  neighbours *n = detector;
  if (!n) return;
  nt_online_done(&n->online);
  free(n->blocks);
  free(n->best);
  free(n);
}

static size_t blocks_of(const neighbours *n) {
  return nt_lanes_padded(n->window);
}

static void *neighbours_create(const nt_detector_setting *setting, const nt_value *values,
                               nt_error *err) {
  static const nt_online_model model = {.step = neighbours_step};
  neighbours *n = calloc(1, sizeof *n);
  if (!n) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
    return NULL;
  }
  n->k = (size_t)values[NEIGHBOURS].number;
  n->window = (size_t)values[WINDOW].number;
  n->blocks = nt_zeroed(blocks_of(n), setting->width, sizeof(double));
  n->best = nt_zeroed(1, n->k, sizeof(double));
  if (n->k > n->window)
    nt_fail(err, NT_E_ARGUMENT, "neighbours = %zu: expected at most the window of %zu rows", n->k,
            n->window);
  else if (!n->blocks || !n->best)
    nt_fail(err, NT_E_MEMORY, "out of memory for a window of %zu rows", n->window);
  else if (nt_online_init(&n->online, &model, setting, values + SHARED, err) == NT_OK)
    return n;
  neighbours_free(n);
  return NULL;
}

static size_t neighbours_memory(const void *detector) {
  const neighbours *n = detector;
  return sizeof *n + nt_online_memory(&n->online) +
         (blocks_of(n) * n->online.width + n->k) * sizeof(double);
}

const nt_detector_class nt_detector_nearest_neighbours = {
    .name = "nearest_neighbours",
    .title = "k nearest neighbours in a sliding window",
    .source = "Ramaswamy, Rastogi, Shim: Efficient Algorithms for Mining Outliers from Large Data "
              "Sets. SIGMOD 2000; over a sliding window",
    .cost = "O(window x width) a row; window x width x 8 bytes",
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = neighbours_create,
    .learn = nt_online_learn,
    .ready = nt_online_ready,
    .score = nt_online_score,
    .free = neighbours_free,
    .memory = neighbours_memory,
};
