/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provenance.h"

static void add_field(lua_State *L, nt_provenance *p, const char *name, const char *key) {
  lua_getfield(L, -1, key);
  if (lua_type(L, -1) == LUA_TSTRING) nt_provenance_add(p, name, lua_tostring(L, -1));
  lua_pop(L, 1);
}

void provenance_read(lua_State *L, nt_provenance *p, int threads) {
  nt_provenance_make(p, threads, nt_isa_best());
  add_field(L, p, "experiment", "name");
  add_field(L, p, "command_line", "command_line");
  add_field(L, p, "search", "search");
  if (lua_getfield(L, -1, "script") == LUA_TTABLE) {
    add_field(L, p, "script_path", "path");
    add_field(L, p, "script", "text");
    add_field(L, p, "options", "options");
  }
  lua_pop(L, 1);
}
