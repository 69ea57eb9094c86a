/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every file of an experiment says about where it comes from: notes (store/run_file.h). */
#ifndef NINETAILS_PROVENANCE_H
#define NINETAILS_PROVENANCE_H
#include <lua.h>

#include "store/run_file.h"

enum { PROVENANCE_NOTES = 32 };

typedef struct provenance {
  size_t count;
  nt_note note[PROVENANCE_NOTES];
  char *owned[PROVENANCE_NOTES];
} provenance;

/* Of this program, this machine and now, and of the plan's table on the top of the stack: name,
 * script, command_line. Texts of the plan stay Lua's. */
void provenance_read(lua_State *L, provenance *p, int threads);
void provenance_done(provenance *p);

#endif
