/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.plain: Lua text from outside that is data (cards, scenarios).
 *
 *     plain.run(text, chunk, kind) --> value; or nil, reason, "input" or "limit"
 *
 * kind "card": expressions alone, there is no function to call. "scenario": also ipairs,
 * table.move, table.concat and table.unpack (of whole tables), and require of
 * datasets.scenarios.*
 *
 * The text (never bytecode) runs in a Lua state of its own, without libraries and without methods
 * of strings, and bounded in memory, in bytes ever allocated, in the length of a text and the size
 * of a table (so that no single instruction takes long) and in instructions. Plain values are
 * copied out of it, bounded in number, depth and bytes: tables that contain themselves do not come
 * through. A card of the program takes some 250 instructions and 20 kB, a scenario 8000 and 170 kB.
 */
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "embedded.h"
#include "modules.h"
#include "signals.h"

enum {
  MOST_MEMORY = 8 << 20,
  MOST_CHURN = 16, /* times as much, over the whole run */
  MOST_TEXT = 1 << 14,
  MOST_BLOCK = 1 << 19, /* what else lies in one piece: a table's entries */
  MOST_STEPS = 200000,
  STEPS = 1000, /* between two looks at how many there were */
  MOST_DEPTH = 32,
  MOST_VALUES = 50000,
  PATH = 200,
  MOVE = 5 /* arguments of table.move */
};
#define SCENARIOS "datasets.scenarios."

typedef struct bounded {
  lua_State *L;
  size_t used, churn, steps;
  const char *limit; /* what was refused, NULL: nothing */
  int scenario;
  const char *text, *chunk;
  size_t length;
} bounded;

/* ---------------------------------------------------------------- bounds */

static void *allocate(void *context, void *block, size_t old, size_t size) {
  bounded *b = context;
  int is_text = !block && old == LUA_TSTRING;
  if (!block) old = 0; /* it was a type */
  if (size == 0) {
    free(block);
    b->used -= old;
    return NULL;
  }
  if (is_text && size > MOST_TEXT + 64) {
    b->limit = "a text in it is longer than 16 KiB";
    return NULL;
  }
  if (size > MOST_BLOCK && size > old) {
    b->limit = "a table in it takes more than 512 KiB";
    return NULL;
  }
  if (size > old &&
      (size - old > MOST_MEMORY - b->used || size > (size_t)MOST_CHURN * MOST_MEMORY - b->churn)) {
    b->limit = "it takes more than 8 MiB of memory";
    return NULL;
  }
  void *p = realloc(block, size);
  if (!p) return size <= old ? block : NULL; /* Lua relies on making smaller */
  if (size > old) b->churn += size;
  b->used += size - old;
  return p;
}

/* Takes n instructions, or what is like them. */
static void charge(lua_State *L, size_t n) {
  bounded *b = *(bounded **)lua_getextraspace(L);
  if (n > MOST_STEPS - b->steps) {
    b->limit = "it runs on and on";
    luaL_error(L, "%s", b->limit);
  }
  b->steps += n;
}

static void look(lua_State *L, lua_Debug *ar) {
  (void)ar;
  if (signals_caught()) luaL_error(L, "interrupted");
  charge(L, STEPS);
}

/* ---------------------------------------------------------------- what a scenario may call */

/* Copies functions of the library that is on top into a new table there. */
static void pick(lua_State *L, const char *const *names) {
  lua_newtable(L);
  for (; *names; names++) {
    lua_getfield(L, -2, *names);
    lua_setfield(L, -2, *names);
  }
  lua_remove(L, -2);
}

/* A function of the library (upvalue 1), which looks at every item of its first argument, with at
 * most upvalue 2 arguments. */
static int charged(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  int arguments = (int)lua_tointeger(L, lua_upvalueindex(2));
  lua_settop(L, arguments);
  charge(L, lua_rawlen(L, 1));
  if (arguments == MOVE) { /* from, to: indices of one's own choice */
    lua_Number items = luaL_checknumber(L, 3) - luaL_checknumber(L, 2);
    charge(L, items > MOST_STEPS ? MOST_STEPS + 1 : items > 0 ? (size_t)items : 0);
  }
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

/* The field of the table `library` below the top, charged, into the table on top. */
static void give_charged(lua_State *L, const char *name, int arguments) {
  lua_getfield(L, -2, name);
  lua_pushinteger(L, arguments);
  lua_pushcclosure(L, charged, 2);
  lua_setfield(L, -2, name);
}

/* require(name), with the environment of the program's own modules and their values as upvalues. */
static int require_scenario(lua_State *L) {
  const char *module = luaL_checkstring(L, 1);
  lua_settop(L, 1);
  if (lua_getfield(L, lua_upvalueindex(2), module) != LUA_TNIL) return 1;
  for (const embedded_file *f = embedded_files; f->module; f++) {
    if (strcmp(f->module, module) != 0 || strncmp(module, SCENARIOS, sizeof SCENARIOS - 1) != 0)
      continue;
    if (luaL_loadbufferx(L, f->text, f->length, f->chunk, "t") != LUA_OK) return lua_error(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_setupvalue(L, -2, 1);
    lua_call(L, 0, 1);
    lua_pushvalue(L, -1);
    lua_setfield(L, lua_upvalueindex(2), module);
    return 1;
  }
  return luaL_error(L, "require '%s': expected a module of " SCENARIOS "*", module);
}

/* Pushes the environment of a scenario of somebody else. That of the program's modules, which have
 * some more functions, cannot be reached from it: there is neither _G nor a metatable. */
static void push_scenario_functions(lua_State *L) {
  static const char *const base[] = {"ipairs", "pairs", "error", NULL};
  static const char *const tables[] = {"move", "unpack", "concat", NULL};
  static const char *const strings[] = {"format", NULL};
  luaL_requiref(L, "_G", luaopen_base, 0);
  pick(L, base);
  luaL_requiref(L, "table", luaopen_table, 0);
  pick(L, tables);
  lua_setfield(L, -2, "table");
  luaL_requiref(L, "string", luaopen_string, 0);
  pick(L, strings);
  lua_setfield(L, -2, "string");
  lua_pushliteral(L, ""); /* opening it gave texts their methods */
  lua_pushnil(L);
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
  lua_pushvalue(L, -1);
  lua_newtable(L);
  lua_pushcclosure(L, require_scenario, 2);
  lua_setfield(L, -2, "require");
  lua_newtable(L);
  static const char *const given[] = {"ipairs", "require", NULL};
  for (const char *const *name = given; *name; name++) {
    lua_getfield(L, -2, *name);
    lua_setfield(L, -2, *name);
  }
  lua_getfield(L, -2, "table");
  lua_newtable(L);
  give_charged(L, "unpack", 1);
  give_charged(L, "concat", 2);
  give_charged(L, "move", MOVE);
  lua_remove(L, -2);
  lua_setfield(L, -2, "table");
  lua_remove(L, -2);
}

/* In the bounded state, protected: leaves the value of the text. */
static int evaluate(lua_State *L) {
  bounded *b = lua_touserdata(L, 1);
  if (b->scenario)
    push_scenario_functions(L);
  else
    lua_newtable(L);
  if (luaL_loadbufferx(L, b->text, b->length, b->chunk, "t") != LUA_OK) return lua_error(L);
  lua_insert(L, -2);
  lua_setupvalue(L, -2, 1);
  lua_sethook(L, look, LUA_MASKCOUNT, STEPS);
  lua_call(L, 0, 1);
  lua_sethook(L, NULL, 0, 0);
  return 1;
}

/* ---------------------------------------------------------------- copying the value */

typedef struct copying {
  lua_State *from, *to;
  size_t values, bytes;
  char path[PATH];
  const char *limit; /* what it had too much of */
  const char *type;  /* of a value at `path` that is no data */
} copying;

static int copy_value(copying *c, int depth);

static void name_key(copying *c, size_t at) {
  if (at >= PATH - 1) return;
  if (lua_type(c->from, -2) == LUA_TSTRING)
    snprintf(c->path + at, PATH - at, "%s%.60s", at ? "." : "", lua_tostring(c->from, -2));
  else if (lua_isinteger(c->from, -2))
    snprintf(c->path + at, PATH - at, "[%lld]", (long long)lua_tointeger(c->from, -2));
  else
    snprintf(c->path + at, PATH - at, "[%s]", luaL_typename(c->from, -2));
}

static int copy_table(copying *c, int depth) {
  size_t at = strlen(c->path);
  if (depth == MOST_DEPTH || !lua_checkstack(c->from, 4)) {
    c->limit = "its tables are nested more than 32 deep, or contain themselves";
    return 0;
  }
  luaL_checkstack(c->to, 4, NULL);
  lua_newtable(c->to);
  lua_pushnil(c->from);
  while (lua_next(c->from, -2)) {
    name_key(c, at);
    lua_insert(c->from, -2); /* the value below, the key on top */
    int good = copy_value(c, MOST_DEPTH);
    lua_insert(c->from, -2);
    if (!good || !copy_value(c, depth + 1)) return 0;
    lua_rawset(c->to, -3);
    lua_pop(c->from, 1);
    c->path[at] = 0;
  }
  return 1;
}

/* Copies the value on top of `from` to the top of `to`. 0: it is not data, or too much. */
static int copy_value(copying *c, int depth) {
  size_t length;
  const char *text;
  c->bytes += 16;
  if (++c->values > MOST_VALUES) {
    c->limit = "it has more than 50000 values";
    return 0;
  }
  switch (lua_type(c->from, -1)) {
  case LUA_TNIL:
    lua_pushnil(c->to);
    return 1;
  case LUA_TBOOLEAN:
    lua_pushboolean(c->to, lua_toboolean(c->from, -1));
    return 1;
  case LUA_TNUMBER:
    if (lua_isinteger(c->from, -1))
      lua_pushinteger(c->to, lua_tointeger(c->from, -1));
    else
      lua_pushnumber(c->to, lua_tonumber(c->from, -1));
    return 1;
  case LUA_TSTRING:
    text = lua_tolstring(c->from, -1, &length);
    if ((c->bytes += length) > MOST_MEMORY) {
      c->limit = "it takes more than 8 MiB of memory";
      return 0;
    }
    lua_pushlstring(c->to, text, length);
    return 1;
  case LUA_TTABLE:
    return copy_table(c, depth);
  default:
    c->type = luaL_typename(c->from, -1);
    return 0;
  }
}

/* ---------------------------------------------------------------- the module */

static int bounded_close(lua_State *L) {
  bounded *b = lua_touserdata(L, 1);
  if (b->L) lua_close(b->L);
  b->L = NULL;
  return 0;
}

static bounded *new_bounded(lua_State *L) {
  bounded *b = lua_newuserdatauv(L, sizeof *b, 0);
  *b = (bounded){0};
  modules_close_at_end(L, "ninetails.plain", bounded_close);
  return b;
}

static int fail(lua_State *L, const char *reason, const char *status) {
  lua_pushnil(L);
  lua_pushstring(L, reason);
  lua_pushstring(L, status);
  return 3;
}

static int too_much(lua_State *L, const char *limit, const char *kind) {
  return fail(L, lua_pushfstring(L, "%s: a %s is a table, not a program", limit, kind), "limit");
}

static int run(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length), *chunk = luaL_checkstring(L, 2);
  static const char *const kinds[] = {"card", "scenario", NULL};
  const char *kind = kinds[luaL_checkoption(L, 3, NULL, kinds)];
  bounded *b = new_bounded(L);
  *b = (bounded){.text = text, .length = length, .chunk = chunk, .scenario = kind == kinds[1]};
  b->L = lua_newstate(allocate, b);
  if (!b->L) return luaL_error(L, "%s: out of memory", chunk);
  *(bounded **)lua_getextraspace(b->L) = b;
  lua_pushcfunction(b->L, evaluate);
  lua_pushlightuserdata(b->L, b);
  int code = lua_pcall(b->L, 1, 1, 0);
  if (signals_caught()) return signals_raise(L, "interrupted");
  if (code != LUA_OK && b->limit) return too_much(L, b->limit, kind);
  if (code == LUA_ERRMEM) return luaL_error(L, "%s: out of memory", chunk);
  if (code != LUA_OK)
    return fail(L, lua_type(b->L, -1) == LUA_TSTRING ? lua_tostring(b->L, -1) : "an error",
                "input");
  copying c = {.from = b->L, .to = L};
  int good = copy_value(&c, 0);
  if (c.limit) return too_much(L, c.limit, kind);
  if (!good) {
    lua_pushfstring(L, "%s = %s: a %s holds texts, numbers, true, false and tables alone",
                    *c.path ? c.path : "its value", c.type, kind);
    return fail(L, lua_tostring(L, -1), "input");
  }
  return 1;
}

int luaopen_ninetails_plain(lua_State *L) {
  static const luaL_Reg functions[] = {{"run", run}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
