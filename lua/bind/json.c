/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.json: strict JSON, through jansson.
 *
 *     local json = require "ninetails.json"
 *     print(json.encode {1, 2.5, "x"})                         --> [1, 2.5, "x"]
 *     print(json.encode {b = 1, a = 0/0})                      --> {"a": null, "b": 1}
 *     print(json.encode {b = 1, a = 2, __order = {"b", "a"}})  --> {"b": 1, "a": 2}
 *     print(json.encode(json.object {{"b", 1}, {"a", 2}}))     --> {"b": 1, "a": 2}
 *     print(json.encode(json.array {}), json.encode {})        --> []   {}
 *     print(json.encode({1}, true))                            -- true: indented
 *     print(json.decode('{"a": [1, null]}').a[2] == json.null) --> true
 *
 * A table whose keys are 1..n is an array, any other an object (string keys, sorted by default).
 * inf and nan become null, as JSON has no word for them; bytes that are not UTF-8 become U+FFFD.
 * A number that is not whole is the shortest that reads back: 0.1, not 0.10000000000000001.
 * What cannot be written is a Lua error, never bad JSON.
 */
#include <float.h>
#include <jansson.h>
#include <lauxlib.h>
#include <lualib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modules.h"

#define MOST_LEVELS 100 /* of nesting: also ends tables that contain themselves */

static const char array_mark[] = "ninetails.json.array", object_mark[] = "ninetails.json.object";
static const char null_key = 0; /* its address is json.null */

/* A json_t that Lua's collector owns, so that an error in between leaks nothing. */
static json_t **new_holder(lua_State *L) {
  json_t **holder = lua_newuserdatauv(L, sizeof *holder, 0);
  *holder = NULL;
  luaL_setmetatable(L, "ninetails.json.value");
  return holder;
}

static int holder_gc(lua_State *L) {
  json_t **holder = luaL_checkudata(L, 1, "ninetails.json.value");
  json_decref(*holder);
  *holder = NULL;
  return 0;
}

/* ---------------------------------------------------------------- text */

/* Length of the well-formed UTF-8 sequence at s (at most n bytes), or 0. */
static size_t utf8_length(const unsigned char *s, size_t n) {
  static const struct {
    unsigned char low, high, second_low, second_high;
    size_t length;
  } forms[] = {
      {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
      {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
      {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    if (s[0] < forms[i].low || s[0] > forms[i].high) continue;
    if (n < forms[i].length) return 0;
    if (forms[i].length > 1 && (s[1] < forms[i].second_low || s[1] > forms[i].second_high))
      return 0;
    for (size_t k = 2; k < forms[i].length; k++)
      if ((s[k] & 0xc0) != 0x80) return 0;
    return forms[i].length;
  }
  return 0;
}

/* Pushes the string at index with what is not UTF-8 replaced. */
static void push_utf8(lua_State *L, int index) {
  size_t n;
  const char *s = lua_tolstring(L, index, &n);
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  for (size_t i = 0; i < n;) {
    size_t length = utf8_length((const unsigned char *)s + i, n - i);
    if (length)
      luaL_addlstring(&b, s + i, length);
    else
      luaL_addstring(&b, "\xef\xbf\xbd");
    i += length ? length : 1;
  }
  luaL_pushresult(&b);
}

/* ---------------------------------------------------------------- encode */

static json_t *to_json(lua_State *L, int index, int level);

static int has_mark(lua_State *L, int index, const char *mark) {
  if (!lua_getmetatable(L, index)) return 0;
  luaL_getmetatable(L, mark);
  int same = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return same;
}

/* Whether the keys are exactly 1..n, n > 0. */
static int is_sequence(lua_State *L, int index) {
  lua_Unsigned length = lua_rawlen(L, index), keys = 0;
  if (length == 0) return 0;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    keys++;
    if (!lua_isinteger(L, -2)) {
      lua_pop(L, 2);
      return 0;
    }
  }
  return keys == length;
}

/* Errors jump over C frames: each json_t that is being filled hangs
 * in a holder on the Lua stack. */
static json_t *array_to_json(lua_State *L, int index, int level) {
  json_t **holder = new_holder(L);
  *holder = json_array();
  lua_Unsigned length = lua_rawlen(L, index);
  for (lua_Unsigned i = 1; i <= length; i++) {
    lua_rawgeti(L, index, (lua_Integer)i);
    if (json_array_append_new(*holder, to_json(L, lua_gettop(L), level)) != 0)
      luaL_error(L, "json: out of memory");
    lua_pop(L, 1);
  }
  return json_incref(*holder);
}

/* Sets key (at stack index) -> value (on the top, popped). */
static void set_member(lua_State *L, json_t *object, int key, int level) {
  if (lua_type(L, key) != LUA_TSTRING)
    luaL_error(L, "json: an object's key is a %s, expected a string", luaL_typename(L, key));
  int value = lua_gettop(L);
  push_utf8(L, key);
  size_t length;
  const char *text = lua_tolstring(L, -1, &length);
  if (strlen(text) != length) luaL_error(L, "json: an object's key has a zero byte");
  if (json_object_set_new(object, text, to_json(L, value, level)) != 0)
    luaL_error(L, "json: out of memory");
  lua_pop(L, 2);
}

static json_t *pairs_to_json(lua_State *L, int index, int level) {
  json_t **holder = new_holder(L);
  *holder = json_object();
  lua_Unsigned length = lua_rawlen(L, index);
  for (lua_Unsigned i = 1; i <= length; i++) {
    if (lua_rawgeti(L, index, (lua_Integer)i) != LUA_TTABLE)
      luaL_error(L, "json: entry %d of an object is a %s, expected a pair {key, value}", (int)i,
                 luaL_typename(L, -1));
    lua_rawgeti(L, -1, 1);
    lua_rawgeti(L, -2, 2);
    if (lua_isnil(L, -1))
      lua_pop(L, 1); /* {"x", nil}: not there */
    else
      set_member(L, *holder, lua_gettop(L) - 1, level);
    lua_pop(L, 2);
  }
  return json_incref(*holder);
}

/* Pushes the list of keys: __order, or all of them sorted. */
static void push_keys(lua_State *L, int index) {
  lua_pushliteral(L, "__order");
  if (lua_rawget(L, index) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_Integer count = 0;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING)
      luaL_error(L, "json: an object's key is a %s, expected a string", luaL_typename(L, -2));
    lua_pushvalue(L, -2);
    lua_rawseti(L, -4, ++count);
  }
  luaL_requiref(L, "table", luaopen_table, 0);
  lua_getfield(L, -1, "sort");
  lua_pushvalue(L, -3);
  lua_call(L, 1, 0);
  lua_pop(L, 1);
}

static json_t *object_to_json(lua_State *L, int index, int level) {
  json_t **holder = new_holder(L);
  *holder = json_object();
  push_keys(L, index);
  int keys = lua_gettop(L);
  lua_Unsigned length = lua_rawlen(L, keys);
  for (lua_Unsigned i = 1; i <= length; i++) {
    lua_rawgeti(L, keys, (lua_Integer)i);
    lua_pushvalue(L, -1);
    if (lua_rawget(L, index) == LUA_TNIL)
      lua_pop(L, 1);
    else
      set_member(L, *holder, lua_gettop(L) - 1, level);
    lua_pop(L, 1);
  }
  return json_incref(*holder);
}

static json_t *table_to_json(lua_State *L, int index, int level) {
  if (level > MOST_LEVELS) luaL_error(L, "json: tables nested more than %d deep", MOST_LEVELS);
  luaL_checkstack(L, 12, "json: nested too deep");
  if (has_mark(L, index, object_mark)) return pairs_to_json(L, index, level + 1);
  if (has_mark(L, index, array_mark) || is_sequence(L, index))
    return array_to_json(L, index, level + 1);
  return object_to_json(L, index, level + 1);
}

/* A new reference; the stack is as before. */
static json_t *to_json(lua_State *L, int index, int level) {
  int top = lua_gettop(L);
  json_t *value = NULL;
  switch (lua_type(L, index)) {
  case LUA_TNIL:
    value = json_null();
    break;
  case LUA_TBOOLEAN:
    value = json_boolean(lua_toboolean(L, index));
    break;
  case LUA_TNUMBER:
    if (lua_isinteger(L, index))
      value = json_integer(lua_tointeger(L, index));
    else
      value = isfinite(lua_tonumber(L, index)) ? json_real(lua_tonumber(L, index)) : json_null();
    break;
  case LUA_TSTRING: {
    push_utf8(L, index);
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);
    value = json_stringn(text, length);
    break;
  }
  case LUA_TTABLE:
    value = table_to_json(L, index, level);
    break;
  case LUA_TLIGHTUSERDATA:
    if (lua_touserdata(L, index) == &null_key) {
      value = json_null();
      break;
    }
    /* fall through */
  default:
    luaL_error(L, "json: a %s cannot be written", luaL_typename(L, index));
  }
  lua_settop(L, top);
  if (!value) luaL_error(L, "json: out of memory");
  return value;
}

/* What %g made of a number in jansson's way: "1e20", "1e-5", "5.0". */
static size_t put_real(char *to, const char *text) {
  size_t n = strcspn(text, "e");
  memcpy(to, text, n);
  if (text[n]) {
    const char *exponent = text + n + 1;
    to[n++] = 'e';
    if (*exponent == '-') to[n++] = '-';
    exponent += strspn(exponent, "+-0");
    size_t digits = strlen(exponent);
    memcpy(to + n, exponent, digits);
    return n + digits;
  }
  if (memchr(text, '.', n)) return n;
  memcpy(to + n, ".0", 2);
  return n + 2;
}

/* The shortest decimal that reads back as x. Fifteen digits tell every normal number that so many
 * or fewer can tell; subnormal ones want fewer. */
static size_t shortest(char *to, double x) {
  char text[40];
  for (int digits = fabs(x) < DBL_MIN ? 1 : 15; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, x);
    if (strtod(text, NULL) == x) break;
  }
  return put_real(to, text);
}

/* jansson writes 17 digits of every real number: those that say no more are taken out, in place.
 * Returns the new length. text has no zero byte, and one after its end. */
static size_t shorten_reals(char *text) {
  char *to = text;
  for (const char *from = text; *from;) {
    size_t n = 1;
    if (*from == '"') { /* a text, to its end */
      while (from[n] != '"') n += from[n] == '\\' ? 2 : 1;
      n++;
    } else if (*from == '-' || (*from >= '0' && *from <= '9')) {
      n = strspn(from, "-+.0123456789eE");
      if (memchr(from, '.', n) || memchr(from, 'e', n)) {
        char word[40];
        size_t length = shortest(word, strtod(from, NULL));
        if (length < n) { /* 12345678901234570.0 is shorter than with an exponent */
          memcpy(to, word, length);
          to += length;
          from += n;
          continue;
        }
      }
    }
    memmove(to, from, n);
    to += n;
    from += n;
  }
  return (size_t)(to - text);
}

static int encode(lua_State *L) {
  luaL_checkany(L, 1);
  size_t flags = JSON_ENCODE_ANY | (lua_toboolean(L, 2) ? JSON_INDENT(2) : 0);
  json_t **holder = new_holder(L);
  *holder = to_json(L, 1, 0);
  size_t length = json_dumpb(*holder, NULL, 0, flags);
  luaL_Buffer buffer;
  char *text = luaL_buffinitsize(L, &buffer, length + 1);
  if (!length || json_dumpb(*holder, text, length, flags) != length)
    return luaL_error(L, "json: out of memory");
  text[length] = 0;
  luaL_pushresultsize(&buffer, shorten_reals(text));
  return 1;
}

/* ---------------------------------------------------------------- decode */

static void push_value(lua_State *L, const json_t *value, int level) {
  if (level > MOST_LEVELS) luaL_error(L, "json: nested more than %d deep", MOST_LEVELS);
  luaL_checkstack(L, 6, "json: nested too deep");
  switch (json_typeof(value)) {
  case JSON_NULL:
    lua_pushlightuserdata(L, (void *)&null_key);
    break;
  case JSON_TRUE:
    lua_pushboolean(L, 1);
    break;
  case JSON_FALSE:
    lua_pushboolean(L, 0);
    break;
  case JSON_INTEGER:
    lua_pushinteger(L, json_integer_value(value));
    break;
  case JSON_REAL:
    lua_pushnumber(L, json_real_value(value));
    break;
  case JSON_STRING:
    lua_pushlstring(L, json_string_value(value), json_string_length(value));
    break;
  case JSON_ARRAY:
    lua_newtable(L);
    luaL_setmetatable(L, array_mark);
    for (size_t i = 0; i < json_array_size(value); i++) {
      push_value(L, json_array_get(value, i), level + 1);
      lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    break;
  case JSON_OBJECT: {
    lua_newtable(L);
    void *i = json_object_iter((json_t *)value);
    for (; i; i = json_object_iter_next((json_t *)value, i)) {
      lua_pushstring(L, json_object_iter_key(i));
      push_value(L, json_object_iter_value(i), level + 1);
      lua_rawset(L, -3);
    }
    break;
  }
  }
}

static int decode(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  json_t **holder = new_holder(L);
  json_error_t error;
  *holder = json_loadb(text, length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
  if (!*holder)
    return luaL_error(L, "json: line %d, column %d: %s", error.line, error.column, error.text);
  push_value(L, *holder, 0);
  return 1;
}

static int mark(lua_State *L, const char *name) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  luaL_setmetatable(L, name);
  return 1;
}
static int mark_array(lua_State *L) {
  return mark(L, array_mark);
}
static int mark_object(lua_State *L) {
  return mark(L, object_mark);
}

int luaopen_ninetails_json(lua_State *L) {
  static const luaL_Reg functions[] = {{"encode", encode},
                                       {"decode", decode},
                                       {"array", mark_array},
                                       {"object", mark_object},
                                       {NULL, NULL}};
  luaL_newmetatable(L, "ninetails.json.value");
  lua_pushcfunction(L, holder_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newmetatable(L, array_mark);
  luaL_newmetatable(L, object_mark);
  luaL_newlib(L, functions);
  lua_pushlightuserdata(L, (void *)&null_key);
  lua_setfield(L, -2, "null");
  return 1;
}
