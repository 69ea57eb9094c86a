/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fields of the table on the top of the stack, by their names. */
#ifndef NINETAILS_FIELDS_H
#define NINETAILS_FIELDS_H

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

#endif
