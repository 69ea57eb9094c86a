/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Arrays in Lua: numbers of C that a script sees without a copy, and arrays of Lua's own.
 *
 * A view (array_push) looks at memory that C lends for the time of one call. It is lent under a
 * lease, a counter that outlives the Lua state; array_revoke(lease) ends every view lent under it
 * so far, rows of matrices and columns included, wherever a script keeps them: each later access is
 * a Lua error. Nothing needs to be found or kept alive for that, and nothing is left behind.
 *
 *     array_lease lease = {0};                      // lives longer than L
 *     array_push(L, ARRAY_F64, rows, count, width, &lease);
 *     lua_pcall(...);
 *     array_revoke(&lease);                         // before rows is freed, whatever pcall said
 *
 * An array of Lua's own (array_new) owns its elements; its rows and columns keep it alive.
 *
 * Every access checks that the value is an array, that its lease holds, that the index is a whole
 * number within bounds and that the element's type fits: no script reads or writes out of bounds.
 * The Lua side (module ninetails.array) is described in array.c.
 */
#ifndef NINETAILS_ARRAY_H
#define NINETAILS_ARRAY_H

#include <lua.h>
#include <stddef.h>
#include <stdint.h>

typedef enum array_type {
  ARRAY_F64, /* double: numbers */
  ARRAY_U32, /* uint32_t: whole numbers */
  ARRAY_U8   /* uint8_t: whole numbers */
} array_type;

typedef struct array_lease {
  uint64_t ended; /* how many calls have ended */
} array_lease;

/* Pushes a read-only view of rows x columns elements, row-major, or of a vector of `rows` elements
 * with columns 0. data NULL: pushes nil instead. May raise a Lua error for want of memory. */
void array_push(lua_State *L, array_type type, const void *data, size_t rows, size_t columns,
                const array_lease *lease);
/* The same, and a script may write to it. */
void array_push_writable(lua_State *L, array_type type, void *data, size_t rows, size_t columns,
                         const array_lease *lease);

static inline void array_revoke(array_lease *lease) {
  lease->ended++;
}

/* Pushes a writable array of zeroes that Lua owns; returns its elements, which live as long as the
 * value on the stack is reachable. Raises a Lua error when it is too large. */
void *array_new(lua_State *L, array_type type, size_t rows, size_t columns);

#endif
