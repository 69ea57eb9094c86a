/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.sweep: an experiment's plan -> its runs (core/sweep/sweep.h).
 *
 *     local sweep = require "ninetails.sweep"
 *     sweep.detectors()[1].name          -- each detector with its parameters
 *     sweep.measures()[1].long_name      -- each metric
 *     sweep.tables().run                 -- parameters of a run (parameters.h), detectors' aside
 *     sweep.tables().measures            -- how metrics are computed, likewise
 *     sweep.tables().paper               -- {name = value}: the same by the paper's protocol
 *     sweep.tables().profiles            -- their names
 *     sweep.tables().columns             -- names of all columns but for parameters and metrics
 *     local report = sweep.plan(plan)    -- what is there and what is missing; runs nothing
 *     local outcome = sweep.run(plan)    -- runs it
 *
 * A plan is a table:
 *     name =, output = path, folder = path of the run files, cache = path (optional)
 *     run_seconds =, max_failures = (0: no limit)
 *     jobs =, memory = bytes, cache_limit = bytes, fresh =, retry =, keep_scores =, compression =
 *     script = {path =, text =, options = text, set = {key = text}}, command_line =
 *     inputs = {{name =, capture =, labels =, origin =, packets =, most =, profile =}, ...}
 *                without a profile the capture is rows of features; most: of its first packets alone
 *     runs = {{input = 1, detector =, lua = false, fm_grace =, ad_grace =, seed =, replicate =,
 *              values = {name = value}, code = text}, ...}
 *                code: what a detector in Lua is made of (of another text the scores are other
 *                scores); else that is the whole script with its options
 *     measures = {smoothing =, fold_auc =, fpr_reference = "benign" | "all", ...}
 *     extra = {{name =, unit =, long_name =, better = "higher" | "lower"}, ...}   metrics in Lua
 *     extra_code = text                     what they are made of; else the whole script
 *     progress = function(state)
 *
 * While it runs, SIGINT and SIGTERM end it at the next chunk; what is done is kept.
 */
#include <lauxlib.h>
#include <math.h>

#include <ninetails/platform.h>

#include "fields.h"
#include "modules.h"
#include "parameters.h"
#include "signals.h"
#include "sweep_plan.h"

/* ---------------------------------------------------------------- what there is */

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
    parameters_push(L, c->parameters, c->parameter_count);
    lua_setfield(L, -2, "parameters");
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static int measures(lua_State *L) {
  lua_newtable(L);
  for (size_t i = 0; i < nt_measure_count; i++) {
    const nt_measure *m = &nt_measures[i];
    lua_createtable(L, 0, 5);
    set_text(L, "name", m->name);
    set_text(L, "unit", m->unit);
    set_text(L, "long_name", m->long_name);
    set_text(L, "better", nt_measure_better_name(m->better));
    set_flag(L, "integer", m->integer);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static int tables(lua_State *L) {
  nt_measure_options paper = nt_measure_defaults();
  paper.protocol = nt_protocol_paper();
  lua_newtable(L);
  parameters_push(L, nt_sweep_run_parameters, NT_SWEEP_RUN_PARAMETERS);
  lua_setfield(L, -2, "run");
  parameters_push(L, nt_measure_parameters, NT_MEASURE_PARAMETERS);
  lua_setfield(L, -2, "measures");
  parameters_push_values(L, nt_measure_parameters, NT_MEASURE_PARAMETERS, &paper);
  lua_setfield(L, -2, "paper");
  parameters_push_choices(L, &nt_extractor_parameters[NT_EXTRACTOR_PROFILE]);
  lua_setfield(L, -2, "profiles");
  lua_newtable(L);
  for (size_t i = 0; nt_sweep_column(i); i++) {
    lua_pushstring(L, nt_sweep_column(i));
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "columns");
  return 1;
}

/* ---------------------------------------------------------------- running */

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
  b->failed = !signals_call_back(L, 1);
  if (b->failed) signals_cancel(); /* ends the sweep with this error */
}

static box *read_plan(lua_State *L) {
  box *b = sweep_plan_read(L);
  b->options.progress = b->progress ? on_progress : NULL;
  b->options.progress_context = b;
  return b;
}

static int plan(lua_State *L) {
  box *b = read_plan(L);
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
  box *b = read_plan(L);
  nt_sweep_outcome outcome;
  nt_error err;
  nt_status status = nt_sweep_execute(b->sweep, &outcome, &err);
  signals_uncancel();
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
  set_integer(L, "threads", (size_t)outcome.threads);
  set_integer(L, "jobs", (size_t)b->options.jobs);
  set_integer(L, "kept", outcome.kept);
  set_integer(L, "done", outcome.done);
  set_integer(L, "failed", outcome.failed);
  set_integer(L, "missing", outcome.missing);
  set_number(L, "seconds", outcome.seconds);
  set_number(L, "rate", outcome.rate);
  set_text(L, "output", b->options.output);
  set_flag(L, "gave_up", outcome.gave_up);
  if (!outcome.interrupted) return 1;
  set_text(L, "interrupted", signals_name(signals_caught()));
  signals_told();
  return 1;
}

int luaopen_ninetails_sweep(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"detectors", detectors}, {"measures", measures}, {"tables", tables},
      {"plan", plan},           {"run", run},           {NULL, NULL}};
  sweep_plan_open(L);
  luaL_newlib(L, functions);
  return 1;
}
