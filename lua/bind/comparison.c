/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.comparison: whether a difference lies beyond chance.
 *
 *     local comparison = require "ninetails.comparison"
 *     comparison.pair(a, b, options)   two runs on the same packets
 *         a, b: {first = 0, scores =, labels =, times =}: lists of numbers, or strings of native
 *             doubles and (labels: 0, 1, 2) bytes. Where the runs begin at different packets
 *             (`first`) they are compared on those that both scored. One of them may lack times.
 *             Or {path =, key =}: a run of a result file, read without a detour through Lua.
 *         options, all of them optional, with their defaults: {level = 0.95, replicates = 1000,
 *             block_seconds = 60, gap_seconds = 60, seed = 1, decides = 0, metric = "auc",
 *             most = 20000}
 *         --> {first =, packets =, attacks =, benign =, excluded =, absence = text or nil,
 *              blocks =, attack_blocks =              0: no bootstrap, for want of times
 *              replicates =, block_floor =
 *              delong = {difference =, variance =, low =, high =, z =, p =},
 *              figures = {{name = "auc", better = "higher", a =, b =, difference =, low =, high =,
 *                          standard_error =, p =, floor =, defined =}, ...}}
 *         (core/metrics/paired.h)
 *     comparison.friedman(values, options)   detectors over data sets
 *         values: a list of rows, one a data set, each a number for every detector
 *         options: {better = "higher" | "lower", alpha = 0.05}
 *         --> {chi_square =, chi_square_p =, f =, f_p =, tie_correction =, mean_rank = {...},
 *              p =, method = "exact" | "permutations" | "chi-square", least_p =,
 *              critical_difference = (Nemenyi's), order = {detectors from best to worst},
 *              bars = {{first =, last =}, ...} (places in order),
 *              pairs = {{a =, b =, z =, p =, holm =}, ...}}
 *         (core/metrics/rank_tests.h, rank_exact.h)
 *     comparison.least_data_sets(detectors, alpha)   on fewer, no result can be significant
 *     comparison.log10_tail(z)               log10 of the probability that a standard normal is more than z
 *     comparison.benign_fit(scores, labels)  --> which scores, in words, mean and deviation of their logarithms, how many are
 *                                            positive and finite; the words alone where nothing is to be fitted. labels: a
 *                                            byte each, nil: all are benign (metrics/benign_fit.h, of reports, too)
 *     comparison.figures                     names of pair()'s figures
 *     comparison.holm {p, ...}               --> adjusted p-values
 *
 * Detectors and places count from 1. A figure that does not exist is NaN.
 */
#include "comparison.h"

#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_erf.h>
#include <math.h>
#include <string.h>

#include <ninetails/labels.h>

#include "metrics/benign_fit.h"
#include "metrics/measures.h"
#include "metrics/paired.h"
#include "store/run/result_file.h"
#include "fields.h"

/* ---------------------------------------------------------------- shared */

void *comparison_array(lua_State *L, size_t count, size_t size) {
  if (count > SIZE_MAX / 2 / size) COMPARISON_FAIL(L, NT_E_LIMIT, "%zu values: too many", count);
  return lua_newuserdatauv(L, count * size + 1, 0);
}

const double *comparison_doubles(lua_State *L, const char *run, const char *field, size_t *count) {
  int value = lua_gettop(L);
  if (lua_type(L, value) == LUA_TSTRING) {
    size_t bytes;
    const char *text = lua_tolstring(L, value, &bytes); /* at any address: copied */
    if (bytes % sizeof(double) != 0)
      COMPARISON_FAIL(L, NT_E_ARGUMENT, "%s.%s: %zu bytes, a multiple of 8 expected", run, field,
                      bytes);
    *count = bytes / sizeof(double);
    double *copy = comparison_array(L, *count, sizeof *copy);
    memcpy(copy, text, bytes);
    lua_replace(L, value);
    return copy;
  }
  if (lua_type(L, value) != LUA_TTABLE && lua_type(L, value) != LUA_TUSERDATA)
    COMPARISON_FAIL(L, NT_E_ARGUMENT, "%s.%s: a list or a string expected, got a %s", run, field,
                    luaL_typename(L, value));
  *count = (size_t)luaL_len(L, value);
  double *numbers = comparison_array(L, *count, sizeof *numbers);
  for (size_t i = 0; i < *count; i++) {
    if (lua_geti(L, value, (lua_Integer)i + 1) != LUA_TNUMBER)
      COMPARISON_FAIL(L, NT_E_ARGUMENT, "%s.%s[%zu]: a number expected, got a %s", run, field,
                      i + 1, luaL_typename(L, -1));
    numbers[i] = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
  lua_replace(L, value);
  return numbers;
}

/* ---------------------------------------------------------------- what comes in */

typedef struct series {
  const char *name; /* for messages */
  uint64_t first;
  size_t count;
  const double *scores, *times; /* times may be NULL */
  const uint8_t *labels;
} series;

static const uint8_t *bytes_of(lua_State *L, const char *run, size_t *count) {
  int value = lua_gettop(L);
  if (lua_type(L, value) == LUA_TSTRING)
    return (const uint8_t *)lua_tolstring(L, value, count); /* stays on the stack */
  const double *numbers = comparison_doubles(L, run, "labels", count);
  uint8_t *labels = comparison_array(L, *count, 1);
  for (size_t i = 0; i < *count; i++) {
    if (!(numbers[i] >= 0 && numbers[i] <= NT_LABEL_EXCLUDED))
      COMPARISON_FAIL(L, NT_E_ARGUMENT, "%s.labels[%zu] is %g: 0, 1 or %d (excluded) expected", run,
                      i + 1, numbers[i], NT_LABEL_EXCLUDED);
    labels[i] = (uint8_t)numbers[i];
  }
  lua_replace(L, value);
  return labels;
}

static void same_length(lua_State *L, const series *s, const char *field, size_t count) {
  if (count != s->count)
    COMPARISON_FAIL(L, NT_E_ARGUMENT, "%s: %zu %s for %zu scores", s->name, count, field, s->count);
}

static int arrays_gc(lua_State *L) {
  nt_run_arrays_done(luaL_checkudata(L, 1, "ninetails.comparison.arrays"));
  return 0;
}

/* The run {path =, key =}, both on top of the stack. */
static void read_run(lua_State *L, series *s) {
  const char *path = luaL_checkstring(L, -2), *key = luaL_checkstring(L, -1);
  nt_run_arrays *arrays = lua_newuserdatauv(L, sizeof *arrays, 0);
  *arrays = (nt_run_arrays){0};
  luaL_setmetatable(L, "ninetails.comparison.arrays");
  nt_error err;
  if (nt_result_run(path, key, arrays, &err) != NT_OK) modules_raise(L, &err);
  if (!arrays->scores)
    COMPARISON_FAIL(L, NT_E_ARGUMENT, "run %s of %s: its scores were not kept", key, path);
  if (!arrays->labels)
    COMPARISON_FAIL(L, NT_E_ARGUMENT, "run %s of %s: its packets have no labels", key, path);
  s->first = arrays->first, s->count = arrays->count;
  s->scores = arrays->scores, s->times = arrays->times, s->labels = arrays->labels;
}

/* What the series points to stays on the stack. */
static void read_series(lua_State *L, int table, series *s) {
  size_t count;
  luaL_checktype(L, table, LUA_TTABLE);
  if (lua_getfield(L, table, "path") != LUA_TNIL) {
    lua_getfield(L, table, "key");
    read_run(L, s);
    return;
  }
  lua_pop(L, 1);
  lua_getfield(L, table, "first");
  lua_Integer first = luaL_optinteger(L, -1, 0);
  if (first < 0)
    COMPARISON_FAIL(L, NT_E_ARGUMENT, "%s.first is %lld: at least 0 expected", s->name, first);
  s->first = (uint64_t)first;
  lua_pop(L, 1);
  lua_getfield(L, table, "scores");
  s->scores = comparison_doubles(L, s->name, "scores", &s->count);
  if (lua_getfield(L, table, "labels") == LUA_TNIL)
    COMPARISON_FAIL(L, NT_E_ARGUMENT,
                    "%s has no labels: without them there is nothing to compare by", s->name);
  s->labels = bytes_of(L, s->name, &count);
  same_length(L, s, "labels", count);
  if (lua_getfield(L, table, "times") == LUA_TNIL) return;
  s->times = comparison_doubles(L, s->name, "times", &count);
  same_length(L, s, "times", count);
}

static uint64_t count_field(lua_State *L, int table, const char *name, uint64_t otherwise) {
  lua_getfield(L, table, name);
  lua_Integer value = luaL_optinteger(L, -1, (lua_Integer)otherwise);
  lua_pop(L, 1);
  if (value < 0) COMPARISON_FAIL(L, NT_E_ARGUMENT, "%s %lld: at least 0 expected", name, value);
  return (uint64_t)value;
}

static nt_paired_options read_pair_options(lua_State *L, int table) {
  nt_paired_options o = nt_paired_defaults();
  if (lua_isnoneornil(L, table)) return o;
  luaL_checktype(L, table, LUA_TTABLE);
  o.level = get_number(L, table, "level", o.level);
  o.replicates = (size_t)count_field(L, table, "replicates", o.replicates);
  o.block_seconds = get_number(L, table, "block_seconds", o.block_seconds);
  o.gap_seconds = get_number(L, table, "gap_seconds", o.gap_seconds);
  o.seed = count_field(L, table, "seed", o.seed);
  o.decides = get_number(L, table, "decides", o.decides);
  o.most = (size_t)count_field(L, table, "most", o.most);
  lua_getfield(L, table, "metric");
  const char *metric = luaL_optstring(L, -1, nt_paired_names[o.metric]);
  o.metric = 0;
  while (o.metric < NT_BOOT_METRICS && strcmp(nt_paired_names[o.metric], metric) != 0) o.metric++;
  if (o.metric == NT_BOOT_METRICS)
    COMPARISON_FAIL(L, NT_E_ARGUMENT, "metric '%s': one of comparison.figures expected", metric);
  lua_pop(L, 1);
  return o;
}

/* ---------------------------------------------------------------- what goes out */

static void put_delong(lua_State *L, const nt_delong_difference *d) {
  lua_createtable(L, 0, 6);
  set_number(L, "difference", d->difference);
  set_number(L, "variance", d->variance);
  set_number(L, "low", d->low);
  set_number(L, "high", d->high);
  set_number(L, "z", d->z);
  set_number(L, "p", d->p);
  lua_setfield(L, -2, "delong");
}

static void put_figures(lua_State *L, const nt_paired *p) {
  lua_createtable(L, NT_BOOT_METRICS, 0);
  for (int m = 0; m < NT_BOOT_METRICS; m++) {
    const nt_bootstrap_result *d = &p->difference[m];
    lua_createtable(L, 0, 10);
    set_text(L, "name", nt_paired_names[m]);
    set_text(L, "better", nt_paired_higher_is_better(m) ? "higher" : "lower");
    set_number(L, "a", p->a[m]);
    set_number(L, "b", p->b[m]);
    set_number(L, "difference", p->a[m] - p->b[m]);
    set_number(L, "low", d->low);
    set_number(L, "high", d->high);
    set_number(L, "standard_error", d->standard_error);
    set_number(L, "p", d->p);
    set_number(L, "floor", d->floor);
    set_integer(L, "defined", d->defined);
    lua_rawseti(L, -2, m + 1);
  }
  lua_setfield(L, -2, "figures");
}

static void push_pair(lua_State *L, const nt_paired *p, uint64_t first) {
  lua_createtable(L, 0, 10);
  set_integer(L, "first", first);
  set_integer(L, "packets", p->counts.scored);
  set_integer(L, "attacks", p->counts.attacks);
  set_integer(L, "benign", p->counts.benign);
  set_integer(L, "excluded", p->counts.excluded);
  set_integer(L, "blocks", p->blocks);
  set_integer(L, "attack_blocks", p->attack_blocks);
  set_integer(L, "replicates", p->replicates);
  set_number(L, "block_floor", p->block_floor);
  if (p->absence != NT_PRESENT) set_text(L, "absence", nt_absence_text(p->absence));
  put_delong(L, &p->delong);
  put_figures(L, p);
}

/* ---------------------------------------------------------------- pair */

/* Both cut to the packets that both scored. */
static void align(lua_State *L, series *a, series *b) {
  uint64_t first = a->first > b->first ? a->first : b->first;
  uint64_t end_a = a->first + a->count, end_b = b->first + b->count;
  uint64_t end = end_a < end_b ? end_a : end_b;
  if (first >= end)
    COMPARISON_FAIL(L, NT_E_ARGUMENT,
                    "no packet is scored by both: %s has %zu from %llu on, %s %zu from %llu",
                    a->name, a->count, (unsigned long long)a->first, b->name, b->count,
                    (unsigned long long)b->first);
  series *both[] = {a, b};
  for (int i = 0; i < 2; i++) {
    series *s = both[i];
    size_t skip = (size_t)(first - s->first);
    s->scores += skip, s->labels += skip;
    if (s->times) s->times += skip;
    s->first = first, s->count = (size_t)(end - first);
  }
}

static void must_be_the_same_packets(lua_State *L, const series *a, const series *b) {
  for (size_t i = 0; i < a->count; i++) {
    if (a->labels[i] != b->labels[i])
      COMPARISON_FAIL(
          L, NT_E_ARGUMENT, "not the same packets: the label of packet %llu is %u in %s, %u in %s",
          (unsigned long long)(a->first + i), a->labels[i], a->name, b->labels[i], b->name);
    if (a->times && b->times && a->times[i] != b->times[i] &&
        !(isnan(a->times[i]) && isnan(b->times[i])))
      COMPARISON_FAIL(L, NT_E_ARGUMENT,
                      "not the same packets: the time of packet %llu is %.6f in %s, %.6f in %s",
                      (unsigned long long)(a->first + i), a->times[i], a->name, b->times[i],
                      b->name);
  }
}

static int pair(lua_State *L) {
  lua_settop(L, 3);
  nt_paired_options options = read_pair_options(L, 3);
  series a = {.name = "a"}, b = {.name = "b"};
  read_series(L, 1, &a);
  read_series(L, 2, &b);
  align(L, &a, &b);
  must_be_the_same_packets(L, &a, &b);
  nt_paired result;
  nt_error err;
  if (nt_paired_compare(a.scores, b.scores, a.times ? a.times : b.times, a.labels, a.count,
                        &options, &result, &err) != NT_OK)
    return modules_raise(L, &err);
  push_pair(L, &result, a.first);
  return 1;
}

/* Q(z) = erfc(z / sqrt(2)) / 2, whose logarithm exists long after Q has underflowed. */
static int log10_tail(lua_State *L) {
  gsl_sf_result log_erfc;
  double z = luaL_checknumber(L, 1);
  gsl_sf_log_erfc_e(z / M_SQRT2, &log_erfc);
  lua_pushnumber(L, (log_erfc.val - M_LN2) / M_LN10);
  return 1;
}

static int benign_fit(lua_State *L) {
  size_t count, labelled = 0;
  const char *labels = luaL_optlstring(L, 2, NULL, &labelled), *of;
  lua_pushvalue(L, 1);
  const double *scores = comparison_doubles(L, "benign_fit", "scores", &count);
  luaL_argcheck(L, !labels || labelled == count, 2, "labels: expected one for each score");
  nt_lognormal fit;
  nt_error err;
  nt_status status = nt_benign_fit(scores, (const uint8_t *)labels, count, &fit, &of, &err);
  if (status == NT_E_MEMORY) return modules_raise(L, &err);
  lua_pushstring(L, of);
  if (status != NT_OK) return 1;
  lua_pushnumber(L, fit.mean);
  lua_pushnumber(L, fit.deviation);
  lua_pushinteger(L, (lua_Integer)fit.used);
  return 4;
}

int luaopen_ninetails_comparison(lua_State *L) {
  static const luaL_Reg functions[] = {{"pair", pair},
                                       {"friedman", comparison_friedman},
                                       {"holm", comparison_holm},
                                       {"log10_tail", log10_tail},
                                       {"benign_fit", benign_fit},
                                       {"least_data_sets", comparison_least_data_sets},
                                       {NULL, NULL}};
  luaL_newmetatable(L, "ninetails.comparison.arrays");
  lua_pushcfunction(L, arrays_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newlib(L, functions);
  lua_createtable(L, NT_BOOT_METRICS, 0);
  for (int m = 0; m < NT_BOOT_METRICS; m++) {
    lua_pushstring(L, nt_paired_names[m]);
    lua_rawseti(L, -2, m + 1);
  }
  lua_setfield(L, -2, "figures");
  return 1;
}
