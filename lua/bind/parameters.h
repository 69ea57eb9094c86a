/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parameters (include/ninetails/parameter.h) as Lua has them: described, read and written. */
#ifndef NINETAILS_PARAMETERS_H
#define NINETAILS_PARAMETERS_H

#include <lua.h>

#include <ninetails/parameter.h>

/* Pushes a list of {name =, type =, unit =, help =, default =, least =, most =, above =, below =,
 * choices =, column =, required =}. type: "integer", "number", "choice", "text", "boolean", or the
 * form of what is compound; column: its name in tables of results; required: has no default. */
void parameters_push(lua_State *L, const nt_parameter *rows, size_t count);
/* Appends them to the list on the top. */
void parameters_append(lua_State *L, const nt_parameter *rows, size_t count);

/* Pushes the list of a CHOICE's names. */
void parameters_push_choices(lua_State *L, const nt_parameter *p);
/* Pushes {name = value} of a struct; sets these fields of the table on the top. */
void parameters_push_values(lua_State *L, const nt_parameter *rows, size_t count,
                            const void *options);
void parameters_set_values(lua_State *L, const nt_parameter *rows, size_t count,
                           const void *options);

/* The value on the top of the stack, which keeps its text. Raises what is of another type; ranges
 * are the caller's to check. */
nt_value parameters_value(lua_State *L, const nt_parameter *p);

/* Members of a struct that the fields of the table at `index` give, each within its range. */
void parameters_read(lua_State *L, int index, const nt_parameter *rows, size_t count,
                     void *options);

#endif
