/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trainer.h"

#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"
#include "layout.h"

/* Rows that one layout learns before the next one's turn: its weights stay in the first-level
 * cache. */
#define BLOCK 64

typedef struct place { /* of an autoencoder */
  nt_slot slot;
  size_t index;    /* which one of its KitNET; the output autoencoder is the last */
  nt_group *group; /* NULL: `single` */
  size_t lane;
  nt_single *single;
} place;

typedef struct layer { /* autoencoders that read the same kind of rows */
  nt_group *groups;
  size_t group_count;
  nt_single *singles;
  size_t single_count;
} layer;

struct nt_trainer {
  const nt_kernels *kernels;
  size_t width, count, learners; /* learners: how many KitNETs */
  nt_feature_map map;
  place *places; /* [learners][count + 1] */
  layer ensemble, output;
  size_t *inputs;            /* [learners][count] columns of errors that an output one reads */
  double *errors;            /* [BLOCK][count][learners] */
  nt_autoencoder passing[2]; /* on the way from one trainer to another; room for the largest */
};

/* ---------------------------------------------------------------- memory */

static int layer_allocate(layer *l, size_t most) {
  l->groups = calloc(most, sizeof *l->groups);
  l->singles = calloc(most, sizeof *l->singles);
  return l->groups && l->singles;
}

static void layer_done(layer *l) {
  for (size_t i = 0; i < l->group_count; i++) nt_group_done(&l->groups[i]);
  for (size_t i = 0; i < l->single_count; i++) nt_single_done(&l->singles[i]);
  free(l->groups);
  free(l->singles);
}

static size_t layer_memory(const layer *l, size_t most, size_t lanes) {
  size_t bytes = most * (sizeof *l->groups + sizeof *l->singles);
  for (size_t i = 0; i < l->group_count; i++) bytes += nt_group_memory(&l->groups[i], lanes);
  for (size_t i = 0; i < l->single_count; i++) bytes += nt_single_memory(&l->singles[i]);
  return bytes;
}

void nt_trainer_free(nt_trainer *t) {
  if (!t) return;
  layer_done(&t->ensemble);
  layer_done(&t->output);
  for (int i = 0; i < 2; i++) nt_autoencoder_done(&t->passing[i]);
  nt_feature_map_done(&t->map);
  free(t->places);
  free(t->inputs);
  free(t->errors);
  free(t);
}

size_t nt_trainer_memory(const nt_trainer *t) {
  size_t lanes = t->kernels->lanes, places = t->learners * (t->count + 1);
  return sizeof *t + nt_feature_map_memory(&t->map) + places * sizeof *t->places +
         t->learners * t->count * (sizeof *t->inputs + BLOCK * sizeof *t->errors) +
         layer_memory(&t->ensemble, t->learners * t->count, lanes) +
         layer_memory(&t->output, t->learners, lanes);
}

/* ---------------------------------------------------------------- who lies where */

static place *place_of(const nt_trainer *t, size_t learner, size_t index) {
  return &t->places[learner * (t->count + 1) + index];
}

/* Large ones first; of equals, those that read the same columns side by side. */
static int larger_first(const void *a, const void *b) {
  const place *x = *(place *const *)a, *y = *(place *const *)b;
  if (x->slot.visible != y->slot.visible) return x->slot.visible > y->slot.visible ? -1 : 1;
  if (x->slot.hidden != y->slot.hidden) return x->slot.hidden > y->slot.hidden ? -1 : 1;
  if (x->index != y->index) return x->index < y->index ? -1 : 1;
  return x->slot.member < y->slot.member ? -1 : x->slot.member > y->slot.member;
}

static size_t most_hidden(place *const *p, size_t n) {
  size_t most = 0;
  for (size_t i = 0; i < n; i++) most = p[i]->slot.hidden > most ? p[i]->slot.hidden : most;
  return most;
}

/* In the five multiply-adds that a weight takes; what is done once a unit, above all the logistic
 * function, is 4 of them. As measured with AVX512. */
static double cost_of(size_t visible, size_t hidden) {
  return (double)visible * (double)hidden + 4 * ((double)visible + (double)hidden);
}

/* A group costs what its largest member costs in every lane; a single one a lane's part of its
 * own, and about 60 for its chains of dependent operations. */
static int group_pays(place *const *p, size_t n, size_t lanes) {
  double apart = 0;
  for (size_t i = 0; i < n; i++)
    apart += 60 + cost_of(p[i]->slot.visible, p[i]->slot.hidden) / (double)lanes;
  return cost_of(p[0]->slot.visible, most_hidden(p, n)) <= apart;
}

static int place_group(layer *l, place *const *p, size_t n, size_t lanes) {
  nt_group *g = &l->groups[l->group_count++];
  if (!nt_group_allocate(g, lanes, p[0]->slot.visible, most_hidden(p, n))) return 0;
  for (size_t i = 0; i < n; i++) {
    p[i]->group = g;
    p[i]->lane = nt_group_add(g, lanes, &p[i]->slot);
  }
  nt_group_finalise(g, lanes);
  return 1;
}

static int place_single(layer *l, place *p) {
  p->single = &l->singles[l->single_count++];
  return nt_single_allocate(p->single, &p->slot);
}

/* Gives n autoencoders their places; 0 when memory is short. */
static int place_all(layer *l, place **p, size_t n, size_t lanes) {
  qsort(p, n, sizeof *p, larger_first);
  for (size_t i = 0, taken; i < n; i += taken) {
    taken = n - i < lanes ? n - i : lanes;
    if (group_pays(p + i, taken, lanes)) {
      if (!place_group(l, p + i, taken, lanes)) return 0;
    } else {
      taken = 1;
      if (!place_single(l, p[i])) return 0;
    }
  }
  return 1;
}

static int place_layers(nt_trainer *t) {
  size_t n = 0, lanes = t->kernels->lanes;
  place **p = calloc(t->learners, t->count * sizeof *p);
  if (!p) return 0;
  for (size_t k = 0; k < t->learners; k++)
    for (size_t i = 0; i < t->count; i++) p[n++] = place_of(t, k, i);
  int fits = place_all(&t->ensemble, p, n, lanes);
  for (size_t k = 0; k < t->learners; k++) p[k] = place_of(t, k, t->count);
  fits = fits && place_all(&t->output, p, t->learners, lanes);
  free(p);
  return fits;
}

/* ---------------------------------------------------------------- making */

static nt_trainer *no_memory(nt_trainer *t, const nt_feature_map *map, size_t learners,
                             nt_error *err) {
  nt_trainer_free(t);
  nt_fail(err, NT_E_MEMORY, "no memory to train %zu x %zu autoencoders of %zu inputs in all",
          learners, map->autoencoders, map->total);
  return NULL;
}

/* Without places. */
static nt_trainer *allocate(const nt_feature_map *map, size_t width, size_t learners,
                            const nt_kernels *kernels, nt_error *err) {
  size_t count = map->autoencoders, all;
  nt_trainer *t = calloc(1, sizeof *t);
  if (!t || __builtin_mul_overflow(count, learners, &all)) return no_memory(t, map, learners, err);
  *t = (nt_trainer){.kernels = kernels, .width = width, .count = count, .learners = learners};
  t->places = calloc(learners, (count + 1) * sizeof *t->places);
  t->inputs = calloc(all, sizeof *t->inputs);
  t->errors = nt_zeroed(BLOCK, all, sizeof *t->errors);
  int fits = layer_allocate(&t->ensemble, all) && layer_allocate(&t->output, learners);
  if (!fits || !t->places || !t->inputs || !t->errors ||
      nt_feature_map_copy(map, &t->map, NULL) != NT_OK)
    return no_memory(t, map, learners, err);
  return t;
}

/* Seats one KitNET's autoencoders, whose hidden units and step are set, as number k of t. */
static void seat_learner(nt_trainer *t, size_t k) {
  size_t count = t->count, first = 0;
  for (size_t i = 0; i <= count; i++) {
    place *p = place_of(t, k, i);
    p->index = i;
    p->slot.visible = i < count ? t->map.sizes[i] : count;
    p->slot.features = i < count ? t->map.features + first : t->inputs + k * count;
    p->slot.member = i < count ? i * t->learners + k : k;
    if (i < count) t->inputs[k * count + i] = p->slot.member;
    first += p->slot.visible;
  }
}

static void put(const nt_trainer *t, const place *p, const nt_autoencoder *a) {
  if (p->group)
    nt_group_put(p->group, t->kernels->lanes, p->lane, a);
  else
    nt_single_put(p->single, a);
}

static void get(const nt_trainer *t, const place *p, nt_autoencoder *a) {
  if (p->group)
    nt_group_get(p->group, t->kernels->lanes, p->lane, a);
  else
    nt_single_get(p->single, a);
}

/* Draws the weights of all autoencoders. */
static nt_status put_first(nt_trainer *t, double hidden_ratio, uint32_t seed, nt_error *err) {
  for (size_t i = 0; i <= t->count; i++) {
    const place *p = place_of(t, 0, i);
    nt_autoencoder a;
    nt_status status = nt_autoencoder_init(&a, p->slot.visible, hidden_ratio, seed, err);
    if (status != NT_OK) return status;
    put(t, p, &a);
    nt_autoencoder_done(&a);
  }
  return NT_OK;
}

nt_trainer *nt_trainer_new(const nt_feature_map *map, size_t width, double hidden_ratio,
                           uint32_t seed, const nt_step *step, const nt_kernels *kernels,
                           nt_error *err) {
  nt_trainer *t = allocate(map, width, 1, kernels, err);
  if (!t) return NULL;
  seat_learner(t, 0);
  for (size_t i = 0; i <= t->count; i++) {
    nt_slot *slot = &place_of(t, 0, i)->slot;
    slot->hidden = nt_autoencoder_hidden(slot->visible, hidden_ratio);
    slot->step = *step;
  }
  if (!place_layers(t)) return no_memory(t, map, 1, err);
  if (put_first(t, hidden_ratio, seed, err) == NT_OK) return t;
  nt_trainer_free(t);
  return NULL;
}

/* ---------------------------------------------------------------- joining */

static int make_passing(nt_trainer *t) {
  size_t visible = 0, hidden = 0;
  for (size_t i = 0; i < t->learners * (t->count + 1); i++) {
    const nt_slot *slot = &t->places[i].slot;
    visible = slot->visible > visible ? slot->visible : visible;
    hidden = slot->hidden > hidden ? slot->hidden : hidden;
  }
  return nt_autoencoder_allocate(&t->passing[0], visible, hidden, NULL) == NT_OK &&
         nt_autoencoder_allocate(&t->passing[1], visible, hidden, NULL) == NT_OK;
}

/* An autoencoder's state from its place in one trainer to that in another. */
static void pass(const nt_trainer *from, const place *a, const nt_trainer *to, const place *b,
                 nt_autoencoder *passing) {
  passing->visible = a->slot.visible;
  passing->hidden = a->slot.hidden;
  get(from, a, passing);
  put(to, b, passing);
}

/* All states into t. A group whose lanes have the same inputs has one min and max for all: 0 where
 * they are not. */
static int pass_all(nt_trainer *t, nt_trainer *const *trainers) {
  const nt_autoencoder *first = &t->passing[0], *next = &t->passing[1];
  for (size_t i = 0; i <= t->count; i++) {
    size_t bytes = place_of(t, 0, i)->slot.visible * sizeof(double);
    for (size_t k = 0; k < t->learners; k++) {
      pass(trainers[k], place_of(trainers[k], 0, i), t, place_of(t, k, i), &t->passing[k > 0]);
      if (k > 0 && i < t->count &&
          (memcmp(first->min, next->min, bytes) != 0 || memcmp(first->max, next->max, bytes) != 0))
        return 0;
    }
  }
  return 1;
}

nt_trainer *nt_trainer_join(nt_trainer *const *trainers, size_t count) {
  const nt_trainer *one = trainers[0];
  nt_trainer *t = allocate(&one->map, one->width, count, one->kernels, NULL);
  if (!t) return NULL;
  for (size_t k = 0; k < count; k++) {
    for (size_t i = 0; i <= t->count; i++)
      place_of(t, k, i)->slot = place_of(trainers[k], 0, i)->slot;
    seat_learner(t, k);
  }
  if (place_layers(t) && make_passing(t) && pass_all(t, trainers)) return t;
  nt_trainer_free(t);
  return NULL;
}

void nt_trainer_part(nt_trainer *joined, nt_trainer *const *trainers) {
  for (size_t k = 0; k < joined->learners; k++)
    for (size_t i = 0; i <= joined->count; i++)
      pass(joined, place_of(joined, k, i), trainers[k], place_of(trainers[k], 0, i),
           &joined->passing[0]);
}

/* ---------------------------------------------------------------- learning */

static void learn_layer(const nt_kernels *k, layer *l, const double *rows, size_t width, size_t n,
                        double *errors, size_t stride) {
  for (size_t i = 0; i < l->group_count; i++)
    k->train_group(&l->groups[i], rows, width, n, errors, stride);
  for (size_t i = 0; i < l->single_count; i++)
    k->train_single(&l->singles[i], rows, width, n, errors, stride);
}

void nt_trainer_learn(nt_trainer *t, const double *rows, size_t n, double *rmse) {
  size_t all = t->count * t->learners;
  for (size_t r = 0, block; r < n; r += block) {
    block = n - r < BLOCK ? n - r : BLOCK;
    learn_layer(t->kernels, &t->ensemble, rows + r * t->width, t->width, block, t->errors, all);
    learn_layer(t->kernels, &t->output, t->errors, all, block, rmse + r * t->learners, t->learners);
  }
}

nt_status nt_trainer_copy(const nt_trainer *t, size_t index, nt_autoencoder *a, nt_error *err) {
  const place *p = place_of(t, 0, index);
  nt_status status = nt_autoencoder_allocate(a, p->slot.visible, p->slot.hidden, err);
  if (status == NT_OK) get(t, p, a);
  return status;
}

void nt_trainer_set(nt_trainer *t, size_t index, const nt_autoencoder *a) {
  put(t, place_of(t, 0, index), a);
}
