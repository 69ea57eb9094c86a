/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.survey: what is in a capture (core/capture/survey.h).
 *
 *     survey(path) --> {format =, packets =, width =, bytes =, cut =, backwards =, first =, last =,
 *                       protocols = {tcp =, ...}, links = {1, ...}, hosts =, untracked =,
 *                       top = {{name =, packets =, bytes =}, ...}, warning = text or nil}
 */
#include <lauxlib.h>

#include "capture/survey.h"
#include "fields.h"
#include "modules.h"

static void push_protocols(lua_State *L, const nt_survey *s) {
  lua_createtable(L, 0, 6);
  set_integer(L, "tcp", s->tcp);
  set_integer(L, "udp", s->udp);
  set_integer(L, "icmp", s->icmp);
  set_integer(L, "arp", s->arp);
  set_integer(L, "ip", s->ip);
  set_integer(L, "other", s->other);
}

static void push_tops(lua_State *L, const nt_survey *s) {
  lua_createtable(L, (int)s->tops, 0);
  for (size_t i = 0; i < s->tops; i++) {
    lua_createtable(L, 0, 3);
    set_text(L, "name", s->top[i].name);
    set_integer(L, "packets", s->top[i].packets);
    set_integer(L, "bytes", s->top[i].bytes);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static int survey(lua_State *L) {
  nt_survey *s = lua_newuserdatauv(L, sizeof *s, 0);
  nt_error err;
  if (nt_survey_of(luaL_checkstring(L, 1), s, &err) != NT_OK) return modules_raise(L, &err);
  lua_createtable(L, 0, 16);
  set_text(L, "format", nt_capture_format_name(s->format));
  set_integer(L, "packets", s->packets);
  set_integer(L, "width", s->width);
  set_integer(L, "bytes", s->bytes);
  set_integer(L, "cut", s->cut);
  set_integer(L, "backwards", s->backwards);
  set_integer(L, "hosts", s->hosts);
  set_integer(L, "untracked", s->untracked);
  set_number(L, "first", s->first);
  set_number(L, "last", s->last);
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
    set_text(L, "warning", s->warning);
  }
  return 1;
}

int luaopen_ninetails_survey(lua_State *L) {
  lua_pushcfunction(L, survey);
  return 1;
}
