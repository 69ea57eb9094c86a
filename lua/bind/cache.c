/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.cache: what the cache of stages holds (core/sweep/cache/cache.h).
 *
 *     cache.list(folder)          --> {{kind =, key =, bytes =, used = s since the epoch}, ...}, the
 *                                     least recently used first
 *     cache.prune(folder, bytes)  --> files removed, bytes freed; at most `bytes` are left
 */
#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>

#include "sweep/cache/cache.h"
#include "fields.h"
#include "modules.h"

static int list(lua_State *L) {
  nt_cache_entry *entries;
  size_t count;
  nt_error err;
  if (nt_cache_list(luaL_checkstring(L, 1), &entries, &count, &err) != NT_OK)
    return modules_raise(L, &err);
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_createtable(L, 0, 4);
    set_text(L, "kind", nt_cache_kind_name(entries[i].kind));
    set_text(L, "key", entries[i].key);
    set_integer(L, "bytes", entries[i].bytes);
    set_number(L, "used", entries[i].used);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  free(entries);
  return 1;
}

static int prune(lua_State *L) {
  lua_Integer limit = luaL_checkinteger(L, 2);
  luaL_argcheck(L, limit >= 0, 2, "bytes: expected at least 0");
  size_t removed;
  uint64_t bytes;
  nt_error err;
  if (nt_cache_prune(luaL_checkstring(L, 1), (uint64_t)limit, INFINITY, &removed, &bytes, &err) !=
      NT_OK)
    return modules_raise(L, &err);
  lua_pushinteger(L, (lua_Integer)removed);
  lua_pushinteger(L, (lua_Integer)bytes);
  return 2;
}

int luaopen_ninetails_cache(lua_State *L) {
  static const luaL_Reg functions[] = {{"list", list}, {"prune", prune}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
