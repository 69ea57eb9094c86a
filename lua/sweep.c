/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.sweep: an experiment's plan -> its runs (core/sweep/sweep.h).
 *
 *     local sweep = require "ninetails.sweep"
 *     sweep.detectors()[1].name          -- each detector with its parameters
 *     sweep.measures()[1].long_name      -- each metric
 *     sweep.defaults().measures.level    -- how metrics are computed unless told
 *     local report = sweep.plan(plan)    -- what is there and what is missing; runs nothing
 *     local outcome = sweep.run(plan)    -- runs it
 *
 * A plan is a table:
 *     name =, output = path, folder = path of the run files, cache = path (optional)
 *     jobs =, memory = bytes, cache_limit = bytes, fresh =, retry =, keep_scores =, compression =
 *     script = {path =, text =, options = {key = text}}, command_line =
 *     inputs = {{name =, capture =, labels =, origin =, packets =, profile =}, ...}
 *                without a profile the capture is rows of features
 *     runs = {{input = 1, detector =, lua = false, fm_grace =, ad_grace =, seed =, replicate =,
 *              values = {name = value}}, ...}
 *     measures = {smoothing =, fold_auc =, fpr_reference = "benign" | "all", ...}
 *     extra = {{name =, unit =, long_name =, better = "higher" | "lower"}, ...}   metrics in Lua
 *     progress = function(state)
 *
 * While it runs, SIGINT and SIGTERM end it at the next chunk; what is done is kept.
 */
#include "sweep/sweep.h"

#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu.h"
#include "modules.h"
#include "provenance.h"
#include "signals.h"

static void set_text(lua_State *L, const char *key, const char *value) {
  lua_pushstring(L, value);
  lua_setfield(L, -2, key);
}
static void set_number(lua_State *L, const char *key, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, key);
}
static void set_integer(lua_State *L, const char *key, uint64_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, key);
}
static void set_flag(lua_State *L, const char *key, int value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, key);
}

/* ---------------------------------------------------------------- what there is */

static void push_preset(lua_State *L, const nt_parameter *p) {
  if (p->type == NT_PARAMETER_TEXT)
    lua_pushstring(L, p->preset_text);
  else if (p->type == NT_PARAMETER_CHOICE)
    lua_pushstring(L, p->choices[(size_t)p->preset]);
  else if (p->type == NT_PARAMETER_INTEGER)
    lua_pushinteger(L, (lua_Integer)p->preset);
  else
    lua_pushnumber(L, p->preset);
}

static void push_parameter(lua_State *L, const nt_parameter *p) {
  static const char *const types[] = {"integer", "number", "choice", "text"};
  lua_createtable(L, 0, 10);
  set_text(L, "name", p->name);
  set_text(L, "type", types[p->type]);
  set_text(L, "unit", p->unit);
  set_text(L, "help", p->help);
  push_preset(L, p);
  lua_setfield(L, -2, "default");
  if (p->type == NT_PARAMETER_CHOICE) {
    lua_newtable(L);
    for (int i = 0; p->choices[i]; i++) {
      lua_pushstring(L, p->choices[i]);
      lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "choices");
  } else if (p->type != NT_PARAMETER_TEXT) {
    if (p->least > -HUGE_VAL) set_number(L, "least", p->least);
    if (p->most < HUGE_VAL) set_number(L, "most", p->most);
    set_flag(L, "above", p->above);
    set_flag(L, "below", p->below);
  }
}

static int detectors(lua_State *L) {
  static const struct {
    unsigned flag;
    const char *name;
  } flags[] = {{NT_DETECTOR_FROZEN, "frozen"},   {NT_DETECTOR_SEEDED, "seeded"},
               {NT_DETECTOR_MAPPED, "mapped"},   {NT_DETECTOR_ORACLE, "oracle"},
               {NT_DETECTOR_TIMES, "times"},     {NT_DETECTOR_SIZES, "sizes"},
               {NT_DETECTOR_CAPTURE, "capture"}, {NT_DETECTOR_BLIND, "blind"}};
  lua_newtable(L);
  for (lua_Integer i = 0; nt_detectors[i]; i++) {
    const nt_detector_class *c = nt_detectors[i];
    lua_createtable(L, 0, 6);
    set_text(L, "name", c->name);
    set_text(L, "title", c->title);
    set_text(L, "source", c->source);
    set_text(L, "cost", c->cost);
    lua_newtable(L);
    for (size_t f = 0; f < sizeof flags / sizeof *flags; f++)
      set_flag(L, flags[f].name, (c->flags & flags[f].flag) != 0);
    lua_setfield(L, -2, "flags");
    lua_newtable(L);
    for (size_t p = 0; p < c->parameter_count; p++) {
      push_parameter(L, &c->parameters[p]);
      lua_rawseti(L, -2, (lua_Integer)p + 1);
    }
    lua_setfield(L, -2, "parameters");
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static const char *const better_names[] = {NULL, "higher", "lower"};

static int measures(lua_State *L) {
  lua_newtable(L);
  for (size_t i = 0; i < nt_measure_count; i++) {
    const nt_measure *m = &nt_measures[i];
    lua_createtable(L, 0, 5);
    set_text(L, "name", m->name);
    set_text(L, "unit", m->unit);
    set_text(L, "long_name", m->long_name);
    set_text(L, "better", better_names[m->better]);
    set_flag(L, "integer", m->integer);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* ---------------------------------------------------------------- the plan */

/* What a plan holds while Lua may raise errors around it; its __gc releases it. Texts are Lua's:
 * the plan's table keeps them alive. */
typedef struct box {
  lua_State *L;
  nt_sweep_options options;
  nt_sweep *sweep;
  nt_sweep_input *inputs;
  nt_sweep_run *runs;
  nt_value **values; /* [run_count] */
  nt_measure *extra;
  size_t input_count, run_count;
  provenance provenance;
  int progress; /* stack index of the function; 0: none */
  int failed;   /* it raised an error, which lies on the top of the stack */
} box;

static int box_gc(lua_State *L) {
  box *b = luaL_checkudata(L, 1, "ninetails.sweep.box");
  nt_sweep_free(b->sweep);
  for (size_t i = 0; b->values && i < b->run_count; i++) free(b->values[i]);
  free(b->values);
  free(b->inputs);
  free(b->runs);
  free(b->extra);
  provenance_done(&b->provenance);
  b->sweep = NULL;
  b->values = NULL;
  b->inputs = NULL;
  b->runs = NULL;
  b->extra = NULL;
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
    const char *profile = text_field(L, "profile", 0);
    nt_error err;
    in->extracted = profile != NULL;
    if (profile && nt_profile_from_name(profile, &in->profile, &err) != NT_OK)
      modules_raise(L, &err);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

/* The value on the top, of a parameter. */
static nt_value value_of(lua_State *L, const nt_parameter *p) {
  nt_value value = {0};
  if (p->type == NT_PARAMETER_TEXT || p->type == NT_PARAMETER_CHOICE) {
    if (lua_type(L, -1) != LUA_TSTRING)
      refuse(L, "%s: expected a text, got a %s", p->name, luaL_typename(L, -1));
    value.text = lua_tostring(L, -1);
    if (p->type == NT_PARAMETER_TEXT) return value;
    for (size_t i = 0; p->choices[i]; i++)
      if (strcmp(p->choices[i], value.text) == 0) return (nt_value){.number = (double)i};
    refuse(L, "%s: no choice '%s'", p->name, value.text);
  }
  if (lua_type(L, -1) != LUA_TNUMBER)
    refuse(L, "%s: expected a number, got a %s", p->name, luaL_typename(L, -1));
  value.number = lua_tonumber(L, -1);
  return value;
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
    values[p] = value_of(L, &class->parameters[p]);
  }
  lua_pop(L, 1);
}

static void read_run(lua_State *L, box *b, size_t i) {
  nt_error err;
  nt_sweep_run *r = &b->runs[i];
  uint64_t input = count_field(L, "input", 0), seed = count_field(L, "seed", 1234);
  const char *name = text_field(L, "detector", 1);
  if (input < 1 || input > b->input_count) refuse(L, "plan: runs: no such input%s%s", "", "");
  if (seed < 1 || seed > UINT32_MAX) refuse(L, "plan: seed: expected 1 to 4294967295%s%s", "", "");
  r->input = (size_t)input - 1;
  r->seed = (uint32_t)seed;
  r->replicate = count_field(L, "replicate", 1);
  r->fm_grace = count_field(L, "fm_grace", 5000);
  r->ad_grace = count_field(L, "ad_grace", 50000);
  if (!(r->class = nt_detector_find(name, &err))) modules_raise(L, &err);
  if (!(b->values[i] = new_values(r->class))) refuse(L, "out of memory%s%s", "", "");
  fill_values(L, r->class, b->values[i]);
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

static void read_measures(lua_State *L, nt_measure_options *o) {
  push_list(L, "measures");
  o->protocol.smoothing = (size_t)count_field(L, "smoothing", o->protocol.smoothing);
  o->protocol.fold_auc = flag_field(L, "fold_auc", o->protocol.fold_auc);
  const char *reference = text_field(L, "fpr_reference", 0);
  if (reference)
    o->protocol.reference = strcmp(reference, "all") == 0 ? NT_FPR_OF_ALL : NT_FPR_OF_BENIGN;
  o->tail_probability = number_field(L, "tail_probability", o->tail_probability);
  o->level = number_field(L, "level", o->level);
  o->max_fpr = number_field(L, "max_fpr", o->max_fpr);
  o->replicates = (size_t)count_field(L, "replicates", o->replicates);
  o->block_seconds = number_field(L, "block_seconds", o->block_seconds);
  o->seed = count_field(L, "seed", o->seed);
  o->gap_seconds = number_field(L, "gap_seconds", o->gap_seconds);
  o->curve_points = (size_t)count_field(L, "curve_points", o->curve_points);
  lua_pop(L, 1);
}

static int defaults(lua_State *L) {
  nt_measure_options o = nt_measure_defaults();
  lua_newtable(L);
  lua_newtable(L);
  set_integer(L, "smoothing", o.protocol.smoothing);
  set_flag(L, "fold_auc", o.protocol.fold_auc);
  set_text(L, "fpr_reference", o.protocol.reference == NT_FPR_OF_ALL ? "all" : "benign");
  set_number(L, "tail_probability", o.tail_probability);
  set_number(L, "level", o.level);
  set_number(L, "max_fpr", o.max_fpr);
  set_integer(L, "replicates", o.replicates);
  set_number(L, "block_seconds", o.block_seconds);
  set_integer(L, "seed", o.seed);
  set_number(L, "gap_seconds", o.gap_seconds);
  set_integer(L, "curve_points", o.curve_points);
  lua_setfield(L, -2, "measures");
  set_integer(L, "jobs", (uint64_t)nt_cpu_count());
  set_integer(L, "memory", nt_cpu_memory() / 2);
  set_integer(L, "compression", 1);
  return 1;
}

static const char *default_cache(lua_State *L) {
  lua_getglobal(L, "require");
  lua_pushliteral(L, "ninetails.stages");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "folder");
  lua_call(L, 0, 1);
  lua_remove(L, -2);
  return lua_tostring(L, -1); /* stays on the stack */
}

static uint64_t default_limit(lua_State *L) {
  lua_getglobal(L, "require");
  lua_pushliteral(L, "ninetails.stages");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "limit");
  lua_call(L, 0, 1);
  uint64_t limit = (uint64_t)lua_tointeger(L, -1);
  lua_pop(L, 2);
  return limit;
}

static void on_progress(void *context, const nt_sweep_progress *p) {
  box *b = context;
  lua_State *L = b->L;
  if (b->failed) return;
  lua_pushvalue(L, b->progress);
  lua_createtable(L, 0, 10);
  set_integer(L, "total", p->total);
  set_integer(L, "kept", p->kept);
  set_integer(L, "done", p->done);
  set_integer(L, "failed", p->failed);
  set_number(L, "seconds", p->seconds);
  if (!isnan(p->remaining)) set_number(L, "remaining", p->remaining);
  set_number(L, "rate", p->rate);
  lua_createtable(L, (int)p->running, 0);
  for (size_t i = 0; i < p->running; i++) {
    lua_pushstring(L, p->what[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "running");
  b->failed = lua_pcall(L, 1, 0, 0) != LUA_OK;
  if (b->failed) signals_caught = SIGINT; /* ends the sweep; the error is told instead */
}

/* The plan's table at index 1 -> a box on the stack, whose sweep is planned. */
static box *new_box(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  box *b = lua_newuserdatauv(L, sizeof *b, 0);
  *b = (box){.L = L};
  luaL_setmetatable(L, "ninetails.sweep.box");
  if (lua_getfield(L, 1, "progress") != LUA_TNIL) {
    luaL_argcheck(L, lua_isfunction(L, -1), 1, "progress: expected a function");
    b->progress = lua_gettop(L);
  }
  const char *own_cache = default_cache(L);
  lua_pushvalue(L, 1);
  nt_sweep_options *o = &b->options;
  const char *cache = text_field(L, "cache", 0);
  *o = (nt_sweep_options){.output = text_field(L, "output", 0),
                          .folder = text_field(L, "folder", 1),
                          .cache = cache ? cache : own_cache,
                          .jobs = (int)count_field(L, "jobs", 1),
                          .memory = count_field(L, "memory", 0),
                          .cache_limit = count_field(L, "cache_limit", default_limit(L)),
                          .fresh = flag_field(L, "fresh", 0),
                          .retry = flag_field(L, "retry", 0),
                          .keep_scores = flag_field(L, "keep_scores", 1),
                          .compression = (int)count_field(L, "compression", 1),
                          .measures = nt_measure_defaults(),
                          .progress = b->progress ? on_progress : NULL,
                          .progress_context = b,
                          .cancel = &signals_caught};
  read_inputs(L, b);
  read_runs(L, b);
  read_measures(L, &o->measures);
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

static int plan(lua_State *L) {
  box *b = new_box(L);
  size_t cached = 0, missing = 0;
  lua_newtable(L);
  lua_createtable(L, (int)b->run_count, 0);
  for (size_t i = 0; i < b->run_count; i++) {
    nt_sweep_status s;
    nt_sweep_status_of(b->sweep, i, &s);
    int scored = s.state == NT_RUN_MISSING && s.scores == NT_STAGE_CACHED;
    cached += (size_t)scored;
    missing += s.state == NT_RUN_MISSING && !scored;
    lua_createtable(L, 0, 5);
    set_text(L, "key", s.key);
    set_text(L, "state", scored ? "cached" : nt_run_state_name(s.state));
    if (*s.why) set_text(L, "why", s.why);
    set_number(L, "seconds", s.seconds);
    lua_createtable(L, 0, 3);
    set_text(L, "features", nt_stage_state_name(s.features));
    set_text(L, "map", nt_stage_state_name(s.map));
    set_text(L, "scores", nt_stage_state_name(s.scores));
    lua_setfield(L, -2, "stages");
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "runs");
  set_number(L, "seconds", nt_sweep_seconds(b->sweep));
  set_integer(L, "cached", cached);
  set_integer(L, "missing", missing);
  return 1;
}

static int run(lua_State *L) {
  box *b = new_box(L);
  nt_sweep_outcome outcome;
  nt_error err;
  signals before;
  signals_catch(&before, 0);
  nt_status status = nt_sweep_execute(b->sweep, &outcome, &err);
  signals_restore(&before);
  if (b->failed) return lua_error(L);
  if (status != NT_OK) return modules_raise(L, &err);
  lua_newtable(L);
  lua_createtable(L, (int)b->run_count, 0);
  for (size_t i = 0; i < b->run_count; i++) {
    nt_sweep_status s;
    nt_sweep_status_of(b->sweep, i, &s);
    lua_createtable(L, 0, 3);
    set_text(L, "key", s.key);
    set_text(L, "state", nt_run_state_name(s.state));
    if (*s.why) set_text(L, "reason", s.why);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "runs");
  set_integer(L, "kept", outcome.kept);
  set_integer(L, "done", outcome.done);
  set_integer(L, "failed", outcome.failed);
  set_integer(L, "missing", outcome.missing);
  set_number(L, "seconds", outcome.seconds);
  set_number(L, "rate", outcome.rate);
  set_text(L, "output", b->options.output);
  if (outcome.interrupted) set_text(L, "interrupted", signals_name());
  return 1;
}

int luaopen_ninetails_sweep(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"detectors", detectors}, {"measures", measures}, {"defaults", defaults},
      {"plan", plan},           {"run", run},           {NULL, NULL}};
  luaL_newmetatable(L, "ninetails.sweep.box");
  lua_pushcfunction(L, box_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newlib(L, functions);
  return 1;
}
