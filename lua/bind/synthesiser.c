/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.synthesiser: scenarios -> labelled captures (core/synthesiser/synthesiser.h).
 *
 *     synthesiser.run {scenario = table, packets =, seed =, output = path, labels = path,
 *                      over = path or nil, progress = function(packets, expected) or nil}
 *         --> {packets =, attack_packets =, bytes =, seconds =, first_attack =,
 *              activities = {{name =, attack =, packets =}, ...}}
 *     synthesiser.tables()
 *         --> {{title =, parameters =, behaviour = name or nil}, ...}: the parameters of every
 *             scenario, then those of each behaviour
 */
#include <lauxlib.h>
#include <string.h>

#include "synthesiser/behaviours.h"
#include "synthesiser/scenario.h"
#include "synthesiser/synthesiser.h"
#include "fields.h"
#include "modules.h"
#include "parameters.h"
#include "signals.h"

enum { MAX_DEPTH = 16, MAX_VALUES = 200000 };

/* The tree under construction belongs to a userdata, so that an error anywhere frees it. */
static int tree_gc(lua_State *L) {
  nt_setting **root = lua_touserdata(L, 1);
  nt_setting_free(*root);
  *root = NULL;
  return 0;
}

static nt_setting **new_tree(lua_State *L) {
  nt_setting **root = lua_newuserdatauv(L, sizeof *root, 0);
  *root = NULL;
  if (luaL_newmetatable(L, "ninetails.scenario")) {
    lua_pushcfunction(L, tree_gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  *root = nt_setting_new();
  return root;
}

static int refuse(lua_State *L, nt_status status, const char *text) {
  nt_error err;
  nt_fail(&err, status, "scenario: %s", text);
  return modules_raise(L, &err);
}

static void copy_table(lua_State *L, int at, nt_setting *into, int depth, int *count);

static void copy_value(lua_State *L, nt_setting *into, const char *key, int depth, int *count) {
  if (++*count > MAX_VALUES) refuse(L, NT_E_LIMIT, "has more than 200000 values");
  nt_setting *made = NULL;
  size_t length;
  const char *text;
  switch (lua_type(L, -1)) {
  case LUA_TNUMBER:
    made = nt_setting_add_number(into, key, lua_tonumber(L, -1));
    break;
  case LUA_TBOOLEAN:
    made = nt_setting_add_flag(into, key, lua_toboolean(L, -1));
    break;
  case LUA_TSTRING:
    text = lua_tolstring(L, -1, &length);
    made = nt_setting_add_text(into, key, text, length);
    break;
  case LUA_TTABLE:
    if (depth == MAX_DEPTH) refuse(L, NT_E_LIMIT, "has tables nested more than 16 deep");
    made = nt_setting_add_table(into, key);
    if (made) copy_table(L, lua_gettop(L), made, depth + 1, count);
    break;
  default:
    lua_pushfstring(L, "%s is a %s, expected a number, text, boolean or table",
                    key ? key : "an item of a list", luaL_typename(L, -1));
    refuse(L, NT_E_ARGUMENT, lua_tostring(L, -1));
  }
  if (!made) refuse(L, NT_E_MEMORY, "out of memory");
}

/* List items in their order, then the named values sorted by name: Lua's own order differs from run
 * to run. */
static void copy_table(lua_State *L, int at, nt_setting *into, int depth, int *count) {
  luaL_checkstack(L, 8, NULL);
  lua_Integer items = (lua_Integer)lua_rawlen(L, at), named = 0;
  for (lua_Integer i = 1; i <= items; i++) {
    lua_rawgeti(L, at, i);
    copy_value(L, into, NULL, depth, count);
    lua_pop(L, 1);
  }
  lua_newtable(L);
  int names = lua_gettop(L);
  for (lua_pushnil(L); lua_next(L, at); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) continue;
    lua_pushvalue(L, -2);
    lua_rawseti(L, names, ++named);
  }
  lua_getglobal(L, "table");
  lua_getfield(L, -1, "sort");
  lua_pushvalue(L, names);
  lua_call(L, 1, 0);
  lua_pop(L, 1);
  for (lua_Integer i = 1; i <= named; i++) {
    lua_rawgeti(L, names, i);
    lua_pushvalue(L, -1);
    lua_rawget(L, at);
    copy_value(L, into, lua_tostring(L, -2), depth, count);
    lua_pop(L, 2);
  }
  lua_pop(L, 1);
}

typedef struct progress_call {
  lua_State *L;
  int function; /* stack index, 0: none */
  int failed;
} progress_call;

static int report_progress(void *context, uint64_t packets, uint64_t expected) {
  progress_call *call = context;
  if (!call->function) return 0;
  lua_pushvalue(call->L, call->function);
  lua_pushinteger(call->L, (lua_Integer)packets);
  lua_pushinteger(call->L, (lua_Integer)expected);
  call->failed = !signals_call_back(call->L, 2);
  return call->failed;
}

static void push_result(lua_State *L, const nt_synthesis_result *r) {
  lua_createtable(L, 0, 8);
  set_integer(L, "packets", r->packets);
  set_integer(L, "attack_packets", r->attack_packets);
  set_integer(L, "bytes", r->bytes);
  set_integer(L, "first_attack", r->first_attack);
  set_number(L, "seconds", r->seconds);
  lua_createtable(L, (int)r->activity_count, 0);
  for (size_t i = 0; i < r->activity_count; i++) {
    lua_createtable(L, 0, 3);
    set_text(L, "name", r->activities[i].name);
    set_flag(L, "attack", r->activities[i].attack);
    set_integer(L, "packets", r->activities[i].packets);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "activities");
}

static lua_Integer whole(lua_State *L, const char *key, lua_Integer fallback) {
  lua_getfield(L, 1, key);
  int ok = lua_isnil(L, -1);
  lua_Integer value = ok ? fallback : lua_tointegerx(L, -1, &ok);
  lua_pop(L, 1);
  if (!ok) luaL_error(L, "synthesiser.run: %s must be a whole number", key);
  return value;
}

static int run(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  nt_setting **root = new_tree(L); /* 2 */
  lua_getfield(L, 1, "scenario");  /* 3 */
  if (!lua_istable(L, 3)) return refuse(L, NT_E_ARGUMENT, "must be a table");
  int count = 0;
  copy_table(L, 3, *root, 0, &count);
  lua_getfield(L, 1, "output");   /* 4 */
  lua_getfield(L, 1, "labels");   /* 5 */
  lua_getfield(L, 1, "over");     /* 6 */
  lua_getfield(L, 1, "progress"); /* 7 */
  lua_Integer packets = whole(L, "packets", 0);
  if (packets < 0) return refuse(L, NT_E_ARGUMENT, "packets must not be negative");
  progress_call call = {L, lua_isfunction(L, 7) ? 7 : 0, 0};
  nt_synthesis what = {.seed = (uint64_t)whole(L, "seed", 1),
                       .packets = (uint64_t)packets,
                       .output = lua_tostring(L, 4),
                       .labels = lua_tostring(L, 5),
                       .over = lua_tostring(L, 6),
                       .progress = report_progress,
                       .context = &call};
  nt_synthesis_result result;
  nt_error err = {0};
  nt_status status = nt_synthesise(*root, &what, &result, &err);
  if (status == NT_OK) push_result(L, &result);
  nt_synthesis_done(&result);
  if (status == NT_OK) return 1;
  return call.failed ? lua_error(L) : modules_raise(L, &err);
}

static void push_table(lua_State *L, const char *behaviour, const char *title,
                       const nt_parameter *rows, size_t count) {
  lua_createtable(L, 0, 3);
  set_text(L, "behaviour", behaviour);
  set_text(L, "title", title);
  parameters_push(L, rows, count);
  lua_setfield(L, -2, "parameters");
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

static int tables(lua_State *L) {
  lua_newtable(L);
  for (const nt_scenario_table *t = nt_scenario_tables; t->title; t++)
    push_table(L, NULL, t->title, t->parameters, t->count);
  for (size_t i = 0; nt_behaviours[i]; i++)
    push_table(L, nt_behaviours[i]->name, nt_behaviours[i]->help, nt_behaviours[i]->parameters,
               nt_behaviours[i]->parameter_count);
  return 1;
}

int luaopen_ninetails_synthesiser(lua_State *L) {
  static const luaL_Reg functions[] = {{"run", run}, {"tables", tables}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
