/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets of a reader of ninetails.dissect, for other modules. */
#ifndef NINETAILS_DISSECT_READER_H
#define NINETAILS_DISSECT_READER_H

#include <lua.h>

#include "dissect/dissection.h"

/* Reads on to the packet of that number, from 1, of the reader at this index of the stack; it is
 * valid until the reader reads on. An error where the capture ends before. */
const nt_dissection *dissect_reader_to(lua_State *L, int index, uint64_t number);

#endif
