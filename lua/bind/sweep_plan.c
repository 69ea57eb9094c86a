/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep_plan.h"

#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "modules.h"
#include "parameters.h"
#include "signals.h"

static int box_gc(lua_State *L) {
  box *b = luaL_checkudata(L, 1, "ninetails.sweep.box");
  nt_sweep_free(b->sweep);
  for (size_t i = 0; b->values && i < b->run_count; i++) free(b->values[i]);
  free(b->values);
  free(b->inputs);
  free(b->runs);
  free(b->extra);
  for (size_t i = 0; i < b->class_count; i++) script_class_free(b->classes[i]);
  free(b->classes);
  for (int i = 0; b->workers && i < b->options.jobs; i++) script_worker_free(b->workers[i]);
  free(b->workers);
  if (b->script) script_free(b->script);
  nt_provenance_done(&b->provenance);
  b->sweep = NULL;
  b->values = NULL;
  b->inputs = NULL;
  b->runs = NULL;
  b->extra = NULL;
  b->class_count = 0;
  b->classes = NULL;
  b->workers = NULL;
  b->script = NULL;
  return 0;
}

static int refuse(lua_State *L, const char *format, const char *what, const char *detail) {
  nt_error err;
  nt_fail(&err, NT_E_ARGUMENT, format, what, detail);
  return modules_raise(L, &err);
}

static void *make(lua_State *L, size_t count, size_t size) {
  void *array = calloc(count + 1, size);
  if (!array) {
    nt_error err;
    nt_fail(&err, NT_E_MEMORY, "out of memory for a plan");
    modules_raise(L, &err);
  }
  return array;
}

/* Fields of the table on the top. */
static const char *text_field(lua_State *L, const char *key, int needed) {
  lua_getfield(L, -1, key);
  const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
  if (!text && (needed || !lua_isnil(L, -1)))
    refuse(L, "plan: %s: expected a text, got a %s", key, luaL_typename(L, -1));
  lua_pop(L, 1); /* the table keeps it */
  return text;
}

static double number_field(lua_State *L, const char *key, double otherwise) {
  lua_getfield(L, -1, key);
  if (!lua_isnil(L, -1) && lua_type(L, -1) != LUA_TNUMBER)
    refuse(L, "plan: %s: expected a number, got a %s", key, luaL_typename(L, -1));
  double value = lua_isnil(L, -1) ? otherwise : lua_tonumber(L, -1);
  lua_pop(L, 1);
  return value;
}

static uint64_t count_field(lua_State *L, const char *key, uint64_t otherwise) {
  double value = number_field(L, key, (double)otherwise);
  if (!(value >= 0 && value <= 0x1p53 && value == floor(value)))
    refuse(L, "plan: %s: expected a whole number%s", key, "");
  return (uint64_t)value;
}

static int flag_field(lua_State *L, const char *key, int otherwise) {
  lua_getfield(L, -1, key);
  int value = lua_isnil(L, -1) ? otherwise : lua_toboolean(L, -1);
  lua_pop(L, 1);
  return value;
}

/* Pushes the table that is the field, or an empty one. Returns its length. */
static size_t push_list(lua_State *L, const char *key) {
  if (lua_getfield(L, -1, key) == LUA_TNIL) {
    lua_pop(L, 1);
    lua_newtable(L);
  } else if (!lua_istable(L, -1)) {
    refuse(L, "plan: %s: expected a table, got a %s", key, luaL_typename(L, -1));
  }
  return lua_rawlen(L, -1);
}

static void push_entry(lua_State *L, const char *list, size_t i) {
  if (lua_rawgeti(L, -1, (lua_Integer)i + 1) != LUA_TTABLE)
    refuse(L, "plan: %s: expected tables, got a %s", list, luaL_typename(L, -1));
}

static void read_inputs(lua_State *L, box *b) {
  b->input_count = push_list(L, "inputs");
  b->inputs = make(L, b->input_count, sizeof *b->inputs);
  for (size_t i = 0; i < b->input_count; i++) {
    push_entry(L, "inputs", i);
    nt_sweep_input *in = &b->inputs[i];
    in->name = text_field(L, "name", 1);
    in->capture = text_field(L, "capture", 1);
    in->labels = text_field(L, "labels", 0);
    in->origin = text_field(L, "origin", 0);
    in->packets = count_field(L, "packets", 0);
    in->most = count_field(L, "most", 0);
    const char *profile = text_field(L, "profile", 0);
    nt_error err;
    in->extracted = profile != NULL;
    if (profile && nt_profile_from_name(profile, &in->profile, &err) != NT_OK)
      modules_raise(L, &err);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static nt_value *new_values(const nt_detector_class *class) {
  nt_value *values = calloc(class->parameter_count + 1, sizeof *values);
  if (!values) return NULL;
  nt_parameter_presets(class->parameters, class->parameter_count, values);
  return values;
}

static void fill_values(lua_State *L, const nt_detector_class *class, nt_value *values) {
  push_list(L, "values");
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
    size_t p = nt_parameter_find(class->parameters, class->parameter_count, name);
    if (p == class->parameter_count) refuse(L, "%s has no parameter '%s'", class->name, name);
    values[p] = parameters_value(L, &class->parameters[p]);
  }
  lua_pop(L, 1);
}

/* The plan's script, for what is written in it. */
static void read_script(lua_State *L, box *b) {
  push_list(L, "script");
  lua_getfield(L, -1, "text");
  size_t length;
  const char *text = lua_tolstring(L, -1, &length), *path = NULL;
  lua_pop(L, 1);
  if (text) path = text_field(L, "path", 1);
  if (text && !(b->script = script_new(text, length, path)))
    refuse(L, "out of memory for a script%s%s", "", "");
  if (b->script) {
    b->script->cancel = &nt_cancelled;
    b->script->seconds = b->options.run_seconds;
    const char *options = text_field(L, "options", 0);
    b->code = lua_pushfstring(L, "%s\n%s", text, options ? options : "");
    lua_setfield(L, -2, "code"); /* the plan keeps it */
    push_list(L, "set");
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
      nt_error err;
      lua_pushvalue(L, -2);
      const char *name = lua_tostring(L, -1), *value = luaL_tolstring(L, -2, NULL); /* in turn */
      nt_status status = script_set(b->script, name, value, &err);
      lua_pop(L, 2);
      if (status != NT_OK) modules_raise(L, &err);
    }
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static const nt_detector_class *class_of_script(lua_State *L, box *b, const char *name) {
  nt_error err;
  for (size_t i = 0; i < b->class_count; i++)
    if (strcmp(b->classes[i]->name, name) == 0) return b->classes[i];
  if (!b->script) refuse(L, "plan: %s is a detector of a script, and there is none%s", name, "");
  nt_detector_class **grown =
      realloc(b->classes, (b->class_count + 1) * sizeof(nt_detector_class *));
  if (!grown) refuse(L, "out of memory%s%s", "", "");
  b->classes = grown;
  b->classes[b->class_count] = script_class_new(b->script, name, &err);
  if (!b->classes[b->class_count]) modules_raise(L, &err);
  return b->classes[b->class_count++];
}

static void read_run(lua_State *L, box *b, size_t i) {
  nt_error err;
  nt_sweep_run *r = &b->runs[i];
  uint64_t input = count_field(L, "input", 0);
  const char *name = text_field(L, "detector", 1);
  if (input < 1 || input > b->input_count) refuse(L, "plan: runs: no such input%s%s", "", "");
  r->input = (size_t)input - 1;
  nt_parameter_fill(nt_sweep_run_parameters, NT_SWEEP_RUN_PARAMETERS, r);
  parameters_read(L, -1, nt_sweep_run_parameters, NT_SWEEP_RUN_PARAMETERS, r);
  if (flag_field(L, "lua", 0)) {
    const char *code = text_field(L, "code", 0);
    r->kind = class_of_script(L, b, name);
    r->code = code ? code : b->code;
  } else if (!(r->kind = nt_detector_find(name, &err))) {
    modules_raise(L, &err);
  }
  if (!(b->values[i] = new_values(r->kind))) refuse(L, "out of memory%s%s", "", "");
  fill_values(L, r->kind, b->values[i]);
  r->values = b->values[i];
}

static void read_runs(lua_State *L, box *b) {
  size_t count = push_list(L, "runs");
  b->runs = make(L, count, sizeof *b->runs);
  b->values = make(L, count, sizeof *b->values);
  b->run_count = count;
  for (size_t i = 0; i < count; i++) {
    push_entry(L, "runs", i);
    read_run(L, b, i);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static nt_status measure_extra(void *context, int worker, const double *scores, const double *times,
                               const uint8_t *labels, size_t n, double *values, nt_error *err) {
  box *b = context;
  nt_status status = NT_OK;
  for (size_t i = 0; i < b->options.extra.count && status == NT_OK; i++)
    status = script_metric_call(&b->workers[worker], b->script, b->extra[i].name, scores, labels,
                                times, n, &values[i], err);
  return status;
}

static void read_extra(lua_State *L, box *b) {
  size_t count = push_list(L, "extra");
  b->extra = make(L, count, sizeof *b->extra);
  for (size_t i = 0; i < count; i++) {
    push_entry(L, "extra", i);
    const char *unit = text_field(L, "unit", 0), *long_name = text_field(L, "long_name", 0);
    b->extra[i] = (nt_measure){.name = text_field(L, "name", 1),
                               .unit = unit ? unit : "1",
                               .better = nt_measure_better_of(text_field(L, "better", 0))};
    b->extra[i].long_name = long_name ? long_name : b->extra[i].name;
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  if (count == 0) return;
  if (!b->script) refuse(L, "plan: extra metrics take a script, and there is none%s%s", "", "");
  const char *code = text_field(L, "extra_code", 0);
  b->workers = make(L, (size_t)b->options.jobs, sizeof *b->workers);
  b->options.extra = (nt_sweep_extra){.count = count,
                                      .measure = b->extra,
                                      .code = code ? code : b->code,
                                      .run = measure_extra,
                                      .context = b};
}

/* Pushes what a function of ninetails.cli.cache_place returns. */
static void push_stages(lua_State *L, const char *function) {
  lua_getglobal(L, "require");
  lua_pushliteral(L, "ninetails.cli.cache_place");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, function);
  lua_remove(L, -2);
  lua_call(L, 0, 1);
}

box *sweep_plan_read(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  box *b = lua_newuserdatauv(L, sizeof *b, 0);
  *b = (box){.L = L};
  luaL_setmetatable(L, "ninetails.sweep.box");
  if (lua_getfield(L, 1, "progress") != LUA_TNIL) {
    luaL_argcheck(L, lua_isfunction(L, -1), 1, "progress: expected a function");
    b->progress = lua_gettop(L);
  }
  push_stages(L, "folder"); /* both stay on the stack, which keeps the text */
  const char *own_cache = lua_tostring(L, -1);
  push_stages(L, "limit");
  uint64_t own_limit = (uint64_t)lua_tointeger(L, -1);
  lua_pushvalue(L, 1);
  nt_sweep_options *o = &b->options;
  nt_parameter_fill(nt_sweep_parameters, NT_SWEEP_PARAMETERS, o);
  o->cache = own_cache;
  o->cache_limit = own_limit;
  o->measures = nt_measure_defaults();
  o->cancel = &nt_cancelled;
  parameters_read(L, -1, nt_sweep_parameters, NT_SWEEP_PARAMETERS, o);
  text_field(L, "folder", 1);
  read_script(L, b);
  read_inputs(L, b);
  read_runs(L, b);
  read_extra(L, b);
  push_list(L, "measures");
  parameters_read(L, -1, nt_measure_parameters, NT_MEASURE_PARAMETERS, &o->measures);
  lua_pop(L, 1);
  provenance_read(L, &b->provenance, o->jobs);
  o->notes = b->provenance.count;
  o->note = b->provenance.note;
  lua_pop(L, 1);
  luaL_checkstack(L, 16, NULL);
  nt_error err;
  b->sweep = nt_sweep_new(o, b->inputs, b->input_count, b->runs, b->run_count, &err);
  if (!b->sweep) modules_raise(L, &err);
  return b;
}

void sweep_plan_open(lua_State *L) {
  luaL_newmetatable(L, "ninetails.sweep.box");
  lua_pushcfunction(L, box_gc);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
}
