/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ninetails`: a Lua state with the C modules and the Lua half inside;
 * lua/cli/cli.lua does the rest. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bind/modules.h"
#include "bind/signals.h"

/* Errors that reach this point are bugs in our Lua: the traceback is for us. */
static int with_traceback(lua_State *L) {
  luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
  return 1;
}

/* HDF5 1.10 calls exit(-1) where its table of identifiers cannot grow (uthash, in H5I_register). */
static void say_why(int code, void *unused) {
  (void)unused;
  if (code != -1) return; /* none of our exit codes */
  fputs("ninetails: out of memory: HDF5 ended the program\n", stderr);
  _exit(2);
}

/* What cli.main returns: an exit code, or the name of a signal. */
static int read_end(lua_State *L, int *code) {
  if (lua_type(L, -1) == LUA_TSTRING) return signals_number(lua_tostring(L, -1));
  *code = (int)lua_tointeger(L, -1);
  return 0;
}

int main(int argc, char **argv) {
  on_exit(say_why, NULL);
  signals_catch();
  lua_State *L = luaL_newstate();
  if (!L) {
    fputs("ninetails: out of memory\n", stderr);
    return 2;
  }
  luaL_openlibs(L);
  modules_register(L);
  lua_pushcfunction(L, with_traceback);
  lua_getglobal(L, "require");
  lua_pushliteral(L, "ninetails.cli");
  int code = 2, signal = 0;
  if (lua_pcall(L, 1, 1, 1) == LUA_OK) {
    lua_getfield(L, -1, "main");
    lua_createtable(L, argc, 0);
    for (int i = 1; i < argc; i++) {
      lua_pushstring(L, argv[i]);
      lua_rawseti(L, -2, i);
    }
    if (lua_pcall(L, 1, 1, 1) == LUA_OK)
      signal = read_end(L, &code);
    else
      fprintf(stderr, "ninetails: internal error: %s\n", lua_tostring(L, -1));
  } else {
    fprintf(stderr, "ninetails: internal error: %s\n", lua_tostring(L, -1));
  }
  lua_close(L); /* what is half-written goes */
  if (signal) signals_die(signal);
  return code;
}
