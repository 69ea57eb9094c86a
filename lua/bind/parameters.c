/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parameters.h"

#include <lauxlib.h>
#include <math.h>
#include <string.h>

#include "fields.h"
#include "modules.h"

static const char *const types[] = {
    [NT_PARAMETER_INTEGER] = "integer", [NT_PARAMETER_NUMBER] = "number",
    [NT_PARAMETER_CHOICE] = "choice",   [NT_PARAMETER_TEXT] = "text",
    [NT_PARAMETER_FLAG] = "boolean",    [NT_PARAMETER_COMPOUND] = NULL};

static const char *type_of(const nt_parameter *p) {
  return p->type == NT_PARAMETER_COMPOUND ? p->form : types[p->type];
}

/* ---------------------------------------------------------------- described */

static void push_value(lua_State *L, const nt_parameter *p, nt_value value) {
  if (p->type == NT_PARAMETER_TEXT)
    lua_pushstring(L, value.text);
  else if (p->type == NT_PARAMETER_CHOICE)
    lua_pushstring(L, p->choices[(size_t)value.number]);
  else if (p->type == NT_PARAMETER_INTEGER)
    lua_pushinteger(L, (lua_Integer)value.number);
  else if (p->type == NT_PARAMETER_FLAG)
    lua_pushboolean(L, value.number != 0);
  else if (p->type == NT_PARAMETER_COMPOUND && !p->unit)
    lua_pushnil(L); /* an empty list, no host */
  else
    lua_pushnumber(L, value.number);
}

void parameters_push_choices(lua_State *L, const nt_parameter *p) {
  lua_newtable(L);
  for (int i = 0; p->choices[i]; i++) {
    lua_pushstring(L, p->choices[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

static void push_row(lua_State *L, const nt_parameter *p) {
  lua_createtable(L, 0, 11);
  set_text(L, "name", p->name);
  set_text(L, "type", type_of(p));
  set_text(L, "unit", p->unit);
  set_text(L, "help", p->help);
  set_text(L, "column", p->column ? p->column : p->name);
  nt_value preset;
  nt_parameter_presets(p, 1, &preset);
  set_flag(L, "required", isnan(p->preset));
  if (!isnan(p->preset) && nt_parameter_check(p, &preset, NULL) == NT_OK) {
    push_value(L, p, preset);
    lua_setfield(L, -2, "default");
  }
  if (p->type == NT_PARAMETER_CHOICE) {
    parameters_push_choices(L, p);
    lua_setfield(L, -2, "choices");
  }
  if (!(p->least < p->most)) return;
  if (p->least > -HUGE_VAL) set_number(L, "least", p->least);
  if (p->most < HUGE_VAL) set_number(L, "most", p->most);
  set_flag(L, "above", p->above);
  set_flag(L, "below", p->below);
}

void parameters_append(lua_State *L, const nt_parameter *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    push_row(L, &rows[i]);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  }
}

void parameters_push(lua_State *L, const nt_parameter *rows, size_t count) {
  lua_createtable(L, (int)count, 0);
  parameters_append(L, rows, count);
}

void parameters_set_values(lua_State *L, const nt_parameter *rows, size_t count,
                           const void *options) {
  for (size_t i = 0; i < count; i++) {
    push_value(L, &rows[i], nt_parameter_get(&rows[i], options));
    lua_setfield(L, -2, rows[i].name);
  }
}

void parameters_push_values(lua_State *L, const nt_parameter *rows, size_t count,
                            const void *options) {
  lua_createtable(L, 0, (int)count);
  parameters_set_values(L, rows, count, options);
}

/* ---------------------------------------------------------------- read */

static void refuse(lua_State *L, const nt_parameter *p, const char *expected) {
  nt_error err;
  nt_fail(&err, NT_E_ARGUMENT, "%s: expected %s, got a %s", p->name, expected,
          luaL_typename(L, -1));
  modules_raise(L, &err);
}

static nt_value choice_of(lua_State *L, const nt_parameter *p) {
  const char *text = lua_tostring(L, -1);
  nt_error err;
  size_t choice = nt_parameter_choice(p, text);
  if (p->choices[choice]) return (nt_value){.number = (double)choice};
  nt_fail(&err, NT_E_ARGUMENT, "%s: no choice '%s'", p->name, text);
  modules_raise(L, &err);
  return (nt_value){0};
}

nt_value parameters_value(lua_State *L, const nt_parameter *p) {
  if (p->type == NT_PARAMETER_FLAG) return (nt_value){.number = lua_toboolean(L, -1)};
  if (p->type == NT_PARAMETER_TEXT || p->type == NT_PARAMETER_CHOICE) {
    if (lua_type(L, -1) != LUA_TSTRING) refuse(L, p, "a text");
    return p->type == NT_PARAMETER_CHOICE ? choice_of(L, p)
                                          : (nt_value){.text = lua_tostring(L, -1)};
  }
  if (lua_type(L, -1) != LUA_TNUMBER)
    refuse(L, p, p->type == NT_PARAMETER_INTEGER ? "a whole number" : "a number");
  return (nt_value){.number = lua_tonumber(L, -1)};
}

void parameters_read(lua_State *L, int index, const nt_parameter *rows, size_t count,
                     void *options) {
  index = lua_absindex(L, index);
  for (size_t i = 0; i < count; i++) {
    nt_error err;
    if (lua_getfield(L, index, rows[i].name) != LUA_TNIL) {
      nt_value value = parameters_value(L, &rows[i]); /* the table keeps its text */
      if (nt_parameter_check(&rows[i], &value, &err) != NT_OK) modules_raise(L, &err);
      nt_parameter_put(&rows[i], value, options);
    }
    lua_pop(L, 1);
  }
}
