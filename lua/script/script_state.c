/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script_state.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind/modules.h"
#include "ground/flag.h"
#include "ground/team.h"

#define HOOK_INSTRUCTIONS                                                                          \
  100000                 /* between two looks at the flag: well below a millisecond or two */
#define MOST_MESSAGE 320 /* bytes of a message, so that some of the traceback fits too */

/* ---------------------------------------------------------------- scripts */

void script_free(script *s) {
  if (!s) return;
  for (size_t i = 0; i < s->options; i++) {
    free(s->names[i]);
    free(s->values[i]);
  }
  free(s->names);
  free(s->values);
  free(s->text);
  free(s->chunk);
  free(s);
}

script *script_new(const char *text, size_t length, const char *chunk) {
  script *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  s->memory = SCRIPT_MEMORY;
  s->length = length;
  s->text = malloc(length + 1);
  s->chunk = strdup(chunk);
  if (s->text && s->chunk) {
    memcpy(s->text, text, length);
    s->text[length] = 0;
    return s;
  }
  script_free(s);
  return NULL;
}

nt_status script_set(script *s, const char *name, const char *value, nt_error *err) {
  size_t bytes = (s->options + 1) * sizeof(char *);
  char **names = realloc(s->names, bytes);
  if (names) s->names = names;
  char **values = realloc(s->values, bytes);
  if (values) s->values = values;
  char *n = strdup(name), *v = strdup(value);
  if (!names || !values || !n || !v) {
    free(n);
    free(v);
    return nt_fail(err, NT_E_MEMORY, "out of memory for option %s", name);
  }
  names[s->options] = n;
  values[s->options++] = v;
  return NT_OK;
}

/* ---------------------------------------------------------------- bounds */

static void *allocate(void *context, void *block, size_t old, size_t size) {
  script_state *s = context;
  if (!block) old = 0; /* it was a type */
  if (size == 0) {
    free(block);
    s->used -= old;
    return NULL;
  }
  if (size > old && size - old > s->script->memory - s->used) {
    s->refused = 1;
    return NULL;
  }
  void *p = realloc(block, size);
  if (!p) return size <= old ? block : NULL; /* Lua relies on making smaller */
  s->used += size - old;
  return p;
}

script_state *script_state_of(lua_State *L) {
  return *(script_state **)lua_getextraspace(L);
}

static int cancelled(const script *s) {
  return nt_flag_get(s->cancel) != 0;
}

static int too_late(script_state *s) {
  if (s->script->seconds > 0 && nt_seconds() > s->deadline) s->late = 1;
  return s->late;
}

/* Coroutines inherit the hook. Once cancelled or too late, every instruction raises, in the one
 * that runs and in the main one: a pcall() or a coroutine in a loop cannot go on. */
static void look(lua_State *L, lua_Debug *ar) {
  script_state *s = script_state_of(L);
  int told_to_end = cancelled(s->script);
  if (!told_to_end && !too_late(s)) return;
  lua_sethook(L, look, LUA_MASKCOUNT, 1);
  lua_sethook(s->L, look, LUA_MASKCOUNT, 1);
  if (told_to_end) luaL_error(L, "interrupted");
  char seconds[32];
  snprintf(seconds, sizeof seconds, "%g", s->script->seconds);
  lua_getinfo(L, "Sl", ar); /* where it is: level 1 of luaL_error would be its caller */
  lua_pushfstring(L, "%s:%d: took longer than %s s, the limit of a run, and had got to %s",
                  ar->short_src, ar->currentline, seconds, s->phase);
  lua_error(L);
}

/* ---------------------------------------------------------------- calls and their errors */

/* The error as text, with the traceback after it. Errors may be tables with a message. */
static int with_traceback(lua_State *L) {
  if (lua_istable(L, 1) && !luaL_getmetafield(L, 1, "__tostring")) {
    if (lua_getfield(L, 1, "message") != LUA_TSTRING)
      lua_pushliteral(L, "an error that is a table and has no message");
    lua_replace(L, 1);
  }
  luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
  return 1;
}

/* Where a text may be cut at `most` bytes without cutting a character of UTF-8. */
static size_t cut(const char *text, size_t length, size_t most) {
  if (length <= most) return length;
  while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80) most--;
  return most;
}

/* "message\nstack traceback:\n\t..." -> err: the message, cut where it is long, and the whole lines
 * that fit, without our own frames at the outer end. */
static nt_status fill_error(const script_state *s, nt_status status, const char *text,
                            nt_error *err) {
  static const char head[] = "\nstack traceback:\n", own[] = "\n\t[C]: in ?";
  char out[sizeof err->text];
  const char *trace = NULL;
  for (const char *p = text; (p = strstr(p, head)); p++) trace = p; /* the last: of our handler */
  size_t length = trace ? (size_t)(trace - text) : strlen(text);
  size_t most = cut(text, length, trace ? MOST_MESSAGE : 2 * MOST_MESSAGE);
  int used = snprintf(out, sizeof out, "%s %s: %.*s%s", s->kind, s->name, (int)most, text,
                      most < length ? "..." : "");
  size_t at = used < 0 ? 0 : (size_t)used < sizeof out ? (size_t)used : sizeof out - 1;
  size_t end = trace ? strlen(trace) : 0, tail = sizeof own - 1;
  if (end >= tail && strcmp(trace + end - tail, own) == 0) end -= tail;
  size_t to = 0; /* bytes of it that are taken: up to the end of a line, the heading not alone */
  for (size_t k = sizeof head - 1; k < end;) {
    k += strcspn(trace + k, "\n");
    if (k > end || at + k >= sizeof out) break;
    to = k++;
  }
  if (to) memcpy(out + at, trace, to);
  at += to;
  out[at] = 0;
  return nt_fail(err, status, "%s", out);
}

static nt_status memory_ended(const script_state *s, nt_error *err) {
  if (!s->refused) return nt_fail(err, NT_E_MEMORY, "%s %s: not enough memory", s->kind, s->name);
  return nt_fail(err, NT_E_LIMIT, "%s %s: not enough memory: at most %zu MiB for a Lua state",
                 s->kind, s->name, s->script->memory >> 20);
}

nt_status script_state_call(script_state *s, lua_CFunction f, void *job, nt_error *err) {
  lua_State *L = s->L;
  int top = lua_gettop(L);
  if (cancelled(s->script)) return nt_fail(err, NT_E_STATE, "%s %s: interrupted", s->kind, s->name);
  s->refused = s->late = 0;
  double start = nt_seconds();
  s->deadline = start + s->script->seconds - s->spent;
  lua_pushcfunction(L, with_traceback);
  lua_pushcfunction(L, f);
  lua_pushlightuserdata(L, job);
  int result = lua_pcall(L, 1, 0, top + 1);
  array_revoke(&s->lease);
  s->spent += nt_seconds() - start;
  nt_status status = NT_OK;
  if (result == LUA_ERRMEM)
    status = memory_ended(s, err);
  else if (result != LUA_OK)
    status = fill_error(s,
                        cancelled(s->script) ? NT_E_STATE
                        : s->late            ? NT_E_LIMIT
                                             : NT_E_INPUT,
                        lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1)
                                                       : "an error in the handling "
                                                         "of an error",
                        err);
  lua_settop(L, top);
  return status;
}

/* ---------------------------------------------------------------- opening */

void script_state_seed(lua_State *L, uint64_t seed) {
  lua_getfield(L, LUA_REGISTRYINDEX, "ninetails.randomseed");
  lua_pushinteger(L, (lua_Integer)seed);
  lua_call(L, 1, 0);
}

static void require(lua_State *L, const char *module) {
  lua_getfield(L, LUA_REGISTRYINDEX, "ninetails.require");
  lua_pushstring(L, module);
  lua_call(L, 1, 1);
}

void script_state_helper(lua_State *L, const char *function) {
  require(L, "ninetails.script.functions");
  lua_getfield(L, -1, function);
  lua_remove(L, -2);
}

/* Keeps what a script might replace. */
static void keep(lua_State *L, const char *table, const char *field, const char *name) {
  lua_getglobal(L, table);
  lua_getfield(L, -1, field);
  lua_setfield(L, LUA_REGISTRYINDEX, name);
  lua_pop(L, 1);
}

/* math.random of a detector that draws no random numbers: its repeats would be one run. */
static int refuse_random(lua_State *L) {
  if (script_state_of(L)->spec)
    return luaL_error(L, "math.random is called, while repeats of this detector are taken for one "
                         "run: expected seeded = true");
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

static void guard_random(lua_State *L) {
  lua_getglobal(L, "math");
  lua_getfield(L, -1, "random");
  lua_pushcclosure(L, refuse_random, 1);
  lua_setfield(L, -2, "random");
  lua_pop(L, 1);
}

static int open_state(lua_State *L) {
  uint64_t seed = *(const uint64_t *)lua_touserdata(L, 1);
  script_state *s = script_state_of(L);
  const script *from = s->script;
  luaL_openlibs(L);
  keep(L, "math", "randomseed", "ninetails.randomseed");
  keep(L, "_G", "require", "ninetails.require");
  if (seed == 0) guard_random(L);
  modules_register(L);
  if (from->prepare) from->prepare(L);
  script_state_seed(L, seed);
  require(L, "ninetails.experiment");
  lua_getfield(L, -1, "load");
  lua_pushlstring(L, from->text, from->length);
  lua_pushstring(L, from->chunk);
  lua_createtable(L, 0, 0);
  for (size_t i = 0; i < from->options; i++) {
    lua_pushstring(L, from->values[i]);
    lua_setfield(L, -2, from->names[i]);
  }
  lua_call(L, 3, 1);
  s->spec = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

nt_status script_state_open(script_state *s, const script *from, uint64_t seed, const char *kind,
                            const char *name, nt_error *err) {
  *s = (script_state){.script = from, .kind = kind, .name = name, .phase = "reading the script"};
  s->L = lua_newstate(allocate, s);
  if (!s->L) return nt_fail(err, NT_E_MEMORY, "%s %s: out of memory for a Lua state", kind, name);
  *(script_state **)lua_getextraspace(s->L) = s;
  if (from->cancel || from->seconds > 0) lua_sethook(s->L, look, LUA_MASKCOUNT, HOOK_INSTRUCTIONS);
  nt_status status = script_state_call(s, open_state, &seed, err);
  if (status) script_state_close(s);
  return status;
}

void script_state_close(script_state *s) {
  if (s->L) lua_close(s->L);
  s->L = NULL;
}
