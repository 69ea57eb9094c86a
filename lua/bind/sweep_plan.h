/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan's table (sweep.c) as the core's sweep. */
#ifndef NINETAILS_SWEEP_PLAN_H
#define NINETAILS_SWEEP_PLAN_H
#include <lua.h>

#include "script/script_detector.h"
#include "script/script_metric.h"
#include "sweep/sweep.h"
#include "provenance.h"

/* What a plan holds while Lua may raise errors around it; its __gc releases it. Texts are Lua's:
 * the plan's table keeps them alive. */
typedef struct box {
  lua_State *L;
  nt_sweep_options options;
  nt_sweep *sweep;
  nt_sweep_input *inputs;
  nt_sweep_run *runs;
  nt_value **values; /* [run_count] */
  script *script;    /* NULL: nothing in the plan is written in Lua */
  const char *code;  /* what its functions are, where the plan does not say: text, options */
  nt_detector_class **classes; /* [class_count], of its detectors */
  size_t class_count;
  nt_measure *extra;
  script_worker **workers; /* [options.jobs] states for metrics */
  size_t input_count, run_count;
  nt_provenance provenance;
  int progress; /* stack index of the function; 0: none */
  int failed;   /* it raised an error, which lies on the top of the stack */
} box;

/* The plan's table at index 1 of the stack -> a box on its top, whose sweep is planned. Raises what
 * is wrong. */
box *sweep_plan_read(lua_State *L);
/* Makes the box's metatable; once for each state. */
void sweep_plan_open(lua_State *L);

#endif
