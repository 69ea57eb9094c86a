/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A KitNET's state. What follows from options, map and the count of rows is not put: the phase,
 * and the sizes of autoencoders. */
#include <stdlib.h>
#include <string.h>

#include "kitnet_parts.h"

static const char place[] = "detector";
static const char map_place[] = "detector/map";
static const char sums_place[] = "detector/correlation";
static const char ensemble_place[] = "detector/ensemble";

static nt_status no_memory(nt_error *err) {
  return nt_fail(err, NT_E_MEMORY, "no memory for the state of KitNET");
}

/* ---------------------------------------------------------------- the mapping */

/* The sums c, c_rs and C, one after the other: each is so many times the width. */
enum { SUMS = 3 };
static const char *const sum_names[SUMS] = {"sum", "squares", "products"};
static size_t sum_count(int which, size_t width) {
  return which < 2 ? width : width * width;
}

static nt_status put_correlation(const nt_kitnet *k, const nt_state_writer *to, nt_error *err) {
  size_t width = k->width;
  double *sums = calloc(width + 2, width * sizeof *sums), *at = sums;
  if (!sums) return no_memory(err);
  nt_correlation_get(k->correlation, sums, sums + width, sums + 2 * width);
  nt_status status = NT_OK;
  for (int i = 0; i < SUMS && status == NT_OK; at += sum_count(i++, width))
    status =
        nt_state_put(to, sums_place, sum_names[i], NT_STATE_NUMBER, at, sum_count(i, width), err);
  free(sums);
  return status;
}

static nt_status take_correlation(nt_kitnet *k, const nt_state_reader *from, nt_error *err) {
  size_t width = k->width;
  double *sums = calloc(width + 2, width * sizeof *sums), *at = sums;
  if (!sums) return no_memory(err);
  nt_status status = NT_OK;
  for (int i = 0; i < SUMS && status == NT_OK; at += sum_count(i++, width))
    status = nt_state_take_into(from, sums_place, sum_names[i], NT_STATE_NUMBER, at,
                                sum_count(i, width), err);
  if (status == NT_OK)
    nt_correlation_set(k->correlation, k->rows, sums, sums + width, sums + 2 * width);
  free(sums);
  return status;
}

/* ---------------------------------------------------------------- the map */

static nt_status put_list(const size_t *values, size_t count, const char *name,
                          const nt_state_writer *to, nt_error *err) {
  uint64_t *list = calloc(count + 1, sizeof *list);
  if (!list) return no_memory(err);
  for (size_t i = 0; i < count; i++) list[i] = values[i];
  nt_status status = nt_state_put(to, map_place, name, NT_STATE_COUNT, list, count, err);
  free(list);
  return status;
}

static nt_status put_map(const nt_feature_map *map, const nt_state_writer *to, nt_error *err) {
  nt_status status = put_list(map->sizes, map->autoencoders, "sizes", to, err);
  if (status == NT_OK) status = put_list(map->features, map->total, "features", to, err);
  if (status != NT_OK) return status;
  size_t joined = map->distances ? map->total - 1 : 0; /* none: the map was given without */
  return nt_state_put(to, map_place, "distances", NT_STATE_NUMBER, map->distances, joined, err);
}

static nt_status take_list(size_t **values, size_t *count, const char *name,
                           const nt_state_reader *from, nt_error *err) {
  void *list;
  nt_status status = nt_state_take(from, map_place, name, NT_STATE_COUNT, &list, count, err);
  if (status != NT_OK) return status;
  *values = calloc(*count + 1, sizeof **values);
  for (size_t i = 0; *values && i < *count; i++) (*values)[i] = (size_t)((uint64_t *)list)[i];
  free(list);
  return *values ? NT_OK : no_memory(err);
}

/* Released by nt_feature_map_done, also after an error. */
static nt_status take_map(nt_feature_map *map, size_t width, const nt_state_reader *from,
                          nt_error *err) {
  size_t joined = 0;
  void *distances = NULL;
  *map = (nt_feature_map){0};
  nt_status status = take_list(&map->sizes, &map->autoencoders, "sizes", from, err);
  if (status == NT_OK) status = take_list(&map->features, &map->total, "features", from, err);
  if (status == NT_OK)
    status = nt_state_take(from, map_place, "distances", NT_STATE_NUMBER, &distances, &joined, err);
  if (status != NT_OK) return status;
  map->distances = distances;
  if (joined && joined + 1 != map->total)
    return nt_state_wrong(err, map_place, "distances are not one less than features");
  if (!joined) {
    free(map->distances);
    map->distances = NULL;
    if (map->total == 1 && !(map->distances = calloc(1, sizeof *map->distances)))
      return no_memory(err);
  }
  return nt_feature_map_check(map, width, err);
}

/* ---------------------------------------------------------------- autoencoders */

/* All autoencoders one after the other, in lists of what they have. */
typedef struct ensemble {
  size_t count; /* the output one included */
  nt_autoencoder *autoencoders;
} ensemble;

/* Units of the i-th, of which the last one is the output. */
static void sizes_of(const nt_kitnet *k, size_t i, size_t *visible, size_t *hidden) {
  *visible = i < k->map.autoencoders ? k->map.sizes[i] : k->map.autoencoders;
  *hidden = nt_autoencoder_hidden(*visible, k->options.hidden_ratio);
}

enum { LISTS = 5 };
static const char *const list_names[LISTS] = {"weights", "hidden_bias", "visible_bias", "min",
                                              NULL};

static size_t list_of(const nt_autoencoder *a, int which, double **values) {
  double *const lists[LISTS] = {a->weights, a->hidden_bias, a->visible_bias, a->min, a->max};
  const size_t counts[LISTS] = {a->visible * a->hidden, a->hidden, a->visible, a->visible,
                                a->visible};
  *values = lists[which];
  return counts[which];
}

/* The last list is called after what it is: the maximum in training, what is multiplied with after. */
static const char *list_name(int which, nt_phase phase) {
  if (list_names[which]) return list_names[which];
  return phase == NT_PHASE_TRAINING ? "max" : "factor";
}

static void ensemble_done(ensemble *e) {
  for (size_t i = 0; e->autoencoders && i < e->count; i++) nt_autoencoder_done(&e->autoencoders[i]);
  free(e->autoencoders);
}

static nt_status put_ensemble(const nt_kitnet *k, const nt_state_writer *to, nt_error *err) {
  ensemble e = {.count = k->map.autoencoders + 1};
  e.autoencoders = calloc(e.count, sizeof *e.autoencoders);
  nt_status status = e.autoencoders ? NT_OK : no_memory(err);
  for (size_t i = 0; status == NT_OK && i < e.count; i++)
    status = k->trainer ? nt_trainer_copy(k->trainer, i, &e.autoencoders[i], err)
                        : nt_scorer_copy(k->scorer, i, &e.autoencoders[i], err);
  for (int which = 0; status == NT_OK && which < LISTS; which++) {
    size_t total = 0;
    double *values;
    for (size_t i = 0; i < e.count; i++) total += list_of(&e.autoencoders[i], which, &values);
    double *list = calloc(total + 1, sizeof *list), *at = list;
    if (!list) status = no_memory(err);
    for (size_t i = 0; list && i < e.count; i++) {
      size_t count = list_of(&e.autoencoders[i], which, &values);
      memcpy(at, values, count * sizeof *at);
      at += count;
    }
    if (status == NT_OK)
      status = nt_state_put(to, ensemble_place, list_name(which, k->phase), NT_STATE_NUMBER, list,
                            total, err);
    free(list);
  }
  ensemble_done(&e);
  return status;
}

/* How long a list must be; 0: longer than can be. Nothing is allocated before a list is found to
 * be as long as options and map say. */
static size_t expected_length(const nt_kitnet *k, int which) {
  size_t total = 0;
  for (size_t i = 0; i <= k->map.autoencoders; i++) {
    size_t visible, hidden, count;
    sizes_of(k, i, &visible, &hidden);
    const nt_autoencoder sizes = {.visible = visible, .hidden = hidden};
    double *none;
    if (__builtin_mul_overflow(visible, hidden, &count)) return 0;
    if (__builtin_add_overflow(total, list_of(&sizes, which, &none), &total)) return 0;
  }
  return total;
}

static nt_status take_lists(const nt_kitnet *k, nt_phase phase, double *lists[LISTS],
                            const nt_state_reader *from, nt_error *err) {
  nt_status status = NT_OK;
  for (int which = 0; status == NT_OK && which < LISTS; which++) {
    void *list;
    size_t count;
    const char *name = list_name(which, phase);
    status = nt_state_take(from, ensemble_place, name, NT_STATE_NUMBER, &list, &count, err);
    if (status != NT_OK) break;
    lists[which] = list;
    if (count != expected_length(k, which))
      status = nt_fail(err, NT_E_INPUT, "%s/%s: %zu values: expected those of the feature map",
                       ensemble_place, name, count);
  }
  return status;
}

static nt_status take_ensemble(const nt_kitnet *k, nt_phase phase, ensemble *e,
                               const nt_state_reader *from, nt_error *err) {
  double *lists[LISTS] = {0};
  size_t at[LISTS] = {0};
  nt_status status = take_lists(k, phase, lists, from, err);
  e->count = k->map.autoencoders + 1;
  if (status == NT_OK && !(e->autoencoders = calloc(e->count, sizeof *e->autoencoders)))
    status = no_memory(err);
  for (size_t i = 0; status == NT_OK && i < e->count; i++) {
    nt_autoencoder *a = &e->autoencoders[i];
    size_t visible, hidden;
    sizes_of(k, i, &visible, &hidden);
    status = nt_autoencoder_allocate(a, visible, hidden, err);
    for (int which = 0; status == NT_OK && which < LISTS; which++) {
      double *values;
      size_t count = list_of(a, which, &values);
      memcpy(values, lists[which] + at[which], count * sizeof *values);
      at[which] += count;
    }
  }
  for (int which = 0; which < LISTS; which++) free(lists[which]);
  return status;
}

/* ---------------------------------------------------------------- all of it */

nt_status nt_kitnet_put(const nt_kitnet *k, const nt_state_writer *to, nt_error *err) {
  nt_status status = nt_state_put(to, place, "rows", NT_STATE_COUNT, &k->rows, 1, err);
  if (status != NT_OK) return status;
  if (k->phase == NT_PHASE_MAPPING) return put_correlation(k, to, err);
  status = put_map(&k->map, to, err);
  return status == NT_OK ? put_ensemble(k, to, err) : status;
}

/* Sets the phase that a KitNET of so many rows is in. */
static void set_phase(nt_kitnet *k, uint64_t rows, int given_map) {
  uint64_t from, to;
  nt_kitnet_training_rows(&k->options, given_map, &from, &to);
  k->rows = rows;
  k->phase = rows < from ? NT_PHASE_MAPPING : rows < to ? NT_PHASE_TRAINING : NT_PHASE_EXECUTION;
  k->left = rows < from ? from - rows : rows < to ? to - rows : UINT64_MAX;
}

/* From the beginning of training, where nt_kitnet_begin leaves it, on. */
static nt_status go_on(nt_kitnet *k, nt_phase phase, ensemble *e, nt_error *err) {
  if (phase == NT_PHASE_TRAINING) {
    for (size_t i = 0; i < e->count; i++) nt_trainer_set(k->trainer, i, &e->autoencoders[i]);
    return NT_OK;
  }
  k->scorer = nt_scorer_new_scaled(e->autoencoders, &k->map, k->width, k->kernels, err);
  if (!k->scorer) return NT_E_MEMORY;
  nt_trainer_free(k->trainer);
  k->trainer = NULL;
  return NT_OK;
}

/* The map and the weights are found to belong together before anything is made of their sizes. */
static nt_kitnet *take_learnt(size_t width, const nt_kitnet_options *options, nt_phase phase,
                              const nt_state_reader *from, nt_error *err) {
  nt_kitnet sizes = {.options = *options, .width = width}, *k = NULL;
  ensemble e = {0};
  nt_status status = take_map(&sizes.map, width, from, err);
  if (status == NT_OK) status = take_ensemble(&sizes, phase, &e, from, err);
  if (status == NT_OK) k = nt_kitnet_begin(width, options, &sizes.map, err);
  if (k && go_on(k, phase, &e, err) != NT_OK) {
    nt_kitnet_free(k);
    k = NULL;
  }
  ensemble_done(&e);
  nt_feature_map_done(&sizes.map);
  return k;
}

nt_kitnet *nt_kitnet_take(size_t width, const nt_kitnet_options *options, int given_map,
                          const nt_state_reader *from, nt_error *err) {
  uint64_t rows;
  nt_kitnet stands = {.options = *options}, *k;
  if (nt_parameter_check_all(nt_kitnet_parameters, NT_KITNET_PARAMETERS, options, err) != NT_OK ||
      nt_state_take_into(from, place, "rows", NT_STATE_COUNT, &rows, 1, err) != NT_OK)
    return NULL;
  set_phase(&stands, rows, given_map);
  if (stands.phase == NT_PHASE_MAPPING)
    k = nt_kitnet_begin(width, options, NULL, err);
  else
    k = take_learnt(width, options, stands.phase, from, err);
  if (!k) return NULL;
  set_phase(k, rows, given_map);
  if (k->phase != NT_PHASE_MAPPING || take_correlation(k, from, err) == NT_OK) return k;
  nt_kitnet_free(k);
  return NULL;
}
