/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An instance of a detector in Lua: a state of its own, its functions called with views. */
#include "script_detector.h"

#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "script_instance.h"

enum { FIT, LEARN, READY, SCORE, SCORE_ROWS, REMARK, FUNCTIONS };
static const char *const function_names[FUNCTIONS] = {"fit",   "learn",      "ready",
                                                      "score", "score_rows", "remark"};

typedef struct instance {
  script_state state;
  const script_class *kind;
  size_t width;                   /* of rows; 0: they are not looked at */
  int self, functions[FUNCTIONS]; /* references in the registry; LUA_REFNIL: has none */
} instance;

/* Arguments of a function that runs inside Lua. */
typedef struct job {
  instance *instance;
  const nt_detector_setting *setting; /* of create */
  const nt_value *values;
  const nt_rows *rows; /* of learn and score */
  double *out;
  char *text; /* of remark */
  size_t size;
} job;

static nt_status run(instance *d, const char *phase, lua_CFunction f, job *j, nt_error *err) {
  j->instance = d;
  d->state.phase = phase;
  return script_state_call(&d->state, f, j, err);
}

void script_push_found(lua_State *L, const script_state *s) {
  script_state_helper(L, "find");
  lua_rawgeti(L, LUA_REGISTRYINDEX, s->spec);
  lua_pushstring(L, s->kind);
  lua_pushstring(L, s->name);
  lua_call(L, 3, 1);
}

/* ---------------------------------------------------------------- create */

static void set_integer(lua_State *L, const char *name, uint64_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, name);
}

static void push_setting(lua_State *L, const nt_detector_setting *setting) {
  lua_newtable(L);
  set_integer(L, "width", setting->width);
  set_integer(L, "learn", setting->learn);
  set_integer(L, "rows", setting->rows);
  set_integer(L, "seed", setting->seed);
  lua_pushstring(L, setting->capture); /* NULL: nil */
  lua_setfield(L, -2, "capture");
  lua_newtable(L);
  for (size_t i = 0; setting->columns && i < setting->width; i++) {
    lua_pushstring(L, setting->columns[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "columns");
}

static void push_values(lua_State *L, const nt_detector_class *class, const nt_value *values) {
  lua_newtable(L);
  for (size_t i = 0; i < class->parameter_count; i++) {
    const nt_parameter *p = &class->parameters[i];
    if (p->type == NT_PARAMETER_TEXT)
      lua_pushstring(L, values[i].text);
    else if (p->type == NT_PARAMETER_CHOICE)
      lua_pushstring(L, p->choices[(size_t)values[i].number]);
    else if (p->type == NT_PARAMETER_INTEGER)
      lua_pushinteger(L, (lua_Integer)values[i].number);
    else
      lua_pushnumber(L, values[i].number);
    lua_setfield(L, -2, p->name);
  }
}

static int make(lua_State *L) {
  job *j = lua_touserdata(L, 1);
  instance *d = j->instance;
  script_push_found(L, &d->state);
  for (int i = 0; i < FUNCTIONS; i++) {
    lua_getfield(L, 2, function_names[i]);
    d->functions[i] = luaL_ref(L, LUA_REGISTRYINDEX);
  }
  script_state_seed(L, j->setting->seed);
  script_state_helper(L, "instance");
  lua_pushvalue(L, 2);
  push_setting(L, j->setting);
  push_values(L, &d->kind->kind, j->values);
  lua_call(L, 3, 1);
  d->self = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

static void script_free_instance(void *detector) {
  instance *d = detector;
  if (!d) return;
  script_state_close(&d->state);
  free(d);
}

static void *script_create(const nt_detector_setting *setting, const nt_value *values,
                           nt_error *err) {
  const script_class *class = script_class_of(setting->kind);
  instance *d = calloc(1, sizeof *d);
  if (!d) {
    nt_fail(err, NT_E_MEMORY, "out of memory for detector %s", class->name);
    return NULL;
  }
  d->kind = class;
  d->width = class->kind.flags & NT_DETECTOR_BLIND ? 0 : setting->width;
  job j = {.setting = setting, .values = values};
  uint64_t seed = class->kind.flags & NT_DETECTOR_SEEDED ? setting->seed : 0;
  if (!script_state_open(&d->state, class->script, seed, "detector", class->name, err) &&
      !run(d, "new", make, &j, err))
    return d;
  script_free_instance(d);
  return NULL;
}

/* ---------------------------------------------------------------- rows */

/* Pushes the function and self. */
static void push_function(lua_State *L, const instance *d, int function) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, d->functions[function]);
  lua_rawgeti(L, LUA_REGISTRYINDEX, d->self);
}

static void push_sizes(lua_State *L, const job *j) {
  array_push(L, ARRAY_U32, j->rows->sizes, j->rows->count, 0, &j->instance->state.lease);
}
static void push_times(lua_State *L, const job *j) {
  array_push(L, ARRAY_F64, j->rows->times, j->rows->count, 0, &j->instance->state.lease);
}
static void push_rows(lua_State *L, const job *j) {
  const double *features = j->instance->width ? j->rows->features : NULL;
  array_push(L, ARRAY_F64, features, j->rows->count, j->rows->width, &j->instance->state.lease);
}
static void push_first(lua_State *L, const job *j) {
  lua_pushinteger(L, (lua_Integer)j->rows->first + 1);
}

/* Calls f(self, row, i, time, size) for row k of the job; leaves one result. The row ends with the
 * call, so that what a script may keep does not depend on how rows are cut into chunks. */
static void call_row(lua_State *L, const job *j, int function, size_t k) {
  const nt_rows *rows = j->rows;
  instance *d = j->instance;
  const double *features = d->width && rows->features ? rows->features + k * rows->width : NULL;
  push_function(L, d, function);
  array_push(L, ARRAY_F64, features, rows->width, 0, &d->state.lease);
  lua_pushinteger(L, (lua_Integer)(rows->first + k) + 1);
  lua_pushnumber(L, rows->times ? rows->times[k] : NAN);
  if (rows->sizes)
    lua_pushinteger(L, rows->sizes[k]);
  else
    lua_pushnil(L);
  lua_call(L, 5, 1);
  array_revoke(&d->state.lease);
}

/* "experiments/x.lua:12: score of row 17: expected a number, got nil";
 * the line is the function's. */
static int wrong_result(lua_State *L, const job *j, int function, size_t k, const char *got) {
  lua_Debug where;
  lua_rawgeti(L, LUA_REGISTRYINDEX, j->instance->functions[function]);
  lua_getinfo(L, ">S", &where);
  return luaL_error(L, "%s:%d: %s of row %I: expected a number, got %s", where.short_src,
                    where.linedefined, function_names[function],
                    (LUAI_UACINT)j->rows->first + (LUAI_UACINT)k + 1, got);
}

/* ---------------------------------------------------------------- learn */

static int learn_rows(lua_State *L) {
  const job *j = lua_touserdata(L, 1);
  const instance *d = j->instance;
  if (d->functions[FIT] != LUA_REFNIL) {
    push_function(L, d, FIT);
    push_rows(L, j);
    push_times(L, j);
    push_sizes(L, j);
    push_first(L, j);
    lua_call(L, 5, 0);
    return 0;
  }
  for (size_t k = 0; d->functions[LEARN] != LUA_REFNIL && k < j->rows->count; k++) {
    call_row(L, j, LEARN, k);
    int type = lua_type(L, -1);
    if (type == LUA_TNUMBER)
      j->out[k] = lua_tonumber(L, -1);
    else if (type != LUA_TNIL)
      return wrong_result(L, j, LEARN, k, luaL_typename(L, -1));
    lua_pop(L, 1);
  }
  return 0;
}

static nt_status script_learn(void *detector, const nt_rows *rows, double *training,
                              nt_error *err) {
  job j = {.rows = rows, .out = training};
  for (size_t k = 0; k < rows->count; k++) training[k] = NAN;
  if (rows->count == 0) return NT_OK;
  return run(detector, "learn", learn_rows, &j, err);
}

static int call_ready(lua_State *L) {
  const job *j = lua_touserdata(L, 1);
  push_function(L, j->instance, READY);
  lua_call(L, 1, 0);
  return 0;
}

static nt_status script_ready(void *detector, nt_error *err) {
  instance *d = detector;
  job j = {0};
  return d->functions[READY] == LUA_REFNIL ? NT_OK : run(d, "ready", call_ready, &j, err);
}

/* ---------------------------------------------------------------- score */

/* A NaN that no computation makes: what score_rows has not written. */
static const uint64_t unwritten = UINT64_C(0x7ff86e696e657461);

static int score_chunk(lua_State *L, const job *j) {
  size_t count = j->rows->count;
  for (size_t k = 0; k < count; k++) memcpy(&j->out[k], &unwritten, sizeof unwritten);
  push_function(L, j->instance, SCORE_ROWS);
  push_rows(L, j);
  array_push_writable(L, ARRAY_F64, j->out, count, 0, &j->instance->state.lease);
  push_times(L, j);
  push_sizes(L, j);
  push_first(L, j);
  lua_call(L, 6, 0);
  for (size_t k = 0; k < count; k++)
    /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): a mark by its bits */
    if (memcmp(&j->out[k], &unwritten, sizeof unwritten) == 0)
      return wrong_result(L, j, SCORE_ROWS, k, "none");
  return 0;
}

static int score_rows(lua_State *L) {
  const job *j = lua_touserdata(L, 1);
  if (j->instance->functions[SCORE_ROWS] != LUA_REFNIL) return score_chunk(L, j);
  for (size_t k = 0; k < j->rows->count; k++) {
    call_row(L, j, SCORE, k);
    if (lua_type(L, -1) != LUA_TNUMBER) return wrong_result(L, j, SCORE, k, luaL_typename(L, -1));
    j->out[k] = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
  return 0;
}

static nt_status script_score(void *detector, const nt_rows *rows, double *scores, nt_error *err) {
  job j = {.rows = rows, .out = scores};
  return rows->count == 0 ? NT_OK : run(detector, "score", score_rows, &j, err);
}

/* ---------------------------------------------------------------- the rest */

static size_t script_memory(const void *detector) {
  const instance *d = detector;
  return sizeof *d + d->state.used;
}

static int call_remark(lua_State *L) {
  job *j = lua_touserdata(L, 1);
  push_function(L, j->instance, REMARK);
  lua_call(L, 1, 1);
  if (lua_isnil(L, -1)) return 0;
  const char *text = luaL_tolstring(L, -1, NULL);
  snprintf(j->text, j->size, "%s", text);
  return 0;
}

/* Asking changes Lua's state, not the detector's: const for the caller. */
static void script_remark(const void *detector, char *text, size_t size) {
  instance *d = (instance *)detector;
  job j = {.text = text, .size = size};
  nt_error err;
  if (size) *text = 0;
  if (d->functions[REMARK] != LUA_REFNIL && run(d, "remark", call_remark, &j, &err))
    snprintf(text, size, "%s", err.text);
}

void script_instance_functions(nt_detector_class *class) {
  class->create = script_create;
  class->learn = script_learn;
  class->ready = script_ready;
  class->score = script_score;
  class->free = script_free_instance;
  class->memory = script_memory;
  class->remark = script_remark;
}
