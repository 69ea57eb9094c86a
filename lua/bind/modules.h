/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The C modules of the executable: one file each, listed in modules.c, found by require(). */
#ifndef NINETAILS_MODULES_H
#define NINETAILS_MODULES_H
#include <lua.h>

#include <ninetails/error.h>

/* Makes every module of modules.c and every embedded Lua file known to require(). */
void modules_register(lua_State *L);

/* The openers, in modules.c's list. */
int luaopen_ninetails_bench(lua_State *L);
int luaopen_ninetails_cache(lua_State *L);
int luaopen_ninetails_changes(lua_State *L);
int luaopen_ninetails_command(lua_State *L);
int luaopen_ninetails_comparison(lua_State *L);
int luaopen_ninetails_array(lua_State *L);
int luaopen_ninetails_dendrogram(lua_State *L);
int luaopen_ninetails_dissect(lua_State *L);
int luaopen_ninetails_fetch(lua_State *L);
int luaopen_ninetails_files(lua_State *L);
int luaopen_ninetails_inspection(lua_State *L);
int luaopen_ninetails_json(lua_State *L);
int luaopen_ninetails_labels(lua_State *L);
int luaopen_ninetails_line(lua_State *L);
int luaopen_ninetails_normal(lua_State *L);
int luaopen_ninetails_pager(lua_State *L);
int luaopen_ninetails_pattern(lua_State *L);
int luaopen_ninetails_pipeline(lua_State *L);
int luaopen_ninetails_plain(lua_State *L);
int luaopen_ninetails_results(lua_State *L);
int luaopen_ninetails_series(lua_State *L);
int luaopen_ninetails_signals(lua_State *L);
int luaopen_ninetails_survey(lua_State *L);
int luaopen_ninetails_sweep(lua_State *L);
int luaopen_ninetails_synthesiser(lua_State *L);
int luaopen_ninetails_system(lua_State *L);

/* Raises a Lua error whose value is a table {status = "argument" | "input" | ..., message =
 * err->text}; it has a __tostring, so it reads as its message. What ended because of a signal is
 * {status = "interrupted", ...} (signals.h). Never returns. */
int modules_raise(lua_State *L, const nt_error *err);

/* Makes `done` the __close and __gc of the userdata on the top, whose metatable is `name`, and closes
 * it when the function that calls this ends, also when a Lua error passes by. */
void modules_close_at_end(lua_State *L, const char *name, lua_CFunction done);

#endif
