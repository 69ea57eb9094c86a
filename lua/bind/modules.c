/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "modules.h"

#include <lauxlib.h>
#include <string.h>

#include "embedded.h"
#include "signals.h"

static int open_embedded(lua_State *L);

static const luaL_Reg c_modules[] = {
    {"ninetails.bench.kernels", luaopen_ninetails_bench},
    {"ninetails.cache", luaopen_ninetails_cache},
    {"ninetails.changes", luaopen_ninetails_changes},
    {"ninetails.command", luaopen_ninetails_command},
    {"ninetails.comparison", luaopen_ninetails_comparison},
    {"ninetails.array", luaopen_ninetails_array},
    {"ninetails.dendrogram", luaopen_ninetails_dendrogram},
    {"ninetails.dissect", luaopen_ninetails_dissect},
    {"ninetails.embedded", open_embedded},
    {"ninetails.fetch", luaopen_ninetails_fetch},
    {"ninetails.files", luaopen_ninetails_files},
    {"ninetails.inspection", luaopen_ninetails_inspection},
    {"ninetails.json", luaopen_ninetails_json},
    {"ninetails.labels", luaopen_ninetails_labels},
    {"ninetails.line", luaopen_ninetails_line},
    {"ninetails.normal", luaopen_ninetails_normal},
    {"ninetails.pager", luaopen_ninetails_pager},
    {"ninetails.pattern", luaopen_ninetails_pattern},
    {"ninetails.pipeline", luaopen_ninetails_pipeline},
    {"ninetails.plain", luaopen_ninetails_plain},
    {"ninetails.results", luaopen_ninetails_results},
    {"ninetails.series", luaopen_ninetails_series},
    {"ninetails.signals", luaopen_ninetails_signals},
    {"ninetails.survey", luaopen_ninetails_survey},
    {"ninetails.sweep", luaopen_ninetails_sweep},
    {"ninetails.synthesiser", luaopen_ninetails_synthesiser},
    {"ninetails.system", luaopen_ninetails_system},
    {NULL, NULL},
};

/* require("ninetails.embedded")("experiments.quickstart") returns the text of an embedded file and
 * the name of its chunk, or nothing. */
static int embedded_text(lua_State *L) {
  const char *module = luaL_checkstring(L, 1);
  for (const embedded_file *f = embedded_files; f->module; f++)
    if (strcmp(f->module, module) == 0) {
      lua_pushlstring(L, f->text, f->length);
      lua_pushstring(L, f->chunk);
      return 2;
    }
  return 0;
}

static int open_embedded(lua_State *L) {
  lua_pushcfunction(L, embedded_text);
  return 1;
}

static int load_embedded(lua_State *L) {
  const embedded_file *file = lua_touserdata(L, lua_upvalueindex(1));
  if (luaL_loadbufferx(L, file->text, file->length, file->chunk, "t") != LUA_OK)
    return lua_error(L);
  lua_pushstring(L, file->module);
  lua_call(L, 1, 1);
  return 1;
}

void modules_register(lua_State *L) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  for (const luaL_Reg *m = c_modules; m->name; m++) {
    lua_pushcfunction(L, m->func);
    lua_setfield(L, -2, m->name);
  }
  for (const embedded_file *f = embedded_files; f->module; f++) {
    lua_pushlightuserdata(L, (void *)f);
    lua_pushcclosure(L, load_embedded, 1);
    lua_setfield(L, -2, f->module);
  }
  lua_pop(L, 1);
}

static int error_tostring(lua_State *L) {
  lua_getfield(L, 1, "message");
  return 1;
}

int modules_raise(lua_State *L, const nt_error *err) {
  static const char interrupted[] = "interrupted"; /* maybe with how far it came */
  if (signals_caught() && err->status == NT_E_STATE)
    return signals_raise(
        L, strncmp(err->text, interrupted, sizeof interrupted - 1) == 0 ? err->text : interrupted);
  static const char *const status_names[] = {
      [NT_OK] = "ok",        [NT_E_ARGUMENT] = "argument", [NT_E_INPUT] = "input",
      [NT_E_IO] = "io",      [NT_E_MEMORY] = "memory",     [NT_E_LIMIT] = "limit",
      [NT_E_STATE] = "state"};
  lua_createtable(L, 0, 2);
  lua_pushstring(L, status_names[err->status]);
  lua_setfield(L, -2, "status");
  lua_pushstring(L, err->text);
  lua_setfield(L, -2, "message");
  if (luaL_newmetatable(L, "ninetails.error")) {
    lua_pushcfunction(L, error_tostring);
    lua_setfield(L, -2, "__tostring");
  }
  lua_setmetatable(L, -2);
  return lua_error(L);
}

void modules_close_at_end(lua_State *L, const char *name, lua_CFunction done) {
  if (luaL_newmetatable(L, name)) {
    lua_pushcfunction(L, done);
    lua_setfield(L, -2, "__close");
    lua_pushcfunction(L, done);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  lua_toclose(L, -1);
}
