/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Isolation forest: trees of random cuts, each grown on a random sample of the rows of learning; a
 * row that few cuts suffice to set apart is anomalous. Score 2^(-E[h] / c(n)), h the number of cuts
 * on the way of a row plus c(rows left in the leaf), c(n) = 2 (ln(n - 1) + gamma) - 2 (n - 1) / n
 * the mean depth of a search tree of n (c(2) = 1): the definition of the paper, and scikit-learn's.
 *
 * Samples are drawn without replacement, and depend on nothing but the usable rows and the seed. As
 * long as all rows fit where the samples of all trees would, all are kept and the trees draw from
 * them in the end. Beyond that each tree holds a reservoir: the i-th row replaces one of its s rows
 * with probability s / i. What survives of a row's chance is one running product for all trees, so
 * that a tree that takes a row plans its next one with a single random number. A row that several
 * trees hold is kept once.
 *
 * A cut: a feature at random among those that are not constant in the node, a threshold uniform in
 * its range; x <= threshold goes left. Trees end at depth log2(sample). A NaN goes left, too.
 *
 * Scoring walks eight rows down a tree side by side, for a fixed number of steps: leaves lead to
 * themselves. The tree's nodes stay in the first cache while a batch of rows passes.
 */
#include <gsl/gsl_math.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>

#include "ground/memory.h"
#include "numeric/random.h"
#include "numeric/vector.h"
#include "classes.h"
#include "rows.h"

enum { TREES, SAMPLE };
enum { BATCH = 128, SIDE_BY_SIDE = 8 };

static const nt_parameter parameters[] = {
    [TREES] = {.name = "trees",
               .type = NT_PARAMETER_INTEGER,
               .unit = "trees",
               .help = "trees of the forest",
               .preset = 100,
               .least = 1,
               .most = 1e6},
    [SAMPLE] = {.name = "sample",
                .type = NT_PARAMETER_INTEGER,
                .unit = "rows",
                .help = "most rows that one tree is grown on",
                .preset = 256,
                .least = 2,
                .most = 0x1p24},
};

typedef struct node {
  double threshold;       /* of a leaf infinity: nothing is more */
  uint32_t feature, left; /* right is left + 1; of a leaf left is itself */
} node;

typedef struct tree {
  node *nodes;
  double *depth; /* of leaves: depth + c(rows) */
  uint32_t count, height;
} tree;

/* The rows that trees may be grown on, until they are. */
typedef struct pool {
  size_t room, held; /* rows that fit; rows in use as long as all are kept */
  double *rows;      /* [room][width] */
  uint32_t *order;   /* [room] a permutation of the rows held; later the free places */
  uint32_t *sampled; /* [trees][sample] places of the trees' rows; NULL as long as all are kept */
  uint32_t *users;   /* [room] in how many of them each place is */
  double *next;      /* [trees] the tree takes the first row at which `survival` is less */
  double survival;   /* running product of 1 - sample / rows seen */
  double first;      /* greatest of `next` */
  size_t free;       /* places */
} pool;

typedef struct isolation_forest {
  size_t width, sample, count;
  tree *trees;
  gsl_rng *rng;
  uint64_t seen; /* usable rows so far */
  pool pool;     /* empty after ready() */
  double normal; /* trees x c(rows of a tree) */
} isolation_forest;

static void pool_done(pool *p) {
  free(p->rows);
  free(p->order);
  free(p->sampled);
  free(p->users);
  free(p->next);
  *p = (pool){0};
}

static void forest_free(void *detector) {
  isolation_forest *f = detector;
  if (!f) return;
  for (size_t t = 0; f->trees && t < f->count; t++) {
    free(f->trees[t].nodes);
    free(f->trees[t].depth);
  }
  pool_done(&f->pool);
  if (f->rng) gsl_rng_free(f->rng);
  free(f->trees);
  free(f);
}

/* 0: no memory. Rows are not touched before they are written. */
static int pool_make(pool *p, size_t trees, size_t sample, uint64_t learn, size_t width) {
  size_t room;
  if (__builtin_mul_overflow(trees, sample, &room) || room > learn) room = (size_t)learn;
  if (room >= UINT32_MAX) return 0;
  p->room = room;
  p->rows = nt_unset(room, width, sizeof *p->rows);
  nt_prefer_huge_pages(p->rows, room * width * sizeof *p->rows);
  p->order = nt_unset(room, 1, sizeof *p->order);
  return p->rows && p->order;
}

static void *forest_create(const nt_detector_setting *setting, const nt_value *values,
                           nt_error *err) {
  isolation_forest *f = calloc(1, sizeof *f);
  if (f) {
    uint64_t sample = (uint64_t)values[SAMPLE].number;
    f->width = setting->width;
    f->sample = (size_t)(sample < setting->learn ? sample : setting->learn);
    f->count = (size_t)values[TREES].number;
    f->trees = calloc(f->count, sizeof *f->trees);
    f->rng = nt_generator_new(setting->seed);
    if (f->trees && f->rng && f->width <= UINT32_MAX &&
        pool_make(&f->pool, f->count, f->sample, setting->learn, f->width))
      return f;
  }
  nt_fail(err, NT_E_MEMORY, "no memory for %.0f samples of %.0f rows of %zu features",
          values[TREES].number, values[SAMPLE].number, setting->width);
  forest_free(f);
  return NULL;
}

/* ---------------------------------------------------------------- learning: the samples */

/* Of the n rows held a sample, in front of pool.order, at random: all when there are no more. */
static size_t draw_sample(isolation_forest *f, size_t n) {
  uint32_t *order = f->pool.order;
  if (n <= f->sample) return n;
  for (size_t i = 0; i < f->sample; i++) {
    size_t pick = i + nt_random_below(f->rng, n - i);
    uint32_t place = order[pick];
    order[pick] = order[i];
    order[i] = place;
  }
  return f->sample;
}

/* The first row for which there is no room: from here on each tree has a reservoir. */
static nt_status start_reservoirs(isolation_forest *f, nt_error *err) {
  pool *p = &f->pool;
  p->sampled = nt_unset(f->count, f->sample, sizeof *p->sampled);
  p->users = nt_zeroed(p->room, 1, sizeof *p->users);
  p->next = nt_zeroed(f->count, 1, sizeof *p->next);
  if (!p->sampled || !p->users || !p->next)
    return nt_fail(err, NT_E_MEMORY, "no memory for %zu samples of %zu rows", f->count, f->sample);
  p->survival = 1;
  for (size_t t = 0; t < f->count; t++) {
    draw_sample(f, p->room);
    memcpy(p->sampled + t * f->sample, p->order, f->sample * sizeof *p->order);
    for (size_t i = 0; i < f->sample; i++) p->users[p->order[i]]++;
    p->next[t] = gsl_rng_uniform_pos(f->rng);
    if (p->next[t] > p->first) p->first = p->next[t];
  }
  for (size_t i = 0; i < p->room; i++)
    if (p->users[i] == 0) p->order[p->free++] = (uint32_t)i;
  return NT_OK;
}

/* Before they underflow; a power of two changes no comparison. */
static void rescale(pool *p, size_t trees) {
  for (size_t t = 0; t < trees; t++) p->next[t] *= 0x1p500;
  p->survival *= 0x1p500;
  p->first *= 0x1p500;
}

/* Row `seen` into the reservoirs whose turn it is. There is a place: they leave as many rows as
 * they take. */
static void offer_row(isolation_forest *f, const double *row) {
  pool *p = &f->pool;
  p->survival *= 1 - (double)f->sample / (double)f->seen;
  if (p->first <= p->survival) return;
  uint32_t place = UINT32_MAX;
  p->first = 0;
  for (size_t t = 0; t < f->count; t++) {
    if (p->next[t] > p->survival) {
      uint32_t *mine = p->sampled + t * f->sample + nt_random_below(f->rng, f->sample);
      if (--p->users[*mine] == 0) p->order[p->free++] = *mine;
      if (place == UINT32_MAX) place = p->order[--p->free];
      *mine = place;
      p->users[place]++;
      p->next[t] = gsl_rng_uniform_pos(f->rng) * p->survival;
    }
    if (p->next[t] > p->first) p->first = p->next[t];
  }
  memcpy(p->rows + place * f->width, row, f->width * sizeof *row);
  if (p->survival < 0x1p-500) rescale(p, f->count);
}

/* A usable row: into the pool as long as there is room, then into reservoirs. */
static nt_status take_row(isolation_forest *f, const double *row, nt_error *err) {
  pool *p = &f->pool;
  uint64_t seen = f->seen++;
  if (seen < p->room) {
    memcpy(p->rows + seen * f->width, row, f->width * sizeof *row);
    p->order[seen] = (uint32_t)seen;
    return NT_OK;
  }
  nt_status status = p->sampled ? NT_OK : start_reservoirs(f, err);
  if (status == NT_OK) offer_row(f, row);
  return status;
}

static nt_status forest_learn(void *detector, const nt_rows *rows, double *training,
                              nt_error *err) {
  isolation_forest *f = detector;
  nt_status status = NT_OK;
  nt_no_training_scores(rows, training);
  for (size_t i = 0; i < rows->count && f->sample > 0 && status == NT_OK; i++) {
    const double *row = rows->features + i * f->width;
    if (nt_row_usable(row, f->width)) status = take_row(f, row, err);
  }
  return status;
}

/* ---------------------------------------------------------------- ready: growing the trees */

static double mean_depth(size_t n) {
  double m = (double)n;
  return n <= 1 ? 0 : n == 2 ? 1 : 2 * (log(m - 1) + M_EULER) - 2 * (m - 1) / m;
}

typedef struct growth {
  isolation_forest *forest;
  tree *tree;
  uint32_t limit;
  uint32_t *columns; /* [width] a permutation: those that differ in the node in front */
  double *values;    /* [rows] of the feature in question */
  double *depths;    /* [rows + 1] mean_depth */
} growth;

/* The feature of n rows, and its range. */
static void gather(const growth *g, const uint32_t *order, size_t n, uint32_t feature, double *low,
                   double *high) {
  const double *column = g->forest->pool.rows + feature;
  size_t width = g->forest->width;
  double least = column[order[0] * width], most = least;
  for (size_t i = 0; i < n; i++) {
    double x = column[order[i] * width];
    g->values[i] = x;
    least = x < least ? x : least;
    most = x > most ? x : most;
  }
  *low = least;
  *high = most;
}

/* Less than n, at random; n is far below 2^32. */
static size_t draw(const growth *g, size_t n) {
  return (size_t)((uint64_t)gsl_rng_get(g->forest->rng) * n >> 32);
}

/* A feature that differs within the node, at random, and its range; 0 when there is none. What is
 * constant here is so further down: it leaves the first *live of the columns. */
static int draw_feature(growth *g, const uint32_t *order, size_t n, size_t pick, size_t *live,
                        uint32_t *feature, double *low, double *high) {
  while (*live > 0) {
    uint32_t column = g->columns[pick];
    gather(g, order, n, column, low, high);
    *feature = column;
    if (*high > *low) return 1;
    g->columns[pick] = g->columns[--*live];
    g->columns[*live] = column;
    pick = draw(g, *live);
  }
  return 0;
}

/* Those that go left in front; how many they are. What the two halves look at next, columns
 * next[0] and, of those that go left, next[1], is on its way to the cache meanwhile. */
static size_t partition(const growth *g, uint32_t *order, size_t n, double threshold,
                        const uint32_t *next) {
  size_t left = 0, width = g->forest->width;
  for (size_t i = 0; i < n; i++) {
    uint32_t row = order[i];
    size_t goes = g->values[i] <= threshold;
    __builtin_prefetch(g->forest->pool.rows + row * width + next[goes]);
    order[i] = order[left];
    order[left] = row;
    left += goes;
  }
  return left;
}

/* A node and what is below it, `pick` the first column to try. At most 24 deep: the limit is
 * log2(sample). */
static void grow(growth *g, uint32_t at, uint32_t *order, size_t n, uint32_t depth, size_t live,
                 size_t pick) {
  tree *t = g->tree;
  uint32_t feature;
  double low, high;
  if (depth > t->height) t->height = depth;
  if (n < 2 || depth == g->limit ||
      !draw_feature(g, order, n, pick, &live, &feature, &low, &high)) {
    t->nodes[at] = (node){INFINITY, 0, at};
    t->depth[at] = depth + g->depths[n];
    return;
  }
  double threshold = low + gsl_rng_uniform(g->forest->rng) * (high - low);
  if (!(threshold < high)) threshold = low; /* rounded up */
  uint32_t left = t->count;
  t->count += 2;
  t->nodes[at] = (node){threshold, feature, left};
  size_t picks[2] = {draw(g, live), draw(g, live)};
  uint32_t next[2] = {g->columns[picks[0]], g->columns[picks[1]]};
  size_t cut = partition(g, order, n, threshold, next);
  grow(g, left, order, cut, depth + 1, live, picks[1]);
  grow(g, left + 1, order + cut, n - cut, depth + 1, live, picks[0]);
}

/* On the rows of tree i, n of them. */
static nt_status grow_tree(growth *g, size_t i, size_t n, nt_error *err) {
  isolation_forest *f = g->forest;
  tree *t = g->tree = f->trees + i;
  t->nodes = nt_zeroed(2 * n, 1, sizeof *t->nodes);
  t->depth = nt_zeroed(2 * n, 1, sizeof *t->depth);
  if (!t->nodes || !t->depth) return nt_fail(err, NT_E_MEMORY, "no memory for a tree of %zu", n);
  uint32_t *order = f->pool.order;
  if (f->pool.sampled)
    order = f->pool.sampled + i * f->sample;
  else
    draw_sample(f, (size_t)f->seen);
  t->count = 1;
  grow(g, 0, order, n, 0, f->width, draw(g, f->width));
  return NT_OK;
}

static nt_status forest_ready(void *detector, nt_error *err) {
  isolation_forest *f = detector;
  size_t n = f->seen < f->sample ? (size_t)f->seen : f->sample;
  nt_status status = nt_enough_rows("isolation_forest", n, 2, err);
  if (status != NT_OK) return status;
  growth g = {.forest = f};
  while (((size_t)1 << g.limit) < n) g.limit++;
  g.columns = nt_zeroed(f->width, 1, sizeof *g.columns);
  g.values = nt_zeroed(n, 1, sizeof *g.values);
  g.depths = nt_zeroed(n + 1, 1, sizeof *g.depths);
  if (!g.columns || !g.values || !g.depths)
    status = nt_fail(err, NT_E_MEMORY, "no memory to grow trees");
  for (size_t j = 0; g.columns && j < f->width; j++) g.columns[j] = (uint32_t)j;
  for (size_t i = 0; g.depths && i <= n; i++) g.depths[i] = mean_depth(i);
  for (size_t i = 0; status == NT_OK && i < f->count; i++) status = grow_tree(&g, i, n, err);
  f->normal = (double)f->count * mean_depth(n);
  free(g.columns);
  free(g.values);
  free(g.depths);
  pool_done(&f->pool);
  return status;
}

/* ---------------------------------------------------------------- scoring */

/* Adds the depth of each of SIDE_BY_SIDE rows to sums. */
static void walk(const tree *t, const double *rows, size_t width, double *sums) {
  uint32_t at[SIDE_BY_SIDE] = {0};
  for (uint32_t step = 0; step < t->height; step++)
    NT_EACH (r, SIDE_BY_SIDE) {
      const node *n = t->nodes + at[r];
      at[r] = n->left + (rows[r * width + n->feature] > n->threshold);
    }
  for (size_t r = 0; r < SIDE_BY_SIDE; r++) sums[r] += t->depth[at[r]];
}

static void walk_one(const tree *t, const double *row, double *sum) {
  uint32_t at = 0;
  for (uint32_t step = 0; step < t->height; step++)
    at = t->nodes[at].left + (row[t->nodes[at].feature] > t->nodes[at].threshold);
  *sum += t->depth[at];
}

static nt_status forest_score(void *detector, const nt_rows *rows, double *scores, nt_error *err) {
  isolation_forest *f = detector;
  (void)err;
  memset(scores, 0, rows->count * sizeof *scores);
  for (size_t first = 0; first < rows->count; first += BATCH) {
    size_t end = rows->count - first < BATCH ? rows->count : first + BATCH;
    for (size_t t = 0; t < f->count; t++) {
      size_t i = first;
      for (; i + SIDE_BY_SIDE <= end; i += SIDE_BY_SIDE)
        walk(f->trees + t, rows->features + i * f->width, f->width, scores + i);
      for (; i < end; i++) walk_one(f->trees + t, rows->features + i * f->width, scores + i);
    }
  }
  for (size_t i = 0; i < rows->count; i++) scores[i] = exp2(-scores[i] / f->normal);
  return NT_OK;
}

static size_t forest_memory(const void *detector) {
  const isolation_forest *f = detector;
  const pool *p = &f->pool;
  size_t bytes = sizeof *f + f->count * sizeof *f->trees + gsl_rng_size(f->rng);
  bytes += p->room * (f->width * sizeof *p->rows + sizeof *p->order);
  if (p->sampled)
    bytes +=
        f->count * (f->sample * sizeof *p->sampled + sizeof *p->next) + p->room * sizeof *p->users;
  size_t grown = f->seen < f->sample ? (size_t)f->seen : f->sample;
  for (size_t t = 0; t < f->count; t++)
    if (f->trees[t].nodes) bytes += 2 * grown * (sizeof(node) + sizeof(double));
  return bytes;
}

const nt_detector_class nt_detector_isolation_forest = {
    .name = "isolation_forest",
    .title = "Isolation forest",
    .source = "Liu, Ting, Zhou: Isolation forest. ICDM 2008; samples of long streams: Vitter: "
              "Random sampling with a reservoir. ACM TOMS 11(1), 1985",
    .cost = "O(width) a row to learn, O(trees) more beyond trees x sample of them, and O(trees x "
            "sample x log sample) once; O(trees x log sample) a row to score; 8 x width bytes for "
            "each row of learning, of which at most trees x sample are kept, 48 x trees x sample "
            "after it",
    .flags = NT_DETECTOR_FROZEN | NT_DETECTOR_SEEDED,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = forest_create,
    .learn = forest_learn,
    .ready = forest_ready,
    .score = forest_score,
    .free = forest_free,
    .memory = forest_memory,
};
