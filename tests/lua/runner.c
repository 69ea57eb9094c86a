/* SPDX-License-Identifier: GPL-3.0-or-later */
/* runner FILE DIRECTORY: runs one Lua file with the modules of `ninetails`; an error
 * that it raises is a failure. */
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>

#include "bind/modules.h"

static int traceback(lua_State *L) {
  luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  modules_register(L);
  lua_pushstring(L, argv[2]);
  lua_setglobal(L, "DIRECTORY"); /* the folder of the tests' sources */
  lua_pushcfunction(L, traceback);
  int failed = luaL_loadfile(L, argv[1]) != LUA_OK || lua_pcall(L, 0, 0, -2) != LUA_OK;
  if (failed) fprintf(stderr, "%s\n", lua_tostring(L, -1));
  lua_close(L);
  return failed;
}
