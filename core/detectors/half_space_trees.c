/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Half-space trees: Tan, Ting, Liu: Fast Anomaly Detection for Streaming Data. IJCAI 2011.
 *
 * Full binary trees of `depth` levels, made before any data: a node halves its work range of one
 * feature, chosen at random. The work range of a tree is, for each feature scaled to [0, 1], with
 * s uniform in [0, 1]: s - 2 max(s, 1 - s) to s + 2 max(s, 1 - s). A node counts the rows that pass
 * it; after each `window` rows the counts become the masses that scores are made of. A row falls to
 * the first node of mass <= size_limit x window, or to a leaf; there it scores mass x 2^level.
 *
 * The paper ranks by the sum S of that over the trees, low sums first; the score here is
 * log2(trees x window x 2^depth / (1 + S)), of the same order, higher is more anomalous. Rows
 * before the first full window have no score.
 *
 * Difference: the paper resets all masses at the end of a window. Here a node notices at its next
 * visit that windows have passed, so a row costs O(trees x depth) and never O(nodes).
 */
#include <math.h>
#include <stdlib.h>

#include "ground/memory.h"
#include "numeric/random.h"
#include "classes.h"
#include "online.h"

enum { TREES, DEPTH, WINDOW, SIZE_LIMIT, SHARED };

static const nt_parameter parameters[SHARED + NT_ONLINE_COUNT] = {
    [TREES] = {.name = "trees",
               .type = NT_PARAMETER_INTEGER,
               .unit = "1",
               .help = "trees (t)",
               .preset = 25,
               .least = 1,
               .most = 10000},
    [DEPTH] = {.name = "depth",
               .type = NT_PARAMETER_INTEGER,
               .unit = "levels",
               .help = "levels of a tree (h): 2^(depth+1) - 1 nodes",
               .preset = 15,
               .least = 0,
               .most = 24},
    [WINDOW] = {.name = "window",
                .type = NT_PARAMETER_INTEGER,
                .unit = "rows",
                .help = "rows whose masses the next rows are scored by (psi)",
                .preset = 250,
                .least = 1,
                .most = 1e9},
    [SIZE_LIMIT] = {.name = "size_limit",
                    .type = NT_PARAMETER_NUMBER,
                    .unit = "1",
                    .help = "mass, in windows, at which a row goes no deeper",
                    .preset = 0.1,
                    .least = 0,
                    .most = 1},
    NT_ONLINE_PARAMETERS(SHARED, NT_SCALE_RANGE),
};

/* Node i has children 2i + 1 (below the cut) and 2i + 2. */
typedef struct node {
  double cut;
  uint32_t feature;
  uint32_t window; /* in which `latest` was last counted */
  uint32_t latest, mass;
} node;

typedef struct half_spaces {
  nt_online online;
  size_t trees, depth, nodes; /* nodes: of one tree */
  uint32_t window, seen;      /* seen: rows of the running window */
  uint32_t turn;              /* the running window, from 0 */
  double limit;               /* rows */
  node *forest;               /* trees x nodes */
} half_spaces;

static void refresh(node *n, uint32_t turn) {
  if (n->window == turn) return;
  n->mass = turn - n->window == 1 ? n->latest : 0;
  n->latest = 0;
  n->window = turn;
}

static double tree_step(const half_spaces *h, node *tree, const double *row, int keep) {
  double score = -1;
  size_t at = 0;
  for (size_t level = 0;; level++) {
    node *n = tree + at;
    refresh(n, h->turn);
    if (score < 0 && (level == h->depth || n->mass <= h->limit))
      score = ldexp((double)n->mass, (int)level);
    n->latest += (uint32_t)keep;
    if (level == h->depth || (score >= 0 && !keep)) return score;
    at = 2 * at + (row[n->feature] < n->cut ? 1 : 2);
  }
}

static double half_spaces_step(void *detector, const double *row, int keep) {
  half_spaces *h = detector;
  double sum = 0;
  int first = h->turn == 0;
  for (size_t t = 0; t < h->trees; t++) sum += tree_step(h, h->forest + t * h->nodes, row, keep);
  if (keep && ++h->seen == h->window) {
    h->seen = 0;
    h->turn++;
  }
  return first ? NAN : log2((double)h->trees * h->window) + (double)h->depth - log2(1 + sum);
}

/* The cuts of the subtree at `at`, in preorder; low and high are the work range and come back as
 * they were. */
static void grow(const half_spaces *h, node *tree, size_t at, size_t level, double *low,
                 double *high, gsl_rng *random) {
  if (level == h->depth) return;
  size_t f = nt_random_below(random, h->online.width);
  double a = low[f], b = high[f];
  tree[at].feature = (uint32_t)f;
  tree[at].cut = a + (b - a) / 2;
  high[f] = tree[at].cut;
  grow(h, tree, 2 * at + 1, level + 1, low, high, random);
  high[f] = b;
  low[f] = tree[at].cut;
  grow(h, tree, 2 * at + 2, level + 1, low, high, random);
  low[f] = a;
}

static nt_status grow_forest(half_spaces *h, gsl_rng *random, nt_error *err) {
  size_t width = h->online.width;
  double *low = nt_zeroed(2, width, sizeof *low);
  h->forest = nt_zeroed(h->trees, h->nodes, sizeof *h->forest);
  nt_status status = NT_OK;
  if (!low || !h->forest)
    status =
        nt_fail(err, NT_E_MEMORY, "out of memory for %zu trees of %zu nodes", h->trees, h->nodes);
  for (size_t t = 0; t < h->trees && status == NT_OK; t++) {
    double *high = low + width;
    for (size_t c = 0; c < width; c++) {
      double s = gsl_rng_uniform(random), reach = 2 * fmax(s, 1 - s);
      low[c] = s - reach;
      high[c] = s + reach;
    }
    grow(h, h->forest + t * h->nodes, 0, 0, low, high, random);
  }
  free(low);
  return status;
}

static void half_spaces_free(void *detector) {
  half_spaces *h = detector;
  if (!h) return;
  nt_online_done(&h->online);
  free(h->forest);
  free(h);
}

static void *half_spaces_create(const nt_detector_setting *setting, const nt_value *values,
                                nt_error *err) {
  static const nt_online_model model = {.step = half_spaces_step};
  half_spaces *h = calloc(1, sizeof *h);
  if (!h) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
    return NULL;
  }
  h->trees = (size_t)values[TREES].number;
  h->depth = (size_t)values[DEPTH].number;
  h->nodes = ((size_t)2 << h->depth) - 1;
  h->window = (uint32_t)values[WINDOW].number;
  h->limit = values[SIZE_LIMIT].number * values[WINDOW].number;
  nt_status status = nt_online_init(&h->online, &model, setting, values + SHARED, err);
  gsl_rng *random = status == NT_OK ? nt_online_random(setting, err) : NULL;
  if (random) status = grow_forest(h, random, err);
  if (random) gsl_rng_free(random);
  if (random && status == NT_OK) return h;
  half_spaces_free(h);
  return NULL;
}

static size_t half_spaces_memory(const void *detector) {
  const half_spaces *h = detector;
  return sizeof *h + nt_online_memory(&h->online) + h->trees * h->nodes * sizeof *h->forest;
}

const nt_detector_class nt_detector_half_space_trees = {
    .name = "half_space_trees",
    .title = "Half-space trees",
    .source = "Tan, Ting, Liu: Fast Anomaly Detection for Streaming Data. IJCAI 2011",
    .cost = "O(trees x depth) a row; trees x 2^(depth + 1) x 24 bytes",
    .flags = NT_DETECTOR_SEEDED,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = half_spaces_create,
    .learn = nt_online_learn,
    .ready = nt_online_ready,
    .score = nt_online_score,
    .free = half_spaces_free,
    .memory = half_spaces_memory,
};
