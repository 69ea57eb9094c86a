/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of texts of Lua as other programs are given them: words, an environment. */
#ifndef NINETAILS_TEXTS_H
#define NINETAILS_TEXTS_H

#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>

/* The texts of the list `name`, which the table keeps, those of another list, and NULL; the list
 * itself is the caller's to free. */
static inline const char **texts_of(lua_State *L, int table, const char *name, char *const *more) {
  size_t count = 0, own = 0;
  while (more && more[own]) own++;
  if (lua_getfield(L, table, name) == LUA_TTABLE) count = lua_rawlen(L, -1);
  const char **list = calloc(count + own + 1, sizeof *list);
  if (!list) luaL_error(L, "out of memory");
  for (size_t i = 0; i < count; i++) { /* first: getenv finds these */
    lua_rawgeti(L, -1, (lua_Integer)i + 1);
    list[i] = lua_tostring(L, -1);
    lua_pop(L, 1);
    if (!list[i]) list[i] = "";
  }
  for (size_t i = 0; i < own; i++) list[count + i] = more[i];
  lua_pop(L, 1);
  return list;
}

#endif
