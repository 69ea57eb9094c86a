/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.changes: whether figures have changed (core/metrics/change_point.h, shift.h).
 *
 *     local changes = require "ninetails.changes"
 *     changes.points({1, 1.1, ..., 2, 2.1}, {method = "step", least = 3, permutations = 999,
 *                    level = 0.05, seed = 1})
 *                   --> {{at = 5, p =, statistic =, before =, after =}, ...}; at: the first value
 *                       of the new level, from 1
 *     changes.best(values, options)        --> the best cut, significant or not
 *     changes.pairs(differences, level)    --> {estimate =, low =, high =, p =}
 *     changes.samples(a, b, level)         --> the same, of how far b lies above a
 *     changes.false_discovery {p, ...}     --> adjusted p-values
 */
#include <lauxlib.h>
#include <string.h>

#include "metrics/change_point.h"
#include "metrics/shift.h"
#include "comparison.h"
#include "fields.h"

static const double *list_at(lua_State *L, int index, size_t *count) {
  lua_pushvalue(L, index);
  return comparison_doubles(L, "changes", "values", count); /* stays on the stack */
}

static nt_change_options read_options(lua_State *L, int table) {
  static const char *const methods[] = {"energy", "step", NULL};
  nt_change_options o = nt_change_defaults();
  if (lua_isnoneornil(L, table)) return o;
  luaL_checktype(L, table, LUA_TTABLE);
  lua_getfield(L, table, "method");
  o.method = (nt_change_method)luaL_checkoption(L, -1, methods[o.method], methods);
  lua_pop(L, 1);
  o.least = (size_t)get_number(L, table, "least", (double)o.least);
  o.permutations = (size_t)get_number(L, table, "permutations", (double)o.permutations);
  o.level = get_number(L, table, "level", o.level);
  o.seed = (uint64_t)get_number(L, table, "seed", (double)o.seed);
  return o;
}

static void push_change(lua_State *L, const nt_change *c) {
  lua_createtable(L, 0, 5);
  set_integer(L, "at", c->at + 1);
  set_number(L, "p", c->p);
  set_number(L, "statistic", c->statistic);
  set_number(L, "before", c->before);
  set_number(L, "after", c->after);
}

static int points(lua_State *L) {
  size_t n, count;
  nt_error err;
  lua_settop(L, 2);
  nt_change_options o = read_options(L, 2);
  const double *x = list_at(L, 1, &n);
  nt_change *found = comparison_array(L, n + 1, sizeof *found);
  if (nt_change_points(x, n, &o, found, &count, &err) != NT_OK) return modules_raise(L, &err);
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    push_change(L, &found[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static int best(lua_State *L) {
  size_t n;
  nt_error err;
  nt_change found;
  lua_settop(L, 2);
  nt_change_options o = read_options(L, 2);
  const double *x = list_at(L, 1, &n);
  if (nt_change_best(x, n, &o, &found, &err) != NT_OK) return modules_raise(L, &err);
  push_change(L, &found);
  return 1;
}

static int push_shift(lua_State *L, const nt_shift *s) {
  lua_createtable(L, 0, 4);
  set_number(L, "estimate", s->estimate);
  set_number(L, "low", s->low);
  set_number(L, "high", s->high);
  set_number(L, "p", s->p);
  return 1;
}

static int pairs(lua_State *L) {
  size_t n;
  nt_error err;
  nt_shift s;
  double level = luaL_optnumber(L, 2, 0.95);
  const double *d = list_at(L, 1, &n);
  if (nt_shift_pairs(d, n, level, &s, &err) != NT_OK) return modules_raise(L, &err);
  return push_shift(L, &s);
}

static int samples(lua_State *L) {
  size_t na, nb;
  nt_error err;
  nt_shift s;
  double level = luaL_optnumber(L, 3, 0.95);
  const double *a = list_at(L, 1, &na), *b = list_at(L, 2, &nb);
  if (nt_shift_samples(a, na, b, nb, level, &s, &err) != NT_OK) return modules_raise(L, &err);
  return push_shift(L, &s);
}

static int false_discovery(lua_State *L) {
  size_t count;
  nt_error err;
  const double *p = list_at(L, 1, &count);
  double *adjusted = comparison_array(L, count, sizeof *adjusted);
  for (size_t i = 0; i < count; i++)
    if (!(p[i] >= 0 && p[i] <= 1))
      COMPARISON_FAIL(L, NT_E_ARGUMENT, "p-value %g: a value in [0, 1] expected", p[i]);
  if (nt_false_discovery(p, count, adjusted, &err) != NT_OK) return modules_raise(L, &err);
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_pushnumber(L, adjusted[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

int luaopen_ninetails_changes(lua_State *L) {
  static const luaL_Reg functions[] = {{"points", points},
                                       {"best", best},
                                       {"pairs", pairs},
                                       {"samples", samples},
                                       {"false_discovery", false_discovery},
                                       {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
