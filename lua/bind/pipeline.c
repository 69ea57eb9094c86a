/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.pipeline: one capture through the detector (include/ninetails/run.h).
 *
 *     local pipeline = require "ninetails.pipeline"
 *     local result = pipeline.run {input = "traffic.pcap", fm_grace = 100, ad_grace = 600}
 *     print(result.packets, result.map.autoencoders, result.summary.threshold)
 *     pipeline.run {input = "traffic.pcap", score = false, output = "features.h5",
 *                   progress = function(packets, seconds, phase) print(packets) end}
 *     print(pipeline.defaults().fm_grace)                 -- each number that run() would use
 *     print(table.concat(pipeline.names("profile"), " ")) -- also "isa", "bias_update"
 *
 * The fields of run()'s table are those of `fields` below; one that is misspelt is an error. While
 * it runs, SIGINT and SIGTERM end it at the next chunk: the error is then {status = "interrupted",
 * signal = "INT" | "TERM"}, and no output is left behind.
 */
#include <lauxlib.h>
#include <stddef.h>
#include <string.h>

#include <ninetails/run.h>

#include "fields.h"
#include "modules.h"
#include "signals.h"

/* ---------------------------------------------------------------- options */

typedef enum field_type { TEXT, FLAG, INT, UINT32, SIZE, UINT64, NUMBER, CHOICE } field_type;

static const char *const profile_names[] = {"py100", "csv115", "stream", NULL};
static const char *const isa_names[] = {"auto", "plain", "avx2", "avx512", NULL};
static const char *const bias_names[] = {"element", "mean", NULL};

#define AT(member) offsetof(nt_run_options, member)
static const struct field {
  const char *name;
  field_type type;
  size_t offset;
  const char *const *choices; /* of a CHOICE: names in the order of the enum */
} fields[] = {
    {"input", TEXT, AT(input), NULL},
    {"output", TEXT, AT(output), NULL},
    {"labels", TEXT, AT(labels), NULL},
    {"feature_map", TEXT, AT(feature_map), NULL},
    {"command_line", TEXT, AT(command_line), NULL},
    {"score", FLAG, AT(score), NULL},
    {"with_features", FLAG, AT(with_features), NULL},
    {"profile_given", FLAG, AT(profile_given), NULL},
    {"compression", INT, AT(compression), NULL},
    {"threads", INT, AT(threads), NULL},
    {"profile", CHOICE, AT(extractor.profile), profile_names},
    {"max_streams", UINT64, AT(extractor.max_streams), NULL},
    {"fm_grace", UINT64, AT(kitnet.fm_grace), NULL},
    {"ad_grace", UINT64, AT(kitnet.ad_grace), NULL},
    {"max_autoencoder", SIZE, AT(kitnet.max_autoencoder), NULL},
    {"learning_rate", NUMBER, AT(kitnet.learning_rate), NULL},
    {"hidden_ratio", NUMBER, AT(kitnet.hidden_ratio), NULL},
    {"seed", UINT32, AT(kitnet.seed), NULL},
    {"bias_update", CHOICE, AT(kitnet.bias), bias_names},
    {"train_epsilon", NUMBER, AT(kitnet.train_epsilon), NULL},
    {"execute_epsilon", NUMBER, AT(kitnet.execute_epsilon), NULL},
    {"isa", CHOICE, AT(kitnet.isa), isa_names},
    {"tail_probability", NUMBER, AT(tail_probability), NULL},
};
#define FIELDS (sizeof fields / sizeof *fields)

/* The enums are read and written as ints through the table above. */
_Static_assert(sizeof(nt_profile) == sizeof(int) && sizeof(nt_isa) == sizeof(int) &&
                   sizeof(nt_bias_update) == sizeof(int),
               "enums are as wide as int");

static int fail(lua_State *L, const char *format, const char *name, const char *detail) {
  nt_error err;
  nt_fail(&err, NT_E_ARGUMENT, format, name, detail);
  return modules_raise(L, &err);
}

static lua_Integer whole(lua_State *L, const char *name, lua_Integer most) {
  int good;
  lua_Integer value = lua_tointegerx(L, -1, &good);
  if (!good || lua_type(L, -1) != LUA_TNUMBER)
    fail(L, "%s: expected a whole number, got %s", name, luaL_tolstring(L, -1, NULL));
  if (value < 0 || value > most) fail(L, "%s %s: out of range", name, luaL_tolstring(L, -1, NULL));
  return value;
}

static int choice(lua_State *L, const struct field *f) {
  const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
  for (int i = 0; f->choices[i]; i++)
    if (strcmp(text, f->choices[i]) == 0) return i;
  return fail(L, "%s: '%s' is none of its names", f->name, luaL_tolstring(L, -1, NULL));
}

/* The value on the top of the stack -> its member. Texts stay Lua's: the table keeps them alive. */
static void set_field(lua_State *L, const struct field *f, nt_run_options *options) {
  void *member = (char *)options + f->offset;
  switch (f->type) {
  case TEXT:
    if (lua_type(L, -1) != LUA_TSTRING)
      fail(L, "%s: expected a text, got a %s", f->name, luaL_typename(L, -1));
    *(const char **)member = lua_tostring(L, -1);
    break;
  case FLAG:
    *(int *)member = lua_toboolean(L, -1);
    break;
  case INT:
    *(int *)member = (int)whole(L, f->name, INT32_MAX);
    break;
  case UINT32:
    *(uint32_t *)member = (uint32_t)whole(L, f->name, UINT32_MAX);
    break;
  case SIZE:
    *(size_t *)member = (size_t)whole(L, f->name, PTRDIFF_MAX);
    break;
  case UINT64:
    *(uint64_t *)member = (uint64_t)whole(L, f->name, INT64_MAX);
    break;
  case NUMBER:
    if (lua_type(L, -1) != LUA_TNUMBER)
      fail(L, "%s: expected a number, got a %s", f->name, luaL_typename(L, -1));
    *(double *)member = lua_tonumber(L, -1);
    break;
  case CHOICE:
    *(int *)member = choice(L, f);
    break;
  }
}

static void read_options(lua_State *L, int table, nt_run_options *options) {
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
    if (strcmp(name, "progress") == 0) continue;
    size_t i = 0;
    while (i < FIELDS && strcmp(fields[i].name, name) != 0) i++;
    if (i == FIELDS) fail(L, "pipeline.run has no field '%s'%s", name, "");
    set_field(L, &fields[i], options);
  }
}

static int defaults(lua_State *L) {
  nt_run_options options = nt_run_defaults();
  lua_newtable(L);
  for (size_t i = 0; i < FIELDS; i++) {
    const struct field *f = &fields[i];
    const void *member = (const char *)&options + f->offset;
    switch (f->type) {
    case TEXT:
      continue;
    case FLAG:
      lua_pushboolean(L, *(const int *)member);
      break;
    case INT:
      lua_pushinteger(L, *(const int *)member);
      break;
    case UINT32:
      lua_pushinteger(L, *(const uint32_t *)member);
      break;
    case SIZE:
      lua_pushinteger(L, (lua_Integer) * (const size_t *)member);
      break;
    case UINT64:
      lua_pushinteger(L, (lua_Integer) * (const uint64_t *)member);
      break;
    case NUMBER:
      lua_pushnumber(L, *(const double *)member);
      break;
    case CHOICE:
      lua_pushstring(L, f->choices[*(const int *)member]);
      break;
    }
    lua_setfield(L, -2, f->name);
  }
  return 1;
}

static int names(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  for (size_t i = 0; i < FIELDS; i++) {
    if (!fields[i].choices || strcmp(fields[i].name, name) != 0) continue;
    lua_newtable(L);
    for (int k = 0; fields[i].choices[k]; k++) {
      lua_pushstring(L, fields[i].choices[k]);
      lua_rawseti(L, -2, k + 1);
    }
    return 1;
  }
  return fail(L, "pipeline.names: '%s' has no names%s", name, "");
}

/* ---------------------------------------------------------------- signals and progress */

/* What a run holds while Lua may raise errors around it; its __gc releases it. */
typedef struct box {
  lua_State *L;
  nt_run_result result;
  int progress; /* stack index of the function; 0: none */
  int failed;   /* the function raised an error, which lies on the top of the stack */
  double told;  /* when it was called last */
} box;

static int box_gc(lua_State *L) {
  box *b = luaL_checkudata(L, 1, "ninetails.pipeline.box");
  nt_run_result_done(&b->result);
  return 0;
}

/* At once, then at most 20 times a second; on the thread that called run(), so Lua may be called.
 */
static void on_progress(void *context, const nt_pipeline_result *p) {
  static const char *const phases[] = {"mapping", "training", "execution"};
  box *b = context;
  if (b->failed || p->wall_seconds - b->told < 0.05) return;
  b->told = p->wall_seconds;
  int phase = p->in_phase[2] ? 2 : p->in_phase[1] ? 1 : 0;
  lua_pushvalue(b->L, b->progress);
  lua_pushinteger(b->L, (lua_Integer)p->packets);
  lua_pushnumber(b->L, p->wall_seconds);
  lua_pushstring(b->L, phases[phase]);
  b->failed = lua_pcall(b->L, 3, 0, 0) != LUA_OK;
  if (b->failed)
    nt_flag_set(&nt_cancelled, SIGINT); /* ends the run; the error is told instead of the signal */
}

/* ---------------------------------------------------------------- results */

static void put_map(lua_State *L, const nt_feature_map *map) {
  lua_createtable(L, 0, 3);
  set_integer(L, "autoencoders", map->autoencoders);
  lua_createtable(L, (int)map->autoencoders, 0);
  for (size_t i = 0; i < map->autoencoders; i++) {
    lua_pushinteger(L, (lua_Integer)map->sizes[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "sizes");
  lua_createtable(L, (int)map->total, 0);
  for (size_t i = 0; i < map->total; i++) {
    lua_pushinteger(L, (lua_Integer)map->features[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "features");
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
    const nt_attack_measured *m = &r->attacks[i];
    lua_createtable(L, 0, 5);
    set_text(L, "attack", r->labels.names[i]);
    set_integer(L, "packets", m->packets);
    set_number(L, "auc", m->auc);
    set_number(L, "average_precision", m->average_precision);
    set_number(L, "tpr_at_fpr_1em3", m->tpr);
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
  set_number(L, "training_seconds", r->training_seconds);
  set_number(L, "window_filled", r->window_filled);
  if (r->profile_known) set_number(L, "half_life", nt_profile_half_life(r->profile));
  put_map(L, &r->map);
  put_summary(L, &r->summary);
  if (r->labels_path) {
    set_text(L, "labels", r->labels_path);
    set_text(L, "labels_format", r->labels.format);
    if (*r->labels.note) set_text(L, "labels_note", r->labels.note);
  }
  put_attacks(L, r);
}

/* A signal before the first packet shows as whatever error it caused: the flag knows better. */
static int raise_interrupted(lua_State *L, const nt_error *err, int caught) {
  lua_createtable(L, 0, 3);
  set_text(L, "status", "interrupted");
  set_text(L, "message", err->status == NT_E_STATE ? err->text : "interrupted");
  set_text(L, "signal", signals_name(caught));
  return lua_error(L);
}

static int run(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  nt_run_options options = nt_run_defaults();
  read_options(L, 1, &options);

  box *b = lua_newuserdatauv(L, sizeof *b, 0);
  *b = (box){.L = L, .told = -1};
  luaL_setmetatable(L, "ninetails.pipeline.box");
  if (lua_getfield(L, 1, "progress") != LUA_TNIL) {
    luaL_argcheck(L, lua_isfunction(L, -1), 1, "progress: expected a function");
    b->progress = lua_gettop(L);
    options.progress = on_progress;
    options.progress_context = b;
  }
  luaL_checkstack(L, 16, NULL);
  options.cancel = &nt_cancelled;

  nt_error err;
  signals before;
  signals_catch(&before, options.input && strcmp(options.input, "-") == 0);
  nt_status status = nt_run(&options, &b->result, &err);
  int caught = signals_restore(&before);
  if (b->failed) return lua_error(L);
  if (status != NT_OK && caught) return raise_interrupted(L, &err, caught);
  if (status != NT_OK) return modules_raise(L, &err);
  push_result(L, &options, &b->result);
  nt_run_result_done(&b->result);
  return 1;
}

int luaopen_ninetails_pipeline(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"run", run}, {"defaults", defaults}, {"names", names}, {NULL, NULL}};
  luaL_newmetatable(L, "ninetails.pipeline.box");
  lua_pushcfunction(L, box_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newlib(L, functions);
  return 1;
}
