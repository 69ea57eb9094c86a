/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.dissect: packets of captures as trees of layers (core/dissect/dissection.h), what the
 * sides of a flow sent each other, excerpts. Packets have numbers from 1.
 *
 *     local dissect = require "ninetails.dissect"
 *     local reader <close> = dissect.open(path, filter or nil)
 *     for number in reader.next, reader do
 *       reader:json(), reader:text(), reader:brief()    texts; json without a newline
 *       reader:hexdump(indent)                          of the payload, else of the whole frame
 *       reader:packet()       {number =, time =, length =, captured =, link_type =, chain =,
 *                              application =, service =, payload = bytes or nil,
 *                              flow = {src =, dst =, src_port =, dst_port =, proto =, flow_id =,
 *                              community_id =} or nil}
 *       reader:eve {type =, event =, layer =}                 a line of EVE JSON, with its newline:
 *       reader:eve {signature_id =, severity =, signature =, category =,      an anomaly or an alert
 *                   metadata = {{name, value}, ...}}
 *     end                              both: capture = name, app_proto = name
 *     reader:warning()                 what was wrong with the capture, or nil
 *
 *     dissect.follow(path, flow, take) --> counts, flow, warning: flow is the number of one of its packets, or
 *                                          its community ID; take(side, packet, bytes or nil, size)
 *                                          is called with each piece (core/dissect/conversation.h)
 *     dissect.payload(path, flow, output, forward, back)       the same, its bytes to a file; which sides
 *
 *     local excerpt <close> = dissect.excerpt(capture, output, context)    (core/store/excerpt)
 *     excerpt:add(number, comment); excerpt:finish() --> packets chosen, neighbours
 *
 *     dissect.hexdump(bytes, first, indent)                 lines of 16 bytes, the first at `first`
 *     dissect.classifier() --> "nDPI 4.2.0", or nil: built without
 */
#include <errno.h>
#include <inttypes.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "dissect/conversation.h"
#include "dissect/dissection.h"
#include "dissect/eve_record.h"
#include "dissect/filter.h"
#include "dissect_reader.h"
#include "fields.h"
#include "modules.h"
#include "signals.h"
#include "store/excerpt/excerpt.h"
#include "store/file/output.h"

#include <ninetails/capture.h>

#define READER "ninetails.dissect.reader"
#define EXCERPT "ninetails.dissect.excerpt"

typedef struct reader {
  nt_capture *capture;
  nt_dissector *dissector;
  nt_filter *filter;
  FILE *memory; /* what is rendered goes there: text, size */
  char *text;
  size_t size;
  uint64_t number; /* of the packet that was read last; 0: none */
  nt_dissection packet;
} reader;

/* ---------------------------------------------------------------- a reader's life */

static int reader_close(lua_State *L) {
  reader *r = luaL_checkudata(L, 1, READER);
  if (r->memory) fclose(r->memory);
  free(r->text);
  nt_filter_free(r->filter);
  nt_dissector_free(r->dissector);
  nt_capture_close(r->capture);
  memset(r, 0, offsetof(reader, packet));
  return 0;
}

static int holds_frames(const nt_capture *capture, const char *path, nt_error *err) {
  nt_capture_format format = nt_capture_format_of(capture);
  if (format == NT_FORMAT_PCAP || format == NT_FORMAT_PCAPNG) return 1;
  nt_fail(err, NT_E_INPUT, "%s: is of the format '%s', which holds no frames to dissect", path,
          nt_capture_format_name(format));
  return 0;
}

/* Pushes a new reader. */
static reader *new_reader(lua_State *L, const char *path, const char *filter) {
  nt_error err;
  reader *r = lua_newuserdatauv(L, sizeof *r, 0);
  memset(r, 0, sizeof *r);
  luaL_setmetatable(L, READER);
  if ((filter && !(r->filter = nt_filter_new(filter, &err))) ||
      !(r->capture = nt_capture_open(path, &err)) || !holds_frames(r->capture, path, &err) ||
      !(r->dissector = nt_dissector_new(&err)))
    modules_raise(L, &err);
  r->memory = open_memstream(&r->text, &r->size);
  if (!r->memory) luaL_error(L, "not enough memory");
  return r;
}

static int open_reader(lua_State *L) {
  new_reader(L, luaL_checkstring(L, 1), luaL_optstring(L, 2, NULL));
  return 1;
}

static reader *self(lua_State *L) {
  reader *r = luaL_checkudata(L, 1, READER);
  if (!r->capture) luaL_error(L, "the reader is closed");
  return r;
}

static reader *with_packet(lua_State *L) {
  reader *r = self(L);
  if (!r->number) luaL_error(L, "no packet was read");
  return r;
}

/* All packets are dissected, whatever the filter lets through: fragments and flows need them. */
static bool read_packet(lua_State *L, reader *r, bool *passed) {
  nt_error err;
  nt_frame frame;
  int got;
  if (signals_caught()) {
    nt_fail(&err, NT_E_STATE, "interrupted");
    modules_raise(L, &err);
  }
  if (nt_capture_next_frame(r->capture, &frame, &got, &err) != NT_OK) modules_raise(L, &err);
  if (!got) return false;
  r->number++;
  *passed = true;
  if (nt_dissect(r->dissector, &frame, &r->packet, &err) != NT_OK ||
      (r->filter && nt_filter_match(r->filter, &frame, passed, &err) != NT_OK))
    modules_raise(L, &err);
  return true;
}

static int reader_next(lua_State *L) {
  reader *r = self(L);
  bool passed = false;
  while (!passed)
    if (!read_packet(L, r, &passed)) {
      r->number = 0;
      return 0;
    }
  lua_pushinteger(L, (lua_Integer)r->number);
  return 1;
}

const nt_dissection *dissect_reader_to(lua_State *L, int index, uint64_t number) {
  reader *r = luaL_checkudata(L, index, READER);
  bool passed;
  luaL_argcheck(L, r->capture && r->number <= number, index, "expected a reader before the packet");
  while (r->number < number)
    if (!read_packet(L, r, &passed))
      luaL_error(L, "the capture ends before packet %I", (lua_Integer)number);
  return &r->packet;
}

static int reader_warning(lua_State *L) {
  lua_pushstring(L, nt_capture_warning(self(L)->capture));
  return 1;
}

/* ---------------------------------------------------------------- what a packet is */

/* Pushes what was rendered since begin_text. */
static int push_text(lua_State *L, reader *r) {
  if (fflush(r->memory) != 0 || ferror(r->memory)) luaL_error(L, "not enough memory");
  lua_pushlstring(L, r->text, (size_t)ftello(r->memory));
  return 1;
}

static FILE *begin_text(reader *r) {
  fseeko(r->memory, 0, SEEK_SET);
  return r->memory;
}

static int reader_json(lua_State *L) {
  reader *r = with_packet(L);
  nt_dissection_json(&r->packet, r->number, begin_text(r));
  return push_text(L, r);
}

static int reader_text(lua_State *L) {
  reader *r = with_packet(L);
  nt_dissection_text(&r->packet, r->number, begin_text(r));
  return push_text(L, r);
}

static int reader_brief(lua_State *L) {
  reader *r = with_packet(L);
  nt_dissection_brief(&r->packet, r->number, begin_text(r));
  return push_text(L, r);
}

static int reader_hexdump(lua_State *L) {
  reader *r = with_packet(L);
  int indent = (int)luaL_optinteger(L, 2, 0);
  const nt_dissection *d = &r->packet;
  if (d->transport)
    nt_hexdump(d->payload, d->payload_captured, 0, indent, begin_text(r));
  else
    nt_hexdump(d->frame.data, d->frame.captured, 0, indent, begin_text(r));
  return push_text(L, r);
}

static void push_flow(lua_State *L, const nt_tuple *flow) {
  char text[NT_ENDPOINT];
  lua_createtable(L, 0, 8);
  nt_address_text(flow, false, text);
  set_text(L, "src", text);
  nt_address_text(flow, true, text);
  set_text(L, "dst", text);
  nt_endpoint_text(flow, false, text);
  set_text(L, "from", text);
  nt_endpoint_text(flow, true, text);
  set_text(L, "to", text);
  if (flow->has_ports && flow->protocol != 1 && flow->protocol != 58) {
    set_integer(L, "src_port", flow->src_port);
    set_integer(L, "dst_port", flow->dst_port);
  }
  set_integer(L, "proto", flow->protocol);
  set_text(L, "protocol", nt_ip_protocol_name(flow->protocol));
  set_integer(L, "flow_id", nt_flow_id(flow));
  nt_community_id(flow, 0, text);
  set_text(L, "community_id", text);
}

static int reader_packet(lua_State *L) {
  reader *r = with_packet(L);
  const nt_dissection *d = &r->packet;
  lua_createtable(L, 0, 12);
  set_integer(L, "number", r->number);
  set_number(L, "time", d->packet.time);
  set_integer(L, "length", d->frame.length);
  set_integer(L, "captured", d->frame.captured);
  set_integer(L, "link_type", d->frame.link_type);
  set_text(L, "chain", d->chain);
  set_text(L, "application", d->application);
  set_text(L, "service", d->service);
  if (d->transport) {
    lua_pushlstring(L, (const char *)d->payload, d->payload_captured);
    lua_setfield(L, -2, "payload");
  }
  if (d->flow.version) {
    push_flow(L, &d->flow);
    lua_setfield(L, -2, "flow");
  }
  return 1;
}

/* ---------------------------------------------------------------- EVE JSON */

/* The text of a field of the table at `index`, which keeps it; NULL: there is none. */
static const char *text_of(lua_State *L, int index, const char *name) {
  lua_getfield(L, index, name);
  const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
  lua_pop(L, 1);
  return text;
}

static uint32_t number_of(lua_State *L, int index, const char *name) {
  lua_getfield(L, index, name);
  uint32_t number = (uint32_t)luaL_optinteger(L, -1, 0);
  lua_pop(L, 1);
  return number;
}

/* {{name, value}, ...}, whose texts the table keeps. */
static void read_metadata(lua_State *L, int index, nt_eve_record *record) {
  lua_getfield(L, index, "metadata");
  if (lua_istable(L, -1)) {
    size_t count = lua_rawlen(L, -1);
    nt_eve_pair *pairs = lua_newuserdatauv(L, (count + 1) * sizeof *pairs, 0);
    for (size_t i = 0; i < count; i++) {
      lua_rawgeti(L, -2, (lua_Integer)i + 1);
      lua_rawgeti(L, -1, 1);
      lua_rawgeti(L, -2, 2);
      luaL_checktype(L, -2, LUA_TSTRING); /* a number would become a text that nobody keeps */
      luaL_checktype(L, -1, LUA_TSTRING);
      pairs[i] = (nt_eve_pair){lua_tostring(L, -2), lua_tostring(L, -1)};
      lua_pop(L, 3);
    }
    record->alert.metadata = pairs;
    record->alert.metadata_count = count;
    return; /* they stay on the stack until the line is written */
  }
}

static int reader_eve(lua_State *L) {
  reader *r = with_packet(L);
  const nt_dissection *d = &r->packet;
  nt_error err;
  luaL_checktype(L, 2, LUA_TTABLE);
  nt_eve_record record = {.seconds = d->frame.seconds,
                          .nanoseconds = d->frame.nanoseconds,
                          .packet = r->number,
                          .capture = text_of(L, 2, "capture"),
                          .flow = d->flow,
                          .app_proto = text_of(L, 2, "app_proto")};
  record.alert.signature = text_of(L, 2, "signature");
  if (record.alert.signature) {
    record.kind = NT_EVE_ALERT;
    record.alert.signature_id = number_of(L, 2, "signature_id");
    record.alert.severity = number_of(L, 2, "severity");
    record.alert.category = text_of(L, 2, "category");
    read_metadata(L, 2, &record);
  } else {
    record.kind = NT_EVE_ANOMALY;
    record.anomaly.type = text_of(L, 2, "type");
    record.anomaly.event = text_of(L, 2, "event");
    record.anomaly.layer = text_of(L, 2, "layer");
  }
  if (nt_eve_record_write(&record, begin_text(r), &err) != NT_OK) return modules_raise(L, &err);
  return push_text(L, r);
}

/* ---------------------------------------------------------------- conversations */

/* The Lua function is at index 3 of the stack; an error of its passes through. */
static nt_status take_piece(void *context, const nt_piece *piece, nt_error *err) {
  lua_State *L = context;
  (void)err;
  lua_pushvalue(L, 3);
  lua_pushinteger(L, piece->side + 1);
  lua_pushinteger(L, (lua_Integer)piece->packet);
  if (piece->bytes)
    lua_pushlstring(L, (const char *)piece->bytes, (size_t)piece->size);
  else
    lua_pushnil(L);
  lua_pushinteger(L, (lua_Integer)piece->size);
  lua_call(L, 4, 0);
  return NT_OK;
}

static int conversation_close(lua_State *L) {
  nt_conversation **c = lua_touserdata(L, 1);
  nt_conversation_free(*c);
  *c = NULL;
  return 0;
}

/* Reads on to the packet that names the flow. */
static void find_flow(lua_State *L, reader *r, lua_Integer wanted, const char *id,
                      nt_flow_key *key) {
  nt_error err;
  bool passed;
  char text[NT_COMMUNITY_ID];
  while (read_packet(L, r, &passed)) {
    const nt_tuple *flow = &r->packet.flow;
    if (!id && r->number != (uint64_t)wanted) continue;
    if (!id && !flow->version) {
      nt_fail(&err, NT_E_INPUT, "packet %" PRIu64 " belongs to no flow: it is no IP packet",
              r->number);
      modules_raise(L, &err);
    }
    if (id && flow->version) nt_community_id(flow, 0, text);
    if (id && (!flow->version || strcmp(text, id) != 0)) continue;
    *key = nt_flow_key_of(flow);
    return;
  }
  if (id)
    nt_fail(&err, NT_E_INPUT,
            "no flow with the community ID %.64s in the capture, which has %" PRIu64 " packets", id,
            r->number);
  else
    nt_fail(&err, NT_E_INPUT, "there is no packet %lld: the capture has %" PRIu64,
            (long long)wanted, r->number);
  modules_raise(L, &err);
}

static void push_counts(lua_State *L, const nt_conversation_counts *counts) {
  lua_createtable(L, 2, 0);
  for (int i = 0; i < 2; i++) {
    lua_createtable(L, 0, 5);
    set_integer(L, "packets", counts->packets[i]);
    set_integer(L, "bytes", counts->bytes[i]);
    set_integer(L, "missing", counts->missing[i]);
    set_integer(L, "gaps", counts->gaps[i]);
    set_integer(L, "again", counts->again[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

/* The flow that index 2 of the stack names, through the taker; the capture at index 1 is read twice.
 * Pushes counts, flow and the capture's warning. */
static int converse(lua_State *L, const nt_piece_taker *taker) {
  const char *path = luaL_checkstring(L, 1);
  bool by_id = lua_type(L, 2) == LUA_TSTRING, passed;
  nt_flow_key key;
  nt_tuple flow;
  nt_error err;
  find_flow(L, new_reader(L, path, NULL), by_id ? 0 : luaL_checkinteger(L, 2),
            by_id ? lua_tostring(L, 2) : NULL, &key);
  nt_conversation **c = lua_newuserdatauv(L, sizeof *c, 0);
  *c = NULL;
  modules_close_at_end(L, "ninetails.dissect.conversation", conversation_close);
  if (!(*c = nt_conversation_new(&key, taker, &err))) return modules_raise(L, &err);
  reader *r = new_reader(L, path, NULL);
  while (read_packet(L, r, &passed))
    if (nt_conversation_add(*c, &r->packet, r->number, &err) != NT_OK)
      return modules_raise(L, &err);
  if (nt_conversation_end(*c, &err) != NT_OK) return modules_raise(L, &err);
  nt_conversation_flow(*c, &flow);
  push_counts(L, nt_conversation_counts_of(*c));
  push_flow(L, &flow);
  lua_pushstring(L, nt_capture_warning(r->capture));
  return 3;
}

static int follow(lua_State *L) {
  nt_piece_taker taker = {take_piece, L};
  luaL_checktype(L, 3, LUA_TFUNCTION);
  lua_settop(L, 3);
  return converse(L, &taker);
}

typedef struct payload_file {
  nt_output output;
  FILE *to;
  bool wanted[2];
} payload_file;

static int payload_close(lua_State *L) {
  payload_file *p = lua_touserdata(L, 1);
  if (p->to) fclose(p->to);
  p->to = NULL;
  nt_output_discard(&p->output);
  return 0;
}

static nt_status write_piece(void *context, const nt_piece *piece, nt_error *err) {
  payload_file *p = context;
  if (!piece->bytes || !p->wanted[piece->side] ||
      fwrite(piece->bytes, 1, (size_t)piece->size, p->to) == piece->size)
    return NT_OK;
  return nt_fail(err, NT_E_IO, "%s: cannot be written: %s", p->output.path, strerror(errno));
}

static int payload(lua_State *L) {
  const char *path = luaL_checkstring(L, 3);
  nt_error err;
  lua_settop(L, 5);
  payload_file *p = lua_newuserdatauv(L, sizeof *p, 0);
  memset(p, 0, sizeof *p);
  modules_close_at_end(L, "ninetails.dissect.payload", payload_close);
  p->wanted[0] = lua_toboolean(L, 4);
  p->wanted[1] = lua_toboolean(L, 5);
  if (nt_output_refuse(path, luaL_checkstring(L, 1), "capture", &err) != NT_OK ||
      nt_output_begin(&p->output, path, &err) != NT_OK)
    return modules_raise(L, &err);
  p->to = nt_output_file(&p->output);
  nt_piece_taker taker = {write_piece, p};
  int results = p->to ? converse(L, &taker) : 0;
  int closed = p->to ? fclose(p->to) : EOF;
  p->to = NULL;
  if (closed != 0) {
    nt_fail(&err, NT_E_IO, "%s: cannot be written: %s", path, strerror(errno));
    return modules_raise(L, &err);
  }
  return nt_output_commit(&p->output, &err) == NT_OK ? results : modules_raise(L, &err);
}

/* ---------------------------------------------------------------- excerpts */

static nt_excerpt **excerpt_self(lua_State *L) {
  return luaL_checkudata(L, 1, EXCERPT);
}

static int excerpt_close(lua_State *L) {
  nt_excerpt **e = excerpt_self(L);
  nt_excerpt_free(*e);
  *e = NULL;
  return 0;
}

static int open_excerpt(lua_State *L) {
  nt_error err;
  const char *capture = luaL_checkstring(L, 1), *output = luaL_checkstring(L, 2);
  lua_Integer context = luaL_optinteger(L, 3, 0);
  nt_excerpt **e = lua_newuserdatauv(L, sizeof *e, 0);
  *e = NULL;
  luaL_setmetatable(L, EXCERPT);
  *e = nt_excerpt_open(capture, output, context < 0 ? 0 : (uint64_t)context, &err);
  return *e ? 1 : modules_raise(L, &err);
}

static int excerpt_add(lua_State *L) {
  nt_excerpt **e = excerpt_self(L);
  nt_error err;
  lua_Integer number = luaL_checkinteger(L, 2);
  luaL_argcheck(L, *e && number >= 1, 2, "a packet's number, from 1, of an excerpt that is open");
  if (nt_excerpt_add(*e, (uint64_t)number - 1, luaL_optstring(L, 3, ""), &err) != NT_OK)
    return modules_raise(L, &err);
  return 0;
}

static int excerpt_finish(lua_State *L) {
  nt_excerpt **e = excerpt_self(L);
  nt_excerpt_counts counts;
  nt_error err;
  luaL_argcheck(L, *e != NULL, 1, "an excerpt that is open");
  if (nt_excerpt_finish(*e, &counts, &err) != NT_OK) return modules_raise(L, &err);
  lua_pushinteger(L, (lua_Integer)counts.chosen);
  lua_pushinteger(L, (lua_Integer)counts.neighbours);
  return 2;
}

/* ---------------------------------------------------------------- the module */

static int hexdump(lua_State *L) {
  size_t count, size;
  const char *bytes = luaL_checklstring(L, 1, &count);
  char *text = NULL;
  FILE *to = open_memstream(&text, &size);
  if (!to) return luaL_error(L, "not enough memory");
  nt_hexdump((const uint8_t *)bytes, count, (uint64_t)luaL_optinteger(L, 2, 0),
             (int)luaL_optinteger(L, 3, 0), to);
  if (fclose(to) == 0) lua_pushlstring(L, text, size);
  free(text);
  return 1;
}

static int classifier(lua_State *L) {
  lua_pushstring(L, nt_dissector_classifier());
  return 1;
}

static void new_class(lua_State *L, const char *name, const luaL_Reg *methods,
                      lua_CFunction close) {
  luaL_newmetatable(L, name);
  lua_pushcfunction(L, close);
  lua_setfield(L, -2, "__gc");
  lua_pushcfunction(L, close);
  lua_setfield(L, -2, "__close");
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}

int luaopen_ninetails_dissect(lua_State *L) {
  static const luaL_Reg reader_methods[] = {
      {"next", reader_next},   {"json", reader_json},       {"text", reader_text},
      {"brief", reader_brief}, {"hexdump", reader_hexdump}, {"packet", reader_packet},
      {"eve", reader_eve},     {"warning", reader_warning}, {NULL, NULL}};
  static const luaL_Reg excerpt_methods[] = {
      {"add", excerpt_add}, {"finish", excerpt_finish}, {NULL, NULL}};
  static const luaL_Reg functions[] = {{"open", open_reader}, {"follow", follow},
                                       {"payload", payload},  {"excerpt", open_excerpt},
                                       {"hexdump", hexdump},  {"classifier", classifier},
                                       {NULL, NULL}};
  new_class(L, READER, reader_methods, reader_close);
  new_class(L, EXCERPT, excerpt_methods, excerpt_close);
  luaL_newlib(L, functions);
  return 1;
}
