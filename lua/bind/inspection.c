/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.inspection: the packets behind the anomalies of a scored run (core/explain/).
 *
 *     local inspection = require "ninetails.inspection"
 *     local found = inspection.read {result = "scores.h5", run = nil, capture = "traffic.pcap",
 *                                 select = "top", value = 10, named = 3}
 *     print(found.count, found.threshold)          summary: fields below
 *     inspection.each(found, 20, function(p) print(p.packet, p.score, p.why[1].words) end)
 *
 * read's fields: result, run, capture, select = "top" | "above" | "lognormal" | "deviations", value,
 * named, fidelity, seed, threads, progress = function(packets, seconds, phase). It gives {count =
 * packets that qualify, packets =, scored =, first = of the scored, threshold =, labelled =,
 * attacks = names, frames = whether the capture has frames, autoencoders =, width =, log_mean =, log_deviation =, training_rows =, stride =,
 * detector =, profile =, warning =, fidelity = {named = {mean =, median =}, random = ..., packets =}}.
 *
 * each(found, most, f, how) calls f for the `most` packets of the highest scores (0: all), in their
 * order, with a table that is the callee's. how: a reader of ninetails.dissect at the beginning of the
 * capture, which is at the packet meanwhile; nil, of a capture that is a table of packet records;
 * false: the capture is not read, and chain, headers and frame are missing.
 *     packet (from 0 on), time, score, tail, rank (from 1 on), label, attack, cause, length, captured,
 *     chain, source, destination, source_port, destination_port, headers = {{name, text}, ...},
 *     frame = its bytes (nil of a table of packet records),
 *     why = {{feature =, words =, unit =, value =, least =, most =, median =, share =, autoencoder =,
 *             autoencoder_share =}, ...}, the largest share first
 *
 * rows(found) gives {packet =, time =, score =, attack = true | false, source =, destination =} of each,
 * in their order.
 *
 * incidents(found, "host" | "pair" | "flow", gap, most) gathers them (core/explain/incidents.h) and gives
 * {count =, touching = (with labels), shown_packets =, attacks = {{attack =, packets =, qualifying =,
 * incidents =}, ...}, list = the `most` (0: all) of most excess: {host = | source =, destination =,
 * source_port =, destination_port =, cause =, start =, finish =, packets =, sent =, excess =, peak =,
 * first =, attack_packets =, attack =, peers =, peer = {{host =, packets =}}, ports =, port = {{port =,
 * packets =}}, features = {{feature =, words =, unit =, value =, packet =, least =, most =, median =,
 * share_of_score =}}, evidence = {{packet =, score =}}}}.
 *
 * Words are of addresses and names that strangers chose: they are shown through out.shown.
 */
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <inttypes.h>
#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dissect_reader.h"
#include "explain/evidence.h"
#include "explain/incidents.h"
#include "explain/inspection.h"
#include "fields.h"
#include "modules.h"
#include "reporting.h"
#include "signals.h"

static const char *const class_name = "ninetails.inspection.found";

/* Lives in Lua: field 1 of the table that read() gives. */
typedef struct found {
  nt_inspection inspection;
  char *capture;
  size_t *order; /* [count] indices of what qualifies, the highest score first */
  size_t *rank;  /* [count] from 1 on */
} found;

static int found_gc(lua_State *L) {
  found *f = luaL_checkudata(L, 1, class_name);
  nt_inspection_done(&f->inspection);
  free(f->capture);
  free(f->order);
  free(f->rank);
  *f = (found){0};
  return 0;
}

static found *check_found(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_rawgeti(L, 1, 1);
  found *f = luaL_checkudata(L, -1, class_name);
  lua_pop(L, 1);
  return f;
}

/* ---------------------------------------------------------------- ranks */

static int compare(const void *a, const void *b, void *context) {
  const nt_anomaly *all = context;
  const nt_anomaly *x = &all[*(const size_t *)a], *y = &all[*(const size_t *)b];
  if (isnan(x->score) != isnan(y->score)) return isnan(x->score) ? -1 : 1;
  if (x->score != y->score && !isnan(x->score)) return x->score > y->score ? -1 : 1;
  return x->packet < y->packet ? -1 : x->packet > y->packet;
}

/* What qualifies is what scores highest, so ranks among it are ranks among all. */
static void rank_all(lua_State *L, found *f) {
  size_t n = f->inspection.count;
  f->order = calloc(n + 1, sizeof *f->order);
  f->rank = calloc(n + 1, sizeof *f->rank);
  if (!f->order || !f->rank) luaL_error(L, "not enough memory");
  for (size_t i = 0; i < n; i++) f->order[i] = i;
  qsort_r(f->order, n, sizeof *f->order, compare, f->inspection.anomaly);
  for (size_t i = 0; i < n; i++) f->rank[f->order[i]] = i + 1;
}

/* ---------------------------------------------------------------- read */

static const char *text_field(lua_State *L, const char *name, int needed) {
  int type = lua_getfield(L, 1, name);
  if (type != LUA_TSTRING && (needed || type != LUA_TNIL))
    luaL_error(L, "inspection.read: %s: got a %s, expected a string", name, luaL_typename(L, -1));
  const char *text = lua_tostring(L, -1);
  lua_pop(L, 1); /* the table keeps it */
  return text;
}

static void read_options(lua_State *L, nt_inspection_options *o) {
  static const char *const selects[] = {"top", "above", "lognormal", "deviations", NULL};
  o->result = text_field(L, "result", 1);
  o->run = text_field(L, "run", 0);
  o->capture = text_field(L, "capture", 1);
  o->value = get_number(L, 1, "value", 10);
  o->named = (size_t)get_number(L, 1, "named", 3);
  o->seed = (uint32_t)get_number(L, 1, "seed", 1);
  o->threads = (int)get_number(L, 1, "threads", 0);
  lua_getfield(L, 1, "fidelity");
  o->fidelity = lua_toboolean(L, -1);
  lua_getfield(L, 1, "select");
  o->select = (nt_select)luaL_checkoption(L, -1, "top", selects);
  lua_pop(L, 2);
}

/* {mean =, median =} of the numbers that are some; they are put in order. */
static void set_left(lua_State *L, const char *name, double *left, size_t count) {
  size_t n = 0;
  for (size_t i = 0; i < count; i++)
    if (!isnan(left[i])) left[n++] = left[i];
  gsl_sort(left, 1, n);
  lua_createtable(L, 0, 2);
  set_number(L, "mean", n ? gsl_stats_mean(left, 1, n) : (double)NAN);
  set_number(L, "median", n ? gsl_stats_median_from_sorted_data(left, 1, n) : (double)NAN);
  set_integer(L, "packets", n);
  lua_setfield(L, -2, name);
}

static void put_summary(lua_State *L, const nt_inspection *in) {
  set_integer(L, "count", in->count);
  set_integer(L, "packets", in->recipe.packets);
  set_integer(L, "scored", in->run.count);
  set_integer(L, "first", in->run.first);
  set_number(L, "threshold", in->threshold);
  set_flag(L, "labelled", in->run.labels != NULL);
  set_flag(L, "explained", in->recipe.kitnet);
  set_flag(L, "frames", in->frames);
  set_text(L, "detector", in->recipe.detector);
  set_text(L, "profile", nt_profile_name(in->recipe.extractor.profile));
  set_integer(L, "width", in->width);
  set_integer(L, "autoencoders", in->run.map.autoencoders);
  set_number(L, "log_mean", in->fit.mean);
  set_number(L, "log_deviation", in->fit.deviation);
  set_integer(L, "training_rows", in->range.rows);
  set_integer(L, "stride", in->range.stride);
  set_number(L, "seconds", in->pipeline.wall_seconds);
  if (*in->warning) set_text(L, "warning", in->warning);
  lua_createtable(L, (int)in->run.attacks, 0);
  for (size_t i = 0; i < in->run.attacks; i++) {
    lua_pushstring(L, in->run.attack_name[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "attacks");
  if (!in->left_named) return;
  lua_createtable(L, 0, 2);
  set_left(L, "named", in->left_named, in->count);
  set_left(L, "random", in->left_random, in->count);
  lua_setfield(L, -2, "fidelity");
}

static int read_inspection(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  nt_inspection_options options = {0};
  read_options(L, &options);
  lua_createtable(L, 1, 24);
  found *f = lua_newuserdatauv(L, sizeof *f, 0);
  *f = (found){0};
  luaL_setmetatable(L, class_name);
  lua_rawseti(L, 2, 1);
  reporting told = {.L = L, .reported = -1};
  if (lua_getfield(L, 1, "progress") == LUA_TFUNCTION) {
    told.function = lua_gettop(L);
    options.progress = reporting_progress;
    options.progress_context = &told;
  }
  luaL_checkstack(L, 16, NULL);
  options.cancel = &nt_cancelled;
  nt_error err;
  nt_status status = nt_inspect(&options, &f->inspection, &err);
  signals_uncancel();
  if (told.failed) return lua_error(L);
  if (status != NT_OK) return modules_raise(L, &err);
  if (!(f->capture = strdup(options.capture))) return luaL_error(L, "not enough memory");
  rank_all(L, f);
  lua_settop(L, 2);
  put_summary(L, &f->inspection);
  return 1;
}

/* ---------------------------------------------------------------- a packet */

static void put_mac(char *text, size_t size, const uint8_t *a) {
  snprintf(text, size, "%02x:%02x:%02x:%02x:%02x:%02x", a[0], a[1], a[2], a[3], a[4], a[5]);
}

static void add_header(lua_State *L, const char *name, const char *text) {
  lua_createtable(L, 2, 0);
  lua_pushstring(L, name);
  lua_rawseti(L, -2, 1);
  lua_pushstring(L, text);
  lua_rawseti(L, -2, 2);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

/* Header fields that are neither address nor port, and MACs, by the names of Wireshark. */
static void set_headers(lua_State *L, const nt_packet *p) {
  const struct {
    uint32_t bit;
    const char *name;
    const uint8_t *mac;
    unsigned number;
  } fields[] = {{NT_HAS_ETH_SRC, "eth.src", p->eth_src, 0},
                {NT_HAS_ETH_DST, "eth.dst", p->eth_dst, 0},
                {NT_HAS_ARP_OPCODE, "arp.opcode", NULL, p->arp_opcode},
                {NT_HAS_ARP_SRC_HW, "arp.src.hw_mac", p->arp_src_mac, 0},
                {NT_HAS_ARP_DST_HW, "arp.dst.hw_mac", p->arp_dst_mac, 0},
                {NT_HAS_ICMP_TYPE, "icmp.type", NULL, p->icmp_type},
                {NT_HAS_ICMP_CODE, "icmp.code", NULL, p->icmp_code}};
  char text[32];
  lua_newtable(L);
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    if (!(p->present & fields[i].bit)) continue;
    if (fields[i].mac)
      put_mac(text, sizeof text, fields[i].mac);
    else
      snprintf(text, sizeof text, "%u", fields[i].number);
    add_header(L, fields[i].name, text);
  }
  lua_setfield(L, -2, "headers");
}

static void set_ends(lua_State *L, const nt_identity *id) {
  char text[64];
  nt_identity_address(id, NT_SOURCE, text, sizeof text);
  set_text(L, "source", text);
  nt_identity_address(id, NT_DESTINATION, text, sizeof text);
  set_text(L, "destination", text);
  if (id->port_kind != NT_PORT_NUMBER && id->port_kind != NT_PORT_TWO) return;
  set_integer(L, "source_port", id->source_port[0]);
  set_integer(L, "destination_port", id->destination_port[0]);
}

/* A column: name, unit, words for this identity, and what the grace periods saw. */
static void set_feature(lua_State *L, const nt_inspection *in, uint32_t column,
                        const nt_identity *id) {
  char words[256];
  nt_profile profile = in->recipe.extractor.profile;
  set_text(L, "feature", nt_profile_feature_name(profile, column));
  set_text(L, "unit", nt_profile_feature_unit(profile, column));
  nt_feature_words(profile, column, id, words, sizeof words);
  set_text(L, "words", words);
  set_number(L, "least", in->range.least[column]);
  set_number(L, "most", in->range.most[column]);
  set_number(L, "median", in->range.median[column]);
}

/* why: what is named of packet i, in words that are those of its identity. */
static void set_why(lua_State *L, const nt_inspection *in, size_t i, const nt_identity *id) {
  lua_createtable(L, (int)in->named, 0);
  for (size_t k = 0; k < in->named; k++) {
    const nt_named *n = &in->name[i * in->named + k];
    lua_createtable(L, 0, 10);
    set_feature(L, in, n->column, id);
    set_number(L, "value", n->value);
    set_number(L, "share", n->share);
    set_integer(L, "autoencoder", n->autoencoder);
    set_number(L, "autoencoder_share", n->part);
    lua_rawseti(L, -2, (lua_Integer)k + 1);
  }
  lua_setfield(L, -2, "why");
}

/* What the capture has of it. */
static void set_evidence_of(lua_State *L, const nt_evidence *e) {
  set_text(L, "chain", e->chain);
  set_headers(L, e->packet);
  if (!e->frame) return;
  lua_pushlstring(L, (const char *)e->frame->data, e->frame->captured);
  lua_setfield(L, -2, "frame");
}

/* Pushes the table of packet i; e NULL: without what takes its capture. */
static void push_packet(lua_State *L, const found *f, size_t i, const nt_evidence *e) {
  const nt_inspection *in = &f->inspection;
  const nt_anomaly *a = &in->anomaly[i];
  nt_identity id;
  nt_anomaly_identity(in, a, &id);
  lua_createtable(L, 0, 20);
  set_integer(L, "packet", a->packet);
  set_number(L, "time", a->time);
  set_number(L, "score", a->score);
  if (!isnan(in->fit.deviation)) set_number(L, "tail", nt_inspection_tail(in, a->score));
  set_integer(L, "rank", f->rank[i]);
  if (in->run.labels) set_integer(L, "label", a->label);
  if (a->attack) set_text(L, "attack", in->run.attack_name[a->attack - 1]);
  if (in->recipe.kitnet) set_text(L, "cause", nt_cause_name((nt_cause)a->cause));
  set_integer(L, "length", a->length);
  set_ends(L, &id);
  if (e) set_evidence_of(L, e);
  if (in->recipe.kitnet) set_why(L, in, i, &id);
}

/* ---------------------------------------------------------------- each */

typedef struct calling {
  lua_State *L;
  const found *found;
  const size_t *chosen; /* indices, ascending */
  size_t at;
  int failed;
} calling;

static int push_and_call(lua_State *L) { /* function, calling, evidence */
  const calling *c = lua_touserdata(L, 2);
  const nt_evidence *e = lua_touserdata(L, 3);
  lua_settop(L, 1);
  push_packet(L, c->found, c->chosen[c->at], e);
  lua_call(L, 1, 0);
  return 0;
}

static nt_status call_back(void *context, const nt_evidence *e, nt_error *err) {
  calling *c = context;
  lua_State *L = c->L;
  lua_pushcfunction(L, push_and_call);
  lua_pushvalue(L, 3);
  lua_pushlightuserdata(L, c);
  lua_pushlightuserdata(L, (void *)e);
  c->failed = !signals_call_back(L, 3);
  c->at++;
  return c->failed ? nt_fail(err, NT_E_STATE, "a function failed") : NT_OK;
}

static int by_index(const void *a, const void *b) {
  size_t x = *(const size_t *)a, y = *(const size_t *)b;
  return x < y ? -1 : x > y;
}

/* The capture is read by itself: a table of packet records. */
static void each_record(lua_State *L, calling *c, size_t count) {
  uint64_t *numbers = lua_newuserdatauv(L, (count + 1) * sizeof *numbers, 0);
  for (size_t i = 0; i < count; i++) numbers[i] = c->found->inspection.anomaly[c->chosen[i]].packet;
  nt_error err;
  nt_status status =
      nt_evidence_read(c->found->capture, numbers, count, call_back, c, &nt_cancelled, &err);
  if (c->failed) lua_error(L);
  if (status != NT_OK) modules_raise(L, &err);
}

/* The reader at index 4 of the stack goes from one to the next. */
static void each_frame(lua_State *L, const calling *c, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint64_t number = c->found->inspection.anomaly[c->chosen[i]].packet;
    const nt_dissection *d = dissect_reader_to(L, 4, number + 1);
    nt_evidence e = {.number = number, .packet = &d->packet, .frame = &d->frame, .chain = d->chain};
    lua_pushvalue(L, 3);
    push_packet(L, c->found, c->chosen[i], &e);
    lua_call(L, 1, 0);
  }
}

/* Nothing is read. */
static void each_known(lua_State *L, const calling *c, size_t count) {
  for (size_t i = 0; i < count; i++) {
    lua_pushvalue(L, 3);
    push_packet(L, c->found, c->chosen[i], NULL);
    lua_call(L, 1, 0);
  }
}

static int each(lua_State *L) {
  found *f = check_found(L);
  const nt_inspection *in = &f->inspection;
  lua_Integer most = luaL_checkinteger(L, 2);
  luaL_checktype(L, 3, LUA_TFUNCTION);
  lua_settop(L, 4);
  luaL_checkstack(L, 16, NULL);
  size_t count = most > 0 && (uint64_t)most < in->count ? (size_t)most : in->count;
  if (count > SIZE_MAX / sizeof(uint64_t) / 2) return luaL_error(L, "not enough memory");
  size_t *chosen = lua_newuserdatauv(L, (count + 1) * sizeof *chosen, 0);
  memcpy(chosen, f->order, count * sizeof *chosen);
  qsort(chosen, count, sizeof *chosen, by_index);
  calling c = {.L = L, .found = f, .chosen = chosen};
  if (lua_isuserdata(L, 4))
    each_frame(L, &c, count);
  else if (lua_isboolean(L, 4))
    each_known(L, &c, count);
  else
    each_record(L, &c, count);
  return 0;
}

/* rows(found): what figures are made of, in the order of the capture. */
static int rows(lua_State *L) {
  const nt_inspection *in = &check_found(L)->inspection;
  char text[64];
  lua_createtable(L, (int)nt_key_table_count(in->hosts), 0);
  for (uint32_t h = 0; h < nt_key_table_count(in->hosts); h++) {
    nt_host_text(in, h, text, sizeof text);
    lua_pushstring(L, text);
    lua_rawseti(L, -2, (lua_Integer)h + 1);
  }
  lua_createtable(L, in->count < INT32_MAX ? (int)in->count : 0, 0);
  for (size_t i = 0; i < in->count; i++) {
    const nt_anomaly *a = &in->anomaly[i];
    lua_createtable(L, 0, 6);
    set_integer(L, "packet", a->packet);
    set_number(L, "time", a->time);
    set_number(L, "score", a->score);
    set_flag(L, "attack", a->label == 1);
    lua_rawgeti(L, -3, (lua_Integer)a->host[NT_SOURCE] + 1);
    lua_setfield(L, -2, "source");
    lua_rawgeti(L, -3, (lua_Integer)a->host[NT_DESTINATION] + 1);
    lua_setfield(L, -2, "destination");
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* ---------------------------------------------------------------- incidents */

static int incidents_done(lua_State *L) {
  nt_incidents_done(lua_touserdata(L, 1));
  return 0;
}

static void begin_list(lua_State *L) {
  lua_newtable(L);
}
static void append(lua_State *L) { /* the top to the list below it */
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

static void set_peers(lua_State *L, const nt_inspection *in, const nt_incident *n) {
  char text[64];
  begin_list(L);
  for (int k = 0; k < NT_SHOWN && n->peer[k].count > 0; k++) {
    lua_createtable(L, 0, 2);
    nt_host_text(in, n->peer[k].what, text, sizeof text);
    set_text(L, "host", text);
    set_integer(L, "packets", (uint64_t)n->peer[k].count);
    append(L);
  }
  lua_setfield(L, -2, "peer");
}

static void set_ports(lua_State *L, const nt_incident *n) {
  begin_list(L);
  for (int k = 0; k < NT_SHOWN && n->destination_port[k].count > 0; k++) {
    lua_createtable(L, 0, 2);
    set_integer(L, "port", n->destination_port[k].what);
    set_integer(L, "packets", (uint64_t)n->destination_port[k].count);
    append(L);
  }
  lua_setfield(L, -2, "port");
}

/* The packet of the evidence that names the column, and as what; else the peak and NULL. */
static size_t witness(const nt_inspection *in, const nt_incident *n, uint32_t column,
                      const nt_named **name) {
  for (size_t e = 0; e < n->evidences; e++)
    for (size_t k = 0; k < in->named; k++) {
      *name = &in->name[n->evidence[e] * in->named + k];
      if ((*name)->column == column) return n->evidence[e];
    }
  *name = NULL;
  return n->peak;
}

/* features: those with the largest shares in the incident's packets, each with the words and the
 * value of a packet of the evidence. */
static void set_features(lua_State *L, const nt_inspection *in, const nt_incident *n) {
  begin_list(L);
  for (int k = 0; k < NT_SHOWN && n->feature[k].count > 0; k++) {
    const nt_named *name;
    nt_identity id;
    uint32_t column = n->feature[k].what;
    size_t packet = witness(in, n, column, &name);
    nt_anomaly_identity(in, &in->anomaly[packet], &id);
    lua_createtable(L, 0, 9);
    set_feature(L, in, column, &id);
    set_number(L, "share_of_score", n->feature[k].count / (double)n->packets);
    if (name) set_number(L, "value", name->value);
    if (name) set_integer(L, "packet", in->anomaly[packet].packet);
    append(L);
  }
  lua_setfield(L, -2, "features");
}

static void set_evidence(lua_State *L, const nt_inspection *in, const nt_incident *n) {
  begin_list(L);
  for (size_t k = 0; k < n->evidences; k++) {
    lua_createtable(L, 0, 2);
    set_integer(L, "packet", in->anomaly[n->evidence[k]].packet);
    set_number(L, "score", in->anomaly[n->evidence[k]].score);
    append(L);
  }
  lua_setfield(L, -2, "evidence");
}

/* Who it is about: `host`, or two ends. */
static void set_entity(lua_State *L, const nt_inspection *in, const nt_incident *n,
                       nt_entity entity) {
  char text[64];
  nt_host_text(in, n->host[0], text, sizeof text);
  set_text(L, entity == NT_ENTITY_HOST ? "host" : "source", text);
  if (entity == NT_ENTITY_HOST) return;
  nt_host_text(in, n->host[1], text, sizeof text);
  set_text(L, "destination", text);
  if (entity != NT_ENTITY_FLOW || (n->ports != NT_PORT_NUMBER && n->ports != NT_PORT_TWO)) return;
  set_integer(L, "source_port", n->port[0]);
  set_integer(L, "destination_port", n->port[1]);
}

static void push_incident(lua_State *L, const nt_inspection *in, const nt_incident *n,
                          nt_entity entity) {
  lua_createtable(L, 0, 24);
  set_entity(L, in, n, entity);
  if (in->recipe.kitnet) set_text(L, "cause", nt_cause_name((nt_cause)n->cause));
  set_number(L, "start", n->start);
  set_number(L, "finish", n->end);
  set_integer(L, "packets", n->packets);
  set_integer(L, "sent", n->sent);
  set_number(L, "excess", n->excess);
  set_number(L, "peak", in->anomaly[n->peak].score);
  set_integer(L, "first", in->anomaly[n->first].packet);
  if (in->run.labels) set_integer(L, "attack_packets", n->attack_packets);
  if (n->attack) set_text(L, "attack", in->run.attack_name[n->attack - 1]);
  set_integer(L, "peers", n->peers);
  set_integer(L, "ports", n->ports_seen);
  set_peers(L, in, n);
  set_ports(L, n);
  set_features(L, in, n);
  set_evidence(L, in, n);
}

static void set_met(lua_State *L, const nt_inspection *in, const nt_incidents *all) {
  begin_list(L);
  for (size_t i = 0; i < all->attacks; i++) {
    lua_createtable(L, 0, 4);
    set_text(L, "attack", in->run.attacks ? in->run.attack_name[i] : "attack");
    set_integer(L, "packets", all->met[i].packets);
    set_integer(L, "qualifying", all->met[i].qualifying);
    set_integer(L, "incidents", all->met[i].incidents);
    append(L);
  }
  lua_setfield(L, -2, "attacks");
}

/* incidents(found, entity, gap, most) */
static int incidents(lua_State *L) {
  static const char *const entities[] = {"host", "pair", "flow", NULL};
  found *f = check_found(L);
  const nt_inspection *in = &f->inspection;
  nt_entity entity = (nt_entity)luaL_checkoption(L, 2, "host", entities);
  double gap = luaL_checknumber(L, 3);
  lua_Integer most = luaL_checkinteger(L, 4);
  luaL_checkstack(L, 24, NULL);
  nt_incidents *all = lua_newuserdatauv(L, sizeof *all, 0);
  *all = (nt_incidents){0};
  modules_close_at_end(L, "ninetails.inspection.incidents", incidents_done);
  nt_error err;
  if (nt_incidents_of(in, entity, gap, all, &err) != NT_OK) return modules_raise(L, &err);
  size_t shown = most > 0 && (uint64_t)most < all->count ? (size_t)most : all->count;
  uint64_t packets = 0;
  lua_createtable(L, 0, 6);
  set_integer(L, "count", all->count);
  if (in->run.labels) set_integer(L, "touching", all->touching);
  set_met(L, in, all);
  begin_list(L);
  for (size_t i = 0; i < shown; i++) {
    packets += all->incident[i].packets;
    push_incident(L, in, &all->incident[i], entity);
    append(L);
  }
  lua_setfield(L, -2, "list");
  set_integer(L, "shown_packets", packets);
  return 1;
}

int luaopen_ninetails_inspection(lua_State *L) {
  static const luaL_Reg functions[] = {{"read", read_inspection},
                                       {"each", each},
                                       {"rows", rows},
                                       {"incidents", incidents},
                                       {NULL, NULL}};
  luaL_newmetatable(L, class_name);
  lua_pushcfunction(L, found_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newlib(L, functions);
  return 1;
}
