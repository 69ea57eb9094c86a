/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.pipeline: one capture through the detector (include/ninetails/run.h).
 *
 *     local pipeline = require "ninetails.pipeline"
 *     local result = pipeline.run {input = "traffic.pcap", fm_grace = 100, ad_grace = 600}
 *     print(result.packets, result.map.autoencoders, result.summary.threshold)
 *     pipeline.run {input = "traffic.pcap", score = false, output = "features.h5",
 *                   progress = function(packets, seconds, phase) print(packets) end}
 *     print(pipeline.parameters()[1].name)   -- each field of run()'s table (parameters.h)
 *     print(pipeline.is_model "model.h5")    -- whether run's `save` wrote it, and it is whole
 *
 * A field that is misspelt is an error. While it runs, SIGINT and SIGTERM end it at the next chunk:
 * the error is then {status = "interrupted", signal = "INT" | "TERM"}, and no output is left
 * behind.
 */
#include <lauxlib.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include <ninetails/run.h>

#include "metrics/measures.h"
#include "store/model/model_file.h"
#include "fields.h"
#include "modules.h"
#include "parameters.h"
#include "reporting.h"
#include "run_fields.h"
#include "signals.h"

/* ---------------------------------------------------------------- options */

/* "progress" is none of the options: it is a function. */
static int is_known(const char *name) {
  int known = strcmp(name, "progress") == 0;
  for (size_t t = 0; t < NT_RUN_TABLES && !known; t++)
    known = nt_parameter_find(nt_run_tables[t].rows, nt_run_tables[t].count, name) <
            nt_run_tables[t].count;
  return known;
}

/* Texts stay Lua's: the table keeps them alive. */
static void read_options(lua_State *L, int table, nt_run_options *options) {
  nt_error err;
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
    if (is_known(name)) continue;
    nt_fail(&err, NT_E_ARGUMENT, "pipeline.run has no field '%s'", name);
    modules_raise(L, &err);
  }
  for (size_t t = 0; t < NT_RUN_TABLES; t++)
    parameters_read(L, table, nt_run_tables[t].rows, nt_run_tables[t].count,
                    (char *)options + nt_run_tables[t].offset);
}

static int parameters(lua_State *L) {
  lua_newtable(L);
  for (size_t t = 0; t < NT_RUN_TABLES; t++)
    parameters_append(L, nt_run_tables[t].rows, nt_run_tables[t].count);
  return 1;
}

/* ---------------------------------------------------------------- results */

/* What a run made, released whatever error Lua raises. */
static const char result_class[] = "ninetails.pipeline.result";

static int result_gc(lua_State *L) {
  nt_run_result_done(luaL_checkudata(L, 1, result_class));
  return 0;
}

static void put_map(lua_State *L, const nt_feature_map *map) {
  lua_createtable(L, 0, 3);
  set_integer(L, "autoencoders", map->autoencoders);
  set_map(L, map);
  lua_setfield(L, -2, "map");
}

static void put_threshold(lua_State *L, const nt_threshold *t) {
  set_integer(L, "fitted", t->fit.used);
  set_number(L, "log_mean", t->fit.mean);
  set_number(L, "log_deviation", t->fit.deviation);
  set_number(L, "threshold", t->value);
  if (*t->absence) set_text(L, "threshold_absence", t->absence);
}

static void put_alarms(lua_State *L, const nt_alarm_share *a) {
  lua_createtable(L, 0, 6);
  set_integer(L, "judged", a->judged);
  set_number(L, "share", a->share);
  set_integer(L, "blocks", a->blocks);
  set_integer(L, "over", a->over);
  set_integer(L, "allowed", a->allowed);
  set_flag(L, "contradicts", a->contradicts);
  lua_setfield(L, -2, "alarms");
}

/* attacks_by_name: a list in the order of their first packets, nil without names. */
static void put_attacks(lua_State *L, const nt_run_result *r) {
  if (!r->attacks) return;
  lua_createtable(L, (int)r->labels.name_count, 0);
  for (size_t i = 0; i < r->labels.name_count; i++) {
    lua_createtable(L, 0, 5);
    set_attack(L, r->labels.names[i], &r->attacks[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "attacks_by_name");
}

static void put_summary(lua_State *L, const nt_run_summary *s) {
  lua_newtable(L);
  set_integer(L, "scored", s->scored);
  set_integer(L, "nan", s->nan);
  set_integer(L, "infinite", s->infinite);
  lua_newtable(L); /* quantiles: a list of {q, value} */
  for (int i = 0; i < NT_QUANTILES; i++) {
    lua_createtable(L, 2, 0);
    lua_pushnumber(L, nt_quantile_of[i]);
    lua_rawseti(L, -2, 1);
    lua_pushnumber(L, s->quantiles[i]);
    lua_rawseti(L, -2, 2);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "quantiles");
  put_threshold(L, &s->threshold);
  set_integer(L, "above", s->above);
  put_alarms(L, &s->alarms);
  if (s->labelled) {
    set_integer(L, "attacks", s->attacks);
    set_integer(L, "benign", s->benign);
    set_integer(L, "excluded", s->excluded);
    set_number(L, "auc", s->auc);
    set_number(L, "eer", s->eer);
    set_number(L, "eer_nearest", s->eer_nearest);
    set_number(L, "threshold_tpr", s->threshold_tpr);
    set_number(L, "threshold_fpr", s->threshold_fpr);
    if (*s->absence) set_text(L, "absence", s->absence);
    set_integer(L, "clean", s->clean);
    set_flag(L, "trains_on_attacks", s->trains_on_attacks);
  }
  lua_setfield(L, -2, "summary");
}

/* figures: {name = value} of those that exist, by their names in a table of runs. */
static void put_figures(lua_State *L, const nt_run_result *r) {
  lua_newtable(L);
  for (size_t i = 0; i < nt_measure_count; i++) {
    double value = nt_run_figure(r, nt_measures[i].name);
    if (isnan(value)) continue;
    if (nt_measures[i].integer)
      set_integer(L, nt_measures[i].name, (uint64_t)value);
    else
      set_number(L, nt_measures[i].name, value);
  }
  lua_setfield(L, -2, "figures");
}

/* stages: a list in their order of {name =, rows =, seconds =}, those that were gone through. */
static void put_stages(lua_State *L, const nt_pipeline_result *p) {
  lua_newtable(L);
  for (int i = 0; i < NT_STAGES; i++) {
    if (!p->rows[i]) continue;
    lua_createtable(L, 0, 3);
    set_text(L, "name", nt_stage_name((nt_stage)i));
    set_integer(L, "rows", p->rows[i]);
    set_number(L, "seconds", p->seconds[i]);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  }
  lua_setfield(L, -2, "stages");
}

/* parameters: {name = value} of extractor, KitNET and threshold, with a loaded model its own. */
static void put_parameters(lua_State *L, const nt_run_options *options, const nt_run_result *r) {
  nt_run_options counted = *options;
  counted.extractor = r->extractor;
  counted.kitnet = r->kitnet;
  lua_newtable(L);
  for (size_t t = 1; t < NT_RUN_TABLES; t++)
    parameters_set_values(L, nt_run_tables[t].rows, nt_run_tables[t].count,
                          (const char *)&counted + nt_run_tables[t].offset);
  set_number(L, "tail_probability", r->tail_probability);
  lua_setfield(L, -2, "parameters");
}

static void push_result(lua_State *L, const nt_run_options *options, const nt_run_result *r) {
  const nt_pipeline_result *p = &r->pipeline;
  lua_newtable(L);
  set_text(L, "format", nt_capture_format_name(r->format));
  if (*r->warning) set_text(L, "warning", r->warning);
  if (r->profile_known) set_text(L, "profile", nt_profile_name(r->profile));
  set_integer(L, "width", r->width);
  set_integer(L, "packets", p->packets);
  set_integer(L, "threads", (uint64_t)p->threads);
  set_number(L, "seconds", r->seconds);
  put_stages(L, p);
  if (r->extracted) {
    lua_newtable(L);
    set_integer(L, "streams", p->usage.streams);
    set_integer(L, "pairs", p->usage.pairs);
    set_integer(L, "dropped", p->usage.dropped);
    set_integer(L, "bytes", p->usage.bytes);
    lua_setfield(L, -2, "usage");
  }
  set_text(L, "start", r->start);
  set_text(L, "finish", r->end);
  if (*r->digests.file.sha256) set_text(L, "sha256", r->digests.file.sha256);
  if (*r->digests.content.sha256) set_text(L, "content_sha256", r->digests.content.sha256);
  if (!options->score) return;
  set_integer(L, "mapping", p->in_phase[NT_PHASE_MAPPING]);
  set_integer(L, "training", p->in_phase[NT_PHASE_TRAINING]);
  set_integer(L, "execution", p->in_phase[NT_PHASE_EXECUTION]);
  set_text(L, "isa", nt_isa_name(r->isa));
  set_integer(L, "taken_before", r->taken_before);
  set_flag(L, "given_map", r->given_map);
  set_text(L, "phase", nt_phase_name(r->phase));
  put_parameters(L, options, r);
  set_number(L, "training_seconds", r->training_seconds);
  set_number(L, "window_filled", r->window_filled);
  if (r->profile_known) set_number(L, "half_life", nt_profile_half_life(r->profile));
  put_map(L, &r->map);
  put_summary(L, &r->summary);
  put_figures(L, r);
  if (r->labels_path) {
    set_text(L, "labels", r->labels_path);
    set_text(L, "labels_format", r->labels.format);
    if (*r->labels.note) set_text(L, "labels_note", r->labels.note);
  }
  put_attacks(L, r);
}

static int run(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  nt_run_options options = nt_run_defaults();
  read_options(L, 1, &options);

  nt_run_result *result = lua_newuserdatauv(L, sizeof *result, 0);
  *result = (nt_run_result){0};
  luaL_setmetatable(L, result_class);
  reporting told = {.L = L, .reported = -1};
  if (lua_getfield(L, 1, "progress") != LUA_TNIL) {
    luaL_argcheck(L, lua_isfunction(L, -1), 1, "progress: expected a function");
    told.function = lua_gettop(L);
    options.progress = reporting_progress;
    options.progress_context = &told;
  }
  luaL_checkstack(L, 16, NULL);
  options.cancel = &nt_cancelled;

  nt_error err;
  nt_status status = nt_run(&options, result, &err);
  signals_uncancel();
  if (told.failed) return lua_error(L);
  if (status != NT_OK) return modules_raise(L, &err);
  push_result(L, &options, result);
  nt_run_result_done(result);
  return 1;
}

static int is_model(lua_State *L) {
  nt_model_file *file = nt_model_file_open(luaL_checkstring(L, 1), NULL);
  lua_pushboolean(L, file != NULL);
  nt_model_file_close(file);
  return 1;
}

int luaopen_ninetails_pipeline(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"run", run}, {"parameters", parameters}, {"is_model", is_model}, {NULL, NULL}};
  luaL_newmetatable(L, result_class);
  lua_pushcfunction(L, result_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newlib(L, functions);
  return 1;
}
