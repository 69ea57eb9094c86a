/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every file of an experiment says about where it comes from (store/run/provenance.h). */
#ifndef NINETAILS_PROVENANCE_H
#define NINETAILS_PROVENANCE_H
#include <lua.h>

#include "store/run/provenance.h"

/* Of this program, this machine and now, and of the plan's table on the top of the stack: name,
 * script, command_line. Texts of the plan stay Lua's. nt_provenance_done releases it. */
void provenance_read(lua_State *L, nt_provenance *p, int threads);

#endif
