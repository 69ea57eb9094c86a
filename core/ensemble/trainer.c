/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trainer.h"

#include <stdlib.h>
#include <string.h>

#include "../memory.h"

/* Rows that one layout learns before the next one's turn: its weights stay in the first-level
 * cache. */
#define BLOCK 64

typedef struct place { /* of an autoencoder */
  size_t visible, hidden;
  size_t group, lane; /* group: index, or NO_GROUP: `single` */
  size_t single;
} place;
#define NO_GROUP ((size_t)-1)

struct nt_trainer {
  const nt_kernels *kernels;
  nt_step step;
  size_t width, count;
  nt_feature_map map;
  size_t *first; /* [count] where an autoencoder's features start in the map */
  place *places; /* [count + 1]; the last is the output autoencoder, always a single */
  nt_group *groups;
  size_t group_count;
  nt_single *singles;
  size_t single_count;
  double *errors; /* [BLOCK][count] */
};

/* ---------------------------------------------------------------- memory */

/* The next n doubles of one allocation. */
static double *take(double **cursor, size_t n) {
  double *p = *cursor;
  *cursor += n;
  return p;
}

static int group_allocate(nt_group *g, size_t lanes, size_t visible, size_t hidden) {
  /* (v + 4) (h + 6) vectors: v h weights, 6 v, 4 h, and some to spare for the 2 counts. */
  double *p = nt_zeroed(visible + 4, (hidden + 6) * lanes, sizeof *p);
  *g = (nt_group){.visible = visible,
                  .hidden = hidden,
                  .weights = p,
                  .members = calloc(lanes, sizeof *g->members),
                  .features = calloc(visible * lanes, sizeof *g->features)};
  if (!p || !g->members || !g->features) return 0;
  p += visible * hidden * lanes;
  size_t v = visible * lanes, h = hidden * lanes;
  g->hidden_bias = take(&p, h), g->hidden_mask = take(&p, h);
  g->y = take(&p, h), g->g = take(&p, h);
  g->visible_bias = take(&p, v), g->visible_mask = take(&p, v);
  g->min = take(&p, v), g->max = take(&p, v);
  g->x = take(&p, v), g->e = take(&p, v);
  g->hidden_count = take(&p, lanes), g->visible_count = take(&p, lanes);
  return 1;
}

static int single_allocate(nt_single *s, size_t visible, size_t hidden) {
  size_t v = (visible + NT_SINGLE_PADDING - 1) & ~(size_t)(NT_SINGLE_PADDING - 1);
  size_t h = (hidden + NT_SINGLE_PADDING - 1) & ~(size_t)(NT_SINGLE_PADDING - 1);
  /* (2 v + 3) (h + 3): 2 v h weights, 5 v, 3 h and some to spare. */
  double *p = nt_zeroed(2 * v + 3, h + 3, sizeof *p);
  *s = (nt_single){
      .visible = visible, .hidden = hidden, .visible_stride = v, .hidden_stride = h, .weights = p};
  if (!p) return 0;
  p += visible * h;
  s->transposed = take(&p, hidden * v);
  s->hidden_bias = take(&p, h);
  s->y = take(&p, h), s->g = take(&p, h);
  s->visible_bias = take(&p, v);
  s->min = take(&p, v), s->max = take(&p, v);
  s->x = take(&p, v), s->e = take(&p, v);
  return 1;
}

void nt_trainer_free(nt_trainer *t) {
  if (!t) return;
  for (size_t i = 0; t->groups && i < t->group_count; i++) {
    free(t->groups[i].weights);
    free(t->groups[i].members);
    free(t->groups[i].features);
  }
  for (size_t i = 0; t->singles && i < t->single_count; i++) free(t->singles[i].weights);
  nt_feature_map_done(&t->map);
  free(t->first);
  free(t->places);
  free(t->groups);
  free(t->singles);
  free(t->errors);
  free(t);
}

/* ---------------------------------------------------------------- layouts */

static void set_mask(double *mask) {
  memset(mask, 0xff, sizeof *mask);
}

static void group_put(nt_group *g, size_t lanes, size_t lane, const nt_autoencoder *a,
                      const size_t *features) {
  for (size_t i = 0; i < a->visible; i++) {
    size_t at = i * lanes + lane;
    for (size_t j = 0; j < a->hidden; j++)
      g->weights[(i * g->hidden + j) * lanes + lane] = a->weights[i * a->hidden + j];
    g->visible_bias[at] = a->visible_bias[i];
    g->min[at] = a->min[i];
    g->max[at] = a->max[i];
    g->features[at] = features[i];
    set_mask(&g->visible_mask[at]);
  }
  for (size_t j = 0; j < a->hidden; j++) {
    g->hidden_bias[j * lanes + lane] = a->hidden_bias[j];
    set_mask(&g->hidden_mask[j * lanes + lane]);
  }
  g->visible_count[lane] = (double)a->visible;
  g->hidden_count[lane] = (double)a->hidden;
}

static void group_get(const nt_group *g, size_t lanes, size_t lane, nt_autoencoder *a) {
  for (size_t i = 0; i < a->visible; i++) {
    size_t at = i * lanes + lane;
    for (size_t j = 0; j < a->hidden; j++)
      a->weights[i * a->hidden + j] = g->weights[(i * g->hidden + j) * lanes + lane];
    a->visible_bias[i] = g->visible_bias[at];
    a->min[i] = g->min[at];
    a->max[i] = g->max[at];
  }
  for (size_t j = 0; j < a->hidden; j++) a->hidden_bias[j] = g->hidden_bias[j * lanes + lane];
}

static void single_put(nt_single *s, const nt_autoencoder *a) {
  for (size_t i = 0; i < a->visible; i++) {
    for (size_t j = 0; j < a->hidden; j++)
      s->weights[i * s->hidden_stride + j] = s->transposed[j * s->visible_stride + i] =
          a->weights[i * a->hidden + j];
    s->visible_bias[i] = a->visible_bias[i];
    s->min[i] = a->min[i];
    s->max[i] = a->max[i];
  }
  memcpy(s->hidden_bias, a->hidden_bias, a->hidden * sizeof *a->hidden_bias);
}

static void single_get(const nt_single *s, nt_autoencoder *a) {
  for (size_t i = 0; i < a->visible; i++) {
    memcpy(a->weights + i * a->hidden, s->weights + i * s->hidden_stride,
           a->hidden * sizeof *a->weights);
    a->visible_bias[i] = s->visible_bias[i];
    a->min[i] = s->min[i];
    a->max[i] = s->max[i];
  }
  memcpy(a->hidden_bias, s->hidden_bias, a->hidden * sizeof *a->hidden_bias);
}

/* ---------------------------------------------------------------- who lies where */

typedef struct candidate {
  size_t index, visible, hidden;
} candidate;

static int larger_first(const void *a, const void *b) {
  const candidate *x = a, *y = b;
  if (x->visible != y->visible) return x->visible > y->visible ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

/* In multiply-adds of a vector: a group costs the v h of its largest, whoever else is in it; a
 * single one v h over the lanes, and about 80 for its chains of dependent operations. */
static int group_pays(const candidate *c, size_t n, size_t lanes) {
  double apart = 0;
  for (size_t i = 0; i < n; i++)
    apart += 80 + (double)c[i].visible * (double)c[i].hidden / (double)lanes;
  return (double)c[0].visible * (double)c[0].hidden <= apart;
}

static int place_group(nt_trainer *t, const candidate *c, size_t n) {
  nt_group *g = &t->groups[t->group_count++];
  size_t lanes = t->kernels->lanes;
  if (!group_allocate(g, lanes, c[0].visible, c[0].hidden)) return 0;
  for (size_t lane = 0; lane < lanes; lane++) g->visible_count[lane] = g->hidden_count[lane] = 1;
  g->used = n;
  for (size_t lane = 0; lane < n; lane++) {
    g->members[lane] = c[lane].index;
    t->places[c[lane].index].group = t->group_count - 1;
    t->places[c[lane].index].lane = lane;
  }
  return 1;
}

static int place_single(nt_trainer *t, const candidate *c) {
  nt_single *s = &t->singles[t->single_count++];
  if (!single_allocate(s, c->visible, c->hidden)) return 0;
  int output = c->index == t->count;
  s->member = output ? 0 : c->index;
  s->features = output ? NULL : t->map.features + t->first[c->index];
  t->places[c->index].single = t->single_count - 1;
  return 1;
}

/* Sets t->places from the sizes; 0 when memory is short. */
static int place_all(nt_trainer *t, candidate *c) {
  size_t lanes = t->kernels->lanes;
  qsort(c, t->count, sizeof *c, larger_first);
  for (size_t i = 0, n; i < t->count; i += n) {
    n = t->count - i < lanes ? t->count - i : lanes;
    if (group_pays(c + i, n, lanes)) {
      if (!place_group(t, c + i, n)) return 0;
    } else {
      n = 1;
      if (!place_single(t, c + i)) return 0;
    }
  }
  return place_single(t, c + t->count);
}

/* Draws the weights of autoencoder i and puts them where it lies. */
static nt_status put_first(nt_trainer *t, size_t i, double hidden_ratio, uint32_t seed,
                           nt_error *err) {
  nt_autoencoder a;
  const place *p = &t->places[i];
  nt_status status = nt_autoencoder_init(&a, p->visible, hidden_ratio, seed, err);
  if (status != NT_OK) return status;
  if (p->group == NO_GROUP)
    single_put(&t->singles[p->single], &a);
  else
    group_put(&t->groups[p->group], t->kernels->lanes, p->lane, &a, t->map.features + t->first[i]);
  nt_autoencoder_done(&a);
  return NT_OK;
}

static nt_status build(nt_trainer *t, const nt_feature_map *map, double hidden_ratio, uint32_t seed,
                       nt_error *err) {
  nt_status status = nt_feature_map_copy(map, &t->map, err);
  if (status != NT_OK) return status;
  size_t count = t->count = map->autoencoders;
  candidate *c = calloc(count + 1, sizeof *c);
  t->first = calloc(count, sizeof *t->first);
  t->places = calloc(count + 1, sizeof *t->places);
  t->groups = calloc(count, sizeof *t->groups);
  t->singles = calloc(count + 1, sizeof *t->singles);
  t->errors = nt_zeroed(BLOCK, count, sizeof *t->errors);
  int fits = c && t->first && t->places && t->groups && t->singles && t->errors;
  for (size_t i = 0, first = 0; fits && i <= count; i++) {
    size_t visible = i < count ? map->sizes[i] : count;
    c[i] = (candidate){i, visible, nt_autoencoder_hidden(visible, hidden_ratio)};
    t->places[i] = (place){.visible = visible, .hidden = c[i].hidden, .group = NO_GROUP};
    if (i < count) t->first[i] = first;
    first += visible;
  }
  fits = fits && place_all(t, c);
  free(c);
  if (!fits)
    return nt_fail(err, NT_E_MEMORY, "no memory to train %zu autoencoders of %zu inputs in all",
                   count, map->total);
  for (size_t i = 0; i <= count && status == NT_OK; i++)
    status = put_first(t, i, hidden_ratio, seed, err);
  return status;
}

nt_trainer *nt_trainer_new(const nt_feature_map *map, size_t width, double hidden_ratio,
                           uint32_t seed, const nt_step *step, const nt_kernels *kernels,
                           nt_error *err) {
  nt_trainer *t = calloc(1, sizeof *t);
  if (!t) {
    nt_fail(err, NT_E_MEMORY, "no memory for a trainer");
    return NULL;
  }
  t->kernels = kernels;
  t->step = *step;
  t->width = width;
  if (build(t, map, hidden_ratio, seed, err) == NT_OK) return t;
  nt_trainer_free(t);
  return NULL;
}

/* ---------------------------------------------------------------- learning */

static void learn_block(nt_trainer *t, const double *rows, size_t n, double *rmse) {
  const nt_kernels *k = t->kernels;
  for (size_t i = 0; i < t->group_count; i++)
    k->train_group(&t->groups[i], &t->step, rows, t->width, n, t->errors, t->count);
  size_t output = t->single_count - 1;
  for (size_t i = 0; i < output; i++)
    k->train_single(&t->singles[i], &t->step, rows, t->width, n, t->errors, t->count);
  k->train_single(&t->singles[output], &t->step, t->errors, t->count, n, rmse, 1);
}

void nt_trainer_learn(nt_trainer *t, const double *rows, size_t n, double *rmse) {
  for (size_t r = 0, block; r < n; r += block) {
    block = n - r < BLOCK ? n - r : BLOCK;
    learn_block(t, rows + r * t->width, block, rmse + r);
  }
}

nt_status nt_trainer_copy(const nt_trainer *t, size_t index, nt_autoencoder *a, nt_error *err) {
  const place *p = &t->places[index];
  nt_status status = nt_autoencoder_allocate(a, p->visible, p->hidden, err);
  if (status != NT_OK) return status;
  if (p->group == NO_GROUP)
    single_get(&t->singles[p->single], a);
  else
    group_get(&t->groups[p->group], t->kernels->lanes, p->lane, a);
  return NT_OK;
}
