/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A function of Lua that is told how far a pipeline is. */
#ifndef NINETAILS_REPORTING_H
#define NINETAILS_REPORTING_H

#include <lua.h>

#include <ninetails/run.h>

typedef struct reporting {
  lua_State *L;
  int function;    /* stack index */
  int failed;      /* it raised an error, which lies on the top of the stack */
  double reported; /* when it was called last; at first -1 */
} reporting;

/* Calls it with packets, seconds and the name of the phase, at once and then at most 20 times a second;
 * context: a reporting. An error of the function ends the run. For nt_run_options.progress and its
 * like, which call on the thread that called them. */
void reporting_progress(void *context, const nt_pipeline_result *pipeline);

#endif
