/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as JSON, which survives being written and read again, and as a card. */
#include <assert.h>
#include <lauxlib.h>
#include <lualib.h>

#include "bind/modules.h"
#include "bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char text[] =
    "local bytes, path = ...\n"
    "local json, card = require 'ninetails.json', require 'ninetails.dataset.card'\n"
    "local good, value = pcall(json.decode, bytes)\n"
    "if good and type(value) == 'table' then\n"
    "  local once = json.encode(value)\n"
    "  assert(json.encode(json.decode(once)) == once, once)\n"
    "end\n"
    "local read, why = pcall(card.read, path)\n"
    "if not read then assert(type(why) == 'table' and why.status and why.message:find('^card'), tostring(why)) end\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  file f = file_of(data, size);
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  modules_register(L);
  int failed = luaL_loadstring(L, text) != LUA_OK;
  lua_pushlstring(L, (const char *)data, size);
  lua_pushstring(L, f.path);
  failed = failed || lua_pcall(L, 2, 0, 0) != LUA_OK;
  if (failed) fprintf(stderr, "%s\n", luaL_tolstring(L, -1, NULL));
  assert(!failed);
  lua_close(L);
  file_close(&f);
  return 0;
}
