/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The distance to the k-th nearest of the last `window` rows: the oldest of distance-based outlier
 * scores (Ramaswamy, Rastogi, Shim: Efficient Algorithms for Mining Outliers from Large Data Sets.
 * SIGMOD 2000), over a sliding window of the stream, exact, Euclidean.
 *
 * The window is kept in blocks of eight rows, column by column, so that eight distances grow at
 * once, each summed in the order of the columns.
 *
 * Most blocks are not looked at. Rows also have shadows: their parts along a few directions, the
 * principal components of the rows that the scale is set from. Shadows are never farther apart than
 * their rows, however the traffic changes, and a block all of whose shadows are farther away than
 * the k-th best holds no neighbour. What rounding does to shadows and distances is allowed for, so
 * no result depends on it.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "ground/memory.h"
#include "numeric/linear.h"
#include "classes.h"
#include "online.h"
#include "rows.h"

enum { NEIGHBOURS, WINDOW, SHARED };
enum { DIRECTIONS = 12, GUIDES = 1000, SMALL = 64 };

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
  size_t directions;  /* 0 before the scale is set */
  double *axes;       /* directions x stride, orthonormal */
  double *shadow;     /* directions: of the row in question */
  double *shadows;    /* blocks x directions x 8 */
  double *errors;     /* blocks x 8: how far a shadow may be from where it should be */
  double *most_error; /* blocks: the greatest of them */
  double *least;      /* blocks: squared distance of the nearest shadow */
  double rounding;    /* what a sum over a row may be off by, relative to the row's length */
} neighbours;

/* ---------------------------------------------------------------- shadows */

static size_t most_directions(size_t width) {
  return width < DIRECTIONS ? width : DIRECTIONS;
}

/* A tight copy of some of the rows, evenly strided; how many. */
static size_t take_guides(const nt_online *o, const double *rows, size_t count, double *guides) {
  size_t step = (count + GUIDES - 1) / GUIDES, taken = 0;
  for (size_t r = 0; r < count; r += step)
    memcpy(guides + taken++ * o->width, rows + r * o->stride, o->width * sizeof *rows);
  return taken;
}

/* A A' = 1, but for rounding. */
static int orthonormal(const neighbours *n, size_t directions) {
  const nt_online *o = &n->online;
  double most = 0;
  for (size_t i = 0; i < directions; i++) {
    double sum = 0;
    for (size_t j = 0; j < directions; j++)
      sum += fabs(o->lanes->dot(n->axes + i * o->stride, n->axes + j * o->stride, o->stride) -
                  (i == j));
    if (!(sum <= most)) most = sum;
  }
  return most <= n->rounding / 2;
}

/* The leading directions of the first rows; `directions` stays 0 where they have none. */
static nt_status find_axes(neighbours *n, const double *rows, size_t count, nt_error *err) {
  const nt_online *o = &n->online;
  size_t width = o->width, directions = most_directions(width);
  double *guides = nt_unset(GUIDES, width, sizeof *guides);
  double *covariance = nt_zeroed(width, width, sizeof *covariance);
  double *vectors = nt_zeroed(width + 1, width, sizeof *vectors), *values = vectors;
  nt_column_moments *moments = nt_moments_new(width, err);
  nt_status status = NT_OK;
  if (!guides || !covariance || !vectors || !moments)
    status = nt_fail(err, NT_E_MEMORY, "no memory for the directions of %zu features", width);
  if (status == NT_OK) {
    nt_rows some = {
        .count = take_guides(o, rows, count, guides), .width = width, .features = guides};
    nt_moments_add(moments, &some);
  }
  if (status == NT_OK && nt_moments_rows(moments) > 1) {
    nt_moments_get(moments, values, covariance); /* the means go where the values go */
    status = nt_eigen(covariance, width, values, vectors + width, err);
    for (size_t i = 0; status == NT_OK && i < directions; i++)
      memcpy(n->axes + i * o->stride, vectors + (i + 1) * width, width * sizeof *vectors);
    n->directions = orthonormal(n, directions) ? directions : 0;
  }
  free(guides);
  free(covariance);
  free(vectors);
  nt_moments_free(moments);
  return status;
}

static nt_status neighbours_start(void *detector, const double *rows, size_t count, nt_error *err) {
  const neighbours *n = detector; /* a small window is searched whole */
  return count > 1 && n->window > SMALL ? find_axes(detector, rows, count, err) : NT_OK;
}

/* Sets n->shadow; how far it may be off. */
static double cast_shadow(neighbours *n, const double *row) {
  const nt_online *o = &n->online;
  o->lanes->multiply(n->axes, n->directions, row, o->stride, n->shadow);
  return n->rounding * sqrt(o->lanes->dot(row, row, o->stride));
}

/* ---------------------------------------------------------------- search */

static void insert(neighbours *n, double distance, size_t found) {
  size_t i = found < n->k ? found : n->k - 1;
  for (; i > 0 && n->best[i - 1] > distance; i--) n->best[i] = n->best[i - 1];
  n->best[i] = distance;
}

/* Those of block b among the k smallest; how many these are then. */
static size_t insert_block(neighbours *n, size_t b, const double *distances, size_t found) {
  size_t rows = n->count - b * 8 < 8 ? n->count - b * 8 : 8;
  for (size_t lane = 0; lane < rows; lane++)
    if (found < n->k || distances[lane] < n->best[n->k - 1]) {
      insert(n, distances[lane], found);
      if (found < n->k) found++;
    }
  return found;
}

/* `count` blocks, at most NT_LANES_TOGETHER. */
static size_t look_at(neighbours *n, const double *row, const size_t *blocks, size_t count,
                      size_t found) {
  const double *start[NT_LANES_TOGETHER];
  double distances[NT_LANES_TOGETHER * 8];
  size_t width = n->online.width;
  for (size_t i = 0; i < NT_LANES_TOGETHER; i++)
    start[i] = n->blocks + blocks[i < count ? i : 0] * 8 * width;
  n->online.lanes->distances_together(start, row, width, distances);
  for (size_t i = 0; i < count; i++) found = insert_block(n, blocks[i], distances + i * 8, found);
  return found;
}

/* How far away a shadow may be whose row is within the k-th best; error: of n->shadow. */
static double reach(const neighbours *n, size_t found, double error) {
  return found < n->k ? HUGE_VAL : sqrt(n->best[n->k - 1]) * (1 + n->rounding) + error;
}

/* The block with the nearest shadow comes first: it leaves little to find. */
static double search(neighbours *n, const double *row, double error) {
  if (n->count < n->k) return NAN;
  size_t blocks = (n->count + 7) / 8, found = 0, held = 0, group[NT_LANES_TOGETHER];
  const double *least = n->least, *errors = n->most_error;
  double stretch = 1 + 4 * n->rounding;
  size_t first =
      n->online.lanes->least_distances(n->shadows, blocks, n->shadow, n->directions, n->least);
  found = look_at(n, row, &first, 1, found);
  double most = reach(n, found, error);
  for (size_t b = 0; b < blocks; b++) {
    double far = most + errors[b];
    if (least[b] > far * far * stretch + DBL_MIN) continue; /* below it rounding is absolute */
    if (b == first) continue;
    group[held++] = b;
    if (held < NT_LANES_TOGETHER) continue;
    found = look_at(n, row, group, held, found);
    most = reach(n, found, error);
    held = 0;
  }
  if (held > 0) look_at(n, row, group, held, found);
  return sqrt(n->best[n->k - 1]);
}

static void keep_row(neighbours *n, const double *row, double error) {
  size_t b = n->next / 8, lane = n->next % 8;
  double *to = n->blocks + b * 8 * n->online.width + lane;
  for (size_t c = 0; c < n->online.width; c++) to[c * 8] = row[c];
  to = n->shadows + b * 8 * n->directions + lane;
  for (size_t i = 0; i < n->directions; i++) to[i * 8] = n->shadow[i];
  double *errors = n->errors + b * 8;
  errors[lane] = error;
  n->most_error[b] = 0;
  for (size_t i = 0; i < 8; i++) n->most_error[b] = fmax(n->most_error[b], errors[i]);
  n->next = (n->next + 1) % n->window;
  if (n->count < n->window) n->count++;
}

static double neighbours_step(void *detector, const double *row, int keep) {
  neighbours *n = detector;
  double error = cast_shadow(n, row), score = search(n, row, error);
  if (keep) keep_row(n, row, error);
  return score;
}

static void neighbours_free(void *detector) {
  neighbours *n = detector;
  if (!n) return;
  nt_online_done(&n->online);
  free(n->blocks);
  free(n->best);
  free(n->axes);
  free(n->shadow);
  free(n->shadows);
  free(n->errors);
  free(n->most_error);
  free(n->least);
  free(n);
}

/* 0: no memory. */
static int make_room(neighbours *n, size_t width) {
  size_t rows = nt_lanes_padded(n->window), directions = most_directions(width);
  n->blocks = nt_zeroed(rows, width, sizeof *n->blocks);
  n->best = nt_zeroed(1, n->k, sizeof *n->best);
  n->axes = nt_zeroed(directions, nt_lanes_padded(width), sizeof *n->axes);
  n->shadow = nt_zeroed(1, directions, sizeof *n->shadow);
  n->shadows = nt_zeroed(rows, directions, sizeof *n->shadows);
  n->errors = nt_zeroed(1, rows, sizeof *n->errors);
  n->most_error = nt_zeroed(1, rows / 8, sizeof *n->most_error);
  n->least = nt_zeroed(1, rows / 8, sizeof *n->least);
  return n->blocks && n->best && n->axes && n->shadow && n->shadows && n->errors && n->most_error &&
         n->least;
}

static void *neighbours_create(const nt_detector_setting *setting, const nt_value *values,
                               nt_error *err) {
  static const nt_online_model model = {.start = neighbours_start, .step = neighbours_step};
  neighbours *n = calloc(1, sizeof *n);
  if (!n) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
    return NULL;
  }
  n->k = (size_t)values[NEIGHBOURS].number;
  n->window = (size_t)values[WINDOW].number;
  n->rounding = 0x1p-50 * (double)nt_lanes_padded(setting->width);
  if (n->k > n->window)
    nt_fail(err, NT_E_ARGUMENT, "neighbours = %zu: expected at most the window of %zu rows", n->k,
            n->window);
  else if (!make_room(n, setting->width))
    nt_fail(err, NT_E_MEMORY, "out of memory for a window of %zu rows", n->window);
  else if (nt_online_init(&n->online, &model, setting, values + SHARED, err) == NT_OK)
    return n;
  neighbours_free(n);
  return NULL;
}

static size_t neighbours_memory(const void *detector) {
  const neighbours *n = detector;
  size_t width = n->online.width, directions = most_directions(width);
  size_t rows = nt_lanes_padded(n->window);
  size_t doubles = rows * (width + directions + 1) + 2 * (rows / 8) +
                   directions * (nt_lanes_padded(width) + 1) + n->k;
  return sizeof *n + nt_online_memory(&n->online) + doubles * sizeof(double);
}

const nt_detector_class nt_detector_nearest_neighbours = {
    .name = "nearest_neighbours",
    .title = "k nearest neighbours in a sliding window",
    .source = "Ramaswamy, Rastogi, Shim: Efficient Algorithms for Mining Outliers from Large Data "
              "Sets. SIGMOD 2000; over a sliding window",
    .cost = "O(window x width) a row at worst, about window x 12 where the traffic is like that of "
            "learning; O(width^3) once; window x (width + 13) x 8 bytes",
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = neighbours_create,
    .learn = nt_online_learn,
    .ready = nt_online_ready,
    .score = nt_online_score,
    .free = neighbours_free,
    .memory = neighbours_memory,
};
