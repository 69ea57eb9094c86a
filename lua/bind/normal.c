/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.normal: the standard normal distribution.
 *
 *     normal.mass(a, b) --> P(a < Z < b), a <= b, without cancellation in the tails
 */
#include <gsl/gsl_cdf.h>
#include <lauxlib.h>

#include "modules.h"

static int mass(lua_State *L) {
  double a = luaL_checknumber(L, 1), b = luaL_checknumber(L, 2);
  lua_pushnumber(L, a >= 0 ? gsl_cdf_ugaussian_Q(a) - gsl_cdf_ugaussian_Q(b)
                           : gsl_cdf_ugaussian_P(b) - gsl_cdf_ugaussian_P(a));
  return 1;
}

int luaopen_ninetails_normal(lua_State *L) {
  static const luaL_Reg functions[] = {{"mass", mass}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
