/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.array: vectors and matrices of numbers, and the views that detectors and metrics get.
 *
 *     local array = require "ninetails.array"
 *     local a = array.from {3, 1, 2}          -- a copy of a list, of a list of lists, of an array
 *     print(#a, a[1], a[#a])                  --> 3  3.0  2.0
 *     print(a:sum(), a:mean(), a:min(), a:max())
 *     for i, x in ipairs(a) do print(i, x) end
 *     a[2] = 5                                -- views of C's memory may be read-only
 *     local m = array.new(2, 3)               -- zeroes; array.new(5) is a vector
 *     print(#m, m.width, m[2][3], m:at(2, 3)) --> 2  3  0.0  0.0
 *     print(m:column(3):mean(), m[1]:sum())   -- columns and rows are views of the matrix
 *     local t = a:copy()                      -- a table
 *
 * Indices run from 1. One past the end reads as nil, as in a table, which is what ends ipairs;
 * anything further is an error, and so is writing there. NaN among the elements makes min and max
 * NaN.
 */
#include <math.h>
#include <string.h>

#include "bind/modules.h"
#include "array_parts.h"

/* ---------------------------------------------------------------- methods */

static int array_at(lua_State *L) {
  lua_settop(L, 3);
  const array *a = array_check(L, 1);
  if (!a->columns) return luaL_error(L, "at: expected a matrix, got a vector: a[i]");
  size_t i = array_check_index(L, 2, a->rows, 0), j = array_check_index(L, 3, a->columns, 0);
  array_push_element(L, a, i * a->columns + j);
  return 1;
}

static int array_column(lua_State *L) {
  lua_settop(L, 2);
  array column = *array_check(L, 1);
  if (!column.columns) return luaL_error(L, "column: expected a matrix, got a vector");
  size_t j = array_check_index(L, 2, column.columns, 0);
  column.data = array_element(&column, j);
  column.stride = column.columns;
  column.columns = 0;
  array_push_view(L, &column, 1);
  return 1;
}

/* The sum of whole numbers is one, exactly. */
static int array_sum(lua_State *L) {
  const array *a = array_check(L, 1);
  size_t count = array_count(a);
  if (a->type == ARRAY_F64) {
    double sum = 0;
    for (size_t k = 0; k < count; k++) sum += array_number(a, k);
    lua_pushnumber(L, sum);
  } else {
    uint64_t sum = 0;
    for (size_t k = 0; k < count; k++) sum += (uint64_t)array_number(a, k);
    lua_pushinteger(L, (lua_Integer)sum);
  }
  return 1;
}

static size_t check_filled(lua_State *L, const array *a, const char *what) {
  size_t count = array_count(a);
  if (!count) luaL_error(L, "%s of an empty array", what);
  return count;
}

static int array_mean(lua_State *L) {
  size_t count = check_filled(L, array_check(L, 1), "mean");
  array_sum(L);
  lua_pushnumber(L, lua_tonumber(L, -1) / (double)count);
  return 1;
}

static int extreme(lua_State *L, const char *what, double sign) {
  const array *a = array_check(L, 1);
  size_t count = check_filled(L, a, what), best = 0;
  for (size_t k = 0; k < count; k++) {
    double x = array_number(a, k);
    if (isnan(x)) best = k;
    if (isnan(x)) break;
    if (x * sign > array_number(a, best) * sign) best = k;
  }
  array_push_element(L, a, best);
  return 1;
}
static int array_min(lua_State *L) {
  return extreme(L, "min", -1);
}
static int array_max(lua_State *L) {
  return extreme(L, "max", 1);
}

static void push_list(lua_State *L, const array *a) {
  lua_createtable(L, a->rows < INT32_MAX ? (int)a->rows : 0, 0);
  for (size_t k = 0; k < a->rows; k++) {
    array_push_element(L, a, k);
    lua_rawseti(L, -2, (lua_Integer)k + 1);
  }
}

static int array_copy(lua_State *L) {
  const array *a = array_check(L, 1);
  if (!a->columns) {
    push_list(L, a);
    return 1;
  }
  lua_createtable(L, a->rows < INT32_MAX ? (int)a->rows : 0, 0);
  for (size_t i = 0; i < a->rows; i++) {
    array row = *a;
    row.data = array_element(a, i * a->columns);
    row.rows = a->columns;
    row.columns = 0;
    push_list(L, &row);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* ---------------------------------------------------------------- the module */

static size_t check_extent(lua_State *L, int index, lua_Integer least) {
  lua_Integer n = luaL_checkinteger(L, index);
  luaL_argcheck(L, n >= least, index, least ? "expected at least 1" : "expected at least 0");
  return (size_t)n;
}

static int module_new(lua_State *L) {
  size_t rows = check_extent(L, 1, 0);
  array_new(L, ARRAY_F64, rows, lua_isnoneornil(L, 2) ? 0 : check_extent(L, 2, 1));
  return 1;
}

static int from_array(lua_State *L, const array *a) {
  array *to;
  array_new(L, a->type, a->rows, a->columns);
  to = array_to(L, -1);
  for (size_t k = 0; k < array_count(a); k++)
    memcpy(array_element(to, k), array_element(a, k), array_sizes[a->type]);
  return 1;
}

/* The list at the top of the stack -> elements `first`... of the array at `index`; pops it. The
 * table is read raw: no code runs that could change its length meanwhile. */
static void fill(lua_State *L, int index, size_t first, size_t count) {
  for (size_t k = 0; k < count; k++) {
    lua_rawgeti(L, -1, (lua_Integer)k + 1);
    array_set_element(L, array_to(L, index), first + k, lua_gettop(L));
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static int module_from(lua_State *L) {
  if (array_to(L, 1)) return from_array(L, array_check(L, 1));
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  size_t rows = lua_rawlen(L, 1), columns = 0;
  if (lua_rawgeti(L, 1, 1) == LUA_TTABLE) {
    columns = lua_rawlen(L, -1);
    if (!columns) return luaL_error(L, "row 1: expected at least one number");
  }
  array_new(L, ARRAY_F64, rows, columns);
  if (!columns) lua_pushvalue(L, 1);
  if (!columns) fill(L, 3, 0, rows);
  for (size_t i = 0; columns && i < rows; i++) {
    if (lua_rawgeti(L, 1, (lua_Integer)i + 1) != LUA_TTABLE || lua_rawlen(L, -1) != columns)
      return luaL_error(L, "row %I: expected a list of %I numbers, as row 1 is", (LUAI_UACINT)i + 1,
                        (LUAI_UACINT)columns);
    fill(L, 3, i * columns, columns);
  }
  return 1;
}

const luaL_Reg array_methods[] = {
    {"at", array_at},     {"column", array_column}, {"copy", array_copy}, {"sum", array_sum},
    {"mean", array_mean}, {"min", array_min},       {"max", array_max},   {NULL, NULL}};

int luaopen_ninetails_array(lua_State *L) {
  static const luaL_Reg functions[] = {{"new", module_new}, {"from", module_from}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
