/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.labels: the labels of packets, from files and from rules. In Lua they are a string, one
 * byte a packet: 0 benign, 1 attack, 2 excluded from metrics. The names of attacks stand beside:
 * {name, ..., packets = a string, of each packet the number of its attack's name or 0 in two
 * bytes}; nil where no attack has a name.
 *
 *     labels.read(path)                         --> bytes, name of the format, names, note or nil
 *     labels.inside(path)                       --> whether it is a table of features with a column
 *                                                   of labels, so a label file, too; a note on its
 *                                                   columns, or nil
 *     labels.by_rule(capture, attack, exclude)  --> bytes, warning or nil, names
 *     labels.exclude(bytes, from)               --> bytes, excluded where `from` is
 *     labels.summary(bytes, names)              --> {count =, attacks =, benign =, excluded =,
 *                                                    first_attack =, clean =, named =}
 *     labels.lines(bytes, names)                --> a label file: "0\n1\nx\n...", or with names
 *                                                   "packet_number,label,attack\n1,0,\n..."
 *
 * by_rule: either rule may be nil. A rule is {all = {rule, ...}}, {any = {...}}, {none = {...}}, or
 * {flows = {flow, ...}}, a flow {from =, to =, first =, last =, protocol =, a =, a_port =, b =,
 * b_port =, directed =, attack = name}, every field optional.
 *
 * summary: first_attack is the number of a packet (1-based), or nil; clean counts the packets before
 * the first that is not benign; named is {{name, attack packets}, ...}, nil without names.
 */
#include <ninetails/labels.h>

#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "labels/rules.h"
#include "fields.h"
#include "modules.h"

/* On the stack of by_rule: a list of names, and the number of each by its name. */
enum { NAMES = 4 };

/* ---------------------------------------------------------------- rules of Lua tables */

static uint64_t count_field(lua_State *L, int table, const char *key, uint64_t otherwise) {
  lua_getfield(L, table, key);
  uint64_t value = otherwise;
  if (!lua_isnil(L, -1)) {
    lua_Integer given = luaL_checkinteger(L, -1);
    value = given > 0 ? (uint64_t)given : 0;
  }
  lua_pop(L, 1);
  return value;
}

static void end_field(lua_State *L, int table, const char *address, const char *port,
                      nt_endpoint *end) {
  nt_error err;
  lua_getfield(L, table, address);
  if (!lua_isnil(L, -1) && nt_endpoint_parse(luaL_checkstring(L, -1), end, &err) != NT_OK)
    modules_raise(L, &err);
  lua_pop(L, 1);
  end->port = (int)get_number(L, table, port, -1);
}

/* The number of a name in the list NAMES of by_rule, which gets it where it is new. */
static uint16_t name_number(lua_State *L, const char *name) {
  if (lua_getfield(L, NAMES, name) == LUA_TNIL) {
    lua_Integer next = (lua_Integer)lua_rawlen(L, NAMES) + 1;
    if (next > NT_MAX_ATTACKS) {
      nt_error err;
      nt_fail(&err, NT_E_LIMIT, "more than %d names of attacks", NT_MAX_ATTACKS);
      modules_raise(L, &err);
    }
    lua_pushstring(L, name);
    lua_rawseti(L, NAMES, next);
    lua_pushinteger(L, next);
    lua_setfield(L, NAMES, name);
    lua_pop(L, 1);
    lua_pushinteger(L, next);
  }
  uint16_t number = (uint16_t)lua_tointeger(L, -1);
  lua_pop(L, 1);
  return number;
}

static void read_flow(lua_State *L, int table, nt_flow *flow) {
  nt_error err;
  *flow = nt_flow_everything();
  flow->from = get_number(L, table, "from", flow->from);
  flow->to = get_number(L, table, "to", flow->to);
  flow->first = count_field(L, table, "first", flow->first);
  flow->last = count_field(L, table, "last", flow->last);
  lua_getfield(L, table, "protocol");
  if (!lua_isnil(L, -1) &&
      nt_protocol_from_name(luaL_checkstring(L, -1), &flow->protocol, &err) != NT_OK)
    modules_raise(L, &err);
  lua_pop(L, 1);
  end_field(L, table, "a", "a_port", &flow->a);
  end_field(L, table, "b", "b_port", &flow->b);
  lua_getfield(L, table, "directed");
  flow->directed = lua_toboolean(L, -1);
  lua_pop(L, 1);
  lua_getfield(L, table, "attack");
  if (!lua_isnil(L, -1)) flow->attack = name_number(L, luaL_checkstring(L, -1));
  lua_pop(L, 1);
}

static nt_rule *flows_rule(lua_State *L, int list) {
  nt_error err;
  size_t n = lua_rawlen(L, list);
  if (n > SIZE_MAX / sizeof(nt_flow)) luaL_error(L, "too many flows");
  nt_flow *flows = lua_newuserdatauv(L, n * sizeof *flows + 1, 0);
  for (size_t i = 0; i < n; i++) {
    lua_rawgeti(L, list, (lua_Integer)i + 1);
    luaL_checktype(L, -1, LUA_TTABLE);
    read_flow(L, lua_gettop(L), &flows[i]);
    lua_pop(L, 1);
  }
  nt_rule *rule = nt_rule_flows(flows, n, &err);
  if (!rule) modules_raise(L, &err);
  lua_pop(L, 1);
  return rule;
}

/* Rules live in userdata while they are built, so that a Lua error in between leaks nothing. */
static int rule_gc(lua_State *L) {
  nt_rule **held = luaL_checkudata(L, 1, "ninetails.labels.rule");
  nt_rule_free(*held);
  *held = NULL;
  return 0;
}

static nt_rule **hold(lua_State *L) {
  nt_rule **held = lua_newuserdatauv(L, sizeof *held, 0);
  *held = NULL;
  if (luaL_newmetatable(L, "ninetails.labels.rule")) {
    lua_pushcfunction(L, rule_gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return held;
}

/* Leaves the holder of the rule that the table at `index` describes on the stack. */
static nt_rule **read_rule(lua_State *L, int index, int depth) {
  static const struct {
    const char *key;
    nt_rule_kind kind;
  } groups[] = {{"all", NT_RULE_ALL}, {"any", NT_RULE_ANY}, {"none", NT_RULE_NONE}};
  nt_error err;
  luaL_checktype(L, index, LUA_TTABLE);
  luaL_checkstack(L, 8, "a rule");
  if (depth > NT_RULE_MAX_DEPTH) luaL_error(L, "a rule nested deeper than %d", NT_RULE_MAX_DEPTH);
  nt_rule **held = hold(L);
  if (lua_getfield(L, index, "flows") == LUA_TTABLE) {
    *held = flows_rule(L, lua_gettop(L));
    lua_pop(L, 1);
    return held;
  }
  lua_pop(L, 1);
  for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
    if (lua_getfield(L, index, groups[g].key) != LUA_TTABLE) {
      lua_pop(L, 1);
      continue;
    }
    int list = lua_gettop(L);
    if (!(*held = nt_rule_group(groups[g].kind, &err))) modules_raise(L, &err);
    for (lua_Integer i = 1; lua_rawgeti(L, list, i) != LUA_TNIL; i++) {
      nt_rule **child = read_rule(L, lua_gettop(L), depth + 1);
      nt_rule *rule = *child;
      *child = NULL;
      if (nt_rule_add(*held, rule, &err) != NT_OK) modules_raise(L, &err);
      lua_pop(L, 2);
    }
    lua_pop(L, 2);
    return held;
  }
  luaL_error(L, "a rule with none of all, any, none, flows");
  return held;
}

/* ---------------------------------------------------------------- labels */

/* Pushes the bytes, and a table of names or nil. */
static int push_both(lua_State *L) {
  const nt_labels *labels = lua_touserdata(L, 1);
  lua_pushlstring(L, (const char *)labels->value, labels->count);
  if (!labels->attack) {
    lua_pushnil(L);
    return 2;
  }
  lua_createtable(L, (int)labels->name_count, 1);
  for (size_t i = 0; i < labels->name_count; i++) {
    lua_pushstring(L, labels->names[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_pushlstring(L, (const char *)labels->attack, labels->count * sizeof *labels->attack);
  lua_setfield(L, -2, "packets");
  return 2;
}

/* Frees them as well, also when memory runs out on the way. */
static void push_labels(lua_State *L, nt_labels *labels) {
  lua_pushcfunction(L, push_both);
  lua_pushlightuserdata(L, labels);
  int status = lua_pcall(L, 1, 2, 0);
  nt_labels_done(labels);
  if (status != LUA_OK) lua_error(L);
}

static int read_file(lua_State *L) {
  nt_labels labels;
  nt_error err;
  if (nt_labels_read(luaL_checkstring(L, 1), &labels, &err) != NT_OK) return modules_raise(L, &err);
  const char *format = labels.format;
  char note[sizeof labels.note];
  memcpy(note, labels.note, sizeof note);
  push_labels(L, &labels);
  lua_pushstring(L, format);
  lua_insert(L, -2);
  if (!*note) return 3;
  lua_pushstring(L, note);
  return 4;
}

static int inside(lua_State *L) {
  nt_error err;
  nt_capture *capture = nt_capture_open(luaL_checkstring(L, 1), &err);
  if (!capture) return modules_raise(L, &err);
  char note[1024] = "";
  if (nt_capture_warning(capture)) snprintf(note, sizeof note, "%s", nt_capture_warning(capture));
  lua_pushboolean(L, nt_capture_has_labels(capture));
  nt_capture_close(capture);
  lua_pushstring(L, *note ? note : NULL);
  return 2;
}

static int by_rule(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  nt_rule *rules[2] = {NULL, NULL};
  nt_error err;
  lua_settop(L, 3);
  lua_newtable(L); /* NAMES */
  for (int i = 0; i < 2; i++)
    if (!lua_isnil(L, i + 2)) rules[i] = *read_rule(L, i + 2, 1);
  size_t count = lua_rawlen(L, NAMES);
  const char **names = lua_newuserdatauv(L, (count + 1) * sizeof *names, 0);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, NAMES, (lua_Integer)i + 1);
    names[i] = lua_tostring(L, -1); /* kept by the list */
    lua_pop(L, 1);
  }
  nt_capture *capture = nt_capture_open(path, &err);
  if (!capture) return modules_raise(L, &err);
  nt_labels labels;
  nt_status status = nt_rules_label(capture, rules[0], rules[1], names, count, &labels, &err);
  if (status != NT_OK) {
    nt_capture_close(capture);
    nt_fail_in(&err, "%s", path);
    return modules_raise(L, &err);
  }
  char warning[512] = "";
  if (nt_capture_warning(capture))
    snprintf(warning, sizeof warning, "%s", nt_capture_warning(capture));
  nt_capture_close(capture);
  push_labels(L, &labels);
  lua_pushstring(L, *warning ? warning : NULL);
  lua_insert(L, -2);
  return 3;
}

static int exclude(lua_State *L) {
  size_t n, m;
  const char *bytes = luaL_checklstring(L, 1, &n), *from = luaL_checklstring(L, 2, &m);
  luaL_argcheck(L, n == m, 2, "another number of labels");
  luaL_Buffer buffer;
  char *out = luaL_buffinitsize(L, &buffer, n);
  for (size_t i = 0; i < n; i++)
    out[i] = from[i] == NT_LABEL_EXCLUDED ? NT_LABEL_EXCLUDED : bytes[i];
  luaL_pushresultsize(&buffer, n);
  return 1;
}

/* The table of names is argument 2: its packets string, which is as long as the bytes say. */
static const char *packets_of(lua_State *L, size_t n) {
  size_t length;
  lua_getfield(L, 2, "packets");
  const char *packets = luaL_checklstring(L, -1, &length);
  luaL_argcheck(L, length == n * sizeof(uint16_t), 2, "names for another number of packets");
  lua_pop(L, 1); /* the table keeps it */
  return packets;
}

static uint16_t attack_of(const char *packets, size_t i) {
  uint16_t attack;
  memcpy(&attack, packets + i * sizeof attack, sizeof attack);
  return attack;
}

/* summary.named, into the table on the top. */
static void count_named(lua_State *L, const char *bytes, size_t n) {
  const char *packets = packets_of(L, n);
  size_t names = lua_rawlen(L, 2);
  size_t *counts = lua_newuserdatauv(L, (names + 1) * sizeof *counts, 0);
  memset(counts, 0, (names + 1) * sizeof *counts);
  for (size_t i = 0; i < n; i++) {
    uint16_t attack = attack_of(packets, i);
    if (bytes[i] == 1 && attack <= names) counts[attack]++;
  }
  lua_newtable(L);
  for (size_t i = 1; i <= names; i++) {
    if (counts[i] == 0) continue;
    lua_createtable(L, 2, 0);
    lua_rawgeti(L, 2, (lua_Integer)i);
    lua_rawseti(L, -2, 1);
    lua_pushinteger(L, (lua_Integer)counts[i]);
    lua_rawseti(L, -2, 2);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  }
  lua_setfield(L, -3, "named");
  lua_pop(L, 1);
}

static int summary(lua_State *L) {
  size_t n, counts[NT_LABEL_EXCLUDED + 1] = {0}, first = 0, clean = 0;
  const char *bytes = luaL_checklstring(L, 1, &n);
  lua_settop(L, 2);
  for (size_t i = 0; i < n; i++) {
    unsigned label = (unsigned char)bytes[i];
    if (label > NT_LABEL_EXCLUDED) return luaL_argerror(L, 1, "a label that is none of 0, 1, 2");
    counts[label]++;
    if (label == 1 && first == 0) first = i + 1;
    if (counts[1] + counts[NT_LABEL_EXCLUDED] == 0) clean = i + 1;
  }
  lua_createtable(L, 0, 6);
  set_integer(L, "count", n);
  set_integer(L, "benign", counts[0]);
  set_integer(L, "attacks", counts[1]);
  set_integer(L, "excluded", counts[NT_LABEL_EXCLUDED]);
  set_integer(L, "clean", clean);
  if (first) set_integer(L, "first_attack", first);
  if (!lua_isnoneornil(L, 2)) {
    count_named(L, bytes, n);
  }
  return 1;
}

/* "12,1,"; the label of byte i. */
static int numbered(char *to, size_t size, size_t i, unsigned char label) {
  return snprintf(to, size, "%zu,%c,", i + 1, "01x"[label]);
}

static void add_quoted(luaL_Buffer *buffer, const char *name) {
  luaL_addchar(buffer, '"');
  for (; *name; name++) {
    if (*name == '"') luaL_addchar(buffer, '"');
    luaL_addchar(buffer, *name);
  }
  luaL_addchar(buffer, '"');
}

/* The table of names is argument 2. */
static int named_lines(lua_State *L, const char *bytes, size_t n) {
  size_t count = lua_rawlen(L, 2);
  const char *packets = packets_of(L, n);
  const char **names = lua_newuserdatauv(L, (count + 1) * sizeof *names, 0);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, 2, (lua_Integer)i + 1);
    names[i] = luaL_checkstring(L, -1); /* kept by the list */
    lua_pop(L, 1);
  }
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  luaL_addstring(&buffer, "packet_number,label,attack\n");
  for (size_t i = 0; i < n; i++) {
    char text[32];
    uint16_t attack = attack_of(packets, i);
    luaL_addlstring(&buffer, text, (size_t)numbered(text, sizeof text, i, (unsigned char)bytes[i]));
    if (attack && attack <= count && bytes[i] == 1) add_quoted(&buffer, names[attack - 1]);
    luaL_addchar(&buffer, '\n');
  }
  luaL_pushresult(&buffer);
  return 1;
}

static int lines(lua_State *L) {
  size_t n;
  const char *bytes = luaL_checklstring(L, 1, &n);
  luaL_argcheck(L, n <= SIZE_MAX / 2, 1, "too many labels");
  for (size_t i = 0; i < n; i++)
    luaL_argcheck(L, (unsigned char)bytes[i] <= NT_LABEL_EXCLUDED, 1,
                  "a label that is none of 0, 1, 2");
  if (!lua_isnoneornil(L, 2)) return named_lines(L, bytes, n);
  luaL_Buffer buffer;
  char *out = luaL_buffinitsize(L, &buffer, 2 * n);
  for (size_t i = 0; i < n; i++) {
    out[2 * i] = "01x"[(unsigned char)bytes[i]];
    out[2 * i + 1] = '\n';
  }
  luaL_pushresultsize(&buffer, 2 * n);
  return 1;
}

int luaopen_ninetails_labels(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"read", read_file},  {"inside", inside}, {"by_rule", by_rule}, {"exclude", exclude},
      {"summary", summary}, {"lines", lines},   {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
