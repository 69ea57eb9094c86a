/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A detector in Lua -> nt_detector_class. Its texts and tables are values of a Lua state that is
 * kept for them and runs nothing any more, so that reading them needs no lock. */
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "script_instance.h"

/* Fields of the table at the top of the stack. Texts stay the table's. */
static const char *text_field(lua_State *L, const char *name) {
  const char *text = lua_getfield(L, -1, name) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
  lua_pop(L, 1);
  return text;
}
static double number_field(lua_State *L, const char *name) {
  lua_getfield(L, -1, name);
  double number = lua_tonumber(L, -1);
  lua_pop(L, 1);
  return number;
}
static int flag_field(lua_State *L, const char *name) {
  lua_getfield(L, -1, name);
  int flag = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return flag;
}

/* Zeroed memory that is the state's, for as long as it is open. */
static void *anchored(lua_State *L, size_t bytes) {
  void *p = lua_newuserdatauv(L, bytes, 0);
  memset(p, 0, bytes);
  luaL_ref(L, LUA_REGISTRYINDEX);
  return p;
}

/* The list of choices at the top of the stack, NULL at its end. */
static const char *const *read_choices(lua_State *L) {
  size_t count = lua_rawlen(L, -1);
  const char **choices = anchored(L, (count + 1) * sizeof *choices);
  for (size_t i = 0; i < count; i++) {
    if (lua_rawgeti(L, -1, (lua_Integer)i + 1) != LUA_TSTRING)
      luaL_error(L, "choice %I: expected a text, got a %s", (LUAI_UACINT)i + 1,
                 luaL_typename(L, -1));
    choices[i] = lua_tostring(L, -1);
    lua_pop(L, 1);
  }
  return choices;
}

/* The parameter at the top of the stack, as ninetails.script_functions made it. */
static void read_parameter(lua_State *L, nt_parameter *p) {
  static const char *const types[] = {[NT_PARAMETER_INTEGER] = "integer",
                                      [NT_PARAMETER_NUMBER] = "number",
                                      [NT_PARAMETER_CHOICE] = "choice",
                                      [NT_PARAMETER_TEXT] = "text"};
  const char *type = text_field(L, "type");
  while (strcmp(types[p->type], type) != 0) p->type++;
  p->name = text_field(L, "name");
  p->unit = text_field(L, "unit");
  p->help = text_field(L, "help");
  p->above = flag_field(L, "above");
  p->below = flag_field(L, "below");
  if (p->type == NT_PARAMETER_TEXT) {
    p->preset_text = text_field(L, "default");
    return;
  }
  p->preset = number_field(L, "default");
  p->least = number_field(L, "least");
  p->most = number_field(L, "most");
  if (p->type != NT_PARAMETER_CHOICE) return;
  lua_getfield(L, -1, "choices");
  p->choices = read_choices(L);
  lua_pop(L, 1);
}

static void read_parameters(lua_State *L, nt_detector_class *c) {
  lua_getfield(L, -1, "parameters");
  size_t count = lua_rawlen(L, -1);
  nt_parameter *parameters = anchored(L, (count + 1) * sizeof *parameters);
  c->parameters = parameters;
  c->parameter_count = count;
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, -1, (lua_Integer)i + 1);
    read_parameter(L, &parameters[i]);
    lua_pop(L, 1);
    if (nt_parameter_find(parameters, i, parameters[i].name) < i)
      luaL_error(L, "two parameters '%s'", parameters[i].name);
    nt_value preset = {.number = parameters[i].preset, .text = parameters[i].preset_text};
    nt_error err;
    if (nt_parameter_check(&parameters[i], &preset, &err))
      luaL_error(L, "the default of %s", err.text);
  }
  lua_pop(L, 1);
}

static int describe(lua_State *L) {
  static const struct {
    const char *name;
    unsigned flag;
  } flags[] = {{"frozen", NT_DETECTOR_FROZEN},
               {"seeded", NT_DETECTOR_SEEDED},
               {"times", NT_DETECTOR_TIMES},
               {"sizes", NT_DETECTOR_SIZES},
               {"blind", NT_DETECTOR_BLIND}};
  script_class *c = lua_touserdata(L, 1);
  script_state_helper(L, "describe");
  script_push_found(L, &c->state);
  lua_pushstring(L, c->name);
  lua_call(L, 2, 1);
  lua_pushvalue(L, -1);
  luaL_ref(L, LUA_REGISTRYINDEX); /* the texts' */
  c->kind.title = text_field(L, "title");
  c->kind.source = text_field(L, "source");
  c->kind.cost = text_field(L, "cost");
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
    if (flag_field(L, flags[i].name)) c->kind.flags |= flags[i].flag;
  read_parameters(L, &c->kind);
  return 0;
}

nt_detector_class *script_class_new(const script *from, const char *name, nt_error *err) {
  script_class *c = calloc(1, sizeof *c);
  if (c) c->name = strdup(name);
  if (!c || !c->name) {
    free(c);
    nt_fail(err, NT_E_MEMORY, "out of memory for detector %s", name);
    return NULL;
  }
  c->script = from;
  c->kind = (nt_detector_class){.name = c->name};
  script_instance_functions(&c->kind);
  if (!script_state_open(&c->state, from, 1, "detector", c->name, err) &&
      !script_state_call(&c->state, describe, c, err))
    return &c->kind;
  script_class_free(&c->kind);
  return NULL;
}

void script_class_free(nt_detector_class *class) {
  if (!class) return;
  script_class *c = script_class_of(class);
  script_state_close(&c->state);
  free(c->name);
  free(c);
}
