/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.survey(path) --> what is in a capture (core/capture/survey.h): {format =, packets =,
 * width =, bytes =, cut =, backwards =, first =, last =, protocols = {tcp =, ...}, links = {1,
 * ...}, hosts =, untracked =, top = {{name =, packets =, bytes =}, ...}, warning = text or nil}
 */
#include <lauxlib.h>

#include "capture/survey.h"
#include "modules.h"

static void set_count(lua_State *L, const char *key, uint64_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, key);
}

static void push_protocols(lua_State *L, const nt_survey *s) {
  lua_createtable(L, 0, 6);
  set_count(L, "tcp", s->tcp);
  set_count(L, "udp", s->udp);
  set_count(L, "icmp", s->icmp);
  set_count(L, "arp", s->arp);
  set_count(L, "ip", s->ip);
  set_count(L, "other", s->other);
}

static void push_tops(lua_State *L, const nt_survey *s) {
  lua_createtable(L, (int)s->tops, 0);
  for (size_t i = 0; i < s->tops; i++) {
    lua_createtable(L, 0, 3);
    lua_pushstring(L, s->top[i].name);
    lua_setfield(L, -2, "name");
    set_count(L, "packets", s->top[i].packets);
    set_count(L, "bytes", s->top[i].bytes);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static int survey(lua_State *L) {
  nt_survey *s = lua_newuserdatauv(L, sizeof *s, 0);
  nt_error err;
  if (nt_survey_of(luaL_checkstring(L, 1), s, &err) != NT_OK) return modules_raise(L, &err);
  lua_createtable(L, 0, 16);
  lua_pushstring(L, nt_capture_format_name(s->format));
  lua_setfield(L, -2, "format");
  set_count(L, "packets", s->packets);
  set_count(L, "width", s->width);
  set_count(L, "bytes", s->bytes);
  set_count(L, "cut", s->cut);
  set_count(L, "backwards", s->backwards);
  set_count(L, "hosts", s->hosts);
  set_count(L, "untracked", s->untracked);
  lua_pushnumber(L, s->first);
  lua_setfield(L, -2, "first");
  lua_pushnumber(L, s->last);
  lua_setfield(L, -2, "last");
  push_protocols(L, s);
  lua_setfield(L, -2, "protocols");
  push_tops(L, s);
  lua_setfield(L, -2, "top");
  lua_createtable(L, (int)s->links, 0);
  for (size_t i = 0; i < s->links; i++) {
    lua_pushinteger(L, s->link[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "links");
  if (*s->warning) {
    lua_pushstring(L, s->warning);
    lua_setfield(L, -2, "warning");
  }
  return 1;
}

int luaopen_ninetails_survey(lua_State *L) {
  lua_pushcfunction(L, survey);
  return 1;
}
