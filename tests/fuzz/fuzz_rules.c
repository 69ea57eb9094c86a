/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the event log and the flow table of a card's label rules, and each of their lines as
 * an address and a protocol: valid rules, or an error with a text. */
#include <assert.h>
#include <lauxlib.h>
#include <lualib.h>

#include "bind/modules.h"
#include "labels/rules.h"
#include "bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char text[] =
    "local path, capture = ...\n"
    "local rules, labels = require 'ninetails.dataset.rules', require 'ninetails.labels'\n"
    "local card = {name = 'c', files = {log = {path = 'log'}, flows = {path = 'flows'}}, events = {\n"
    "  date = {file = 'log', line = '^([%d: %-]+) ([%u%d%-]+)%-(%u+)', start = 'BEGIN', stop = 'END',\n"
    "    clock = 'date', utc_offset = '+10:00', ignore = '^#'},\n"
    "  epoch = {file = 'log', line = '^%[(%S+) .-%] %[([%u%d%-]+)%-(%u+)%]', start = 'START', stop = 'STOP',\n"
    "    clock = 'epoch', utc_offset = '+00:00', ignore = ''}}}\n"
    "local flows = {file = 'flows', columns = {a = 'src', b = 'dst', a_port = 'sport', b_port = 'dport', protocol = 'proto',\n"
    "  from = 'from', to = 'to', attack = 'label'}}\n"
    "local few = {file = 'flows', columns = {a = 'src', b = 'dst'}, where = {label = 'BAD*'}, directed = true}\n"
    "for _, rule in ipairs {{during = {events = 'date'}}, {during = {events = 'epoch', only = {'B*', '*D'}}},\n"
    "  {flows = flows}, {none = {{flows = few}}}} do\n"
    "  local good, what = pcall(rules.resolve, card, rule, function() return path end)\n"
    "  if good then good, what = pcall(labels.by_rule, capture, what) end\n"
    "  if not good then assert(type(what) == 'table' and what.status and #what.message > 0, tostring(what)) end\n"
    "end\n";

/* Three packets; tests/fuzz/seeds.py has them as a file. */
static const char packets[] =
    "1540446382.9\t60\t\t\t10.0.0.1\t10.0.0.2\t80\t81\t\t\t\t\t\t\t\t\t\t\t\n"
    "1540446383.9\t60\t\t\t10.0.0.2\t10.0.0.1\t81\t80\t\t\t\t\t\t\t\t\t\t\t\n";

static void read_lines(const uint8_t *data, size_t size) {
  char line[256];
  for (size_t at = 0, length; at < size; at += length + 1) {
    const uint8_t *end = memchr(data + at, '\n', size - at);
    length = end ? (size_t)(end - data) - at : size - at;
    snprintf(line, sizeof line, "%.*s", (int)(length < sizeof line ? length : sizeof line - 1),
             (const char *)data + at);
    nt_error err = {.status = NT_OK};
    nt_endpoint endpoint;
    nt_protocol protocol;
    if (nt_endpoint_parse(line, &endpoint, &err) == NT_OK) {
      nt_flow flow = nt_flow_everything();
      flow.a = endpoint;
      nt_rule *rule = nt_rule_flows(&flow, 1, &err);
      assert(rule);
      nt_rule_takes(rule, &(nt_packet){.time = 1}, 1);
      nt_rule_free(rule);
    } else {
      assert(err.text[0]);
    }
    if (nt_protocol_from_name(line, &protocol, &err) != NT_OK) assert(err.text[0]);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  read_lines(data, size);
  file f = file_of(data, size), capture = file_of(packets, sizeof packets - 1);
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  modules_register(L);
  int failed = luaL_loadstring(L, text) != LUA_OK;
  lua_pushstring(L, f.path);
  lua_pushstring(L, capture.path);
  failed = failed || lua_pcall(L, 2, 0, 0) != LUA_OK;
  if (failed) fprintf(stderr, "%s\n", luaL_tolstring(L, -1, NULL));
  assert(!failed);
  lua_close(L);
  file_close(&f);
  file_close(&capture);
  return 0;
}
