/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.series: the arrays of one run, made small enough to be drawn: what takes O(packets) is done here, and
 * Lua sees what a plot shows.
 *
 *     local s = series.read {path = "results/x.h5", key = KEY, buckets = 4096, bins = 60}
 *     local s = series.read {path = "scores.h5", buckets = 4096, bins = 60}     what `score -o` wrote
 *     mapped = N, too: the first packet that trains
 *
 *     s.first, s.count, s.labelled, s.excluded, s.nan, s.infinite     of the scored packets
 *     s.start, s.mapped     times of the first packet and of packet `mapped`, where there are times
 *     s.timeline = {size = packets a bucket, buckets =, time =, benign = {low =, high =}, attack = {low =, high =}}
 *     s.histogram = {low =, high = log10 of its ends, benign = {count, ...}, attack = {count, ...},
 *                    fit = {mean =, deviation =, used =, of = words} of ln(benign scores), or nil}
 *     s.roc = {count =, fpr =, tpr =, threshold =, deviation =, computed = whether here, not in the file}, s.precision_recall
 *     s.map = {sizes = {n, ...}, features = {column, ...}, distances = {x, ...} or nil}
 *
 * time, low, high and the curves are arrays in base64, little-endian: time of float64, the rest of float32. The bucket b
 * holds packets first + b * size on; low and high are the least and greatest finite score of the class in it, NaN where
 * it has none. Where size is 1 there is no low. Excluded packets are in no class; without labels all are benign.
 */
#include <lauxlib.h>
#include <math.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include <ninetails/labels.h>

#include "metrics/benign_fit.h"
#include "store/run/result_file.h"
#include "fields.h"
#include "modules.h"
#include "run_fields.h"

typedef enum series_class { BENIGN, ATTACK, CLASSES } series_class;
static const char *const class_names[CLASSES] = {"benign", "attack"};

/* CLASSES: of none. */
static series_class class_of(const nt_run_arrays *a, size_t i) {
  if (!a->labels || a->labels[i] == 0) return BENIGN;
  return a->labels[i] == 1 ? ATTACK : CLASSES;
}

/* ---------------------------------------------------------------- bytes */

/* Sets field `name` to the base64 of these bytes. */
static void set_bytes(lua_State *L, const char *name, const void *bytes, size_t length) {
  luaL_Buffer buffer;
  if (length > (size_t)1 << 28) luaL_error(L, "%s: too long for a page", name);
  char *to = luaL_buffinitsize(L, &buffer, 4 * ((length + 2) / 3) + 1);
  int written = EVP_EncodeBlock((unsigned char *)to, bytes, (int)length);
  luaL_pushresultsize(&buffer, (size_t)written);
  lua_setfield(L, -2, name);
}

/* Room that Lua's collector frees; one value is pushed. */
static void *push_room(lua_State *L, size_t count, size_t size) {
  return lua_newuserdatauv(L, (count ? count : 1) * size, 0);
}

static void set_floats(lua_State *L, const char *name, const double *values, size_t count) {
  float *floats = push_room(L, count, sizeof *floats);
  for (size_t i = 0; i < count; i++) floats[i] = (float)values[i];
  lua_insert(L, -2); /* below the table */
  set_bytes(L, name, floats, count * sizeof *floats);
  lua_remove(L, -2);
}

/* ---------------------------------------------------------------- timeline */

typedef struct ends {
  float *low, *high; /* [buckets] */
} ends;

static void take(ends *e, size_t bucket, float x) {
  if (!(e->low[bucket] <= x)) e->low[bucket] = x; /* NaN: none yet */
  if (!(e->high[bucket] >= x)) e->high[bucket] = x;
}

static void set_timeline(lua_State *L, const nt_run_arrays *a, size_t most) {
  size_t size = a->count ? (a->count - 1) / most + 1 : 1, buckets = (a->count + size - 1) / size;
  ends of[CLASSES];
  size_t seen[CLASSES] = {0};
  float *room = push_room(L, 2 * CLASSES * buckets, sizeof *room);
  double *times = push_room(L, buckets, sizeof *times);
  for (size_t i = 0; i < 2 * CLASSES * buckets; i++) room[i] = NAN;
  for (int c = 0; c < CLASSES; c++)
    of[c] = (ends){room + 2 * (size_t)c * buckets, room + (2 * (size_t)c + 1) * buckets};
  for (size_t i = 0; i < a->count; i++) {
    series_class c = class_of(a, i);
    if (a->times && i % size == 0) times[i / size] = a->times[i];
    if (c == CLASSES) continue;
    seen[c]++;
    if (isfinite(a->scores[i])) take(&of[c], i / size, (float)a->scores[i]);
  }
  lua_createtable(L, 0, 5);
  set_integer(L, "size", size);
  set_integer(L, "buckets", buckets);
  if (a->times) set_bytes(L, "time", times, buckets * sizeof *times);
  for (int c = 0; c < CLASSES; c++) {
    if (!seen[c]) continue;
    lua_createtable(L, 0, 2);
    if (size > 1) set_bytes(L, "low", of[c].low, buckets * sizeof(float));
    set_bytes(L, "high", of[c].high, buckets * sizeof(float));
    lua_setfield(L, -2, class_names[c]);
  }
  lua_setfield(L, -4, "timeline");
  lua_pop(L, 2);
}

/* ---------------------------------------------------------------- histogram */

/* Nothing where there is nothing to fit. */
static void set_fit(lua_State *L, const nt_run_arrays *a) {
  nt_lognormal fit;
  nt_error err;
  const char *of;
  nt_status status = nt_benign_fit(a->scores, a->labels, a->count, &fit, &of, &err);
  if (status == NT_E_MEMORY) modules_raise(L, &err);
  if (status != NT_OK) return;
  lua_createtable(L, 0, 4);
  set_text(L, "of", of);
  set_number(L, "mean", fit.mean);
  set_number(L, "deviation", fit.deviation);
  set_integer(L, "used", fit.used);
  lua_setfield(L, -2, "fit");
}

static int usable(double x) {
  return isfinite(x) && x > 0;
}

static void set_histogram(lua_State *L, const nt_run_arrays *a, size_t bins) {
  double low = INFINITY, high = -INFINITY;
  for (size_t i = 0; i < a->count; i++) {
    if (!usable(a->scores[i]) || class_of(a, i) == CLASSES) continue;
    low = fmin(low, a->scores[i]);
    high = fmax(high, a->scores[i]);
  }
  if (!(low < high)) return; /* no two distinct ones */
  low = log10(low);
  high = log10(high);
  uint64_t *counts = push_room(L, CLASSES * bins, sizeof *counts);
  memset(counts, 0, CLASSES * bins * sizeof *counts);
  size_t seen[CLASSES] = {0};
  for (size_t i = 0; i < a->count; i++) {
    series_class c = class_of(a, i);
    if (c == CLASSES || !usable(a->scores[i])) continue;
    size_t bin = (size_t)((log10(a->scores[i]) - low) / (high - low) * (double)bins);
    counts[(size_t)c * bins + (bin < bins ? bin : bins - 1)]++;
    seen[c]++;
  }
  lua_createtable(L, 0, 5);
  set_number(L, "low", low);
  set_number(L, "high", high);
  for (int c = 0; c < CLASSES; c++) {
    if (!seen[c]) continue;
    lua_createtable(L, (int)bins, 0);
    for (size_t i = 0; i < bins; i++) {
      lua_pushinteger(L, (lua_Integer)counts[(size_t)c * bins + i]);
      lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, class_names[c]);
  }
  set_fit(L, a);
  lua_setfield(L, -3, "histogram");
  lua_pop(L, 1);
}

/* ---------------------------------------------------------------- curves, counts */

static void set_curve(lua_State *L, const char *name, const nt_curve *curve, const char *x,
                      const char *y, int computed) {
  if (curve->count == 0) return;
  lua_createtable(L, 0, 6);
  set_integer(L, "count", curve->count);
  set_floats(L, x, curve->x, curve->count);
  set_floats(L, y, curve->y, curve->count);
  set_floats(L, "threshold", curve->threshold, curve->count);
  set_number(L, "deviation", curve->deviation);
  set_flag(L, "computed", computed);
  lua_setfield(L, -2, name);
}

static void set_counts(lua_State *L, const nt_run_arrays *a) {
  uint64_t nan = 0, infinite = 0, excluded = 0;
  for (size_t i = 0; i < a->count; i++) {
    nan += isnan(a->scores[i]) != 0;
    infinite += isinf(a->scores[i]) != 0;
    excluded += class_of(a, i) == CLASSES;
  }
  set_integer(L, "first", a->first);
  set_integer(L, "count", a->count);
  set_flag(L, "labelled", a->labels != NULL);
  set_integer(L, "nan", nan);
  set_integer(L, "infinite", infinite);
  set_integer(L, "excluded", excluded);
}

/* ---------------------------------------------------------------- read */

static int file_gc(lua_State *L) {
  nt_scores_done(luaL_checkudata(L, 1, "ninetails.series.file"));
  return 0;
}

static size_t count_option(lua_State *L, const char *name, size_t most) {
  lua_getfield(L, 1, name);
  lua_Integer n = luaL_checkinteger(L, -1);
  if (n < 1 || (size_t)n > most)
    luaL_error(L, "series: %s: %d, expected 1 to %d", name, (int)n, (int)most);
  lua_pop(L, 1);
  return (size_t)n;
}

static void set_times(lua_State *L, const nt_run_arrays *a) {
  lua_getfield(L, 1, "mapped");
  lua_Integer mapped = luaL_optinteger(L, -1, 0);
  lua_pop(L, 1);
  const double *before = a->grace_times;
  if (!a->times || (a->first && !before)) return;
  set_number(L, "start", a->first ? before[0] : a->times[0]);
  if (mapped > 0 && (uint64_t)mapped < a->first) set_number(L, "mapped", before[mapped]);
}

static int read_series(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  size_t buckets = count_option(L, "buckets", (size_t)1 << 24),
         bins = count_option(L, "bins", 4096);
  lua_getfield(L, 1, "path");
  lua_getfield(L, 1, "key");
  const char *path = luaL_checkstring(L, 2), *key = luaL_optstring(L, 3, NULL);
  nt_scores_file *file = lua_newuserdatauv(L, sizeof *file, 0);
  *file = (nt_scores_file){0};
  luaL_setmetatable(L, "ninetails.series.file");
  nt_run_arrays *a = &file->arrays;
  nt_error err;
  nt_status status = key ? nt_result_run(path, key, a, &err) : nt_scores_read(path, file, &err);
  int computed = status == NT_OK && a->labels && a->count && !a->roc.count;
  if (computed) status = make_curves(a, &err);
  if (status != NT_OK) return modules_raise(L, &err);
  lua_createtable(L, 0, 12);
  set_counts(L, a);
  if (a->count) set_timeline(L, a, buckets);
  if (a->count) set_times(L, a);
  set_histogram(L, a, bins);
  set_curve(L, "roc", &a->roc, "fpr", "tpr", computed);
  set_curve(L, "precision_recall", &a->precision_recall, "recall", "precision", computed);
  if (a->map.autoencoders) {
    lua_createtable(L, 0, 2);
    set_map(L, &a->map);
    lua_setfield(L, -2, "map");
  }
  nt_scores_done(file); /* now, not when the collector comes */
  return 1;
}

int luaopen_ninetails_series(lua_State *L) {
  static const luaL_Reg functions[] = {{"read", read_series}, {NULL, NULL}};
  luaL_newmetatable(L, "ninetails.series.file");
  lua_pushcfunction(L, file_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newlib(L, functions);
  return 1;
}
