/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Isolation forest: trees of random cuts, each grown on a random sample of the rows of learning; a
 * row that few cuts suffice to set apart is anomalous. Score 2^(-E[h] / c(n)), h the number of cuts
 * on the way of a row plus c(rows left in the leaf), c(n) = 2 (ln(n - 1) + gamma) - 2 (n - 1) / n
 * the mean depth of a search tree of n (c(2) = 1): the definition of the paper, and scikit-learn's.
 *
 * Samples: each tree holds a reservoir without replacement (Li 1994, algorithm L: the rows between
 * two that it takes are skipped at once), so nothing depends on chunks. A cut: a feature at random
 * among those that are not constant in the node, a threshold uniform in its range; x <= threshold
 * goes left. Trees end at depth log2(sample). A NaN goes left, too.
 *
 * Scoring walks eight rows down a tree side by side, for a fixed number of steps: leaves lead to
 * themselves. The tree's nodes stay in the first cache while a batch of rows passes.
 */
#include <math.h>
#include <stdio.h>

#include <gsl/gsl_math.h>
#include <gsl/gsl_rng.h>

#include "../memory.h"
#include "../vector.h"
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
  /* while learning */
  double *rows;      /* [sample][width] the reservoir; NULL after ready() */
  double log_weight; /* algorithm L's ln W */
  uint64_t next;     /* usable row to be taken next */
} tree;

typedef struct isolation_forest {
  size_t width, sample, count;
  tree *trees;
  gsl_rng *rng;
  uint64_t seen, next; /* usable rows so far; the least `next` of the trees */
  double normal;       /* trees x c(rows of a tree) */
} isolation_forest;

static void forest_free(void *detector) {
  isolation_forest *f = detector;
  if (!f) return;
  for (size_t t = 0; f->trees && t < f->count; t++) {
    free(f->trees[t].nodes);
    free(f->trees[t].depth);
    free(f->trees[t].rows);
  }
  if (f->rng) gsl_rng_free(f->rng);
  free(f->trees);
  free(f);
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
    int whole = f->trees && f->rng && f->width <= UINT32_MAX;
    for (size_t t = 0; whole && t < f->count; t++)
      whole = (f->trees[t].rows = calloc(f->sample + 1, f->width * sizeof(double))) != NULL;
    if (whole) return f;
  }
  nt_fail(err, NT_E_MEMORY, "no memory for %.0f samples of %.0f rows of %zu features",
          values[TREES].number, values[SAMPLE].number, setting->width);
  forest_free(f);
  return NULL;
}

/* ---------------------------------------------------------------- learning: the reservoirs */

/* Which row the tree takes after row `now`. */
static void plan_next(isolation_forest *f, tree *t, uint64_t now) {
  if (now + 1 < f->sample) { /* the reservoir is not yet full */
    t->next = now + 1;
    return;
  }
  t->log_weight += log(gsl_rng_uniform_pos(f->rng)) / (double)f->sample;
  double skipped = floor(log(gsl_rng_uniform_pos(f->rng)) / log1p(-exp(t->log_weight)));
  t->next = skipped < 0x1p62 ? now + 1 + (uint64_t)skipped : UINT64_MAX;
}

static void take_row(isolation_forest *f, const double *row) {
  uint64_t now = f->seen, next = UINT64_MAX;
  for (size_t i = 0; i < f->count; i++) {
    tree *t = f->trees + i;
    if (t->next == now) {
      size_t at = now < f->sample ? (size_t)now : gsl_rng_uniform_int(f->rng, f->sample);
      memcpy(t->rows + at * f->width, row, f->width * sizeof *row);
      plan_next(f, t, now);
    }
    if (t->next < next) next = t->next;
  }
  f->next = next;
}

static nt_status forest_learn(void *detector, const nt_rows *rows, double *training,
                              nt_error *err) {
  isolation_forest *f = detector;
  (void)err;
  nt_no_training_scores(rows, training);
  for (size_t i = 0; i < rows->count && f->sample > 0; i++) {
    const double *row = rows->features + i * f->width;
    if (!nt_row_usable(row, f->width)) continue;
    if (f->seen == f->next) take_row(f, row);
    f->seen++;
  }
  return NT_OK;
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
  uint32_t *order;   /* [rows] indices, those of a node side by side */
  uint32_t *columns; /* [width] a permutation */
} growth;

/* A feature that differs within the node, at random, and its range; 0 when there is none. */
static int draw_feature(growth *g, const uint32_t *order, size_t n, uint32_t *feature, double *low,
                        double *high) {
  size_t width = g->forest->width;
  for (size_t left = width; left > 0; left--) {
    size_t pick = gsl_rng_uniform_int(g->forest->rng, left);
    uint32_t column = g->columns[pick];
    g->columns[pick] = g->columns[left - 1];
    g->columns[left - 1] = column;
    *low = *high = g->tree->rows[order[0] * width + column];
    for (size_t i = 1; i < n; i++) {
      double x = g->tree->rows[order[i] * width + column];
      if (x < *low) *low = x;
      if (x > *high) *high = x;
    }
    *feature = column;
    if (*high > *low) return 1;
  }
  return 0;
}

/* Those that go left in front; how many they are. */
static size_t partition(const growth *g, uint32_t *order, size_t n, uint32_t feature,
                        double threshold) {
  size_t left = 0;
  for (size_t i = 0; i < n; i++) {
    uint32_t row = order[i];
    if (g->tree->rows[row * g->forest->width + feature] > threshold) continue;
    order[i] = order[left];
    order[left++] = row;
  }
  return left;
}

/* At most 24 deep: the limit is log2(sample). */
static void grow(growth *g, uint32_t at, uint32_t *order, size_t n, uint32_t depth) {
  tree *t = g->tree;
  uint32_t feature;
  double low, high;
  if (depth > t->height) t->height = depth;
  if (n < 2 || depth == g->limit || !draw_feature(g, order, n, &feature, &low, &high)) {
    t->nodes[at] = (node){INFINITY, 0, at};
    t->depth[at] = depth + mean_depth(n);
    return;
  }
  double threshold = low + gsl_rng_uniform(g->forest->rng) * (high - low);
  if (!(threshold < high)) threshold = low; /* rounded up */
  uint32_t left = t->count;
  t->count += 2;
  t->nodes[at] = (node){threshold, feature, left};
  size_t cut = partition(g, order, n, feature, threshold);
  grow(g, left, order, cut, depth + 1);
  grow(g, left + 1, order + cut, n - cut, depth + 1);
}

static nt_status grow_tree(growth *g, tree *t, size_t n, nt_error *err) {
  g->tree = t;
  t->nodes = nt_zeroed(2 * n, 1, sizeof *t->nodes);
  t->depth = nt_zeroed(2 * n, 1, sizeof *t->depth);
  if (!t->nodes || !t->depth) return nt_fail(err, NT_E_MEMORY, "no memory for a tree of %zu", n);
  for (size_t i = 0; i < n; i++) g->order[i] = (uint32_t)i;
  t->count = 1;
  grow(g, 0, g->order, n, 0);
  free(t->rows);
  t->rows = NULL;
  return NT_OK;
}

static nt_status forest_ready(void *detector, nt_error *err) {
  isolation_forest *f = detector;
  size_t n = f->seen < f->sample ? (size_t)f->seen : f->sample;
  nt_status status = nt_enough_rows("isolation_forest", n, 2, err);
  if (status != NT_OK) return status;
  growth g = {.forest = f};
  while (((size_t)1 << g.limit) < n) g.limit++;
  g.order = nt_zeroed(n, 1, sizeof *g.order);
  g.columns = nt_zeroed(f->width, 1, sizeof *g.columns);
  if (!g.order || !g.columns) status = nt_fail(err, NT_E_MEMORY, "no memory to grow trees");
  for (size_t j = 0; g.columns && j < f->width; j++) g.columns[j] = (uint32_t)j;
  for (size_t t = 0; status == NT_OK && t < f->count; t++)
    status = grow_tree(&g, f->trees + t, n, err);
  f->normal = (double)f->count * mean_depth(n);
  free(g.order);
  free(g.columns);
  return status;
}

/* ---------------------------------------------------------------- scoring */

/* Adds the depth of each of SIDE_BY_SIDE rows to sums. */
static void walk(const tree *t, const double *rows, size_t width, double *sums) {
  uint32_t at[SIDE_BY_SIDE] = {0};
  for (uint32_t step = 0; step < t->height; step++)
    NT_UNROLL for (size_t r = 0; r < SIDE_BY_SIDE; r++) {
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
  size_t bytes = sizeof *f + f->count * sizeof *f->trees + gsl_rng_size(f->rng);
  for (size_t t = 0; t < f->count; t++) {
    if (f->trees[t].rows) bytes += f->sample * f->width * sizeof(double);
    if (f->trees[t].nodes) bytes += 2 * f->sample * (sizeof(node) + sizeof(double));
  }
  return bytes;
}

const nt_detector_class nt_detector_isolation_forest = {
    .name = "isolation_forest",
    .title = "Isolation forest",
    .source = "Liu, Ting, Zhou: Isolation forest. ICDM 2008; samples: Li: Reservoir-sampling "
              "algorithms of time complexity O(n(1 + log(N/n))). ACM TOMS 20(4), 1994",
    .cost =
        "O(width) a row to learn, and O(trees x sample x log(rows / sample) x width) in all; "
        "O(trees x log sample) a row to score; 8 x trees x sample x width bytes while learning, "
        "48 x trees x sample after it",
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
