/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of arrays: what array.c (checks, metamethods) and array_module.c (methods, the module)
 * share. */
#ifndef NINETAILS_ARRAY_PARTS_H
#define NINETAILS_ARRAY_PARTS_H

#include <lauxlib.h>

#include "array.h"

/* The first word of each of our userdata: debug.setmetatable() can give others our metatable. */
#define MARK UINT64_C(0x6e74206172726179)

typedef struct array {
  uint64_t mark;
  char *data;
  size_t rows, columns;     /* columns 0: a vector of `rows` elements */
  size_t stride;            /* elements from one of a vector to the next; of a matrix 1 */
  const array_lease *lease; /* NULL: Lua owns the elements */
  uint64_t call;            /* the lease's count when the view was made */
  array_type type;
  int writable;
} array;

extern const size_t array_sizes[]; /* bytes of an element, by array_type */

/* The array at a stack index, or NULL where there is something else. */
array *array_to(lua_State *L, int index);
/* The same, and a Lua error where there is none or its lease has ended. */
array *array_check(lua_State *L, int index);
/* The index at a stack index, 1 to most (with past, most + 1), counted from 0; else a Lua error. */
size_t array_check_index(lua_State *L, int index, size_t most, int past);

/* How many elements there are; the k-th of a vector, or of a matrix in the order of rows. k is not
 * checked. */
size_t array_count(const array *a);
char *array_element(const array *a, size_t k);
double array_number(const array *a, size_t k);
void array_push_element(lua_State *L, const array *a, size_t k);
/* The value at a stack index -> element k; a Lua error where it does not fit the type. */
void array_set_element(lua_State *L, array *a, size_t k, int value);

/* Pushes a copy of *view; where Lua owns the elements, their owner is at stack index `owner`. */
void array_push_view(lua_State *L, const array *view, int owner);

extern const luaL_Reg array_methods[]; /* a:sum() and the others */

#endif
