/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.system: what this program and this machine are.
 *
 *     local system = require "ninetails.system"
 *     local v = system.version()
 *     print(v.version, v.commit, v.dirty, v.compiler, v.flags)
 *     print(v.cpu, v.features, v.isa, v.processors)
 *     print(v.jobs, v.jobs_by, v.memory, v.memory_by)   -- of them for this process: allowance.h
 *     print(v.libraries[1].name, v.libraries[1].version)
 *     print(system.is_terminal(2))  -- whether stderr is one
 *     print(system.columns(2))      -- how wide that is, 80 where it is unknown
 *     print(system.clock())         -- seconds, monotonic
 *
 * system.check_environment() raises what is wrong with NINETAILS_ISA.
 */
#include <curl/curl.h>
#include <jansson.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#ifdef NINETAILS_READLINE
#include <readline/readline.h>
#endif

#include <ninetails/platform.h>

#include "ground/allowance.h"
#include "ground/team.h"
#include "fields.h"
#include "modules.h"

/* Appends {name =, version =} to the list on the top. */
static void add_library(lua_State *L, const char *name, const char *version) {
  lua_createtable(L, 0, 2);
  set_text(L, "name", name);
  set_text(L, "version", version);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

static int version(lua_State *L) {
  const nt_build *build = nt_build_of();
  char text[512];
  lua_newtable(L);
  set_text(L, "version", build->version);
  set_text(L, "commit", build->commit);
  set_flag(L, "dirty", build->dirty);
  set_text(L, "compiler", build->compiler);
  set_text(L, "flags", build->flags);
  nt_cpu_model(text, sizeof text);
  set_text(L, "cpu", text);
  nt_cpu_features(text, sizeof text);
  set_text(L, "features", text);
  set_text(L, "isa", nt_isa_name(nt_isa_best()));
  set_integer(L, "processors", sysconf(_SC_NPROCESSORS_ONLN));
  nt_allowance mine;
  nt_allowance_of(&mine);
  set_integer(L, "jobs", (size_t)mine.processors);
  set_text(L, "jobs_by", mine.processors_by);
  set_integer(L, "memory", mine.memory);
  set_text(L, "memory_by", mine.memory_by);

  nt_library libraries[16];
  size_t count = nt_libraries(libraries, 16);
  lua_newtable(L);
  for (size_t i = 0; i < count; i++) add_library(L, libraries[i].name, libraries[i].version);
  add_library(L, "Lua", LUA_VERSION_MAJOR "." LUA_VERSION_MINOR "." LUA_VERSION_RELEASE);
  add_library(L, "jansson", jansson_version_str());
  add_library(L, "libcurl", curl_version_info(CURLVERSION_NOW)->version);
#ifdef NINETAILS_READLINE
  add_library(L, "readline", rl_library_version);
#endif
  lua_setfield(L, -2, "libraries");
  return 1;
}

static int check_environment(lua_State *L) {
  nt_error err;
  return nt_isa_check(&err) == NT_OK ? 0 : modules_raise(L, &err);
}

static int is_terminal(lua_State *L) {
  lua_pushboolean(L, isatty((int)luaL_checkinteger(L, 1)));
  return 1;
}

static int columns(lua_State *L) {
  struct winsize size;
  int known = ioctl((int)luaL_checkinteger(L, 1), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  lua_pushinteger(L, known ? size.ws_col : 80);
  return 1;
}

static int clock_seconds(lua_State *L) {
  lua_pushnumber(L, nt_seconds());
  return 1;
}

int luaopen_ninetails_system(lua_State *L) {
  static const luaL_Reg functions[] = {{"version", version},
                                       {"is_terminal", is_terminal},
                                       {"columns", columns},
                                       {"clock", clock_seconds},
                                       {"check_environment", check_environment},
                                       {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
