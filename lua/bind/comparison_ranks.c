/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The half of ninetails.comparison over data sets: Friedman's test, Nemenyi's diagram, Holm. */
#include <string.h>

#include "metrics/rank_exact.h"
#include "comparison.h"
#include "fields.h"

/* A list of rows -> data_sets x detectors doubles, left on the stack. */
static double *read_matrix(lua_State *L, int table, size_t *data_sets, size_t *detectors) {
  luaL_checktype(L, table, LUA_TTABLE);
  *data_sets = lua_rawlen(L, table);
  *detectors = lua_rawgeti(L, table, 1) == LUA_TTABLE ? lua_rawlen(L, -1) : 0;
  lua_pop(L, 1);
  if (*data_sets > 1u << 20 || *detectors > 1u << 10)
    COMPARISON_FAIL(L, NT_E_LIMIT, "%zu data sets and %zu detectors: too many", *data_sets,
                    *detectors);
  double *values = comparison_array(L, *data_sets * *detectors, sizeof *values);
  for (size_t i = 0; i < *data_sets; i++) {
    size_t count = 0;
    if (lua_rawgeti(L, table, (lua_Integer)i + 1) != LUA_TTABLE)
      COMPARISON_FAIL(L, NT_E_ARGUMENT, "values[%zu]: a list expected, got a %s", i + 1,
                      luaL_typename(L, -1));
    const double *row = comparison_doubles(L, "values", "row", &count);
    if (count != *detectors)
      COMPARISON_FAIL(L, NT_E_ARGUMENT, "values[%zu]: %zu values, %zu expected as in the first row",
                      i + 1, count, *detectors);
    memcpy(values + i * *detectors, row, count * sizeof *row);
    lua_pop(L, 1);
  }
  return values;
}

static void put_list(lua_State *L, const char *name, const double *values, size_t count) {
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_pushnumber(L, values[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, name);
}

static void put_pairs(lua_State *L, const nt_rank_pair *pairs, size_t count) {
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_createtable(L, 0, 5);
    set_integer(L, "a", pairs[i].a + 1);
    set_integer(L, "b", pairs[i].b + 1);
    set_number(L, "z", pairs[i].z);
    set_number(L, "p", pairs[i].p);
    set_number(L, "holm", pairs[i].holm);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "pairs");
}

/* Nemenyi's critical difference, and what its diagram draws. */
static void put_diagram(lua_State *L, const double *mean_rank, size_t detectors,
                        double difference) {
  size_t *order = comparison_array(L, detectors, sizeof *order), count;
  nt_rank_bar *bars = comparison_array(L, detectors, sizeof *bars);
  nt_error err;
  if (nt_nemenyi_bars(mean_rank, detectors, difference, order, bars, &count, &err) != NT_OK)
    modules_raise(L, &err);
  lua_insert(L, -3), lua_insert(L, -3); /* below the result */
  set_number(L, "critical_difference", difference);
  lua_createtable(L, (int)detectors, 0);
  for (size_t i = 0; i < detectors; i++) {
    lua_pushinteger(L, (lua_Integer)order[i] + 1);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "order");
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_createtable(L, 0, 2);
    set_integer(L, "first", bars[i].first + 1);
    set_integer(L, "last", bars[i].last + 1);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "bars");
}

int comparison_friedman(lua_State *L) {
  static const char *const names[] = {"higher", "lower", NULL};
  lua_settop(L, 2);
  if (lua_isnil(L, 2)) lua_newtable(L), lua_replace(L, 2);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_getfield(L, 2, "better");
  nt_better better =
      luaL_checkoption(L, -1, "higher", names) == 0 ? NT_HIGHER_IS_BETTER : NT_LOWER_IS_BETTER;
  double alpha = get_number(L, 2, "alpha", 0.05);
  if (!(alpha > 0 && alpha < 1))
    COMPARISON_FAIL(L, NT_E_ARGUMENT, "alpha %g: a value in (0, 1) expected", alpha);
  size_t data_sets, detectors;
  const double *values = read_matrix(L, 1, &data_sets, &detectors);
  double *mean_rank = comparison_array(L, detectors, sizeof *mean_rank);
  size_t count = detectors ? detectors * (detectors - 1) / 2 : 0;
  nt_rank_pair *pairs = comparison_array(L, count, sizeof *pairs);
  nt_friedman result;
  nt_friedman_p exact;
  nt_error err;
  if (nt_friedman_test(values, data_sets, detectors, better, mean_rank, &result, &err) != NT_OK ||
      nt_friedman_significance(values, data_sets, detectors, &exact, &err) != NT_OK ||
      nt_compare_ranks_exactly(values, data_sets, detectors, better, pairs, &err) != NT_OK)
    return modules_raise(L, &err);
  lua_createtable(L, 0, 13);
  set_number(L, "chi_square", result.chi_square);
  set_number(L, "chi_square_p", result.p);
  set_number(L, "p", exact.p);
  set_number(L, "least_p", exact.least);
  set_text(L, "method", nt_rank_method_name(exact.method));
  set_number(L, "f", result.f);
  set_number(L, "f_p", result.f_p);
  set_number(L, "tie_correction", result.tie_correction);
  put_list(L, "mean_rank", mean_rank, detectors);
  put_pairs(L, pairs, count);
  put_diagram(L, mean_rank, detectors, nt_nemenyi_difference(detectors, data_sets, alpha));
  return 1;
}

int comparison_least_data_sets(lua_State *L) {
  lua_Integer detectors = luaL_checkinteger(L, 1);
  double alpha = luaL_checknumber(L, 2);
  if (detectors < 2 || !(alpha > 0 && alpha < 1))
    COMPARISON_FAIL(L, NT_E_ARGUMENT,
                    "%lld detectors at alpha %g: at least 2 and a value in (0, 1) expected",
                    (long long)detectors, alpha);
  lua_pushinteger(L, (lua_Integer)nt_least_data_sets((size_t)detectors, alpha));
  return 1;
}

int comparison_holm(lua_State *L) {
  size_t count;
  lua_settop(L, 1);
  const double *p = comparison_doubles(L, "holm", "p", &count);
  for (size_t i = 0; i < count; i++)
    if (!(p[i] >= 0 && p[i] <= 1))
      COMPARISON_FAIL(L, NT_E_ARGUMENT, "p-value %g: a value in [0, 1] expected", p[i]);
  double *adjusted = comparison_array(L, count, sizeof *adjusted);
  nt_error err;
  if (nt_holm(p, count, adjusted, &err) != NT_OK) return modules_raise(L, &err);
  lua_newtable(L);
  for (size_t i = 0; i < count; i++) {
    lua_pushnumber(L, adjusted[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}
