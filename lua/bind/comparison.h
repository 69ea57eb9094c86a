/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comparison.c and comparison_ranks.c, the two halves of ninetails.comparison, share. */
#ifndef NINETAILS_COMPARISON_H
#define NINETAILS_COMPARISON_H

#include <lauxlib.h>
#include <stdint.h>

#include "modules.h"

/* Raises an error with this status and text; never returns. */
#define COMPARISON_FAIL(L, status, ...)                                                            \
  do {                                                                                             \
    nt_error err_;                                                                                 \
    nt_fail(&err_, status, __VA_ARGS__);                                                           \
    modules_raise(L, &err_);                                                                       \
  } while (0)

/* Memory for `count` elements, pushed as a value of Lua's, so that an error frees it. */
void *comparison_array(lua_State *L, size_t count, size_t size);

/* A list of numbers, or a string of native doubles, on the top of the stack -> doubles, which take
 * its place there. run and field name it in errors. */
const double *comparison_doubles(lua_State *L, const char *run, const char *field, size_t *count);

int comparison_friedman(lua_State *L);
int comparison_holm(lua_State *L);
int comparison_least_data_sets(lua_State *L);

#endif
