/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fields of tables by their names: set of the one on the top of the stack, got of any. */
#ifndef NINETAILS_FIELDS_H
#define NINETAILS_FIELDS_H

#include <lauxlib.h>
#include <lua.h>
#include <stdint.h>

static inline void set_text(lua_State *L, const char *name, const char *value) { /* NULL: nil */
  lua_pushstring(L, value);
  lua_setfield(L, -2, name);
}

static inline void set_number(lua_State *L, const char *name, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

static inline void set_integer(lua_State *L, const char *name, uint64_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, name);
}

static inline void set_flag(lua_State *L, const char *name, int value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, name);
}

/* Raises where it is there and no number. */
static inline double get_number(lua_State *L, int table, const char *name, double otherwise) {
  lua_getfield(L, table, name);
  double value = luaL_optnumber(L, -1, otherwise);
  lua_pop(L, 1);
  return value;
}

#endif
