/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Robust random cut forest: Guha, Mishra, Roy, Schrijvers: Robust Random Cut Forest Based Anomaly
 * Detection on Streams. ICML 2016.
 *
 * A random cut tree of points cuts their bounding box at a feature drawn in proportion to its side
 * and at a uniform place, and so on in both halves. Inserting a point (Algorithm 2) and deleting
 * one (Algorithm 1) leave a tree that is distributed as one made afresh. Each of `trees` trees
 * holds the last `sample` rows: a sliding window, not the paper's reservoir.
 *
 * Score: collusive displacement (CoDisp), mean over the trees, of the row as one more point: the
 * greatest ratio, over the nodes from its leaf up, of the points beside the node to the points
 * below it. That is how the authors' definition 3 is computed in kLabUM/rrcf, whose results this
 * agrees with in distribution. The paper's simpler displacement is the first ratio alone.
 *
 * Cuts go where the ranges are: hence the scaling. Scaled rows are rounded to single precision,
 * bounded to +-1e30: what is slow here is to read boxes.
 *
 * Insertion draws one number a node: with e the sum of what the point adds to the box's sides and s
 * the sum of the sides, the cut of the grown box misses the old one with probability e / (e + s),
 * and is then uniform over the added parts; else the node's own cut stands.
 */
#include <math.h>
#include <stdlib.h>

#include "ground/memory.h"
#include "classes.h"
#include "online.h"

enum { TREES, SAMPLE, SHARED };

static const nt_parameter parameters[SHARED + NT_ONLINE_COUNT] = {
    [TREES] = {.name = "trees",
               .type = NT_PARAMETER_INTEGER,
               .unit = "1",
               .help = "trees",
               .preset = 40,
               .least = 1,
               .most = 10000},
    [SAMPLE] = {.name = "sample",
                .type = NT_PARAMETER_INTEGER,
                .unit = "rows",
                .help = "latest rows that each tree holds",
                .preset = 256,
                .least = 1,
                .most = 1e6},
    NT_ONLINE_PARAMETERS(SHARED, NT_SCALE_DEVIATION),
};

/* A node: a branch i >= 0, or leaf ~i; NOBODY: none. */
enum { NOBODY = INT32_MIN };

typedef struct branch {
  int32_t child[2]; /* <= cut, > cut */
  int32_t parent;
  uint32_t count; /* points below */
  uint32_t feature;
  float cut;
  float span; /* sum of the sides of the box */
} branch;

typedef struct leaf {
  int32_t parent;
  uint32_t count; /* equal points */
  uint32_t slot;  /* of one of them */
} leaf;

typedef struct tree {
  int32_t root;
  branch *branches;       /* slots */
  leaf *leaves;           /* slots */
  int32_t *leaf_of;       /* slots: index of the leaf that holds it */
  int32_t *free_branches; /* stacks of unused indices */
  int32_t *free_leaves;
  size_t branches_left, leaves_left;
  float *boxes; /* slots x 2 x stride: low, high */
} tree;

typedef struct forest {
  nt_online online;
  size_t trees, sample, slots; /* slots = sample + 1 */
  size_t count, next;          /* rows held; slot of the next */
  size_t stride;               /* of points and boxes: whole sixteens, zeros at the end */
  float *points;               /* slots x stride; of all trees */
  tree *tree;
  gsl_rng *random;
} forest;

static uint32_t count_of(const tree *t, int32_t node) {
  return node < 0 ? t->leaves[~node].count : t->branches[node].count;
}

static int32_t parent_of(const tree *t, int32_t node) {
  return node < 0 ? t->leaves[~node].parent : t->branches[node].parent;
}

static void set_parent(tree *t, int32_t node, int32_t parent) {
  *(node < 0 ? &t->leaves[~node].parent : &t->branches[node].parent) = parent;
}

/* `to` takes the place of `from` below `parent`. */
static void replace(tree *t, int32_t parent, int32_t from, int32_t to) {
  set_parent(t, to, parent);
  if (parent == NOBODY)
    t->root = to;
  else
    t->branches[parent].child[t->branches[parent].child[1] == from] = to;
}

/* Counts one more (less: `by` = UINT32_MAX) point from `node` up. */
static void count_up(tree *t, int32_t node, uint32_t by) {
  for (; node != NOBODY; node = t->branches[node].parent) t->branches[node].count += by;
}

/* Low and high corners of what lies below a node. */
static const float *low_of(const forest *f, const tree *t, int32_t node) {
  return node < 0 ? f->points + t->leaves[~node].slot * f->stride
                  : t->boxes + (size_t)node * 2 * f->stride;
}
static const float *high_of(const forest *f, const tree *t, int32_t node) {
  return low_of(f, t, node) + (node < 0 ? 0 : f->stride);
}

/* The box of branch b becomes that of two others; 1 when it changed. */
static int join(const forest *f, tree *t, int32_t b, const float *low, const float *high,
                const float *other_low, const float *other_high) {
  float *to = t->boxes + (size_t)b * 2 * f->stride;
  return f->online.lanes->join(to, to + f->stride, low, high, other_low, other_high, f->stride,
                               &t->branches[b].span);
}

/* A new branch between `node` and its parent, with a new leaf of the slot on the side of x; the cut
 * lies `place` along the added parts of the sides. */
static void split(forest *f, tree *t, int32_t node, size_t slot, float place) {
  size_t c = 0, last = 0;
  const float *x = f->points + slot * f->stride, *low = low_of(f, t, node);
  const float *high = high_of(f, t, node);
  for (; c < f->online.width; c++) {
    float side = x[c] < low[c] ? low[c] - x[c] : x[c] > high[c] ? x[c] - high[c] : 0;
    if (side > 0) last = c;
    if (place < side) break;
    place -= side;
  }
  if (c == f->online.width) { /* rounding: the end of the last side */
    c = last;
    place = 0;
  }
  int32_t b = t->free_branches[--t->branches_left], l = t->free_leaves[--t->leaves_left];
  int above = x[c] > high[c];
  float cut = above ? high[c] + place : x[c] + place;
  if (!(above ? cut < x[c] : cut < low[c])) cut = above ? high[c] : x[c];
  t->leaves[l] = (leaf){.count = 1, .slot = (uint32_t)slot, .parent = b};
  t->leaf_of[slot] = l;
  t->branches[b] = (branch){.count = count_of(t, node), .feature = (uint32_t)c, .cut = cut};
  replace(t, parent_of(t, node), node, b);
  t->branches[b].child[above] = ~l;
  t->branches[b].child[!above] = node;
  set_parent(t, node, b);
  join(f, t, b, low, high, x, x);
  count_up(t, b, 1);
}

static void insert(forest *f, tree *t, size_t slot) {
  const float *x = f->points + slot * f->stride;
  int32_t node = t->root;
  if (node == NOBODY) {
    int32_t l = t->free_leaves[--t->leaves_left];
    t->leaves[l] = (leaf){.parent = NOBODY, .count = 1, .slot = (uint32_t)slot};
    t->leaf_of[slot] = l;
    t->root = ~l;
    return;
  }
  for (;;) {
    const float *low = low_of(f, t, node), *high = high_of(f, t, node);
    float extra = f->online.lanes->outside(low, high, x, f->stride);
    if (node < 0 && extra == 0) break; /* an equal point */
    float span = node < 0 ? 0 : t->branches[node].span;
    float place = (float)gsl_rng_uniform(f->random) * (extra + span);
    if (place < extra || node < 0) {
      split(f, t, node, slot, place);
      return;
    }
    if (extra > 0) join(f, t, node, low, high, x, x);
    const branch *b = &t->branches[node];
    node = b->child[x[b->feature] > b->cut];
  }
  leaf *l = &t->leaves[~node];
  l->count++;
  l->slot = (uint32_t)slot;
  t->leaf_of[slot] = ~node;
  count_up(t, l->parent, 1);
}

/* One of several equal points goes. */
static void remove_equal(const forest *f, tree *t, size_t slot) {
  int32_t index = t->leaf_of[slot];
  leaf *l = &t->leaves[index];
  t->leaf_of[slot] = -1;
  l->count--;
  count_up(t, l->parent, UINT32_MAX);
  if (l->slot != slot) return;
  size_t other = 0;
  while (other + 1 < f->slots && t->leaf_of[other] != index) other++;
  l->slot = (uint32_t)other;
}

static void forget(const forest *f, tree *t, size_t slot) {
  int32_t l = t->leaf_of[slot];
  if (t->leaves[l].count > 1) {
    remove_equal(f, t, slot);
    return;
  }
  int32_t b = t->leaves[l].parent;
  t->leaf_of[slot] = -1;
  t->free_leaves[t->leaves_left++] = l;
  if (b == NOBODY) {
    t->root = NOBODY;
    return;
  }
  int32_t up = t->branches[b].parent;
  replace(t, up, b, t->branches[b].child[t->branches[b].child[0] == ~l]);
  t->free_branches[t->branches_left++] = b;
  count_up(t, up, UINT32_MAX);
  for (int shrinks = 1; shrinks && up != NOBODY; up = t->branches[up].parent) {
    int32_t one = t->branches[up].child[0], two = t->branches[up].child[1];
    shrinks = join(f, t, up, low_of(f, t, one), high_of(f, t, one), low_of(f, t, two),
                   high_of(f, t, two));
  }
}

static double displacement(const tree *t, size_t slot) {
  double most = 0;
  int32_t node = ~t->leaf_of[slot];
  for (int32_t up = parent_of(t, node); up != NOBODY; node = up, up = t->branches[up].parent) {
    double below = count_of(t, node), beside = t->branches[up].count - below;
    most = fmax(most, beside / below);
  }
  return most;
}

static double forest_step(void *detector, const double *row, int keep) {
  forest *f = detector;
  size_t slot = f->next, oldest = (slot + f->slots - f->count) % f->slots;
  float *x = f->points + slot * f->stride;
  for (size_t c = 0; c < f->online.width; c++)
    x[c] = (float)(row[c] > 1e30 ? 1e30 : row[c] < -1e30 ? -1e30 : row[c]);
  double sum = 0;
  int full = f->count == f->sample, alone = f->count == 0;
  for (size_t i = 0; i < f->trees; i++) {
    tree *t = &f->tree[i];
    insert(f, t, slot);
    sum += displacement(t, slot);
    if (!keep || full) forget(f, t, keep ? oldest : slot);
  }
  if (keep) {
    f->next = (slot + 1) % f->slots;
    f->count += !full;
  }
  return alone ? NAN : sum / (double)f->trees;
}

static nt_status plant(forest *f, tree *t, nt_error *err) {
  t->root = NOBODY;
  t->branches = nt_zeroed(1, f->slots, sizeof *t->branches);
  t->leaves = nt_zeroed(1, f->slots, sizeof *t->leaves);
  t->leaf_of = nt_zeroed(3, f->slots, sizeof *t->leaf_of);
  t->boxes = nt_zeroed(f->slots, 2 * f->stride, sizeof *t->boxes);
  if (!t->branches || !t->leaves || !t->leaf_of || !t->boxes)
    return nt_fail(err, NT_E_MEMORY, "out of memory for %zu trees of %zu rows", f->trees,
                   f->sample);
  t->free_branches = t->leaf_of + f->slots;
  t->free_leaves = t->free_branches + f->slots;
  for (size_t i = 0; i < f->slots; i++) {
    t->leaf_of[i] = -1;
    t->free_branches[i] = t->free_leaves[i] = (int32_t)(f->slots - 1 - i);
  }
  t->branches_left = t->leaves_left = f->slots;
  return NT_OK;
}

static void forest_free(void *detector) {
  forest *f = detector;
  if (!f) return;
  for (size_t i = 0; f->tree && i < f->trees; i++) {
    free(f->tree[i].branches);
    free(f->tree[i].leaves);
    free(f->tree[i].leaf_of);
    free(f->tree[i].boxes);
  }
  nt_online_done(&f->online);
  free(f->tree);
  free(f->points);
  if (f->random) gsl_rng_free(f->random);
  free(f);
}

static void *forest_create(const nt_detector_setting *setting, const nt_value *values,
                           nt_error *err) {
  static const nt_online_model model = {.step = forest_step};
  forest *f = calloc(1, sizeof *f);
  if (!f) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
    return NULL;
  }
  f->trees = (size_t)values[TREES].number;
  f->sample = (size_t)values[SAMPLE].number;
  f->slots = f->sample + 1;
  f->stride = (setting->width + 15) & ~(size_t)15;
  nt_status status = nt_online_init(&f->online, &model, setting, values + SHARED, err);
  if (status == NT_OK) f->random = nt_online_random(setting, err);
  f->tree = nt_zeroed(1, f->trees, sizeof *f->tree);
  f->points = nt_zeroed(f->slots, f->stride, sizeof *f->points);
  if (f->random && (!f->tree || !f->points))
    status = nt_fail(err, NT_E_MEMORY, "out of memory for %zu rows", f->sample);
  for (size_t i = 0; f->random && status == NT_OK && i < f->trees; i++)
    status = plant(f, &f->tree[i], err);
  if (f->random && status == NT_OK) return f;
  forest_free(f);
  return NULL;
}

static size_t forest_memory(const void *detector) {
  const forest *f = detector;
  size_t row = f->stride * sizeof(float);
  return sizeof *f + nt_online_memory(&f->online) + f->slots * row + gsl_rng_size(f->random) +
         f->trees * (sizeof(tree) + f->slots * (sizeof(branch) + sizeof(leaf) + 12 + 2 * row));
}

const nt_detector_class nt_detector_random_cut_forest = {
    .name = "random_cut_forest",
    .title = "Robust random cut forest",
    .source = "Guha, Mishra, Roy, Schrijvers: Robust Random Cut Forest Based Anomaly Detection on "
              "Streams. ICML 2016",
    .cost = "O(trees x width x depth of a tree, about log(sample)) a row; "
            "trees x sample x width x 8 bytes",
    .flags = NT_DETECTOR_SEEDED,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = forest_create,
    .learn = nt_online_learn,
    .ready = nt_online_ready,
    .score = nt_online_score,
    .free = forest_free,
    .memory = forest_memory,
};
