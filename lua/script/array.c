/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every access to an array checks, and the metatable; see array.h. */
#include <lauxlib.h>
#include <string.h>

#include "array_parts.h"

#define MOST_BYTES ((size_t)1 << 40) /* of one array; Lua reports what the machine has */

const size_t array_sizes[] = {sizeof(double), sizeof(uint32_t), sizeof(uint8_t)};

/* ---------------------------------------------------------------- checks */

array *array_to(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA || lua_rawlen(L, index) < sizeof(array)) return NULL;
  array *a = lua_touserdata(L, index);
  return a->mark == MARK ? a : NULL;
}

static int alive(const array *a) {
  return !a->lease || a->lease->ended == a->call;
}

array *array_check(lua_State *L, int index) {
  array *a = array_to(L, index);
  if (!a) luaL_typeerror(L, index, "array");
  if (!alive(a))
    luaL_error(L, "array used after the call that it was lent to ended: keep a copy, made by "
                  "array.from(a) or a:copy()");
  return a;
}

/* The index at `index` as a number from 0; `most` + 1 is let through as
 * `most` where past is set. */
size_t array_check_index(lua_State *L, int index, size_t most, int past) {
  int whole = 0;
  lua_Integer i = 0;
  if (lua_type(L, index) == LUA_TNUMBER) i = lua_tointegerx(L, index, &whole);
  if (!whole)
    luaL_error(L, "index %s: expected a whole number from 1 to %I", luaL_tolstring(L, index, NULL),
               (LUAI_UACINT)most);
  if (i < 1 || (lua_Unsigned)i > most + (past != 0))
    luaL_error(L, "index %I is out of range: expected 1 to %I", (LUAI_UACINT)i, (LUAI_UACINT)most);
  return (size_t)i - 1;
}

/* ---------------------------------------------------------------- elements */

size_t array_count(const array *a) {
  return a->columns ? a->rows * a->columns : a->rows;
}

/* Element k of a vector, or of a matrix in the order of rows. */
char *array_element(const array *a, size_t k) {
  return a->data + k * a->stride * array_sizes[a->type];
}

double array_number(const array *a, size_t k) {
  const char *p = array_element(a, k);
  return a->type == ARRAY_F64   ? *(const double *)p
         : a->type == ARRAY_U32 ? (double)*(const uint32_t *)p
                                : (double)*(const uint8_t *)p;
}

void array_push_element(lua_State *L, const array *a, size_t k) {
  if (a->type == ARRAY_F64)
    lua_pushnumber(L, array_number(a, k));
  else
    lua_pushinteger(L, (lua_Integer)array_number(a, k));
}

void array_set_element(lua_State *L, array *a, size_t k, int value) {
  char *p = array_element(a, k);
  if (lua_type(L, value) != LUA_TNUMBER)
    luaL_error(L, "element %I: expected a number, got %s", (LUAI_UACINT)k + 1,
               luaL_typename(L, value));
  if (a->type == ARRAY_F64) {
    *(double *)p = lua_tonumber(L, value);
    return;
  }
  int whole;
  lua_Integer x = lua_tointegerx(L, value, &whole), most = a->type == ARRAY_U8 ? 255 : UINT32_MAX;
  if (!whole || x < 0 || x > most)
    luaL_error(L, "element %I: expected a whole number from 0 to %I, got %s", (LUAI_UACINT)k + 1,
               (LUAI_UACINT)most, luaL_tolstring(L, value, NULL));
  if (a->type == ARRAY_U8)
    *(uint8_t *)p = (uint8_t)x;
  else
    *(uint32_t *)p = (uint32_t)x;
}

/* ---------------------------------------------------------------- making them */

static int metatable(lua_State *L);

/* A userdata of `size` bytes with the metatable, which is made where it was not yet. */
static array *push_userdata(lua_State *L, size_t size, int values) {
  array *a = lua_newuserdatauv(L, size, values);
  a->mark = 0;
  metatable(L);
  lua_setmetatable(L, -2);
  return a;
}

void array_push_view(lua_State *L, const array *view, int owner) {
  array *a = push_userdata(L, sizeof *a, view->lease ? 0 : 1);
  *a = *view;
  if (view->lease) return;
  lua_pushvalue(L, owner); /* whose elements these are: to live as long as the view */
  lua_setiuservalue(L, -2, 1);
}

static void push_lent(lua_State *L, const array *view) {
  if (view->data)
    array_push_view(L, view, 0);
  else
    lua_pushnil(L);
}

void array_push(lua_State *L, array_type type, const void *data, size_t rows, size_t columns,
                const array_lease *lease) {
  push_lent(L, &(array){MARK, (char *)data, rows, columns, 1, lease, lease->ended, type, 0});
}

void array_push_writable(lua_State *L, array_type type, void *data, size_t rows, size_t columns,
                         const array_lease *lease) {
  push_lent(L, &(array){MARK, data, rows, columns, 1, lease, lease->ended, type, 1});
}

void *array_new(lua_State *L, array_type type, size_t rows, size_t columns) {
  size_t bytes, head = (sizeof(array) + 15) & ~(size_t)15;
  if (__builtin_mul_overflow(rows, columns ? columns : 1, &bytes) ||
      __builtin_mul_overflow(bytes, array_sizes[type], &bytes) || bytes > MOST_BYTES)
    luaL_error(L, "an array of %I x %I elements is too large", (LUAI_UACINT)rows,
               (LUAI_UACINT)columns);
  array *a = push_userdata(L, head + bytes, 0);
  *a = (array){MARK, (char *)a + head, rows, columns, 1, NULL, 0, type, 1};
  memset(a->data, 0, bytes);
  return a->data;
}

/* Pushes row k of the matrix at stack index `index`. */
static void push_row(lua_State *L, int index, size_t k) {
  array row = *array_to(L, index);
  row.data = array_element(&row, k * row.columns);
  row.rows = row.columns;
  row.columns = 0;
  array_push_view(L, &row, index);
}

/* ---------------------------------------------------------------- metamethods */

static int array_index(lua_State *L) {
  const array *a = array_check(L, 1);
  if (lua_type(L, 2) == LUA_TSTRING) {
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
    if (strcmp(lua_tostring(L, 2), "width") != 0)
      return luaL_error(L,
                        "an array has no field '%s': expected an index, width, at, column, "
                        "copy, sum, mean, min or max",
                        lua_tostring(L, 2));
    if (a->columns)
      lua_pushinteger(L, (lua_Integer)a->columns);
    else
      lua_pushnil(L);
    return 1;
  }
  size_t k = array_check_index(L, 2, a->rows, 1);
  if (k == a->rows)
    lua_pushnil(L);
  else if (a->columns)
    push_row(L, 1, k);
  else
    array_push_element(L, a, k);
  return 1;
}

static int array_newindex(lua_State *L) {
  array *a = array_check(L, 1);
  if (!a->writable)
    return luaL_error(L, "the array is read-only: array.from(a) makes one that can be written");
  size_t k = array_check_index(L, 2, a->rows, 0);
  if (a->columns)
    return luaL_error(L, "a row cannot be replaced: set its elements, a[%I][1] = x",
                      (LUAI_UACINT)k + 1);
  array_set_element(L, a, k, 3);
  return 0;
}

static int array_length(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)array_check(L, 1)->rows);
  return 1;
}

/* For messages and the prompt, so that it never raises but for what is no array. */
static int array_tostring(lua_State *L) {
  enum { SHOWN = 8 };
  const array *a = array_to(L, 1);
  if (!a) return luaL_typeerror(L, 1, "array");
  if (!alive(a)) {
    lua_pushliteral(L, "array (its call ended)");
    return 1;
  }
  if (a->columns) {
    lua_pushfstring(L, "array of %I x %I", (LUAI_UACINT)a->rows, (LUAI_UACINT)a->columns);
    return 1;
  }
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  luaL_addstring(&text, "array {");
  for (size_t k = 0; k < a->rows && k < SHOWN; k++) {
    if (k) luaL_addstring(&text, ", ");
    array_push_element(L, a, k);
    luaL_tolstring(L, -1, NULL);
    lua_remove(L, -2);
    luaL_addvalue(&text);
  }
  if (a->rows > SHOWN) {
    lua_pushfstring(L, ", ... %I in all", (LUAI_UACINT)a->rows);
    luaL_addvalue(&text);
  }
  luaL_addchar(&text, '}');
  luaL_pushresult(&text);
  return 1;
}

/* next(a, i) of a loop over pairs(a). */
static int array_next(lua_State *L) {
  const array *a = array_check(L, 1);
  lua_Integer i = luaL_checkinteger(L, 2);
  if (i < 0 || (lua_Unsigned)i >= a->rows) return 0;
  lua_pushinteger(L, i + 1);
  if (a->columns)
    push_row(L, 1, (size_t)i);
  else
    array_push_element(L, a, (size_t)i);
  return 2;
}

static int array_pairs(lua_State *L) {
  array_check(L, 1);
  lua_pushcfunction(L, array_next);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  return 3;
}

/* ---------------------------------------------------------------- the metatable */

/* Pushes the metatable; returns 1. */
static int metatable(lua_State *L) {
  static const luaL_Reg meta[] = {{"__newindex", array_newindex},
                                  {"__len", array_length},
                                  {"__tostring", array_tostring},
                                  {"__pairs", array_pairs},
                                  {NULL, NULL}};
  if (luaL_getmetatable(L, "ninetails.array") == LUA_TTABLE) return 1;
  lua_pop(L, 1);
  lua_newtable(L); /* registered last: what fails in between leaves no half of it */
  luaL_setfuncs(L, meta, 0);
  lua_pushliteral(L, "ninetails.array");
  lua_setfield(L, -2, "__name");
  lua_pushliteral(L, "ninetails.array"); /* what getmetatable() tells: scripts do not change it */
  lua_setfield(L, -2, "__metatable");
  lua_newtable(L);
  luaL_setfuncs(L, array_methods, 0);
  lua_pushcclosure(L, array_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pushvalue(L, -1);
  lua_setfield(L, LUA_REGISTRYINDEX, "ninetails.array");
  return 1;
}
